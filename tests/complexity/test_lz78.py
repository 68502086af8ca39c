"""LZ78 phrases against the definition and the PyPI package that counts them, too."""

import lempel_ziv_complexity
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from simplicity import functions
from simplicity.complexity import lz78_phrases
from tests import naive


def phrases_of(string):
    return lz78_phrases(functions.from_strings(string), functions.infer_n_inputs(len(string)))[0]


@pytest.mark.parametrize("n_inputs", range(1, 11))
def test_agrees_with_the_published_package(n_inputs):
    generator = np.random.default_rng(n_inputs)
    words = functions.pack(generator.random((100, 2**n_inputs)) < generator.random((100, 1)))
    expected = [lempel_ziv_complexity.lempel_ziv_complexity(s) for s in functions.to_strings(words, n_inputs)]
    assert lz78_phrases(words, n_inputs).tolist() == expected


@settings(max_examples=100, deadline=None)
@given(
    st.integers(1, 12).flatmap(lambda n: st.binary(min_size=max(1, 2**n // 8), max_size=max(1, 2**n // 8)))
)
def test_agrees_with_the_definition(octets):
    string = "".join(format(octet, "08b") for octet in octets)
    assert phrases_of(string) == len(naive.lz78_phrases(string))
    assert phrases_of(string) == phrases_of(string.translate(str.maketrans("01", "10")))


@pytest.mark.parametrize("n_inputs", range(1, 13))
def test_constants_have_phrases_of_every_length(n_inputs):
    """k phrases take 1 + 2 + … + k symbols."""
    length = 2**n_inputs
    expected = max(k for k in range(length + 1) if k * (k + 1) // 2 <= length)
    assert phrases_of("0" * length) == phrases_of("1" * length) == expected


def test_example():
    assert phrases_of("1001111011000010") == 8
