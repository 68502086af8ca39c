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
from dataclasses import dataclass
from typing import Any, Literal, NamedTuple

import numpy as np
import numpy.typing as npt

from simplicity.arguments import checked_number
from simplicity.random import Noise, checked_integer, checked_seed
from simplicity.rare.moves import Moves, moves_of
from simplicity.rare.walk import Energy, Proposals, Walk, is_below

Floats = npt.NDArray[np.float64]
Status = Literal["reached", "extinct", "over budget", "not reached"]

_WANTED_ACCEPTANCE = 0.25
_STUCK_LEVELS, _STUCK_ACCEPTANCE = 8, 0.01


class Levels(NamedTuple):
    """Levels of a run, each an energy, a place among equal energies, and step sizes of the moves below it.

    A particle is below a level if its energy is below ``energies``, or equal to it and its own uniform number
    below ``ties``; 0 is the strict comparison of energies. ``steps`` has a column for every kind of move.
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
    acceptance : (levels, kinds) array
        Accepted moves of each kind at each level, as a fraction.
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
    """Particles with their energies, places among equals and ancestors, and the walk that changes them."""

    def __init__(self, walk: Walk, particles: int, seed: int, run: int) -> None:
        self.walk, self.particles = walk, particles
        keys = np.random.SeedSequence([seed, run]).generate_state(2, dtype=np.uint64)
        self.key = int(keys[0])
        self.generator = np.random.Generator(np.random.Philox(int(keys[1])))
        self.next_draw = np.uint64(0)
        self.noise = walk.start(self.key, self._draws())
        self.energies = walk.energies(self.noise)
        self.evaluations = particles
        self.places = self.generator.random(particles)
        self.ancestor = np.arange(particles)

    def _draws(self) -> npt.NDArray[np.uint64]:
        first = self.next_draw
        self.next_draw = first + np.uint64(self.particles)
        return np.arange(first, self.next_draw, dtype=np.uint64)

    def level(self, survivors: float) -> tuple[float, float]:
        """The energy and place of the particle after the first ``survivors`` of all, in order."""
        which = int(survivors * self.particles)
        order = np.lexsort((self.places, self.energies))[which]
        return float(self.energies[order]), float(self.places[order])

    def is_below(self, below: tuple[float, float]) -> npt.NDArray[np.bool_]:
        return is_below(self.energies, self.places, below)

    def keep(self, alive: npt.NDArray[np.bool_]) -> None:
        """Clones of those alive take the places of the others; each has as many as any other, or one more."""
        chosen = np.flatnonzero(alive)
        dead = np.flatnonzero(~alive)
        parents = np.resize(self.generator.permutation(chosen), len(dead)) if len(dead) else dead
        self.noise[dead] = self.noise[parents]
        for of_each in (self.energies, self.places, self.ancestor):
            of_each[dead] = of_each[parents]

    def sweep(self, below: tuple[float, float], steps: Floats) -> Floats:
        """Move all particles once, below a level; the fraction of each kind of move that was accepted.

        A particle keeps its place among equals as it moves: on a plateau every proposal is accepted, however
        low the level lies within it. Places are then drawn anew, given the energies.
        """
        self._draw_places(below)  # clones share one
        accepted = self.walk.sweep(
            self.noise, self.energies, self.places, below, steps, self.key, self._draws()
        )
        self.evaluations += self.particles * self.walk.moves_of_sweep(steps)
        self._draw_places(below)
        return accepted

    def _draw_places(self, below: tuple[float, float]) -> None:
        level, place = below
        anew = self.generator.random(self.particles)
        self.places = np.where(self.energies == level, anew * place, anew)


def split(
    energy: Energy | Walk,
    noise: Noise | Moves | None = None,
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
    energy : callable or Walk
        (count, size) rows of noise -> (count,) energies; lower is closer, a hit is at most ``target``. Rows
        may be padded beyond the noise's size. NaN counts as infinite. Or an energy that comes with its own
        moves, such as :func:`simplicity.rare.network_walk.NetworkWalk`.
    noise : Noise or Moves
        Law of the noise, or moves of one's own; nothing for a walk.
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
    walk = _walk_of(energy, noise)
    if levels is not None and not isinstance(levels, Levels):
        raise ValueError(f"levels must be those of an earlier run, got {levels!r}")
    if levels is not None and levels.steps.shape != (len(levels.energies), walk.kinds):
        raise ValueError(
            f"levels must have steps of shape (levels, kinds of moves), here ({len(levels.energies)}, "
            f"{walk.kinds}), got {levels.steps.shape}"
        )
    start = time.perf_counter()
    cloud = _Cloud(walk, particles, checked_seed(seed), checked_integer("run", run, 0, 2**32))
    passed: list[tuple[float, float, Floats, float, Floats]] = []  # level, place, steps, survival, acceptance
    log2_survival, steps = 0.0, np.full(walk.kinds, 0.5)
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
            below = float(levels.energies[frozen_level]), float(levels.ties[frozen_level])
            steps = levels.steps[frozen_level]
        else:
            below = cloud.level(survivors)
        alive = cloud.is_below(below)
        if not alive.any():
            status, log2_survival = "extinct", -np.inf
        elif log2_survival < lowest_log2 or _is_stuck(passed, levels):
            status = "not reached"
        elif _exceeds(cloud, steps, start, sweeps, budget_seconds, max_evaluations):
            status = "over budget"
        else:
            log2_survival += float(np.log2(alive.mean()))
            cloud.keep(alive)
            used, acceptance = steps, np.empty((sweeps, walk.kinds))
            for i in range(sweeps):
                acceptance[i] = cloud.sweep(below, steps)
                if levels is None:
                    used = steps
                    steps = _adapted(steps, acceptance[i], walk.smallest_step)
            passed.append((*below, used, log2_survival, acceptance.mean(axis=0)))
    of_levels = [np.array(column, dtype=np.float64) for column in zip(*passed, strict=True)] or [
        np.empty(0), np.empty(0), np.empty((0, walk.kinds)), np.empty(0), np.empty((0, walk.kinds)),
    ]  # fmt: skip
    if status == "extinct" and levels is None:
        log2_survival = np.nan
    return SplittingRun(
        float(log2_survival) if status in ("reached", "extinct") else np.nan,
        status,
        Levels(*of_levels[:3]),
        of_levels[3],
        of_levels[4],
        len(np.unique(cloud.ancestor[cloud.energies <= target])) if status == "reached" else 0,
        levels is not None,
        cloud.evaluations,
        time.perf_counter() - start,
        cloud.noise,
        cloud.energies,
    )


def _walk_of(energy: Energy | Walk, noise: Noise | Moves | None) -> Walk:
    """What moves particles below levels of an energy."""
    if not callable(energy) and not hasattr(energy, "sweep"):
        raise ValueError(f"energy must be a callable of rows of noise, or a walk, got {energy!r}")
    if not callable(energy):
        if noise is not None:
            raise ValueError(f"noise must be left out for a walk, which has its own, got {noise!r}")
        return energy
    return Proposals(energy, noise if isinstance(noise, Moves) else moves_of(noise))


def _is_stuck(passed: list[Any], levels: Levels | None) -> bool:
    """Whether hardly a move was accepted at the last levels, however small, so that none follows."""
    last = [acceptance.max() for *_, acceptance in passed[-_STUCK_LEVELS:]]
    return levels is None and len(last) == _STUCK_LEVELS and max(last) < _STUCK_ACCEPTANCE


def _adapted(steps: Floats, acceptance: Floats, smallest: float) -> Floats:
    """Steps that come closer to the acceptance wanted."""
    return np.clip(steps * np.exp(acceptance - _WANTED_ACCEPTANCE), smallest, 1.0)


def _exceeds(
    cloud: _Cloud,
    steps: Floats,
    start: float,
    sweeps: int,
    budget_seconds: float | None,
    max_evaluations: int | None,
) -> bool:
    """Whether another level would cost more than there is."""
    coming = sweeps * cloud.particles * cloud.walk.moves_of_sweep(steps)
    spent = time.perf_counter() - start
    late = budget_seconds is not None and spent * (1 + coming / cloud.evaluations) > budget_seconds
    return late or (max_evaluations is not None and cloud.evaluations + coming > max_evaluations)
