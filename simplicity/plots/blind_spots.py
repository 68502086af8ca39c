"""Blind spots of several maps on the same axes: how much of each complexity they reach, and how tightly."""

from __future__ import annotations

from collections.abc import Sequence

import matplotlib.pyplot as plt
import numpy as np
import seaborn as sns
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from simplicity.plots import style
from simplicity.theory import Gaps

_MARKERS = "osD^vPX<>*"


@style.styled
def blind_spots(maps: Sequence[Gaps], *, titles: Sequence[str] | None = None, level: float = 0.95) -> Figure:
    """Draw what share of simple functions each map reached, and their median gap, against complexity.

    Left: the share of the functions of each complexity that came up (they or, by symmetry, their orbit), with
    intervals over repetitions of the sampling. Right: the median gap between the bound and log2 P, with
    intervals over functions; an open marker with an arrow is a median that lies beyond the floor, known to be
    larger only. The dotted line is the farthest that the map with the highest floor resolves.

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
        7 by 3.6 inches (close it with ``plt.close``).

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
    figure, (left, right) = plt.subplots(1, 2, figsize=(7.0, 3.6), layout="constrained")
    colours = sns.color_palette("colorblind", len(maps))
    step = float(np.diff(maps[0].levels).min()) if len(maps[0].levels) > 1 else 1.0
    resolved = np.inf
    for number, (one, name, colour) in enumerate(zip(maps, names, colours, strict=True)):
        table = one.table(level)
        table = table[table["scope"] == "K"]
        # Maps stand side by side, or their intervals would hide each other.
        x = table["complexity"].to_numpy() + step * 0.6 * ((number + 0.5) / len(maps) - 0.5)
        marker = _MARKERS[number % len(_MARKERS)]
        share = table["share_reached"].to_numpy()
        reach = [share - table["share_low"], table["share_high"] - share]
        left.errorbar(x, share, np.maximum(reach, 0), fmt=marker, ms=3.5, color=colour, lw=0.8, label=name)
        _draw_medians(right, x, table, colour, marker)
        resolved = min(resolved, float(table["resolved_to"].min()))
    if np.isfinite(resolved):
        right.axhline(resolved, color=style.FLOOR, linestyle=":", linewidth=1.0)
    right.axhline(0, color=style.PREDICTED, linestyle="--", linewidth=0.8)
    axis = f"{maps[0].measure.label} [{maps[0].measure.units}]"
    left.set_ylim(-0.03, 1.05)
    style.label_axes(left, axis, "share of functions reached", "")
    style.label_axes(right, axis, "median gap below the bound [bits]", "")
    handles, labels = left.get_legend_handles_labels()
    figure.legend(handles, labels, loc="outside lower center", ncols=min(4, len(maps)), frameon=False)
    return figure


def _draw_medians(ax: Axes, x: np.ndarray, table: object, colour: object, marker: str) -> None:
    columns = {
        name: np.asarray(table[name])  # type: ignore[index]
        for name in ("median_gap", "median_low", "median_high", "median_is_lower_bound")
    }
    median, is_bound = columns["median_gap"], columns["median_is_lower_bound"].astype(bool)
    known = np.isfinite(median) & ~is_bound
    low = np.where(np.isfinite(columns["median_low"]), columns["median_low"], median)
    high = np.where(np.isfinite(columns["median_high"]), columns["median_high"], median)
    reach = np.maximum([median - low, high - median], 0)
    ax.errorbar(x[known], median[known], reach[:, known], fmt=marker, ms=3.5, color=colour, lw=0.8)
    beyond = np.isfinite(median) & is_bound
    ax.errorbar(
        x[beyond],
        median[beyond],
        np.full(int(beyond.sum()), 1.2),
        lolims=True,
        fmt=marker,
        ms=3.5,
        mfc="white",
        color=colour,
        lw=0.8,
        capsize=1.5,
    )


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
