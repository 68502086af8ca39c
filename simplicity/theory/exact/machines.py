"""Random programs beyond circuits: layered Boolean machines, and small Turing machines run one by one."""

from __future__ import annotations

import itertools
import math
from fractions import Fraction
from typing import NamedTuple

import numpy as np

from simplicity.functions import checked_n_inputs, ones
from simplicity.random import checked_integer
from simplicity.theory.exact.prior import ExactPrior

_MOST_LISTED_INPUTS = 4
#: Most steps that a halting machine of so many states takes from a blank tape (Rado 1962, Lin and Rado 1965).
BUSY_BEAVER_STEPS = {1: 1, 2: 6, 3: 21}


def layered_machine_ones(n_inputs: int, layers: int) -> tuple[Fraction, ...]:
    """P(T = t) of one output of a layered Boolean machine, t = 0 … 2^n, exactly.

    Each of the ``n_inputs`` nodes of a layer is a uniformly random Boolean function of all nodes of the layer
    below (of the inputs, for the first): a layer sends each of its l = 2^n states to a uniformly random one.
    Seen from the output down, the number of states that lead to a 1 is a Wright-Fisher chain:
    q_1(i) = C(l, i) / 2^l, and from i to j with probability C(l, j) (i/l)^j (1 - i/l)^(l-j).

    Parameters
    ----------
    n_inputs : int
    layers : int
        1 or more.

    Returns
    -------
    tuple of Fraction

    Examples
    --------
    >>> [str(p) for p in layered_machine_ones(2, layers=2)]
    ['85/512', '27/128', '63/256', '27/128', '85/512']
    """
    size = 2 ** checked_n_inputs(n_inputs)
    law = [Fraction(math.comb(size, i), 2**size) for i in range(size + 1)]
    for _ in range(checked_integer("layers", layers, 1, 10_000) - 1):
        law = [
            math.comb(size, j)
            * sum((law[i] * i**j * (size - i) ** (size - j) for i in range(size + 1)), Fraction(0))
            / size**size
            for j in range(size + 1)
        ]
    return tuple(law)


def layered_machine(n_inputs: int, layers: int) -> ExactPrior:
    """The exact prior of one output of a layered Boolean machine, up to four inputs.

    Given T, all functions of T ones are alike: the states that inputs lead to are exchangeable.

    Examples
    --------
    >>> layered_machine(2, layers=2).fraction_of("0000")
    Fraction(85, 512)
    """
    if checked_n_inputs(n_inputs) > _MOST_LISTED_INPUTS:
        raise ValueError(
            f"n_inputs must be {_MOST_LISTED_INPUTS} or less to list all functions, got {n_inputs}"
        )
    size = 2**n_inputs
    of_each = [p / math.comb(size, t) for t, p in enumerate(layered_machine_ones(n_inputs, layers))]
    common = math.lcm(*(p.denominator for p in of_each))
    functions = np.arange(2**size, dtype=np.uint64)[:, None]
    weights = np.array([int(p * common) for p in of_each], dtype=object)[ones(functions)]
    return ExactPrior.of_weights(
        n_inputs, functions, weights, f"layered machine, {layers} layers, Wright-Fisher chain"
    )


class TuringOutputs(NamedTuple):
    """What all machines of some size print.

    Parameters
    ----------
    counts : dict of str to int
        Runs that halted with each string, most frequent first, then by length and value.
    halted : int
        Runs that halted.
    runs : int
        All runs: machines times blank symbols.
    longest : int
        Steps of the longest run that halted.
    """

    counts: dict[str, int]
    halted: int
    runs: int
    longest: int

    def probability(self, string: str) -> Fraction:
        """D(string): the share of the runs that halt that print it."""
        return Fraction(self.counts.get(string, 0), self.halted)


def turing_outputs(n_states: int, blanks: tuple[int, ...] = (0, 1)) -> TuringOutputs:
    """The output distribution D(n) of all Turing machines of n states and two symbols.

    Machines are those of the busy beaver game: each of the 2n entries of the table writes 0 or 1 and moves
    left or right into one of n states, or writes and halts: (4n + 2)^(2n) machines, started in state 1 on a
    blank tape. The output is the part of the tape that the head has been on (Delahaye and Zenil, Appl. Math.
    Comput. 219:63, 2012).

    Parameters
    ----------
    n_states : int
        1 or 2 (three states make 7.5 million machines).
    blanks : tuple of int
        Blank symbols to run each machine on: 0, 1 or both.

    Returns
    -------
    TuringOutputs

    Raises
    ------
    ValueError
        If n_states is not 1 or 2, or blanks hold anything but 0 and 1.

    Examples
    --------
    >>> found = turing_outputs(2)
    >>> found.runs, found.halted, found.longest, round(float(found.probability("0")), 6)
    (20000, 6088, 6, 0.328515)
    """
    n_states = checked_integer("n_states", n_states, 1, 2)
    if not blanks or not set(blanks) <= {0, 1} or len(set(blanks)) != len(blanks):
        raise ValueError(f"blanks must be 0, 1 or both, each once, got {blanks!r}")
    moves = [(w, m, s) for w in (0, 1) for m in (-1, 1) for s in range(n_states)]
    entries: list[tuple[int, int, int]] = [*moves, (0, 0, -1), (1, 0, -1)]
    counts: dict[str, int] = {}
    longest = runs = 0
    for machine in itertools.product(entries, repeat=2 * n_states):
        for blank in blanks:
            runs += 1
            output, steps = _run(machine, blank, BUSY_BEAVER_STEPS[n_states])
            if output is not None:
                counts[output] = counts.get(output, 0) + 1
                longest = max(longest, steps)
    ranked = sorted(counts, key=lambda s: (-counts[s], len(s), s))
    return TuringOutputs({s: counts[s] for s in ranked}, sum(counts.values()), runs, longest)


def _run(machine: tuple[tuple[int, int, int], ...], blank: int, limit: int) -> tuple[str | None, int]:
    """What a machine prints, None if it runs for longer than any that halts; and its steps."""
    tape: dict[int, int] = {0: blank}
    state = place = 0
    for step in range(1, limit + 1):
        tape[place], move, state = machine[2 * state + tape[place]]
        if state < 0:
            return "".join(str(tape[p]) for p in sorted(tape)), step
        place += move
        tape.setdefault(place, blank)
    return None, limit
