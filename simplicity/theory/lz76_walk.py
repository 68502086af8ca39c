"""All strings of few LZ76 words, by a depth-first walk over their prefixes.

The number of words of a history never falls as a string grows, so a prefix with too many of them is left
with all its extensions. The walk keeps, for each prefix on the way down, the set of earlier occurrences of
the word that is growing (see `simplicity.complexity.lz76`): prefixes are shared, and a string costs only the
symbols in which it differs from the one before.

The number of words is the same for a string and its complement; the walk takes the strings that begin with 0.
"""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from simplicity.arguments import checked_threads
from simplicity.compilation import kernel
from simplicity.complexity.lz76 import reversed_words, word_counts
from simplicity.functions import words_of

Words = npt.NDArray[np.uint64]

_ZERO = np.uint64(0)
_ONE = np.uint64(1)
_LAST_BIT = np.uint64(63)
_EVERY_BIT = np.uint64(2**64 - 1)
_ROWS_AT_ONCE = 2**16
_PARTS = (
    64  # of the work: many more than threads, since prefixes differ widely in how many strings they begin
)


class Walk(NamedTuple):
    """Where a walk stands: carried from call to call, so that strings can be taken a buffer at a time.

    Parameters
    ----------
    string : (words,) uint64
        The prefix, zero from `depth` on.
    ends : (length + 1, words) uint64
        For each depth, where the word that is growing there has occurred before; empty where it ended.
    counts : (length + 1,) int64
        Words at each depth.
    choices : (length + 1,) int64
        The symbol to try next at each depth: 0, 1, or 2 where both have been.
    depth : (1,) int64
        Symbols placed; below the length of the prefix that the walk started from, it is over.
    """

    string: Words
    ends: Words
    counts: npt.NDArray[np.int64]
    choices: npt.NDArray[np.int64]
    depth: npt.NDArray[np.int64]


def new_walk(length: int) -> Walk:
    """Room for a walk over strings of this length; `start_walk` puts it at its beginning."""
    words = max(1, length // 64)
    return Walk(
        np.zeros(words, np.uint64),
        np.zeros((length + 1, words), np.uint64),
        np.zeros(length + 1, np.int64),
        np.zeros(length + 1, np.int64),
        np.zeros(1, np.int64),
    )


@kernel
def place_symbol(string, ends, counts, depth, symbol):
    """Put a symbol at `depth`: the words and occurrences at the next depth. True if the word may go on."""
    last = depth >> 6
    ended = True
    for word in range(last + 1):
        ended = ended and ends[depth, word] == _ZERO
    differs = _ZERO if symbol else _EVERY_BIT
    bit = np.uint64(depth & 63)
    goes_on = False
    carry = _ZERO
    for word in range(last + 1):
        before = ends[depth, word]
        after = (before << _ONE) | carry
        carry = before >> _LAST_BIT
        if ended:
            after = _EVERY_BIT if word < last else (_ONE << bit) - _ONE
        after &= string[word] ^ differs
        ends[depth + 1, word] = after
        goes_on = goes_on or after != _ZERO
    for word in range(last + 1, ends.shape[1]):
        ends[depth + 1, word] = _ZERO
    counts[depth + 1] = counts[depth] + ended
    mask = _ONE << bit
    string[last] = (string[last] | mask) if symbol else (string[last] & ~mask)
    return goes_on


@kernel
def start_walk(walk, prefix, prefix_length):
    """Put a walk at the end of a prefix."""
    walk.string[:] = _ZERO
    walk.ends[0, :] = _ZERO
    walk.counts[0] = 0
    for depth in range(prefix_length):
        symbol = (prefix[depth >> 6] >> np.uint64(depth & 63)) & _ONE
        place_symbol(walk.string, walk.ends, walk.counts, depth, np.int64(symbol))
    walk.choices[prefix_length] = 0
    walk.depth[0] = prefix_length


@kernel
def advance(walk, start, length, most_words, out):
    """Go on until `out` is full or the walk over: how many strings of at most `most_words` were written."""
    string, ends, counts, choices = walk.string, walk.ends, walk.counts, walk.choices
    depth = walk.depth[0]
    found = 0
    while depth >= start and found < out.shape[0]:
        if depth == length:
            out[found, :] = string
            found += 1
            depth -= 1
            continue
        symbol = choices[depth]
        if symbol == 2:
            string[depth >> 6] &= ~(_ONE << np.uint64(depth & 63))
            depth -= 1
            continue
        choices[depth] = symbol + 1
        goes_on = place_symbol(string, ends, counts, depth, symbol)
        # A prefix that ended its last word lets no symbol follow.
        if counts[depth + 1] < most_words or (
            counts[depth + 1] == most_words and (goes_on or depth + 1 == length)
        ):
            depth += 1
            choices[depth] = 0
    walk.depth[0] = depth
    return found


def strings_from(prefixes: Words, prefix_length: int, length: int, most_words: int) -> Iterator[Words]:
    """All strings of at most `most_words` words that begin with one of these prefixes, a buffer at a time."""
    walk = new_walk(length)
    out = np.empty((_ROWS_AT_ONCE, walk.string.size), np.uint64)
    filled = 0
    for prefix in prefixes:
        start_walk(walk, prefix, prefix_length)
        while walk.depth[0] >= prefix_length:
            filled += advance(walk, prefix_length, length, most_words, out[filled:])
            if filled == len(out):
                yield out
                filled = 0
    if filled:
        yield out[:filled]


def strings_of_few_words(n_inputs: int, most_words: int, most_in_both: int) -> Words:
    """Strings that begin with 0, of at most `most_words` words, and with their reverse of `most_in_both`.

    Parameters
    ----------
    n_inputs : int
        Strings have length 2^n.
    most_words : int
        N(s) at most.
    most_in_both : int
        N(s) + N(reversed s) at most.

    Returns
    -------
    (strings, words) uint64
    """
    length = 2**n_inputs
    half = length // 2
    zero = np.zeros((1, max(1, half // 64)), np.uint64)
    beginnings = np.concatenate([part.copy() for part in strings_from(zero, 1, half, most_words)])

    def of_part(prefixes: Words) -> Words:
        kept = [np.empty((0, words_of(n_inputs)), np.uint64)]
        for strings in strings_from(prefixes, half, length, most_words):
            backward = word_counts(reversed_words(strings, n_inputs), n_inputs)
            # Most fall here already, so that the words of few are counted forward once more.
            left = backward < most_in_both
            strings, backward = strings[left], backward[left]
            kept.append(strings[word_counts(strings, n_inputs) + backward <= most_in_both])
        return np.concatenate(kept)

    with ThreadPoolExecutor(checked_threads()) as pool:
        return np.concatenate(list(pool.map(of_part, np.array_split(beginnings, _PARTS))))
