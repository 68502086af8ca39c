"""Functions whose prior is exactly 0 or known: maps that are linear in their parameters, and null models."""

from __future__ import annotations

import functools

import numpy as np
import numpy.typing as npt

from simplicity.functions import unpack
from simplicity.maps import (
    BooleanCircuit,
    ExpressionTree,
    LookupTable,
    Perceptron,
    PolynomialCurve,
    PolynomialThreshold,
)
from simplicity.maps.base import ParameterFunctionMap
from simplicity.maps.evaluate import Evaluator
from simplicity.rare.estimate import Estimate, exact
from simplicity.theory.exact import ExactPrior
from simplicity.theory.exact import exact_prior as law_of

_ZERO_MARGIN = 1e-9


def is_linear(pf_map: ParameterFunctionMap) -> bool:
    """Whether logits are a linear function of the noise (of built-in maps)."""
    return isinstance(pf_map, (Perceptron, PolynomialThreshold, PolynomialCurve))


def margin(pf_map: ParameterFunctionMap, function: npt.NDArray[np.uint64]) -> float:
    """The largest margin with which parameters of at most 1 each induce a function; 0 where none do.

    A linear programme: maximise t where (2 f(x) - 1) logit(x) >= t at every x, |parameters| <= 1, logits
    scaled to rows of unit length. A logit that is always 0 has class 0.

    Raises
    ------
    ValueError
        If the map is not linear in its parameters.
    """
    from scipy.optimize import linprog

    if not is_linear(pf_map):
        raise ValueError(f"map {pf_map.name} must be linear in its parameters for this")
    size = pf_map.noise.width
    design = Evaluator(pf_map).logits(np.eye(size, dtype=pf_map.noise.dtype)).T.astype(np.float64)
    wanted = unpack(np.atleast_2d(function), pf_map.n_inputs)[0]
    lengths = np.linalg.norm(design, axis=1)
    if (wanted & (lengths == 0)).any():
        return 0.0
    rows = lengths > 0
    signed = np.where(wanted, 1.0, -1.0)[rows, None] * design[rows] / lengths[rows, None]
    constraints = np.concatenate([-signed, np.ones((len(signed), 1))], axis=1)
    bounds = [(-1.0, 1.0)] * size + [(0.0, None)]
    found = linprog(
        np.r_[np.zeros(size), -1.0], constraints, np.zeros(len(signed)), bounds=bounds, method="highs"
    )
    if not found.success:
        raise RuntimeError(f"the linear programme of the margin failed: {found.message}")
    return float(-found.fun)


@functools.cache
def _small_law(pf_map: ParameterFunctionMap) -> ExactPrior | None:
    """All priors of a map whose law takes about a second to work out."""
    is_small = (
        (isinstance(pf_map, ExpressionTree) and pf_map.n_inputs <= 3)
        or (isinstance(pf_map, BooleanCircuit) and pf_map.n_inputs <= 3 and pf_map.n_gates <= 3)
        or (isinstance(pf_map, Perceptron) and pf_map.n_inputs <= 2 and pf_map.distribution == "normal")
    )
    return law_of(pf_map) if is_small else None


def exact_prior(pf_map: ParameterFunctionMap, function: npt.NDArray[np.uint64]) -> Estimate | None:
    """The exact prior where it is known: null models, and 0 where no parameters induce the function.

    Examples
    --------
    >>> from simplicity.functions import as_function
    >>> exact_prior(Perceptron(n_inputs=2), as_function("x1 ^ x2", 2)).log2_prior
    -inf
    """
    positions = 2**pf_map.n_inputs
    if isinstance(pf_map, LookupTable):
        return exact(-float(positions), "the null model")
    if isinstance(pf_map, PolynomialThreshold) and (pf_map.basis, pf_map.degree, pf_map.distribution) == (
        "walsh",
        pf_map.n_inputs,
        "normal",
    ):
        return exact(-float(positions), "full degree in the Walsh basis is the null model")
    if (law := _small_law(pf_map)) is not None:
        rows = np.flatnonzero((law.functions == function).all(axis=1))
        return exact(float(np.log2(law.prior[rows[0]])) if len(rows) else -np.inf, law.source)
    if isinstance(pf_map, PolynomialCurve):
        values = unpack(np.atleast_2d(function), pf_map.n_inputs)[0]
        if int((values[1:] != values[:-1]).sum()) > pf_map.degree:
            return exact(-np.inf, "unreachable: more sign changes than the degree")
    elif is_linear(pf_map) and margin(pf_map, function) <= _ZERO_MARGIN:
        return exact(-np.inf, "unreachable: no parameters induce it (linear programme)")
    return None
