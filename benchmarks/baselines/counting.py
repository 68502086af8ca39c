"""Counting equal functions without a hash table of one's own: (N, 2) uint64 to distinct rows and counts."""

from __future__ import annotations

from collections import Counter

import numpy as np
import numpy.typing as npt

Words = npt.NDArray[np.uint64]
Counts = npt.NDArray[np.intp]

_PAIR = np.dtype([("low", np.uint64), ("high", np.uint64)])


def by_counter(words: Words) -> Counter[bytes]:
    """`collections.Counter` over the functions' bytes."""
    return Counter(words.view("V16").ravel().tolist())


def by_unique(words: Words) -> tuple[Words, Counts]:
    """`np.unique` on structured keys."""
    found, counts = np.unique(words.view(_PAIR).ravel(), return_counts=True)
    return found.view(np.uint64).reshape(-1, 2), counts


def _runs(ordered: Words) -> tuple[Words, Counts]:
    """Rows that stand beside equal ones, counted."""
    is_first = np.ones(len(ordered), dtype=bool)
    np.any(ordered[1:] != ordered[:-1], axis=1, out=is_first[1:])
    starts = np.flatnonzero(is_first)
    return ordered[starts], np.diff(starts, append=len(ordered))


def by_lexsort(words: Words) -> tuple[Words, Counts]:
    """Rows in order of both words."""
    return _runs(words[np.lexsort(words.T)])


def by_hash_and_argsort(words: Words) -> tuple[Words, Counts]:
    """Rows in order of a 64-bit hash of them: one fast sort of whole numbers.

    Different functions of equal hash would be counted wrongly; they are noticed (one run in 400,000 of 10^7
    functions has any), and sorted by both words.
    """
    mixed = words[:, 0] * np.uint64(0x9E3779B97F4A7C15)
    mixed ^= mixed >> np.uint64(29)
    mixed += words[:, 1]
    mixed *= np.uint64(0xD6E8FEB86659FD93)
    order = np.argsort(mixed)
    found, counts = _runs(words[order])
    mixed = mixed[order]
    if len(found) != 1 + np.count_nonzero(mixed[1:] != mixed[:-1]):
        return by_lexsort(words)
    return found, counts
