"""Networks of infinite width: a Gaussian process on the inputs."""

from __future__ import annotations

import functools
import math
from dataclasses import dataclass
from typing import Any, Literal, NamedTuple

import numpy as np
import numpy.typing as npt

from simplicity.compilation import kernel
from simplicity.maps.base import (
    Inputs,
    Kernel,
    ParameterFunctionMap,
    Symmetries,
    checked_choice,
    checked_scale,
)
from simplicity.maps.infinite_width import MEAN_PRODUCTS, infinite_width_kernel
from simplicity.maps.linear import weighted_sum
from simplicity.maps.mlp import MLP
from simplicity.random import Noise, checked_integer

_PANEL = 64


class _Constants(NamedTuple):
    factor: npt.NDArray[np.float64]


@kernel
def _logits(noise, constants, workspace, out):
    weighted_sum(noise, 1.0, constants.factor, out)
    return 0


@kernel
def _factorise(matrix, tolerance, factor):
    """Pivoted Cholesky: rows of factor with factor.T @ factor = matrix; returns how many it takes.

    Sums are taken in one order whatever the machine's threads. Equal pivots, which symmetries make, are taken
    in order of position, although rounding parts them. The upper half of matrix is used up.
    """
    size = matrix.shape[0]
    left = np.ones(size, dtype=np.bool_)
    variances = np.diag(matrix).copy()
    limit = tolerance * variances.max()
    rank = 0
    while rank < size:
        start = rank
        while rank < min(start + _PANEL, size):
            largest = 0.0
            for x in range(size):
                if left[x] and variances[x] > largest:
                    largest = variances[x]
            if largest <= limit:
                return rank
            pivot = 0
            while not left[pivot] or variances[pivot] < largest * (1 - 1e-9):
                pivot += 1
            row = factor[rank]
            for x in range(pivot):
                row[x] = matrix[x, pivot]
            row[pivot:] = matrix[pivot, pivot:]
            for k in range(start, rank):
                earlier = factor[k]
                weight = earlier[pivot]
                for x in range(size):
                    row[x] -= weight * earlier[x]
            deviation = math.sqrt(row[pivot])
            left[pivot] = False
            for x in range(size):
                row[x] = row[x] / deviation if left[x] else 0.0
                variances[x] -= row[x] * row[x]
            row[pivot] = deviation
            rank += 1
        for i in range(size):
            if left[i]:
                target = matrix[i]
                for k in range(start, rank, 4):  # a panel that leaves something is a full one
                    a, b, c, d = factor[k], factor[k + 1], factor[k + 2], factor[k + 3]
                    u, v, w, z = a[i], b[i], c[i], d[i]
                    for x in range(i, size):
                        target[x] -= (u * a[x] + v * b[x]) + (w * c[x] + z * d[x])
    return rank


@functools.lru_cache(maxsize=4)
def _factor(pf_map: NNGP) -> npt.NDArray[np.float64]:
    """(rank, 2^n): what turns independent normals into logits. Directions below rounding are left out."""
    covariance = pf_map.covariance
    factor = np.empty_like(covariance)
    rank = _factorise(covariance, 4 * len(covariance) * np.finfo(np.float64).eps, factor)
    rows = factor[:rank].copy()
    rows.flags.writeable = False  # shared by every evaluator
    return rows


@dataclass(frozen=True)
class NNGP(ParameterFunctionMap):
    """An MLP of infinite width: logits are a Gaussian process over the inputs; class 1 where above 0.

    The limit of `MLP` with normal weights as all its hidden widths grow (Lee et al., ICLR 2018,
    arXiv:1711.00165), drawn as factor.T @ noise. It is no stand-in for a finite width: at width 40, simple
    functions can be thousands of times as probable.

    Parameters
    ----------
    n_inputs : int
        Twelve take some seconds to set up and 128 MB.
    depth : int
        Number of hidden layers; 0 is the perceptron with normal weights.
    weight_std, bias_std : float
    activation : {"relu", "tanh", "linear", "erf", "sin"}
    inputs : {"01", "pm1"}
        Inputs as 0 and 1, or as -1 and +1.

    Examples
    --------
    >>> NNGP(n_inputs=3, depth=1).noise.size
    8
    """

    n_inputs: int = 7
    depth: int = 2
    weight_std: float = 1.0
    bias_std: float = 1.0
    activation: Literal["relu", "tanh", "linear", "erf", "sin"] = "relu"
    inputs: Inputs = "01"

    def __post_init__(self) -> None:
        super().__post_init__()
        object.__setattr__(self, "depth", checked_integer("depth", self.depth, 0, 10_000))
        object.__setattr__(self, "weight_std", checked_scale("weight_std", self.weight_std, zero=False))
        object.__setattr__(self, "bias_std", checked_scale("bias_std", self.bias_std, zero=True))
        checked_choice("activation", self.activation, tuple(MEAN_PRODUCTS))
        checked_choice("inputs", self.inputs, ("01", "pm1"))

    @classmethod
    def limit_of(cls, network: MLP) -> NNGP:
        """The limit of a network as its hidden layers widen.

        Raises
        ------
        ValueError
            If its weights are not normal: the sums of the first layer then are not.

        Examples
        --------
        >>> NNGP.limit_of(MLP(n_inputs=3, hidden_widths=(40, 40), bias_std=0.2)).bias_std
        0.2
        """
        if network.distribution != "normal":
            raise ValueError(
                f"distribution must be normal for the limit of infinite width, got {network.distribution!r}"
            )
        scales = network.weight_std, network.bias_std
        return cls(network.n_inputs, len(network.hidden_widths), *scales, network.activation, network.inputs)

    @property
    def noise(self) -> Noise:
        return Noise("normal", 2**self.n_inputs, "float64")

    @property
    def symmetries(self) -> Symmetries:
        ties = self.bias_std == 0 and self.inputs == "01"  # the zero input is always class 0
        return Symmetries(permutation=True, complement=not ties, negation=self.inputs == "pm1")

    @property
    def covariance(self) -> npt.NDArray[np.float64]:
        """Of the logits at all pairs of positions, (2^n, 2^n).

        Raises
        ------
        ValueError
            As `simplicity.maps.infinite_width.infinite_width_kernel`.
        """
        return infinite_width_kernel(
            self.n_inputs, self.depth, self.weight_std, self.bias_std, self.activation, self.inputs
        )

    def evaluator(self) -> Kernel:
        return Kernel(logits=_logits, constants=_Constants(_factor(self)), logit_dtype=np.float64)

    def parameters(self, noise: npt.NDArray[Any]) -> dict[str, Any]:
        """``logits``, (2^n,): the process itself, the only parameters that infinite width leaves."""
        factor = _factor(self)
        return {"logits": np.asarray(noise, dtype=np.float64)[: len(factor)] @ factor}
