"""Size of a truth table after compression by zlib: what a general-purpose compressor makes of it."""

from __future__ import annotations

import zlib

import numpy as np
from numpy.typing import ArrayLike, NDArray

from simplicity.functions import checked_n_inputs, checked_words, row_slices, unpack


def zlib_size(words: ArrayLike, n_inputs: int) -> NDArray[np.float64]:
    """Compute the length of each truth-table string after compression at zlib's level 9.

    What is compressed is the text, a character a position; packed octets of so few positions would leave
    hardly anything to find. The stream's 6 bytes of header and checksum count. Short strings gain little,
    and most functions share a few sizes: a rough measure, for comparison with work that uses it. Sizes are
    zlib's own; compatible libraries such as zlib-ng may give others.

    Parameters
    ----------
    words : array_like of uint64, shape (words,) or (count, words)
        Packed functions.
    n_inputs : int
        Number of inputs.

    Returns
    -------
    ndarray of float64, shape (count,)
        Bytes, whole.

    Raises
    ------
    ValueError
        As `simplicity.functions.checked_words`.

    References
    ----------
    P. Deutsch, DEFLATE Compressed Data Format Specification 1.3, RFC 1951 (1996).

    Examples
    --------
    >>> from simplicity.functions import from_strings
    >>> sizes = zlib_size(from_strings(["0" * 128, "01" * 64, "0001101001000101" * 8]), 7)
    >>> bool(sizes[0] < sizes[1] < sizes[2])
    True
    """
    words = checked_words(words, n_inputs)
    sizes = np.empty(len(words), dtype=np.float64)
    for rows in row_slices(len(words), checked_n_inputs(n_inputs)):
        texts = unpack(words[rows], n_inputs).view(np.uint8) + np.uint8(ord("0"))
        sizes[rows] = [len(zlib.compress(text, 9)) for text in texts]
    return sizes
