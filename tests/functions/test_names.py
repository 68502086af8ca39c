"""Names of the functions that have one."""

import math
import re

import numpy as np
import pytest

from simplicity import functions

ALL_N_INPUTS = range(1, functions.MAX_INPUTS + 1)


def evaluated(name, inputs):
    """The value of a name on one input, by Python's own reading of the notation."""
    python = re.sub(r"maj\((.*?)\)", r"(2 * sum([\1]) > len([\1]))", name)
    python = re.sub(r"parity\((.*?)\)", r"(sum([\1]) % 2)", python)
    python = re.sub(r"\[([^\[\],]*>[^\[\],]*)\]", r"(\1)", python)
    values = {f"x{k + 1}": int(bit) for k, bit in enumerate(inputs)}
    return eval(python, {"sum": sum, "len": len}, values) % 2  # ~x = -x - 1: the last bit is the value


@pytest.mark.parametrize("n_inputs", range(1, 6))
def test_a_name_means_what_it_says(n_inputs):
    inputs = functions.input_table(n_inputs)
    for name, words in functions.named_functions(n_inputs).items():
        expected = [evaluated(name, row) for row in inputs]
        assert functions.unpack(words, n_inputs).astype(int).tolist() == expected, name


@pytest.mark.parametrize("n_inputs", ALL_N_INPUTS)
def test_number_of_names_and_no_function_twice(n_inputs):
    named = functions.named_functions(n_inputs)
    larger_subsets = 2**n_inputs - 1 - n_inputs - math.comb(n_inputs, 2)
    assert len(named) == 2 + 2 * n_inputs + 10 * math.comb(n_inputs, 2) + 4 * larger_subsets
    assert len({row.tobytes() for row in named.values()}) == len(named)


@pytest.mark.parametrize("n_inputs", ALL_N_INPUTS)
def test_names_invert_named_functions(n_inputs):
    named = functions.named_functions(n_inputs)
    assert functions.names(np.array(list(named.values())), n_inputs) == list(named)


def test_every_function_of_two_inputs_has_a_name():
    assert functions.names(functions.from_integers(range(16), 2), 2) == [
        "0", "x1 & x2", "x1 & ~x2", "x1", "~x1 & x2", "x2", "x1 ^ x2", "x1 | x2",
        "~x1 & ~x2", "~(x1 ^ x2)", "~x2", "x1 | ~x2", "~x1", "~x1 | x2", "~x1 | ~x2", "1",
    ]  # fmt: skip


def test_larger_names():
    named = functions.named_functions(7)
    sums = functions.input_table(7)[:, [0, 2, 3, 6]].sum(axis=1)
    assert functions.names(functions.pack(sums > 2), 7) == ["[x1+x3+x4+x7 > 2]"]
    assert functions.names(functions.pack(sums % 2 == 0), 7) == ["~parity(x1,x3,x4,x7)"]
    assert functions.ones(named["maj(x1,x2,x3,x4,x5,x6,x7)"]).tolist() == [64]
    assert "~maj(x2,x4,x7)" in named


def test_nameless_functions_and_empty_lists():
    assert functions.names(functions.from_strings(["01111110", "01101001"]), 3) == [None, "parity(x1,x2,x3)"]
    assert functions.names(np.empty((0, 1), dtype=np.uint64), 3) == []


def test_callers_cannot_spoil_the_catalogue():
    named = functions.named_functions(3)
    with pytest.raises(ValueError, match="read-only"):
        named["x1"][0] = 0
    del named["x1"]
    assert "x1" in functions.named_functions(3)
