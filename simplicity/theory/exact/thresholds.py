"""Which functions are signs of polynomials: decided by linear programs and proved in whole numbers."""

from __future__ import annotations

import functools
import itertools
from fractions import Fraction

import numpy as np
import numpy.typing as npt
from scipy.optimize import linprog

from simplicity.functions import (
    checked_n_inputs,
    checked_words,
    complement,
    input_table,
    negate_inputs,
    permute_inputs,
    unpack,
)
from simplicity.random import checked_integer

Words = npt.NDArray[np.uint64]
_MOST_INPUTS = 4
_LARGEST_DENOMINATOR = 10_000


def threshold_functions(n_inputs: int, degree: int = 1, *, bias: bool = True) -> Words:
    """All functions that are the sign of a real polynomial of a degree, exactly.

    Functions that differ by the order or negation of inputs or by complement are signs together: one
    of each class is decided by a linear program, whose answer is proved in whole numbers: coefficients with
    those signs, or weights of positions under which every monomial cancels (Gordan 1873).

    Parameters
    ----------
    n_inputs : int
        Up to 4.
    degree : int
        0 to n_inputs; 1 are the linearly separable functions (OEIS A000609).
    bias : bool
        Without, for degree 1 and inputs 0 and 1 alone: no constant term (OEIS A034997), ties left out.

    Returns
    -------
    (F, 1) uint64
        In ascending order of the packed word.

    Raises
    ------
    ValueError
        If an argument is out of range, or bias is left out at another degree.

    Examples
    --------
    >>> [len(threshold_functions(2, degree)) for degree in (0, 1, 2)]
    [2, 14, 16]
    """
    n = checked_n_inputs(n_inputs)
    if n > _MOST_INPUTS:
        raise ValueError(f"n_inputs must be {_MOST_INPUTS} or less to decide all functions, got {n}")
    degree = checked_integer("degree", degree, 0, n)
    if not bias and degree != 1:
        raise ValueError(f"degree must be 1 without bias, got {degree}")
    return _threshold_functions(n, degree, bias)


def is_threshold_function(
    function: npt.ArrayLike, n_inputs: int, degree: int = 1, *, bias: bool = True
) -> bool:
    """Whether one packed function is the sign of a polynomial of a degree, proved in whole numbers.

    Parameters
    ----------
    function : (words,) uint64
    n_inputs : int
        Linear programs of 2^n rows: seconds at n = 10.
    degree : int
    bias : bool
        As of `threshold_functions`.

    Raises
    ------
    ValueError
        If an argument is out of range.

    Examples
    --------
    >>> from simplicity.functions import named_functions
    >>> majority = named_functions(5)["maj(x1,x2,x3,x4,x5)"]
    >>> parity = named_functions(5)["parity(x1,x2,x3,x4,x5)"]
    >>> is_threshold_function(majority, 5), is_threshold_function(parity, 5, degree=4)
    (True, False)
    """
    n = checked_n_inputs(n_inputs)
    degree = checked_integer("degree", degree, 0, n)
    table = unpack(checked_words(function, n), n)[0]
    return _is_sign(table, _monomials(n, degree, bias))


@functools.cache
def _threshold_functions(n: int, degree: int, bias: bool) -> Words:
    everything = np.arange(2**2**n, dtype=np.uint64)[:, None]
    classes = _classes(everything, n, bias)
    monomials = _monomials(n, degree, bias)
    representatives = np.unique(classes)
    signs = [_is_sign(unpack(everything[row], n), monomials) for row in representatives]
    found = everything[np.isin(classes, representatives[np.array(signs)])]
    found.flags.writeable = False  # shared by every caller
    return found


def _classes(words: Words, n: int, bias: bool) -> npt.NDArray[np.int64]:
    """The smallest function of each function's class under the symmetries of the polynomials."""
    images = [permute_inputs(words, n, order) for order in itertools.permutations(range(n))]
    if bias:
        smallest = np.minimum.reduce([np.minimum(w, complement(w, n)) for w in images])
        for k in range(n):  # of classes that permutations join, negating one input after the other joins all
            smallest = _joined(smallest, negate_inputs(words, n, [k]))
        return smallest[:, 0].astype(np.int64)
    # Weights of opposite signs: the complement everywhere but at the zero input.
    opposite = [complement(w, n) ^ np.uint64(1) for w in images]
    return np.minimum.reduce([*images, *opposite])[:, 0].astype(np.int64)


def _joined(smallest: Words, images: Words) -> Words:
    """Smallest members of classes that hold a function and its image, until nothing changes."""
    while True:
        joined = np.minimum(smallest, smallest[images[:, 0].astype(np.int64)])
        joined = joined[joined[:, 0].astype(np.int64)]
        if np.array_equal(joined, smallest):
            return joined
        smallest = joined


def _monomials(n: int, degree: int, bias: bool) -> npt.NDArray[np.int64]:
    """Products of at most ``degree`` inputs of ±1, (2^n, monomials); without bias, the inputs 0 and 1."""
    if not bias:
        return input_table(n).astype(np.int64)
    inputs = 2 * input_table(n).astype(np.int64) - 1
    subsets = [list(s) for size in range(degree + 1) for s in itertools.combinations(range(n), size)]
    return np.stack([inputs[:, subset].prod(axis=1) for subset in subsets], axis=1)


def _is_sign(table: npt.NDArray[np.bool_], monomials: npt.NDArray[np.int64]) -> bool:
    """Whether some combination of the monomials is positive just where the table is 1, negative elsewhere."""
    silent = ~monomials.any(axis=1)
    if table[silent].any():  # a sum that is always 0 is class 0
        return False
    signed = (np.where(table, 1, -1)[:, None] * monomials)[~silent]
    # The largest margin of coefficients between -1 and 1 is above 0 only for signs.
    rows, columns = signed.shape
    objective = np.append(np.zeros(columns), -1)
    found = linprog(
        objective,
        A_ub=np.column_stack([-signed, np.ones(rows)]),
        b_ub=np.zeros(rows),
        bounds=[(-1, 1)] * columns + [(None, 1)],
        method="highs-ds",
    )
    if found.status != 0:
        raise ArithmeticError(f"the linear program of a function was not solved: {found.message}")
    if -found.fun > 1e-7:
        whole = np.rint(found.x[:-1] / -found.fun * 1000).astype(np.int64)
        if (signed @ whole > 0).all():
            return True
    else:
        weights = [
            Fraction(float(w)).limit_denominator(_LARGEST_DENOMINATOR) for w in -found.ineqlin.marginals
        ]
        cancels = all(
            sum((w * int(v) for w, v in zip(weights, column, strict=True)), Fraction(0)) == 0
            for column in signed.T
        )
        if cancels and min(weights) >= 0 and any(weights):
            return False
    raise ArithmeticError("the linear program's answer for a function could not be proved")
