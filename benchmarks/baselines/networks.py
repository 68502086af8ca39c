"""Random multilayer perceptrons in batched NumPy float32, in the two sensible layouts.

All return truth tables as `np.packbits` packs them, position 0 the lowest bit: (batch, 2^n / 8) uint8.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from typing import Any

import numpy as np
import numpy.typing as npt

from simplicity.functions import input_table
from simplicity.maps import MLP

Bits = npt.NDArray[np.uint8]


def packed(logits: npt.NDArray[Any]) -> Bits:
    """Classes of (batch, 2^n) logits."""
    return np.packbits(logits > 0, axis=1, bitorder="little")


def inputs_of(n_inputs: int) -> npt.NDArray[np.float32]:
    """All inputs, (2^n, n), as 0 and 1."""
    return input_table(n_inputs).astype(np.float32)


def _layers(network: MLP) -> Iterator[tuple[int, int, bool]]:
    """Fan-in, width and whether it is the last, layer by layer."""
    widths = (network.n_inputs, *network.hidden_widths, 1)
    for layer, (fan_in, width) in enumerate(itertools.pairwise(widths), start=2):
        yield fan_in, width, layer == len(widths)


def _activate(network: MLP, values: npt.NDArray[np.float32]) -> None:
    if network.activation == "relu":
        np.maximum(values, 0, out=values)
    else:
        np.tanh(values, out=values)


def inputs_first(generator: np.random.Generator, network: MLP, batch: int) -> Bits:
    """Activations as (batch, positions, units): ``h @ W + b``."""
    values = inputs_of(network.n_inputs)
    for fan_in, width, is_last in _layers(network):
        weights = generator.standard_normal((batch, fan_in, width), dtype=np.float32)
        weights *= np.float32(network.weight_std / fan_in**0.5)
        biases = generator.standard_normal((batch, 1, width), dtype=np.float32)
        biases *= np.float32(network.bias_std)
        values = values @ weights
        values += biases
        if not is_last:
            _activate(network, values)
    return packed(values[:, :, 0])


def units_first(generator: np.random.Generator, network: MLP, batch: int) -> Bits:
    """Activations as (batch, units, positions): ``W @ h + b``; the first layer is one large product."""
    values = inputs_of(network.n_inputs).T
    for fan_in, width, is_last in _layers(network):
        weights = generator.standard_normal((batch, width, fan_in), dtype=np.float32)
        weights *= np.float32(network.weight_std / fan_in**0.5)
        biases = generator.standard_normal((batch, width, 1), dtype=np.float32)
        biases *= np.float32(network.bias_std)
        if values.ndim == 2:
            values = (weights.reshape(-1, fan_in) @ values).reshape(batch, width, -1)
        else:
            values = weights @ values
        values += biases
        if not is_last:
            _activate(network, values)
    return packed(values[:, 0])


LAYOUTS = {"h @ W": inputs_first, "W @ h": units_first}
