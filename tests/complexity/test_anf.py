"""The algebraic normal form: the transform, exact counts of degrees and products."""

import collections
import math

import numpy as np
import pytest

from simplicity import functions
from simplicity.complexity import anf_coefficients, anf_degree, anf_monomials
from tests.complexity.functions_of import conjunction, every_function, majority, parity, random_words

ALL_N_INPUTS = range(1, functions.MAX_INPUTS + 1)


@pytest.mark.parametrize("n", ALL_N_INPUTS)
def test_the_transform_is_its_own_inverse(n):
    words = random_words(n, 50)
    coefficients = anf_coefficients(words, n)
    assert np.array_equal(anf_coefficients(coefficients, n), words)
    assert not np.array_equal(coefficients, words)


@pytest.mark.parametrize("n", ALL_N_INPUTS)
def test_the_transform_is_linear(n):
    a, b = random_words(n, 20), random_words(n, 20, seed=1)
    assert np.array_equal(anf_coefficients(a ^ b, n), anf_coefficients(a, n) ^ anf_coefficients(b, n))


@pytest.mark.parametrize("n", ALL_N_INPUTS)
def test_known_functions(n):
    negated = functions.negate_inputs(conjunction(n), n, range(n))
    assert (anf_degree(parity(n), n), anf_monomials(parity(n), n)) == (1, n)
    assert (anf_degree(conjunction(n), n), anf_monomials(conjunction(n), n)) == (n, 1)
    assert (anf_degree(negated, n), anf_monomials(negated, n)) == (n, 2**n)
    constants = functions.from_integers([0, 2**2**n - 1], n)
    assert anf_degree(constants, n).tolist() == [0, 0]
    assert anf_monomials(constants, n).tolist() == [0, 1]


def test_majority_of_three():
    assert functions.to_strings(anf_coefficients(majority(3), 3), 3) == ["00010110"]  # x2 x3, x1 x3, x1 x2


@pytest.mark.parametrize("n", [1, 2, 3, 4])
def test_degrees_of_all_functions(n):
    """Reed–Muller codes: degree at most d leaves sum of C(n, i), i ≤ d, coefficients free."""
    free = np.cumsum([math.comb(n, i) for i in range(n + 1)])
    expected = {d: 2 ** int(free[d]) - (2 ** int(free[d - 1]) if d else 0) for d in range(n + 1)}
    assert collections.Counter(anf_degree(every_function(n), n).tolist()) == expected


@pytest.mark.parametrize("n", [1, 2, 3, 4])
def test_products_of_all_functions_are_binomial(n):
    expected = {k: math.comb(2**n, k) for k in range(2**n + 1)}
    assert collections.Counter(anf_monomials(every_function(n), n).tolist()) == expected


@pytest.mark.parametrize("n", [2, 5, 6, 7, 9, 12])
def test_the_degree_is_n_where_the_number_of_ones_is_odd(n):
    words = random_words(n, 100)
    assert np.array_equal(anf_degree(words, n) == n, functions.ones(words) % 2 == 1)


@pytest.mark.parametrize("n", [2, 5, 6, 7, 9])
def test_the_complement_has_one_product_more_or_less(n):
    words = random_words(n, 100)
    difference = anf_monomials(functions.complement(words, n), n) - anf_monomials(words, n)
    assert np.array_equal(difference, 1.0 - 2 * functions.unpack(words, n)[:, 0])
