"""Plots: data and axes in, axes out. The only place that imports seaborn and Matplotlib."""

from simplicity.plots.blind_spots import blind_spots
from simplicity.plots.compare import compare, compare_ranks
from simplicity.plots.complexity_prior import prior_by_complexity
from simplicity.plots.learning import compare_learning, learning_curves
from simplicity.plots.mass import mass_below
from simplicity.plots.measures import compare_measures
from simplicity.plots.prior_scatter import prior_scatter
from simplicity.plots.rank import rank
from simplicity.plots.saving import save
from simplicity.plots.scatter import prior_vs_complexity
from simplicity.plots.verification import nngp_verification, splitting_verification
from simplicity.plots.whole_plane import whole_plane
from simplicity.plots.widths import prior_vs_width

__all__ = [
    "blind_spots",
    "compare",
    "compare_learning",
    "compare_measures",
    "compare_ranks",
    "learning_curves",
    "mass_below",
    "nngp_verification",
    "prior_by_complexity",
    "prior_scatter",
    "prior_vs_complexity",
    "prior_vs_width",
    "rank",
    "save",
    "splitting_verification",
    "whole_plane",
]
