"""LZ78: the number of different phrases that incremental parsing cuts a truth table into.

A phrase grows while it equals an earlier phrase; the symbol that makes it new ends it. What is left at
the end equals an earlier phrase and does not count. The phrases are kept as a binary tree: a phrase is
a node, and its children are the phrases one symbol longer.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

from simplicity.compilation import kernel
from simplicity.functions import checked_n_inputs, checked_words

_ONE = np.uint64(1)


@kernel
def _phrases_of(string, length, children):
    """Phrases of one string; `children` has room for them: two slots a node, node 0 the empty phrase."""
    children[0] = 0
    children[1] = 0
    count = 0
    node = np.int64(0)
    rest = string[0]
    for position in range(length):
        if position % 64 == 0:
            rest = string[position // 64]
        slot = 2 * node + np.int64(rest & _ONE)
        rest >>= _ONE
        node = np.int64(children[slot])
        if node == 0:
            count += 1
            children[slot] = count
            children[2 * count] = 0
            children[2 * count + 1] = 0
    return count


@kernel
def fill_phrase_counts(words, n_inputs, out):
    """Write the number of LZ78 phrases of each function to `out`."""
    length = 1 << n_inputs
    children = np.empty(2 * (length + 1), np.int16)
    for row in range(words.shape[0]):
        out[row] = _phrases_of(words[row], length, children)


def lz78_phrases(words: ArrayLike, n_inputs: int) -> NDArray[np.float64]:
    """Count the different LZ78 phrases of each truth table, an unfinished last one left out.

    Not to be mixed up with the LZ76 words that K_LZ is made of. The PyPI package
    `lempel-ziv-complexity` counts the same phrases.

    Parameters
    ----------
    words : array_like of uint64, shape (words,) or (count, words)
        Packed functions.
    n_inputs : int
        Number of inputs.

    Returns
    -------
    ndarray of float64, shape (count,)
        Numbers of phrases, whole.

    Raises
    ------
    ValueError
        As `simplicity.functions.checked_words`.

    References
    ----------
    J. Ziv and A. Lempel, IEEE Trans. Inf. Theory 24, 530 (1978).

    Examples
    --------
    The phrases are 1, 0, 01, 11, 10, 110, 00 and 010.

    >>> from simplicity.functions import from_strings
    >>> lz78_phrases(from_strings("1001111011000010"), 4)
    array([8.])
    """
    words = checked_words(words, n_inputs)
    counts = np.empty(len(words), dtype=np.float64)
    fill_phrase_counts(words, checked_n_inputs(n_inputs), counts)
    return counts
