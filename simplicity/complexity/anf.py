"""Algebraic normal form: a function as an exclusive or of products of inputs.

f(x) = XOR over S of c_S · AND of the inputs in S, in exactly one way. The coefficient c_S is the exclusive
or of f over all x whose ones lie within S (the Möbius transform), and the transform is its own inverse. It
is taken a word at a time: shifts within a word, then whole words.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

from simplicity.compilation import kernel
from simplicity.complexity.neighbours import LOW_POSITIONS
from simplicity.functions import checked_n_inputs, checked_words, ones
from simplicity.functions.bits import count_ones

#: Positions of a word with k ones among their six bits.
_LAYERS = np.array(
    [sum(1 << position for position in range(64) if position.bit_count() == k) for k in range(7)],
    dtype=np.uint64,
)


@kernel
def fill_coefficients(words, n_inputs, out):
    """Write the packed coefficients of each function to `out`."""
    for row in range(words.shape[0]):
        for word in range(words.shape[1]):
            coefficients = words[row, word]
            for bit in range(min(n_inputs, 6)):
                coefficients ^= (coefficients & LOW_POSITIONS[bit]) << np.uint64(1 << bit)
            out[row, word] = coefficients
        for bit in range(n_inputs - 6):
            for word in range(words.shape[1]):
                if word >> bit & 1:
                    out[row, word] ^= out[row, word ^ (1 << bit)]


@kernel
def fill_degrees(coefficients, out):
    """Write the size of the largest product of each form to `out`; 0 where there is none."""
    for row in range(coefficients.shape[0]):
        degree = 0
        for word in range(coefficients.shape[1]):
            in_word = count_ones(np.uint64(word))
            for k in range(7):
                if coefficients[row, word] & _LAYERS[k] != np.uint64(0):
                    degree = max(degree, in_word + k)
        out[row] = degree


def anf_coefficients(words: ArrayLike, n_inputs: int) -> NDArray[np.uint64]:
    """Compute the coefficients of the algebraic normal form, packed like functions.

    Parameters
    ----------
    words : array_like of uint64, shape (words,) or (count, words)
        Packed functions.
    n_inputs : int
        Number of inputs.

    Returns
    -------
    ndarray of uint64, shape (count, words)
        At position S, the coefficient of the product of those inputs that are 1 in S (position 0: the
        constant). Applied twice, the functions themselves.

    Raises
    ------
    ValueError
        As `simplicity.functions.checked_words`.

    Examples
    --------
    x1 OR x2 is x2 XOR x1 XOR x1 x2.

    >>> from simplicity.functions import from_strings, to_strings
    >>> to_strings(anf_coefficients(from_strings("0111"), 2), 2)
    ['0111']
    """
    words = checked_words(words, n_inputs)
    coefficients = np.empty_like(words)
    fill_coefficients(words, checked_n_inputs(n_inputs), coefficients)
    return coefficients


def anf_degree(words: ArrayLike, n_inputs: int) -> NDArray[np.float64]:
    """Compute the algebraic degree: the inputs in the largest product of the algebraic normal form.

    Both constants have degree 0 (of the function 0, which has no products, this is a convention; others take
    minus infinity). Of 2^(2^n) functions, 2^(sum of C(n, i) over i ≤ d) have degree d or less.

    Parameters
    ----------
    words : array_like of uint64, shape (words,) or (count, words)
        Packed functions.
    n_inputs : int
        Number of inputs n.

    Returns
    -------
    ndarray of float64, shape (count,)
        Degrees, whole, from 0 to n; n exactly where the number of ones is odd.

    Raises
    ------
    ValueError
        As `simplicity.functions.checked_words`.

    References
    ----------
    C. Carlet, Boolean Functions for Cryptography and Coding Theory (Cambridge, 2021), section 2.2.

    Examples
    --------
    >>> from simplicity.functions import from_strings
    >>> anf_degree(from_strings(["0000", "0110", "0001"]), 2)
    array([0., 1., 2.])
    """
    coefficients = anf_coefficients(words, n_inputs)
    degrees = np.empty(len(coefficients), dtype=np.float64)
    fill_degrees(coefficients, degrees)
    return degrees


def anf_monomials(words: ArrayLike, n_inputs: int) -> NDArray[np.float64]:
    """Count the products in the algebraic normal form, the constant 1 among them.

    The function 0 has none, the function 1 has one, a literal one (x) or two (1 XOR x): the complement
    differs by one. Negating an input may change the count by much, as it does for AND.

    Parameters
    ----------
    words : array_like of uint64, shape (words,) or (count, words)
        Packed functions.
    n_inputs : int
        Number of inputs n.

    Returns
    -------
    ndarray of float64, shape (count,)
        Numbers of products, whole, from 0 to 2^n.

    Raises
    ------
    ValueError
        As `simplicity.functions.checked_words`.

    References
    ----------
    C. Carlet, Boolean Functions for Cryptography and Coding Theory (Cambridge, 2021), section 2.2.

    Examples
    --------
    x1 AND x2; x1 OR x2 = x1 XOR x2 XOR x1 x2; NOT x1 AND NOT x2 = 1 XOR x1 XOR x2 XOR x1 x2.

    >>> from simplicity.functions import from_strings
    >>> anf_monomials(from_strings(["0001", "0111", "1000"]), 2)
    array([1., 3., 4.])
    """
    return ones(anf_coefficients(words, n_inputs)).astype(np.float64)
