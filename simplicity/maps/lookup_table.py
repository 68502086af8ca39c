"""The null model: a truth table of fair coins."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from simplicity.compilation import kernel
from simplicity.functions import position_mask, words_of
from simplicity.maps.base import Kernel, ParameterFunctionMap, Reachable, Symmetries
from simplicity.random import Noise


class _Constants(NamedTuple):
    mask: np.uint64


@kernel
def _words(noise, constants, workspace, out):
    for i in range(out.shape[0]):
        out[i] = noise[i] & constants.mask
    return 0


@dataclass(frozen=True)
class LookupTable(ParameterFunctionMap):
    """Every entry of the truth table is a fair coin: every function has prior 2^(-2^n).

    Parameters
    ----------
    n_inputs : int

    Examples
    --------
    >>> LookupTable(n_inputs=3).reachable.log2_count
    8.0
    """

    n_inputs: int = 7

    @property
    def noise(self) -> Noise:
        return Noise("bits", words_of(self.n_inputs))

    @property
    def symmetries(self) -> Symmetries:
        return Symmetries(permutation=True, complement=True, negation=True)

    @property
    def reachable(self) -> Reachable:
        return Reachable(float(2**self.n_inputs), True, "all functions")

    def evaluator(self) -> Kernel:
        return Kernel(words=_words, constants=_Constants(position_mask(self.n_inputs)))
