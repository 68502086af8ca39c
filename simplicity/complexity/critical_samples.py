"""Critical sample ratio: the share of inputs that lie at a boundary between the two classes."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

from simplicity.compilation import kernel
from simplicity.complexity.neighbours import changes_of_word
from simplicity.functions import checked_n_inputs, checked_words
from simplicity.functions.bits import count_ones


@kernel
def fill_critical_counts(words, n_inputs, out):
    """Write the number of inputs with a neighbour of the other class to `out`."""
    for row in range(words.shape[0]):
        string = words[row]
        count = 0
        for word in range(string.size):
            critical = np.uint64(0)
            for bit in range(n_inputs):
                critical |= changes_of_word(string, word, bit)
            count += count_ones(critical)
        out[row] = count


def critical_sample_ratio(words: ArrayLike, n_inputs: int) -> NDArray[np.float64]:
    """Compute the share of all 2^n inputs with at least one neighbour of the other class.

    Neighbours differ in one input (Hamming distance 1). Arpit et al. define the ratio over a data set and a
    small box around each sample; on Boolean inputs the samples are all inputs and the box is distance 1, as
    Valle-Pérez, Camargo and Louis take it.

    Parameters
    ----------
    words : array_like of uint64, shape (words,) or (count, words)
        Packed functions.
    n_inputs : int
        Number of inputs n.

    Returns
    -------
    ndarray of float64, shape (count,)
        Fractions from 0 (constants) to 1.

    Raises
    ------
    ValueError
        As `simplicity.functions.checked_words`.

    References
    ----------
    D. Arpit et al., ICML (2017), arXiv:1706.05394. G. Valle-Pérez, C. Q. Camargo and A. A. Louis, ICLR
    (2019), arXiv:1805.08522.

    Examples
    --------
    Of AND, only the input 00 has no neighbour of the other class.

    >>> from simplicity.functions import from_strings
    >>> critical_sample_ratio(from_strings(["0000", "0001", "0011"]), 2)
    array([0.  , 0.75, 1.  ])
    """
    words = checked_words(words, n_inputs)
    counts = np.empty(len(words), dtype=np.float64)
    fill_critical_counts(words, checked_n_inputs(n_inputs), counts)
    return counts / 2**n_inputs
