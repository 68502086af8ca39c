"""Names of the functions that people know by name: constants, literals, gates, parities, majorities.

The notation, with inputs counted from 1:

* constants ``0`` and ``1``, literals ``x1`` and ``~x1``;
* the ten two-input gates that need both inputs: ``x1 & x2``, ``x1 | x2`` (either literal negated or not),
  ``x1 ^ x2`` and ``~(x1 ^ x2)``;
* ``parity(x1,x2,x3)`` of three or more inputs: 1 where their sum is odd;
* ``maj(x1,x2,x3)`` of an odd number of inputs, from three on: 1 where more than half of them are;
* ``[x1+x2+x3+x4 > 2]``, the same for an even number, from four on;
* ``~`` before one of the last three: its complement.
"""

from __future__ import annotations

import functools
import itertools
from collections.abc import Iterator

import numpy as np
from numpy.typing import ArrayLike, NDArray

from simplicity.functions.packing import checked_n_inputs, checked_words, input_table, pack


def _gates(first: str, second: str, x: NDArray, y: NDArray) -> Iterator[tuple[str, NDArray]]:
    literals = [(first, x), (f"~{first}", ~x)], [(second, y), (f"~{second}", ~y)]
    for (left, p), (right, q) in itertools.product(*literals):
        yield f"{left} & {right}", p & q
    for (left, p), (right, q) in itertools.product(*literals):
        yield f"{left} | {right}", p | q
    yield f"{first} ^ {second}", x ^ y
    yield f"~({first} ^ {second})", ~(x ^ y)


def _named_tables(n_inputs: int) -> Iterator[tuple[str, NDArray]]:
    """Every name with its truth table, simplest first; no function comes twice."""
    inputs = input_table(n_inputs)
    columns = {f"x{k + 1}": inputs[:, k].astype(bool) for k in range(n_inputs)}
    yield "0", np.zeros(2**n_inputs, dtype=bool)
    yield "1", np.ones(2**n_inputs, dtype=bool)
    for name, column in columns.items():
        yield name, column
        yield f"~{name}", ~column
    for (first, x), (second, y) in itertools.combinations(columns.items(), 2):
        yield from _gates(first, second, x, y)
    subsets = [subset for size in range(3, n_inputs + 1) for subset in itertools.combinations(columns, size)]
    sums = [np.sum([columns[name] for name in subset], axis=0) for subset in subsets]
    for subset, total in zip(subsets, sums, strict=True):
        yield f"parity({','.join(subset)})", total % 2 == 1
        yield f"~parity({','.join(subset)})", total % 2 == 0
    for subset, total in zip(subsets, sums, strict=True):
        half = len(subset) // 2
        is_odd = len(subset) % 2 == 1
        name = f"maj({','.join(subset)})" if is_odd else f"[{'+'.join(subset)} > {half}]"
        yield name, total > half
        yield f"~{name}", total <= half


@functools.cache
def _catalogue(n_inputs: int) -> tuple[list[str], NDArray[np.uint64]]:
    names, tables = zip(*_named_tables(n_inputs), strict=True)
    words = pack(np.array(tables))
    words.flags.writeable = False  # shared by every caller
    return list(names), words


@functools.cache
def _name_of(n_inputs: int) -> dict[bytes, str]:
    names, words = _catalogue(n_inputs)
    return {row.tobytes(): name for name, row in zip(names, words, strict=True)}


def named_functions(n_inputs: int) -> dict[str, NDArray[np.uint64]]:
    """Return every function that has a name: constants, literals, gates, parities and majorities.

    Parameters
    ----------
    n_inputs : int
        Number of inputs.

    Returns
    -------
    dict of str to ndarray of uint64, shape (words,)
        Packed functions (read-only) by name, simplest first.

    Raises
    ------
    ValueError
        If `n_inputs` is not an integer from 1 to `MAX_INPUTS`.

    Examples
    --------
    >>> list(named_functions(1))
    ['0', '1', 'x1', '~x1']
    >>> named_functions(3)["maj(x1,x2,x3)"]
    array([232], dtype=uint64)
    """
    names, words = _catalogue(checked_n_inputs(n_inputs))
    return dict(zip(names, words, strict=True))


def names(words: ArrayLike, n_inputs: int) -> list[str | None]:
    """Return the name of each function, or None where it has none.

    Parameters
    ----------
    words : array_like of uint64, shape (words,) or (count, words)
        Packed functions.
    n_inputs : int
        Number of inputs.

    Returns
    -------
    list of str or None
        Names in the notation of this module (see its head).

    Raises
    ------
    ValueError
        As `checked_words`.

    Examples
    --------
    >>> names(pack([[0, 1, 1, 0], [0, 0, 1, 0], [0, 0, 1, 1]]), 2)
    ['x1 ^ x2', 'x1 & ~x2', 'x1']
    >>> names(pack([0, 1, 1, 1, 1, 1, 1, 0]), 3)
    [None]
    """
    words = checked_words(words, n_inputs)
    name_of = _name_of(int(n_inputs))
    return [name_of.get(row.tobytes()) for row in words]
