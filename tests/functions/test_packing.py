"""Bit order, packing and the checks of packed functions."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from simplicity import functions
from tests import naive

ALL_N_INPUTS = range(1, functions.MAX_INPUTS + 1)


def random_tables(n_inputs, count, seed=0):
    return np.random.default_rng(seed).random((count, 2**n_inputs)) < 0.5


def as_text(table):
    return "".join("1" if bit else "0" for bit in table)


@pytest.mark.parametrize("n_inputs", ALL_N_INPUTS)
def test_packing_follows_the_convention(n_inputs):
    tables = random_tables(n_inputs, 5)
    words = functions.pack(tables)
    assert words.dtype == np.uint64
    assert words.shape == (5, functions.words_of(n_inputs))
    assert words.tolist() == [naive.pack(as_text(table)) for table in tables]


@pytest.mark.parametrize("n_inputs", ALL_N_INPUTS)
def test_unpacking_undoes_packing(n_inputs):
    tables = random_tables(n_inputs, 12)
    words = functions.pack(tables)
    unpacked = functions.unpack(words, n_inputs)
    assert unpacked.dtype == np.bool_
    assert np.array_equal(unpacked, tables)
    assert as_text(unpacked[0]) == naive.unpack(words[0].tolist(), n_inputs)


@settings(max_examples=50, deadline=None)
@given(st.data())
def test_round_trip_of_any_table_and_any_leading_axes(data):
    n_inputs = data.draw(st.integers(1, functions.MAX_INPUTS))
    axes = data.draw(st.lists(st.integers(0, 3), max_size=3))
    tables = np.random.default_rng(data.draw(st.integers(0, 2**32))).random((*axes, 2**n_inputs)) < 0.5
    words = functions.pack(tables)
    assert words.shape == (*axes, functions.words_of(n_inputs))
    assert np.array_equal(functions.unpack(words, n_inputs), tables)
    assert np.array_equal(functions.pack(tables.astype(np.int8)), words)


@pytest.mark.parametrize("n_inputs", ALL_N_INPUTS)
def test_positions_read_the_input_as_a_binary_number(n_inputs):
    table = functions.input_table(n_inputs)
    assert table.dtype == np.uint8
    assert table.tolist() == [naive.input_at(x, n_inputs) for x in range(2**n_inputs)]


def test_input_one_is_the_most_significant_bit():
    assert as_text(functions.input_table(3)[:, 0]) == "00001111"


@pytest.mark.parametrize("n_inputs", ALL_N_INPUTS)
def test_length_determines_the_number_of_inputs(n_inputs):
    assert functions.infer_n_inputs(2**n_inputs) == n_inputs
    assert functions.words_of(n_inputs) == -(-(2**n_inputs) // 64)


@pytest.mark.parametrize("n_inputs", ALL_N_INPUTS)
def test_position_mask_is_the_first_word_of_the_function_one(n_inputs):
    assert functions.position_mask(n_inputs) == functions.pack(np.ones(2**n_inputs, dtype=bool))[0]


@pytest.mark.parametrize("n_inputs", ALL_N_INPUTS)
@pytest.mark.parametrize("count", [0, 1, 5000])
def test_row_slices_cover_every_row_once(n_inputs, count):
    rows = np.arange(count)
    parts = [rows[part] for part in functions.row_slices(count, n_inputs)]
    assert [row for part in parts for row in part] == rows.tolist()
    assert all(0 < len(part) * 2**n_inputs <= 2**24 for part in parts)


@pytest.mark.parametrize("length", [0, 1, 3, 6, 127, 8192])
def test_other_lengths_are_refused(length):
    with pytest.raises(ValueError, match=f"power of two from 2 to 4096, not {length}"):
        functions.infer_n_inputs(length)
    with pytest.raises(ValueError, match="power of two"):
        functions.pack(np.zeros((2, length), dtype=bool))


@pytest.mark.parametrize("n_inputs", [0, 13, -1, True, 7.0, "7", None, np.float64(3), np.bool_(1)])
def test_other_numbers_of_inputs_are_refused(n_inputs):
    with pytest.raises(ValueError, match="n_inputs must be an integer from 1 to 12"):
        functions.checked_n_inputs(n_inputs)


@pytest.mark.parametrize("kind", [np.uint8, np.int16, np.int64])
def test_numpy_integers_are_numbers_of_inputs(kind):
    tables = random_tables(12, 2)
    assert type(functions.checked_n_inputs(kind(12))) is int
    assert np.array_equal(functions.unpack(functions.pack(tables), kind(12)), tables)


def test_checked_words_keeps_memory_and_adds_an_axis():
    words = np.arange(6, dtype=np.uint64).reshape(3, 2)
    assert np.shares_memory(functions.checked_words(words, 7), words)
    assert functions.checked_words(words[0], 7).shape == (1, 2)
    assert functions.checked_words(np.empty((0, 2), dtype=np.uint64), 7).shape == (0, 2)
    assert functions.checked_words(words[::2], 7).flags.c_contiguous


@pytest.mark.parametrize(
    ("words", "n_inputs", "message"),
    [
        (np.zeros((3, 1), dtype=np.int64), 4, "dtype uint64, not int64"),
        (np.zeros((3, 16), dtype=bool), 4, "dtype uint64, not bool"),
        (np.zeros((3, 1), dtype=np.uint64), 7, r"shape \(2,\) or \(count, 2\), not \(3, 1\)"),
        (np.zeros(3, dtype=np.uint64), 4, r"shape \(1,\) or \(count, 1\), not \(3,\)"),
        (np.zeros((2, 2, 2), dtype=np.uint64), 7, r"not \(2, 2, 2\)"),
        (np.uint64(3), 4, r"not \(\)"),
        (np.array([[1 << 16]], dtype=np.uint64), 4, "zeros above bit 15, not 0x10000"),
        (np.array([[4]], dtype=np.uint64), 1, "zeros above bit 1"),
    ],
)
def test_wrong_words_are_refused_and_the_error_says_why(words, n_inputs, message):
    with pytest.raises(ValueError, match=message):
        functions.checked_words(words, n_inputs)


@pytest.mark.parametrize(
    ("tables", "message"),
    [
        ([0, 1, 2, 0], "only 0 and 1, not values from 0 to 2"),
        ([0, -1], "not values from -1 to 0"),
        ([0.0, 1.0], "not of dtype float64"),
        (["0", "1"], "not of dtype"),
        (1, "scalar"),
    ],
)
def test_wrong_tables_are_refused(tables, message):
    with pytest.raises(ValueError, match=message):
        functions.pack(tables)
