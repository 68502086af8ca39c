"""Plots: data and axes in, axes out. The only place that imports seaborn and Matplotlib."""

from simplicity.plots.compare import compare
from simplicity.plots.rank import rank
from simplicity.plots.saving import save
from simplicity.plots.scatter import prior_vs_complexity

__all__ = ["compare", "prior_vs_complexity", "rank", "save"]
