"""Fourier (Walsh) spectrum of a function: its correlation with the parity of every set of inputs.

Outputs and inputs are taken as ±1: F(x) = (-1)^f(x) is the sum over S of F̂(S) χ_S(x), where χ_S(x) is -1 to
the number of inputs in S that are 1. In whole numbers W(S) = 2^n F̂(S), the sum over x of F(x) χ_S(x), and the
sum over S of W(S)² is 4^n (Parseval).

The transform runs in place: three inputs at once by a table of all 256 octets, the others by butterflies.
Functions of fewer than three inputs are repeated to fill the octet, as functions that ignore the rest.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

from simplicity.compilation import kernel
from simplicity.functions import checked_n_inputs, checked_words
from simplicity.functions.bits import count_ones

_OCTET_INPUTS = 3


def _spectra_of_octets() -> NDArray[np.int32]:
    positions = np.arange(8)
    parities = (np.bitwise_count(positions[:, None] & positions) % 2).astype(np.int64)
    outputs = np.arange(256)[:, None] >> positions & 1
    return ((1 - 2 * outputs) @ (1 - 2 * parities)).astype(np.int32)


_SPECTRA_OF_OCTETS = _spectra_of_octets()


@kernel
def _transform(string, spectrum):
    """Write W of one function to `spectrum`, whose length is its number of positions, 8 or more."""
    for octet in range(spectrum.size // 8):
        bits = (string[octet // 8] >> np.uint64(8 * (octet % 8))) & np.uint64(255)
        for position in range(8):
            spectrum[8 * octet + position] = _SPECTRA_OF_OCTETS[bits, position]
    half = 8
    while half < spectrum.size:
        for start in range(0, spectrum.size, 2 * half):
            low = spectrum[start : start + half]
            high = spectrum[start + half : start + 2 * half]
            for position in range(half):
                a, b = low[position], high[position]
                low[position] = a + b
                high[position] = a - b
        half *= 2


@kernel
def fill_spectra(words, out):
    """Write W of each function to `out`."""
    for row in range(words.shape[0]):
        _transform(words[row], out[row])


@kernel
def fill_summaries(words, length, out):
    """Write degree, sum of |W| and sum of |S| W² of each function to the columns of `out`."""
    spectrum = np.empty(length, np.int32)
    sizes = np.empty(length, np.int64)
    for position in range(length):
        sizes[position] = count_ones(np.uint64(position))
    for row in range(words.shape[0]):
        _transform(words[row], spectrum)
        degree, magnitude, frequency = np.int64(0), np.int64(0), np.int64(0)
        for position in range(length):
            value = np.int64(spectrum[position])
            degree = max(degree, sizes[position] * np.int64(value != 0))
            magnitude += abs(value)
            frequency += sizes[position] * value * value
        out[row, 0] = degree
        out[row, 1] = magnitude
        out[row, 2] = frequency


def _of_octets(words: ArrayLike, n_inputs: int) -> tuple[NDArray[np.uint64], int]:
    """Functions of at least three inputs, the first ones ignored, and how many inputs they have."""
    words = checked_words(words, n_inputs)
    repeated = {1: np.uint64(0b01010101), 2: np.uint64(0b00010001)}
    return words * repeated.get(n_inputs, np.uint64(1)), max(checked_n_inputs(n_inputs), _OCTET_INPUTS)


def _summaries(words: ArrayLike, n_inputs: int) -> tuple[NDArray[np.int64], int]:
    words, n_inputs = _of_octets(words, n_inputs)
    summaries = np.empty((len(words), 3), dtype=np.int64)
    fill_summaries(words, 2**n_inputs, summaries)
    return summaries, n_inputs


def walsh_spectrum(words: ArrayLike, n_inputs: int) -> NDArray[np.int32]:
    """Compute the Walsh spectrum in whole numbers, W(S) = sum over x of (-1)^(f(x) + sum of x_i in S).

    Parameters
    ----------
    words : array_like of uint64, shape (words,) or (count, words)
        Packed functions.
    n_inputs : int
        Number of inputs n.

    Returns
    -------
    ndarray of int32, shape (count, 2^n)
        W at position S, the set of those inputs that are 1 in S; W / 2^n are the Fourier coefficients.

    Raises
    ------
    ValueError
        As `simplicity.functions.checked_words`.

    References
    ----------
    R. O'Donnell, Analysis of Boolean Functions (Cambridge, 2014), chapter 1.

    Examples
    --------
    >>> from simplicity.functions import from_strings
    >>> walsh_spectrum(from_strings(["0000", "0110", "0001"]), 2)
    array([[ 4,  0,  0,  0],
           [ 0,  0,  0,  4],
           [ 2,  2,  2, -2]], dtype=int32)
    """
    lifted, n_lifted = _of_octets(words, n_inputs)
    spectra = np.empty((len(lifted), 2**n_lifted), dtype=np.int32)
    fill_spectra(lifted, spectra)
    return spectra[:, : 2**n_inputs] >> (n_lifted - n_inputs)


def fourier_degree(words: ArrayLike, n_inputs: int) -> NDArray[np.float64]:
    """Compute the Fourier degree: the size of the largest set of inputs with a coefficient that is not 0.

    It is the degree of the real polynomial that equals the function (in ±1 or in 0 and 1, which is the
    same), not to be mixed up with `simplicity.complexity.anf_degree`, which is at most as large.

    Parameters
    ----------
    words : array_like of uint64, shape (words,) or (count, words)
        Packed functions.
    n_inputs : int
        Number of inputs n.

    Returns
    -------
    ndarray of float64, shape (count,)
        Degrees, whole, from 0 (both constants) to n.

    Raises
    ------
    ValueError
        As `simplicity.functions.checked_words`.

    References
    ----------
    N. Nisan and M. Szegedy, Comput. Complexity 4, 301 (1994).

    Examples
    --------
    >>> from simplicity.functions import from_strings
    >>> fourier_degree(from_strings(["1111", "0011", "0001"]), 2)
    array([0., 1., 2.])
    """
    return _summaries(words, n_inputs)[0][:, 0].astype(np.float64)


def fourier_l1(words: ArrayLike, n_inputs: int) -> NDArray[np.float64]:
    """Compute the spectral norm: the sum of the magnitudes of all Fourier coefficients of the ±1 function.

    With outputs 0 and 1 instead, the sum is half as large, plus or minus half of the empty set's share.

    Parameters
    ----------
    words : array_like of uint64, shape (words,) or (count, words)
        Packed functions.
    n_inputs : int
        Number of inputs n.

    Returns
    -------
    ndarray of float64, shape (count,)
        From 1 (exactly for constants, parities and their complements) to 2^(n/2) (bent functions); exact.

    Raises
    ------
    ValueError
        As `simplicity.functions.checked_words`.

    References
    ----------
    E. Kushilevitz and Y. Mansour, SIAM J. Comput. 22, 1331 (1993).

    Examples
    --------
    >>> from simplicity.functions import from_strings
    >>> fourier_l1(from_strings(["0000", "0110", "0001"]), 2)
    array([1., 1., 2.])
    """
    summaries, n_lifted = _summaries(words, n_inputs)
    return summaries[:, 1] / 2**n_lifted


def fourier_mean_frequency(words: ArrayLike, n_inputs: int) -> NDArray[np.float64]:
    """Compute the mean size of a set of inputs, weighted by its squared Fourier coefficient (±1 outputs).

    The squares sum to 1, the empty set's among them, so this is the mean frequency of the spectral sample,
    sum over S of |S| F̂(S)². It equals the total influence: n times `average_sensitivity`. At fixed n the two
    order functions alike.

    Parameters
    ----------
    words : array_like of uint64, shape (words,) or (count, words)
        Packed functions.
    n_inputs : int
        Number of inputs n.

    Returns
    -------
    ndarray of float64, shape (count,)
        Mean numbers of inputs, from 0 (constants) to n (parity of all inputs and its complement); exact.

    Raises
    ------
    ValueError
        As `simplicity.functions.checked_words`.

    References
    ----------
    R. O'Donnell, Analysis of Boolean Functions (Cambridge, 2014), definition 1.18 and theorem 2.38.

    Examples
    --------
    >>> from simplicity.functions import from_strings
    >>> fourier_mean_frequency(from_strings(["0000", "0001", "0110"]), 2)
    array([0., 1., 2.])
    """
    summaries, n_lifted = _summaries(words, n_inputs)
    return summaries[:, 2] / 4**n_lifted
