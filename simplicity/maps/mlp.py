"""Multilayer perceptrons of any depth and width."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any, Literal, NamedTuple

import numpy as np
import numpy.typing as npt

from simplicity.compilation import inlined, kernel, row
from simplicity.maps.activations import ACTIVATIONS, activate
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
)
from simplicity.maps.linear import (
    START,
    InputValues,
    aligned,
    hidden_layer,
    keep_row,
    n_settings,
    scale_numbers,
    split_inputs,
    sums_over_inputs,
    tiles,
)
from simplicity.maps.readouts import (
    NOT_FINITE,
    linear_readouts,
    not_finite,
    rectified_input_readout,
    rectified_readout,
    scale_biases,
    write_signs,
)
from simplicity.random import Noise
from simplicity.simd import TILE, any_above, prefetch, prefetch_to_second
from simplicity.vectors import LANES, at_least, load, load_splat, splat, store

_NEAR = 2560  # numbers of a draw: 10 of the 32 kB of a first-level cache
_FETCHED = 32  # numbers fetched at a time: two cache lines

Activation = Literal["relu", "tanh", "linear", "erf", "sin"]


class _Constants(NamedTuple):
    inputs: InputValues
    layers: npt.NDArray[np.int64]  # of each hidden layer, see _layer
    weight_stds: npt.NDArray[np.float32]
    bias_std: np.float32
    activation: int
    least: np.float32  # activations are of no less: 0 behind rectifiers, else NaN


@inlined
def _first_rows(last_sums, bases, shape, x, least, tiles):
    """Rows of the first hidden layer, (units, settings), in the tile from position x on; returns how many."""
    rows, units, _ = tiles
    place = START
    width, n_settings = shape
    for j in range(width):
        base = j * n_settings + x // LANES
        last = load(last_sums, j * LANES)
        low, high = load_splat(bases, base) + last, load_splat(bases, base + 1) + last
        is_wanted = any_above(low, high, least)
        place = keep_row(at_least(low, least), at_least(high, least), is_wanted, j, rows, units, place)
    return place


@inlined
def _layer(constants, layer):
    """Where a hidden layer's noise starts, its fan-in, its units, and where its scaled biases start."""
    of_layer, k = constants.layers, np.uint64(layer)
    return of_layer[k, 0], of_layer[k, 1], of_layer[k, 2], of_layer[k, 3]


@inlined
def _share(constants, size):
    """How many of ``size`` numbers are a tile's, if they are shared out."""
    tiles = max((1 << constants.inputs.n_inputs) // TILE, 1)
    return (size + tiles - 1) // tiles


@inlined
def _fetch_next(noise, x, share):
    """Have a tile's share of the next draw's noise fetched, as near as it fits beside this one's."""
    size = noise.shape[0]
    first = size + x // TILE * share
    for place in range(first, first + share, _FETCHED):
        if size <= _NEAR:
            prefetch(noise, place)
        else:
            prefetch_to_second(noise, place)


@inlined
def _first_shape(constants, bases):
    """Units of the first hidden layer, and how many sums each has of the inputs before the last three."""
    units = constants.layers[0, 2]
    return units, bases.shape[0] // units


@inlined
def _rows(noise, constants, workspace, first_shape, x, depth, activation):
    """Rows of hidden layer ``depth`` in the tile from position x on: the first, and one after the last.

    Behind rectifiers, the activation may be None, for which less is compiled.
    """
    last_sums, bases, tiles, biases = workspace
    least = splat(constants.least)
    first, stop = START, _first_rows(last_sums, bases, first_shape, x, least, tiles)
    if activation is not None:
        activate(activation, tiles.rows, first * TILE, stop * TILE)
    for layer in range(1, depth):
        target = layer % 2 * (tiles.units.shape[0] // 2)
        shape, scale = _layer(constants, layer), constants.weight_stds[layer]
        stop = hidden_layer(noise, shape, scale, biases, least, tiles, (first, stop), target)
        first = target
        if activation is not None:
            activate(activation, tiles.rows, first * TILE, stop * TILE)
    return first, stop


@inlined
def _prepare(noise, constants, workspace):
    """Sums of the first hidden layer and scaled biases of the others; noise is (readout, layer 1, …)."""
    scales = constants.weight_stds[0], constants.bias_std
    last_sums, bases, _, biases = workspace
    start, _, width, _ = _layer(constants, START)
    sums_over_inputs(noise, (start, width), scales, constants.inputs, last_sums, bases)
    for layer in range(1, constants.layers.shape[0]):
        start, fan_in, width, bias = _layer(constants, layer)
        scale_numbers(noise, start + width * fan_in, width, constants.bias_std, biases, bias)


@kernel
def _features(noise, constants, workspace, out):
    """Activations of the last hidden layer, (width, 2^n)."""
    positions, flat, tiles = out.shape[1], out.reshape(out.size), workspace[2]
    first_shape = _first_shape(constants, workspace[1])
    _prepare(noise, constants, workspace)
    out[:] = 0
    for x in range(0, positions, TILE):
        depth, activation = constants.layers.shape[0], constants.activation
        first, stop = _rows(noise, constants, workspace, first_shape, x, depth, activation)
        for place in range(first, stop):
            target, row = tiles.units[place] * positions + x, place * TILE
            if positions >= TILE:
                store(flat, target, load(tiles.rows, row))
                store(flat, target + LANES, load(tiles.rows, row + LANES))
            else:
                for i in range(positions):
                    flat[target + i] = tiles.rows[row + i]
    return 0


@kernel
def _one_readout(noise, size, _further, scales, constants, workspace, last_biases, out):
    """Functions and logits of one last layer behind rectifiers; the last hidden layer is not stored."""
    positions = 1 << constants.inputs.n_inputs
    last_sums, bases, tiles, biases = workspace
    signs, status, logits = out
    depth = constants.layers.shape[0] - 1
    width = constants.layers[depth, 2]
    shape, scale = _layer(constants, depth), constants.weight_stds[depth]
    first_shape, share = _first_shape(constants, bases), _share(constants, size)
    for i in range(noise.shape[0]):
        numbers, probe = row(noise, i, size), splat(np.float32(0))
        out_of_row = row(signs, i, signs.shape[1]), row(logits, i, logits.shape[1])
        last_biases[0] = scales[1] * numbers[width]
        _prepare(numbers, constants, workspace)
        if depth == 0:
            for x in range(0, positions, 2 * TILE):
                s = rectified_input_readout(last_sums, bases, first_shape, numbers, x)
                place = x // LANES
                probe = probe + write_signs(s[0], s[1], scales[0], last_biases, out_of_row, place)
                probe = probe + write_signs(s[2], s[3], scales[0], last_biases, out_of_row, place + 2)
        else:
            for x in range(0, positions, TILE):
                _fetch_next(numbers, x, share)
                source = _rows(numbers, constants, workspace, first_shape, x, depth, None)
                s = rectified_readout(numbers, shape, scale, biases, numbers, tiles, source)
                probe = probe + write_signs(s[0], s[1], scales[0], last_biases, out_of_row, x // LANES)
        status[i] = NOT_FINITE * not_finite(probe)


@kernel
def _readouts(noise, size, further, scales, constants, workspace, last_biases, out):
    """Functions and logits of last layers."""
    positions = 1 << constants.inputs.n_inputs
    signs, status, logits = out
    depth, readouts = constants.layers.shape[0], last_biases.shape[0]
    width = constants.layers[depth - 1, 2]
    last_shape = readouts, width, signs.shape[1] // readouts
    first_shape = _first_shape(constants, workspace[1])
    own_share, others_share = _share(constants, size), _share(constants, further.shape[1])
    for i in range(noise.shape[0]):
        numbers, probe = row(noise, i, size), splat(np.float32(0))
        out_of_row = row(signs, i, signs.shape[1]), row(logits, i, logits.shape[1])
        layers = numbers, row(further, i, further.shape[1])
        scale_biases(layers, width + 1, scales[1], last_biases)
        _prepare(numbers, constants, workspace)
        for x in range(0, positions, TILE):
            _fetch_next(numbers, x, own_share)
            _fetch_next(layers[1], x, others_share)
            source = _rows(numbers, constants, workspace, first_shape, x, depth, constants.activation)
            s = linear_readouts(
                layers, last_biases, last_shape, scales[0], workspace[2], source, out_of_row, x
            )
            probe = probe + s
        status[i] = NOT_FINITE * not_finite(probe)


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
    def _layers(self) -> npt.NDArray[np.int64]:
        """Of each hidden layer, where its noise starts, its fan-in, its units, and units of those between."""
        start, between, rows = self.hidden_widths[-1] + 1, 0, []
        for layer, (width, fan_in) in enumerate(zip(self.hidden_widths, self._fan_ins, strict=False)):
            rows.append((start, fan_in, width, between))
            start += width * (fan_in + 1)
            between += width if layer > 0 else 0
        return np.array(rows, dtype=np.int64)

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
        constants = _Constants(
            inputs=split_inputs(self.n_inputs, self.inputs, np.float32),
            layers=self._layers,
            weight_stds=np.array(
                [self.weight_std / math.sqrt(k) for k in self._fan_ins[:-1]], dtype=np.float32
            ),
            bias_std=np.float32(self.bias_std),
            activation=ACTIVATIONS[self.activation],
            least=np.float32(0 if self.activation == "relu" else np.nan),
        )
        units, settings = self.hidden_widths[0], n_settings(self.n_inputs)
        return Kernel(
            features=_features,
            readouts=_readouts,
            one_readout=_one_readout if self.activation == "relu" else None,
            constants=constants,
            workspace=lambda: (  # rows and units of the tiles begin at place 0
                aligned(units * LANES, place=2048),
                aligned(units * settings, place=1024),
                tiles(2 * max(self.hidden_widths) + 1),
                aligned(sum(self.hidden_widths[1:])),
            ),
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
