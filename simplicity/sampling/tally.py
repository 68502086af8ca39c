"""The tally: which functions came up and how often.

It is cut into shards by the top bits of a function's hash. Each has its own lock, so that threads rarely
wait for each other, and grows on its own, so that little is held twice. A tally is a multiset: the order
in which threads add to it cannot show.
"""

from __future__ import annotations

import itertools
import threading
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from simplicity.compilation import kernel
from simplicity.functions import order_by_string
from simplicity.sampling.hash_table import GROWTH, SMALLEST, HashTable, Rows, hash_of, hash_rows
from simplicity.sampling.ordering import row_order, rows_in_order
from simplicity.sampling.threads import call_all
from simplicity.spaces import Spaces

SHARDS = 16
_SHARD_SHIFT = np.uint64(60)
_GROWING = 2  # shards that may be held twice at the same time
_MANY = 2**15  # rows that are worth kernels and threads to bring them in order


class Table(NamedTuple):
    """Distinct functions with counts.

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

    def ordered(self, n_inputs: int, threads: int = 1) -> Table:
        """The same, most frequent first, equal counts in the order of the truth-table strings."""
        if len(self.counts) >= _MANY:
            order = row_order(self.functions, self.counts, threads)
            return Table(*rows_in_order(*self, order, threads))
        order = order_by_string(self.functions, n_inputs)
        order = order[np.argsort(-self.counts[order], kind="stable")]
        counts = self.counts[order]
        squares = counts if self.sum_squares is self.counts else self.sum_squares[order]
        return Table(self.functions[order], counts, squares)

    def part(self, start: int, stop: int) -> Table:
        """Rows ``start`` to ``stop`` - 1."""
        return Table(self.functions[start:stop], self.counts[start:stop], self.sum_squares[start:stop])


def joined(tables: Sequence[Table]) -> Table:
    """Tables one after the other (of different functions, or they are no longer distinct)."""
    if len(tables) == 1:
        return tables[0]
    return Table(*(np.concatenate(columns) for columns in zip(*tables, strict=True)))


def rows_of(table: Table, clustered: bool) -> Rows:
    """A table's columns side by side, as a hash table takes them."""
    columns = [table.functions, table.counts[:, None], table.sum_squares[:, None]][: 2 + clustered]
    return np.concatenate([column.astype(np.uint64, copy=False) for column in columns], axis=1)


# ------------------------------------------------------------------------------------------ kernels
@kernel
def _is_equal(words, i, j):
    for k in range(words.shape[1]):
        if words[i, k] != words[j, k]:
            return False
    return True


@kernel
def clusters(words, undefined, readouts, slots, kept, hashes, weights):
    """Distinct defined functions of each hidden draw, their hashes, and how many of its readouts gave them.

    Row i of words is readout i % readouts of its draw. slots is a scratch table of -1, a power of two of
    more than ``readouts`` long; what an earlier draw left in it counts as empty. Returns how many entries
    of kept (row numbers), hashes and weights were written.
    """
    n_kept = 0
    mask = np.uint64(slots.shape[0] - 1)
    start = 0
    while start < words.shape[0]:
        stop = min(start + readouts, words.shape[0])
        first_kept = n_kept
        for row in range(start, stop):
            if undefined[row]:
                continue
            hashed = hash_of(words, row, words.shape[1])
            if stop - start > 1:
                slot = hashed & mask
                while slots[slot] >= first_kept and not _is_equal(words, kept[slots[slot]], row):
                    slot = (slot + np.uint64(1)) & mask
                if slots[slot] >= first_kept:
                    weights[slots[slot]] += 1
                    continue
                slots[slot] = n_kept
            kept[n_kept] = row
            hashes[n_kept] = hashed
            weights[n_kept] = 1
            n_kept += 1
        start = stop
    return n_kept


@kernel
def _by_shard(words, kept, hashes, counts, squares, rows, row_hashes, starts):
    """Rows (function, count, sum of squares) with their hashes, shard after shard.

    starts[s] is where shard s begins.
    """
    n_words = words.shape[1]
    starts[:] = 0
    for i in range(kept.shape[0]):
        starts[np.int64(hashes[i] >> _SHARD_SHIFT) + 1] += 1
    for s in range(1, starts.shape[0]):
        starts[s] += starts[s - 1]
    for i in range(kept.shape[0]):
        shard = np.int64(hashes[i] >> _SHARD_SHIFT)
        place = starts[shard]
        starts[shard] += 1
        row_hashes[place] = hashes[i]
        for k in range(n_words):
            rows[place, k] = words[kept[i], k]
        rows[place, n_words] = np.uint64(counts[i])
        if rows.shape[1] > n_words + 1:
            rows[place, n_words + 1] = np.uint64(squares[i])
    for s in range(starts.shape[0] - 1, 0, -1):
        starts[s] = starts[s - 1]
    starts[0] = 0


# ---------------------------------------------------------------------------------------- the tally
class Tally:
    """Counts of distinct packed functions; threads may add at the same time.

    Parameters
    ----------
    words : int
        Words of a packed function.
    clustered : bool
        Whether samples come in clusters of more than one (readouts): keeps sums of squares, too.
    samples : int
        How many samples there will be, if that is known: tables then grow in fewer steps, and no further.

    Examples
    --------
    >>> tally = Tally(words=1)
    >>> tally.add_samples(np.array([[3], [5], [3]], dtype=np.uint64), np.zeros(3, dtype=bool))
    >>> tally.distinct, tally.lonely
    (2, 1)
    """

    def __init__(self, words: int, clustered: bool = False, samples: int = 0) -> None:
        self.words = words
        self._samples = samples
        self.clustered = clustered
        # Sizes differ from the start, so that the shards, all about equally full, do not grow at once.
        sizes = [int(SMALLEST * GROWTH ** (shard / SHARDS)) for shard in range(SHARDS)]
        self.shards = [HashTable(words, clustered, size) for size in sizes]
        self._locks = [threading.Lock() for _ in range(SHARDS)]
        self._growing = threading.Semaphore(_GROWING)
        self._lock = threading.Lock()
        self._spaces = Spaces()
        self.n_undefined = 0
        self.n_samples = 0

    @property
    def distinct(self) -> int:
        """Number of distinct functions."""
        return sum(shard.used for shard in self.shards)

    @property
    def lonely(self) -> int:
        """Samples whose function came up in one hidden draw only."""
        return sum(shard.lonely for shard in self.shards)

    @property
    def nbytes(self) -> int:
        """Memory that the tally takes up."""
        return sum(shard.entries.nbytes for shard in self.shards)

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
        self.note(len(words), int(np.count_nonzero(undefined)))
        spaces = self._spaces
        kept, weights, squares = (
            spaces[name].array(np.int64, len(words)) for name in ("kept", "weights", "squares")
        )
        hashes = spaces["hashes"].array(np.uint64, len(words))
        slots = np.full(1 << (2 * readouts - 1).bit_length(), -1)
        n = clusters(words, undefined, readouts, slots, kept, hashes, weights)
        counts = weights[:n]
        squares = np.multiply(counts, counts, out=squares[:n]) if self.clustered else counts
        self._add(words, kept[:n], hashes[:n], counts, squares, spaces)

    def add_table(self, table: Table, n_undefined: int = 0) -> None:
        """Count everything of a table of other hidden draws."""
        self._add_table(table)
        self.note(int(table.counts.sum()) + n_undefined, n_undefined)

    def add_rows(self, rows: Rows) -> None:
        """Count rows (function, count, sum of squares) of other hidden draws; :meth:`note` their samples."""
        functions, counts = np.ascontiguousarray(rows[:, : self.words]), rows[:, self.words].astype(np.int64)
        squares = rows[:, -1].astype(np.int64) if self.clustered else counts
        self._add_table(Table(functions, counts, squares))

    def _add_table(self, table: Table) -> None:
        hashes = np.empty(len(table.counts), dtype=np.uint64)
        hash_rows(table.functions, self.words, hashes)
        self._add(table.functions, np.arange(len(hashes)), hashes, table.counts, table.sum_squares, Spaces())

    def note(self, samples: int, undefined: int) -> None:
        """Take notice of so many samples, undefined ones among them."""
        with self._lock:
            self.n_samples += samples
            self.n_undefined += undefined

    def _add(
        self,
        words: npt.NDArray[np.uint64],
        kept: npt.NDArray[np.int64],
        hashes: npt.NDArray[np.uint64],
        counts: npt.NDArray[np.int64],
        squares: npt.NDArray[np.int64],
        spaces: Spaces,
    ) -> None:
        rows: Rows = spaces["rows"].array(np.uint64, len(kept), self.words + 1 + self.clustered)
        row_hashes = spaces["row hashes"].array(np.uint64, len(kept))
        starts = np.empty(SHARDS + 1, dtype=np.int64)
        _by_shard(words, kept, hashes, counts, squares, rows, row_hashes, starts)
        edges = starts.tolist()
        for shard, lock, first, stop in zip(self.shards, self._locks, edges[:-1], edges[1:], strict=True):
            if first == stop:
                continue
            with lock:
                if shard.lacks_room(stop - first):
                    with self._growing:
                        shard.reserve(stop - first, self._forecast(shard, stop - first))
                shard.add(rows[first:stop], row_hashes[first:stop])

    def _forecast(self, shard: HashTable, more: int) -> float:
        """Functions that a shard will hold: samples after the next ``more`` are new with the unseen mass.

        0 where nobody knows.
        """
        if self.n_samples >= self._samples:
            return 0
        to_come = (self._samples - self.n_samples) / SHARDS
        before = max(self.n_samples - SHARDS * more, 1)
        return shard.used + more + to_come * min(self.lonely / before, 1)

    def table(self, threads: int = 1) -> Table:
        """All functions and their counts, in no order."""
        return self._columns(threads, keep=True)

    def taken(self, threads: int = 1) -> Table:
        """The same, of a tally that is not needed any more: its memory goes back shard by shard."""
        return self._columns(threads, keep=False)

    def _columns(self, threads: int, *, keep: bool) -> Table:
        functions = np.empty((self.distinct, self.words), dtype=np.uint64)
        counts = np.empty(len(functions), dtype=np.int64)
        squares = np.empty(len(functions), dtype=np.int64) if self.clustered else counts
        edges = [0, *itertools.accumulate(shard.used for shard in self.shards)]

        def read_out(shard: HashTable, first: int, stop: int) -> None:
            shard.columns(functions[first:stop], counts[first:stop], squares[first:stop])
            if not keep:
                shard.clear()

        call_all(threads, read_out, self.shards, edges[:-1], edges[1:])
        return Table(functions, counts, squares)
