"""Two-input gates: names, truth tables, and what a set of gates is closed under.

A gate is its truth table as a number of four bits: bit 2a + b is its output for inputs a, b. Evaluated
on words, it works on 64 truth-table positions at once.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from simplicity.compilation import inlined

#: Truth table of each gate by name, bit 2a + b for inputs a, b.
GATES = {
    "and": 0b1000,
    "or": 0b1110,
    "xor": 0b0110,
    "nand": 0b0111,
    "nor": 0b0001,
    "xnor": 0b1001,
    "a_and_not_b": 0b0100,
    "not_a_and_b": 0b0010,
    "a_or_not_b": 0b1101,
    "not_a_or_b": 0b1011,
    "a": 0b1100,
    "b": 0b1010,
    "not_a": 0b0011,
    "not_b": 0b0101,
    "zero": 0b0000,
    "one": 0b1111,
}

#: Sets of gates that have a name.
GATE_SETS = {
    "all": tuple(GATES),
    "binary": tuple(name for name in GATES if name not in ("a", "b", "not_a", "not_b", "zero", "one")),
    "and-or-xor": ("and", "or", "xor"),
    "nand": ("nand",),
}

_ONES = np.uint64(0xFFFFFFFFFFFFFFFF)
_ZERO = np.uint64(0)


def checked_gates(name: str, value: object) -> tuple[str, ...]:
    """A tuple of gate names; the name of a gate set stands for its gates."""
    entries = (value,) if isinstance(value, str) else value
    gates: tuple[str, ...] = ()
    if isinstance(entries, (tuple, list)):
        gates = tuple(gate for entry in entries for gate in GATE_SETS.get(str(entry), (entry,)))
    if not gates or not all(gate in GATES for gate in gates):
        raise ValueError(
            f"{name} must be a gate set ({', '.join(GATE_SETS)}) or gates of {tuple(GATES)}, got {value!r}"
        )
    return gates


def tables(gates: tuple[str, ...]) -> npt.NDArray[np.uint8]:
    """Truth tables of some gates, (gates,) uint8."""
    return np.array([GATES[gate] for gate in gates], dtype=np.uint8)


def algebraic_normal_forms(gates: tuple[str, ...]) -> npt.NDArray[np.uint64]:
    """Words (1, a, b, ab) of each gate, (gates, 4): it is the exclusive or of those whose word is all ones.

    Examples
    --------
    >>> (algebraic_normal_forms(("xor",)) > 0).astype(int).tolist()
    [[0, 1, 1, 0]]
    """
    t = tables(gates)[:, None] >> np.arange(4, dtype=np.uint8) & 1
    forms = np.stack(
        [t[:, 0], t[:, 0] ^ t[:, 2], t[:, 0] ^ t[:, 1], t[:, 0] ^ t[:, 1] ^ t[:, 2] ^ t[:, 3]], 1
    )
    return np.where(forms == 1, _ONES, _ZERO)


@inlined
def apply_gate(table, a, b):
    """Output word of a gate for input words a and b."""
    w0 = _ONES if table & 1 else _ZERO
    w1 = _ONES if table & 2 else _ZERO
    w2 = _ONES if table & 4 else _ZERO
    w3 = _ONES if table & 8 else _ZERO
    return (~a & ((~b & w0) | (b & w1))) | (a & ((~b & w2) | (b & w3)))


def complemented(table: int) -> int:
    """The gate with its output negated."""
    return table ^ 0b1111


def negated(table: int, *, a: bool = False, b: bool = False) -> int:
    """The gate with some of its inputs negated."""
    return sum((table >> (place ^ (2 * a + b)) & 1) << place for place in range(4))


def is_closed(gates: tuple[str, ...], change: object) -> bool:
    """Whether a change of every gate gives the same gates, each as often."""
    before = [GATES[gate] for gate in gates]
    return sorted(before) == sorted(change(table) for table in before)  # type: ignore[operator]
