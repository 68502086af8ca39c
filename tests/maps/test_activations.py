"""Activations in float32 against NumPy and SciPy in float64."""

import numpy as np
import pytest

from simplicity.maps.activations import ACTIVATIONS, activate
from simplicity.maps.linear import affine
from tests import naive

GRID = np.concatenate([np.linspace(-12, 12, 400_001), np.geomspace(1e-38, 1e2, 100_001)]).astype(np.float32)


def activated(name, values):
    """The activation of one unit of weight 1; relu is a part of the sum, the others follow it."""
    inputs = np.array(values, dtype=np.float32)[None]
    out, one, zero = np.empty_like(inputs), np.ones(1, dtype=np.float32), np.zeros(1, dtype=np.float32)
    affine(one, zero, (1, 1), (np.float32(1), np.float32(1)), inputs, name == "relu", out)
    activate(ACTIVATIONS[name], out[0])
    return out[0]


@pytest.mark.parametrize("name", ACTIVATIONS)
def test_absolute_error(name):
    expected = naive.ACTIVATIONS[name](GRID.astype(np.float64))
    assert np.abs(activated(name, GRID) - expected).max() < 4e-7


@pytest.mark.parametrize("name", ["tanh", "erf", "sin"])
def test_relative_error_near_zero(name):
    small = np.concatenate([-GRID[-60_000:], GRID[-60_000:]])
    small = small[np.abs(small) < 0.5]
    np.testing.assert_allclose(
        activated(name, small), naive.ACTIVATIONS[name](small.astype(float)), rtol=1e-6
    )


def test_sine_of_large_arguments():
    large = np.linspace(-1e4, 1e4, 400_001).astype(np.float32)
    assert np.abs(activated("sin", large) - np.sin(large.astype(np.float64))).max() < 4e-7


@pytest.mark.parametrize("name", ["tanh", "erf", "sin", "linear"])
def test_exactly_odd(name):
    assert np.array_equal(activated(name, -GRID), -activated(name, GRID))


@pytest.mark.parametrize("name", ["tanh", "erf"])
def test_bounded_by_one_up_to_rounding(name):
    assert np.abs(activated(name, GRID)).max() <= np.float32(1 + 4e-7)
    assert np.abs(activated(name, [np.inf, -np.inf]) - [1, -1]).max() < 4e-7


@pytest.mark.parametrize("name", ACTIVATIONS)
def test_nan_stays_nan_wherever_it_stands(name):
    values = np.linspace(-2, 2, 37).astype(np.float32)
    values[::5] = np.nan
    assert np.array_equal(np.isnan(activated(name, values)), np.isnan(values))


def test_relu_and_linear_are_exact():
    assert np.array_equal(activated("relu", GRID), np.maximum(GRID, 0))
    assert np.array_equal(activated("relu", -GRID[:3200]), np.maximum(-GRID[:3200], 0))
    assert np.array_equal(activated("linear", GRID), GRID)
    assert activated("relu", [np.inf, -np.inf]).tolist() == [np.inf, 0]
    assert np.isnan(activated("sin", [np.inf, -np.inf])).all()
