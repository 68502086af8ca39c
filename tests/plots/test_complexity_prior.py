"""P(K) of several maps on the same axes."""

import numpy as np
import pytest

import simplicity
from simplicity import plots, theory
from simplicity.statistics import binomial_interval


def sampled(pf_map, **options):
    return simplicity.sample(pf_map, 2048, seed=0, **options)


def test_the_prior_at_each_complexity_with_its_interval():
    results = [sampled(simplicity.maps.Perceptron(3)), sampled(simplicity.maps.LookupTable(3))]
    ax = plots.prior_by_complexity(results, titles=["linear", "null"])
    for result, drawn in zip(results, ax.containers, strict=True):
        table = theory.prior_by_complexity(result)
        assert drawn.lines[0].get_ydata() == pytest.approx(table.prior)
        ends = np.array([segment[:, 1] for segment in drawn.lines[2][0].get_segments()])
        interval = binomial_interval(table.prior * 2048, 2048)
        assert ends == pytest.approx(np.transpose([interval.low, interval.high]))
    assert ax.get_yscale() == "log" and "bits" in ax.get_xlabel()


def test_with_readouts_intervals_are_those_of_the_hidden_draws():
    result = sampled(simplicity.maps.MLP(3, (5,)), readouts=32)
    drawn = plots.prior_by_complexity(result).containers[0]
    table = theory.prior_by_complexity(result)
    ends = np.array([segment[:, 1] for segment in drawn.lines[2][0].get_segments()])
    interval = binomial_interval(table.prior * 64, 64)
    assert ends == pytest.approx(np.transpose([interval.low, interval.high]))


def test_bad_input():
    three, two = sampled(simplicity.maps.LookupTable(3)), sampled(simplicity.maps.LookupTable(2))
    for results, options, message in (
        ([], {}, "one or more"),
        ([three, two], {}, "one number of inputs"),
        ([three], {"titles": ["a", "b"]}, "titles"),
        (["a path"], {}, "Result is wanted"),
    ):
        with pytest.raises(ValueError, match=message):
            plots.prior_by_complexity(results, **options)
