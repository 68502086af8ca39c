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
    not_finite_64,
    positive_64,
    rectified,
    splat,
    store,
)

_ZERO = np.uint64(0)
_ONE = np.uint64(1)
_TILE = 32  # positions whose sums, for two units, stay in the vector registers of common processors


@kernel
def _tile(weights, biases, scales, inputs, rectify, unit, other, x, positions, out):
    """32 positions of two units: sums in registers over all inputs. ``other`` may be ``unit`` again.

    Inputs and out are flat here: a view made in the loop would cost more than the sums.
    """
    weight_scale, bias_scale = scales
    bias_a, bias_b = splat(bias_scale * biases[unit]), splat(bias_scale * biases[other])
    a0, a1, a2, a3 = bias_a, bias_a, bias_a, bias_a
    b0, b1, b2, b3 = bias_b, bias_b, bias_b, bias_b
    for k in range(weights.shape[1]):
        wa, wb = splat(weight_scale * weights[unit, k]), splat(weight_scale * weights[other, k])
        start = k * positions + x
        h0, h1 = load(inputs, start), load(inputs, start + 8)
        h2, h3 = load(inputs, start + 16), load(inputs, start + 24)
        a0, a1 = fused_multiply_add(wa, h0, a0), fused_multiply_add(wa, h1, a1)
        a2, a3 = fused_multiply_add(wa, h2, a2), fused_multiply_add(wa, h3, a3)
        b0, b1 = fused_multiply_add(wb, h0, b0), fused_multiply_add(wb, h1, b1)
        b2, b3 = fused_multiply_add(wb, h2, b2), fused_multiply_add(wb, h3, b3)
    if rectify:
        a0, a1, a2, a3 = rectified(a0), rectified(a1), rectified(a2), rectified(a3)
        b0, b1, b2, b3 = rectified(b0), rectified(b1), rectified(b2), rectified(b3)
    start = unit * positions + x
    store(out, start, a0)
    store(out, start + 8, a1)
    store(out, start + 16, a2)
    store(out, start + 24, a3)
    start = other * positions + x
    store(out, start, b0)
    store(out, start + 8, b1)
    store(out, start + 16, b2)
    store(out, start + 24, b3)


@fused_kernel
def affine(weights, biases, scales, inputs, rectify, out):
    """out[j] = scales[1] * biases[j] + scales[0] * sum_k weights[j, k] * inputs[k], all float32.

    Parameters
    ----------
    weights : (units, fan_in)
    biases : (units,)
    scales : pair of float32
        Of weights and of biases.
    inputs : (fan_in, positions)
    rectify : bool
        Whether sums below 0 become 0.
    out : (units, positions)
    """
    units, fan_in = weights.shape
    positions = inputs.shape[1]
    if positions % _TILE == 0:
        flat, flat_out = inputs.reshape(inputs.size), out.reshape(out.size)
        for x in range(0, positions, _TILE):
            for j in range(0, units, 2):
                other = min(j + 1, units - 1)
                _tile(weights, biases, scales, flat, rectify, j, other, x, positions, flat_out)
    else:
        for j in range(units):
            for x in range(positions):
                total = scales[1] * biases[j]
                for k in range(fan_in):
                    total += scales[0] * weights[j, k] * inputs[k, x]
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
    failed = _ZERO
    if positions % 64 == 0:
        for i in range(words.shape[0]):
            words[i] = positive_64(logits, 64 * i)
            failed |= not_finite_64(logits, 64 * i)
    else:
        words[0] = _ZERO
        for x in range(positions):
            if logits[x] > 0:
                words[0] |= _ONE << np.uint64(x)
            if not np.isfinite(logits[x]):
                failed = _ONE
    return 1 if failed != _ZERO else 0
