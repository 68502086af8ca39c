"""Random circuits without a compiler: many at a time in NumPy, and one by one in Python's integers."""

from __future__ import annotations

import random
from collections.abc import Callable
from typing import Any

import numpy as np
import numpy.typing as npt

from benchmarks.baselines.networks import Bits
from simplicity.functions import input_table, pack, position_mask, words_of
from simplicity.maps import BooleanCircuit
from simplicity.maps.gates import GATES

PYTHON_GATES: dict[str, Callable[[int, int], int]] = {  # on unlimited integers; the caller masks
    "and": lambda a, b: a & b,
    "or": lambda a, b: a | b,
    "xor": lambda a, b: a ^ b,
    "nand": lambda a, b: ~(a & b),
    "nor": lambda a, b: ~(a | b),
    "xnor": lambda a, b: ~(a ^ b),
    "a_and_not_b": lambda a, b: a & ~b,
    "not_a_and_b": lambda a, b: ~a & b,
    "a_or_not_b": lambda a, b: a | ~b,
    "not_a_or_b": lambda a, b: ~a | b,
}


def literals(n_inputs: int) -> list[int]:
    """The inputs' truth tables as integers, position x at bit x."""
    return [int.from_bytes(row.tobytes(), "little") for row in pack(input_table(n_inputs).T)]


def one_by_one(generator: random.Random, circuit: BooleanCircuit, count: int) -> list[int]:
    """Truth tables as integers, position x at bit x."""
    gates = [PYTHON_GATES[name] for name in circuit.gates]
    inputs, mask = literals(circuit.n_inputs), (1 << (1 << circuit.n_inputs)) - 1
    choice = generator.choice
    found = []
    for _ in range(count):
        values = inputs.copy()
        for _ in range(circuit.n_gates):
            values.append(choice(gates)(choice(values), choice(values)))
        found.append(values[-1] & mask)
    return found


def polynomial_coefficients(gates: tuple[str, ...]) -> npt.NDArray[np.uint64]:
    """Masks c, (4, gates, 1), with which each gate is c0 ^ (c1 & a) ^ (c2 & b) ^ (c3 & a & b)."""
    rows = []
    for name in gates:
        t00, t01, t10, t11 = (GATES[name] >> k & 1 for k in range(4))
        rows.append((t00, t00 ^ t10, t00 ^ t01, t00 ^ t01 ^ t10 ^ t11))
    return np.array(rows, dtype=np.uint64).T[:, :, None] * np.uint64(2**64 - 1)


def in_booleans(generator: np.random.Generator, circuit: BooleanCircuit, batch: int) -> Bits:
    """Gate g of all circuits, then gate g + 1, on tables of booleans: (batch, 2^n / 8) uint8."""
    n_inputs = circuit.n_inputs
    outputs = np.array([[GATES[name] >> k & 1 for k in range(4)] for name in circuit.gates], dtype=bool)
    sources = n_inputs + circuit.n_gates
    values = np.empty((batch, sources, 2**n_inputs), dtype=bool)
    values[:, :n_inputs] = input_table(n_inputs).T
    circuits = np.arange(batch)
    for source in range(n_inputs, sources):
        kinds = generator.integers(0, len(circuit.gates), batch)
        first, second = generator.integers(0, source, (2, batch))
        case = values[circuits, first] * np.uint8(2) + values[circuits, second]
        values[:, source] = outputs[kinds[:, None], case]
    return np.packbits(values[:, -1], axis=1, bitorder="little")


def in_words(generator: np.random.Generator, circuit: BooleanCircuit, batch: int) -> npt.NDArray[np.uint64]:
    """The same on words of 64 positions, each gate as a polynomial: packed functions, (batch, words)."""
    n_inputs, words = circuit.n_inputs, words_of(circuit.n_inputs)
    masks = polynomial_coefficients(circuit.gates)
    sources = n_inputs + circuit.n_gates
    values = np.empty((sources, batch, words), dtype=np.uint64)
    values[:n_inputs] = pack(input_table(n_inputs).T)[:, None, :]
    flat = values.reshape(sources * batch, words)
    lanes = np.arange(batch)
    for source in range(n_inputs, sources):
        kinds = generator.integers(0, len(circuit.gates), batch, dtype=np.uint8)
        first, second = (generator.integers(0, source, batch, dtype=np.uint16) for _ in range(2))
        a = flat.take(first * np.int64(batch) + lanes, axis=0)
        b = flat.take(second * np.int64(batch) + lanes, axis=0)
        c0, c1, c2, c3 = (mask.take(kinds, axis=0) for mask in masks)
        with_b = a & c3
        with_b ^= c2
        with_b &= b
        a &= c1
        a ^= c0
        np.bitwise_xor(a, with_b, out=values[source])
    return values[-1] & position_mask(n_inputs)


FORMS: dict[str, Callable[[np.random.Generator, BooleanCircuit, int], npt.NDArray[Any]]] = {
    "booleans": in_booleans,
    "words": in_words,
}
