"""Priors as tables, sampled or exact, for what is computed from either; and the ways to name a function."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from simplicity.functions import checked_words, from_strings, named_functions
from simplicity.sampling import Result
from simplicity.theory.exact.prior import ExactPrior

#: A sampled result or an exact law: both list functions, most probable first, with their prior.
AnyPrior = Result | ExactPrior


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


def checked_function(name: str, function: str | npt.ArrayLike, n_inputs: int) -> npt.NDArray[np.uint64]:
    """One packed function, (words,), given as a string of 0 and 1, by its name, or packed.

    Raises
    ------
    ValueError
        If it is none of these, or not of so many inputs.

    Examples
    --------
    >>> checked_function("target", "x1 & x2", 2), checked_function("target", "0001", 2)
    (array([8], dtype=uint64), array([8], dtype=uint64))
    """
    if isinstance(function, str):
        known = named_functions(n_inputs)
        if function in known:
            return known[function]
        if len(function) != 2**n_inputs or not set(function) <= {"0", "1"}:
            raise ValueError(
                f"{name} must be a name such as 'x1' or a string of {2**n_inputs} zeros and ones, "
                f"got {function!r}"
            )
        return np.asarray(from_strings([function])[0])
    words = checked_words(function, n_inputs)
    if len(words) != 1:
        raise ValueError(f"{name} must be one function, got {len(words)}")
    return np.asarray(words[0])
