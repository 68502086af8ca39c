"""Bytes that a tally takes a distinct function, in a process of its own.

Usage: python -m benchmarks.tally_memory COUNT

Prints one JSON list a line: distinct functions, bytes at rest, most bytes so far. At rest is the resident
memory that the process has more than before the first function; the most is the system's high-water mark.
"""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from simplicity.sampling.tally import Tally

GOAL_AT_REST, GOAL_PEAK = 40, 64
_ROOT = Path(__file__).parents[1]
_BLOCK = 2**15
_LOOKS = 100  # how often memory is looked at on the way
_STATUS = Path("/proc/self/status")


class Memory(NamedTuple):
    """Of a tally with so many distinct functions."""

    distinct: int
    at_rest: int
    peak: int


def resident_bytes() -> tuple[int, int]:
    """Memory of this process now, and the most that it ever was (Linux)."""
    sizes = dict(line.split(":") for line in _STATUS.read_text().splitlines())
    now, peak = (1024 * int(sizes[name].split()[0]) for name in ("VmRSS", "VmHWM"))
    return now, peak


def fill(count: int) -> None:
    """Tally random functions of seven inputs, all different, and print what memory does."""
    generator = np.random.Generator(np.random.SFC64(0))
    undefined = np.zeros(_BLOCK, dtype=bool)

    def block(size: int) -> npt.NDArray[np.uint64]:
        return generator.integers(0, 2**64, (size, 2), dtype=np.uint64)

    warm = Tally(words=2)
    warm.add_samples(block(_BLOCK), undefined)  # compiles
    before, _ = resident_bytes()
    tally = Tally(words=2)
    look = max(_BLOCK, count // _LOOKS)
    for start in range(0, count, _BLOCK):
        size = min(_BLOCK, count - start)
        tally.add_samples(block(size), undefined[:size])
        done = start + size
        if done // look > start // look or done == count:
            now, peak = resident_bytes()
            print(json.dumps([tally.distinct, now - before, peak - before]))


def memory_of_tallies(count: int) -> list[Memory]:
    """Memory on the way to a tally of ``count`` functions; empty where the system is not Linux."""
    if not _STATUS.exists():
        return []
    command = [sys.executable, "-m", "benchmarks.tally_memory", str(count)]
    done = subprocess.run(command, cwd=_ROOT, capture_output=True, text=True, check=True)
    return [Memory(*json.loads(line)) for line in done.stdout.splitlines()]


if __name__ == "__main__":
    fill(int(float(sys.argv[1])))
