"""The volume V(eps) = P(loss < eps) under the prior, for all eps down to a smallest one, by splitting."""

from __future__ import annotations

import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any, Literal

import numpy as np
import numpy.typing as npt

from simplicity.arguments import checked_positive, checked_threads
from simplicity.maps.base import ParameterFunctionMap
from simplicity.random import Noise, checked_integer, checked_seed
from simplicity.rare.splitting import SplittingRun, split
from simplicity.slt.arguments import Floats, checked_parameters
from simplicity.slt.curve import VolumeCurve, VolumeStatus
from simplicity.slt.losses import Loss
from simplicity.slt.losses import loss as loss_of
from simplicity.slt.map_losses import squared_error
from simplicity.slt.moves import FineMoves

AnyLoss = Loss | ParameterFunctionMap | Callable[..., Any]

LOCAL_SCALE = 0.1
FEW_ANCESTORS = 4
_LARGEST_QUANTILE = 0.9
_FOR_REFERENCE = 4096


class Prior:
    """Where parameters come from: standard noise, or a Gaussian around given parameters."""

    def __init__(self, noise: Noise, centre: Floats | None, scale: float) -> None:
        self.noise, self.centre, self.scale = noise, centre, scale

    def parameters(self, rows: npt.NDArray[Any]) -> Floats:
        """Rows of noise, (count, at least size), as parameters (count, size)."""
        values = np.asarray(rows[:, : self.noise.width], dtype=np.float64)
        return self.scale * values + (0.0 if self.centre is None else self.centre)

    def __str__(self) -> str:
        if self.centre is not None:
            return f"normal of standard deviation {self.scale:g} around given parameters"
        return f"{self.noise.kind} noise" + ("" if self.scale == 1 else f" times {self.scale:g}")


def loss_and_prior(
    loss: AnyLoss,
    function: str | npt.ArrayLike | None,
    size: int | None,
    centre: npt.ArrayLike | None,
    scale: float | None,
) -> tuple[Loss, Prior]:
    """What `volume` and its kin are asked to measure, checked."""
    noise: Noise | None = None
    if isinstance(loss, ParameterFunctionMap):
        if function is None:
            raise ValueError("function must be given for a map: the truth table whose squared error counts")
        noise = loss.noise
        loss = squared_error(loss, function)
    elif function is not None:
        raise ValueError("function goes with a map; a loss has its target built in")
    elif not isinstance(loss, Loss):
        if size is None:
            raise ValueError("size must be given for a callable: the number of its parameters")
        loss = loss_of(loss, size)
    if size is not None and size != loss.size:
        raise ValueError(f"size must be {loss.size}, the number of parameters of {loss.name}, got {size!r}")
    noise = noise or Noise("normal", loss.size, "float64")
    if centre is not None and noise.kind != "normal":
        raise ValueError(f"centre goes with normal noise; this map's is {noise.kind}")
    around = None if centre is None else checked_parameters("centre", centre, loss.size)
    if scale is None:
        scale = 1.0 if centre is None else LOCAL_SCALE
    return loss, Prior(noise, around, checked_positive("scale", scale))


def volume(
    loss: AnyLoss,
    *,
    function: str | npt.ArrayLike | None = None,
    size: int | None = None,
    centre: npt.ArrayLike | None = None,
    scale: float | None = None,
    smallest: float = 1e-10,
    particles: int = 2048,
    runs: int = 8,
    sweeps: int = 8,
    seed: int = 0,
    threads: int | None = None,
    budget_seconds: float | None = None,
) -> VolumeCurve:
    """The prior probability that a loss is below eps, from eps of order 1 down to ``smallest``.

    A pilot run of multilevel splitting sets the levels; independent runs with these levels frozen give an
    unbiased estimate of V at every level, and their spread its error.

    Parameters
    ----------
    loss : Loss, ParameterFunctionMap or callable
        A map stands for its squared error to ``function`` (`simplicity.slt.squared_error`), under its own
        prior, in terms of its noise. A callable is as for `simplicity.slt.loss`.
    function : str or (words,) uint64, optional
        The target of a map: a truth table, hexadecimal, a formula, or packed.
    size : int, optional
        Number of parameters; needed for a callable.
    centre : (size,) array, optional
        Parameters (of a map: noise) around which the prior is a Gaussian, for local volumes.
    scale : float, optional
        The prior's standard deviation: 1, or 0.1 around a centre.
    smallest : float
        The smallest eps.
    particles, runs, sweeps : int
        Particles a run, independent runs (at least 2) and moves of each particle at each level.
    seed : int
    threads : int, optional
        Runs at a time; all processors by default. The result does not depend on it.
    budget_seconds : float, optional
        For all runs together. The curve then ends, "over budget", where the slowest run got.

    Returns
    -------
    VolumeCurve

    Raises
    ------
    ValueError
        If an argument is out of range, or a loss is negative or not finite.

    Examples
    --------
    >>> from simplicity.slt import losses
    >>> curve = volume(losses.sum_of_powers([2]), smallest=1e-6, particles=256)
    >>> curve.status
    'converged'
    >>> abs(curve.at(1e-6).log2_volume - -10.29) < 4 * curve.at(1e-6).standard_error  # log2 P(|w| < 1e-3)
    True
    """
    measured, prior = loss_and_prior(loss, function, size, centre, scale)
    smallest = checked_positive("smallest", smallest)
    if smallest < measured.finest:
        raise ValueError(
            f"smallest must be at least {measured.finest:g}, below which {measured.name} is rounding, "
            f"got {smallest:g}"
        )
    particles, seed = checked_integer("particles", particles, 16, 2**24), checked_seed(seed)
    runs, sweeps = checked_integer("runs", runs, 2, 10_000), checked_integer("sweeps", sweeps, 1, 10_000)
    workers = checked_threads(threads)
    budget = None if budget_seconds is None else checked_positive("budget_seconds", budget_seconds)
    start = time.perf_counter()
    moves = FineMoves(prior.noise)
    first = measured(prior.parameters(moves.start(seed, np.arange(_FOR_REFERENCE, dtype=np.uint64))))
    reference = float(np.quantile(first, _LARGEST_QUANTILE))
    if reference <= smallest:
        raise ValueError(f"smallest must be below the losses of the prior (90 % are below {reference:g})")

    def run(number: int, levels: Any = None, seconds: float | None = None) -> SplittingRun:
        return split(
            lambda rows: measured(prior.parameters(rows)),
            moves,
            particles=particles,
            target=smallest,
            levels=levels,
            sweeps=sweeps,
            seed=seed,
            run=number,
            budget_seconds=seconds,
        )

    pilot = run(0, None, None if budget is None else budget / (1 + runs / min(workers, runs)))
    made = [pilot]
    log2_volumes, levels = np.empty((runs, 0)), np.empty(0)
    if len(pilot.thresholds) and pilot.status in ("reached", "over budget"):
        left = None if budget is None else budget - (time.perf_counter() - start)
        each = None if left is None else max(left, 1e-3) / -(-runs // workers)
        with ThreadPoolExecutor(workers, thread_name_prefix="simplicity") as pool:
            later = list(pool.map(lambda number: run(number, pilot.levels, each), range(1, runs + 1)))
        made += later
        levels, log2_volumes = _curves(later, pilot.thresholds, smallest if _reached(pilot) else None)
    return VolumeCurve(
        loss=measured.name,
        prior=str(prior),
        size=measured.size,
        eps=levels,
        log2_volume_by_run=log2_volumes,
        status=_status(made, log2_volumes),
        smallest=smallest,
        reference=reference,
        ancestors=min(each_run.ancestors for each_run in made[1:] or made),
        acceptance=float(
            min((each_run.acceptance.min() for each_run in made if len(each_run.acceptance)), default=1)
        ),
        evaluations=sum(each_run.evaluations for each_run in made) + _FOR_REFERENCE,
        seconds=time.perf_counter() - start,
        seed=seed,
    )


def _reached(run: SplittingRun) -> bool:
    return run.status == "reached"


def _curves(runs: list[SplittingRun], levels: Floats, target: float | None) -> tuple[Floats, Floats]:
    """Levels that every run came to (or died before), and log2 of each run's volumes at them."""
    stopped = [len(run.log2_survival) for run in runs if run.status not in ("reached", "extinct")]
    kept = min(stopped, default=len(levels))
    rows = []
    for run in runs:
        row = np.full(len(levels) + 1, -np.inf)  # an extinct run's estimate is 0 from there on
        row[: len(run.log2_survival)] = run.log2_survival
        if run.status == "reached":
            row[-1] = run.log2_probability
        rows.append(row)
    table = np.array(rows)
    if target is not None and not stopped:
        return np.append(levels, target), table
    return levels[:kept], table[:, :kept]


def _status(runs: list[SplittingRun], log2_volumes: Floats) -> VolumeStatus:
    found = {run.status for run in runs}
    wrong: tuple[Literal["over budget", "not reached"], ...] = ("over budget", "not reached")
    for status in wrong:
        if status in found:
            return status
    if runs[0].status == "extinct" or (log2_volumes[:, -1] == -np.inf).any():
        return "extinct"
    return "few ancestors" if min(run.ancestors for run in runs[1:]) < FEW_ANCESTORS else "converged"
