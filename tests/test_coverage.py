"""Intervals cover priors of functions that were fixed before sampling: alone, with readouts, and by orbit.

Nominal 95 %: 93 to 97 % where 30 hits or more are expected, at least 93 % below. Where coverage is simulated
it is allowed four standard errors more.
"""

import numpy as np
import pytest
from scipy import stats

from simplicity.functions import canonical_forms
from simplicity.maps import MLP
from simplicity.sampling import Engine
from simplicity.statistics import binomial_interval, clustered_interval

READOUTS = 64


@pytest.mark.parametrize("n_samples", [10_000, 10**6])
def test_independent_samples_exactly(n_samples):
    """By summation over all counts; Wald's interval, the negative control, fails at few hits."""
    for expected in np.concatenate([np.geomspace(0.01, 30, 80), np.geomspace(30, 2500, 60)]):
        prior = expected / n_samples
        counts = np.arange(int(expected + 12 * np.sqrt(expected) + 40))
        chances = stats.binom.pmf(counts, n_samples, prior)
        low, high, *_ = binomial_interval(counts, n_samples)
        covered = chances[(low <= prior) & (prior <= high)].sum()
        assert covered >= 0.93
        assert covered <= 0.97 or expected < 30
        if expected < 1:
            error = 1.96 * np.sqrt(counts) / n_samples
            assert chances[np.abs(counts / n_samples - prior) <= error].sum() < 0.93


def draws_of_network(pf_map, n_draws):
    """For each hidden draw of a network, how many readouts gave each function; and each orbit."""
    engine = Engine(pf_map, 0, READOUTS)
    words = np.concatenate([engine.samples(*block)[0] for block in engine.blocks(0, n_draws * READOUTS)])[
        :, 0
    ]
    everything = np.arange(256, dtype=np.uint64)[:, None]
    forms = canonical_forms(everything, 3, permutation=True, complement=True)[0][:, 0].astype(np.int64)
    rows = np.repeat(np.arange(n_draws), READOUTS)
    of_draw = np.bincount(rows * 256 + words.astype(np.int64), minlength=n_draws * 256).reshape(n_draws, 256)
    by_orbit = np.zeros_like(of_draw)
    for function in range(256):
        by_orbit[:, forms[function]] += of_draw[:, function]
    return of_draw, by_orbit[:, np.unique(forms)]


@pytest.fixture(scope="module")
def network():
    return draws_of_network(MLP(3, (8, 8)), 160_000)


@pytest.mark.parametrize("by_orbit", [False, True], ids=["functions", "orbits"])
@pytest.mark.parametrize("n_draws", [100, 800])
def test_readouts_of_a_network(network, by_orbit, n_draws):
    """Against the prior of all draws together, which are 200 times as many or more."""
    of_draw = network[by_orbit]
    priors = of_draw.sum(axis=0) / (len(of_draw) * READOUTS)
    runs = of_draw.reshape(-1, n_draws, of_draw.shape[1])
    counts, squares = runs.sum(axis=1), (runs**2).sum(axis=1)
    n_samples = n_draws * READOUTS
    low, high, *_ = clustered_interval(counts, squares, n_samples, READOUTS)
    covered = ((low <= priors) & (priors <= high)).mean(axis=0)
    plain = binomial_interval(counts, n_samples)
    plain_covered = ((plain.low <= priors) & (priors <= plain.high)).mean(axis=0)
    expected = priors * n_samples
    # Averages over functions of like frequency.
    for least, most in ((1, 30), (30, np.inf)):
        chosen = (expected >= least) & (expected < most)
        if not chosen.any():
            continue
        slack = 4 * np.sqrt(0.05 * 0.95 / len(runs))
        assert covered[chosen].mean() >= 0.93 - slack * (chosen.sum() == 1)
        assert covered[chosen].mean() <= 0.97 or least < 30
        assert covered[chosen].min() >= 0.93 - slack
    frequent = expected >= 30
    assert plain_covered[frequent].mean() < covered[frequent].mean() - 0.01  # negative control


def test_binomial_intervals_on_readouts_of_a_constant_fail():
    """Where all rectifiers are off, a hidden draw has constant readouts only."""
    of_draw = draws_of_network(MLP(3, (2, 2), bias_std=0.1), 80_000)[0][:, 0]
    prior = of_draw.mean() / READOUTS
    counts = of_draw.reshape(-1, 200).sum(axis=1)
    squares = (of_draw**2).reshape(-1, 200).sum(axis=1)
    low, high, *_ = binomial_interval(counts, 200 * READOUTS)
    assert np.mean((low <= prior) & (prior <= high)) < 0.8
    low, high, *_ = clustered_interval(counts, squares, 200 * READOUTS, READOUTS)
    assert np.mean((low <= prior) & (prior <= high)) > 0.92
