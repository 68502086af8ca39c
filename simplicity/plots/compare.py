"""Several results side by side on shared axes."""

from __future__ import annotations

import textwrap
from collections.abc import Iterable, Sequence

import matplotlib.pyplot as plt
from matplotlib.axes import Axes
from matplotlib.colors import LogNorm
from matplotlib.figure import Figure

from simplicity.plots import key, layers, style
from simplicity.plots.plane import DENSITY_ABOVE, Plane, check_not_empty
from simplicity.plots.rank import rank
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
    listed, names = _checked(results, titles, columns)
    planes = [Plane.of(result, measure, density_above) for result in listed]
    figure, axes = _panels(len(planes), columns)
    norm = layers.multiplicity_norm(max(plane.most_in_one_place for plane in planes))
    for ax, plane, title in zip(axes, planes, names, strict=True):
        draw_functions(ax, plane, norm, textwrap.fill(title, 34))
    set_limits(axes, planes)
    for number, (ax, plane) in enumerate(zip(axes, planes, strict=True)):
        draw_lines(ax, plane)
        strip = layers.draw_marginal(ax, plane)
        if number % columns:
            strip.set_ylabel("")
        _note(ax, plane)
    _label_outer(axes, columns)
    _explain(figure, planes, norm)
    return figure


@style.styled
def compare_ranks(
    results: Iterable[Result], *, columns: int = 3, titles: Sequence[str] | None = None
) -> Figure:
    """Draw one panel of prior against rank a result, all on the same axes.

    Parameters
    ----------
    results : sequence of Result
        At least one; n_inputs may differ.
    columns : int
        Panels in a row.
    titles : sequence of str, optional
        One a panel, by default the results' labels.

    Returns
    -------
    Figure
        Panels as of `simplicity.plots.rank`, 3 inches wide a column (close it with ``plt.close``).

    Raises
    ------
    ValueError
        If there are no results, one has no functions, or the number of columns is below 1 or that of titles
        another one.

    Examples
    --------
    >>> import simplicity
    >>> import matplotlib.pyplot as plt
    >>> result = simplicity.sample(simplicity.maps.Perceptron(n_inputs=3), 10_000, seed=0)
    >>> figure = simplicity.plots.compare_ranks([result], titles=["linear"])
    >>> [ax.get_title() for ax in figure.axes]
    ['linear']
    >>> plt.close(figure)
    """
    listed, names = _checked(results, titles, columns)
    figure, axes = _panels(len(listed), columns)
    for ax, result, name in zip(axes, listed, names, strict=True):
        rank(result, ax)
        style.label_axes(ax, ax.get_xlabel(), ax.get_ylabel(), textwrap.fill(name, 34))
    axes[0].set_xlim(0.8, max(10.0, 1.5 * max(len(result) for result in listed)))
    axes[0].set_ylim(min(result.floor for result in listed) / 3, 2.0)
    _label_outer(axes, columns)
    return figure


def _panels(number: int, columns: int) -> tuple[Figure, list[Axes]]:
    """A figure with so many panels on shared axes."""
    columns = min(columns, number)
    rows = -(-number // columns)
    size = _PANEL[0] * max(columns, 2), _PANEL[1] * rows + 0.8
    figure = plt.figure(figsize=size, layout="constrained")
    grid = figure.subplots(rows, columns, sharex=True, sharey=True, squeeze=False)
    axes: list[Axes] = list(grid.flat)
    for unused in axes[number:]:
        unused.remove()
    return figure, axes[:number]


def _label_outer(axes: Sequence[Axes], columns: int) -> None:
    """Leave labels at the left of each row and at the foot of each column, which may be above others'."""
    for number, ax in enumerate(axes):
        is_foot = number + columns >= len(axes)
        ax.tick_params(labelbottom=is_foot)
        if not is_foot:
            ax.set_xlabel("")
        if number % columns:
            ax.set_ylabel("")


def _checked(
    results: Iterable[Result], titles: Sequence[str] | None, columns: int
) -> tuple[list[Result], list[str]]:
    if isinstance(results, Result):
        raise ValueError("results must be a list of results: put this one in brackets")
    listed = list(results)
    if not listed:
        raise ValueError("results is empty: one result or more is needed")
    if columns < 1:
        raise ValueError(f"columns must be 1 or more, got {columns}")
    for result in listed:
        check_not_empty(result)
    names = [result.label for result in listed] if titles is None else list(titles)
    if len(names) != len(listed):
        raise ValueError(f"titles must be one a result, {len(listed)}, got {len(names)}")
    return listed, names


def _note(ax: Axes, plane: Plane) -> None:
    """Samples and bounds of one panel, in its emptiest corner."""
    bounds = [bound for bound in (plane.predicted, plane.fitted) if bound is not None]
    lines = key.sample_notes(plane)
    for bound in bounds:
        lines.append(key.bound_text(bound))
        if bound.kind == "predicted":
            lines += key.source_lines(bound, 38)
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
        bbox={"facecolor": "white", "alpha": 0.85, "edgecolor": "none", "pad": 1.5},
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
        entries.append(key.line_entry("fitted", "bound fitted to the upper envelope (10 or more hits)"))
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
