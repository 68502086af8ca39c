"""Legends and notes: what the marks of a panel mean and where its lines came from."""

from __future__ import annotations

import re
import textwrap
from collections.abc import Iterable
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.colors import LogNorm
from matplotlib.legend_handler import HandlerTuple
from matplotlib.lines import Line2D

from simplicity.plots import style
from simplicity.plots.layers import GROUPS
from simplicity.plots.plane import Plane
from simplicity.theory import Bound

HANDLERS: dict[Any, Any] = {tuple: HandlerTuple(ndivide=None, pad=0.2)}
_CORNERS = ("upper right", "lower left", "upper left", "lower right")
Entry = tuple[Any, str]


def mark_entries(groups: Iterable[int], norm: LogNorm, *, is_density: bool) -> list[Entry]:
    """What the marks of functions mean: a group each (none in a density), and the colours."""
    shades = [10**power for power in range(int(np.log10(norm.vmax or 1)) + 1)]
    marker = "s" if is_density else "o"
    colours = tuple(
        Line2D([], [], linestyle="", marker=marker, markersize=5, color=style.MULTIPLICITY(norm(shade)))
        for shade in shades
    )
    counted = f"1, 10, … {shades[-1]:,}" if len(shades) > 3 else ", ".join(map(str, shades))
    what = "functions in a cell" if is_density else "functions at one point"
    colour = style.MULTIPLICITY(norm(min(10, shades[-1])))
    entries: list[Entry] = []
    for number in sorted(set(groups)) if not is_density else ():
        group = GROUPS[number]
        mark = Line2D([], [], linestyle="", marker="o", markersize=np.sqrt(group.area), color=colour)
        if group.hollow:
            mark.set_markerfacecolor("none")
        else:
            mark.set_markeredgewidth(0)
        entries.append((mark, group.label))
    return [*entries, (colours, f"{counted} {what}")]


def interval_entry() -> Entry:
    """The bars of `draw_intervals`."""
    mark = Line2D([], [], linestyle="", marker="|", markersize=8, color=style.INTERVAL, markeredgewidth=0.8)
    return mark, "95 % interval, top function at each K"


def line_entry(kind: str, label: str) -> Entry:
    """A line of one kind: predicted, fitted or floor."""
    colour, dashes = {
        "predicted": (style.PREDICTED, "--"),
        "fitted": (style.FITTED, "-"),
        "floor": (style.FLOOR, ":"),
    }[kind]
    return Line2D([], [], color=colour, linestyle=dashes), label


def bound_text(bound: Bound, width: int) -> str:
    """A bound's two numbers, and in further lines where they came from."""
    source = textwrap.fill(bound.source, width)
    return f"{bound.kind} bound: a = {bound.a:.3g}, b = {bound.b:.3g}\n{with_powers(source)}"


def with_powers(text: str) -> str:
    """Text with 2^x as a power in mathtext and N_O with its index."""
    return re.sub(r"2\^([0-9.e+]*[0-9])", r"$2^{\1}$", text).replace("N_O", "$N_O$")


def sample_notes(plane: Plane) -> list[str]:
    """How much was sampled, how much of it was seen, and what was not."""
    result = plane.result
    once = int(np.sum(plane.points.functions[plane.points.group == 2]))
    notes = [f"N = {result.n_samples:,} samples"]
    if result.readouts > 1:
        notes.append(f"R = {result.readouts} readouts a draw, {result.n_draws:,} draws")
    notes.append(f"{len(result):,} functions, {once:,} seen once")
    notes.append(f"unseen mass {result.unseen_mass:.2g}")
    if result.n_undefined:
        notes.append(f"{result.n_undefined:,} samples undefined")
    return notes


def emptiest_corner(ax: Axes, plane: Plane, width: float = 0.55, height: float = 0.5) -> str:
    """The corner with the fewest points in it, in a legend's words; the limits must be set already."""
    to_share = ax.transData + ax.transAxes.inverted()
    x, y = to_share.transform(np.stack([plane.points.complexity, plane.points.prior], axis=1)).T

    def crowd(corner: str) -> int:
        in_rows = y > 1 - height if "upper" in corner else y < height
        in_columns = x > 1 - width if "right" in corner else x < width
        return int(np.count_nonzero(in_rows & in_columns))

    return min(_CORNERS, key=crowd)
