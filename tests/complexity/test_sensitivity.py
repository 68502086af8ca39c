"""Sensitivities and the critical sample ratio: known functions, exact counts, theorems."""

import math

import numpy as np
import pytest

from simplicity import functions
from simplicity.complexity import (
    average_sensitivity,
    critical_sample_ratio,
    fourier_degree,
    fourier_mean_frequency,
    max_sensitivity,
)
from tests.complexity.functions_of import conjunction, every_function, majority, parity, random_words

ALL_N_INPUTS = range(1, functions.MAX_INPUTS + 1)


@pytest.mark.parametrize("n", ALL_N_INPUTS)
def test_parity_is_sensitive_to_all(n):
    assert average_sensitivity(parity(n), n) == 1
    assert max_sensitivity(parity(n), n) == n
    assert critical_sample_ratio(parity(n), n) == 1


@pytest.mark.parametrize("n", ALL_N_INPUTS)
def test_conjunction_is_sensitive_around_one_corner(n):
    """2 n sensitive pairs of (input, place) of n 2^n; the corner and its n neighbours are critical."""
    assert average_sensitivity(conjunction(n), n) == 2 / 2**n
    assert max_sensitivity(conjunction(n), n) == n
    assert critical_sample_ratio(conjunction(n), n) == (n + 1) / 2**n


@pytest.mark.parametrize("n", range(1, 13, 2))
def test_majority_of_an_odd_number(n):
    """The two middle layers are critical. Each input matters where the others are evenly divided."""
    half = (n + 1) // 2
    assert average_sensitivity(majority(n), n)[0] == math.comb(n - 1, half - 1) / 2 ** (n - 1)
    assert max_sensitivity(majority(n), n) == half
    assert critical_sample_ratio(majority(n), n)[0] == 2 * math.comb(n, half) / 2**n


@pytest.mark.parametrize("n", [1, 2, 3, 4])
def test_the_mean_over_all_functions_is_a_half(n):
    """Exact: a function differs at the ends of an edge as often as not."""
    assert average_sensitivity(every_function(n), n).mean() == 0.5


def test_random_functions_have_average_sensitivity_one_half():
    """Edges are independent in pairs: sd of one is 1/2 / sqrt(n 2^(n-1)). Fixed seed; 5 sd: 1 in 10^6."""
    n, count = 7, 4000
    words = np.random.default_rng(0).integers(0, 2**64, (count, 2), dtype=np.uint64)
    standard_error = 0.5 / math.sqrt(n * 2 ** (n - 1) * count)
    assert abs(average_sensitivity(words, n).mean() - 0.5) < 5 * standard_error


@pytest.mark.parametrize("n", [1, 2, 3, 4])
def test_all_functions_by_definition(n):
    words = every_function(n)
    tables = functions.unpack(words, n)
    flips = np.array([tables != tables[:, np.arange(2**n) ^ 1 << bit] for bit in range(n)])
    assert np.array_equal(average_sensitivity(words, n), flips.mean(axis=(0, 2)))
    assert np.array_equal(max_sensitivity(words, n), flips.sum(axis=0).max(axis=1))
    assert np.array_equal(critical_sample_ratio(words, n), flips.any(axis=0).mean(axis=1))


@pytest.mark.parametrize("n", [1, 3, 4, 7, 10])
def test_theorems(n):
    words = every_function(n) if n <= 4 else random_words(n, 300)
    average, largest = average_sensitivity(words, n), max_sensitivity(words, n)
    critical, degree = critical_sample_ratio(words, n), fourier_degree(words, n)
    # Each is an exact multiple of a power of two but for the division by n.
    np.testing.assert_allclose(n * average, fourier_mean_frequency(words, n), rtol=1e-14)
    assert np.all(n * average <= largest * critical + 1e-12)
    assert np.all(n * average >= critical - 1e-12)
    assert np.all(degree <= largest**2)  # Huang 2019
    assert np.all(n * average <= degree + 1e-12)
    p = functions.ones(words) / 2**n  # Poincaré: the variance of ±1 outputs is at most the total influence
    assert np.all(4 * p * (1 - p) <= n * average + 1e-12)
