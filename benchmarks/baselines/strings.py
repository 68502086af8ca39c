"""The field's reference program for Lempel–Ziv 1976 words, in plain Python.

It is the scan of Kaspar and Schuster (Phys. Rev. A 36:842, 1987) as published with Dingle, Camargo and Louis
(Nat. Commun. 9:761, 2018), names apart.
"""

from __future__ import annotations

import math

#: K_LZ of 128-bit strings a second by the C++ program that the field uses: a figure of its users, not
#: measured here.
PUBLISHED_CPP_STRINGS_A_SECOND = 88_000


def lz76_words(string: str) -> int:
    """Words of the exhaustive history: compare from every earlier place, keep the longest copy."""
    length = len(string)
    symbols = " " + string  # counted from 1
    count, start, earlier, run, longest = 1, 1, 0, 1, 1
    while True:
        if symbols[earlier + run] == symbols[start + run]:
            run += 1
            if start + run > length:
                return count + 1
        else:
            if run > longest:
                longest = run
            earlier += 1
            if earlier == start:
                count += 1
                start += longest
                if start + 1 > length:
                    return count
                earlier, longest = 0, 1
            run = 1


def k_lz(string: str) -> float:
    """K_LZ: both directions; a constant string has log2 of its length."""
    if string in ("0" * len(string), "1" * len(string)):
        return math.log2(len(string))
    return math.log2(len(string)) * (lz76_words(string) + lz76_words(string[::-1])) / 2
