"""Priors against width: every number is drawn where it belongs, and what has none is left out."""

import math

import matplotlib.pyplot as plt
import numpy as np

from simplicity import plots
from simplicity.rare.estimate import NO_INTERVAL, Estimate, no_number


def made(value, error, method):
    return Estimate(value, error, NO_INTERVAL, method, "converged")


def test_points_lines_and_limits():
    estimates = {
        "x1": [made(-9.0, 0.1, "count"), made(-9.5, 0.2, "count")],
        "parity": [made(-30.0, 1.0, "splitting"), no_number("splitting", "over budget")],
    }
    limits = {"x1": made(-9.6, 0.05, "nngp"), "parity": made(-38.0, 0.1, "nngp")}
    ax = plots.prior_vs_width([10, 100], estimates, limits, title="networks")
    named = {line.get_label(): line for line in ax.get_lines() if line.get_label() in estimates}
    assert np.array_equal(named["x1"].get_xydata(), [[10, -9.0], [100, -9.5]])
    assert np.array_equal(named["parity"].get_xydata(), [[10, -30.0]])
    dashed = [line.get_ydata()[0] for line in ax.get_lines() if line.get_linestyle() == "--"]
    assert dashed == [-9.6, -38.0]
    assert not any(
        math.isnan(y) for line in ax.get_lines() for y in np.asarray(line.get_ydata(), dtype=float)
    )
    texts = [text.get_text() for text in ax.get_legend().get_texts()]
    assert texts == ["counted", "by splitting", "infinite width"]
    assert ax.get_xlabel() == "hidden width" and "bits" in ax.get_ylabel()
    plt.close(ax.figure)
