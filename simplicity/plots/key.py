"""Legends and notes: what the marks of a panel mean and where its lines came from."""

from __future__ import annotations

import re
import textwrap
from collections.abc import Sequence
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.colors import LogNorm
from matplotlib.legend_handler import HandlerTuple
from matplotlib.lines import Line2D

from simplicity.plots import style
from simplicity.plots.layers import GROUPS
from simplicity.plots.plane import ONCE, RESOLVED_HITS, Plane
from simplicity.theory import Bound

HANDLERS: dict[Any, Any] = {tuple: HandlerTuple(ndivide=None, pad=0.2)}
_CORNERS = ("upper right", "lower left", "upper left", "lower right")
Entry = tuple[Any, str]


def mark_entries(planes: Sequence[Plane], norm: LogNorm) -> list[Entry]:
    """What the marks of functions in these planes mean: the groups, cells, and the colours."""
    if all(plane.result.readouts == 1 for plane in planes):
        labels = f"{RESOLVED_HITS} or more hits", f"2 to {RESOLVED_HITS - 1} hits", "seen once"
    else:
        labels = f"{RESOLVED_HITS} or more independent hits", "fewer", "seen in one draw"
    groups = sorted({group for plane in planes for group in plane.lone_points.group.tolist()})
    colour = style.MULTIPLICITY(0.4)
    entries: list[Entry] = []
    if groups:
        marks = tuple(_mark("o", GROUPS[group].area, colour, hollow=GROUPS[group].hollow) for group in groups)
        entries.append((marks, ", ".join(labels[group] for group in groups)))
    if any(plane.cells is not None for plane in planes):
        # More than 1 where rarer functions are not listed.
        fewest = min(int(plane.result.counts.min()) for plane in planes)
        hits = "one hit" if fewest == 1 else f"{fewest} hits"
        entries.append((_mark("s", 25.0, colour), f"cell of many functions (lowest row: {hits})"))
    entries.append(_colour_entry(norm))
    return entries


def _mark(marker: str, area: float, colour: Any, *, hollow: bool = False) -> Line2D:
    return Line2D(
        [],
        [],
        linestyle="",
        marker=marker,
        markersize=np.sqrt(area),
        color=colour,
        markerfacecolor="none" if hollow else colour,
        markeredgewidth=0.9 if hollow else 0,
    )


def _colour_entry(norm: LogNorm) -> Entry:
    decades = round(np.log10(norm.vmax or 10))
    shades = [10**power for power in sorted({0, (decades + 1) // 2, decades})]
    marks = tuple(_mark("o", 25.0, style.MULTIPLICITY(norm(shade))) for shade in shades)
    return marks, ", ".join(f"{shade:,}" for shade in shades) + " functions in one place"


def interval_entry() -> Entry:
    """The bars of `draw_intervals`."""
    mark = Line2D([], [], linestyle="", marker="|", markersize=8, color=style.INTERVAL, markeredgewidth=0.8)
    return mark, "95 % interval, top function at each K"


def line_entry(kind: str, label: str) -> Entry:
    """A line of one kind: predicted, fitted or floor."""
    looks: dict[str, tuple[Any, Any]] = {
        "predicted": (style.PREDICTED, "--"),
        "fitted": (style.FITTED, "-"),
        "floor": (style.FLOOR, ":"),
    }
    colour, dashes = looks[kind]
    return Line2D([], [], color=colour, linestyle=dashes), label


def bound_entries(bound: Bound, width: int = 44) -> list[Entry]:
    """A bound's line and numbers, and below them where they came from."""
    source = with_powers("\n".join(source_lines(bound, width)))
    return [line_entry(bound.kind, bound_text(bound)), (Line2D([], [], linestyle=""), source)]


def bound_text(bound: Bound) -> str:
    """A bound's kind and its two numbers."""
    return f"{bound.kind} bound: a = {bound.a:.3g}, b = {bound.b:.3g}".replace("-", "−")


def source_lines(bound: Bound, width: int) -> list[str]:
    """Where a bound's numbers came from, a line or more each."""
    return [line for part in bound.source.split("; ") for line in textwrap.wrap(part, width)]


def with_powers(text: str) -> str:
    """Text with 2^x as a power in mathtext and N_O with its index."""
    return re.sub(r"2\^([0-9.e+]*[0-9])", r"$2^{\1}$", text).replace("N_O", "$N_O$")


def sample_notes(plane: Plane) -> list[str]:
    """How much was sampled, how much of it was seen, and what was not."""
    result = plane.result
    once = int(np.sum(plane.points.functions[plane.points.group == ONCE]))
    notes = [f"N = {result.n_samples:,} samples, {result.extent}"]
    if result.readouts > 1:
        notes.append(f"R = {result.readouts} readouts a draw, {result.n_draws:,} draws")
    seen = "seen once" if result.readouts == 1 else "seen in one draw"
    of_once = "" if result.is_truncated else f"{once:,} {seen}, "
    notes.append(f"{of_once}unseen mass {result.unseen_mass:.2g}")
    if result.n_undefined:
        notes.append(f"{result.n_undefined:,} samples undefined")
    return notes


def emptiest_corner(ax: Axes, plane: Plane, width: float = 0.55, height: float = 0.5) -> str:
    """The corner with the least in it, in a legend's words; limits and bounds must be there already."""
    to_share = ax.transData + ax.transAxes.inverted()
    drawn = [np.stack([plane.points.complexity, plane.points.prior], axis=1)]
    for bound in (plane.predicted, plane.fitted):
        if bound is not None:
            along = np.linspace(*ax.get_xlim(), 50)
            drawn.append(np.stack([along, np.exp2(np.maximum(bound(along), -1000))], axis=1))
    x, y = to_share.transform(np.concatenate(drawn)).T

    def crowd(corner: str) -> int:
        in_rows = (y > 1 - height) & (y < 1) if "upper" in corner else (y < height) & (y > 0)
        in_columns = x > 1 - width if "right" in corner else x < width
        return int(np.count_nonzero(in_rows & in_columns))

    return min(_CORNERS, key=crowd)
