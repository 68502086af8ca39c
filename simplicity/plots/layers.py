"""The layers of a panel: functions, intervals, bounds, the floor and the marginal."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
from matplotlib.axes import Axes
from matplotlib.colors import LogNorm
from matplotlib.ticker import MaxNLocator
from matplotlib.transforms import Bbox

from simplicity.plots import style
from simplicity.plots.plane import Cells, Intervals, Plane, Points
from simplicity.theory import Bound


class Group(NamedTuple):
    """How functions of one group are drawn."""

    area: float
    hollow: bool


GROUPS = (Group(12.0, False), Group(5.0, False), Group(12.0, True))  # resolved, few hits, once


def multiplicity_norm(largest: int) -> LogNorm:
    """Colours for 1 to `largest` functions, up to a whole power of ten."""
    return LogNorm(1, 10 ** max(1, int(np.ceil(np.log10(largest)))))


def draw_points(ax: Axes, points: Points, norm: LogNorm) -> None:
    """A marker for each point, coloured by how many functions share it."""
    for number, group in enumerate(GROUPS):
        here = np.flatnonzero(points.group == number)
        if len(here) == 0:
            continue
        here = here[np.argsort(points.functions[here], kind="stable")]  # the crowded ones on top
        marks = ax.scatter(
            points.complexity[here],
            points.prior[here],
            s=group.area,
            c=points.functions[here],
            norm=norm,
            cmap=style.MULTIPLICITY,
            linewidths=0.9 if group.hollow else 0,
            rasterized=True,
            zorder=2.5 - 0.1 * number,
        )
        if group.hollow:
            marks.set(facecolor="none", edgecolor=None)  # None: the edge takes the colour


def draw_cells(ax: Axes, cells: Cells, norm: LogNorm) -> None:
    """Functions in each cell of a grid, in the colours that `draw_points` has."""
    ax.pcolormesh(
        cells.complexity_edges,
        cells.prior_edges,
        np.ma.masked_equal(cells.functions, 0),
        norm=norm,
        cmap=style.MULTIPLICITY,
        rasterized=True,
        zorder=2.0,
    )


def draw_intervals(ax: Axes, top: Intervals) -> None:
    """A thin bar from the lower to the upper end of each interval."""
    ax.vlines(top.complexity, top.low, top.high, colors=style.INTERVAL, linewidths=0.6, zorder=1.8)


def draw_bound(ax: Axes, bound: Bound) -> None:
    """The line over the whole width of the axes, as far down as they reach."""
    left, right = ax.get_xlim()
    below = np.log2(ax.get_ylim()[0]) - 1
    if bound.a > 0:
        right = min(right, (-bound.b - below) / bound.a)
    ends = np.array([left, right])
    is_fitted = bound.kind == "fitted"
    ax.plot(
        ends,
        np.exp2(bound(ends)),
        color=style.FITTED if is_fitted else style.PREDICTED,
        linestyle="-" if is_fitted else "--",
        zorder=3,
        scalex=False,
        scaley=False,
        label=bound.kind,
    )


def draw_floor(ax: Axes, floor: float) -> None:
    """The detection floor, 1 / n_samples."""
    ax.axhline(floor, color=style.FLOOR, linestyle=":", linewidth=1.0, zorder=1.5, label="floor")


class _LowerPart:
    """Locator that leaves the upper part of an axes' place free."""

    def __init__(self, share: float) -> None:
        self.share = share

    def __call__(self, ax: Any, renderer: Any) -> Bbox:
        place = ax.get_position(original=True)
        return Bbox.from_bounds(place.x0, place.y0, place.width, place.height * self.share)


STRIP_SHARE = 0.17  # of the place that an axes has


def draw_marginal(ax: Axes, plane: Plane, share: float = STRIP_SHARE) -> Axes:
    """Total prior at each complexity in a strip on top; the axes shrink, so that both fit in their place.

    The strip is a child of the axes (not a subplot of its own), which works for any axes and any layout.
    """
    ax.set_axes_locator(_LowerPart(1 - share))
    strip = ax.inset_axes((0, 1 + 0.15 * share, 1, share / (1 - share) - 0.15 * share), sharex=ax)
    edges, prior = plane.marginal()
    middles, widths = (edges[:-1] + edges[1:]) / 2, np.diff(edges)
    strip.bar(middles, prior, width=0.85 * widths, color=style.MARGINAL, linewidth=0)
    strip.set_ylim(0, 1.1 * prior.max())
    strip.yaxis.set_major_locator(MaxNLocator(2))
    style.label_axes(strip, "", "P(K)", "")
    strip.yaxis.label.set(rotation=0, ha="right", va="center")
    strip.tick_params(axis="x", labelbottom=False, bottom=False)
    return strip
