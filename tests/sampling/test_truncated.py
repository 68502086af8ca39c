"""The most frequent functions of a file: a prefix of its rows, and everything else known as before."""

import numpy as np
import pyarrow.parquet as pq
import pytest

from simplicity.maps import MLP
from simplicity.sampling import load, sample, storage
from simplicity.sampling.result import Unlisted
from tests.sampling.maps import NanReadouts, sometimes_nan
from tests.sampling.test_result import assert_same


@pytest.fixture(
    params=[(MLP(4, (5,)), 1), (MLP(4, (5,)), 16), (sometimes_nan(3), 1), (NanReadouts(), 4)], ids=str
)
def file(request, tmp_path, monkeypatch):
    monkeypatch.setattr(storage, "_ROW_GROUP", 10)
    pf_map, readouts = request.param
    sample(pf_map, 3000, readouts=readouts, path=tmp_path / "a.parquet")
    return tmp_path / "a.parquet"


def check(part, whole, listed):
    assert np.array_equal(part.functions, whole.functions[:listed])
    assert np.array_equal(part.counts, whole.counts[:listed])
    assert np.array_equal(part.sum_squares, whole.sum_squares[:listed])
    assert part.counts.sum() + part.n_unlisted + part.n_undefined == part.n_samples == whole.n_samples
    assert part.n_functions == len(whole) == whole.n_functions
    assert part.unseen_mass == whole.unseen_mass
    assert part.is_truncated == (listed < len(whole))
    assert np.array_equal(part.interval().low, whole.interval().low[:listed])


def test_the_most_frequent_functions_are_a_prefix(file):
    whole = load(file)
    assert not whole.is_truncated and whole.n_unlisted == 0
    for most in (1, 9, 10, 11, len(whole) - 1, len(whole), len(whole) + 5):
        check(load(file, max_functions=most), whole, min(most, len(whole)))
    for least in (1, 2, 5, int(whole.counts[0]), int(whole.counts[0]) + 1):
        check(load(file, min_count=least), whole, int((whole.counts >= least).sum()))
    check(load(file, min_count=2, max_functions=3), whole, min(3, int((whole.counts >= 2).sum())))
    assert_same(load(file, max_functions=len(whole)), whole)


def test_no_more_is_read_than_is_wanted(file, monkeypatch):
    read, iter_batches = [], pq.ParquetFile.iter_batches

    def spied(self, size, row_groups):
        read.extend(row_groups)
        return iter_batches(self, size, row_groups=row_groups)

    monkeypatch.setattr(pq.ParquetFile, "iter_batches", spied)
    n_groups = -(-len(load(file)) // 10)
    assert read == list(range(n_groups))
    read.clear()
    load(file, max_functions=10)
    assert read == [0]


def test_a_truncated_result_says_so_and_is_neither_merged_nor_saved(file, tmp_path):
    whole, part = load(file), load(file, max_functions=2)
    assert f"the most frequent 2 of {len(whole)} functions" in repr(part)
    assert "the most frequent" not in repr(whole)
    more = sample(part.map, 16, readouts=part.readouts, first_sample=3200)
    for left, right in [(part, more), (more, part)]:
        with pytest.raises(ValueError, match=r"lists only the most frequent 2 of .* load the whole file"):
            _ = left + right
    if whole.recipe["name"]:
        assert len(whole + more) >= len(whole)
    with pytest.raises(ValueError, match="lists only"):
        part.save(tmp_path / "b.parquet")
    with pytest.raises(ValueError, match="is not among the most frequent 2 of"):
        part.noise_of(whole.functions[-1])


@pytest.mark.parametrize("wrong", [0, -1, 1.5, "3", True])
def test_wrong_limits_are_refused(file, wrong):
    with pytest.raises(ValueError, match="min_count must be a whole number"):
        load(file, min_count=wrong)
    with pytest.raises(ValueError, match="max_functions must be a whole number"):
        load(file, max_functions=wrong)


def test_what_is_left_out_must_fit(file):
    part = load(file, max_functions=2)
    columns = (part.functions, part.counts, part.sum_squares, part.n_undefined, part.ranges, part.recipe)
    with pytest.raises(ValueError, match="do not add up"):
        type(part)(part.n_inputs, *columns)
    with pytest.raises(ValueError, match="do not fit each other"):
        type(part)(part.n_inputs, *columns, Unlisted(1, part.n_unlisted, part.n_unlisted + 1))
