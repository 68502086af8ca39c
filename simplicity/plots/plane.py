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

RESOLVED_HITS = 10  # from here on a prior is known to about a third
_PLACES = 12  # decimals that set two complexities apart


class Points(NamedTuple):
    """Different points of the plane and how many functions share each; arrays of one length.

    Parameters
    ----------
    complexity, prior : float64
    functions : int64
        Functions at this very point: K and counts are discrete, so they pile up.
    group : int64
        0: resolved; 1: hit fewer than `RESOLVED_HITS` times; 2: hit by one draw only.
    """

    complexity: Floats
    prior: Floats
    functions: npt.NDArray[np.int64]
    group: npt.NDArray[np.int64]


class Cells(NamedTuple):
    """A grid over the plane: edges in K and in P, and functions in each cell, (P cells, K cells)."""

    complexity_edges: Floats
    prior_edges: Floats
    functions: npt.NDArray[np.int64]


class Intervals(NamedTuple):
    """The most probable function at each complexity, with the 95 % interval of its prior."""

    complexity: Floats
    prior: Floats
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
    """

    result: Result
    measure: Measure
    complexity: Floats

    @classmethod
    def of(cls, result: Result, wanted: AnyMeasure) -> Plane:
        """The plane of a result.

        Raises
        ------
        ValueError
            If the result has no functions, or the measure is unknown or breaks its contract.
        """
        check_not_empty(result)
        found = measure(wanted)
        return cls(result, found, found(result.functions, result.n_inputs))

    @cached_property
    def predicted(self) -> Bound | None:
        """The bound that theory predicts."""
        return predicted_bound(self.result, self.measure, complexities=self.complexity)

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
        group = np.where(hits >= RESOLVED_HITS, 0, np.where(hits > 1, 1, 2))
        place = np.stack([self.complexity.round(_PLACES), self.result.counts, group], axis=1)
        distinct, functions = np.unique(place, axis=0, return_counts=True)
        return Points(
            distinct[:, 0],
            distinct[:, 1] / self.result.n_samples,
            functions.astype(np.int64),
            distinct[:, 2].astype(np.int64),
        )

    @cached_property
    def top(self) -> Intervals:
        """The most probable function at each complexity, resolved or not."""
        envelope = upper_envelope(self.result, self.measure, 1, complexities=self.complexity)
        interval = self.result.interval(0.95)
        rows = envelope.rows
        return Intervals(
            envelope.complexity, self.result.prior[rows], interval.low[rows], interval.high[rows]
        )

    def edges(self, most: int) -> Floats:
        """Edges of at most about `most` equal bins of K, each around as many of its levels as any other."""
        levels = self.by_complexity.complexity
        span = float(levels[-1] - levels[0])
        if span == 0:
            return np.array([levels[0] - 0.5, levels[0] + 0.5])
        gap = float(np.diff(levels).min())
        width = gap * np.ceil(span / (most * gap))
        n_bins = int(np.floor(span / width + 1e-6)) + 1
        return levels[0] - gap / 2 + width * np.arange(n_bins + 1)

    def marginal(self, most: int = 60) -> tuple[Floats, Floats]:
        """Edges of bins of K, and the total prior in each."""
        edges = self.edges(most)
        table = self.by_complexity
        return edges, np.histogram(table.complexity, edges, weights=table.prior)[0]

    def cells(self) -> Cells:
        """Functions on a grid: bins of K, half octaves of P around the powers of two of the floor."""
        points, floor = self.points, self.result.floor
        half_octaves = int(np.ceil(2 * np.log2(points.prior.max() / floor))) + 1
        prior_edges = floor * np.exp2((np.arange(half_octaves + 1) - 0.5) / 2)
        complexity_edges = self.edges(most=100)
        table = np.histogram2d(
            points.prior, points.complexity, (prior_edges, complexity_edges), weights=points.functions
        )[0]
        return Cells(complexity_edges, prior_edges, table.astype(np.int64))


def check_not_empty(result: Result) -> None:
    """Raise ValueError unless the result is one with functions in it."""
    if not isinstance(result, Result):
        raise ValueError(f"a Result is wanted, got {type(result).__name__}")
    if len(result) == 0:
        raise ValueError(
            f"the result of {result.label!r} holds no functions ({result.n_samples} samples, "
            f"{result.n_undefined} of them undefined): there is nothing to plot"
        )
