"""The fewest terms of a sum of products (disjunctive normal form): two-level minimisation.

Some minimal sum consists of prime implicants only, so the number is that of the fewest prime implicants that
cover the function's ones.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

from simplicity.compilation import kernel
from simplicity.complexity.irredundant import fill_irredundant_terms
from simplicity.complexity.prime_implicants import MAX_PAIR_INPUTS, MAX_PRIMES, fill_primes
from simplicity.complexity.set_cover import MAX_ELEMENTS, fewest_sets
from simplicity.functions import checked_n_inputs, checked_words, unpack

EXACT_SOP_INPUTS = MAX_PAIR_INPUTS
# About half a second of branch and bound; then HiGHS is no slower. None of 24,000 random functions of seven
# inputs took as many, but a few in a thousand complements of three narrow bands around hyperplanes do.
_MAX_NODES = 10_000


@kernel
def fill_sop_terms(words, n_inputs, max_nodes, out):
    """Write the fewest terms of each function to `out`, or -1 where that takes more than `max_nodes`."""
    cubes = np.empty((1 << n_inputs, 2), np.uint64)
    room = np.empty((MAX_ELEMENTS + 1, MAX_PRIMES, 2), np.uint64)
    counts = np.empty(MAX_ELEMENTS + 1, np.int64)
    elements = np.empty((MAX_ELEMENTS + 1, 2), np.uint64)
    branches = np.empty((MAX_ELEMENTS + 1, 3), np.int64)
    numbers = np.empty(MAX_ELEMENTS, np.int64)
    reach = np.empty((MAX_ELEMENTS, 2), np.uint64)
    for row in range(words.shape[0]):
        low = words[row, 0]
        high = words[row, 1] if words.shape[1] == 2 else np.uint64(0)
        counts[0] = fill_primes(low, high, n_inputs, cubes, room[0])
        terms, nodes = fewest_sets(low, high, room, counts, elements, branches, numbers, reach, max_nodes)
        out[row] = terms if nodes <= max_nodes else -1


def terms_by_integer_program(function: NDArray[np.uint64], n_inputs: int) -> int:
    """Find the fewest terms of one function of at most seven inputs by SciPy's HiGHS.

    Examples
    --------
    >>> from simplicity.functions import from_strings
    >>> terms_by_integer_program(from_strings("01111110")[0], 3)
    3
    """
    from scipy import optimize  # a third of a second to import, and hardly ever needed

    if not function.any():
        return 0
    low, high = function[0], function[1] if len(function) == 2 else np.uint64(0)
    primes = np.empty((MAX_PRIMES, 2), dtype=np.uint64)
    count = fill_primes(low, high, n_inputs, np.empty((2**n_inputs, 2), dtype=np.uint64), primes)
    holds = unpack(primes[:count, : len(function)], n_inputs).T[unpack(function, n_inputs)]
    solution = optimize.milp(
        np.ones(count), constraints=optimize.LinearConstraint(holds, lb=1), integrality=1, bounds=(0, 1)
    )
    if not solution.success:
        raise RuntimeError(f"HiGHS found no minimal sum of products: {solution.message}")
    return round(solution.fun)


def minimal_terms(words: NDArray[np.uint64], n_inputs: int, max_nodes: int = _MAX_NODES) -> NDArray[np.int64]:
    """Find the fewest terms of functions of at most seven inputs; see `sop_terms`."""
    terms = np.empty(len(words), dtype=np.int64)
    fill_sop_terms(words, n_inputs, max_nodes, terms)
    for row in np.flatnonzero(terms < 0):
        terms[row] = terms_by_integer_program(words[row], n_inputs)
    return terms


def sop_terms(words: ArrayLike, n_inputs: int) -> NDArray[np.float64]:
    """Count the terms of a minimal sum of products (disjunctive normal form) of each function.

    The constant 0 is the empty sum, with 0 terms, and the constant 1 the empty product, 1 term. The number
    of literals does not matter. Up to 7 inputs the number is the exact minimum, by branch and bound over the
    prime implicants (a function that takes more than 10,000 nodes goes to HiGHS, the integer programming
    solver in SciPy). From 8 inputs on it is an upper bound, the terms of an irredundant sum that depends on
    the order of the inputs; at 7 inputs such sums are 3 to 34 % longer than the minimum.

    At 7 inputs a function takes 25 to 50 microseconds if it is uniformly random, 3 if a random network made
    it, 1 to 3 milliseconds if 75 to 90 % of its values are ones, the hardest densities.

    Parameters
    ----------
    words : array_like of uint64, shape (words,) or (count, words)
        Packed functions.
    n_inputs : int
        Number of inputs.

    Returns
    -------
    ndarray of float64, shape (count,)
        Numbers of terms, whole, at most 2^(n_inputs - 1).

    Raises
    ------
    ValueError
        As `simplicity.functions.checked_words`.

    References
    ----------
    W. V. Quine, Am. Math. Mon. 62, 627 (1955); E. J. McCluskey, Bell Syst. Tech. J. 35, 1417 (1956). The
    upper bound: S. Minato, IEICE Trans. Fundam. E76-A, 967 (1993), after E. Morreale (1970).

    Examples
    --------
    Not all equal, the majority, and the parity of three inputs.

    >>> from simplicity.functions import from_strings
    >>> sop_terms(from_strings(["01111110", "00010111", "01101001"]), 3)
    array([3., 3., 4.])
    """
    words = checked_words(words, n_inputs)
    n_inputs = checked_n_inputs(n_inputs)
    if n_inputs <= EXACT_SOP_INPUTS:
        return minimal_terms(words, n_inputs).astype(np.float64)
    terms = np.empty(len(words), dtype=np.int64)
    fill_irredundant_terms(words, n_inputs, terms)
    return terms.astype(np.float64)
