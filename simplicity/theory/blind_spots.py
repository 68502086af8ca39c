"""Blind spots: simple functions to which a map gives far less prior than its ceiling allows, or none."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt
from scipy import special

from simplicity.complexity import Measure
from simplicity.complexity import measure as find_measure
from simplicity.functions import checked_words, to_strings
from simplicity.sampling import Result
from simplicity.statistics import checked_level
from simplicity.theory.bounds import AnyMeasure, Bound, Floats, a_priori_bound
from simplicity.theory.envelope import levels_of
from simplicity.theory.formulas import described
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

    @cached_property
    def gap_to_matched(self) -> Floats:
        """Bits between the null with the same law of the number of ones and log2 P; NaN where that is 0."""
        matched = self.observed.log2_matched
        return np.where(
            np.isneginf(matched), np.nan, self._down_from(np.where(matched > -np.inf, matched, 0))
        )

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
        rows = rows & ~np.isnan(gap)
        if not rows.any():
            return kaplan_meier([], [])
        # Members of an orbit at one K share bound, prior and cut-off: one observation, however many they are.
        level = levels_of(self.complexity)[1]
        unit = self.observed.orbit[rows] * (level.max() + 1) + level[rows]
        _, first, number = np.unique(unit, return_index=True, return_inverse=True)
        weights = np.bincount(number, weights=self.weights[rows])
        return kaplan_meier(gap[rows][first], self.is_observed[rows][first], weights)

    def table(self, level: float = 0.95) -> pd.DataFrame:
        """The table of `blind_spots`."""
        import pandas as pd

        checked_level(level)
        rows = [self._row("K", k, np.abs(self.complexity - k) < 1e-6, level) for k in self.levels]
        rows.append(self._row("all", float(self.levels[-1]), np.ones(len(self.complexity), bool), level))
        table = pd.DataFrame(rows)
        table.attrs = {
            "map": self.label,
            "measure": self.measure.name,
            "bound": f"log2 P = -{self.bound.a:.6g} K - {self.bound.b:.6g} ({self.bound.source})",
            "level": level,
            "interval_of_share": "over repetitions of the sampling"
            + ("" if self.is_complete else " and of the draw of functions"),
            "interval_of_median": "over functions: orbits taken as drawn from a larger population",
        }
        return table

    def _row(self, scope: str, complexity: float, rows: Mask, level: float) -> dict[str, Any]:
        reached = rows & self.is_reached
        drawn = rows & self.observed.is_drawn
        orbits = len(np.unique(self.observed.orbit[rows]))
        orbits_reached = len(np.unique(self.observed.orbit[reached]))
        total = self.weights[rows].sum()
        low, high = self.share_interval(rows, level)
        curve = self.survival(rows)
        median = curve.quantile(0.5, level)
        matched = self.survival(rows, self.gap_to_matched).quantile(0.5, level)
        return {
            "scope": scope,
            "complexity": complexity,
            "functions": total,
            "share_drawn": self.weights[drawn].sum() / total,
            "share_reached": self.weights[reached].sum() / total,
            "share_low": low,
            "share_high": high,
            "orbits": orbits,
            "share_of_orbits_reached": orbits_reached / orbits,
            "median_gap": median.value,
            "median_is_lower_bound": median.is_lower_bound,
            "median_low": median.low,
            "median_high": median.high,
            "first_quartile": curve.quantile(0.25, level).value,
            "resolved_to": float(np.min(self.bound(self.complexity[rows]) - self.observed.log2_floor[rows])),
            "median_below_matched": matched.value,
            "matched_is_lower_bound": matched.is_lower_bound,
        }

    def share_interval(self, rows: Mask, level: float = 0.95) -> tuple[float, float]:
        """Interval of the expected share of these functions that a run of this size reaches.

        A complete list does not vary: what does is which functions the samples happen to reach. Leaving out
        one hidden draw loses the functions Δ that it alone reached, so by the Efron-Stein inequality the
        variance of the number reached is at most E Σ Δ² (Ann. Stat. 9, 586, 1981), which is at most R times
        Σ w² over orbits of w functions that one draw of R readouts reached. That is estimated by those that
        came up so, and one more; the interval is conservative. A weighted list adds the variance of a ratio.
        """
        total = self.weights[rows].sum()
        reached = rows & self.is_reached
        share = float(self.weights[reached].sum() / total)
        variance = 0.0
        if isinstance(self.source, Result):
            lonely = rows & self.observed.is_lonely
            of_orbit = np.bincount(self.observed.orbit[lonely], weights=self.weights[lonely])
            squares = float((of_orbit**2).sum()) + float(self.weights[rows].mean() ** 2)
            variance += self.source.readouts * squares / total**2
        if not self.is_complete:
            deviation = self.weights[rows] * (self.is_reached[rows] - share)
            variance += float((deviation**2).sum()) / total**2
        reach = float(special.ndtri((1 + checked_level(level)) / 2)) * np.sqrt(variance)
        return max(0.0, share - reach), min(1.0, share + reach)

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
    words = checked_words(np.asarray(functions), result.n_inputs)
    if len(words) == 0:
        raise ValueError("functions must not be empty: there is nothing to look for")
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
    that make cut-offs differ are then taken to say nothing of the gap at the same K. Priors near the
    floor are those of one or two hits, and are uncertain by a bit or more.

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
        A row for each complexity (``scope`` "K") and one for all functions ("all"). Columns: ``complexity``,
        ``functions`` (their number, estimated where weighted), ``share_drawn`` (came up themselves),
        ``share_reached`` (they or their orbit did), ``share_low``, ``share_high`` (see
        `Gaps.share_interval`), ``orbits`` and ``share_of_orbits_reached`` (of those listed, unweighted),
        ``median_gap`` in bits, the tightness; where ``median_is_lower_bound``, it is larger; ``median_low``,
        ``median_high`` (Brookmeyer and Crowley, Biometrics 38, 29, 1982; NaN with fewer than six orbits),
        ``first_quartile``, ``resolved_to`` (the smallest cut-off), ``median_below_matched``: bits that the
        median function lies below P(T) / C(2^n, T), the null with the same law of the number of ones,
        negative where the map prefers simple functions beyond their imbalance. What the intervals are over
        is in ``attrs``.

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
