"""How far a draw of a map is from inducing a given function."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import numpy.typing as npt

from simplicity.compilation import kernel
from simplicity.functions import as_function, unpack
from simplicity.maps.base import ParameterFunctionMap, checked_map
from simplicity.maps.evaluate import Evaluator

Floats = npt.NDArray[np.float64]

#: Of 1, 1/16 and 1/64: runs of equal cost spread least at 2^-52 and 2^-94; with 1 most get stuck at 2^-175.
OFFSET = 1 / 16


@kernel
def _logit_energies(logits, wanted, offset, out):
    """Sum over wrong outputs of offset + |logit| / root mean square of all logits; NaN where undefined."""
    positions = logits.shape[1]
    for i in range(logits.shape[0]):
        squares = 0.0
        wrong = 0
        total = 0.0
        for x in range(positions):
            z = np.float64(logits[i, x])
            squares += z * z
            if (z > 0) != wanted[x]:
                wrong += 1
                total += abs(z)
        if not np.isfinite(squares):
            out[i] = np.nan
        elif total == 0:
            out[i] = offset * wrong
        else:
            out[i] = offset * wrong + total / np.sqrt(squares / positions)


@kernel
def _mismatches(words, wanted, status, out):
    """Number of wrong outputs; NaN where undefined."""
    for i in range(words.shape[0]):
        count = 0
        for k in range(words.shape[1]):
            differing = words[i, k] ^ wanted[k]
            while differing != np.uint64(0):
                differing &= differing - np.uint64(1)
                count += 1
        out[i] = np.nan if status[i] else count


def logit_energy(
    pf_map: ParameterFunctionMap, function: str | npt.ArrayLike, offset: float = OFFSET
) -> Callable[[npt.NDArray[Any]], Floats]:
    """The energy of splitting: sum over wrong outputs of offset + |logit| / rms of the draw's logits.

    The root mean square keeps particles from collapsing onto logits next to 0 with many outputs still wrong;
    the offset, from keeping the last few wrong. The callable holds a workspace: every thread makes its own.

    Parameters
    ----------
    pf_map : ParameterFunctionMap
    function : str or (words,) uint64
        As for `simplicity.functions.as_function`.
    offset : float
        At least 0: below, draws with wrong outputs would count as hits.

    Raises
    ------
    ValueError
        If the map has no logits, the function cannot be read, or the offset is below 0.
    """
    if not offset >= 0:
        raise ValueError(f"offset must be 0 or above (1 will do), got {offset!r}")
    evaluator = Evaluator(checked_map(pf_map))
    if not evaluator.has_logits():
        raise ValueError(
            f"map {pf_map.name} has no logits, which this energy is made of; use mismatch_energy, or count"
        )
    wanted = unpack(as_function(function, pf_map.n_inputs), pf_map.n_inputs)

    def energy(noise: npt.NDArray[Any]) -> Floats:
        out = np.empty(len(noise))
        _logit_energies(evaluator.logits(noise), wanted, float(offset), out)
        return out

    return energy


def mismatch_energy(
    pf_map: ParameterFunctionMap, function: str | npt.ArrayLike
) -> Callable[[npt.NDArray[Any]], Floats]:
    """The number of wrong outputs: all that programs offer. Its plateaus make splitting slower, less deep."""
    evaluator = Evaluator(checked_map(pf_map))
    wanted = as_function(function, pf_map.n_inputs)

    def energy(noise: npt.NDArray[Any]) -> Floats:
        out = np.empty(len(noise))
        words, undefined = evaluator.functions(noise)
        _mismatches(words, wanted, undefined, out)
        return out

    return energy
