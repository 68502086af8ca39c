"""Orbits: a representative for all functions that permuting and negating inputs and complement make equal."""

from __future__ import annotations

import itertools
import math
from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

from simplicity.compilation import kernel
from simplicity.functions.bits import IS_ONE, count_ones, is_equal, is_exchangeable, is_less, negate
from simplicity.functions.operations import complement, negate_inputs, permute_inputs
from simplicity.functions.orbit_search import Workspace, arrange, search, sort_variables, workspace
from simplicity.functions.packing import checked_words, position_mask, words_of

_MOST_MEMBERS = 2**20


class _Tables(NamedTuple):
    """Constants of functions of one size."""

    mask: np.uint64  # the positions of a word
    is_one: NDArray[np.uint64]  # (n, words): where each variable is 1
    layers: NDArray[np.uint64]  # (n + 1, words): where so many variables are 1
    weights: NDArray[np.uint64]  # (n + 1,): of each layer, in a variable's key
    group: NDArray[np.uint64]  # orders of the groups: permutations, negations
    keys: NDArray[np.uint64]
    scratch: NDArray[np.uint64]


def _tables(n_inputs: int) -> _Tables:
    n_words = words_of(n_inputs)
    mask = position_mask(n_inputs)
    is_one = np.zeros((n_inputs, n_words), dtype=np.uint64)
    word = np.arange(n_words)
    for k in range(n_inputs):
        is_one[k] = IS_ONE[k] & mask if k < 6 else np.where(word >> (k - 6) & 1, mask, np.uint64(0))
    layers = np.zeros((n_inputs + 1, n_words), dtype=np.uint64)
    for x in range(2**n_inputs):
        layers[x.bit_count(), x // 64] |= np.uint64(1 << (x % 64))
    # Odd multiples of the golden ratio: keys of different counts differ, but for an accident.
    weights = (2 * np.arange(n_inputs + 1, dtype=np.uint64) + 1) ** 5 * np.uint64(0x9E3779B97F4A7C15)
    group = np.array([math.factorial(n_inputs), 2**n_inputs], dtype=np.uint64)
    keys = np.zeros(n_inputs, dtype=np.uint64)
    return _Tables(mask, is_one, layers, weights, group, keys, np.zeros((5, n_words), dtype=np.uint64))


# ------------------------------------------------------------------------------------------ kernels
@kernel
def _ones_at(words, at):
    total = 0
    for w in range(words.shape[0]):
        total += count_ones(words[w] & at[w])
    return total


@kernel
def _permutation_form(words, tables, s, out):
    """Canonical form under permutation; returns how many permutations leave the function alone.

    A variable's key is made of the ones at which it is 1 too, by Hamming layer; variables go in the order of
    their keys. Ties are no matter where exchanging the tied changes nothing.
    """
    keys, layers, is_one, at, order = tables.keys, tables.layers, tables.is_one, tables.scratch[0], s.order
    n_inputs, n_words = is_one.shape
    keys[:] = np.uint64(0)
    for layer in range(1, n_inputs):
        for w in range(n_words):
            at[w] = words[w] & layers[layer, w]
        for k in range(n_inputs):
            count = 0
            for w in range(n_words):
                count += count_ones(at[w] & is_one[k, w])
            keys[k] += np.uint64(count) * tables.weights[layer]
    sort_variables(keys, order)
    out[:] = words
    arrange(out, order, s.places)
    symmetries = np.uint64(1)
    tied = 1
    for i in range(1, n_inputs):
        if keys[order[i]] != keys[order[i - 1]]:
            tied = 1
            continue
        if not is_exchangeable(out, i - 1, i):
            return search(words, False, s, out)
        tied += 1
        symmetries *= np.uint64(tied)
    return symmetries


@kernel
def _settled_polarities(words, tables, out):
    """Negate inputs so that each is 1 at more ones than it is 0; return those (bits) with as many."""
    free = 0
    out[:] = words
    ones = 0
    for w in range(words.shape[0]):
        ones += count_ones(words[w])
    for k in range(tables.keys.shape[0]):
        at_one = 2 * _ones_at(words, tables.is_one[k])
        if at_one == ones:
            free |= 1 << k
        elif at_one < ones:
            negate(out, k)
    return free


@kernel
def _both_form(words, tables, s, out):
    """Canonical form under permutation and negation; returns how many of them leave the function alone."""
    normalised = tables.scratch[1]
    free = _settled_polarities(words, tables, normalised)
    if free & (free - 1):
        return search(words, True, s, out)
    symmetries = _permutation_form(normalised, tables, s, out)
    if free:  # one polarity to be had by trying both
        lone = 0
        while not (free >> lone) & 1:
            lone += 1
        negate(normalised, lone)
        other = tables.scratch[4]
        other_symmetries = _permutation_form(normalised, tables, s, other)
        if is_less(other, out):
            out[:] = other
            return other_symmetries
        if is_equal(other, out):
            return symmetries + other_symmetries
    return symmetries


@kernel
def _negation_form(words, tables, out):
    """Canonical form under negation alone: the smallest table of all polarities that counting leaves open."""
    table = tables.scratch[1]
    free = _settled_polarities(words, tables, table)
    symmetries = np.uint64(1)
    out[:] = table
    n_free = count_ones(np.uint64(free))
    for step in range(1, 1 << n_free):  # in the order of a Gray code
        flipped = 0
        while not (step >> flipped) & 1:
            flipped += 1
        k = -1
        while flipped >= 0:
            k += 1
            flipped -= (free >> k) & 1
        negate(table, k)
        if is_less(table, out):
            out[:] = table
            symmetries = np.uint64(1)
        elif is_equal(table, out):
            symmetries += np.uint64(1)
    return symmetries


@kernel
def _form(words, changes, tables, s, out):
    """Canonical form under permutation (bit 0 of changes) and negation (bit 2); returns the orbit's size."""
    if changes & 5 == 5:
        return tables.group[0] * tables.group[1] // _both_form(words, tables, s, out)
    if changes & 1:
        return tables.group[0] // _permutation_form(words, tables, s, out)
    if changes & 4:
        return tables.group[1] // _negation_form(words, tables, out)
    out[:] = words
    return np.uint64(1)


@kernel
def _canonical(functions, changes, tables, s, representatives, sizes):
    """Canonical form and orbit size of each function; bit 1 of changes is the output's complement."""
    half = (functions.shape[1] * count_ones(tables.mask)) // 2
    negative, other = tables.scratch[2], tables.scratch[3]
    for i in range(functions.shape[0]):
        words, out = functions[i], representatives[i]
        if not changes & 2:
            sizes[i] = _form(words, changes, tables, s, out)
            continue
        ones = 0
        for w in range(words.shape[0]):
            ones += count_ones(words[w])
            negative[w] = words[w] ^ tables.mask
        if ones < half:
            sizes[i] = 2 * _form(words, changes, tables, s, out)
            continue
        sizes[i] = _form(negative, changes, tables, s, out)
        if ones == half:
            _form(words, changes, tables, s, other)
            if is_equal(other, out):
                continue  # the complement is in the orbit already
            if is_less(other, out):
                out[:] = other
        sizes[i] *= 2


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
    scratch: Workspace = workspace(n_inputs, functions.shape[1])
    _canonical(functions, changes, _tables(n_inputs), scratch, representatives, sizes)
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
