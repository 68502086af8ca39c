"""Linear algebra of the map kernels: units along the first axis, truth-table positions along the second.

Positions are the long, contiguous axis, so vectors run along them; sums run over units in a fixed order,
so no result depends on threads, tiles or libraries. Sums of negated inputs are negated to the last bit.
"""

from __future__ import annotations

import numpy as np

from simplicity.compilation import fused_kernel, kernel
from simplicity.simd import (
    fused_multiply_add,
    load,
    load_splat,
    not_a_number,
    positive_64,
    rectified,
    splat,
    store,
)

_ZERO = np.uint64(0)
_ONE = np.uint64(1)
_TILE = 16  # positions whose sums, for five units, stay in the vector registers of common processors
_SHORT = 128


@kernel
def _finished(total, weight_scale, bias, rectify):
    """bias + weight_scale * total, perhaps rectified."""
    value = fused_multiply_add(splat(weight_scale), total, splat(bias))
    return rectified(value) if rectify else value


@kernel
def _five_units(weights, biases, scales, inputs, start, shape, rectify, units, x, out):
    """16 positions, from x on, of five units (the same one twice is allowed).

    The sums stay in registers. All arrays are flat here: a view made in the loop would cost more than they
    do. Input k of position x stands at inputs[start + k * row].
    """
    fan_in, pitch, bias_pitch, row, positions = shape
    a, b, c, d, e = units
    zero = splat(np.float32(0))
    a0, a1, b0, b1, c0, c1, d0, d1, e0, e1 = zero, zero, zero, zero, zero, zero, zero, zero, zero, zero
    for k in range(fan_in):
        h0, h1 = load(inputs, start + k * row), load(inputs, start + k * row + 8)
        w = load_splat(weights, a * pitch + k)
        a0, a1 = fused_multiply_add(w, h0, a0), fused_multiply_add(w, h1, a1)
        w = load_splat(weights, b * pitch + k)
        b0, b1 = fused_multiply_add(w, h0, b0), fused_multiply_add(w, h1, b1)
        w = load_splat(weights, c * pitch + k)
        c0, c1 = fused_multiply_add(w, h0, c0), fused_multiply_add(w, h1, c1)
        w = load_splat(weights, d * pitch + k)
        d0, d1 = fused_multiply_add(w, h0, d0), fused_multiply_add(w, h1, d1)
        w = load_splat(weights, e * pitch + k)
        e0, e1 = fused_multiply_add(w, h0, e0), fused_multiply_add(w, h1, e1)
    weight_scale, bias_scale = scales
    bias = bias_scale * biases[a * bias_pitch]
    store(out, a * positions + x, _finished(a0, weight_scale, bias, rectify))
    store(out, a * positions + x + 8, _finished(a1, weight_scale, bias, rectify))
    bias = bias_scale * biases[b * bias_pitch]
    store(out, b * positions + x, _finished(b0, weight_scale, bias, rectify))
    store(out, b * positions + x + 8, _finished(b1, weight_scale, bias, rectify))
    bias = bias_scale * biases[c * bias_pitch]
    store(out, c * positions + x, _finished(c0, weight_scale, bias, rectify))
    store(out, c * positions + x + 8, _finished(c1, weight_scale, bias, rectify))
    bias = bias_scale * biases[d * bias_pitch]
    store(out, d * positions + x, _finished(d0, weight_scale, bias, rectify))
    store(out, d * positions + x + 8, _finished(d1, weight_scale, bias, rectify))
    bias = bias_scale * biases[e * bias_pitch]
    store(out, e * positions + x, _finished(e0, weight_scale, bias, rectify))
    store(out, e * positions + x + 8, _finished(e1, weight_scale, bias, rectify))


@kernel
def _one_unit(weights, biases, scales, inputs, start, shape, rectify, unit, x, out):
    """16 positions, from x on, of one unit."""
    fan_in, pitch, bias_pitch, row, positions = shape
    a0, a1 = splat(np.float32(0)), splat(np.float32(0))
    for k in range(fan_in):
        w = load_splat(weights, unit * pitch + k)
        a0 = fused_multiply_add(w, load(inputs, start + k * row), a0)
        a1 = fused_multiply_add(w, load(inputs, start + k * row + 8), a1)
    bias = scales[1] * biases[unit * bias_pitch]
    store(out, unit * positions + x, _finished(a0, scales[0], bias, rectify))
    store(out, unit * positions + x + 8, _finished(a1, scales[0], bias, rectify))


@fused_kernel
def affine(weights, biases, pitches, scales, inputs, rectify, out):
    """out[j] = scales[1] * bias of j + scales[0] * sum_k weight of j, k * inputs[k], all float32.

    Parameters
    ----------
    weights, biases : flat arrays
        Weight j, k stands at j * pitches[0] + k, bias j at j * pitches[1].
    pitches : pair of int
    scales : pair of float32
        Of weights and of biases.
    inputs : (fan_in, positions)
    rectify : bool
        Whether sums below 0 become 0.
    out : (units, positions)
    """
    units, positions = out.shape
    fan_in = inputs.shape[0]
    pitch, bias_pitch = pitches
    if positions % _TILE == 0:
        flat, flat_out = inputs.reshape(inputs.size), out.reshape(out.size)
        last = units - 1
        # Far rows of inputs would push each other out of the cache: of long rows, tiles are copied together.
        rows = np.empty(fan_in * _TILE, dtype=np.float32) if positions > _SHORT else flat
        for x in range(0, positions, _TILE):
            start, row = x, positions
            if positions > _SHORT:
                start, row = 0, _TILE
                for k in range(fan_in):
                    store(rows, k * _TILE, load(flat, k * positions + x))
                    store(rows, k * _TILE + 8, load(flat, k * positions + x + 8))
            shape = fan_in, pitch, bias_pitch, row, positions
            for j in range(0, units, 5):
                five = j, min(j + 1, last), min(j + 2, last), min(j + 3, last), min(j + 4, last)
                if j < last:
                    _five_units(weights, biases, scales, rows, start, shape, rectify, five, x, flat_out)
                else:
                    _one_unit(weights, biases, scales, rows, start, shape, rectify, j, x, flat_out)
    else:
        for j in range(units):
            for x in range(positions):
                total = np.float32(0)
                for k in range(fan_in):
                    total += weights[j * pitch + k] * inputs[k, x]
                total = scales[1] * biases[j * bias_pitch] + scales[0] * total
                out[j, x] = np.float32(0) if rectify and total < np.float32(0) else total


@fused_kernel
def weighted_sum(weights, scale, rows, out):
    """out = scale * sum_k weights[k] * rows[k], in the precision of its arguments."""
    for x in range(out.shape[0]):
        out[x] = 0
    for k in range(rows.shape[0]):
        weight, row = scale * weights[k], rows[k]
        for x in range(out.shape[0]):
            out[x] += weight * row[x]


@kernel
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
