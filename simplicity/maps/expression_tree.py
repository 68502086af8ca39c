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

from simplicity.compilation import high_product, kernel, row
from simplicity.functions import input_table, pack, position_mask, words_of
from simplicity.maps.base import Kernel, ParameterFunctionMap, Reachable, Symmetries
from simplicity.maps.gates import GATES, algebraic_normal_forms, checked_gates, complemented, negated, tables
from simplicity.philox import philox
from simplicity.random import TAPE_KEY, Noise, below, tape_part, tape_words
from simplicity.spaces import Space
from simplicity.vectors import LANES, load, load_as, store, union

_DEPTH = np.uint64(2048)  # levels; deeper draws are undefined (probability below 1e-200 at the defaults)
_TREES = 32  # grown side by side
_ROOT = np.uint64(1)
_ZERO, _ONE, _32, _LOW = np.uint64(0), np.uint64(1), np.uint64(32), np.uint64(2**32 - 1)

# Where the numbers of a node stand. Its place is 2^12 row + level, its choice what was drawn there.
_ADDRESS, _PLACE, _CHOICE, _VALUES = np.uint64(0), np.uint64(1), np.uint64(2), np.uint64(4)
_ROW, _LEVEL = np.uint64(12), np.uint64(2**12 - 1)

# Where those of nodes that are drawn together stand, each kind for all nodes.
_ASKED, _DRAW, _LEAF, _NUMBER, _LEFT, _RIGHT = (np.uint64(k * _TREES) for k in range(6))


class _Constants(NamedTuple):
    """What can be drawn: a gate, or a literal (2i is input i, 2i + 1 its negation), counted after the gates.

    Functions are filled up with zeros to whole vectors.
    """

    added: npt.NDArray[np.uint64]  # flat, a function for each: 0 for gates, then the literals
    kinds: npt.NDArray[np.uint64]  # (2, 2), of literals and of gates: how many, and the first
    forms: npt.NDArray[np.uint64]  # (gates, 4): see algebraic_normal_forms
    last_leaf: np.uint64
    mask: npt.NDArray[np.uint64]  # (words,)
    lanes: tuple[int, ...]  # as long as vectors, so that code is compiled for their length


class _Trees(NamedTuple):
    """Trees under way, each a stack of nodes: the top is to be drawn or has its value, others wait for it.

    A node's value is known ^ (wanted & value of the subtree at its address). Once a gate is drawn there, the
    address is that of the right side; known and wanted follow when the left side, the node above, is known.
    """

    lists: npt.NDArray[np.uint64]  # (3, trees): roots of free stacks, nodes to be drawn, nodes with values
    asked: npt.NDArray[np.uint64]  # flat (6, _TREES)
    nodes: npt.NDArray[np.uint64]  # flat (depth + 1, trees, size); known and wanted by turns, in vectors


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
def _draw(asked, key, count):
    """The two words that tapes hold at the addresses asked for, and the addresses of both children."""
    for k in range(_ZERO, count, np.uint64(LANES)):
        address, draw = load(asked, _ASKED + k), load(asked, _DRAW + k)
        a, b, c, d = philox(address & _LOW, address >> _32, draw & _LOW, draw >> _32, key, key >> _32)
        store(asked, _LEAF + k, a | (b << _32))
        store(asked, _NUMBER + k, c | (d << _32))
        store(asked, _LEFT + k, child_address(address, 0))
        store(asked, _RIGHT + k, child_address(address, 1))


@kernel
def _grow(tapes, constants, trees, out, status, is_read):
    """Functions of tapes of one seed, many at a time: rounds of Philox wait for each other, trees do not.

    Every round takes all trees a step on, without a branch: what a tree does next cannot be foretold. So all
    nodes are treated both as leaves, of which gates add nothing, and as gates, of which leaves draw no sides.
    Where is_read has rows, they say which of its draws each tape is read from.
    """
    (free, asking, valued), asked, nodes = trees.lists, trees.asked, trees.nodes
    added, kinds, forms, last_leaf, mask, lanes = constants
    key = tapes[0, 0] ^ TAPE_KEY
    n_rows, words, vector = np.uint64(tapes.shape[0]), np.uint64(mask.shape[0]), np.uint64(len(lanes))
    size = _VALUES + words + words
    n_trees = np.uint64(free.shape[0])
    above = n_trees * size  # from a node to the next one of its stack
    nothing = load_as(mask, _ZERO, lanes) & _ZERO
    planted, n_asking, n_valued, n_free = _ZERO, _ZERO, _ZERO, n_trees
    for k in range(n_trees):
        free[k] = k * size
    while True:
        while n_free > _ZERO and planted < n_rows:
            n_free -= _ONE
            root = free[n_free]
            nodes[root + _ADDRESS], nodes[root + _PLACE] = _ROOT, planted << _ROW
            for i in range(_ZERO, words, vector):
                known = root + _VALUES + i + i
                store(nodes, known, nothing)
                store(nodes, known + vector, load_as(mask, i, lanes))
            asking[n_asking] = root
            n_asking += _ONE
            planted += _ONE
        if n_free == n_trees:
            return
        n_ready = _ZERO
        while n_ready < n_asking:
            node = asking[n_ready]
            place, address = nodes[node + _PLACE], nodes[node + _ADDRESS]
            own = place >> _ROW
            if place & _LEVEL == _DEPTH:
                status[own] = 1
                free[n_free] = node % above
                n_free += _ONE
                n_asking -= _ONE
                asking[n_ready] = asking[n_asking]
                continue
            part = tape_part(row(tapes, own, tapes.shape[1]), address)
            asked[_ASKED + n_ready], asked[_DRAW + n_ready] = address, tapes[own, np.uint64(1 + part)]
            if is_read.shape[0] > 0:
                is_read[own, part] = True
            n_ready += _ONE
        _draw(asked, key, n_ready)
        n_asking = _ZERO
        for k in range(n_ready):
            node = asking[k]
            left = node + above
            is_gate = np.uint64(asked[_LEAF + k] > last_leaf)
            choice = high_product(asked[_NUMBER + k], kinds[is_gate, 0]) + kinds[is_gate, 1]
            for i in range(_ZERO, words, vector):
                known = node + _VALUES + i + i
                wanted = load_as(nodes, known + vector, lanes)
                value = load_as(nodes, known, lanes) ^ (wanted & load_as(added, choice * words + i, lanes))
                store(nodes, known, value)
                store(nodes, known + above, nothing)
                store(nodes, known + above + vector, wanted)
            place = nodes[node + _PLACE] + _ONE
            nodes[node + _CHOICE] = choice
            nodes[node + _PLACE], nodes[left + _PLACE] = place, place
            nodes[node + _ADDRESS], nodes[left + _ADDRESS] = asked[_RIGHT + k], asked[_LEFT + k]
            asking[n_asking], valued[n_valued] = left, node
            n_asking += is_gate
            n_valued += is_gate ^ _ONE
        n_before, n_valued = n_valued, _ZERO
        for k in range(n_before):
            left = valued[k]
            if left < above:  # the root
                own = nodes[left + _PLACE] >> _ROW
                status[own] = 0
                for i in range(np.uint64(out.shape[1])):
                    out[own, i] = nodes[left + _VALUES + i + i - i % vector]
                free[n_free] = left
                n_free += _ONE
                continue
            node = left - above  # its left side is known: is the right one wanted anywhere?
            gate = nodes[node + _CHOICE]
            one, if_a, if_b, if_both = forms[gate, 0], forms[gate, 1], forms[gate, 2], forms[gate, 3]
            anywhere = _ZERO
            for i in range(_ZERO, words, vector):
                known = node + _VALUES + i + i
                a, wanted = load_as(nodes, known + above, lanes), load_as(nodes, known + vector, lanes)
                right = wanted & ((a & if_both) ^ if_b)
                store(nodes, known, load_as(nodes, known, lanes) ^ (wanted & ((a & if_a) ^ one)))
                store(nodes, known + vector, right)
                anywhere |= union(right)
            goes_on = np.uint64(anywhere != _ZERO)
            asking[n_asking], valued[n_valued] = node, node
            n_asking += goes_on
            n_valued += goes_on ^ _ONE


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
    functions = np.empty((tapes.shape[0], constants.mask.shape[0]), dtype=np.uint64)
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
        lanes = 2 if words <= 4 else 8
        padded, gates, literals = max(words, lanes), len(self.operators), 2 * self.n_inputs
        added = np.zeros((gates + literals, padded), dtype=np.uint64)
        added[gates::2, :words], added[gates + 1 :: 2, :words] = inputs, ~inputs
        mask = np.zeros(padded, dtype=np.uint64)
        mask[:words] = position_mask(self.n_inputs)
        constants = _Constants(
            added=added.ravel(),
            kinds=np.array([[literals, gates], [gates, 0]], dtype=np.uint64),
            forms=algebraic_normal_forms(self.operators),
            last_leaf=np.uint64(int(self.leaf_probability * 2**64) - 1),
            mask=mask,
            lanes=(0,) * lanes,
        )
        trees = _TREES if words <= 8 else _TREES // 4  # within the first-level cache
        size = int(_VALUES) + 2 * padded

        def workspace() -> _Trees:
            return _Trees(
                lists=np.empty((3, trees), dtype=np.uint64),
                asked=np.zeros(6 * _TREES, dtype=np.uint64),
                nodes=Space().array(np.uint64, int(_DEPTH + _ONE) * trees * size),
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
