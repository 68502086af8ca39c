"""Priors as tables, sampled or exact, for what is computed from either."""

from __future__ import annotations

from simplicity.sampling import Result
from simplicity.theory.exact.prior import ExactPrior

#: A sampled result or an exact law: both list functions, most probable first, with their prior.
AnyPrior = Result | ExactPrior


def checked_result(name: str, result: object) -> Result:
    """A sampled result, where only one will do.

    Raises
    ------
    ValueError
        If it is anything else, an exact law included.
    """
    if not isinstance(result, Result):
        raise ValueError(
            f"{name} must be a Result of simplicity.sample or simplicity.load, got {type(result).__name__}"
        )
    return result


def checked_prior(name: str, prior: AnyPrior) -> AnyPrior:
    """A prior that lists functions, and all that came up.

    Raises
    ------
    ValueError
        If it is neither a result nor an exact law, has no functions, or is a truncated result.
    """
    if not isinstance(prior, (Result, ExactPrior)):
        raise ValueError(f"{name} must be a Result or an ExactPrior, got {type(prior).__name__}")
    if len(prior) == 0:
        raise ValueError(f"{name} has no functions: {prior.label!r} was sampled for none that is defined")
    if isinstance(prior, Result) and prior.is_truncated:
        raise ValueError(
            f"{name} must list all functions that came up, but {prior.label!r} lists {prior.extent}: "
            f"load the whole file"
        )
    return prior
