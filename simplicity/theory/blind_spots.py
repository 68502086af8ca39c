"""Blind spots: simple functions to which a map gives far less prior than its ceiling allows, or none."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from simplicity.complexity import Measure
from simplicity.complexity import measure as find_measure
from simplicity.functions import checked_words, to_strings
from simplicity.sampling import Result
from simplicity.theory.bounds import AnyMeasure, Bound, Floats, a_priori_bound
from simplicity.theory.envelope import levels_of
from simplicity.theory.formulas import described
from simplicity.theory.gap_intervals import median_interval, share_interval
from simplicity.theory.gap_table import table_of
from simplicity.theory.observed import KnownPrior, Observed, check_source, observe
from simplicity.theory.survival import Survival, kaplan_meier

if TYPE_CHECKING:
    import pandas as pd

Mask = npt.NDArray[np.bool_]


@dataclass(frozen=True, eq=False)
class Gaps:
    """How far below a bound the functions of a list lie under one map.

    Parameters
    ----------
    source : Result or exact prior
    measure : Measure
    bound : Bound
    functions : (F, words) uint64
    complexity : (F,) float64
    weights : (F,) float64
        How many functions each stands for: 1 where the list is complete.
    is_complete : bool
        Whether no weights were given.
    observed : Observed
    """

    source: Result | KnownPrior
    measure: Measure
    bound: Bound
    functions: npt.NDArray[np.uint64]
    complexity: Floats
    weights: Floats
    is_complete: bool
    observed: Observed

    @property
    def label(self) -> str:
        """The map in a few words."""
        return self.source.label

    @property
    def is_reached(self) -> Mask:
        """Whether the function or, by the map's symmetries, its orbit came up, (F,)."""
        return np.isfinite(self.observed.log2_prior)

    @property
    def is_observed(self) -> Mask:
        """Whether the gap is known: it came up, or the prior is exact, (F,)."""
        return self.is_reached | np.isneginf(self.observed.log2_floor)

    @cached_property
    def gap(self) -> Floats:
        """Bits between the bound and log2 P, (F,); what it is larger than where it is not observed."""
        return self._down_from(self.bound(self.complexity))

    @property
    def is_matched(self) -> Mask:
        """Whether any function of as many ones came up, (F,): else the matched null says nothing of it."""
        return np.isfinite(self.observed.log2_matched)

    @cached_property
    def gap_to_matched(self) -> Floats:
        """Bits between the null with the same law of the number of ones and log2 P; -inf if not matched."""
        matched = np.where(self.is_matched, self.observed.log2_matched, 0)
        return np.where(self.is_matched, self._down_from(matched), -np.inf)

    def _down_from(self, ceiling: Floats) -> Floats:
        known = np.where(self.is_observed, self.observed.log2_prior, self.observed.log2_floor)
        return np.asarray(ceiling - known)

    @cached_property
    def levels(self) -> Floats:
        """Different complexities of the list, ascending."""
        return levels_of(self.complexity)[0]

    def survival(self, rows: Mask, values: Floats | None = None) -> Survival:
        """Kaplan-Meier curve of the gaps of some functions; a unit is what an orbit has at one complexity."""
        gap = self.gap if values is None else values
        # Members of an orbit at one K share bound, prior and cut-off: one observation, however many they are.
        level = levels_of(self.complexity)[1]
        unit = self.observed.orbit[rows] * (level.max() + 1) + level[rows]
        _, first, number = np.unique(unit, return_index=True, return_inverse=True)
        weights = np.bincount(number, weights=self.weights[rows])
        # What may have any value counts as the lowest, not as cut off there, which would be to leave it out.
        observed = self.is_observed | np.isneginf(gap)
        return kaplan_meier(gap[rows][first], observed[rows][first], weights)

    def table(self, level: float = 0.95) -> pd.DataFrame:
        """The table of `blind_spots`."""
        return table_of(self, level)

    def share_interval(self, rows: Mask, level: float = 0.95) -> tuple[float, float]:
        """Interval of the expected share of these functions that a run of this size reaches.

        A complete list does not vary: what does is which functions the samples happen to reach. Leaving out
        one hidden draw loses the functions Δ that it alone reached, so by the Efron-Stein inequality the
        variance of the number reached is at most E Σ Δ² (Ann. Stat. 9, 586, 1981), which is at most R times
        Σ w² over orbits of w functions that one draw of R readouts reached. That is estimated by those that
        came up so, and one more of average w², or less where hits are so many that an equal run would hardly
        miss any: Σ w² / 2^(hits / R + 1), the chance of that under a flat prior of the rate. The interval is
        conservative, with R = 64 far too wide: which functions a draw reached together is not in a tally. A
        weighted list adds the variance of a ratio.
        """
        return share_interval(self.source, self.observed, rows, self.weights, self.is_complete, level)

    def median_interval(self, rows: Mask, level: float = 0.95) -> tuple[float, float]:
        """Interval of the median gap of these very functions, over repetitions of the sampling.

        Two intervals, at half of the risk each, are intersected. In the first, intervals of the priors of
        all orbits hold at once (Bonferroni), and its ends are the medians of theirs. In the second, they are
        wider than 95 % or as wide, and by Bernstein's inequality miss on a side for a small share ε of the
        functions only: so the quantile ½ + ε of their upper ends is no less than the median, and
        the quantile ½ - ε of their lower ends no more. Nothing is assumed of functions that did not come up:
        where they are about half or more, the upper end is infinite. For an exact prior both ends are the
        median. (NaN, NaN) for a weighted list.
        """
        if not self.is_complete:
            return np.nan, np.nan
        ceiling = self.bound(self.complexity)
        return median_interval(self.source, self.observed, rows, ceiling, self.weights, level)

    def most_blind(self, count: int = 20) -> pd.DataFrame:
        """The functions farthest below the bound, one an orbit, the simplest first among equals.

        Parameters
        ----------
        count : int
            Rows at most.

        Returns
        -------
        pandas.DataFrame
            Columns ``name`` (name, short polynomial modulo 2, or hexadecimal), ``function`` (string),
            ``complexity``, ``orbit_size``, ``gap`` (bits), ``gap_is_lower_bound``, ``log2_prior`` and
            ``log2_prior_is_upper_bound`` (then the floor).
        """
        import pandas as pd

        order = np.lexsort((self.complexity, -np.round(self.gap, 9)))
        _, first = np.unique(self.observed.orbit[order], return_index=True)
        rows = order[np.sort(first)][:count]
        unknown = ~self.is_observed[rows]
        prior = np.where(unknown, self.observed.log2_floor[rows], self.observed.log2_prior[rows])
        return pd.DataFrame(
            {
                "name": described(self.functions[rows], self.source.n_inputs),
                "function": to_strings(self.functions[rows], self.source.n_inputs),
                "complexity": self.complexity[rows],
                "orbit_size": self.observed.orbit_size[rows].astype(np.int64),
                "gap": self.gap[rows],
                "gap_is_lower_bound": unknown,
                "log2_prior": prior,
                "log2_prior_is_upper_bound": unknown,
            }
        )


def gaps(
    result: Result | KnownPrior,
    functions: npt.ArrayLike,
    measure: AnyMeasure = "lz76",
    *,
    bound: Bound | None = None,
    weights: npt.ArrayLike | None = None,
    use_symmetries: bool = True,
) -> Gaps:
    """The gap in bits between a bound and log2 P for each function of a list: see `blind_spots`.

    Examples
    --------
    >>> import simplicity
    >>> from simplicity.theory import simple_functions
    >>> result = simplicity.sample(simplicity.maps.Perceptron(n_inputs=3), 10_000, seed=0)
    >>> found = gaps(result, simple_functions(3, 12))
    >>> int(found.is_reached.sum()), len(found.functions)
    (94, 194)
    """
    check_source(result)
    if np.size(functions) == 0:
        raise ValueError("functions must not be empty: there is nothing to look for")
    words = checked_words(np.asarray(functions), result.n_inputs)
    if len(np.unique(words, axis=0)) < len(words):
        raise ValueError("functions must differ: a list with one of them twice would count it twice")
    weight = np.ones(len(words)) if weights is None else np.asarray(weights, np.float64)
    if weight.shape != (len(words),) or not (np.isfinite(weight) & (weight > 0)).all():
        raise ValueError(f"weights must be {len(words)} finite numbers above 0, one a function")
    found = find_measure(measure)
    line = a_priori_bound(result.n_inputs, found) if bound is None else bound
    if line.measure != found.name:
        raise ValueError(f"bound is one for the measure {line.measure!r}, not for {found.name!r}")
    observed = observe(result, words, use_symmetries)
    complexity = found(words, result.n_inputs)
    return Gaps(result, found, line, words, complexity, weight, weights is None, observed)


def blind_spots(
    result: Result | KnownPrior,
    functions: npt.ArrayLike,
    measure: AnyMeasure = "lz76",
    *,
    bound: Bound | None = None,
    weights: npt.ArrayLike | None = None,
    use_symmetries: bool = True,
    level: float = 0.95,
) -> pd.DataFrame:
    """How many simple functions a map reaches, and how far below the bound they lie.

    The gap of a function is bound(K) - log2 P in bits. Of a function that did not come up in N samples it is
    known only that log2 P lies below the floor, so that its gap is cut off at bound(K) - log2(floor). It is
    kept as such: quantiles are those of the Kaplan-Meier curve (`simplicity.theory.survival`), and a median
    beyond what is resolved is marked as a lower bound. Where the map declares symmetries, the counts of an
    orbit are shared by its members, which lowers the floor of each to 1 / (N · orbit size); the orbit sizes
    that make cut-offs differ are then taken to say nothing of the gap at the same K. The interval from
    ``median_at_least`` to ``median_at_most`` does not rest on that. Between complexities cut-offs differ
    with the bound, as gaps do, so that medians are given for each complexity only. Priors near the floor are
    those of one or two hits, and are uncertain by a bit or more.

    Parameters
    ----------
    result : Result or exact prior
        Of an exact prior, functions that it does not list have prior 0 and a gap of infinity.
    functions : (F, words) uint64
        The list: `simple_functions`, the functions of a `simple_functions_sample`, or any others.
    measure : str, Measure or callable
        As for `simplicity.complexity.measure`.
    bound : Bound, optional
        By default `a_priori_bound`, which is the same for all maps, so that their gaps compare.
    weights : (F,) array of float, optional
        How many functions each stands for, if the list is a weighted sample.
    use_symmetries : bool
        Whether to use the symmetries that the map declares.
    level : float
        Of the intervals.

    Returns
    -------
    pandas.DataFrame
        A row for each complexity (``scope`` "K") and one for all functions ("all"), which has no
        medians: columns from ``median_gap`` on are NaN or False. Columns:

        * ``complexity``, ``functions``: their number, estimated where weighted;
        * ``share_drawn`` (came up themselves), ``share_reached`` (they or their orbit did), ``share_low``,
          ``share_high`` (see `Gaps.share_interval`); for an exact prior: are possible at all;
        * ``orbits``, ``share_of_orbits_reached``: of those listed, unweighted;
        * ``median_gap`` in bits, the tightness; where ``median_is_lower_bound``, it is larger;
        * ``median_at_least``, ``median_at_most``: interval for these functions over samplings
          (`Gaps.median_interval`);
        * ``median_low``, ``median_high``: interval over functions, as if the orbits were drawn from a larger
          population (Brookmeyer and Crowley, Biometrics 38, 29, 1982); NaN with fewer than six orbits;
        * ``first_quartile``, ``resolved_to`` (the smallest cut-off);
        * ``median_below_matched``: bits that the median function lies below P(T) / C(2^n, T), the null with
          the same law of the number T of ones, negative where the map prefers simple functions beyond their
          imbalance. For a ``share_unmatched`` no function of that T came up, so that their difference may be
          anything: they count as the lowest, and ``matched_is_lower_bound`` is set; NaN if half or more.

    Raises
    ------
    ValueError
        If the result is empty or truncated, functions repeat, are none or have another number of inputs,
        weights do not fit, or the bound is for another measure.

    Examples
    --------
    >>> import simplicity
    >>> from simplicity.theory import simple_functions
    >>> result = simplicity.sample(simplicity.maps.Perceptron(n_inputs=3), 10_000, seed=0)
    >>> table = blind_spots(result, simple_functions(3, 9))
    >>> table[["scope", "complexity", "functions", "share_reached"]].round(2)
      scope  complexity  functions  share_reached
    0     K         3.0        2.0           1.00
    1     K         7.5        4.0           1.00
    2     K         9.0       26.0           0.85
    3   all         9.0       32.0           0.88
    """
    found = gaps(result, functions, measure, bound=bound, weights=weights, use_symmetries=use_symmetries)
    return found.table(level)
