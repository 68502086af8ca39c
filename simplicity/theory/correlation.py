"""How well a complexity measure orders functions as the prior does: rank correlations with intervals."""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from simplicity.complexity import measure as find_measure
from simplicity.sampling import Result
from simplicity.theory.bounds import AnyMeasure, complexities_of
from simplicity.theory.envelope import independent_hits


class RankCorrelation(NamedTuple):
    """Spearman's rank correlation of log2 P and complexity over some functions, with an interval.

    Parameters
    ----------
    value, low, high : float
    n_functions : int
        Functions that it is taken over.
    min_hits : int
        The fewest independent hits of any of them.
    """

    value: float
    low: float
    high: float
    n_functions: int
    min_hits: int


def rank_correlation(
    result: Result,
    measure: AnyMeasure = "lz76",
    min_hits: int = 10,
    level: float = 0.95,
    *,
    complexities: npt.ArrayLike | None = None,
) -> RankCorrelation:
    """Correlate the ranks of log2 P and of complexity over the functions that were hit often enough.

    The value describes those functions, each counted once: what was hit less is left out, which narrows the
    range of P and so weakens the correlation, and counting errors weaken it further where hits are few. The
    interval is Fisher's, with the standard error of Bonett and Wright, sqrt((1 + r²/2) / (F - 3)), as if
    functions were drawn independently. Functions of one orbit share their prior, so it is a lower limit
    of the uncertainty.

    Parameters
    ----------
    result : Result
    measure : str, Measure or callable
        As for `simplicity.complexity.measure`.
    min_hits : int
        Functions with fewer independent hits are left out.
    level : float
        Of the interval, between 0 and 1.
    complexities : (F,) array_like, optional
        Complexities of the result's functions, if known already.

    Returns
    -------
    RankCorrelation

    Raises
    ------
    ValueError
        If fewer than 4 functions remain, all of one prior or of one complexity; if min_hits is not positive
        or level not between 0 and 1; or as `simplicity.complexity.measure`.

    References
    ----------
    D. G. Bonett and T. A. Wright, Psychometrika 65, 23 (2000).

    Examples
    --------
    >>> import simplicity
    >>> result = simplicity.sample(simplicity.maps.MLP(n_inputs=3, hidden_widths=(10,)), 10_000, seed=0)
    >>> rank_correlation(result).value < 0
    True
    """
    from scipy import stats

    if min_hits < 1:
        raise ValueError(f"min_hits must be 1 or more, got {min_hits}")
    if not 0 < level < 1:
        raise ValueError(f"level must be between 0 and 1, got {level}")
    values = complexities_of(result, find_measure(measure), complexities)
    kept = independent_hits(result) >= min_hits
    n_functions = int(np.count_nonzero(kept))
    if n_functions < 4:
        raise ValueError(
            f"{n_functions} functions have {min_hits} independent hits or more: 4 at least are needed"
        )
    ranks = [stats.rankdata(each[kept]) for each in (values, result.counts)]
    if any(np.ptp(each) == 0 for each in ranks):
        raise ValueError(f"the {n_functions} functions are all of one complexity or all of one prior")
    value = float(np.clip(np.corrcoef(*ranks)[0, 1], -1, 1))
    half = stats.norm.isf((1 - level) / 2) * math.sqrt((1 + value**2 / 2) / (n_functions - 3))
    centre = math.atanh(value) if abs(value) < 1 else math.copysign(math.inf, value)
    return RankCorrelation(value, math.tanh(centre - half), math.tanh(centre + half), n_functions, min_hits)
