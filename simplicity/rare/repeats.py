"""Independent splitting runs of one function, on all processors, until the error or the budget is reached."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from simplicity.random import Noise
from simplicity.rare.estimate import Estimate, Status, log2_of_mean, no_number
from simplicity.rare.moves import Moves
from simplicity.rare.splitting import Energy, SplittingRun, split

_PILOT = 2**32  # the run number of the pilot
_BATCH = 8  # runs before the error is looked at, at least
_MOST_RUNS = 64
_FEWEST_PARTICLES, _MOST_PARTICLES = 64, 8192


@dataclass(frozen=True)
class Budget:
    """What an estimate may cost and should reach.

    Parameters
    ----------
    target_error : float
        Standard error wanted, bits.
    seconds : float, optional
        Of wall time.
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
        for name in ("target_error", "seconds", "evaluations", "threads"):
            value = getattr(self, name)
            if (value is not None or name == "target_error") and not (value is not None and value > 0):
                raise ValueError(f"{name} must be above 0, got {value!r}")

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
        return int(self.threads or len(os.sched_getaffinity(0)))


def repeated(
    make_energy: Callable[[], Energy],
    noise: Noise | Moves,
    *,
    seed: int = 0,
    budget: Budget | None = None,
    particles: int | None = None,
    sweeps: int = 8,
    frozen: bool = True,
    target: float = 0.0,
    lowest_log2: float = -1000.0,
    pilot_particles: int = 128,
    spread: float = 2.2,
    advance: Callable[[int], Any] = lambda runs: None,
) -> Estimate:
    """log2 of the mean probability of independent splitting runs.

    A pilot run sets the levels and step sizes, and shows the cost; at least 8 further runs, in batches,
    follow. With ``frozen`` levels their mean estimates the probability without bias; otherwise each run sets
    its own.

    Parameters
    ----------
    make_energy : callable
        Makes an energy for a thread of its own.
    noise : Noise or Moves
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
        Standard deviation of a run, in bits, with as many particles as bits (2.2: measured on networks).
    advance : callable
        Called with the number of runs done since the last call.

    Returns
    -------
    Estimate
    """
    budget = budget or Budget()
    start = time.perf_counter()
    settings: dict[str, Any] = {"sweeps": sweeps, "target": target, "seed": seed, "lowest_log2": lowest_log2}
    split(make_energy(), noise, particles=4, sweeps=1, target=target, max_evaluations=8)  # compiles
    pilot = split(
        make_energy(), noise, particles=min(particles or pilot_particles, 2 * pilot_particles), run=_PILOT,
        budget_seconds=budget.seconds, max_evaluations=budget.evaluations, **settings,
    )  # fmt: skip
    advance(1)
    if pilot.status != "reached":
        return _without_number(pilot, pilot.status, [pilot], start)
    bits = max(1.0, -pilot.log2_probability)
    wanted = particles or _wanted_particles(bits, budget.target_error, spread)
    count = _affordable(wanted, pilot, budget, start)
    if count < min(_FEWEST_PARTICLES, wanted):
        return _without_number(pilot, "over budget", [pilot], start)

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
            finished = all(run.status in ("reached", "extinct") for run in batch)
            if not finished and not runs:
                return _without_number(pilot, _worst(batch), [pilot, *batch], start)
            if not finished:
                break  # left out as a whole: which runs finish in time may depend on their results
            runs += batch
            estimate = _combined(runs, pilot, start, budget.target_error)
            if estimate.status in ("converged", "extinct") or len(runs) >= _MOST_RUNS:
                break
            if not _allows(budget, pilot, count, _BATCH // 2, start, len(runs)):
                break
    return _combined(runs, pilot, start, budget.target_error)


def _wanted_particles(bits: float, target_error: float, spread: float) -> int:
    """So many that eight runs are better than the target, and none spreads over much more than a bit."""
    wanted = float(np.clip(2.2 * target_error, 0.2, 1.3))
    return int(np.clip((spread / wanted) ** 2 * bits, _FEWEST_PARTICLES, _MOST_PARTICLES))


def _affordable(wanted: int, pilot: SplittingRun, budget: Budget, start: float) -> int:
    """Particles for eight runs within 0.7 of what is left of the budget, ``wanted`` at most."""
    count = float(wanted)
    per_particle = pilot.evaluations / len(pilot.energies)
    if budget.seconds is not None:
        left = 0.7 * (budget.seconds - (time.perf_counter() - start))
        one_thread = pilot.seconds / pilot.evaluations * per_particle * _BATCH
        count = min(count, left * min(budget.n_threads, _BATCH) / one_thread)
    if budget.evaluations is not None:
        count = min(count, (budget.evaluations - pilot.evaluations) / (per_particle * _BATCH))
    return int(count)


def _allows(
    budget: Budget, pilot: SplittingRun, particles: int, further: int, start: float, done: int
) -> bool:
    """Whether so many more runs fit."""
    spent = time.perf_counter() - start
    in_time = budget.seconds is None or spent * (1 + further / done) < budget.seconds
    per_run = pilot.evaluations / len(pilot.energies) * particles
    return in_time and (
        budget.evaluations is None or pilot.evaluations + (done + further) * per_run <= budget.evaluations
    )


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


def _without_number(pilot: SplittingRun, status: str, runs: list[SplittingRun], start: float) -> Estimate:
    return no_number(
        "splitting",
        status,  # type: ignore[arg-type]
        runs=len(runs),
        evaluations=sum(run.evaluations for run in runs),
        seconds=time.perf_counter() - start,
        diagnostics=_diagnostics(pilot, runs),
    )


def _combined(runs: list[SplittingRun], pilot: SplittingRun, start: float, target_error: float) -> Estimate:
    values = np.array([run.log2_probability for run in runs])
    if np.isinf(values).sum() * 2 > len(values) or not np.isfinite(values).any():
        return _without_number(pilot, "extinct", [pilot, *runs], start)
    value, error, interval = log2_of_mean(values)
    status: Status = "converged" if error <= target_error else "above target error"
    if min(run.ancestors for run in runs) <= 1 and value < -1:
        status = "few ancestors"
    return Estimate(
        value, error, interval, "splitting", status, len(runs),
        pilot.evaluations + sum(run.evaluations for run in runs), time.perf_counter() - start,
        _diagnostics(pilot, runs),
    )  # fmt: skip
