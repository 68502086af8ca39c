"""One row measured: ratio, memory, and how near our side is to the machine's limits."""

from __future__ import annotations

import multiprocessing
from concurrent.futures import ProcessPoolExecutor
from typing import NamedTuple

from benchmarks.limits import Limits, least_seconds
from benchmarks.rows import ROWS, Row
from benchmarks.timing import Comparison, Effort, compare, fastest, peak_bytes


class Measurement(NamedTuple):
    """What the table shows of a row.

    Parameters
    ----------
    name : str
        Of the row.
    variant : str
        The fastest form of the baseline.
    times : Comparison
    peaks : pair of int
        Most bytes held at a time by a call of ours and of the baseline.
    least_seconds : dict
        Seconds a unit at the machine's limits, by what limits, the longest first.
    """

    name: str
    variant: str
    times: Comparison
    peaks: tuple[int, int]
    least_seconds: dict[str, float]

    @property
    def row(self) -> Row:
        """What was compared."""
        return ROWS[self.name]

    @property
    def share(self) -> float:
        """Of the machine's limit: 1 would be as fast as it goes."""
        return sum(self.least_seconds.values()) / self.times.ours

    @property
    def meets_goal(self) -> bool | None:
        """None for rows without a goal."""
        return None if self.row.goal is None else self.times.ratio >= self.row.goal


def ratio_of(row: Row, effort: Effort) -> Comparison:
    """The comparison alone."""
    contest = row.contest()
    best = fastest(contest.candidates, effort.slice_seconds)
    return compare(contest.ours, contest.candidates[best], effort)


def measure(name: str, limits: Limits, effort: Effort) -> Measurement:
    """Everything about a row."""
    contest = ROWS[name].contest()
    best = fastest(contest.candidates, effort.slice_seconds)
    baseline = contest.candidates[best]
    times = compare(contest.ours, baseline, effort)
    peaks = peak_bytes(contest.ours), peak_bytes(baseline)
    return Measurement(name, best, times, peaks, least_seconds(contest.work, limits))


def measure_alone(name: str, limits: Limits, effort: Effort) -> Measurement:
    """The same in a new process: what other rows left with the allocator changes what NumPy's arrays cost."""
    with ProcessPoolExecutor(1, multiprocessing.get_context("spawn")) as process:
        return process.submit(measure, name, limits, effort).result()
