"""Linear algebra of the map kernels: units along the first axis, truth-table positions along the second.

Positions are the long, contiguous axis, so every loop below runs over them and vectorises; sums run over
units in a fixed order, so no result depends on threads, tiles or libraries.
"""

from __future__ import annotations

import numpy as np

from simplicity.compilation import fused_kernel, kernel

_ZERO = np.uint64(0)
_ONE = np.uint64(1)


@fused_kernel
def affine(weights, weight_scale, biases, bias_scale, inputs, out):
    """out[j] = bias_scale * biases[j] + weight_scale * sum_k weights[j, k] * inputs[k].

    Two units and four inputs at a time: as many as the vector registers of common processors hold. What
    is missing to four inputs is taken with weight zero.

    Parameters
    ----------
    weights : (units, fan_in)
    biases : (units,)
    inputs : (fan_in, positions)
    out : (units, positions)
    """
    units, fan_in = weights.shape
    last = fan_in - 1
    none = weight_scale * weights.dtype.type(0)
    for j in range(0, units - 1, 2):
        a = out[j]
        b = out[j + 1]
        bias_a, bias_b = bias_scale * biases[j], bias_scale * biases[j + 1]
        for x in range(a.shape[0]):
            a[x] = bias_a
            b[x] = bias_b
        for k in range(0, fan_in, 4):
            k1, k2, k3 = min(k + 1, last), min(k + 2, last), min(k + 3, last)
            a0, b0 = weight_scale * weights[j, k], weight_scale * weights[j + 1, k]
            a1, b1 = weight_scale * weights[j, k1], weight_scale * weights[j + 1, k1]
            a2, b2 = weight_scale * weights[j, k2], weight_scale * weights[j + 1, k2]
            a3, b3 = weight_scale * weights[j, k3], weight_scale * weights[j + 1, k3]
            if k + 3 > last:
                a3 = b3 = none
                a2, b2 = (none, none) if k + 2 > last else (a2, b2)
                a1, b1 = (none, none) if k + 1 > last else (a1, b1)
            h0, h1, h2, h3 = inputs[k], inputs[k1], inputs[k2], inputs[k3]
            for x in range(a.shape[0]):
                a[x] = a[x] + a0 * h0[x] + a1 * h1[x] + a2 * h2[x] + a3 * h3[x]
                b[x] = b[x] + b0 * h0[x] + b1 * h1[x] + b2 * h2[x] + b3 * h3[x]
    if units % 2 == 1:
        j = units - 1
        a = out[j]
        bias_a = bias_scale * biases[j]
        for x in range(a.shape[0]):
            a[x] = bias_a
        for k in range(fan_in):
            a0 = weight_scale * weights[j, k]
            h0 = inputs[k]
            for x in range(a.shape[0]):
                a[x] = a[x] + a0 * h0[x]


@fused_kernel
def input_sums(bias, weights, scale, plus_minus, out):
    """out[x] = bias + scale * sum_i weights[i] * input_i(x) over all 2^n inputs, input 1 most significant.

    Doubling for {0, 1} inputs (out[x + 2^k] = out[x] + w), a butterfly for {-1, +1} inputs
    (out[x] ± w), which is odd in x to the last bit where bias is 0.
    """
    n_inputs = weights.shape[0]
    out[0] = bias
    half = 1
    for i in range(n_inputs - 1, -1, -1):
        w = scale * weights[i]
        low = out[:half]
        high = out[half : 2 * half]
        for x in range(half):
            high[x] = low[x] + w
        if plus_minus:
            for x in range(half):
                low[x] = low[x] - w
        half *= 2


@kernel
def pack_positive(logits, words):
    """Bit x of words is logits[x] > 0; returns 1 where a logit is NaN or infinite, else 0."""
    positions = logits.shape[0]
    zero = logits.dtype.type(0)
    probe = zero
    for x in range(positions):
        probe += logits[x] * zero  # NaN as soon as one logit is not finite
    for i in range(words.shape[0]):
        word = _ZERO
        for x in range(64 * i, min(64 * (i + 1), positions)):
            if logits[x] > zero:
                word |= _ONE << np.uint64(x - 64 * i)
        words[i] = word
    return 0 if probe == zero else 1
