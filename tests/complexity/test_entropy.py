"""Entropy of the fraction of ones."""

import numpy as np
import pytest

from simplicity import functions
from simplicity.complexity import ones_entropy
from tests import naive


@pytest.mark.parametrize("n_inputs", range(1, 13))
def test_agrees_with_the_definition(n_inputs):
    generator = np.random.default_rng(n_inputs)
    words = functions.pack(generator.random((50, 2**n_inputs)) < generator.random((50, 1)))
    expected = [naive.entropy(string) for string in functions.to_strings(words, n_inputs)]
    np.testing.assert_allclose(ones_entropy(words, n_inputs), expected, rtol=1e-12, atol=1e-15)


@pytest.mark.parametrize("n_inputs", range(1, 13))
def test_shape_of_the_curve(n_inputs):
    """0 for constants, 1 for half ones, the same for f and not f, rising in between."""
    length = 2**n_inputs
    by_ones = ones_entropy(functions.pack(np.tri(length + 1, length, -1, dtype=bool)), n_inputs)
    assert by_ones[0] == by_ones[-1] == 0
    assert by_ones[length // 2] == 1
    assert np.array_equal(by_ones, by_ones[::-1])
    assert np.all(np.diff(by_ones[: length // 2 + 1]) > 0)


def test_values_to_the_last_bit():
    """Correctly rounded: equal to these digits on any machine."""
    words = functions.from_strings(["0001", "0111"])
    assert ones_entropy(words, 2).tolist() == [0.8112781244591328] * 2
