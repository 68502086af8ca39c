from __future__ import annotations
import numpy as np
from numpy.typing import ArrayLike, NDArray
from simplicity.compilation import kernel
from simplicity.complexity.prime_implicants import MAX_PRIMES, fill_primes
from simplicity.complexity.set_cover import MAX_ELEMENTS, fewest_sets
from simplicity.functions import checked_n_inputs, checked_words


@kernel
def fill_sop_terms(words, n_inputs, max_nodes, out, nodes):
    cubes = np.empty((1 << n_inputs, 2), np.uint64)
    room = np.empty((MAX_ELEMENTS + 1, MAX_PRIMES, 2), np.uint64)
    counts = np.empty(MAX_ELEMENTS + 1, np.int64)
    elements = np.empty((MAX_ELEMENTS + 1, 2), np.uint64)
    branches = np.empty((MAX_ELEMENTS + 1, 3), np.int64)
    numbers = np.empty(MAX_ELEMENTS, np.int64)
    reach = np.empty((MAX_ELEMENTS, 2), np.uint64)
    for row in range(words.shape[0]):
        low = words[row, 0]
        high = words[row, 1] if words.shape[1] == 2 else np.uint64(0)
        counts[0] = fill_primes(low, high, n_inputs, cubes, room[0])
        out[row], nodes[row] = fewest_sets(
            low, high, room, counts, elements, branches, numbers, reach, max_nodes
        )
