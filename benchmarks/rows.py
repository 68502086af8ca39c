"""The rows of the table: what is compared with what, and the goal.

A row's name is what the command line and `ratios.json` call it.
"""

from __future__ import annotations

import functools
import importlib.util
from collections.abc import Callable
from dataclasses import dataclass

from benchmarks import contests
from benchmarks.baselines import counting
from benchmarks.contests import Contest
from simplicity.maps import MLP, BooleanCircuit, ExpressionTree, Perceptron, PolynomialThreshold

HAS_TORCH = importlib.util.find_spec("torch") is not None
Program = Callable[[counting.Words], object]


@dataclass(frozen=True)
class Row:
    """One comparison.

    Parameters
    ----------
    title : str
        What is computed, and of what a time is.
    baseline : str
        What a competent user would write instead.
    goal : float or None
        Least ratio wanted; None for rows that only report.
    contest : callable
        Makes both sides ready.
    in_quick : bool
        Whether ``make bench-quick`` runs it.
    """

    title: str
    baseline: str
    goal: float | None
    contest: Callable[[], Contest]
    in_quick: bool = True


def _tally(power: str, count: int, baseline: str, goal: float | None, program: Program, quick: bool) -> Row:
    contest = functools.partial(contests.tally, count, program)
    return Row(f"Tally of {power} distinct", baseline, goal, contest, in_quick=quick)


_MLP = MLP(7, (40, 40))
_DEEP = MLP(7, (40,) * 10, "tanh")
_UNIQUE, _HASH = "np.unique, structured", "hash and argsort"

ROWS: dict[str, Row] = {
    "mlp": Row(
        "MLP (7, 40, 40, 1) ReLU", "NumPy", 6, lambda: contests.network(_MLP, (8, 16, 32, 64, 128))
    ),
    "mlp-torch": Row(
        "MLP (7, 40, 40, 1) ReLU", "PyTorch", 3,
        lambda: contests.network_in_torch(_MLP, (16, 64, 128, 256, 512)),
        in_quick=False,  # ours is that of `mlp`
    ),
    "mlp-readouts": Row(
        "… with 64 readouts", "NumPy, whole networks", 170,
        lambda: contests.network(_MLP, (16, 32, 64, 128), readouts=64),
    ),
    "mlp-shallow": Row(
        "MLP (7, 64, 1) ReLU", "NumPy", 7, lambda: contests.network(MLP(7, (64,)), (16, 32, 64, 128, 256))
    ),
    "mlp-deep": Row(
        "MLP (7, ten of 40, 1) tanh", "NumPy", 2.5, lambda: contests.network(_DEEP, (8, 16, 32, 64))
    ),
    "mlp-10": Row(
        "MLP (10, 100, 100, 1) ReLU", "NumPy", 2.5,
        lambda: contests.network(MLP(10, (100, 100)), (1, 2, 4, 8, 16)),
    ),
    "perceptron": Row("Perceptron n = 7", "NumPy", 4, lambda: contests.perceptron(Perceptron(7))),
    "polynomial": Row(
        "Polynomial, degree 3, n = 7", "NumPy", 3.5, lambda: contests.polynomial(PolynomialThreshold(7, 3))
    ),
    "circuit": Row(
        "Circuit of 32 gates, n = 7", "NumPy, a byte a position", 50,
        lambda: contests.circuit(BooleanCircuit(7, 32), "booleans"),
    ),
    "circuit-words": Row(
        "Circuit of 32 gates, n = 7", "NumPy, a bit a position", None,
        lambda: contests.circuit(BooleanCircuit(7, 32), "words"),
    ),
    "circuit-python": Row(
        "Circuit of 32 gates, n = 7", "Python integers", None,
        lambda: contests.circuit_in_python(BooleanCircuit(7, 32)),
    ),
    "tree": Row("And/Or tree n = 7", "NumPy", 10, lambda: contests.tree(ExpressionTree(7))),
    "tree-python": Row(
        "And/Or tree n = 7", "recursive Python, whole trees", 100,
        lambda: contests.tree_in_python(ExpressionTree(7), "cut at level 100"),
    ),
    "tree-lazy": Row(
        "And/Or tree n = 7", "recursive Python, as lazy as ours", None,
        lambda: contests.tree_in_python(ExpressionTree(7), "lazy"),
    ),
    "normals": Row("Normal, float32, rows of 2000", "NumPy ziggurat", 5, contests.normals),
    "lz76": Row("K_LZ of 128 bits", "reference Python", 250, contests.k_lz),
    "lz78": Row("LZ78 of 128 bits", "lempel-ziv-complexity", None, contests.lz78),
    "tally-1e6-unique": _tally("10⁶", 10**6, _UNIQUE, 8, counting.by_unique, True),
    "tally-1e6-hash": _tally("10⁶", 10**6, _HASH, 1, counting.by_hash_and_argsort, True),
    "tally-1e6-lexsort": _tally("10⁶", 10**6, "lexsort", None, counting.by_lexsort, False),
    "tally-1e6-counter": _tally("10⁶", 10**6, "Counter of bytes", None, counting.by_counter, False),
    "tally-1e7-unique": _tally("10⁷", 10**7, _UNIQUE, 8, counting.by_unique, False),
    "tally-1e7-hash": _tally("10⁷", 10**7, _HASH, 1, counting.by_hash_and_argsort, False),
}  # fmt: skip


def available(names: list[str]) -> dict[str, Row]:
    """Rows by name (all, if none is named) that this environment can run.

    Raises
    ------
    ValueError
        If there is no row of a name.
    """
    unknown = [name for name in names if name not in ROWS]
    if unknown:
        raise ValueError(f"row must be one of {', '.join(ROWS)}, got {', '.join(unknown)}")
    chosen = {name: ROWS[name] for name in names or ROWS}
    return {name: row for name, row in chosen.items() if HAS_TORCH or name != "mlp-torch"}
