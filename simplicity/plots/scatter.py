"""The main plot: the prior of every function seen, against its complexity."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import matplotlib.pyplot as plt
import numpy as np
from matplotlib.axes import Axes
from matplotlib.colors import LogNorm

from simplicity.plots import key, layers, style
from simplicity.plots.plane import DENSITY_ABOVE, Plane
from simplicity.sampling import Result
from simplicity.theory.bounds import AnyMeasure


@style.styled
def prior_vs_complexity(
    result: Result,
    ax: Axes | None = None,
    measure: AnyMeasure = "lz76",
    *,
    density_above: int = DENSITY_ABOVE,
    marginal: bool = True,
    legend: bool = True,
) -> Axes:
    """Draw the estimated prior of every function seen against its complexity.

    K and counts are discrete, so that functions pile up: a point's colour says how many share it. Functions
    hit fewer than ten times are small, those hit by one draw only (at the floor, if without readouts) are
    hollow. The bars are 95 % intervals of the most probable function at each K, if seen more than once, each
    on its own: as the largest of many, it tends to be overestimated where hits are few. The dashed line is
    the `simplicity.theory.predicted_bound`, the solid one the `simplicity.theory.fitted_bound`, the dotted
    one the detection floor 1/N. The strip on top shows the total prior of all functions of a complexity (of
    a range of complexities where there are too many).

    Parameters
    ----------
    result : Result
    ax : Axes, optional
        Where to draw; by default a new figure of 7.2 by 4.2 inches (close it with ``plt.close``). Rows of
        axes need room for a title between them: ``plt.subplots(…, layout="constrained")`` sees to that.
    measure : str, Measure or callable
        As for `simplicity.complexity.measure`.
    density_above : int
        With more functions than this, show those hit fewer than ten times as how many there are in each cell
        of a grid (half an octave of P high); and all of them if the others are more than this, too.
    marginal : bool
        Whether to draw the strip; the axes shrink to make room for it in their own place.
    legend : bool
        Whether to explain marks, bounds and samples: right of a new figure, or in the emptiest corner of
        given axes.

    Returns
    -------
    Axes

    Raises
    ------
    ValueError
        If the result has no functions, or the measure is unknown or breaks its contract.

    Examples
    --------
    >>> import simplicity
    >>> import matplotlib.pyplot as plt
    >>> result = simplicity.sample(simplicity.maps.MLP(n_inputs=3, hidden_widths=(10,)), 10_000, seed=0)
    >>> ax = simplicity.plots.prior_vs_complexity(result)
    >>> ax.get_xlabel(), ax.get_ylabel()
    ('$K_{\\\\mathrm{LZ}}$ (LZ76) [bits]', 'prior P(f) [probability]')
    >>> plt.close(ax.figure)
    """
    plane = Plane.of(result, measure, density_above)
    is_new = ax is None
    if ax is None:
        ax = plt.subplots(figsize=(7.2, 4.2), layout="constrained")[1]
    norm = layers.multiplicity_norm(plane.most_in_one_place)
    draw_functions(ax, plane, norm, result.label)
    set_limits([ax], [plane])
    draw_lines(ax, plane)
    if marginal:
        layers.draw_marginal(ax, plane)
    if legend:
        top = 1 / (1 - layers.STRIP_SHARE) if marginal else 1.0
        _explain(ax, plane, norm, (1.02, top) if is_new else None)
    return ax


def draw_functions(ax: Axes, plane: Plane, norm: LogNorm, title: str) -> None:
    """The data: functions and intervals, on logarithmic axes with labels."""
    ax.set_yscale("log", base=2)
    layers.draw_points(ax, plane.lone_points, norm)
    if plane.cells is not None:
        layers.draw_cells(ax, plane.cells, norm)
    layers.draw_intervals(ax, plane.top)
    x_label = plane.measure.axis_label(plane.result.n_inputs)
    style.label_axes(ax, x_label, "prior P(f) [probability]", title)


def draw_lines(ax: Axes, plane: Plane) -> None:
    """Bounds and floor; the limits must be set already."""
    for bound in (plane.predicted, plane.fitted):
        if bound is not None:
            layers.draw_bound(ax, bound)
    layers.draw_floor(ax, plane.result.floor)


def set_limits(axes: Sequence[Axes], planes: Sequence[Plane]) -> None:
    """The same limits for all: K from 0, where the bounds start, and P from below the floor to above 1."""
    edges = np.concatenate([plane.marginal()[0] for plane in planes])
    left, right = min(0.0, float(edges.min())), max(0.0, float(edges.max()))
    margin = 0.02 * (right - left)
    floor = min(plane.result.floor for plane in planes)
    for ax in axes:
        ax.set_xlim(left - margin, right + margin)
        ax.set_ylim(floor / 3, 1.8)  # a label of 2 would be on the margin above


def _explain(ax: Axes, plane: Plane, norm: LogNorm, anchor: tuple[float, float] | None) -> None:
    """The legend: its upper left corner at the anchor, or inside the axes."""
    entries = key.mark_entries([plane], norm)
    if len(plane.top.complexity):
        entries.append(key.interval_entry())
    if plane.predicted is not None:
        entries += key.bound_entries(plane.predicted)
    if plane.fitted is not None:  # how it was fitted is told where there is room
        entries += key.bound_entries(plane.fitted)[: 1 if anchor is None else 2]
    entries.append(key.line_entry("floor", f"detection floor 1/N = {plane.result.floor:.2g}"))
    handles, labels = zip(*entries, strict=True)
    size = 5.5 if anchor is None else 7.0
    corner: Any = key.emptiest_corner(ax, plane) if anchor is None else "upper left"
    ax.legend(
        handles,
        labels,
        title="\n".join(key.sample_notes(plane)),
        alignment="left",
        loc=corner,
        labelspacing=0.3 if anchor is None else 0.5,
        bbox_to_anchor=anchor,
        fontsize=size,
        title_fontsize=size,
        frameon=anchor is None,
        framealpha=0.9,
        edgecolor="none",
        handler_map=key.HANDLERS,
    )
