"""Random Boolean circuits: straight-line programs of two-input gates."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from simplicity.compilation import high_product, inlined, kernel
from simplicity.functions import input_table, pack, position_mask, words_of
from simplicity.maps.base import Kernel, ParameterFunctionMap, Reachable, Symmetries, log2_of_count
from simplicity.maps.gates import (
    GATE_SETS,
    algebraic_normal_forms,
    checked_gates,
    complemented,
    is_closed,
    negated,
)
from simplicity.random import Noise, checked_integer


class _Constants(NamedTuple):
    inputs: npt.NDArray[np.uint64]
    forms: npt.NDArray[np.uint64]  # (gates, 4): see algebraic_normal_forms
    mask: np.uint64


@inlined
def decode(word, n_gates, n_sources):
    """Gate number and the two sources that one noise word chooses, uniform over all such triples.

    The word, read as a fraction of 2^64, is cut into n_gates parts, the part into n_sources, and so again.
    """
    kinds, sources = np.uint64(n_gates), np.uint64(n_sources)
    within_gate = word * kinds
    first, second = high_product(within_gate, sources), high_product(within_gate * sources, sources)
    return high_product(word, kinds), first, second


@kernel
def _many(noise, constants, workspace, out, status):
    """Only the gates that the last one depends on are computed: back to find them, forth to do so.

    Indices are unsigned, as others might count from the end.
    """
    values, needed, cone = workspace
    n_inputs, words = np.uint64(constants.inputs.shape[0]), np.uint64(out.shape[1])
    n_gates, n_kinds = np.uint64(cone.shape[0]), np.uint64(constants.forms.shape[0])
    zero, one = np.uint64(0), np.uint64(1)
    last = n_inputs + n_gates - one
    for row in range(np.uint64(noise.shape[0])):
        for i in range(last):
            needed[i] = 0
        needed[last] = 1
        size = zero
        for i in range(n_gates):
            source = last - i
            if needed[source]:
                gate, first, second = decode(noise[row, source - n_inputs], n_kinds, source)
                cone[size, 0], cone[size, 1], cone[size, 2], cone[size, 3] = gate, first, second, source
                needed[first] = 1
                needed[second] = 1
                size += one
        for i in range(size):
            place = size - one - i
            gate, first, second, target = cone[place, 0], cone[place, 1], cone[place, 2], cone[place, 3]
            constant, if_a = constants.forms[gate, 0], constants.forms[gate, 1]
            if_b, if_both = constants.forms[gate, 2], constants.forms[gate, 3]
            for k in range(words):
                a, b = values[first, k], values[second, k]
                values[target, k] = constant ^ (if_a & a) ^ (if_b & b) ^ (if_both & a & b)
        for k in range(words):
            out[row, k] = values[last, k] & constants.mask
        status[row] = 0


@dataclass(frozen=True)
class BooleanCircuit(ParameterFunctionMap):
    """A random straight-line program: every gate is uniform over the gate set, and each of its two inputs
    uniform over all inputs and all earlier gates (with replacement); the last gate is the output.

    Parameters
    ----------
    n_inputs : int
    n_gates : int
        1 to 10,000.
    gates : tuple of str, or the name of a gate set
        From :data:`simplicity.maps.gates.GATES`; "all" are all 16, "binary" the ten that depend on both
        inputs, "and-or-xor", "nand". A gate named twice is twice as likely.

    Examples
    --------
    >>> circuit = BooleanCircuit(n_inputs=2, n_gates=1)
    >>> circuit.parameters(circuit.noise.draw(seed=0, draws=[0])[0])["program"]
    ['g1 = a_or_not_b(x2, x2)']
    """

    n_inputs: int = 7
    n_gates: int = 32
    gates: tuple[str, ...] = GATE_SETS["binary"]

    def __post_init__(self) -> None:
        super().__post_init__()
        object.__setattr__(self, "n_gates", checked_integer("n_gates", self.n_gates, 1, 10_000))
        object.__setattr__(self, "gates", checked_gates("gates", self.gates))

    @property
    def noise(self) -> Noise:
        return Noise("bits", self.n_gates)

    @property
    def symmetries(self) -> Symmetries:
        return Symmetries(
            permutation=True,
            complement=is_closed(self.gates, complemented),
            negation=all(
                is_closed(self.gates, lambda t, a=a: negated(t, a=a, b=not a)) for a in (True, False)
            ),
        )

    @property
    def reachable(self) -> Reachable:
        programs = 1
        for g in range(self.n_gates):
            programs *= len(set(self.gates)) * (self.n_inputs + g) ** 2
        everything = float(2**self.n_inputs)
        if log2_of_count(programs) < everything:
            return Reachable(log2_of_count(programs), False, "number of programs")
        return Reachable(everything, False, "all functions")

    def evaluator(self) -> Kernel:
        inputs = pack(input_table(self.n_inputs).T)
        everywhere = position_mask(self.n_inputs)

        def workspace() -> tuple[npt.NDArray[Any], ...]:
            sources = self.n_inputs + self.n_gates
            values = np.zeros((sources, words_of(self.n_inputs)), dtype=np.uint64)
            values[: self.n_inputs] = inputs
            return values, np.empty(sources, dtype=np.uint8), np.empty((self.n_gates, 4), dtype=np.uint64)

        constants = _Constants(inputs, algebraic_normal_forms(self.gates), everywhere)
        return Kernel(many=_many, constants=constants, workspace=workspace)

    def parameters(self, noise: npt.NDArray[Any]) -> dict[str, Any]:
        """``program``: one line a gate."""
        sources = [f"x{i + 1}" for i in range(self.n_inputs)]
        program = []
        for g, word in enumerate(np.asarray(noise, dtype=np.uint64)[: self.n_gates], start=1):
            gate, first, second = decode(word, len(self.gates), len(sources))
            program.append(f"g{g} = {self.gates[gate]}({sources[first]}, {sources[second]})")
            sources.append(f"g{g}")
        return {"program": program}
