"""The truth table in memory: the bit order that every other module builds on, and checks of it.

A function of n inputs is its truth table of 2^n bits. Position x of the table is the input read as a
binary number, input 1 the most significant bit. Packed, position x is bit x % 64 of word x // 64.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

MAX_INPUTS = 12
_BITS_AT_A_TIME = 2**24  # unpacked, one byte a bit


def checked_n_inputs(n_inputs: int) -> int:
    """Return `n_inputs` as a plain int.

    Parameters
    ----------
    n_inputs : int
        Number of inputs, from 1 to `MAX_INPUTS`.

    Raises
    ------
    ValueError
        If it is anything else: a bool, a float or text, too.

    Examples
    --------
    >>> checked_n_inputs(7)
    7
    """
    is_integer = isinstance(n_inputs, (int, np.integer)) and not isinstance(n_inputs, bool)
    if not is_integer or not 1 <= n_inputs <= MAX_INPUTS:
        raise ValueError(f"n_inputs must be an integer from 1 to {MAX_INPUTS}, not {n_inputs!r}")
    return int(n_inputs)


def words_of(n_inputs: int) -> int:
    """Return how many 64-bit words a function of `n_inputs` inputs takes.

    Raises
    ------
    ValueError
        If `n_inputs` is not an integer from 1 to `MAX_INPUTS`.

    Examples
    --------
    >>> [words_of(n_inputs) for n_inputs in (1, 6, 7, 12)]
    [1, 1, 2, 64]
    """
    return max(1, 2 ** checked_n_inputs(n_inputs) // 64)


def infer_n_inputs(length: int) -> int:
    """Return the number of inputs of a truth table of `length` positions.

    Raises
    ------
    ValueError
        If `length` is not a power of two from 2 to 2^`MAX_INPUTS`.

    Examples
    --------
    >>> infer_n_inputs(128)
    7
    """
    n_inputs = int(length).bit_length() - 1
    if not 1 <= n_inputs <= MAX_INPUTS or length != 2**n_inputs:
        raise ValueError(
            f"length of a truth table must be a power of two from 2 to {2**MAX_INPUTS}, not {length}"
        )
    return n_inputs


def checked_words(words: ArrayLike, n_inputs: int) -> NDArray[np.uint64]:
    """Return packed functions as a contiguous two-dimensional array, or say what is wrong with them.

    Parameters
    ----------
    words : array_like of uint64, shape (words,) or (count, words)
        One packed function or several.
    n_inputs : int
        Number of inputs.

    Returns
    -------
    ndarray of uint64, shape (count, words)
        The same memory where possible.

    Raises
    ------
    ValueError
        If the type is not uint64, the width is not `words_of(n_inputs)` or a padding bit is set.

    Examples
    --------
    >>> checked_words(np.array([6], dtype=np.uint64), 2)
    array([[6]], dtype=uint64)
    """
    n_inputs = checked_n_inputs(n_inputs)
    width = words_of(n_inputs)
    array = np.asarray(words)
    if array.dtype != np.uint64:
        raise ValueError(
            f"words must be of dtype uint64, not {array.dtype}: "
            "pack truth tables with simplicity.functions.pack, or text with from_strings"
        )
    if array.ndim not in (1, 2) or array.shape[-1] != width:
        raise ValueError(
            f"words of functions of {n_inputs} inputs must have shape ({width},) or (count, {width}), "
            f"not {array.shape}"
        )
    array = np.ascontiguousarray(array.reshape(-1, width))
    if n_inputs < 6 and np.any(array >> np.uint64(2**n_inputs)):
        raise ValueError(
            f"words of functions of {n_inputs} inputs must have zeros above bit {2**n_inputs - 1}, "
            f"not {hex(array.max())}"
        )
    return array


def row_slices(count: int, n_inputs: int) -> Iterator[slice]:
    """Cut `count` functions into parts whose unpacked tables take little memory (16 MiB).

    Raises
    ------
    ValueError
        If `n_inputs` is not an integer from 1 to `MAX_INPUTS`.

    Examples
    --------
    >>> list(row_slices(5000, 12))
    [slice(0, 4096, None), slice(4096, 8192, None)]
    """
    rows_at_a_time = _BITS_AT_A_TIME // 2 ** checked_n_inputs(n_inputs)
    for start in range(0, count, rows_at_a_time):
        yield slice(start, start + rows_at_a_time)


def position_mask(n_inputs: int) -> np.uint64:
    """Return a word with a one at every bit that holds a position (all 64 for six inputs or more).

    Raises
    ------
    ValueError
        If `n_inputs` is not an integer from 1 to `MAX_INPUTS`.

    Examples
    --------
    >>> [hex(position_mask(n_inputs)) for n_inputs in (1, 3, 7)]
    ['0x3', '0xff', '0xffffffffffffffff']
    """
    return np.uint64(2 ** min(64, 2 ** checked_n_inputs(n_inputs)) - 1)


def input_table(n_inputs: int) -> NDArray[np.uint8]:
    """Return all inputs in the order of truth-table positions.

    Parameters
    ----------
    n_inputs : int
        Number of inputs.

    Returns
    -------
    ndarray of uint8, shape (2^n_inputs, n_inputs)
        Row x is the input at position x; column k is the input that formulas call x{k+1}.

    Raises
    ------
    ValueError
        If `n_inputs` is not an integer from 1 to `MAX_INPUTS`.

    Examples
    --------
    >>> input_table(2).tolist()
    [[0, 0], [0, 1], [1, 0], [1, 1]]
    """
    n_inputs = checked_n_inputs(n_inputs)
    positions = np.arange(2**n_inputs)[:, None]
    return (positions >> np.arange(n_inputs)[::-1] & 1).astype(np.uint8)


def pack(tables: ArrayLike) -> NDArray[np.uint64]:
    """Pack truth tables into words.

    Parameters
    ----------
    tables : array_like of bool or of the integers 0 and 1, shape (..., 2^n)
        Truth tables, position x at index x of the last axis.

    Returns
    -------
    ndarray of uint64, shape (..., words)
        Position x at bit x % 64 of word x // 64, padding bits zero.

    Raises
    ------
    ValueError
        If the last axis is not a power of two from 2 to 2^`MAX_INPUTS` long, or an entry is neither 0 nor 1.

    Examples
    --------
    >>> pack([[0, 1, 1, 0], [0, 0, 0, 1]])
    array([[6],
           [8]], dtype=uint64)
    """
    array: NDArray[Any] = np.asarray(tables)
    if array.ndim == 0:
        raise ValueError(f"tables must have shape (..., 2^n_inputs), not the scalar {array}")
    n_inputs = infer_n_inputs(array.shape[-1])
    if array.dtype.kind not in "biu":
        raise ValueError(f"tables must be of bools or of the integers 0 and 1, not of dtype {array.dtype}")
    if array.dtype.kind != "b" and np.any((array != 0) & (array != 1)):
        raise ValueError(f"tables must hold only 0 and 1, not values from {array.min()} to {array.max()}")
    octets = np.packbits(array.astype(bool, copy=False), axis=-1, bitorder="little")
    padded = np.zeros((*array.shape[:-1], 8 * words_of(n_inputs)), dtype=np.uint8)
    padded[..., : octets.shape[-1]] = octets
    return padded.view("<u8").astype(np.uint64, copy=False)


def unpack(words: ArrayLike, n_inputs: int) -> NDArray[np.bool_]:
    """Unpack words into truth tables: the inverse of `pack`.

    Parameters
    ----------
    words : array_like of uint64, shape (..., words)
        Packed functions.
    n_inputs : int
        Number of inputs.

    Returns
    -------
    ndarray of bool, shape (..., 2^n_inputs)
        Truth tables.

    Raises
    ------
    ValueError
        As `checked_words`.

    Examples
    --------
    >>> unpack(np.array([6], dtype=np.uint64), 2)
    array([False,  True,  True, False])
    """
    n_inputs = checked_n_inputs(n_inputs)
    array = np.asarray(words)
    flat = checked_words(array.reshape(-1, array.shape[-1]) if array.ndim > 2 else array, n_inputs)
    octets = flat.astype("<u8", copy=False).view(np.uint8)
    bits = np.unpackbits(octets, axis=-1, count=2**n_inputs, bitorder="little")
    return bits.view(np.bool_).reshape(*array.shape[:-1], 2**n_inputs)
