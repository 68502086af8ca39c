"""A hash table of packed functions and their counts, close to the memory's and the cache's limits.

An entry is a row of uint64: the function's words, its count and, for clustered samples, its sum of
squares; a count of zero is an empty place. Rows of samples, of tables and of part files have the same
form, so that one kernel adds them all.

The place of a function is its hash's low half times the capacity, over 2^32: any capacity will do, and
entries stand in the order of that half, so a table grows in one pass, and in place: fresh memory costs more
than all else here, and nothing is held twice. Places further on are fetched while the present one is
worked on, which hides the memory's latency.
"""

from __future__ import annotations

import contextlib
import math
import mmap

import numpy as np
import numpy.typing as npt

from simplicity.compilation import inlined, kernel
from simplicity.simd import prefetch

Rows = npt.NDArray[np.uint64]

_MIX = np.uint64(0x9E3779B97F4A7C15)
_MIX_2 = np.uint64(0xD6E8FEB86659FD93)
_LOW_HALF = np.uint64(0xFFFFFFFF)
_ZERO, _ONE = np.uint64(0), np.uint64(1)
_AHEAD = 20  # entries fetched ahead: about what a core can have under way
_MOST_READOUTS = 2**20  # a count above has more than one hidden draw behind it; its square might overflow
SMALLEST = 64
GROWTH = 1.5
_SMALL = 2**20  # bytes up to which a table grows faster: little is wasted, and entries are moved less
_GROWTH_OF_SMALL = 4
_LEAST_GROWTH, _MOST_GROWTH = 1.2, 2.0  # where a forecast says how large a table will be
_FULLEST = 0.78
_ASIDE = 1024
_TOGETHER = 64  # places whose entries are moved together
_PAGE = 2**21  # a large page
_OWN_PAGES = 3 * 2**20  # bytes from which on a table has whole ones, which go back when it goes


# ------------------------------------------------------------------------------------------ kernels
@inlined
def hash_of(rows, i, n_words):
    """The hash of a row's function, its first words: every bit of it depends on every bit of the function."""
    h = _ZERO
    for k in range(np.uint64(n_words)):
        h = (h ^ rows[i, k]) * _MIX
        h ^= h >> np.uint64(29)
        h *= _MIX_2
        h ^= h >> np.uint64(32)
    return h


@kernel
def hash_rows(rows, n_words, hashes):
    """The hash of each row's function."""
    for i in range(rows.shape[0]):
        hashes[i] = hash_of(rows, i, n_words)


@inlined
def _home(hashed, capacity):
    """Where to look for a function first; unsigned, like all places here, which cannot count from the end."""
    return ((hashed & _LOW_HALF) * np.uint64(capacity)) >> np.uint64(32)


@inlined
def _is_same(entries, slot, rows, i, n_words):
    """Whether an entry is a row's function; the first words nearly always tell."""
    if entries[slot, _ZERO] != rows[i, _ZERO]:
        return False
    for k in range(_ONE, n_words):
        if entries[slot, k] != rows[i, k]:
            return False
    return True


@kernel
def _insert(rows, hashes, n_words, entries):
    """Add rows to entries; returns how many functions are new and how many more samples lonely.

    A function is lonely while one hidden draw has given it: then its sum of squares is its count squared.
    """
    clustered = entries.shape[1] > n_words + 1
    count, squares = np.uint64(n_words), np.uint64(n_words + 1)
    capacity, ahead, n_rows = np.uint64(entries.shape[0]), np.uint64(_AHEAD), np.uint64(rows.shape[0])
    added = 0
    lonely = np.int64(0)
    for i in range(min(ahead, n_rows)):
        prefetch(entries, np.int64(_home(hashes[i], capacity)))
    for i in range(n_rows):
        if i + ahead < n_rows:
            prefetch(entries, np.int64(_home(hashes[i + ahead], capacity)))
        slot = _home(hashes[i], capacity)
        while entries[slot, count] != 0 and not _is_same(entries, slot, rows, i, count):
            slot += _ONE
            if slot == capacity:
                slot = _ZERO
        old = np.int64(entries[slot, count])
        new = old + np.int64(rows[i, count])
        entries[slot, count] = np.uint64(new)
        if old == 0:
            for k in range(count):
                entries[slot, k] = rows[i, k]
            added += 1
        old_squares = old
        new_squares = new
        if clustered:
            old_squares = np.int64(entries[slot, squares])
            new_squares = old_squares + np.int64(rows[i, squares])
            entries[slot, squares] = np.uint64(new_squares)
        if old < _MOST_READOUTS and old_squares == old * old:
            lonely -= old
        if new < _MOST_READOUTS and new_squares == new * new:
            lonely += new
    return added, lonely


@kernel
def _move(entries, n_words, larger):
    """Put all entries of a table into an empty larger one: both are passed through from front to back."""
    count, width = np.uint64(n_words), np.uint64(entries.shape[1])
    capacity = np.uint64(larger.shape[0])
    for i in range(np.uint64(entries.shape[0])):
        if entries[i, count] != 0:
            slot = _home(hash_of(entries, i, n_words), capacity)
            while larger[slot, count] != 0:
                slot += _ONE
                if slot == capacity:
                    slot = _ZERO
            for k in range(width):
                larger[slot, k] = entries[i, k]


@kernel
def _spread(entries, n_words, before, aside):
    """Move the entries of the first ``before`` places to where they belong in all of them, from the back.

    No place below the present one is looked at, so a search always passes moved entries only. The few that
    belong below their old place, or would go round the end, are put aside. Returns how many, and how many
    places are left to do if aside is full.
    """
    count, width = np.uint64(n_words), np.uint64(entries.shape[1])
    capacity, n_aside = np.uint64(entries.shape[0]), _ZERO
    full, homes = np.empty(_TOGETHER, dtype=np.uint64), np.empty(_TOGETHER, dtype=np.uint64)
    start = np.uint64(before)
    while start > _ZERO:
        stop, n_full = start, _ZERO
        start -= min(start, np.uint64(_TOGETHER))
        for i in range(stop - start):  # listed without a branch: which are full cannot be foretold
            full[n_full] = stop - _ONE - i
            n_full += np.uint64(entries[stop - _ONE - i, count] != 0)
        for i in range(n_full):
            homes[i] = _home(hash_of(entries, full[i], n_words), capacity)
        for i in range(n_full):
            place, slot = full[i], homes[i]
            inside = slot >= place
            while inside and slot != place and entries[slot, count] != 0:
                slot += _ONE
                inside = slot < capacity
            if not inside:
                if n_aside == np.uint64(aside.shape[0]):
                    return np.int64(n_aside), np.int64(place + _ONE)
                for k in range(width):
                    aside[n_aside, k] = entries[place, k]
                n_aside += _ONE
                for k in range(count, width):
                    entries[place, k] = _ZERO
            elif slot != place:
                for k in range(width):
                    entries[slot, k] = entries[place, k]
                for k in range(count, width):
                    entries[place, k] = _ZERO
    return np.int64(n_aside), 0


@kernel
def _columns(entries, n_words, functions, counts, squares):
    """Write the functions, counts and (where there are any) sums of squares of all entries, as many as fit.

    Every place is written, and the next one over it where it was empty: so nothing need be foretold.
    """
    count, clustered = np.uint64(n_words), entries.shape[1] > n_words + 1
    row, i, n_rows, places = _ZERO, _ZERO, np.uint64(functions.shape[0]), np.uint64(entries.shape[0])
    while row < n_rows and i < places:
        for k in range(count):
            functions[row, k] = entries[i, k]
        counts[row] = np.int64(entries[i, count])
        if clustered:
            squares[row] = np.int64(entries[i, count + _ONE])
        row += np.uint64(entries[i, count] != 0)
        i += _ONE


# ---------------------------------------------------------------------------------------- the table
def _whole_pages(octets: int) -> int:
    return octets if octets < _OWN_PAGES else -(-octets // _PAGE) * _PAGE


def _own_pages(octets: int) -> mmap.mmap | None:
    """Zeros that take up memory as they are used, in large pages where the system has them, and can grow."""
    if octets < _OWN_PAGES or not hasattr(mmap, "MAP_ANONYMOUS"):
        return None
    pages = mmap.mmap(-1, octets, flags=mmap.MAP_PRIVATE | mmap.MAP_ANONYMOUS)
    if hasattr(mmap, "MADV_HUGEPAGE"):
        with contextlib.suppress(OSError):
            pages.madvise(mmap.MADV_HUGEPAGE)
    return pages


class HashTable:
    """Distinct packed functions with their counts; not safe to share by threads.

    Parameters
    ----------
    words : int
        Words of a packed function.
    clustered : bool
        Whether to keep sums of squares, too.
    capacity : int
        Places to begin with.

    Examples
    --------
    >>> table = HashTable(words=1, clustered=False)
    >>> table.add(np.array([[3, 1], [5, 1], [3, 1]], dtype=np.uint64))
    >>> table.used, table.lonely
    (2, 1)
    """

    def __init__(self, words: int, clustered: bool, capacity: int = SMALLEST) -> None:
        self.words = words
        self.used = 0
        self.lonely = 0
        self._width = words + 1 + clustered
        self._planned = capacity  # whole pages may hold more; growing from that would level all tables' sizes
        self._pages: mmap.mmap | None = None
        self.entries = self._empty(capacity)

    def add(self, rows: Rows, hashes: Rows | None = None) -> None:
        """Count rows (function, count, sum of squares), whose hashes may be known already."""
        if hashes is None:
            hashes = np.empty(len(rows), dtype=np.uint64)
            hash_rows(rows, self.words, hashes)
        if self.lacks_room(len(rows)):
            self.reserve(len(rows))
        added, lonely = _insert(rows, hashes, self.words, self.entries)
        self.used += added
        self.lonely += lonely

    def lacks_room(self, more: int) -> bool:
        """Whether ``more`` further functions would need a larger table."""
        return self.used + more > _FULLEST * len(self.entries)

    def reserve(self, more: int, forecast: float = 0) -> None:
        """Make room for ``more`` further functions, in even steps to a forecast of how many there will be."""
        while self.used + more > _FULLEST * self._planned:
            is_small = 8 * self._planned * self._width < _SMALL
            growth = _GROWTH_OF_SMALL if is_small else GROWTH
            to_come = 1.01 * forecast / (_FULLEST * self._planned)
            if to_come > 1:
                most = _GROWTH_OF_SMALL if is_small else _MOST_GROWTH
                growth = max(_LEAST_GROWTH, to_come ** (1 / math.ceil(math.log(to_come, most))))
            self._planned = int(self._planned * growth) + 1
        capacity = self._planned
        if capacity > len(self.entries) and not self._grow_in_place(capacity):
            smaller = self.entries
            self.entries = self._empty(capacity)
            _move(smaller, self.words, self.entries)

    def clear(self) -> None:
        """Forget everything, and give the memory back."""
        self.used = self.lonely = 0
        self._planned = SMALLEST
        self.entries = self._empty(SMALLEST)

    def _empty(self, capacity: int) -> Rows:
        self._pages = _own_pages(_whole_pages(8 * capacity * self._width))
        if self._pages is None:
            return np.zeros((capacity, self._width), dtype=np.uint64)
        return self._entries_in_pages()

    def _entries_in_pages(self) -> Rows:
        assert self._pages is not None
        numbers = np.frombuffer(self._pages, dtype=np.uint64)
        return numbers[: len(numbers) // self._width * self._width].reshape(-1, self._width)

    def _grow_in_place(self, capacity: int) -> bool:
        """Have the system put more pages behind the table's; False where it cannot."""
        if self._pages is None:
            return False
        before = len(self.entries)
        self.entries = np.empty((0, self._width), dtype=np.uint64)  # pages in use do not grow
        with contextlib.suppress(OSError, SystemError, ValueError):
            self._pages.resize(_whole_pages(8 * capacity * self._width))
        self.entries = self._entries_in_pages()
        if len(self.entries) == before:
            return False
        left, parts = before, []
        while left:
            aside = np.zeros((_ASIDE, self._width), dtype=np.uint64)
            n_aside, left = _spread(self.entries, self.words, left, aside)
            parts.append(aside[:n_aside])
        for part in parts:
            _move(part, self.words, self.entries)
        return True

    def columns(self, functions: Rows, counts: npt.NDArray[np.int64], squares: npt.NDArray[np.int64]) -> None:
        """Write all functions, counts and sums of squares, ``used`` of each, in no order."""
        _columns(self.entries, self.words, functions, counts, squares)
