"""Pictures of estimates against references."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import matplotlib.pyplot as plt
import seaborn as sns
from matplotlib.figure import Figure

from simplicity.plots import style

if TYPE_CHECKING:
    import pandas as pd


@style.styled
def splitting_verification(table: pd.DataFrame) -> Figure:
    """Splitting minus reference against the reference, in bits; and ways of splitting against each other.

    Ways are shown about their mean, each weighted by the inverse square of its error.

    Parameters
    ----------
    table : pandas.DataFrame
        Columns kind, map, function, log2_reference (NaN where ways are compared), reference_error,
        log2_splitting, splitting_error.

    Returns
    -------
    Figure
    """
    figure, (left, right) = plt.subplots(
        1, 2, figsize=(7.2, 3.8), layout="constrained", width_ratios=(1.5, 1)
    )
    palette = sns.color_palette("colorblind")
    marks: Any = "osD^v<>"
    compared = table[table.log2_reference.notna()]
    groups = compared.groupby(
        compared["map"].where(compared.kind == "tally by orbit", compared.kind), sort=False
    )
    for i, (name, group) in enumerate(groups):
        error = (group.splitting_error**2 + group.reference_error**2) ** 0.5
        left.errorbar(
            group.log2_reference, group.log2_splitting - group.log2_reference, yerr=1.96 * error,
            fmt=marks[i % 7], ms=3, lw=0.7, color=palette[i], label=str(name),
        )  # fmt: skip
    left.axhline(0, color=style.PREDICTED, lw=0.8)
    left.invert_xaxis()
    left.legend(loc="upper center", bbox_to_anchor=(0.5, -0.18), ncols=2, frameon=False)
    style.label_axes(
        left, "reference log2 P (bits)", "splitting − reference (bits)", "Known priors, 95 % bars"
    )
    ways = table[table.log2_reference.isna()]
    for i, (_, group) in enumerate(ways.groupby("function", sort=False)):
        weights = 1 / group.splitting_error**2  # as in the report
        centre = (weights * group.log2_splitting).sum() / weights.sum()
        places = [j + 0.2 * i for j in range(len(group))]
        right.errorbar(
            group.log2_splitting - centre, places, xerr=1.96 * group.splitting_error, fmt=marks[i], ms=3,
            lw=0.7, color=palette[i], label=f"weighted mean {centre:.2f} bits".replace("-", "−"),
        )  # fmt: skip
    right.set_yticks(range(ways.kind.nunique()), list(dict.fromkeys(ways.kind)))
    right.axvline(0, color=style.PREDICTED, lw=0.8)
    right.legend(loc="upper center", bbox_to_anchor=(0.5, -0.18), frameon=False)
    style.label_axes(right, "log2 P − weighted mean (bits)", "", "Energies and moves")
    return figure


@style.styled
def nngp_verification(table: pd.DataFrame) -> Figure:
    """Tilting minus reference, and expectation propagation (the screen) minus tilting, in bits.

    Parameters
    ----------
    table : pandas.DataFrame
        Columns kind, map, log2_reference (NaN where only the screen is compared), reference_error,
        log2_tilting, tilting_error, log2_screen.

    Returns
    -------
    Figure
    """
    figure, (law, tallied, right) = plt.subplots(1, 3, figsize=(7.2, 3.9), layout="constrained")
    palette = sns.color_palette("colorblind")
    marks: Any = "osD^v<>"
    groups = table.groupby(table["map"].where(table.kind == "tally by orbit", table.kind), sort=False)
    for i, (name, group) in enumerate(groups):
        look: Any = {"fmt": marks[i], "ms": 2.5, "lw": 0.6, "color": palette[i]}
        left = law if (group.kind == "equicorrelated").all() else tallied
        if group.log2_reference.notna().any():
            error = (group.tilting_error**2 + group.reference_error**2) ** 0.5
            left.errorbar(
                group.log2_reference, group.log2_tilting - group.log2_reference, yerr=1.96 * error, **look
            )
        right.errorbar(
            group.log2_tilting, group.log2_screen - group.log2_tilting, yerr=1.96 * group.tilting_error,
            label=str(name), **look,
        )  # fmt: skip
    for ax in (law, tallied, right):
        ax.axhline(0, color=style.PREDICTED, lw=0.8)
        ax.invert_xaxis()
    style.label_axes(law, "exact log2 P (bits)", "tilting − exact (bits)", "Exact law, 95 % bars")
    style.label_axes(tallied, "tallied log2 P (bits)", "tilting − tally (bits)", "Tallies by orbit")
    style.label_axes(right, "log2 P by tilting (bits)", "screen − tilting (bits)", "Expectation propagation")
    figure.legend(frameon=False, loc="outside lower center")
    return figure
