"""Complexity measures by name, and the one way to call them, built-in or a user's own.

A new built-in measure is one file and one entry in `MEASURES`. A user's own measure is any function of
``(words, n_inputs)``, or of boolean tables alone, passed to `measure`.
"""

from __future__ import annotations

import difflib
import functools
import inspect
from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from simplicity.complexity.anf import anf_degree, anf_monomials
from simplicity.complexity.bdd import BEST_ORDER_UP_TO, bdd_nodes
from simplicity.complexity.bdm import block_decomposition
from simplicity.complexity.circuit import circuit_size
from simplicity.complexity.contract import Measure
from simplicity.complexity.critical_samples import critical_sample_ratio
from simplicity.complexity.entropy import ones_entropy
from simplicity.complexity.formula import formula_size
from simplicity.complexity.fourier import fourier_degree, fourier_l1, fourier_mean_frequency
from simplicity.complexity.lz76 import lz76_complexity
from simplicity.complexity.lz78 import lz78_phrases
from simplicity.complexity.npn import MAX_SEARCHED
from simplicity.complexity.sensitivity import average_sensitivity, max_sensitivity
from simplicity.complexity.sum_of_products import EXACT_SOP_INPUTS, sop_terms
from simplicity.complexity.zlib_size import zlib_size
from simplicity.functions import row_slices, unpack

MEASURES: dict[str, Measure] = {
    "lz76": Measure(
        name="lz76",
        label=r"$K_{\mathrm{LZ}}$ (LZ76)",
        units="bits",
        source="Dingle, Camargo and Louis, Nat. Commun. 9, 761 (2018)",
        function=lz76_complexity,
    ),
    "lz78": Measure(
        name="lz78",
        label=r"$N_{\mathrm{LZ78}}$ (LZ78)",
        units="phrases",
        source="Ziv and Lempel, IEEE Trans. Inf. Theory 24, 530 (1978)",
        function=lz78_phrases,
    ),
    "entropy": Measure(
        name="entropy",
        label=r"$H(T/2^n)$ (entropy)",
        units="bits per position",
        source="Shannon, Bell Syst. Tech. J. 27, 379 (1948)",
        function=ones_entropy,
    ),
    "average_sensitivity": Measure(
        name="average_sensitivity",
        label=r"$\mathrm{AS}(f)/n$ (average sensitivity)",
        units="fraction",
        source="O'Donnell, Analysis of Boolean Functions (2014)",
        function=average_sensitivity,
    ),
    "max_sensitivity": Measure(
        name="max_sensitivity",
        label=r"$s(f)$ (maximal sensitivity)",
        units="inputs",
        source="Cook, Dwork and Reischuk, SIAM J. Comput. 15, 87 (1986)",
        function=max_sensitivity,
    ),
    "fourier_degree": Measure(
        name="fourier_degree",
        label=r"$\deg(f)$ (Fourier degree)",
        units="inputs",
        source="Nisan and Szegedy, Comput. Complexity 4, 301 (1994)",
        function=fourier_degree,
    ),
    "fourier_l1": Measure(
        name="fourier_l1",
        label=r"$\sum_S |\hat F(S)|$ (Fourier L1)",
        units="±1 outputs",
        source="Kushilevitz and Mansour, SIAM J. Comput. 22, 1331 (1993)",
        function=fourier_l1,
    ),
    "fourier_mean_frequency": Measure(
        name="fourier_mean_frequency",
        label=r"$\sum_S |S| \hat F(S)^2$ (mean frequency)",
        units="inputs",
        source="O'Donnell, Analysis of Boolean Functions (2014)",
        function=fourier_mean_frequency,
    ),
    "anf_degree": Measure(
        name="anf_degree",
        label=r"$\deg_2(f)$ (ANF degree)",
        units="inputs",
        source="Carlet, Boolean Functions for Cryptography and Coding Theory (2021)",
        function=anf_degree,
    ),
    "anf_monomials": Measure(
        name="anf_monomials",
        label=r"$N_{\mathrm{ANF}}$ (ANF monomials)",
        units="products",
        source="Carlet, Boolean Functions for Cryptography and Coding Theory (2021)",
        function=anf_monomials,
    ),
    "critical_sample_ratio": Measure(
        name="critical_sample_ratio",
        label="CSR (critical sample ratio)",
        units="fraction",
        source="Arpit et al., ICML (2017); Valle-Pérez, Camargo and Louis, ICLR (2019)",
        function=critical_sample_ratio,
    ),
    "bdd_nodes": Measure(
        name="bdd_nodes",
        label=r"$N_{\mathrm{BDD}}$ (decision diagram)",
        units="nodes",
        source="Bryant, IEEE Trans. Comput. C-35, 677 (1986); Friedman and Supowit, ibid. 39, 710 (1990)",
        function=bdd_nodes,
        exact_up_to=BEST_ORDER_UP_TO,
    ),
    "bdm": Measure(
        name="bdm",
        label="BDM (block decomposition)",
        units="bits",
        source="Zenil et al., Entropy 20, 605 (2018)",
        function=block_decomposition,
        extra="bdm",
        module="pybdm",
    ),
    "zlib": Measure(
        name="zlib",
        label=r"$L_{\mathrm{zlib}}$ (zlib)",
        units="bytes",
        source="Deutsch, RFC 1951 (1996)",
        function=zlib_size,
    ),
    "sop_terms": Measure(
        name="sop_terms",
        label="minimal sum of products",
        units="terms",
        source="Quine, Am. Math. Mon. 62, 627 (1955)",
        function=sop_terms,
        exact_up_to=EXACT_SOP_INPUTS,
    ),
    "formula_size": Measure(
        name="formula_size",
        label="formula size",
        units="AND/OR operators",
        source="Knuth, The Art of Computer Programming 4A, section 7.1.2",
        function=formula_size,
        max_inputs=MAX_SEARCHED,
    ),
    "circuit_size": Measure(
        name="circuit_size",
        label="circuit size",
        units="two-input gates",
        source="Knuth, The Art of Computer Programming 4A, section 7.1.2",
        function=circuit_size,
        max_inputs=MAX_SEARCHED,
    ),
}


def measure(name_or_callable: str | Measure | Callable[[NDArray[np.uint64], int], ArrayLike]) -> Measure:
    """Return the measure that a name or a user's function stands for.

    Parameters
    ----------
    name_or_callable : str, Measure or callable
        A name in `MEASURES`; a measure, returned as it is; or a function of ``(words, n_inputs)``, or one of
        a single argument, which is taken as `table_measure` does; named by its ``__name__``.

    Returns
    -------
    Measure
        Callable as ``(words, n_inputs)``.

    Raises
    ------
    ValueError
        If the name is unknown, or the argument is neither text nor callable.

    Examples
    --------
    >>> measure("lz76").units
    'bits'
    >>> from simplicity.functions import from_strings, ones
    >>> def fewest(words, n_inputs):
    ...     return np.minimum(ones(words), 2**n_inputs - ones(words))
    >>> measure(fewest)(from_strings(["0111", "0110"]), 2)
    array([1., 2.])
    """
    if isinstance(name_or_callable, Measure):
        return name_or_callable
    if isinstance(name_or_callable, str):
        if name_or_callable in MEASURES:
            return MEASURES[name_or_callable]
        near = difflib.get_close_matches(name_or_callable.lower(), MEASURES, n=1)
        hint = f": did you mean {near[0]!r}?" if near else "."
        raise ValueError(
            f"measure {name_or_callable!r} is unknown{hint} "
            f"There are {', '.join(MEASURES)}; or pass a function of (words, n_inputs)"
        )
    if callable(name_or_callable):
        function: Any = name_or_callable
        if _takes_tables(function):
            return table_measure(function)
        name = getattr(function, "__name__", type(function).__name__)
        return Measure(name=name, label=name, units="unknown", source="user", function=function)
    raise ValueError(f"measure must be a name, a Measure or a function, not {name_or_callable!r}")


def _takes_tables(function: Callable[..., Any]) -> bool:
    """Whether a function can be called with one argument, and not with two."""
    try:
        signature = inspect.signature(function)
    except (TypeError, ValueError):  # some that are compiled have none
        return False
    try:
        signature.bind(None, None)
        return False
    except TypeError:
        try:
            signature.bind(None)
            return True
        except TypeError:
            return False


def _on_tables(
    function: Callable[[NDArray[np.bool_]], ArrayLike], words: NDArray[np.uint64], n_inputs: int
) -> NDArray[Any]:
    parts = [function(unpack(words[rows], n_inputs)) for rows in row_slices(len(words), n_inputs)]
    return np.concatenate([np.atleast_1d(np.asarray(part)) for part in parts])


def table_measure(function: Callable[[NDArray[np.bool_]], ArrayLike]) -> Measure:
    """Make a measure of a function that reads truth tables instead of packed words (a decorator).

    Parameters
    ----------
    function : callable
        Maps truth tables, bool of shape (count, 2^n), to shape (count,). It may get a long list in parts.

    Returns
    -------
    Measure
        Named by the function's ``__name__``; callable as ``(words, n_inputs)``.

    Examples
    --------
    >>> from simplicity.functions import from_strings
    >>> @table_measure
    ... def changes(tables):
    ...     return np.count_nonzero(tables[:, 1:] != tables[:, :-1], axis=1)
    >>> changes(from_strings(["0110", "0000"]), 2)
    array([2., 0.])
    """
    name = getattr(function, "__name__", type(function).__name__)
    on_words = functools.partial(_on_tables, function)
    return Measure(name=name, label=name, units="unknown", source="user", function=on_words)
