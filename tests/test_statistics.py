"""Intervals against SciPy and their coverage; the unseen mass against the truth."""

import numpy as np
import pytest
from scipy import stats

from simplicity.statistics import (
    binomial_interval,
    clustered_interval,
    effective_samples,
    unseen_mass,
)


@pytest.mark.parametrize("level", [0.5, 0.9, 0.95, 0.999])
@pytest.mark.parametrize("n_samples", [1, 2, 17, 1000, 10**9])
def test_ends_of_clopper_pearson_leave_half_of_the_rest_beyond(n_samples, level):
    counts = np.unique([0, 1, n_samples // 3, n_samples - 1, n_samples])
    found = binomial_interval(counts, n_samples, level)
    tail = (1 - level) / 2
    assert found.level == level
    above = stats.binom.sf(counts - 1, n_samples, found.low)
    below = stats.binom.cdf(counts, n_samples, found.high)
    np.testing.assert_allclose(above[counts > 0], tail, rtol=1e-6)
    np.testing.assert_allclose(below[counts < n_samples], tail, rtol=1e-4)  # rounding next to 1
    assert found.low[0] == 0
    assert found.high[-1] == 1
    if n_samples <= 1000:  # SciPy's own solution is good to 1e-12 only
        for count, low, high in zip(counts.tolist(), found.low, found.high, strict=True):
            expected = stats.binomtest(count, n_samples).proportion_ci(level, method="exact")
            np.testing.assert_allclose([low, high], expected, rtol=1e-6)


def coverage(interval, n_samples, prior):
    """Exact, by summation over all counts."""
    counts = np.arange(n_samples + 1)
    low, high = interval(counts)
    return stats.binom.pmf(counts, n_samples, prior) @ ((low <= prior) & (prior <= high))


@pytest.mark.parametrize("level", [0.8, 0.95])
@pytest.mark.parametrize("n_samples", [5, 50, 400])
def test_clopper_pearson_never_covers_less_than_its_level(n_samples, level):
    normal = stats.norm.ppf((1 + level) / 2)

    def wald(counts):
        error = normal * np.sqrt(counts / n_samples * (1 - counts / n_samples) / n_samples)
        return counts / n_samples - error, counts / n_samples + error

    priors = np.concatenate([np.geomspace(1e-4, 0.5, 60), 1 - np.geomspace(1e-4, 0.5, 60)])
    exact = [coverage(lambda k: binomial_interval(k, n_samples, level)[:2], n_samples, p) for p in priors]
    assert min(exact) >= level
    assert min(coverage(wald, n_samples, p) for p in priors) < level  # negative control


@pytest.mark.parametrize(
    ("counts", "n_samples", "level", "message"),
    [
        ([-1], 10, 0.95, "counts must lie between 0 and n_samples"),
        ([11], 10, 0.95, "counts must lie between 0 and n_samples"),
        ([1], 10, 0, "level must lie strictly between 0 and 1"),
        ([1], 10, 1, "level must lie strictly between 0 and 1"),
        ([1], 10, 95, "level must lie strictly between 0 and 1, got 95"),
    ],
)
def test_wrong_counts_and_levels_are_refused(counts, n_samples, level, message):
    with pytest.raises(ValueError, match=message):
        binomial_interval(counts, n_samples, level)
    if "level" in message:
        with pytest.raises(ValueError, match=message):
            clustered_interval(counts, counts, n_samples, 1, level)


def clustered_counts(prior, correlation, n_draws, readouts, runs, seed):
    """Counts and sums of squares of beta-binomial clusters with an intra-cluster correlation."""
    generator = np.random.default_rng(seed)
    size = (1 - correlation) / correlation
    of_draw = generator.binomial(readouts, generator.beta(prior * size, (1 - prior) * size, (runs, n_draws)))
    return of_draw.sum(axis=1), (of_draw.astype(np.int64) ** 2).sum(axis=1)


@pytest.mark.parametrize(
    ("prior", "correlation", "n_draws", "readouts"),
    [
        (0.3, 0.2, 100, 16),
        (0.05, 0.1, 300, 64),
        (0.5, 0.007, 50, 64),
        (0.01, 0.05, 2000, 8),
        (0.9, 0.5, 200, 4),
    ],
)
def test_clustered_intervals_cover_and_binomial_ones_do_not(prior, correlation, n_draws, readouts):
    """Nominal 95 %: between 93.5 and 98.5 % of 4000 runs (4 sigma of the count is 1.4 %)."""
    counts, squares = clustered_counts(prior, correlation, n_draws, readouts, 4000, seed=1)
    n_samples = n_draws * readouts
    clustered = clustered_interval(counts, squares, n_samples, readouts)
    covered = np.mean((clustered.low <= prior) & (prior <= clustered.high))
    assert 0.935 < covered < 0.985
    binomial = binomial_interval(counts, n_samples)
    naive_coverage = np.mean((binomial.low <= prior) & (prior <= binomial.high))
    design_effect = 1 + (readouts - 1) * correlation
    assert naive_coverage < 0.935 or design_effect < 1.5
    assert naive_coverage < covered


@pytest.mark.parametrize("prior", [0.001, 0.1, 0.7])
def test_unclustered_clusters_are_as_good_as_independent_samples(prior):
    """Readouts that are independent in truth: the interval costs at most a few percent of width."""
    generator = np.random.default_rng(2)
    of_draw = generator.binomial(8, prior, (500, 5000))
    counts, squares = of_draw.sum(axis=1), (of_draw**2).sum(axis=1)
    clustered, binomial = clustered_interval(counts, squares, 40_000, 8), binomial_interval(counts, 40_000)
    ratio = (clustered.high - clustered.low) / (binomial.high - binomial.low)
    assert 0.95 < np.median(ratio) < 1.1
    assert np.mean((clustered.low <= prior) & (prior <= clustered.high)) > 0.92


def test_effective_samples_are_those_of_the_design_effect():
    prior, correlation, readouts = 0.3, 0.1, 16
    counts, squares = clustered_counts(prior, correlation, 20_000, readouts, 20, seed=3)
    expected = 20_000 * readouts / (1 + (readouts - 1) * correlation)
    found = effective_samples(counts, squares, 20_000 * readouts, readouts)
    np.testing.assert_allclose(found, expected, rtol=0.05)


def test_effective_samples_stay_within_bounds():
    """All from one draw, one from each, all samples of all draws, and none."""
    counts, squares = np.array([64, 100, 6400, 0]), np.array([64**2, 100, 64**2 * 100, 0])
    found = effective_samples(counts, squares, 6400, 64)
    assert (found >= 1).all()
    assert (found <= 6400).all()
    assert found[2] == 100  # no spread says no more than the number of draws
    interval = clustered_interval(counts, squares, 6400, 64)
    assert ((interval.low <= counts / 6400) & (counts / 6400 <= interval.high)).all()
    assert interval.low[3] == 0
    assert interval.high[2] == 1


def test_without_clusters_the_interval_is_the_binomial_one_of_the_t_quantile():
    counts = np.array([3, 500])
    clustered, binomial = clustered_interval(counts, counts, 10_000, 1), binomial_interval(counts, 10_000)
    np.testing.assert_allclose(clustered.low, binomial.low, rtol=0.01)
    np.testing.assert_allclose(clustered.high, binomial.high, rtol=0.01)


@pytest.mark.parametrize(
    "law", [np.full(1000, 1e-3), 1 / np.arange(1, 2001), 0.5 ** np.arange(1, 40), np.ones(1)], ids=len
)
def test_unseen_mass_is_right_on_average(law):
    """Good-Turing: E[singletons / N] is the expected mass unseen by N - 1 samples (5 standard errors)."""
    law = law / law.sum()
    generator = np.random.default_rng(4)
    counts = generator.multinomial(500, law, size=2000)
    estimates = np.array([unseen_mass(singletons, 500) for singletons in (counts == 1).sum(axis=1)])
    truth = ((1 - law) ** 499) @ law
    assert abs(estimates.mean() - truth) <= 5 * estimates.std() / np.sqrt(2000) + 1e-12
    missed = np.array([(counts == 0) @ law]).mean()
    assert abs(estimates.mean() - missed) < 0.1 * missed + 2e-3


def test_nothing_seen_leaves_everything_unseen():
    assert unseen_mass(0, 0) == 1
    assert unseen_mass(0, 10) == 0
    assert unseen_mass(10, 10) == 1
