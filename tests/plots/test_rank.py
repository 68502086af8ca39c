"""The rank plot: an exact staircase, Zipf's line and the floor."""

import matplotlib.pyplot as plt
import numpy as np
import pytest

from simplicity import plots, theory
from simplicity.plots.rank import staircase
from tests.plots.data import MAPS, cut, line_of, sampled, words_in


@pytest.mark.parametrize("counts", [[7], [5, 5, 5], [9, 4, 4, 2, 1, 1, 1], [3, 2, 1]])
def test_staircase_has_both_ends_of_every_step(counts):
    ranks, prior = staircase(np.array(counts), 100)
    expected = sorted(
        (rank, counts[rank - 1] / 100)
        for count in set(counts)
        for rank in (counts.index(count) + 1, len(counts) - counts[::-1].index(count))
    )
    assert sorted(zip(ranks, prior, strict=True)) == expected


@pytest.mark.parametrize("name", MAPS)
def test_curve_passes_through_every_function(name):
    """Between its corners the staircase is level, so interpolation gives back every single prior."""
    result = sampled(name)
    ax = plots.rank(result)
    x, y = np.concatenate(
        [line.get_data() for line in ax.lines if line.get_label() in ("data", "seen once")], axis=1
    )
    assert np.interp(np.arange(1, len(result) + 1), x, y) == pytest.approx(result.prior, abs=1e-12)
    assert len(x) <= 2 * len(np.unique(result.counts))


def test_functions_seen_once_are_shown_apart():
    result = sampled("mlp")
    ax = plots.rank(result)
    x, y = line_of(ax, "seen once").get_data()
    once = np.count_nonzero(result.counts == 1)
    assert x[1] - x[0] + 1 == once and x[1] == len(result)
    assert set(y) == {result.floor}
    assert f"{once:,} seen once" in words_in(ax)
    assert "seen once" not in words_in(plots.rank(sampled("perceptron")))


@pytest.mark.parametrize(("name", "relation"), [("perceptron", "="), ("mlp", "≤")])
def test_zipf_line_and_where_its_count_came_from(name, relation):
    result = sampled(name)
    ax = plots.rank(result)
    x, y = line_of(ax, "Zipf").get_data()
    assert y == pytest.approx(theory.zipf_rank(x, result.recipe["log2_reachable"]))
    assert x[0] == 1 and x[-1] >= len(result)
    assert f"$N_O$ {relation} " in words_in(ax)


def test_floor_labels_and_title():
    result = sampled("mlp")
    ax = plots.rank(result)
    assert set(line_of(ax, "floor").get_ydata()) == {result.floor}
    assert ax.get_xscale() == ax.get_yscale() == "log"
    assert ax.get_ylabel() == "prior P(r) [probability]"
    assert ax.get_title() == result.label


def test_given_axes_are_drawn_in():
    _, ax = plt.subplots()
    assert plots.rank(sampled("mlp"), ax, legend=False) is ax
    assert ax.get_legend() is None and len(plt.get_fignums()) == 1


def test_one_function():
    ax = plots.rank(cut(sampled("mlp"), slice(0, 1)))
    ax.figure.canvas.draw()
    assert line_of(ax, "data").get_xdata().tolist() == [1, 1]


def test_empty_result_is_named():
    with pytest.raises(ValueError, match="holds no functions"):
        plots.rank(cut(sampled("mlp"), slice(0, 0)))
