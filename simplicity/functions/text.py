"""Functions as text, as integers and as bytes that sort like the text.

The string of a function is its truth table from position 0 on; its integer is ``int(string, 2)``; its
bytes are that integer, big-endian.
"""

from __future__ import annotations

import operator
from collections.abc import Iterable, Sequence

import numpy as np
from numpy.typing import ArrayLike, NDArray

from simplicity.functions.packing import (
    checked_n_inputs,
    checked_words,
    pack,
    row_slices,
    unpack,
    words_of,
)


def _octets_of(n_inputs: int) -> int:
    return max(1, 2**n_inputs // 8)


def _unused_low_bits(n_inputs: int) -> int:
    """Bits of the only octet that a function of one or two inputs leaves free."""
    return max(0, 8 - 2**n_inputs)


def _mirrored_octets(words: NDArray[np.uint64]) -> NDArray[np.uint64]:
    """Reverse the order of the bits within each octet: swap neighbours, then pairs, then nibbles."""
    for shift, mask in ((1, 0x5555555555555555), (2, 0x3333333333333333), (4, 0x0F0F0F0F0F0F0F0F)):
        lower = np.uint64(mask)
        words = (words & lower) << np.uint64(shift) | words >> np.uint64(shift) & lower
    return words


def sort_keys(words: ArrayLike, n_inputs: int) -> NDArray[np.uint64]:
    """Return words that compare as numbers the way the truth-table strings compare as text.

    Parameters
    ----------
    words : array_like of uint64, shape (words,) or (count, words)
        Packed functions.
    n_inputs : int
        Number of inputs.

    Returns
    -------
    ndarray of uint64, shape (count, words)
        Every word with its bits reversed, so that its first position is its most significant bit.

    Raises
    ------
    ValueError
        As `checked_words`.

    Examples
    --------
    >>> [hex(key) for key in sort_keys(from_strings(["0110", "1000"]), 2).ravel()]
    ['0x6000000000000000', '0x8000000000000000']
    """
    return _mirrored_octets(checked_words(words, n_inputs)).byteswap()


def to_bytes(words: ArrayLike, n_inputs: int) -> NDArray[np.uint8]:
    """Return the big-endian bytes of each function's integer; rows sort like the strings.

    Parameters
    ----------
    words : array_like of uint64, shape (words,) or (count, words)
        Packed functions.
    n_inputs : int
        Number of inputs.

    Returns
    -------
    ndarray of uint8, shape (count, max(1, 2^n_inputs // 8))
        The first octet is the most significant one.

    Raises
    ------
    ValueError
        As `checked_words`.

    Examples
    --------
    >>> to_bytes(from_strings("0000000110000000"), 4)
    array([[  1, 128]], dtype=uint8)
    """
    n_inputs = checked_n_inputs(n_inputs)
    octets = _mirrored_octets(checked_words(words, n_inputs)).astype("<u8", copy=False).view(np.uint8)
    return np.ascontiguousarray(octets[:, : _octets_of(n_inputs)]) >> np.uint8(_unused_low_bits(n_inputs))


def from_bytes(octets: ArrayLike, n_inputs: int) -> NDArray[np.uint64]:
    """Return the packed functions with these bytes: the inverse of `to_bytes`.

    Parameters
    ----------
    octets : array_like of uint8, shape (max(1, 2^n_inputs // 8),) or (count, that)
        Big-endian bytes of the functions' integers.
    n_inputs : int
        Number of inputs.

    Returns
    -------
    ndarray of uint64, shape (count, words)
        Packed functions.

    Raises
    ------
    ValueError
        If type or shape is another, or an integer has more than 2^n_inputs bits.

    Examples
    --------
    >>> to_strings(from_bytes(np.array([1, 128], dtype=np.uint8), 4), 4)
    ['0000000110000000']
    """
    n_inputs = checked_n_inputs(n_inputs)
    array = np.asarray(octets)
    width = _octets_of(n_inputs)
    if array.dtype != np.uint8 or array.ndim not in (1, 2) or array.shape[-1] != width:
        raise ValueError(
            f"octets of functions of {n_inputs} inputs must be uint8 of shape ({width},) or "
            f"(count, {width}), not {array.dtype} of shape {array.shape}"
        )
    array = array.reshape(-1, width)
    if n_inputs < 3 and np.any(array >> np.uint8(2**n_inputs)):
        raise ValueError(
            f"octets of functions of {n_inputs} inputs must be below {2**2**n_inputs}, not {array.max()}"
        )
    padded = np.zeros((len(array), 8 * words_of(n_inputs)), dtype=np.uint8)
    padded[:, :width] = array << np.uint8(_unused_low_bits(n_inputs))
    return _mirrored_octets(padded.view("<u8").astype(np.uint64, copy=False))


def to_strings(words: ArrayLike, n_inputs: int) -> list[str]:
    """Return truth tables as strings of '0' and '1', position 0 first.

    Parameters
    ----------
    words : array_like of uint64, shape (words,) or (count, words)
        Packed functions.
    n_inputs : int
        Number of inputs.

    Returns
    -------
    list of str
        One string of length 2^n_inputs a function.

    Raises
    ------
    ValueError
        As `checked_words`.

    Examples
    --------
    >>> to_strings(np.array([[6], [8]], dtype=np.uint64), 2)
    ['0110', '0001']
    """
    words = checked_words(words, n_inputs)
    length = 2 ** checked_n_inputs(n_inputs)
    strings: list[str] = []
    for rows in row_slices(len(words), n_inputs):
        bits = unpack(words[rows], n_inputs).view(np.uint8)
        text = (bits + np.uint8(ord("0"))).tobytes().decode("ascii")
        strings.extend(text[start : start + length] for start in range(0, len(text), length))
    return strings


def from_strings(strings: str | Sequence[str], n_inputs: int | None = None) -> NDArray[np.uint64]:
    """Return the packed functions with these truth tables: the inverse of `to_strings`.

    Parameters
    ----------
    strings : sequence of str, or one str
        Truth tables of one length, which is a power of two. One string is read as a list of one.
    n_inputs : int, optional
        Number of inputs, by default that of the first string; needed where there are no strings.

    Returns
    -------
    ndarray of uint64, shape (count, words)
        Packed functions.

    Raises
    ------
    ValueError
        If a string has another length than 2^n_inputs or another character than '0' and '1'.

    Examples
    --------
    >>> from_strings(["0110", "0001"])
    array([[6],
           [8]], dtype=uint64)
    """
    strings = [strings] if isinstance(strings, str) else list(strings)
    if n_inputs is None and not strings:
        raise ValueError("strings is empty: pass n_inputs, too")
    length = len(str(strings[0])) if n_inputs is None else 2 ** checked_n_inputs(n_inputs)
    for string in strings:
        if not isinstance(string, str) or len(string) != length:
            raise ValueError(f"strings must all be text of length {length}, such as '0110', not {string!r}")
    octets = np.frombuffer("".join(strings).encode("ascii", errors="replace"), dtype=np.uint8)
    bits = (octets - np.uint8(ord("0"))).reshape(len(strings), length)
    if np.any(bits > 1):
        wrong = strings[int(np.argmax(bits.max(axis=1)))]
        raise ValueError(f"strings must hold only the characters 0 and 1, not {wrong!r}")
    return pack(bits.view(np.bool_))


def to_integers(words: ArrayLike, n_inputs: int) -> list[int]:
    """Return each function as the integer ``int(string, 2)``.

    Parameters
    ----------
    words : array_like of uint64, shape (words,) or (count, words)
        Packed functions.
    n_inputs : int
        Number of inputs.

    Returns
    -------
    list of int
        Python integers from 0 to 2^(2^n_inputs) - 1.

    Raises
    ------
    ValueError
        As `checked_words`.

    Examples
    --------
    >>> to_integers(from_strings(["0110", "0001"]), 2)
    [6, 1]
    """
    octets = to_bytes(words, n_inputs)
    width, content = octets.shape[1], octets.tobytes()
    starts = range(0, len(content), width)
    return [int.from_bytes(content[start : start + width], "big") for start in starts]


def from_integers(integers: int | Iterable[int], n_inputs: int) -> NDArray[np.uint64]:
    """Return the packed functions with these integers: the inverse of `to_integers`.

    Parameters
    ----------
    integers : iterable of int, or one int
        Integers from 0 to 2^(2^n_inputs) - 1. One integer is read as a list of one.
    n_inputs : int
        Number of inputs.

    Returns
    -------
    ndarray of uint64, shape (count, words)
        Packed functions.

    Raises
    ------
    ValueError
        If an entry is not an integer or out of range.

    Examples
    --------
    >>> to_strings(from_integers([6, 0x1], 2), 2)
    ['0110', '0001']
    """
    n_inputs = checked_n_inputs(n_inputs)
    width, limit = _octets_of(n_inputs), 2**2**n_inputs
    content = bytearray()
    for entry in [integers] if isinstance(integers, (int, np.integer)) else integers:
        try:
            integer = operator.index(entry)
        except TypeError:
            raise ValueError(f"integers must be whole numbers, not {entry!r}; see from_strings") from None
        if not 0 <= integer < limit:
            raise ValueError(f"integers must be from 0 to 2^{2**n_inputs} - 1, not {entry}")
        content += integer.to_bytes(width, "big")
    return from_bytes(np.frombuffer(content, dtype=np.uint8).reshape(-1, width), n_inputs)
