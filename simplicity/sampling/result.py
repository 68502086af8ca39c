"""What a sampling run leaves: distinct functions, how often each came up, and the recipe."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
import numpy.typing as npt

from simplicity.functions import checked_words, from_strings, to_strings, words_of
from simplicity.maps.base import ParameterFunctionMap, Symmetries
from simplicity.maps.locate import rebuild
from simplicity.richness import Abundances, Richness, coverage_curve, richness, unseen_mass_interval
from simplicity.sampling.engine import Engine
from simplicity.sampling.ranges import Range, check_mergeable, joined_ranges
from simplicity.sampling.tally import Table, Tally
from simplicity.statistics import Interval, binomial_interval, clustered_interval, unseen_mass

if TYPE_CHECKING:
    import pandas as pd

    from simplicity.sampling.orbits import Clusters, Orbits


class Draw(NamedTuple):
    """One sample that induced a function: its number, hidden draw, readout, noise and parameters."""

    seed: int
    sample: int
    draw: int
    readout: int
    noise: npt.NDArray[Any]
    parameters: dict[str, Any]


class Unlisted(NamedTuple):
    """What a truncated result leaves out: functions, their samples, and those samples that were lonely."""

    functions: int = 0
    samples: int = 0
    lonely: int = 0


NOTHING_LEFT_OUT = Unlisted()


@dataclass(frozen=True, eq=False, repr=False)
class Result:
    """A tally with its recipe. Made by :func:`simplicity.sample` or :func:`simplicity.load`.

    Parameters
    ----------
    n_inputs : int
    functions : (F, words) uint64
        Distinct packed functions: most frequent first, equal counts in the order of their strings.
    counts : (F,) int64
        Samples that gave each.
    sum_squares : (F,) int64
        Sum over hidden draws of (samples of the draw that gave it)²; equals counts without readouts.
    n_undefined : int
        Samples with undefined logits: ``counts.sum() + n_unlisted + n_undefined == n_samples``.
    ranges : tuple of Range
        Which samples of which seeds.
    recipe : dict
        The map as plain data (see :func:`simplicity.maps.locate.describe`).
    unlisted : Unlisted
        What a truncated result, which lists the most frequent functions only, leaves out.

    Examples
    --------
    >>> import simplicity
    >>> result = simplicity.sample(simplicity.maps.Perceptron(n_inputs=2), 1000, seed=0)
    >>> result.n_samples, len(result)
    (1000, 14)
    """

    n_inputs: int
    functions: npt.NDArray[np.uint64]
    counts: npt.NDArray[np.int64]
    sum_squares: npt.NDArray[np.int64]
    n_undefined: int
    ranges: tuple[Range, ...]
    recipe: dict[str, Any]
    unlisted: Unlisted = NOTHING_LEFT_OUT

    def __post_init__(self) -> None:
        functions = checked_words(self.functions, self.n_inputs)
        if not (len(functions) == len(self.counts) == len(self.sum_squares)):
            raise ValueError("functions, counts and sum_squares must have one length")
        left_out = self.unlisted
        if int(self.counts.sum()) + left_out.samples + self.n_undefined != self.n_samples:
            raise ValueError(
                f"counts ({int(self.counts.sum())}), unlisted samples ({left_out.samples}) and n_undefined "
                f"({self.n_undefined}) do not add up to n_samples ({self.n_samples})"
            )
        if not 0 <= left_out.lonely <= left_out.samples or not 0 <= left_out.functions <= left_out.samples:
            raise ValueError(f"unlisted functions and samples do not fit each other: {left_out}")

    @classmethod
    def of_tally(
        cls,
        tally: Tally,
        n_inputs: int,
        ranges: Sequence[Range],
        recipe: dict[str, Any],
        keep: bool = True,
        threads: int = 1,
    ) -> Result:
        """The ordered result of a tally, which may be emptied where it need not be kept."""
        table = (tally.table(threads) if keep else tally.taken(threads)).ordered(n_inputs, threads)
        return cls(n_inputs, *table, tally.n_undefined, joined_ranges(ranges), recipe)

    # ------------------------------------------------------------------------------------ numbers
    def __len__(self) -> int:
        return len(self.counts)

    def __repr__(self) -> str:
        return f"<Result of {self.label}: {self.n_samples:,} samples, {self.extent}>"

    @property
    def extent(self) -> str:
        """How many functions there are, and how many of them are listed, in words."""
        if not self.is_truncated:
            return f"{len(self):,} functions"
        return f"the most frequent {len(self):,} of {self.n_functions:,} functions"

    @property
    def is_truncated(self) -> bool:
        """Whether there are functions that are not listed."""
        return self.unlisted.functions > 0

    @property
    def n_functions(self) -> int:
        """Number of distinct functions that came up, listed or not; ``len`` is the number listed."""
        return len(self) + self.unlisted.functions

    @property
    def n_unlisted(self) -> int:
        """Samples of functions that are not listed; 0 unless the result is truncated."""
        return self.unlisted.samples

    @property
    def n_lonely(self) -> int:
        """Samples whose function came up in one hidden draw only, listed or not."""
        alone = (self.counts <= self.readouts) & (self.sum_squares == self.counts**2)
        return int(self.counts[alone].sum()) + self.unlisted.lonely

    @property
    def n_samples(self) -> int:
        """Number of functions drawn, undefined ones included."""
        return sum(part.stop - part.first for part in self.ranges)

    @property
    def readouts(self) -> int:
        """Samples a hidden draw."""
        return self.ranges[0].readouts

    @property
    def n_draws(self) -> int:
        """Independent hidden draws."""
        return sum(part.draws[1] - part.draws[0] for part in self.ranges)

    @property
    def prior(self) -> npt.NDArray[np.float64]:
        """Estimated prior of each function, counts / n_samples; unbiased."""
        return self.counts / self.n_samples

    @property
    def floor(self) -> float:
        """The detection floor: the estimated prior of a function that came up once, 1 / n_samples."""
        return 1 / self.n_samples

    @property
    def unseen_mass(self) -> float:
        """Good-Turing estimate of the prior of all functions not seen, by independent hidden draws."""
        return unseen_mass(self.n_lonely, self.n_samples)

    @property
    def abundances(self) -> Abundances:
        """How many functions came up how often: what says something of those that did not.

        Raises
        ------
        ValueError
            If the result is truncated.
        """
        if self.is_truncated:
            raise ValueError(f"the result lists only {self.extent}: load the whole file")
        return Abundances.of(self.counts, self.sum_squares, self.n_samples, self.readouts)

    def unseen_mass_interval(self, level: float = 0.95) -> Interval:
        """Interval of the prior of all functions not seen; see `simplicity.richness`."""
        return unseen_mass_interval(self.abundances, level)

    def richness(self, level: float = 0.95) -> Richness:
        """Functions seen, and a lower bound of how many the map can reach; see `simplicity.richness`."""
        return richness(self.abundances, level)

    def coverage_curve(self, points: int = 40, times: float = 3.0) -> pd.DataFrame:
        """Expected unseen mass against the number of samples, up to ``times`` as many as there are.

        Returns
        -------
        pandas.DataFrame
            Columns ``n_samples``, ``unseen_mass``, ``low`` and ``high`` (bounds of the estimate: they differ
            with readouts only, and are no confidence limits) and ``kind``: "rarefied" or "extrapolated".
        """
        return coverage_curve(self.abundances, points, times)

    def interval(self, level: float = 0.95, rows: slice | npt.NDArray[Any] = slice(None)) -> Interval:
        """Interval of each function's prior: binomial, or clustered by hidden draw with readouts.

        Parameters
        ----------
        level : float
            Between 0 and 1.
        rows : slice or array of int
            Of which functions; default all.
        """
        counts, squares = self.counts[rows], self.sum_squares[rows]
        if self.readouts == 1:
            return binomial_interval(counts, self.n_samples, level)
        return clustered_interval(counts, squares, self.n_samples, self.readouts, level)

    @cached_property
    def map(self) -> ParameterFunctionMap:
        """The map, rebuilt from its recipe (a user's map must be where it was, unchanged).

        Raises
        ------
        MapError
            If it cannot be rebuilt.
        """
        return rebuild(self.recipe)

    def with_map(self, pf_map: ParameterFunctionMap) -> Result:
        """The same result holding this map itself, so that it need not be found by name."""
        self.__dict__["map"] = pf_map
        return self

    @property
    def label(self) -> str:
        """The map in a few words, for titles."""
        return str(self.recipe["label"])

    @property
    def symmetries(self) -> Symmetries:
        """Under which changes of the function the map says that its prior does not change."""
        declared = self.recipe.get("symmetries")  # older files do not say
        return self.map.symmetries if declared is None else Symmetries(**declared)

    # ---------------------------------------------------------------------------------- functions
    def index_of(self, function: str | npt.ArrayLike) -> int | None:
        """Row of a function, given as a string of 0 and 1 or packed; None if it was not seen."""
        words = from_strings([function]) if isinstance(function, str) else function
        wanted = checked_words(words, self.n_inputs)
        if len(wanted) != 1:
            raise ValueError(f"one function is wanted, got {len(wanted)}")
        found = np.flatnonzero((self.functions == wanted[0]).all(axis=1))
        return int(found[0]) if len(found) else None

    def noise_of(self, function: str | npt.ArrayLike) -> Draw:
        """The first draw that induced a function, found by sampling the same range again.

        Parameters
        ----------
        function : str or (words,) uint64

        Returns
        -------
        Draw

        Raises
        ------
        ValueError
            If the function was not seen.
        MapError
            If the map cannot be rebuilt.

        Examples
        --------
        >>> import simplicity
        >>> result = simplicity.sample(simplicity.maps.Perceptron(n_inputs=2), 1000, seed=0)
        >>> result.noise_of("0001").parameters["weights"].shape
        (2,)
        """
        row = self.index_of(function)
        if row is None:
            listed = f"is not among {self.extent}" if self.is_truncated else "did not come up"
            raise ValueError(f"the function {listed} in these {self.n_samples} samples")
        wanted = self.functions[row]
        for part in self.ranges:
            engine = Engine(self.map, part.seed, part.readouts)
            for first, stop in engine.blocks(part.first, part.stop):
                words, undefined = engine.samples(first, stop, reuse=True)
                hits = np.flatnonzero((words == wanted).all(axis=1) & ~undefined)
                if len(hits):
                    sample = first + int(hits[0])
                    noise = engine.noise_of(sample)
                    draw, readout = divmod(sample, part.readouts)
                    return Draw(part.seed, sample, draw, readout, noise, self.map.parameters(noise))
        raise ValueError("the function does not come up again: the result was made by other code or hardware")

    def to_pandas(
        self, complexity: Sequence[str | Callable[..., Any]] = ("lz76",), level: float = 0.95
    ) -> pd.DataFrame:
        """A table with a row a function, most frequent first.

        Parameters
        ----------
        complexity : sequence of str, Measure or callable
            Measures to add, a column each, as for `simplicity.complexity.measure`.
        level : float
            Of the interval.

        Returns
        -------
        pandas.DataFrame
            Columns ``function`` (string of 0 and 1), ``count``, ``prior``, ``prior_low``, ``prior_high`` and
            one a measure. ``attrs["upper_bounds"]`` lists the measures whose values are upper bounds at so
            many inputs, not exact.

        Raises
        ------
        ValueError
            If two columns would have one name, or a measure is unknown, cannot be asked for functions of so
            many inputs or breaks its contract.
        """
        import pandas as pd

        from simplicity.complexity import measure

        interval = self.interval(level)
        columns: dict[str, Any] = {
            "function": to_strings(self.functions, self.n_inputs),
            "count": self.counts,
            "prior": self.prior,
            "prior_low": interval.low,
            "prior_high": interval.high,
        }
        upper_bounds = []
        for wanted in (complexity,) if isinstance(complexity, str) or callable(complexity) else complexity:
            found = measure(wanted)
            if found.name in columns:
                raise ValueError(f"complexity would make two columns of the name {found.name!r}")
            columns[found.name] = found(self.functions, self.n_inputs)
            if not found.is_exact(self.n_inputs):
                upper_bounds.append(found.name)
        table = pd.DataFrame(columns)
        table.attrs["upper_bounds"] = upper_bounds
        return table

    def by_orbit(self, clusters: Clusters = "sample again") -> Orbits:
        """Classes of functions that the map's declared symmetries make equally probable.

        All members of a class share its samples, so that the prior of one member is resolved down to as
        many times below 1/N as the class has members. Rests on the symmetries that the map declares
        (``simplicity check`` tests them).

        Parameters
        ----------
        clusters : {"sample again", "bound"}
            Matters with readouts only. How often one hidden draw gave a class cannot be told from the counts
            of its members. "sample again" draws all samples again (in the time that sampling took) and is
            exact; "bound" takes the most that is possible, with intervals that are far too wide for classes
            of many rare members.

        Returns
        -------
        Orbits

        Raises
        ------
        ValueError
            If the map declares no symmetries, or the result is truncated.
        MapError
            If the map is needed and cannot be rebuilt.
        """
        from simplicity.sampling.orbits import orbits_of

        return orbits_of(self, clusters)

    # -------------------------------------------------------------------------- merging and storage
    def __radd__(self, other: object) -> Result:
        """So that ``sum`` works, which starts at 0."""
        return self if other == 0 else NotImplemented

    def __add__(self, other: object) -> Result:
        """Both results together.

        Raises
        ------
        ValueError
            If they are of different maps or readouts, share hidden draws, or one is truncated.
        """
        if not isinstance(other, Result):
            return NotImplemented
        check_mergeable(self, other)
        tally = Tally(words_of(self.n_inputs), clustered=self.readouts > 1)
        for part in (self, other):
            tally.add_table(Table(part.functions, part.counts, part.sum_squares), part.n_undefined)
        merged = Result.of_tally(tally, self.n_inputs, self.ranges + other.ranges, self.recipe)
        return merged.with_map(self.__dict__["map"]) if "map" in self.__dict__ else merged

    def save(self, path: str | Path) -> None:
        """Write one Parquet file, recipe included; a file that is there is replaced in one step."""
        from simplicity.sampling.storage import save

        save(self, path)
