"""Many part files to one result's file, in order, however little memory there is.

First the parts are added up, some segments at a time: these hold all of their functions' counts. The first
lot is a random subset of the functions, so its quantiles, by count and string, cut all of them into buckets
of about one size; the rows go to a scratch file by lot and bucket. Then each bucket is sorted and appended
to the file. If there is memory for all in one lot, nothing is written but the file.
"""

from __future__ import annotations

import contextlib
import threading
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import Executor, Future, ThreadPoolExecutor
from pathlib import Path
from typing import Any, NamedTuple, TypeVar

import numpy as np
import numpy.typing as npt

from simplicity.compilation import kernel
from simplicity.functions import sort_keys, words_of
from simplicity.sampling.hash_table import HashTable, Rows
from simplicity.sampling.parts import SEGMENTS, Part
from simplicity.sampling.ranges import Range
from simplicity.sampling.storage import ResultWriter
from simplicity.sampling.tally import Table

DEFAULT_MEMORY = 10**9
_LOT_COPIES = 4  # of a lot's rows at the same time: read, tallied, laid out, distributed
_BUCKET_COPIES = 8  # of a bucket's rows: read, sorted, waiting, written
_SHARE = 0.6  # of the memory; the rest is for what the system's allocator holds back
_FEWEST_ROWS = 2**15
_T = TypeVar("_T")
_S = TypeVar("_S")
Advance = Callable[[int], object]


class Splitters(NamedTuple):
    """Last rows of all buckets but the last: counts (B,) and sort keys (B, words)."""

    counts: npt.NDArray[np.int64]
    keys: Rows


# ------------------------------------------------------------------------------------------ kernels
@kernel
def _is_after(count, key, split_count, split_key):
    """Whether a row stands behind another: a smaller count, or a later string."""
    if count != split_count:
        return count < split_count
    for k in range(key.shape[0]):
        if key[k] != split_key[k]:
            return key[k] > split_key[k]
    return False


@kernel
def _buckets(counts, keys, splitters, found, sizes):
    """The bucket of each row, by bisection, and how many rows each has."""
    for i in range(counts.shape[0]):
        low = 0
        high = splitters.counts.shape[0]
        while low < high:
            middle = (low + high) // 2
            if _is_after(counts[i], keys[i], splitters.counts[middle], splitters.keys[middle]):
                low = middle + 1
            else:
                high = middle
        found[i] = low
        sizes[low] += 1


@kernel
def _distribute(functions, counts, squares, found, places, rows):
    """Lay the columns out as rows, bucket after bucket; places are counted up."""
    n_words = functions.shape[1]
    for i in range(counts.shape[0]):
        place = places[found[i]]
        places[found[i]] += 1
        for k in range(n_words):
            rows[place, k] = functions[i, k]
        rows[place, n_words] = np.uint64(counts[i])
        if rows.shape[1] > n_words + 1:
            rows[place, n_words + 1] = np.uint64(squares[i])


# --------------------------------------------------------------------------------------- the scratch
class _Scratch:
    """A file of rows by lot and bucket; safe to share by threads."""

    def __init__(self, path: Path, n_buckets: int, width: int) -> None:
        self.path = path
        self._width = width
        self._pieces: list[list[tuple[int, int]]] = [[] for _ in range(n_buckets)]  # place in rows, rows
        self._file = open(path, "wb")
        self._end = 0
        self._lock = threading.Lock()

    def append(self, rows: Rows, sizes: npt.NDArray[np.int64]) -> None:
        """Add rows that lie bucket after bucket."""
        with self._lock:
            self._file.write(rows.data)
            for pieces, size in zip(self._pieces, sizes.tolist(), strict=True):
                if size:
                    pieces.append((self._end, size))
                    self._end += size

    def close(self) -> None:
        """No more rows come."""
        self._file.close()

    def bucket(self, number: int) -> Rows:
        """All rows of a bucket."""
        pieces = self._pieces[number]
        rows = np.empty((sum(size for _, size in pieces), self._width), dtype=np.uint64)
        stop = 0
        with open(self.path, "rb") as file:
            for place, size in pieces:
                start, stop = stop, stop + size
                file.seek(8 * self._width * place)
                if file.readinto(rows[start:stop].data) != rows[start:stop].nbytes:
                    raise OSError(f"{self.path} was changed while it was in use")
        return rows


# ------------------------------------------------------------------------------------ the two passes
class Consolidation:
    """The sum of parts of one run.

    Parameters
    ----------
    parts : sequence of Part
    n_inputs : int
    memory : int
        Bytes to use at most.
    threads : int
    """

    def __init__(self, parts: Sequence[Part], n_inputs: int, memory: int, threads: int) -> None:
        self.parts = parts
        self.n_inputs = n_inputs
        self.words = words_of(n_inputs)
        self.width = parts[0].width
        self.sizes: npt.NDArray[np.int64] = np.sum([part.sizes for part in parts], axis=0)
        self.n_rows = int(self.sizes.sum())
        rows = int(_SHARE * memory / (8 * self.width))  # in memory at the same time
        self.threads = max(1, min(threads, rows // (_BUCKET_COPIES * _FEWEST_ROWS)))
        self.lots = list(_lots(self.sizes, rows // (_LOT_COPIES * self.threads)))
        self.n_buckets = -(-self.n_rows // max(1, rows // (_BUCKET_COPIES * self.threads)))
        self.n_lonely = 0
        self._lock = threading.Lock()

    def write(
        self,
        path: Path,
        scratch: Path,
        ranges: Sequence[Range],
        recipe: dict[str, Any],
        advance: Advance = lambda rows: None,
    ) -> None:
        """Write the result's file.

        Parameters
        ----------
        path : Path
        scratch : Path
            A file to use meanwhile; removed in the end.
        ranges : sequence of Range
        recipe : dict
        advance : callable
            Told about rows as they are done, 2 * n_rows in all.
        """
        n_undefined = sum(part.n_undefined for part in self.parts)
        with ThreadPoolExecutor(self.threads, thread_name_prefix="simplicity") as pool:
            try:
                if len(self.lots) == 1:
                    tables: Iterable[Table] = [self._lot(self.lots[0], advance).ordered(self.n_inputs)]
                else:
                    tables = self._sorted_buckets(pool, scratch, advance)
                tables = iter(tables)
                first = next(tables)  # by now all parts are added up
                about = (self.n_inputs, n_undefined, self.n_lonely, ranges, recipe)
                with ResultWriter(path, *about) as writer:
                    writer.add(first)
                    for table in tables:
                        writer.add(table)
            finally:
                pool.shutdown(cancel_futures=True)
                scratch.unlink(missing_ok=True)

    def _lot(self, lot: tuple[int, int], advance: Advance) -> Table:
        """Functions and counts of some segments, added up."""
        clustered = self.width > self.words + 1
        table = HashTable(self.words, clustered)
        n_rows = 0
        for part in self.parts:
            for rows in part.rows(*lot):
                table.add(rows)
                n_rows += len(rows)
        functions = np.empty((table.used, self.words), dtype=np.uint64)
        counts = np.empty(table.used, dtype=np.int64)
        squares = np.empty(table.used, dtype=np.int64) if clustered else counts
        table.columns(functions, counts, squares)
        with self._lock:
            self.n_lonely += table.lonely
            advance(n_rows)
        return Table(functions, counts, squares)

    def _sorted_buckets(self, pool: Executor, scratch: Path, advance: Advance) -> Iterator[Table]:
        first = self._lot(self.lots[0], advance)
        splitters = self._splitters(first)
        store = _Scratch(scratch, len(splitters.counts) + 1, self.width)
        with contextlib.closing(store):
            self._store(first, splitters, store)
            del first

            def distribute(lot: tuple[int, int]) -> None:
                self._store(self._lot(lot, advance), splitters, store)

            for _ in in_order(pool, distribute, self.lots[1:], self.threads):
                pass

        def ordered(bucket: int) -> Table:
            rows = store.bucket(bucket)
            functions, counts = (
                np.ascontiguousarray(rows[:, : self.words]),
                rows[:, self.words].astype(np.int64),
            )
            squares = rows[:, -1].astype(np.int64) if self.width > self.words + 1 else counts
            del rows
            return Table(functions, counts, squares).ordered(self.n_inputs)

        n_buckets = len(splitters.counts) + 1
        for table in in_order(pool, ordered, range(n_buckets), self.threads):
            advance(self.n_rows // n_buckets)
            yield table

    def _splitters(self, table: Table) -> Splitters:
        table = table.ordered(self.n_inputs)
        n_buckets = max(1, min(self.n_buckets, len(table.counts)))
        places = np.arange(1, n_buckets) * len(table.counts) // n_buckets
        return Splitters(table.counts[places], sort_keys(table.functions[places], self.n_inputs))

    def _store(self, table: Table, splitters: Splitters, store: _Scratch) -> None:
        sizes = np.zeros(len(splitters.counts) + 1, dtype=np.int64)
        found = np.empty(len(table.counts), dtype=np.int64)
        _buckets(table.counts, sort_keys(table.functions, self.n_inputs), splitters, found, sizes)
        rows = np.empty((len(table.counts), self.width), dtype=np.uint64)
        _distribute(*table, found, np.cumsum(sizes) - sizes, rows)
        store.append(rows, sizes)


def _lots(sizes: npt.NDArray[np.int64], most: int) -> Iterator[tuple[int, int]]:
    """Ranges of segments with at most so many rows, or of a single one."""
    first, rows = 0, 0
    for segment, size in enumerate(sizes.tolist()):
        if segment > first and rows + size > most:
            yield first, segment
            first, rows = segment, 0
        rows += size
    yield first, SEGMENTS


def in_order(pool: Executor, function: Callable[[_S], _T], items: Iterable[_S], ahead: int) -> Iterator[_T]:
    """``map`` over a pool that works at most ``ahead`` items ahead, so that results do not pile up.

    Examples
    --------
    >>> with ThreadPoolExecutor(2) as pool:
    ...     list(in_order(pool, abs, [-1, 2, -3], ahead=2))
    [1, 2, 3]
    """
    waiting: deque[Future[_T]] = deque()
    for item in items:
        waiting.append(pool.submit(function, item))
        if len(waiting) >= ahead:
            yield waiting.popleft().result()
    while waiting:
        yield waiting.popleft().result()
