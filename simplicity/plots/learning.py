"""Learning curves of several maps, and errors against the complexity of what is learned."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

import matplotlib.pyplot as plt
import numpy as np
import seaborn as sns
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D

from simplicity.plots import style

if TYPE_CHECKING:
    import pandas as pd

_MARKERS = "osD^vP*X"
_MOSTLY_UNFITTED = 0.5


@style.styled
def learning_curves(tables: Mapping[str, pd.DataFrame], ax: Axes, title: str = "") -> Axes:
    """Draw the averaged error off the training set against the training-set size, a line a map.

    Markers are hollow where more than half of the training sets are fitted by no function seen: the mean is
    over the others only. Bars are two standard errors over training sets; dashed is the majority class.

    Parameters
    ----------
    tables : dict of str to DataFrame
        From `simplicity.theory.learning_curve`, by label, all for one target.
    ax : Axes
    title : str

    Returns
    -------
    Axes

    Raises
    ------
    ValueError
        If there are no tables.
    """
    if not tables:
        raise ValueError("tables is empty: one learning curve or more is needed")
    colours = sns.color_palette("colorblind", len(tables))
    for (label, table), colour, marker in zip(tables.items(), colours, _MARKERS * len(tables), strict=False):
        m, error = table["training_size"], table["averaged_error"]
        ax.errorbar(
            m, error, 2 * table["averaged_error_se"], color=colour, linewidth=1, elinewidth=0.6, label=label
        )
        hollow = (table["unfitted_share"] > _MOSTLY_UNFITTED).to_numpy()
        for chosen, face in ((~hollow, colour), (hollow, "white")):
            ax.plot(m[chosen], error[chosen], marker, color=colour, markerfacecolor=face, markersize=3)
    baseline = next(iter(tables.values()))
    ax.plot(
        baseline["training_size"],
        baseline["majority_error"],
        "--",
        color=style.FLOOR,
        linewidth=1,
        label="majority class",
    )
    ax.set_ylim(-0.03, None)
    style.label_axes(ax, "training points m", "error off the training set", title)
    return ax


@style.styled
def compare_learning(
    curves: Mapping[str, Mapping[str, pd.DataFrame]], by_complexity: pd.DataFrame, *, columns: int = 3
) -> Figure:
    """Draw learning curves, a panel a target, and below them errors and fits against the target's complexity.

    Parameters
    ----------
    curves : dict of str to dict of str to DataFrame
        By title of the panel, what `learning_curves` takes; the same maps in all.
    by_complexity : DataFrame
        A row a map and target: ``map``, ``complexity``, ``averaged_error``, ``majority_error``,
        ``unfitted_share``, ``training_size`` (one for all).
    columns : int
        Panels in a row.

    Returns
    -------
    Figure
        Close it with ``plt.close``.

    Raises
    ------
    ValueError
        If there are no curves.
    """
    if not curves:
        raise ValueError("curves is empty: one target or more is needed")
    rows = -(-len(curves) // columns)
    figure = plt.figure(figsize=(2.6 * columns, 2.2 * (rows + 1) + 0.5), layout="constrained")
    grid = figure.add_gridspec(rows + 1, 2 * columns)
    for number, (title, tables) in enumerate(curves.items()):
        row, column = divmod(number, columns)
        ax = learning_curves(tables, figure.add_subplot(grid[row, 2 * column : 2 * column + 2]), title)
        if column:
            ax.set_ylabel("")
        if row + 1 < rows:
            ax.set_xlabel("")
    handles, labels = figure.axes[0].get_legend_handles_labels()
    handles.append(Line2D([], [], color=style.FLOOR, marker="o", markerfacecolor="white", linestyle=""))
    labels.append("hollow: most training sets have no fit")
    m = int(by_complexity["training_size"].iloc[0])
    left, right = figure.add_subplot(grid[rows, :columns]), figure.add_subplot(grid[rows, columns:])
    names = list(dict.fromkeys(by_complexity["map"]))
    _draw_means(left, by_complexity, names, "averaged_error")
    baseline = by_complexity[by_complexity["map"] == names[0]].groupby("complexity")["majority_error"].mean()
    left.plot(baseline.index, baseline, "--", color=style.FLOOR, linewidth=1)
    style.label_axes(
        left,
        r"$K_\mathrm{LZ}$ of the target [bits]",
        "error off the training set",
        f"m = {m}, means of targets",
    )
    _draw_means(right, by_complexity, names, "unfitted_share")
    right.set_ylim(-0.03, 1.03)  # bars of few targets reach beyond what a share can be
    style.label_axes(
        right,
        r"$K_\mathrm{LZ}$ of the target [bits]",
        "training sets without a fit",
        f"m = {m}: share not fitted",
    )
    figure.legend(handles, labels, loc="outside lower center", ncols=min(4, len(labels)), frameon=False)
    return figure


def _draw_means(ax: Axes, table: pd.DataFrame, names: Sequence[str], column: str) -> None:
    """Mean over the targets of one complexity, with twice its standard error, a line a map."""
    colours = sns.color_palette("colorblind", len(names))
    for name, colour, marker in zip(names, colours, _MARKERS * len(names), strict=False):
        groups = table[table["map"] == name].groupby("complexity")[column]
        mean, error = groups.mean(), groups.sem()
        ax.errorbar(
            mean.index,
            mean,
            2 * np.nan_to_num(error),
            marker=marker,
            markersize=3,
            color=colour,
            linewidth=1,
            elinewidth=0.6,
        )
