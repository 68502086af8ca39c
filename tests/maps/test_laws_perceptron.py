"""GROUND_TRUTH §2: exact laws of the perceptron. False-alarm rate 1e-4 a statistical test, fixed seeds."""

import math

import numpy as np
import pytest
from scipy import stats

from simplicity import Noise, batch_map, functions
from simplicity.maps import Perceptron
from simplicity.maps.evaluate import Evaluator
from tests import naive
from tests.maps.chi_square import ALARM, counts_of, goodness, ones_counts, sample_words

MILLION = 1_000_000
DISTRIBUTIONS = ["normal", "uniform"]


def uniform_on_ones(n_inputs):
    """P(T = t) = 2^-n for t = 0 … 2^n - 1, and 0 for t = 2^n."""
    return np.append(np.full(2**n_inputs, 2.0**-n_inputs), 0)


@batch_map(n_params=lambda n_inputs: n_inputs, batch_size=4096)
def heavy_tailed(noise, inputs, /):
    """Symmetric weights of quite another law, each coordinate with its own."""
    weights = np.sinh(2 * noise.astype(np.float64)) * 3.0 ** np.arange(noise.shape[1])
    return weights @ inputs.T.astype(np.float64)


@batch_map(n_params=lambda n_inputs: n_inputs, batch_size=4096)
def signs(noise, inputs, /):
    """Weights of ±1: symmetric, but with ties."""
    return np.sign(noise) @ inputs.T


@pytest.mark.parametrize("distribution", DISTRIBUTIONS)
@pytest.mark.parametrize("n_inputs", [1, 2, 3, 5, 7])
def test_number_of_ones_is_uniform_without_bias(n_inputs, distribution):
    counts = ones_counts(Perceptron(n_inputs, bias_std=0, distribution=distribution), MILLION)
    assert goodness(counts, uniform_on_ones(n_inputs)) > ALARM


@pytest.mark.parametrize("n_inputs", [2, 4])
def test_number_of_ones_is_uniform_for_any_symmetric_law_of_weights(n_inputs):
    assert goodness(ones_counts(heavy_tailed(n_inputs), 200_000), uniform_on_ones(n_inputs)) > ALARM


@pytest.mark.parametrize("bias_std", [0.02, 1])
@pytest.mark.parametrize("n_inputs", [3, 5, 7])
def test_number_of_ones_is_not_uniform_with_bias(n_inputs, bias_std):
    counts = ones_counts(Perceptron(n_inputs, bias_std=bias_std), MILLION)
    assert goodness(counts, uniform_on_ones(n_inputs)) < ALARM
    assert goodness(counts[:-1], uniform_on_ones(n_inputs)[:-1]) < ALARM  # also among those with T < 2^n


def test_number_of_ones_is_not_uniform_with_ties():
    """n = 2, weights ±1: P(T=1) = 1/2, P(T=2) = 0, and T = 0, 3 share the rest."""
    counts = ones_counts(signs(2), 200_000)
    assert goodness(counts, [1 / 4, 1 / 2, 0, 1 / 4, 0]) > ALARM
    assert goodness(counts, uniform_on_ones(2)) < ALARM


@pytest.mark.parametrize("distribution", DISTRIBUTIONS)
@pytest.mark.parametrize("n_inputs", [2, 3, 4, 7, 8])
def test_half_of_the_inputs_are_ones_on_plus_minus_without_bias(n_inputs, distribution):
    pf_map = Perceptron(n_inputs, bias_std=0, distribution=distribution, inputs="pm1")
    counts = ones_counts(pf_map, MILLION)
    assert counts[2 ** (n_inputs - 1)] == MILLION


def test_logits_are_exactly_odd_on_plus_minus_without_bias():
    for n_inputs in range(1, 13):
        pf_map = Perceptron(n_inputs, bias_std=0, inputs="pm1")
        logits = Evaluator(pf_map).logits(pf_map.noise.draw(1, np.arange(50)))
        assert np.array_equal(logits, -logits[:, ::-1])
        assert (logits != 0).all()


def test_with_bias_half_of_the_inputs_are_not_always_ones():
    counts = ones_counts(Perceptron(3, bias_std=1e-3, inputs="pm1"), MILLION)
    assert 0 < counts[4] < MILLION


@pytest.mark.parametrize("distribution", DISTRIBUTIONS)
def test_two_inputs_without_bias_give_six_functions(distribution):
    """The constant 0 and OR have 1/4 each, the four others 1/8."""
    law = dict.fromkeys(["0010", "0100", "0011", "0101"], 1 / 8) | {"0000": 1 / 4, "0111": 1 / 4}
    counts = counts_of(Perceptron(2, bias_std=0, distribution=distribution), MILLION)
    assert goodness(counts, [law.get(f"{f:04b}", 0) for f in range(16)]) > ALARM
    skewed = counts_of(Perceptron(2, bias_std=0.05, distribution=distribution), MILLION)
    assert goodness(skewed, [law.get(f"{f:04b}", 0) for f in range(16)]) < ALARM


@pytest.mark.parametrize("n_inputs", [1, 2, 3, 4, 5])
def test_literals_of_uniform_weights(n_inputs):
    """P(x_i) = 2^-n / n!; normal weights give literals another prior from n = 3 on."""
    expected = 2.0**-n_inputs / math.factorial(n_inputs)
    literals = [functions.named_functions(n_inputs)[f"x{i + 1}"] for i in range(n_inputs)]

    def p_values(distribution):
        words = sample_words(Perceptron(n_inputs, bias_std=0, distribution=distribution), MILLION, seed=1)
        hits = [int((words == literal).all(axis=1).sum()) for literal in literals]
        return [stats.binomtest(count, MILLION, expected).pvalue for count in hits]

    assert min(p_values("uniform")) > ALARM / n_inputs
    assert n_inputs < 3 or max(p_values("normal")) < ALARM


@pytest.mark.parametrize("distribution", DISTRIBUTIONS)
@pytest.mark.parametrize("inputs", ["01", "pm1"])
def test_functions_do_not_depend_on_the_scale_without_bias(distribution, inputs):
    for n_inputs in (1, 3, 6):
        options = {"bias_std": 0, "distribution": distribution, "inputs": inputs}
        reference = sample_words(Perceptron(n_inputs, **options), 20_000)
        for scale in (2.0**-20, 0.25, 8.0, 2.0**40, 0.3, 7.0):
            words = sample_words(Perceptron(n_inputs, weight_std=scale, **options), 20_000)
            assert np.array_equal(words, reference)
    with_bias = [sample_words(Perceptron(3, weight_std=w), 20_000) for w in (1, 2)]
    assert not np.array_equal(*with_bias)


@pytest.mark.parametrize(("n_inputs", "count"), [(1, 4), (2, 14), (3, 104)])
@pytest.mark.parametrize("distribution", DISTRIBUTIONS)
@pytest.mark.parametrize("inputs", ["01", "pm1"])
def test_exactly_the_threshold_functions_are_reached(n_inputs, count, distribution, inputs):
    expected = naive.threshold_functions(n_inputs, largest=3)
    assert len(expected) == count
    words = sample_words(Perceptron(n_inputs, 1.0, 0.8, distribution, inputs), 300_000)
    assert set(functions.to_strings(np.unique(words, axis=0), n_inputs)) == expected


@pytest.mark.parametrize("inputs", ["01", "pm1"])
def test_only_threshold_functions_are_reached_at_four_inputs(inputs):
    expected = naive.threshold_functions(4, largest=4)
    assert len(expected) == 1882
    words = sample_words(Perceptron(4, inputs=inputs), MILLION)
    reached = set(functions.to_strings(np.unique(words, axis=0), 4))
    assert reached <= expected
    assert len(reached) > 1800


@pytest.mark.parametrize(("n_inputs", "count"), [(1, 2), (2, 6), (3, 32), (4, 370)])
@pytest.mark.parametrize("distribution", DISTRIBUTIONS)
def test_number_of_functions_without_bias(n_inputs, count, distribution):
    """A034997; the weights of the enumeration are whole numbers up to 9 without ties."""
    expected = naive.threshold_functions(n_inputs, 2 ** (n_inputs - 1) + 1, with_bias=False)
    assert len(expected) == count
    words = sample_words(Perceptron(n_inputs, bias_std=0, distribution=distribution), MILLION)
    assert set(functions.to_strings(np.unique(words, axis=0), n_inputs)) == expected


@pytest.mark.parametrize("n_inputs", [2, 5, 7])
@pytest.mark.parametrize("distribution", DISTRIBUTIONS)
def test_constants_share_the_prior_as_the_bias_grows(n_inputs, distribution):
    def zeros(bias_std):
        pf_map = Perceptron(n_inputs, bias_std=bias_std, distribution=distribution)
        return int(ones_counts(pf_map, 200_000)[0])

    assert stats.binomtest(zeros(1e6), 200_000, 0.5).pvalue > ALARM
    assert stats.binomtest(zeros(1), 200_000, 0.5).pvalue < ALARM
    assert zeros(0) < zeros(1) < zeros(4) < zeros(1e6)


def test_weights_and_biases_have_their_standard_deviations():
    for n_inputs, distribution in [(3, "normal"), (7, "uniform")]:
        pf_map = Perceptron(n_inputs, weight_std=2.0, bias_std=0.5, distribution=distribution)
        assert pf_map.noise == Noise(distribution, n_inputs + 1, "float64")
        thetas = [pf_map.parameters(row) for row in pf_map.noise.draw(0, np.arange(20_000))]
        weights = np.array([theta["weights"] for theta in thetas])
        biases = np.array([theta["bias"] for theta in thetas])
        assert abs(weights.std() * math.sqrt(n_inputs) / 2 - 1) < 0.02
        assert abs(biases.std() / 0.5 - 1) < 0.03
