"""One result under several measures."""

import numpy as np
import pytest

from simplicity.complexity import Measure
from simplicity.plots import compare_measures
from simplicity.theory import rank_correlation
from tests.plots.data import functions_drawn, marks_of, sampled


def ones_of(tables):
    return tables.sum(axis=1)


def test_a_panel_a_measure_with_its_own_axis_and_correlation():
    result = sampled("mlp")
    bounded = Measure(
        "half", "half", "ones", "me", lambda words, n: np.bitwise_count(words)[:, 0], exact_up_to=4
    )
    figure = compare_measures(result, ["lz76", ones_of, "bdd_nodes", bounded])
    labels = [ax.get_xlabel() for ax in figure.axes]
    assert labels[1:] == ["ones_of [unknown]", r"$N_{\mathrm{BDD}}$ (decision diagram) [nodes]",
                          "half [ones, upper bound]"]  # fmt: skip
    for ax, measure in zip(figure.axes, ["lz76", ones_of, "bdd_nodes", bounded], strict=True):
        assert functions_drawn(ax) == len(result)
        assert ax.get_title().startswith(f"Spearman ρ = {rank_correlation(result, measure).value:.2f} (")
        low, high = ax.get_xlim()
        places = [x for marks in marks_of(ax) for x in marks.get_offsets()[:, 0]]
        assert low < min(places) and max(places) < high
    assert "N = 20,000 samples" in figure.legends[0].get_title().get_text()


@pytest.mark.parametrize(
    ("name", "arguments", "message"),
    [
        ("mlp", {"measures": []}, "measures is empty"),
        ("mlp", {"measures": ["lz76"], "columns": 0}, "columns must be 1 or more, got 0"),
        ("null", {"measures": ["lz76"]}, "0 functions have 10 independent hits"),
    ],
)
def test_what_cannot_be_drawn_is_refused(name, arguments, message):
    with pytest.raises(ValueError, match=message):
        compare_measures(sampled(name), **arguments)
