"""Linear algebra of the map kernels: units along the first axis, truth-table positions along the second.

Positions are the long, contiguous axis, so every loop below runs over them and vectorises; sums run over
units in a fixed order, so no result depends on threads, tiles or libraries.
"""

from __future__ import annotations

import numpy as np

from simplicity.compilation import fused_kernel, kernel

_ZERO = np.uint64(0)
_ONE = np.uint64(1)


@kernel
def _four(weights, scale, k):
    """Weights k to k + 3, scaled; zero beyond the end."""
    fan_in = weights.shape[0]
    none = scale * weights.dtype.type(0)
    return (
        scale * weights[k],
        scale * weights[k + 1] if k + 1 < fan_in else none,
        scale * weights[k + 2] if k + 2 < fan_in else none,
        scale * weights[k + 3] if k + 3 < fan_in else none,
    )


@fused_kernel
def affine(weights, weight_scale, biases, bias_scale, inputs, out):
    """out[j] = bias_scale * biases[j] + weight_scale * sum_k weights[j, k] * inputs[k].

    Two units and four inputs at a time: as many as the vector registers of common processors hold. Sums
    are odd to the last bit: the negated inputs give the negated output where the biases are 0.

    Parameters
    ----------
    weights : (units, fan_in)
    biases : (units,)
    inputs : (fan_in, positions)
    out : (units, positions)
    """
    units, fan_in = weights.shape
    last = fan_in - 1
    for j in range(0, units - 1, 2):
        a, b = out[j], out[j + 1]
        bias_a, bias_b = bias_scale * biases[j], bias_scale * biases[j + 1]
        for x in range(a.shape[0]):
            a[x] = bias_a
            b[x] = bias_b
        for k in range(0, fan_in, 4):
            a0, a1, a2, a3 = _four(weights[j], weight_scale, k)
            b0, b1, b2, b3 = _four(weights[j + 1], weight_scale, k)
            h0, h1 = inputs[k], inputs[min(k + 1, last)]
            h2, h3 = inputs[min(k + 2, last)], inputs[min(k + 3, last)]
            for x in range(a.shape[0]):
                a[x] = a[x] + a0 * h0[x] + a1 * h1[x] + a2 * h2[x] + a3 * h3[x]
                b[x] = b[x] + b0 * h0[x] + b1 * h1[x] + b2 * h2[x] + b3 * h3[x]
    if units % 2 == 1:
        a = out[units - 1]
        bias_a = bias_scale * biases[units - 1]
        for x in range(a.shape[0]):
            a[x] = bias_a
        for k in range(0, fan_in, 4):
            a0, a1, a2, a3 = _four(weights[units - 1], weight_scale, k)
            h0, h1 = inputs[k], inputs[min(k + 1, last)]
            h2, h3 = inputs[min(k + 2, last)], inputs[min(k + 3, last)]
            for x in range(a.shape[0]):
                a[x] = a[x] + a0 * h0[x] + a1 * h1[x] + a2 * h2[x] + a3 * h3[x]


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
