"""How much prior can lie far below a line, and what counting alone says of the average and the maximum."""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from simplicity.arguments import checked_number
from simplicity.complexity import measure as find_measure
from simplicity.functions import MAX_INPUTS, checked_n_inputs
from simplicity.sampling import Result
from simplicity.theory.bounds import AnyMeasure, Bound, Floats, complexities_of
from simplicity.theory.tabulated import checked_result

_MOST_INPUTS_ENUMERATED = 4


class Counting(NamedTuple):
    """What the number of reachable functions says by itself.

    Parameters
    ----------
    average_prior : float
        log2 of 1 / N_O, in bits.
    least_maximum : float
        log2 N_O: some reachable function has a complexity of at least that many bits, in any description
        language; any estimate whose maximum is smaller is to be scaled up.
    """

    average_prior: float
    least_maximum: float


def counting(log2_reachable: float) -> Counting:
    """Average prior and least possible maximum of K over N_O reachable functions.

    Priors sum to 1, so that their average is 1/N_O, however biased the map. There are 2^k - 1 descriptions
    of fewer than k bits, so that with k = log2 N_O at least one function is left without one: K_max >= k.
    A line log2 P = -a K with a = log2(N_O) / K_max joins the two facts (Dingle, Camargo and Louis, Nat.
    Commun. 9, 761, 2018): at the largest K it predicts just the average.

    Parameters
    ----------
    log2_reachable : float
        log2 N_O, 0 or more.

    Returns
    -------
    Counting

    Raises
    ------
    ValueError
        If log2_reachable is negative or not finite.

    Examples
    --------
    >>> counting(128.0)
    Counting(average_prior=-128.0, least_maximum=128.0)
    """
    bits = checked_number("log2_reachable", log2_reachable, 0.0, 2.0**MAX_INPUTS)
    return Counting(0.0 - bits, bits)


def line_mass(bound: Bound, n_inputs: int, measure: AnyMeasure | None = None) -> float:
    """Σ P0(f) over all functions, P0 = 2^bound: 1 or 2 if the line were a probability, and more as a rule.

    Parameters
    ----------
    bound : Bound
    n_inputs : int
        At most 4: all functions are gone through.
    measure : str, Measure or callable, optional
        By default the bound's own, found by its name.

    Returns
    -------
    float

    Raises
    ------
    ValueError
        If there are too many functions.

    Examples
    --------
    >>> from simplicity.theory import a_priori_bound
    >>> round(line_mass(a_priori_bound(3), 3), 2)
    4.67
    """
    if checked_n_inputs(n_inputs) > _MOST_INPUTS_ENUMERATED:
        raise ValueError(
            f"the functions of {n_inputs} inputs are too many to sum over, at most {_MOST_INPUTS_ENUMERATED} "
            "inputs are possible: sum 2^bound(K) with the weights of a simple_functions_sample instead"
        )
    functions = np.arange(2**2**n_inputs, dtype=np.uint64)[:, None]
    found = find_measure(bound.measure if measure is None else measure)
    return float(np.exp2(bound(found(functions, n_inputs))).sum())


class MassBelow(NamedTuple):
    """Prior far below a line.

    Parameters
    ----------
    gaps : float64
        Bits below the line, ascending.
    mass : float64
        Estimated total prior of functions that lie so far below it, or farther.
    limit : float64
        What it cannot exceed, 2^(-gap) Σ P0(f), or 1; NaN where Σ P0 is not known.
    line_mass : float
        Σ P0(f) over all functions.
    """

    gaps: Floats
    mass: Floats
    limit: Floats
    line_mass: float


def mass_below(
    result: Result, bound: Bound, measure: AnyMeasure | None = None, *, line_mass_is: float | None = None
) -> MassBelow:
    """The total prior of functions at least so many bits below a line, and what it cannot exceed.

    Where log2(P0(f) / P(f)) >= Δ, P(f) <= 2^(-Δ) P0(f); summed, Σ P(f) <= 2^(-Δ) Σ P0(f). So samples rarely
    fall far below the line, though *functions* may: a blind spot holds functions, not mass (Dingle, Valle
    Pérez and Louis, Sci. Rep. 10, 4415, 2020, who take Σ P0 <= 2; it is 4.67 for the a priori line of three
    inputs, and is computed here). Of a sampled result, P(f) is its estimate: functions hit once or twice blur
    the mass near the floor.

    Parameters
    ----------
    result : Result
    bound : Bound
    measure : str, Measure or callable, optional
        By default the bound's own, found by its name.
    line_mass_is : float, optional
        Σ P0 where it is known; by default summed over all functions of up to four inputs.

    Returns
    -------
    MassBelow
        At whole numbers of bits from 0 to the largest gap.

    Raises
    ------
    ValueError
        If the result has no functions, or is truncated.

    Examples
    --------
    >>> import simplicity
    >>> result = simplicity.sample(simplicity.maps.Perceptron(n_inputs=3), 10_000, seed=0)
    >>> table = mass_below(result, simplicity.theory.a_priori_bound(3))
    >>> bool((table.mass <= table.limit).all()), round(table.line_mass, 2)
    (True, 4.67)
    """
    if len(checked_result("result", result)) == 0:
        raise ValueError(f"the result of {result.label!r} holds no functions: there is no mass to place")
    if result.is_truncated:
        raise ValueError(
            f"the result of {result.label!r} lists only {result.extent}: the rarest functions, which lie "
            "lowest, are missing. Load the whole file"
        )
    if not isinstance(bound, Bound):
        raise ValueError(f"bound must be a Bound, such as predicted_bound(result), got {bound!r}")
    found = find_measure(bound.measure if measure is None else measure)
    gap = bound(complexities_of(result, found)) - np.log2(result.prior)
    total = line_mass_is
    if total is None:
        small = result.n_inputs <= _MOST_INPUTS_ENUMERATED
        total = line_mass(bound, result.n_inputs, found) if small else math.nan
    gaps = np.arange(0.0, max(1.0, math.floor(gap.max()) + 1))
    order = np.argsort(gap)
    above = np.concatenate([np.cumsum(result.prior[order][::-1])[::-1], [0.0]])
    mass = above[np.searchsorted(gap[order], gaps - 1e-9)]
    limit: npt.NDArray[np.float64] = np.minimum(np.exp2(-gaps) * total, 1.0)
    return MassBelow(gaps, mass, limit, float(total))
