"""Signs of polynomials: the published counts, whole-number enumerations, and symmetries."""

import itertools

import numpy as np
import pytest

from simplicity import functions
from simplicity.theory import exact
from tests import naive


@pytest.mark.parametrize(
    ("n_inputs", "counts"),
    [(1, [2, 4]), (2, [2, 14, 16]), (3, [2, 104, 254, 256]), (4, [2, 1882, 57574, 65534, 65536])],
)
def test_number_of_functions_of_each_degree(n_inputs, counts):
    found = [exact.threshold_functions(n_inputs, degree) for degree in range(n_inputs + 1)]
    assert [len(words) for words in found] == counts
    for low, high in itertools.pairwise(found):
        assert np.isin(low, high).all()


@pytest.mark.parametrize(("n_inputs", "count"), [(1, 2), (2, 6), (3, 32), (4, 370)])
def test_number_of_functions_without_bias(n_inputs, count):
    assert len(exact.threshold_functions(n_inputs, bias=False)) == count


@pytest.mark.parametrize(
    ("n_inputs", "largest", "bias"), [(3, 3, True), (4, 4, True), (3, 5, False), (4, 9, False)]
)
def test_the_functions_are_those_of_whole_weights(n_inputs, largest, bias):
    words = exact.threshold_functions(n_inputs, bias=bias)
    expected = naive.threshold_functions(n_inputs, largest, with_bias=bias)
    assert set(functions.to_strings(words, n_inputs)) == expected


def test_single_functions_of_more_inputs():
    named = functions.named_functions(6)
    assert exact.is_threshold_function(named["[x1+x2+x3+x4+x5+x6 > 3]"], 6)
    assert not exact.is_threshold_function(named["x1 ^ x2"], 6)
    assert exact.is_threshold_function(named["x1 ^ x2"], 6, degree=2)
    assert not exact.is_threshold_function(named["1"], 6, bias=False)
    assert not exact.is_threshold_function(named["parity(x1,x2,x3,x4,x5,x6)"], 6, degree=5)


def test_bad_arguments():
    with pytest.raises(ValueError, match="n_inputs must be 4 or less"):
        exact.threshold_functions(5)
    with pytest.raises(ValueError, match="degree"):
        exact.threshold_functions(3, 4)
    with pytest.raises(ValueError, match="degree must be 1 without bias"):
        exact.threshold_functions(3, 2, bias=False)
