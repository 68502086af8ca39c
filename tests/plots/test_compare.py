"""Panels side by side: shared axes, one legend, nothing lost."""

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

RESULTS = [sampled(name) for name in MAPS]


def test_a_panel_each_with_all_its_functions():
    figure = plots.compare(RESULTS)
    assert [ax.get_title() for ax in figure.axes] == [result.label for result in RESULTS]
    for ax, result in zip(figure.axes, RESULTS, strict=True):
        assert functions_drawn(ax) == len(result)
        assert bars_of(ax.child_axes[0])[1].sum() == pytest.approx(1)
        assert set(line_of(ax, "floor").get_ydata()) == {result.floor}


def test_panels_share_both_axes_with_different_inputs_and_samples():
    results = [sampled("perceptron", 1000), sampled("null"), sampled("mlp")]
    figure = plots.compare(results)
    assert len({ax.get_xlim() for ax in figure.axes}) == len({ax.get_ylim() for ax in figure.axes}) == 1
    left, right = figure.axes[0].get_xlim()
    for result in results:
        values = simplicity.complexity.measure("lz76")(result.functions, result.n_inputs)
        assert left < values.min() and values.max() < right
        assert figure.axes[0].get_ylim()[0] < result.floor
    assert 1 < figure.axes[0].get_ylim()[1] < 2  # a label of 2 would be on the margin above


def test_panels_share_colours():
    figure = plots.compare(RESULTS, density_above=1000)
    scales = {
        (marks.norm.vmin, marks.norm.vmax) for ax in figure.axes for marks in marks_of(ax) + cells_of(ax)
    }
    assert len(scales) == 1


def test_bounds_of_each_panel_are_drawn_and_stated():
    figure = plots.compare(RESULTS)
    for ax, result in zip(figure.axes, RESULTS, strict=True):
        for bound in (theory.predicted_bound(result), theory.fitted_bound(result)):
            if bound is not None:
                x, y = line_of(ax, bound.kind).get_data()
                assert np.log2(y) == pytest.approx(-bound.a * np.asarray(x) - bound.b)
                assert f"{bound.kind} bound: a = {bound.a:.3g}" in words_in(ax)
        assert "max K" in words_in(ax) and f"{len(result):,} functions" in words_in(ax)


def test_one_legend_for_all():
    figure = plots.compare(RESULTS, density_above=10_000)
    (legend,) = figure.legends
    text = "\n".join(label.get_text() for label in legend.get_texts())
    for mark in ("10 or more hits", "seen once", "cell", "in one place", "predicted", "fitted", "1/N"):
        assert mark in text
    assert all(ax.get_legend() is None for ax in figure.axes)


def test_texts_stay_within_their_panels_and_titles_apart():
    figure = plots.compare([*RESULTS, *RESULTS[:2]], titles=["a rather long title of a panel, " * 2] * 5)
    figure.canvas.draw()
    for ax in figure.axes:
        panel = ax.get_window_extent()
        (note,) = ax.texts
        box = note.get_window_extent()
        assert panel.x0 <= box.x0 and box.x1 <= panel.x1 and panel.y0 <= box.y0 and box.y1 <= panel.y1
        others = [other.get_window_extent() for other in figure.axes if other is not ax]
        assert not any(ax.title.get_window_extent().overlaps(other) for other in others)
    legend = figure.legends[0].get_window_extent()
    assert not any(legend.overlaps(ax.get_tightbbox()) for ax in figure.axes)


@pytest.mark.parametrize("compared", [plots.compare, plots.compare_ranks])
def test_labels_at_the_outside_only(compared):
    figure = compared([*RESULTS, RESULTS[0]], columns=3)
    assert [bool(ax.get_ylabel()) for ax in figure.axes] == [True, False, False, True]
    assert [bool(ax.get_xlabel()) for ax in figure.axes] == [False, True, True, True]


@pytest.mark.parametrize(("columns", "width"), [(1, 6), (2, 6), (3, 9), (10, 9)])
def test_columns_give_the_width(columns, width):
    assert plots.compare(RESULTS, columns=columns).get_figwidth() == width


def test_a_measure_of_ones_own_and_results_from_a_generator():
    def ones(words, n_inputs):
        return functions.ones(words)

    figure = plots.compare((result for result in RESULTS), measure=ones)
    assert [ax.get_xlabel() for ax in figure.axes] == ["ones [unknown]"] * 3


def test_a_measure_worth_nothing_has_no_prediction():
    figure = plots.compare(RESULTS, measure=lambda words, n_inputs: np.zeros(len(words)))
    figure.canvas.draw()
    assert [line.get_label() for ax in figure.axes for line in ax.lines] == ["floor"] * 3


def test_ranks_side_by_side_on_shared_axes():
    figure = plots.compare_ranks(RESULTS, titles=["a", "b", "c"])
    assert [ax.get_title() for ax in figure.axes] == ["a", "b", "c"]
    assert len({ax.get_xlim() for ax in figure.axes}) == len({ax.get_ylim() for ax in figure.axes}) == 1
    assert figure.axes[0].get_xlim()[1] > max(len(result) for result in RESULTS)


@pytest.mark.parametrize("compared", [plots.compare, plots.compare_ranks])
@pytest.mark.parametrize(
    ("results", "options", "message"),
    [
        ([], {}, "results is empty"),
        (RESULTS[0], {}, "put this one in brackets"),
        (["a.parquet"], {}, "a Result is wanted, got str"),
        ([RESULTS[0], cut(RESULTS[1], slice(0, 0))], {}, "holds no functions"),
        (RESULTS, {"columns": 0}, "columns must be 1 or more, got 0"),
        (RESULTS, {"titles": ["one"]}, "titles must be one a result, 3, got 1"),
    ],
)
def test_bad_input_is_named_and_opens_no_figure(compared, results, options, message):
    with pytest.raises(ValueError, match=message):
        compared(results, **options)
    assert not plt.get_fignums()


def test_unknown_measure_is_named():
    with pytest.raises(ValueError, match="did you mean"):
        plots.compare(RESULTS, measure="lz67")
