"""Results on disk: one Parquet file, readable by anything, with the recipe in its metadata.

Columns: ``function`` (fixed-size binary, the truth table as a big-endian number with position 0 the most
significant bit, so that ``function.hex()`` is its hexadecimal), ``count``, and with readouts
``sum_squares``. Rows are in order of count, so the most frequent functions are the first rows of a file, and
a result may be read up to a count or a number only. Time and machine are not in it, so equal runs give equal
files.
"""

from __future__ import annotations

import contextlib
import json
import os
import uuid
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from simplicity._version import __version__
from simplicity.functions import from_bytes, to_bytes, words_of
from simplicity.random import checked_integer
from simplicity.sampling.ranges import Range
from simplicity.sampling.result import NOTHING_LEFT_OUT, Result, Unlisted
from simplicity.sampling.tally import Table, joined

if TYPE_CHECKING:
    import pyarrow as pa

FORMAT = 2
BIT_ORDER = "position 0 is the most significant bit; input 1 is the most significant bit of a position"
_KEY = b"simplicity"
_ROW_GROUP = 2**20
_BATCH = 2**17
_AT_ONCE = 2**14  # rows made bytes in one go: temporary arrays stay in the cache


class StorageError(ValueError):
    """A file is not a result that this version can read."""


@contextlib.contextmanager
def atomic_path(path: str | Path) -> Iterator[Path]:
    """A temporary path beside ``path`` that takes its place when the block ends well, and goes otherwise.

    Examples
    --------
    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     with atomic_path(Path(folder) / "a.txt") as path:
    ...         _ = path.write_text("whole")
    ...     (Path(folder) / "a.txt").read_text()
    'whole'
    """
    target = Path(path)
    temporary = target.with_name(f".{target.name}.{uuid.uuid4().hex[:12]}.tmp")
    try:
        yield temporary
        with open(temporary, "rb+") as file:
            os.fsync(file.fileno())
        os.replace(temporary, target)
    finally:
        temporary.unlink(missing_ok=True)


def check_writable(path: str | Path) -> None:
    """Raise OSError now if a file could not be written there later."""
    target = Path(path)
    if target.is_dir():
        raise IsADirectoryError(f"{target} is a folder; name a file")
    if not target.parent.is_dir():
        raise FileNotFoundError(f"no folder {target.parent} to write {target.name} to")
    probe = target.with_name(f".{target.name}.{uuid.uuid4().hex[:12]}.tmp")
    try:
        probe.touch()
    except OSError as error:
        raise type(error)(f"cannot write to folder {target.parent}: {error.strerror}") from error
    finally:
        with contextlib.suppress(OSError):
            probe.unlink(missing_ok=True)


class ResultWriter:
    """Writes a result's rows, given in order, to a new Parquet file; a context manager.

    Parameters
    ----------
    path : Path
    n_inputs, n_undefined, n_lonely : int
    ranges : sequence of Range
    recipe : dict
    """

    def __init__(
        self,
        path: Path,
        n_inputs: int,
        n_undefined: int,
        n_lonely: int,
        ranges: Sequence[Range],
        recipe: dict[str, Any],
    ) -> None:
        import pyarrow as pa
        import pyarrow.parquet as pq

        self._n_inputs = n_inputs
        self._octets = max(1, 2**n_inputs // 8)
        columns = {"function": pa.binary(self._octets), "count": pa.int64()}
        if ranges[0].readouts > 1:
            columns["sum_squares"] = pa.int64()
        metadata = {
            "format": FORMAT,
            "bit_order": BIT_ORDER,
            "n_inputs": n_inputs,
            "n_samples": sum(part.stop - part.first for part in ranges),
            "n_undefined": n_undefined,
            "n_lonely": n_lonely,
            "ranges": [part._asdict() for part in ranges],
            "map": recipe,
        }
        self._schema = pa.schema(columns, {_KEY: json.dumps(metadata, sort_keys=True).encode()})
        # Functions are distinct: a dictionary of them would only take up memory.
        self._writer = pq.ParquetWriter(
            path,
            self._schema,
            compression="zstd",
            use_dictionary=self._schema.names[1:],
            write_page_checksum=True,
        )
        self._row_group = max(1, _ROW_GROUP // max(1, words_of(n_inputs) // 4))  # of about 32 MB
        self._waiting: list[Table] = []

    def __enter__(self) -> ResultWriter:
        return self

    def __exit__(self, kind: object, *_: object) -> None:
        import pyarrow as pa

        if kind is None and self._waiting:
            self._write(joined(self._waiting))
        self._writer.close()
        pa.default_memory_pool().release_unused()

    def add(self, table: Table) -> None:
        """Write the next rows; row groups have the same size however the rows come."""
        self._waiting.append(table)
        if sum(len(part.counts) for part in self._waiting) < self._row_group:
            return
        rows, self._waiting = joined(self._waiting), []
        size = self._row_group
        whole = len(rows.counts) // size * size
        for start in range(0, whole, size):
            self._write(rows.part(start, start + size))
        self._waiting = [rows.part(whole, len(rows.counts))] if whole < len(rows.counts) else []

    def _write(self, rows: Table) -> None:
        import pyarrow as pa

        octets = np.empty((len(rows.counts), self._octets), dtype=np.uint8)
        for start in range(0, len(octets), _AT_ONCE):
            part = slice(start, start + _AT_ONCE)
            octets[part] = to_bytes(rows.functions[part], self._n_inputs)
        column = pa.FixedSizeBinaryArray.from_buffers(
            pa.binary(octets.shape[1]), len(octets), [None, pa.py_buffer(octets)]
        )
        arrays = [column, pa.array(rows.counts), pa.array(rows.sum_squares)][: len(self._schema)]
        self._writer.write_table(
            pa.Table.from_arrays(arrays, schema=self._schema), row_group_size=self._row_group
        )


def save(result: Result, path: str | Path) -> None:
    """Write a result; atomic, and byte for byte the same for equal results.

    Raises
    ------
    ValueError
        If the result is truncated: what it leaves out would be lost.
    OSError
        If the file cannot be written; then nothing is left of it.
    StorageError
        If there is a file that is not a result: it is left as it is.
    """
    if result.is_truncated:
        raise ValueError(
            f"the result lists only {result.extent}: copy its file, or load all of it to save it"
        )
    check_writable(path)
    check_replaceable(path)
    recipe = (result.n_inputs, result.n_undefined, result.n_lonely, result.ranges, result.recipe)
    with atomic_path(path) as temporary, ResultWriter(temporary, *recipe) as writer:
        writer.add(Table(result.functions, result.counts, result.sum_squares))


def check_replaceable(path: str | Path) -> None:
    """Raise StorageError if there is a file that a result must not replace."""
    if Path(path).exists():
        _check_is_result(Path(path))


def load(path: str | Path, *, min_count: int = 1, max_functions: int | None = None) -> Result:
    """Read a result that :meth:`Result.save` wrote, or its most frequent functions only.

    Parameters
    ----------
    path : str or Path
    min_count : int
        Read only the functions that came up at least so often.
    max_functions : int, optional
        Read only so many functions, the most frequent ones. Of a large file no more is read than is wanted.

    Returns
    -------
    Result
        Truncated (``is_truncated``) where functions were left out; what concerns all of them
        (``n_samples``, ``n_functions``, ``unseen_mass``) is known all the same.

    Raises
    ------
    FileNotFoundError
        If there is no such file.
    ValueError
        If min_count or max_functions is no whole number from 1 up.
    StorageError
        If the file is damaged, foreign, or of another format or bit order.

    Examples
    --------
    >>> import tempfile, simplicity
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     path = Path(folder) / "a.parquet"
    ...     _ = simplicity.sample(simplicity.maps.Perceptron(n_inputs=2), 1000, path=path)
    ...     result = load(path, max_functions=3)
    >>> len(result), result.n_functions, result.n_samples
    (3, 14, 1000)
    """
    path = Path(path)
    least = checked_integer("min_count", min_count, 1, 2**62)
    most = None if max_functions is None else checked_integer("max_functions", max_functions, 1, 2**62)
    with _errors_of(path):
        return _read(path, least, most)


def metadata_of(path: str | Path) -> dict[str, Any]:
    """The metadata of a result's file, and its number of functions: cheap, however large it is.

    Raises
    ------
    StorageError
        If it is no result.
    """
    import pyarrow.parquet as pq

    with _errors_of(Path(path)):
        return _metadata(Path(path)) | {"n_functions": pq.read_metadata(path).num_rows}


@contextlib.contextmanager
def _errors_of(path: Path) -> Iterator[None]:
    """Whatever reading the file raises, in words that name it."""
    import pyarrow as pa

    if not path.exists():
        raise FileNotFoundError(f"no file {path}")
    if path.is_dir():
        raise StorageError(f"{path} is a folder, not a result")
    try:
        yield
    except StorageError as error:
        raise StorageError(f"{path}: {error}") from error
    except (pa.ArrowException, OSError) as error:
        raise StorageError(
            f"{path} is not a readable Parquet file (truncated or damaged?): {error}"
        ) from error
    except (AttributeError, LookupError, TypeError, ValueError) as error:
        raise StorageError(f"{path} is damaged: {error}") from error


def _check_is_result(path: Path) -> None:
    """Raise StorageError for a file that a result must not replace."""
    import pyarrow as pa

    try:
        _metadata(path)
    except (StorageError, pa.ArrowException) as error:
        raise StorageError(f"{path} is not a result, so none replaces it; choose another file") from error


def _metadata(path: Path) -> dict[str, Any]:
    import pyarrow.parquet as pq

    stored = (pq.read_schema(path).metadata or {}).get(_KEY)
    if stored is None:
        raise StorageError("a Parquet file, but not a result of simplicity (its metadata are missing)")
    metadata = json.loads(stored)
    if metadata.get("format") != FORMAT:
        raise StorageError(f"format {metadata.get('format')!r}; version {__version__} reads format {FORMAT}")
    if metadata.get("bit_order") != BIT_ORDER:
        raise StorageError(f"another bit order ({metadata.get('bit_order')!r})")
    return dict(metadata)


def row_tables(path: Path, metadata: dict[str, Any]) -> Iterator[Table]:
    """The rows of a file in order, some at a time; a row group is opened only when it is its turn."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    with pq.ParquetFile(path, page_checksum_verification=True) as file:
        for group in range(file.num_row_groups):
            for batch in file.iter_batches(_BATCH, row_groups=[group]):
                yield _table(pa.Table.from_batches([batch]), metadata)


def _table(table: pa.Table, metadata: dict[str, Any]) -> Table:
    n_inputs, readouts = metadata["n_inputs"], metadata["ranges"][0]["readouts"]
    functions = table.column("function").combine_chunks()
    width = functions.type.byte_width
    octets = np.frombuffer(functions.buffers()[1] or b"", dtype=np.uint8)
    octets = octets[functions.offset * width : (functions.offset + len(functions)) * width].reshape(-1, width)
    if any(column.null_count for column in table.columns):
        raise StorageError("is damaged: values are missing")
    counts = table.column("count").to_numpy()
    if (counts <= 0).any():
        raise StorageError("counts must be positive")
    squares = table.column("sum_squares").to_numpy() if readouts > 1 else counts
    if (squares < counts).any() or (squares > counts * readouts).any():
        raise StorageError("sums of squares do not fit the counts")
    return Table(from_bytes(octets, n_inputs), counts, squares)


def _read(path: Path, min_count: int, max_functions: int | None) -> Result:
    import pyarrow.parquet as pq

    metadata = _metadata(path)
    n_inputs = metadata["n_inputs"]
    ranges = tuple(Range(**part) for part in metadata["ranges"])
    n_functions = pq.read_metadata(path).num_rows
    wanted = n_functions if max_functions is None else min(n_functions, max_functions)
    functions = np.empty((wanted, words_of(n_inputs)), dtype=np.uint64)
    counts = np.empty(wanted, dtype=np.int64)
    squares = np.empty(wanted, dtype=np.int64) if ranges[0].readouts > 1 else counts
    listed = 0
    for table in row_tables(path, metadata):
        frequent = int(np.count_nonzero(table.counts >= min_count))
        stop = min(listed + frequent, wanted)
        for column, read in zip((functions, counts, squares), table, strict=True):
            column[listed:stop] = read[: stop - listed]
        listed = stop
        if frequent < len(table.counts) or listed == wanted:
            break
    functions, counts, squares = functions[:listed], counts[:listed], squares[:listed]
    left_out = NOTHING_LEFT_OUT
    if listed < n_functions:
        alone = (counts <= ranges[0].readouts) & (squares == counts**2)
        samples = metadata["n_samples"] - metadata["n_undefined"] - int(counts.sum())
        left_out = Unlisted(n_functions - listed, samples, metadata["n_lonely"] - int(counts[alone].sum()))
    return Result(
        n_inputs=n_inputs,
        functions=functions,
        counts=counts,
        sum_squares=squares,
        n_undefined=metadata["n_undefined"],
        ranges=ranges,
        recipe=metadata["map"],
        unlisted=left_out,
    )
