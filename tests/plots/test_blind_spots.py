"""The figure that compares blind spots of maps."""

import numpy as np
import pytest

import simplicity
from simplicity import plots, theory


def gaps_of(pf_map, most=12):
    return theory.gaps(simplicity.sample(pf_map, 2000, seed=0), theory.simple_functions(3, most))


def test_each_map_has_a_share_and_a_median_at_each_complexity():
    maps = [gaps_of(simplicity.maps.Perceptron(3)), gaps_of(simplicity.maps.LookupTable(3))]
    figure = plots.blind_spots(maps, titles=["linear", "null"])
    left, right = figure.axes
    shares = [bar.lines[0].get_ydata() for bar in left.containers]
    assert [list(share) for share in shares] == [list(m.table()["share_reached"][:-1]) for m in maps]
    assert [text.get_text() for text in figure.legends[0].get_texts()] == ["linear", "null"]
    medians = np.concatenate([bar.lines[0].get_ydata() for bar in right.containers])
    assert len(medians) == 2 * len(maps[0].levels)


def test_maps_that_do_not_compare():
    maps = [gaps_of(simplicity.maps.Perceptron(3)), gaps_of(simplicity.maps.Perceptron(3), 9)]
    with pytest.raises(ValueError, match="other lists"):
        plots.blind_spots(maps)
    with pytest.raises(ValueError, match="list of one or more"):
        plots.blind_spots([])
    with pytest.raises(ValueError, match="titles"):
        plots.blind_spots(maps[:1], titles=["a", "b"])
