"""The table of gaps: a row for each complexity."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from simplicity.statistics import checked_level

if TYPE_CHECKING:
    import pandas as pd

    from simplicity.theory.blind_spots import Gaps


def table_of(gaps: Gaps, level: float) -> pd.DataFrame:
    """The table of `simplicity.theory.blind_spots`."""
    import pandas as pd

    checked_level(level)
    rows = []
    for k in gaps.levels:
        at_k = np.abs(gaps.complexity - k) < 1e-6
        rows.append(_shares(gaps, "K", float(k), at_k, level) | _medians(gaps, at_k, level))
    everything = np.ones(len(gaps.complexity), bool)
    rows.append(_shares(gaps, "all", float(gaps.levels[-1]), everything, level))
    table = pd.DataFrame(rows)
    # Cut-offs depend on the complexity as gaps do, so that there is no median of all.
    for name in table.columns[table.columns.str.endswith("_is_lower_bound")]:
        table[name] = table[name].eq(True)
    table.attrs = {
        "map": gaps.label,
        "measure": gaps.measure.name,
        "bound": f"log2 P = -{gaps.bound.a:.6g} K - {gaps.bound.b:.6g} ({gaps.bound.source})",
        "level": level,
        "share_low, share_high": "over repetitions of the sampling"
        + ("" if gaps.is_complete else " and of the draw of functions"),
        "median_at_least, median_at_most": "over repetitions of the sampling: the functions are these",
        "median_low, median_high": "over functions: orbits taken as drawn from a larger population",
    }
    return table


def _shares(
    gaps: Gaps, scope: str, complexity: float, rows: npt.NDArray[np.bool_], level: float
) -> dict[str, Any]:
    reached = rows & gaps.is_reached
    orbits = len(np.unique(gaps.observed.orbit[rows]))
    total = gaps.weights[rows].sum()
    low, high = gaps.share_interval(rows, level)
    return {
        "scope": scope,
        "complexity": complexity,
        "functions": total,
        "share_drawn": gaps.weights[rows & gaps.observed.is_drawn].sum() / total,
        "share_reached": gaps.weights[reached].sum() / total,
        "share_low": low,
        "share_high": high,
        "orbits": orbits,
        "share_of_orbits_reached": len(np.unique(gaps.observed.orbit[reached])) / orbits,
    }


def _medians(gaps: Gaps, rows: npt.NDArray[np.bool_], level: float) -> dict[str, Any]:
    curve = gaps.survival(rows)
    median = curve.quantile(0.5, level)
    at_least, at_most = gaps.median_interval(rows, level)
    matched = gaps.survival(rows, gaps.gap_to_matched).quantile(0.5, level)
    unmatched = float(gaps.weights[rows & ~gaps.is_matched].sum() / gaps.weights[rows].sum())
    says_something = matched.value > -np.inf
    return {
        "median_gap": median.value,
        "median_is_lower_bound": median.is_lower_bound,
        "median_at_least": at_least,
        "median_at_most": at_most,
        "median_low": median.low,
        "median_high": median.high,
        "first_quartile": curve.quantile(0.25, level).value,
        "resolved_to": float(np.min(gaps.bound(gaps.complexity[rows]) - gaps.observed.log2_floor[rows])),
        "median_below_matched": matched.value if says_something else np.nan,
        "matched_is_lower_bound": bool(says_something and (matched.is_lower_bound or unmatched > 0)),
        "share_unmatched": unmatched,
    }
