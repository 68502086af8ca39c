"""A run's state on disk: immutable part files in a folder beside the target, gone once it is whole."""

from __future__ import annotations

import glob
import json
import os
import platform
import shutil
import time
import warnings
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from simplicity._version import __version__
from simplicity.functions import words_of
from simplicity.maps.base import ParameterFunctionMap
from simplicity.maps.locate import describe
from simplicity.sampling.consolidation import Advance, Consolidation
from simplicity.sampling.hash_table import Rows
from simplicity.sampling.parts import Part, PartWriter, write_part
from simplicity.sampling.ranges import IDENTITY, Range
from simplicity.sampling.result import Result
from simplicity.sampling.storage import (
    StorageError,
    atomic_path,
    check_replaceable,
    metadata_of,
    row_tables,
    save,
)
from simplicity.sampling.tally import Tally, rows_of


class Finished:
    """A result's file that a run may extend: its rows still on disk.

    Parameters
    ----------
    path : Path
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self.metadata = metadata_of(path)
        self.ranges = [Range(**part) for part in self.metadata["ranges"]]
        self.range = self.ranges[0]
        self.recipe: dict[str, Any] = self.metadata["map"]
        self.n_undefined: int = self.metadata["n_undefined"]

    def __len__(self) -> int:
        return int(self.metadata["n_functions"])

    def rows(self) -> Iterator[Rows]:
        """The rows (function, count and, with readouts, sum of squares), some at a time."""
        for table in row_tables(self.path, self.metadata):
            yield rows_of(table, self.range.readouts > 1)


class Checkpoint:
    """What of a run is on disk: its target file and the parts beside it.

    Parameters
    ----------
    path : Path
        The target.
    pf_map : ParameterFunctionMap
    span : Range
        The samples that the run is to cover.
    """

    def __init__(self, path: str | Path, pf_map: ParameterFunctionMap, span: Range) -> None:
        self.path = Path(path)
        self.folder = self.path.with_name(self.path.name + ".parts")
        self.span = span
        self.n_inputs = pf_map.n_inputs
        self.recipe = describe(pf_map)

    def restore(self) -> list[Part | Finished]:
        """What is there already, from the span's first sample on without gaps.

        A part that cannot be read ends it, with a warning: its samples are drawn again.

        Raises
        ------
        ValueError
            If the target or the parts are of another run.
        """
        found: list[Part | Finished] = [Finished(self.path)] if self.path.exists() else []
        for path in sorted(self.folder.glob("*.part")):
            try:
                found.append(Part(path))
            except StorageError as error:
                warnings.warn(f"{error}; its samples are drawn again", stacklevel=2)
        for one in found:
            self._check(one)
        chain: list[Part | Finished] = []
        reached = self.span.first
        while pieces := [part for part in found if part.range.first == reached < part.range.stop]:
            chain.append(max(pieces, key=lambda part: part.range.stop))
            reached = chain[-1].range.stop
        return chain

    def _check(self, found: Part | Finished) -> None:
        other = f"choose another file, or delete {self.path} (and {self.folder.name})"
        if self.recipe["name"] is None:
            raise ValueError(f"{self.path} exists, and a map without a name cannot resume; {other}")
        if any(found.recipe[key] != self.recipe[key] for key in IDENTITY):
            same_name = found.recipe["name"] == self.recipe["name"]
            change = "other options, code or version" if same_name else "another map"
            raise ValueError(
                f"{self.path} already holds a run of {change} ({found.recipe['label']}); {other}"
            )
        part = found.range
        is_one = not isinstance(found, Finished) or len(found.ranges) == 1
        same = (part.seed, part.readouts) == (self.span.seed, self.span.readouts)
        inside = self.span.first <= part.first and part.stop <= self.span.stop
        if same and inside and part.stop != self.span.stop and part.stop % part.readouts:
            raise ValueError(
                f"{self.path} ends inside a hidden draw (sample {part.stop}, {part.readouts} readouts a "
                f"draw), so it cannot be extended; {other}"
            )
        if same and is_one and part.first == self.span.first and not inside:
            raise ValueError(
                f"{self.path} already holds this run up to sample {part.stop}, more than asked for "
                f"({self.span.stop}); {other}"
            )
        if not (is_one and same and inside):
            raise ValueError(
                f"{self.path} already holds another run (seed {part.seed}, samples {part.first} to "
                f"{part.stop}, {part.readouts} readouts a draw); {other}"
            )

    def _path_of(self, span: Range) -> Path:
        self.folder.mkdir(exist_ok=True)
        return self.folder / f"{span.first:020d}-{span.stop:020d}.part"

    def add(self, tally: Tally, span: Range) -> Part:
        """Write a tally as one more part, in the place of shorter ones that begin with the same sample."""
        path = self._path_of(span)
        write_part(path, tally, span, self.recipe)
        for shorter in self.folder.glob(f"{span.first:020d}-*.part"):
            if shorter.name < path.name:
                shorter.unlink()
        return Part(path)

    def as_part(self, finished: Finished) -> Part:
        """A finished file, to be extended, as a part."""
        path = self._path_of(finished.range)
        with atomic_path(path) as temporary, open(temporary, "wb") as file:
            writer = PartWriter(file, words_of(self.n_inputs))
            for rows in finished.rows():
                writer.add(rows)
            writer.finish(finished.range, finished.n_undefined, self.recipe)
        return Part(path)

    def finish(self, result: Result, log: dict[str, Any]) -> None:
        """Write the target and its sidecar; drop the parts."""
        check_replaceable(self.path)
        self._write_log(log)
        save(result, self.path)
        self.tidy()

    def consolidate(
        self, parts: list[Part], target: Path, memory: int, threads: int, advance: Advance
    ) -> None:
        """Add parts up to a result's file, in bounded memory."""
        span = parts[0].range._replace(stop=parts[-1].range.stop)
        sum_of_parts = Consolidation(parts, self.n_inputs, memory, threads)
        with atomic_path(target) as temporary:
            sum_of_parts.write(temporary, self.folder / "scratch", [span], self.recipe, advance)

    def finish_from_parts(
        self, parts: list[Part], memory: int, threads: int, advance: Advance, log: dict[str, Any]
    ) -> None:
        """Add the parts up to the target; write its sidecar; drop the parts."""
        check_replaceable(self.path)
        self.consolidate(parts, self.path, memory, threads, advance)
        self._write_log(log)
        self.tidy()

    def _write_log(self, log: dict[str, Any]) -> None:
        with atomic_path(self.path.with_name(self.path.name + ".log.json")) as temporary:
            temporary.write_text(json.dumps(log, indent=2) + "\n")

    def tidy(self) -> None:
        """Drop the parts, and what a write that was killed left."""
        if self.folder.is_dir():
            shutil.rmtree(self.folder)
        for leftover in self.path.parent.glob(f".{glob.escape(self.path.name)}.*.tmp"):
            leftover.unlink(missing_ok=True)


def run_log(seconds: float, threads: int, sampled: int) -> dict[str, Any]:
    """Time and machine of a run: what the result itself must not hold."""
    return {
        "version": __version__,
        "finished": time.strftime("%Y-%m-%dT%H:%M:%S%z"),
        "seconds": round(seconds, 3),
        "samples_in_this_run": sampled,
        "threads": threads,
        "python": platform.python_version(),
        "machine": platform.machine(),
        "processors": os.cpu_count(),
    }
