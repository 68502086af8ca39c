"""A cross-check of learning coefficients: the expected loss of a tempered posterior, by Langevin moves."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
import numpy.typing as npt

from simplicity.arguments import checked_positive
from simplicity.random import checked_integer, checked_seed
from simplicity.slt.arguments import Floats, checked_parameters
from simplicity.slt.losses import Loss
from simplicity.slt.volume import AnyLoss, loss_and_prior

LARGEST_BY_DIFFERENCES = 200
WANTED_ACCEPTANCE = (
    0.574  # optimal in high dimension: Roberts and Rosenthal, J. R. Statist. Soc. B 60:255, 1998
)
_LARGEST_R_HAT = 1.05


@dataclass(frozen=True, eq=False)
class LangevinEstimate:
    """n beta (E[L] - L(w*)): not lambda itself but its value at a finite temperature.

    Parameters
    ----------
    value : float
        NaN where the chains did not converge.
    standard_error : float
        From the spread of the chains.
    n_beta : float
    acceptance : float
        Of the kept moves.
    step : float
        Step size, in standard deviations of the prior.
    r_hat : float
        Potential scale reduction of the loss, from split chains; near 1 where chains agree.
    status : {"converged", "chains disagree"}
    chains, steps : int
    """

    value: float
    standard_error: float
    n_beta: float
    acceptance: float
    step: float
    r_hat: float
    status: Literal["converged", "chains disagree"]
    chains: int
    steps: int

    def __str__(self) -> str:
        return (
            f"n beta E[L] = {self.value:.3f} ± {self.standard_error:.3f} at n beta = {self.n_beta:g} "
            f"(a cross-check of lambda; {self.status})"
        )


def langevin(
    loss: AnyLoss,
    *,
    centre: npt.ArrayLike | None = None,
    function: str | npt.ArrayLike | None = None,
    size: int | None = None,
    n_beta: float | None = None,
    n_samples: int | None = None,
    scale: float = 1.0,
    chains: int = 64,
    steps: int = 4000,
    seed: int = 0,
) -> LangevinEstimate:
    """The local learning coefficient's Langevin estimate, as a cross-check of `learning_coefficient`.

    lambda_hat = n beta (E_beta[L] - L(w*)), where E_beta is over exp(-n beta L(w)) times a Gaussian around w*
    (Lau, Furman, Wang, Murfet and Wei, arXiv:2308.12108), with n beta = n / log n. Moves are Metropolis-
    adjusted, so the expectation itself is exact in the long run; its bias as an estimate of lambda is that of
    the finite temperature. Where there is a log factor that is large: of w1² w2² (1/2) it finds some 0.32 at
    n beta = 100. Splitting has no such bias at its smallest eps.

    Parameters
    ----------
    loss, function, size
        As for `simplicity.slt.volume`. Without a gradient, central differences are taken, for at most 200
        parameters.
    centre : (size,) array, optional
        w*, a minimum of the loss; 0 by default. Chains start there.
    n_beta : float, optional
        Inverse temperature times number of data; 100 by default.
    n_samples : int, optional
        n, for n beta = n / log n, instead of n_beta.
    scale : float
        Standard deviation of the Gaussian around w*.
    chains, steps : int
        The first half of each chain is for adaptation and left out.
    seed : int

    Returns
    -------
    LangevinEstimate

    Raises
    ------
    ValueError
        If an argument is out of range, a loss is negative or not finite, the chains find a loss below
        that of the centre, or there is no gradient and there are too many parameters for differences.

    Examples
    --------
    For |w|²/2 under a standard normal, n beta E[L] is n beta / (1 + n beta) times size / 2:

    >>> from simplicity.slt import loss
    >>> half = loss(lambda w: (w**2).sum(axis=1) / 2, 4, gradient=lambda w: w)
    >>> found = langevin(half, n_beta=100, steps=1000)
    >>> abs(found.value - 200 / 101) < 4 * found.standard_error
    True
    """
    measured, prior = loss_and_prior(loss, function, size, None, 1.0)
    if prior.noise.kind != "normal":
        raise ValueError(f"Langevin moves need normal noise; this map's is {prior.noise.kind}")
    if measured.gradient is None and measured.size > LARGEST_BY_DIFFERENCES:
        raise ValueError(
            f"loss {measured.name} has no gradient, and differences are for at most {LARGEST_BY_DIFFERENCES} "
            f"parameters, not {measured.size}: give a gradient, or use learning_coefficient"
        )
    if n_beta is not None and n_samples is not None:
        raise ValueError("n_beta and n_samples say the same: give one")
    if n_samples is not None:
        n = checked_integer("n_samples", n_samples, 3, 2**53)
        n_beta = n / np.log(n)
    n_beta = checked_positive("n_beta", 100.0 if n_beta is None else n_beta)
    around = (
        np.zeros(measured.size) if centre is None else checked_parameters("centre", centre, measured.size)
    )
    chains, steps = checked_integer("chains", chains, 4, 2**20), checked_integer("steps", steps, 100, 2**31)
    target = _Target(measured, around, n_beta, checked_positive("scale", scale))
    generator = np.random.Generator(np.random.Philox(checked_seed(seed)))
    losses, acceptance, step = _chains(target, chains, steps, generator)
    at_minimum = float(measured(around[None])[0])
    if losses.min() < at_minimum - 1e-9 * abs(at_minimum):
        raise ValueError(
            f"centre must be a minimum of the loss: it is {at_minimum:g} there and {losses.min():g} nearby"
        )
    means = n_beta * (losses.mean(axis=0) - at_minimum)
    r_hat = _r_hat(losses)
    converged = r_hat < _LARGEST_R_HAT
    return LangevinEstimate(
        value=float(means.mean()) if converged else np.nan,
        standard_error=float(means.std(ddof=1) / np.sqrt(chains)),
        n_beta=float(n_beta),
        acceptance=acceptance,
        step=step,
        r_hat=r_hat,
        status="converged" if converged else "chains disagree",
        chains=chains,
        steps=steps,
    )


class _Target:
    """-log density of the tempered posterior and its gradient, in prior standard deviations from w*."""

    def __init__(self, loss: Loss, centre: Floats, n_beta: float, scale: float) -> None:
        self.loss, self.centre, self.n_beta, self.scale = loss, centre, n_beta, scale

    def __call__(self, u: Floats) -> tuple[Floats, Floats, Floats]:
        parameters = self.centre + self.scale * u
        losses = self.loss(parameters)
        gradient = self.n_beta * self.scale * self.loss.slopes(parameters) + u
        return losses, self.n_beta * losses + (u**2).sum(axis=1) / 2, gradient


def _chains(
    target: _Target, chains: int, steps: int, generator: np.random.Generator
) -> tuple[Floats, float, float]:
    """Losses of the second half, (steps // 2, chains), with the fraction accepted and the step."""
    u = np.zeros((chains, target.loss.size))
    loss, potential, gradient = target(u)
    step, burn_in = 0.5, steps - steps // 2
    kept, accepted_kept = np.empty((steps - burn_in, chains)), 0.0
    for i in range(steps):
        forward = -(step**2) / 2 * gradient
        proposed = u + forward + step * generator.standard_normal(u.shape)
        new_loss, new_potential, new_gradient = target(proposed)
        back = u - proposed + step**2 / 2 * new_gradient
        log_ratio = potential - new_potential
        log_ratio += (((proposed - u - forward) ** 2).sum(axis=1) - (back**2).sum(axis=1)) / (2 * step**2)
        accepted = np.log(generator.random(chains)) < log_ratio
        u[accepted], gradient[accepted] = proposed[accepted], new_gradient[accepted]
        loss = np.where(accepted, new_loss, loss)
        potential = np.where(accepted, new_potential, potential)
        if i < burn_in:
            step *= float(np.exp((accepted.mean() - WANTED_ACCEPTANCE) / np.sqrt(1 + i / 10)))
        else:
            kept[i - burn_in] = loss
            accepted_kept += accepted.mean() / len(kept)
    return kept, float(accepted_kept), step


def _r_hat(values: Floats) -> float:
    """Gelman and Rubin's potential scale reduction, each chain split in two."""
    half = len(values) // 2
    split = np.concatenate([values[:half], values[half : 2 * half]], axis=1)
    within = split.var(axis=0, ddof=1).mean()
    between = split.mean(axis=0).var(ddof=1)
    return float(np.sqrt((half - 1) / half + between / within)) if within > 0 else np.inf
