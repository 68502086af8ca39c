"""The generators behind noise: rows of random words and normals, many at a time, by (seed, draw, stream).

Short rows come from Philox, sixteen of them at a time; long ones from lanes of xoshiro that Philox seeds.
:mod:`simplicity.random` says which is which. Normals are Box-Muller pairs from float32 polynomials.
"""

from __future__ import annotations

import numpy as np

from simplicity.compilation import inlined, kernel
from simplicity.philox import counters_of, philox, philox_blocks
from simplicity.simd import store_quads
from simplicity.vectors import (
    WIDE,
    as_floats,
    as_words,
    choose,
    in_precision_of,
    load_wide,
    lower_halves,
    splat_wide,
    square_root,
    store,
    to_floats,
    wider,
)
from simplicity.vectors import fused_multiply_add as fma
from simplicity.xoshiro import LANES, advance, leave_zero

F32, U32, U64 = np.float32, np.uint32, np.uint64

_LOW, _32 = U64(0xFFFFFFFF), U64(32)
_LANE_KEY = U64(0x6C616E6573656564)  # keeps the seeds of long rows apart from short rows
_BLOCKS = 256  # Philox blocks generated at once: the planes stay in the first-level cache
_PLANE = 512  # words of a long row at once, for the same reason

# Minimax fits: -2 log(1 + f) = -2 f + f² L(f) for 1 + f in [√½, √2] (error of L 3.2e-7);
# sine and cosine of a quarter turns, |a| <= 1/2: a S(a²) and C(a²) (errors of S and C 4.8e-9, 2.8e-8).
_L0, _L1, _L2, _L3 = F32(-0.1845329), F32(0.28704602), F32(-0.29550018), F32(0.33124042)
_L4, _L5, _L6, _L7 = F32(-0.3994892), F32(0.50004118), F32(-0.66667286), F32(0.99999986)
_S0, _S1, _S2, _S3 = F32(-0.00460218), F32(0.07968023), F32(-0.64596348), F32(1.57079632)
_C0, _C1, _C2, _C3 = F32(-0.02040835), F32(0.25359864), F32(-1.23369701), F32(0.99999997)
_SQRT_HALF, _ONE_BITS, _MANTISSA, _SIGN = U32(0x3F3504F3), U32(0x3F800000), U32(0x007FFFFF), U32(0x80000000)
_MINUS_2_LOG_2, _HALF, _ONE = F32(-2 * 0.6931471805599453), F32(0.5), F32(1)


@inlined
def _radius(x):
    """sqrt(-2 log u) for u = (x >> 1, plus a half) / 2^31, a vector, accurate also where u is next to 1."""
    bits = x >> U32(1)
    shifted = as_words(to_floats(bits) + _HALF) + U32(_ONE_BITS - _SQRT_HALF)
    exponent = to_floats((shifted >> U32(23)) - U32(127 + 31))
    mantissa = as_floats((shifted & _MANTISSA) + _SQRT_HALF)
    below_one = fma(to_floats(U32(0x7FFFFFFF) - bits), F32(-(2.0**-31)), F32(-(2.0**-32)))
    f = choose(x & (x << U32(1)), below_one, mantissa - _ONE)  # where x is at least 3/4 of 2^32
    f2 = f * f
    low = fma(fma(_L4, f, _L5), f2, fma(_L6, f, _L7))
    high = fma(fma(_L0, f, _L1), f2, fma(_L2, f, _L3))
    return square_root(fma(f2, fma(high, f2 * f2, low), fma(exponent, _MINUS_2_LOG_2, -(f + f))))


@inlined
def _turn(y):
    """Cosine and sine of the angle with bits y, a vector: two bits of quadrant, 30 bits within it."""
    a = fma(to_floats(y << U32(2)), F32(2.0**-32), F32(2.0**-33))
    q = a * a
    s = a * fma(fma(fma(_S0, q, _S1), q, _S2), q, _S3)
    c = fma(fma(fma(_C0, q, _C1), q, _C2), q, _C3)
    is_odd = y << U32(1)
    x_part = as_words(choose(is_odd, s, c)) ^ (y & _SIGN)
    y_part = as_words(choose(is_odd, c, s)) ^ ((y ^ is_odd) & _SIGN)
    return as_floats(x_part), as_floats(y_part)


@inlined
def normal_pairs(x, y, like):
    """Box-Muller of two vectors of words, in the precision of an array; products are exact in float64."""
    cosine, sine = _turn(y)
    radius = in_precision_of(like, _radius(x))
    return radius * in_precision_of(like, cosine), radius * in_precision_of(like, sine)


@inlined
def _block(seed, draws, streams, row, block):
    """Words of a block of sixteen rows."""
    draw = load_wide(draws, row)
    words = philox(
        wider(splat_wide(U32(block))),
        wider(load_wide(streams, row)),
        draw & _LOW,
        draw >> _32,
        seed & _LOW,
        seed >> _32,
    )
    return lower_halves(words[0]), lower_halves(words[1]), lower_halves(words[2]), lower_halves(words[3])


@kernel
def fill_words(seed, draws, streams, out):
    """Raw 32-bit words for all rows, row after row; out.size is a multiple of 4 draws.size.

    Sixteen rows are made at a time, so there must be as many.
    """
    width = out.shape[0] // draws.shape[0]
    for first in range(0, draws.shape[0], WIDE):
        row = min(first, draws.shape[0] - WIDE)  # the last sixteen again rather than one by one
        for block in range(width // 4):
            a, b, c, d = _block(seed, draws, streams, row, block)
            store_quads(out, row * width + 4 * block, width, a, b, c, d)


@kernel
def fill_normal(seed, draws, streams, out):
    """Standard normals likewise; out is float32 or float64."""
    width = out.shape[0] // draws.shape[0]
    for first in range(0, draws.shape[0], WIDE):
        row = min(first, draws.shape[0] - WIDE)
        for block in range(width // 4):
            a, b, c, d = _block(seed, draws, streams, row, block)
            p, q = normal_pairs(a, b, out)
            r, s = normal_pairs(c, d, out)
            store_quads(out, row * width + 4 * block, width, p, q, r, s)


@kernel
def _seed_lanes(seed, draws, streams, counters, states):
    """States of the lanes of some rows, row after row: block l of a row's own key is the state of lane l."""
    counters_of(0, LANES, draws, streams, counters)
    philox_blocks(counters, seed ^ _LANE_KEY, states)
    leave_zero(states)


@kernel
def fill_words_in_lanes(seed, draws, streams, out):
    """Raw 32-bit words for all rows, row after row; out.size is a multiple of 2 LANES draws.size."""
    counters = np.empty((4, _BLOCKS), dtype=np.uint32)
    states = np.empty((4, _BLOCKS), dtype=np.uint32)
    width = out.shape[0] // draws.shape[0]
    rows = _BLOCKS // LANES
    for first in range(0, draws.shape[0], rows):
        _seed_lanes(seed, draws[first : first + rows], streams[first : first + rows], counters, states)
        for row in range(first, min(first + rows, draws.shape[0])):
            words = out[row * width : (row + 1) * width]
            steps = width // (2 * LANES)
            advance(states, (row - first) * LANES, steps, words, words[LANES:], 2 * LANES)


@kernel
def fill_normal_in_lanes(seed, draws, streams, out):
    """Standard normals likewise; out is float32 or float64."""
    counters = np.empty((4, _BLOCKS), dtype=np.uint32)
    states = np.empty((4, _BLOCKS), dtype=np.uint32)
    even, odd = np.empty(_PLANE, dtype=np.uint32), np.empty(_PLANE, dtype=np.uint32)
    width = out.shape[0] // draws.shape[0]
    rows = _BLOCKS // LANES
    for first in range(0, draws.shape[0], rows):
        _seed_lanes(seed, draws[first : first + rows], streams[first : first + rows], counters, states)
        for row in range(first, min(first + rows, draws.shape[0])):
            for start in range(0, width, 2 * _PLANE):
                count = min(_PLANE, (width - start) // 2)
                advance(states, (row - first) * LANES, count // LANES, even, odd, LANES)
                place = row * width + start
                for k in range(0, count, LANES):
                    x, y = normal_pairs(load_wide(even, k), load_wide(odd, k), out)
                    store(out, place + 2 * k, x)
                    store(out, place + 2 * k + LANES, y)
