"""Upper lines on the prior as a function of complexity, and the line that theory predicts.

The coding theorem bounds the prior of every simple map by P(f) <= 2^(-K(f) + O(1)). In practice, with an
estimate of K, the line is log2 P(f) <= -a K(f) - b (Dingle, Camargo and Louis, Nat. Commun. 9, 761, 2018).
"""

from __future__ import annotations

import functools
import math
from collections.abc import Callable, Hashable
from dataclasses import dataclass
from typing import Any, Literal, NamedTuple

import numpy as np
import numpy.typing as npt

from simplicity.complexity import Measure
from simplicity.complexity import measure as find_measure
from simplicity.functions import checked_n_inputs, position_mask, words_of
from simplicity.sampling import Result
from simplicity.theory.tabulated import checked_result

Floats = npt.NDArray[np.float64]
AnyMeasure = str | Measure | Callable[[npt.NDArray[np.uint64], int], npt.ArrayLike]

_MOST_INPUTS_ENUMERATED = 4
_N_RANDOM_FUNCTIONS = 2**14
_RANDOM_FUNCTIONS_SEED = 2018


@dataclass(frozen=True)
class Bound:
    """A line in the plane of prior against complexity: log2 P = -a K - b.

    Parameters
    ----------
    a : float
        Bits of prior lost per unit of complexity, 0 or more.
    b : float
        Bits of prior lost at complexity 0.
    measure : str
        Name of the complexity measure.
    kind : {"predicted", "fitted"}
    source : str
        Where a and b came from.

    Raises
    ------
    ValueError
        If a is negative, or a or b is not finite.

    Examples
    --------
    >>> line = Bound(a=0.5, b=1.0, measure="lz76", kind="predicted", source="by hand")
    >>> line([0, 7])
    array([-1. , -4.5])
    """

    a: float
    b: float
    measure: str
    kind: Literal["predicted", "fitted"]
    source: str

    def __post_init__(self) -> None:
        if not (math.isfinite(self.a) and self.a >= 0):
            raise ValueError(f"a must be a finite number of 0 or more, got {self.a!r}")
        if not math.isfinite(self.b):
            raise ValueError(f"b must be finite, got {self.b!r}")

    def __call__(self, complexity: npt.ArrayLike) -> Floats:
        """log2 P of the line at these complexities, an array of their shape."""
        return -self.a * np.asarray(complexity, dtype=np.float64) - self.b


class Maximum(NamedTuple):
    """The largest complexity, and of which functions it is the largest."""

    value: float
    source: str


def predicted_bound(result: Result, measure: AnyMeasure = "lz76") -> Bound | None:
    """The bound that theory predicts from the map alone: a = log2(N_O) / max K and b = 0.

    If N_O functions are reachable, the most complex of them about log2(N_O) bits complex, the estimate of K
    is scaled so that its maximum means just that (Dingle, Camargo and Louis, Nat. Commun. 9, 761, 2018).
    N_O is the map's own count; where only an upper bound on it is known, a is an upper bound, too. max K is
    taken over all functions of n inputs, reachable or not: enumerated for n <= 4, beyond that the largest
    found among 16,384 uniformly random functions (always the same ones), so that it depends on the map alone.

    Parameters
    ----------
    result : Result
    measure : str, Measure or callable
        As for `simplicity.complexity.measure`.

    Returns
    -------
    Bound or None
        None where no complexity above 0 was found, which leaves nothing to scale.

    Raises
    ------
    ValueError
        If the measure is unknown or breaks its contract.

    Examples
    --------
    >>> import simplicity
    >>> result = simplicity.sample(simplicity.maps.LookupTable(n_inputs=3), 1000, seed=0)
    >>> predicted_bound(result).a == 8 / 15
    True
    >>> predicted_bound(result).source
    'N_O = 2^8 (all functions); max K = 15 (all 256 functions)'
    """
    found = find_measure(measure)
    largest = _largest_complexity(checked_result("result", result).n_inputs, found)
    if largest.value <= 0:
        return None
    log2_reachable = float(result.recipe["log2_reachable"])
    relation = "=" if result.recipe["reachable_is_exact"] else "≤"
    return Bound(
        a=log2_reachable / largest.value,
        b=0.0,
        measure=found.name,
        kind="predicted",
        source=f"N_O {relation} 2^{log2_reachable:.4g} ({result.recipe['reachable_source']}); "
        f"max K = {largest.value:.4g} ({largest.source})",
    )


def a_priori_bound(n_inputs: int, measure: AnyMeasure = "lz76") -> Bound:
    """The line that holds for no map in particular, so that maps can be measured against one and the same.

    It is `predicted_bound` with all N_O = 2^(2^n) functions: log2 P = -K 2^n / max K. It meets P = 1 at K = 0
    and the prior of the uniform map, 2^(-2^n), at max K (Dingle, Camargo and Louis, Nat. Commun. 9, 761,
    2018).

    Parameters
    ----------
    n_inputs : int
    measure : str, Measure or callable
        As for `simplicity.complexity.measure`.

    Returns
    -------
    Bound

    Raises
    ------
    ValueError
        If the measure is unknown, breaks its contract, or is not above 0 anywhere.

    Examples
    --------
    >>> a_priori_bound(3)([3, 15])
    array([-1.6, -8. ])
    """
    found = find_measure(measure)
    largest = _largest_complexity(checked_n_inputs(n_inputs), found)
    if largest.value <= 0:
        raise ValueError(f"measure {found.name!r} is above 0 for no function: there is no line to draw")
    return Bound(
        a=2**n_inputs / largest.value,
        b=0.0,
        measure=found.name,
        kind="predicted",
        source=f"all 2^{2**n_inputs} functions; max K = {largest.value:.4g} ({largest.source})",
    )


def complexities_of(result: Result, measure: Measure, known: npt.ArrayLike | None = None) -> Floats:
    """Complexities of a result's functions, (F,): those known already, checked, or computed."""
    checked_result("result", result)
    if known is None:
        return measure(result.functions, result.n_inputs)
    values = np.asarray(known, dtype=np.float64)
    if values.shape != (len(result),):
        raise ValueError(f"complexities must have shape ({len(result)},), got {values.shape}")
    return values


def _largest_complexity(n_inputs: int, measure: Measure) -> Maximum:
    # An object that cannot be hashed is a measure all the same: its maximum is just not remembered.
    hashable = isinstance(measure.function, Hashable)
    of_reference: Any = _largest_of_reference if hashable else _largest_of_reference.__wrapped__
    enumerated = n_inputs <= _MOST_INPUTS_ENUMERATED
    source = (
        f"all {2**2**n_inputs:,} functions" if enumerated else f"{_N_RANDOM_FUNCTIONS:,} random functions"
    )
    return Maximum(of_reference(measure, n_inputs), source)


@functools.lru_cache(maxsize=64)
def _largest_of_reference(measure: Measure, n_inputs: int) -> float:
    """Largest complexity of all functions, or of a fixed sample of them where they are too many."""
    if n_inputs <= _MOST_INPUTS_ENUMERATED:
        functions = np.arange(2**2**n_inputs, dtype=np.uint64)[:, None]
    else:
        shape = _N_RANDOM_FUNCTIONS, words_of(n_inputs)
        generator = np.random.Generator(np.random.Philox(_RANDOM_FUNCTIONS_SEED))
        functions = generator.integers(0, 2**64, shape, dtype=np.uint64) & position_mask(n_inputs)
    return float(measure(functions, n_inputs).max())
