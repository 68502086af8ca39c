"""Results on disk: one Parquet file, readable by anything, with the recipe in its metadata.

Columns: ``function`` (fixed-size binary, the truth table as a big-endian number with position 0 the most
significant bit, so that ``function.hex()`` is its hexadecimal), ``count``, and with readouts
``sum_squares``. Time and machine are not in it, so equal runs give equal files.
"""

from __future__ import annotations

import contextlib
import json
import os
import uuid
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from simplicity._version import __version__
from simplicity.functions import from_bytes, to_bytes
from simplicity.sampling.result import Range, Result

if TYPE_CHECKING:
    import pyarrow as pa

FORMAT = 1
BIT_ORDER = "position 0 is the most significant bit; input 1 is the most significant bit of a position"
_KEY = b"simplicity"
_ROW_GROUP = 2**20


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


def save(result: Result, path: str | Path) -> None:
    """Write a result; atomic, and byte for byte the same for equal results.

    Raises
    ------
    OSError
        If the file cannot be written; then nothing is left of it.
    StorageError
        If there is a file that is not a result: it is left as it is.
    """
    import pyarrow as pa
    import pyarrow.parquet as pq

    check_writable(path)
    if Path(path).exists():
        _check_is_result(Path(path))
    octets = to_bytes(result.functions, result.n_inputs)
    columns = {
        "function": pa.FixedSizeBinaryArray.from_buffers(
            pa.binary(octets.shape[1]), len(result), [None, pa.py_buffer(np.ascontiguousarray(octets))]
        ),
        "count": pa.array(result.counts),
    }
    if result.readouts > 1:
        columns["sum_squares"] = pa.array(result.sum_squares)
    metadata = {
        "format": FORMAT,
        "bit_order": BIT_ORDER,
        "n_inputs": result.n_inputs,
        "n_samples": result.n_samples,
        "n_undefined": result.n_undefined,
        "ranges": [part._asdict() for part in result.ranges],
        "map": result.recipe,
    }
    table = pa.table(columns).replace_schema_metadata({_KEY: json.dumps(metadata, sort_keys=True).encode()})
    with atomic_path(path) as temporary:
        pq.write_table(
            table, temporary, compression="zstd", row_group_size=_ROW_GROUP, write_page_checksum=True
        )


def load(path: str | Path) -> Result:
    """Read a result that :meth:`Result.save` wrote.

    Parameters
    ----------
    path : str or Path

    Returns
    -------
    Result

    Raises
    ------
    FileNotFoundError
        If there is no such file.
    StorageError
        If the file is damaged, foreign, or of another format or bit order.
    """
    import pyarrow as pa
    import pyarrow.parquet as pq

    path = Path(path)
    if not path.exists():
        raise FileNotFoundError(f"no file {path}")
    if path.is_dir():
        raise StorageError(f"{path} is a folder, not a result")
    try:
        metadata = _metadata(path)
        table = pq.read_table(path, page_checksum_verification=True)
        return _result(table, metadata)
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


def _result(table: pa.Table, metadata: dict[str, Any]) -> Result:
    n_inputs = metadata["n_inputs"]
    functions = table.column("function").combine_chunks()
    width = functions.type.byte_width
    octets = np.frombuffer(functions.buffers()[1] or b"", dtype=np.uint8)
    octets = octets[functions.offset * width : (functions.offset + len(functions)) * width].reshape(-1, width)
    counts = table.column("count").to_numpy()
    if (counts <= 0).any():
        raise StorageError("counts must be positive")
    ranges = tuple(Range(**part) for part in metadata["ranges"])
    squares = table.column("sum_squares").to_numpy() if ranges[0].readouts > 1 else counts
    if (squares < counts).any() or (squares > counts * ranges[0].readouts).any():
        raise StorageError("sums of squares do not fit the counts")
    return Result(
        n_inputs=n_inputs,
        functions=from_bytes(octets, n_inputs),
        counts=counts,
        sum_squares=squares,
        n_undefined=metadata["n_undefined"],
        ranges=ranges,
        recipe=metadata["map"],
    )
