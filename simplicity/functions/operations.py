"""What can be done to packed functions: count ones, negate, permute, sort."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import ArrayLike, NDArray

from simplicity.functions.packing import (
    checked_words,
    input_table,
    pack,
    position_mask,
    row_slices,
    unpack,
)
from simplicity.functions.text import sort_keys


def ones(words: ArrayLike) -> NDArray[np.int64]:
    """Count the ones T of each truth table.

    Parameters
    ----------
    words : array_like of uint64, shape (words,) or (count, words)
        Packed functions; padding bits are zero and so do not count.

    Returns
    -------
    ndarray of int64, shape (count,)
        Number of inputs that the function sends to 1.

    Raises
    ------
    ValueError
        If the type is not uint64 or the array has no or more than two axes.

    Examples
    --------
    >>> ones(pack([[0, 1, 1, 0], [0, 0, 0, 1]]))
    array([2, 1])
    """
    array = np.asarray(words)
    if array.dtype != np.uint64 or array.ndim not in (1, 2):
        raise ValueError(
            "words must be uint64 of shape (words,) or (count, words), "
            f"not {array.dtype} of shape {array.shape}"
        )
    return np.bitwise_count(np.atleast_2d(array)).sum(axis=1, dtype=np.int64)


def complement(words: ArrayLike, n_inputs: int) -> NDArray[np.uint64]:
    """Negate the output of each function.

    Parameters
    ----------
    words : array_like of uint64, shape (words,) or (count, words)
        Packed functions.
    n_inputs : int
        Number of inputs.

    Returns
    -------
    ndarray of uint64, shape (count, words)
        Packed functions g(x) = 1 - f(x).

    Raises
    ------
    ValueError
        As `checked_words`.

    Examples
    --------
    >>> unpack(complement(pack([0, 0, 0, 1]), 2), 2).astype(int)
    array([[1, 1, 1, 0]])
    """
    return checked_words(words, n_inputs) ^ position_mask(n_inputs)


def _gathered(words: NDArray[np.uint64], n_inputs: int, sources: NDArray[np.integer]) -> NDArray[np.uint64]:
    """Functions whose position x holds what position sources[x] held."""
    moved = np.empty_like(words)
    for rows in row_slices(len(words), n_inputs):
        moved[rows] = pack(unpack(words[rows], n_inputs)[:, sources])
    return moved


def _positions(inputs: NDArray[np.integer]) -> NDArray[np.integer]:
    """Position of each row of inputs, the first column the most significant bit."""
    return inputs @ (1 << np.arange(inputs.shape[1])[::-1])


def permute_inputs(words: ArrayLike, n_inputs: int, order: Sequence[int]) -> NDArray[np.uint64]:
    """Rewire the inputs of each function: g(x) = f(x[order[0]], …, x[order[n-1]]), counted from 0.

    Two rewirings compose as ``permute_inputs(permute_inputs(f, n, a), n, b) ==
    permute_inputs(f, n, [b[k] for k in a])``.

    Parameters
    ----------
    words : array_like of uint64, shape (words,) or (count, words)
        Packed functions f.
    n_inputs : int
        Number of inputs.
    order : sequence of int
        A permutation of 0, …, n_inputs - 1: f's input k is fed from g's input order[k].

    Returns
    -------
    ndarray of uint64, shape (count, words)
        Packed functions g.

    Raises
    ------
    ValueError
        If `order` is no such permutation, or as `checked_words`.

    Examples
    --------
    The first input of two becomes the second.

    >>> unpack(permute_inputs(pack([0, 0, 1, 1]), 2, [1, 0]), 2).astype(int)
    array([[0, 1, 0, 1]])
    """
    words = checked_words(words, n_inputs)
    if sorted(order) != list(range(n_inputs)):
        raise ValueError(f"order must be a permutation of 0 to {n_inputs - 1}, not {order!r}")
    return _gathered(words, n_inputs, _positions(input_table(n_inputs)[:, np.array(order, dtype=np.intp)]))


def negate_inputs(words: ArrayLike, n_inputs: int, inputs: Sequence[int]) -> NDArray[np.uint64]:
    """Negate some inputs of each function: g(x) = f(x with the inputs listed flipped).

    Parameters
    ----------
    words : array_like of uint64, shape (words,) or (count, words)
        Packed functions f.
    n_inputs : int
        Number of inputs.
    inputs : sequence of int
        Inputs to negate, counted from 0 and each at most once; an empty one changes nothing.

    Returns
    -------
    ndarray of uint64, shape (count, words)
        Packed functions g.

    Raises
    ------
    ValueError
        If `inputs` names an input twice or one that does not exist, or as `checked_words`.

    Examples
    --------
    >>> unpack(negate_inputs(pack([0, 0, 0, 1]), 2, [0]), 2).astype(int)
    array([[0, 1, 0, 0]])
    """
    words = checked_words(words, n_inputs)
    if len(set(inputs)) != len(inputs) or not set(inputs) <= set(range(n_inputs)):
        raise ValueError(f"inputs must be different numbers from 0 to {n_inputs - 1}, not {inputs!r}")
    flipped = input_table(n_inputs)
    flipped[:, np.array(inputs, dtype=np.intp)] ^= 1
    return _gathered(words, n_inputs, _positions(flipped))


def order_by_string(words: ArrayLike, n_inputs: int) -> NDArray[np.int64]:
    """Return the row numbers that put functions in the order of their truth-table strings.

    Parameters
    ----------
    words : array_like of uint64, shape (words,) or (count, words)
        Packed functions.
    n_inputs : int
        Number of inputs.

    Returns
    -------
    ndarray of int64, shape (count,)
        ``words[order]`` is sorted; equal functions keep their order.

    Raises
    ------
    ValueError
        As `checked_words`.

    Examples
    --------
    >>> order_by_string(pack([[1, 0], [0, 0], [0, 1]]), 1)
    array([1, 2, 0])
    """
    keys = sort_keys(words, n_inputs)
    order = np.argsort(keys[:, 0])
    # Few functions share their first word, so the slow many-word sort sees only those that do.
    firsts = keys[order, 0]
    tied = np.zeros(len(order), dtype=bool)
    tied[1:] = firsts[1:] == firsts[:-1]
    tied[:-1] |= firsts[1:] == firsts[:-1]
    rows = np.sort(order[tied])
    order[tied] = rows[np.lexsort(keys[rows].T[::-1])]
    return order
