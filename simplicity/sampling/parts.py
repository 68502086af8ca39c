"""Part files: what a run has counted so far, as raw rows, quick to write and to read a piece at a time.

A file is blocks of rows (function, count and, for clustered samples, sum of squares; uint64, the machine's
byte order), the rows of each block in order of the *segment* that the top bits of their hash say; then an
index (rows and checksum of every segment of every block), and the header as JSON. So the rows of some
segments are a slice of each block, and several parts can be added up segment after segment.
"""

from __future__ import annotations

import json
import struct
import sys
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any, BinaryIO

import numpy as np
import numpy.typing as npt

from simplicity._version import __version__
from simplicity.compilation import kernel
from simplicity.sampling.hash_table import Rows, hash_of
from simplicity.sampling.ranges import Range
from simplicity.sampling.storage import StorageError, atomic_path
from simplicity.sampling.tally import Tally

SEGMENTS = 1024
_SEGMENT_SHIFT = np.uint64(54)
_FORMAT = 1
_MAGIC = b"simplicity part"
_TAIL = struct.Struct("<QQI15s")  # bytes of index and header, their checksum, the magic
_ODD = np.uint64(0x9E3779B97F4A7C15)


# ------------------------------------------------------------------------------------------ kernels
@kernel
def _row_checksum(row):
    total = np.uint64(0)
    for k in range(row.shape[0]):
        total += (row[k] ^ (row[k] >> np.uint64(29))) * (_ODD * np.uint64(2 * k + 1))
    return total


@kernel
def _checksum(rows):
    """What the checksums of the rows' segments add up to."""
    total = np.uint64(0)
    for i in range(rows.shape[0]):
        total += _row_checksum(rows[i])
    return total


@kernel
def _count_segments(entries, n_words, sizes):
    """Rows of each segment; entries with a count of zero are none."""
    for i in range(entries.shape[0]):
        if entries[i, n_words] != 0:
            sizes[np.int64(hash_of(entries, i, n_words) >> _SEGMENT_SHIFT)] += 1


@kernel
def _scatter(entries, n_words, places, rows, checksums):
    """Copy the entries to the places of their segments, which are counted up."""
    for i in range(entries.shape[0]):
        if entries[i, n_words] != 0:
            segment = np.int64(hash_of(entries, i, n_words) >> _SEGMENT_SHIFT)
            for k in range(entries.shape[1]):
                rows[places[segment], k] = entries[i, k]
            places[segment] += 1
            checksums[segment] += _row_checksum(entries[i])


# ------------------------------------------------------------------------------------- writing parts
class PartWriter:
    """Writes the blocks of one part to an open file.

    Parameters
    ----------
    file : binary file
    words : int
        Words of a packed function.
    """

    def __init__(self, file: BinaryIO, words: int) -> None:
        self._file = file
        self._words = words
        self._index: list[npt.NDArray[np.uint64]] = []
        self._width = 0

    def add(self, entries: Rows) -> None:
        """Write one more block: the entries whose count is not zero."""
        sizes = np.zeros(SEGMENTS, dtype=np.int64)
        _count_segments(entries, self._words, sizes)
        rows = np.empty((int(sizes.sum()), entries.shape[1]), dtype=np.uint64)
        checksums = np.zeros(SEGMENTS, dtype=np.uint64)
        _scatter(entries, self._words, np.cumsum(sizes) - sizes, rows, checksums)
        self._file.write(rows.data)
        self._index.append(np.stack([sizes.astype(np.uint64), checksums]))
        self._width = entries.shape[1]

    def finish(self, span: Range, n_undefined: int, recipe: dict[str, Any]) -> None:
        """Write the index and the header."""
        header = {
            "format": _FORMAT,
            "version": __version__,
            "byte_order": sys.byteorder,
            "width": self._width,
            "blocks": len(self._index),
            "range": span._asdict(),
            "n_undefined": n_undefined,
            "map": recipe,
        }
        index = zlib.compress(np.stack(self._index).tobytes(), 1)
        text = json.dumps(header).encode()
        self._file.write(index + text)
        self._file.write(_TAIL.pack(len(index), len(text), zlib.crc32(index + text), _MAGIC))


def write_part(path: Path, tally: Tally, span: Range, recipe: dict[str, Any]) -> None:
    """Write a tally's content as one part; atomic."""
    with atomic_path(path) as temporary, open(temporary, "wb") as file:
        writer = PartWriter(file, tally.words)
        for shard in tally.shards:
            writer.add(shard.entries)
        writer.finish(span, tally.n_undefined, recipe)


# ------------------------------------------------------------------------------------- reading parts
class Part:
    """A part file, its rows still on disk.

    Parameters
    ----------
    path : Path

    Raises
    ------
    StorageError
        If the file is cut short, damaged, or of another format.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        try:
            self._read_header()
        except (OSError, struct.error, zlib.error, ValueError, LookupError, TypeError) as error:
            raise StorageError(
                f"{path} is not a readable part file (truncated or damaged?): {error}"
            ) from error

    def _read_header(self) -> None:
        octets = self.path.stat().st_size
        with open(self.path, "rb") as file:
            file.seek(max(0, octets - _TAIL.size))
            index_size, text_size, checksum, magic = _TAIL.unpack(file.read())
            start = octets - _TAIL.size - text_size - index_size
            if magic != _MAGIC or start < 0:
                raise ValueError("its end is missing")
            file.seek(start)
            content = file.read(index_size + text_size)
        if zlib.crc32(content) != checksum:
            raise ValueError("its header's checksum is wrong")
        header = json.loads(content[index_size:])
        if (header["format"], header["byte_order"]) != (_FORMAT, sys.byteorder):
            raise ValueError(f"format {header['format']}, {header['byte_order']}-endian")
        self.range = Range(**header["range"])
        self.recipe: dict[str, Any] = header["map"]
        self.n_undefined: int = header["n_undefined"]
        self.width: int = header["width"]
        index = np.frombuffer(zlib.decompress(content[:index_size]), dtype=np.uint64)
        index = index.reshape(header["blocks"], 2, SEGMENTS)
        sizes = index[:, 0].astype(np.int64)
        self._checksums = index[:, 1]
        self._edges = np.concatenate([[0], np.cumsum(sizes)])  # of the segments of all blocks, in rows
        self.sizes: npt.NDArray[np.int64] = sizes.sum(axis=0)
        if 8 * self.width * int(self._edges[-1]) != start:
            raise ValueError("rows are missing")

    def __len__(self) -> int:
        return int(self._edges[-1])

    def rows(self, first: int = 0, stop: int = SEGMENTS) -> Iterator[Rows]:
        """The rows of segments ``first`` to ``stop`` - 1, a block at a time.

        Raises
        ------
        StorageError
            If they are not what was written.
        """
        with open(self.path, "rb") as file:
            for block, checksums in enumerate(self._checksums):
                start, end = self._edges[[block * SEGMENTS + first, block * SEGMENTS + stop]].tolist()
                if start == end:
                    continue
                rows = np.empty((end - start, self.width), dtype=np.uint64)
                file.seek(8 * self.width * start)
                got = file.readinto(rows.data)
                if got != rows.nbytes or _checksum(rows) != checksums[first:stop].sum(dtype=np.uint64):
                    raise StorageError(
                        f"{self.path} is damaged; delete it and run again: its samples will be drawn anew"
                    )
                yield rows
