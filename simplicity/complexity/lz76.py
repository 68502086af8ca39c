"""K_LZ: words of the Lempel–Ziv 1976 exhaustive history, as Dingle, Camargo and Louis scale them.

The history cuts a string into words from the left. A word grows as long as it also occurs earlier: as a
substring of everything before its own last symbol (so the two may overlap). The symbol that makes it new
ends it; the last word may be cut short by the end of the string and counts as one.

The kernels follow all earlier occurrences of the growing word at once: a set bit p of `ends` says that an
occurrence ends at position p. Appending a symbol shifts the set by one and keeps the positions that hold
this symbol. An empty set ends the word, and the next word may start at any earlier position. Nothing
branches on the data, so that random strings cost no mispredicted jumps.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

from simplicity.compilation import kernel
from simplicity.functions import checked_n_inputs, checked_words, position_mask
from simplicity.functions.bits import reversed_bits

# Numba turns uint64 mixed with a signed integer into a float, so every constant is a uint64.
_ZERO = np.uint64(0)
_ONE = np.uint64(1)
_LAST_BIT = np.uint64(63)
_EVERY_BIT = np.uint64(2**64 - 1)


@kernel
def _history_of_one(string, length):
    """Words that start within the first `length` positions, and where the last one occurred before."""
    count = _ZERO
    ends = _ZERO
    earlier = _ZERO  # a one at every position before the current one
    for position in range(length):
        ended = np.uint64(ends == _ZERO)
        count += ended
        holds_symbol = string ^ (((string >> np.uint64(position)) & _ONE) - _ONE)
        ends = ((ends << _ONE) | (earlier & (_ZERO - ended))) & holds_symbol
        earlier = (earlier << _ONE) | _ONE
    return count, ends


@kernel
def _words_of_two(low, high):
    """Words of the history of 128 positions. Up to 64, no occurrence reaches into the high word."""
    count, ends_low = _history_of_one(low, 64)
    ends_high = _ZERO
    earlier_high = _ZERO
    for position in range(64):
        ended = np.uint64((ends_low | ends_high) == _ZERO)
        count += ended
        restart = _ZERO - ended
        differs = ((high >> np.uint64(position)) & _ONE) - _ONE
        ends_high = ((ends_high << _ONE) | (ends_low >> _LAST_BIT) | (earlier_high & restart)) & (
            high ^ differs
        )
        ends_low = ((ends_low << _ONE) | restart) & (low ^ differs)
        earlier_high = (earlier_high << _ONE) | _ONE
    return count


@kernel
def _words_of_many(string, ends):
    """Words of the history of 64 positions a word, with `ends` as room for the set of occurrences."""
    count = _ZERO
    any_end = _ZERO
    for last in range(string.size):
        ends[last] = _ZERO
        earlier_in_last = _ZERO
        for bit in range(64):
            ended = np.uint64(any_end == _ZERO)
            count += ended
            restart = _ZERO - ended
            differs = ((string[last] >> np.uint64(bit)) & _ONE) - _ONE
            any_end = _ZERO
            carry = _ZERO
            for word in range(last):
                before = ends[word]
                after = ((before << _ONE) | carry | restart) & (string[word] ^ differs)
                ends[word] = after
                any_end |= after
                carry = before >> _LAST_BIT
            after = ((ends[last] << _ONE) | carry | (earlier_in_last & restart)) & (string[last] ^ differs)
            ends[last] = after
            any_end |= after
            earlier_in_last = (earlier_in_last << _ONE) | _ONE
    return count


@kernel
def _words_of(string, n_inputs, ends):
    if n_inputs < 7:
        count, _ = _history_of_one(string[0], 1 << n_inputs)
        return count
    if n_inputs == 7:
        return _words_of_two(string[0], string[1])
    return _words_of_many(string, ends)


@kernel
def _reverse(string, n_inputs, reverse):
    unused = np.uint64(max(0, 64 - (1 << n_inputs)))
    for word in range(string.size):
        reverse[word] = reversed_bits(string[string.size - 1 - word]) >> unused


@kernel
def fill_word_counts(words, n_inputs, out):
    """Write the number of words of each function's history to `out`."""
    ends = np.empty(words.shape[1], np.uint64)
    for row in range(words.shape[0]):
        out[row] = _words_of(words[row], n_inputs, ends)


@kernel
def fill_complexities(words, n_inputs, constant_one, out):
    """Write K_LZ of each function to `out`; `constant_one` is the first word of the function 1."""
    ends = np.empty(words.shape[1], np.uint64)
    reverse = np.empty(words.shape[1], np.uint64)
    for row in range(words.shape[0]):
        string = words[row]
        is_constant = string[0] == _ZERO or string[0] == constant_one
        for word in range(1, string.size):
            is_constant = is_constant and string[word] == string[0]
        if is_constant:
            out[row] = n_inputs
            continue
        _reverse(string, n_inputs, reverse)
        both = _words_of(string, n_inputs, ends) + _words_of(reverse, n_inputs, ends)
        out[row] = n_inputs * np.int64(both) / 2


@kernel
def _fill_reversed(words, n_inputs, out):
    for row in range(words.shape[0]):
        _reverse(words[row], n_inputs, out[row])


def reversed_words(words: ArrayLike, n_inputs: int) -> NDArray[np.uint64]:
    """Read each truth table from its end.

    Parameters
    ----------
    words : array_like of uint64, shape (words,) or (count, words)
        Packed functions.
    n_inputs : int
        Number of inputs.

    Returns
    -------
    ndarray of uint64, shape (count, words)

    Raises
    ------
    ValueError
        As `simplicity.functions.checked_words`.

    Examples
    --------
    >>> from simplicity.functions import from_strings, to_strings
    >>> to_strings(reversed_words(from_strings("00010111"), 3), 3)
    ['11101000']
    """
    words = checked_words(words, n_inputs)
    reverse = np.empty_like(words)
    _fill_reversed(words, checked_n_inputs(n_inputs), reverse)
    return reverse


def word_counts(words: ArrayLike, n_inputs: int) -> NDArray[np.int64]:
    """Count the words of each truth table's LZ76 exhaustive history, read from position 0.

    Parameters
    ----------
    words : array_like of uint64, shape (words,) or (count, words)
        Packed functions.
    n_inputs : int
        Number of inputs.

    Returns
    -------
    ndarray of int64, shape (count,)
        N, an unfinished last word included.

    Raises
    ------
    ValueError
        As `simplicity.functions.checked_words`.

    References
    ----------
    A. Lempel and J. Ziv, IEEE Trans. Inf. Theory 22, 75 (1976); F. Kaspar and H. G. Schuster,
    Phys. Rev. A 36, 842 (1987).

    Examples
    --------
    The history 1, 0, 01, 1110, 1100, 0010 has six words.

    >>> from simplicity.functions import from_strings
    >>> word_counts(from_strings("1001111011000010"), 4)
    array([6])
    """
    words = checked_words(words, n_inputs)
    counts = np.empty(len(words), dtype=np.int64)
    fill_word_counts(words, checked_n_inputs(n_inputs), counts)
    return counts


def lz76_complexity(words: ArrayLike, n_inputs: int) -> NDArray[np.float64]:
    """Compute K_LZ: n for a constant function, else n (N(s) + N(reversed s)) / 2, in bits.

    N is the number of words of the Lempel–Ziv 1976 exhaustive history (see `word_counts`) of the truth
    table s of length 2^n. The exception keeps constants the simplest: their N is 2, not 1.

    Parameters
    ----------
    words : array_like of uint64, shape (words,) or (count, words)
        Packed functions.
    n_inputs : int
        Number of inputs n.

    Returns
    -------
    ndarray of float64, shape (count,)
        Complexities in bits, multiples of n / 2 and exact.

    Raises
    ------
    ValueError
        As `simplicity.functions.checked_words`.

    References
    ----------
    K. Dingle, C. Q. Camargo and A. A. Louis, Nat. Commun. 9, 761 (2018).

    Examples
    --------
    >>> from simplicity.functions import from_strings
    >>> lz76_complexity(from_strings(["0000000000000000", "0001101001000101", "1001111011000010"]), 4)
    array([ 4., 24., 26.])
    """
    words = checked_words(words, n_inputs)
    complexities = np.empty(len(words), dtype=np.float64)
    fill_complexities(words, checked_n_inputs(n_inputs), position_mask(n_inputs), complexities)
    return complexities
