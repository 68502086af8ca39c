"""The upper envelope of the data, and the tightest line above it."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from simplicity.complexity import measure as find_measure
from simplicity.sampling import Result
from simplicity.theory.bounds import AnyMeasure, Bound, Floats, complexities_of
from simplicity.theory.tabulated import checked_result

_DECIMALS = 9  # complexities closer than this are one level: they differ by rounding only


class Envelope(NamedTuple):
    """The largest prior at each complexity.

    Parameters
    ----------
    complexity : (levels,) float64
        Different complexities, in ascending order.
    log2_prior : (levels,) float64
        log2 of the largest prior there.
    rows : (levels,) int64
        The function that has it, as a row of the result.
    n_levels : int
        Complexities that came up at all, those included whose envelope is not resolved.
    """

    complexity: Floats
    log2_prior: Floats
    rows: npt.NDArray[np.int64]
    n_levels: int


def independent_hits(result: Result) -> Floats:
    """How many independent hits the count of each function is worth, (F,).

    Without readouts, the counts. With readouts, hits by one hidden draw are no independent ones; the number
    of equally weighted draws that would have the same relative error is (Σ n_h)² / Σ n_h², n_h being the
    hits by hidden draw h (Kish, Survey Sampling, 1965): 1 if one draw made all hits, at most the count.

    Examples
    --------
    >>> import simplicity
    >>> network = simplicity.maps.MLP(n_inputs=3, hidden_widths=(10,))
    >>> result = simplicity.sample(network, 6400, seed=0, readouts=64)
    >>> bool((independent_hits(result) <= result.counts).all())
    True
    """
    counts = checked_result("result", result).counts.astype(np.float64)
    return counts**2 / result.sum_squares


def levels_of(complexities: npt.ArrayLike) -> tuple[Floats, npt.NDArray[np.intp]]:
    """The different complexities in ascending order, and for each function the number of its own."""
    values, inverse = np.unique(np.round(np.asarray(complexities, float), _DECIMALS), return_inverse=True)
    return values, inverse


def upper_envelope(
    result: Result,
    measure: AnyMeasure = "lz76",
    min_count: float = 10,
    *,
    complexities: npt.ArrayLike | None = None,
) -> Envelope:
    """The most probable function at each complexity, where its prior is resolved.

    Parameters
    ----------
    result : Result
    measure : str, Measure or callable
        As for `simplicity.complexity.measure`.
    min_count : float
        Levels whose most probable function has fewer `independent_hits` are left out: at the floor, the
        largest of many estimates says more about their number than about any prior.
    complexities : (F,) array of float, optional
        Complexities of ``result.functions`` where they are known already.

    Returns
    -------
    Envelope

    Raises
    ------
    ValueError
        If min_count is not positive, or the measure is unknown or breaks its contract.

    Examples
    --------
    >>> import simplicity
    >>> result = simplicity.sample(simplicity.maps.Perceptron(n_inputs=2), 1000, seed=0)
    >>> upper_envelope(result).complexity
    array([2., 5., 6.])
    """
    if not min_count > 0:
        raise ValueError(f"min_count must be above 0, got {min_count!r}")
    values, level = levels_of(complexities_of(result, find_measure(measure), complexities))
    # Rows come most frequent first, so the first row of a level is its largest prior.
    rows = np.unique(level, return_index=True)[1].astype(np.int64)
    resolved = independent_hits(result)[rows] >= min_count
    rows = rows[resolved]
    return Envelope(values[resolved], np.log2(result.prior[rows]), rows, len(values))


def fitted_bound(
    result: Result,
    measure: AnyMeasure = "lz76",
    min_count: float = 10,
    *,
    complexities: npt.ArrayLike | None = None,
) -> Bound | None:
    """The tightest line above the upper envelope of the data.

    Of all lines log2 P = -a K - b with a >= 0 that have every point of `upper_envelope` on or below them,
    the one with the smallest sum of gaps to those points. Dingle, Camargo and Louis (Nat. Commun. 9, 761,
    2018) fix a from the map and only b from data; fitting both says how much of the ceiling a map uses. The
    line is one through data: each of its contacts is a largest estimate out of many, so it lies a little
    high, and it says nothing beyond the complexities where the envelope is resolved.

    Parameters
    ----------
    result : Result
    measure : str, Measure or callable
        As for `simplicity.complexity.measure`.
    min_count : float
        As for `upper_envelope`.
    complexities : (F,) array of float, optional
        Complexities of ``result.functions`` where they are known already.

    Returns
    -------
    Bound or None
        None if the envelope is resolved at fewer than two complexities.

    Raises
    ------
    ValueError
        As for `upper_envelope`.

    Examples
    --------
    >>> import simplicity
    >>> result = simplicity.sample(simplicity.maps.Perceptron(n_inputs=2), 1000, seed=0)
    >>> line, envelope = fitted_bound(result), upper_envelope(result)
    >>> bool((line(envelope.complexity) >= envelope.log2_prior - 1e-9).all())
    True
    """
    found = find_measure(measure)
    envelope = upper_envelope(result, found, min_count, complexities=complexities)
    if len(envelope.complexity) < 2:
        return None
    a, b = tightest_line(envelope.complexity, envelope.log2_prior)
    return Bound(
        a=a,
        b=b,
        measure=found.name,
        kind="fitted",
        source=f"tightest line above the most probable functions at {len(envelope.complexity)} of "
        f"{envelope.n_levels} values of K, those with {min_count:g} or more independent hits",
    )


def tightest_line(x: Floats, y: Floats) -> tuple[float, float]:
    """(a, b) of the line y = -a x - b, a >= 0, above all points with the smallest sum of gaps to them.

    The sum of gaps is, up to a constant, the line's height at the mean of x; the lowest line there is the
    edge of the upper convex hull above the mean, so no optimiser is needed. An edge that rises gives way to
    the horizontal line through the highest point. Where the mean hits a corner of the hull, all lines
    between its two edges are as tight, and the steeper edge is taken.

    Parameters
    ----------
    x : (points,) array of float
        Strictly ascending, two or more.
    y : (points,) array of float

    Examples
    --------
    >>> import numpy as np
    >>> tightest_line(np.array([0.0, 1.0, 2.0, 3.0]), np.array([0.0, -5.0, -2.0, -3.5]))
    (1.0, 0.0)
    """
    hull = _upper_hull(x, y)
    right = int(np.searchsorted(x[hull], x.mean(), side="right"))
    first, last = hull[right - 1], hull[right]
    slope = (y[last] - y[first]) / (x[last] - x[first])
    if slope >= 0:
        return 0.0, 0.0 - float(y.max())
    # Of the two ends, rounding could leave either above the line: the intercept is taken from both.
    return -float(slope), 0.0 - float(max(y[first] - slope * x[first], y[last] - slope * x[last]))


def _upper_hull(x: Floats, y: Floats) -> list[int]:
    """Corners of the upper convex hull from left to right (Andrew, Inf. Process. Lett. 9:216, 1979)."""
    hull: list[int] = []
    for point in range(len(x)):
        while len(hull) > 1 and _is_below(x, y, hull[-2], hull[-1], point):
            hull.pop()
        hull.append(point)
    return hull


def _is_below(x: Floats, y: Floats, left: int, middle: int, right: int) -> bool:
    """Whether the middle point lies on or below the line from the left to the right one."""
    return bool((y[middle] - y[left]) * (x[right] - x[left]) <= (y[right] - y[left]) * (x[middle] - x[left]))
