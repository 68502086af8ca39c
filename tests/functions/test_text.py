"""Strings, integers and bytes of functions."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from simplicity import functions

ALL_N_INPUTS = range(1, functions.MAX_INPUTS + 1)


@st.composite
def truth_tables(draw):
    """(n_inputs, a few truth-table integers)."""
    n_inputs = draw(st.integers(1, functions.MAX_INPUTS))
    return n_inputs, draw(st.lists(st.integers(0, 2**2**n_inputs - 1), max_size=4))


@settings(max_examples=150, deadline=None)
@given(truth_tables())
def test_text_integers_bytes_and_words_agree(drawn):
    n_inputs, integers = drawn
    strings = [format(integer, f"0{2**n_inputs}b") for integer in integers]
    words = functions.from_integers(integers, n_inputs)
    assert words.shape == (len(integers), functions.words_of(n_inputs))
    assert np.array_equal(functions.from_strings(strings, n_inputs), words)
    assert functions.to_strings(words, n_inputs) == strings
    assert functions.to_integers(words, n_inputs) == integers
    octets = functions.to_bytes(words, n_inputs)
    assert octets.dtype == np.uint8
    assert octets.shape == (len(integers), max(1, 2**n_inputs // 8))
    assert [int.from_bytes(bytes(row), "big") for row in octets] == integers
    assert np.array_equal(functions.from_bytes(octets, n_inputs), words)


@settings(max_examples=50, deadline=None)
@given(truth_tables())
def test_bytes_and_keys_sort_like_strings(drawn):
    n_inputs, integers = drawn
    words = functions.from_integers(integers, n_inputs)
    strings = functions.to_strings(words, n_inputs)
    octets = [bytes(row) for row in functions.to_bytes(words, n_inputs)]
    keys = functions.sort_keys(words, n_inputs).tolist()
    by_string = sorted(range(len(strings)), key=strings.__getitem__)
    assert sorted(range(len(octets)), key=octets.__getitem__) == by_string
    assert sorted(range(len(keys)), key=keys.__getitem__) == by_string


def test_position_zero_comes_first():
    words = functions.pack([1, 0, 0, 0, 0, 0, 0, 0])
    assert functions.to_strings(words, 3) == ["10000000"]
    assert functions.to_integers(words, 3) == [128]


@pytest.mark.parametrize("n_inputs", ALL_N_INPUTS)
def test_lists_longer_than_one_part(n_inputs):
    count = 2**24 // 2**n_inputs + 3 if n_inputs > 9 else 5
    integers = [0, 1, 2**2**n_inputs - 1, 2] + [k % 4 for k in range(count - 4)]
    strings = [format(integer, f"0{2**n_inputs}b") for integer in integers]
    assert functions.to_strings(functions.from_integers(integers, n_inputs), n_inputs) == strings


@pytest.mark.parametrize("n_inputs", [1, 3, 6, 7, 12])
def test_no_functions_are_an_empty_list(n_inputs):
    empty = functions.from_strings([], n_inputs)
    assert empty.shape == (0, functions.words_of(n_inputs))
    assert functions.to_strings(empty, n_inputs) == functions.to_integers(empty, n_inputs) == []
    assert functions.from_integers([], n_inputs).shape == empty.shape
    assert functions.from_bytes(functions.to_bytes(empty, n_inputs), n_inputs).shape == empty.shape


def test_one_string_or_integer_is_a_list_of_one():
    assert np.array_equal(functions.from_strings("0110"), functions.from_strings(["0110"]))
    assert np.array_equal(functions.from_integers(6, 2), functions.from_strings(["0110"]))
    assert np.array_equal(functions.from_integers(np.int64(6), 2), functions.from_strings(["0110"]))


@pytest.mark.parametrize(
    ("strings", "n_inputs", "message"),
    [
        ([], None, "strings is empty: pass n_inputs"),
        (["0110", "01"], None, "length 4, such as '0110', not '01'"),
        (["0110", 6], None, "not 6"),
        ([6], None, "power of two|not 6"),
        (["0110"], 3, "length 8"),
        (["011"], None, "power of two from 2 to 4096, not 3"),
        (["0110", "01x0"], None, "only the characters 0 and 1, not '01x0'"),
        (["01\u06610"], None, "only the characters 0 and 1"),
        (["0 10"], None, "only the characters 0 and 1"),
    ],
)
def test_wrong_strings_are_refused(strings, n_inputs, message):
    with pytest.raises(ValueError, match=message):
        functions.from_strings(strings, n_inputs)


@pytest.mark.parametrize(
    ("integers", "message"),
    [([16], r"from 0 to 2\^4 - 1, not 16"), ([-1], "not -1"), ([1.0], "not 1.0"), (["6"], "not '6'")],
)
def test_wrong_integers_are_refused(integers, message):
    with pytest.raises(ValueError, match=message):
        functions.from_integers(integers, 2)


@pytest.mark.parametrize(
    ("octets", "message"),
    [
        (np.zeros((1, 2), dtype=np.uint8), r"shape \(1,\) or \(count, 1\)"),
        (np.zeros((1, 1), dtype=np.int64), "uint8"),
        (np.array([[16]], dtype=np.uint8), "below 16, not 16"),
    ],
)
def test_wrong_bytes_are_refused(octets, message):
    with pytest.raises(ValueError, match=message):
        functions.from_bytes(octets, 2)
