"""Last layers: the functions of one or many linear readouts of a network's features, a tile at a time."""

from __future__ import annotations

import numpy as np

from simplicity.compilation import inlined
from simplicity.maps.linear import finished
from simplicity.simd import TILE, TILE_UNITS, positive, tile_products
from simplicity.vectors import LANES, fused_multiply_add, load, load_splat, rectified, splat, store

#: Status of a draw with a logit that is not finite; it is 1 where no last layer at all defines a function.
NOT_FINITE = np.uint8(2)


@inlined
def _read_unit(low, high, scales, weights, bias, layer, unit, totals):
    """Add a rectified unit whose sums are two vectors to a readout's sums."""
    low, high = finished(low, scales, weights, bias), finished(high, scales, weights, bias)
    weight = load_splat(layer, unit)
    return (
        fused_multiply_add(weight, rectified(low), totals[0]),
        fused_multiply_add(weight, rectified(high), totals[1]),
    )


@inlined
def rectified_readout(weights, shape, scales, layer, tiles, source):
    """Sums of a last layer over a layer of rectified units in a tile, none of which is kept.

    Parameters are those of :func:`hidden_layer`, and the last layer. Returns two vectors.
    """
    start, fan_in, width = shape
    bias = start + width * fan_in
    totals = splat(np.float32(0)), splat(np.float32(0))
    j = 0
    while j < width:
        is_whole = width - j >= TILE_UNITS
        pitch = fan_in if is_whole else 0  # one unit, summed four times
        s = tile_products(weights, start + j * fan_in, pitch, tiles.rows, tiles.units, source)
        totals = _read_unit(s[0], s[1], scales, weights, bias + j, layer, j, totals)
        if is_whole:
            totals = _read_unit(s[2], s[3], scales, weights, bias + j + 1, layer, j + 1, totals)
            totals = _read_unit(s[4], s[5], scales, weights, bias + j + 2, layer, j + 2, totals)
            totals = _read_unit(s[6], s[7], scales, weights, bias + j + 3, layer, j + 3, totals)
        j += TILE_UNITS if is_whole else 1
    return totals


@inlined
def rectified_input_readout(last_sums, bases, layer, x):
    """Sums of a last layer over rectified units of the inputs, at 32 positions from x on.

    ``last_sums`` and ``bases`` are those of :func:`sums_over_inputs`. Returns four vectors.
    """
    units = last_sums.shape[0] // LANES
    n_settings = bases.shape[0] // units
    a = b = c = d = splat(np.float32(0))
    for j in range(units):
        weight, last, base = load_splat(layer, j), load(last_sums, j * LANES), j * n_settings + x // LANES
        a = fused_multiply_add(weight, rectified(load_splat(bases, base) + last), a)
        b = fused_multiply_add(weight, rectified(load_splat(bases, base + 1) + last), b)
        c = fused_multiply_add(weight, rectified(load_splat(bases, base + 2) + last), c)
        d = fused_multiply_add(weight, rectified(load_splat(bases, base + 3) + last), d)
    return a, b, c, d


@inlined
def linear_readouts(layers, width, scales, tiles, source, out, x, probe):
    """Signs of the logits of last layers at the positions of a tile, from x on.

    Parameters
    ----------
    layers : flat float32 array
        The last layers one after the other, ``width`` weights and a bias each.
    width : int
    scales : pair of float32
        Of weights and of biases.
    tiles : Tiles
    source : (first, stop)
        Rows of the last hidden layer.
    out, probe
        See :func:`write_signs`.

    Returns
    -------
    vector
        The probe.
    """
    pitch, readouts = width + 1, out[0].shape[0]
    step = TILE_UNITS if readouts >= TILE_UNITS else 1
    for first in range(0, readouts, step):
        r = min(first, readouts - step)  # the last four again rather than one by one
        s = tile_products(layers, r * pitch, pitch, tiles.rows, tiles.units, source)
        probe = write_signs(s[0], s[1], scales, layers, r, width, out, x, probe)
        if step == TILE_UNITS:
            probe = write_signs(s[2], s[3], scales, layers, r + 1, width, out, x, probe)
            probe = write_signs(s[4], s[5], scales, layers, r + 2, width, out, x, probe)
            probe = write_signs(s[6], s[7], scales, layers, r + 3, width, out, x, probe)
    return probe


@inlined
def write_signs(low, high, scales, layers, r, width, out, x, probe):
    """Set the bits of last layer r where its logits, of which two vectors are the sums, are above 0.

    Parameters
    ----------
    out : (signs, logits)
        Functions of the last layers, 16 positions a number, (readouts, numbers) uint16, and their logits, one
        last layer after the other, unless that array is empty. With few inputs, both are also written beyond
        the last position.
    x : int
        The first position.
    probe : vector

    Returns
    -------
    vector
        The probe plus 0 times the logits: NaN where one is not finite.
    """
    signs, logits = out
    bias = r * (width + 1) + width
    low, high = finished(low, scales, layers, bias), finished(high, scales, layers, bias)
    signs[np.uint64(r), np.uint64(x // TILE)] = positive(low) | np.uint16(positive(high)) << np.uint16(LANES)
    if logits.shape[0] > 0:
        place = r * (logits.shape[0] // signs.shape[0]) + x
        store(logits, place, low)
        store(logits, place + LANES, high)
    zero = splat(np.float32(0))
    return fused_multiply_add(low, zero, fused_multiply_add(high, zero, probe))


@inlined
def copy_layers(own, others, size, layers):
    """The last layers of a draw: its own, the first ``size`` numbers of its noise, and the others."""
    first, rest = layers[:size], layers[size:]
    for k in range(size):
        first[k] = own[k]
    for k in range(rest.shape[0]):
        rest[k] = others[k]
