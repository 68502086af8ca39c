"""Gaussian orthant probabilities, however small: minimax exponential tilting.

P(signs_i Z_i > 0 for all i), Z normal with mean 0 and a given covariance, is sampled one variable after the
other, each truncated to its side (Genz, J. Comput. Graph. Stat. 1:141, 1992), with the least likely
variables first (Gibson, Glasbey and Elston 1994) and each mean shifted by a tilt that minimises the largest
possible weight (Botev, J. R. Stat. Soc. B 79:125, 2017). All weights are kept as logarithms. Points are
scrambled Sobol points; independent scramblings give the standard error.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Literal, NamedTuple

import numpy as np
import numpy.typing as npt
from scipy.special import erfcx, log_ndtr, logsumexp, ndtri_exp
from scipy.stats import qmc

from simplicity.compilation import kernel
from simplicity.random import checked_integer, checked_seed

Floats = npt.NDArray[np.float64]
OrthantStatus = Literal["exact", "converged", "imprecise", "few effective samples", "tilting failed"]

#: Independent scramblings of the Sobol points.
RANDOMISATIONS = 8
#: Correlation matrices with a smaller eigenvalue count as singular: rounding would decide the answer.
SMALLEST_EIGENVALUE = 1e-8
#: Fewer effective samples than this, and the standard error itself is not to be trusted.
FEWEST_EFFECTIVE_SAMPLES = 100

_POINTS_AT_A_TIME = 512
_NEWTON_STEPS = 100
_LARGEST_DIMENSION = 4096


class OrthantDiagnostics(NamedTuple):
    """How an estimate came about.

    Parameters
    ----------
    relative_error : float
        Standard error of the probability over the probability.
    effective_samples : float
        (Σ w)² / Σ w² of the weights w of all points.
    log2_upper_bound : float
        A bound on the probability: the largest weight that a point can have.
    newton_residual : float
        What the tilting misses its equations by.
    smallest_eigenvalue : float
        Of the correlation matrix.
    """

    relative_error: float
    effective_samples: float
    log2_upper_bound: float
    newton_residual: float
    smallest_eigenvalue: float


@dataclass(frozen=True)
class OrthantEstimate:
    """An orthant probability.

    Parameters
    ----------
    log2_probability : float
        NaN if the tilting failed; -inf if the event is impossible.
    standard_error : float
        Of log2_probability, in bits, from independent scramblings.
    n_points : int
        Points over all scramblings.
    status : {"exact", "converged", "imprecise", "few effective samples", "tilting failed"}
        "converged" only if the standard error is at or below the target and the weights are even enough for
        it to be trusted.
    diagnostics : OrthantDiagnostics, optional
        None for what needed no sampling.
    """

    log2_probability: float
    standard_error: float
    n_points: int
    status: OrthantStatus
    diagnostics: OrthantDiagnostics | None = None


def _inverse_mills(t: Floats) -> Floats:
    """phi(t) / Phi(t), the mean of a standard normal above -t, in both tails."""
    with np.errstate(over="ignore"):
        return np.asarray(math.sqrt(2 / math.pi) / erfcx(-np.asarray(t) / math.sqrt(2)))


def _ordered_factor(correlation: Floats) -> Floats:
    """Cholesky factor of the reordered matrix: rows over their diagonal entries, without the diagonal.

    The next variable is the one least likely to be positive, given that those before it are at the means
    that their truncation gives them.
    """
    size = len(correlation)
    factor = np.zeros((size, size))
    order = np.arange(size)
    mean, variance = np.zeros(size), np.diag(correlation).copy()
    for k in range(size):
        pivot = k + int(np.argmin(mean[order[k:]] / np.sqrt(variance[order[k:]])))
        order[k], order[pivot] = order[pivot], order[k]
        chosen, rest = order[k], order[k + 1 :]
        scale = math.sqrt(variance[chosen])
        factor[chosen, k] = scale
        column = (correlation[rest, chosen] - factor[rest, :k] @ factor[chosen, :k]) / scale
        factor[rest, k] = column
        variance[rest] -= column**2
        mean[rest] += column * float(_inverse_mills(mean[chosen] / scale))
    factor = factor[order]
    return np.tril(factor, -1) / np.diag(factor)[:, None]


class _Tilting(NamedTuple):
    shifts: Floats
    log_bound: float
    residual: float


def _tilting(factor: Floats) -> _Tilting:
    """The saddle point of log weight(x, mu): the largest over x, the smallest over mu. Newton, with halving.

    log weight = Σ_k mu_k² / 2 - x_k mu_k + log Phi(t_k), t = factor @ x + mu; of the last variable x and mu
    are 0.
    """
    size = len(factor) - 1
    inner = factor[:, :size]
    eye = np.eye(size)

    def slopes(point: Floats) -> tuple[Floats, Floats, Floats]:
        x, mu = point[:size], point[size:]
        t = inner @ x + np.append(mu, 0)
        mills = _inverse_mills(t)
        return np.concatenate([inner.T @ mills - mu, mu - x + mills[:size]]), t, mills

    point = np.zeros(2 * size)
    gradient, t, mills = slopes(point)
    residual = float(np.abs(gradient).max(initial=0))
    for _ in range(_NEWTON_STEPS):
        if residual < 1e-10:
            break
        bends = mills * (t + mills)
        by_x = bends[:, None] * inner
        mixed = -eye - by_x[:size]
        hessian = np.block([[-inner.T @ by_x, mixed.T], [mixed, eye - np.diag(bends[:size])]])
        try:
            step = np.linalg.solve(hessian, -gradient)
        except np.linalg.LinAlgError:
            break
        for halvings in range(30):
            trial = point + step / 2**halvings
            trial_slopes = slopes(trial)
            trial_residual = float(np.abs(trial_slopes[0]).max())
            if trial_residual < residual:
                break
        else:
            break
        point, residual = trial, trial_residual
        gradient, t, mills = trial_slopes
    x, mu = point[:size], point[size:]
    bound = float(np.sum(mu**2 / 2 - x * mu) + np.sum(log_ndtr(t)))
    return _Tilting(np.append(mu, 0), bound, residual)


@kernel
def _conditional_means(weights, drawn, shift, out):
    """shift + weights @ drawn. BLAS would do it on threads that wait for each other."""
    out[:] = shift
    for j in range(weights.shape[0]):
        weight, row = weights[j], drawn[j]
        for x in range(out.shape[0]):
            out[x] += weight * row[x]


def _log_weights(factor: Floats, shifts: Floats, uniforms: Floats) -> Floats:
    """Log weights of points, (points,), from their uniform numbers, (points, size - 1)."""
    size = len(factor)
    log_uniforms = np.log(np.maximum(uniforms.T, 2.0**-60))
    drawn = np.empty_like(log_uniforms)
    total, means = np.zeros(len(uniforms)), np.empty(len(uniforms))
    for k in range(size):
        _conditional_means(factor[k, :k], drawn, shifts[k], means)
        log_side = log_ndtr(means)
        total += log_side
        if k < size - 1:
            drawn[k] = shifts[k] - ndtri_exp(log_uniforms[k] + log_side)
            total += shifts[k] * (shifts[k] / 2 - drawn[k])
    return total


class _Sampler:
    """Sobol points of independent scramblings, and the sums of their weights so far."""

    def __init__(self, factor: Floats, shifts: Floats, entropy: list[int]) -> None:
        self.factor, self.shifts = factor, shifts
        self.sequences = [
            qmc.Sobol(len(factor) - 1, rng=np.random.Generator(np.random.Philox(child)))
            for child in np.random.SeedSequence(entropy).spawn(RANDOMISATIONS)
        ]
        self.log_sums = np.full(RANDOMISATIONS, -np.inf)
        self.log_squares = -math.inf
        self.points = 0  # of each scrambling

    def add(self, points: int) -> None:
        for r, sequence in enumerate(self.sequences):
            for first in range(0, points, _POINTS_AT_A_TIME):
                uniforms = sequence.random(min(_POINTS_AT_A_TIME, points - first))
                weights = _log_weights(self.factor, self.shifts, uniforms)
                self.log_sums[r] = np.logaddexp(self.log_sums[r], logsumexp(weights))
                self.log_squares = np.logaddexp(self.log_squares, logsumexp(2 * weights))
        self.points += points

    @property
    def log_probability(self) -> float:
        return float(logsumexp(self.log_sums)) - math.log(RANDOMISATIONS * self.points)

    @property
    def relative_error(self) -> float:
        """Standard error over the mean, from the means of the scramblings."""
        means = np.exp(self.log_sums - self.log_sums.max())
        return float(means.std(ddof=1) / means.mean() / math.sqrt(RANDOMISATIONS))

    @property
    def effective_samples(self) -> float:
        return float(np.exp(2 * logsumexp(self.log_sums) - self.log_squares))


def checked_covariance(covariance: npt.ArrayLike) -> Floats:
    """A square, symmetric, finite matrix."""
    matrix = np.asarray(covariance, dtype=np.float64)
    if matrix.ndim != 2 or matrix.shape[0] != matrix.shape[1] or not matrix.size:
        raise ValueError(f"covariance must be a square matrix, got shape {matrix.shape}")
    if len(matrix) > _LARGEST_DIMENSION:
        raise ValueError(f"covariance must have {_LARGEST_DIMENSION} rows at most, got {len(matrix)}")
    if not np.isfinite(matrix).all():
        raise ValueError("covariance must be finite, but an entry is NaN or infinite")
    if np.abs(matrix - matrix.T).max() > 1e-10 * np.abs(matrix).max():
        raise ValueError("covariance must be symmetric")
    return matrix


def checked_signs(signs: npt.ArrayLike, size: int) -> npt.NDArray[np.bool_]:
    """The side of each variable as bools: True is above 0."""
    array = np.asarray(signs)
    if array.shape != (size,):
        raise ValueError(f"signs must have shape ({size},), one a row of the covariance, got {array.shape}")
    if array.dtype == np.bool_:
        return array
    if array.dtype.kind not in "if" or not (np.abs(array) == 1).all():
        raise ValueError("signs must be bools, or the numbers -1 and +1")
    return np.asarray(array > 0)


def correlation_of(covariance: Floats) -> Floats:
    """The correlation matrix, of exact unit diagonal; ValueError where a variance is 0 or less."""
    deviations = np.sqrt(np.maximum(np.diag(covariance), 0))
    if not deviations.all():
        where = int(np.argmin(deviations))
        raise ValueError(
            f"covariance must have variances above 0, but that of variable {where} is "
            f"{covariance[where, where]:g}: a variable that is always 0 has no side; leave it out"
        )
    correlation = covariance / deviations / deviations[:, None]
    correlation = (correlation + correlation.T) / 2
    np.fill_diagonal(correlation, 1)
    return np.asarray(correlation)


def log2_orthant_probability(
    covariance: npt.ArrayLike,
    signs: npt.ArrayLike,
    *,
    target_error: float = 0.1,
    max_points: int = 2**16,
    seed: int = 0,
) -> OrthantEstimate:
    """log2 of the probability that every variable of a centred normal vector is on its side of 0.

    Parameters
    ----------
    covariance : (d, d) array of float
        Positive definite, d at most 4096 (128 take about a second).
    signs : (d,) array of bool, or of -1 and +1
        True or +1: above 0.
    target_error : float
        Points are doubled until the standard error, in bits, is at most this (and the weights are even enough
        for it to be trusted).
    max_points : int
        Most points in all, rounded down to 8 scramblings of a power of two.
    seed : int
        With the signs it determines the points, so that errors of different orthants are independent.

    Returns
    -------
    OrthantEstimate

    Raises
    ------
    ValueError
        If the covariance is not symmetric, finite and positive definite, a variance is 0, it is so nearly
        singular that rounding would decide the answer, or an argument is out of range.

    Examples
    --------
    Equicorrelated variables with correlation 1/2, k of d of them below 0: 1 / ((d + 1) C(d, k)).

    >>> import numpy as np
    >>> estimate = log2_orthant_probability(np.full((5, 5), 0.5) + np.eye(5) / 2, [1, 1, 1, -1, -1])
    >>> abs(2**estimate.log2_probability - 1 / 60) < 0.001, estimate.status
    (True, 'converged')
    """
    matrix = checked_covariance(covariance)
    above = checked_signs(signs, len(matrix))
    if not target_error > 0:
        raise ValueError(f"target_error must be above 0 bits, got {target_error!r}")
    most = checked_integer("max_points", max_points, RANDOMISATIONS * 64, 2**40) // RANDOMISATIONS
    entropy = [checked_seed(seed), *np.packbits(above).tolist()]
    correlation = correlation_of(matrix)
    smallest = float(np.linalg.eigvalsh(correlation)[0])
    if smallest < SMALLEST_EIGENVALUE:
        raise ValueError(
            "covariance must be positive definite, but the smallest eigenvalue of its correlations is "
            f"{smallest:.2g}: estimate such a probability by splitting, in the space of the parameters"
        )
    if len(matrix) == 1:
        return OrthantEstimate(-1.0, 0.0, 0, "exact")
    sides = np.where(above, 1.0, -1.0)
    factor = _ordered_factor(correlation * sides * sides[:, None])
    tilting = _tilting(factor)
    if not tilting.residual < 1e-6:
        diagnostics = OrthantDiagnostics(math.nan, 0.0, 0.0, tilting.residual, smallest)
        return OrthantEstimate(math.nan, math.nan, 0, "tilting failed", diagnostics)
    sampler = _Sampler(factor, tilting.shifts, entropy)
    sampler.add(64)
    while 2 * sampler.points <= most and (
        sampler.relative_error / math.log(2) > target_error
        or sampler.effective_samples < FEWEST_EFFECTIVE_SAMPLES
    ):
        sampler.add(sampler.points)
    return _estimate(sampler, tilting, smallest, target_error)


def _estimate(sampler: _Sampler, tilting: _Tilting, smallest: float, target_error: float) -> OrthantEstimate:
    diagnostics = OrthantDiagnostics(
        sampler.relative_error,
        sampler.effective_samples,
        tilting.log_bound / math.log(2),
        tilting.residual,
        smallest,
    )
    error = sampler.relative_error / math.log(2)
    status: OrthantStatus = "converged" if error <= target_error else "imprecise"
    if sampler.effective_samples < FEWEST_EFFECTIVE_SAMPLES:
        status = "few effective samples"
    points = RANDOMISATIONS * sampler.points
    return OrthantEstimate(sampler.log_probability / math.log(2), error, points, status, diagnostics)
