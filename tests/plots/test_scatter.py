"""What the main plot shows is what is in the result, all of it."""

import collections
import math
import warnings

import matplotlib.pyplot as plt
import numpy as np
import pytest

import simplicity
from simplicity import functions, plots, theory
from tests.plots.data import (
    MAPS,
    bars_of,
    cells_of,
    cut,
    functions_drawn,
    line_of,
    marks_of,
    sampled,
    words_in,
)


def lz76(result):
    return simplicity.complexity.measure("lz76")(result.functions, result.n_inputs)


@pytest.mark.parametrize("name", MAPS)
@pytest.mark.parametrize("density_above", [0, 10, 100_000])
def test_every_function_is_drawn_once(name, density_above):
    result = sampled(name)
    ax = plots.prior_vs_complexity(result, density_above=density_above)
    assert functions_drawn(ax) == len(result)


def test_points_are_where_the_functions_are_and_coloured_by_how_many():
    result = sampled("mlp")
    expected = collections.Counter(zip(lz76(result), result.prior, strict=True))
    drawn = {}
    for marks in marks_of(plots.prior_vs_complexity(result)):
        drawn |= dict(zip(map(tuple, marks.get_offsets().tolist()), marks.get_array().tolist(), strict=True))
    assert drawn == expected


def test_functions_seen_once_are_hollow_and_at_the_floor():
    result = sampled("mlp")
    ax = plots.prior_vs_complexity(result)
    ax.figure.canvas.draw()
    hollow = [marks for marks in marks_of(ax) if len(marks.get_facecolor()) == 0]
    assert len(hollow) == 1
    assert (hollow[0].get_offsets()[:, 1] == result.floor).all()
    assert hollow[0].get_array().sum() == np.count_nonzero(result.counts == 1)
    assert "seen once" in words_in(ax)


def test_three_groups_by_hits():
    result = sampled("mlp")
    hits = [
        sorted({round(p * result.n_samples) for p in marks.get_offsets()[:, 1]})
        for marks in marks_of(plots.prior_vs_complexity(result))
    ]
    resolved, few, once = hits
    assert resolved[0] >= 10 and few[0] == 2 and few[-1] < 10 and once == [1]


def test_with_readouts_groups_are_by_hidden_draws():
    result = sampled("mlp", n_samples=64 * 200, readouts=64)
    ax = plots.prior_vs_complexity(result)
    assert functions_drawn(ax) == len(result)
    in_one_draw = result.sum_squares == result.counts**2
    assert (
        marks_of(ax)[-1].get_array().sum()
        == np.count_nonzero(in_one_draw)
        > np.count_nonzero(result.counts == 1)
    )
    assert "R = 64 readouts a draw, 200 draws" in words_in(ax)
    assert "seen in one draw" in words_in(ax)


# -------------------------------------------------------------------------------------------- density
def test_density_beyond_the_limit_only():
    result = sampled("mlp")
    assert not cells_of(plots.prior_vs_complexity(result, density_above=len(result)))
    assert len(cells_of(plots.prior_vs_complexity(result, density_above=len(result) - 1))) == 1


def test_density_keeps_resolved_functions_as_points_if_they_are_few():
    result = sampled("mlp")
    resolved = np.count_nonzero(result.counts >= 10)
    ax = plots.prior_vs_complexity(result, density_above=resolved)
    assert [marks.get_array().sum() for marks in marks_of(ax)] == [resolved]
    assert cells_of(ax)[0].get_array().sum() == len(result) - resolved
    assert not marks_of(plots.prior_vs_complexity(result, density_above=resolved - 1))


def test_more_than_a_hundred_thousand_functions_are_a_density():
    result = sampled("null", n_samples=100_001)
    ax = plots.prior_vs_complexity(result)
    assert functions_drawn(ax) == len(cells_of(ax)) * 100_001
    assert len(ax.collections) < 5


def test_lowest_row_of_cells_holds_the_functions_seen_once():
    result = sampled("mlp")
    table = cells_of(plots.prior_vs_complexity(result, density_above=0))[0].get_array().filled(0)
    assert table[0].sum() == np.count_nonzero(result.counts == 1)


# -------------------------------------------------------------------------------- lines and intervals
@pytest.mark.parametrize("name", ["perceptron", "mlp"])
def test_bounds_are_drawn_where_theory_has_them(name):
    result = sampled(name)
    ax = plots.prior_vs_complexity(result)
    for bound in (theory.predicted_bound(result), theory.fitted_bound(result)):
        x, y = line_of(ax, bound.kind).get_data()
        assert np.log2(y) == pytest.approx(-bound.a * np.asarray(x) - bound.b)
        assert y[-1] < ax.get_ylim()[0] or x[-1] == ax.get_xlim()[1]
        assert f"a = {bound.a:.3g}, b = {bound.b:.3g}".replace("-", "−") in words_in(ax)


def test_the_figure_says_where_reachable_count_and_largest_complexity_came_from():
    text = words_in(plots.prior_vs_complexity(sampled("perceptron")))
    assert "$N_O$ = $2^{3.807}$ (OEIS A000609)" in text
    assert "max K = 6 (all 16 functions)" in text
    assert "$N_O$ ≤ $2^{32}$ (all functions)" in words_in(plots.prior_vs_complexity(sampled("mlp")))


def test_no_fitted_line_without_resolved_functions():
    ax = plots.prior_vs_complexity(sampled("null"))
    assert [line.get_label() for line in ax.lines] == ["predicted", "floor"]


@pytest.mark.parametrize("n_samples", [1000, 20_000])
def test_floor_is_one_hit(n_samples):
    ax = plots.prior_vs_complexity(sampled("perceptron", n_samples))
    assert set(line_of(ax, "floor").get_ydata()) == {1 / n_samples}
    assert f"1/N = {1 / n_samples:.2g}" in words_in(ax)


def test_bars_are_the_intervals_of_the_top_function_at_each_complexity():
    result = sampled("mlp")
    ax = plots.prior_vs_complexity(result)
    (bars,) = [marks for marks in ax.collections if hasattr(marks, "get_segments")]
    interval, values = result.interval(0.95), lz76(result)
    expected = []
    for level in np.unique(values):
        top = np.flatnonzero(values == level)[0]
        if result.counts[top] > 1:
            expected.append([[level, interval.low[top]], [level, interval.high[top]]])
    assert np.array(bars.get_segments()) == pytest.approx(np.array(expected))


# ------------------------------------------------------------------------------------------- marginal
@pytest.mark.parametrize("name", MAPS)
@pytest.mark.parametrize("measure", ["lz76", "lz78", "entropy"])
def test_marginal_adds_up_to_all_defined_samples(name, measure):
    result = sampled(name)
    partly_undefined = cut(result, np.arange(len(result)) % 3 > 0)
    for each in (result, partly_undefined):
        (strip,) = plots.prior_vs_complexity(each, measure=measure).child_axes
        defined = 1 - each.n_undefined / each.n_samples
        assert bars_of(strip)[1].sum() == pytest.approx(defined, abs=1e-12)


@pytest.mark.parametrize("name", MAPS)
def test_marginal_has_a_bar_at_each_complexity(name):
    """K_LZ lies on a lattice: bars stand on its points, with the prior of just that complexity."""
    result = sampled(name)
    x, height = bars_of(plots.prior_vs_complexity(result).child_axes[0])
    table = theory.prior_by_complexity(result)
    assert x[height > 0] == pytest.approx(table.complexity)
    assert height[height > 0] == pytest.approx(table.prior)


def test_marginal_of_many_complexities_is_binned():
    def irregular(words, n_inputs):
        return np.log1p(words[:, 0].astype(float)) ** 3

    result = sampled("mlp")
    assert len(np.unique(irregular(result.functions, 5))) > 1000
    (strip,) = plots.prior_vs_complexity(result, measure=irregular).child_axes
    assert len(strip.patches) <= 61
    assert bars_of(strip)[1].sum() == pytest.approx(1)


def test_marginal_shares_the_complexity_axis_and_stays_in_the_place_of_the_axes():
    figure, (first, second) = plt.subplots(2)
    slot = second.get_position()
    plots.prior_vs_complexity(sampled("mlp"), second)
    (strip,) = second.child_axes
    figure.canvas.draw()
    assert strip.get_xlim() == second.get_xlim()
    inner, outer = second.get_window_extent(), strip.get_window_extent()
    assert outer.y0 > inner.y1
    assert outer.y1 == pytest.approx(figure.bbox.height * slot.y1)
    assert second.get_position().y0 == slot.y0
    assert not first.has_data()


def test_marginal_can_be_left_out():
    assert not plots.prior_vs_complexity(sampled("mlp"), marginal=False).child_axes


# --------------------------------------------------------------------------------- labels and measures
def test_labels_have_units_and_the_title_is_the_map():
    result = sampled("mlp")
    ax = plots.prior_vs_complexity(result)
    assert ax.get_title() == result.label
    assert ax.get_xlabel() == r"$K_{\mathrm{LZ}}$ (LZ76) [bits]"
    assert ax.get_ylabel() == "prior P(f) [probability]"
    assert "[phrases]" in plots.prior_vs_complexity(result, measure="lz78").get_xlabel()


def test_notes_say_how_much_was_sampled_seen_and_not_seen():
    result = cut(sampled("mlp"), slice(5, None))
    text = words_in(plots.prior_vs_complexity(result))
    assert f"N = 20,000 samples, {len(result):,} functions" in text
    assert f"unseen mass {result.unseen_mass:.2g}" in text
    assert f"{result.n_undefined:,} samples undefined" in text
    assert "undefined" not in words_in(plots.prior_vs_complexity(sampled("mlp")))


def test_a_measure_of_ones_own():
    def ones(words, n_inputs):
        return functions.ones(words)

    result = sampled("mlp")
    ax = plots.prior_vs_complexity(result, measure=ones)
    assert ax.get_xlabel() == "ones [unknown]"
    drawn = np.concatenate([marks.get_offsets()[:, 0] for marks in marks_of(ax)])
    assert set(drawn) == set(functions.ones(result.functions))
    assert functions_drawn(ax) == len(result)


@pytest.mark.parametrize("value", [-3.0, 0.0, 1e6])
def test_a_measure_that_says_the_same_of_all(value):
    result = sampled("mlp")
    ax = plots.prior_vs_complexity(result, measure=lambda words, n_inputs: np.full(len(words), value))
    ax.figure.canvas.draw()
    assert ax.get_xlim()[0] < value < ax.get_xlim()[1]
    assert functions_drawn(ax) == len(result)


@pytest.mark.parametrize("measure", ["lz76", "entropy"])
def test_everything_drawn_lies_within_the_limits(measure):
    for name in MAPS:
        ax = plots.prior_vs_complexity(sampled(name), measure=measure)
        for marks in marks_of(ax):
            x, y = marks.get_offsets().T
            assert ax.get_xlim()[0] < x.min() and x.max() < ax.get_xlim()[1]
            assert ax.get_ylim()[0] < y.min() and y.max() < ax.get_ylim()[1]


def test_texts_of_a_figure_of_its_own_do_not_overlap_the_axes():
    ax = plots.prior_vs_complexity(sampled("mlp"))
    ax.figure.canvas.draw()
    legend = ax.get_legend().get_window_extent()
    assert legend.x0 >= ax.get_window_extent().x1
    assert legend.x1 <= ax.figure.bbox.x1 and legend.y0 >= 0


def test_legend_in_given_axes_goes_to_the_emptiest_corner():
    """The perceptron of two inputs has all its functions at the top; the null map all at the lower right."""
    for name, expected in (("perceptron", "lower left"), ("null", "upper right")):
        ax = plt.figure(figsize=(5, 4)).subplots()
        plots.prior_vs_complexity(sampled(name), ax)
        ax.figure.canvas.draw()
        box, inside = ax.get_legend().get_window_extent(), ax.get_window_extent()
        vertical = "upper" if (box.y0 + box.y1) > (inside.y0 + inside.y1) else "lower"
        horizontal = "right" if (box.x0 + box.x1) > (inside.x0 + inside.x1) else "left"
        assert f"{vertical} {horizontal}" == expected


def test_no_legend_if_not_wanted():
    assert plots.prior_vs_complexity(sampled("mlp"), legend=False).get_legend() is None


# --------------------------------------------------------------------------------------- manners, errors
def test_given_axes_are_drawn_in_and_no_figure_is_opened():
    _, ax = plt.subplots()
    before = plt.get_fignums()
    assert plots.prior_vs_complexity(sampled("mlp"), ax) is ax
    assert plt.get_fignums() == before


def test_saves_without_a_warning_and_the_same_bytes_twice(tmp_path):
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        for suffix in ("png", "pdf", "svg"):
            for k in range(2):
                figure = plots.prior_vs_complexity(sampled("mlp")).figure
                plots.save(figure, tmp_path / f"{k}.{suffix}")
            first, second = ((tmp_path / f"{k}.{suffix}").read_bytes() for k in range(2))
            assert first == second and len(first) > 1000


def test_save_names_a_format_that_is_unknown(tmp_path):
    with pytest.raises(ValueError, match="'xyz' is not supported"):
        plots.save(plots.prior_vs_complexity(sampled("mlp")).figure, tmp_path / "figure.xyz")


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: plots.prior_vs_complexity(sampled("mlp"), measure="lz77"), "measure 'lz77' is unknown"),
        (lambda: plots.prior_vs_complexity(cut(sampled("mlp"), slice(0, 0))), "holds no functions"),
        (lambda: plots.prior_vs_complexity("a.parquet"), "a Result is wanted, got str"),
        (
            lambda: plots.prior_vs_complexity(
                sampled("mlp"), measure=lambda words, n_inputs: np.full(len(words), math.nan)
            ),
            "finite numbers",
        ),
    ],
)
def test_bad_input_is_named_and_opens_no_figure(call, message):
    with pytest.raises(ValueError, match=message):
        call()
    assert not plt.get_fignums()
