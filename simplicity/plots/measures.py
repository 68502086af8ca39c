"""One result under several complexity measures."""

from __future__ import annotations

from collections.abc import Iterable

import matplotlib.pyplot as plt
import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from simplicity.plots import key, layers, style
from simplicity.plots.plane import DENSITY_ABOVE, RESOLVED_HITS, Plane
from simplicity.plots.scatter import draw_functions
from simplicity.sampling import Result
from simplicity.theory import rank_correlation
from simplicity.theory.bounds import AnyMeasure

_PANEL = 2.9, 2.4  # inches


@style.styled
def compare_measures(
    result: Result,
    measures: Iterable[AnyMeasure],
    *,
    columns: int = 3,
    density_above: int = DENSITY_ABOVE,
) -> Figure:
    """Draw the prior of a result's functions against each of several measures, a panel a measure.

    Marks are those of `simplicity.plots.prior_vs_complexity`. The title of a panel is Spearman's rank
    correlation of log2 P and the measure over all functions of 10 or more hits, with its 95 % interval
    (`simplicity.theory.rank_correlation`). An axis says so where the values are upper bounds.

    Parameters
    ----------
    result : Result
    measures : sequence of str, Measure or callable
        As for `simplicity.complexity.measure`.
    columns : int
        Panels in a row.
    density_above : int
        As for `simplicity.plots.prior_vs_complexity`.

    Returns
    -------
    Figure
        2.9 inches wide a column (close it with ``plt.close``).

    Raises
    ------
    ValueError
        If there are no measures, the number of columns is below 1, the result has no functions or too few of
        10 hits for a correlation, or a measure is unknown or breaks its contract.

    Examples
    --------
    >>> import simplicity
    >>> import matplotlib.pyplot as plt
    >>> result = simplicity.sample(simplicity.maps.MLP(n_inputs=3, hidden_widths=(10,)), 10_000, seed=0)
    >>> figure = simplicity.plots.compare_measures(result, ["lz76", "entropy"])
    >>> [ax.get_xlabel() for ax in figure.axes]
    ['$K_{\\\\mathrm{LZ}}$ (LZ76) [bits]', '$H(T/2^n)$ (entropy) [bits per position]']
    >>> plt.close(figure)
    """
    if columns < 1:
        raise ValueError(f"columns must be 1 or more, got {columns}")
    planes = [Plane.of(result, measure, density_above) for measure in measures]
    if not planes:
        raise ValueError("measures is empty: one measure or more is needed")
    columns = min(columns, len(planes))
    rows = -(-len(planes) // columns)
    figure = plt.figure(figsize=(_PANEL[0] * max(columns, 2), _PANEL[1] * rows + 0.8), layout="constrained")
    grid = figure.subplots(rows, columns, sharey=True, squeeze=False)
    axes: list[Axes] = list(grid.flat)
    for unused in axes[len(planes) :]:
        unused.remove()
    norm = layers.multiplicity_norm(max(plane.most_in_one_place for plane in planes))
    for number, (ax, plane) in enumerate(zip(axes, planes, strict=False)):
        found = rank_correlation(result, plane.measure, RESOLVED_HITS, complexities=plane.complexity)
        title = f"Spearman ρ = {found.value:.2f} ({found.low:.2f} … {found.high:.2f})"
        draw_functions(ax, plane, norm, title)
        edges = plane.marginal()[0]
        margin = 0.02 * np.ptp(edges)
        ax.set_xlim(edges[0] - margin, edges[-1] + margin)
        ax.set_ylim(result.floor / 3, 2.0)
        layers.draw_floor(ax, result.floor)
        if number % columns:
            ax.set_ylabel("")
    entries = key.mark_entries(planes, norm)
    entries.append(key.interval_entry())
    entries.append(key.line_entry("floor", "detection floor 1/N"))
    handles, labels = zip(*entries, strict=True)
    figure.legend(
        handles,
        labels,
        title="; ".join([result.label, *key.sample_notes(planes[0])]),
        loc="outside lower center",
        ncols=min(3, int(figure.get_figwidth() / 2.9)),
        frameon=False,
        handler_map=key.HANDLERS,
    )
    return figure
