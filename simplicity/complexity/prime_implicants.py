"""Prime implicants of functions of up to seven inputs, bit-parallel over positions.

A cube fixes some inputs and leaves the others free. For one set of free inputs, a bit at each position
says that the cube around it lies within the function: the function itself where none is free, and one AND
with its mirror image for each further free input. It is prime if no further input can be freed. That takes
4^n bits of work for the 3^n cubes. Positions are the 128 bits of a pair of words.
"""

from __future__ import annotations

import numpy as np

from simplicity.compilation import inlined, kernel

MAX_PAIR_INPUTS = 7
MAX_PRIMES = 3**7

_ZERO = np.uint64(0)
_ONE = np.uint64(1)
_EVERY_BIT = np.uint64(2**64 - 1)
_LOWER = (  # positions whose bit k is 0
    np.uint64(0x5555555555555555),
    np.uint64(0x3333333333333333),
    np.uint64(0x0F0F0F0F0F0F0F0F),
    np.uint64(0x00FF00FF00FF00FF),
    np.uint64(0x0000FFFF0000FFFF),
    np.uint64(0x00000000FFFFFFFF),
)


@inlined
def _mirrored(low, high, k):
    """The positions with bit k flipped."""
    if k == 6:
        return high, low
    shift = _ONE << np.uint64(k)
    lower = _LOWER[k]
    return (
        ((low & lower) << shift) | ((low >> shift) & lower),
        ((high & lower) << shift) | ((high >> shift) & lower),
    )


@inlined
def trailing_zeros(word):
    """Index of the lowest set bit of a word that is not zero."""
    count = 0
    if word & np.uint64(0xFFFFFFFF) == _ZERO:
        count += 32
        word >>= np.uint64(32)
    if word & np.uint64(0xFFFF) == _ZERO:
        count += 16
        word >>= np.uint64(16)
    if word & np.uint64(0xFF) == _ZERO:
        count += 8
        word >>= np.uint64(8)
    if word & np.uint64(0xF) == _ZERO:
        count += 4
        word >>= np.uint64(4)
    if word & np.uint64(0x3) == _ZERO:
        count += 2
        word >>= np.uint64(2)
    if word & _ONE == _ZERO:
        count += 1
    return count


@kernel
def fill_primes(low, high, n_inputs, cubes, primes):
    """Write the positions of each prime implicant to `primes`, (count, 2) words; return their number.

    `cubes` is room for 2^n_inputs pairs of words.
    """
    n_sets = 1 << n_inputs
    cubes[0, 0] = low
    cubes[0, 1] = high
    for free in range(1, n_sets):
        k = 0
        while not (free >> k) & 1:
            k += 1
        without = free & (free - 1)
        mirrored = _mirrored(cubes[without, 0], cubes[without, 1], k)
        cubes[free, 0] = cubes[without, 0] & mirrored[0]
        cubes[free, 1] = cubes[without, 1] & mirrored[1]
    count = 0
    for free in range(n_sets):
        prime_low, prime_high = cubes[free, 0], cubes[free, 1]
        if prime_low | prime_high == _ZERO:
            continue
        for k in range(n_inputs):
            if not (free >> k) & 1:
                prime_low &= ~cubes[free | (1 << k), 0]
                prime_high &= ~cubes[free | (1 << k), 1]
        # Each cube stands at all its positions; it is listed at the first, where free inputs are 0.
        for k in range(n_inputs):
            if (free >> k) & 1:
                if k == 6:
                    prime_high = _ZERO
                else:
                    prime_low &= _LOWER[k]
                    prime_high &= _LOWER[k]
        for half in range(2):
            first_positions = prime_low if half == 0 else prime_high
            while first_positions != _ZERO:
                cube_low = first_positions & (_ZERO - first_positions) if half == 0 else _ZERO
                cube_high = first_positions & (_ZERO - first_positions) if half == 1 else _ZERO
                for k in range(n_inputs):
                    if (free >> k) & 1:
                        mirrored = _mirrored(cube_low, cube_high, k)
                        cube_low |= mirrored[0]
                        cube_high |= mirrored[1]
                primes[count, 0] = cube_low
                primes[count, 1] = cube_high
                count += 1
                first_positions &= first_positions - _ONE
    return count
