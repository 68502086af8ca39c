"""A measured volume V(eps): values with errors, between levels too, and as a table."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, NamedTuple

import numpy as np
import numpy.typing as npt
from scipy import special

from simplicity.arguments import checked_positive
from simplicity.slt.arguments import Floats
from simplicity.statistics import Interval, checked_level

if TYPE_CHECKING:
    import pandas as pd

VolumeStatus = Literal["converged", "few ancestors", "extinct", "over budget", "not reached"]


class VolumeAt(NamedTuple):
    """log2 V(eps) at an eps, and its standard error in bits."""

    log2_volume: float
    standard_error: float


def log2_mean(log2_values: Floats) -> Floats:
    """log2 of the mean over rows of 2 to the values."""
    return np.asarray(
        special.logsumexp(log2_values * np.log(2), axis=0) / np.log(2) - np.log2(len(log2_values))
    )


def leave_one_out(values: Floats) -> list[Floats]:
    """The rows without each one in turn."""
    return [np.delete(values, i, axis=0) for i in range(len(values))]


def jackknife_error(without_each: npt.ArrayLike) -> Floats:
    """Standard error of an estimate from the estimates without each of n runs, along the first axis."""
    values = np.asarray(without_each, dtype=np.float64)
    n = len(values)
    return np.asarray(np.sqrt((n - 1) / n * ((values - values.mean(axis=0)) ** 2).sum(axis=0)))


@dataclass(frozen=True, eq=False)
class VolumeCurve:
    """V(eps) = P(loss < eps) at the levels of splitting.

    Parameters
    ----------
    loss, prior : str
        What was measured, under which law of the parameters.
    size : int
        Number of parameters.
    eps : (levels,) float64
        In descending order.
    log2_volume_by_run : (runs, levels) float64
        One row an independent run; 2 to it is unbiased, -inf where a run died out.
    status : {"converged", "few ancestors", "extinct", "over budget", "not reached"}
        Only the first two come with the whole curve; after the second its errors are too small, and more
        particles are needed.
    smallest : float
        The eps that was asked for.
    reference : float
        90 % quantile of the loss under the prior: the scale against which eps is small.
    ancestors : int
        The fewest first particles that have descendants among the last, of all runs.
    acceptance : float
        The smallest fraction of accepted moves at any level.
    evaluations : int
        Losses computed.
    seconds : float
    seed : int
    """

    loss: str
    prior: str
    size: int
    eps: Floats
    log2_volume_by_run: Floats
    status: VolumeStatus
    smallest: float
    reference: float
    ancestors: int
    acceptance: float
    evaluations: int
    seconds: float
    seed: int

    @property
    def runs(self) -> int:
        """Independent runs."""
        return len(self.log2_volume_by_run)

    @property
    def log2_volume(self) -> Floats:
        """log2 of the mean over runs of V at each level, (levels,)."""
        return log2_mean(self.log2_volume_by_run)

    @property
    def standard_error(self) -> Floats:
        """Standard error of `log2_volume` in bits, (levels,), from the spread of the runs."""
        with np.errstate(invalid="ignore"):
            return jackknife_error([log2_mean(rows) for rows in leave_one_out(self.log2_volume_by_run)])

    def interval(self, level: float = 0.95) -> Interval:
        """Student's interval of log2 V at each level; errors of different levels go together."""
        half = special.stdtrit(self.runs - 1, (1 + checked_level(level)) / 2) * self.standard_error
        return Interval(self.log2_volume - half, self.log2_volume + half, level, "splitting, frozen levels")

    def at(self, eps: float) -> VolumeAt:
        """log2 V between levels, linear in log eps.

        Raises
        ------
        ValueError
            If eps is beyond the levels measured.
        """
        self.check_within("eps", eps)
        without_each = [interpolated(self.eps, rows, eps) for rows in leave_one_out(self.log2_volume_by_run)]
        value = interpolated(self.eps, self.log2_volume_by_run, eps)
        return VolumeAt(value, float(jackknife_error(without_each)))

    def check_within(self, name: str, eps: float) -> None:
        """Raise ValueError unless eps is within the levels measured."""
        if not len(self.eps):
            raise ValueError(f"the curve of {self.loss} has no levels ({self.status})")
        checked_positive(name, eps)
        if not self.eps[-1] <= eps <= self.eps[0]:
            raise ValueError(
                f"{name} must lie within the levels measured, {self.eps[-1]:.3g} to {self.eps[0]:.3g}, "
                f"got {eps!r}"
            )

    def to_pandas(self) -> pd.DataFrame:
        """Columns eps, log2_volume, standard_error, low and high (95 %)."""
        import pandas as pd

        interval = self.interval()
        return pd.DataFrame(
            {
                "eps": self.eps,
                "log2_volume": self.log2_volume,
                "standard_error": self.standard_error,
                "low": interval.low,
                "high": interval.high,
            }
        )

    def __str__(self) -> str:
        reach = f"eps down to {self.eps[-1]:.3g}" if len(self.eps) else "no levels"
        return f"volume of {self.loss}, {self.prior}: {reach}, {self.runs} runs, {self.status}"


def interpolated(levels: Floats, rows: Floats, eps: float) -> float:
    """log2 of the mean of some runs' volumes at eps, linear in log eps between levels."""
    return float(np.interp(-np.log(eps), -np.log(levels), log2_mean(rows)))
