"""Sensitivity: on how many of its inputs, one at a time, the output of a function depends at a point.

The sensitivity of f at x is the number s(f, x) of inputs i for which f(x) differs from f(x with input i
flipped). Its mean and its maximum over x are two measures.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

from simplicity.compilation import kernel
from simplicity.complexity.neighbours import changes_of_word
from simplicity.functions import checked_n_inputs, checked_words
from simplicity.functions.bits import count_ones

_ZERO = np.uint64(0)
_EVERY_BIT = np.uint64(2**64 - 1)


@kernel
def fill_total_sensitivities(words, n_inputs, out):
    """Write the sum of s(f, x) over all x to `out`."""
    for row in range(words.shape[0]):
        string = words[row]
        total = 0
        for word in range(string.size):
            for bit in range(n_inputs):
                total += count_ones(changes_of_word(string, word, bit))
        out[row] = total


@kernel
def _largest_of_word(string, word, n_inputs):
    """The largest s(f, x) of 64 positions, by a binary counter whose digits are words."""
    ones, twos, fours, eights = _ZERO, _ZERO, _ZERO, _ZERO
    for bit in range(n_inputs):
        carry = changes_of_word(string, word, bit)
        ones, carry = ones ^ carry, ones & carry
        twos, carry = twos ^ carry, twos & carry
        fours, carry = fours ^ carry, fours & carry
        eights ^= carry
    largest = 0
    among = _EVERY_BIT  # the positions that hold the largest count as far as its digits are known
    for digit, value in ((eights, 8), (fours, 4), (twos, 2), (ones, 1)):
        if among & digit != _ZERO:
            among &= digit
            largest += value
    return largest


@kernel
def fill_largest_sensitivities(words, n_inputs, out):
    """Write the maximum of s(f, x) over all x to `out`."""
    for row in range(words.shape[0]):
        largest = 0
        for word in range(words.shape[1]):
            largest = max(largest, _largest_of_word(words[row], word, n_inputs))
        out[row] = largest


def average_sensitivity(words: ArrayLike, n_inputs: int) -> NDArray[np.float64]:
    """Compute the mean sensitivity as a fraction: how often a random input flipped at random matters.

    This is the share of the n 2^(n-1) edges of the cube whose two ends differ in output. Times n, it is the
    mean count of sensitive inputs, also known as total influence, which equals
    `simplicity.complexity.fourier_mean_frequency`.

    Parameters
    ----------
    words : array_like of uint64, shape (words,) or (count, words)
        Packed functions.
    n_inputs : int
        Number of inputs n.

    Returns
    -------
    ndarray of float64, shape (count,)
        From 0 (constants) to 1 (parity of all inputs and its complement); 1/2 on average over all functions.

    Raises
    ------
    ValueError
        As `simplicity.functions.checked_words`.

    References
    ----------
    R. O'Donnell, Analysis of Boolean Functions (Cambridge, 2014), definition 2.27.

    Examples
    --------
    >>> from simplicity.functions import from_strings
    >>> average_sensitivity(from_strings(["0000", "0001", "0110"]), 2)
    array([0. , 0.5, 1. ])
    """
    words = checked_words(words, n_inputs)
    totals = np.empty(len(words), dtype=np.float64)
    fill_total_sensitivities(words, checked_n_inputs(n_inputs), totals)
    return totals / (n_inputs * 2**n_inputs)


def max_sensitivity(words: ArrayLike, n_inputs: int) -> NDArray[np.float64]:
    """Compute the largest number of inputs to which the output is sensitive at one point.

    Parameters
    ----------
    words : array_like of uint64, shape (words,) or (count, words)
        Packed functions.
    n_inputs : int
        Number of inputs n.

    Returns
    -------
    ndarray of float64, shape (count,)
        Counts of inputs, whole, from 0 (constants) to n.

    Raises
    ------
    ValueError
        As `simplicity.functions.checked_words`.

    References
    ----------
    S. Cook, C. Dwork and R. Reischuk, SIAM J. Comput. 15, 87 (1986). H. Huang, Ann. Math. 190, 949 (2019)
    shows that its square is at least the Fourier degree.

    Examples
    --------
    >>> from simplicity.functions import from_strings
    >>> max_sensitivity(from_strings(["0000", "0011", "0001"]), 2)
    array([0., 1., 2.])
    """
    words = checked_words(words, n_inputs)
    counts = np.empty(len(words), dtype=np.float64)
    fill_largest_sensitivities(words, checked_n_inputs(n_inputs), counts)
    return counts
