"""Results by orbit: sums over classes, sums of squares of hidden draws, and what cannot be had."""

import dataclasses

import numpy as np
import pytest

import simplicity
from simplicity import functions
from simplicity.maps import MLP, Perceptron, PolynomialCurve, PolynomialThreshold
from simplicity.sampling import Engine
from tests import naive


@pytest.mark.parametrize(
    "pf_map",
    [Perceptron(3), MLP(3, (6,), inputs="pm1"), PolynomialCurve(3, 4), PolynomialThreshold(3, 2, "walsh")],
)
def test_classes_add_up_what_brute_force_puts_together(pf_map):
    result = simplicity.sample(pf_map, 5000, seed=1)
    orbits = result.by_orbit()
    strings = functions.to_strings(result.functions, 3)
    classes = [min(naive.orbit(s, 3, **dataclasses.asdict(pf_map.symmetries))) for s in strings]
    expected = {c: sum(n for n, d in zip(result.counts, classes, strict=True) if d == c) for c in classes}
    found = {classes[i]: int(orbits.counts[row]) for i, row in enumerate(orbits.class_of)}
    assert found == expected
    assert len(orbits) == len(expected)
    assert orbits.counts.sum() == result.counts.sum()
    assert (np.diff(orbits.counts) <= 0).all()
    np.testing.assert_allclose((orbits.prior * orbits.sizes).sum(), 1)
    for row in range(len(orbits)):
        assert len(orbits.members(row)) == orbits.sizes[row]
    low, high, *_ = orbits.interval()
    assert ((low <= orbits.prior) & (orbits.prior <= high)).all()


@pytest.mark.parametrize("n_samples", [640, 1000])
def test_squares_of_classes_are_those_of_the_samples(n_samples):
    """By canonical form of every sample, the last hidden draw cut short or not; bounds are above."""
    pf_map = MLP(3, (5,))
    result = simplicity.sample(pf_map, n_samples, seed=2, readouts=64)
    orbits, bounds = result.by_orbit(), result.by_orbit(clusters="bound")
    words, undefined = Engine(pf_map, 2, 64).samples(0, n_samples)
    forms, _ = functions.canonical_forms(words, 3, permutation=True, complement=True)
    expected = naive.tally(functions.to_strings(forms, 3), undefined, 64)
    strings = functions.to_strings(orbits.functions, 3)
    found = zip(orbits.counts.tolist(), orbits.sum_squares.tolist(), strict=True)
    assert dict(zip(strings, found, strict=True)) == expected
    assert np.array_equal(bounds.counts, orbits.counts)
    assert (bounds.sum_squares >= orbits.sum_squares).all()
    assert (bounds.sum_squares <= 64 * bounds.counts).all()
    assert not bounds.squares_are_exact
    assert "upper bounds" in bounds.interval().method


def test_it_works_after_loading_and_merging(tmp_path):
    a, b = (simplicity.sample(MLP(3, (5,)), 640, seed=s, readouts=64) for s in (1, 2))
    (a + b).save(tmp_path / "a.parquet")
    loaded = simplicity.load(tmp_path / "a.parquet")
    assert loaded.symmetries == MLP(3, (5,)).symmetries
    assert np.array_equal(loaded.by_orbit().sum_squares, (a + b).by_orbit().sum_squares)


def test_what_has_no_orbits_is_refused(tmp_path):
    @simplicity.batch_map(n_params=4)
    def plain(noise, inputs):
        return noise @ np.c_[inputs, np.ones(len(inputs))].T

    with pytest.raises(ValueError, match="declares no symmetries"):
        simplicity.sample(plain(3), 100, seed=0).by_orbit()
    result = simplicity.sample(Perceptron(3), 1000, seed=0)
    with pytest.raises(ValueError, match="clusters must be 'sample again' or 'bound', got 'no'"):
        result.by_orbit(clusters="no")
    result.save(tmp_path / "a.parquet")
    with pytest.raises(ValueError, match="lists only"):
        simplicity.load(tmp_path / "a.parquet", max_functions=5).by_orbit()


def test_another_map_than_the_one_sampled_is_noticed():
    result = simplicity.sample(MLP(3, (5,)), 640, seed=1, readouts=64)
    other = dataclasses.replace(result).with_map(MLP(3, (5,), bias_std=3.0))
    with pytest.raises(ValueError, match="sampled again, the map gives other functions"):
        other.by_orbit()


def test_the_table_says_of_whom_the_complexity_is():
    table = simplicity.sample(Perceptron(3), 1000, seed=0).by_orbit().to_pandas("lz76")
    assert list(table)[-1] == "lz76_of_representative"
    assert (table["prior_low"] <= table["prior"]).all()
