"""The perceptron: the sign of one linear sum of the inputs."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from simplicity.compilation import kernel
from simplicity.functions import position_mask
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
from simplicity.maps.linear import InputValues, n_settings, split_inputs, sums_over_inputs
from simplicity.random import Noise
from simplicity.simd import not_a_number, positive_sums
from simplicity.vectors import LANES, fused_multiply_add, load, splat

#: Number of linearly separable functions of n = 0, 1, … inputs (OEIS A000609).
THRESHOLD_FUNCTIONS = (
    2, 4, 14, 104, 1882, 94572, 15028134, 8378070864, 17561539552946, 144130531453121108,
)  # fmt: skip
#: The same without bias on {0, 1} inputs, n = 1, 2, … (OEIS A034997).
THRESHOLD_FUNCTIONS_WITHOUT_BIAS = (2, 6, 32, 370, 11292, 1066044)


class _Constants(NamedTuple):
    scales: tuple[float, float]
    inputs: InputValues
    mask: np.uint64


@kernel
def _many(noise, constants, workspace, out, status):
    """The signs of all sums, eight positions at a time, row after row in one call: calls cost as much."""
    last_sums, bases = workspace
    weights, pitch, words = noise.reshape(noise.size), noise.shape[1], out.shape[1]
    zero = splat(0.0)
    for row in range(noise.shape[0]):
        sums_over_inputs(weights, (row * pitch, 1), constants.scales, constants.inputs, last_sums, bases)
        last = load(last_sums, 0)
        probe = fused_multiply_add(last, zero, zero)  # NaN as soon as one part of a sum is not finite
        for i in range(words):
            others = load(bases, LANES * i)
            out[row, i] = positive_sums(others, last) & constants.mask  # of few inputs, some are there twice
            probe = fused_multiply_add(others, zero, probe)
        status[row] = not_a_number(probe) != 0


@kernel
def _logits(noise, constants, workspace, out):
    last_sums, bases = workspace
    sums_over_inputs(noise, (0, 1), constants.scales, constants.inputs, last_sums, bases)
    for x in range(out.shape[0]):
        out[x] = bases[x // LANES] + last_sums[x % LANES]
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
        scales = self._weight_scale, float(self.bias_std)
        inputs = split_inputs(self.n_inputs, self.inputs, np.float64)
        return Kernel(
            many=_many,
            logits=_logits,
            constants=_Constants(scales, inputs, position_mask(self.n_inputs)),
            workspace=lambda: (np.empty(LANES), np.empty(n_settings(self.n_inputs))),
            logit_dtype=np.float64,
        )

    @property
    def _weight_scale(self) -> float:
        return self.weight_std / math.sqrt(self.n_inputs)

    def parameters(self, noise: npt.NDArray[Any]) -> dict[str, Any]:
        """``weights`` (n_inputs,) and ``bias``."""
        z = np.asarray(noise, dtype=np.float64)
        return {"weights": self._weight_scale * z[: self.n_inputs], "bias": self.bias_std * z[self.n_inputs]}
