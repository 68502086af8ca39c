"""Counting, negating, permuting and sorting functions."""

import itertools

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from simplicity import functions
from tests import naive

ALL_N_INPUTS = range(1, functions.MAX_INPUTS + 1)


def random_words(n_inputs, count, seed=0):
    return functions.pack(np.random.default_rng(seed).random((count, 2**n_inputs)) < 0.5)


@st.composite
def words_and_orders(draw):
    """(n_inputs, packed functions, two permutations of the inputs)."""
    n_inputs = draw(st.integers(1, 10))
    words = random_words(n_inputs, 3, draw(st.integers(0, 2**32)))
    orders = [draw(st.permutations(range(n_inputs))) for _ in range(2)]
    return n_inputs, words, *orders


@pytest.mark.parametrize("n_inputs", ALL_N_INPUTS)
def test_ones_are_counted(n_inputs):
    words = random_words(n_inputs, 4)
    counts = functions.ones(words)
    assert counts.dtype == np.int64
    assert counts.tolist() == [string.count("1") for string in functions.to_strings(words, n_inputs)]


@pytest.mark.parametrize("n_inputs", ALL_N_INPUTS)
def test_complement_negates_every_position_and_no_padding(n_inputs):
    words = random_words(n_inputs, 4)
    negated = functions.complement(words, n_inputs)
    assert np.array_equal(functions.unpack(negated, n_inputs), ~functions.unpack(words, n_inputs))
    assert np.array_equal(functions.complement(negated, n_inputs), words)
    assert np.array_equal(functions.ones(words) + functions.ones(negated), np.full(4, 2**n_inputs))


@settings(max_examples=40, deadline=None)
@given(words_and_orders())
def test_permutation_agrees_with_its_definition(drawn):
    n_inputs, words, order, _ = drawn
    strings = functions.to_strings(words, n_inputs)
    permuted = functions.to_strings(functions.permute_inputs(words, n_inputs, order), n_inputs)
    assert permuted == [naive.permute_inputs(string, n_inputs, order) for string in strings]


@settings(max_examples=40, deadline=None)
@given(words_and_orders())
def test_permutations_compose_and_invert(drawn):
    n_inputs, words, first, second = drawn
    once = functions.permute_inputs(words, n_inputs, first)
    twice = functions.permute_inputs(once, n_inputs, second)
    assert np.array_equal(twice, functions.permute_inputs(words, n_inputs, [second[k] for k in first]))
    assert np.array_equal(functions.permute_inputs(once, n_inputs, np.argsort(first)), words)
    assert np.array_equal(functions.permute_inputs(words, n_inputs, range(n_inputs)), words)


def test_permutation_feeds_each_old_input_from_the_new_one():
    named = functions.named_functions(3)
    moved = functions.permute_inputs(named["x1"], 3, [2, 0, 1])
    assert functions.names(moved, 3) == ["x3"]


@settings(max_examples=40, deadline=None)
@given(words_and_orders(), st.data())
def test_negation_agrees_with_its_definition_and_undoes_itself(drawn, data):
    n_inputs, words, order, _ = drawn
    inputs = order[: data.draw(st.integers(0, n_inputs))]
    negated = functions.negate_inputs(words, n_inputs, inputs)
    strings = functions.to_strings(words, n_inputs)
    expected = [naive.negate_inputs(string, n_inputs, inputs) for string in strings]
    assert functions.to_strings(negated, n_inputs) == expected
    assert np.array_equal(functions.negate_inputs(negated, n_inputs, inputs), words)


@pytest.mark.parametrize(
    ("n_inputs", "classes", "with_complement", "npn"),
    [
        (1, 4, 2, 2),
        (2, 12, 6, 4),
        (3, 80, 40, 14),
    ],
)
def test_number_of_classes_under_the_symmetries(n_inputs, classes, with_complement, npn):
    """GROUND_TRUTH §6: classes under permutation, then complement, then input negation too."""
    words = functions.from_integers(range(2**2**n_inputs), n_inputs)

    def smallest(images):
        return np.min([functions.to_integers(image, n_inputs) for image in images], axis=0)

    permuted = [functions.permute_inputs(words, n_inputs, o) for o in itertools.permutations(range(n_inputs))]
    assert len(set(smallest(permuted))) == classes
    complemented = permuted + [functions.complement(image, n_inputs) for image in permuted]
    assert len(set(smallest(complemented))) == with_complement
    subsets = [s for size in range(n_inputs + 1) for s in itertools.combinations(range(n_inputs), size)]
    negated = [functions.negate_inputs(image, n_inputs, s) for image in complemented for s in subsets]
    assert len(set(smallest(negated))) == npn


@pytest.mark.parametrize("n_inputs", ALL_N_INPUTS)
def test_order_is_that_of_the_strings_and_stable(n_inputs):
    generator = np.random.default_rng(n_inputs)
    words = random_words(n_inputs, 60)[generator.integers(0, 60, 200)]  # with repeats
    words[::3, 0] = words[0, 0]  # many share their first word and differ behind it
    strings = functions.to_strings(words, n_inputs)
    order = functions.order_by_string(words, n_inputs)
    assert order.tolist() == sorted(range(len(words)), key=strings.__getitem__)


@pytest.mark.parametrize("count", [0, 1])
def test_order_of_short_lists(count):
    assert functions.order_by_string(random_words(7, 3)[:count], 7).tolist() == list(range(count))


def test_empty_lists_stay_empty():
    empty = np.empty((0, 2), dtype=np.uint64)
    assert functions.ones(empty).shape == (0,)
    assert functions.complement(empty, 7).shape == (0, 2)
    assert functions.permute_inputs(empty, 7, range(7)).shape == (0, 2)
    assert functions.negate_inputs(empty, 7, [0]).shape == (0, 2)


@pytest.mark.parametrize("order", [[0, 1], [0, 1, 1], [1, 2, 3], []])
def test_what_is_no_permutation_is_refused(order):
    with pytest.raises(ValueError, match="order must be a permutation of 0 to 2"):
        functions.permute_inputs(random_words(3, 1), 3, order)


@pytest.mark.parametrize("inputs", [[0, 0], [3], [-1]])
def test_inputs_that_do_not_exist_are_refused(inputs):
    with pytest.raises(ValueError, match="inputs must be different numbers from 0 to 2"):
        functions.negate_inputs(random_words(3, 1), 3, inputs)


@pytest.mark.parametrize("words", [np.zeros((1, 1), dtype=np.int64), np.zeros((1, 1, 1), dtype=np.uint64)])
def test_ones_refuses_other_types_and_shapes(words):
    with pytest.raises(ValueError, match="words must be uint64"):
        functions.ones(words)
