"""Unseen mass and richness against maps and laws whose truth is known; clusters taken for samples fail."""

import numpy as np
import pytest

import simplicity
from simplicity.maps import LookupTable, Perceptron
from simplicity.richness import (
    Abundances,
    coverage_curve,
    extrapolated,
    rarefied,
    richness,
    unseen_mass_interval,
)

ZIPF = 1 / np.arange(1, 3001) / np.sum(1 / np.arange(1, 3001))


def clustered_tallies(law, n_draws, readouts, runs, seed, stay=0.7):
    """Counts and squares of draws whose samples repeat the draw's own function with a chance ``stay``."""
    generator = np.random.default_rng(seed)
    for _ in range(runs):
        own = generator.choice(len(law), n_draws, p=law)
        samples = generator.choice(len(law), (n_draws, readouts), p=law)
        samples = np.where(generator.random(samples.shape) < stay, own[:, None], samples)
        pairs, hits = np.unique(np.arange(n_draws)[:, None] * len(law) + samples, return_counts=True)
        which = pairs % len(law)
        counts = np.bincount(which, hits, minlength=len(law)).astype(np.int64)
        squares = np.bincount(which, hits**2, minlength=len(law)).astype(np.int64)
        draws = np.bincount(which, minlength=len(law))
        yield counts, squares, draws


def listed(counts, squares, n_samples, readouts):
    return Abundances.of(counts[counts > 0], squares[counts > 0], n_samples, readouts)


def test_draws_lie_between_their_bounds_and_pairs_of_draws_are_among_the_possible():
    for counts, squares, draws in clustered_tallies(ZIPF, 300, 8, 5, seed=0):
        for n, s, k in zip(counts[counts > 0], squares[counts > 0], draws[counts > 0], strict=True):
            one = Abundances.of(np.array([n]), np.array([s]), 2400, 8)
            fewest, effective, most = one.draws()
            assert fewest[0] - 1e-9 <= k <= most[0] + 1e-9
            assert effective[0] <= fewest[0] <= most[0]
            assert one.in_one_draw[0] == (k == 1)
            assert one.perhaps_in_two[0] or k != 2


@pytest.mark.parametrize("law", [ZIPF, np.full(500, 1 / 500)], ids=["zipf", "uniform"])
def test_rarefaction_is_unbiased(law):
    """Mean of 400 samples within 5 standard errors of the expectation."""
    generator, sizes = np.random.default_rng(1), np.array([0, 1, 50, 200, 399])
    curves = []
    for counts in generator.multinomial(400, law, size=400):
        low, middle, high = rarefied(listed(counts, counts, 400, 1), sizes)
        np.testing.assert_allclose(low, high)
        curves.append(middle)
    truth = np.array([((1 - law) ** m) @ law for m in sizes])
    error = np.std(curves, axis=0) / 20
    assert (np.abs(np.mean(curves, axis=0) - truth) <= 5 * error + 1e-12).all()


def test_rarefaction_of_clusters_is_bracketed():
    """The same with the draws known, which the bounds must enclose; samples taken for draws fall outside."""
    sizes = np.array([1, 10, 100, 299])
    for counts, squares, draws in clustered_tallies(ZIPF, 300, 8, 3, seed=2):
        low, middle, high = rarefied(listed(counts, squares, 2400, 8), sizes)
        seen = draws > 0
        left = np.arange(300.0)
        chances = np.array(
            [
                np.prod(np.maximum(300 - draws[seen] - left[:m, None], 0) / (299 - left[:m, None]), axis=0)
                for m in sizes
            ]
        )
        truth = chances @ (counts[seen] / 2400)
        assert ((low <= truth + 1e-9) & (truth <= high + 1e-9)).all()
        np.testing.assert_allclose(middle[-1], truth[-1])  # Good-Turing needs no bounds
        naive = rarefied(listed(counts, counts, 2400, 1), [2399])[1]
        assert naive[0] < 0.75 * truth[-1]  # negative control


@pytest.mark.parametrize(("readouts", "n_draws"), [(1, 400), (16, 200)])
def test_intervals_of_the_unseen_mass_cover(readouts, n_draws):
    """Nominal 95 %: at least 92.5 % of 300 runs; clusters taken for samples cover less than 85 %."""
    covered, naive = [], []
    for counts, squares, _ in clustered_tallies(ZIPF, n_draws, readouts, 300, seed=3):
        missing = ZIPF[counts == 0].sum()
        n = n_draws * readouts
        interval = unseen_mass_interval(listed(counts, squares, n, readouts))
        covered.append(interval.low <= missing <= interval.high)
        plain = unseen_mass_interval(listed(counts, counts, n, 1))
        naive.append(plain.low <= missing <= plain.high)
    assert np.mean(covered) >= 0.925
    assert (np.mean(naive) < 0.85) == (readouts > 1)


@pytest.mark.parametrize(
    ("pf_map", "truth", "n_samples"),
    [
        (LookupTable(3), 256, 600),
        (LookupTable(4), 65536, 20_000),
        (Perceptron(3), 104, 300),
        (Perceptron(4), 1882, 10_000),
    ],
    ids=repr,
)
def test_richness_of_maps_whose_functions_are_known(pf_map, truth, n_samples):
    """The lower end stays below the truth; uniform priors are met from within a tenth."""
    results = [simplicity.sample(pf_map, n_samples, seed=seed) for seed in range(12)]
    found = [result.richness() for result in results]
    assert all(one.seen == len(result) for one, result in zip(found, results, strict=True))
    assert all(one.seen <= one.low <= one.at_least + 1e-9 for one in found)
    assert sum(one.low > truth for one in found) <= 2  # expected 0.3 if the bound were tight: chance 0.3 %
    mean = np.mean([one.at_least for one in found])
    assert mean > 1.02 * np.mean([one.seen for one in found])
    assert mean < 1.1 * truth
    if isinstance(pf_map, LookupTable):
        assert mean > 0.9 * truth


def test_richness_of_clusters_is_a_lower_bound_and_samples_taken_for_draws_miss():
    for counts, squares, _ in clustered_tallies(ZIPF, 200, 16, 10, seed=4):
        found = richness(listed(counts, squares, 3200, 16))
        assert found.seen <= found.low <= found.at_least <= 3000 * 1.1
    for counts, squares, _ in clustered_tallies(ZIPF, 200, 16, 3, seed=4, stay=1.0):
        naive = richness(listed(counts, counts, 3200, 1))
        assert naive.at_least == naive.seen  # repeats within a draw look like functions seen again
        assert richness(listed(counts, squares, 3200, 16)).low > naive.seen


def test_extrapolation_continues_the_curve():
    counts = np.random.default_rng(5).multinomial(2000, ZIPF)
    abundances = listed(counts, counts, 2000, 1)
    np.testing.assert_allclose(extrapolated(abundances, [2000]), rarefied(abundances, [1999])[1], rtol=0.01)
    truth = np.array([((1 - ZIPF) ** m) @ ZIPF for m in (2000, 4000, 6000)])
    np.testing.assert_allclose(extrapolated(abundances, [2000, 4000, 6000]), truth, rtol=0.35)
    table = coverage_curve(abundances)
    assert (np.diff(table["unseen_mass"]) <= 1e-12).all()
    assert set(table["kind"]) == {"rarefied", "extrapolated"}


def test_edges():
    everything = Abundances.of(np.array([50, 50]), np.array([50, 50]), 100, 1)
    assert unseen_mass_interval(everything).low == 0
    assert 0.03 < unseen_mass_interval(everything).high < 0.04
    assert richness(everything)[:3] == (2, 2, 2)
    assert (extrapolated(everything, [100, 200]) == 0).all()
    with pytest.raises(ValueError, match="n_draws must lie between 0 and 99"):
        rarefied(everything, [100])
    with pytest.raises(ValueError, match="n_draws must be at least 100"):
        extrapolated(everything, [99])
    with pytest.raises(ValueError, match="two independent draws"):
        coverage_curve(Abundances.of(np.array([1]), np.array([1]), 1, 1))


def test_a_truncated_result_is_refused(tmp_path):
    simplicity.sample(LookupTable(3), 300, seed=0, path=tmp_path / "a.parquet")
    with pytest.raises(ValueError, match="lists only"):
        simplicity.load(tmp_path / "a.parquet", max_functions=5).richness()
