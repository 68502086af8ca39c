"""How far a draw of a map is from inducing a given function."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import numpy.typing as npt

from simplicity.arguments import checked_number
from simplicity.compilation import kernel
from simplicity.functions import as_function, unpack
from simplicity.maps.base import ParameterFunctionMap, checked_map
from simplicity.maps.evaluate import Evaluator

Floats = npt.NDArray[np.float64]

#: Of 1, 1/4 and 1/16: runs spread least at 2^-50 and 2^-94; 1 is better in small networks only.
OFFSET = 1 / 4


@kernel
def _logit_energies(logits, wanted, offset, out):
    """Sum over wrong outputs of offset + |logit| / mean of all |logits|; NaN where undefined."""
    positions = logits.shape[1]
    for i in range(logits.shape[0]):
        of_all = of_wrong = 0.0
        wrong = 0
        for x in range(positions):
            z = np.float64(logits[i, x])
            of_all += abs(z)
            if (z > 0) != wanted[x]:
                wrong += 1
                of_wrong += abs(z)
        if not np.isfinite(of_all):
            out[i] = np.nan
        elif of_wrong == 0:
            out[i] = offset * wrong
        else:
            out[i] = offset * wrong + of_wrong / (of_all / positions)


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


def checked_offset(offset: float) -> float:
    """The offset as a float, if it is a number from 0 to 1e30."""
    return checked_number("offset", offset, 0.0, 1e30)


def logit_energy(
    pf_map: ParameterFunctionMap, function: str | npt.ArrayLike, offset: float = OFFSET
) -> Callable[[npt.NDArray[Any]], Floats]:
    """The energy of splitting: sum over wrong outputs of offset + |logit| / mean |logit| of the draw.

    The mean keeps particles from collapsing onto logits next to 0 with many outputs still wrong (a root mean
    square less so: a few large logits then make all others small); the offset, from keeping the last few
    wrong. The callable holds a workspace: every thread makes its own.

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
        If the map has no logits, the function cannot be read, or the offset is not a number from 0 to 1e30.
    """
    offset = checked_offset(offset)
    evaluator = Evaluator(checked_map(pf_map))
    if not evaluator.has_logits():
        raise ValueError(
            f"map {pf_map.name} has no logits, which this energy is made of; use mismatch_energy, or count"
        )
    wanted = unpack(as_function(function, pf_map.n_inputs), pf_map.n_inputs)

    def energy(noise: npt.NDArray[Any]) -> Floats:
        out = np.empty(len(noise))
        _logit_energies(evaluator.logits(noise), wanted, offset, out)
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
