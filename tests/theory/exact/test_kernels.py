"""The kernel of infinite width: limits, quadrature, and wide networks."""

import math

import numpy as np
import pytest

from simplicity import functions
from simplicity.maps import MLP
from simplicity.maps.evaluate import Evaluator
from simplicity.theory.exact import kernels
from tests import naive

POINTS, WEIGHTS = np.polynomial.hermite_e.hermegauss(120)
WEIGHTS = WEIGHTS / WEIGHTS.sum()
FUNCTIONS = {
    "relu": lambda u: np.maximum(u, 0),
    "tanh": np.tanh,
    "linear": lambda u: u,
    "erf": np.vectorize(math.erf),
    "sin": np.sin,
}


@pytest.mark.parametrize("activation", FUNCTIONS)
@pytest.mark.parametrize(
    ("a", "b", "c"), [(1.0, 0.3, 0.5), (0.4, -0.35, 0.6), (0.7, 0.7, 0.7), (0.0, 0.0, 0.8)]
)
def test_mean_products_are_gaussian_integrals(activation, a, b, c):
    phi = FUNCTIONS[activation]
    along = b / math.sqrt(a) if a else 0.0
    across = math.sqrt(max(c - along**2, 0))
    u, v = math.sqrt(a) * POINTS[:, None] + 0 * POINTS, along * POINTS[:, None] + across * POINTS
    expected = WEIGHTS @ (phi(u) * phi(v)) @ WEIGHTS
    found = kernels.MEAN_PRODUCTS[activation](*(np.array([x]) for x in (a, b, c)))[0]
    assert found == pytest.approx(expected, abs=2e-3 if activation == "relu" else 1e-7)


@pytest.mark.parametrize("std", [0.1, 3.0, 30.0])
def test_tanh_integral_lies_between_its_neighbours_and_is_fine_enough(std):
    """A sharp tanh is a sign: E sign u sign v = 2/pi arcsin(rho); a gentle one is linear."""
    a = np.array([std**2])
    found = kernels.MEAN_PRODUCTS["tanh"](a, 0.5 * a, a)[0]
    assert found < min(2 / math.pi * math.asin(0.5), 0.5 * std**2)
    assert std < 10 or found == pytest.approx(1 / 3, abs=2e-2)
    assert std > 1 or found == pytest.approx(0.5 * std**2, rel=5e-2)
    half = np.tanh(std * np.linspace(-9, 9, 200_001)) ** 2 @ np.exp(-(np.linspace(-9, 9, 200_001) ** 2) / 2)
    variance = kernels.MEAN_PRODUCTS["tanh"](a, a, a)[0]
    assert variance == pytest.approx(half * 18 / 200_000 / math.sqrt(2 * math.pi), abs=1e-10)


@pytest.mark.parametrize("inputs", ["01", "pm1"])
@pytest.mark.parametrize("activation", FUNCTIONS)
def test_kernel_by_all_pairs(activation, inputs):
    """The recursion pair by pair, without classes of pairs."""
    n_inputs, weight, bias = 3, 1.3, 0.4
    x = naive.input_vectors(n_inputs, inputs)
    expected = bias**2 + weight**2 * x @ x.T / n_inputs
    for _ in range(2):
        d = np.repeat(np.diag(expected), len(x))
        other = np.tile(np.diag(expected), len(x))
        product = kernels.MEAN_PRODUCTS[activation](d, expected.ravel(), other)
        expected = bias**2 + weight**2 * product.reshape(expected.shape)
    found = kernels.infinite_width_kernel(n_inputs, 2, weight, bias, activation, inputs)
    np.testing.assert_allclose(found, expected, atol=1e-12)
    assert np.linalg.eigvalsh(found).min() > -1e-12


@pytest.mark.parametrize(
    ("activation", "inputs"), [("relu", "01"), ("tanh", "pm1"), ("erf", "01"), ("sin", "pm1")]
)
def test_covariance_of_wide_networks(activation, inputs):
    """Covariances of 4,000 networks of width 1024, within 6 standard errors and 1 % of finite width.

    Under one false alarm in 10^6 (64 correlated entries). One layer more is noticed.
    """
    network = MLP(3, (1024,), activation, 1.2, 0.6, inputs=inputs)
    evaluator = Evaluator(network)
    logits = np.concatenate(
        [evaluator.logits(network.noise.draw(5, np.arange(k, k + 500))) for k in range(0, 4000, 500)]
    ).astype(np.float64)
    found = logits.T @ logits / len(logits)
    kernel = kernels.kernel_of(network)
    variances = np.outer(np.diag(kernel), np.diag(kernel))
    error = 6 * np.sqrt((variances + kernel**2) / len(logits)) + 0.01 * np.sqrt(variances)
    assert (np.abs(found - kernel) < error).all()
    deeper = kernels.infinite_width_kernel(3, 2, 1.2, 0.6, activation, inputs)
    assert not (np.abs(found - deeper) < error).all()


def test_zero_bias_leaves_the_zero_input_at_zero():
    kernel = kernels.infinite_width_kernel(4, 3, 1.0, 0)
    assert not kernel[0].any()
    differs = kernels.pair_probabilities(kernel)
    assert (differs[0, 1:] == 0.5).all()
    assert differs[0, 0] == 0
    assert functions.input_table(4).shape[0] == len(differs)


def test_rectifiers_without_bias_forget_the_inputs_with_depth():
    """All correlations tend to 1, angles falling as 3 pi / depth; those of a sharp tanh net stay wide."""
    angles = [
        kernels.pair_probabilities(kernels.infinite_width_kernel(3, depth, 2**0.5, 0))[1:, 1:].max()
        for depth in (1, 10, 1000)
    ]
    assert angles == sorted(angles, reverse=True)
    assert angles[-1] == pytest.approx(3 / 1000, rel=0.02)
    chaotic = kernels.pair_probabilities(kernels.infinite_width_kernel(3, 4, 8, 0.2, "tanh"))
    assert chaotic[1:, 1:].max() > 0.3


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ((0, 1), "n_inputs"),
        ((3, -1), "depth"),
        ((3, 1, 0), "weight_std"),
        ((3, 1, 1, -1), "bias_std"),
        ((3, 1, 1, 1, "swish"), "activation"),
        ((3, 1, 1, 1, "relu", "02"), "inputs"),
        ((3, 1, 100, 1, "tanh"), "tanh units"),
        ((3, 2000, 1, 0), "weight_std must keep the logits"),
        ((3, 2000, 3, 0), "weight_std must keep the logits"),
    ],
)
def test_bad_arguments(arguments, message):
    with pytest.raises(ValueError, match=message):
        kernels.infinite_width_kernel(*arguments)


def test_uniform_weights_and_matrices_that_are_not_square_are_refused():
    with pytest.raises(ValueError, match="distribution must be normal"):
        kernels.kernel_of(MLP(3, (5,), distribution="uniform"))
    with pytest.raises(ValueError, match="square"):
        kernels.pair_probabilities([[1, 2, 3]])
