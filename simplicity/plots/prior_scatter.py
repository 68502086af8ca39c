"""The prior of one map against that of another, function by function."""

from __future__ import annotations

import matplotlib.pyplot as plt
import numpy as np
import numpy.typing as npt
from matplotlib.axes import Axes

from simplicity.plots import style
from simplicity.sampling import Result
from simplicity.theory.comparison import paired
from simplicity.theory.tabulated import AnyPrior

_WITH_INTERVALS = 300  # functions that get error bars: those most probable in either
_BELOW = 0.5  # where a function not seen is drawn, in floors


@style.styled
def prior_scatter(first: AnyPrior, second: AnyPrior, ax: Axes | None = None) -> Axes:
    """Draw a point for every function that either prior lists: its prior in one against that in the other.

    Functions that only one of them lists are triangles at the other's edge: there they are below the
    detection floor 1/N (dotted), not at 0. The diagonal is where the priors agree. The most probable
    functions have 95 % intervals.

    Parameters
    ----------
    first, second : Result or ExactPrior
        Of the same number of inputs; the first goes along the horizontal axis.
    ax : Axes, optional
        Where to draw; a new figure otherwise.

    Returns
    -------
    Axes

    Raises
    ------
    ValueError
        If a prior is truncated or empty, or the numbers of inputs differ.

    Examples
    --------
    >>> import simplicity
    >>> import matplotlib.pyplot as plt
    >>> a, b = simplicity.maps.Perceptron(n_inputs=3), simplicity.maps.LookupTable(n_inputs=3)
    >>> ax = prior_scatter(*(simplicity.sample(m, 10_000, seed=0) for m in (a, b)))
    >>> ax.get_xlabel()
    'P(f), perceptron n=3'
    >>> plt.close(ax.figure)
    """
    pair = paired(first, second)
    if ax is None:
        ax = plt.figure(figsize=(3.6, 3.4), layout="constrained").subplots()
    floors = _floor(first), _floor(second)
    both = (pair.p > 0) & (pair.q > 0)
    dense = len(pair.p) > 2000
    ax.plot(
        pair.p[both],
        pair.q[both],
        "o",
        color=style.DATA,
        markersize=2 if dense else 3,
        alpha=0.3 if dense else 0.8,
        markeredgewidth=0,
        rasterized=dense,
        label="in both",
        zorder=2,
    )
    only_first, only_second = (pair.p > 0) & ~both, (pair.q > 0) & ~both
    marks = {"color": style.ONCE, "markersize": 3, "alpha": 0.6, "markeredgewidth": 0, "rasterized": dense}
    edge = _BELOW * floors[0], _BELOW * floors[1]
    if only_first.any():
        below = np.full(int(only_first.sum()), edge[1])
        ax.plot(pair.p[only_first], below, "v", label="in one only, below the other's floor", **marks)
    if only_second.any():
        below = np.full(int(only_second.sum()), edge[0])
        label = None if only_first.any() else "in one only, below the other's floor"
        ax.plot(below, pair.q[only_second], "<", label=label, **marks)
    _draw_intervals(ax, first, second, pair.rows_p, pair.rows_q)
    low, high = min(edge) / 2, 1.5
    ax.plot(
        [low, high], [low, high], "-", color=style.PREDICTED, linewidth=0.8, label="equal priors", zorder=1
    )
    for prior, floor, line in ((first, floors[0], ax.axvline), (second, floors[1], ax.axhline)):
        if isinstance(prior, Result):
            line(floor, color=style.FLOOR, linestyle=":", linewidth=0.8, zorder=1)
    ax.set(xscale="log", yscale="log", xlim=(low, high), ylim=(low, high))
    style.label_axes(ax, f"P(f), {first.label}", f"P(f), {second.label}", f"{len(pair.p):,} functions")
    ax.legend(loc="upper left", frameon=False, fontsize=6)
    return ax


def _floor(prior: AnyPrior) -> float:
    """The smallest prior that can be told from 0."""
    return prior.floor if isinstance(prior, Result) else float(prior.prior.min())


def _draw_intervals(
    ax: Axes,
    first: AnyPrior,
    second: AnyPrior,
    rows_first: npt.NDArray[np.int64],
    rows_second: npt.NDArray[np.int64],
) -> None:
    """95 % intervals of the functions that are in both and most probable in either."""
    row_in_second = {place: row for row, place in enumerate(rows_second.tolist())}
    common = [
        (row, row_in_second[place]) for row, place in enumerate(rows_first.tolist()) if place in row_in_second
    ]
    top = sorted(common, key=min)[:_WITH_INTERVALS]
    if not top:
        return
    rows = np.array(top)
    centres = first.prior[rows[:, 0]], second.prior[rows[:, 1]]
    errors = []
    for prior, centre, chosen in zip((first, second), centres, rows.T, strict=True):
        if isinstance(prior, Result):
            interval = prior.interval(rows=chosen)
            errors.append(np.maximum([centre - interval.low, interval.high - centre], 0))
        else:
            errors.append(None)
    ax.errorbar(
        *centres,
        xerr=errors[0],
        yerr=errors[1],
        fmt="none",
        ecolor=style.INTERVAL,
        elinewidth=0.5,
        zorder=1.5,
    )
