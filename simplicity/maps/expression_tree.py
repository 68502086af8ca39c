"""Random expression trees: formulas from a branching process, drawn exactly.

The trees of the critical process have infinite mean size, and a cap on it would bias every probability.
So a subtree is drawn only for the truth-table positions that it still decides: the right side of an AND
only where the left side is 1. For one position that lazy process is subcritical, so its mean work is
finite and the law exact.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from simplicity.compilation import kernel
from simplicity.functions import input_table, pack, position_mask, words_of
from simplicity.maps.base import Kernel, ParameterFunctionMap, Reachable, Symmetries
from simplicity.maps.gates import GATES, apply_gate, checked_gates, complemented, negated, tables
from simplicity.random import Noise, below, tape_part, tape_words

_DEPTH = 2048  # frames; deeper draws are counted as undefined (probability below 1e-200 at the defaults)
_ROOT = np.uint64(1)
_ZERO = np.uint64(0)


class _Constants(NamedTuple):
    inputs: npt.NDArray[np.uint64]
    gates: npt.NDArray[np.uint8]
    last_leaf: np.uint64
    mask: np.uint64


@kernel
def child_address(address, side):
    """Where on the tape a node's left (0) or right (1) child is drawn: a bijective mix of the path."""
    z = address + (np.uint64(0x9E3779B97F4A7C15) if side == 0 else np.uint64(0xD1B54A32D192ED03))
    z = (z ^ (z >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    z = (z ^ (z >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return z ^ (z >> np.uint64(31))


@kernel
def draw_node(tape, address, last_leaf, n_inputs, n_gates):
    """(True, literal) or (False, gate) at an address; literal 2i is input i, 2i + 1 its negation."""
    leaf, choice = tape_words(tape, address)
    if leaf <= last_leaf:
        return True, np.int64(below(choice, np.uint64(2 * n_inputs)))
    return False, np.int64(below(choice, np.uint64(n_gates)))


@kernel
def _words(tape, constants, workspace, out):
    addresses, gates, wanted, left, value, is_read = workspace  # the last one empty, or see _reads
    n_inputs, words = constants.inputs.shape
    depth = 0
    addresses[0] = _ROOT
    gates[0] = -1  # not drawn yet; afterwards its gate, plus 16 once the left side is known
    for i in range(words):
        wanted[0, i] = constants.mask
    while depth >= 0:
        if gates[depth] < 0:
            if is_read.shape[0] > 0:
                is_read[tape_part(tape, addresses[depth])] = True
            is_leaf, choice = draw_node(
                tape, addresses[depth], constants.last_leaf, n_inputs, constants.gates.shape[0]
            )
            if is_leaf:
                flip = np.uint64(0) - np.uint64(choice & 1)
                for i in range(words):
                    value[i] = constants.inputs[choice >> 1, i] ^ flip
                depth -= 1
                continue
            if depth + 1 == addresses.shape[0]:
                return 1
            gates[depth] = constants.gates[choice]
            addresses[depth + 1] = child_address(addresses[depth], 0)
            gates[depth + 1] = -1
            for i in range(words):
                wanted[depth + 1, i] = wanted[depth, i]
            depth += 1
        elif gates[depth] < 16:  # value is the left side: is the right one wanted anywhere?
            gate = gates[depth]
            if_0 = np.uint64(0) - np.uint64((gate ^ (gate >> 1)) & 1)
            if_1 = np.uint64(0) - np.uint64(((gate >> 2) ^ (gate >> 3)) & 1)
            anywhere = _ZERO
            for i in range(words):
                left[depth, i] = value[i]
                right = wanted[depth, i] & ((~value[i] & if_0) | (value[i] & if_1))
                wanted[depth + 1, i] = right
                anywhere |= right
            if anywhere != _ZERO:
                gates[depth] = gate + 16
                addresses[depth + 1] = child_address(addresses[depth], 1)
                gates[depth + 1] = -1
                depth += 1
            else:
                for i in range(words):
                    value[i] = apply_gate(gate, left[depth, i], _ZERO)
                depth -= 1
        else:
            for i in range(words):
                value[i] = apply_gate(gates[depth] - 16, left[depth, i], value[i])
            depth -= 1
    for i in range(words):
        out[i] = value[i] & constants.mask
    return 0


@kernel
def _reads(tape, constants, workspace, out):
    """Which of its draws a tape's function is read from."""
    addresses, gates, wanted, left, value, _ = workspace
    return _words(tape, constants, (addresses, gates, wanted, left, value, out), wanted[-1])


@dataclass(frozen=True)
class ExpressionTree(ParameterFunctionMap):
    """Random formulas: a node is a leaf with probability ``leaf_probability``, uniform over the 2n literals,
    and otherwise one of ``operators`` (uniform) of two independent subtrees.

    The defaults are the critical And/Or trees (Chauvin, Flajolet, Gardy and Gittenberger, Combin. Probab.
    Comput. 13:475, 2004). Settings whose lazy process is not subcritical are refused.

    Parameters
    ----------
    n_inputs : int
    operators : tuple of str
        Names from :data:`simplicity.maps.gates.GATES`.
    leaf_probability : float
        Above 0, at most 1.

    Examples
    --------
    >>> ExpressionTree(n_inputs=2).mean_offspring
    0.75
    """

    n_inputs: int = 7
    operators: tuple[str, ...] = ("and", "or")
    leaf_probability: float = 0.5

    def __post_init__(self) -> None:
        super().__post_init__()
        object.__setattr__(self, "operators", checked_gates("operators", self.operators))
        p = self.leaf_probability
        if isinstance(p, bool) or not isinstance(p, (int, float, np.floating)) or not 0 < p <= 1:
            raise ValueError(f"leaf_probability must be above 0 and at most 1, got {p!r}")
        object.__setattr__(self, "leaf_probability", float(p))
        if not self.mean_offspring < 1:
            raise ValueError(
                f"leaf_probability must be larger for operators {', '.join(self.operators)}, got {p}: one "
                f"position needs {self.mean_offspring:.3g} subtrees a node on average, and only below 1 "
                f"can trees be drawn exactly"
            )

    @property
    def mean_offspring(self) -> float:
        """Mean number of subtrees that a node needs for one truth-table position (below 1: subcritical)."""
        gates = [[table >> k & 1 for k in range(4)] for table in tables(self.operators).tolist()]
        inner, leaf = 1 - self.leaf_probability, self.leaf_probability

        def one_after(q: float) -> float:
            """Probability that a node is 1 at a position, where its subtrees are with probability q."""
            weights = ((1 - q) ** 2, (1 - q) * q, q * (1 - q), q**2)
            return leaf / 2 + inner * sum(w * g[k] for g in gates for k, w in enumerate(weights)) / len(gates)

        # one_after(q) - q is quadratic, positive at 0 and negative at 1: one root.
        low, high = 0.0, 1.0
        for _ in range(100):
            middle = (low + high) / 2
            low, high = (middle, high) if one_after(middle) > middle else (low, middle)
        right_wanted = sum((1 - low) * (g[0] != g[1]) + low * (g[2] != g[3]) for g in gates) / len(gates)
        return round(inner * (1 + right_wanted), 9)

    @property
    def noise(self) -> Noise:
        return Noise("bits", None)

    @property
    def symmetries(self) -> Symmetries:
        # Output negation passes through a gate either to its dual, both sides negated, or to the left side.
        change_one_side = {
            t for t in map(GATES.__getitem__, self.operators) if negated(t, a=True) == complemented(t)
        }
        others = [t for t in map(GATES.__getitem__, self.operators) if t not in change_one_side]
        duals = [complemented(negated(t, a=True, b=True)) for t in others]
        return Symmetries(permutation=True, complement=sorted(duals) == sorted(others), negation=True)

    @property
    def reachable(self) -> Reachable:
        complete = {"and", "or"} <= set(self.operators) or {"nand", "nor"} & set(self.operators)
        exact = bool(complete) and self.leaf_probability < 1
        if self.leaf_probability == 1:
            return Reachable(float(np.log2(2 * self.n_inputs)), True, "the literals")
        return Reachable(float(2**self.n_inputs), exact, "all functions")

    def evaluator(self) -> Kernel:
        words = words_of(self.n_inputs)
        constants = _Constants(
            inputs=pack(input_table(self.n_inputs).T),
            gates=tables(self.operators),
            last_leaf=np.uint64(int(self.leaf_probability * 2**64) - 1),
            mask=position_mask(self.n_inputs),
        )

        def workspace() -> tuple[npt.NDArray[Any], ...]:
            return (
                np.empty(_DEPTH, dtype=np.uint64),
                np.empty(_DEPTH, dtype=np.int64),
                np.empty((_DEPTH, words), dtype=np.uint64),
                np.empty((_DEPTH, words), dtype=np.uint64),
                np.empty(words, dtype=np.uint64),
                np.empty(0, dtype=np.bool_),
            )

        return Kernel(words=_words, reads=_reads, constants=constants, workspace=workspace)

    def parameters(self, noise: npt.NDArray[Any]) -> dict[str, Any]:
        """``formula``: the tree that was drawn, with * for subtrees that no position needed."""
        tape, inputs = np.asarray(noise, dtype=np.uint64), input_table(self.n_inputs).T.astype(bool)
        last_leaf = np.uint64(int(self.leaf_probability * 2**64) - 1)

        def drawn(address: np.uint64, wanted: npt.NDArray[np.bool_]) -> tuple[str, npt.NDArray[np.bool_]]:
            if not wanted.any():
                return "*", wanted
            is_leaf, choice = draw_node(tape, address, last_leaf, self.n_inputs, len(self.operators))
            if is_leaf:
                return f"{'~' if choice % 2 else ''}x{choice // 2 + 1}", inputs[choice // 2] ^ bool(
                    choice % 2
                )
            g = [bool(GATES[self.operators[choice]] >> k & 1) for k in range(4)]
            text_a, a = drawn(np.uint64(child_address(address, 0)), wanted)
            asked = wanted & np.where(a, g[2] != g[3], g[0] != g[1])
            text_b, b = drawn(np.uint64(child_address(address, 1)), asked)
            value = np.where(a, np.where(b, g[3], g[2]), np.where(b, g[1], g[0]))
            return f"{self.operators[choice]}({text_a}, {text_b})", value

        return {"formula": drawn(_ROOT, np.ones(inputs.shape[1], dtype=bool))[0]}
