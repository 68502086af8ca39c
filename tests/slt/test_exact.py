"""Exact coefficients: published values, agreement of two theorems, symmetries and limits."""

import itertools

import pytest

from simplicity.slt import exact
from tests import naive

SIZES = range(1, 7)


def shapes():
    for m, h, n in itertools.product(SIZES, repeat=3):
        for r in range(min(m, h, n) + 1):
            yield m, h, n, r


@pytest.mark.parametrize(
    ("shape", "value", "multiplicity"),
    [((2, 2, 2, 0), 1.5, 1), ((2, 2, 2, 1), 2, 2), ((3, 3, 3, 1), 4, 1), ((3, 2, 3, 1), 3.5, 2)],
)
def test_published_values(shape, value, multiplicity):
    assert exact.reduced_rank(*shape) == (value, multiplicity)


def test_two_theorems_agree_on_all_small_sizes():
    """Four cases of 2005 against the set Sigma of 2024."""
    assert len(list(shapes())) > 600
    for m, h, n, r in shapes():
        assert exact.deep_linear([m, h, n], r) == exact.reduced_rank(m, h, n, r), (m, h, n, r)


def test_coefficients_are_at_most_those_of_a_regular_model():
    """lambda <= (number of parameters) / 2, and the whole of it where the network has full rank."""
    for m, h, n, r in shapes():
        value, multiplicity = exact.reduced_rank(m, h, n, r)
        assert 0 < value <= min(h * (m + n), m * n) / 2
        if r == min(m, n):
            assert (value, multiplicity) == (m * n / 2, 1)


def test_the_rank_never_makes_the_coefficient_smaller():
    for m, h, n, r in shapes():
        if r:
            assert exact.reduced_rank(m, h, n, r).value >= exact.reduced_rank(m, h, n, r - 1).value


@pytest.mark.parametrize("depth", [2, 3, 4, 5, 6])
def test_deep_linear_against_a_search_of_all_sets_of_layers(depth):
    """The theorem's conditions, tried on every set: exactly one set of values meets them."""
    for widths in itertools.combinations_with_replacement(range(1, 5), depth):
        for rank in range(widths[0] + 1):
            assert exact.deep_linear(widths, rank) == pytest.approx(
                naive.deep_linear_coefficient(widths, rank), abs=1e-12
            ), (widths, rank)


def test_deep_linear_does_not_see_the_order_of_layers():
    """At rank 0 no order at all; else hidden layers among themselves, and input against output."""
    for widths in itertools.product((1, 2, 4), (2, 3), (1, 3, 5), (2, 6)):
        for order in itertools.permutations(widths):
            assert exact.deep_linear(order, 0) == exact.deep_linear(widths, 0)
        for rank in range(min(widths) + 1):
            first, *hidden, last = widths
            assert exact.deep_linear([last, *reversed(hidden), first], rank) == exact.deep_linear(
                widths, rank
            )


def test_one_layer_is_a_regular_model():
    for m, n in itertools.product(SIZES, repeat=2):
        for r in range(min(m, n) + 1):
            assert exact.deep_linear([m, n], r) == (m * n / 2, 1)


@pytest.mark.parametrize("depth", range(1, 8))
def test_width_one_is_a_normal_crossing(depth):
    """Rank 0: (w_1 ... w_L)^2. Rank 1: w_1 ... w_L = 1 is a smooth surface, of codimension 1."""
    assert exact.deep_linear([1] * (depth + 1), 0) == exact.normal_crossing([1] * depth)
    assert exact.deep_linear([1] * (depth + 1), 1) == (0.5, 1)


def test_very_wide_layers_do_not_count():
    assert exact.deep_linear([3, 2, 50, 50, 3], 1) == exact.deep_linear([3, 2, 3], 1)


def test_simple_families():
    assert exact.normal_crossing([1, 3, 0, 3, 2]) == (1 / 6, 2)
    assert exact.sum_of_powers([2] * 9) == (4.5, 1)
    assert exact.sum_of_powers([2]) == exact.normal_crossing([1])


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: exact.reduced_rank(3, 2, 3, 3), "rank must be at most the smallest width, 2, got 3"),
        (lambda: exact.reduced_rank(0, 2, 3, 0), "widths must be one or more whole numbers from 1 up"),
        (lambda: exact.deep_linear([3], 1), "widths must list at least"),
        (lambda: exact.deep_linear([3, 2.5], 1), "widths must be one or more whole numbers from 1 up"),
        (lambda: exact.deep_linear([3, 2], -1), "rank must be a whole number from 0"),
        (lambda: exact.sum_of_powers(None), "each of powers must be a whole number"),
        (lambda: exact.deep_linear(5, 0), "widths must list at least"),
        (lambda: exact.normal_crossing([0, 0]), "exponents must hold at least one positive"),
        (lambda: exact.sum_of_powers([2, 3]), "powers must be positive and even"),
        (lambda: exact.sum_of_powers([]), "powers must hold at least one positive"),
    ],
)
def test_bad_arguments(call, message):
    with pytest.raises(ValueError, match=message):
        call()
