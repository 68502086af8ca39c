"""The perceptron: the sign of one linear sum of the inputs."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from simplicity.compilation import kernel
from simplicity.maps.base import (
    Distribution,
    Inputs,
    Kernel,
    ParameterFunctionMap,
    Reachable,
    Symmetries,
    checked_choice,
    checked_scale,
    cover_count,
    log2_of_count,
)
from simplicity.random import Noise
from simplicity.simd import fused_multiply_add, load, splat, store

#: Number of linearly separable functions of n = 0, 1, … inputs (OEIS A000609).
THRESHOLD_FUNCTIONS = (
    2, 4, 14, 104, 1882, 94572, 15028134, 8378070864, 17561539552946, 144130531453121108,
)  # fmt: skip
#: The same without bias on {0, 1} inputs, n = 1, 2, … (OEIS A034997).
THRESHOLD_FUNCTIONS_WITHOUT_BIAS = (2, 6, 32, 370, 11292, 1066044)


class _Constants(NamedTuple):
    weight_std: float
    bias_std: float
    low: float  # value of an input that is 0
    last_inputs: npt.NDArray[np.float64]  # of the last three inputs, the last one first, at 8 positions


@kernel
def _logits(noise, constants, workspace, out):
    """The sums at the settings of the last three inputs, a vector; then out doubles with every further input.

    Each input adds its weight where it is 1, and ``low`` times it elsewhere; so the sums are odd to the last
    bit for ±1 inputs without bias.
    """
    sums = out if out.shape[0] >= 8 else workspace[0]
    n_inputs = noise.shape[0] - 1
    total = splat(constants.bias_std * noise[n_inputs])
    for i in range(n_inputs - 1, max(n_inputs - 4, -1), -1):
        values = load(constants.last_inputs, 8 * (n_inputs - 1 - i))
        total = fused_multiply_add(splat(constants.weight_std * noise[i]), values, total)
    store(sums, 0, total)
    one, low = splat(1.0), splat(constants.low)
    size = 8
    for i in range(n_inputs - 4, -1, -1):
        weight = splat(constants.weight_std * noise[i])
        for x in range(0, size, 8):
            total = load(sums, x)
            store(sums, size + x, fused_multiply_add(one, weight, total))
            store(sums, x, fused_multiply_add(low, weight, total))
        size *= 2
    if out.shape[0] < 8:
        for x in range(out.shape[0]):
            out[x] = sums[x]
    return 0


@dataclass(frozen=True)
class Perceptron(ParameterFunctionMap):
    """Class 1 where bias + sum_i weight_i * input_i is above 0.

    Weights are i.i.d. of variance weight_std² / n_inputs, the bias of variance bias_std²; sums are taken in
    float64, so that ties of the random numbers' rounding do not show (Mingard et al. 2019,
    arXiv:1909.11522, has the exact law of the number of ones without bias).

    Parameters
    ----------
    n_inputs : int
    weight_std, bias_std : float
    distribution : {"normal", "uniform"}
        Of weights and bias, at the same standard deviation.
    inputs : {"01", "pm1"}
        Inputs as 0 and 1, or as -1 and +1.

    Examples
    --------
    >>> Perceptron(n_inputs=3).reachable
    Reachable(log2_count=6.700439718141092, exact=True, source='OEIS A000609')
    """

    n_inputs: int = 7
    weight_std: float = 1.0
    bias_std: float = 1.0
    distribution: Distribution = "normal"
    inputs: Inputs = "01"

    def __post_init__(self) -> None:
        super().__post_init__()
        object.__setattr__(self, "weight_std", checked_scale("weight_std", self.weight_std, zero=False))
        object.__setattr__(self, "bias_std", checked_scale("bias_std", self.bias_std, zero=True))
        checked_choice("distribution", self.distribution, ("normal", "uniform"))
        checked_choice("inputs", self.inputs, ("01", "pm1"))

    @property
    def noise(self) -> Noise:
        return Noise(self.distribution, self.n_inputs + 1, "float64")

    @property
    def symmetries(self) -> Symmetries:
        ties = self.bias_std == 0 and self.inputs == "01"  # the zero input is always class 0
        return Symmetries(permutation=True, complement=not ties, negation=self.inputs == "pm1")

    @property
    def reachable(self) -> Reachable:
        n = self.n_inputs
        if self.bias_std > 0 and n < len(THRESHOLD_FUNCTIONS):
            return Reachable(math.log2(THRESHOLD_FUNCTIONS[n]), True, "OEIS A000609")
        if self.bias_std == 0 and self.inputs == "01" and n <= len(THRESHOLD_FUNCTIONS_WITHOUT_BIAS):
            return Reachable(math.log2(THRESHOLD_FUNCTIONS_WITHOUT_BIAS[n - 1]), True, "OEIS A034997")
        return Reachable(log2_of_count(cover_count(2**n, n + (self.bias_std > 0))), False, "Cover's count")

    def evaluator(self) -> Kernel:
        low = -1.0 if self.inputs == "pm1" else 0.0
        last_inputs = np.where(np.arange(8) >> np.arange(3)[:, None] & 1, 1.0, low)
        return Kernel(
            logits=_logits,
            constants=_Constants(self._weight_scale, self.bias_std, low, last_inputs.ravel()),
            workspace=lambda: (np.empty(8),),
            logit_dtype=np.float64,
        )

    @property
    def _weight_scale(self) -> float:
        return self.weight_std / math.sqrt(self.n_inputs)

    def parameters(self, noise: npt.NDArray[Any]) -> dict[str, Any]:
        """``weights`` (n_inputs,) and ``bias``."""
        z = np.asarray(noise, dtype=np.float64)
        return {"weights": self._weight_scale * z[: self.n_inputs], "bias": self.bias_std * z[self.n_inputs]}
