"""Two threads against one, by the clock: only meaningful where two processors have nothing else to do.

A run takes two to five seconds of one thread. What it costs once (threads, their workspaces, the wait for the
last block) is some milliseconds, which in runs of half a second would show.
"""

from __future__ import annotations

import functools
import time
from typing import NamedTuple

import simplicity
from benchmarks import machine
from benchmarks.timing import Comparison, Effort, Task, compare
from simplicity.maps import MLP, BooleanCircuit, ExpressionTree
from simplicity.maps.base import ParameterFunctionMap

GOAL = 1.8
_EFFORT = Effort(repeats=13, slice_seconds=0.0, row_seconds=120.0)
_RUNS: dict[str, tuple[ParameterFunctionMap, int, int]] = {  # map, readouts, samples
    "MLP (7, 40, 40, 1) ReLU": (MLP(7, (40, 40)), 1, 400_000),
    "… with 64 readouts": (MLP(7, (40, 40)), 64, 8_000_000),
    "MLP (10, 100, 100, 1) ReLU": (MLP(10, (100, 100)), 1, 12_000),
    "Circuit of 32 gates, n = 7": (BooleanCircuit(7, 32), 1, 8_000_000),
    "And/Or tree n = 7": (ExpressionTree(7), 1, 8_000_000),
}


class Speedup(NamedTuple):
    """What a second thread brings, and how busy the machine was."""

    title: str
    times: Comparison
    load: float


def speedups() -> list[Speedup]:
    """Whole runs of `simplicity.sample`, in turns."""
    found = []
    for title, (pf_map, readouts, samples) in _RUNS.items():
        run = functools.partial(simplicity.sample, pf_map, samples, readouts=readouts)
        two, one = (Task(functools.partial(run, threads=threads), samples) for threads in (2, 1))
        times = compare(two, one, _EFFORT, clock=time.perf_counter)
        found.append(Speedup(title, times, machine.load()))
    return found
