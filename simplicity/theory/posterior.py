"""The exact Bayesian posterior over a prior's functions under the 0-1 likelihood.

A function fits a training set of positions of the target if it agrees on all of them. See Mingard et al.,
J. Mach. Learn. Res. 22:79, 2021.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from simplicity.functions import as_function, pack
from simplicity.theory.tabulated import AnyPrior, checked_prior

Floats = npt.NDArray[np.float64]
Words = npt.NDArray[np.uint64]


class Posterior(NamedTuple):
    """Functions that fit a training set.

    Parameters
    ----------
    functions : (F, words) uint64
        Most probable first.
    probability : (F,) float64
        Sums to 1.
    evidence : float
        Prior of all of them together: the marginal likelihood.
    """

    functions: Words
    probability: Floats
    evidence: float


def posterior(prior: AnyPrior, target: str | npt.ArrayLike, training_positions: npt.ArrayLike) -> Posterior:
    """The posterior over a prior's functions, given a target's values at some positions.

    Parameters
    ----------
    prior : Result or ExactPrior
        Functions that a result did not see count as impossible.
    target : str or (words,) uint64
        As for `simplicity.functions.as_function`: a truth table, hexadecimal, a formula, or packed.
    training_positions : array of int
        Different positions of the truth table; none gives the prior.

    Returns
    -------
    Posterior

    Raises
    ------
    ValueError
        If no function fits, a position is out of range or given twice, or the prior is truncated or empty.

    Examples
    --------
    >>> from simplicity.theory import exact
    >>> found = posterior(exact.uniform_prior(1), "01", [1])
    >>> found.probability, found.evidence
    (array([0.5, 0.5]), 0.5)
    """
    listed = checked_prior("prior", prior)
    wanted = as_function(target, listed.n_inputs)
    size = 2**listed.n_inputs
    positions = np.asarray(training_positions)
    if positions.size == 0:
        positions = np.empty(0, dtype=np.int64)
    whole = positions.ndim == 1 and positions.dtype.kind in "iu"
    if not whole or not ((positions >= 0) & (positions < size)).all():
        raise ValueError(
            f"training_positions must be integers from 0 to {size - 1}, got {training_positions!r}"
        )
    if len(np.unique(positions)) != len(positions):
        raise ValueError(f"training_positions must be different, got {training_positions!r}")
    inside = np.zeros(size, dtype=bool)
    inside[positions] = True
    fits = ((listed.functions ^ wanted) & pack(inside) == 0).all(axis=1)
    weights = listed.prior[fits]
    if not fits.any():
        raise ValueError(f"training_positions of the target are fitted by no function of {listed.label!r}")
    return Posterior(listed.functions[fits], weights / weights.sum(), float(weights.sum()))
