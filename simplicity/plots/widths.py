"""Priors of functions against the width of a network, and where infinite width puts them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import matplotlib.pyplot as plt
import seaborn as sns
from matplotlib.axes import Axes
from matplotlib.lines import Line2D

from simplicity.plots.style import PREDICTED, label_axes, styled
from simplicity.rare import Estimate


@styled
def prior_vs_width(
    widths: Sequence[int],
    estimates: Mapping[str, Sequence[Estimate]],
    limits: Mapping[str, Estimate],
    ax: Axes | None = None,
    title: str = "",
) -> Axes:
    """log2 P of each function at each width with one standard error, its limit a dashed line.

    Filled marks are counted, hollow ones estimated one by one; the legend names the methods.

    Parameters
    ----------
    widths : sequence of int
    estimates : mapping of str to sequence of Estimate
        By name of the function, one a width; those without a number are left out.
    limits : mapping of str to Estimate
        At infinite width, by the same names; the band is two standard errors wide on either side.
    ax : Axes, optional
        Default: new ones, 5 by 3.6 inches.
    title : str

    Returns
    -------
    Axes
    """
    if ax is None:
        ax = plt.figure(figsize=(5, 3.6), layout="constrained").add_subplot()
    for colour, (name, of_width) in zip(sns.color_palette("colorblind"), estimates.items(), strict=False):
        known = [(w, e) for w, e in zip(widths, of_width, strict=True) if e.log2_prior == e.log2_prior]
        for hollow in (False, True):
            shown = [(w, e) for w, e in known if (e.method != "count") == hollow]
            ax.errorbar(
                [w for w, _ in shown],
                [e.log2_prior for _, e in shown],
                [e.standard_error for _, e in shown],
                fmt="o",
                color=colour,
                markersize=4,
                markerfacecolor="white" if hollow else colour,
                elinewidth=1,
                capsize=2,
                zorder=3,
            )
        ax.plot([w for w, _ in known], [e.log2_prior for _, e in known], color=colour, alpha=0.5, label=name)
        limit, error = limits[name].log2_prior, 2 * limits[name].standard_error
        ax.axhline(limit, color=colour, linestyle="--", linewidth=0.9)
        ax.axhspan(limit - error, limit + error, color=colour, alpha=0.15, linewidth=0)
    ax.set_xscale("log")
    ax.set_xticks(list(widths), [str(w) for w in widths])
    label_axes(ax, "hidden width", r"$\log_2 P(f)$ (bits)", title)
    functions = ax.legend(
        loc="upper left", bbox_to_anchor=(1.0, 1.0), frameon=False, title="function", alignment="left"
    )
    ax.add_artist(functions)
    rare = dict.fromkeys(e.method for ofs in estimates.values() for e in ofs if e.method != "count")
    texts = [{"conditional": "conditional orthants"}.get(method, method) for method in rare]
    marks: Any = {"linestyle": "", "marker": "o", "color": PREDICTED, "markersize": 4}
    meanings = [
        Line2D([], [], **marks, label="counted"),
        *([Line2D([], [], **marks, mfc="white", label="by " + " or\n".join(texts))] if rare else []),
        Line2D([], [], color=PREDICTED, linestyle="--", linewidth=0.9, label="infinite width"),
    ]
    ax.legend(
        handles=meanings, loc="lower left", bbox_to_anchor=(1.0, 0.0), frameon=False,
        title="bars: one standard error", alignment="left",
    )  # fmt: skip
    return ax
