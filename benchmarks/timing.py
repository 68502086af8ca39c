"""Two programs timed in turns, and the ratio of their processor times."""

from __future__ import annotations

import gc
import math
import time
import tracemalloc
from collections.abc import Callable, Mapping
from typing import NamedTuple

import numpy as np


class Task(NamedTuple):
    """A call, and how many units of work (functions, numbers, strings) it does."""

    call: Callable[[], object]
    units: int


class Effort(NamedTuple):
    """How long to measure: turns of ``slice_seconds``, ``repeats`` of them, fewer of slow tasks."""

    repeats: int
    slice_seconds: float
    row_seconds: float  # no further turn once so long has passed and there are enough for a median


FULL = Effort(repeats=25, slice_seconds=0.05, row_seconds=10.0)
QUICK = Effort(repeats=9, slice_seconds=0.02, row_seconds=1.0)
_LEAST_REPEATS = 3


class Comparison(NamedTuple):
    """What a unit costs on two sides, and how many times faster the first is.

    Parameters
    ----------
    ours, baseline : float
        Median seconds of processor time a unit.
    ratio : float
        Median of baseline / ours over the repetitions.
    quartiles : pair of float
        Of those ratios.
    """

    ours: float
    baseline: float
    ratio: float
    quartiles: tuple[float, float]


def seconds_a_unit(task: Task, calls: int = 1, clock: Callable[[], float] = time.thread_time) -> float:
    """Time of some calls in a row, a unit."""
    started = clock()
    for _ in range(calls):
        task.call()
    return (clock() - started) / (calls * task.units)


def calls_to_last(task: Task, at_least: float) -> int:
    """How many calls take ``at_least`` seconds; the task should have been called before."""
    return max(1, math.ceil(at_least / max(1e-9, seconds_a_unit(task) * task.units)))


def fastest(candidates: Mapping[str, Task], at_least: float) -> str:
    """The name of the quickest of some tasks, by the least of five turns, after a call that may compile."""
    if len(candidates) == 1:
        return next(iter(candidates))
    calls = {}
    for name, task in candidates.items():
        task.call()
        calls[name] = calls_to_last(task, at_least)
    least = dict.fromkeys(candidates, math.inf)
    for _ in range(5):
        for name, task in candidates.items():
            least[name] = min(least[name], seconds_a_unit(task, calls[name]))
    return min(least, key=least.__getitem__)


def compare(
    ours: Task, baseline: Task, effort: Effort, clock: Callable[[], float] = time.thread_time
) -> Comparison:
    """Time two tasks in turns and change who begins every time.

    What else the machine does then falls on both, and the median leaves out where it did not.
    """
    tasks = ours, baseline
    ours.call()
    calls = [calls_to_last(task, effort.slice_seconds) for task in tasks]
    turns: list[list[float]] = []
    started = time.monotonic()
    gc.collect()
    gc.disable()
    try:
        while len(turns) < effort.repeats:
            if len(turns) >= _LEAST_REPEATS and time.monotonic() - started > effort.row_seconds:
                break
            sides = (0, 1) if len(turns) % 2 == 0 else (1, 0)
            seconds = {side: seconds_a_unit(tasks[side], calls[side], clock) for side in sides}
            turns.append([seconds[0], seconds[1]])
    finally:
        gc.enable()
    times = np.array(turns)
    low, ratio, high = np.percentile(times[:, 1] / times[:, 0], (25, 50, 75))
    mine, theirs = np.median(times, axis=0)
    return Comparison(float(mine), float(theirs), float(ratio), (float(low), float(high)))


def peak_bytes(task: Task) -> int:
    """Most memory that one call holds at a time in NumPy arrays and Python objects, by tracemalloc."""
    tracemalloc.start()
    try:
        task.call()
        return tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
