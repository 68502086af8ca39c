"""Irredundant sums of products of functions of any number of inputs, as Minato and Morreale make them.

Split on input 1. What one half must cover and the other must not needs terms with that input; they may
cover more, as long as they stay within their half. What they leave uncovered in both halves goes to terms
without the input. No term of the result can be left out, but there may be shorter sums: an upper bound on
the minimum.
"""

from __future__ import annotations

import numpy as np

from simplicity.compilation import kernel

_ZERO = np.uint64(0)
_ONE = np.uint64(1)


@kernel
def _sum_in_word(lower, upper, n_inputs):
    """Terms of a sum between two functions of at most six inputs, and the function that it is."""
    everywhere = ~_ZERO >> np.uint64(64 - (1 << n_inputs))
    if lower == _ZERO:
        return 0, _ZERO
    if upper == everywhere:
        return 1, everywhere
    shift = np.uint64(1 << (n_inputs - 1))
    half = everywhere >> shift
    lower_0, lower_1 = lower & half, lower >> shift
    upper_0, upper_1 = upper & half, upper >> shift
    terms_0, sum_0 = _sum_in_word(lower_0 & ~upper_1, upper_0, n_inputs - 1)
    terms_1, sum_1 = _sum_in_word(lower_1 & ~upper_0, upper_1, n_inputs - 1)
    rest = (lower_0 & ~sum_0) | (lower_1 & ~sum_1)
    terms, both = _sum_in_word(rest, upper_0 & upper_1, n_inputs - 1)
    return terms_0 + terms_1 + terms, sum_0 | both | ((sum_1 | both) << shift)


@kernel
def _sum_in_words(lower, upper, n_inputs, room, cover):
    """The same for any number of inputs: the sum goes to `cover`, ``room[n_inputs]`` is this depth's own."""
    if n_inputs <= 6:
        terms, cover[0] = _sum_in_word(lower[0], upper[0], n_inputs)
        return terms
    half = lower.size // 2
    needed, allowed = room[n_inputs, 0, :half], room[n_inputs, 1, :half]
    terms = 0
    for side in range(2):
        here, there = side * half, (1 - side) * half
        for word in range(half):
            needed[word] = lower[here + word] & ~upper[there + word]
            allowed[word] = upper[here + word]
        terms += _sum_in_words(needed, allowed, n_inputs - 1, room, cover[here : here + half])
    for word in range(half):
        left_0 = lower[word] & ~cover[word]
        left_1 = lower[half + word] & ~cover[half + word]
        needed[word] = left_0 | left_1
        allowed[word] = upper[word] & upper[half + word]
    both = room[n_inputs, 2, :half]
    terms += _sum_in_words(needed, allowed, n_inputs - 1, room, both)
    for word in range(half):
        cover[word] |= both[word]
        cover[half + word] |= both[word]
    return terms


@kernel
def fill_irredundant_terms(words, n_inputs, out):
    """Write the number of terms of each function's irredundant sum to `out`."""
    room = np.empty((n_inputs + 1, 3, words.shape[1]), np.uint64)
    cover = np.empty(words.shape[1], np.uint64)
    for row in range(words.shape[0]):
        out[row] = _sum_in_words(words[row], words[row], n_inputs, room, cover)
