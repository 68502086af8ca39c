"""The learning coefficient lambda(eps): the slope of log V against log eps, at a stated scale of eps."""

from __future__ import annotations

import itertools
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt
from scipy import special

from simplicity.arguments import checked_positive
from simplicity.random import checked_integer
from simplicity.slt.arguments import Floats, checked_parameters
from simplicity.slt.curve import VolumeCurve, VolumeStatus, interpolated, jackknife_error, leave_one_out
from simplicity.slt.volume import AnyLoss, loss_and_prior, volume
from simplicity.statistics import checked_level

if TYPE_CHECKING:
    import pandas as pd

_OPTIONS_OF_VOLUME = (
    "scale", "smallest", "particles", "runs", "sweeps", "seed", "threads", "budget_seconds",
)  # fmt: skip
UNSURE_REFERENCE = 100.0  # up or down: log V has a constant that a log factor is not told apart from


@dataclass(frozen=True, eq=False)
class LearningCoefficient:
    """lambda at a scale of eps, for an assumed multiplicity.

    Parameters
    ----------
    value : float
        Slope of log V - (m - 1) log log(reference / eps) against log eps between the ends of ``scale``; NaN
        unless the curve reached the scale (see ``status``).
    standard_error : float
        Statistical, from the spread of the runs.
    systematic_error : (float, float)
        How far below and above ``value`` the limit eps -> 0 may lie: by the drift of the slope between the
        two halves of the scale, in the direction in which it goes, where that exceeds its own noise; for m
        above 1 by a factor of 100, up or down, in the reference of the log factor; and above by what one more
        in the multiplicity would add (nothing where it is the number of parameters, its largest value).
    interval : (float, float)
        Student's interval of the statistical error, widened by the systematic one.
    level : float
        Of the statistical part.
    assumed_multiplicity : int
        m. It cannot be told from data at these scales: a choice.
    scale : (float, float)
        Smallest and largest eps of the slope.
    status : str
        Of the curve.
    curve : VolumeCurve
    """

    value: float
    standard_error: float
    systematic_error: tuple[float, float]
    interval: tuple[float, float]
    level: float
    assumed_multiplicity: int
    scale: tuple[float, float]
    status: VolumeStatus
    curve: VolumeCurve

    def __str__(self) -> str:
        low, high = self.scale
        if np.isnan(self.value):
            return f"lambda({low:.0e}) of {self.curve.loss}: {self.status}"
        return (
            f"lambda = {self.value:.3f} ± {self.standard_error:.3f}, interval {self.interval[0]:.3f} to "
            f"{self.interval[1]:.3f}, at eps {low:.1e} to {high:.1e}, "
            f"multiplicity {self.assumed_multiplicity} assumed ({self.status})"
        )

    def by_scale(self, windows: int = 8) -> pd.DataFrame:
        """The slope in windows of equal ratio of eps, over all of the curve.

        Returns
        -------
        DataFrame
            Columns eps (geometric middle), eps_low, eps_high, value, standard_error.

        Raises
        ------
        ValueError
            If the curve has no levels or windows is not a positive integer.
        """
        import pandas as pd

        curve = self.curve
        windows = checked_integer("windows", windows, 1, 10_000)
        if len(curve.eps) < 2:
            raise ValueError(f"the curve of {curve.loss} has too few levels ({curve.status})")
        largest = min(curve.eps[0], 0.5 * curve.reference)  # where log(reference / eps) is positive
        ends = np.geomspace(largest, max(curve.eps[-1], curve.smallest), windows + 1)
        ends = np.clip(ends, curve.eps[-1], curve.eps[0])
        rows = []
        for high, low in itertools.pairwise(ends):
            value, error = _slope(curve, (low, high), self.assumed_multiplicity)
            rows.append((np.sqrt(low * high), low, high, value, error))
        return pd.DataFrame(rows, columns=["eps", "eps_low", "eps_high", "value", "standard_error"])


def learning_coefficient(
    loss: AnyLoss | VolumeCurve,
    *,
    function: str | npt.ArrayLike | None = None,
    size: int | None = None,
    centre: npt.ArrayLike | None = None,
    assumed_multiplicity: int = 1,
    eps_range: tuple[float, float] | None = None,
    level: float = 0.95,
    **options: Any,
) -> LearningCoefficient:
    """The learning coefficient of a loss: global over the prior, or local around given parameters.

    V(eps) ~ c eps^lambda (-log eps)^(m - 1) as eps -> 0 (Watanabe, Algebraic Geometry and Statistical
    Learning Theory, Cambridge 2009). What can be measured is the slope lambda(eps) at a scale of eps. Here it
    is taken between the two ends of ``eps_range``, since errors of log V add up from level to level.

    Parameters
    ----------
    loss : Loss, ParameterFunctionMap, callable or VolumeCurve
        As for `simplicity.slt.volume`; a curve is used as it is.
    function, size, centre
        As for `simplicity.slt.volume`. With a centre, the coefficient is the local one: the loss there must
        be below the smallest eps.
    assumed_multiplicity : int
        m, from 1 to the number of parameters.
    eps_range : (float, float), optional
        Smallest and largest eps; the lower half of the curve by default, on a log scale.
    level : float
    **options
        Of `simplicity.slt.volume`: scale, smallest, particles, runs, sweeps, seed, threads, budget_seconds.

    Returns
    -------
    LearningCoefficient

    Raises
    ------
    ValueError
        If an argument is out of range, or a loss is negative or not finite.

    Examples
    --------
    >>> from simplicity.slt import losses
    >>> found = learning_coefficient(losses.sum_of_powers([2]), particles=256)
    >>> bool(found.interval[0] < 0.5 < found.interval[1])
    True
    """
    checked_level(level)
    for name in options:
        if name not in _OPTIONS_OF_VOLUME:
            raise ValueError(f"option {name!r} is unknown: options are {', '.join(_OPTIONS_OF_VOLUME)}")
    if isinstance(loss, VolumeCurve):
        if options or any(given is not None for given in (function, size, centre)):
            raise ValueError(
                "a curve is measured already: it takes assumed_multiplicity, eps_range and level only"
            )
        curve = loss
    else:
        measured, _ = loss_and_prior(loss, function, size, centre, options.get("scale"))
        if centre is not None:
            at_centre = float(measured(checked_parameters("centre", centre, measured.size)[None])[0])
            smallest = options.get("smallest", 1e-10)
            if at_centre >= smallest:
                raise ValueError(
                    f"centre must be a minimum of the loss, below smallest ({smallest:g}), "
                    f"got a loss of {at_centre:g}"
                )
        curve = volume(loss, function=function, size=size, centre=centre, **options)
    m = checked_integer("assumed_multiplicity", assumed_multiplicity, 1, curve.size)
    scale = _checked_range(curve, eps_range)
    if curve.status not in ("converged", "few ancestors"):
        nowhere = (np.nan, np.nan)
        return LearningCoefficient(np.nan, np.nan, nowhere, nowhere, level, m, scale, curve.status, curve)
    value, error = _slope(curve, scale, m)
    below, above = _systematic(curve, scale, m)
    half = float(special.stdtrit(curve.runs - 1, (1 + level) / 2)) * error
    interval = (value - half - below, value + half + above)
    return LearningCoefficient(value, error, (below, above), interval, level, m, scale, curve.status, curve)


def _checked_range(curve: VolumeCurve, eps_range: tuple[float, float] | None) -> tuple[float, float]:
    if eps_range is None:
        largest = min(curve.reference, curve.eps[0]) if len(curve.eps) else curve.reference
        return curve.smallest, float(np.sqrt(curve.smallest * largest))
    if not isinstance(eps_range, (tuple, list, np.ndarray)) or len(eps_range) != 2:
        raise ValueError(f"eps_range must be (smaller, larger), got {eps_range!r}")
    low, high = (checked_positive("each end of eps_range", end) for end in eps_range)
    if not 0 < low < high < curve.reference:
        raise ValueError(
            f"eps_range must be (smaller, larger), below the loss's scale {curve.reference:.3g}, "
            f"got {eps_range!r}"
        )
    if curve.status in ("converged", "few ancestors"):
        curve.check_within("eps_range", low)
        curve.check_within("eps_range", high)
    return low, high


def _log_factor(reference: float, scale: tuple[float, float]) -> float:
    """What one more in the multiplicity adds to the slope."""
    low, high = scale
    rise = np.log(np.log(reference / low)) - np.log(np.log(reference / high))
    return float(rise / np.log(high / low))


def _slope_of(curve: VolumeCurve, rows: Floats, scale: tuple[float, float], multiplicity: int) -> float:
    low, high = scale
    bits = interpolated(curve.eps, rows, high) - interpolated(curve.eps, rows, low)
    return float(bits / np.log2(high / low)) + (multiplicity - 1) * _log_factor(curve.reference, scale)


def _slope(curve: VolumeCurve, scale: tuple[float, float], multiplicity: int) -> tuple[float, float]:
    """Slope and standard error."""
    rows = curve.log2_volume_by_run
    without_each = [_slope_of(curve, others, scale, multiplicity) for others in leave_one_out(rows)]
    return _slope_of(curve, rows, scale, multiplicity), float(jackknife_error(without_each))


def _systematic(curve: VolumeCurve, scale: tuple[float, float], multiplicity: int) -> tuple[float, float]:
    """How far below and above the slope its limit may lie."""
    low, high = scale
    middle = float(np.sqrt(low * high))
    rows = curve.log2_volume_by_run

    def drift_of(some: Floats) -> float:
        return _slope_of(curve, some, (low, middle), multiplicity) - _slope_of(
            curve, some, (middle, high), multiplicity
        )

    drift = float(drift_of(rows))
    noise = 2 * float(jackknife_error([drift_of(others) for others in leave_one_out(rows)]))
    drift = 0.0 if abs(drift) <= noise else drift
    factor = _log_factor(curve.reference, scale)
    references = max(curve.reference / UNSURE_REFERENCE, 2 * high), curve.reference * UNSURE_REFERENCE
    more, less = (_log_factor(reference, scale) - factor for reference in references)
    one_more = factor if multiplicity < curve.size else 0.0
    below = max(0.0, -drift, (multiplicity - 1) * -less)
    return below, max(0.0, drift, one_more, (multiplicity - 1) * more)
