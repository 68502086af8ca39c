"""Random circuits: the law of all their programs, counted."""

from __future__ import annotations

from collections import Counter

import numpy as np
import numpy.typing as npt

from simplicity.functions import input_table, pack, position_mask
from simplicity.maps import BooleanCircuit
from simplicity.maps.gates import apply_gate, tables
from simplicity.theory.exact.prior import ExactPrior, summed

#: Steps of the count (programs of one gate more, states merged) beyond which it would take minutes.
MOST_STEPS = 100_000_000
_MOST_INPUTS = 6  # a function is one word


def circuit_prior(n_inputs: int, n_gates: int, gates: str | tuple[str, ...] = "binary") -> ExactPrior:
    """The exact prior of `simplicity.maps.BooleanCircuit`, as fractions of the number of programs.

    What a program may do next depends only on which tables it has made, however it made them: programs are
    counted by that multiset, gate after gate, and by the output alone at the last.

    Parameters
    ----------
    n_inputs : int
        Up to 6.
    n_gates : int
    gates : tuple of str, or the name of a gate set

    Returns
    -------
    ExactPrior
        With numerators and denominator.

    Raises
    ------
    ValueError
        If there are more inputs or more programs than can be counted.

    Examples
    --------
    One NAND of two sources out of x1, x2: 9 programs of two gates.

    >>> circuit_prior(2, 1, "nand").to_pandas(())
      function  prior
    0     1110   0.50
    1     1010   0.25
    2     1100   0.25
    """
    circuit = BooleanCircuit(n_inputs, n_gates, gates)  # type: ignore[arg-type]
    if n_inputs > _MOST_INPUTS:
        raise ValueError(f"n_inputs must be {_MOST_INPUTS} or less for the exact law, got {n_inputs}")
    programs = 1
    for g in range(n_gates):
        programs *= len(circuit.gates) * (n_inputs + g) ** 2
    if programs >= 2**63:
        raise ValueError(f"n_gates must be smaller to count programs: {n_gates} gates make {programs:.3g}")
    kinds = Counter(tables(circuit.gates).tolist())
    inputs = pack(input_table(n_inputs).T)[:, 0]
    states, counts = np.empty((1, 0), dtype=np.uint64), np.ones(1, dtype=np.int64)
    steps = 0
    for g in range(n_gates):
        steps += len(states) * len(kinds) * (n_inputs + g) ** 2
        if steps > MOST_STEPS:
            raise ValueError(
                f"n_gates must be smaller: {n_gates} gates on {n_inputs} inputs take more than "
                f"{MOST_STEPS:.0e} steps to count"
            )
        sources = np.concatenate([np.broadcast_to(inputs, (len(states), n_inputs)), states], axis=1)
        outputs = _outputs(sources, kinds, position_mask(n_inputs))
        if g + 1 == n_gates:
            functions, totals = summed(
                np.concatenate([output for output, _ in outputs]),
                np.concatenate([counts * times for _, times in outputs]),
            )
            return ExactPrior.of_weights(
                n_inputs, functions[:, None], totals, f"{circuit.label}, all programs"
            )
        states, counts = _extended(states, counts, outputs)
    raise ValueError(f"n_gates must be 1 or more, got {n_gates}")


def _outputs(
    sources: npt.NDArray[np.uint64], kinds: Counter[int], mask: np.uint64
) -> list[tuple[npt.NDArray[np.uint64], int]]:
    """Tables of the next gate, (states,) for every choice of it, and how often that choice counts."""
    n_sources = sources.shape[1]
    return [
        (np.asarray(_applied(gate, sources[:, a], sources[:, b]) & mask), times)
        for gate, times in kinds.items()
        for a in range(n_sources)
        for b in range(n_sources)
    ]


def _applied(gate: int, a: npt.NDArray[np.uint64], b: npt.NDArray[np.uint64]) -> npt.NDArray[np.uint64]:
    # the gate's Python code: Numba does not type the operators of arrays in code made to be put into kernels
    return np.asarray(apply_gate.py_func(gate, a, b), dtype=np.uint64)


def _extended(
    states: npt.NDArray[np.uint64],
    counts: npt.NDArray[np.int64],
    outputs: list[tuple[npt.NDArray[np.uint64], int]],
) -> tuple[npt.NDArray[np.uint64], npt.NDArray[np.int64]]:
    """Sorted multisets of one table more, each with the programs that make it."""
    known = np.unique(np.concatenate([states.ravel(), *(output for output, _ in outputs)]))
    width = max(1, (len(known) - 1).bit_length())
    size = states.shape[1] + 1
    if width * size > 64:
        raise ValueError(f"n_gates must be smaller: multisets of {size} of {len(known)} tables are too many")
    old = np.searchsorted(known, states).astype(np.uint64)
    keys: npt.NDArray[np.uint64] = np.empty(0, dtype=np.uint64)
    totals: npt.NDArray[np.int64] = np.empty(0, dtype=np.int64)
    for start in range(0, len(outputs), 64):  # merged as they come, so that memory stays small
        new_keys, new_counts = [keys], [totals]
        for output, times in outputs[start : start + 64]:
            row = np.searchsorted(known, output).astype(np.uint64)
            members = np.sort(np.column_stack([old, row]), axis=1)
            key = np.zeros(len(states), dtype=np.uint64)
            for column in members.T:
                key = key << np.uint64(width) | column
            new_keys.append(key)
            new_counts.append(counts * times)
        keys, totals = summed(np.concatenate(new_keys), np.concatenate(new_counts))
    places = np.arange(size, dtype=np.uint64)[::-1] * np.uint64(width)
    return known[(keys[:, None] >> places & np.uint64(2**width - 1)).astype(np.int64)], totals
