"""Block decomposition: algorithmic complexities of short blocks, looked up and added.

The complexity of a block of up to 12 symbols is estimated from how often small Turing machines print it
(the coding theorem method). The table comes with the package pybdm, which is read, not imported: its import
needs pkg_resources, which recent versions of setuptools no longer have, and its own loop over
blocks takes about a hundred times as long.
"""

from __future__ import annotations

import collections
import functools
import gzip
import importlib.util
import io
import pickle
from pathlib import Path

import numpy as np
from numpy.typing import ArrayLike, NDArray

from simplicity.functions import checked_n_inputs, checked_words, row_slices, unpack

_BLOCK = 12  # symbols; the longest that the table has


_DICTIONARIES = {
    ("builtins", "dict"): dict,
    ("collections", "defaultdict"): collections.defaultdict,
    ("collections", "OrderedDict"): collections.OrderedDict,
}


class _PlainUnpickler(pickle.Unpickler):
    """Reads dictionaries, text and numbers only: no file can make it run code."""

    def find_class(self, module: str, name: str) -> type:
        if (module, name) in _DICTIONARIES:
            return _DICTIONARIES[module, name]
        raise pickle.UnpicklingError(f"the table of pybdm must be plain data, but names {module}.{name}")


@functools.cache
def _block_complexities(length: int) -> NDArray[np.float64]:
    """Complexity of every block of a length, by the integer that its string of 0 and 1 is in binary."""
    specification = importlib.util.find_spec("pybdm")
    if specification is None or specification.origin is None:
        raise ImportError("measure 'bdm' needs pybdm, which is not installed: pip install simplicity[bdm]")
    path = Path(specification.origin).parent / "ctmdata" / "ctm-b2-d12.pkl.gz"
    table = _PlainUnpickler(io.BytesIO(gzip.decompress(path.read_bytes()))).load()[(length,)]
    complexities = np.full(2**length, np.nan)
    for block, complexity in table.items():  # it lists blocks that begin with 0: the complement is as complex
        complexities[[int(block, 2), 2**length - 1 - int(block, 2)]] = complexity
    return complexities


def _block_numbers(tables: NDArray[np.bool_]) -> NDArray[np.int64]:
    """Blocks, on the last axis, as the integers that their strings are in binary."""
    return tables @ (1 << np.arange(tables.shape[-1])[::-1])


def _of_tables(tables: NDArray[np.bool_]) -> NDArray[np.float64]:
    whole = tables.shape[1] // _BLOCK
    rest = tables[:, whole * _BLOCK :]
    values = _block_complexities(rest.shape[1])[_block_numbers(rest)]
    if whole:
        blocks = np.sort(_block_numbers(tables[:, : whole * _BLOCK].reshape(-1, whole, _BLOCK)), axis=1)
        is_first = np.ones(blocks.shape, dtype=bool)
        is_first[:, 1:] = blocks[:, 1:] != blocks[:, :-1]
        values = values + np.where(is_first, _block_complexities(_BLOCK)[blocks], 0.0).sum(axis=1)
        # log2 of how often a block occurs: the k-th occurrence adds log2(k / (k - 1)).
        run = np.arange(whole) - np.maximum.accumulate(np.where(is_first, np.arange(whole), 0), axis=1)
        values += np.where(is_first, 0.0, np.log2((run + 1) / np.maximum(run, 1))).sum(axis=1)
    return values


def block_decomposition(words: ArrayLike, n_inputs: int) -> NDArray[np.float64]:
    """Compute the block decomposition complexity (BDM) of each truth table: sum of K(block) + log2(times).

    The sum runs over the different blocks. The table is cut into blocks of 12 symbols from position 0 on;
    what is left (4 or 8 symbols for n ≥ 4) is a block of its own, looked up at its own length and counted
    apart. This is pybdm's "recursive" partition with blocks of 12; its default partition ignores the rest,
    and with it a quarter of a function of 4 inputs.

    Parameters
    ----------
    words : array_like of uint64, shape (words,) or (count, words)
        Packed functions.
    n_inputs : int
        Number of inputs.

    Returns
    -------
    ndarray of float64, shape (count,)
        Bits.

    Raises
    ------
    ValueError
        As `simplicity.functions.checked_words`.
    ImportError
        If pybdm is not installed.

    References
    ----------
    H. Zenil et al., Entropy 20, 605 (2018). F. Soler-Toscano, H. Zenil, J.-P. Delahaye and N. Gauvrit, PLoS
    ONE 9, e96223 (2014), for the complexities of blocks.
    """
    words = checked_words(words, n_inputs)
    values = np.empty(len(words))
    for rows in row_slices(len(words), checked_n_inputs(n_inputs)):
        values[rows] = _of_tables(unpack(words[rows], n_inputs))
    return values
