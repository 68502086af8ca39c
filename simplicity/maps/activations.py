"""Activation functions of the network kernels: float32 polynomials that vectorise and are exactly odd.

tanh and erf are minimax rational functions of the square, sin a polynomial after reduction by pi; their
absolute errors are below 4e-7 (tests hold them to that against NumPy and SciPy in float64). NaN stays
NaN in all of them, and the sine of more than 10,000 is NaN, so that an overflow is counted as undefined
and never as a class.
"""

from __future__ import annotations

import numpy as np

from simplicity.compilation import float32_bits, float32_from_bits, inlined, kernel
from simplicity.vectors import fused_multiply_add as fma

#: Code of each activation in the kernels.
ACTIVATIONS = {"relu": 0, "tanh": 1, "linear": 2, "erf": 3, "sin": 4}
RELU = ACTIVATIONS["relu"]
_TANH, _ERF, _SIN = (ACTIVATIONS[name] for name in ("tanh", "erf", "sin"))

F32, U32, I32 = np.float32, np.uint32, np.int32

_TANH_CLAMP = F32(9.0)
_TP0, _TP1, _TP2, _TP3, _TP4 = map(
    F32, (0.99999998, 0.13381021385, 3.4955830801e-3, 2.0609000448e-5, 1.335455206e-8)
)
_TQ1, _TQ2, _TQ3, _TQ4 = map(F32, (0.4671433698, 0.025876962971, 3.2856266033e-4, 7.7765125764e-7))

_ERF_CLAMP = F32(3.8)
_EP0, _EP1, _EP2 = map(F32, (1.1283791539, 0.186249885998, 0.0523107692733))
_EP3, _EP4, _EP5 = map(F32, (3.615088723568e-3, 2.8650957355e-4, 2.151035988e-6))
_EQ1, _EQ2, _EQ3 = map(F32, (0.498392618751, 0.112492082091, 0.0146672950852))
_EQ4, _EQ5 = map(F32, (1.1351046452914e-3, 3.92135421e-5))

_S0, _S1, _S2, _S3 = map(F32, (2.60522491691e-6, -1.98090752918e-4, 8.33305106345e-3, -0.16666657992))
_PI_HIGH, _PI_MIDDLE, _PI_LOW = F32(3.140625), F32(9.670257568359375e-4), F32(6.277114152908325e-7)
_SIN_LIMIT = F32(1e4)  # float32 knows too little of the angle beyond
_ROUND = F32(12582912.0)  # 1.5 * 2^23: adding and taking it away rounds to a whole number


@inlined
def _tanh(x):
    x = _TANH_CLAMP if x > _TANH_CLAMP else (-_TANH_CLAMP if x < -_TANH_CLAMP else x)
    s = x * x
    above = fma(fma(fma(fma(_TP4, s, _TP3), s, _TP2), s, _TP1), s, _TP0)
    below = fma(fma(fma(fma(_TQ4, s, _TQ3), s, _TQ2), s, _TQ1), s, F32(1))
    return x * (above / below)


@inlined
def _erf(x):
    x = _ERF_CLAMP if x > _ERF_CLAMP else (-_ERF_CLAMP if x < -_ERF_CLAMP else x)
    s = x * x
    above = fma(fma(fma(fma(fma(_EP5, s, _EP4), s, _EP3), s, _EP2), s, _EP1), s, _EP0)
    below = fma(fma(fma(fma(fma(_EQ5, s, _EQ4), s, _EQ3), s, _EQ2), s, _EQ1), s, F32(1))
    return x * (above / below)


@inlined
def _sin(x):
    turns = fma(x, F32(0.3183098861837907), _ROUND) - _ROUND
    r = fma(-turns, _PI_LOW, fma(-turns, _PI_MIDDLE, fma(-turns, _PI_HIGH, x)))
    s = r * r
    value = fma(r * s, fma(fma(fma(_S0, s, _S1), s, _S2), s, _S3), r)
    value = float32_from_bits(U32(float32_bits(value) ^ U32(U32(I32(turns)) << U32(31))))
    return value if abs(x) <= _SIN_LIMIT else F32(np.nan)


@kernel
def activate(code, values, first, stop):
    """Apply tanh, erf or sin to values[first:stop] of a flat float32 array, in place.

    linear needs nothing, and relu is a part of the sums (:func:`simplicity.maps.linear.hidden_layer`).
    """
    begin, end = np.uint64(first), np.uint64(stop)  # an unsigned index cannot count from the end
    if code == _TANH:
        for i in range(begin, end):
            values[i] = _tanh(values[i])
    elif code == _ERF:
        for i in range(begin, end):
            values[i] = _erf(values[i])
    elif code == _SIN:
        for i in range(begin, end):
            values[i] = _sin(values[i])
