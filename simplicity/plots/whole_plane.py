"""Prior against complexity down to where no sample reaches: counted and estimated functions on one plane."""

from __future__ import annotations

from typing import TYPE_CHECKING

import matplotlib.pyplot as plt
import numpy as np
from matplotlib.axes import Axes

from simplicity.complexity import MEASURES
from simplicity.plots import style

if TYPE_CHECKING:
    from simplicity.rare.complete import Plane
    from simplicity.theory import Bound


@style.styled
def whole_plane(
    plane: Plane, ax: Axes | None = None, *, bound: Bound | None = None, legend: bool = True
) -> Axes:
    """Draw log2 P of every function against its complexity.

    Dots are counted, diamonds with 95 % bars are estimated one by one. The dotted line is the detection floor
    of the tally, the dashed one a bound. Functions of prior exactly 0 stand as crosses at the lower edge.

    Parameters
    ----------
    plane : Plane
        Of :func:`simplicity.rare.complete`.
    ax : Axes, optional
    bound : Bound, optional
        Such as :func:`simplicity.theory.predicted_bound` of the tally.
    legend : bool

    Returns
    -------
    Axes
    """
    if ax is None:
        ax = plt.subplots(figsize=(3.6, 3.4), layout="constrained")[1]
    counted = plane.is_counted
    estimated = ~counted & np.isfinite(plane.log2_prior)
    steps = np.diff(np.unique(plane.complexity))
    half = 0.3 * min(1.0, float(steps.min(initial=1.0)))  # functions of one K side by side
    shift = np.random.default_rng(0).uniform(-half, half, len(counted))
    places = plane.complexity + shift
    ax.plot(
        places[counted], plane.log2_prior[counted], ".", ms=1.5, color=style.ONCE, rasterized=True,
        label="counted", zorder=1,
    )  # fmt: skip
    errors = np.abs(np.stack([plane.low, plane.high])[:, estimated] - plane.log2_prior[estimated])
    ax.errorbar(
        places[estimated], plane.log2_prior[estimated], yerr=errors, fmt="D", ms=2.2, lw=0.6,
        color=style.FITTED, label="estimated, 95 %", zorder=3,
    )  # fmt: skip
    lowest = min(-8.0, float(np.min(plane.log2_prior[np.isfinite(plane.log2_prior)], initial=0.0)))
    none = np.isneginf(plane.log2_prior)
    if none.any():
        ax.plot(
            places[none], np.full(none.sum(), 1.06 * lowest), "x", ms=3, color=style.PREDICTED,
            label=f"P = 0 exactly ({none.sum()})",
        )  # fmt: skip
    ax.axhline(-np.log2(plane.n_samples), color=style.FLOOR, lw=0.8, ls=":", label="1 / samples")
    if bound is not None:
        ends = np.array([plane.complexity.min(), plane.complexity.max()])
        ax.plot(
            ends, -bound.a * ends - bound.b, color=style.PREDICTED, ls="--", lw=1.0, label="predicted bound"
        )
    ax.set_ylim(1.12 * lowest, 4)
    if legend:
        ax.legend(frameon=False, loc="lower left", markerscale=1.5)
    known = MEASURES.get(plane.measure)
    label = plane.measure if known is None else known.axis_label(plane.n_inputs)
    style.label_axes(ax, label, "log2 prior", plane.label)
    return ax
