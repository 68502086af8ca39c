"""Last layers: the functions of one or many linear readouts of a network's features, a tile at a time."""

from __future__ import annotations

import numpy as np

from simplicity.compilation import inlined
from simplicity.maps.linear import START, finished
from simplicity.simd import TILE_UNITS, not_a_number, positive, tile_products
from simplicity.vectors import LANES, fused_multiply_add, load, load_splat, rectified, splat, store

#: Status of a draw whose logits are not all finite, or of which some are so large that their sum is not;
#: it is 1 where no last layer at all defines a function.
NOT_FINITE = np.uint8(2)


@inlined
def _read_unit(low, high, scale, biases, bias, layer, unit, totals):
    """Add a rectified unit whose sums are two vectors to a readout's sums."""
    low, high = finished(low, high, scale, biases, bias)
    weight = load_splat(layer, unit)
    return (
        fused_multiply_add(weight, rectified(low), totals[0]),
        fused_multiply_add(weight, rectified(high), totals[1]),
    )


@inlined
def rectified_readout(weights, shape, scale, biases, layer, tiles, source):
    """Sums of a last layer over a layer of rectified units in a tile, none of which is kept.

    Parameters are those of :func:`hidden_layer`, and the last layer. Returns two vectors.
    """
    start, fan_in, width, bias = shape
    totals = splat(np.float32(0)), splat(np.float32(0))
    j = START
    while j < width:
        is_whole = width - j >= TILE_UNITS
        pitch = fan_in if is_whole else 0  # one unit, summed four times
        of_unit = start + j * fan_in
        s = tile_products((weights, of_unit), weights, of_unit, pitch, tiles.rows, tiles.units, source)
        totals = _read_unit(s[0], s[1], scale, biases, bias + j, layer, j, totals)
        if is_whole:
            totals = _read_unit(s[2], s[3], scale, biases, bias + j + 1, layer, j + 1, totals)
            totals = _read_unit(s[4], s[5], scale, biases, bias + j + 2, layer, j + 2, totals)
            totals = _read_unit(s[6], s[7], scale, biases, bias + j + 3, layer, j + 3, totals)
        j += TILE_UNITS if is_whole else 1
    return totals


@inlined
def rectified_input_readout(last_sums, bases, shape, layer, x):
    """Sums of a last layer over rectified units of the inputs, at 32 positions from x on.

    ``last_sums`` and ``bases``, of ``shape`` (units, settings), are those of :func:`sums_over_inputs`.
    Returns four vectors.
    """
    units, n_settings = shape
    a = b = c = d = splat(np.float32(0))
    for j in range(units):
        weight, last, base = load_splat(layer, j), load(last_sums, j * LANES), j * n_settings + x // LANES
        a = fused_multiply_add(weight, rectified(load_splat(bases, base) + last), a)
        b = fused_multiply_add(weight, rectified(load_splat(bases, base + 1) + last), b)
        c = fused_multiply_add(weight, rectified(load_splat(bases, base + 2) + last), c)
        d = fused_multiply_add(weight, rectified(load_splat(bases, base + 3) + last), d)
    return a, b, c, d


@inlined
def linear_readouts(layers, biases, shape, scale, tiles, source, out, x):
    """Signs of the logits of last layers at the positions of a tile, from x on.

    Parameters
    ----------
    layers : (own, others)
        Weights and an unscaled bias of a draw's own last layer, and of the others, one after the other: two
        flat float32 arrays.
    biases : flat float32 array
        Scaled biases of all.
    shape : (readouts, width, octets)
        How many last layers, of how many weights each, whose functions take so many bytes each.
    scale : float32
        Of weights.
    tiles : Tiles
    source : (first, stop)
        Rows of the last hidden layer.
    out
        See :func:`write_signs`.
    x : int
        The first position.

    Returns
    -------
    vector
        See :func:`write_signs`.
    """
    own, others = layers
    readouts, width, octets = shape
    signs, logits = out
    total = splat(np.float32(0))
    size = width + 1
    # Fewer than four layers go one by one, each summed, written and added up four times.
    step, next_one = (TILE_UNITS, 1) if readouts >= TILE_UNITS else (1, 0)
    pitch, apart = next_one * size, next_one * octets
    r, first = START, (own, START)
    rest = (others, -size) if step > 1 else first  # beginning with the first, which is not read from there
    for _ in range(0, readouts, step):
        s = tile_products(first, rest[0], rest[1], pitch, tiles.rows, tiles.units, source)
        place = r * octets + x // LANES
        a, b = finished(s[0], s[1], scale, biases, r)
        c, d = finished(s[2], s[3], scale, biases, r + next_one)
        e, f = finished(s[4], s[5], scale, biases, r + 2 * next_one)
        g, h = finished(s[6], s[7], scale, biases, r + 3 * next_one)
        _write_signs(a, b, signs, place)
        _write_signs(c, d, signs, place + apart)
        _write_signs(e, f, signs, place + 2 * apart)
        _write_signs(g, h, signs, place + 3 * apart)
        if logits.shape[0] > 0:
            _write_logits(a, b, logits, place)
            _write_logits(c, d, logits, place + apart)
            _write_logits(e, f, logits, place + 2 * apart)
            _write_logits(g, h, logits, place + 3 * apart)
        total = total + (((a + b) + (c + d)) + ((e + f) + (g + h)))
        r = min(r + step, readouts - step)  # the last four again rather than one by one
        first = rest = others, (r - 1) * size
    return total


@inlined
def _write_signs(low, high, signs, place):
    """Write which logits, two vectors, are above 0."""
    signs[np.uint64(place)], signs[np.uint64(place + 1)] = positive(low), positive(high)


@inlined
def _write_logits(low, high, logits, place):
    store(logits, place * LANES, low)
    store(logits, place * LANES + LANES, high)


@inlined
def write_signs(low, high, scale, biases, out, place):
    """Write which logits of a draw's own last layer, of which two vectors are the sums, are above 0.

    Parameters
    ----------
    scale, biases
        See :func:`linear_readouts`.
    out : (signs, logits)
        Functions of last layers, eight positions a number, flat uint8, and their logits, in the same order,
        flat float32, unless that array is empty. With few inputs, both are also written beyond the last
        position.
    place : int
        Where to write the first signs.

    Returns
    -------
    vector
        Sums of logits: not finite where one of them is not.
    """
    signs, logits = out
    low, high = finished(low, high, scale, biases, START)
    _write_signs(low, high, signs, place)
    if logits.shape[0] > 0:
        _write_logits(low, high, logits, place)
    return low + high


@inlined
def not_finite(total):
    """Whether sums of logits, a vector, are not all finite."""
    return not_a_number(total * np.float32(0)) != 0


@inlined
def scale_biases(layers, size, bias_std, biases):
    """Scaled biases of a draw's last layers (see :func:`linear_readouts`), each of so many numbers."""
    own, others = layers
    biases[0] = bias_std * own[size - 1]
    for r in range(1, biases.shape[0]):
        biases[r] = bias_std * others[np.uint64(r * size - 1)]
