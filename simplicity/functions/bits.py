"""What kernels do to bits of packed functions: count and find ones, reverse, exchange and negate inputs.

Variable k is bit k of a position, which is input n - k; variables from 6 on number the words.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from llvmlite import ir
from numba import types
from numba.extending import intrinsic

from simplicity.compilation import inlined

#: In word k, the positions at which variable k is 1.
IS_ONE = np.array(
    [
        0xAAAAAAAAAAAAAAAA,
        0xCCCCCCCCCCCCCCCC,
        0xF0F0F0F0F0F0F0F0,
        0xFF00FF00FF00FF00,
        0xFFFF0000FFFF0000,
        0xFFFFFFFF00000000,
    ],
    dtype=np.uint64,
)


@intrinsic
def count_ones(_context: Any, _word: Any) -> Any:
    """The number of ones of a word."""

    def generate(context: Any, builder: Any, _signature: Any, arguments: Any) -> Any:
        return builder.ctpop(arguments[0])

    return types.int64(types.uint64), generate


@intrinsic
def reversed_bits(_context: Any, _word: Any) -> Any:
    """A word with its bits in reverse order."""

    def generate(_context: Any, builder: Any, _signature: Any, arguments: Any) -> Any:
        return builder.bitreverse(arguments[0])

    return types.uint64(types.uint64), generate


@intrinsic
def lowest_one(_context: Any, _word: Any) -> Any:
    """The place of the lowest one of a word that is not zero."""

    def generate(context: Any, builder: Any, _signature: Any, arguments: Any) -> Any:
        return builder.cttz(arguments[0], ir.Constant(ir.IntType(1), 1))

    return types.int64(types.uint64), generate


@inlined
def _moved(word, low, high):
    """The bits that an exchange of two variables below 6 changes, at their lower places; and how far."""
    shift = np.uint64((1 << high) - (1 << low))
    return ((word >> shift) ^ word) & IS_ONE[low] & ~IS_ONE[high], shift


@inlined
def exchange(words, low, high):
    """Exchange two variables, low < high, in place; nothing happens where they are the same."""
    if high < 6:
        for w in range(words.shape[0]):
            changed, shift = _moved(words[w], low, high)
            words[w] ^= changed ^ (changed << shift)
        return
    step = 1 << (high - 6)
    for w in range(words.shape[0]):
        if w & step:
            continue
        if low < 6:
            shift = np.uint64(1 << low)
            changed = ((words[w] >> shift) ^ words[w + step]) & ~IS_ONE[low]
            words[w + step] ^= changed
            words[w] ^= changed << shift
        elif w & (1 << (low - 6)):
            other = w + step - (1 << (low - 6))
            kept = words[w]
            words[w] = words[other]
            words[other] = kept


@inlined
def arrange(words, order, places):
    """Permute the variables in place: afterwards variable i is what was variable order[i]."""
    n_inputs = order.shape[0]
    for i in range(n_inputs):
        places[i] = i
    for i in range(n_inputs - 1, 0, -1):
        j = i
        while places[j] != order[i]:
            j -= 1
        exchange(words, j, i)
        places[j] = places[i]


@inlined
def is_exchangeable(words, low, high):
    """Whether exchanging two variables, low < high, changes nothing."""
    different = np.uint64(0)
    if high < 6:
        for w in range(words.shape[0]):
            different |= _moved(words[w], low, high)[0]
        return different == 0
    step = 1 << (high - 6)
    for w in range(words.shape[0]):
        if w & step:
            continue
        if low < 6:
            different |= ((words[w] >> np.uint64(1 << low)) ^ words[w + step]) & ~IS_ONE[low]
        elif w & (1 << (low - 6)):
            different |= words[w] ^ words[w + step - (1 << (low - 6))]
    return different == 0


@inlined
def negate(words, variable):
    """Negate a variable, in place."""
    if variable < 6:
        shift = np.uint64(1 << variable)
        ones = IS_ONE[variable]
        for w in range(words.shape[0]):
            words[w] = ((words[w] & ones) >> shift) | ((words[w] & ~ones) << shift)
        return
    step = 1 << (variable - 6)
    for w in range(words.shape[0]):
        if not w & step:
            kept = words[w]
            words[w] = words[w + step]
            words[w + step] = kept


@inlined
def copy(one, other):
    """Write a packed function over another."""
    for w in range(one.shape[0]):
        one[w] = other[w]


@inlined
def is_less(one, other):
    """Whether the first of two packed functions is the smaller, its first word counting most."""
    for w in range(one.shape[0]):
        if one[w] != other[w]:
            return one[w] < other[w]
    return False


@inlined
def is_equal(one, other):
    """Whether two packed functions are the same."""
    for w in range(one.shape[0]):
        if one[w] != other[w]:
            return False
    return True
