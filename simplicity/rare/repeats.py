"""Independent splitting runs of one function, on all processors, until the error or the budget is reached."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from simplicity.arguments import checked_positive, checked_threads
from simplicity.random import Noise, checked_integer
from simplicity.rare.estimate import Estimate, Status, log2_of_mean, no_number
from simplicity.rare.moves import Moves
from simplicity.rare.splitting import SplittingRun, split
from simplicity.rare.walk import Energy, Walk

_SCOUT, _PILOT = 2**32 - 1, 2**32  # numbers of the runs that show the cost and set the levels
_BATCH = 8  # runs before the error is looked at
_FEWEST_RUNS = 6  # that a number needs, where the budget cuts the batch
_MOST_RUNS = 64
_LARGEST_ERROR = 8.0  # bits: beyond, runs say no more than that the function is rare, and no number is given
_FEWEST_PARTICLES, _MOST_PARTICLES = 64, 8192


@dataclass(frozen=True)
class Budget:
    """What an estimate may cost and should reach.

    Parameters
    ----------
    target_error : float
        Standard error wanted, bits.
    seconds : float, optional
        Of wall time, compilation aside.
    evaluations : int, optional
        Of the map.
    threads : int, optional
        Default: all processors.
    """

    target_error: float = 0.3
    seconds: float | None = 60.0
    evaluations: int | None = None
    threads: int | None = None

    def __post_init__(self) -> None:
        checked_positive("target_error", self.target_error)
        if self.seconds is not None:
            checked_positive("budget_seconds", self.seconds, "; None sets no limit")
        if self.evaluations is not None:
            checked_integer("max_evaluations", self.evaluations, 1, 2**62)
        checked_threads(self.threads)

    def without(self, seconds: float, evaluations: int) -> Budget | None:
        """What is left of it, or None."""
        time_left = None if self.seconds is None else self.seconds - seconds
        draws_left = None if self.evaluations is None else self.evaluations - evaluations
        if any(left is not None and left <= 0 for left in (time_left, draws_left)):
            return None
        return replace(self, seconds=time_left, evaluations=draws_left)

    @property
    def n_threads(self) -> int:
        """Threads to use."""
        return checked_threads(self.threads)


def repeated(
    make_energy: Callable[[], Energy | Walk],
    noise: Noise | Moves | None = None,
    *,
    seed: int = 0,
    budget: Budget | None = None,
    particles: int | None = None,
    sweeps: int = 8,
    frozen: bool = True,
    target: float = 0.0,
    lowest_log2: float = -1000.0,
    pilot_particles: int = 256,
    spread: float = 2.0,
    advance: Callable[[int], Any] = lambda runs: None,
) -> Estimate:
    """log2 of the mean probability of independent splitting runs.

    A short run shows the cost, and a pilot of the final size sets levels and step sizes; at least 8 further
    runs, in batches, follow. With ``frozen`` levels their mean estimates the probability without bias;
    otherwise each run sets its own.

    Parameters
    ----------
    make_energy : callable
        Makes an energy, or a walk, for a thread of its own.
    noise : Noise or Moves
        Nothing for a walk.
    seed : int
    budget : Budget, optional
    particles : int, optional
        Of a run; default: by the pilot, the target error and what the budget allows.
    sweeps, target, lowest_log2
        As in :func:`simplicity.rare.split`.
    frozen : bool
    pilot_particles : int
        Of the pilot; where ``particles`` are given, those up to twice as many.
    spread : float
        Standard deviation of a run, in bits, with as many particles as bits (2: measured on networks).
    advance : callable
        Called with the number of runs done since the last call.

    Returns
    -------
    Estimate

    Raises
    ------
    ValueError
        If an argument is out of range.
    """
    budget = budget or Budget()
    if particles is not None:
        particles = checked_integer("particles", particles, 4, 2**24)
    pilot_particles = checked_integer("pilot_particles", pilot_particles, 4, 2**24)
    sweeps, spread = checked_integer("sweeps", sweeps, 1, 10_000), checked_positive("spread", spread)
    settings: dict[str, Any] = {"sweeps": sweeps, "target": target, "seed": seed, "lowest_log2": lowest_log2}
    split(make_energy(), noise, particles=4, sweeps=1, target=target, lowest_log2=-0.5)  # compiles
    start = time.perf_counter()

    spent = 0

    def led(run: int, count: int) -> SplittingRun:
        nonlocal spent
        left = budget.without(time.perf_counter() - start, spent) or Budget(seconds=1e-9)
        made = split(
            make_energy(), noise, particles=count, run=run, budget_seconds=left.seconds,
            max_evaluations=left.evaluations, **settings,
        )  # fmt: skip
        spent += made.evaluations
        advance(1)
        return made

    # Few particles may get stuck or die out on the way: more of them, while the budget lasts.
    scouts = [pilot_particles if particles is None else min(particles, pilot_particles)]
    scouts += [n for n in (4 * scouts[0], 16 * scouts[0]) if particles is None or n <= particles]
    for number, scout_particles in enumerate(scouts):
        pilot = led(_SCOUT - number, scout_particles)
        if pilot.status in ("reached", "over budget"):
            break
    if pilot.status != "reached":
        return _without_number(pilot, pilot.status, [], spent, start)
    bits = max(1.0, -pilot.log2_probability)
    wanted = particles or _wanted_particles(bits, budget.target_error, spread)
    if number:  # fewer got stuck
        wanted = max(wanted, scout_particles)
    count = _affordable(wanted, pilot, budget, start, spent)
    if count < min(_FEWEST_PARTICLES, wanted):
        return _without_number(pilot, "over budget", [], spent, start)
    if count >= 2 * scout_particles:  # few scouts lag behind deep down, and would leave too many levels
        better = led(_PILOT, count)
        pilot = better if better.status == "reached" else pilot

    def one(run: int) -> SplittingRun:
        left = None if budget.seconds is None else budget.seconds - (time.perf_counter() - start)
        return split(
            make_energy(), noise, particles=count, run=run, levels=pilot.levels if frozen else None,
            budget_seconds=left, **settings,
        )  # fmt: skip

    runs: list[SplittingRun] = []
    with ThreadPoolExecutor(budget.n_threads) as pool:
        while True:
            batch = list(pool.map(one, range(len(runs), len(runs) + (_BATCH if not runs else _BATCH // 2))))
            advance(len(batch))
            done = [run for run in batch if run.status in ("reached", "extinct")]
            # With frozen levels time runs out by the clock, whatever the results: those in time are unbiased.
            if len(done) < len(batch) and (not frozen or len(done) < _FEWEST_RUNS):
                if not runs:
                    return _without_number(pilot, _worst(batch), batch, spent, start)
                break
            batch = done
            runs += batch
            estimate = _combined(runs, pilot, spent, start, budget.target_error)
            if estimate.status == "extinct" or estimate.standard_error <= budget.target_error:
                break
            if len(runs) >= _MOST_RUNS:
                break
            if not _allows(budget, spent, runs, _BATCH // 2, start):
                break
    return _combined(runs, pilot, spent, start, budget.target_error)


def _wanted_particles(bits: float, target_error: float, spread: float) -> int:
    """So many that eight runs are better than the target and none spreads over much more than a bit.

    Also that some four first particles have descendants among the last, one where a rough number will do:
    these are about 50 particles / bits² (measured).
    """
    of_a_run = float(np.clip(2.2 * target_error, 0.2, 1.3))
    wanted = max((spread / of_a_run) ** 2 * bits, bits**2 / (12 if target_error <= 1 else 36))
    return int(np.clip(wanted, _FEWEST_PARTICLES, _MOST_PARTICLES))


def _affordable(wanted: int, pilot: SplittingRun, budget: Budget, start: float, spent: int) -> int:
    """Particles for a pilot and eight runs in 0.6 of what is left of the budget, ``wanted`` at most."""
    count = float(wanted)
    per_particle = pilot.evaluations / len(pilot.energies)
    if budget.seconds is not None:
        left = 0.6 * (budget.seconds - (time.perf_counter() - start))
        a_run = pilot.seconds / pilot.evaluations * per_particle
        count = min(count, left / a_run / (1 + _BATCH / min(budget.n_threads, _BATCH)))
    if budget.evaluations is not None:
        count = min(count, (budget.evaluations - spent) / (per_particle * (_BATCH + 1)))
    return int(count)


def _allows(budget: Budget, spent: int, runs: Sequence[SplittingRun], further: int, start: float) -> bool:
    """Whether so many more runs fit."""
    share = further / len(runs)
    in_time = budget.seconds is None or (time.perf_counter() - start) * (1 + share) < budget.seconds
    done = sum(run.evaluations for run in runs)
    return in_time and (budget.evaluations is None or spent + done * (1 + share) <= budget.evaluations)


def _worst(runs: Sequence[SplittingRun]) -> str:
    return next(run.status for run in runs if run.status not in ("reached", "extinct"))


def _diagnostics(pilot: SplittingRun, runs: Sequence[SplittingRun]) -> dict[str, Any]:
    """What says whether to trust a number."""
    last = runs[-1] if runs else pilot
    return {
        "mode": "frozen levels" if last.frozen else "adaptive levels",
        "particles": len(last.energies),
        "levels": len(pilot.levels.energies),
        "lowest_energy": float(last.energies.min()),
        "deepest_log2": float(last.log2_survival[-1]) if len(last.log2_survival) else 0.0,
        "acceptance": float(last.acceptance.mean()) if len(last.acceptance) else float("nan"),
        "lowest_acceptance": float(last.acceptance.min()) if len(last.acceptance) else float("nan"),
        "ancestors": [run.ancestors for run in runs],
        "log2_of_runs": [run.log2_probability for run in runs],
        "pilot_log2": pilot.log2_probability,
    }


def _without_number(
    pilot: SplittingRun, status: str, runs: list[SplittingRun], spent: int, start: float
) -> Estimate:
    return no_number(
        "splitting",
        status,  # type: ignore[arg-type]
        runs=1 + len(runs),
        evaluations=spent + sum(run.evaluations for run in runs),
        seconds=time.perf_counter() - start,
        diagnostics=_diagnostics(pilot, runs or [pilot]),
    )


def _combined(
    runs: list[SplittingRun], pilot: SplittingRun, spent: int, start: float, target_error: float
) -> Estimate:
    values = np.array([run.log2_probability for run in runs])
    if np.isinf(values).sum() * 2 > len(values) or not np.isfinite(values).any():
        return _without_number(pilot, "extinct", runs, spent, start)
    value, error, interval = log2_of_mean(values)
    if error > _LARGEST_ERROR:
        return _without_number(pilot, "few ancestors", runs, spent, start)
    status: Status = "converged" if error <= target_error else "above target error"
    if min(run.ancestors for run in runs) <= 1 and value < -1:
        status = "few ancestors"
    return Estimate(
        value, error, interval, "splitting", status, len(runs),
        spent + sum(run.evaluations for run in runs), time.perf_counter() - start,
        _diagnostics(pilot, runs),
    )  # fmt: skip
