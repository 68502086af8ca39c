"""Volumes against closed forms, at every level; what is refused; what a run that does not finish says."""

import numpy as np
import pytest
from scipy import special, stats

import simplicity
from simplicity.maps import ExpressionTree, Perceptron
from simplicity.random import Noise
from simplicity.slt import losses, volume
from simplicity.slt.moves import FineMoves

EXACT = [  # loss, log V(eps) under standard normals
    (losses.sum_of_powers([2]), lambda eps: np.log(special.erf(np.sqrt(eps / 2)))),
    (losses.sum_of_powers([2] * 5), lambda eps: stats.chi2(5).logcdf(eps)),
    (losses.normal_crossing([1, 1]), lambda eps: np.log(_product_of_two_normals(np.sqrt(eps)))),
]


def _product_of_two_normals(t):
    """P(|z1 z2| < t), 2/pi times the integral of the Bessel function K0."""
    return 2 / np.pi * special.iti0k0(t)[1]


@pytest.mark.parametrize(("measured", "exact"), EXACT, ids=lambda value: getattr(value, "name", ""))
def test_volume_against_closed_forms(measured, exact):
    """Student's t of 7 degrees of freedom at 4 levels of 3 curves: 6 standard errors fail by chance < 1 %."""
    curve = volume(measured, particles=512, seed=1)
    assert curve.status == "converged" and curve.eps[-1] == 1e-10
    for eps in curve.eps[[2, len(curve.eps) // 3, 2 * len(curve.eps) // 3, -1]]:
        found = curve.at(eps)
        assert abs(found.log2_volume - exact(eps) / np.log(2)) < 6 * found.standard_error
        assert found.standard_error < 0.3
    wrong = exact(1e-10) / np.log(2) + 3  # negative control: three bits beside the truth
    assert abs(curve.at(1e-10).log2_volume - wrong) > 6 * curve.at(1e-10).standard_error


@simplicity.batch_map(n_params=lambda n_inputs: 2**n_inputs)
def free_logits(noise, inputs, /):
    return noise


def test_the_volume_of_a_map_is_that_of_its_linear_algebra():
    """Where logits are the noise, the squared error to any function is a non-central chi-squared."""
    curve = volume(free_logits(n_inputs=2), function="0110", smallest=1e-6, particles=512)
    for eps in (1e-2, 1e-4, 1e-6):
        found = curve.at(eps)
        exact = stats.ncx2(4, 4).logcdf(4 * eps) / np.log(2)
        assert abs(found.log2_volume - exact) < 6 * found.standard_error < 2


def test_uniform_noise():
    """f = x1 of one input: an ellipse of area 2 pi eps around bias -1, weight 2, in a box of area 24."""
    curve = volume(
        Perceptron(1, weight_std=2, distribution="uniform"), function="01", smallest=1e-6, particles=512
    )
    for eps in (1e-2, 1e-4, 1e-6):
        found = curve.at(eps)
        assert abs(found.log2_volume - np.log2(2 * np.pi * eps / 24)) < 6 * found.standard_error < 2


def test_intervals_cover():
    """40 intervals of level 0.95: fewer than 32 cover with probability 3e-4. Control: a quarter of it."""
    z = []
    for seed in range(40):
        found = volume(losses.sum_of_powers([2]), smallest=1e-3, particles=128, seed=seed, threads=1).at(1e-3)
        z.append((found.log2_volume - EXACT[0][1](1e-3) / np.log(2)) / found.standard_error)
    half = stats.t(7).ppf(0.975)
    assert (np.abs(z) < half).sum() >= 32
    assert (np.abs(z) < half / 4).sum() < 32


@pytest.mark.parametrize("kind", ["normal", "uniform"])
def test_moves_keep_the_law(kind):
    """Kolmogorov-Smirnov of each coordinate after ten moves, false alarm 1e-4 each; a step that mixes nothing
    but adds noise is noticed."""
    moves = FineMoves(Noise(kind, 3))
    draws = np.arange(20_000, dtype=np.uint64)
    particles = moves.start(5, draws)
    for i in range(10):
        particles = moves.propose(particles, 0.4, 5, draws + np.uint64((i + 1) * len(draws)))
    law = stats.norm() if kind == "normal" else stats.uniform(-(3**0.5), 2 * 3**0.5)
    for column in particles.T:
        assert stats.kstest(column, law.cdf).pvalue > 1e-4
        assert stats.kstest(column + 0.2, law.cdf).pvalue < 1e-4


def test_the_curve_depends_on_the_seed_only():
    first, second, other = (
        volume(losses.sum_of_powers([2, 4]), particles=64, smallest=1e-4, seed=seed, threads=threads)
        for seed, threads in ((3, 1), (3, 2), (4, 2))
    )
    np.testing.assert_array_equal(first.log2_volume_by_run, second.log2_volume_by_run)
    assert not np.array_equal(first.eps, other.eps)


def test_the_table_and_the_interval():
    curve = volume(losses.sum_of_powers([2]), particles=64, smallest=1e-3)
    table = curve.to_pandas()
    assert list(table.columns) == ["eps", "log2_volume", "standard_error", "low", "high"]
    assert (table.low < table.log2_volume).all() and (np.diff(table.eps) < 0).all()
    assert (np.diff(table.log2_volume) <= 1e-12).all()
    assert "converged" in str(curve)


def test_a_budget_too_small():
    curve = volume(losses.sum_of_powers([2] * 8), budget_seconds=0.05, particles=1024)
    assert curve.status == "over budget"
    assert len(curve.eps) == 0 or curve.eps[-1] > 1e-10


def test_a_loss_that_never_gets_small():
    curve = volume(losses.loss(lambda w: 1 + (w**2).sum(axis=1), 1), smallest=0.5, particles=16, sweeps=1)
    assert curve.status not in ("converged", "few ancestors")


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (dict(loss=losses.sum_of_powers([2]), smallest=0), "smallest must be a finite number above 0, got 0"),
        (
            dict(loss=losses.sum_of_powers([2]), smallest=1e3),
            "smallest must be below the losses of the prior",
        ),
        (dict(loss=losses.sum_of_powers([2]), runs=1), "runs must be a whole number from 2"),
        (dict(loss=losses.sum_of_powers([2]), size=2), "size must be 1"),
        (dict(loss=losses.sum_of_powers([2]), centre=[0, 0]), r"centre must have shape \(1,\), got \(2,\)"),
        (dict(loss=losses.sum_of_powers([2]), centre=[np.nan]), "centre must be finite"),
        (dict(loss=losses.sum_of_powers([2]), scale=-1), "scale must be a finite number above 0, got -1"),
        (dict(loss=losses.sum_of_powers([2]), function="01"), "function goes with a map"),
        (dict(loss=lambda w: w[:, 0] ** 2), "size must be given for a callable"),
        (dict(loss=lambda w: w[:, 0], size=1), "is negative"),
        (dict(loss=lambda w: np.full(len(w), np.inf), size=1), "is not finite"),
        (dict(loss=lambda w: w[:, 0] * 1j, size=1), "must return real numbers, got dtype complex128"),
        (dict(loss=losses.sum_of_powers([2]), threads=0), "threads must be a whole number"),
        (dict(loss=losses.sum_of_powers([2]), seed=-1), "seed must be a whole number"),
        (dict(loss=Perceptron(2)), "function must be given for a map"),
        (dict(loss=Perceptron(2), function="01"), "2 inputs has 4 zeros and ones"),
        (
            dict(loss=free_logits(n_inputs=2), function="0110", smallest=1e-13),
            "smallest must be at least 1e-11",
        ),
        (dict(loss=ExpressionTree(2), function="0110"), "reads bits"),
        (
            dict(loss=Perceptron(1, distribution="uniform"), function="01", centre=[0, 0]),
            "centre goes with normal noise",
        ),
    ],
)
def test_bad_arguments(arguments, message):
    with pytest.raises(ValueError, match=message):
        volume(**arguments)
