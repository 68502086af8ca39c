"""Minimal sums of products: brute force, HiGHS, published counts, symmetries, bounds (GROUND_TRUTH §6)."""

import itertools

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from simplicity import functions
from simplicity.complexity import MEASURES, sop_terms
from simplicity.complexity.irredundant import fill_irredundant_terms
from simplicity.complexity.prime_implicants import MAX_PRIMES, fill_primes
from simplicity.complexity.sum_of_products import minimal_terms, terms_by_integer_program
from tests import naive


def every_function(n_inputs):
    return np.arange(2**2**n_inputs, dtype=np.uint64)[:, None]


def random_words(n_inputs, count, seed=0):
    """Densities from 0 to 1, constants included."""
    densities = np.linspace(0, 1, count)[:, None]
    return functions.pack(np.random.default_rng(seed).random((count, 2**n_inputs)) < densities)


def irredundant_terms(words, n_inputs):
    terms = np.empty(len(words), dtype=np.int64)
    fill_irredundant_terms(words, n_inputs, terms)
    return terms


@pytest.mark.parametrize("n_inputs", [1, 2, 3])
def test_fast_and_naive_agree(n_inputs):
    words = every_function(n_inputs)
    expected = [naive.sop_terms(string) for string in functions.to_strings(words, n_inputs)]
    assert sop_terms(words, n_inputs).tolist() == expected


@pytest.mark.parametrize(("n_inputs", "counts"), [(1, [1, 3]), (2, [1, 9, 6]), (3, [1, 27, 130, 88, 10])])
def test_published_counts(n_inputs, counts):
    assert np.bincount(sop_terms(every_function(n_inputs), n_inputs).astype(int)).tolist() == counts


@pytest.mark.parametrize("n_inputs", range(1, 8))
def test_prime_implicants(n_inputs):
    words = random_words(n_inputs, 30 if n_inputs < 6 else 6)
    for word, string in zip(words, functions.to_strings(words, n_inputs), strict=True):
        primes = np.empty((MAX_PRIMES, 2), dtype=np.uint64)
        room = np.empty((2**n_inputs, 2), dtype=np.uint64)
        count = fill_primes(word[0], word[1] if len(word) == 2 else np.uint64(0), n_inputs, room, primes)
        found = functions.unpack(np.ascontiguousarray(primes[:count]), 7)
        assert count == len(naive.prime_implicants(string))
        assert {frozenset(np.flatnonzero(cube).tolist()) for cube in found} == naive.prime_implicants(string)


def test_all_functions_of_four_inputs_by_integer_programs():
    """HiGHS on one function of each of the 402 classes under permutation and negation of inputs."""
    words = every_function(4)
    terms = sop_terms(words, 4)
    images = [functions.negate_inputs(words, 4, [k]) for k in range(4)]
    images += [functions.permute_inputs(words, 4, order) for order in ([1, 0, 2, 3], [1, 2, 3, 0])]
    classes = words[:, 0].astype(np.int64)
    for _ in range(40):
        for image in images:
            assert np.array_equal(terms[image[:, 0].astype(np.int64)], terms)
            classes = np.minimum(classes, classes[image[:, 0].astype(np.int64)])
    representatives = np.unique(classes)
    assert len(representatives) == 402
    assert [terms_by_integer_program(words[row], 4) for row in representatives] == terms[
        representatives
    ].tolist()


@pytest.mark.parametrize("n_inputs", [5, 6, 7])
def test_search_and_integer_programs_agree(n_inputs):
    words = random_words(n_inputs, 40)
    assert minimal_terms(words, n_inputs, max_nodes=0).tolist() == sop_terms(words, n_inputs).tolist()


def test_a_search_that_is_given_up_leaves_the_same_numbers():
    """Some of these functions take more than three nodes, others do not."""
    words = random_words(6, 60, seed=1)
    assert np.array_equal(minimal_terms(words, 6, max_nodes=3), minimal_terms(words, 6))


@pytest.mark.parametrize("n_inputs", range(1, 13))
def test_known_sums(n_inputs):
    inputs = functions.input_table(n_inputs)
    weight = inputs.sum(axis=1)
    tables = [weight < 0, weight >= 0, weight == n_inputs, weight > 0, weight % 2 == 1, inputs[:, 0] == 1]
    expected = [0, 1, 1, n_inputs, 2 ** (n_inputs - 1), 1]
    assert sop_terms(functions.pack(tables), n_inputs).tolist() == expected


@pytest.mark.parametrize("n_inputs", range(3, 8))
def test_not_all_equal(n_inputs):
    """A term covers no more than 2^(n-2) of one cycle's neighbours: x1 ¬x2 + … + xn ¬x1, n terms."""
    weight = functions.input_table(n_inputs).sum(axis=1)
    assert sop_terms(functions.pack((weight > 0) & (weight < n_inputs))[None], n_inputs)[0] == n_inputs


@pytest.mark.parametrize("n_inputs", range(1, 8))
def test_a_monotone_function_needs_all_its_primes(n_inputs):
    weight = functions.input_table(n_inputs).sum(axis=1)
    for threshold in range(n_inputs + 1):
        expected = len(list(itertools.combinations(range(n_inputs), threshold)))
        assert sop_terms(functions.pack(weight >= threshold)[None], n_inputs)[0] == expected


@settings(max_examples=60, deadline=None)
@given(st.integers(1, 7).flatmap(lambda n: st.text("01", min_size=2**n, max_size=2**n)), st.randoms())
def test_symmetries_and_bounds(string, generator):
    n_inputs = functions.infer_n_inputs(len(string))
    words = functions.from_strings(string)
    order = generator.sample(range(n_inputs), n_inputs)
    moved = functions.negate_inputs(functions.permute_inputs(words, n_inputs, order), n_inputs, order[::2])
    terms = sop_terms(words, n_inputs)[0]
    assert sop_terms(moved, n_inputs)[0] == terms
    assert (string != "0" * len(string)) <= terms <= min(string.count("1"), 2 ** (n_inputs - 1))
    # f = x1 f1 + ¬x1 f0: no longer than the sums of its halves together, no shorter than either.
    if n_inputs > 1:
        half = len(string) // 2
        halves = sop_terms(functions.from_strings([string[:half], string[half:]]), n_inputs - 1)
        assert max(halves) <= terms <= sum(halves)


@pytest.mark.parametrize("n_inputs", range(1, 8))
def test_irredundant_sums_are_upper_bounds(n_inputs):
    words = random_words(n_inputs, 200)
    bounds, terms = irredundant_terms(words, n_inputs), minimal_terms(words, n_inputs)
    assert np.all(bounds >= terms)
    assert np.all(bounds <= 2 ** max(n_inputs - 1, 0))
    assert np.all(bounds <= functions.ones(words))
    if n_inputs >= 5:
        assert np.any(bounds > terms)  # they are not exact
        assert bounds.sum() < 1.25 * terms.sum()


@pytest.mark.parametrize("n_inputs", [8, 10, 12])
def test_beyond_seven_inputs(n_inputs):
    """Inputs that are not used change nothing; at least one term an isolated one; at most one a one."""
    measure = MEASURES["sop_terms"]
    assert measure.is_exact(7) and not measure.is_exact(8)
    small = random_words(7, 20)
    tables = np.repeat(functions.unpack(small, 7), 2 ** (n_inputs - 7), axis=1)
    assert np.array_equal(measure(functions.pack(tables), n_inputs), irredundant_terms(small, 7))
    words = random_words(n_inputs, 20)
    table = functions.unpack(words, n_inputs)
    neighbours = [
        functions.unpack(functions.negate_inputs(words, n_inputs, [k]), n_inputs) for k in range(n_inputs)
    ]
    isolated = (table & ~np.any(neighbours, axis=0)).sum(axis=1)
    terms = measure(words, n_inputs)
    assert np.all(isolated <= terms)
    assert np.all(terms <= np.minimum(functions.ones(words), 2 ** (n_inputs - 1)))
    assert np.any(isolated > 0)
