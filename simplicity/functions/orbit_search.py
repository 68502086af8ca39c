"""The hard part of canonical forms: variables that counting ones cannot tell apart.

A search for the canonical order and polarity of the inputs, as programs for canonical labellings of graphs do
it (McKay and Piperno, J. Symb. Comput. 60:94, 2014). Variables get colours that do not depend on how they
are named; colours are refined until they say no more, and a sum that changes its sign with a variable
settles that variable's polarity. Where variables of one colour are not interchangeable, each of them is
tried as the first. Of all leaves, the one with the smallest trace of colours and then the smallest table
wins. What keeps this short for functions with many symmetries:

- of variables that an exchange or a negation maps to each other, one is tried, for all;
- two leaves with the same table show a symmetry, so that the rest of the later one's branch is known.

The number of leaves with the winning table is the number of symmetries, so that the size of the orbit
comes for free. Colours are hashes: a collision costs time, not the answer.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from simplicity.compilation import inlined, row
from simplicity.functions.bits import arrange, copy, is_equal, is_exchangeable, is_less, negate
from simplicity.functions.refinement import mixed, refine, sort_variables

_CHOSEN = np.uint64(0xE7037ED1A0B428DB)


class Relations(NamedTuple):
    """Symmetries of one function: exchange of two variables, the same with both negated, negations."""

    exchanged: npt.NDArray[np.bool_]
    exchanged_negated: npt.NDArray[np.bool_]
    negated: npt.NDArray[np.bool_]
    both_negated: npt.NDArray[np.bool_]


class Workspace(NamedTuple):
    """Scratch arrays, a row a depth of the search where there are rows."""

    colours: npt.NDArray[np.uint64]
    polarity: npt.NDArray[np.int64]  # bit k: variable k is negated
    free: npt.NDArray[np.int64]  # bit k: the polarity of variable k is not settled
    literals: npt.NDArray[np.int64]  # what to try: twice the variable, plus one where negated
    multiples: npt.NDArray[np.uint64]  # for how many literals each stands
    n_literals: npt.NDArray[np.int64]
    path: npt.NDArray[np.int64]
    best_path: npt.NDArray[np.int64]
    best_trace: npt.NDArray[np.uint64]
    totals: npt.NDArray[np.uint64]  # winning leaves below each node on the best path
    order: npt.NDArray[np.int64]
    places: npt.NDArray[np.int64]
    sums: npt.NDArray[np.uint64]
    values: npt.NDArray[np.uint64]  # of positions: what their low and high bits add
    parts: npt.NDArray[np.uint64]  # sums of values, by low and by high bits
    tables: npt.NDArray[np.uint64]
    relations: Relations


def workspace(n_inputs: int, n_words: int) -> Workspace:
    """Scratch arrays for functions of this size."""
    depths = n_inputs + 1
    pairs = (n_inputs, n_inputs)
    return Workspace(
        colours=np.zeros((depths, n_inputs), np.uint64),
        polarity=np.zeros(depths, np.int64),
        free=np.zeros(depths, np.int64),
        literals=np.zeros((depths, 2 * n_inputs), np.int64),
        multiples=np.zeros((depths, 2 * n_inputs), np.uint64),
        n_literals=np.zeros(depths, np.int64),
        path=np.zeros(depths, np.int64),
        best_path=np.zeros(depths, np.int64),
        best_trace=np.zeros(depths, np.uint64),
        totals=np.zeros(depths, np.uint64),
        order=np.zeros(n_inputs, np.int64),
        places=np.zeros(n_inputs, np.int64),
        sums=np.zeros(n_inputs, np.uint64),
        values=np.zeros((2, 2 ** ((n_inputs + 1) // 2)), np.uint64),
        parts=np.zeros((2, 2 ** ((n_inputs + 1) // 2)), np.uint64),
        tables=np.zeros((4, n_words), np.uint64),
        relations=Relations(
            np.zeros(pairs, np.bool_),
            np.zeros(pairs, np.bool_),
            np.zeros(n_inputs, np.bool_),
            np.zeros(pairs, np.bool_),
        ),
    )


@inlined
def _find_relations(words, with_negation, s):
    """Fill in which exchanges and negations leave the function alone, where the first colours allow it."""
    colours, free, found = s.colours[0], s.free[0], s.relations
    negated, both = row(s.tables, 0, words.shape[0]), row(s.tables, 1, words.shape[0])
    for j in range(colours.shape[0]):
        if with_negation:
            copy(negated, words)
            negate(negated, j)
            found.negated[j] = is_equal(negated, words)
        for i in range(j):
            is_tied = colours[i] == colours[j]
            found.exchanged[i, j] = found.exchanged[j, i] = is_tied and is_exchangeable(words, i, j)
            is_tied &= with_negation
            are_like = is_tied and is_exchangeable(negated, i, j)
            found.exchanged_negated[i, j] = found.exchanged_negated[j, i] = are_like
            if (free >> i) & (free >> j) & 1:
                copy(both, negated)
                negate(both, i)
                found.both_negated[i, j] = found.both_negated[j, i] = is_equal(both, words)


@inlined
def _is_like(relations, literal, other, free):
    """Whether a symmetry of the function maps one literal to the other, and the chosen ones to themselves."""
    a = literal >> 1
    b = other >> 1
    if a != b:
        if (literal ^ other) & 1:
            return relations.exchanged_negated[a, b]
        return relations.exchanged[a, b]
    if relations.negated[a]:
        return True
    for t in range(relations.negated.shape[0]):
        if t != a and (free >> t) & 1 and relations.both_negated[a, t]:
            return True
    return False


@inlined
def _expand(s, depth):
    """Fill in what to try next; or return how many equal leaves this one stands for."""
    relations = s.relations
    colours, polarity, free = s.colours[depth], s.polarity[depth], s.free[depth]
    n_inputs = colours.shape[0]
    sort_variables(colours, s.order)
    leaves = np.uint64(1)
    first = -1
    smallest = n_inputs + 1
    start = 0
    while start < n_inputs:
        stop = start + 1
        a = s.order[start]
        is_free = (free >> a) & 1
        is_done = not is_free or relations.negated[a]
        while stop < n_inputs and colours[s.order[stop]] == colours[a]:
            literal = 2 * s.order[stop] + ((polarity >> s.order[stop]) & 1)
            is_done &= _is_like(relations, literal, 2 * a + ((polarity >> a) & 1), free)
            stop += 1
        if is_done:
            for factor in range(2, stop - start + 1):
                leaves *= np.uint64(factor)
            if is_free:
                leaves <<= np.uint64(stop - start)
        elif stop - start < smallest:
            first = start
            smallest = stop - start
        start = stop
    s.n_literals[depth] = 0
    if first < 0:
        return leaves
    for i in range(first, first + smallest):
        k = s.order[i]
        for sign in range(2):
            if not (free >> k) & 1 and sign != (polarity >> k) & 1:
                continue
            literal = 2 * k + sign
            like = 0
            n_found = s.n_literals[depth]
            while like < n_found and not _is_like(relations, literal, s.literals[depth, like], free):
                like += 1
            if like == n_found:
                s.literals[depth, like] = literal
                s.multiples[depth, like] = np.uint64(0)
                s.n_literals[depth] += 1
            s.multiples[depth, like] += np.uint64(1)
    return np.uint64(0)


@inlined
def _descend(s, depth):
    """The next depth's colours: one literal stands out."""
    literal = s.literals[depth, s.path[depth]]
    k = literal >> 1
    for i in range(s.order.shape[0]):
        s.colours[depth + 1, i] = s.colours[depth, i]
    s.colours[depth + 1, k] = mixed(s.colours[depth, k] + _CHOSEN)
    s.polarity[depth + 1] = (s.polarity[depth] & ~(1 << k)) | ((literal & 1) << k)
    s.free[depth + 1] = s.free[depth] & ~(1 << k)


@inlined
def _parts_at(s, depth):
    """The first depth at which the path leaves the best one; ``depth`` if it does not before."""
    for k in range(depth):
        if s.path[k] != s.best_path[k]:
            return k
    return depth


@inlined
def search(words, with_negation, s, best):
    """Write the canonical form under permutation (and negation) to best; return the number of symmetries."""
    n_inputs = s.order.shape[0]
    s.colours[0, :] = np.uint64(1)
    s.polarity[0] = 0
    s.free[0] = (1 << n_inputs) - 1 if with_negation else 0
    table = row(s.tables, 0, words.shape[0])
    known = 0  # depths to which the best trace is known
    has_best = False
    depth = 0
    while True:
        cells = refine(words, s, depth)
        if depth == 0 and (cells < n_inputs or s.free[0]):
            _find_relations(words, with_negation, s)
        leaves = _expand(s, depth)
        trace = leaves
        for k in range(n_inputs):
            trace += mixed(s.colours[depth, k] + np.uint64((s.free[depth] >> k) & 1))
        back_to = depth  # where the next literal is to be taken
        is_worse = depth < known and trace > s.best_trace[depth]
        if not is_worse:
            if depth >= known or trace < s.best_trace[depth]:
                s.best_trace[depth] = trace
                known = depth + 1
                has_best = False
            if leaves == 0:
                s.path[depth] = 0
                _descend(s, depth)
                depth += 1
                continue
            copy(table, words)
            for k in range(n_inputs):
                if (s.polarity[depth] >> k) & 1:
                    negate(table, k)
            arrange(table, s.order, s.places)
            if not has_best or is_less(table, best):
                has_best = True
                copy(best, table)
                for k in range(depth):
                    s.best_path[k] = s.path[k]
                    s.totals[k] = np.uint64(0)
                s.totals[depth] = leaves
            elif is_equal(table, best):
                back_to = _parts_at(s, depth)
                s.totals[back_to] += s.multiples[back_to, s.path[back_to]] * s.totals[back_to + 1]
        is_branch = back_to < depth
        depth = back_to
        while True:  # up to the last branch with something left to try
            if is_branch and s.path[depth] + 1 < s.n_literals[depth]:
                s.path[depth] += 1
                _descend(s, depth)
                depth += 1
                break
            if depth == 0:
                return s.totals[0]
            if not is_branch and is_worse:
                is_on_best = False
            else:
                is_on_best = _parts_at(s, depth) == depth
            depth -= 1
            if is_on_best:
                s.totals[depth] += s.multiples[depth, s.path[depth]] * s.totals[depth + 1]
            is_branch = True
