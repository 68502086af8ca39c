"""Slow, obviously right twins of the fast functions, in plain Python."""

from __future__ import annotations

import math

# functions: a truth table is a string of '0' and '1', position 0 first


def pack(string):
    """The words of a truth table: position x at bit x % 64 of word x // 64."""
    words = [0] * max(1, len(string) // 64)
    for x, character in enumerate(string):
        if character == "1":
            words[x // 64] += 2 ** (x % 64)
    return words


def unpack(words, n_inputs):
    return "".join(str(words[x // 64] // 2 ** (x % 64) % 2) for x in range(2**n_inputs))


def input_at(position, n_inputs):
    """The input at a position: its binary digits, input 1 the most significant."""
    return [int(digit) for digit in format(position, f"0{n_inputs}b")]


def position_of(bits):
    return int("".join(str(bit) for bit in bits), 2)


def permute_inputs(string, n_inputs, order):
    """g(x) = f(x[order[0]], x[order[1]], …)."""
    inputs = [input_at(x, n_inputs) for x in range(2**n_inputs)]
    return "".join(string[position_of([bits[k] for k in order])] for bits in inputs)


def negate_inputs(string, n_inputs, negated):
    inputs = [input_at(x, n_inputs) for x in range(2**n_inputs)]
    return "".join(
        string[position_of([1 - bit if k in negated else bit for k, bit in enumerate(bits)])]
        for bits in inputs
    )


# complexity


def lz76_history(string):
    """The exhaustive history: a word is extended while it occurs in the text before its last symbol."""
    history = []
    start = 0
    while start < len(string):
        end = start + 1
        while end < len(string) and string[start:end] in string[: end - 1]:
            end += 1
        history.append(string[start:end])
        start = end
    return history


def lz76_count_stopping_early(string):
    """Wrong on purpose: the widely copied scan that stops before the end of the string."""
    n = len(string) - 1  # the snippet's mistake: its n is one short
    count, start, earlier, run, longest = 1, 1, 0, 1, 1
    while True:
        if string[earlier + run - 1] == string[start + run - 1]:
            run += 1
            if start + run >= n - 1:
                return count + 1
        else:
            longest = max(longest, run)
            earlier += 1
            if earlier == start:
                count += 1
                start += longest
                if start + 1 > n:
                    return count
                earlier, longest = 0, 1
            run = 1


def k_lz(string):
    if len(set(string)) == 1:
        return math.log2(len(string))
    words = len(lz76_history(string)) + len(lz76_history(string[::-1]))
    return math.log2(len(string)) * words / 2


def lz78_phrases(string):
    """Cut off the shortest prefix that is no phrase yet, until the string ends."""
    phrases = set()
    phrase = ""
    for character in string:
        phrase += character
        if phrase not in phrases:
            phrases.add(phrase)
            phrase = ""
    return phrases


def entropy(string):
    fractions = [string.count(symbol) / len(string) for symbol in "01"]
    return -sum(p * math.log2(p) for p in fractions if p > 0)
