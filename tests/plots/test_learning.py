"""Learning curves and the scatter of priors: what is drawn is what the tables say."""

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
import pytest

import simplicity
from simplicity import plots
from simplicity.maps import LookupTable, Perceptron
from simplicity.theory import exact, learning_curve

LINEAR = exact.exact_prior(Perceptron(2, bias_std=0))
UNIFORM = exact.uniform_prior(2)


@pytest.fixture
def ax():
    figure, ax = plt.subplots()
    yield ax
    plt.close(figure)


def test_points_of_a_learning_curve(ax):
    table = learning_curve(LINEAR, "x1 ^ x2", [1, 2, 3])
    assert (table.unfitted_share > 0.5).tolist() == [False, False, False]
    table.loc[2, "unfitted_share"] = 0.8
    plots.learning_curves({"a": table}, ax, "title")
    filled, hollow = (line for line in ax.lines if line.get_marker() == "o")
    assert filled.get_ydata().tolist() == table.averaged_error[:2].tolist()
    assert hollow.get_ydata().tolist() == table.averaged_error[2:].tolist()
    assert hollow.get_markerfacecolor() == "white"
    dashed = next(line for line in ax.lines if line.get_linestyle() == "--")
    assert dashed.get_ydata().tolist() == table.majority_error.tolist()
    with pytest.raises(ValueError, match="tables is empty"):
        plots.learning_curves({}, ax)


def test_one_panel_a_target_and_two_more():
    laws = {"linear": LINEAR, "uniform": UNIFORM}
    curves = {
        t: {name: learning_curve(law, t, [1, 2]) for name, law in laws.items()} for t in ("x1", "x1 & x2")
    }
    rows = [
        learning_curve(law, target, [2]).assign(map=name, complexity=k)
        for name, law in laws.items()
        for k, target in ((5.0, "x1"), (6.0, "0110"), (6.0, "0001"))
    ]
    figure = plots.compare_learning(curves, pd.concat(rows))
    assert [axes.get_title() for axes in figure.axes[:2]] == ["x1", "x1 & x2"]
    assert len(figure.axes) == 4
    plt.close(figure)
    with pytest.raises(ValueError, match="curves is empty"):
        plots.compare_learning({}, pd.concat(rows))


def test_scatter_of_priors(ax):
    """Six functions of one are among the sixteen of the other; the ten missing lie at the floor's edge."""
    linear = simplicity.sample(Perceptron(2, bias_std=0), 2000, seed=0)
    null = simplicity.sample(LookupTable(2), 2000, seed=0)
    plots.prior_scatter(linear, null, ax)
    shared = next(line for line in ax.lines if line.get_label() == "in both")
    assert sorted(shared.get_xdata()) == sorted(linear.prior)
    alone = next(line for line in ax.lines if line.get_marker() == "<")
    assert len(alone.get_xdata()) == 10
    assert (np.asarray(alone.get_xdata()) < linear.floor).all()
    diagonal = next(line for line in ax.lines if line.get_label() == "equal priors")
    assert np.array_equal(diagonal.get_xdata(), diagonal.get_ydata())
    with pytest.raises(ValueError, match="as many inputs"):
        plots.prior_scatter(UNIFORM, exact.uniform_prior(3), ax)


def test_scatter_of_exact_priors_has_no_floor(ax):
    plots.prior_scatter(UNIFORM, exact.layered_machine(2, 2), ax)
    assert not [line for line in ax.lines if line.get_linestyle() == ":"]
