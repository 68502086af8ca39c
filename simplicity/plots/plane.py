"""What there is to draw in the plane of prior against complexity: data only, no Matplotlib."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from simplicity.complexity import Measure, measure
from simplicity.sampling import Result
from simplicity.theory import (
    Bound,
    ComplexityPrior,
    fitted_bound,
    independent_hits,
    predicted_bound,
    prior_by_complexity,
    upper_envelope,
)
from simplicity.theory.bounds import AnyMeasure, Floats
from simplicity.theory.envelope import levels_of

RESOLVED_HITS = 10  # from here on a prior is known to about a third
DENSITY_ABOVE = 100_000  # functions
RESOLVED, FEW, ONCE = range(3)  # groups of functions


class Points(NamedTuple):
    """Different points of the plane and how many functions share each; arrays of one length.

    Parameters
    ----------
    complexity, prior : float64
    functions : int64
        Functions at this very point: K and counts are discrete, so they pile up.
    group : int64
        `RESOLVED`, `FEW` (hit fewer than `RESOLVED_HITS` times) or `ONCE` (hit by one draw only).
    """

    complexity: Floats
    prior: Floats
    functions: npt.NDArray[np.int64]
    group: npt.NDArray[np.int64]

    def where(self, mask: npt.NDArray[np.bool_]) -> Points:
        """Some of the points."""
        return Points(self.complexity[mask], self.prior[mask], self.functions[mask], self.group[mask])


class Cells(NamedTuple):
    """A grid over the plane: edges in K and in P, and functions in each cell, (P cells, K cells)."""

    complexity_edges: Floats
    prior_edges: Floats
    functions: npt.NDArray[np.int64]


class Intervals(NamedTuple):
    """95 % intervals of the priors of some functions."""

    complexity: Floats
    low: Floats
    high: Floats


@dataclass(frozen=True, eq=False)
class Plane:
    """One result under one measure, with all that a plot of the plane shows.

    Parameters
    ----------
    result : Result
    measure : Measure
    complexity : (F,) float64
        Complexities of the result's functions.
    density_above : int
        With more functions than this, those not resolved are shown in cells (and if even the resolved ones
        are more, all are), else all as points.
    """

    result: Result
    measure: Measure
    complexity: Floats
    density_above: int

    @classmethod
    def of(cls, result: Result, wanted: AnyMeasure, density_above: int = DENSITY_ABOVE) -> Plane:
        """The plane of a result.

        Raises
        ------
        ValueError
            If the result has no functions, or the measure is unknown or breaks its contract.
        """
        check_not_empty(result)
        found = measure(wanted)
        return cls(result, found, found(result.functions, result.n_inputs), density_above)

    @cached_property
    def predicted(self) -> Bound | None:
        """The bound that theory predicts."""
        return predicted_bound(self.result, self.measure)

    @cached_property
    def fitted(self) -> Bound | None:
        """The tightest line above the resolved functions."""
        return fitted_bound(self.result, self.measure, RESOLVED_HITS, complexities=self.complexity)

    @cached_property
    def by_complexity(self) -> ComplexityPrior:
        """Total prior at each complexity."""
        return prior_by_complexity(self.result, self.measure, complexities=self.complexity)

    @cached_property
    def points(self) -> Points:
        """All functions, those at one point taken together."""
        hits = independent_hits(self.result)
        group = np.where(hits >= RESOLVED_HITS, RESOLVED, np.where(hits > 1, FEW, ONCE))
        levels, level = levels_of(self.complexity)
        counts, count = np.unique(self.result.counts, return_inverse=True)
        places, functions = np.unique((level * 3 + group) * len(counts) + count, return_counts=True)
        level, count = np.divmod(places, len(counts))
        level, group = np.divmod(level, 3)
        return Points(levels[level], counts[count] / self.result.n_samples, functions, group)

    @cached_property
    def lone_points(self) -> Points:
        """The points to be drawn as such."""
        return self.points.where(~self._in_cells)

    @property
    def _in_cells(self) -> npt.NDArray[np.bool_]:
        points = self.points
        if len(self.result) <= self.density_above:
            return np.zeros(len(points.group), dtype=bool)
        is_resolved = points.group == RESOLVED
        return ~is_resolved | (points.functions[is_resolved].sum() > self.density_above)

    @cached_property
    def top(self) -> Intervals:
        """The most probable function at each complexity, where it has two independent hits or more."""
        result = self.result
        envelope = upper_envelope(result, self.measure, 2, complexities=self.complexity)
        interval = result.interval(rows=envelope.rows)
        return Intervals(envelope.complexity, interval.low, interval.high)

    def edges(self, most: int) -> Floats:
        """Edges of at most about `most` equal bins of K, each around as many of its levels as any other."""
        levels = self.by_complexity.complexity
        span = float(levels[-1] - levels[0])
        if span == 0:
            return np.array([levels[0] - 0.5, levels[0] + 0.5])
        gap = float(np.diff(levels).min())
        width = gap * np.ceil(span / (most * gap))
        n_bins = int((span + gap / 2) / width) + 1
        return levels[0] - gap / 2 + width * np.arange(n_bins + 1)

    def marginal(self, most: int = 60) -> tuple[Floats, Floats]:
        """Edges of bins of K, and the total prior in each."""
        edges = self.edges(most)
        table = self.by_complexity
        return edges, np.histogram(table.complexity, edges, weights=table.prior)[0]

    @cached_property
    def cells(self) -> Cells | None:
        """The other functions on a grid: bins of K, half octaves of P around powers of two of the floor."""
        points, floor = self.points.where(self._in_cells), self.result.floor
        if len(points.functions) == 0:
            return None
        half_octaves = int(np.ceil(2 * np.log2(points.prior.max() / floor))) + 1
        prior_edges = floor * np.exp2((np.arange(half_octaves + 1) - 0.5) / 2)
        complexity_edges = self.edges(most=100)
        table = np.histogram2d(
            points.prior, points.complexity, (prior_edges, complexity_edges), weights=points.functions
        )[0]
        return Cells(complexity_edges, prior_edges, table.astype(np.int64))

    @property
    def most_in_one_place(self) -> int:
        """Functions at the fullest point or in the fullest cell."""
        in_cells = 0 if self.cells is None else int(self.cells.functions.max())
        return max(in_cells, int(self.lone_points.functions.max(initial=0)))


def check_not_empty(result: Result) -> None:
    """Raise ValueError unless the result is one with functions in it."""
    if not isinstance(result, Result):
        raise ValueError(f"a Result is wanted, got {type(result).__name__}")
    if len(result) == 0:
        raise ValueError(
            f"the result of {result.label!r} holds no functions ({result.n_samples} samples, "
            f"{result.n_undefined} of them undefined): there is nothing to plot"
        )
