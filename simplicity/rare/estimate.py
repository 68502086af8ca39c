"""What an estimate of a prior says: the number, its error, how it was obtained, and whether to trust it."""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from typing import Any, Literal, NamedTuple

import numpy as np
import numpy.typing as npt
from scipy import special

from simplicity.statistics import checked_level

Floats = npt.NDArray[np.float64]
Status = Literal[
    "exact", "converged", "above target error", "few ancestors", "extinct", "over budget", "not reached",
    "not seen", "few effective samples", "tilting failed", "screen",
]  # fmt: skip

_LN_2 = float(np.log(2))


class Log2Interval(NamedTuple):
    """Ends of an interval for log2 P, and its nominal level."""

    low: float
    high: float
    level: float


NO_INTERVAL = Log2Interval(float("nan"), float("nan"), 0.95)


@dataclass(frozen=True)
class Estimate:
    """The prior of one function, on the scale of bits.

    Parameters
    ----------
    log2_prior : float
        log2 P(f); NaN where no number can be defended (``status`` says why), -inf where P is exactly 0.
    standard_error : float
        Of ``log2_prior``, in bits; NaN without a number.
    interval : Log2Interval
    method : str
        "exact", "count", "splitting", …
    status : str
        "exact"; "converged": the error is within the target; "above target error": a number, with the larger
        error that it has; "few ancestors": a number whose error may be too small, since all last particles of
        a run go back to a single first one; the others go without a number: "extinct", "over budget",
        "not reached" (beyond the lowest probability looked for) and "not seen" (no sample in a tally). Of
        orthants: "few effective samples" (a number whose error may be too small), "tilting failed" (no
        number), and "screen" (expectation propagation: a number without an error).
    runs, evaluations : int
        Independent runs behind the number, and draws of the map evaluated in all.
    seconds : float
    diagnostics : dict
        By method; see docs/rare_events.md.
    """

    log2_prior: float
    standard_error: float
    interval: Log2Interval
    method: str
    status: Status
    runs: int = 0
    evaluations: int = 0
    seconds: float = 0.0
    diagnostics: dict[str, Any] = field(default_factory=dict, compare=False, repr=False)

    def __str__(self) -> str:
        if np.isnan(self.log2_prior):
            return f"no number ({self.method}: {self.status})"
        if self.status == "exact":
            return f"log2 P = {self.log2_prior:.6g} (exact)"
        return (
            f"log2 P = {self.log2_prior:.2f} ± {self.standard_error:.2f} bits ({self.method}: {self.status})"
        )


def no_number(method: str, status: Status, **others: Any) -> Estimate:
    """An estimate that says why there is none."""
    nan = float("nan")
    return Estimate(nan, nan, others.pop("interval", NO_INTERVAL), method, status, **others)


def exact(log2_prior: float, source: str) -> Estimate:
    """An exact value and whose it is."""
    interval = Log2Interval(log2_prior, log2_prior, 1.0)
    return Estimate(log2_prior, 0.0, interval, "exact", "exact", diagnostics={"source": source})


def log2_of_mean(log2_values: npt.ArrayLike, level: float = 0.95) -> tuple[float, float, Log2Interval]:
    """log2 of the mean of independent estimates of a probability, with error and interval.

    The estimates are about log-normal. The error of the delta method, from their standard deviation, is then
    too small where they are few, since the large ones that it lives on are missing. That of Cox's method,
    sqrt(s² / R + s⁴ / (2 (R - 1))) with s² the variance of their logarithms, is not (Olsson, J. Statist.
    Educ. 13(1), 2005, with Student's t for the interval). Estimates of 0 (-inf) count in the mean; the error
    is then the larger one of the two methods', Cox's taken of the others.

    Parameters
    ----------
    log2_values : (R,) array, R at least 2
    level : float

    Returns
    -------
    log2 of the mean, its standard error in bits, and the interval

    Examples
    --------
    >>> value, error, interval = log2_of_mean([-52.0, -51.0, -53.0, -52.5])
    >>> round(value, 2), round(error, 2), round(interval.low, 1), round(interval.high, 1)
    (-51.93, 0.47, -53.4, -50.4)
    """
    checked_level(level)
    values = np.atleast_1d(np.asarray(log2_values, dtype=np.float64))
    count = len(values)
    top = float(values.max(initial=-np.inf))
    if values.ndim != 1 or count < 2 or not np.isfinite(top):
        raise ValueError(f"log2_values must hold at least 2 numbers, one of them finite, got {log2_values!r}")
    scaled = 2.0 ** (values - top)
    mean = float(scaled.mean())
    alive = values[np.isfinite(values)] * _LN_2
    variance = float(alive.var(ddof=1)) if len(alive) > 1 else 1.0
    error = math.sqrt(variance / count + variance**2 / (2 * (count - 1)))
    if len(alive) < count:
        error = max(error, float(scaled.std(ddof=1)) / mean / np.sqrt(count))
    half = float(special.stdtrit(count - 1, (1 + level) / 2)) * error
    value = top + float(np.log2(mean))
    return value, error / _LN_2, Log2Interval(value - half / _LN_2, value + half / _LN_2, level)
