"""Xoshiro128++ in sixteen lanes at a time: the generator of long rows of random numbers.

Blackman and Vigna, "Scrambled linear pseudorandom number generators", ACM Trans. Math. Softw. 47:36, 2021.
A lane is one such generator: four words of state, of which every step makes a word and the next state.
Word 16 t + l of a row is what lane l gives in step t.
"""

from __future__ import annotations

import numpy as np

from simplicity.compilation import inlined, kernel
from simplicity.vectors import LANES as HALF
from simplicity.vectors import load, rotate_left, store

#: Generators of a row: two vectors, of which one works while the other waits for itself.
LANES = 2 * HALF


@inlined
def _step(a, b, c, d):
    """Eight lanes: their words and next states."""
    words = rotate_left(a + d, 7) + a
    c_a, d_b = c ^ a, d ^ b
    return words, a ^ d_b, b ^ c_a, c_a ^ (b << np.uint32(9)), rotate_left(d_b, 11)


@kernel
def leave_zero(states):
    """No state may be all zeros, which would stay so: such a one, of chance 2^-128, becomes (0, 0, 0, 1)."""
    a, b, c, d = states[0], states[1], states[2], states[3]
    for lane in range(states.shape[1]):
        zero = (a[lane] | b[lane] | c[lane] | d[lane]) == np.uint32(0)
        d[lane] = np.uint32(1) if zero else d[lane]


@kernel
def advance(states, lane, steps, even, odd, pitch):
    """So many pairs of steps of the sixteen lanes whose states are states[:, lane], states[:, lane + 1], …

    Words of the first of pair t are written to even[pitch * t], even[pitch * t + 1], …, those of the second
    likewise to odd; all arrays are uint32. The states are then those after the last step.
    """
    s0, s1, s2, s3 = states[0], states[1], states[2], states[3]
    a, b, c, d = load(s0, lane), load(s1, lane), load(s2, lane), load(s3, lane)
    other = lane + HALF
    e, f, g, h = load(s0, other), load(s1, other), load(s2, other), load(s3, other)
    for t in range(steps):
        first, a, b, c, d = _step(a, b, c, d)
        second, e, f, g, h = _step(e, f, g, h)
        store(even, pitch * t, first)
        store(even, pitch * t + HALF, second)
        first, a, b, c, d = _step(a, b, c, d)
        second, e, f, g, h = _step(e, f, g, h)
        store(odd, pitch * t, first)
        store(odd, pitch * t + HALF, second)
    store(s0, lane, a)
    store(s1, lane, b)
    store(s2, lane, c)
    store(s3, lane, d)
    store(s0, other, e)
    store(s1, other, f)
    store(s2, other, g)
    store(s3, other, h)
