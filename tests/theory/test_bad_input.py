"""What is no result, bound, map or number is refused in words, before it gives a wrong number."""

import numpy as np
import pytest

import simplicity
from simplicity import theory
from simplicity.maps import Perceptron
from simplicity.theory import exact

RESULT = simplicity.sample(Perceptron(2), 200, seed=0)
LAW = exact.exact_prior(Perceptron(2, bias_std=0))


@pytest.mark.parametrize(
    "of_result",
    [
        theory.prior_by_complexity,
        theory.fitted_bound,
        theory.upper_envelope,
        theory.predicted_bound,
        theory.independent_hits,
        theory.rank_correlation,
        lambda result: theory.mass_below(result, theory.predicted_bound(RESULT)),
    ],
)
@pytest.mark.parametrize("given", [None, LAW, "result.parquet"])
def test_only_a_result_will_do(of_result, given):
    with pytest.raises(ValueError, match="result must be a Result of"):
        of_result(given)


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: theory.mass_below(RESULT, "lz76"), "bound must be a Bound"),
        (lambda: theory.counting("many"), "log2_reachable must be a number from 0"),
        (lambda: theory.counting(float("nan")), "log2_reachable must be a number from 0"),
        (lambda: theory.a_priori_bound("3"), "n_inputs must be an integer"),
        (lambda: theory.kaplan_meier([1.0], [True, False]), "of one length"),
        (lambda: theory.kaplan_meier([1.0, 2.0], [True]), "of one length"),
        (lambda: exact.gaussian_perceptron(None), "perceptron must be a Perceptron"),
        (lambda: exact.kernel_of(Perceptron(2)), "network must be an MLP"),
        (lambda: exact.tree_prior(3), "tree must be an ExpressionTree"),
    ],
)
def test_other_arguments(call, message):
    with pytest.raises(ValueError, match=message):
        call()


def test_sizes_as_any_numbers():
    for sizes in (np.array(2), np.array([2]), (2,), {2}):
        assert theory.learning_curve(LAW, "x1", sizes).training_size.tolist() == [2]
