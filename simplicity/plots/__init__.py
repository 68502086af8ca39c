"""Plots: data and axes in, axes out. The only place that imports seaborn and Matplotlib."""

from simplicity.plots.compare import compare, compare_ranks
from simplicity.plots.rank import rank
from simplicity.plots.saving import save
from simplicity.plots.scatter import prior_vs_complexity
from simplicity.plots.widths import prior_vs_width

__all__ = ["compare", "compare_ranks", "prior_vs_complexity", "prior_vs_width", "rank", "save"]
