"""Rank correlations of prior and complexity: known orders, and the interval's coverage."""

import math

import numpy as np
import pytest
from scipy import stats

import simplicity
from simplicity.complexity import measure
from simplicity.theory import independent_hits, rank_correlation

RESULT = simplicity.sample(simplicity.maps.LookupTable(4), 5_000, seed=1)


def with_counts(counts):
    """A result of made-up counts, functions 0, 1, 2, ….

    Only counts and sizes matter here, so the recipe may be another's.
    """
    counts = np.sort(np.asarray(counts, dtype=np.int64))[::-1]
    functions = np.arange(len(counts), dtype=np.uint64)[:, None]
    ranges = (simplicity.sampling.Range(0, 0, int(counts.sum()), 1),)
    return simplicity.Result(4, functions, counts, counts, 0, ranges, RESULT.recipe)


def test_an_order_and_its_reverse():
    result = with_counts(range(10, 30))
    assert rank_correlation(result, complexities=np.arange(20)) == (-1, -1, -1, 20, 10)
    assert rank_correlation(result, complexities=-np.arange(20)) == (1, 1, 1, 20, 10)


def test_it_is_spearmans_over_the_functions_hit_often_enough():
    result = simplicity.sample(simplicity.maps.MLP(4, (10,)), 20_000, seed=0)
    found = rank_correlation(result, "lz76")
    kept = independent_hits(result) >= 10
    values = measure("lz76")(result.functions, 4)
    assert found.n_functions == np.count_nonzero(kept) and found.min_hits == 10
    assert found.value == pytest.approx(
        stats.spearmanr(result.prior[kept], values[kept]).statistic, abs=1e-12
    )
    assert -1 < found.low < found.value < found.high < 0
    wider = rank_correlation(result, "lz76", level=0.99)
    assert wider.low < found.low and found.high < wider.high


def test_the_interval_covers_the_true_correlation():
    """Ranks of bivariate normals of known correlation; 600 intervals of level 0.95, seed fixed.

    The share covered is within 0.95 ± 0.04 but for 1 in 10^5 seeds. The wrong value 0 is covered far less
    often: the negative control.
    """
    pearson = 0.6
    truth = 6 / math.pi * math.asin(pearson / 2)
    generator = np.random.Generator(np.random.Philox(3))
    covered = wrong = 0
    result = with_counts(range(10, 90))
    for _ in range(600):
        x, noise = generator.standard_normal((2, 80))
        y = pearson * x + math.sqrt(1 - pearson**2) * noise
        found = rank_correlation(result, complexities=y[np.argsort(-x)])
        covered += found.low <= truth <= found.high
        wrong += found.low <= 0 <= found.high
    assert abs(covered / 600 - 0.95) < 0.04
    assert wrong / 600 < 0.1


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"min_hits": 0}, "min_hits must be 1 or more, got 0"),
        ({"level": 1.0}, "level must be between 0 and 1, got 1.0"),
        ({"min_hits": 4000}, "0 functions have 4000 independent hits or more: 4 at least"),
        ({"min_hits": 1, "complexities": np.zeros(len(RESULT))}, "all of one complexity"),
    ],
)
def test_what_cannot_be_correlated_is_refused(arguments, message):
    with pytest.raises(ValueError, match=message):
        rank_correlation(RESULT, **arguments)
