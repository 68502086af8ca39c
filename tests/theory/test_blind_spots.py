"""Gaps below the bound, censored at the floor, as theorems and by simulation."""

import numpy as np
import pytest

import simplicity
from simplicity import functions, theory
from simplicity.maps import MLP, ExpressionTree, LookupTable, Perceptron
from simplicity.statistics import binomial_interval
from simplicity.theory import exact
from simplicity.theory.gap_intervals import median_interval, share_interval
from simplicity.theory.observed import Observed
from tests.theory.test_bounds import result_of


def sampled(pf_map, n_samples=20_000, **options):
    return simplicity.sample(pf_map, n_samples, seed=0, **options)


# ------------------------------------------------------------------------------------- Kaplan-Meier
def product_limit(values, observed):
    """S after each observed value, one unit after the other."""
    surviving, curve = 1.0, {}
    for t in sorted({v for v, o in zip(values, observed, strict=True) if o}):
        at_risk = sum(v >= t for v in values)
        died = sum(v == t and o for v, o in zip(values, observed, strict=True))
        surviving *= 1 - died / at_risk
        curve[t] = surviving
    return curve


@pytest.mark.parametrize("seed", range(5))
def test_curve_by_its_definition_and_error_by_greenwood(seed):
    generator = np.random.Generator(np.random.Philox(seed))
    values, observed = generator.integers(0, 12, 40), generator.random(40) < 0.7
    curve = theory.kaplan_meier(values, observed)
    assert dict(zip(curve.values, curve.surviving, strict=True)) == pytest.approx(
        product_limit(values, observed)
    )
    greenwood, expected = 0.0, []
    for t in curve.values:
        at_risk, died = (values >= t).sum(), ((values == t) & observed).sum()
        greenwood += died / (at_risk * (at_risk - died)) if at_risk > died else np.inf
        expected.append(greenwood**0.5)
    kept = curve.surviving > 0
    assert curve.error[kept] == pytest.approx(curve.surviving[kept] * np.array(expected)[kept])


def test_weights_count_functions():
    values, observed, weights = [1, 2, 3, 5], [True, False, True, True], [3, 2, 4, 1]
    once = theory.kaplan_meier(values, observed, weights)
    each = theory.kaplan_meier(np.repeat(values, weights), np.repeat(observed, weights))
    assert once.surviving == pytest.approx(each.surviving)


def test_censored_values_are_not_to_be_dropped():
    """The median of 4000 exponential gaps cut off at random; dropping what was cut off is far too low."""
    generator = np.random.Generator(np.random.Philox(7))
    gaps, cut = generator.exponential(10.0, 4000), generator.uniform(2, 20, 4000)
    observed = gaps <= cut
    median = theory.kaplan_meier(np.minimum(gaps, cut), observed).quantile(0.5, level=0.999)
    truth = 10 * np.log(2)
    assert median.low <= truth <= median.high < median.value + 1.5
    assert np.median(gaps[observed]) < truth - 2  # negative control


def test_interval_of_the_median_covers_it():
    """400 data sets of 60 units, half of them censored: 95 % intervals cover in 91 to 98 %."""
    generator = np.random.Generator(np.random.Philox(1))
    covered = 0
    for _ in range(400):
        gaps, cut = generator.exponential(1.0, 60), generator.exponential(1.5, 60)
        median = theory.kaplan_meier(np.minimum(gaps, cut), gaps <= cut).quantile()
        covered += median.low <= np.log(2) <= median.high
    assert 0.91 <= covered / 400 <= 0.98


def test_a_median_beyond_the_cut_off_is_a_lower_bound():
    median = theory.kaplan_meier([1, 4, 4, 4], [True, False, False, False]).quantile()
    assert (median.value, median.is_lower_bound, str(median)) == (4, True, "> 4")


# ---------------------------------------------------------------------------------------------- gaps
def test_the_null_map_has_the_gap_of_its_uniform_prior():
    """log2 P = -8 for every function of three inputs: the gap is 8 - 8 K / 15, up to sampling error."""
    table = theory.blind_spots(sampled(LookupTable(3), 400_000), theory.simple_functions(3, 15))
    assert table["median_gap"][:-1].to_numpy() == pytest.approx(
        8 - 8 * table["complexity"][:-1] / 15, abs=0.05
    )
    assert table["functions"].tolist() == [2, 4, 26, 60, 102, 48, 14, 256]
    assert (table["share_reached"] == 1).all() and not table["median_is_lower_bound"].any()
    assert table["median_below_matched"][:-1].to_numpy() == pytest.approx(0, abs=0.05)
    assert (table["share_unmatched"][:-1] == 0).all()


def test_there_is_no_median_over_complexities():
    """Cut-offs depend on K as gaps do: a pooled Kaplan-Meier curve would be wrong."""
    table = theory.blind_spots(sampled(Perceptron(3)), theory.simple_functions(3, 15))
    of_all, of_each = table.iloc[-1], table.iloc[:-1]
    assert of_all[["median_gap", "median_at_least", "median_low", "median_below_matched"]].isna().all()
    assert of_each["median_gap"].notna().all() and np.isfinite(of_all["share_reached"])


def test_unreached_functions_are_cut_off_at_the_floor():
    result = result_of(["0000", "1111"], [6, 2])
    found = theory.gaps(result, theory.simple_functions(2, 6), use_symmetries=False)
    line = theory.a_priori_bound(2)
    assert found.is_reached.sum() == 2
    assert found.gap[2:] == pytest.approx(line(found.complexity[2:]) + 3)
    table = found.table()
    assert table["scope"].tolist() == ["K", "K", "K", "all"]
    assert table["median_is_lower_bound"].tolist() == [False, True, True, False]
    assert table["median_gap"].tolist() == pytest.approx(
        [-4 / 3 - np.log2(6 / 8), 3 - 4 / 6 * 5, 3 - 4 / 6 * 6, np.nan], nan_ok=True
    )


def test_members_of_an_orbit_share_their_counts():
    result = sampled(Perceptron(4), 3000)
    every = theory.simple_functions(4, 30)
    alone = theory.gaps(result, every, use_symmetries=False)
    together = theory.gaps(result, every)
    assert together.is_reached.sum() > alone.is_reached.sum()
    assert (together.is_reached | ~alone.is_reached).all()
    observed = together.observed
    for orbit in np.unique(observed.orbit[together.is_reached])[:50]:
        rows = observed.orbit == orbit
        assert rows.sum() == observed.orbit_size[rows][0]  # the list is complete
        total = sum(result.counts[result.index_of(row)] for row in every[rows & observed.is_drawn])
        assert np.exp2(observed.log2_prior[rows]) == pytest.approx(total / rows.sum() / result.n_samples)
    assert np.exp2(observed.log2_prior).sum() == pytest.approx(1)


def test_an_exact_prior_has_no_floor():
    law = exact.ExactPrior.of_weights(2, np.array([[0], [15], [8]], np.uint64), [2, 1, 1], "by hand")
    table = theory.blind_spots(law, theory.simple_functions(2, 6))
    assert not table["median_is_lower_bound"].any()
    assert table["share_reached"].tolist() == [1, 0.25, 0, 3 / 16]
    assert np.isinf(table["median_gap"][2]) and table["share_low"][1] == table["share_high"][1] == 0.25


def test_functions_of_a_number_of_ones_never_seen_are_not_left_out():
    """Three of four functions have 0 or 4 ones, one has two: P(T = 2) = 0 says nothing of the 2-ones."""
    result = result_of(["0000", "1111", "0001"], [5, 2, 1])
    listed = functions.from_strings(["0001", "0010", "0100", "0011", "0101"])
    found = theory.gaps(result, listed, bound=theory.a_priori_bound(2), use_symmetries=False)
    assert found.is_matched.tolist() == [True, True, True, False, False]
    row = theory.gaps(result, listed, "entropy", use_symmetries=False).table().iloc[0]
    # P(T = 1) = 1/8, shared by four functions: log2 = -5, and one of them has -3, the others at most that.
    assert (row["share_unmatched"], row["median_below_matched"]) == (0, -2)
    pooled = theory.gaps(
        result, listed, lambda words, n: np.ones(len(words)), bound=None, use_symmetries=False
    )
    row = pooled.table().iloc[0]
    assert row["share_unmatched"] == 0.4 and row["matched_is_lower_bound"]
    assert row["median_below_matched"] == -2  # two of -inf, then one of -2, two of -2 or more
    nothing = theory.gaps(result, listed[1:], lambda words, n: np.ones(len(words)), use_symmetries=False)
    row = nothing.table().iloc[0]
    assert row["share_unmatched"] == 0.5 and np.isnan(row["median_below_matched"])
    assert not row["matched_is_lower_bound"]


def test_an_orbit_lends_its_numbers_of_ones():
    """Of a map that is even under complement, P(T) = P(4 - T): three ones are as probable as one."""
    few = result_of(["0000", "0001"], [30, 10], recipe=sampled(LookupTable(2), 40).recipe)
    found = theory.gaps(few, functions.from_strings(["1110", "1111"]))
    assert found.is_reached.all() and found.is_matched.all()


def law_of_orbits(generator, orbits, largest):
    """A made-up law: hits of orbits are Poisson of these rates, a member's prior is rate / size / samples."""
    sizes = generator.integers(1, largest + 1, orbits)
    return sizes, np.exp(generator.uniform(-2, 3, orbits))


@pytest.mark.parametrize(("orbits", "largest"), [(1, 2), (1, 20), (3, 20), (30, 50), (1000, 50)])
def test_intervals_over_samplings_cover(orbits, largest):
    """Simulated hits of few and many orbits, 500 runs: both intervals cover in 93 % at least.

    A median of one orbit has its Clopper-Pearson interval; of more, it is conservative. Negative control: the
    medians of the functions reached only, where those missed are a large part.
    """
    generator = np.random.Generator(np.random.Philox(orbits * 100 + largest))
    n_samples, runs = 10**6, 500
    share_covered = median_covered = covered_by_reached = 0
    for _ in range(runs):
        sizes, rates = law_of_orbits(generator, orbits, largest)
        hits = generator.poisson(rates)
        found = made_up(sizes, hits, n_samples)
        rows = np.ones(sizes.sum(), bool)
        low, high = share_interval(*found, rows, np.ones(len(rows)), True, 0.95)
        share_covered += low <= ((1 - np.exp(-rates)) * sizes).sum() / sizes.sum() <= high
        truth = np.sort(np.repeat(-np.log2(rates / sizes / n_samples), sizes))[(len(rows) - 1) // 2]
        low, high = median_interval(*found, rows, np.zeros(len(rows)), np.ones(len(rows)), 0.95)
        median_covered += low <= truth <= high
        reached = np.repeat(hits > 0, sizes)
        if reached.any():
            low, high = median_interval(*found, reached, np.zeros(len(rows)), np.ones(len(rows)), 0.95)
            covered_by_reached += low <= truth <= high
    assert share_covered / runs >= 0.93
    assert median_covered / runs >= 0.93
    assert orbits > 3 or covered_by_reached / runs < 0.8


def made_up(sizes, hits, n_samples):
    """A source and what is observed of orbits of these sizes that came up so often."""
    source = result_of(["0000"], [n_samples])
    orbit = np.repeat(np.arange(len(sizes)), sizes)
    with np.errstate(divide="ignore"):
        prior = np.log2(hits / sizes / n_samples)[orbit]
    size, hits = sizes[orbit].astype(float), hits[orbit].astype(float)
    floor = -np.log2(size * n_samples)
    return source, Observed(orbit, size, prior, floor, hits > 0, hits == 1, hits, hits, floor)


def test_the_median_of_many_orbits_is_resolved_far_better_than_all_of_them_at_once():
    """A thousand orbits of ten hits each: their intervals at once span four bits, that of the median two."""
    sizes, rows = np.full(1000, 24), np.ones(24_000, bool)
    found = made_up(sizes, np.full(1000, 10), 10**6)
    low, high = median_interval(*found, rows, np.zeros(len(rows)), np.ones(len(rows)), 0.95)
    at_once = binomial_interval(10, 10**6, 1 - 0.05 / 1000)
    assert np.log2(at_once.high / at_once.low) > 3.5
    assert high - low == pytest.approx(1.94, abs=0.1)


def test_intervals_of_levels_of_one_orbit_are_not_absurd():
    """Both constants came up thousands of times: no run of this size would miss them."""
    table = theory.blind_spots(sampled(Perceptron(4)), theory.simple_functions(4, 4))
    assert table["share_low"][0] == 1 == table["share_high"][0]
    assert table["median_at_most"][0] - table["median_at_least"][0] < 0.05
    none = theory.gaps(sampled(Perceptron(4)), functions.from_strings(["0110100110010110"]))
    low, high = none.share_interval(np.ones(1, bool))
    assert low == 0 and high > 0.97  # it may have had a rate of 3 and was missed


def test_share_interval_of_ten_thousand_samples_is_of_use():
    """Widths of a few percent; not with 128 readouts, as a tally does not hold what they met together."""
    every = theory.simple_functions(4, 30)
    one = theory.blind_spots(sampled(MLP(4, (10,)), 2**15), every)
    many = theory.blind_spots(sampled(MLP(4, (10,)), 2**15, readouts=128), every)
    common = one["functions"] > 1000
    width = [(table["share_high"] - table["share_low"])[common] for table in (one, many)]
    assert width[0].max() < 0.1 and width[1].min() > 0.2


def test_the_median_of_an_exact_prior_is_exact():
    """Of 256 functions, up to 102 of a complexity: both ends of the interval are the median itself."""
    law, every = exact.tree_prior(ExpressionTree(3)), theory.simple_functions(3, 15)
    table = theory.gaps(law, every).table()[:-1]
    assert table["median_at_least"].tolist() == table["median_at_most"].tolist()
    assert table["median_gap"].tolist() == table["median_at_least"].tolist()
    assert np.isfinite(table["median_gap"]).all() and len(table) == 7


def test_interval_of_the_share_covers_its_expectation():
    """100 runs of 300 samples: the interval is conservative, so that it covers in at least 95 %."""
    every = theory.simple_functions(3, 15)
    network = MLP(3, (5,))
    runs = [simplicity.sample(network, 320, seed=seed, readouts=4) for seed in range(100)]
    found = [theory.gaps(run, every) for run in runs]
    mean = np.mean([one.is_reached.mean() for one in found])
    rows = np.ones(256, bool)
    covered = [low <= mean <= high for low, high in (one.share_interval(rows) for one in found)]
    assert np.mean(covered) >= 0.95


def test_weights_of_a_sample_stand_for_all_functions():
    result = sampled(Perceptron(4), 50_000)
    sample = theory.simple_functions_sample(4, 24, 30_000, seed=1)
    estimated = theory.blind_spots(result, sample.functions, weights=sample.weights).iloc[-1]
    truth = theory.blind_spots(result, theory.simple_functions(4, 24)).iloc[-1]
    assert estimated["share_low"] <= truth["share_reached"] <= estimated["share_high"]
    assert estimated["functions"] == pytest.approx(truth["functions"], rel=0.1)


def test_the_most_blind_functions_have_names_and_come_once_an_orbit():
    found = theory.gaps(sampled(Perceptron(3), 50_000), theory.simple_functions(3, 10.5))
    blind = found.most_blind(30)
    assert (np.diff(blind["gap"]) <= 1e-9).all()
    assert blind["gap_is_lower_bound"][0]
    assert any("^" in name for name in blind["name"][blind["gap_is_lower_bound"]])
    assert {"0", "1"} & set(found.most_blind(100)["name"])


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"functions": np.zeros((0, 1), np.uint64)}, "must not be empty"),
        ({"functions": []}, "must not be empty"),
        ({"functions": np.zeros((2, 1), np.uint64)}, "must differ"),
        ({"functions": np.zeros((1, 2), np.uint64)}, "must have shape"),
        ({"weights": [1.0]}, "weights must be 16"),
        ({"weights": np.zeros(16)}, "above 0"),
        ({"bound": theory.a_priori_bound(2, "lz78")}, "lz78"),
        ({"result": "a path"}, "Result or an exact prior"),
    ],
)
def test_bad_input(change, message):
    arguments = {"result": sampled(Perceptron(2), 100), "functions": theory.simple_functions(2, 6)} | change
    with pytest.raises(ValueError, match=message):
        theory.blind_spots(**arguments)


# ------------------------------------------------------------------------------- mass below a line
def test_line_mass_of_three_inputs_is_4_67():
    exact_sum = sum(
        count * 2 ** (-8 * k / 15)
        for k, count in {3: 2, 7.5: 4, 9: 26, 10.5: 60, 12: 102, 13.5: 48, 15: 14}.items()
    )
    total = theory.line_mass(theory.a_priori_bound(3), 3)
    assert total == pytest.approx(exact_sum) and round(total, 2) == 4.67


@pytest.mark.parametrize("pf_map", [Perceptron(3), MLP(3, (5,)), LookupTable(3)])
def test_mass_far_below_a_line_is_limited(pf_map):
    table = theory.mass_below(sampled(pf_map), theory.a_priori_bound(3))
    assert (table.mass <= table.limit + 1e-12).all()
    assert (np.diff(table.mass) <= 1e-12).all()


def test_mass_of_a_truncated_result_is_refused(tmp_path):
    sampled(Perceptron(3), path=tmp_path / "a.parquet")
    most_frequent = simplicity.load(tmp_path / "a.parquet", max_functions=5)
    with pytest.raises(ValueError, match="lists only the most frequent 5"):
        theory.mass_below(most_frequent, theory.a_priori_bound(3))


def test_average_and_maximum_by_counting():
    assert theory.counting(8.0) == (-8.0, 8.0)
    with pytest.raises(ValueError, match="log2_reachable"):
        theory.counting(-1.0)


def test_the_a_priori_line_is_the_prediction_for_the_null_map():
    predicted = theory.predicted_bound(sampled(LookupTable(3), 10))
    assert theory.a_priori_bound(3).a == predicted.a
    assert functions.ones(theory.simple_functions(3, 3)).tolist() == [0, 8]
