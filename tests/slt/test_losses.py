"""Losses: zeros and gradients where they must be, squared errors against their definition, clear refusals."""

import numba
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import simplicity
from simplicity.functions import from_strings
from simplicity.maps import MLP, ExpressionTree, Perceptron, PolynomialThreshold
from simplicity.maps.evaluate import Evaluator
from simplicity.slt import loss, losses, squared_error

ANALYTIC = [
    losses.normal_crossing([1, 2, 0]),
    losses.sum_of_powers([2, 4, 6]),
    losses.reduced_rank(3, 2, 4, 1),
    losses.deep_linear([2, 3, 1, 4], 1),
]


@pytest.mark.parametrize("analytic", ANALYTIC, ids=lambda analytic: analytic.name)
def test_gradients_are_those_of_differences(analytic):
    parameters = np.random.default_rng(0).standard_normal((20, analytic.size))
    by_differences = losses.Loss(analytic.name, analytic.size, analytic.values).slopes(parameters)
    scale = 1 + np.abs(by_differences).max()
    np.testing.assert_allclose(analytic.slopes(parameters) / scale, by_differences / scale, atol=1e-8)


@settings(max_examples=30, deadline=None)
@given(st.integers(0, 2**32), st.floats(0.1, 10))
def test_deep_linear_is_blind_to_rescaling_between_layers(seed, factor):
    analytic = losses.deep_linear([2, 3, 2], 1)
    w = np.random.default_rng(seed).standard_normal((1, analytic.size))
    rescaled = np.concatenate([w[:, :6] * factor, w[:, 6:] / factor], axis=1)
    np.testing.assert_allclose(analytic(rescaled), analytic(w), rtol=1e-9)


def test_deep_linear_is_the_expected_squared_error_of_normal_inputs():
    analytic = losses.reduced_rank(3, 2, 2, 1)
    rng = np.random.default_rng(1)
    w = rng.standard_normal((1, analytic.size))
    inputs = rng.standard_normal((200_000, 3))
    outputs = inputs @ w[0, :6].reshape(2, 3).T @ w[0, 6:].reshape(2, 2).T
    outputs[:, 0] -= inputs[:, 0]
    errors = (outputs**2).sum(axis=1)
    assert abs(errors.mean() - analytic(w)[0]) < 5 * errors.std() / np.sqrt(len(errors))


def test_compiled_rows_and_arrays_agree():
    @numba.njit
    def by_row(w):
        return w[0] ** 2 * w[1] ** 2

    w = np.random.default_rng(2).standard_normal((50, 2))
    np.testing.assert_allclose(loss(by_row, 2)(w), losses.normal_crossing([1, 1])(w), rtol=1e-12)


@pytest.mark.parametrize(
    "pf_map",
    [MLP(3, (5,)), Perceptron(3), PolynomialThreshold(3, degree=2)],
    ids=lambda pf_map: pf_map.name,
)
def test_squared_error_against_its_definition(pf_map):
    function = "01101001"
    measured = squared_error(pf_map, function)
    noise = pf_map.noise.draw(0, np.arange(30, dtype=np.uint64))
    logits = np.asarray(Evaluator(pf_map).logits(noise), dtype=np.float64)
    expected = [
        np.mean([(z - 2 * int(bit) + 1) ** 2 for z, bit in zip(row, function, strict=True)]) for row in logits
    ]
    np.testing.assert_allclose(measured(noise.astype(np.float64)), expected, rtol=1e-5)
    packed = squared_error(pf_map, from_strings([function])[0])
    np.testing.assert_array_equal(packed(noise.astype(np.float64)), measured(noise.astype(np.float64)))


def test_a_perceptron_that_computes_the_target_exactly():
    """f = x1 on ±1 inputs: weight 1 on x1, nothing else."""
    pf_map = Perceptron(2, weight_std=2**0.5, inputs="pm1")
    assert squared_error(pf_map, "0011")(np.array([[1.0, 0.0, 0.0]]))[0] < 1e-20


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: loss(lambda w: -(w**2).sum(axis=1), 1)(np.ones((3, 1))), "is negative, -1.0"),
        (lambda: loss(lambda w: np.log(w[:, 0] - 1), 1)(np.ones((3, 1)) + 1e308 * 10), "not finite"),
        (lambda: loss(lambda w: w**2, 2)(np.ones((3, 2))), r"shape \(3,\), got \(3, 2\)"),
        (lambda: losses.sum_of_powers([2])(np.ones((3, 2))), r"must have shape \(count, 1\), got \(3, 2\)"),
        (lambda: losses.sum_of_powers([3]), "powers must be positive and even"),
        (lambda: losses.reduced_rank(2, 1, 2, 2), "rank must be at most the smallest width, 1, got 2"),
        (lambda: loss("w", 2), "a loss must be callable"),
        (lambda: loss(np.sum, 0), "size must be a whole number from 1"),
        (lambda: squared_error(ExpressionTree(3), "0" * 8), "reads bits"),
        (lambda: squared_error(MLP(3, (5,)), "0101"), "3 inputs has 8 zeros and ones"),
        (lambda: squared_error(MLP(3, (5,)), from_strings(["0" * 8] * 2)), "one function was expected"),
    ],
)
def test_bad_losses(call, message):
    with pytest.raises(ValueError, match=message), np.errstate(all="ignore"):
        call()


def test_a_map_of_bools_has_no_squared_error():
    @simplicity.batch_map(n_params=lambda n_inputs: 2**n_inputs)
    def signs(noise, inputs, /):
        return noise > 0

    with pytest.raises(ValueError, match="needs logits"):
        squared_error(signs(n_inputs=2), "0110")
