"""The null model: every function alike."""

from __future__ import annotations

import numpy as np

from simplicity.functions import checked_n_inputs
from simplicity.theory.exact.prior import ExactPrior

MOST_INPUTS = 4


def uniform_prior(n_inputs: int) -> ExactPrior:
    """All 2^(2^n) functions alike: a lookup table, or a Walsh polynomial of full degree, normal coefficients.

    Raises
    ------
    ValueError
        If n_inputs is above 4: there are too many functions to list.

    Examples
    --------
    >>> law = uniform_prior(3)
    >>> len(law), law.entropy
    (256, 8.0)
    """
    if checked_n_inputs(n_inputs) > MOST_INPUTS:
        raise ValueError(f"n_inputs must be {MOST_INPUTS} or less to list all functions, got {n_inputs}")
    size = 2**2**n_inputs
    functions = np.arange(size, dtype=np.uint64)[:, None]
    return ExactPrior.of_weights(n_inputs, functions, np.ones(size, dtype=np.int64), f"all {size} functions")
