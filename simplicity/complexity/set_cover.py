"""The fewest sets that cover up to 128 elements: branch and bound with the classical reductions.

Of the elements still to be covered, one that only one set holds forces that set (essential); a set within
another is of no use (column dominance); an element that is covered whenever another is need not be
looked at (row dominance). These are repeated until nothing changes. Elements no two of which share a set
need a set each: a greedily chosen family of them bounds the number from below. What is left is branched on
the sets that hold the element with the fewest.
"""

from __future__ import annotations

import numpy as np

from simplicity.compilation import kernel
from simplicity.complexity.prime_implicants import trailing_zeros

MAX_ELEMENTS = 128

_ZERO = np.uint64(0)
_ONE = np.uint64(1)


@kernel
def _without_dominated_sets(low, high, sets, count):
    """Restrict the sets to the elements left and drop those within another; return how many remain."""
    kept = 0
    for row in range(count):
        set_low = sets[row, 0] & low
        set_high = sets[row, 1] & high
        if set_low | set_high == _ZERO:
            continue
        dominated = False
        place = 0
        while place < kept:
            if (set_low & ~sets[place, 0]) | (set_high & ~sets[place, 1]) == _ZERO:
                dominated = True
                break
            if (sets[place, 0] & ~set_low) | (sets[place, 1] & ~set_high) == _ZERO:
                kept -= 1
                sets[place, 0] = sets[kept, 0]
                sets[place, 1] = sets[kept, 1]
            else:
                place += 1
        if not dominated:
            sets[kept, 0] = set_low
            sets[kept, 1] = set_high
            kept += 1
    return kept


@kernel
def _holders(element, sets, count):
    """How many sets hold an element, the last that does, what all of them hold, and what any holds."""
    bit = _ONE << np.uint64(element & 63)
    half = element >> 6
    number = 0
    last = 0
    common_low, common_high = ~_ZERO, ~_ZERO
    any_low, any_high = _ZERO, _ZERO
    for row in range(count):
        if sets[row, half] & bit != _ZERO:
            number += 1
            last = row
            common_low &= sets[row, 0]
            common_high &= sets[row, 1]
            any_low |= sets[row, 0]
            any_high |= sets[row, 1]
    return number, last, common_low, common_high, any_low, any_high


@kernel
def _reduced(low, high, sets, count):
    """Reduce until nothing changes; return elements and number of sets left, and how many were taken."""
    taken = 0
    changed = True
    while changed:
        changed = False
        count = _without_dominated_sets(low, high, sets, count)
        for half in range(2):
            rest = low if half == 0 else high
            while rest != _ZERO:
                element = 64 * half + trailing_zeros(rest)
                rest &= rest - _ONE
                number, last, common_low, common_high, _, _ = _holders(element, sets, count)
                if number == 1:
                    taken += 1
                    low &= ~sets[last, 0]
                    high &= ~sets[last, 1]
                    changed = True
                else:
                    bit = _ONE << np.uint64(element & 63)
                    if half == 0:
                        common_low &= ~bit
                    else:
                        common_high &= ~bit
                    changed = changed or ((low & common_low) | (high & common_high)) != _ZERO
                    low &= ~common_low
                    high &= ~common_high
                rest &= low if half == 0 else high
    return low, high, count, taken


@kernel
def _bound_and_branch(low, high, sets, count, numbers, reach):
    """A lower bound on the sets needed, and the element that the fewest sets hold.

    `numbers` and `reach` are room for each element's number of sets and the elements that they hold.
    """
    fewest = count + 1
    branch = 0
    for half in range(2):
        rest = low if half == 0 else high
        while rest != _ZERO:
            element = 64 * half + trailing_zeros(rest)
            rest &= rest - _ONE
            number, _, _, _, reach[element, 0], reach[element, 1] = _holders(element, sets, count)
            numbers[element] = number
            if number < fewest:
                fewest = number
                branch = element
    bound = 0
    while low | high != _ZERO:
        best = np.int64(MAX_ELEMENTS + 1)
        chosen = 0
        for half in range(2):
            rest = low if half == 0 else high
            while rest != _ZERO:
                element = 64 * half + trailing_zeros(rest)
                rest &= rest - _ONE
                lost = _ones(reach[element, 0] & low) + _ones(reach[element, 1] & high)
                if lost < best:
                    best = lost
                    chosen = element
        bound += 1
        low &= ~reach[chosen, 0]
        high &= ~reach[chosen, 1]
    return bound, branch


@kernel
def _ones(word):
    word -= (word >> _ONE) & np.uint64(0x5555555555555555)
    word = (word & np.uint64(0x3333333333333333)) + ((word >> np.uint64(2)) & np.uint64(0x3333333333333333))
    word = (word + (word >> np.uint64(4))) & np.uint64(0x0F0F0F0F0F0F0F0F)
    return np.int64((word * np.uint64(0x0101010101010101)) >> np.uint64(56))


@kernel
def _greedy_cover(low, high, sets, count):
    """Take the set with the most elements not yet covered until all are."""
    taken = 0
    while low | high != _ZERO:
        most = 0
        best = 0
        for row in range(count):
            gain = _ones(sets[row, 0] & low) + _ones(sets[row, 1] & high)
            if gain > most:
                most = gain
                best = row
        low &= ~sets[best, 0]
        high &= ~sets[best, 1]
        taken += 1
    return taken


@kernel
def fewest_sets(low, high, room, counts, elements, branches, numbers, reach, max_nodes):
    """Cover the elements of two words with the fewest of the sets ``room[0, : counts[0]]``.

    Returns the number of sets and the nodes that it took; more nodes than `max_nodes` mean that the search
    was given up and the number is an upper bound. Every depth has its own part of the room, which may be
    `MAX_ELEMENTS` + 1 deep; ``elements[depth]`` are two words, ``branches[depth]`` the element branched on,
    the sets tried and the sets taken so far.
    """
    low, high, counts[0], taken = _reduced(low, high, room[0], counts[0])
    best = taken + _greedy_cover(low, high, room[0], counts[0])
    bound, branch = _bound_and_branch(low, high, room[0], counts[0], numbers, reach)
    if taken + bound >= best:
        return best, 1
    elements[0, 0], elements[0, 1] = low, high
    branches[0, 0], branches[0, 1], branches[0, 2] = branch, 0, taken
    nodes = 1
    depth = 0
    while depth >= 0:
        branch = branches[depth, 0]
        bit = _ONE << np.uint64(branch & 63)
        tried = branches[depth, 1]
        while tried < counts[depth] and room[depth, tried, branch >> 6] & bit == _ZERO:
            tried += 1
        if tried == counts[depth]:
            depth -= 1
            continue
        branches[depth, 1] = tried + 1
        nodes += 1
        if nodes > max_nodes:
            return best, nodes
        # Covers with a set that was tried before have been seen: those sets are gone from the child.
        below = room[depth + 1]
        count = 0
        for row in range(counts[depth]):
            is_old = row <= tried and room[depth, row, branch >> 6] & bit != _ZERO
            if not is_old:
                below[count, 0] = room[depth, row, 0]
                below[count, 1] = room[depth, row, 1]
                count += 1
        low = elements[depth, 0] & ~room[depth, tried, 0]
        high = elements[depth, 1] & ~room[depth, tried, 1]
        if not _is_coverable(low, high, below, count):
            continue
        low, high, count, taken = _reduced(low, high, below, count)
        taken += branches[depth, 2] + 1
        if low | high == _ZERO:
            best = min(best, taken)
            continue
        best = min(best, taken + _greedy_cover(low, high, below, count))
        bound, branch = _bound_and_branch(low, high, below, count, numbers, reach)
        if taken + bound >= best:
            continue
        depth += 1
        counts[depth] = count
        elements[depth, 0], elements[depth, 1] = low, high
        branches[depth, 0], branches[depth, 1], branches[depth, 2] = branch, 0, taken
    return best, nodes


@kernel
def _is_coverable(low, high, sets, count):
    for row in range(count):
        low &= ~sets[row, 0]
        high &= ~sets[row, 1]
    return low | high == _ZERO
