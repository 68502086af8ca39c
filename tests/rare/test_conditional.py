"""Averages of conditional orthants: against counting, and where the method ends."""

import math

import numpy as np
import pytest

import simplicity
from simplicity.maps import MLP, ExpressionTree
from simplicity.rare import conditional_log2_prior, probability


def test_agrees_with_counting():
    """Six functions of three inputs between 2^-2 and 2^-13; 6 standard errors are a false alarm in 1e-8."""
    pf_map = MLP(3, (40,), weight_std=2**0.5, bias_std=0.2)
    result = simplicity.sample(pf_map, 300_000, seed=1, readouts=16)
    for formula in ("0", "x1", "x1 & x2", "maj(x1,x2,x3)", "x1 ^ x2", "~x2 | x3"):
        words = simplicity.functions.as_function(formula, 3)
        row = np.flatnonzero((result.functions == words).all(axis=1))
        counted = math.log2(result.prior[row[0]])
        estimate = conditional_log2_prior(pf_map, formula, target_error=0.1, max_draws=64)
        error = math.hypot(estimate.standard_error, 4 / math.sqrt(result.counts[row[0]]))
        assert abs(estimate.log2_prior - counted) < 6 * error
        assert estimate.status in ("converged", "above target error")


def test_an_error_that_is_too_large_is_said_to_be():
    pf_map = MLP(3, (20, 40), weight_std=2**0.5, bias_std=0.2)
    estimate = probability(pf_map, "parity(x1,x2,x3)", method="conditional", target_error=1e-3, max_draws=32)
    assert estimate.method == "conditional"
    assert estimate.status in ("above target error", "few effective samples")
    assert estimate.standard_error > 1e-3


def test_functions_of_one_seed_get_hidden_draws_of_their_own():
    """A function and its complement have the same share for the same hidden layers, up to 1 % of an error."""
    pf_map = MLP(3, (40,), weight_std=2**0.5, bias_std=0.2)
    one, other = probability(pf_map, ["x1 & x2", "~(x1 & x2)"], method="conditional", target_error=5.0)
    assert one.runs == other.runs
    assert abs(one.log2_prior - other.log2_prior) > 0.1 * one.standard_error


@pytest.mark.parametrize(
    ("pf_map", "message"),
    [
        (MLP(7), "at least 127 features for 128 positions, got 40.*splitting"),
        (MLP(3, (10,), distribution="uniform"), "normal weights"),
        (ExpressionTree(3), "normal weights"),
        (MLP(3, (10,), bias_std=0), "fails at hidden draw 0.*variance"),
    ],
    ids=["narrow", "uniform", "program", "no-bias"],
)
def test_where_the_method_ends(pf_map, message):
    with pytest.raises(ValueError, match=message):
        conditional_log2_prior(pf_map, "x1")
