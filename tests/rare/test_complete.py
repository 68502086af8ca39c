"""The plane of counted and estimated functions, on disk and drawn."""

import matplotlib.pyplot as plt
import numpy as np
import pytest

import simplicity
from simplicity import plots, rare
from simplicity.functions import from_integers
from simplicity.maps import PolynomialThreshold
from simplicity.theory import predicted_bound

MAP = PolynomialThreshold(3, degree=2)


@pytest.fixture(scope="module")
def result():
    return simplicity.sample(MAP, 200, seed=0)


def test_every_function_of_a_plane_adds_up_to_one(result, tmp_path):
    """All 256 functions: counted, estimated, or parities with prior 0; twice, the second from disk."""
    path = tmp_path / "estimates.csv"
    everything = from_integers(range(256), 3)
    settings = {"path": path, "target_error": 0.5, "seed": 3}
    plane = rare.complete(result, everything, **settings)
    assert len(plane.functions) == 256 and not np.isnan(plane.log2_prior).any()
    zeros = np.flatnonzero(np.isneginf(plane.log2_prior))
    assert [plane.status[i] for i in zeros] == ["exact", "exact"]
    assert np.isneginf(plane.low[zeros]).all()
    unseen = (2.0 ** plane.log2_prior[~plane.is_counted]).sum()
    assert 0.5 * result.unseen_mass < unseen < 2 * result.unseen_mass
    written = path.read_text()
    again = rare.complete(result, everything, **settings)
    assert path.read_text() == written
    assert np.array_equal(again.log2_prior, plane.log2_prior)
    table = plane.to_pandas()
    assert list(table.columns) == ["function", "lz76", "log2_prior", "low", "high", "method", "status"]


def test_no_time_leaves_functions_out_and_says_nothing_of_them(result):
    plane = rare.complete(result, from_integers(range(256), 3), total_seconds=0.0)
    assert plane.is_counted.all() and len(plane.functions) == len(result)


def test_strata_are_of_equal_size_and_reproducible():
    functions, values = from_integers(range(256), 3), np.arange(256) % 4
    chosen = rare.stratified(functions, values, per_value=5, seed=1)
    number = {tuple(words): value for words, value in zip(functions.tolist(), values, strict=True)}
    assert np.bincount([number[tuple(words)] for words in chosen.tolist()]).tolist() == [5, 5, 5, 5]
    assert np.array_equal(chosen, rare.stratified(functions, values, per_value=5, seed=1))
    assert not np.array_equal(chosen, rare.stratified(functions, values, per_value=5, seed=2))


def test_the_plane_is_drawn(result):
    plane = rare.complete(result, ["x1 ^ x2 ^ x3", "maj(x1, x2, x3)"])
    ax = plots.whole_plane(plane, bound=predicted_bound(result))
    labels = [text.get_text() for text in ax.get_legend().get_texts()]
    assert "P = 0 exactly (1)" in labels and "predicted bound" in labels
    assert ax.get_ylabel() == "log2 prior"
    plt.close(ax.figure)
