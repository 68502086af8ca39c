"""Multilayer perceptrons of any depth and width."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any, Literal, NamedTuple

import numpy as np
import numpy.typing as npt

from simplicity.compilation import kernel
from simplicity.maps.activations import ACTIVATIONS, RELU, activate
from simplicity.maps.base import (
    Distribution,
    Inputs,
    Kernel,
    LinearReadout,
    ParameterFunctionMap,
    Symmetries,
    checked_choice,
    checked_scale,
    checked_widths,
    input_values,
)
from simplicity.maps.linear import affine
from simplicity.random import Noise

Activation = Literal["relu", "tanh", "linear", "erf", "sin"]


class _Constants(NamedTuple):
    inputs: npt.NDArray[np.float32]
    widths: npt.NDArray[np.int64]
    weight_stds: npt.NDArray[np.float32]
    bias_std: np.float32
    activation: int


@kernel
def _features(noise, constants, workspace, out):
    """Activations of the last hidden layer, (width, 2^n); noise is (readout, layer 1, layer 2, …)."""
    widths = constants.widths
    depth = widths.shape[0]
    positions = out.shape[1]
    start = widths[depth - 1] + 1
    previous = constants.inputs
    for layer in range(depth):
        width = widths[layer]
        fan_in = previous.shape[0]
        biases = noise[start + width * fan_in : start + width * (fan_in + 1)]
        scales = constants.weight_stds[layer], constants.bias_std
        current = out
        if layer < depth - 1:
            current = workspace[0][layer % 2][: width * positions].reshape((width, positions))
        weights = noise[start : start + width * fan_in]
        affine(weights, biases, (fan_in, 1), scales, previous, constants.activation == RELU, current)
        activate(constants.activation, current.reshape(width * positions))
        start += width * (fan_in + 1)
        previous = current
    return 0


@dataclass(frozen=True)
class MLP(ParameterFunctionMap):
    """A fully connected network with one output; class 1 where the output is above 0.

    Weights are i.i.d. of variance weight_std² / fan_in, biases of variance bias_std². The default scales
    are those of Valle-Pérez, Camargo and Louis (ICLR 2019).

    Parameters
    ----------
    n_inputs : int
    hidden_widths : tuple of int
        Units of each hidden layer.
    activation : {"relu", "tanh", "linear", "erf", "sin"}
    weight_std, bias_std : float
    distribution : {"normal", "uniform"}
        Of weights and biases, at the same standard deviation.
    inputs : {"01", "pm1"}
        Inputs as 0 and 1, or as -1 and +1.

    Examples
    --------
    >>> network = MLP(n_inputs=7, hidden_widths=(40, 40))
    >>> network.noise.size
    2001
    """

    n_inputs: int = 7
    hidden_widths: tuple[int, ...] = (40, 40)
    activation: Activation = "relu"
    weight_std: float = 1.0
    bias_std: float = 1.0
    distribution: Distribution = "normal"
    inputs: Inputs = "01"

    def __post_init__(self) -> None:
        super().__post_init__()
        object.__setattr__(self, "hidden_widths", checked_widths("hidden_widths", self.hidden_widths))
        object.__setattr__(self, "weight_std", checked_scale("weight_std", self.weight_std, zero=False))
        object.__setattr__(self, "bias_std", checked_scale("bias_std", self.bias_std, zero=True))
        checked_choice("activation", self.activation, tuple(ACTIVATIONS))
        checked_choice("distribution", self.distribution, ("normal", "uniform"))
        checked_choice("inputs", self.inputs, ("01", "pm1"))

    @property
    def _fan_ins(self) -> tuple[int, ...]:
        return (self.n_inputs, *self.hidden_widths)

    @property
    def label(self) -> str:
        layers = ", ".join(map(str, (self.n_inputs, *self.hidden_widths, 1)))
        return self._label(f"{self.name} ({layers})", "n_inputs", "hidden_widths")

    @property
    def noise(self) -> Noise:
        hidden = sum(w * (fan_in + 1) for w, fan_in in zip(self.hidden_widths, self._fan_ins, strict=False))
        return Noise(self.distribution, self.hidden_widths[-1] + 1 + hidden)

    @property
    def readout(self) -> LinearReadout:
        width = self.hidden_widths[-1]
        return LinearReadout(width, self.weight_std / math.sqrt(width), self.bias_std)

    @property
    def symmetries(self) -> Symmetries:
        # An exactly zero logit is class 0, and so is its negative. Without bias there are such logits at the
        # zero input, and wherever all rectifiers of the last hidden layer are off.
        ties = self.bias_std == 0 and (self.inputs == "01" or self.activation == "relu")
        return Symmetries(permutation=True, complement=not ties, negation=self.inputs == "pm1")

    def evaluator(self) -> Kernel:
        positions = 2**self.n_inputs
        constants = _Constants(
            inputs=input_values(self.n_inputs, self.inputs, np.float32),
            widths=np.array(self.hidden_widths, dtype=np.int64),
            weight_stds=np.array(
                [self.weight_std / math.sqrt(k) for k in self._fan_ins[:-1]], dtype=np.float32
            ),
            bias_std=np.float32(self.bias_std),
            activation=ACTIVATIONS[self.activation],
        )
        widest = max(self.hidden_widths)
        return Kernel(
            features=_features,
            constants=constants,
            workspace=lambda: (np.empty((2, widest * positions), dtype=np.float32),),
        )

    def parameters(self, noise: npt.NDArray[Any]) -> dict[str, Any]:
        """``weights_1``, (units, fan_in), ``biases_1``, (units,), … to the output layer, in float64."""
        z = np.asarray(noise, dtype=np.float64)
        last = self.hidden_widths[-1]
        found: dict[str, Any] = {}
        start = last + 1
        for layer, (width, fan_in) in enumerate(
            zip(self.hidden_widths, self._fan_ins, strict=False), start=1
        ):
            stop = start + width * fan_in
            found[f"weights_{layer}"] = (
                self.weight_std / math.sqrt(fan_in) * z[start:stop].reshape(width, fan_in)
            )
            found[f"biases_{layer}"] = self.bias_std * z[stop : stop + width]
            start = stop + width
        output = len(self.hidden_widths) + 1
        found[f"weights_{output}"] = self.weight_std / math.sqrt(last) * z[None, :last]
        found[f"biases_{output}"] = self.bias_std * z[last : last + 1]
        return found
