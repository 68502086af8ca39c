"""Orbits: a representative for all functions that permuting and negating inputs and complement make equal."""

from __future__ import annotations

import functools
import itertools
import math
from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

from simplicity.compilation import inlined, kernel, row
from simplicity.functions.bits import (
    IS_ONE,
    arrange,
    copy,
    count_ones,
    is_equal,
    is_exchangeable,
    is_less,
    lowest_one,
    negate,
)
from simplicity.functions.operations import complement, negate_inputs, permute_inputs
from simplicity.functions.orbit_search import search, workspace
from simplicity.functions.packing import checked_words, position_mask, words_of
from simplicity.functions.refinement import sort_variables, sum_where_one

_MOST_MEMBERS = 2**20


class _Tables(NamedTuple):
    """Constants of functions of one size."""

    mask: np.uint64  # the positions of a word
    is_one: NDArray[np.uint64]  # (n, words): where each variable is 1
    #: (ones of a byte's number, byte, 4): what it adds to the keys of variables 0 to 2, and of those above
    of_byte: NDArray[np.uint64]
    group: NDArray[np.uint64]  # orders of the groups: permutations, complement, negations


@functools.cache
def _tables(n_inputs: int) -> _Tables:
    mask = position_mask(n_inputs)
    word = np.arange(words_of(n_inputs))
    is_one = np.zeros((n_inputs, len(word)), dtype=np.uint64)
    for k in range(n_inputs):
        is_one[k] = IS_ONE[k] & mask if k < 6 else np.where(word >> (k - 6) & 1, mask, np.uint64(0))
    # Odd multiples of the golden ratio: keys of different counts differ, but for an accident.
    weights = (2 * np.arange(max(n_inputs, 3) + 1, dtype=np.uint64) + 1) ** 5 * np.uint64(0x9E3779B97F4A7C15)
    weights[n_inputs:] = 0  # there all variables are 1
    byte = np.arange(256)
    of_byte = np.zeros((max(n_inputs - 2, 1), 256, 4), dtype=np.uint64)
    for above, x in itertools.product(range(len(of_byte)), range(8)):
        weight = (byte >> x & 1).astype(np.uint64) * weights[above + x.bit_count()]
        for place in range(4):
            if place == 3 or x >> place & 1:
                of_byte[above, :, place] += weight
    group = np.array([math.factorial(n_inputs), 2, 2**n_inputs], dtype=np.uint64)
    return _Tables(mask, is_one, of_byte, group)


class _Scratch(NamedTuple):
    """What the kernels write to: tables of functions, what bytes add to keys, keys of variables."""

    tables: NDArray[np.uint64]
    sums: NDArray[np.uint64]
    keys: NDArray[np.uint64]


def _scratch(n_inputs: int) -> _Scratch:
    shapes = ((4, words_of(n_inputs)), 2 ** max(n_inputs - 3, 0), max(n_inputs, 3))
    return _Scratch(*(np.zeros(shape, np.uint64) for shape in shapes))


# ------------------------------------------------------------------------------------------ kernels
@inlined
def _set_keys(words, of_byte, sums, keys):
    """A variable's key: the weights, by Hamming layer, of the ones at which it is 1 too."""
    first = second = third = np.uint64(0)
    for b in range(sums.shape[0]):
        byte = (words[b >> 3] >> np.uint64(8 * (b & 7))) & np.uint64(255)
        above = count_ones(np.uint64(b))
        first += of_byte[above, byte, 0]
        second += of_byte[above, byte, 1]
        third += of_byte[above, byte, 2]
        sums[b] = of_byte[above, byte, 3]
    keys[0], keys[1], keys[2] = first, second, third
    sum_where_one(sums, keys.shape[0], keys)


@inlined
def _sorted_form(words, tables, own, s, out):
    """Put the variables in the order of their keys; return how many permutations leave the function alone.

    Or 0 where that is no canonical form: ties are no matter only where exchanging the tied changes nothing.
    """
    keys, order = own.keys, s.order
    _set_keys(words, tables.of_byte, own.sums, keys)
    sort_variables(keys, order)
    copy(out, words)
    arrange(out, order, s.places)
    symmetries = np.uint64(1)
    tied = 1
    for i in range(1, order.shape[0]):
        if keys[order[i]] != keys[order[i - 1]]:
            tied = 1
            continue
        if not is_exchangeable(out, i - 1, i):
            return np.uint64(0)
        tied += 1
        symmetries *= np.uint64(tied)
    return symmetries


@inlined
def _settle_polarities(words, is_one):
    """Negate inputs so that each is 1 at no fewer ones than it is 0; return those (bits) with as many."""
    ones = 0
    for w in range(words.shape[0]):
        ones += count_ones(words[w])
    free = 0
    for k in range(is_one.shape[0]):
        at_one = 0
        for w in range(words.shape[0]):
            at_one += count_ones(words[w] & is_one[k, w])
        if 2 * at_one == ones:
            free |= 1 << k
        elif 2 * at_one < ones:
            negate(words, k)
    return free


@inlined
def _form(words, changes, tables, own, s, out):
    """Canonical form under permutation (bit 0 of changes) and negation (bit 2); returns the symmetries.

    The smallest of all polarities that counting leaves open; but with permutation, where that is more than
    one input, a search finds order and polarities together.
    """
    n_words = words.shape[0]
    table, form = row(own.tables, 0, n_words), row(own.tables, 1, n_words)
    copy(table, words)
    free = _settle_polarities(table, tables.is_one) if changes & 4 else 0
    permutes = changes & 1 != 0
    searches_polarities = permutes and free & (free - 1) != 0
    n_steps = 1 if searches_polarities else 1 << count_ones(np.uint64(free))
    symmetries = np.uint64(0)
    for step in range(n_steps):  # in the order of a Gray code
        if step:
            left = free
            for _ in range(lowest_one(np.uint64(step))):
                left &= left - 1
            negate(table, lowest_one(np.uint64(left)))
        found = np.uint64(0)
        if not permutes:
            copy(form, table)
            found = np.uint64(1)
        elif not searches_polarities:
            found = _sorted_form(table, tables, own, s, form)
        if not found:
            found = search(table, searches_polarities, s, form)
        if not symmetries or is_less(form, out):
            copy(out, form)
            symmetries = found
        elif is_equal(form, out):
            symmetries += found
    return symmetries


@kernel
def _canonical(functions, changes, tables, own, s, representatives, sizes):
    """Canonical form and orbit size of each function; bit 1 of changes is the output's complement."""
    n_words = functions.shape[1]
    half = (n_words * count_ones(tables.mask)) // 2
    group = np.uint64(1)
    for bit in range(3):
        if changes & (1 << bit):
            group *= tables.group[bit]
    table, form = row(own.tables, 2, n_words), row(own.tables, 3, n_words)
    for i in range(functions.shape[0]):
        words, out = row(functions, i, n_words), row(representatives, i, n_words)
        ones = 0
        for w in range(n_words):
            ones += count_ones(words[w])
        complements = changes & 2 != 0 and ones >= half
        has_both = complements and ones == half
        for turn in range(1 + has_both):
            change = tables.mask if complements and turn == 0 else np.uint64(0)
            for w in range(n_words):
                table[w] = words[w] ^ change
            symmetries = _form(table, changes, tables, own, s, form)
            if turn and is_equal(form, out):
                symmetries *= np.uint64(2)  # the complement is in the orbit already
            if not turn or is_less(form, out):
                copy(out, form)
        sizes[i] = group // symmetries


def canonical_forms(
    words: ArrayLike,
    n_inputs: int,
    *,
    permutation: bool = False,
    complement: bool = False,
    negation: bool = False,
) -> tuple[NDArray[np.uint64], NDArray[np.uint64]]:
    """One representative for each function's orbit, and how many functions the orbit has.

    Two functions have the same representative if and only if the changes asked for make one of the other.
    The representative is a member, and the same on every machine, but not the smallest one: with
    ``complement`` it has at most as many ones as zeros; with ``negation`` each input is 1 at no fewer ones
    than it is 0, where that says something; with ``permutation`` inputs go in the order of a hash of how many
    ones they have in each Hamming layer, and what remains open is decided by the smallest table of those
    that a search finds (`simplicity.functions.orbit_search`). It may change with the version of this package.

    Parameters
    ----------
    words : array_like of uint64, shape (words,) or (count, words)
        Packed functions.
    n_inputs : int
        Number of inputs.
    permutation, complement, negation : bool
        Changes: of the order of inputs, of the output's sign, of the sign of any set of inputs.

    Returns
    -------
    representatives : ndarray of uint64, shape (count, words)
    sizes : ndarray of uint64, shape (count,)
        Between 1 and 2 · 2^n · n!.

    Raises
    ------
    ValueError
        As `checked_words`.

    Examples
    --------
    >>> from simplicity.functions import from_strings, to_strings
    >>> words = from_strings(["0001", "0100", "1110", "0110"])  # x1 x2, ¬x1 x2, ¬(x1 x2), parity
    >>> forms, sizes = canonical_forms(words, 2, permutation=True, complement=True)
    >>> to_strings(forms, 2), sizes.tolist()
    (['0001', '0010', '0001', '0110'], [2, 4, 2, 2])
    >>> forms, sizes = canonical_forms(words, 2, permutation=True, complement=True, negation=True)
    >>> len(np.unique(forms)), sizes.tolist()
    (2, [8, 8, 8, 2])
    """
    functions = checked_words(words, n_inputs)
    changes = int(permutation) | int(complement) << 1 | int(negation) << 2
    representatives = np.empty_like(functions)
    sizes = np.empty(len(functions), dtype=np.uint64)
    own, scratch = _scratch(n_inputs), workspace(n_inputs, functions.shape[1])
    _canonical(functions, changes, _tables(n_inputs), own, scratch, representatives, sizes)
    return representatives, sizes


def orbit_members(
    function: ArrayLike,
    n_inputs: int,
    *,
    permutation: bool = False,
    complement: bool = False,
    negation: bool = False,
) -> NDArray[np.uint64]:
    """All functions of an orbit, in no order.

    Parameters
    ----------
    function : array_like of uint64, shape (words,) or (1, words)
        One of them.
    n_inputs : int
    permutation, complement, negation : bool
        As for `canonical_forms`.

    Returns
    -------
    ndarray of uint64, shape (size, words)

    Raises
    ------
    ValueError
        If there are more than 2^20 members, or more than one function is given.

    Examples
    --------
    >>> from simplicity.functions import from_strings, to_strings
    >>> sorted(to_strings(orbit_members(from_strings(["0001"]), 2, permutation=True, complement=True), 2))
    ['0001', '1110']
    """
    members = checked_words(function, n_inputs)
    if len(members) != 1:
        raise ValueError(f"one function is wanted, got {len(members)}")
    changes = {"permutation": permutation, "complement": complement, "negation": negation}
    size = int(canonical_forms(members, n_inputs, **changes)[1][0])
    if size > _MOST_MEMBERS:
        raise ValueError(f"the orbit has {size:,} members, more than {_MOST_MEMBERS:,}")
    return _closure(members, n_inputs, changes)


def _closure(members: NDArray[np.uint64], n_inputs: int, changes: dict[str, bool]) -> NDArray[np.uint64]:
    """Everything that exchanges of neighbours, negation of one input and complement lead to."""
    found = {member.tobytes() for member in members}
    fresh = members
    while len(fresh):
        images = []
        if changes["permutation"]:
            for k in range(n_inputs - 1):
                order = [*range(k), k + 1, k, *range(k + 2, n_inputs)]
                images.append(permute_inputs(fresh, n_inputs, order))
        if changes["negation"]:
            images += [negate_inputs(fresh, n_inputs, [k]) for k in range(n_inputs)]
        if changes["complement"]:
            images.append(complement(fresh, n_inputs))
        new = {image.tobytes() for image in itertools.chain.from_iterable(images)} - found
        found |= new
        fresh = np.frombuffer(b"".join(sorted(new)), dtype=np.uint64).reshape(-1, members.shape[1])
    return np.frombuffer(b"".join(sorted(found)), dtype=np.uint64).reshape(-1, members.shape[1]).copy()
