"""Learning coefficients: known ones within five percent or the stated error; local ones; what is refused."""

import numpy as np
import pytest

from simplicity.maps import Perceptron
from simplicity.slt import exact, langevin, learning_coefficient, loss, losses, volume


@pytest.fixture(scope="module")
def crossing():
    return volume(losses.normal_crossing([1, 1]), seed=0)


@pytest.mark.parametrize(
    ("measured", "truth"),
    [
        (losses.sum_of_powers([2]), exact.sum_of_powers([2])),
        (losses.sum_of_powers([2, 4, 6]), exact.sum_of_powers([2, 4, 6])),
        (losses.sum_of_powers([2] * 4), exact.sum_of_powers([2] * 4)),
        (losses.normal_crossing([2, 1]), exact.normal_crossing([2, 1])),
    ],
    ids=lambda value: getattr(value, "name", ""),
)
def test_multiplicity_one(measured, truth):
    """Intervals of level 0.999 each."""
    found = learning_coefficient(measured, particles=512, level=0.999, seed=0)
    assert found.value == pytest.approx(truth.value, rel=0.05)
    assert found.interval[0] < truth.value < found.interval[1]
    assert found.assumed_multiplicity == 1 and found.scale[0] == 1e-10


def test_reduced_rank_regression():
    truth = exact.reduced_rank(3, 2, 3, 1)
    curve = volume(losses.reduced_rank(3, 2, 3, 1), particles=512, seed=0)
    for multiplicity in (1, truth.multiplicity):
        found = learning_coefficient(curve, assumed_multiplicity=multiplicity, level=0.999)
        assert found.value == pytest.approx(truth.value, rel=0.05)
        assert found.interval[0] < truth.value < found.interval[1]


def test_the_log_factor_of_a_normal_crossing(crossing):
    """Without it the slope is some 10 % too small, which the stated error covers; with it, it is right."""
    without = learning_coefficient(crossing)
    assert 0.42 < without.value < 0.47
    assert without.value + without.systematic_error[1] == pytest.approx(0.5, rel=0.05)
    assert without.interval[0] < 0.5 < without.interval[1]
    right = learning_coefficient(crossing, assumed_multiplicity=2)
    assert right.value == pytest.approx(0.5, rel=0.05)
    assert right.interval[0] < 0.5 < right.interval[1]


def test_the_interval_is_no_catch_all(crossing):
    """Negative control: coefficients of other losses are outside."""
    found = learning_coefficient(crossing, assumed_multiplicity=2)
    assert not found.interval[0] < 1.0 < found.interval[1]
    assert not found.interval[0] < 0.25 < found.interval[1]


@pytest.mark.parametrize(("centre", "multiplicity"), [([0, 0], 2), ([1, 0], 1), ([0, -2], 1)])
def test_local_coefficients_of_a_normal_crossing(centre, multiplicity):
    found = learning_coefficient(
        losses.normal_crossing([1, 1]), centre=centre, assumed_multiplicity=multiplicity, particles=1024
    )
    assert found.value == pytest.approx(0.5, rel=0.05)


def test_local_and_global_differ_where_the_loss_is_more_singular_elsewhere():
    """w1² w2⁴: 1/4 at 0, but 1/2 where w2 is not 0."""
    crossing = losses.normal_crossing([1, 2])
    assert learning_coefficient(crossing, centre=[0, 1], particles=1024).value == pytest.approx(0.5, rel=0.05)
    assert learning_coefficient(crossing, particles=1024).value == pytest.approx(0.25, rel=0.05)


def test_a_perceptron_is_regular():
    """Realisable by one weight vector: lambda is half the number of parameters, in a map's noise as well."""
    found = learning_coefficient(Perceptron(2, inputs="pm1"), function="x1", particles=256)
    assert found.value == pytest.approx(1.5, rel=0.05)


def test_slopes_by_scale(crossing):
    table = learning_coefficient(crossing).by_scale(windows=4)
    assert list(table.columns) == ["eps", "eps_low", "eps_high", "value", "standard_error"]
    assert len(table) == 4 and (np.diff(table.eps) < 0).all()
    assert table.value.iloc[-1] > table.value.iloc[0] + 0.05  # the log factor fades
    assert "multiplicity 1 assumed" in str(learning_coefficient(crossing))


def test_a_budget_too_small_gives_no_number():
    found = learning_coefficient(losses.sum_of_powers([2] * 8), budget_seconds=0.05)
    assert found.status == "over budget"
    assert np.isnan([found.value, *found.interval, found.standard_error]).all()


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (dict(particels=5), "option .particels. is unknown"),
        (dict(eps_range=5), "eps_range must be"),
        (dict(eps_range=(np.nan, 1e-3)), "each end of eps_range must be a finite number above 0"),
        (dict(assumed_multiplicity=0), "assumed_multiplicity must be a whole number from 1 to 2, got 0"),
        (dict(assumed_multiplicity=3), "assumed_multiplicity must be a whole number from 1 to 2, got 3"),
        (dict(eps_range=(1e-3, 1e-6)), r"eps_range must be \(smaller, larger\)"),
        (dict(eps_range=(1e-3, 1e6)), r"eps_range must be \(smaller, larger\)"),
        (dict(eps_range=(1e-14, 1e-6)), "eps_range must lie within the levels measured"),
        (dict(seed=1), "a curve is measured already"),
        (dict(level=1.5), "level must lie strictly between 0 and 1"),
    ],
)
def test_bad_arguments(crossing, arguments, message):
    with pytest.raises(ValueError, match=message):
        learning_coefficient(crossing, **arguments)


def test_a_centre_that_is_no_minimum():
    with pytest.raises(ValueError, match="centre must be a minimum of the loss"):
        learning_coefficient(losses.sum_of_powers([2, 2]), centre=[1, 0])


# Langevin


@pytest.mark.parametrize("given_gradient", [True, False])
def test_langevin_on_a_quadratic_is_the_closed_form(given_gradient):
    """n beta E[sum a_i w_i²] = sum n beta a_i / (1 + 2 n beta a_i) at unit variance; 5 standard errors."""
    a = np.array([0.5, 2.0, 10.0])
    quadratic = loss(
        lambda w: (a * w**2).sum(axis=1), 3, gradient=(lambda w: 2 * a * w) if given_gradient else None
    )
    found = langevin(quadratic, n_beta=50, steps=2000, seed=1)
    exact_value = (50 * a / (1 + 100 * a)).sum()
    assert found.status == "converged" and found.r_hat < 1.05
    assert abs(found.value - exact_value) < 5 * found.standard_error < 0.1
    assert 0.5 < found.acceptance < 0.65
    assert abs(found.value - 1.1 * exact_value) > 5 * found.standard_error  # negative control


def test_langevin_is_biased_on_a_normal_crossing():
    """A third, where lambda is a half: why it is a cross-check only."""
    found = langevin(losses.normal_crossing([1, 1]), n_beta=100)
    assert 0.28 < found.value < 0.36


def test_n_beta_of_a_number_of_data():
    found = langevin(losses.sum_of_powers([2]), n_samples=1000, steps=200)
    assert found.n_beta == pytest.approx(1000 / np.log(1000))


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (dict(loss=losses.reduced_rank(2, 1, 2, 1)), "centre must be a minimum of the loss"),
        (dict(loss=lambda w: (w**2).sum(axis=1), size=201), "has no gradient"),
        (dict(loss=losses.sum_of_powers([2]), n_beta=5, n_samples=5), "give one"),
        (dict(loss=losses.sum_of_powers([2]), n_beta=-5), "n_beta must be a finite number above 0"),
        (dict(loss=losses.sum_of_powers([2]), centre=[0, 0]), "centre must have shape"),
        (dict(loss=losses.sum_of_powers([2]), chains=1), "chains must be a whole number from 4"),
    ],
)
def test_bad_langevin_arguments(arguments, message):
    with pytest.raises(ValueError, match=message):
        langevin(**arguments)
