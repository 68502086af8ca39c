"""Filling the plane of prior against complexity: what sampling cannot see, beside what it can."""

from __future__ import annotations

import csv
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from simplicity.complexity import measure as measure_of
from simplicity.functions import as_function, to_integers, to_strings
from simplicity.random import checked_integer, checked_seed
from simplicity.rare.estimate import Estimate, Log2Interval
from simplicity.rare.probability import estimates_of
from simplicity.rare.repeats import Budget
from simplicity.sampling import Result

if TYPE_CHECKING:
    import pandas as pd

Words = npt.NDArray[np.uint64]
Floats = npt.NDArray[np.float64]

_COLUMNS = (
    "map", "function", "seed", "target_error", "log2_prior", "standard_error", "low", "high", "method",
    "status", "runs", "evaluations", "seconds",
)  # fmt: skip


@dataclass(frozen=True, eq=False)
class Plane:
    """Prior against complexity of functions counted in a tally and of functions estimated one by one.

    Parameters
    ----------
    label : str
        The map.
    measure : str
        Of complexity.
    n_inputs, n_samples : int
    functions : (F, words) uint64
        The counted ones first.
    complexity, log2_prior, low, high : (F,) arrays
        Ends are of 95 % intervals of log2 P; log2_prior is NaN where there is no number, -inf where P is 0.
    method, status : (F,) lists of str
        "count" for the tally; see :class:`simplicity.rare.Estimate`.
    """

    label: str
    measure: str
    n_inputs: int
    n_samples: int
    functions: Words
    complexity: Floats
    log2_prior: Floats
    low: Floats
    high: Floats
    method: list[str]
    status: list[str]

    @property
    def is_counted(self) -> npt.NDArray[np.bool_]:
        """Which functions came up in the tally."""
        return np.array([method == "count" for method in self.method], dtype=np.bool_)

    def to_pandas(self) -> pd.DataFrame:
        """A row a function: function, the measure, log2_prior, low, high, method, status."""
        import pandas as pd

        return pd.DataFrame(
            {
                "function": to_strings(self.functions, self.n_inputs),
                self.measure: self.complexity,
                "log2_prior": self.log2_prior,
                "low": self.low,
                "high": self.high,
                "method": self.method,
                "status": self.status,
            }
        )


def stratified(functions: Words, complexity: npt.ArrayLike, per_value: int, seed: int = 0) -> Words:
    """At most ``per_value`` functions of each complexity, drawn at random: those of a stratum alike.

    Parameters
    ----------
    functions : (F, words) uint64
    complexity : (F,) array
        Numbers; functions of equal ones are a stratum.
    per_value : int
        At least 1.
    seed : int

    Returns
    -------
    (at most F, words) uint64
        In the order given; none for no functions.

    Raises
    ------
    ValueError
        If there is not one complexity a function, one is NaN, or an argument is out of range.

    Examples
    --------
    >>> from simplicity.functions import from_integers
    >>> len(stratified(from_integers(range(16), 2), [2] * 10 + [5] * 6, per_value=4))
    8
    """
    words, values = np.asarray(functions), np.asarray(complexity, dtype=np.float64)
    if words.ndim != 2 or words.dtype != np.uint64:
        raise ValueError(
            f"functions must be packed, uint64 of shape (count, words), got {words.dtype} of shape "
            f"{words.shape}"
        )
    if values.shape != (len(words),) or np.isnan(values).any():
        raise ValueError(
            f"complexity must hold a number for each of {len(words)} functions, got shape {values.shape}"
            f"{' with NaN' if np.isnan(values).any() else ''}"
        )
    most = checked_integer("per_value", per_value, 1, 2**62)
    generator = np.random.default_rng(checked_seed(seed))
    chosen = [generator.permutation(np.flatnonzero(values == value))[:most] for value in np.unique(values)]
    return words[np.sort(np.concatenate(chosen))] if chosen else words


def complete(
    result: Result,
    functions: Words | Sequence[str],
    *,
    measure: str | Callable[..., Any] = "lz76",
    path: str | Path | None = None,
    seed: int = 0,
    target_error: float = 0.5,
    budget_seconds: float = 60.0,
    total_seconds: float | None = None,
    progress: bool = False,
) -> Plane:
    """A tally's plane with estimates of chosen functions that are too rare for it.

    Functions that the tally holds are left out of the list; what is left is estimated by
    :func:`simplicity.rare.probability`.

    Parameters
    ----------
    result : Result
        Of a map that can be rebuilt, or holds it; any where the file has all that is asked for.
    functions : (count, words) uint64, or strings
        As in :func:`simplicity.functions.as_function`.
    measure : str or callable
    path : path, optional
        A CSV of estimates: those in it are not made again, unless they came to no number, and new ones are
        added as they come.
    seed : int
    target_error : float
        Bits.
    budget_seconds : float
        For each function.
    total_seconds : float, optional
        For all: functions whose turn does not come are left out, unless the file holds them.
    progress : bool

    Returns
    -------
    Plane

    Raises
    ------
    ValueError
        If a function cannot be read, a number is out of range, or the file is not one of estimates.

    Examples
    --------
    >>> import simplicity
    >>> pf_map = simplicity.maps.PolynomialThreshold(3, degree=1)
    >>> plane = complete(simplicity.sample(pf_map, 1000, seed=0), ["x1 ^ x2", "x1 & x2"])
    >>> plane.log2_prior[-1], plane.method[-1], plane.status[-1]
    (np.float64(-inf), 'exact', 'exact')
    """
    from tqdm import tqdm

    if not isinstance(result, Result):
        raise ValueError(f"result must be a tally, such as simplicity.sample(map, …), got {result!r}")
    n_inputs, start = result.n_inputs, time.perf_counter()
    found_measure = measure_of(measure)
    seen = {tuple(row) for row in result.functions.tolist()}
    functions = [functions] if isinstance(functions, str) else functions
    if not isinstance(functions, (list, tuple, np.ndarray)):
        raise ValueError(f"functions must be a list of functions, or packed ones, got {functions!r}")
    asked = dict.fromkeys(tuple(as_function(one, n_inputs).tolist()) for one in functions)
    unseen = np.array([row for row in asked if row not in seen], dtype=np.uint64).reshape(
        -1, result.functions.shape[1]
    )
    budget, seed = Budget(target_error, budget_seconds), checked_seed(seed)
    if total_seconds is not None and not total_seconds >= 0:
        raise ValueError(f"total_seconds must be a number from 0 up, or None, got {total_seconds!r}")
    name = result.label + (f" [{source}]" if (source := result.recipe["source"]) else "")  # a user's code
    known = {} if path is None else _read(Path(path), name, seed, target_error)
    rows, estimates = [], []
    keys = [f"0x{integer:x}" for integer in to_integers(unseen, n_inputs)]
    to_make = {key for key in keys if key not in known or np.isnan(known[key].log2_prior)}
    missing = [row for row, key in enumerate(keys) if key in to_make]
    made: Iterator[Estimate] = iter(())
    if missing:  # only then is the map needed, which a result may not hold
        made = estimates_of(result.map, unseen[missing], "auto", result, seed, budget, False, {})
    for row, key in enumerate(tqdm(keys, unit=" functions", disable=not progress)):
        in_time = total_seconds is None or time.perf_counter() - start <= total_seconds
        if key in to_make and in_time:
            known[key] = next(made)
            if path is not None:
                _append(Path(path), name, key, seed, target_error, known[key])
        if key in known:
            rows.append(row)
            estimates.append(known[key])
    interval = result.interval()
    words = np.concatenate([result.functions, unseen[rows]])
    with np.errstate(divide="ignore"):
        counted = np.log2(np.stack([result.prior, interval.low, interval.high]))
    values = np.array([(e.log2_prior, e.interval.low, e.interval.high) for e in estimates]).reshape(-1, 3).T
    log2_prior, low, high = np.concatenate([counted, values], axis=1)
    return Plane(
        result.label, found_measure.name, n_inputs, result.n_samples, words,
        np.asarray(found_measure(words, n_inputs), dtype=np.float64), log2_prior, low, high,
        ["count"] * len(result) + [e.method if e.method != "count" else "count by orbit" for e in estimates],
        ["counted"] * len(result) + [e.status for e in estimates],
    )  # fmt: skip


def _append(path: Path, name: str, key: str, seed: int, target_error: float, found: Estimate) -> None:
    is_new = not path.exists() or path.stat().st_size == 0
    with path.open("a", newline="") as file:
        writer = csv.writer(file)
        if is_new:
            writer.writerow(_COLUMNS)
        writer.writerow(
            (name, key, seed, target_error, found.log2_prior, found.standard_error, found.interval.low,
             found.interval.high, found.method, found.status, found.runs, found.evaluations, found.seconds)
        )  # fmt: skip


def _read(path: Path, name: str, seed: int, target_error: float) -> dict[str, Estimate]:
    """Estimates of this map, seed and target in a file, of each function the last."""
    if not path.exists():
        return {}
    found = {}
    with path.open(newline="") as file:
        rows = csv.DictReader(file)
        if rows.fieldnames is not None and tuple(rows.fieldnames) != _COLUMNS:
            raise ValueError(f"path must be a new file, or a CSV of estimates from here, which {path} is not")
        for row in rows:
            same = (row["map"], int(row["seed"]), float(row["target_error"])) == (name, seed, target_error)
            if same:
                found[row["function"]] = Estimate(
                    float(row["log2_prior"]), float(row["standard_error"]),
                    Log2Interval(float(row["low"]), float(row["high"]), 0.95), row["method"],
                    row["status"], int(row["runs"]), int(row["evaluations"]), float(row["seconds"]),  # type: ignore[arg-type]
                )  # fmt: skip
    return found
