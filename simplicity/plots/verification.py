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
        centre = group.log2_splitting.mean()
        places = [j + 0.2 * i for j in range(len(group))]
        right.errorbar(
            group.log2_splitting - centre, places, xerr=1.96 * group.splitting_error, fmt=marks[i], ms=3,
            lw=0.7, color=palette[i], label=f"mean {centre:.1f} bits",
        )  # fmt: skip
    right.set_yticks(range(ways.kind.nunique()), list(dict.fromkeys(ways.kind)))
    right.axvline(0, color=style.PREDICTED, lw=0.8)
    right.legend(loc="upper center", bbox_to_anchor=(0.5, -0.18), frameon=False)
    style.label_axes(right, "log2 P − mean of all ways (bits)", "", "Energies and moves")
    return figure
