"""Distributions of which the upper end is cut off: the Kaplan-Meier curve, with weights.

A function that never came up has a gap of *at least* so many bits. To drop such functions would make every
map look tight, and to count them at the cut-off a little less so; the product-limit estimate does neither.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import numpy.typing as npt
from scipy import special

from simplicity.statistics import checked_level

Floats = npt.NDArray[np.float64]

_FEWEST_UNITS = 6  # the range of five holds the median with a probability of 94 % only


class Quantile(NamedTuple):
    """A quantile with its interval.

    Parameters
    ----------
    value : float
        The quantile, or what it is larger than; NaN if there is no data.
    is_lower_bound : bool
        Whether the quantile lies beyond what is resolved: then it is larger than `value`, which is as far as
        the curve goes.
    low, high : float
        Ends of the interval; high is inf where the data do not bound it. NaN with fewer than six units.
    """

    value: float
    is_lower_bound: bool
    low: float
    high: float

    def __str__(self) -> str:
        return f"> {self.value:.3g}" if self.is_lower_bound else f"{self.value:.3g}"


class Survival(NamedTuple):
    """The share of a population whose value is larger than each of these, arrays of one length.

    Parameters
    ----------
    values : float64
        Different observed values, ascending.
    surviving : float64
        Estimated share that is larger.
    error : float64
        Its standard error.
    furthest : float
        The largest value or cut-off: the curve says nothing beyond it.
    n_units : int
    """

    values: Floats
    surviving: Floats
    error: Floats
    furthest: float
    n_units: int

    def quantile(self, share: float = 0.5, level: float = 0.95) -> Quantile:
        """The value that a share of the population does not exceed (Brookmeyer and Crowley, 1982)."""
        if not 0 < share < 1:
            raise ValueError(f"share must lie strictly between 0 and 1, got {share!r}")
        z = float(special.ndtri((1 + checked_level(level)) / 2))
        middle = self._first(self.surviving, share)
        value, is_bound = (self.furthest, True) if np.isnan(middle) else (middle, False)
        if self.n_units < _FEWEST_UNITS:
            return Quantile(value, is_bound, np.nan, np.nan)
        low = self._first(self.surviving - z * self.error, share)
        high = self._first(self.surviving + z * self.error, share)
        return Quantile(
            value, is_bound, self.furthest if np.isnan(low) else low, np.inf if np.isnan(high) else high
        )

    def _first(self, curve: Floats, share: float) -> float:
        below = np.flatnonzero(curve <= 1 - share + 1e-12)
        return float(self.values[below[0]]) if len(below) else np.nan


def kaplan_meier(values: npt.ArrayLike, is_observed: npt.ArrayLike, weights: npt.ArrayLike = 1.0) -> Survival:
    """Kaplan-Meier estimate of how values are distributed, of which some are known to be larger only.

    S(t) = Π over observed u <= t of (1 - d(u) / Y(u)): d is the weight of units with value u, Y that of
    units whose value or cut-off is u or more (Kaplan and Meier, J. Am. Stat. Assoc. 53, 457, 1958). The error
    is that of the infinitesimal jackknife, Var S = S² Σ (w ∂ log S / ∂w)²: with equal weights Greenwood's
    formula, and with unequal ones right where weights say how many functions a unit stands for. Cut-offs
    must not depend on the value given all else.

    Parameters
    ----------
    values : (units,) array of float
        The value, or what it is larger than.
    is_observed : (units,) array of bool
        False where it is the latter.
    weights : (units,) array of float
        Above 0.

    Returns
    -------
    Survival

    Raises
    ------
    ValueError
        If lengths differ, a value is NaN or a weight not positive.

    Examples
    --------
    Of five functions, two are known to have gaps above 4 bits.

    >>> curve = kaplan_meier([1, 2, 3, 4, 4], [True, True, True, False, False])
    >>> curve.values, curve.surviving.round(3)
    (array([1., 2., 3.]), array([0.8, 0.6, 0.4]))
    >>> str(curve.quantile(0.5)), str(curve.quantile(0.9))
    ('3', '> 4')
    """
    shapes = [np.shape(given) for given in (values, is_observed, weights)]
    if len(shapes[0]) != 1 or shapes[1] != shapes[0] or shapes[2] not in ((), shapes[0]):
        raise ValueError(f"values, is_observed and weights must be of one length, got shapes {shapes}")
    t, observed, w = np.broadcast_arrays(
        np.atleast_1d(np.asarray(values, np.float64)),
        np.asarray(is_observed, bool),
        np.asarray(weights, np.float64),
    )
    if np.isnan(t).any():
        raise ValueError("values must not be NaN")
    if not ((w > 0) & np.isfinite(w)).all():
        raise ValueError("weights must be finite and above 0")
    if len(t) == 0:
        return Survival(np.empty(0), np.empty(0), np.empty(0), np.nan, 0)
    order = np.argsort(t, kind="stable")
    t, observed, w = t[order], observed[order], w[order]
    times = np.unique(t[observed])
    at_risk = np.cumsum(w[::-1])[::-1][np.searchsorted(t, times)]
    place = np.searchsorted(times, t)  # of the event at t itself, or the next one
    died = np.zeros(len(times))
    np.add.at(died, place[observed], w[observed])
    left = at_risk - died
    left[left < 1e-12 * at_risk] = 0.0  # the last one, up to rounding
    surviving = np.cumprod(left / at_risk)
    with np.errstate(divide="ignore"):
        greenwood = np.concatenate([[0.0], np.cumsum(died / (at_risk * left))])
    # The derivative of log S by each weight once its unit is gone: an event leaves -1 / Y at its own time.
    influence = np.empty(len(t))
    influence[observed] = greenwood[place[observed]] - 1 / at_risk[place[observed]]
    influence[~observed] = greenwood[np.searchsorted(times, t[~observed], side="right")]
    gone = np.searchsorted(t, times, side="right")
    of_gone = np.concatenate([[0.0], np.cumsum((w * influence) ** 2)])[gone]
    rest = np.concatenate([np.cumsum(w[::-1] ** 2)[::-1], [0.0]])[gone]
    of_rest = np.where(surviving > 0, rest * np.where(surviving > 0, greenwood[1:], 0.0) ** 2, 0.0)
    error = surviving * np.sqrt(np.where(surviving > 0, of_gone + of_rest, 0.0))
    return Survival(times, surviving, error, float(t[-1]), len(t))
