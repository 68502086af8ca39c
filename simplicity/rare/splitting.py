"""Multilevel splitting: the probability of a rare event as a product of probabilities that are not rare.

Particles start in the prior. At every level those with the lowest energies survive, strictly below the
level, are cloned, and move by steps that keep the prior, accepted where they stay below the level (Kahn and
Harris 1951; Au and Beck, Probab. Eng. Mech. 16:263, 2001; Cerou, Del Moral, Furon and Guyader, Stat. Comput.
22:795, 2012). Levels are set by the particles' own energies (*adaptive*: biased by O(1 / particles)), or
frozen from an earlier run (*frozen*: the estimate of the probability itself is unbiased).

Every particle also carries a uniform number that orders equal energies. Discrete energies, such as numbers
of mismatches, then have no ties: a level lies within a plateau where need be.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Literal, NamedTuple

import numpy as np
import numpy.typing as npt

from simplicity.arguments import checked_number
from simplicity.random import Noise, checked_integer, checked_seed
from simplicity.rare.moves import Moves, moves_of

Floats = npt.NDArray[np.float64]
Energy = Callable[[npt.NDArray[Any]], npt.ArrayLike]
Status = Literal["reached", "extinct", "over budget", "not reached"]

_WANTED_ACCEPTANCE = 0.25
_STUCK_LEVELS, _STUCK_ACCEPTANCE = 8, 0.01


class Levels(NamedTuple):
    """Levels of a run, each an energy, a place among equal energies, and the step size of the moves below it.

    A particle is below a level if its energy is below ``energies``, or equal to it and its own uniform number
    below ``ties``; 0 is the strict comparison of energies.
    """

    energies: Floats
    ties: Floats
    steps: Floats


@dataclass(frozen=True, eq=False)
class SplittingRun:
    """One run of :func:`split`.

    Parameters
    ----------
    log2_probability : float
        log2 of the estimated probability of a hit; -inf for an extinct run with frozen levels (whose estimate
        of the probability is 0, as a part of an unbiased mean) and NaN for any other that did not get there.
    status : {"reached", "extinct", "over budget", "not reached"}
    levels : Levels
        Those that were passed.
    log2_survival : (levels,) array
        log2 of the probability to be below each level, cumulative: the whole curve down to where the run got.
    acceptance : (levels,) array
        Accepted proposals at each level, as a fraction.
    ancestors : int
        First particles that have descendants among the last ones.
    frozen : bool
        Whether levels and steps were given.
    evaluations : int
        Energies computed.
    seconds : float
    noise : (particles, …) array
        The last particles: approximately draws from the prior below the last level (hits if reached, see
        ``energies``).
    energies : (particles,) array
    """

    log2_probability: float
    status: Status
    levels: Levels
    log2_survival: Floats
    acceptance: Floats
    ancestors: int
    frozen: bool
    evaluations: int
    seconds: float
    noise: npt.NDArray[Any]
    energies: Floats

    @property
    def thresholds(self) -> Floats:
        """Energies of the levels, (levels,)."""
        return self.levels.energies


class _Cloud:
    """Particles with their energies, places among equals and ancestors, and the moves that change them."""

    def __init__(self, energy: Energy, moves: Moves, particles: int, seed: int, run: int) -> None:
        self.energy, self.moves, self.particles = energy, moves, particles
        keys = np.random.SeedSequence([seed, run]).generate_state(2, dtype=np.uint64)
        self.key = int(keys[0])
        self.generator = np.random.Generator(np.random.Philox(int(keys[1])))
        self.evaluations = 0
        self.next_draw = np.uint64(0)
        self.noise = moves.start(self.key, self._draws())
        self.energies = self._energies(self.noise)
        self.places = self.generator.random(particles)
        self.ancestor = np.arange(particles)

    def _draws(self) -> npt.NDArray[np.uint64]:
        first = self.next_draw
        self.next_draw = first + np.uint64(self.particles)
        return np.arange(first, self.next_draw, dtype=np.uint64)

    def _energies(self, noise: npt.NDArray[Any]) -> Floats:
        self.evaluations += len(noise)
        values = np.asarray(self.energy(noise), dtype=np.float64)
        if values.shape != (len(noise),):
            raise ValueError(
                f"energy must return shape ({len(noise)},), one number a row, not {values.shape}"
            )
        return np.where(np.isnan(values), np.inf, values)  # undefined: above every level

    def is_below(self, energy: float, tie: float) -> npt.NDArray[np.bool_]:
        return (self.energies < energy) | ((self.energies == energy) & (self.places < tie))

    def level(self, survivors: float) -> tuple[float, float]:
        """The energy and place of the particle after the first ``survivors`` of all, in order."""
        which = int(survivors * self.particles)
        order = np.lexsort((self.places, self.energies))[which]
        return float(self.energies[order]), float(self.places[order])

    def keep(self, alive: npt.NDArray[np.bool_]) -> None:
        """Clones of those alive take the places of the others; each has as many as any other, or one more."""
        chosen = np.flatnonzero(alive)
        dead = np.flatnonzero(~alive)
        parents = np.resize(self.generator.permutation(chosen), len(dead)) if len(dead) else dead
        self.noise[dead] = self.noise[parents]
        for of_each in (self.energies, self.places, self.ancestor):
            of_each[dead] = of_each[parents]

    def sweep(self, energy: float, tie: float, step: float) -> float:
        """Move all particles once, below a level; the fraction that moved.

        A particle keeps its place among equals as it moves: on a plateau every proposal is accepted, however
        low the level lies within it. Places are then drawn anew, given the energies.
        """
        self._draw_places(energy, tie)  # clones share one
        proposed = self.moves.propose(self.noise, step, self.key, self._draws())
        energies = self._energies(proposed)
        is_new = (proposed != self.noise).any(axis=1)  # moves may refuse by proposing what there is
        accepted = is_new & ((energies < energy) | ((energies == energy) & (self.places < tie)))
        self.noise[accepted] = proposed[accepted]
        self.energies[accepted] = energies[accepted]
        self._draw_places(energy, tie)
        return float(accepted.mean())

    def _draw_places(self, energy: float, tie: float) -> None:
        anew = self.generator.random(self.particles)
        self.places = np.where(self.energies == energy, anew * tie, anew)


def split(
    energy: Energy,
    noise: Noise | Moves,
    *,
    particles: int = 256,
    target: float = 0.0,
    survivors: float = 0.5,
    levels: Levels | None = None,
    sweeps: int = 8,
    seed: int = 0,
    run: int = 0,
    budget_seconds: float | None = None,
    max_evaluations: int | None = None,
    lowest_log2: float = -1000.0,
) -> SplittingRun:
    """One splitting run: the probability that the energy of a draw of noise is at most ``target``.

    Parameters
    ----------
    energy : callable
        (count, size) rows of noise -> (count,) energies; lower is closer, a hit is at most ``target``. Rows
        may be padded beyond the noise's size. NaN counts as infinite.
    noise : Noise or Moves
        Law of the noise, or moves of one's own.
    particles : int
    target : float
    survivors : float
        Fraction p0 of particles that survive a level of an adaptive run.
    levels : Levels, optional
        Of an earlier run, ``run.levels``: the levels and steps are then frozen.
    sweeps : int
        Moves of every particle at each level.
    seed, run : int
        Runs of one seed are independent.
    budget_seconds, max_evaluations : optional
        The run ends, "over budget", before the level that would exceed them.
    lowest_log2 : float
        The run ends, "not reached", once the probability is below 2 to this, or hardly a move is accepted.

    Returns
    -------
    SplittingRun

    Raises
    ------
    ValueError
        If an argument is out of range or the energy returns a wrong shape.

    Examples
    --------
    P(z < -6) = 2^-29.9:

    >>> pilot = split(lambda z: z[:, 0] + 6, Noise("normal", 1), particles=500)
    >>> later = split(lambda z: z[:, 0] + 6, Noise("normal", 1), particles=500, levels=pilot.levels, run=1)
    >>> later.status, abs(later.log2_probability + 29.9) < 2
    ('reached', True)
    """
    particles = checked_integer("particles", particles, 4, 2**24)
    sweeps = checked_integer("sweeps", sweeps, 1, 10_000)
    if not 1 / particles <= survivors < 1:
        raise ValueError(f"survivors must lie between 1 / particles and 1, got {survivors!r}")
    checked_number("lowest_log2", lowest_log2, -np.inf, -1e-9)
    checked_number("target", target, -np.inf)
    for name, most in (("budget_seconds", budget_seconds), ("max_evaluations", max_evaluations)):
        if most is not None:
            checked_number(name, most, -np.inf)  # what is left of a budget may be below 0
    if not callable(energy):
        raise ValueError(f"energy must be a callable of rows of noise, got {energy!r}")
    if levels is not None and not isinstance(levels, Levels):
        raise ValueError(f"levels must be those of an earlier run, got {levels!r}")
    start = time.perf_counter()
    moves = noise if isinstance(noise, Moves) else moves_of(noise)
    cloud = _Cloud(energy, moves, particles, checked_seed(seed), checked_integer("run", run, 0, 2**32))
    passed: list[tuple[float, float, float, float, float]] = []  # level, place, step, survival, acceptance
    log2_survival, step = 0.0, 0.5
    status: Status | None = None
    while status is None:
        hits = int((cloud.energies <= target).sum())
        frozen_level = None if levels is None or len(passed) >= len(levels.energies) else len(passed)
        if (levels is None and hits >= survivors * particles) or (
            levels is not None and frozen_level is None
        ):
            status = "reached" if hits else "extinct"
            log2_survival += np.log2(hits / particles) if hits else -np.inf
            break
        if levels is not None and frozen_level is not None:
            level, tie, step = (float(column[frozen_level]) for column in levels)
        else:
            level, tie = cloud.level(survivors)
        alive = cloud.is_below(level, tie)
        if not alive.any():
            status, log2_survival = "extinct", -np.inf
        elif log2_survival < lowest_log2 or _is_stuck(passed, levels):
            status = "not reached"
        elif _exceeds(cloud, start, sweeps, budget_seconds, max_evaluations):
            status = "over budget"
        else:
            log2_survival += float(np.log2(alive.mean()))
            cloud.keep(alive)
            used, acceptance = step, np.empty(sweeps)
            for i in range(sweeps):
                acceptance[i] = cloud.sweep(level, tie, step)
                if levels is None:
                    used = step
                    step = _adapted(step, acceptance[i], moves.smallest_step)
            passed.append((level, tie, used, log2_survival, float(acceptance.mean())))
    columns = np.array(passed, dtype=np.float64).reshape(-1, 5).T
    if status == "extinct" and levels is None:
        log2_survival = np.nan
    return SplittingRun(
        float(log2_survival) if status in ("reached", "extinct") else np.nan,
        status,
        Levels(columns[0], columns[1], columns[2]),
        columns[3],
        columns[4],
        len(np.unique(cloud.ancestor[cloud.energies <= target])) if status == "reached" else 0,
        levels is not None,
        cloud.evaluations,
        time.perf_counter() - start,
        cloud.noise,
        cloud.energies,
    )


def _is_stuck(passed: list[tuple[float, float, float, float, float]], levels: Levels | None) -> bool:
    """Whether hardly a move was accepted at the last levels, however small, so that none follows."""
    last = [acceptance for *_, acceptance in passed[-_STUCK_LEVELS:]]
    return levels is None and len(last) == _STUCK_LEVELS and max(last) < _STUCK_ACCEPTANCE


def _adapted(step: float, acceptance: float, smallest: float) -> float:
    """A step that comes closer to the acceptance wanted."""
    return float(np.clip(step * np.exp(acceptance - _WANTED_ACCEPTANCE), smallest, 1.0))


def _exceeds(
    cloud: _Cloud, start: float, sweeps: int, budget_seconds: float | None, max_evaluations: int | None
) -> bool:
    """Whether another level would cost more than there is."""
    coming = sweeps * cloud.particles
    spent = time.perf_counter() - start
    late = budget_seconds is not None and spent * (1 + coming / cloud.evaluations) > budget_seconds
    return late or (max_evaluations is not None and cloud.evaluations + coming > max_evaluations)
