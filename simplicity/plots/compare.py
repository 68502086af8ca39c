"""Several results side by side on shared axes."""

from __future__ import annotations

import textwrap
from collections.abc import Iterable, Sequence

import matplotlib.pyplot as plt
from matplotlib.axes import Axes
from matplotlib.colors import LogNorm
from matplotlib.figure import Figure

from simplicity.plots import key, layers, style
from simplicity.plots.plane import DENSITY_ABOVE, Plane
from simplicity.plots.scatter import draw_functions, draw_lines, set_limits
from simplicity.sampling import Result
from simplicity.theory.bounds import AnyMeasure

_PANEL = 3.0, 2.6  # inches


@style.styled
def compare(
    results: Iterable[Result],
    measure: AnyMeasure = "lz76",
    *,
    columns: int = 3,
    titles: Sequence[str] | None = None,
    density_above: int = DENSITY_ABOVE,
) -> Figure:
    """Draw one panel of prior against complexity a result, all on the same axes and colours.

    Each panel is as of `simplicity.plots.prior_vs_complexity` and states its own samples and bounds; one
    legend explains the marks of all.

    Parameters
    ----------
    results : sequence of Result
        At least one; n_inputs may differ.
    measure : str, Measure or callable
        As for `simplicity.complexity.measure`.
    columns : int
        Panels in a row.
    titles : sequence of str, optional
        One a panel, by default the results' labels.
    density_above : int
        As for `simplicity.plots.prior_vs_complexity`.

    Returns
    -------
    Figure
        3 inches wide a column (close it with ``plt.close``).

    Raises
    ------
    ValueError
        If there are no results, one has no functions, the number of columns is below 1 or that of titles
        another one, or the measure is unknown or breaks its contract.

    Examples
    --------
    >>> import simplicity
    >>> import matplotlib.pyplot as plt
    >>> maps = simplicity.maps.Perceptron(n_inputs=3), simplicity.maps.LookupTable(n_inputs=3)
    >>> figure = simplicity.plots.compare([simplicity.sample(m, 10_000, seed=0) for m in maps])
    >>> [ax.get_title() for ax in figure.axes]
    ['perceptron n=3', 'lookup-table n=3']
    >>> plt.close(figure)
    """
    planes = [Plane.of(result, measure, density_above) for result in _checked(results)]
    if columns < 1:
        raise ValueError(f"columns must be 1 or more, got {columns}")
    names = [plane.result.label for plane in planes] if titles is None else list(titles)
    if len(names) != len(planes):
        raise ValueError(f"titles must be one a result, {len(planes)}, got {len(names)}")
    columns = min(columns, len(planes))
    rows = -(-len(planes) // columns)
    width, height = _PANEL[0] * max(columns, 2), _PANEL[1] * rows + 0.8
    figure = plt.figure(figsize=(width, height), layout="constrained")
    grid = figure.subplots(rows, columns, sharex=True, sharey=True, squeeze=False)
    axes: list[Axes] = list(grid.flat)[: len(planes)]
    for unused in list(grid.flat)[len(planes) :]:
        unused.remove()
    norm = layers.multiplicity_norm(max(plane.most_in_one_place for plane in planes))
    for ax, plane, title in zip(axes, planes, names, strict=True):
        draw_functions(ax, plane, norm, textwrap.fill(title, 34))
    set_limits(axes, planes)
    for number, (ax, plane) in enumerate(zip(axes, planes, strict=True)):
        draw_lines(ax, plane)
        strip = layers.draw_marginal(ax, plane)
        _note(ax, plane)
        ax.tick_params(labelbottom=number + columns >= len(planes))
        if number + columns < len(planes):
            ax.set_xlabel("")
        if number % columns:
            ax.set_ylabel("")
            strip.set_ylabel("")
    _explain(figure, planes, norm)
    return figure


def _checked(results: Iterable[Result]) -> list[Result]:
    if isinstance(results, Result):
        raise ValueError("results must be a list of results: put this one in brackets")
    listed = list(results)
    if not listed:
        raise ValueError("results is empty: compare needs one result or more")
    return listed


def _note(ax: Axes, plane: Plane) -> None:
    """Samples and bounds of one panel, in its emptiest corner."""
    bounds = [bound for bound in (plane.predicted, plane.fitted) if bound is not None]
    lines = key.sample_notes(plane)
    for bound in bounds:
        lines.append(key.bound_text(bound))
        if bound.kind == "predicted":
            lines += key.source_lines(bound, 36)
    corner = key.emptiest_corner(ax, plane)
    vertical, horizontal = corner.split()
    ax.text(
        0.98 if horizontal == "right" else 0.02,
        0.98 if vertical == "upper" else 0.04,
        key.with_powers("\n".join(lines)),
        transform=ax.transAxes,
        ha=horizontal,
        va="top" if vertical == "upper" else "bottom",
        multialignment="left",
        fontsize=6.0,
        linespacing=1.25,
        bbox={"facecolor": "white", "alpha": 0.75, "edgecolor": "none", "pad": 1.5},
        zorder=4,
    )


def _explain(figure: Figure, planes: Sequence[Plane], norm: LogNorm) -> None:
    """One legend for all panels, below them."""
    entries = key.mark_entries(planes, norm)
    if any(len(plane.top.complexity) for plane in planes):
        entries.append(key.interval_entry())
    if any(plane.predicted for plane in planes):
        entries.append(key.line_entry("predicted", "predicted bound"))
    if any(plane.fitted for plane in planes):
        entries.append(key.line_entry("fitted", "bound fitted to the upper envelope"))
    entries.append(key.line_entry("floor", "detection floor 1/N"))
    handles, labels = zip(*entries, strict=True)
    figure.legend(
        handles,
        labels,
        loc="outside lower center",
        ncols=min(3, int(figure.get_figwidth() / 3)),
        frameon=False,
        handler_map=key.HANDLERS,
    )
