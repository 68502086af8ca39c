"""The Walsh spectrum: known functions, Parseval, bent functions, degree and norm bounds."""

import math

import numpy as np
import pytest

from simplicity import functions
from simplicity.complexity import (
    anf_degree,
    fourier_degree,
    fourier_l1,
    fourier_mean_frequency,
    walsh_spectrum,
)
from tests.complexity.functions_of import conjunction, every_function, majority, parity, random_words

ALL_N_INPUTS = range(1, functions.MAX_INPUTS + 1)


@pytest.mark.parametrize("n", ALL_N_INPUTS)
def test_parseval_and_the_inverse(n):
    words = random_words(n, 20)
    spectra = walsh_spectrum(words, n)
    assert spectra.dtype == np.int32 and spectra.shape == (20, 2**n)
    assert np.all((spectra.astype(np.int64) ** 2).sum(axis=1) == 4**n)
    assert np.array_equal(spectra[:, 0], 2**n - 2 * functions.ones(words))
    assert np.array_equal(spectra.sum(axis=1), 2**n * (1 - 2 * functions.unpack(words, n)[:, 0].astype(int)))


@pytest.mark.parametrize("n", ALL_N_INPUTS)
def test_parity_is_one_coefficient(n):
    spectrum = walsh_spectrum(parity(n), n)[0]
    assert spectrum[-1] == 2**n and not spectrum[:-1].any()
    assert fourier_degree(parity(n), n) == fourier_mean_frequency(parity(n), n) == n
    assert fourier_l1(parity(n), n) == 1


@pytest.mark.parametrize("n", range(2, 13))
def test_conjunction(n):
    """F = 1 - 2 AND, all coefficients ±2/2^n but the empty set's, 1 - 2/2^n."""
    assert fourier_degree(conjunction(n), n) == n
    assert fourier_l1(conjunction(n), n) == 1 - 2 / 2**n + (2**n - 1) * 2 / 2**n
    assert fourier_mean_frequency(conjunction(n), n) == 2 * n / 2**n


@pytest.mark.parametrize("n", range(1, 13, 2))
def test_majority(n):
    """Odd sets only; those of one input have C(n - 1, (n - 1)/2) / 2^(n-1) each (O'Donnell, theorem 5.19)."""
    spectrum = walsh_spectrum(majority(n), n)[0]
    sizes = np.bitwise_count(np.arange(2**n))
    assert not spectrum[sizes % 2 == 0].any()
    assert set(spectrum[sizes == 1]) == {2 * math.comb(n - 1, (n - 1) // 2)}
    assert fourier_degree(majority(n), n) == n


@pytest.mark.parametrize("n", [1, 2, 3, 4])
def test_all_functions_by_definition(n):
    words = every_function(n)
    sets = np.arange(2**n)
    characters = 1 - 2 * (np.bitwise_count(sets[:, None] & sets) % 2).astype(int)
    spectra = (1 - 2 * functions.unpack(words, n).astype(int)) @ characters
    sizes = np.bitwise_count(sets)
    assert np.array_equal(walsh_spectrum(words, n), spectra)
    assert np.array_equal(fourier_degree(words, n), (sizes * (spectra != 0)).max(axis=1))
    assert np.array_equal(fourier_l1(words, n), np.abs(spectra).sum(axis=1) / 2**n)
    assert np.array_equal(fourier_mean_frequency(words, n), (sizes * spectra**2).sum(axis=1) / 4**n)


@pytest.mark.parametrize(("n", "bent"), [(2, 8), (4, 896)])
def test_bent_functions_have_the_largest_norm_and_their_number_is_known(n, bent):
    """8 of 2 inputs and 896 of 4 (Rothaus 1976); a flat spectrum has the largest norm, 2^(n/2)."""
    norms = fourier_l1(every_function(n), n)
    assert norms.max() == 2 ** (n / 2)
    assert np.count_nonzero(norms == norms.max()) == bent


@pytest.mark.parametrize("n", [1, 2, 3, 4])
def test_the_smallest_norm_is_that_of_parities(n):
    norms = fourier_l1(every_function(n), n)
    assert norms.min() == 1
    assert np.count_nonzero(norms == 1) == 2 ** (n + 1)


@pytest.mark.parametrize("n", [2, 4, 5, 8, 11])
def test_bounds(n):
    words = every_function(n) if n <= 4 else random_words(n, 200)
    degree, norm = fourier_degree(words, n), fourier_l1(words, n)
    assert np.all((1 <= norm) & (norm <= 2 ** (n / 2) + 1e-12))
    assert np.all(anf_degree(words, n) <= degree)
    assert np.all(fourier_mean_frequency(words, n) <= degree)
    # Nisan and Szegedy: a function that depends on k inputs has degree ≥ log2 k - O(log log k).
    tables = functions.unpack(words, n)
    relevant = sum(
        (tables != tables[:, np.arange(2**n) ^ 1 << bit]).any(axis=1).astype(int) for bit in range(n)
    )
    assert np.all(relevant <= degree * 2.0 ** (degree - 1))


def test_the_number_of_functions_of_fourier_degree_one():
    """Constants and literals."""
    for n in (1, 2, 3, 4):
        degrees = fourier_degree(every_function(n), n)
        assert np.count_nonzero(degrees == 0) == 2
        assert np.count_nonzero(degrees == 1) == 2 * n
        odd = functions.ones(every_function(n)) % 2 == 1
        assert np.all(degrees[odd] == n)
