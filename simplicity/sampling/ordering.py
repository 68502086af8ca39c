"""The order of a result's rows: most frequent first, equal counts in the order of the truth-table strings.

A row is compared by words: its count, all bits flipped, so that large ones come first, then those of its
function, bits reversed, so that they compare as the strings do. They are sorted by radix from the first
byte in which they differ: each range of rows is laid out by that byte, then every part of it is a range of
its own. A word is looked up once for all of its bytes and moves with the row's number. Threads
share the ranges out.
"""

from __future__ import annotations

import itertools
from concurrent.futures import FIRST_COMPLETED, ThreadPoolExecutor, wait
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from simplicity.compilation import inlined, kernel
from simplicity.functions.bits import reversed_bits
from simplicity.sampling.threads import call_all

Words = npt.NDArray[np.uint64]
Numbers = npt.NDArray[np.int64]

_BYTE = 256
_AFTER_COUNT = 8  # the level of a function's first byte
_FEW = 24  # rows that are sorted by insertion
_RANGES_A_THREAD = 8  # a thread sorts no larger part of its share in one go


class Places(NamedTuple):
    """Places in the order whose rows agree in all bytes before a level."""

    first: int
    stop: int
    level: int


class Sorting(NamedTuple):
    """What a sort works on: the rows, and for each place its row's number, a word of it, and spare room."""

    functions: Words
    counts: Numbers
    order: Numbers
    words: Words
    spare_order: Numbers
    spare_words: Words


# ------------------------------------------------------------------------------------------ kernels
@inlined
def _word(functions, counts, row, k):
    """Word k of what a row is compared by."""
    if k == 0:
        return ~np.uint64(counts[row])
    return reversed_bits(functions[row, k - 1])


@inlined
def _look_up(sorting, first, stop, k):
    """Words k of the rows at some places."""
    for i in range(first, stop):
        sorting.words[i] = _word(sorting.functions, sorting.counts, sorting.order[i], k)


@kernel
def _split(sorting, first, stop, level, edges):
    """Lay the rows of a range out by the first byte, from ``level`` on, in which they differ.

    Byte b of word k is level 8 k + b; where it is not a word's first, the words are there already.
    Rows with byte c go from place edges[c] to edges[c + 1]. Returns the next level, 0 if all are equal.
    """
    order, words = sorting.order, sorting.words
    differ = np.uint64(0)
    while True:
        k = level >> 3
        if level & 7 == 0:
            if k > sorting.functions.shape[1]:
                return 0
            _look_up(sorting, first, stop, k)
        for i in range(first, stop):
            differ |= words[i] ^ words[first]
        if differ != 0:
            break
        level = 8 * (k + 1)
    shift = np.uint64(56)
    while differ >> shift == 0:
        shift -= np.uint64(8)
    edges[:] = 0
    for i in range(first, stop):
        edges[np.int64((words[i] >> shift) & np.uint64(255)) + 1] += 1
    edges[0] = first
    for c in range(1, _BYTE + 1):
        edges[c] += edges[c - 1]
    for i in range(first, stop):
        byte = np.int64((words[i] >> shift) & np.uint64(255))
        place = edges[byte]
        edges[byte] = place + 1
        sorting.spare_order[place] = order[i]
        sorting.spare_words[place] = words[i]
    for c in range(_BYTE, 0, -1):
        edges[c] = edges[c - 1]
    edges[0] = first
    for i in range(first, stop):
        order[i] = sorting.spare_order[i]
        words[i] = sorting.spare_words[i]
    return 8 * k + 8 - np.int64(shift >> np.uint64(3))


@inlined
def _insert_in_order(sorting, first, stop, level):
    """Sort the few rows of a range by the present word; returns the level of the next."""
    order, words = sorting.order, sorting.words
    if level & 7 == 0:
        _look_up(sorting, first, stop, level >> 3)
    for i in range(first + 1, stop):
        row, word = order[i], words[i]
        place = i
        while place > first and words[place - 1] > word:
            order[place], words[place] = order[place - 1], words[place - 1]
            place -= 1
        order[place], words[place] = row, word
    return (level | 7) + 1


@kernel
def _sort(sorting, ranges):
    """Sort the rows of some ranges (first, stop, level), none of which reaches into another."""
    longest, last = 0, 8 * (sorting.functions.shape[1] + 1)
    for r in range(ranges.shape[0]):
        longest = max(longest, ranges[r, 1] - ranges[r, 0])
    waiting = np.empty((longest // 2 + 1, 3), dtype=np.int64)  # none shares rows, and each has two at least
    edges = np.empty(_BYTE + 1, dtype=np.int64)
    for r in range(ranges.shape[0]):
        waiting[0] = ranges[r]
        n_waiting = 1
        while n_waiting > 0:
            n_waiting -= 1
            first, stop, level = waiting[n_waiting]
            if level == last:
                continue
            if stop - first > _FEW:
                level = _split(sorting, first, stop, level, edges)
                for c in range(_BYTE * np.int64(level > 0)):
                    if edges[c + 1] - edges[c] > 1:
                        waiting[n_waiting] = edges[c], edges[c + 1], level
                        n_waiting += 1
                continue
            level = _insert_in_order(sorting, first, stop, level)
            for i in range(first + 1, stop + 1):
                if i == stop or sorting.words[i] != sorting.words[first]:
                    if i - first > 1:
                        waiting[n_waiting] = first, i, level
                        n_waiting += 1
                    first = i


@kernel
def _take(functions, counts, squares, order, taken_functions, taken_counts, taken_squares):
    """Rows in an order; squares may be the counts."""
    for i in range(order.shape[0]):
        for k in range(functions.shape[1]):
            taken_functions[i, k] = functions[order[i], k]
        taken_counts[i] = counts[order[i]]
        taken_squares[i] = squares[order[i]]


# -------------------------------------------------------------------------------------- by threads
def row_order(functions: Words, counts: Numbers, threads: int = 1) -> Numbers:
    """The row numbers that put functions in order of their counts, then of their strings.

    Parameters
    ----------
    functions : (F, words) uint64
    counts : (F,) int64
    threads : int

    Examples
    --------
    >>> row_order(np.array([[1], [2], [3]], dtype=np.uint64), np.array([5, 7, 7]))
    array([1, 2, 0])
    """
    n_rows = len(counts)
    is_single = counts == 1  # as most are: they need no sorting by count
    order = np.concatenate([np.flatnonzero(~is_single), np.flatnonzero(is_single)])
    spare = np.empty_like(order), np.empty(n_rows, dtype=np.uint64)
    sorting = Sorting(functions, counts, order, np.empty(n_rows, dtype=np.uint64), *spare)
    n_others = n_rows - int(np.count_nonzero(is_single))
    whole = [Places(0, n_others, 0), Places(n_others, n_rows, _AFTER_COUNT)]
    if threads == 1:
        _sort(sorting, np.array(whole))
        return order
    large = n_rows // (_RANGES_A_THREAD * threads)

    def sort(ranges: list[Places]) -> list[list[Places]]:
        """Sort some ranges; but lay a large one out only, and return its parts, in groups for others."""
        first, stop, level = ranges[0]
        if stop - first <= large:
            _sort(sorting, np.array(ranges))
            return []
        edges = np.empty(_BYTE + 1, dtype=np.int64)
        if not (level := _split(sorting, first, stop, level, edges)):
            return []
        ends = itertools.pairwise(edges.tolist())
        parts = [Places(first, stop, level) for first, stop in ends if stop - first > 1]
        small = [part for part in parts if part.stop - part.first <= large]
        groups = [small[k :: 2 * threads] for k in range(min(2 * threads, len(small)))]
        return [[part] for part in parts if part.stop - part.first > large] + groups

    with ThreadPoolExecutor(threads, thread_name_prefix="simplicity") as pool:
        waiting = {pool.submit(sort, [part]) for part in whole}
        while waiting:
            done, waiting = wait(waiting, return_when=FIRST_COMPLETED)
            waiting |= {pool.submit(sort, group) for future in done for group in future.result()}
    return order


def rows_in_order(
    functions: Words, counts: Numbers, squares: Numbers, order: Numbers, threads: int = 1
) -> tuple[Words, Numbers, Numbers]:
    """The columns, their rows in an order; squares that are the counts stay so."""
    taken, taken_counts = np.empty_like(functions), np.empty_like(counts)
    taken_squares = taken_counts if squares is counts else np.empty_like(squares)
    edges = (np.arange(threads + 1) * len(order) // threads).tolist()

    def take(first: int, stop: int) -> None:
        here = slice(first, stop)
        _take(functions, counts, squares, order[here], taken[here], taken_counts[here], taken_squares[here])

    call_all(threads, take, edges[:-1], edges[1:])
    return taken, taken_counts, taken_squares
