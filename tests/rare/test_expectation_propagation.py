"""Expectation propagation: near the truth in few dimensions, off by its stated bias in many."""

import math

import numpy as np
import pytest

from simplicity.functions import as_function, unpack
from simplicity.rare import log2_orthant_probability, log2_orthant_screen
from simplicity.theory.exact import infinite_width_kernel


@pytest.mark.parametrize("rho", [-0.9, -0.3, 0.0, 0.5, 0.9])
def test_two_variables(rho):
    truth = math.log2(1 / 4 + math.asin(rho) / (2 * math.pi))
    assert abs(log2_orthant_screen([[1, rho], [rho, 1]], [1, 1]) - truth) < 0.05


def test_independent_variables_are_exact():
    assert log2_orthant_screen(np.diag([1.0, 4, 9, 1e-6]), [1, -1, 1, -1]) == pytest.approx(-4, abs=1e-9)
    assert log2_orthant_screen([[3.0]], [True]) == pytest.approx(-1, abs=1e-12)


@pytest.mark.parametrize(("size", "negative"), [(3, 1), (10, 5), (128, 30), (128, 64)])
def test_equicorrelated_variables(size, negative):
    """Its mixed orthants are nearly Gaussian, so that the error is below 0.01 bits."""
    signs = np.where(np.arange(size) < negative, -1, 1)
    covariance = np.full((size, size), 0.5) + np.eye(size) / 2
    truth = -math.log2((size + 1) * math.comb(size, negative))
    assert abs(log2_orthant_screen(covariance, signs) - truth) < 0.01


@pytest.mark.parametrize("formula", ["0", "x1"])
def test_the_stated_bias_shows(formula):
    """Simple functions of seven inputs at infinite width: 0.4 to 1.1 bits too low, beyond all doubt."""
    kernel = infinite_width_kernel(7, 2, 2**0.5, 0.2)
    signs = unpack(as_function(formula, 7), 7).ravel()
    estimate = log2_orthant_probability(kernel, signs)
    bias = log2_orthant_screen(kernel, signs) - estimate.log2_probability
    assert estimate.status == "converged"
    assert -1.1 < bias < -0.35
    assert bias < -4 * estimate.standard_error


def test_wrong_arguments_are_refused():
    with pytest.raises(ValueError, match="variances above 0"):
        log2_orthant_screen([[0, 0], [0, 1]], [1, 1])
    with pytest.raises(ValueError, match="signs must have shape"):
        log2_orthant_screen(np.eye(2), [1])
