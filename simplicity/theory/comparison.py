"""One prior set against another: entropies, divergences and the number of ones, with errors.

All of them are plug-in estimates from frequencies, whose bias does not show in their errors: functions not
seen are missing. Each estimate therefore comes with bounds on what those may add.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import numpy.typing as npt
from scipy import special

from simplicity.functions import ones
from simplicity.sampling import Result
from simplicity.theory.tabulated import AnyPrior, checked_prior

if TYPE_CHECKING:
    import pandas as pd

Floats = npt.NDArray[np.float64]


class FunctionalEstimate(NamedTuple):
    """A functional of priors.

    Parameters
    ----------
    value : float
    standard_error : float
        Of sampling, by the delta method; 0 of exact laws. With readouts an upper bound, that of one sample a
        hidden draw: a tally does not keep which functions shared one.
    low, high : float
        Bounds that allow for functions not seen, sampling errors aside.
    unseen_mass : float
        Good-Turing estimate of the prior not seen, of the larger of two.
    method : str
    """

    value: float
    standard_error: float
    low: float
    high: float
    unseen_mass: float
    method: str


def entropy(prior: AnyPrior) -> FunctionalEstimate:
    """Shannon entropy of a prior over functions, in bits.

    Of a result, the Miller-Madow estimate (Miller 1955): plug-in plus Σ var(P_f) / (2 P_f ln 2) bits with
    variances clustered by hidden draw, which is (F - 1) / (2 N ln 2) without readouts. Where much mass is
    unseen it is still too low: the lower bound is the plug-in, the upper one puts the unseen mass u evenly
    on all functions not seen, (1 - u) H + u log2(number of them) + h(u).

    Parameters
    ----------
    prior : Result or ExactPrior

    Returns
    -------
    FunctionalEstimate

    Raises
    ------
    ValueError
        If the prior is truncated or empty.

    Examples
    --------
    >>> from simplicity.theory import exact
    >>> entropy(exact.uniform_prior(2)).value
    4.0
    """
    listed = checked_prior("prior", prior)
    p = _normalised(listed)
    plug_in = float(-(p * np.log2(p)).sum())
    if not isinstance(listed, Result):
        return FunctionalEstimate(plug_in, 0.0, plug_in, plug_in, 0.0, "exact")
    correction = float((_variances(listed) / p).sum()) / (2 * math.log(2))
    left = 2.0 ** min(2**listed.n_inputs, 1000) - len(p)
    unseen = listed.unseen_mass if left > 0 else 0.0
    spread = float(special.entr([unseen, 1 - unseen]).sum() / math.log(2))
    log2_left = float(2**listed.n_inputs) if 2**listed.n_inputs > 1000 else math.log2(max(left, 1))
    high = (1 - unseen) * plug_in + unseen * log2_left + spread
    value = min(plug_in + correction, float(2**listed.n_inputs))
    error = _delta_error(listed, -np.log2(p) - plug_in)
    return FunctionalEstimate(value, error, plug_in, max(high, value), unseen, "Miller-Madow")


def kl_divergence(prior: AnyPrior, reference: AnyPrior, *, pseudocount: float = 0.5) -> FunctionalEstimate:
    """Kullback-Leibler divergence D(prior || reference) = Σ P log2(P / Q), in bits.

    Frequencies make it infinite wherever the reference did not see a function, so a function that the
    reference may have missed counts there as ``pseudocount`` draws: the value depends on that if much of P
    lies there, and ``high`` is infinite then (as it truly may be). ``low`` merges all functions that the
    reference did not see into one, with the mass that it did not see, which never adds divergence. The
    plug-in's bias, which is upward, is taken off to second order; no value is below 0.

    Parameters
    ----------
    prior, reference : Result or ExactPrior
        Of the same number of inputs.
    pseudocount : float
        Above 0; has no effect where the reference is exact (a divergence may be infinite then) or saw
        every function of the prior.

    Returns
    -------
    FunctionalEstimate
        Standard error by the delta method from both.

    Raises
    ------
    ValueError
        If a prior is truncated or empty, the numbers of inputs differ, or pseudocount is not above 0.

    Examples
    --------
    >>> from simplicity.theory import exact
    >>> kl_divergence(exact.layered_machine(1, 1), exact.uniform_prior(1)).value
    0.0
    >>> kl_divergence(exact.uniform_prior(1), exact.circuit_prior(1, 1, "nand")).value
    inf
    """
    if not pseudocount > 0:
        raise ValueError(f"pseudocount must be above 0, got {pseudocount!r}")
    pair = paired(prior, reference)
    p, q = pair.p, pair.q
    of_p, missed = p > 0, (p > 0) & (q == 0)
    largest = max(_unseen(prior), _unseen(reference))
    if missed.any() and not isinstance(reference, Result):
        return FunctionalEstimate(math.inf, 0.0, math.inf, math.inf, largest, "exact reference")
    floor = pseudocount / reference.n_draws if isinstance(reference, Result) else 1.0
    filled = np.where(missed, floor, np.where(of_p, q, 1.0))
    ratio = np.log2(np.where(of_p, p, filled) / filled)
    plug_in = float(p @ ratio)
    slope = -p / np.where(missed, math.inf, filled) / math.log(2)  # of each q; those filled in do not vary
    error = math.hypot(_delta_error(prior, ratio[pair.rows_p]), _delta_error(reference, slope[pair.rows_q]))
    bias = float((_variances(prior) / p[pair.rows_p]).sum()) / (2 * math.log(2))
    both = pair.rows_q[p[pair.rows_q] > 0]
    curvature = (p / filled**2)[both]
    bias += float((curvature * _variances(reference)[p[pair.rows_q] > 0]).sum()) / (2 * math.log(2))
    value = low = max(plug_in - bias, 0.0)
    if missed.any():
        outside = float(p[missed].sum())
        merged = outside * math.log2(outside / max(_unseen(reference), floor))
        low = float(p[~missed] @ ratio[~missed]) + merged - bias
    high = math.inf if missed.any() else value
    sampled = isinstance(prior, Result) or isinstance(reference, Result)
    method = "plug-in, corrected to second order" if sampled else "exact"
    return FunctionalEstimate(value, error, min(max(low, 0.0), value), high, largest, method)


def total_variation(prior: AnyPrior, other: AnyPrior) -> FunctionalEstimate:
    """Total variation distance Σ |P - Q| / 2, between 0 and 1.

    Frequencies differ even where the laws agree, so the plug-in is biased upward: ``low`` takes off its
    expectation for equal laws, E|P - Q| ~ sqrt(2 var / pi), function by function, where that dominates. What
    neither saw may add no more than the larger unseen mass.

    Parameters
    ----------
    prior, other : Result or ExactPrior
        Of the same number of inputs.

    Returns
    -------
    FunctionalEstimate

    Raises
    ------
    ValueError
        If a prior is truncated or empty, or the numbers of inputs differ.

    Examples
    --------
    >>> from simplicity.theory import exact
    >>> round(total_variation(exact.uniform_prior(1), exact.circuit_prior(1, 1, "nand")).value, 12)
    0.75
    """
    pair = paired(prior, other)
    p, q = pair.p, pair.q
    value = float(np.abs(p - q).sum() / 2)
    sign = np.sign(p - q) / 2
    variance = np.zeros(len(p))
    variance[pair.rows_p] += _variances(prior)
    variance[pair.rows_q] += _variances(other)
    error = math.hypot(_delta_error(prior, sign[pair.rows_p]), _delta_error(other, sign[pair.rows_q]))
    bias = float(np.sqrt(2 / math.pi * variance).sum() / 2)
    unseen = max(_unseen(prior), _unseen(other))
    method = "plug-in" if isinstance(prior, Result) or isinstance(other, Result) else "exact"
    return FunctionalEstimate(value, error, max(value - bias, 0.0), min(value + unseen, 1.0), unseen, method)


class Pair(NamedTuple):
    """Two priors over all functions that either lists: the first's in its order, then the other's alone.

    Parameters
    ----------
    p, q : (F,) float64
        0 where a prior does not list a function; each sums to 1 (undefined samples left out).
    functions : (F, words) uint64
    rows_p, rows_q : int64
        Where each prior's own functions are, in its own order.
    """

    p: Floats
    q: Floats
    functions: npt.NDArray[np.uint64]
    rows_p: npt.NDArray[np.int64]
    rows_q: npt.NDArray[np.int64]


def paired(prior: AnyPrior, other: AnyPrior) -> Pair:
    """Put two priors side by side, function by function.

    Raises
    ------
    ValueError
        If a prior is truncated or empty, or the numbers of inputs differ.
    """
    first, second = checked_prior("prior", prior), checked_prior("other", other)
    if first.n_inputs != second.n_inputs:
        raise ValueError(
            f"both priors must have functions of as many inputs, got {first.n_inputs} and {second.n_inputs}"
        )
    functions = np.concatenate([first.functions, second.functions])
    words = functions.shape[1]
    keys = functions[:, 0] if words == 1 else functions.view([("", "u8")] * words)[:, 0]
    _, first_row, inverse = np.unique(keys, return_index=True, return_inverse=True)
    places = np.empty(len(first_row), dtype=np.int64)
    places[np.argsort(first_row)] = np.arange(len(first_row))
    place = places[inverse]
    p, q = np.zeros(len(first_row)), np.zeros(len(first_row))
    rows_p, rows_q = place[: len(first)], place[len(first) :]
    p[rows_p], q[rows_q] = _normalised(first), _normalised(second)
    return Pair(p, q, functions[np.sort(first_row)], rows_p, rows_q)


def prior_by_ones(prior: AnyPrior) -> pd.DataFrame:
    """P(T), the law of the number of ones, with errors; P(f | T) is P(f) / P(T) of its T.

    P(T) is unbiased, however rare the functions: each sample counts, its function seen before or not.

    Parameters
    ----------
    prior : Result or ExactPrior

    Returns
    -------
    pandas.DataFrame
        Rows for T = 0 … 2^n: ``ones``, ``prior``, its ``standard_error`` (with readouts an upper bound) and
        ``functions`` listed.

    Examples
    --------
    >>> from simplicity.theory import exact
    >>> prior_by_ones(exact.layered_machine(1, 1))
       ones  prior  standard_error  functions
    0     0   0.25             0.0          1
    1     1   0.50             0.0          2
    2     2   0.25             0.0          1
    """
    import pandas as pd

    listed = checked_prior("prior", prior)
    p, number = _normalised(listed), ones(listed.functions)
    size = 2**listed.n_inputs + 1
    of_each = np.bincount(number, weights=p, minlength=size)
    errors = [_delta_error(listed, (number == t) - of_each[t]) for t in range(size)]
    return pd.DataFrame(
        {
            "ones": np.arange(size),
            "prior": of_each,
            "standard_error": errors,
            "functions": np.bincount(number, minlength=size),
        }
    )


def prior_given_ones(prior: AnyPrior) -> Floats:
    """P(f | T) of each listed function, (F,), given its own number of ones.

    Examples
    --------
    >>> from simplicity.theory import exact
    >>> prior_given_ones(exact.uniform_prior(1))
    array([1. , 0.5, 0.5, 1. ])
    """
    listed = checked_prior("prior", prior)
    p, number = _normalised(listed), ones(listed.functions)
    return np.asarray(p / np.bincount(number, weights=p)[number])


def _normalised(prior: AnyPrior) -> Floats:
    """The prior of what is defined."""
    return np.asarray(prior.prior / prior.prior.sum())


def _unseen(prior: AnyPrior) -> float:
    return prior.unseen_mass if isinstance(prior, Result) else 0.0


def _variances(prior: AnyPrior) -> Floats:
    """Sampling variance of each listed function's frequency, clustered by hidden draw."""
    if not isinstance(prior, Result):
        return np.zeros(len(prior))
    spread = prior.sum_squares / prior.n_samples**2 - prior.prior**2 / prior.n_draws
    return np.asarray(np.maximum(spread, 0.0))


def _delta_error(prior: AnyPrior, derivatives: Floats) -> float:
    """Standard error of Σ derivative_f P_f; with readouts, as of one sample a hidden draw."""
    if not isinstance(prior, Result):
        return 0.0
    p = _normalised(prior)
    variance = float(p @ (derivatives - float(p @ derivatives)) ** 2)
    return math.sqrt(variance / prior.n_draws)
