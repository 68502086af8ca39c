"""Lists and weighted samples of simple functions, against brute force and exact counts."""

import numpy as np
import pytest

import simplicity
from simplicity import functions, theory
from simplicity.complexity import lz76_complexity, measure, word_counts
from simplicity.theory import simple
from simplicity.theory.lz76_walk import strings_of_few_words
from simplicity.theory.simple_sample import drawn
from tests import naive

EXACT = {7.0: 2, 17.5: 4, 21.0: 284, 24.5: 4084, 28.0: 92158}  # K_LZ of 128 positions, by the walk


def strings_of(words, n_inputs):
    return functions.to_strings(words, n_inputs)


@pytest.mark.parametrize("n_inputs", [1, 2, 3])
def test_brute_force_with_the_slow_twin(n_inputs):
    length = 2**n_inputs
    of = {format(i, f"0{length}b"): naive.k_lz(format(i, f"0{length}b")) for i in range(2**length)}
    for k in sorted(set(of.values())):
        expected = sorted((s for s in of if of[s] <= k), key=lambda s: (round(of[s], 9), s))
        assert strings_of(theory.simple_functions(n_inputs, k), n_inputs) == expected


@pytest.mark.parametrize("k", [3, 4, 9, 10, 12, 13.9, 16, 20, 24, 28, 30, 1e9])
def test_the_walk_finds_what_enumeration_finds_at_four_inputs(k):
    by_walk = simple._of_few_words(4, k)
    assert sorted(strings_of(by_walk, 4)) == sorted(strings_of(theory.simple_functions(4, k), 4))


@pytest.mark.parametrize("limit", [-1, 0, 0.3, 0.34, 0.7, 1])
def test_few_ones_at_four_inputs_by_enumeration(limit):
    few = simple._of_few_ones(4, limit)
    every = theory.simple_functions(4, limit, "entropy")
    assert sorted(strings_of(few, 4)) == sorted(strings_of(every, 4))


def test_counts_of_few_words_at_seven_inputs():
    """4 strings of 2 words and 16,380 of 3, half of them beginning with 0 (METHODS of the walk)."""
    found = strings_of_few_words(7, 3, 10**6)
    assert np.bincount(word_counts(found, 7)).tolist() == [0, 0, 2, 8190]
    assert len(np.unique(found, axis=0)) == len(found)


def test_seven_inputs_up_to_24_5_bits():
    found = theory.simple_functions(7, 24.5)
    complexity = lz76_complexity(found, 7)
    values, counts = np.unique(complexity, return_counts=True)
    assert dict(zip(values, counts, strict=True)) == {k: EXACT[k] for k in EXACT if k <= 24.5}
    assert (np.diff(complexity) >= 0).all()
    for k in values:
        assert (np.diff(functions.order_by_string(found[complexity == k], 7)) == 1).all()
    # closed under reversal and complement, as K is
    every = set(strings_of(found, 7))
    assert {s[::-1] for s in every} == every == {s.translate(str.maketrans("01", "10")) for s in every}


@pytest.mark.parametrize(("n_inputs", "k"), [(5, 20), (6, 21), (8, 24), (9, 27)])
def test_every_random_simple_function_is_listed(n_inputs, k):
    """Strings made of few random pieces, those of K <= k among them: none is missing."""
    generator = np.random.Generator(np.random.Philox(1))
    listed = {row.tobytes() for row in theory.simple_functions(n_inputs, k)}
    length = 2**n_inputs
    period = generator.integers(1, 5, 3000)
    block = generator.integers(0, 2, (3000, 5))
    rows = np.arange(3000)[:, None]
    tables = block[rows, np.arange(length) % period[:, None]] ^ (
        np.arange(length) >= generator.integers(0, length, 3000)[:, None]
    )
    words = functions.pack(tables.astype(bool))
    few = words[lz76_complexity(words, n_inputs) <= k]
    assert len(few) > 30
    assert all(row.tobytes() in listed for row in few)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ((7, 35), "simple_functions_sample"),
        ((12, 49), "simple_functions_sample"),
        ((5, 10, "lz78"), "cannot be enumerated by 'lz78'"),
        ((7, 0.9, "entropy"), "too many to list"),
        ((3, float("nan")), "max_complexity must be a number"),
        ((3, "many"), "max_complexity must be a number"),
        ((0, 3), "n_inputs"),
    ],
)
def test_what_cannot_be_listed(arguments, message):
    with pytest.raises(ValueError, match=message):
        theory.simple_functions(*arguments)


def test_entropy_at_seven_inputs_counts_subsets():
    one = measure("entropy")(functions.from_strings("0" * 127 + "1"), 7)[0]
    assert len(theory.simple_functions(7, one, "entropy")) == 2 * (1 + 128)


def test_sums_modulo_2_of_at_most_two_products_at_seven_inputs():
    """Of 2^7 = 128 products, 1 among them, no one, one or two: 1, 128 and C(128, 2) = 8128 functions."""
    found = theory.simple_functions(7, 2, "anf_monomials")
    monomials = measure("anf_monomials")(found, 7)
    assert np.bincount(monomials.astype(int)).tolist() == [1, 128, 8128]
    assert len(np.unique(found, axis=0)) == len(found)


def test_nothing_is_simpler_than_a_constant():
    assert theory.simple_functions(7, 6.9).shape == (0, 2)
    assert theory.simple_functions(7, 13).shape == (2, 2)


# --------------------------------------------------------------------------------- weighted samples
@pytest.mark.parametrize("n_inputs", [2, 3, 4])
def test_probabilities_of_draws_are_those_of_the_draws(n_inputs):
    """Frequencies of 50,000 draws against the claimed probabilities: chi-square, one false alarm in 10^4."""
    from scipy import stats

    target = {2: 3, 3: 4, 4: 3}[n_inputs]
    words, log2_p = drawn(n_inputs, target, 50_000, seed=3)
    _, first, counts = np.unique(words[:, 0], return_index=True, return_counts=True)
    expected = 50_000 * np.exp2(log2_p[first])
    used = expected >= 5
    statistic = ((counts - expected) ** 2 / expected)[used].sum()
    assert statistic < stats.chi2.isf(1e-4, used.sum())
    assert used.sum() > 2


def test_number_of_functions_at_each_complexity_is_unbiased_at_four_inputs():
    """Mean of 40 samples against the histogram: within 4.5 standard errors at every K (false alarm 1e-4)."""
    every = np.arange(2**16, dtype=np.uint64)[:, None]
    values, exact = np.unique(lz76_complexity(every, 4), return_counts=True)
    estimates = []
    for seed in range(40):
        sample = theory.simple_functions_sample(4, 30, 4000, seed)
        estimates.append([sample.weights[sample.complexity == k].sum() for k in values])
    mean, error = np.mean(estimates, 0), np.std(estimates, 0) / np.sqrt(39)
    common = exact > 1000  # rarer ones are hit too seldom for a normal error
    assert (np.abs(mean - exact)[common] < 4.5 * error[common]).all()
    assert np.sum(mean) == pytest.approx(2**16, rel=0.02)
    # negative control: every draw counted alike
    alike = [np.mean(sample.complexity == k) * 2**16 for k in values[common]]
    assert (np.abs(alike - exact[common]) > 4.5 * error[common]).any()


def five_inputs_by_brute_force():
    """All 2^20 functions of five inputs whose truth table begins with twelve zeros, and their K_LZ."""
    words = np.arange(2**20, dtype=np.uint64)[:, None] << np.uint64(12)
    return words, lz76_complexity(words, 5)


def test_the_list_at_five_inputs_has_what_brute_force_finds():
    words, complexity = five_inputs_by_brute_force()
    listed = theory.simple_functions(5, 25)
    begins_so = listed[(listed[:, 0] & np.uint64(2**12 - 1)) == 0]
    assert np.array_equal(np.sort(begins_so[:, 0]), words[complexity <= 25][:, 0])


def test_estimates_at_five_inputs_against_exact_histograms():
    """Means of 20 samples within 4.5 standard errors (false alarm about 2e-4 a level) of the numbers of
    functions at each K: of all listed up to 25 bits, and of those that begin with twelve zeros to 27.5."""
    complexity = five_inputs_by_brute_force()[1]
    listed = lz76_complexity(theory.simple_functions(5, 25), 5)
    samples = [theory.simple_functions_sample(5, 27.5, 40_000, seed) for seed in range(20)]
    within = [(sample.functions[:, 0] & np.uint64(2**12 - 1)) == 0 for sample in samples]
    everywhere = [np.ones(len(sample.functions), bool) for sample in samples]
    for exact, most, kept in ((complexity, 27.5, within), (listed, 25.0, everywhere)):
        levels, counts = np.unique(exact[exact <= most], return_counts=True)
        assert len(levels) >= 7
        estimates, alike = [], []
        for sample, rows in zip(samples, kept, strict=True):
            at = [rows & (sample.complexity == k) for k in levels]
            estimates.append([sample.weights[here].sum() for here in at])
            alike.append([here.sum() * sample.weights.mean() for here in at])
        for values, is_right in ((estimates, True), (alike, False)):  # the latter: a negative control
            error = np.std(values, 0) / np.sqrt(19)
            off = np.abs(np.mean(values, 0) - counts) > 4.5 * error + 1e-9
            assert off.any() != is_right


def test_numbers_of_words_at_seven_inputs():
    """Weights recover 16,380 strings of three words and 27,240,552 of four (exact counts)."""
    for target, exact, tolerance in ((2, 4, 1e-9), (3, 16380, 0.02), (4, 27_240_552, 0.04)):
        log2_p = drawn(7, target, 40_000, seed=1)[1]
        assert np.exp2(-log2_p).sum() / 40_000 == pytest.approx(exact, rel=tolerance)


def test_the_sample_finds_the_histogram_at_seven_inputs():
    estimates = [
        theory.simple_functions_sample(7, 24.5, 10_000, seed, min_complexity=21) for seed in range(5)
    ]
    for k, tolerance in ((21.0, 0.15), (24.5, 0.1)):
        mean = np.mean([sample.weights[sample.complexity == k].sum() for sample in estimates])
        assert mean == pytest.approx(EXACT[k], rel=tolerance)


def test_a_sample_holds_what_it_says_and_is_reproducible():
    sample = theory.simple_functions_sample(7, 42, 2000, seed=5, min_complexity=35)
    again = theory.simple_functions_sample(7, 42, 2000, seed=5, min_complexity=35)
    other = theory.simple_functions_sample(7, 42, 2000, seed=6, min_complexity=35)
    assert np.array_equal(sample.functions, again.functions) and np.array_equal(sample.weights, again.weights)
    assert not np.array_equal(sample.functions, other.functions)
    assert np.array_equal(lz76_complexity(sample.functions, 7), sample.complexity)
    assert (sample.complexity >= 35).all() and (sample.complexity <= 42).all()
    assert 1 <= sample.effective_size <= len(sample.functions)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"max_complexity": 3}, "max_complexity must be 4"),
        ({"max_complexity": 20, "min_complexity": 30}, "min_complexity"),
        ({"max_complexity": 20, "size": 0}, "size must be a whole number from 1"),
        ({"max_complexity": 20, "seed": -1}, "seed must be a whole number from 0"),
    ],
)
def test_samples_that_make_no_sense(options, message):
    with pytest.raises(ValueError, match=message):
        theory.simple_functions_sample(**{"n_inputs": 4, "size": 10, "seed": 0} | options)


def test_the_package_offers_it():
    assert simplicity.theory.simple_functions is theory.simple_functions
