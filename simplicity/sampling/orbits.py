"""Classes of functions that a map's symmetries make equally probable: rarer priors from the same samples."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

import numpy as np
import numpy.typing as npt

from simplicity.arguments import checked_threads
from simplicity.functions import canonical_forms, orbit_members, order_by_string, to_strings, words_of
from simplicity.maps.base import Symmetries
from simplicity.sampling.engine import Engine
from simplicity.sampling.tally import Table, Tally
from simplicity.statistics import Interval, binomial_interval, clustered_interval

if TYPE_CHECKING:
    import pandas as pd

    from simplicity.sampling.result import Result

Clusters = Literal["sample again", "bound"]


@dataclass(frozen=True, eq=False, repr=False)
class Orbits:
    """Classes of equally probable functions. Made by `Result.by_orbit`.

    Rows are classes, those with most samples first, then in the order of their representatives' strings.

    Parameters
    ----------
    n_inputs : int
    functions : (C, words) uint64
        A representative of each class (see `simplicity.functions.canonical_forms`); it need not have come up.
    sizes : (C,) uint64
        Functions in each class, seen or not.
    counts : (C,) int64
        Samples in each class.
    sum_squares : (C,) int64
        Sum over hidden draws of (samples of the draw in the class)², or an upper bound of it.
    squares_are_exact : bool
        False where ``sum_squares`` are upper bounds, so that intervals are too wide rather than too narrow.
    class_of : (F,) int64
        The row of each of the result's functions.
    n_samples, readouts : int
    symmetries : Symmetries
        Those of the map.
    label : str
        The map in a few words.

    Examples
    --------
    >>> import simplicity
    >>> result = simplicity.sample(simplicity.maps.Perceptron(n_inputs=3), 10_000, seed=0)
    >>> orbits = result.by_orbit()
    >>> len(result), len(orbits), int(orbits.sizes.sum())
    (104, 17, 104)
    """

    n_inputs: int
    functions: npt.NDArray[np.uint64]
    sizes: npt.NDArray[np.uint64]
    counts: npt.NDArray[np.int64]
    sum_squares: npt.NDArray[np.int64]
    squares_are_exact: bool
    class_of: npt.NDArray[np.int64]
    n_samples: int
    readouts: int
    symmetries: Symmetries
    label: str

    def __len__(self) -> int:
        return len(self.counts)

    def __repr__(self) -> str:
        seen = f"{len(self.class_of):,} functions in {len(self):,} classes under {self.symmetries}"
        return f"<Orbits of {self.label}: {self.n_samples:,} samples, {seen}>"

    @property
    def prior(self) -> npt.NDArray[np.float64]:
        """Estimated prior of one member of each class: counts / sizes / n_samples; unbiased."""
        return self.counts / self.sizes / self.n_samples

    @property
    def floor(self) -> npt.NDArray[np.float64]:
        """Detection floor of one member of each class: its prior if a single sample were in the class."""
        return 1 / (self.sizes * float(self.n_samples))

    def interval(self, level: float = 0.95) -> Interval:
        """Interval of the prior of one member of each class, clustered by hidden draw with readouts."""
        if self.readouts == 1:
            found = binomial_interval(self.counts, self.n_samples, level)
            method = found.method
        else:
            found = clustered_interval(self.counts, self.sum_squares, self.n_samples, self.readouts, level)
            method = found.method + ("" if self.squares_are_exact else " (sums of squares: upper bounds)")
        method += "; of a member, by orbit"
        return found._replace(low=found.low / self.sizes, high=found.high / self.sizes, method=method)

    def members(self, row: int) -> npt.NDArray[np.uint64]:
        """All functions of a class, seen or not, (size, words).

        Raises
        ------
        ValueError
            If there are more than 2^20.
        """
        return orbit_members(self.functions[row], self.n_inputs, **dataclasses.asdict(self.symmetries))

    def to_pandas(
        self, complexity: Sequence[str | Callable[..., Any]] = ("lz76",), level: float = 0.95
    ) -> pd.DataFrame:
        """A table with a row a class.

        Parameters
        ----------
        complexity : sequence of str or callable
            Measures to add, of the representative: many, K_LZ among them, differ from member to member.
        level : float
            Of the interval.

        Returns
        -------
        pandas.DataFrame
            Columns ``representative`` (string of 0 and 1), ``orbit_size``, ``count``, ``prior`` (of one
            member), ``prior_low``, ``prior_high`` and ``NAME_of_representative`` for each measure.
        """
        import pandas as pd

        from simplicity.complexity import measure

        interval = self.interval(level)
        columns: dict[str, Any] = {
            "representative": to_strings(self.functions, self.n_inputs),
            "orbit_size": self.sizes,
            "count": self.counts,
            "prior": self.prior,
            "prior_low": interval.low,
            "prior_high": interval.high,
        }
        for wanted in (complexity,) if isinstance(complexity, str) or callable(complexity) else complexity:
            found = measure(wanted)
            columns[f"{found.name}_of_representative"] = found(self.functions, self.n_inputs)
        return pd.DataFrame(columns)


def orbits_of(result: Result, clusters: Clusters = "sample again") -> Orbits:
    """The classes of a result; see `Result.by_orbit`."""
    declared = result.symmetries
    changes = dataclasses.asdict(declared)
    if not any(changes.values()):
        raise ValueError(f"the map {result.label!r} declares no symmetries, so its functions have no orbits")
    if result.is_truncated:
        raise ValueError(
            f"the result lists only {result.extent}: load the whole file, or members of a class are missing"
        )
    if clusters not in ("sample again", "bound"):
        raise ValueError(f"clusters must be 'sample again' or 'bound', got {clusters!r}")
    forms, form_sizes = canonical_forms(result.functions, result.n_inputs, **changes)
    order = order_by_string(forms, result.n_inputs)
    is_first = np.ones(len(order), dtype=bool)
    is_first[1:] = (forms[order[1:]] != forms[order[:-1]]).any(axis=1)
    of_sorted = np.cumsum(is_first) - 1
    of_function = np.empty(len(order), dtype=np.int64)
    of_function[order] = of_sorted
    n_classes = int(is_first.sum())
    counts = np.zeros(n_classes, dtype=np.int64)
    np.add.at(counts, of_function, result.counts)
    functions, sizes = forms[order[is_first]], form_sizes[order[is_first]]
    is_exact = result.readouts == 1 or clusters == "sample again"
    if result.readouts == 1:
        squares = counts
    elif is_exact:
        squares = _squares_of_classes(result, changes, functions, counts)
    else:
        squares = _most_squares(result, of_function, counts)
    rank = np.argsort(-counts, kind="stable")
    place = np.empty(n_classes, dtype=np.int64)
    place[rank] = np.arange(n_classes)
    return Orbits(
        n_inputs=result.n_inputs,
        functions=functions[rank],
        sizes=sizes[rank],
        counts=counts[rank],
        sum_squares=squares[rank],
        squares_are_exact=is_exact,
        class_of=place[of_function],
        n_samples=result.n_samples,
        readouts=result.readouts,
        symmetries=declared,
        label=result.label,
    )


def _most_squares(
    result: Result, of_function: npt.NDArray[np.int64], counts: npt.NDArray[np.int64]
) -> npt.NDArray[np.int64]:
    """Upper bound of the sums of squares of classes: all members' samples met in the same hidden draws."""
    roots = np.bincount(of_function, np.sqrt(result.sum_squares), minlength=len(counts))
    return np.minimum(np.ceil(roots**2), counts * float(result.readouts)).astype(np.int64)


def _squares_of_classes(
    result: Result,
    changes: dict[str, bool],
    functions: npt.NDArray[np.uint64],
    counts: npt.NDArray[np.int64],
) -> npt.NDArray[np.int64]:
    """Sums of squares of classes, in the order of their strings: the same hidden draws, tallied by class."""
    tally = Tally(words_of(result.n_inputs), clustered=True)
    for part in result.ranges:
        engine = Engine(result.map, part.seed, part.readouts)

        def add(block: tuple[int, int], engine: Engine = engine, readouts: int = part.readouts) -> None:
            words, undefined = engine.samples(*block, reuse=True)
            words[undefined] = 0
            forms, _ = canonical_forms(words, result.n_inputs, **changes)
            tally.add_samples(forms, undefined, readouts)

        with ThreadPoolExecutor(checked_threads()) as pool:
            for _ in pool.map(add, engine.blocks(part.first, part.stop)):
                pass
    table: Table = tally.table()
    order = order_by_string(table.functions, result.n_inputs)
    if not (
        np.array_equal(table.functions[order], functions) and np.array_equal(table.counts[order], counts)
    ):
        raise ValueError(
            "sampled again, the map gives other functions: the result was made by other code or hardware; "
            "clusters='bound' needs no sampling"
        )
    return table.sum_squares[order]
