"""Sizes of decision diagrams: every order tried, known functions, bounds."""

import itertools

import numpy as np
import pytest

from simplicity import functions
from simplicity.complexity import bdd_nodes
from tests import naive
from tests.complexity.functions_of import conjunction, every_function, majority, parity, random_words


@pytest.mark.parametrize("n", [1, 2, 3, 4])
def test_the_best_order_is_the_best_of_all_for_every_function(n):
    words = every_function(n)
    of_every_order = [
        bdd_nodes(functions.permute_inputs(words, n, order), n, order="natural")
        for order in itertools.permutations(range(n))
    ]
    assert np.array_equal(bdd_nodes(words, n), np.min(of_every_order, axis=0))


@pytest.mark.parametrize("n", [1, 2, 3, 5, 6, 8, 10])
def test_the_natural_order_is_that_of_the_twin(n):
    words = every_function(n) if n <= 3 else random_words(n, 20)
    expected = [naive.bdd_size(string, n, range(n)) for string in functions.to_strings(words, n)]
    assert bdd_nodes(words, n, order="natural").tolist() == expected


@pytest.mark.parametrize("n", [4, 5])
def test_the_twins_agree_with_each_other(n):
    for string in functions.to_strings(random_words(n, 5), n):
        assert naive.bdd_nodes(string, n) == naive.bdd_nodes_of_all_orders(string, n)


@pytest.mark.parametrize("n", [8, 9])
def test_the_best_order_beyond_seven_inputs(n):
    words = random_words(n, 2)
    expected = [naive.bdd_nodes(string, n) for string in functions.to_strings(words, n)]
    assert bdd_nodes(words, n, order="best").tolist() == expected
    assert np.all(bdd_nodes(words, n) >= expected)


@pytest.mark.parametrize("n", [1, 2, 5, 6, 7, 8, 12])
@pytest.mark.parametrize("order", ["best", "natural"])
def test_symmetric_functions_have_one_size_in_every_order(n, order):
    assert bdd_nodes(parity(n), n, order) == 2 * n - 1
    assert bdd_nodes(conjunction(n), n, order) == n
    half = n // 2 + 1  # ones that a majority needs; a node a count that is still undecided after k inputs
    counts = [(k, ones) for k in range(n) for ones in range(k + 1)]
    undecided = sum(ones < half <= ones + n - k for k, ones in counts)
    assert bdd_nodes(majority(n), n, order) == undecided


def test_a_function_that_needs_its_order():
    """x1 x5 | x2 x6 | x3 x7 | x4 x8: 2k nodes with partners adjacent, 2^(k+1) - 2 apart (Bryant)."""
    for k in (1, 2, 3, 4, 5, 6):
        inputs = functions.input_table(2 * k).astype(bool)
        words = functions.pack((inputs[:, :k] & inputs[:, k:]).any(axis=1))
        assert bdd_nodes(words, 2 * k, order="natural") == 2 ** (k + 1) - 2
        assert bdd_nodes(words, 2 * k, order="best") == 2 * k
        assert bdd_nodes(words, 2 * k) == (2 * k if 2 * k <= 7 else 2 ** (k + 1) - 2)


@pytest.mark.parametrize("n", [2, 4, 7, 8])
def test_bounds(n):
    """A node at least for every input that matters; no more than a level has subfunctions or places."""
    words = every_function(n) if n <= 4 else random_words(n, 100)
    tables = functions.unpack(words, n)
    relevant = sum(
        (tables != tables[:, np.arange(2**n) ^ 1 << bit]).any(axis=1).astype(int) for bit in range(n)
    )
    largest = sum(min(2**k, 2**2 ** (n - k) - 2**2 ** (n - k - 1)) for k in range(n))
    sizes = bdd_nodes(words, n)
    assert np.all((relevant <= sizes) & (sizes <= largest))
    assert np.all(sizes <= bdd_nodes(words, n, order="natural"))


def test_other_orders_are_refused():
    with pytest.raises(ValueError, match='order must be "best" or "natural", not \'worst\''):
        bdd_nodes(parity(3), 3, order="worst")
