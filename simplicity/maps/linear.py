"""Linear algebra of the map kernels: units along the first axis, truth-table positions along the second.

Positions are the long, contiguous axis, so vectors run along them; sums run over units in a fixed order,
so no result depends on threads, tiles or libraries. Sums of negated inputs are negated to the last bit.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from simplicity.compilation import inlined, kernel
from simplicity.maps.base import Inputs
from simplicity.simd import (
    TILE,
    TILE_UNITS,
    any_above,
    any_not_zero,
    not_a_number,
    positive_64,
    tile_products,
)
from simplicity.vectors import LANES, at_least, fused_multiply_add, load, load_splat, splat, store

_ZERO = np.uint64(0)
_ONE = np.uint64(1)
_PAGE = 4096

#: 0 and False that are no literals, for which alone kernels would be compiled, and then once more for others.
START, NO = np.intp(0), np.bool_(False)


class Tiles(NamedTuple):
    """Rows of 16 numbers, units that they belong to, and four rows set aside: where the kernels write.

    A tile is what some units are at 16 positions next to each other. Of units that are 0 at all of them
    (behind rectifiers, about a third), no row is kept.
    """

    rows: npt.NDArray[np.float32]
    units: npt.NDArray[np.int64]
    aside: npt.NDArray[np.float32]


def aligned(count: int, dtype: Any = np.float32, place: int = 0) -> npt.NDArray[Any]:
    """An empty flat array that begins at byte ``place``, a multiple of 64, of a page of 4096.

    No vector then lies in two cache lines. A load waits for earlier stores to the same place of any page:
    arrays that are read and written in step should start far apart.
    """
    size = count * np.dtype(dtype).itemsize
    space = np.empty(size + _PAGE - 1, dtype=np.uint8)
    start = (place - space.ctypes.data) % _PAGE
    return space[start : start + size].view(dtype)


def tiles(count: int) -> Tiles:
    """Space for ``count`` rows, and for one more, which may be written and not kept."""
    count += 1
    return Tiles(aligned(count * TILE), aligned(count, np.int64), aligned(TILE_UNITS * TILE, place=3072))


class InputValues(NamedTuple):
    """The inputs as :func:`sums_over_inputs` reads them.

    Parameters
    ----------
    n_inputs : int
    others : flat array
        Values of the inputs before the last three at their settings, at least 16 places each.
    last : flat array
        Values of the last three, the very last one first, at their eight settings.
    """

    n_inputs: int
    others: npt.NDArray[np.floating[Any]]
    last: npt.NDArray[np.floating[Any]]


def split_inputs(n_inputs: int, inputs: Inputs, dtype: Any) -> InputValues:
    """The inputs, {0, 1} or ±1, cut before the last three."""
    low, high = dtype(-1 if inputs == "pm1" else 0), dtype(1)
    last = np.where(np.arange(LANES) >> np.arange(3)[:, None] & 1, high, low)
    others = max(n_inputs - 3, 0)
    settings = np.arange(n_settings(n_inputs))
    values = np.where(settings >> np.arange(others)[::-1, None] & 1, high, low)
    return InputValues(n_inputs, _flat(values), _flat(last))


def _flat(values: npt.NDArray[Any]) -> npt.NDArray[Any]:
    flat = aligned(values.size, values.dtype)
    flat[:] = values.ravel()
    return flat


def n_settings(n_inputs: int) -> int:
    """Settings of the inputs before the last three; 16 at least, to fill two vectors."""
    return int(max(2**n_inputs // LANES, TILE))


@inlined
def keep_row(low, high, is_wanted, unit, rows, units, place):
    """Write a unit's row of a tile, two vectors; returns the place after it, or this one if not wanted."""
    store(rows, place * TILE, low)
    store(rows, place * TILE + LANES, high)
    units[np.uint64(place)] = unit  # an unsigned index cannot count from the end
    return place + is_wanted


@inlined
def scale_numbers(numbers, start, count, scale, out, place):
    """out[place], out[place + 1], … = scale * numbers[start], scale * numbers[start + 1], …

    A number that every position needs is best read from memory: scaled one by one, it must be spread over a
    vector then, which takes twice as long.
    """
    for k in range(count):
        out[np.uint64(place + k)] = scale * numbers[np.uint64(start + k)]


@inlined
def finished(low, high, scale, biases, bias):
    """scale * low + biases[bias], and the same of high, two vectors."""
    added = load_splat(biases, bias)
    return fused_multiply_add(scale, low, added), fused_multiply_add(scale, high, added)


@inlined
def _set_aside(low, high, scale, biases, bias, least, k, aside):
    """Set the row of a unit whose sums are two vectors aside as row k; returns whether to keep it."""
    low, high = finished(low, high, scale, biases, bias)
    store(aside, k * TILE, at_least(low, least))
    store(aside, k * TILE + LANES, at_least(high, least))
    return any_above(low, high, least)


@inlined
def _keep_rows(first, wanted, tiles, place):
    """Keep the wanted ones of the four rows set aside; returns the place after them."""
    for k in range(TILE_UNITS):
        low, high = load(tiles.aside, k * TILE), load(tiles.aside, k * TILE + LANES)
        place = keep_row(low, high, wanted[k], first + k, tiles.rows, tiles.units, place)
    return place


@inlined
def hidden_layer(weights, shape, scale, biases, least, tiles, source, target):
    """Rows of a layer's units in a tile, from the rows of the layer before it.

    Parameters
    ----------
    weights : flat float32 array
        Weight k of unit j stands at start + j * fan_in + k.
    shape : (start, fan_in, width, bias)
    scale : float32
        Of weights.
    biases : flat float32 array
        The bias of unit j, scaled, stands at bias + j.
    least : vector
        Sums below become this, and of units that are not above it at any position, no row is kept: 0 for
        rectifiers, NaN for no change.
    tiles : Tiles
    source : (first, stop)
        Rows of the layer before.
    target : int
        Where to write.

    Returns
    -------
    int
        The row after the last one that was kept.
    """
    start, fan_in, width, bias = shape
    place, j, before = target, START, START
    wanted = NO, NO, NO, NO
    while j < width:
        is_whole = width - j >= TILE_UNITS
        pitch = fan_in if is_whole else 0  # one unit, summed four times
        of_unit = start + j * fan_in
        s = tile_products((weights, of_unit), weights, of_unit, pitch, tiles.rows, tiles.units, source)
        # Kept a round late: where to is known only once sums are finished, and loads wait for such stores.
        place = _keep_rows(before, wanted, tiles, place)
        before = j
        a = _set_aside(s[0], s[1], scale, biases, bias + j, least, START, tiles.aside)
        b = c = d = NO
        if is_whole:
            b = _set_aside(s[2], s[3], scale, biases, bias + j + 1, least, START + 1, tiles.aside)
            c = _set_aside(s[4], s[5], scale, biases, bias + j + 2, least, START + 2, tiles.aside)
            d = _set_aside(s[6], s[7], scale, biases, bias + j + 3, least, START + 3, tiles.aside)
        wanted = a, b, c, d
        j += TILE_UNITS if is_whole else 1
    return _keep_rows(before, wanted, tiles, place)


@inlined
def features_tile(features, width, positions, x, tiles):
    """Rows of a tile, from position x on, of (width, positions) features; returns how many."""
    rows, units, aside = tiles
    place = START
    for k in range(width):
        if positions >= TILE:
            low, high = load(features, k * positions + x), load(features, k * positions + x + LANES)
        else:
            for i in range(LANES):
                aside[i] = features[k * positions + i % positions]
            low, high = load(aside, 0), load(aside, 0)
        place = keep_row(low, high, any_not_zero(low, high), k, rows, units, place)
    return place


@inlined
def sums_over_inputs(weights, shape, scales, inputs, last_sums, bases):
    """Sums of weighted inputs in two parts: the last three inputs at their settings, the others at theirs.

    At position 8 b + x, scales[1] * bias + scales[0] * sum_i weight i * input i of unit j is bases[j, b] +
    last_sums[j, x]; both parts are odd in the inputs to the last bit.

    Parameters
    ----------
    weights : flat array
        Weight i of unit j stands at start + j * n_inputs + i, and the biases follow.
    shape : (start, units)
    scales : pair of float
        Of weights and of biases.
    inputs : InputValues
    last_sums : flat array
        Eight places a unit.
    bases : flat array
        A place a unit for every setting of the inputs before the last three, and 16 at least.
    """
    start, units = shape
    n_inputs, others, last = inputs
    first_of_last = max(n_inputs - 3, 0)
    n_settings = bases.shape[0] // units
    weight_std, bias_std = scales
    for j in range(units):
        first = start + j * n_inputs
        bias = bias_std * load_splat(weights, start + units * n_inputs + j)
        for b in range(0, n_settings, TILE):
            low = high = bias
            for i in range(first_of_last):
                weight, place = weight_std * load_splat(weights, first + i), i * n_settings + b
                low = fused_multiply_add(weight, load(others, place), low)
                high = fused_multiply_add(weight, load(others, place + LANES), high)
            store(bases, j * n_settings + b, low)
            store(bases, j * n_settings + b + LANES, high)
        of_last = first + n_inputs - 1
        total = weight_std * load_splat(weights, of_last) * load(last, 0)
        if n_inputs > 2:
            weight = weight_std * load_splat(weights, of_last - 2)
            total = fused_multiply_add(weight, load(last, 2 * LANES), total)
        if n_inputs > 1:
            weight = weight_std * load_splat(weights, of_last - 1)
            total = fused_multiply_add(weight, load(last, LANES), total)
        store(last_sums, j * LANES, total)


@kernel
def weighted_sum(weights, scale, rows, out):
    """out = scale * sum_k weights[k] * rows[k], all of one precision."""
    for x in range(out.shape[0]):
        out[x] = 0
    for k in range(rows.shape[0]):
        weight, row = scale * weights[k], rows[k]
        for x in range(out.shape[0]):
            out[x] = fused_multiply_add(weight, row[x], out[x])


@inlined
def pack_positive(logits, words):
    """Bit x of words is logits[x] > 0; returns 1 where a logit is NaN or infinite, else 0."""
    positions = logits.shape[0]
    if positions % 64 == 0:
        zero = splat(logits.dtype.type(0))
        probe = zero  # NaN as soon as one logit is not finite
        for i in range(words.shape[0]):
            words[i] = positive_64(logits, 64 * i)
            for x in range(64 * i, 64 * (i + 1), 8):
                probe = fused_multiply_add(load(logits, x), zero, probe)
        return 1 if not_a_number(probe) != 0 else 0
    failed = 0
    words[0] = _ZERO
    for x in range(positions):
        if logits[x] > 0:
            words[0] |= _ONE << np.uint64(x)
        if not np.isfinite(logits[x]):
            failed = 1
    return failed
