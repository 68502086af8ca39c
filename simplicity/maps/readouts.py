"""Last layers: the functions of one or many linear readouts of a network's features, a tile at a time."""

from __future__ import annotations

import numpy as np

from simplicity.compilation import inlined
from simplicity.maps.linear import finished
from simplicity.simd import TILE_UNITS, not_a_number, positive, tile_products
from simplicity.vectors import LANES, fused_multiply_add, load, load_splat, rectified, splat, store

#: Status of a draw whose logits are not all finite, or of which some are so large that their sum is not;
#: it is 1 where no last layer at all defines a function.
NOT_FINITE = np.uint8(2)


@inlined
def _read_unit(low, high, scale, biases, bias, layer, unit, totals):
    """Add a rectified unit whose sums are two vectors to a readout's sums."""
    low, high = finished(low, scale, biases, bias), finished(high, scale, biases, bias)
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
    j = 0
    while j < width:
        is_whole = width - j >= TILE_UNITS
        pitch = fan_in if is_whole else 0  # one unit, summed four times
        s = tile_products(weights, start + j * fan_in, pitch, tiles.rows, tiles.units, source)
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
def linear_readouts(layers, shape, scale, tiles, source, out, x):
    """Signs of the logits of last layers at the positions of a tile, from x on.

    Parameters
    ----------
    layers : flat float32 array
        The last layers one after the other, weights and a scaled bias each.
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
    readouts, width, octets = shape
    pitch, total = width + 1, splat(np.float32(0))
    step = TILE_UNITS if readouts >= TILE_UNITS else 1
    for first in range(0, readouts, step):
        r = min(first, readouts - step)  # the last four again rather than one by one
        layer, place = r * pitch, r * octets + x // LANES
        bias = layer + width
        s = tile_products(layers, layer, pitch, tiles.rows, tiles.units, source)
        a = write_signs(s[0], s[1], scale, layers, bias, out, place)
        if step == TILE_UNITS:
            b = write_signs(s[2], s[3], scale, layers, bias + pitch, out, place + octets)
            c = write_signs(s[4], s[5], scale, layers, bias + 2 * pitch, out, place + 2 * octets)
            d = write_signs(s[6], s[7], scale, layers, bias + 3 * pitch, out, place + 3 * octets)
            a = (a + b) + (c + d)
        total = total + a
    return total


@inlined
def write_signs(low, high, scale, layers, bias, out, place):
    """Write which logits of a last layer, of which two vectors are the sums, are above 0.

    Parameters
    ----------
    layers, bias
        Where its scaled bias stands.
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
    low, high = finished(low, scale, layers, bias), finished(high, scale, layers, bias)
    signs[np.uint64(place)], signs[np.uint64(place + 1)] = positive(low), positive(high)
    if logits.shape[0] > 0:
        store(logits, place * LANES, low)
        store(logits, place * LANES + LANES, high)
    return low + high


@inlined
def not_finite(total):
    """Whether sums of logits, a vector, are not all finite."""
    return not_a_number(total * np.float32(0)) != 0


@inlined
def copy_layers(own, others, size, bias_std, layers):
    """The last layers of a draw, with scaled biases.

    They are its own, the first ``size`` numbers of its noise, and the others.
    """
    first, rest = layers[:size], layers[size:]
    for k in range(size):
        first[k] = own[k]
    for k in range(rest.shape[0]):
        rest[k] = others[k]
    for bias in range(size - 1, layers.shape[0], size):
        layers[np.uint64(bias)] *= bias_std
