"""The look of all figures: colours that the colour-blind can tell apart, and settings for paper size."""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any, ParamSpec, TypeVar

import matplotlib as mpl
import seaborn as sns
from matplotlib.axes import Axes
from matplotlib.colors import Colormap

_PALETTE = sns.color_palette("colorblind")
PREDICTED = "0.15"
FITTED = _PALETTE[3]
FLOOR = "0.45"
INTERVAL = "0.55"
MARGINAL = _PALETTE[0]
DATA = _PALETTE[0]
ONCE = _PALETTE[9]
MULTIPLICITY: Colormap = sns.color_palette("crest", as_cmap=True)  # lightness runs one way: prints in grey

SETTINGS: Any = {  # of Matplotlib's rcParams
    **sns.axes_style("ticks"),
    "font.family": ["DejaVu Sans"],  # comes with Matplotlib: the same figure on every machine
    "font.size": 8.0,
    "axes.titlesize": 9.0,
    "axes.labelsize": 8.0,
    "xtick.labelsize": 7.0,
    "ytick.labelsize": 7.0,
    "legend.fontsize": 7.0,
    "legend.title_fontsize": 7.0,
    "axes.linewidth": 0.7,
    "xtick.major.width": 0.7,
    "ytick.major.width": 0.7,
    "xtick.major.size": 3.0,
    "ytick.major.size": 3.0,
    "xtick.minor.size": 0.0,
    "ytick.minor.size": 0.0,
    "lines.linewidth": 1.2,
    "figure.dpi": 120.0,
    "savefig.dpi": 300.0,
    "pdf.fonttype": 42,  # text in a PDF stays text
    "svg.fonttype": "none",
    "svg.hashsalt": "simplicity",  # equal figures give equal files
}

_Arguments = ParamSpec("_Arguments")
_Value = TypeVar("_Value")


def styled(function: Callable[_Arguments, _Value]) -> Callable[_Arguments, _Value]:
    """Let a function draw under `SETTINGS`; the caller's own settings are as before when it returns."""

    @functools.wraps(function)
    def within(*args: _Arguments.args, **kwargs: _Arguments.kwargs) -> _Value:
        with mpl.rc_context(SETTINGS):
            return function(*args, **kwargs)

    return within


def label_axes(ax: Axes, x: str, y: str, title: str) -> None:
    """Labels, title and ticks in the package's sizes, whatever those of the axes were made with."""
    ax.set_xlabel(x, fontsize=SETTINGS["axes.labelsize"])
    ax.set_ylabel(y, fontsize=SETTINGS["axes.labelsize"])
    ax.set_title(title, fontsize=SETTINGS["axes.titlesize"])
    ax.tick_params(labelsize=SETTINGS["xtick.labelsize"])
    ax.spines[["top", "right"]].set_visible(False)
