"""An energy of networks together with moves of their units, one at a time."""

from __future__ import annotations

import math
from typing import TypeGuard

import numpy as np
import numpy.typing as npt

from simplicity.functions import as_function, unpack
from simplicity.maps import MLP
from simplicity.maps.activations import ACTIVATIONS
from simplicity.maps.base import ParameterFunctionMap
from simplicity.maps.linear import aligned
from simplicity.random import Noise
from simplicity.rare.energies import OFFSET, checked_offset
from simplicity.rare.moves import Draws, Rows
from simplicity.rare.unit_moves import POSITIONS, Network, State, sweep_units
from simplicity.rare.walk import Floats
from simplicity.vectors import LANES

_SMALLEST_BIAS = 1e-5  # in units of sums behind rectifiers, whose rounding errors are some 1e-7
_BLOCKS = 4  # of units, in layers whose units do not move one by one
_PASSES, _MOST_PASSES = 0.25, 16  # over all units in a sweep of steps 1, and the most


class NetworkWalk:
    """Moves of a network's units below a level of the energy of a function, see `logit_energy`.

    Holds a workspace: every thread makes its own.

    Parameters
    ----------
    pf_map : MLP
    function : str or (words,) uint64
        As for `simplicity.functions.as_function`.
    offset : float
        Of the energy.

    Raises
    ------
    ValueError
        If the function cannot be read, the offset is not a number from 0 to 1e30, or the map has logits next
        to 0 (as those without biases): changed sums, not made anew, are off by rounding, which would give
        them a sign.
    """

    smallest_step = 1e-4

    @staticmethod
    def fits(pf_map: ParameterFunctionMap) -> TypeGuard[MLP]:
        """Whether a map is such a network: not one of a derived class, which may compute something else."""
        return type(pf_map) is MLP and pf_map.symmetries.complement and not _is_next_to_zero(pf_map)

    def __init__(self, pf_map: MLP, function: str | npt.ArrayLike, offset: float = OFFSET) -> None:
        if not self.fits(pf_map):
            raise ValueError(
                f"pf_map must be an MLP without logits next to 0 (such as one with biases), got {pf_map!r}"
            )
        widths = np.array((pf_map.n_inputs, *pf_map.hidden_widths), dtype=np.int64)
        sizes = widths[1:] * (widths[:-1] + 1)
        fan_ins = np.array((pf_map.hidden_widths[-1], *widths[:-1]))
        positions = 2**pf_map.n_inputs
        columns = -(-positions // POSITIONS) * POSITIONS
        wanted = np.zeros(columns, np.bool_)
        wanted[:positions] = unpack(as_function(function, pf_map.n_inputs), pf_map.n_inputs)
        at_a_time = np.maximum(1, widths // _BLOCKS)
        at_a_time[-2:] = 1
        self.pf_map, self.depth = pf_map, len(widths) - 1
        self.noise = pf_map.noise
        self.fresh = Noise("normal", self.noise.size, self.noise.precision)
        self._network = Network(
            widths=widths,
            starts=np.concatenate([[0, widths[-1] + 1], widths[-1] + 1 + np.cumsum(sizes)[:-1]]),
            rows=np.concatenate([[0], np.cumsum(widths)[:-1]]),
            at_a_time=at_a_time,
            weight_stds=(pf_map.weight_std / np.sqrt(fan_ins)).astype(np.float32),
            bias_std=np.float32(pf_map.bias_std),
            activation=ACTIVATIONS[pf_map.activation],
            is_uniform=pf_map.distribution == "uniform",
            signs=np.where(np.arange(columns) < positions, 2 * wanted - 1.0, 0.0).astype(np.float32),
            wanted=np.packbits(wanted, bitorder="little"),
            valid=np.packbits(np.arange(columns) < positions, bitorder="little"),
            positions=positions,
            offset=checked_offset(offset),
        )
        widest = int(widths.max()) * columns
        self._state = State(
            sums=aligned(int(widths.sum()) * columns),
            activations=aligned(int(widths.sum()) * columns),
            logits=aligned(columns),
            new_sums=aligned(widest),
            new_activations=aligned(widest),
            changes=aligned(widest),
            new_logits=aligned(columns),
            tiles=aligned(2 * int(widths.max()) * POSITIONS),
            old=aligned(self.noise.width),
            lanes=aligned(LANES),
        )
        low = -1 if pf_map.inputs == "pm1" else 0
        bits = np.arange(columns) % positions >> np.arange(pf_map.n_inputs)[::-1, None] & 1
        inputs = np.where(bits == 1, 1, low)
        self._state.activations[: inputs.size] = inputs.ravel()

    @property
    def kinds(self) -> int:
        """Kinds of moves, each with a step size: units of each layer, and the last bias."""
        return self.depth + 1

    def passes(self, steps: Floats) -> int:
        """How often a sweep moves all units: the oftener, the smaller the steps, up to 16 times."""
        shortest = float(np.min(steps[: self.depth]))
        return int(np.clip(np.rint(_PASSES / shortest**2), 1, _MOST_PASSES))

    def moves_of_sweep(self, steps: Floats) -> int:
        """Energies that a sweep computes for each particle."""
        return self.passes(steps) * int(self._moves.sum())

    @property
    def _moves(self) -> npt.NDArray[np.int64]:
        blocks = -(-self._network.widths[1:] // self._network.at_a_time[1:])
        return np.append(blocks, 1)

    def start(self, seed: int, draws: Draws) -> Rows:
        """Independent draws of the map's noise."""
        return self.noise.rows(seed, draws)

    def energies(self, particles: Rows) -> Floats:
        """Energy of every particle, (particles,)."""
        energies, nothing = np.empty(len(self._checked(particles))), np.empty(0)
        self._sweep(particles, particles, energies, nothing, (np.nan, np.nan), nothing, nothing)
        return energies

    def sweep(
        self, particles: Rows, energies: Floats, places: Floats, below: tuple[float, float],
        steps: Floats, seed: int, draws: Draws,
    ) -> Floats:  # fmt: skip
        """Move all units of all particles, in place, below a level; accepted fractions, (kinds,)."""
        count = len(self._checked(particles))
        if not energies.shape == places.shape == (count,) or steps.shape != (self.kinds,):
            raise ValueError(
                f"energies and places must have shape ({count},) and steps ({self.kinds},), "
                f"got {energies.shape}, {places.shape} and {steps.shape}"
            )
        accepted, passes = np.zeros(self.kinds), self.passes(steps)
        for number in range(passes):
            fresh = self.fresh.rows(seed, draws, streams=number)
            self._sweep(particles, fresh, energies, places, below, steps, accepted)
        return accepted / (passes * count * self._moves)

    def _checked(self, particles: Rows) -> Rows:
        """Particles as the kernel reads them, where nothing checks the end of a row."""
        is_row_by_row = particles.ndim == 2 and particles.flags.c_contiguous
        if not is_row_by_row or particles.dtype != np.float32 or particles.shape[1] < self.noise.width:
            raise ValueError(
                f"particles must be a contiguous array of float32, {self.noise.width} columns or more, as "
                f"start gives it, got {particles.dtype} of shape {particles.shape}"
            )
        return particles

    def _sweep(
        self, particles: Rows, fresh: Rows, energies: Floats, places: Floats, below: tuple[float, float],
        steps: Floats, accepted: Floats,
    ) -> None:  # fmt: skip
        sweep_units(
            particles, fresh, energies, places, below, steps.astype(np.float32),
            self._network, self._state, accepted,
        )  # fmt: skip


def _is_next_to_zero(pf_map: MLP) -> bool:
    """Whether biases, all that a sum is where rectifiers are off, are lost in the rounding of other sums."""
    sizes = [1.0]
    for _ in range(len(pf_map.hidden_widths) + 1):
        sizes.append(math.hypot(pf_map.weight_std * sizes[-1], pf_map.bias_std))
    return pf_map.activation == "relu" and pf_map.bias_std < _SMALLEST_BIAS * max(sizes)
