"""Learning curves against enumeration in plain Python, published numbers and limits."""

import itertools
import math

import numpy as np
import pandas as pd
import pytest

import simplicity
from simplicity import functions
from simplicity.maps import BooleanCircuit, LookupTable, Perceptron
from simplicity.theory import exact, learning_curve, posterior
from simplicity.theory.learning import _all_masks, annealed, majority_error

LINEAR = exact.exact_prior(Perceptron(2, bias_std=0))
CIRCUIT = exact.circuit_prior(3, 2, "binary")


def slow_errors(law, target, m):
    """Annealed and averaged error, share of training sets without a fit, and the majority's error."""
    strings = functions.to_strings(law.functions, law.n_inputs)
    size = len(target)
    numerators, denominators, majorities = [], [], []
    for training in itertools.combinations(range(size), m):
        rest = [x for x in range(size) if x not in training]
        fitting = [
            (p, sum(s[x] != target[x] for x in rest) / len(rest))
            for s, p in zip(strings, law.prior, strict=True)
            if all(s[x] == target[x] for x in training)
        ]
        numerators.append(sum(p * e for p, e in fitting))
        denominators.append(sum(p for p, _ in fitting))
        k = sum(target[x] == "1" for x in training)
        rates = {label: sum(target[x] != label for x in rest) / len(rest) for label in "01"}
        majorities.append(rates["1"] if 2 * k > m else rates["0"] if 2 * k < m else 0.5)
    fits = [(a, b) for a, b in zip(numerators, denominators, strict=True) if b > 0]
    return (
        sum(numerators) / sum(denominators) if fits else math.nan,
        np.mean([a / b for a, b in fits]) if fits else math.nan,
        1 - len(fits) / len(numerators),
        np.mean(majorities),
    )


def test_published_case():
    row = learning_curve(LINEAR, "x1", [3]).iloc[0]
    assert row.annealed_error == pytest.approx(3 / 7)
    assert row.averaged_error == pytest.approx(7 / 24)
    assert (row.averaging, row.training_sets, row.unfitted_share) == ("all", 4, 0)


@pytest.mark.parametrize("target", ["00001111", "01101001", "01100001", "11111111"])
def test_errors_by_enumeration(target):
    table = learning_curve(CIRCUIT, target, range(8))
    assert (table.averaging == "all").all()
    for row in table.itertuples():
        expected = slow_errors(CIRCUIT, target, row.training_size)
        found = row.annealed_error, row.averaged_error, row.unfitted_share, row.majority_error
        np.testing.assert_allclose(found, expected, atol=1e-12)


def test_targets_are_named_packed_or_strings():
    by_name, by_string, packed = (
        learning_curve(CIRCUIT, target, [2, 5])
        for target in ("x1 & x2", "00000011", functions.from_strings(["00000011"])[0])
    )
    assert by_name.equals(by_string)
    assert by_name.equals(packed)


def test_sampled_training_sets_agree_with_all_of_them():
    """Within 4.5 standard errors (false alarms below 1e-4 for the six); another target is noticed."""
    every = learning_curve(CIRCUIT, "00000011", [2, 3, 4], n_training_sets=70)
    some = learning_curve(CIRCUIT, "00000011", [2, 3, 4], n_training_sets=27, seed=1)
    assert (every.averaging == "all").all()
    assert (some.averaging == "sampled").all()
    many = exact.exact_prior(BooleanCircuit(4, 2))
    few = learning_curve(many, "x1 & x2", [5, 8], n_training_sets=500, seed=3)
    full = learning_curve(many, "x1 & x2", [5, 8], n_training_sets=20_000)
    assert (full.averaging == "all").all()
    for sampled, reference in ((some, every), (few, full)):
        z = (sampled.averaged_error - reference.averaged_error) / sampled.averaged_error_se
        assert (z.abs() < 4.5).all()
        assert sampled.annealed_error.equals(reference.annealed_error)
    other = learning_curve(many, "x1 ^ x2", [5, 8], n_training_sets=20_000)
    assert ((few.averaged_error - other.averaged_error).abs() / few.averaged_error_se > 4.5).any()


def test_the_null_model_does_not_learn():
    """Every label off the training set stays a fair coin."""
    table = learning_curve(exact.uniform_prior(3), "01101001", range(8))
    np.testing.assert_allclose(table.annealed_error, 0.5)
    np.testing.assert_allclose(table.averaged_error, 0.5)
    np.testing.assert_allclose(table.log2_evidence, -table.training_size, atol=1e-9)


def test_ends_of_the_curve():
    table = learning_curve(CIRCUIT, "01101001", [0, 8])
    errors = functions.ones(CIRCUIT.functions ^ functions.from_strings(["01101001"]))
    assert table.annealed_error[0] == pytest.approx(CIRCUIT.prior @ errors / 8)
    assert table.averaged_error[0] == pytest.approx(table.annealed_error[0])
    assert math.isnan(table.annealed_error[1])
    assert math.isnan(table.averaged_error[1])
    assert math.isnan(table.majority_error[1])
    reached = CIRCUIT.index_of("01101001") is not None
    assert table.unfitted_share[1] == (0 if reached else 1)


def test_a_function_that_never_comes_up_is_not_learned():
    table = learning_curve(LINEAR, "x1 ^ x2", [4, 3])
    assert table.unfitted_share.tolist() == [1, 0.25]
    assert table.log2_evidence[0] == -math.inf
    assert table.averaged_error[1] == 1


def test_sampled_priors_tend_to_the_law():
    """A million samples of a map of 6 functions: errors within 0.005 (20 standard errors at least)."""
    result = simplicity.sample(Perceptron(2, bias_std=0), 1_000_000, seed=0)
    found, expected = (learning_curve(p, "x1", range(4)) for p in (result, LINEAR))
    np.testing.assert_allclose(found.annealed_error, expected.annealed_error, atol=0.005)
    np.testing.assert_allclose(found.averaged_error, expected.averaged_error, atol=0.005)


def test_large_tables_do_not_underflow():
    prior = np.zeros(4097)
    prior[[0, 2000]] = 1e-300, 1
    evidence, error = annealed(prior, 2000)
    assert evidence == pytest.approx(math.log2(1e-300))
    assert error < 1e-200
    evidence, error = annealed([0] * 2000 + [1] + [0] * 2096, 2000)
    assert -4096 < evidence < -1074  # below what a float64 holds
    assert error == pytest.approx(2000 / 2096)
    assert majority_error(4096, 1000, 4000) == pytest.approx(1000 / 4096)


def test_more_words_than_one():
    result = simplicity.sample(Perceptron(7), 3000, seed=0)
    table = learning_curve(result, "x1", [10, 64], n_training_sets=50)
    masks_fit = 0
    generator = np.random.default_rng(0)
    for _ in range(200):
        positions = generator.choice(128, 10, replace=False)
        masks_fit += posterior(result, "x1", positions).evidence
    assert np.log2(masks_fit / 200) == pytest.approx(table.log2_evidence[0], abs=0.3)


def test_posterior():
    found = posterior(LINEAR, "x1", [0, 2, 3])
    assert functions.to_strings(found.functions, 2) == ["0111", "0011"]
    np.testing.assert_allclose(found.probability, [2 / 3, 1 / 3])
    assert found.evidence == pytest.approx(3 / 8)
    everything = posterior(LINEAR, "x1", [])
    np.testing.assert_allclose(everything.probability, LINEAR.prior)
    with pytest.raises(ValueError, match="fitted by no function"):
        posterior(LINEAR, "1", [0])
    for positions in ([4], [-1], [0.5], [[1]]):
        with pytest.raises(ValueError, match="training_positions must be integers from 0 to 3"):
            posterior(LINEAR, "x1", positions)
    with pytest.raises(ValueError, match="different"):
        posterior(LINEAR, "x1", [1, 1])


def test_one_size_is_a_table_of_one_row():
    pd.testing.assert_frame_equal(learning_curve(LINEAR, "x1", 2), learning_curve(LINEAR, "x1", [2]))


def test_the_same_for_any_threads():
    result = simplicity.sample(Perceptron(5), 2000, seed=0)
    tables = [learning_curve(result, "x1", [3, 9], threads=threads) for threads in (1, 3)]
    pd.testing.assert_frame_equal(*tables)


@pytest.mark.parametrize("m", [0, 1, 3, 8])
def test_all_training_sets_are_listed_once(m):
    masks = _all_masks(8, m)[:, 0]
    assert len(np.unique(masks)) == len(masks) == math.comb(8, m)
    assert (functions.ones(masks) == m).all()


def test_training_sets_beyond_the_memory_are_refused_before_any_is_made():
    result = simplicity.sample(Perceptron(7), 10, seed=0)
    with pytest.raises(ValueError, match="n_training_sets must be at most 573580 where 117"):
        learning_curve(result, "x1", range(1, 129), n_training_sets=10**9)
    with pytest.raises(ValueError, match=r"264566400 training sets would take 3\.94 GiB"):
        learning_curve(result, "x1", 5, n_training_sets=10**9)


def test_bad_input():
    with pytest.raises(ValueError, match="threads must be a whole number"):
        learning_curve(LINEAR, "x1", 1, threads=0)
    with pytest.raises(ValueError, match=r"training_sizes must be a whole number .* got '2'"):
        learning_curve(LINEAR, "x1", "2")
    with pytest.raises(ValueError, match=r"training_sizes .* 5"):
        learning_curve(LINEAR, "x1", [5])
    with pytest.raises(ValueError, match="training_sizes"):
        learning_curve(LINEAR, "x1", [1.5])
    with pytest.raises(ValueError, match="training_sizes must not be empty"):
        learning_curve(LINEAR, "x1", [])
    for target, message in (
        ("x9", "no input x9"),
        ("011", "truth table of 2 inputs has 4"),
        (functions.from_strings(["0110", "0011"]), "one function"),
    ):
        with pytest.raises(ValueError, match=message):
            learning_curve(LINEAR, target, [1])
    with pytest.raises(ValueError, match="prior must be a Result or an ExactPrior"):
        learning_curve({"0000": 1}, "x1", [1])
    with pytest.raises(ValueError, match="n_training_sets"):
        learning_curve(LINEAR, "x1", [1], n_training_sets=0)


def test_truncated_and_empty_results_are_refused(tmp_path):
    result = simplicity.sample(LookupTable(3), 1000, seed=0)
    result.save(tmp_path / "r.parquet")
    truncated = simplicity.load(tmp_path / "r.parquet", max_functions=10)
    with pytest.raises(ValueError, match="load the whole file"):
        learning_curve(truncated, "x1", [1])
    nothing = np.empty(0, dtype=np.int64)
    empty = simplicity.Result(3, result.functions[:0], nothing, nothing, 0, (), result.recipe)
    with pytest.raises(ValueError, match="no functions"):
        posterior(empty, "x1", [1])
