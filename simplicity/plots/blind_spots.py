"""Blind spots of several maps on the same axes: how much of each complexity they reach, and how tightly."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import matplotlib.pyplot as plt
import numpy as np
import seaborn as sns
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from simplicity.plots import style
from simplicity.sampling import Result
from simplicity.theory import Gaps

if TYPE_CHECKING:
    import pandas as pd

_MARKERS = "osD^vPX<>*"
_ARROW = 1.4  # bits
_SPREAD = 0.78  # of the room of one complexity that its maps take


@style.styled
def blind_spots(maps: Sequence[Gaps], *, titles: Sequence[str] | None = None, level: float = 0.95) -> Figure:
    """Draw what share of simple functions each map reached, and their median gap, at each complexity.

    Top: the share of the functions of each complexity that came up (they or, by symmetry, their orbit).
    Bottom: the median gap between the bound and log2 P; an open marker is one that lies beyond the floor,
    and is known to be larger only; an arrow, an interval without an upper end. Intervals are over
    repetitions of the sampling. Exact priors have medians only, since they have no number of samples. Maps
    stand side by side in the room of each complexity; under it is how many functions there are.

    Parameters
    ----------
    maps : sequence of Gaps
        Of `simplicity.theory.gaps`, one a map: same list of functions, measure and bound.
    titles : sequence of str, optional
        One a map, by default their labels.
    level : float
        Of the intervals.

    Returns
    -------
    Figure
        7 by 6 inches (close it with ``plt.close``).

    Raises
    ------
    ValueError
        If there are no maps, titles do not fit, or lists, measures or bounds differ.

    Examples
    --------
    >>> import matplotlib.pyplot as plt
    >>> import simplicity
    >>> from simplicity import theory
    >>> result = simplicity.sample(simplicity.maps.Perceptron(n_inputs=3), 10_000, seed=0)
    >>> figure = simplicity.plots.blind_spots([theory.gaps(result, theory.simple_functions(3, 12))])
    >>> [ax.get_ylabel() for ax in figure.axes]
    ['share of functions reached', 'median gap below the bound [bits]']
    >>> plt.close(figure)
    """
    names = _checked(maps, titles)
    figure, (top, bottom) = plt.subplots(2, 1, figsize=(7.0, 6.0), sharex=True, layout="constrained")
    levels = maps[0].levels
    for place in range(0, len(levels), 2):
        for ax in (top, bottom):
            ax.axvspan(place - 0.5, place + 0.5, color="0.95", lw=0, zorder=0)
    for number, (one, name) in enumerate(zip(maps, names, strict=True)):
        table = one.table(level)
        table = table[table["scope"] == "K"]
        x = np.arange(len(levels)) + _SPREAD * ((number + 0.5) / len(maps) - 0.5)
        look: dict[str, Any] = {
            "color": sns.color_palette("colorblind", len(maps))[number],
            "marker": _MARKERS[number % len(_MARKERS)],
        }
        if isinstance(one.source, Result):
            _draw_points(top, x, table, ("share_reached", "share_low", "share_high"), look)
        _draw_medians(bottom, x, table, look)
        bottom.plot([], [], linestyle="", ms=4, label=name, **look)
    bottom.axhline(0, color=style.PREDICTED, linestyle="--", linewidth=0.8, zorder=1)
    measure = maps[0].measure
    counts = [maps[0].weights[np.abs(maps[0].complexity - k) < 1e-6].sum() for k in levels]
    size = 7.0 if len(levels) <= 12 else 5.5  # or numbers run into one another
    bottom.set_xticks(
        np.arange(len(levels)), [f"{k:g}\n({count:,.0f})" for k, count in zip(levels, counts, strict=True)]
    )
    bottom.set_xlim(-0.55, len(levels) - 0.45)
    top.set_ylim(-0.03, 1.04)
    style.label_axes(top, "", "share of functions reached", "")
    style.label_axes(
        bottom,
        f"{measure.label} [{measure.units}], and how many functions there are",
        "median gap below the bound [bits]",
        "",
    )
    bottom.tick_params(axis="x", labelsize=size)
    handles, labels = bottom.get_legend_handles_labels()
    figure.legend(handles, labels, loc="outside lower center", ncols=min(4, len(maps)), frameon=False)
    return figure


def _draw_points(
    ax: Axes, x: np.ndarray, table: pd.DataFrame, columns: tuple[str, str, str], look: dict[str, Any]
) -> None:
    """Points with intervals where there are any; where one has no upper end, an arrow."""
    value, low, high = (table[name].to_numpy(dtype=np.float64) for name in columns)
    ends = ~np.isposinf(high)
    reach = np.nan_to_num(np.maximum([value - low, np.where(ends, high - value, _ARROW)], 0))
    style_of_all: dict[str, Any] = {"linestyle": "", "ms": 3.2, "lw": 0.9, "zorder": 3, **look}
    ax.errorbar(x[ends], value[ends], reach[:, ends], **style_of_all)
    if not ends.all():
        ax.errorbar(x[~ends], value[~ends], reach[1, ~ends], lolims=True, capsize=1.8, **style_of_all)


def _draw_medians(ax: Axes, x: np.ndarray, table: pd.DataFrame, look: dict[str, Any]) -> None:
    is_bound = table["median_is_lower_bound"].to_numpy(dtype=bool)
    known = np.isfinite(table["median_gap"].to_numpy(dtype=np.float64)) & ~is_bound
    columns = ("median_gap", "median_at_least", "median_at_most")
    _draw_points(ax, x[known], table[known], columns, look)
    _draw_points(ax, x[is_bound], table[is_bound], columns, look | {"mfc": "white"})


def _checked(maps: Sequence[Gaps], titles: Sequence[str] | None) -> list[str]:
    if isinstance(maps, Gaps) or len(maps) == 0:
        raise ValueError("maps must be a list of one or more gaps, as of simplicity.theory.gaps")
    first = maps[0]
    for one in maps[1:]:
        if one.measure.name != first.measure.name or one.bound != first.bound:
            raise ValueError(
                f"{one.label!r} and {first.label!r} have other measures or bounds: take the same"
            )
        if not np.array_equal(one.functions, first.functions):
            raise ValueError(
                f"{one.label!r} and {first.label!r} have other lists of functions: take the same"
            )
    names = [one.label for one in maps] if titles is None else list(titles)
    if len(names) != len(maps):
        raise ValueError(f"titles must be one a map, {len(maps)}, got {len(names)}")
    return names
