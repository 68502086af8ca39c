"""The plane of counted and estimated functions, on disk and drawn."""

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
import pytest

import simplicity
from simplicity import plots, rare
from simplicity.functions import as_function, from_integers
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


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (dict(functions=None), "functions must be a list"),
        (dict(functions=["x1", "x9"]), "there is no input x9"),
        (dict(total_seconds=float("nan")), "total_seconds must be"),
        (dict(target_error=float("inf")), "target_error must be"),
        (dict(result="tally"), "result must be a tally"),
    ],
)
def test_bad_arguments_are_named(result, arguments, message):
    with pytest.raises(ValueError, match=message):
        rare.complete(**({"result": result, "functions": ["x1"]} | arguments))


def test_a_file_of_something_else_is_refused_and_an_empty_one_filled(result, tmp_path):
    (tmp_path / "other.csv").write_text("a,b\n1,2\n")
    with pytest.raises(ValueError, match="path must be a new file"):
        rare.complete(result, from_integers(range(256), 3), path=tmp_path / "other.csv")
    (tmp_path / "empty.csv").touch()
    rare.complete(result, ["parity(x1,x2,x3)"], path=tmp_path / "empty.csv")
    assert (tmp_path / "empty.csv").read_text().startswith("map,function,")


def test_strata_of_nothing_and_bad_strata():
    nothing = np.empty((0, 1), dtype=np.uint64)
    assert rare.stratified(nothing, [], per_value=3).shape == (0, 1)
    some = from_integers([1, 2], 2)
    for arguments, message in (
        ((some, [1.0]), "complexity must hold a number for each of 2"),
        ((some, [1.0, np.nan]), "with NaN"),
        ((["x1"], [1.0]), "functions must be packed"),
        (([], []), "functions must be packed"),
    ):
        with pytest.raises(ValueError, match=message):
            rare.stratified(*arguments, per_value=1)
    with pytest.raises(ValueError, match="per_value must be a whole number from 1"):
        rare.stratified(some, [1, 1], per_value=0)


def test_no_time_leaves_functions_out_and_says_nothing_of_them(result):
    plane = rare.complete(result, from_integers(range(256), 3), total_seconds=0.0)
    assert plane.is_counted.all() and len(plane.functions) == len(result)


def test_what_came_to_no_number_stays_until_its_turn_comes_again(result, tmp_path):
    path = tmp_path / "estimates.csv"
    function = next(f for f in from_integers(range(256), 3) if f.tolist() not in result.functions.tolist())
    number = rare.complete(result, function[None], path=path).log2_prior[-1]
    table = pd.read_csv(path)
    table["log2_prior"] = np.nan
    table.to_csv(path, index=False, na_rep="nan")
    plane = rare.complete(result, function[None], path=path, total_seconds=0.0)
    assert np.isnan(plane.log2_prior[-1]) and len(plane.functions) == len(result) + 1
    again = rare.complete(result, function[None], path=path)
    assert abs(again.log2_prior[-1] - number) < 3 and len(path.read_text().splitlines()) == 3


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


def test_a_map_that_cannot_be_rebuilt_is_not_asked_for_what_the_file_holds(tmp_path):
    @simplicity.batch_map(n_params=3)
    def of_this_test(noise, inputs, /):
        return noise @ inputs.T

    sampled = simplicity.sample(of_this_test(n_inputs=3), 20, seed=0)
    sampled.save(tmp_path / "a.parquet")
    loaded = simplicity.load(tmp_path / "a.parquet")
    unseen = next(f for f in ("x1", "x2", "x3", "x1 & x2") if sampled.index_of(as_function(f, 3)) is None)
    settings = {"path": tmp_path / "estimates.csv", "target_error": 1.0}
    made = rare.complete(sampled, [unseen], **settings)
    again = rare.complete(loaded, [unseen], **settings)
    assert len(made.log2_prior) == len(sampled) + 1 and np.array_equal(made.log2_prior, again.log2_prior)
    with pytest.raises(simplicity.MapError, match="had no name"):
        rare.complete(loaded, ["x1 | x2 | x3", "~x1", "~x2 & x3"], **settings)
    with pytest.raises(ValueError, match="seed"):
        rare.complete(loaded, [unseen], **settings, seed=-1)
