"""Activations in float32 against NumPy and SciPy in float64."""

import numba
import numpy as np
import pytest

from simplicity.maps.activations import ACTIVATIONS, activate
from simplicity.vectors import LANES, at_least, load, rectified, splat, store
from tests import naive

GRID = np.concatenate([np.linspace(-12, 12, 400_001), np.geomspace(1e-38, 1e2, 100_001)]).astype(np.float32)


def activated(name, values):
    """The activation of some values; nothing beside them may change."""
    out = np.concatenate([[7], values, [7]]).astype(np.float32)
    activate(ACTIVATIONS[name], out, 1, len(out) - 1)
    assert out[0] == out[-1] == 7
    return out[1:-1]


@pytest.mark.parametrize("name", sorted(set(ACTIVATIONS) - {"relu"}))  # relu is a part of the sums
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


@pytest.mark.parametrize("name", sorted(set(ACTIVATIONS) - {"relu"}))  # relu is a part of the sums
def test_nan_stays_nan_wherever_it_stands(name):
    values = np.linspace(-2, 2, 37).astype(np.float32)
    values[::5] = np.nan
    assert np.array_equal(np.isnan(activated(name, values)), np.isnan(values))


def test_linear_is_exact():
    assert np.array_equal(activated("linear", GRID), GRID)
    assert np.isnan(activated("sin", [np.inf, -np.inf])).all()


@numba.njit
def rectify(values, out):
    for i in range(0, values.shape[0], LANES):
        store(out, i, rectified(load(values, i)))


@numba.njit
def raise_to(least, values, out):
    for i in range(0, values.shape[0], LANES):
        store(out, i, at_least(load(values, i), splat(least)))


def test_rectified_is_exact_and_keeps_nan():
    values = np.concatenate(
        [GRID[: len(GRID) // LANES * LANES], [np.inf, -np.inf, np.nan, 0, -0.0, 1, -1, 2]]
    )
    values = values.astype(np.float32)
    out = np.empty_like(values)
    rectify(values, out)
    assert np.array_equal(out, np.maximum(values, 0), equal_nan=True)
    for least in (0, -np.inf, 0.5):
        raise_to(np.float32(least), values, out)
        assert np.array_equal(out, np.maximum(values, least), equal_nan=True)
