"""GROUND_TRUTH §4: symmetries of every built-in map on data, and laws of networks.

False-alarm rate 1e-4 a statistical test, fixed seeds.
"""

import dataclasses
import math

import numpy as np
import pytest
from scipy import stats

from simplicity import functions
from simplicity.maps import (
    MLP,
    NNGP,
    BooleanCircuit,
    ExpressionTree,
    LookupTable,
    Perceptron,
    PolynomialCurve,
    PolynomialThreshold,
)
from simplicity.sampling import Engine
from simplicity.theory import exact
from tests import naive
from tests.maps.chi_square import ALARM, counts_of, homogeneity, ones_counts, orbits, sample_words

SYMMETRIC = [
    Perceptron(3),
    Perceptron(3, bias_std=0),
    Perceptron(3, distribution="uniform", inputs="pm1"),
    Perceptron(3, bias_std=0, inputs="pm1"),
    MLP(3, (6,)),
    MLP(3, (5, 4), "tanh", 2.0, 0.3, "uniform"),
    MLP(3, (5, 4), "erf", inputs="pm1"),
    MLP(3, (5,), "sin", 3.0, 0, inputs="pm1"),
    MLP(3, (5,), "relu", 1.0, 0),
    MLP(3, (5,), "relu", 1.0, 0, inputs="pm1"),
    NNGP(3),
    NNGP(3, 1, 1.4, 0),
    NNGP(3, 1, 1.4, 0, "erf", "pm1"),
    PolynomialThreshold(3, 2),
    PolynomialThreshold(3, 2, "walsh", distribution="uniform"),
    PolynomialThreshold(3, 0),
    PolynomialCurve(3, 4),
    PolynomialCurve(3, 2, "chebyshev", distribution="uniform"),
    PolynomialCurve(3, 0),
    ExpressionTree(3),
    ExpressionTree(3, ("nand",), 0.5),
    ExpressionTree(3, ("and", "or", "xor"), 0.6),
    ExpressionTree(3, ("nand", "nor", "b"), 0.6),
    BooleanCircuit(3, 8),
    BooleanCircuit(3, 5, "and-or-xor"),
    BooleanCircuit(3, 5, "nand"),
    BooleanCircuit(3, 5, ("and", "a_and_not_b", "or", "a_or_not_b", "nor", "nand")),
    LookupTable(3),
]
KINDS = ("permutation", "complement", "negation")


@pytest.mark.parametrize("pf_map", SYMMETRIC, ids=repr)
def test_declared_symmetries_hold_on_data(pf_map):
    counts = counts_of(pf_map, 300_000)
    declared = [kind for kind in KINDS if getattr(pf_map.symmetries, kind)]
    assert declared
    for kind in declared:
        assert homogeneity(counts, orbits(3, **{kind: True})) > ALARM / 4
    assert homogeneity(counts, orbits(3, **dict.fromkeys(declared, True))) > ALARM / 4


@pytest.mark.parametrize(
    ("pf_map", "broken"),
    [
        (Perceptron(3), "negation"),
        (Perceptron(3, bias_std=0), "complement"),
        (MLP(3, (6,)), "negation"),
        (MLP(3, (5,), "relu", 1.0, 0), "complement"),
        (MLP(3, (5,), "tanh", 1.0, 0), "complement"),
        (MLP(3, (5,), "relu", 1.0, 0, inputs="pm1"), "complement"),
        (NNGP(3, 1, 1.4, 0.2), "negation"),
        (NNGP(3, 1, 1.4, 0), "complement"),
        (PolynomialThreshold(3, 2), "negation"),
        (PolynomialCurve(3, 4), "permutation"),
        (PolynomialCurve(3, 2, "chebyshev"), "negation"),
        (ExpressionTree(3, ("nand",), 0.5), "complement"),
        (ExpressionTree(3, ("and", "or", "or"), 0.5), "complement"),
        (BooleanCircuit(3, 5, "and-or-xor"), "complement"),
        (BooleanCircuit(3, 5, "and-or-xor"), "negation"),
    ],
    ids=repr,
)
def test_what_is_not_declared_is_refuted(pf_map, broken):
    """Negative control of the test above."""
    assert not getattr(pf_map.symmetries, broken)
    assert homogeneity(counts_of(pf_map, 300_000), orbits(3, **{broken: True})) < ALARM


@pytest.mark.parametrize(
    ("pf_map", "n_draws", "readouts"),
    [
        (MLP(3, (2048,), "relu", 1.0, 0), 4000, 8),
        (MLP(3, (2048,), "relu", 1.0, 0.7), 4000, 8),
        (MLP(4, (2048,), "relu", 1.5, 0.3, inputs="pm1"), 3000, 8),
        (MLP(3, (300, 300), "relu", 1.4, 0.5), 1500, 16),
    ],
    ids=repr,
)
def test_wide_rectifier_networks_are_gaussian_processes(pf_map, n_draws, readouts):
    """P(f(x) ≠ f(y)) = arccos(rho) / pi within 5 clustered standard errors plus 2 / width of finite width.

    Of 120 pairs at most, one leaves 5 standard errors in 1 of 10^4 runs. The bound notices one layer more.
    Weights must be normal: the first layer's fan-in is small.
    """
    words, undefined = Engine(pf_map, 3, readouts).samples(0, n_draws * readouts)
    assert not undefined.any()
    tables = functions.unpack(words, pf_map.n_inputs)
    differ = (tables[:, :, None] != tables[:, None, :]).reshape(n_draws, readouts, *[2**pf_map.n_inputs] * 2)
    per_draw = differ.mean(axis=1)
    error = 5 * per_draw.std(axis=0) / math.sqrt(n_draws) + 2 / pf_map.hidden_widths[-1]
    first = 1 if pf_map.bias_std == 0 and pf_map.inputs == "01" else 0  # f(0) = 0 always
    expected = exact.pair_probabilities(exact.kernel_of(pf_map))
    deviation = np.abs(per_draw.mean(axis=0) - expected)[first:, first:]
    assert (deviation <= error[first:, first:]).all()
    deeper = dataclasses.replace(pf_map, hidden_widths=(*pf_map.hidden_widths, 1))
    unlike = exact.pair_probabilities(exact.kernel_of(deeper))
    wrong = np.abs(per_draw.mean(axis=0) - unlike)[first:, first:]
    assert not (wrong <= error[first:, first:]).all()
    if first:
        assert not tables[:, 0].any()


@pytest.mark.parametrize("n_inputs", [2, 3, 5])
@pytest.mark.parametrize("distribution", ["normal", "uniform"])
def test_rectifier_networks_without_bias_like_zero_more_with_depth(n_inputs, distribution):
    """P(T = 0) ≥ 2^-n, rising with depth, and a falling mean entropy of the ones."""
    shares, entropies = [], []
    for widths in [(20,), (20, 20), (20, 20, 20, 20)]:
        pf_map = MLP(n_inputs, widths, "relu", 1.0, 0, distribution)
        ones = ones_counts(pf_map, 40_000)
        shares.append(ones[0] / 40_000)
        fraction = np.arange(2**n_inputs + 1) / 2**n_inputs
        entropies.append(stats.entropy([fraction, 1 - fraction], base=2) @ ones / 40_000)
    assert min(shares) > 2.0**-n_inputs
    assert shares == sorted(shares)
    assert entropies == sorted(entropies, reverse=True)


@pytest.mark.parametrize(("activation", "inputs"), [("relu", "01"), ("relu", "pm1"), ("linear", "01")])
def test_functions_do_not_depend_on_the_scale_without_bias(activation, inputs):
    for n_inputs, widths in [(3, (7,)), (5, (6, 5, 4))]:
        reference = sample_words(MLP(n_inputs, widths, activation, 1.0, 0, inputs=inputs), 5000)
        for scale in (2.0**-6, 0.5, 64.0):
            words = sample_words(MLP(n_inputs, widths, activation, scale, 0, inputs=inputs), 5000)
            assert np.array_equal(words, reference)
        odd = sample_words(MLP(n_inputs, widths, activation, 3.0, 0, inputs=inputs), 5000)
        assert (odd != reference).mean() < 1e-3  # sums round differently, which moves logits next to 0
    saturating = [sample_words(MLP(5, (6,), "tanh", scale, 0), 5000) for scale in (1.0, 8.0)]
    assert not np.array_equal(*saturating)


def test_linear_networks_are_perceptrons():
    threshold = naive.threshold_functions(3, largest=3)
    words = sample_words(MLP(3, (5, 4), "linear"), 100_000)
    assert set(functions.to_strings(np.unique(words, axis=0), 3)) <= threshold
    rectified = sample_words(MLP(3, (5, 4), "relu"), 100_000)
    assert not set(functions.to_strings(np.unique(rectified, axis=0), 3)) <= threshold


def test_odd_networks_on_plus_minus_without_bias_have_half_ones():
    """Odd activations and sums make the logits odd to the last bit."""
    for activation in ("tanh", "erf", "sin", "linear"):
        ones = ones_counts(MLP(5, (9, 6), activation, 1.5, 0, inputs="pm1"), 50_000)
        assert ones[16] == 50_000
    assert ones_counts(MLP(5, (9, 6), "relu", 1.5, 0, inputs="pm1"), 50_000)[16] < 50_000


def test_deep_tanh_networks_go_from_order_to_chaos():
    def distinct(weight_std):
        return len(np.unique(sample_words(MLP(7, (40,) * 10, "tanh", weight_std, 0.2), 1500), axis=0))

    assert distinct(1.0) < 0.5 * 1500
    assert distinct(8.0) > 0.99 * 1500
