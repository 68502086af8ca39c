"""What a sample says of the functions it did not show: their total prior, and how many there are at least.

Draws are independent: each sample its own, or, with readouts, all samples of one hidden draw. Nothing here
takes readouts of one draw for independent. A tally keeps of each function its samples n and the sum of
squares S over draws, not the number of draws k; k = 1 shows (S = n²), k = 2 shows only as possible, and
otherwise k lies between bounds. What follows from bounds only is called a bound.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import numpy.typing as npt
import scipy  # loads its parts when they are asked for: a tenth of a second, kept out of the import

from simplicity.statistics import Interval, checked_level

if TYPE_CHECKING:
    import pandas as pd

Floats = npt.NDArray[np.float64]
Integers = npt.NDArray[np.int64]


class Richness(NamedTuple):
    """Number of reachable functions: at least those seen, and more by estimate.

    Parameters
    ----------
    seen : int
        Distinct functions that came up.
    at_least : float
        Estimate of a lower bound of the number of functions of positive prior.
    low : float
        Lower end of the two-sided interval of that bound; never below ``seen``.
    level : float
    method : str
    """

    seen: int
    at_least: float
    low: float
    level: float
    method: str


class Abundances(NamedTuple):
    """Distinct pairs (samples, sum of squares) of functions, and how many functions have each.

    Parameters
    ----------
    counts, sum_squares, functions : (pairs,) int64
    n_samples, readouts : int
    """

    counts: Integers
    sum_squares: Integers
    functions: Integers
    n_samples: int
    readouts: int

    @classmethod
    def of(cls, counts: Integers, sum_squares: Integers, n_samples: int, readouts: int) -> Abundances:
        """The pairs of a tally."""
        order = np.lexsort((sum_squares, counts))
        n, squares = counts[order], sum_squares[order]
        is_first = np.ones(len(n), dtype=bool)
        is_first[1:] = (n[1:] != n[:-1]) | (squares[1:] != squares[:-1])
        starts = np.flatnonzero(is_first)
        return cls(n[starts], squares[starts], np.diff(starts, append=len(n)), n_samples, readouts)

    @property
    def n_draws(self) -> float:
        """Independent draws."""
        return self.n_samples / self.readouts

    @property
    def in_one_draw(self) -> npt.NDArray[np.bool_]:
        """Pairs of functions that one draw alone gave."""
        return (self.counts <= self.readouts) & (self.sum_squares == self.counts**2)

    @property
    def perhaps_in_two(self) -> npt.NDArray[np.bool_]:
        """Pairs that two draws can make, a + b = n and a² + b² = S; exact without readouts."""
        n, possible = self.counts, self.counts <= 2 * self.readouts
        square = np.where(possible, 2 * self.sum_squares - n**2, -1)  # (a - b)²
        difference = np.sqrt(np.maximum(square, 0)).round().astype(np.int64)
        larger = (n + difference) // 2
        is_square = (difference**2 == square) & ((n + difference) % 2 == 0)
        return possible & is_square & (larger < n) & (larger <= self.readouts)

    def draws(self) -> tuple[Floats, Floats, Floats]:
        """Fewest draws of each pair, their effective number n²/S, and the most."""
        n, squares = self.counts.astype(np.float64), self.sum_squares.astype(np.float64)
        effective = n**2 / squares
        fewest = np.ceil(effective - 1e-9)
        # Most draws: all but one gave a single sample, S <= k - 1 + (n - k + 1)², solved for n - k.
        most = n - np.maximum(np.ceil((np.sqrt(1 + 4 * (squares - n)) - 1) / 2 - 1e-9), 0.0)
        return fewest, effective, np.maximum(most, fewest)


def unseen_mass_interval(abundances: Abundances, level: float = 0.95) -> Interval:
    """Interval of the total prior of the functions not seen, about the Good-Turing estimate.

    The variance for independent samples is (f1 + 2 f2 - f1²/N) / N², f1 and f2 being the numbers of functions
    seen once and twice (Esty, Ann. Stat. 11:905, 1983). By hidden draw the samples of functions of one draw
    stand for f1 and those of functions of perhaps two draws for 2 f2, as if all of a draw's samples went
    together: an upper bound of the variance. Where nothing is lonely, the upper end is that of an event that
    no draw showed.

    Parameters
    ----------
    abundances : Abundances
    level : float

    Returns
    -------
    Interval
        Ends of shape (), within [0, 1].

    Examples
    --------
    >>> once, often = np.ones(25, dtype=np.int64), np.full(15, 65)
    >>> counts = np.concatenate([once, often])
    >>> interval = unseen_mass_interval(Abundances.of(counts, counts, 1000, 1))
    >>> float(interval.low.round(4)), float(interval.high.round(4))
    (0.0153, 0.0347)
    """
    tail = (1 - checked_level(level)) / 2
    n_samples, readouts, n_draws = abundances.n_samples, abundances.readouts, abundances.n_draws
    samples = abundances.counts * abundances.functions
    lonely = float(samples[abundances.in_one_draw].sum())
    twice = float(samples[abundances.perhaps_in_two].sum())
    variance = max(readouts * (lonely + twice) - lonely**2 / n_draws, 0.0) / n_samples**2
    error = -scipy.special.ndtri(tail) * np.sqrt(variance)
    low, high = lonely / n_samples - error, lonely / n_samples + error
    high = max(high, -np.expm1(np.log(tail) / n_draws))
    method = "Good-Turing" + (", upper bound of the error by hidden draw" if readouts > 1 else "")
    return Interval(np.array(max(0.0, low)), np.array(min(1.0, high)), level, method)


def richness(abundances: Abundances, level: float = 0.95) -> Richness:
    """Lower bound of the number of reachable functions (Chao's).

    Functions seen + (H - 1)/H Q1² / (2 Q2), from the numbers Q1 and Q2 of functions that one and two of H
    draws gave (Chao, Biometrics 43:783, 1987, for incidences; without readouts her abundance formula, Scand.
    J. Stat. 11:265, 1984). It is a lower bound whatever the prior: functions of tiny prior do not show in Q1
    and Q2. With readouts Q2 is an upper bound, so that the estimate is lower still, and the variance behind
    the interval is taken ``readouts`` times as large, as if the functions of a draw came together.

    Parameters
    ----------
    abundances : Abundances
    level : float

    Returns
    -------
    Richness

    Examples
    --------
    >>> counts = np.array([1] * 10 + [2] * 5 + [9] * 20)
    >>> found = richness(Abundances.of(counts, counts, int(counts.sum()), 1))
    >>> found.seen, round(found.at_least, 1), round(found.low, 1)
    (35, 45.0, 37.4)
    """
    quantile = scipy.special.ndtri((1 + checked_level(level)) / 2)
    seen = int(abundances.functions.sum())
    once = float(abundances.functions[abundances.in_one_draw].sum())
    twice = float(abundances.functions[abundances.perhaps_in_two].sum())
    share = max(1 - 1 / abundances.n_draws, 0.0)
    if twice:
        ratio = once / twice
        unseen = share * once * ratio / 2
        variance = twice * (share * ratio**2 / 2 + share**2 * ratio**3 + share**2 * ratio**4 / 4)
    else:  # the form that is finite without functions of two draws; of those 0 came up, and perhaps -ln(tail)
        unseen = share * once * (once - 1) / 2
    low = float(seen)
    if unseen > 0 and twice:
        spread = np.log1p(variance * abundances.readouts / unseen**2)
        low += unseen * float(np.exp(-quantile * np.sqrt(spread)))
    elif unseen > 0:
        missed = -np.log((1 - level) / 2) * abundances.readouts
        low += min(unseen, share * once**2 / (2 * missed))
    method = (
        "Chao1, by sample"
        if abundances.readouts == 1
        else "Chao2, by hidden draw (functions of two: at most)"
    )
    return Richness(seen, seen + unseen, low, level, method)


def rarefied(abundances: Abundances, n_draws: npt.ArrayLike) -> tuple[Floats, Floats, Floats]:
    """Expected unseen mass after so many of the draws: lower bound, estimate, upper bound.

    The unbiased estimate, sum over functions of (n/N) C(H - k, m) / C(H - 1, m) for m of H draws, k of them
    with the function (Good, Biometrika 40:237, 1953; Chao and Jost, Ecology 93:2533, 2012); at m = H - 1 that
    is Good-Turing's. Without readouts all three agree; with them k is bounded, and the estimate takes n²/S.

    Parameters
    ----------
    abundances : Abundances
    n_draws : (sizes,) array of int
        Numbers of draws, from 0 to one less than there are.

    Returns
    -------
    three (sizes,) arrays of float

    Raises
    ------
    ValueError
        If a number of draws is out of range.

    Examples
    --------
    >>> counts = np.array([3, 1, 1])
    >>> rarefied(Abundances.of(counts, counts, 5, 1), [0, 2, 4])[1].round(3)
    array([1. , 0.5, 0.4])
    """
    total = np.ceil(abundances.n_draws)
    m = np.atleast_1d(np.asarray(n_draws, dtype=np.float64))
    if ((m < 0) | (m >= total)).any():
        raise ValueError(f"n_draws must lie between 0 and {int(total) - 1}, got {n_draws!r}")
    share = abundances.functions * abundances.counts / abundances.n_samples
    curves = []
    for k in reversed(abundances.draws()):
        unseen = np.empty(len(m))
        for i, size in enumerate(m):
            left = total - k - size
            with np.errstate(invalid="ignore"):
                log_chance = (
                    scipy.special.gammaln(total - k + 1)
                    - scipy.special.gammaln(np.maximum(left, 0) + 1)
                    - scipy.special.gammaln(total)
                    + scipy.special.gammaln(total - size)
                )
            unseen[i] = share @ np.where(left > -1e-9, np.exp(np.minimum(log_chance, 0.0)), 0.0)
        curves.append(unseen)
    return curves[0], curves[1], curves[2]


def extrapolated(abundances: Abundances, n_draws: npt.ArrayLike) -> Floats:
    """Unseen mass after more draws than there are, extrapolated: fair to two or three times as many.

    (L/N) A^(m - H + 1) with A = (H - 1) Q1 / ((H - 1) Q1 + 2 Q2), L being the samples of functions of one
    draw (Chao and Jost, Ecology 93:2533, 2012).

    Parameters
    ----------
    abundances : Abundances
    n_draws : (sizes,) array of int
        Numbers of draws, from that of the sample on.

    Returns
    -------
    (sizes,) array of float

    Raises
    ------
    ValueError
        If there are fewer draws than in the sample.

    Examples
    --------
    >>> counts = np.array([1] * 10 + [2] * 5 + [9] * 20)
    >>> extrapolated(Abundances.of(counts, counts, 200, 1), [200, 400]).round(4)
    array([0.0498, 0.0183])
    """
    total = np.ceil(abundances.n_draws)
    m = np.atleast_1d(np.asarray(n_draws, dtype=np.float64))
    if (m < total).any():
        raise ValueError(f"n_draws must be at least {int(total)}, those there are; got {n_draws!r}")
    one = abundances.in_one_draw
    lonely = float((abundances.counts * abundances.functions)[one].sum())
    once = float(abundances.functions[one].sum())
    twice = float(abundances.functions[abundances.perhaps_in_two].sum())
    if not lonely:
        return np.zeros(len(m))
    factor = (total - 1) * once / max((total - 1) * once + 2 * twice, 1.0)
    found: Floats = lonely / abundances.n_samples * factor ** (m - total + 1)
    return found


def coverage_curve(abundances: Abundances, points: int = 40, times: float = 3.0) -> pd.DataFrame:
    """Rarefied and extrapolated unseen mass, as a table; see `simplicity.Result.coverage_curve`.

    Parameters
    ----------
    abundances : Abundances
    points : int
        Sizes within the sample, evenly spaced by ratio; as many beyond it are spaced evenly.
    times : float
        How many times the sample to extrapolate to.

    Raises
    ------
    ValueError
        If there are no samples, or points or times are below 1.

    Examples
    --------
    >>> counts = np.array([1] * 10 + [2] * 5 + [9] * 20)
    >>> coverage_curve(Abundances.of(counts, counts, 200, 1), points=3).round(3)[["n_samples", "unseen_mass"]]
       n_samples  unseen_mass
    0          1        0.964
    1         14        0.593
    2        199        0.050
    3        200        0.050
    4        400        0.018
    5        600        0.007
    """
    import pandas as pd

    total = int(np.ceil(abundances.n_draws))
    if total < 2 or points < 1 or times < 1:
        raise ValueError(
            f"a curve needs two independent draws and points and times from 1 up, got {total} draws, "
            f"points={points!r}, times={times!r}"
        )
    inside = np.unique(np.geomspace(1, total - 1, points).round().astype(np.int64))
    beyond = np.unique(np.linspace(total, times * total, points).round().astype(np.int64))
    low, middle, high = rarefied(abundances, inside)
    more = extrapolated(abundances, beyond)
    return pd.DataFrame(
        {
            "n_samples": np.concatenate([inside, beyond]) * abundances.readouts,
            "unseen_mass": np.concatenate([middle, more]),
            "low": np.concatenate([low, more]),
            "high": np.concatenate([high, more]),
            "kind": ["rarefied"] * len(inside) + ["extrapolated"] * len(beyond),
        }
    )
