"""Laws of whole priors: the mass at each complexity and the prior at each rank."""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from simplicity.complexity import measure as find_measure
from simplicity.sampling import Result
from simplicity.theory.bounds import AnyMeasure, Floats, complexities_of
from simplicity.theory.envelope import levels_of


class ComplexityPrior(NamedTuple):
    """The prior by complexity.

    Parameters
    ----------
    complexity : (levels,) float64
        Different complexities, in ascending order.
    prior : (levels,) float64
        Total estimated prior P(K) of the functions of each.
    functions : (levels,) int64
        How many functions of each came up.
    """

    complexity: Floats
    prior: Floats
    functions: npt.NDArray[np.int64]


def prior_by_complexity(
    result: Result, measure: AnyMeasure = "lz76", *, complexities: npt.ArrayLike | None = None
) -> ComplexityPrior:
    """The total prior P(K) of all functions of a complexity K.

    P(K) is P(f) summed, not the prior of any one function: a map may favour every simple function and
    still put most of its mass on complex ones, because there are so many more of them. Unlike the P(f) of
    functions seen rarely, P(K) is unbiased: each sample counts at its complexity, the function seen
    before or not.

    Parameters
    ----------
    result : Result
    measure : str, Measure or callable
        As for `simplicity.complexity.measure`.
    complexities : (F,) array of float, optional
        Complexities of ``result.functions`` where they are known already.

    Returns
    -------
    ComplexityPrior
        Its prior sums to ``1 - (n_undefined + n_unlisted) / n_samples``.

    Raises
    ------
    ValueError
        If the measure is unknown or breaks its contract.

    Examples
    --------
    All sixteen functions of two inputs, each equally probable: 2 constants, 4 of K_LZ = 5, 10 of 6.

    >>> import simplicity
    >>> result = simplicity.sample(simplicity.maps.LookupTable(n_inputs=2), 100_000, seed=0)
    >>> table = prior_by_complexity(result)
    >>> table.complexity, table.functions
    (array([2., 5., 6.]), array([ 2,  4, 10]))
    >>> bool(abs(table.prior - table.functions / 16).max() < 0.01)
    True
    """
    values, level = levels_of(complexities_of(result, find_measure(measure), complexities))
    samples = np.bincount(level, weights=result.counts)
    return ComplexityPrior(values, samples / result.n_samples, np.bincount(level).astype(np.int64))


def zipf_rank(ranks: npt.ArrayLike, log2_reachable: float) -> Floats:
    """Zipf's law of the prior: P(r) = 1 / (r ln N_O) for the r-th most probable of N_O functions.

    It is what a prior P ≈ 2^(-K) that fills its ceiling would look like, normalised by Σ_{r <= N_O} 1/r ≈
    ln N_O (Valle-Pérez, Camargo and Louis, ICLR 2019, arXiv:1805.08522).

    Parameters
    ----------
    ranks : array of float
        From 1 on.
    log2_reachable : float
        log2 of the number N_O of reachable functions, above 0.

    Returns
    -------
    float64 array of the shape of ranks

    Raises
    ------
    ValueError
        If a rank is below 1, or log2_reachable is not a finite number above 0.

    Examples
    --------
    >>> zipf_rank([1, 10], log2_reachable=128).round(5)
    array([0.01127, 0.00113])
    """
    r = np.asarray(ranks, dtype=np.float64)
    if not (r >= 1).all():
        raise ValueError(f"ranks must be 1 or more, got {r.min()}")
    if not (math.isfinite(log2_reachable) and log2_reachable > 0):
        raise ValueError(f"log2_reachable must be a finite number above 0, got {log2_reachable!r}")
    return 1 / (r * log2_reachable * math.log(2))
