"""Averages over hidden layers of the exact share of last layers: orthants of the conditional process.

Given its hidden layers, the logits of a network with a normal last layer are a Gaussian process of known
covariance, so that P(f) = E[P(f | hidden layers)] with an orthant inside. That covariance has rank
width + 1 at most: for more positions than that it is singular, and the share a cone's solid angle, for which
there is no such formula.
"""

from __future__ import annotations

import math
import time
from typing import Any

import numpy as np
import numpy.typing as npt

from simplicity.functions import as_function, unpack
from simplicity.maps.base import ParameterFunctionMap, checked_map
from simplicity.maps.evaluate import Evaluator
from simplicity.random import checked_integer
from simplicity.rare.estimate import Estimate, Status, log2_of_mean, no_number
from simplicity.rare.orthant import log2_orthant_probability
from simplicity.rare.seeds import seed_of_function

FIRST_DRAWS = 32
_POINTS = 512  # a hidden draw: its estimate is unbiased, so that few will do
_FEWEST_EFFECTIVE_DRAWS = 20


def conditional_covariance(
    pf_map: ParameterFunctionMap, evaluator: Evaluator, noise: npt.NDArray[Any]
) -> npt.NDArray[np.float64]:
    """Covariance of the logits, (2^n, 2^n), over last layers for the hidden layers of one row of noise."""
    readout = pf_map.readout
    if readout is None:
        raise ValueError(f"map {pf_map.name} has no linear readout, whose orthants these would be")
    rows = np.repeat(noise[None], readout.size, axis=0)
    rows[:, : readout.size] = np.eye(readout.size)  # one entry of the last layer at a time
    logits = evaluator.logits(rows).astype(np.float64)
    return np.asarray(logits.T @ logits)


def conditional_log2_prior(
    pf_map: ParameterFunctionMap,
    function: str | npt.ArrayLike,
    *,
    target_error: float = 0.3,
    max_draws: int = 4096,
    budget_seconds: float | None = None,
    seed: int = 0,
) -> Estimate:
    """log2 P(f) as the mean of conditional orthants over draws of the hidden layers.

    Worth it for functions that counting sees rarely or not at all, while the shares of different hidden
    layers are alike: wide networks. Where shares spread over many bits, a few draws carry the mean; the
    status then says "few effective samples", and splitting does better.

    Parameters
    ----------
    pf_map : ParameterFunctionMap
        With a linear readout of normal weights, of at least 2^n_inputs - 1 features.
    function : str or (words,) uint64
        As for `simplicity.functions.as_function`.
    target_error : float
        Draws are doubled until the standard error, in bits, is at most this (and enough of them count).
    max_draws : int
        Most hidden draws.
    budget_seconds : float, optional
        No doubling begins after this.
    seed : int
        Different functions get hidden draws of their own, also with one seed: their errors are independent.

    Returns
    -------
    Estimate
        Runs are hidden draws; ``diagnostics["spread"]`` is the standard deviation of log2 P(f | hidden).

    Raises
    ------
    ValueError
        If the map has no normal linear readout, the readout is too narrow, or a draw's covariance is singular
        all the same (dead rectifiers, no bias).

    Examples
    --------
    >>> from simplicity.maps import MLP
    >>> estimate = conditional_log2_prior(MLP(n_inputs=2, hidden_widths=(40,)), "x1 ^ x2")
    >>> estimate.method, estimate.status
    ('conditional', 'converged')
    """
    positions = 2 ** checked_map(pf_map).n_inputs
    if pf_map.readout is None or pf_map.noise.kind != "normal":
        raise ValueError(
            f"method 'conditional' needs a last layer of normal weights, which map {pf_map.label} has not"
        )
    if pf_map.readout.size < positions:
        raise ValueError(
            f"method 'conditional' needs at least {positions - 1} features for {positions} positions, got "
            f"{pf_map.readout.width}: the conditional covariance is singular; use 'splitting'"
        )
    words = as_function(function, pf_map.n_inputs)
    above = unpack(words, pf_map.n_inputs)
    most = checked_integer("max_draws", max_draws, FIRST_DRAWS, 2**32)
    evaluator, start = Evaluator(pf_map), time.perf_counter()
    own_seed = seed_of_function(seed, words)
    shares: list[float] = []
    wanted = FIRST_DRAWS
    while True:
        noise = pf_map.noise.draw(own_seed, np.arange(len(shares), wanted))
        for draw, row in enumerate(noise, start=len(shares)):
            covariance = conditional_covariance(pf_map, evaluator, row)
            try:
                found = log2_orthant_probability(
                    covariance, above, max_points=_POINTS, seed=(own_seed + draw) % 2**64
                )
            except ValueError as error:
                raise ValueError(
                    f"method 'conditional' fails at hidden draw {draw} of map {pf_map.label}: {error}"
                ) from error
            if math.isnan(found.log2_probability):
                return no_number("conditional", "tilting failed", runs=draw)
            shares.append(found.log2_probability)
        value, error_bits, interval = log2_of_mean(shares)
        out_of_time = budget_seconds is not None and time.perf_counter() - start > budget_seconds
        weights = np.exp2(np.array(shares) - max(shares))
        effective = float(weights.sum() ** 2 / (weights**2).sum())
        enough = error_bits <= target_error and effective >= _FEWEST_EFFECTIVE_DRAWS
        if enough or 2 * wanted > most or out_of_time:
            break
        wanted *= 2
    status: Status = "converged" if error_bits <= target_error else "above target error"
    if effective < _FEWEST_EFFECTIVE_DRAWS:
        status = "few effective samples"
    return Estimate(
        value,
        error_bits,
        interval,
        "conditional",
        status,
        runs=len(shares),
        evaluations=len(shares) * pf_map.readout.size,
        diagnostics={"effective_draws": effective, "spread": float(np.std(shares, ddof=1))},
    )
