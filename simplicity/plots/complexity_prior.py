"""The total prior at each complexity, map against map."""

from __future__ import annotations

from collections.abc import Sequence

import matplotlib.pyplot as plt
import numpy as np
import seaborn as sns
from matplotlib.axes import Axes

from simplicity.complexity import measure as find_measure
from simplicity.plots import style
from simplicity.plots.plane import check_not_empty
from simplicity.sampling import Result
from simplicity.statistics import binomial_interval
from simplicity.theory import prior_by_complexity as theory_prior_by_complexity
from simplicity.theory.bounds import AnyMeasure

_MARKERS = "osD^vPX<>*"


@style.styled
def prior_by_complexity(
    results: Result | Sequence[Result],
    measure: AnyMeasure = "lz76",
    ax: Axes | None = None,
    *,
    titles: Sequence[str] | None = None,
    level: float = 0.95,
) -> Axes:
    """Draw P(K), the prior of all functions of a complexity together, of one or more results.

    Intervals are binomial; with readouts as if all readouts of a hidden draw gave one complexity, which is
    the widest that they may be. The lowest value that can be seen is 1/N.

    Parameters
    ----------
    results : Result or sequence of Result
        All of one number of inputs.
    measure : str, Measure or callable
        As for `simplicity.complexity.measure`.
    ax : Axes, optional
        Where to draw; by default a new figure of 5.5 by 3.6 inches (close it with ``plt.close``).
    titles : sequence of str, optional
        One a result, by default their labels.
    level : float
        Of the intervals.

    Returns
    -------
    Axes
        Logarithmic in the prior.

    Raises
    ------
    ValueError
        If there are no results, one has no functions, their inputs differ, or titles do not fit.

    Examples
    --------
    >>> import matplotlib.pyplot as plt
    >>> import simplicity
    >>> maps = simplicity.maps.Perceptron(n_inputs=3), simplicity.maps.LookupTable(n_inputs=3)
    >>> results = [simplicity.sample(one, 10_000, seed=0) for one in maps]
    >>> ax = simplicity.plots.prior_by_complexity(results, titles=["perceptron", "null"])
    >>> [text.get_text() for text in ax.get_legend().get_texts()]
    ['perceptron', 'null']
    >>> plt.close(ax.figure)
    """
    several = [results] if isinstance(results, Result) else list(results)
    if not several:
        raise ValueError("results must be one or more")
    for one in several:
        check_not_empty(one)
        if one.n_inputs != several[0].n_inputs:
            raise ValueError(f"results must be of one number of inputs, got {one.n_inputs} as well")
    names = [one.label for one in several] if titles is None else list(titles)
    if len(names) != len(several):
        raise ValueError(f"titles must be one a result, {len(several)}, got {len(names)}")
    found = find_measure(measure)
    if ax is None:
        ax = plt.subplots(figsize=(5.5, 3.6), layout="constrained")[1]
    ax.set_yscale("log", base=2)
    colours = sns.color_palette("colorblind", len(several))
    for number, (one, name) in enumerate(zip(several, names, strict=True)):
        table = theory_prior_by_complexity(one, found)
        interval = binomial_interval(table.prior * one.n_draws, one.n_draws, level)
        reach = np.maximum([table.prior - interval.low, interval.high - table.prior], 0)
        ax.errorbar(
            table.complexity,
            table.prior,
            reach,
            marker=_MARKERS[number % len(_MARKERS)],
            color=colours[number],
            ms=2.8,
            lw=0.8,
            label=name,
        )
    axis = f"{found.label} [{found.units}]"
    style.label_axes(ax, axis, "prior of all functions of this complexity", "")
    ax.legend(frameon=False, loc="center left", bbox_to_anchor=(1.01, 0.5))
    return ax
