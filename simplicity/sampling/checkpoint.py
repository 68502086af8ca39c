"""A run's state on disk: immutable part files in a folder beside the target, gone once it is whole."""

from __future__ import annotations

import glob
import json
import os
import platform
import shutil
import time
from pathlib import Path
from typing import Any

from simplicity._version import __version__
from simplicity.maps.base import ParameterFunctionMap
from simplicity.maps.locate import describe
from simplicity.sampling.result import IDENTITY, Range, Result
from simplicity.sampling.storage import atomic_path, load, save


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
        self.recipe = describe(pf_map)

    def restore(self) -> list[Result]:
        """What is there already, from the span's first sample on without gaps.

        Raises
        ------
        ValueError
            If the target or the parts are of another run.
        """
        found = [load(self.path)] if self.path.exists() else []
        if self.folder.is_dir():
            found += [load(part) for part in sorted(self.folder.glob("*.parquet"))]
        for result in found:
            self._check(result)
        chain: list[Result] = []
        reached = self.span.first
        while pieces := [part for part in found if part.ranges[0].first == reached < part.ranges[0].stop]:
            chain.append(max(pieces, key=lambda part: part.ranges[0].stop))
            reached = chain[-1].ranges[0].stop
        return chain

    def _check(self, result: Result) -> None:
        other = f"choose another file, or delete {self.path} (and {self.folder.name})"
        if self.recipe["name"] is None:
            raise ValueError(f"{self.path} exists, and a map without a name cannot resume; {other}")
        if any(result.recipe[key] != self.recipe[key] for key in IDENTITY):
            same_name = result.recipe["name"] == self.recipe["name"]
            change = "other options, code or version" if same_name else "another map"
            raise ValueError(f"{self.path} already holds a run of {change} ({result.label}); {other}")
        part = result.ranges[0]
        same = (part.seed, part.readouts) == (self.span.seed, self.span.readouts)
        inside = self.span.first <= part.first and part.stop <= self.span.stop
        if same and inside and part.stop != self.span.stop and part.stop % part.readouts:
            raise ValueError(
                f"{self.path} ends inside a hidden draw (sample {part.stop}, {part.readouts} readouts a "
                f"draw), so it cannot be extended; {other}"
            )
        if same and len(result.ranges) == 1 and part.first == self.span.first and not inside:
            raise ValueError(
                f"{self.path} already holds this run up to sample {part.stop}, more than asked for "
                f"({self.span.stop}); {other}"
            )
        if len(result.ranges) != 1 or not (same and inside):
            raise ValueError(
                f"{self.path} already holds another run (seed {part.seed}, samples {part.first} to "
                f"{part.stop}, {part.readouts} readouts a draw); {other}"
            )

    def add(self, part: Result) -> None:
        """Write one more part."""
        self.folder.mkdir(exist_ok=True)
        span = part.ranges[0]
        save(part, self.folder / f"{span.first:020d}-{span.stop:020d}.parquet")

    def finish(self, result: Result, log: dict[str, Any]) -> None:
        """Write the target and its sidecar (both only if the target is not whole yet); drop the parts."""
        if not (self.path.exists() and load(self.path).ranges == result.ranges):
            with atomic_path(self.path.with_name(self.path.name + ".log.json")) as temporary:
                temporary.write_text(json.dumps(log, indent=2) + "\n")
            save(result, self.path)
        if self.folder.is_dir():
            shutil.rmtree(self.folder)
        for leftover in self.path.parent.glob(
            f".{glob.escape(self.path.name)}.*.tmp"
        ):  # of a write that was killed
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
