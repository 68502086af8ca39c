"""The prior of a function from a tally: by its own count, or by that of its whole orbit."""

from __future__ import annotations

import dataclasses
import functools

import numpy as np
import numpy.typing as npt

from simplicity.functions import canonical_forms
from simplicity.maps.base import ParameterFunctionMap
from simplicity.rare.estimate import Estimate, Log2Interval, no_number
from simplicity.sampling import Result
from simplicity.statistics import Interval, binomial_interval, clustered_interval, effective_samples

_LN_2 = float(np.log(2))


class Counter:
    """Counts functions in one tally, whose canonical forms are found once, for the first that needs them.

    Raises
    ------
    ValueError
        If the result is of another map.
    """

    def __init__(self, pf_map: ParameterFunctionMap, result: Result) -> None:
        if result.map != pf_map:
            raise ValueError(f"result is of another map, {result.label}; the map asked for is {pf_map.label}")
        self.result, self.n_inputs = result, pf_map.n_inputs
        self.symmetries: dict[str, bool] = dataclasses.asdict(pf_map.symmetries)

    @functools.cached_property
    def forms(self) -> npt.NDArray[np.uint64]:
        """Canonical forms of the tally's functions."""
        return canonical_forms(self.result.functions, self.n_inputs, **self.symmetries)[0]

    def __call__(self, function: npt.NDArray[np.uint64], target_error: float = 0.3) -> Estimate:
        """The estimate that the tally gives.

        Without readouts, all functions that a declared symmetry makes of this one count: their number follows
        a binomial law with the probability of the whole orbit. With readouts only the function's own count is
        used, since a tally does not hold how members of an orbit cluster.
        """
        return _counted(self, function, target_error)


def _counted(counter: Counter, function: npt.NDArray[np.uint64], target_error: float) -> Estimate:
    result, symmetries = counter.result, counter.symmetries
    n_samples, size = result.n_samples, 1
    diagnostics: dict[str, object] = {"samples": n_samples}
    interval: Interval
    if result.readouts == 1 and any(symmetries.values()):
        form, sizes = canonical_forms(function, counter.n_inputs, **symmetries)
        hits = float(result.counts[(counter.forms == form[0]).all(axis=1)].sum())
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
