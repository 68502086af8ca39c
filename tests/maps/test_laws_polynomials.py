"""GROUND_TRUTH §3 and the law of the curve. False-alarm rate 1e-4 a statistical test, fixed seeds."""

import itertools

import numpy as np
import pytest

from simplicity import functions
from simplicity.maps import LookupTable, Perceptron, PolynomialCurve, PolynomialThreshold
from tests.maps.chi_square import ALARM, counts_of, goodness, sample_words, two_sample

CURVES = ["monomial", "legendre", "chebyshev"]


def reached(pf_map, n_samples):
    return set(np.unique(sample_words(pf_map, n_samples)[:, 0]).tolist())


@pytest.mark.parametrize("distribution", ["normal", "uniform"])
@pytest.mark.parametrize(("n_inputs", "counts"), [(1, [2, 4]), (2, [2, 14, 16]), (3, [2, 104, 254, 256])])
def test_number_of_functions_at_each_degree(n_inputs, counts, distribution):
    """Both bases span the same polynomials, but the monomials reach some functions very rarely."""
    degrees = range(n_inputs + 1)
    walsh, monomial = (
        [reached(PolynomialThreshold(n_inputs, k, basis, 1.0, distribution), 500_000) for k in degrees]
        for basis in ("walsh", "monomial")
    )
    assert [len(found) for found in walsh] == counts
    assert all(low <= high for low, high in itertools.pairwise(walsh))
    for few, many in zip(monomial, walsh, strict=True):
        assert few <= many
        assert len(few) > 0.9 * len(many)


def test_functions_of_degree_two_at_four_inputs():
    """At most 57,574 are reachable; those of degree 1 are among them, the two parities never."""
    found = reached(PolynomialThreshold(4, 2, "walsh"), 4_000_000)
    assert 45_000 < len(found) <= 57_574
    assert reached(Perceptron(4), 20_000) <= found
    assert len(reached(PolynomialThreshold(4, 2, "monomial"), 20_000) - found) < 100
    parity = int(functions.named_functions(4)["parity(x1,x2,x3,x4)"][0])
    assert not {parity, parity ^ 0xFFFF} & (found | reached(PolynomialThreshold(4, 3, "walsh"), 500_000))


@pytest.mark.parametrize("n_inputs", [1, 2, 3])
def test_full_walsh_degree_is_the_null_model(n_inputs):
    uniform = np.full(2**2**n_inputs, 2.0 ** -(2**n_inputs))
    null = counts_of(PolynomialThreshold(n_inputs, n_inputs, "walsh"), 1_000_000)
    assert goodness(null, uniform) > ALARM
    assert goodness(counts_of(LookupTable(n_inputs), 1_000_000), uniform) > ALARM


@pytest.mark.parametrize(
    "pf_map",
    [
        PolynomialThreshold(2, 2, "monomial"),
        PolynomialThreshold(3, 2, "walsh"),
        PolynomialThreshold(3, 3, "walsh", distribution="uniform"),
        PolynomialCurve(2, 3),
    ],
    ids=repr,
)
def test_other_polynomials_are_not_uniform(pf_map):
    """Negative control: only Gaussian coefficients rotate into Gaussian logits."""
    positions = 2**pf_map.n_inputs
    assert goodness(counts_of(pf_map, 1_000_000), np.full(2**positions, 2.0**-positions)) < ALARM


@pytest.mark.parametrize("distribution", ["normal", "uniform"])
@pytest.mark.parametrize("n_inputs", [2, 3, 4])
def test_walsh_degree_one_is_the_perceptron_of_one_standard_deviation(n_inputs, distribution):
    walsh = PolynomialThreshold(n_inputs, 1, "walsh", distribution=distribution)
    equal, larger = (
        Perceptron(n_inputs, np.sqrt(n_inputs), bias_std, distribution, "pm1") for bias_std in (1, 1.1)
    )
    counts = counts_of(walsh, 500_000, seed=1)
    assert two_sample(counts, counts_of(equal, 500_000, seed=2)) > ALARM
    assert two_sample(counts, counts_of(larger, 500_000, seed=2)) < ALARM


@pytest.mark.parametrize("distribution", ["normal", "uniform"])
@pytest.mark.parametrize("n_inputs", [2, 3])
def test_monomial_degree_one_is_the_perceptron_on_zeros_and_ones(n_inputs, distribution):
    monomial = PolynomialThreshold(n_inputs, 1, "monomial", distribution=distribution)
    perceptron = Perceptron(n_inputs, np.sqrt(n_inputs), 1, distribution, "01")
    counts = counts_of(monomial, 500_000, seed=3)
    assert two_sample(counts, counts_of(perceptron, 500_000, seed=4)) > ALARM


@pytest.mark.parametrize("basis", ["monomial", "walsh"])
def test_functions_do_not_depend_on_the_coefficients_scale(basis):
    for n_inputs, degree in [(3, 2), (6, 3)]:
        reference = sample_words(PolynomialThreshold(n_inputs, degree, basis), 20_000)
        for scale in (2.0**-30, 0.5, 1024.0):
            words = sample_words(PolynomialThreshold(n_inputs, degree, basis, scale), 20_000)
            assert np.array_equal(words, reference)


def sign_changes(words, n_inputs):
    tables = functions.unpack(words, n_inputs)
    return (tables[:, 1:] != tables[:, :-1]).sum(axis=1)


@pytest.mark.parametrize("distribution", ["normal", "uniform"])
@pytest.mark.parametrize("basis", CURVES)
@pytest.mark.parametrize("n_inputs", [2, 3, 5, 7])
def test_a_curve_changes_sign_at_most_as_often_as_its_degree(n_inputs, basis, distribution):
    for degree in {0, 1, 2, min(5, 2**n_inputs - 1), min(12, 2**n_inputs - 1)}:
        words = sample_words(PolynomialCurve(n_inputs, degree, basis, distribution=distribution), 100_000)
        changes = sign_changes(words, n_inputs)
        assert changes.max() <= degree
        assert degree > 2 or changes.max() == degree


@pytest.mark.parametrize("basis", CURVES)
@pytest.mark.parametrize(
    ("n_inputs", "degree"), [(1, 0), (1, 1), (2, 0), (2, 1), (2, 2), (2, 3), (3, 1), (3, 2)]
)
def test_a_curve_reaches_every_function_of_few_sign_changes(n_inputs, degree, basis):
    every = functions.from_integers(range(2**2**n_inputs), n_inputs)
    expected = set(every[sign_changes(every, n_inputs) <= degree][:, 0].tolist())
    pf_map = PolynomialCurve(n_inputs, degree, basis)
    assert set(np.unique(sample_words(pf_map, 500_000)[:, 0]).tolist()) == expected
    assert pf_map.reachable.exact
    assert round(2**pf_map.reachable.log2_count) == len(expected)
