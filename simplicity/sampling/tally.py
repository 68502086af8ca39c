"""The tally: which functions came up and how often, in a hash table that grows.

The table is cut into shards by the top bits of a function's hash. Each has its own lock, so that threads
rarely wait for each other, and grows on its own, so that little is held twice. A tally is a multiset:
the order in which threads add to it cannot show.
"""

from __future__ import annotations

import threading
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from simplicity.compilation import kernel

_SHARDS = 16
_SHARD_SHIFT = np.uint64(60)
_MIX = np.uint64(0x9E3779B97F4A7C15)
_MIX_2 = np.uint64(0xD6E8FEB86659FD93)
_SMALLEST = 64
_MOST_READOUTS = 2**20  # a count above has more than one hidden draw behind it; its square might overflow


class Table(NamedTuple):
    """Distinct functions with counts, in no order.

    Parameters
    ----------
    functions : (F, words) uint64
    counts : (F,) int64
        Samples of each.
    sum_squares : (F,) int64
        Sum over hidden draws of (samples of the draw)²; equals counts for independent samples.
    """

    functions: npt.NDArray[np.uint64]
    counts: npt.NDArray[np.int64]
    sum_squares: npt.NDArray[np.int64]


# ------------------------------------------------------------------------------------------ kernels
@kernel
def _hash(words):
    h = np.uint64(0)
    for i in range(words.shape[0]):
        h = (h ^ words[i]) * _MIX
        h ^= h >> np.uint64(29)
        h *= _MIX_2
        h ^= h >> np.uint64(32)
    return h


@kernel
def _is_equal(a, b):
    for i in range(a.shape[0]):
        if a[i] != b[i]:
            return False
    return True


@kernel
def clusters(words, undefined, readouts, slots, kept, weights):
    """Distinct defined functions of each hidden draw and how many of its readouts gave them.

    Row i of words is readout i % readouts of its draw. slots is a scratch table of row numbers, a power of
    two of more than ``readouts`` long. Returns how many entries of kept (row numbers)
    and weights were written.
    """
    n_kept = 0
    mask = np.uint64(slots.shape[0] - 1)
    start = 0
    while start < words.shape[0]:
        stop = min(start + readouts, words.shape[0])
        if stop - start > 1:
            slots[:] = -1
        for row in range(start, stop):
            if undefined[row]:
                continue
            if stop - start > 1:
                slot = _hash(words[row]) & mask
                while slots[slot] >= 0 and not _is_equal(words[kept[slots[slot]]], words[row]):
                    slot = (slot + np.uint64(1)) & mask
                if slots[slot] >= 0:
                    weights[slots[slot]] += 1
                    continue
                slots[slot] = n_kept
            kept[n_kept] = row
            weights[n_kept] = 1
            n_kept += 1
        start = stop
    return n_kept


@kernel
def _by_shard(words, kept, hashes, order, starts):
    """Hash of each kept row, and the entries in order of shard; starts[s] is where shard s begins."""
    starts[:] = 0
    for i in range(kept.shape[0]):
        hashes[i] = _hash(words[kept[i]])
        starts[np.int64(hashes[i] >> _SHARD_SHIFT) + 1] += 1
    for s in range(1, starts.shape[0]):
        starts[s] += starts[s - 1]
    for i in range(kept.shape[0]):
        shard = np.int64(hashes[i] >> _SHARD_SHIFT)
        order[starts[shard]] = i
        starts[shard] += 1
    for s in range(starts.shape[0] - 1, 0, -1):
        starts[s] = starts[s - 1]
    starts[0] = 0


@kernel
def _slot_of(function, hashed, entries):
    """Where a function stands in a shard's entries, or the empty slot where it belongs."""
    words = function.shape[0]
    mask = np.uint64(entries.shape[0] - 1)
    slot = hashed & mask
    while entries[slot, words] != 0:
        equal = True
        for i in range(words):
            equal &= entries[slot, i] == function[i]
        if equal:
            break
        slot = (slot + np.uint64(1)) & mask
    return slot


@kernel
def _insert(words, kept, hashes, counts, squares, order, entries):
    """Add to one shard's entries; returns how many functions are new and how many more samples lonely.

    An entry is the function's words, its count and, for clustered samples, its sum of squares. A function
    is lonely while one hidden draw has given it: then its sum of squares is its count squared.
    """
    n_words = words.shape[1]
    clustered = entries.shape[1] > n_words + 1
    added = 0
    lonely = np.int64(0)
    for j in range(order.shape[0]):
        i = order[j]
        function = words[kept[i]]
        entry = entries[_slot_of(function, hashes[i], entries)]
        old = np.int64(entry[n_words])
        new = old + counts[i]
        entry[n_words] = np.uint64(new)
        if old == 0:
            for k in range(n_words):
                entry[k] = function[k]
            added += 1
        old_squares = old
        new_squares = new
        if clustered:
            old_squares = np.int64(entry[n_words + 1])
            new_squares = old_squares + squares[i]
            entry[n_words + 1] = np.uint64(new_squares)
        if old < _MOST_READOUTS and old_squares == old * old:
            lonely -= old
        if new < _MOST_READOUTS and new_squares == new * new:
            lonely += new
    return added, lonely


@kernel
def _move(entries, n_words, larger):
    """Put all entries of a table into an empty larger one."""
    for i in range(entries.shape[0]):
        if entries[i, n_words] != 0:
            function = entries[i][:n_words]
            slot = _slot_of(function, _hash(function), larger)
            for k in range(entries.shape[1]):
                larger[slot, k] = entries[i, k]


# ---------------------------------------------------------------------------------------- the table
class _Shard:
    def __init__(self, words: int, clustered: bool) -> None:
        self.lock = threading.Lock()
        self.used = 0
        self.lonely = 0
        self.words = words
        self.entries = np.zeros((_SMALLEST, words + 1 + clustered), dtype=np.uint64)

    def rows(self) -> npt.NDArray[np.uint64]:
        return self.entries[self.entries[:, self.words] != 0]

    def reserve(self, more: int) -> None:
        """Room for ``more`` further functions at a load of at most three quarters."""
        capacity = len(self.entries)
        while 4 * (self.used + more) > 3 * capacity:
            capacity *= 2
        if capacity > len(self.entries):
            larger = np.zeros((capacity, self.entries.shape[1]), dtype=np.uint64)
            _move(self.entries, self.words, larger)
            self.entries = larger


class Tally:
    """Counts of distinct packed functions; threads may add at the same time.

    Parameters
    ----------
    words : int
        Words of a packed function.
    clustered : bool
        Whether samples come in clusters of more than one (readouts): keeps sums of squares, too.

    Examples
    --------
    >>> tally = Tally(words=1)
    >>> tally.add_samples(np.array([[3], [5], [3]], dtype=np.uint64), np.zeros(3, dtype=bool))
    >>> tally.distinct, tally.lonely
    (2, 1)
    """

    def __init__(self, words: int, clustered: bool = False) -> None:
        self.words = words
        self.clustered = clustered
        self._shards = [_Shard(words, clustered) for _ in range(_SHARDS)]
        self._lock = threading.Lock()
        self.n_undefined = 0
        self.n_samples = 0

    @property
    def distinct(self) -> int:
        """Number of distinct functions."""
        return sum(shard.used for shard in self._shards)

    @property
    def lonely(self) -> int:
        """Samples whose function came up in one hidden draw only."""
        return sum(shard.lonely for shard in self._shards)

    def add_samples(
        self, words: npt.NDArray[np.uint64], undefined: npt.NDArray[np.bool_], readouts: int = 1
    ) -> None:
        """Count samples in the order of their index, from the first readout of a hidden draw on.

        Parameters
        ----------
        words : (samples, words) uint64
        undefined : (samples,) bool
            Samples without a function; only their number is kept.
        readouts : int
            Samples a hidden draw.
        """
        self._note(len(words), int(np.count_nonzero(undefined)))
        kept, weights = np.empty(len(words), dtype=np.int64), np.empty(len(words), dtype=np.int64)
        slots = np.empty(1 << (2 * readouts - 1).bit_length(), dtype=np.int64)
        n_kept = clusters(words, undefined, readouts, slots, kept, weights)
        self._add(words, kept[:n_kept], weights[:n_kept], weights[:n_kept] ** 2)

    def add_table(self, table: Table, n_undefined: int = 0) -> None:
        """Count everything of a table of other hidden draws."""
        everything = np.arange(len(table.counts))
        self._add(table.functions, everything, table.counts, table.sum_squares)
        self._note(int(table.counts.sum()) + n_undefined, n_undefined)

    def _note(self, samples: int, undefined: int) -> None:
        with self._lock:
            self.n_samples += samples
            self.n_undefined += undefined

    def _add(
        self,
        words: npt.NDArray[np.uint64],
        kept: npt.NDArray[np.int64],
        counts: npt.NDArray[np.int64],
        squares: npt.NDArray[np.int64],
    ) -> None:
        hashes, order = np.empty(len(kept), dtype=np.uint64), np.empty(len(kept), dtype=np.int64)
        starts = np.empty(_SHARDS + 1, dtype=np.int64)
        _by_shard(words, kept, hashes, order, starts)
        for shard, first, stop in zip(self._shards, starts[:-1], starts[1:], strict=True):
            if first == stop:
                continue
            with shard.lock:
                shard.reserve(int(stop - first))
                added, lonely = _insert(
                    words, kept, hashes, counts, squares, order[first:stop], shard.entries
                )
                shard.used += added
                shard.lonely += lonely

    def table(self) -> Table:
        """All functions and their counts, in no order."""
        rows = np.concatenate([shard.rows() for shard in self._shards])
        counts = rows[:, self.words].astype(np.int64)
        squares = rows[:, self.words + 1].astype(np.int64) if self.clustered else counts
        return Table(np.ascontiguousarray(rows[:, : self.words]), counts, squares)
