"""Declared symmetries of a map, held against data."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Iterator

import numpy as np
import numpy.typing as npt
from scipy import special

from simplicity.checks.check import Check
from simplicity.functions import complement, negate_inputs, permute_inputs
from simplicity.maps.base import ParameterFunctionMap
from simplicity.sampling import sample

Words = npt.NDArray[np.uint64]

_SYMMETRY_SAMPLES = 40_000
_FALSE_ALARM = 1e-6  # of each map's tests at one n_inputs together


def check_symmetries(pf_map: ParameterFunctionMap, seed: int) -> Iterator[Check]:
    """Declared symmetries against data, at the map's own n_inputs and, where most show, at 3."""
    declared = pf_map.symmetries
    if not (declared.permutation or declared.complement or declared.negation):
        return
    for n_inputs in sorted({min(3, pf_map.n_inputs), pf_map.n_inputs}):
        try:
            smaller = dataclasses.replace(pf_map, n_inputs=n_inputs)  # type: ignore[type-var]
            one = sample(smaller, _SYMMETRY_SAMPLES, seed=seed)
            two = sample(smaller, _SYMMETRY_SAMPLES, seed=seed, first_sample=_SYMMETRY_SAMPLES)
        except ValueError:
            if n_inputs == pf_map.n_inputs:
                raise
            continue  # the map needs more inputs
        changes = list(_declared_changes(smaller))
        for text, change in changes:
            p_value = homogeneity(one.functions, one.counts, change(two.functions), two.counts)
            name = f"symmetry under {text} (n = {n_inputs})"
            if np.isnan(p_value):
                yield Check(
                    name, True, f"not tested: too few functions repeat in {_SYMMETRY_SAMPLES} samples"
                )
            elif p_value < _FALSE_ALARM / len(changes):
                yield Check(
                    name, False, f"the data refute it: p = {p_value:.1e} at {_SYMMETRY_SAMPLES} samples"
                )
            else:
                yield Check(name, True, f"p = {p_value:.2g} at {_SYMMETRY_SAMPLES} samples")


def _declared_changes(pf_map: ParameterFunctionMap) -> Iterator[tuple[str, Callable[[Words], Words]]]:
    n, declared = pf_map.n_inputs, pf_map.symmetries
    if declared.permutation and n > 1:
        rotation = [*range(1, n), 0]
        yield "input permutation", lambda words: permute_inputs(words, n, rotation)
        yield "exchange of the first two inputs", lambda words: permute_inputs(words, n, [1, 0, *range(2, n)])
    if declared.complement:
        yield "output negation", lambda words: complement(words, n)
    if declared.negation:
        yield "negation of input 1", lambda words: negate_inputs(words, n, [0])
        yield "negation of the last input", lambda words: negate_inputs(words, n, [n - 1])


def homogeneity(
    functions: Words, counts: npt.NDArray[np.int64], others: Words, other_counts: npt.NDArray[np.int64]
) -> float:
    """p-value of the chi-square test that two independent tallies have one law.

    Functions with fewer than 10 hits in both together are pooled; NaN where that leaves nothing to compare.

    Examples
    --------
    >>> words = np.array([[0], [1]], dtype=np.uint64)
    >>> homogeneity(words, np.array([500, 500]), words, np.array([510, 490])) > 0.5
    True
    >>> homogeneity(words, np.array([500, 500]), words, np.array([700, 300])) < 1e-10
    True
    """
    _, which = np.unique(np.concatenate([functions, others]), axis=0, return_inverse=True)
    size = int(which.max()) + 1
    a = np.bincount(which[: len(functions)], counts, minlength=size)
    b = np.bincount(which[len(functions) :], other_counts, minlength=size)
    frequent = a + b >= 10
    a = np.append(a[frequent], a[~frequent].sum())
    b = np.append(b[frequent], b[~frequent].sum())
    seen = a + b > 0
    a, b = a[seen], b[seen]
    if len(a) < 2:
        return np.nan
    share = a.sum() / (a.sum() + b.sum())
    statistic = ((a - share * (a + b)) ** 2 / (share * (1 - share) * (a + b))).sum()
    return float(special.chdtrc(len(a) - 1, statistic))
