"""Splitting moves for networks: one unit at a time, at the price of what that unit changes.

A move of all parameters must be small to be accepted deep down. One of a single unit may be large, and needs
not the whole network: its own sums are made anew, those of the next layer change by one product each, and
only layers beyond are evaluated in full. In layers further from the output than that, units move several at
a time. Every move keeps the prior (preconditioned Crank-Nicolson steps of normal noise, reflected steps of
uniform noise) and changes numbers that no other move of the sweep does, so that one row of fresh noise
serves them all.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from simplicity.compilation import inlined, kernel, row
from simplicity.functions.bits import count_ones
from simplicity.maps.activations import RELU, activate
from simplicity.rare.moves import ROOT_3, folded
from simplicity.simd import not_a_number, positive
from simplicity.vectors import LANES, fused_multiply_add, load, rectified, splat, store

#: Truth-table positions that a layer is evaluated for at a time.
POSITIONS = 4 * LANES
_END = np.float32(ROOT_3)


class Network(NamedTuple):
    """The map and the function; positions are repeated to fill whole steps, where signs are 0.

    Layer 0 are the inputs. Unit j of layer l has its weights at ``starts[l] + j * widths[l - 1]``, and the
    biases of the layer follow them all; the readout comes first.
    """

    widths: npt.NDArray[np.int64]
    starts: npt.NDArray[np.int64]
    rows: npt.NDArray[np.int64]  # the first row of each layer in a state
    at_a_time: npt.NDArray[np.int64]  # units that move together
    weight_stds: npt.NDArray[np.float32]  # of layer l, the last one's at 0
    bias_std: np.float32
    activation: int
    is_uniform: bool
    signs: npt.NDArray[np.float32]  # +1 where class 1 is wanted, else -1
    wanted: npt.NDArray[np.uint8]  # the same as bits
    valid: npt.NDArray[np.uint8]  # bits of the positions that there are
    positions: int  # that there are
    offset: float


class State(NamedTuple):
    """Sums and activations of a particle, a row a unit, the inputs first; its logits; and a proposal."""

    sums: npt.NDArray[np.float32]
    activations: npt.NDArray[np.float32]
    logits: npt.NDArray[np.float32]
    new_sums: npt.NDArray[np.float32]  # of the units that move
    new_activations: npt.NDArray[np.float32]
    changes: npt.NDArray[np.float32]  # of their activations
    new_logits: npt.NDArray[np.float32]
    tiles: npt.NDArray[np.float32]  # activations of two layers at some positions
    old: npt.NDArray[np.float32]  # numbers of the particle before the move
    lanes: npt.NDArray[np.float32]


@inlined
def _total(vector, lanes):
    store(lanes, 0, vector)
    total = 0.0
    for i in range(LANES):
        total += lanes[i]
    return total


@inlined
def _energy(logits, network, lanes):
    """That of `simplicity.rare.logit_energy`; infinite where undefined."""
    zero = splat(np.float32(0))
    right = wrong = probe = zero
    count = 0
    for group in range(network.wanted.shape[0]):
        z = load(logits, group * LANES)
        margin = z * load(network.signs, group * LANES)
        right = right + rectified(margin)
        wrong = wrong + rectified(-margin)
        probe = fused_multiply_add(z, zero, probe)
        differing = (positive(z) ^ network.wanted[group]) & network.valid[group]
        count += count_ones(np.uint64(differing))
    if not_a_number(probe) != 0:
        return np.inf
    of_wrong = _total(wrong, lanes)
    of_all = of_wrong + _total(right, lanes)
    if of_wrong == 0:
        return network.offset * count
    if of_wrong == np.inf:  # logits that are finite, with a sum that is not
        return np.inf
    return network.offset * count + of_wrong / (of_all / network.positions)


@inlined
def _load(rows, place):
    return (
        load(rows, place),
        load(rows, place + LANES),
        load(rows, place + 2 * LANES),
        load(rows, place + 3 * LANES),
    )


@inlined
def _store(rows, place, vectors):
    store(rows, place, vectors[0])
    store(rows, place + LANES, vectors[1])
    store(rows, place + 2 * LANES, vectors[2])
    store(rows, place + 3 * LANES, vectors[3])


@inlined
def _four(value):
    vector = splat(value)
    return vector, vector, vector, vector


@inlined
def _plus(totals, weight, vectors):
    """totals + weight * vectors."""
    factor = splat(weight)
    return (
        fused_multiply_add(factor, vectors[0], totals[0]),
        fused_multiply_add(factor, vectors[1], totals[1]),
        fused_multiply_add(factor, vectors[2], totals[2]),
        fused_multiply_add(factor, vectors[3], totals[3]),
    )


@inlined
def _rectified(vectors):
    return rectified(vectors[0]), rectified(vectors[1]), rectified(vectors[2]), rectified(vectors[3])


@inlined
def _put(sums, rows, place, network):
    """Write activations of sums, as far as vectors can: rectified, or else as they are."""
    _store(rows, place, _rectified(sums) if network.activation == RELU else sums)


@inlined
def _bias(numbers, network, layer, unit):
    biases = network.starts[layer] + network.widths[layer] * network.widths[layer - 1]
    return network.bias_std * numbers[biases + unit]


@inlined
def _sums(numbers, network, layer, unit, rows, place, pitch):
    """Sums of a unit at some positions, over rows of the layer before it, from ``place`` on."""
    fan_in = network.widths[layer - 1]
    first, scale = network.starts[layer] + unit * fan_in, network.weight_stds[layer]
    totals = _four(_bias(numbers, network, layer, unit))
    for k in range(fan_in):
        totals = _plus(totals, scale * numbers[first + k], _load(rows, place + k * pitch))
    return totals


@inlined
def _move_numbers(numbers, old, fresh, step, is_uniform, first, stop):
    keep = np.float32(np.sqrt(np.float32(1) - step * step))
    for k in range(first, stop):
        old[k] = numbers[k]
        if is_uniform:
            numbers[k] = folded(numbers[k] + step * fresh[k], _END)
        else:
            numbers[k] = keep * numbers[k] + step * fresh[k]


@inlined
def _restore(numbers, old, first, stop):
    for k in range(first, stop):
        numbers[k] = old[k]


@inlined
def _new_units(numbers, network, state, layer, units):
    """Sums and activations of units [first, stop) of a layer, and how their activations change."""
    first, stop = units
    columns = state.logits.shape[0]
    for u in range(first, stop):
        place = (u - first) * columns
        for x in range(0, columns, POSITIONS):
            source = network.rows[layer - 1] * columns + x
            sums = _sums(numbers, network, layer, u, state.activations, source, columns)
            _store(state.new_sums, place + x, sums)
            _put(sums, state.new_activations, place + x, network)
    size, own = (stop - first) * columns, (network.rows[layer] + first) * columns
    activate(network.activation, state.new_activations, 0, size)
    for x in range(0, size, LANES):
        store(state.changes, x, load(state.new_activations, x) - load(state.activations, own + x))


@inlined
def _logits_of_last(numbers, network, state, units):
    """Logits after units [first, stop) of the last hidden layer, and their weights, have changed."""
    first, stop = units
    columns, scale = state.logits.shape[0], network.weight_stds[0]
    own = (network.rows[network.widths.shape[0] - 1] + first) * columns
    for x in range(0, columns, POSITIONS):
        totals = _load(state.logits, x)
        for u in range(first, stop):
            place = (u - first) * columns + x
            totals = _plus(totals, scale * numbers[u], _load(state.new_activations, place))
            totals = _plus(totals, -scale * state.old[u], _load(state.activations, own + place))
        _store(state.new_logits, x, totals)


@inlined
def _changed_sums(numbers, network, state, layer, units, v, x):
    """Sums of unit v of the layer after this one, from position x on, after ``state.changes``."""
    first, stop = units
    columns, later = state.logits.shape[0], layer + 1
    weights, scale = network.starts[later] + v * network.widths[layer], network.weight_stds[later]
    sums = _load(state.sums, (network.rows[later] + v) * columns + x)
    for u in range(first, stop):
        sums = _plus(sums, scale * numbers[weights + u], _load(state.changes, (u - first) * columns + x))
    return sums


@inlined
def _rectified_logits(numbers, network, state, layer, units):
    """Logits after units of the last hidden layer but one have changed; behind rectifiers, none is kept."""
    width = network.widths[layer + 1]
    for x in range(0, state.logits.shape[0], POSITIONS):
        totals = _four(network.bias_std * numbers[width])
        for v in range(width):
            rows = _rectified(_changed_sums(numbers, network, state, layer, units, v, x))
            totals = _plus(totals, network.weight_stds[0] * numbers[v], rows)
        _store(state.new_logits, x, totals)


@inlined
def _logits_beyond(numbers, network, state, layer, units, keep):
    """Logits after units of a layer have changed; ``keep`` writes what later layers become into the state."""
    columns, depth = state.logits.shape[0], network.widths.shape[0] - 1
    half = state.tiles.shape[0] // 2
    for x in range(0, columns, POSITIONS):
        source, target = half, 0
        for later in range(layer + 1, depth + 1):
            width, own = network.widths[later], network.rows[later] * columns + x
            for v in range(width):
                if later == layer + 1:
                    sums = _changed_sums(numbers, network, state, layer, units, v, x)
                else:
                    sums = _sums(numbers, network, later, v, state.tiles, source, POSITIONS)
                if keep:
                    _store(state.sums, own + v * columns, sums)
                _put(sums, state.tiles, target + v * POSITIONS, network)
            activate(network.activation, state.tiles, target, target + width * POSITIONS)
            if keep:
                for v in range(width):
                    _store(state.activations, own + v * columns, _load(state.tiles, target + v * POSITIONS))
            source, target = target, source
        totals = _four(network.bias_std * numbers[network.widths[depth]])
        for v in range(network.widths[depth]):
            rows = _load(state.tiles, source + v * POSITIONS)
            totals = _plus(totals, network.weight_stds[0] * numbers[v], rows)
        _store(state.new_logits, x, totals)


@inlined
def _keep_units(network, state, layer, units):
    first, stop = units
    columns = state.logits.shape[0]
    own = (network.rows[layer] + first) * columns
    for x in range(0, (stop - first) * columns, POSITIONS):
        _store(state.sums, own + x, _load(state.new_sums, x))
        _store(state.activations, own + x, _load(state.new_activations, x))


@inlined
def _keep_logits(state):
    for x in range(0, state.logits.shape[0], POSITIONS):
        _store(state.logits, x, _load(state.new_logits, x))


@inlined
def _fill(rows, first, stop, value):
    for x in range(first, stop, POSITIONS):
        _store(rows, x, _four(value))


@inlined
def _evaluate(numbers, network, state):
    """The state of a particle from nothing: all units of the first layer change from 0."""
    columns, depth = state.logits.shape[0], network.widths.shape[0] - 1
    every, zero = (0, network.widths[1]), np.float32(0)
    _fill(state.activations, network.rows[1] * columns, state.activations.shape[0], zero)
    _fill(state.logits, 0, columns, network.bias_std * numbers[network.widths[depth]])
    for u in range(network.widths[depth]):
        state.old[u] = 0
    if depth > 1:
        for v in range(network.widths[2]):
            place = (network.rows[2] + v) * columns
            _fill(state.sums, place, place + columns, _bias(numbers, network, 2, v))
    _new_units(numbers, network, state, 1, every)
    if depth > 1:
        _logits_beyond(numbers, network, state, 1, every, True)
    else:
        _logits_of_last(numbers, network, state, every)
    _keep_units(network, state, 1, every)
    _keep_logits(state)
    return _energy(state.logits, network, state.lanes)


@inlined
def _is_accepted(energy, place, below):
    level, tie = below
    return energy < level or (energy == level and place < tie and energy < np.inf)


@kernel
def sweep_units(particles, fresh, energies, places, below, steps, network, state, accepted):
    """Move every unit of every particle once, and the last bias; ``accepted`` counts moves of each layer.

    Without ``steps``, energies are computed and nothing moves. Undefined particles stay as they are, and none
    becomes undefined, on whatever level: from sums that are NaN no change of sums leads back.
    """
    depth = network.widths.shape[0] - 1
    last_bias = network.widths[depth]
    for i in range(particles.shape[0]):
        numbers, noise = row(particles, i, particles.shape[1]), row(fresh, i, fresh.shape[1])
        energies[i] = _evaluate(numbers, network, state)
        if steps.shape[0] == 0 or energies[i] == np.inf:
            continue
        for layer in range(1, depth + 1):
            start, fan_in, width = network.starts[layer], network.widths[layer - 1], network.widths[layer]
            step, at_a_time = steps[layer - 1], network.at_a_time[layer]
            for first in range(0, width, at_a_time):
                stop = min(first + at_a_time, width)
                of_weights = start + first * fan_in, start + stop * fan_in
                of_biases = start + width * fan_in + first, start + width * fan_in + stop
                _move_numbers(numbers, state.old, noise, step, network.is_uniform, *of_weights)
                _move_numbers(numbers, state.old, noise, step, network.is_uniform, *of_biases)
                _new_units(numbers, network, state, layer, (first, stop))
                if layer == depth:
                    _move_numbers(numbers, state.old, noise, step, network.is_uniform, first, stop)
                    _logits_of_last(numbers, network, state, (first, stop))
                elif layer + 1 == depth and network.activation == RELU:
                    _rectified_logits(numbers, network, state, layer, (first, stop))
                else:
                    _logits_beyond(numbers, network, state, layer, (first, stop), False)
                energy = _energy(state.new_logits, network, state.lanes)
                if _is_accepted(energy, places[i], below):
                    if layer < depth:
                        _logits_beyond(numbers, network, state, layer, (first, stop), True)
                    _keep_units(network, state, layer, (first, stop))
                    _keep_logits(state)
                    energies[i] = energy
                    accepted[layer - 1] += 1
                else:
                    _restore(numbers, state.old, *of_weights)
                    _restore(numbers, state.old, *of_biases)
                    if layer == depth:
                        _restore(numbers, state.old, first, stop)
        _move_numbers(numbers, state.old, noise, steps[depth], network.is_uniform, last_bias, last_bias + 1)
        change = network.bias_std * (numbers[last_bias] - state.old[last_bias])
        for x in range(0, state.logits.shape[0], LANES):
            store(state.new_logits, x, load(state.logits, x) + change)
        energy = _energy(state.new_logits, network, state.lanes)
        if _is_accepted(energy, places[i], below):
            energies[i] = energy
            accepted[depth] += 1
        else:
            numbers[last_bias] = state.old[last_bias]
