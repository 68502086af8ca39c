"""Classes of functions of at most four inputs, for measures found by a search over all functions.

Two functions are in one NPN class if permuting inputs, negating inputs and negating the output turns one
into the other. Where negation is free, all members of a class have one size, so that a search need only
reach one of them. Functions are indexed by their packed word: position x of the table is bit x.
"""

from __future__ import annotations

import functools

import numpy as np
from numpy.typing import NDArray

from simplicity.functions import complement, input_table, negate_inputs, pack, permute_inputs

MAX_SEARCHED = 4


def checked_searchable(n_inputs: int, measure: str) -> int:
    """Return `n_inputs`, or say that all functions of that many inputs cannot be searched.

    Raises
    ------
    ValueError
        If `n_inputs` is above 4.

    Examples
    --------
    >>> checked_searchable(4, "circuit_size")
    4
    """
    if n_inputs > MAX_SEARCHED:
        raise ValueError(
            f"n_inputs of {measure} must be at most {MAX_SEARCHED}, not {n_inputs}: it is looked up in an "
            "exhaustive search over all functions; sop_terms and bdd_nodes go further"
        )
    return n_inputs


def input_words(n_inputs: int) -> NDArray[np.uint64]:
    """Return the functions x1, …, xn, packed, for n from 1 to 6.

    Examples
    --------
    >>> [format(word, "04b") for word in input_words(2)]
    ['1100', '1010']
    """
    return pack(input_table(n_inputs).T)[:, 0]


@functools.cache
def npn_classes(n_inputs: int) -> NDArray[np.int64]:
    """Return the class of each function: the index of its smallest member.

    Parameters
    ----------
    n_inputs : int
        Number of inputs, at most 4.

    Returns
    -------
    ndarray of int64, shape (2^2^n_inputs,)

    Examples
    --------
    >>> [len(np.unique(npn_classes(n_inputs))) for n_inputs in (1, 2, 3, 4)]
    [2, 4, 14, 222]
    """
    words = np.arange(2**2**n_inputs, dtype=np.uint64)[:, None]
    images = [complement(words, n_inputs), *(negate_inputs(words, n_inputs, [k]) for k in range(n_inputs))]
    for k in range(n_inputs - 1):
        order = list(range(n_inputs))
        order[k], order[k + 1] = order[k + 1], order[k]
        images.append(permute_inputs(words, n_inputs, order))
    involutions = [image[:, 0].astype(np.int64) for image in images]
    classes = np.arange(len(words))
    while True:
        smallest = classes
        for image in involutions:
            smallest = np.minimum(smallest, smallest[image])
        if np.array_equal(smallest, classes):
            return classes
        classes = smallest
