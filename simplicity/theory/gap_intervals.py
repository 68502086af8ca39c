"""What repeating the sampling would change: the share of a list that is reached, and its median gap."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
from scipy import special

from simplicity.sampling import Result
from simplicity.statistics import binomial_interval, checked_level, clustered_interval
from simplicity.theory.bounds import Floats
from simplicity.theory.observed import KnownPrior, Observed

Mask = npt.NDArray[np.bool_]


def share_interval(
    source: Result | KnownPrior,
    observed: Observed,
    rows: Mask,
    weights: Floats,
    is_complete: bool,
    level: float,
) -> tuple[float, float]:
    """Interval of the expected share of the functions in `rows` reached; see `Gaps.share_interval`."""
    weight = weights[rows]
    total = weight.sum()
    is_reached = np.isfinite(observed.log2_prior[rows])
    share = float(weight[is_reached].sum() / total)
    variance = 0.0
    if isinstance(source, Result):
        _, first, number = np.unique(observed.orbit[rows], return_index=True, return_inverse=True)
        squares = np.bincount(number, weights=weight) ** 2
        missed_again = np.exp2(-observed.hits[rows][first] / source.readouts - 1)
        one_more = min(squares.mean(), float((squares * missed_again).sum()))
        lonely = float(squares[observed.is_lonely[rows][first]].sum())
        variance += source.readouts * (lonely + one_more) / total**2
    if not is_complete:
        deviation = weight * (is_reached - share)
        variance += float((deviation**2).sum()) / total**2
    reach = float(special.ndtri((1 + checked_level(level)) / 2)) * np.sqrt(variance)
    return max(0.0, share - reach), min(1.0, share + reach)


def median_interval(
    source: Result | KnownPrior,
    observed: Observed,
    rows: Mask,
    ceiling: Floats,
    weights: Floats,
    level: float,
) -> tuple[float, float]:
    """Interval of the median of `ceiling` - log2 P over `rows`; see `Gaps.median_interval`."""
    orbit, first, number = np.unique(observed.orbit[rows], return_index=True, return_inverse=True)
    each = 1 - (1 - checked_level(level)) / len(orbit)
    size = observed.orbit_size[rows][first]
    if isinstance(source, Result):
        hits, squares = observed.hits[rows][first], observed.most_squares[rows][first]
        if source.readouts == 1:
            found = binomial_interval(hits, source.n_samples, each)
        else:
            found = clustered_interval(hits, squares, source.n_samples, source.readouts, each)
        with np.errstate(divide="ignore"):
            low, high = np.log2(found.low / size), np.log2(found.high / size)
    else:
        low = high = observed.log2_prior[rows][first]
    return (
        _median(ceiling[rows] - high[number], weights[rows]),
        _median(ceiling[rows] - low[number], weights[rows]),
    )


def _median(values: Floats, weights: Floats) -> float:
    """The smallest value that half of the weight does not exceed."""
    order = np.argsort(values)
    reached = np.cumsum(weights[order])
    return float(values[order[np.searchsorted(reached, reached[-1] / 2 * (1 - 1e-12))]])
