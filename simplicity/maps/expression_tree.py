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

from simplicity.compilation import kernel, row
from simplicity.functions import input_table, pack, position_mask, words_of
from simplicity.maps.base import Kernel, ParameterFunctionMap, Reachable, Symmetries
from simplicity.maps.gates import GATES, algebraic_normal_forms, checked_gates, complemented, negated, tables
from simplicity.philox import philox_blocks
from simplicity.random import TAPE_KEY, Noise, below, tape_part, tape_words

_DEPTH = 2048  # levels; deeper draws are counted as undefined (probability below 1e-200 at the defaults)
_ROOT = np.uint64(1)
_ZERO, _ONE, _32 = np.uint64(0), np.uint64(1), np.uint64(32)


class _Constants(NamedTuple):
    literals: npt.NDArray[np.uint64]  # (2 inputs, words): 2i is input i, 2i + 1 its negation
    forms: npt.NDArray[np.uint64]  # (gates, 4): see algebraic_normal_forms
    last_leaf: np.uint64
    mask: np.uint64


class _Trees(NamedTuple):
    """Trees under way, each at a node.

    The value of the left side that the node belongs to (or of the root) is known ^ (wanted & value of the
    node). Frames hold the same of the nodes whose left side is being drawn.
    """

    lists: npt.NDArray[np.uint64]  # (4, trees + 1): free ones, nodes not drawn, inner ones, values known
    counters: npt.NDArray[np.uint32]  # (4, trees): address of the node and draw of the tape
    node_words: npt.NDArray[np.uint32]  # (4, trees): what the tape holds there
    places: npt.NDArray[np.uint64]  # (trees, 5): row; address and level of the node; frame; choice drawn
    values: npt.NDArray[np.uint64]  # (trees, 2, words): known, wanted
    frames: npt.NDArray[np.uint64]  # (depth * trees, 3): address, level of the children, gate
    frame_values: npt.NDArray[np.uint64]  # (depth * trees, 2, words)


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
def _grow(tapes, constants, trees, out, status, is_read):
    """Functions of tapes of one seed, many at a time: rounds of Philox wait for each other, trees do not.

    Every step is done for all trees that it is due for, which are listed without a branch: what a tree does
    next cannot be foretold. Where is_read has rows, they say which of its draws each tape is read from.
    """
    lists, counters, node_words, places, values, frames, frame_values = trees
    free, asking, inner, valued = lists[0], lists[1], lists[2], lists[3]
    literals, forms, last_leaf = constants.literals, constants.forms, constants.last_leaf
    n_rows, words, depth = np.uint64(tapes.shape[0]), out.shape[1], np.uint64(_DEPTH)
    key = tapes[0, 0] ^ TAPE_KEY
    n_trees = np.uint64(counters.shape[1])
    planted, n_asking, n_free = _ZERO, _ZERO, min(n_trees, n_rows)
    for k in range(n_free):
        free[k] = k
    while True:
        while n_free > _ZERO and planted < n_rows:
            n_free -= _ONE
            tree = free[n_free]
            asking[n_asking] = tree
            n_asking += _ONE
            places[tree, 0], places[tree, 1] = planted, _ROOT
            places[tree, 2], places[tree, 3] = _ZERO, tree
            planted += _ONE
            for i in range(words):
                values[tree, 0, i] = _ZERO
                values[tree, 1, i] = constants.mask
        if n_asking == _ZERO:
            return
        for k in range(n_asking):
            tree = asking[k]
            own, address = places[tree, 0], places[tree, 1]
            part = tape_part(row(tapes, own, tapes.shape[1]), address)
            draw = tapes[own, np.uint64(1 + part)]
            counters[0, k], counters[1, k] = np.uint32(address), np.uint32(address >> _32)
            counters[2, k], counters[3, k] = np.uint32(draw), np.uint32(draw >> _32)
            if is_read.shape[0] > 0:
                is_read[own, part] = True
        philox_blocks(counters, key, node_words)
        n_inner, n_valued = _ZERO, _ZERO
        for k in range(n_asking):
            tree = asking[k]
            leaf = np.uint64(node_words[1, k]) << _32 | np.uint64(node_words[0, k])
            places[tree, 4] = np.uint64(node_words[3, k]) << _32 | np.uint64(node_words[2, k])
            is_leaf = np.uint64(leaf <= last_leaf)
            inner[n_inner], valued[n_valued] = tree, tree
            n_inner += is_leaf ^ _ONE
            n_valued += is_leaf
        n_asking = _ZERO
        for k in range(n_inner):
            tree = inner[k]
            address, level, frame = places[tree, 1], places[tree, 2] + _ONE, places[tree, 3]
            if level == depth:
                status[places[tree, 0]] = 1
                free[n_free] = tree
                n_free += _ONE
                continue
            gate = below(places[tree, 4], np.uint64(forms.shape[0]))
            frames[frame, 0], frames[frame, 1], frames[frame, 2] = address, level, gate
            for i in range(words):
                frame_values[frame, 0, i] = values[tree, 0, i]
                frame_values[frame, 1, i] = values[tree, 1, i]
                values[tree, 0, i] = _ZERO
            places[tree, 1], places[tree, 2] = child_address(address, 0), level
            places[tree, 3] = frame + n_trees
            asking[n_asking] = tree
            n_asking += _ONE
        for k in range(n_valued):
            tree = valued[k]
            literal = below(places[tree, 4], np.uint64(literals.shape[0]))
            for i in range(words):
                values[tree, 0, i] ^= values[tree, 1, i] & literals[literal, i]
        while n_valued > _ZERO:
            n_left = _ZERO
            for k in range(n_valued):
                tree = valued[k]
                frame = places[tree, 3]
                if frame == tree:
                    own = places[tree, 0]
                    status[own] = 0
                    for i in range(words):
                        out[own, i] = values[tree, 0, i]
                    free[n_free] = tree
                    n_free += _ONE
                    continue
                frame -= n_trees  # its left side is known: is the right one wanted anywhere?
                gate = frames[frame, 2]
                one, if_a, if_b, if_both = forms[gate, 0], forms[gate, 1], forms[gate, 2], forms[gate, 3]
                anywhere = _ZERO
                for i in range(words):
                    a, here = values[tree, 0, i], frame_values[frame, 1, i]
                    right = here & (if_b ^ (if_both & a))
                    values[tree, 0, i] = frame_values[frame, 0, i] ^ (here & (one ^ (if_a & a)))
                    values[tree, 1, i] = right
                    anywhere |= right
                places[tree, 1], places[tree, 2] = child_address(frames[frame, 0], 1), frames[frame, 1]
                places[tree, 3] = frame
                goes_on = np.uint64(anywhere != _ZERO)
                asking[n_asking], valued[n_left] = tree, tree
                n_asking += goes_on
                n_left += goes_on ^ _ONE
            n_valued = n_left


@kernel
def _grow_all(tapes, constants, trees, out, status, is_read):
    """Tapes of one seed together."""
    start = 0
    while start < tapes.shape[0]:
        stop = start + 1
        while stop < tapes.shape[0] and tapes[stop, 0] == tapes[start, 0]:
            stop += 1
        some = slice(start, stop)
        _grow(tapes[some], constants, trees, out[some], status[some], is_read[some])
        start = stop


@kernel
def _many(tapes, constants, trees, out, status):
    _grow_all(tapes, constants, trees, out, status, np.empty((0, 0), dtype=np.bool_))


@kernel
def _reads(tapes, constants, trees, out, status):
    """Which of its draws each tape's function is read from."""
    functions = np.empty((tapes.shape[0], trees.values.shape[2]), dtype=np.uint64)
    _grow_all(tapes, constants, trees, functions, status, out)


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
        words, inputs = words_of(self.n_inputs), pack(input_table(self.n_inputs).T)
        constants = _Constants(
            literals=np.stack([inputs, ~inputs], axis=1).reshape(2 * self.n_inputs, words),
            forms=algebraic_normal_forms(self.operators),
            last_leaf=np.uint64(int(self.leaf_probability * 2**64) - 1),
            mask=position_mask(self.n_inputs),
        )

        trees = 32 if words <= 8 else 8  # grown side by side, within the first-level cache

        def workspace() -> _Trees:
            return _Trees(
                lists=np.empty((4, trees + 1), dtype=np.uint64),
                counters=np.zeros((4, trees), dtype=np.uint32),
                node_words=np.empty((4, trees), dtype=np.uint32),
                places=np.empty((trees, 5), dtype=np.uint64),
                values=np.empty((trees, 2, words), dtype=np.uint64),
                frames=np.empty((_DEPTH * trees, 3), dtype=np.uint64),
                frame_values=np.empty((_DEPTH * trees, 2, words), dtype=np.uint64),
            )

        return Kernel(many=_many, reads=_reads, constants=constants, workspace=workspace)

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
