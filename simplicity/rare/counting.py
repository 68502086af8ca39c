"""The prior of a function from a tally: by its own count, or by that of its whole orbit."""

from __future__ import annotations

import dataclasses
import weakref

import numpy as np
import numpy.typing as npt

from simplicity.functions import canonical_forms
from simplicity.maps.base import ParameterFunctionMap
from simplicity.rare.estimate import Estimate, Log2Interval, no_number
from simplicity.sampling import Result
from simplicity.statistics import Interval, binomial_interval, clustered_interval, effective_samples

_LN_2 = float(np.log(2))
_forms: weakref.WeakKeyDictionary[Result, npt.NDArray[np.uint64]] = weakref.WeakKeyDictionary()


def counted(
    pf_map: ParameterFunctionMap, function: npt.NDArray[np.uint64], result: Result, target_error: float = 0.3
) -> Estimate:
    """The estimate that a tally gives.

    Without readouts, all functions that a declared symmetry makes of this one count: their number follows a
    binomial law with the probability of the whole orbit. With readouts only the function's own count is
    used, since a tally does not hold how members of an orbit cluster.

    Raises
    ------
    ValueError
        If the result is of another map.
    """
    if result.map != pf_map:
        raise ValueError(f"result is of another map, {result.label}; the map asked for is {pf_map.label}")
    symmetries = dataclasses.asdict(pf_map.symmetries)
    n_samples, size = result.n_samples, 1
    diagnostics: dict[str, object] = {"samples": n_samples}
    interval: Interval
    if result.readouts == 1 and any(symmetries.values()):
        form, sizes = canonical_forms(function, pf_map.n_inputs, **symmetries)
        if result not in _forms:
            _forms[result] = canonical_forms(result.functions, pf_map.n_inputs, **symmetries)[0]
        hits = float(result.counts[(_forms[result] == form[0]).all(axis=1)].sum())
        size = int(sizes[0])
        interval = binomial_interval(hits, n_samples)
        effective = hits
    else:
        row = result.index_of(function)
        counts = 0 if row is None else int(result.counts[row])
        squares = 0 if row is None else int(result.sum_squares[row])
        hits = float(counts)
        interval = clustered_interval([counts], [squares], n_samples, result.readouts)
        effective = (
            float(effective_samples([counts], [squares], n_samples, result.readouts)[0]) * hits / n_samples
        )
    diagnostics |= {"hits": int(hits), "independent_hits": effective, "orbit_size": size}
    with np.errstate(divide="ignore"):
        low, high = (float(np.log2(np.ravel(end)[0] / size)) for end in (interval.low, interval.high))
    shown = Log2Interval(low, high, interval.level)
    may_miss = result.is_truncated and (
        hits == 0 or size > 1
    )  # what is not listed: it, or members of the orbit
    if hits == 0 or may_miss:
        if may_miss:
            shown = Log2Interval(float("nan"), float("nan"), interval.level)
        return no_number("count", "not seen", interval=shown, evaluations=n_samples, diagnostics=diagnostics)
    error = float(np.sqrt((1 - hits / n_samples) / effective)) / _LN_2
    status = "converged" if error <= target_error else "above target error"
    return Estimate(
        float(np.log2(hits / n_samples / size)), error, shown, "count", status,  # type: ignore[arg-type]
        1, n_samples, 0.0, diagnostics,
    )  # fmt: skip
