"""Functions whose prior is exactly 0 or known: maps that are linear in their parameters, and null models."""

from __future__ import annotations

import functools

import numpy as np
import numpy.typing as npt

from simplicity.functions import as_function, unpack
from simplicity.maps import (
    BooleanCircuit,
    ExpressionTree,
    LookupTable,
    Perceptron,
    PolynomialCurve,
    PolynomialThreshold,
)
from simplicity.maps.base import ParameterFunctionMap, checked_map
from simplicity.rare.estimate import Estimate, exact
from simplicity.theory.exact import ExactPrior, exact_prior, is_threshold_function


def is_proved_unreachable(pf_map: ParameterFunctionMap, function: npt.NDArray[np.uint64]) -> bool:
    """Whether it is proved, in whole numbers, that no parameters of a linear map induce a function.

    False where some do, where nothing was proved, and for maps that are not linear in their parameters.
    """
    n = pf_map.n_inputs
    if isinstance(pf_map, PolynomialCurve):
        values = unpack(np.atleast_2d(function), n)[0]
        return int((values[1:] != values[:-1]).sum()) > pf_map.degree
    if isinstance(pf_map, PolynomialThreshold):
        degree, bias = pf_map.degree, True
    elif isinstance(pf_map, Perceptron) and (pf_map.bias_std > 0 or pf_map.inputs == "01"):
        degree, bias = 1, pf_map.bias_std > 0
    else:
        return False
    try:
        return not is_threshold_function(function, n, degree, bias=bias)
    except ArithmeticError:  # the answer of the linear programme could not be proved
        return False


@functools.lru_cache(maxsize=8)  # a list of functions asks for one map's law; maps are immutable values
def _small_law(pf_map: ParameterFunctionMap) -> ExactPrior | None:
    """All priors of a map whose law takes about a second to work out."""
    is_small = (
        (isinstance(pf_map, ExpressionTree) and pf_map.n_inputs <= 3)
        or (isinstance(pf_map, BooleanCircuit) and pf_map.n_inputs <= 3 and pf_map.n_gates <= 3)
        or (isinstance(pf_map, Perceptron) and pf_map.n_inputs <= 2 and pf_map.distribution == "normal")
    )
    return exact_prior(pf_map) if is_small else None


def exact_log2_prior(pf_map: ParameterFunctionMap, function: str | npt.ArrayLike) -> Estimate | None:
    """The exact prior where it is known: null models, and 0 where no parameters induce the function.

    Examples
    --------
    >>> exact_log2_prior(Perceptron(n_inputs=2), "x1 ^ x2").log2_prior
    -inf
    """
    function = as_function(function, checked_map(pf_map).n_inputs)
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
    if is_proved_unreachable(pf_map, function):
        return exact(-np.inf, "unreachable: no parameters induce it, proved in whole numbers")
    return None
