"""Critical And/Or trees without a compiler: recursively in Python, and many at a time in NumPy.

The plain program grows whole trees. Their mean size is infinite, so it must stop somewhere: at level
:data:`LEVELS`, which no function shows. The others are lazy: a right side is drawn only for the positions
that the left one leaves open.
"""

from __future__ import annotations

import random

import numpy as np
import numpy.typing as npt

from benchmarks.baselines.circuits import literals
from simplicity.functions import input_table, pack, position_mask, words_of

#: Level at which every node of a whole tree is a leaf; trees then have about as many nodes on average. The
#: value at a position depends on nodes there with probability (3/4)^100: at one of 128 in 1 tree of 2·10^10.
LEVELS = 100
DEEPEST = 128  # open gates of a tree in NumPy; more, which 10^9 trees do not need, raise an IndexError


def _leaves(n_inputs: int) -> tuple[int, list[int]]:
    """All positions, and the literals, as integers: position x is bit x."""
    everywhere = (1 << (1 << n_inputs)) - 1
    inputs = literals(n_inputs)
    return everywhere, inputs + [everywhere ^ literal for literal in inputs]


def whole(generator: random.Random, n_inputs: int, count: int) -> list[int]:
    """Truth tables of whole trees as integers, position x at bit x."""
    _, leaves = _leaves(n_inputs)
    draw, n_leaves = generator.random, len(leaves)

    def value(levels: int) -> int:
        if levels == 0 or draw() < 0.5:
            return leaves[int(draw() * n_leaves)]
        if draw() < 0.5:
            return value(levels - 1) & value(levels - 1)
        return value(levels - 1) | value(levels - 1)

    return [value(LEVELS) for _ in range(count)]


def lazy(generator: random.Random, n_inputs: int, count: int) -> list[int]:
    """The same, lazily."""
    everywhere, leaves = _leaves(n_inputs)
    draw, n_leaves = generator.random, len(leaves)

    def value(wanted: int) -> int:
        if draw() < 0.5:
            return leaves[int(draw() * n_leaves)]
        is_and = draw() < 0.5
        left = value(wanted)
        right_wanted = wanted & (left if is_and else ~left)
        if not right_wanted:
            return left
        right = value(right_wanted)
        return left & right if is_and else left | right

    return [value(everywhere) for _ in range(count)]


RECURSIVE = {f"cut at level {LEVELS}": whole, "lazy": lazy}


def in_step(generator: np.random.Generator, n_inputs: int, batch: int) -> npt.NDArray[np.uint64]:
    """All trees of a batch depth first, a node each at a time: packed functions, (batch, words).

    A tree in progress is its value so far, the positions wanted of its next node, and a stack of gates
    whose right side is open, with the positions wanted of them. Where a right side is wanted, the gate's
    value is the right side's, and elsewhere the left side's: a leaf just writes where it is wanted.
    """
    words = words_of(n_inputs)
    inputs = pack(input_table(n_inputs).T)
    leaves = np.concatenate([inputs, inputs ^ position_mask(n_inputs)])
    flips = np.array([0, 2**64 - 1], dtype=np.uint64)  # of the left side of an AND, of an OR
    found = np.empty((batch, words), dtype=np.uint64)
    trees = np.arange(batch)
    value = np.zeros((batch, words), dtype=np.uint64)
    wanted = np.full((batch, words), position_mask(n_inputs))
    depth = np.zeros(batch, dtype=np.intp)
    open_wanted = np.empty((DEEPEST, batch, words), dtype=np.uint64)
    open_flips = np.empty((DEEPEST, batch, 1), dtype=np.uint64)
    while len(trees):
        # 0 … 2n - 1: that literal; above, an AND (even) or an OR (odd), together as often.
        drawn = generator.integers(0, 4 * n_inputs, len(trees), dtype=np.uint8)
        is_wanted = wanted.any(axis=1)
        is_gate = is_wanted & (drawn >= 2 * n_inputs)

        gates = np.flatnonzero(is_gate)
        places = depth[gates], trees[gates]
        open_wanted[places] = wanted[gates]
        open_flips[places] = flips[drawn[gates] & 1, None]
        depth[gates] += 1

        leaf = np.flatnonzero(is_wanted & ~is_gate)
        before = value[leaf]
        value[leaf] = before ^ ((before ^ leaves[drawn[leaf]]) & wanted[leaf])

        upward = np.flatnonzero(~is_gate)
        depth[upward] -= 1
        is_done = depth < 0
        if is_done.any():
            found[trees[is_done]] = value[is_done]
            upward = upward[~is_done[upward]]
        places = depth[upward], trees[upward]
        wanted[upward] = open_wanted[places] & (value[upward] ^ open_flips[places])
        if is_done.any():
            trees, depth = trees[~is_done], depth[~is_done]
            value, wanted = value[~is_done], wanted[~is_done]
    return found
