"""Bounds, envelope and laws as theorems (GROUND_TRUTH §7)."""

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import linprog

import simplicity
from simplicity import functions, theory
from simplicity.sampling import Range, Result
from simplicity.theory.envelope import tightest_line
from tests import naive

TOLERANCE = 1e-9
RECIPE = {
    "name": "by-hand",
    "options": {},
    "source": None,
    "label": "by hand",
    "log2_reachable": 4.0,
    "reachable_is_exact": False,
    "reachable_source": "assumed",
}


def result_of(strings, counts, sum_squares=None, readouts=1, n_undefined=0, recipe=RECIPE):
    """A result with these functions and counts, the rest of its samples undefined."""
    order = np.argsort(-np.asarray(counts), kind="stable")
    counts = np.asarray(counts, dtype=np.int64)[order]
    squares = counts if sum_squares is None else np.asarray(sum_squares, dtype=np.int64)[order]
    words = functions.from_strings([strings[row] for row in order])
    n_samples = int(counts.sum()) + n_undefined
    n_inputs = functions.infer_n_inputs(len(strings[0]))
    return Result(n_inputs, words, counts, squares, n_undefined, (Range(0, 0, n_samples, readouts),), recipe)


def sampled(pf_map, n_samples=20_000, **options):
    return simplicity.sample(pf_map, n_samples, seed=0, **options)


def all_strings(n_inputs):
    return [format(integer, f"0{2**n_inputs}b") for integer in range(2**2**n_inputs)]


# ------------------------------------------------------------------------------------ predicted bound
@pytest.mark.parametrize("n_inputs", [1, 2, 3, 4])
def test_predicted_slope_of_the_null_map_by_brute_force(n_inputs):
    largest = max(naive.k_lz(string) for string in all_strings(n_inputs))
    bound = theory.predicted_bound(sampled(simplicity.maps.LookupTable(n_inputs), 10))
    assert bound.a == pytest.approx(2**n_inputs / largest, abs=0, rel=1e-15)
    assert (bound.b, bound.kind, bound.measure) == (0.0, "predicted", "lz76")


def test_predicted_slope_of_the_null_map_at_three_inputs_is_8_over_15():
    bound = theory.predicted_bound(sampled(simplicity.maps.LookupTable(3), 10))
    assert bound.a == 8 / 15
    assert bound(15) == -8
    assert bound.source == "N_O = 2^8 (all functions); max K = 15 (all 256 functions)"


@pytest.mark.parametrize(("n_inputs", "count"), [(2, 14), (3, 104), (4, 1882)])
def test_predicted_slope_of_the_perceptron_counts_threshold_functions(n_inputs, count):
    result = sampled(simplicity.maps.Perceptron(n_inputs), 10)
    largest = max(naive.k_lz(string) for string in all_strings(n_inputs))
    bound = theory.predicted_bound(result)
    assert bound.a == pytest.approx(math.log2(count) / largest)
    assert "N_O = " in bound.source and "A000609" in bound.source


def test_an_upper_bound_on_the_reachable_functions_is_called_one():
    assert (
        "N_O ≤ 2^32 (all functions)" in theory.predicted_bound(sampled(simplicity.maps.MLP(5, (3,)))).source
    )


def test_the_predicted_bound_depends_on_the_map_alone():
    """Whatever came up, also a function more complex than all of the reference, moves nothing."""
    rare = functions.from_strings("01" * 64)[0]

    def is_rare(words, n_inputs):
        return 1 + (words == rare).all(axis=1).astype(float)

    without = theory.predicted_bound(result_of(["0" * 128], [5]), is_rare)
    containing = theory.predicted_bound(result_of(["0" * 128, "01" * 64], [5, 1]), is_rare)
    assert without == containing
    assert "random functions" in containing.source


def test_predicted_bound_is_the_same_each_time_and_leaves_the_global_generator_alone():
    result = sampled(simplicity.maps.LookupTable(6), 10)
    np.random.seed(1)  # noqa: NPY002 - the global state is what is watched
    before = np.random.get_state()[1].copy()  # noqa: NPY002
    assert theory.predicted_bound(result) == theory.predicted_bound(result)
    assert (np.random.get_state()[1] == before).all()  # noqa: NPY002


def test_a_measure_that_cannot_be_hashed_is_a_measure():
    class Unhashable:
        __hash__ = None

        def __call__(self, words, n_inputs):
            return functions.ones(words)

    assert theory.predicted_bound(sampled(simplicity.maps.LookupTable(3), 10), Unhashable()).a == 1.0


@pytest.mark.parametrize("value", [0.0, -1.0])
def test_no_prediction_without_a_positive_complexity(value):
    result = sampled(simplicity.maps.LookupTable(3), 10)
    assert theory.predicted_bound(result, lambda words, n_inputs: np.full(len(words), value)) is None


# ------------------------------------------------------------------------------------------- envelope
@pytest.mark.parametrize("n_inputs", [2, 3, 4])
@pytest.mark.parametrize("measure", ["lz76", "lz78", "entropy"])
def test_envelope_is_the_largest_prior_at_each_complexity(n_inputs, measure):
    result = sampled(simplicity.maps.MLP(n_inputs, (5,)))
    values = simplicity.complexity.measure(measure)(result.functions, n_inputs).round(9)
    largest = {}
    for value, count in zip(values, result.counts, strict=True):
        largest[value] = max(largest.get(value, 0), count)
    resolved = sorted((value, count) for value, count in largest.items() if count >= 30)
    envelope = theory.upper_envelope(result, measure, min_count=30)
    assert envelope.complexity.tolist() == [value for value, _ in resolved]
    assert np.exp2(envelope.log2_prior) * result.n_samples == pytest.approx([count for _, count in resolved])
    assert (result.counts[envelope.rows] == [count for _, count in resolved]).all()
    assert envelope.n_levels == len(largest)


def test_complexities_that_differ_by_rounding_are_one_level():
    result = result_of(["0001", "0010", "0110"], [40, 30, 20])
    envelope = theory.upper_envelope(result, complexities=[0.1 + 0.2, 0.3, 1.0])
    assert envelope.complexity.tolist() == [0.3, 1.0]


def test_functions_below_the_envelope_change_nothing():
    rows = ["0000", "0001", "0110"], [400, 100, 30]
    more = [*rows[0], "1111", "0111"], [*rows[1], 399, 100]
    one, other = (theory.upper_envelope(result_of(*each)) for each in (rows, more))
    shift = math.log2(530 / 1029)  # there are more samples: all priors are smaller by one factor
    assert other.complexity.tolist() == one.complexity.tolist()
    assert other.log2_prior == pytest.approx(one.log2_prior + shift)
    assert theory.fitted_bound(result_of(*more)).a == pytest.approx(theory.fitted_bound(result_of(*rows)).a)


def test_hits_by_one_hidden_draw_are_one_hit():
    together = result_of(["0000", "0001"], [64, 64], [64**2, 64], readouts=64)
    assert theory.independent_hits(together).tolist() == [1.0, 64.0]
    assert theory.upper_envelope(together).complexity.tolist() == [5.0]
    assert theory.fitted_bound(together) is None


# --------------------------------------------------------------------------------------- fitted bound
@pytest.mark.parametrize(
    "pf_map",
    [
        simplicity.maps.Perceptron(3),
        simplicity.maps.MLP(4, (10,)),
        simplicity.maps.PolynomialCurve(4, 3),
        simplicity.maps.ExpressionTree(4),
        simplicity.maps.LookupTable(2),
    ],
    ids=lambda pf_map: pf_map.name,
)
def test_fitted_line_is_above_every_resolved_function_and_touches(pf_map):
    result = sampled(pf_map)
    line = theory.fitted_bound(result)
    values = simplicity.complexity.measure("lz76")(result.functions, result.n_inputs)
    resolved = result.counts >= 10
    gaps = line(values[resolved]) - np.log2(result.prior[resolved])
    touched = {value for value, gap in zip(values[resolved], gaps, strict=True) if abs(gap) < TOLERANCE}
    assert gaps.min() > -TOLERANCE
    assert len(touched) >= (2 if line.a > 0 else 1)


def test_least_squares_is_no_upper_bound():
    """The negative control: a regression through the same envelope is crossed by it."""
    envelope = theory.upper_envelope(sampled(simplicity.maps.MLP(4, (10,))))
    slope, height = np.polyfit(envelope.complexity, envelope.log2_prior, 1)
    assert (slope * envelope.complexity + height - envelope.log2_prior).min() < -0.5


def test_fit_needs_two_resolved_complexities():
    assert theory.fitted_bound(result_of(["0000", "1111"], [50, 40])) is None
    assert theory.fitted_bound(result_of(["0000", "0001"], [50, 9])) is None
    assert theory.fitted_bound(sampled(simplicity.maps.LookupTable(7), 1000)) is None


def test_fit_says_from_how_many_points():
    source = theory.fitted_bound(result_of(["0000", "0001", "0110"], [500, 60, 9])).source
    assert "2 of 3 values of K" in source and "10 or more" in source


points = st.lists(
    st.tuples(st.integers(0, 400), st.floats(-60, 0)),
    min_size=2,
    max_size=40,
    unique_by=lambda point: point[0],
).map(lambda pairs: tuple(np.array(column, dtype=float) for column in zip(*sorted(pairs), strict=True)))


@given(points)
def test_tightest_line_is_above_all_points_and_touches(xy):
    x, y = xy
    a, b = tightest_line(x / 2, y)
    gaps = -a * x / 2 - b - y
    assert a >= 0
    assert gaps.min() > -TOLERANCE
    assert np.count_nonzero(gaps < TOLERANCE) >= (2 if a > 0 else 1)


@settings(deadline=None)
@given(points)
def test_tightest_line_is_the_optimum_of_the_linear_programme(xy):
    x, y = xy
    a, b = tightest_line(x, y)
    slow = linprog(
        [-x.sum(), -len(x)],
        A_ub=np.stack([x, np.ones_like(x)], axis=1),
        b_ub=-y,
        bounds=[(0, None), (None,) * 2],
    )
    assert (-a * x - b - y).sum() == pytest.approx(slow.fun - y.sum(), abs=1e-5)


@given(points, st.data())
def test_lowering_a_point_that_does_not_touch_changes_nothing(xy, data):
    x, y = xy
    line = a, b = tightest_line(x, y)
    loose = np.flatnonzero(-a * x - b - y > 1e-6)
    if len(loose):
        y[data.draw(st.sampled_from(loose.tolist()))] -= data.draw(st.floats(0, 50))
        assert tightest_line(x, y) == line


@given(points, st.floats(0.5, 2), st.floats(-20, 20))
def test_tightest_line_moves_with_the_points(xy, scale, shift):
    x, y = xy
    a, b = tightest_line(x, y)
    moved_a, moved_b = tightest_line(x, scale * y + shift)
    height = -a * x.mean() - b
    assert -moved_a * x.mean() - moved_b == pytest.approx(scale * height + shift, abs=1e-6)


def test_rising_points_get_the_horizontal_line_through_the_highest():
    assert tightest_line(np.array([0.0, 1.0, 2.0]), np.array([-5.0, -3.0, -1.0])) == (0.0, 1.0)


# ----------------------------------------------------------------------------------------------- laws
def test_prior_by_complexity_adds_up_to_the_defined_samples():
    result = result_of(["0000", "1111", "0001", "0110"], [40, 20, 10, 5], n_undefined=25)
    table = theory.prior_by_complexity(result)
    assert table.complexity.tolist() == [2, 5, 6]
    assert table.prior.tolist() == [0.6, 0.1, 0.05]
    assert table.functions.tolist() == [2, 1, 1]
    assert table.prior.sum() == pytest.approx(1 - result.n_undefined / result.n_samples)


def test_prior_by_complexity_of_the_null_map_counts_functions():
    """GROUND_TRUTH §1: the histogram over all 256 functions; each P(K) within 5 standard errors
    (false-alarm rate below 1e-5)."""
    n_samples = 100_000
    table = theory.prior_by_complexity(sampled(simplicity.maps.LookupTable(3), n_samples))
    assert table.functions.tolist() == [2, 4, 26, 60, 102, 48, 14]
    exact = table.functions / 256
    assert (abs(table.prior - exact) < 5 * np.sqrt(exact * (1 - exact) / n_samples)).all()


@pytest.mark.parametrize("log2_reachable", [8, 20])
def test_zipf_is_normalised_up_to_eulers_constant(log2_reachable):
    total = theory.zipf_rank(np.arange(1, 2**log2_reachable + 1), log2_reachable).sum()
    assert total == pytest.approx(1 + np.euler_gamma / (log2_reachable * math.log(2)), rel=1e-3)


def test_zipf_is_inverse_in_rank_and_in_the_logarithm_of_the_count():
    assert theory.zipf_rank(1, 128) == pytest.approx(1 / math.log(2.0**128))
    assert theory.zipf_rank(50, 64) == pytest.approx(theory.zipf_rank(1, 64) / 50)
    assert theory.zipf_rank(7, 64) == pytest.approx(2 * theory.zipf_rank(7, 128))


def test_rows_of_an_empty_result():
    empty = Result(
        2, np.empty((0, 1), np.uint64), np.empty(0, int), np.empty(0, int), 4, (Range(0, 0, 4, 1),), RECIPE
    )
    assert theory.fitted_bound(empty) is None
    assert theory.predicted_bound(empty).a == 4 / 6
    assert theory.prior_by_complexity(empty).prior.sum() == 0


# --------------------------------------------------------------------------------------------- errors
@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda r: theory.predicted_bound(r, "lz77"), "unknown: did you mean 'lz7"),
        (lambda r: theory.fitted_bound(r, "lz77"), "unknown"),
        (lambda r: theory.prior_by_complexity(r, "lz77"), "unknown"),
        (lambda r: theory.fitted_bound(r, min_count=0), "min_count must be above 0, got 0"),
        (lambda r: theory.upper_envelope(r, complexities=[1.0]), r"complexities must have shape \(2,\)"),
        (lambda r: theory.zipf_rank([0, 1], 8), "ranks must be 1 or more, got 0"),
        (lambda r: theory.zipf_rank([1], 0), "log2_reachable must be a finite number above 0, got 0"),
        (lambda r: theory.zipf_rank([1], math.inf), "log2_reachable"),
        (lambda r: theory.Bound(-1.0, 0.0, "lz76", "fitted", ""), "a must be"),
        (lambda r: theory.Bound(1.0, math.nan, "lz76", "fitted", ""), "b must be finite"),
    ],
)
def test_bad_input_is_named(call, message):
    with pytest.raises(ValueError, match=message):
        call(result_of(["0000", "0001"], [50, 40]))
