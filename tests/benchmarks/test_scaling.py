"""The figure is drawn from points, and its measurements run."""

import matplotlib
import matplotlib.pyplot as plt
import pytest

from benchmarks import scaling
from benchmarks.tally_memory import memory_of_tallies
from simplicity.maps import Perceptron


def test_figure_of_points():
    matplotlib.use("agg")
    points = {name: ([3.0, 4.0], [2.0, 1.0]) for name in scaling._FAMILIES}
    memory = {
        name: ([1e4, 1e5], [1.0, 10.0]) for name in ("whole run, peak", "tally, peak", "tally, at rest")
    }
    drawing = scaling.figure(points, points, memory)
    drawing.canvas.draw()
    assert [len(ax.lines) for ax in drawing.axes] == [6, 7, 5]
    assert all(ax.get_ylabel() and ax.get_xlabel() for ax in drawing.axes)
    plt.close(drawing)


def test_a_position_takes_some_time():
    assert 0 < scaling.seconds_a_position(Perceptron(3), readouts=1) < 1e-3


def test_memory_of_a_tally():
    found = memory_of_tallies(200_000)
    if not found:
        pytest.skip("memory is read from Linux's /proc")
    assert found[-1].distinct == 200_000
    assert all(24 * row.distinct * 0.9 < row.peak and row.at_rest <= row.peak for row in found[1:])
