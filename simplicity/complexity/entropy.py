"""Entropy of the output: how evenly a truth table is divided between zeros and ones."""

from __future__ import annotations

import decimal
import functools

import numpy as np
from numpy.typing import ArrayLike, NDArray

from simplicity.functions import checked_n_inputs, checked_words, ones


@functools.cache
def _entropies(n_inputs: int) -> NDArray[np.float64]:
    """Entropy by number of ones, n - (T log2 T + (2^n - T) log2(2^n - T)) / 2^n.

    In decimals, since math libraries differ in the last bit of a logarithm. Rounding log2 to 35 places
    makes it exact at powers of two.
    """
    length = 2**n_inputs
    with decimal.localcontext(decimal.Context(prec=40)) as context:
        log_two = context.ln(decimal.Decimal(2))
        logs = [round(context.ln(decimal.Decimal(t)) / log_two, 35) for t in range(1, length + 1)]
        scaled = [decimal.Decimal(0)] + [t * log for t, log in enumerate(logs, start=1)]  # T log2 T
        entropies = [n_inputs - (scaled[t] + scaled[length - t]) / length for t in range(length + 1)]
    return np.array([float(entropy) for entropy in entropies])


def ones_entropy(words: ArrayLike, n_inputs: int) -> NDArray[np.float64]:
    """Compute the binary entropy of the fraction of ones, -p log2 p - (1-p) log2(1-p) with p = T / 2^n.

    Parameters
    ----------
    words : array_like of uint64, shape (words,) or (count, words)
        Packed functions.
    n_inputs : int
        Number of inputs n.

    Returns
    -------
    ndarray of float64, shape (count,)
        Bits per position, from 0 (constant) to 1 (as many zeros as ones).

    Raises
    ------
    ValueError
        As `simplicity.functions.checked_words`.

    References
    ----------
    C. Mingard et al., arXiv:1909.11522 (2019), use it to show the bias towards low entropy.

    Examples
    --------
    >>> from simplicity.functions import from_strings
    >>> ones_entropy(from_strings(["0000", "0001", "0110"]), 2)
    array([0.        , 0.81127812, 1.        ])
    """
    words = checked_words(words, n_inputs)
    return _entropies(checked_n_inputs(n_inputs))[ones(words)]
