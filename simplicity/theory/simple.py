"""All functions up to a complexity, whether a map was ever seen to reach them or not."""

from __future__ import annotations

import math

import numpy as np
import numpy.typing as npt

from simplicity.complexity import lz76_complexity, ones_entropy, reversed_words, word_counts
from simplicity.complexity import measure as find_measure
from simplicity.functions import (
    checked_n_inputs,
    complement,
    order_by_string,
    position_mask,
    words_of,
)
from simplicity.theory.bounds import AnyMeasure
from simplicity.theory.lz76_walk import strings_of_few_words
from simplicity.theory.simple_sample import estimated_strings

Words = npt.NDArray[np.uint64]

_MOST_INPUTS_ENUMERATED = 4
_MOST_STRINGS = 2**28  # walked over: about a minute a 2^27 on two cores
_MOST_BYTES = 2**30
_ROUNDING = 1e-9


def simple_functions(n_inputs: int, max_complexity: float, measure: AnyMeasure = "lz76") -> Words:
    """List every function of complexity `max_complexity` or less.

    Up to four inputs all 2^(2^n) functions are gone through, under any measure. Beyond that:

    * ``lz76``: K_LZ = n (N(s) + N(r)) / 2 with r the reverse of s, so K_LZ <= k means that s or r has at most
      floor(k / n) words. All strings of so few words are found by a walk over their prefixes; those whose
      reverse is simple enough are kept, and so are their reverses and complements.
    * ``entropy``: functions with few ones or few zeros, put together from those positions.

    The strings walked over, and with them the time, grow with the number c = floor(k / n) of words like 2^n
    to the power 2 (c - 2): with seven inputs there are 16,384 for c = 3, 27 million for c = 4 (k < 35 bits;
    half a minute) and 2^34.6 for c = 5, which is refused. `simple_functions_sample` then draws from them
    with known weights.

    Parameters
    ----------
    n_inputs : int
    max_complexity : float
        In units of the measure.
    measure : str, Measure or callable
        As for `simplicity.complexity.measure`.

    Returns
    -------
    (F, words) uint64
        In order of complexity, then truth-table string; no function twice.

    Raises
    ------
    ValueError
        If the list would be too long to go through, or no way to enumerate is known for this measure and
        number of inputs (any array of functions will do for `blind_spots`), or max_complexity is no number.

    References
    ----------
    A. Lempel and J. Ziv, IEEE Trans. Inf. Theory 22, 75 (1976); K. Dingle, C. Q. Camargo and A. A. Louis,
    Nat. Commun. 9, 761 (2018).

    Examples
    --------
    >>> from simplicity.functions import to_strings
    >>> to_strings(simple_functions(2, 5), 2)
    ['0000', '1111', '0001', '0111', '1000', '1110']
    >>> len(simple_functions(7, 21))
    290
    """
    n_inputs = checked_n_inputs(n_inputs)
    if not isinstance(max_complexity, (int, float, np.number)) or math.isnan(max_complexity):
        raise ValueError(f"max_complexity must be a number, got {max_complexity!r}")
    found = find_measure(measure)
    limit = float(max_complexity) + _ROUNDING
    if n_inputs <= _MOST_INPUTS_ENUMERATED:
        functions = np.arange(2**2**n_inputs, dtype=np.uint64)[:, None]
    elif found.function is lz76_complexity:
        functions = _of_few_words(n_inputs, limit)
    elif found.function is ones_entropy:
        functions = _of_few_ones(n_inputs, limit)
    else:
        raise ValueError(
            f"functions of {n_inputs} inputs cannot be enumerated by {found.name!r}: that is possible up to "
            f"{_MOST_INPUTS_ENUMERATED} inputs, and by 'lz76' and 'entropy' beyond. Take a list of your own, "
            "such as simple_functions(..., measure='lz76'), and say so: blind_spots accepts any"
        )
    complexity = found(functions, n_inputs)
    functions, complexity = functions[complexity <= limit], complexity[complexity <= limit]
    order = order_by_string(functions, n_inputs)
    return functions[order[np.argsort(np.round(complexity[order], 9), kind="stable")]]


def _of_few_words(n_inputs: int, limit: float) -> Words:
    """Functions of K_LZ <= limit, in no order."""
    constants = np.stack([_constant(n_inputs, value) for value in (False, True)])
    if limit < n_inputs:
        return constants[:0]
    most_in_both = math.floor(2 * min(limit, n_inputs * 2.0**n_inputs) / n_inputs)
    most_words = most_in_both // 2
    if most_words < 2:  # no history is shorter
        return constants
    _check_cost(n_inputs, limit, most_words)
    strings = strings_of_few_words(n_inputs, most_words, most_in_both)
    reverse = reversed_words(strings, n_inputs)
    # A reverse of few words is, or its complement is, among the strings already.
    reverse = reverse[word_counts(reverse, n_inputs) > most_words]
    half = np.concatenate([strings, reverse])
    half = half[half.any(axis=1)]  # the constants have their own complexity
    half = half[(half != constants[1]).any(axis=1)]
    return np.concatenate([constants, half, complement(half, n_inputs)])


def _constant(n_inputs: int, value: bool) -> Words:
    return np.full(words_of(n_inputs), position_mask(n_inputs) if value else 0, np.uint64)


def _check_cost(n_inputs: int, limit: float, most_words: int) -> None:
    strings = estimated_strings(n_inputs, most_words)
    size = strings * words_of(n_inputs) * 8
    if strings > _MOST_STRINGS or size > _MOST_BYTES:
        raise ValueError(
            f"max_complexity {limit:.4g} at {n_inputs} inputs means a walk over about 2^"
            f"{math.log2(strings):.1f} strings of up to {most_words} words ({size / 2**30:.3g} GiB); what is "
            f"gone through is at most 2^{math.log2(_MOST_STRINGS):.0f} strings and {_MOST_BYTES / 2**30:g} GiB. "
            "Take fewer bits, or a weighted sample: simple_functions_sample"
        )


def _of_few_ones(n_inputs: int, limit: float) -> Words:
    """Functions with so few ones, or zeros, that the entropy of their number is at most `limit`."""
    length = 2**n_inputs
    shares = np.arange(length // 2 + 1) / length
    with np.errstate(divide="ignore", invalid="ignore"):
        entropy = -np.nan_to_num(shares * np.log2(shares)) - (1 - shares) * np.log2(1 - shares)
    most = int(np.count_nonzero(entropy <= limit)) - 1
    if most < 0:
        return np.empty((0, words_of(n_inputs)), np.uint64)
    number = 2 * sum(math.comb(length, k) for k in range(most + 1))
    if number * words_of(n_inputs) * 8 > _MOST_BYTES // 4:
        raise ValueError(
            f"max_complexity {limit:.4g} at {n_inputs} inputs means 2^{math.log2(number):.1f} functions of "
            f"up to {most} ones or zeros, too many to list: take fewer bits (entropy of {most - 1} ones is "
            f"{entropy[most - 1]:.4g})"
        )
    parts = []
    for k in range(most + 1):
        positions = _subsets(length, k)
        tables = np.zeros((len(positions), words_of(n_inputs)), np.uint64)
        rows = np.arange(len(positions))
        for column in positions.T:
            tables[rows, column >> 6] |= np.uint64(1) << (column & 63).astype(np.uint64)
        parts.append(tables)
    few = np.concatenate(parts)
    return np.unique(np.concatenate([few, complement(few, n_inputs)]), axis=0)


def _subsets(length: int, size: int) -> npt.NDArray[np.int64]:
    """All subsets of `size` positions, (subsets, size)."""
    subsets = np.zeros((1, 0), np.int64)
    for _ in range(size):
        last = subsets[:, -1] if subsets.shape[1] else np.full(len(subsets), -1)
        room = length - 1 - last
        row = np.repeat(np.arange(len(subsets)), room)
        step = np.arange(room.sum()) - np.repeat(np.cumsum(room) - room, room)
        subsets = np.column_stack([subsets[row], last[row] + 1 + step])
    return subsets
