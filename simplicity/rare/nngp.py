"""The prior of functions at infinite width: orthants of a Gaussian process."""

from __future__ import annotations

import math
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt
from scipy import special

from simplicity.functions import as_function, unpack
from simplicity.maps import NNGP
from simplicity.maps.base import ParameterFunctionMap, checked_map
from simplicity.rare.estimate import NO_INTERVAL, Estimate, Log2Interval, Status, exact, no_number
from simplicity.rare.expectation_propagation import log2_orthant_screen
from simplicity.rare.orthant import (
    RANDOMISATIONS,
    SMALLEST_EIGENVALUE,
    OrthantEstimate,
    correlation_of,
    log2_orthant_probability,
)

_SAME = 1 - 1e-12  # correlations from here on are 1 but for rounding
_STATUS: dict[str, Status] = {"imprecise": "above target error"}


class _Process(NamedTuple):
    """A process without positions whose logit others determine exactly."""

    covariance: npt.NDArray[np.float64]  # of the positions kept
    zeros: npt.NDArray[np.int64]  # positions whose logit is always 0
    kept: npt.NDArray[np.int64]
    copies: npt.NDArray[np.int64]  # (copies, 3): position, the kept position that it follows, 1 or -1


def _process(pf_map: NNGP) -> _Process:
    covariance = pf_map.covariance
    zeros = np.flatnonzero(np.diag(covariance) == 0)
    rest = np.flatnonzero(np.diag(covariance) != 0)
    correlation = correlation_of(covariance[np.ix_(rest, rest)])
    same = np.abs(correlation) >= _SAME
    leader = same.argmax(axis=1)  # the first position that determines it
    copies = [
        (rest[x], rest[leader[x]], int(np.sign(correlation[x, leader[x]])))
        for x in range(len(rest))
        if leader[x] != x
    ]
    kept = rest[leader == np.arange(len(rest))]
    return _Process(
        covariance[np.ix_(kept, kept)], zeros, kept, np.array(copies, dtype=np.int64).reshape(-1, 3)
    )


def has_orthants(pf_map: NNGP) -> bool:
    """Whether the process is regular enough for its orthants to be computed."""
    smallest = np.linalg.eigvalsh(correlation_of(_process(pf_map).covariance))[0]
    return bool(smallest >= SMALLEST_EIGENVALUE)


def nngp_log2_prior(
    pf_map: ParameterFunctionMap,
    functions: Any,
    *,
    target_error: float = 0.1,
    max_points: int = 2**16,
    seed: int = 0,
    screen: bool = False,
) -> Any:
    """log2 P(f) at infinite width, by minimax tilting.

    Parameters
    ----------
    pf_map : NNGP
        Of a finite network, `NNGP.limit_of` is its limit: another map, with other priors.
    functions : str, (words,) uint64, or a list of such
        As for `simplicity.functions.as_function`. A list shares the kernel.
    target_error : float
        Standard error wanted, in bits.
    max_points, seed : int
        As for `log2_orthant_probability`.
    screen : bool
        Expectation propagation instead: fast, without an error, and up to about a bit off (status "screen").

    Returns
    -------
    Estimate, or a list of them for a list of functions
        Logits that are 0 with certainty (the zero input without bias) are class 0, and those that are another
        one's negative (odd processes) are its complement; functions that have it otherwise have P = 0.

    Raises
    ------
    ValueError
        If the map is no `NNGP`, its kernel is singular otherwise, or a function cannot be read.

    Examples
    --------
    >>> estimate = nngp_log2_prior(NNGP(n_inputs=3, depth=1), "x1 ^ x2")
    >>> round(estimate.log2_prior, 1), estimate.status
    (-18.3, 'converged')
    """
    if not isinstance(pf_map, NNGP):
        checked_map(pf_map)
        raise ValueError(
            f"method 'nngp' is for maps of infinite width, not for {pf_map.name}: the limit of an MLP is "
            "simplicity.maps.NNGP.limit_of(mlp), whose priors may be far from its own; use 'splitting'"
        )
    is_list = isinstance(functions, (list, tuple)) or (
        isinstance(functions, np.ndarray) and functions.ndim == 2
    )
    process = _process(pf_map)
    estimates = []
    for one in functions if is_list else [functions]:
        above = unpack(as_function(one, pf_map.n_inputs), pf_map.n_inputs)
        if above[process.zeros].any():
            estimates.append(exact(-math.inf, "logits that are always 0 are class 0"))
        elif (
            (above[process.copies[:, 0]] == above[process.copies[:, 1]]) != (process.copies[:, 2] > 0)
        ).any():
            estimates.append(exact(-math.inf, "the process is odd, and the function is not"))
        elif screen:
            value = log2_orthant_screen(process.covariance, above[process.kept])
            estimates.append(Estimate(value, math.nan, NO_INTERVAL, "expectation-propagation", "screen"))
        else:
            found = log2_orthant_probability(
                process.covariance,
                above[process.kept],
                target_error=target_error,
                max_points=max_points,
                seed=seed,
            )
            estimates.append(_estimate(found))
    return estimates if is_list else estimates[0]


def _estimate(found: OrthantEstimate) -> Estimate:
    if found.status == "exact":
        return exact(found.log2_probability, "a single sign")
    diagnostics = found.diagnostics._asdict() if found.diagnostics else {}
    if math.isnan(found.log2_probability):
        return no_number("nngp", "tilting failed", diagnostics=diagnostics)
    half = float(special.stdtrit(RANDOMISATIONS - 1, 0.975)) * found.standard_error
    value = found.log2_probability
    return Estimate(
        value,
        found.standard_error,
        Log2Interval(value - half, value + half, 0.95),
        "nngp",
        _STATUS.get(found.status, found.status),  # type: ignore[arg-type]
        runs=RANDOMISATIONS,
        evaluations=found.n_points,
        diagnostics=diagnostics,
    )
