"""How particles of a splitting run move below a level: by proposals for all their numbers, or otherwise."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Protocol

import numpy as np
import numpy.typing as npt

from simplicity.rare.moves import Draws, Moves, Rows

Floats = npt.NDArray[np.float64]
Energy = Callable[[npt.NDArray[Any]], npt.ArrayLike]


class Walk(Protocol):
    """An energy of particles together with moves below a level of it.

    ``kinds`` of moves have a step size each.
    """

    smallest_step: float

    @property
    def kinds(self) -> int: ...

    def start(self, seed: int, draws: Draws) -> Rows:
        """Independent particles, one a draw."""

    def energies(self, particles: Rows) -> Floats:
        """Energy of every particle; undefined ones are infinite."""

    def moves_of_sweep(self, steps: Floats) -> int:
        """Energies that a sweep computes for every particle."""

    def sweep(
        self, particles: Rows, energies: Floats, places: Floats, below: tuple[float, float],
        steps: Floats, seed: int, draws: Draws,
    ) -> Floats:  # fmt: skip
        """Move particles, and change their energies, in place; the accepted fraction of each kind of move.

        ``below`` is a level and a place: a particle may come to an energy below the level, or equal to it
        if its own number in ``places`` is below the place.
        """


def is_below(energies: Floats, places: Floats, below: tuple[float, float]) -> npt.NDArray[np.bool_]:
    """Whether particles are below a level, or on it and below the place."""
    level, place = below
    return (energies < level) | ((energies == level) & (places < place))


class Proposals:
    """Any energy, with moves that propose all numbers of a particle at once."""

    kinds = 1

    def __init__(self, energy: Energy, moves: Moves) -> None:
        self.energy, self.moves = energy, moves
        self.smallest_step = moves.smallest_step

    def start(self, seed: int, draws: Draws) -> Rows:
        """As the moves begin."""
        return self.moves.start(seed, draws)

    def energies(self, particles: Rows) -> Floats:
        """What the energy says, checked."""
        values = np.asarray(self.energy(particles), dtype=np.float64)
        if values.shape != (len(particles),):
            raise ValueError(
                f"energy must return shape ({len(particles)},), one number a row, not {values.shape}"
            )
        return np.where(np.isnan(values), np.inf, values)

    def moves_of_sweep(self, steps: Floats) -> int:
        """One."""
        return 1

    def sweep(
        self, particles: Rows, energies: Floats, places: Floats, below: tuple[float, float],
        steps: Floats, seed: int, draws: Draws,
    ) -> Floats:  # fmt: skip
        """One proposal for every particle."""
        proposed = self.moves.propose(particles, float(steps[0]), seed, draws)
        coming = self.energies(proposed)
        is_new = (proposed != particles).any(axis=1)  # moves may refuse by proposing what there is
        accepted = is_new & is_below(coming, places, below)
        particles[accepted] = proposed[accepted]
        energies[accepted] = coming[accepted]
        return np.array([accepted.mean()])
