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
    top, bottom = figure.axes
    shares = [bar.lines[0].get_ydata() for bar in top.containers]
    assert [list(share) for share in shares] == [list(m.table()["share_reached"][:-1]) for m in maps]
    assert [text.get_text() for text in figure.legends[0].get_texts()] == ["linear", "null"]
    medians = np.concatenate([bar.lines[0].get_ydata() for bar in bottom.containers])
    assert len(medians) == 2 * len(maps[0].levels)
    # each complexity has a tick, and its maps stand around it, apart from those of the next
    labels = [text.get_text() for text in bottom.get_xticklabels()]
    assert labels == ["3\n(2)", "7.5\n(4)", "9\n(26)", "10.5\n(60)", "12\n(102)"]
    places = [bar.lines[0].get_xdata() for bar in top.containers]
    assert np.round(places).tolist() == [[0, 1, 2, 3, 4]] * 2 and (places[0] < places[1]).all()


def test_medians_beyond_the_floor_are_open_and_have_arrows():
    one = gaps_of(simplicity.maps.Perceptron(3), 15)
    table = one.table()
    beyond = table["median_is_lower_bound"][:-1].to_numpy()
    assert beyond.any() and not beyond.all()
    assert np.isinf(table["median_at_most"][:-1][beyond]).all()
    known, *_, cut_off = plots.blind_spots([one]).axes[1].containers
    has_end = np.isfinite(table["median_at_most"][:-1].to_numpy())
    assert list(known.lines[0].get_ydata()) == list(table["median_gap"][:-1][has_end])
    assert list(cut_off.lines[0].get_ydata()) == list(table["median_gap"][:-1][beyond])
    assert cut_off.lines[0].get_markerfacecolor() == "white" != known.lines[0].get_markerfacecolor()
    assert any(line.get_marker() not in ("_", "None") for line in cut_off.lines[1])  # arrow heads


def test_an_exact_prior_has_medians_and_no_share_reached():
    law = theory.exact.uniform_prior(3)
    top, bottom = plots.blind_spots([theory.gaps(law, theory.simple_functions(3, 12))]).axes
    assert len(top.containers) == 0
    medians = bottom.containers[0].lines[0].get_ydata()
    assert medians == pytest.approx(8 - 8 * np.array([3, 7.5, 9, 10.5, 12]) / 15)


def test_medians_of_a_weighted_list_have_no_interval_over_samplings():
    result = simplicity.sample(simplicity.maps.Perceptron(3), 2000, seed=0)
    listed = theory.simple_functions(3, 12)
    weighted = theory.gaps(result, listed, weights=np.full(len(listed), 2.0))
    bars = plots.blind_spots([weighted]).axes[1].containers
    assert sum(len(bar.lines[0].get_ydata()) for bar in bars) == 5


def test_maps_that_do_not_compare():
    maps = [gaps_of(simplicity.maps.Perceptron(3)), gaps_of(simplicity.maps.Perceptron(3), 9)]
    with pytest.raises(ValueError, match="other lists"):
        plots.blind_spots(maps)
    with pytest.raises(ValueError, match="list of one or more"):
        plots.blind_spots([])
    with pytest.raises(ValueError, match="titles"):
        plots.blind_spots(maps[:1], titles=["a", "b"])
