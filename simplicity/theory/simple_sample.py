"""A weighted sample of simple functions where there are too many to list, drawn along their LZ76 histories.

A string is drawn symbol by symbol. Where both symbols continue an earlier occurrence of the word that is
growing, the one with more occurrences behind it is drawn more often; where only one does, the other ends
the word, and it is drawn as often as it takes to place the wanted number of words evenly over what is left of
the string. The probability of the string is the product of these, known exactly, and every string of the
wanted number of words has one above 0: its inverse is the weight (Hansen and Hurwitz, Ann. Math. Stat. 14,
333, 1943).
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from simplicity.compilation import inlined, kernel
from simplicity.complexity.lz76 import lz76_complexity, reversed_words, word_counts
from simplicity.functions import checked_n_inputs, order_by_string, words_of
from simplicity.random import checked_integer, checked_seed
from simplicity.theory.bounds import Floats

Words = npt.NDArray[np.uint64]

_ZERO = np.uint64(0)
_ONE = np.uint64(1)
_LAST_BIT = np.uint64(63)
_EVERY_BIT = np.uint64(2**64 - 1)
_OFTENEST_END = 0.9
# Words are ended as often as would spread them evenly, or twice as often, since not every symbol can end one:
# the former suits few words, the latter many. Half of the strings are drawn in either way.
_HASTE = 2.0
_UNIFORMS_AT_ONCE = 2**21
_SHARE_OF_FEWER_WORDS = 0.2


class SimpleSample(NamedTuple):
    """Functions drawn with known weights: the sum of weights estimates the number of functions, unbiased.

    Parameters
    ----------
    functions : (F, words) uint64
        Distinct functions, in order of complexity, then string.
    complexity : (F,) float64
        Their K_LZ in bits.
    weights : (F,) float64
        How many functions each stands for. Σ weights · g(f) is an unbiased estimate of the sum of g over
        *all* functions in the range of complexities, for any g.
    n_draws : int
        Strings drawn, those out of the range included.
    """

    functions: Words
    complexity: Floats
    weights: Floats
    n_draws: int

    @property
    def effective_size(self) -> float:
        """Equally weighted functions that would estimate a share as well: (Σ w)² / Σ w² (Kish, 1965)."""
        return float(self.weights.sum() ** 2 / (self.weights**2).sum()) if len(self.weights) else 0.0


@inlined
def _ones_of(word):
    word = word - ((word >> _ONE) & np.uint64(0x5555555555555555))
    word = (word & np.uint64(0x3333333333333333)) + ((word >> np.uint64(2)) & np.uint64(0x3333333333333333))
    word = (word + (word >> np.uint64(4))) & np.uint64(0x0F0F0F0F0F0F0F0F)
    return np.int64((word * np.uint64(0x0101010101010101)) >> np.uint64(56))


@kernel
def draw_strings(uniforms, target, strings, log2_probability, counts):
    """Draw a string a row of `uniforms`, (rows, length + 1), aiming at `target` words.

    Writes the strings, log2 of the probability with which each was drawn, and their words.
    """
    length = uniforms.shape[1] - 1
    ends = np.empty(strings.shape[1], np.uint64)
    for row in range(uniforms.shape[0]):
        string = strings[row]
        string[:] = _ZERO
        ends[:] = _ZERO
        ended = True
        count = 0
        steady = 0.0  # log2 of the probability so far in either way
        hasty = 0.0
        is_hasty = uniforms[row, length] < 0.5
        for depth in range(length):
            last = depth >> 6
            bit = np.uint64(depth & 63)
            carry = _ZERO
            n_zero = 0
            n_one = 0
            for word in range(last + 1):
                before = ends[word]
                after = (before << _ONE) | carry
                carry = before >> _LAST_BIT
                if ended:
                    after = _EVERY_BIT if word < last else (_ONE << bit) - _ONE
                ends[word] = after
                n_one += _ones_of(after & string[word])
                n_zero += _ones_of(after & ~string[word])
            count += ended
            one = 0.5
            if n_zero > 0 and n_one > 0:
                one = n_one / (n_zero + n_one)
            hasty_one = one
            if (n_zero == 0) != (n_one == 0):
                left = length - depth
                end = 0.5
                hasty_end = 0.5
                if left > 1:
                    pace = max(0.0, (target - count) / (left - 1))
                    end = min(_OFTENEST_END, pace)
                    hasty_end = min(_OFTENEST_END, _HASTE * pace)
                one = end if n_one == 0 else 1.0 - end
                hasty_one = hasty_end if n_one == 0 else 1.0 - hasty_end
            symbol = uniforms[row, depth] < (hasty_one if is_hasty else one)
            steady += np.log2(one if symbol else 1.0 - one)
            hasty += np.log2(hasty_one if symbol else 1.0 - hasty_one)
            differs = _ZERO if symbol else _EVERY_BIT
            any_end = _ZERO
            for word in range(last + 1):
                ends[word] &= string[word] ^ differs
                any_end |= ends[word]
            ended = any_end == _ZERO
            if symbol:
                string[last] |= _ONE << bit
        larger = max(steady, hasty)
        log2_probability[row] = larger - 1.0 + np.log2(1.0 + np.exp2(min(steady, hasty) - larger))
        counts[row] = count


def drawn(n_inputs: int, target: int, n_draws: int, seed: int) -> tuple[Words, Floats]:
    """Draws that have exactly `target` words, and log2 of the probability of each: most are, some are not."""
    length = 2**n_inputs
    at_once = max(1, _UNIFORMS_AT_ONCE // length)
    strings, log2_p = [np.empty((0, words_of(n_inputs)), np.uint64)], [np.empty(0)]
    for part, first in enumerate(range(0, n_draws, at_once)):
        size = min(at_once, n_draws - first)
        stream = np.random.SeedSequence([seed, n_inputs, target, part])
        uniforms = np.random.Generator(np.random.Philox(stream)).random((size, length + 1))
        words = np.empty((size, words_of(n_inputs)), np.uint64)
        probability, counts = np.empty(size), np.empty(size, np.int64)
        draw_strings(uniforms, target, words, probability, counts)
        strings.append(words[counts == target])
        log2_p.append(probability[counts == target])
    return np.concatenate(strings), np.concatenate(log2_p)


def estimated_strings(n_inputs: int, most_words: int) -> float:
    """Unbiased estimate, always the same, of how many strings of length 2^n have at most so many words."""
    n_draws = min(4096, _UNIFORMS_AT_ONCE // 4 // 2**n_inputs)
    total = 0.0
    for target in range(1, most_words + 1):
        total += float(np.exp2(-drawn(n_inputs, target, n_draws, 0)[1]).sum()) / n_draws
    return total


def simple_functions_sample(
    n_inputs: int, max_complexity: float, size: int, seed: int, *, min_complexity: float = 0.0
) -> SimpleSample:
    """Draw functions of K_LZ from `min_complexity` to `max_complexity` with known weights.

    K_LZ = n (N(s) + N(r)) / 2 with r the reverse of s, so that min(N(s), N(r)) <= K / n. Strings are drawn by
    their number of words forward, N(s) = c, for every c up to that limit; where the reverse has more words,
    the reverse is given in half of the cases, and either stands for both. A function drawn twice is listed
    once, with its weights summed. Strings whose reverse is as simple are a small share of those drawn, and
    their weights differ widely: look at `SimpleSample.effective_size` before trusting a sum.

    Parameters
    ----------
    n_inputs : int
    max_complexity : float
        Bits.
    size : int
        Strings to draw; the functions returned are fewer, since some are out of the range.
    seed : int
        0 or more.
    min_complexity : float
        Bits.

    Returns
    -------
    SimpleSample

    Raises
    ------
    ValueError
        If the range is empty, or size or seed is no whole number or out of range.

    Examples
    --------
    There are 65,536 functions of four inputs, the most complex of 30 bits.

    >>> sample = simple_functions_sample(4, 30, 20_000, seed=0)
    >>> bool(abs(sample.weights.sum() / 2**16 - 1) < 0.05)
    True
    """
    n_inputs = checked_n_inputs(n_inputs)
    if not max_complexity >= max(min_complexity, n_inputs):
        raise ValueError(
            f"max_complexity must be {n_inputs} bits (that of a constant) or more and at least "
            f"min_complexity ({min_complexity!r}), got {max_complexity!r}"
        )
    size, seed = checked_integer("size", size, 1, 2**40), checked_seed(seed)
    most = int(np.floor(max_complexity / n_inputs))
    fewest = min(most, int(min_complexity // n_inputs))
    functions, log2_w = [np.empty((0, words_of(n_inputs)), np.uint64)], [np.empty(0)]
    total_draws = 0
    for target in range(1, most + 1):
        n_draws = _draws_of(target, fewest, most, size)
        total_draws += n_draws
        strings, log2_p = drawn(n_inputs, target, n_draws, seed)
        reverse = reversed_words(strings, n_inputs)
        backward = word_counts(reverse, n_inputs)
        is_constant = (strings == strings[:, :1]).all(axis=1) & _is_constant_word(strings[:, 0], n_inputs)
        both = np.where(is_constant, 2, target + backward)
        wanted = (backward >= target) & _in_range(n_inputs * both / 2, min_complexity, max_complexity)
        coin = np.random.Generator(np.random.Philox(np.random.SeedSequence([seed, n_inputs, target])))
        turned = (backward > target) & (coin.random(len(strings)) < 0.5)
        functions.append(np.where(turned[:, None], reverse, strings)[wanted])
        weight = -log2_p - np.log2(n_draws) + (backward > target)
        log2_w.append(weight[wanted])
    return _merged(n_inputs, np.concatenate(functions), np.exp2(np.concatenate(log2_w)), total_draws)


def _draws_of(target: int, fewest: int, most: int, size: int) -> int:
    """How many of `size` draws aim at so many words; every number of words has some."""
    below, within = max(0, fewest - 1), most - max(0, fewest - 1)
    if target <= below:
        return max(1, int(size * _SHARE_OF_FEWER_WORDS / below))
    share = 1 - _SHARE_OF_FEWER_WORDS if below else 1.0
    return max(1, int(size * share / within))


def _in_range(values: Floats, low: float, high: float) -> npt.NDArray[np.bool_]:
    return (values >= low) & (values <= high)


def _is_constant_word(words: Words, n_inputs: int) -> npt.NDArray[np.bool_]:
    return (words == _ZERO) | (words == np.uint64(2 ** min(64, 2**n_inputs) - 1))


def _merged(n_inputs: int, functions: Words, weights: Floats, n_draws: int) -> SimpleSample:
    """Distinct functions in order, the weights of equal ones summed."""
    distinct, row = np.unique(functions, axis=0, return_inverse=True)
    summed = np.zeros(len(distinct))
    np.add.at(summed, row.ravel(), weights)
    order = order_by_string(distinct, n_inputs)
    complexity = lz76_complexity(distinct[order], n_inputs)
    by_complexity = np.argsort(complexity, kind="stable")
    order = order[by_complexity]
    return SimpleSample(distinct[order], complexity[by_complexity], summed[order], n_draws)
