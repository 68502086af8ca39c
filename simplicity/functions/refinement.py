"""Colours of variables that do not depend on how they are named, refined until they say no more.

A position's value is a hash of the colours of the variables that are 1 there. The next colours are sums of
the values of a function's ones; a sum that changes its sign with a variable settles that variable's polarity.
"""

from __future__ import annotations

import numpy as np

from simplicity.compilation import inlined, row
from simplicity.functions.bits import IS_ONE, count_ones, lowest_one

_MIX = np.uint64(0x9E3779B97F4A7C15)
_MIX_2 = np.uint64(0xD6E8FEB86659FD93)
_FREE = np.uint64(0xA0761D6478BD642F)
_FIRST = np.uint64(0xE7037ED1A0B428DB)
_HALF = np.uint64(2**63)


@inlined
def mixed(h):
    """A hash of a word: zero goes to zero."""
    h = (h ^ (h >> np.uint64(32))) * _MIX
    h = (h ^ (h >> np.uint64(29))) * _MIX_2
    return h ^ (h >> np.uint64(32))


@inlined
def sort_variables(keys, order):
    """Put the variables in the order of their keys, those with equal keys in their own."""
    n_inputs = order.shape[0]
    for i in range(n_inputs):
        place = 0
        for j in range(n_inputs):
            place += (keys[j] < keys[i]) | ((keys[j] == keys[i]) & (j < i))
        order[place] = i


@inlined
def sum_where_one(values, stop, sums):
    """Sum the values of places at which a bit is 1, for the highest bit to sums[stop - 1]; return the total.

    The values are lost.
    """
    half = values.shape[0] >> 1
    k = stop
    while half:
        k -= 1
        total = np.uint64(0)
        for x in range(half):
            total += values[half + x]
            values[x] += values[half + x]
        sums[k] = total
        half >>= 1
    return values[0]


@inlined
def _weigh(colours, free, values):
    """Number positions by the colours of their ones, in two parts; free variables do not count."""
    values[0, 0] = _FIRST  # not zero, which mixing would leave alone
    values[1, 0] = np.uint64(0)
    n_low = (colours.shape[0] + 1) >> 1
    for k in range(colours.shape[0]):
        part = np.int64(k >= n_low)
        size = 1 << (k - part * n_low)
        colour = colours[k] if not (free >> k) & 1 else np.uint64(0)
        for x in range(size):
            values[part, size + x] = values[part, x] + colour
    return n_low


@inlined
def _value(x, n_low, values):
    """The value of a position: a hash of the set of the colours of its ones."""
    return mixed(values[0, x & ((1 << n_low) - 1)] + values[1, x >> n_low])


@inlined
def _influence(words, variable, polarity, is_flat, n_low, values):
    """Sum of the values of the edges, in the direction of a variable, across which the function changes."""
    total = np.uint64(0)
    for w in range(words.shape[0]):
        if variable < 6:
            changes = ((words[w] >> np.uint64(1 << variable)) ^ words[w]) & ~IS_ONE[variable]
        elif w & (1 << (variable - 6)):
            continue
        else:
            changes = words[w] ^ words[w + (1 << (variable - 6))]
        if is_flat:
            total += np.uint64(count_ones(changes)) * mixed(_FIRST)
            continue
        while changes:
            x = w * 64 + lowest_one(changes)
            changes &= changes - np.uint64(1)
            total += _value(x ^ polarity, n_low, values)
    return total


@inlined
def _sum_up_flat(words, sums):
    """What `_sum_up` gives where all values are the same."""
    total = np.uint64(0)
    for w in range(words.shape[0]):
        total += np.uint64(count_ones(words[w])) * mixed(_FIRST)
    for k in range(sums.shape[0]):
        ones = 0
        for w in range(words.shape[0]):
            if k < 6:
                ones += count_ones(words[w] & IS_ONE[k])
            elif w & (1 << (k - 6)):
                ones += count_ones(words[w])
        sums[k] = np.uint64(ones) * mixed(_FIRST)
    return total


@inlined
def _sum_up(words, polarity, n_low, values, parts, sums):
    """Sum of the values of all ones; and of those at which each variable is 1."""
    low, high = row(parts, 0, 1 << n_low), row(parts, 1, 1 << (sums.shape[0] - n_low))
    low[:] = np.uint64(0)
    high[:] = np.uint64(0)
    for w in range(words.shape[0]):
        rest = words[w]
        while rest:
            x = (w * 64 + lowest_one(rest)) ^ polarity
            rest &= rest - np.uint64(1)
            value = _value(x, n_low, values)
            low[x & ((1 << n_low) - 1)] += value
            high[x >> n_low] += value
    sum_where_one(high, sums.shape[0], sums)
    return sum_where_one(low, n_low, sums)


@inlined
def refine(words, s, depth):
    """Refine the colours at a depth, and settle polarities, until nothing changes; return how many."""
    colours, sums, values = s.colours[depth], s.sums, s.values
    polarity, free = s.polarity[depth], s.free[depth]
    n_inputs = colours.shape[0]
    cells = 0
    for _ in range(2 * n_inputs + 2):
        n_low = 0
        is_flat = free == (1 << n_inputs) - 1  # at the very start, and where all influences are even
        if is_flat:
            total = _sum_up_flat(words, sums)
        else:
            n_low = _weigh(colours, free, values)
            total = _sum_up(words, polarity, n_low, values, s.parts, sums)
        before_polarity, before_free = polarity, free
        for k in range(n_inputs):
            if not (before_free >> k) & 1:
                continue
            odd = sums[k] + sums[k] - total  # changes its sign with the variable
            if odd == 0 or odd == _HALF:
                sums[k] = _FREE + _influence(words, k, before_polarity, is_flat, n_low, values)
                continue
            if odd > _HALF:
                polarity ^= 1 << k
                sums[k] = total - sums[k]
            free ^= 1 << k
        for k in range(n_inputs):
            colours[k] = mixed(colours[k] * _MIX_2 + sums[k])
        before = cells
        cells = 0
        for k in range(n_inputs):
            is_new = True
            for j in range(k):
                is_new &= colours[j] != colours[k]
            cells += is_new
        if free == before_free and (cells == before or (cells == n_inputs and not free)):
            break
    s.polarity[depth] = polarity
    s.free[depth] = free
    return cells
