"""Vectors in compiled code, against plain loops."""

import numpy as np
import pytest

from simplicity.compilation import high_product, kernel, row
from simplicity.simd import (
    TILE,
    TILE_UNITS,
    any_above,
    positive_sums,
    prefetch,
    prefetch_to_second,
    tile_products,
)
from simplicity.vectors import LANES, load, load_as, store, union


@kernel
def sums_above_zero(rows, columns):
    return positive_sums(load(rows, 0), load(columns, 0))


@kernel
def sums_of_rows(array, size, out):
    for i in range(array.shape[0]):
        out[i] = row(array, i, size).sum()


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_positive_sums_are_those_above_zero(dtype):
    """Also where the sum is exactly 0, is lost in rounding, or is the smallest number that there is."""
    generator = np.random.default_rng(0)
    tiny = np.nextafter(dtype(0), dtype(1))
    values = np.array([0.0, -0.0, tiny, -tiny, 1, -1, np.nextafter(dtype(1), dtype(2)), 1e30], dtype=dtype)
    for _ in range(300):
        rows, columns = generator.choice([-1, 1], (2, 8)).astype(dtype) * generator.choice(values, (2, 8))
        above = (rows[:, None] + columns > 0).ravel()
        assert int(sums_above_zero(rows, columns)) == sum(1 << i for i in range(64) if above[i])


@kernel
def is_any_above(a, b, limit):
    return any_above(load(a, 0), load(b, 0), load(limit, 0))


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize("place", range(16))
def test_a_single_number_above_its_limit_is_seen(dtype, place):
    """NaN counts as above, and anything against NaN."""
    zeros, nothing = np.zeros(8, dtype=dtype), np.full(8, np.nan, dtype=dtype)
    numbers = np.resize(np.array([0.0, -0.0, -np.inf, -np.finfo(dtype).tiny, -1.0], dtype=dtype), (2, 8))
    assert not is_any_above(*numbers, zeros)
    assert is_any_above(*numbers, nothing)
    for value in (np.nan, -np.nan, np.finfo(dtype).tiny, 1.0, np.inf):
        some = numbers.copy()
        some.flat[place] = value
        assert is_any_above(*some, zeros)


def test_a_row_is_the_beginning_of_the_arrays_row():
    array, out = np.arange(35.0).reshape(5, 7), np.empty(5)
    sums_of_rows(array, 4, out)
    assert out.tolist() == array[:, :4].sum(axis=1).tolist()


@kernel
def products(own, others, start, pitch, tile, columns, rows, out):
    s = tile_products((own, 3), others, start, pitch, tile, columns, rows)
    for i in range(2 * TILE_UNITS):
        store(out, i * LANES, s[i])


@pytest.mark.parametrize("first", [0, 5])
@pytest.mark.parametrize("count", range(20))
def test_products_of_a_tile_are_those_of_matrices(first, count):
    """Of small whole numbers, so that no sum is rounded."""
    generator, pitch, start = np.random.default_rng(count), 50, -50  # before the others' first unit: not read
    own, others = generator.integers(-9, 9, (2, 200)).astype(np.float32)
    tile = generator.integers(-9, 9, (26, TILE)).astype(np.float32)
    columns, out = generator.permutation(40)[:26], np.empty((TILE_UNITS, TILE), dtype=np.float32)
    products(own, others, start, pitch, tile.ravel(), columns, (first, first + count), out.reshape(-1))
    rows = slice(first, first + count)
    weights = np.stack([own[3 + columns[rows]], *(others[k * pitch + columns[rows]] for k in range(3))])
    assert np.array_equal(out, weights @ tile[rows])


@kernel
def fetch_around(array):
    for i in range(-1000, array.shape[0] + 1000, 10):
        prefetch(array, i)
        prefetch_to_second(array, i)


def test_fetching_changes_nothing_and_may_go_beyond_arrays():
    for array in (np.arange(50), np.arange(0), np.arange(100.0).reshape(50, 2)):
        before = array.copy()
        fetch_around(array)
        assert np.array_equal(array, before)


@kernel
def high_products(a, b, out):
    for i in range(a.shape[0]):
        out[i] = high_product(a[i], b[i])


def test_high_products_are_those_of_integers():
    ends = np.array([0, 1, 2**32 - 1, 2**32, 2**64 - 1], dtype=np.uint64)
    a = np.concatenate(
        [np.repeat(ends, 5), np.random.default_rng(0).integers(0, 2**64, 500, dtype=np.uint64)]
    )
    b = np.concatenate([np.tile(ends, 5), np.random.default_rng(1).integers(0, 2**64, 500, dtype=np.uint64)])
    out = np.empty_like(a)
    high_products(a, b, out)
    assert out.tolist() == [x * y >> 64 for x, y in zip(a.tolist(), b.tolist(), strict=True)]


@kernel
def unions(a, b, lanes, out):
    for i in range(out.shape[0]):
        out[i] = union(load_as(a, i * len(lanes), lanes) | load_as(b, i * len(lanes), lanes))
    store(a, 0, load_as(b, 0, lanes))


@pytest.mark.parametrize("size", [2, 4, 8])
def test_vectors_are_as_long_as_the_tuple_that_they_are_made_for(size):
    a, b = np.uint64(1) << np.random.default_rng(0).integers(0, 64, (2, 5 * size), dtype=np.uint64)
    before, out = a.copy(), np.empty(5, dtype=np.uint64)
    unions(a, b, (0,) * size, out)
    assert out.tolist() == np.bitwise_or.reduce((before | b).reshape(5, size), axis=1).tolist()
    assert a.tolist() == [*b[:size].tolist(), *before[size:].tolist()]
