"""Priors at infinite width: against direct sampling, symmetries, sums, and what is impossible or refused.

False-alarm rate below 1e-4 a test.
"""

import itertools
import math

import numpy as np
import pytest

import simplicity
from simplicity.functions import from_strings, permute_inputs
from simplicity.maps import MLP, NNGP
from simplicity.rare import nngp_log2_prior, probability
from simplicity.rare.nngp import has_orthants

ALARM = 8.0  # of Student's t with 7 degrees of freedom


def test_agrees_with_direct_sampling():
    """The 40 most frequent functions of four inputs, down to 2^-11; independent points for each."""
    pf_map = NNGP(4, 2, 2**0.5, 0.2)
    result = simplicity.sample(pf_map, 400_000, seed=1)
    top = 40
    estimates = nngp_log2_prior(pf_map, result.functions[:top], target_error=0.03)
    assert all(e.status == "converged" for e in estimates)
    counts = result.counts[:top]
    differences = np.array([e.log2_prior for e in estimates]) - np.log2(counts / result.n_samples)
    errors = np.hypot([e.standard_error for e in estimates], 1 / (np.sqrt(counts) * math.log(2)))
    assert (np.abs(differences) < 6 * errors).all()
    assert np.sqrt(np.mean((differences / errors) ** 2)) < 1.7
    screened = nngp_log2_prior(pf_map, result.functions[:top], screen=True)
    biases = np.array([e.log2_prior for e in screened]) - np.log2(counts / result.n_samples)
    assert np.sqrt(np.mean((biases / errors) ** 2)) > 1.7  # negative control


@pytest.mark.parametrize("options", [{}, {"depth": 1, "bias_std": 0}, {"activation": "erf", "inputs": "pm1"}])
def test_all_functions_sum_to_one(options):
    pf_map = NNGP(2, **options)
    functions = ["".join(bits) for bits in itertools.product("01", repeat=4)]
    estimates = nngp_log2_prior(pf_map, functions, target_error=0.005)
    total = np.exp2([e.log2_prior for e in estimates]).sum()
    assert abs(total - 1) < 0.01


def test_orbits_share_a_prior():
    pf_map = NNGP(5, 1, 1.4, 0.3)
    words = from_strings(["00010110" * 2 + "01101000" * 2])
    turned = permute_inputs(words, 5, [4, 2, 0, 1, 3])
    complement = ~words & np.uint64(2**32 - 1)
    assert len({int(w[0]) for w in (*words, *turned, *complement)}) == 3
    first, *others = nngp_log2_prior(pf_map, np.concatenate([words, turned, complement]))
    for other in others:
        error = math.hypot(first.standard_error, other.standard_error)
        assert abs(first.log2_prior - other.log2_prior) < ALARM * error


def test_seven_inputs_within_the_published_range():
    """Parity on two of seven inputs: 2^-70.0, with an error of 0.3 bits, by an independent program."""
    pf_map = NNGP.limit_of(MLP(7, (40, 40), weight_std=2**0.5, bias_std=0.2))
    estimate = nngp_log2_prior(pf_map, "x1 ^ x2")
    assert abs(estimate.log2_prior + 70.0) < 4 * math.hypot(0.3, estimate.standard_error)
    deep = nngp_log2_prior(pf_map, "parity(x1,x2,x3,x4,x5,x6,x7)")
    assert deep.status == "converged" and deep.log2_prior < -300


def test_impossible_functions_have_no_probability():
    without_bias = NNGP(3, 1, 1.4, 0)
    assert nngp_log2_prior(without_bias, "1").log2_prior == -math.inf
    assert nngp_log2_prior(without_bias, "1").status == "exact"
    assert nngp_log2_prior(without_bias, "x1").log2_prior > -10
    odd = NNGP(3, 1, 1.4, 0, "erf", "pm1")
    assert nngp_log2_prior(odd, "x1 & x2").log2_prior == -math.inf
    result = simplicity.sample(odd, 100_000, seed=2)
    assert abs(nngp_log2_prior(odd, "x1").log2_prior - math.log2(probability_in(result, "x1"))) < 0.1


def probability_in(result, formula):
    words = simplicity.functions.as_function(formula, result.n_inputs)
    return result.prior[(result.functions == words).all(axis=1)].sum()


def test_the_front_takes_orthants_at_infinite_width():
    pf_map = NNGP(4, 1, 1.4, 0.2)
    estimate = probability(pf_map, "parity(x1,x2,x3,x4)", target_error=0.1)
    assert (estimate.method, estimate.status) == ("nngp", "converged")
    assert estimate.interval.low < estimate.log2_prior < estimate.interval.high
    screened = probability(pf_map, "parity(x1,x2,x3,x4)", method="expectation-propagation")
    assert screened.status == "screen" and math.isnan(screened.standard_error)
    assert abs(screened.log2_prior - estimate.log2_prior) < 1
    assert not has_orthants(NNGP(3, 0))  # a perceptron: singular
    assert has_orthants(NNGP(3, 1, 1.4, 0, "erf", "pm1"))  # but for its odd half


def test_splitting_agrees_at_infinite_width():
    pf_map = NNGP(4, 1, 1.4, 0.2)
    orthant = probability(pf_map, "x1 ^ x2 ^ x3", method="nngp", target_error=0.05)
    split = probability(pf_map, "x1 ^ x2 ^ x3", method="splitting", target_error=0.3)
    error = math.hypot(orthant.standard_error, split.standard_error)
    assert abs(orthant.log2_prior - split.log2_prior) < 5 * error


def test_what_does_not_fit_is_refused():
    with pytest.raises(ValueError, match=r"for maps of infinite width, not for mlp.*limit_of"):
        nngp_log2_prior(MLP(3), "x1")
    with pytest.raises(ValueError, match=r"positive definite.*splitting"):
        nngp_log2_prior(NNGP(3, 0), "x1")
    with pytest.raises(ValueError, match="distribution must be normal"):
        NNGP.limit_of(MLP(3, distribution="uniform"))
    with pytest.raises(ValueError, match="there is no input x4"):
        nngp_log2_prior(NNGP(3), "x4")
