"""The exact prior of a map, where one of the laws of this folder covers it."""

from __future__ import annotations

import numpy as np

from simplicity.maps import BooleanCircuit, ExpressionTree, LookupTable, Perceptron, PolynomialThreshold
from simplicity.maps.base import ParameterFunctionMap
from simplicity.theory.exact.circuit import circuit_prior
from simplicity.theory.exact.perceptron import gaussian_perceptron
from simplicity.theory.exact.prior import ExactPrior
from simplicity.theory.exact.tree import tree_prior
from simplicity.theory.exact.uniform import uniform_prior


def exact_prior(pf_map: ParameterFunctionMap) -> ExactPrior:
    """The exact prior of a map.

    Parameters
    ----------
    pf_map : ParameterFunctionMap
        `LookupTable` and `ExpressionTree` of up to 4 inputs; `BooleanCircuit` of few gates; `Perceptron` with
        normal weights and three parameters at most; `PolynomialThreshold` of degree 0, or of full degree in
        the Walsh basis with normal coefficients.

    Returns
    -------
    ExactPrior

    Raises
    ------
    ValueError
        If its law is not known or too large, with the reason.

    Examples
    --------
    >>> from simplicity.maps import BooleanCircuit
    >>> exact_prior(BooleanCircuit(n_inputs=2, n_gates=3)).denominator
    576000
    """
    if isinstance(pf_map, LookupTable):
        return uniform_prior(pf_map.n_inputs)
    if isinstance(pf_map, ExpressionTree):
        return tree_prior(pf_map)
    if isinstance(pf_map, BooleanCircuit):
        return circuit_prior(pf_map.n_inputs, pf_map.n_gates, pf_map.gates)
    if isinstance(pf_map, Perceptron):
        return gaussian_perceptron(pf_map)
    if isinstance(pf_map, PolynomialThreshold):
        if pf_map.degree == 0 and pf_map.n_inputs <= 6:
            everywhere = np.uint64(2 ** (2**pf_map.n_inputs) - 1)
            constants = np.array([[0], [everywhere]], dtype=np.uint64)
            return ExactPrior.of_weights(pf_map.n_inputs, constants, [1, 1], "the sign of one coefficient")
        full = pf_map.degree == pf_map.n_inputs and pf_map.basis == "walsh"
        if full and pf_map.distribution == "normal":
            return uniform_prior(pf_map.n_inputs)
    raise ValueError(f"the exact prior of {pf_map!r} is not known: sample it")
