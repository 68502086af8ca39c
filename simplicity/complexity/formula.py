"""Formula size: the fewest AND and OR operators of a formula over literals, by dynamic programming.

A formula of s operators is g AND h or g OR h, of formulas whose sizes add up to s - 1, since nothing is
shared. So the functions of size s follow from the smaller ones. The operations are closed under NPN: De
Morgan turns one into the other. It is enough that g runs over one member of each class.
"""

from __future__ import annotations

import functools

import numpy as np
from numpy.typing import ArrayLike, NDArray

from simplicity.complexity.npn import checked_searchable, input_words, npn_classes
from simplicity.functions import checked_n_inputs, checked_words

_UNKNOWN = 255


@functools.cache
def _sizes(n_inputs: int) -> NDArray[np.uint8]:
    """Formula sizes of all functions, indexed by their word: a few tenths of a second for four inputs."""
    classes = npn_classes(n_inputs)
    of_class = np.full(len(classes), _UNKNOWN, dtype=np.uint8)  # at the class's smallest member
    of_class[[0, classes[input_words(n_inputs)[0]]]] = 0
    members: list[NDArray[np.int64]] = []
    size = 0
    while True:
        sizes = of_class[classes]
        members.append(np.flatnonzero(sizes == size))
        if not np.any(sizes == _UNKNOWN):
            return sizes
        size += 1
        reached = np.zeros(len(classes), dtype=bool)
        for smaller in range((size + 1) // 2):
            partners = members[size - 1 - smaller]
            for function in np.unique(classes[members[smaller]]):
                reached[function & partners] = True
                reached[function | partners] = True
        found = np.unique(classes[reached])
        of_class[found[of_class[found] == _UNKNOWN]] = size


def formula_size(words: ArrayLike, n_inputs: int) -> NDArray[np.float64]:
    """Look up the fewest two-input AND and OR operators of a formula for each function, exactly.

    Inputs, negated inputs and the constants are free; every other negation has been pushed down to the
    inputs. A formula is a tree: what is used twice is paid for twice (see `circuit_size` for sharing). A
    formula of s operators has s + 1 leaves.

    Parameters
    ----------
    words : array_like of uint64, shape (words,) or (count, words)
        Packed functions.
    n_inputs : int
        Number of inputs, at most 4. Sizes of all functions are found once a process.

    Returns
    -------
    ndarray of float64, shape (count,)
        Numbers of operators, whole, at most 15 (the parity of four inputs).

    Raises
    ------
    ValueError
        If there are more than 4 inputs, or as `simplicity.functions.checked_words`.

    References
    ----------
    D. E. Knuth, The Art of Computer Programming 4A, section 7.1.2, algorithm L, has the recursion.

    Examples
    --------
    The AND, the exclusive or and the majority of three.

    >>> from simplicity.functions import from_strings
    >>> formula_size(from_strings(["00000001", "00111100", "00010111"]), 3)
    array([2., 3., 4.])
    """
    words = checked_words(words, n_inputs)
    n_inputs = checked_searchable(checked_n_inputs(n_inputs), "formula_size")
    return _sizes(n_inputs)[words[:, 0].astype(np.int64)].astype(np.float64)
