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

_TAILS = (0.025, 0.01, 0.003, 0.001)
_MOST_WRONG = 0.1


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
    _, first, number = np.unique(observed.orbit[rows], return_index=True, return_inverse=True)
    size = observed.orbit_size[rows][first]
    weight = weights[rows]
    if not isinstance(source, Result):
        median = _quantile(ceiling[rows] - observed.log2_prior[rows], weight, 0.5)
        return median, median
    hits, squares = observed.hits[rows][first], observed.most_squares[rows][first]
    of_orbit = np.bincount(number, weights=weight).astype(np.float64)
    low, high = -np.inf, np.inf
    for tail, wrong in _tails_and_wrong(of_orbit, checked_level(level)):
        if source.readouts == 1:
            prior = binomial_interval(hits, source.n_samples, 1 - 2 * tail)
        else:
            prior = clustered_interval(hits, squares, source.n_samples, source.readouts, 1 - 2 * tail)
        with np.errstate(divide="ignore"):
            least = ceiling[rows] - np.log2(prior.high / size)[number]
            most = ceiling[rows] - np.log2(prior.low / size)[number]
        low = max(low, _quantile(least, weight, 0.5 - wrong))
        high = min(high, _quantile(most, weight, 0.5 + wrong))
    return low, high


def _tails_and_wrong(weights: Floats, level: float) -> list[tuple[float, float]]:
    """Tails of the intervals of orbits, and what share of their weight may miss on that side, in two ways.

    In either way more is missed with a probability of (1 - level) / 4 at most, so that both may be used:
    none, by Bonferroni's inequality, or few, by Bernstein's, which holds for hits of different orbits as
    they are negatively associated (Joag-Dev and Proschan, Ann. Stat. 11, 286, 1983).
    """
    miss = (1 - level) / 4
    ways = [(miss / len(weights), 0.0)]
    share = weights / weights.sum()
    for tail in _TAILS:
        variance, largest = tail * float((share**2).sum()), -np.log(miss) * float(share.max()) / 3
        wrong = tail + largest + float(np.sqrt(largest**2 - 2 * variance * np.log(miss)))
        if wrong <= _MOST_WRONG:
            return [*ways, (tail, wrong)]
    return ways


def _quantile(values: Floats, weights: Floats, share: float) -> float:
    """The smallest value that this share of the weight does not exceed."""
    order = np.argsort(values)
    reached = np.cumsum(weights[order])
    return float(values[order[np.searchsorted(reached, reached[-1] * share * (1 - 1e-12))]])
