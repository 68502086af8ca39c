"""The prior of given functions by whatever method fits: exact, counted, or a rare-event estimate."""

from __future__ import annotations

import dataclasses
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from simplicity.functions import FormulaError, as_function
from simplicity.maps import NNGP
from simplicity.maps.base import ParameterFunctionMap, checked_map
from simplicity.maps.evaluate import Evaluator
from simplicity.random import checked_seed
from simplicity.rare.conditional import conditional_log2_prior
from simplicity.rare.counting import Counter
from simplicity.rare.energies import OFFSET, logit_energy, mismatch_energy
from simplicity.rare.estimate import Estimate, no_number
from simplicity.rare.moves import TapeMoves, has_moves
from simplicity.rare.network_walk import NetworkWalk
from simplicity.rare.nngp import has_orthants, nngp_log2_prior
from simplicity.rare.options import check_options
from simplicity.rare.reachable import exact_log2_prior
from simplicity.rare.repeats import Budget, repeated
from simplicity.rare.seeds import seed_of_function
from simplicity.rare.trial import Trial
from simplicity.rare.walk import Energy, Walk
from simplicity.sampling import Result

Words = npt.NDArray[np.uint64]

_ENOUGH_HITS = 100
# Mismatches have few values, and programs few ways from one to the next: longer walks, more of them.
_ON_PLATEAUS: dict[str, Any] = {"sweeps": 32, "pilot_particles": 512, "spread": 6.0}
_BY_UNITS: dict[str, Any] = {"sweeps": 2, "spread": 2.2}


@dataclass(frozen=True)
class Settings:
    """What every method gets besides the map and the function; the functions of a list share it."""

    seed: int
    budget: Budget
    counter: Counter | None
    trial: Trial
    advance: Callable[[int], Any]
    options: dict[str, Any]


def _exact(pf_map: ParameterFunctionMap, function: Words, settings: Settings) -> Estimate:
    found = exact_log2_prior(pf_map, function)
    if found is None:
        raise ValueError(
            f"method 'exact' knows no law of map {pf_map.name} for this function; use 'splitting' or 'auto'"
        )
    return found


def _count(pf_map: ParameterFunctionMap, function: Words, settings: Settings) -> Estimate:
    if settings.counter is None:
        raise ValueError("method 'count' needs a tally: pass result=simplicity.sample(map, …)")
    return settings.counter(function, settings.budget.target_error)


def _splitting(pf_map: ParameterFunctionMap, function: Words, settings: Settings) -> Estimate:
    energy = settings.options.get("energy", "auto")
    others = {name: value for name, value in settings.options.items() if name not in ("energy", "offset")}
    others.setdefault("lowest_log2", -64.0 - 2 * 2**pf_map.n_inputs)
    own_seed = seed_of_function(settings.seed, function)

    def run(
        make: Callable[[], Energy | Walk], moves: Any, budget: Budget, options: dict[str, Any]
    ) -> Estimate:
        options = {**options, **others}
        return repeated(make, moves, seed=own_seed, budget=budget, advance=settings.advance, **options)

    if energy == "mismatches" or (energy == "auto" and not Evaluator(pf_map).has_logits()):
        moves = TapeMoves(pf_map) if pf_map.noise.size is None else pf_map.noise
        return run(lambda: mismatch_energy(pf_map, function), moves, settings.budget, _ON_PLATEAUS)

    def with_offset(offset: float, budget: Budget, more_moves: int) -> Estimate:
        if NetworkWalk.fits(pf_map):
            options = {**_BY_UNITS, "sweeps": more_moves * _BY_UNITS["sweeps"]}
            return run(lambda: NetworkWalk(pf_map, function, offset), None, budget, options)
        options = {"sweeps": 8 * more_moves}
        return run(lambda: logit_energy(pf_map, function, offset), pf_map.noise, budget, options)

    found = with_offset(settings.options.get("offset", OFFSET), settings.budget, 1)
    if found.status not in ("not reached", "extinct") or "offset" in settings.options:
        return found
    # Small networks get stuck with the last wrong logits next to 0: a larger offset, and more moves.
    left = settings.budget.without(found.seconds, found.evaluations)
    return found if left is None else with_offset(1.0, left, 3)


def _nngp(pf_map: ParameterFunctionMap, function: Words, settings: Settings) -> Estimate:
    return nngp_log2_prior(
        pf_map, function, target_error=settings.budget.target_error, seed=settings.seed, **settings.options
    )


def _screen(pf_map: ParameterFunctionMap, function: Words, settings: Settings) -> Estimate:
    return nngp_log2_prior(pf_map, function, screen=True)


def _conditional(pf_map: ParameterFunctionMap, function: Words, settings: Settings) -> Estimate:
    return conditional_log2_prior(
        pf_map,
        function,
        target_error=settings.budget.target_error,
        budget_seconds=settings.budget.seconds,
        seed=settings.seed,
        **settings.options,
    )


Method = Callable[[ParameterFunctionMap, Words, Settings], Estimate]

#: Methods by name: ``(map, function, settings) -> Estimate``.
METHODS: dict[str, Method] = {
    "exact": _exact,
    "count": _count,
    "splitting": _splitting,
    "conditional": _conditional,
    "nngp": _nngp,
    "expectation-propagation": _screen,
}


def _auto(pf_map: ParameterFunctionMap, function: Words, settings: Settings) -> Estimate:
    """Exact if known; an orthant at infinite width; counted if the hits suffice; else splitting."""
    found = exact_log2_prior(pf_map, function)
    if found is not None:
        return found
    if isinstance(pf_map, NNGP) and not settings.options and has_orthants(pf_map):
        by_orthant = _nngp(pf_map, function, settings)
        if by_orthant.status in ("exact", "converged"):
            return by_orthant
    by_count = _count(pf_map, function, settings) if settings.counter is not None else None
    if by_count is not None and (by_count.status == "converged" or _has_enough(by_count)):
        return by_count
    spent, seconds = 0, 0.0
    if settings.counter is None or settings.counter.result.n_samples < settings.trial.most_samples:
        before = settings.trial.seconds  # of a list, only the function that first asks for the trial pays
        tally, spent = settings.trial.counter(), settings.trial.samples
        seconds = settings.trial.seconds - before
        if tally is not None:
            tried = tally(function, settings.budget.target_error)
            if _has_enough(tried):
                return tried
            if by_count is None or tried.evaluations > by_count.evaluations:
                by_count = tried
    if not has_moves(pf_map):
        return by_count or no_number("count", "over budget")
    left = settings.budget.without(seconds, spent)
    left = left or dataclasses.replace(settings.budget, seconds=1e-9)
    by_splitting = _splitting(pf_map, function, dataclasses.replace(settings, budget=left))
    if np.isnan(by_splitting.log2_prior) and by_count is not None and not np.isnan(by_count.log2_prior):
        return by_count
    return dataclasses.replace(by_splitting, evaluations=by_splitting.evaluations + spent)


def _has_enough(estimate: Estimate) -> bool:
    return float(estimate.diagnostics["independent_hits"]) >= _ENOUGH_HITS


def probability(
    pf_map: ParameterFunctionMap,
    function: str | npt.ArrayLike | Sequence[str],
    method: str = "auto",
    result: Result | None = None,
    seed: int = 0,
    target_error: float = 0.3,
    budget_seconds: float | None = 60.0,
    max_evaluations: int | None = None,
    threads: int | None = None,
    progress: bool = False,
    **options: Any,
) -> Any:
    """The prior of a given function, however small.

    Parameters
    ----------
    pf_map : ParameterFunctionMap
    function : str, (words,) uint64, or a list of such
        A truth table of zeros and ones, hexadecimal with 0x, a formula (see
        :func:`simplicity.functions.as_function`), or packed words.
    method : str
        "auto", or a name of :data:`METHODS`. Auto takes an exact law if there is one, at infinite width the
        orthant, the tally's count if it has hits enough (else that of a short trial), and otherwise
        splitting.
    result : Result, optional
        A tally of the map.
    seed : int
        Estimates of different functions are independent, also with one seed, except counts in one tally.
    target_error : float
        Standard error wanted, in bits.
    budget_seconds : float or None
        Wall time for each function, compilation aside.
    max_evaluations : int, optional
        Draws of the map for each function; of networks, moves of units, which cost a tenth of that where two
        layers are 40 wide, and up to a whole one where layers are narrow or many.
    threads : int, optional
        Default: all processors.
    progress : bool
        Whether to show a bar of runs.
    options
        Of splitting (and so of auto): ``particles``, ``sweeps``, ``frozen``, ``lowest_log2``,
        ``pilot_particles``, ``spread`` (see :func:`simplicity.rare.repeated`), ``energy`` ("logits" or
        "mismatches") and ``offset`` (of the energy of logits). Of nngp ``max_points``, of conditional
        ``max_draws``.

    Returns
    -------
    Estimate, or a list of them for a list of functions

    Raises
    ------
    ValueError
        If the method or an option is unknown, a function cannot be read, the result is of another map, or the
        method does not fit the map.

    Examples
    --------
    >>> from simplicity.maps import Perceptron
    >>> estimate = probability(Perceptron(n_inputs=3), "x1 & x2 & x3", target_error=0.5)
    >>> estimate.method, estimate.status
    ('count', 'converged')
    >>> probability(Perceptron(n_inputs=3), "x1 ^ x2").log2_prior
    -inf
    """
    is_list = isinstance(function, (list, tuple)) or (isinstance(function, np.ndarray) and function.ndim == 2)
    with_progress = estimates_of(
        pf_map, function if is_list else [function], method,  # type: ignore[arg-type]
        result, seed,
        Budget(target_error, budget_seconds, max_evaluations, threads), progress, options,
    )  # fmt: skip
    found = list(with_progress)
    return found if is_list else found[0]


def estimates_of(
    pf_map: ParameterFunctionMap,
    functions: Iterable[Any],
    method: str,
    result: Result | None,
    seed: int,
    budget: Budget,
    progress: bool,
    options: dict[str, Any],
) -> Iterator[Estimate]:
    """What `probability` gives for a list, one estimate after the other, all arguments checked first."""
    if not isinstance(method, str) or method not in ("auto", *METHODS):
        raise ValueError(f"method must be 'auto' or one of {', '.join(map(repr, METHODS))}, got {method!r}")
    checked_map(pf_map)
    if result is not None and not isinstance(result, Result):
        raise ValueError(f"result must be a tally, such as simplicity.sample(map, …), got {result!r}")
    check_options(method, options)
    wanted = _checked_list(functions, pf_map.n_inputs)
    seed = checked_seed(seed)
    counter = None if result is None else Counter(pf_map, result)
    return _made(pf_map, wanted, METHODS.get(method, _auto), seed, budget, counter, progress, options)


def _made(
    pf_map: ParameterFunctionMap, wanted: list[Words], run: Method, seed: int, budget: Budget,
    counter: Counter | None, progress: bool, options: dict[str, Any],
) -> Iterator[Estimate]:  # fmt: skip
    from tqdm import tqdm

    with tqdm(unit=" runs", leave=False, disable=not progress) as bar:
        settings = Settings(seed, budget, counter, Trial(pf_map, seed, budget), bar.update, options)
        for words in wanted:
            start = time.perf_counter()
            estimate = run(pf_map, words, settings)
            yield dataclasses.replace(estimate, seconds=time.perf_counter() - start)


def _checked_list(functions: Iterable[Any], n_inputs: int) -> list[Words]:
    """Packed functions; of one that cannot be read, its place in the list is said."""
    found, functions = [], list(functions)
    for place, one in enumerate(functions, start=1):
        try:
            found.append(as_function(one, n_inputs))
        except FormulaError:  # shows the formula
            raise
        except ValueError as error:
            if len(functions) == 1:
                raise
            raise ValueError(f"function number {place}: {error}") from error
    return found
