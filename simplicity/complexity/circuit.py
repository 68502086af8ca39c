"""Circuit size: the fewest two-input gates, which may be shared, by exhaustive search over chains.

Normal functions, those that are 0 at position 0, are enough: a gate's negation is free in the gates that
read it, so a circuit can be made of normal functions and the gates AND, OR, XOR and the two AND NOTs. They
are indexed by their word without bit 0.

A circuit of s gates is then a set of s normal functions, each made of two others or inputs. Sets of s - 1
gates are listed once each (as D. H. Redelmeier lists polyominoes): a queue holds whatever can be made by
one more gate, and what the search has passed over stays barred. Each set's last gate is combined with all
others: if a function of size s did not need the last one, the set without it would do. Up to NPN, the
first gate is x1 AND x2 or, in circuits without AND or OR of two literals, x1 XOR x2. NPN classes that no
set of s - 1 gates reaches are thereby proven to be larger. The search is over when each has its size.
"""

from __future__ import annotations

import functools

import numpy as np
from numpy.typing import ArrayLike, NDArray

from simplicity.compilation import inlined, kernel
from simplicity.complexity.npn import checked_searchable, input_words, npn_classes
from simplicity.functions import checked_n_inputs, checked_words

_UNKNOWN = 255
_LEVEL_OF_CHECKS = 3  # gates of a set after which the search asks whether all classes are known


@inlined
def _gate(kind, a, b):
    if kind == 0:
        return a & b
    if kind == 1:
        return a & ~b
    if kind == 2:
        return b & ~a
    if kind == 3:
        return a | b
    return a ^ b


@kernel
def _settled(reached, classes, size, of_class):
    """Give the classes reached for the first time their size; say whether all classes have one."""
    for function in range(reached.size):
        if reached[function] and of_class[classes[function]] == _UNKNOWN:
            of_class[classes[function]] = size
    for function in range(reached.size):
        if of_class[classes[function]] == _UNKNOWN:
            return False
    return True


@kernel
def _extended(chain, length, queue, end, seen):
    """Append to the queue what the chain's last function makes with the others; return its new end."""
    for other in range(length - 1):
        for kind in range(5):
            function = _gate(kind, chain[length - 1], chain[other])
            if not seen[function]:
                seen[function] = True
                queue[end] = function
                end += 1
    return end


@kernel
def search_chains(inputs, barred, first, classes, size, of_class):
    """Find all classes of functions of `size` gates, `first` among them, and write their size to `of_class`.

    `barred` are normal functions that no gate may have. Returns whether all classes have a size.
    """
    n_functions = classes.size
    reached = np.zeros(n_functions, np.bool_)
    seen = np.zeros(n_functions, np.bool_)
    queue = np.empty(n_functions, np.int64)
    chain = np.empty(inputs.size + size, np.int64)
    after = np.zeros(size + 1, np.int64)  # place in the queue of the next candidate, by number of gates
    ends = np.zeros(size + 1, np.int64)  # end of the queue, by number of gates
    reached[first] = size == 1
    seen[0] = True
    seen[first] = True
    for function in barred:
        seen[function] = True
    for function in inputs:
        seen[function] = True
    end = 0
    for length in range(1, inputs.size + 1):
        chain[length - 1] = inputs[length - 1]
        end = _extended(chain, length, queue, end, seen)
    chain[inputs.size] = first
    ends[1] = _extended(chain, inputs.size + 1, queue, end, seen)
    gates = 1 if size > 1 else 0
    while gates > 0:
        length = inputs.size + gates
        if gates < size - 1 and after[gates] < ends[gates]:
            chain[length] = queue[after[gates]]
            after[gates] += 1
            after[gates + 1] = after[gates]
            ends[gates + 1] = ends[gates]
            gates += 1
            if gates < size - 1:
                ends[gates] = _extended(chain, length + 1, queue, ends[gates], seen)
            continue
        if gates == size - 1:
            last = chain[length - 1]
            for other in range(length - 1):
                for kind in range(5):
                    reached[_gate(kind, last, chain[other])] = True
        if gates == _LEVEL_OF_CHECKS and _settled(reached, classes, size, of_class):
            return True
        gates -= 1
        for place in range(ends[gates], ends[gates + 1]):
            seen[queue[place]] = False
    return _settled(reached, classes, size, of_class)


@functools.cache
def _sizes(n_inputs: int) -> NDArray[np.uint8]:
    """Circuit sizes of all functions, indexed by their word."""
    classes = npn_classes(n_inputs)
    inputs = (input_words(n_inputs) >> np.uint64(1)).astype(np.int64)
    of_class = np.full(len(classes), _UNKNOWN, dtype=np.uint8)  # at the class's smallest member
    of_class[[0, classes[2 * inputs[0]]]] = 0
    both = 2 * (inputs[0] & inputs[-1])
    and_gates = np.flatnonzero(classes[::2] == classes[both])
    no_gates = np.empty(0, dtype=np.int64)
    size = 0
    while np.any(of_class[classes] == _UNKNOWN):
        size += 1
        if not search_chains(inputs, no_gates, both // 2, classes[::2], size, of_class):
            search_chains(inputs, and_gates, inputs[0] ^ inputs[-1], classes[::2], size, of_class)
    return of_class[classes]


def circuit_size(words: ArrayLike, n_inputs: int) -> NDArray[np.float64]:
    """Look up the fewest two-input gates of a circuit for each function, exactly.

    All 16 kinds of gates count one each and an output may be used many times. Inputs, negated inputs and
    the constants are free, so a function and its complement have the same size.

    Parameters
    ----------
    words : array_like of uint64, shape (words,) or (count, words)
        Packed functions.
    n_inputs : int
        Number of inputs, at most 4. Sizes of all functions are found once a process.

    Returns
    -------
    ndarray of float64, shape (count,)
        Numbers of gates, whole, at most 7.

    Raises
    ------
    ValueError
        If there are more than 4 inputs, or as `simplicity.functions.checked_words`.

    References
    ----------
    D. E. Knuth, The Art of Computer Programming 4A, section 7.1.2; his table 1 has the same number of
    functions of each size.

    Examples
    --------
    The parity and the majority of three inputs.

    >>> from simplicity.functions import from_strings
    >>> circuit_size(from_strings(["01101001", "00010111"]), 3)
    array([2., 4.])
    """
    words = checked_words(words, n_inputs)
    n_inputs = checked_searchable(checked_n_inputs(n_inputs), "circuit_size")
    return _sizes(n_inputs)[words[:, 0].astype(np.int64)].astype(np.float64)
