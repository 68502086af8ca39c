"""Prior far below a line, against how far."""

from __future__ import annotations

import matplotlib.pyplot as plt
import numpy as np
from matplotlib.axes import Axes

from simplicity.plots import style
from simplicity.sampling import Result
from simplicity.theory import Bound, a_priori_bound
from simplicity.theory import mass_below as theory_mass_below


@style.styled
def mass_below(result: Result, bound: Bound | None = None, ax: Axes | None = None) -> Axes:
    """Draw the total prior of functions at least so many bits below a line, and its limit 2^(-gap) Σ P0.

    Parameters
    ----------
    result : Result
    bound : Bound, optional
        By default `simplicity.theory.a_priori_bound`.
    ax : Axes, optional
        Where to draw; by default a new figure of 4.5 by 3.4 inches (close it with ``plt.close``).

    Returns
    -------
    Axes
        Logarithmic in the prior; the limit is drawn where Σ P0 is known, up to four inputs.

    Raises
    ------
    ValueError
        If the result has no functions.

    Examples
    --------
    >>> import matplotlib.pyplot as plt
    >>> import simplicity
    >>> result = simplicity.sample(simplicity.maps.Perceptron(n_inputs=3), 10_000, seed=0)
    >>> ax = simplicity.plots.mass_below(result)
    >>> [line.get_label() for line in ax.lines]
    ['data', 'limit: Σ P0 = 4.67', 'floor 1/N']
    >>> plt.close(ax.figure)
    """
    table = theory_mass_below(result, a_priori_bound(result.n_inputs) if bound is None else bound)
    if ax is None:
        ax = plt.subplots(figsize=(4.5, 3.4), layout="constrained")[1]
    ax.set_yscale("log", base=2)
    seen = table.mass > 0
    ax.plot(table.gaps[seen], table.mass[seen], "o-", markersize=3, color=style.DATA, label="data")
    if np.isfinite(table.line_mass):
        label = f"limit: Σ P0 = {table.line_mass:.3g}"
        ax.plot(table.gaps, table.limit, color=style.PREDICTED, linestyle="--", label=label)
    ax.axhline(result.floor, color=style.FLOOR, linestyle=":", linewidth=1.0, label="floor 1/N")
    style.label_axes(ax, "gap below the line [bits]", "prior at this gap or more [probability]", result.label)
    ax.legend(frameon=False)
    return ax
