"""Statistics of counts: intervals for a prior, with or without clusters, and the mass not seen yet."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import numpy.typing as npt
import scipy  # loads its parts when they are asked for: a tenth of a second, kept out of the import

Floats = npt.NDArray[np.float64]


class Interval(NamedTuple):
    """Lower and upper ends, arrays of one shape, the nominal level, and how they were obtained."""

    low: Floats
    high: Floats
    level: float
    method: str


def checked_level(level: float) -> float:
    """A confidence level strictly between 0 and 1."""
    if not 0 < level < 1:
        raise ValueError(f"level must lie strictly between 0 and 1, got {level!r}")
    return float(level)


def binomial_interval(counts: npt.ArrayLike, n_samples: npt.ArrayLike, level: float = 0.95) -> Interval:
    """Clopper-Pearson interval of a probability: never covers less than its level.

    Clopper and Pearson, Biometrika 26:404, 1934. Counts may be fractional (effective counts).

    Parameters
    ----------
    counts : array of float
        Hits, between 0 and n_samples.
    n_samples : array of float
        Independent samples.
    level : float

    Returns
    -------
    Interval

    Raises
    ------
    ValueError
        If the level is not between 0 and 1, or a count not between 0 and n_samples.

    Examples
    --------
    >>> interval = binomial_interval([0, 5, 10], 10)
    >>> interval.low.round(3), interval.high.round(3)
    (array([0.   , 0.187, 0.692]), array([0.308, 0.813, 1.   ]))
    """
    tail = (1 - checked_level(level)) / 2
    hits, n = np.broadcast_arrays(
        np.asarray(counts, dtype=np.float64), np.asarray(n_samples, dtype=np.float64)
    )
    if ((hits < 0) | (hits > n)).any():
        raise ValueError("counts must lie between 0 and n_samples")
    misses = n - hits
    low = scipy.special.betaincinv(np.where(hits > 0, hits, 1.0), misses + 1, tail)
    high = scipy.special.betaincinv(hits + 1, np.where(misses > 0, misses, 1.0), 1 - tail)
    return Interval(np.where(hits > 0, low, 0.0), np.where(misses > 0, high, 1.0), level, "Clopper-Pearson")


def clustered_interval(
    counts: npt.ArrayLike, sum_squares: npt.ArrayLike, n_samples: int, readouts: int, level: float = 0.95
) -> Interval:
    """Interval of a probability from samples that come in clusters (readouts of one hidden draw).

    The variance between hidden draws gives an effective number of samples, with which the Clopper-Pearson
    interval is taken (Korn and Graubard, Survey Methodology 24:193, 1998); it is never more than n_samples.

    Parameters
    ----------
    counts : (functions,) array
        Hits, sum over hidden draws h of n_h.
    sum_squares : (functions,) array
        Sum over hidden draws of n_h².
    n_samples : int
    readouts : int
        Samples a hidden draw.
    level : float

    Returns
    -------
    Interval

    Examples
    --------
    >>> apart = clustered_interval([64], [64], 64_000, 64)  # 64 draws hit once each
    >>> together = clustered_interval([64], [64**2], 64_000, 64)  # one draw hit 64 times
    >>> bool(together.high[0] - together.low[0] > 4 * (apart.high[0] - apart.low[0]))
    True
    """
    checked_level(level)
    hits = np.asarray(counts, dtype=np.float64)
    n_draws = max(n_samples / readouts, 1.0)
    effective = effective_samples(hits, sum_squares, n_samples, readouts)
    if n_draws > 1:
        quantile = (1 + level) / 2
        effective = (
            effective * (scipy.special.ndtri(quantile) / scipy.special.stdtrit(n_draws - 1, quantile)) ** 2
        )
    effective = np.maximum(effective, 1.0)
    interval = binomial_interval(np.minimum(hits / n_samples * effective, effective), effective, level)
    return interval._replace(method="Clopper-Pearson, clustered by hidden draw")


def effective_samples(
    counts: npt.ArrayLike, sum_squares: npt.ArrayLike, n_samples: int, readouts: int
) -> npt.NDArray[np.float64]:
    """Number of independent samples whose error would be that of these clustered ones, (functions,).

    Examples
    --------
    >>> effective_samples([64, 64], [64, 64**2], 64_000, 64).round().astype(int).tolist()
    [64000, 999]
    """
    hits = np.asarray(counts, dtype=np.float64)
    prior = hits / n_samples
    n_draws = max(n_samples / readouts, 1.0)
    spread = np.asarray(sum_squares, dtype=np.float64) - prior**2 * n_samples * readouts
    variance = np.maximum(spread, 0.0) / n_samples**2 * (n_draws / max(n_draws - 1, 1.0))
    with np.errstate(divide="ignore", invalid="ignore"):
        effective = prior * (1 - prior) / variance
    # No spread at all (every draw gave the same, up to rounding) says no more than the number of draws does.
    spreads = spread > 1e-9 * np.asarray(sum_squares, dtype=np.float64)
    return np.clip(np.where(spreads, effective, n_draws), 1.0, n_samples)


def unseen_mass(lonely_samples: float, n_samples: float) -> float:
    """Good-Turing estimate of the total prior of the functions not seen yet.

    Good, Biometrika 40:237, 1953. For clustered samples, a sample is lonely if no other hidden draw gave
    its function: the estimate then is of the mass unseen by another draw.

    Parameters
    ----------
    lonely_samples : float
        Samples whose function came up in one independent draw only.
    n_samples : float

    Examples
    --------
    >>> unseen_mass(25, 1000)
    0.025
    """
    return float(lonely_samples / n_samples) if n_samples else 1.0
