"""The prior of the r-th most probable function, against r."""

from __future__ import annotations

import matplotlib.pyplot as plt
import numpy as np
import numpy.typing as npt
from matplotlib.axes import Axes

from simplicity.plots import key, style
from simplicity.plots.layers import draw_floor
from simplicity.plots.plane import check_not_empty
from simplicity.sampling import Result
from simplicity.theory import zipf_rank


@style.styled
def rank(result: Result, ax: Axes | None = None, *, legend: bool = True) -> Axes:
    """Draw the estimated prior of each function against its rank, both logarithmic.

    The curve is a staircase of as many steps as there are different counts and is drawn as just that, from
    the first to the last rank of each, whatever the number of functions. Its last step, functions seen once,
    is shown apart: how long it is says how much is unseen, not how the prior goes on. The dashed line is
    Zipf's law, `simplicity.theory.zipf_rank`.

    Parameters
    ----------
    result : Result
    ax : Axes, optional
        Where to draw; by default a new figure of 4.5 by 3.4 inches (close it with ``plt.close``).
    legend : bool
        Whether to explain the lines.

    Returns
    -------
    Axes

    Raises
    ------
    ValueError
        If the result has no functions.

    Examples
    --------
    >>> import simplicity
    >>> import matplotlib.pyplot as plt
    >>> result = simplicity.sample(simplicity.maps.MLP(n_inputs=3, hidden_widths=(10,)), 10_000, seed=0)
    >>> ax = simplicity.plots.rank(result)
    >>> ax.get_xlabel()
    'rank r of the function'
    >>> plt.close(ax.figure)
    """
    check_not_empty(result)
    is_new = ax is None
    if ax is None:
        ax = plt.subplots(figsize=(4.5, 3.4), layout="constrained")[1]
    ax.set_xscale("log")
    ax.set_yscale("log", base=2)
    ranks, prior = staircase(result.counts, result.n_samples)
    is_once = prior * result.n_samples < 1.5
    ax.plot(ranks[~is_once], prior[~is_once], ".-", markersize=3, color=style.DATA, label="data", zorder=3)
    if is_once.any():
        ax.plot(ranks[is_once], prior[is_once], color=style.ONCE, linewidth=3.0, label="seen once", zorder=3)
    log2_reachable = float(result.recipe["log2_reachable"])
    if log2_reachable > 0:
        ends = np.array([1.0, 1.5 * len(result)])
        zipf = zipf_rank(ends, log2_reachable)
        ax.plot(ends, zipf, color=style.PREDICTED, linestyle="--", label="Zipf", zorder=2)
    draw_floor(ax, result.floor)
    ax.set_xlim(0.8, max(1.5 * len(result), 10))
    ax.set_ylim(result.floor / 3, 2.0)
    style.label_axes(ax, "rank r of the function", "prior P(r) [probability]", result.label)
    if legend:
        _explain(ax, result, log2_reachable, size=7.0 if is_new else 6.0)
    return ax


def staircase(
    counts: npt.NDArray[np.int64], n_samples: int
) -> tuple[npt.NDArray[np.float64], npt.NDArray[np.float64]]:
    """First and last rank of each different count, and the prior there; counts come in descending order."""
    first = np.flatnonzero(np.diff(counts, prepend=-1))
    last = np.append(first[1:], len(counts)) - 1
    ends = np.stack([first, last], axis=1).ravel()
    return ends + 1.0, counts[ends] / n_samples


def _explain(ax: Axes, result: Result, log2_reachable: float, size: float) -> None:
    entries = [(ax.lines[0], f"{result.extent}, N = {result.n_samples:,} samples")]
    for line in ax.lines[1:]:
        if line.get_label() == "seen once":
            once = int(np.count_nonzero(result.counts == 1))
            entries.append((line, f"{once:,} seen once; unseen mass {result.unseen_mass:.2g}"))
        elif line.get_label() == "Zipf":
            relation = "=" if result.recipe["reachable_is_exact"] else "≤"
            source = result.recipe["reachable_source"]
            text = f"Zipf 1/(r ln N_O)\nN_O {relation} 2^{log2_reachable:.4g} ({source})"
            entries.append((line, key.with_powers(text)))
        elif line.get_label() == "floor":
            entries.append((line, f"detection floor 1/N = {result.floor:.2g}"))
    handles, labels = zip(*entries, strict=True)
    ax.legend(
        handles, labels, loc="upper right", fontsize=size, frameon=True, framealpha=0.9, edgecolor="none"
    )
