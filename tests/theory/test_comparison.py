"""Comparisons of priors of known laws. False-alarm rate below 1e-4 a sampled test, fixed seeds."""

import math

import numpy as np
import pytest

import simplicity
from simplicity import functions
from simplicity.maps import MLP, BooleanCircuit, LookupTable, Perceptron
from simplicity.theory import entropy, exact, kl_divergence, prior_by_ones, prior_given_ones, total_variation
from simplicity.theory.comparison import paired

UNIFORM = exact.uniform_prior(2)
MACHINE = exact.layered_machine(2, 2)


def test_exact_laws():
    p = MACHINE.prior_of(UNIFORM.functions)
    assert entropy(UNIFORM).value == 4
    assert entropy(MACHINE).value == pytest.approx(-(p @ np.log2(p)))
    assert kl_divergence(MACHINE, UNIFORM).value == pytest.approx(4 - entropy(MACHINE).value)
    assert kl_divergence(UNIFORM, MACHINE).value == pytest.approx(-4 - np.log2(p).mean())
    assert total_variation(UNIFORM, MACHINE).value == pytest.approx(np.abs(p - 1 / 16).sum() / 2)
    for estimate in (entropy(MACHINE), kl_divergence(UNIFORM, MACHINE), total_variation(UNIFORM, MACHINE)):
        assert estimate.standard_error == 0
        assert estimate.unseen_mass == 0
        assert estimate.low == pytest.approx(estimate.value)
        assert estimate.high == pytest.approx(estimate.value)
    nand = exact.circuit_prior(2, 1, "nand")
    assert kl_divergence(UNIFORM, nand).value == math.inf
    assert kl_divergence(nand, UNIFORM).value == pytest.approx(4 - 1.5)


def test_a_prior_against_itself():
    result = simplicity.sample(LookupTable(3), 5000, seed=0)
    assert kl_divergence(result, result).value == 0
    assert kl_divergence(MACHINE, MACHINE).value == 0
    assert total_variation(result, result).value == 0


def test_pairing_keeps_every_function_and_its_rows():
    a, b = (simplicity.sample(MLP(7, (5,)), 2000, seed=seed) for seed in (1, 2))
    pair = paired(a, b)
    assert np.array_equal(pair.functions[pair.rows_p], a.functions)
    assert np.array_equal(pair.functions[pair.rows_q], b.functions)
    assert len(np.unique(pair.functions, axis=0)) == len(pair.functions)
    np.testing.assert_allclose(pair.p[pair.rows_p], a.prior, rtol=1e-12)
    np.testing.assert_allclose(pair.q[pair.rows_q], b.prior, rtol=1e-12)
    strings = [set(functions.to_strings(r.functions, 7)) for r in (a, b)]
    assert len(pair.functions) == len(strings[0] | strings[1])


def z_scores(estimator, truth, seeds, first, second=None, n_samples=3000):
    found = []
    for seed in seeds:
        samples = [simplicity.sample(first, n_samples, seed=seed)]
        if second is not None:
            samples.append(simplicity.sample(second, n_samples, seed=10_000 + seed))
        estimate = estimator(*samples)
        assert estimate.low <= estimate.value <= estimate.high
        found.append((estimate.value - truth) / estimate.standard_error)
    return np.array(found)


def test_errors_of_entropy_and_divergence_are_their_spread():
    """100 runs: mean z below 0.4 and their spread within 0.7 to 1.3 (each 4 standard errors)."""
    circuit, smaller = BooleanCircuit(2, 3), BooleanCircuit(2, 2)
    p, q = exact.exact_prior(circuit), exact.exact_prior(smaller)
    assert set(map(int, p.functions[:, 0])) == set(map(int, q.functions[:, 0]))
    for estimator, truth, maps in (
        (entropy, entropy(p).value, (circuit,)),
        (kl_divergence, kl_divergence(p, q).value, (circuit, smaller)),
        (total_variation, total_variation(p, q).value, (circuit, smaller)),
    ):
        z = z_scores(estimator, truth, range(100), *maps, n_samples=20_000)
        assert abs(z.mean()) < 0.4, estimator
        assert 0.7 < z.std() < 1.3, estimator
    wrong = z_scores(entropy, entropy(q).value, range(10), circuit, n_samples=20_000)
    assert abs(wrong.mean()) > 3  # negative control


def test_functions_not_seen_are_allowed_for():
    """3,000 samples of 65,536 equal functions: plug-ins are far off, and the bounds hold all the same."""
    result, again = (simplicity.sample(LookupTable(4), 3000, seed=seed) for seed in (0, 1))
    found = entropy(result)
    assert found.low < 11.6
    assert found.high > 16 - 0.1
    assert found.unseen_mass > 0.9
    between = total_variation(result, again)
    assert between.value > 0.9
    assert between.low < 0.4
    assert between.high == 1
    divergence = kl_divergence(result, again)
    assert divergence.high == math.inf
    assert divergence.low < 0.5
    assert kl_divergence(result, exact.uniform_prior(4)).value == pytest.approx(16 - found.value)


def test_errors_of_readouts_are_those_of_hidden_draws():
    apart = simplicity.sample(MLP(3, (6,)), 6400, seed=0)
    together = simplicity.sample(MLP(3, (6,)), 6400, seed=0, readouts=64)
    ratio = entropy(together).standard_error / entropy(apart).standard_error
    assert ratio == pytest.approx(8, rel=0.25)
    assert entropy(together).value - entropy(together).low > entropy(apart).value - entropy(apart).low


def test_number_of_ones():
    """P(T) of the perceptron without bias is uniform: 8 numbers within 4.5 standard errors."""
    law = exact.exact_prior(Perceptron(3, bias_std=0))
    table = prior_by_ones(law)
    np.testing.assert_allclose(table["prior"], [1 / 8] * 8 + [0], atol=1e-12)
    assert table.functions.sum() == len(law) == 32
    found = prior_by_ones(simplicity.sample(Perceptron(3, bias_std=0), 50_000, seed=0))
    assert found.standard_error[0] == pytest.approx(math.sqrt(7 / 64 / 50_000), rel=0.05)
    assert (abs(found["prior"] - table["prior"])[:8] < 4.5 * found.standard_error[:8]).all()
    given = prior_given_ones(law)
    number = functions.ones(law.functions)
    np.testing.assert_allclose(np.bincount(number, weights=given), 1)
    np.testing.assert_allclose(given, law.prior * 8)


def test_bad_input():
    with pytest.raises(ValueError, match="as many inputs, got 2 and 3"):
        total_variation(UNIFORM, exact.uniform_prior(3))
    with pytest.raises(ValueError, match="pseudocount"):
        kl_divergence(UNIFORM, MACHINE, pseudocount=0)
    with pytest.raises(ValueError, match="prior must be a Result or an ExactPrior"):
        entropy([0.5, 0.5])
