"""Operators on vectors in compiled code, against those of NumPy's arrays, to the last bit."""

import operator

import numba
import numpy as np
import pytest

from simplicity.simd import store_quads
from simplicity.vectors import (
    WIDE,
    as_floats,
    as_words,
    choose,
    fused_multiply_add,
    in_precision_of,
    load,
    load_wide,
    lower_halves,
    splat_wide,
    square_root,
    store,
    to_floats,
    wider,
)

GENERATOR = np.random.default_rng(0)


def numbers(dtype):
    if np.issubdtype(dtype, np.floating):
        return GENERATOR.standard_normal(WIDE).astype(dtype)
    return GENERATOR.integers(0, np.iinfo(dtype).max, WIDE, dtype=dtype, endpoint=True)


def applied(function, out_dtype, *arrays):
    """What a function of vectors makes of arrays of sixteen numbers."""
    compiled = numba.njit(function)

    @numba.njit
    def call(out, arrays):
        if len(arrays) == 1:
            store(out, 0, compiled(load_wide(arrays[0], 0)))
        elif len(arrays) == 2:
            store(out, 0, compiled(load_wide(arrays[0], 0), load_wide(arrays[1], 0)))
        else:
            store(out, 0, compiled(load_wide(arrays[0], 0), load_wide(arrays[1], 0), load_wide(arrays[2], 0)))

    out = np.empty(WIDE, dtype=out_dtype)
    call(out, arrays)
    return out


ON_ALL = (operator.add, operator.sub, operator.mul)
ON_WORDS = (operator.xor, operator.and_, operator.or_)


@pytest.mark.parametrize(
    ("dtype", "function"),
    [(dtype, f) for dtype in (np.float32, np.float64, np.uint32, np.uint64) for f in ON_ALL]
    + [(dtype, f) for dtype in (np.uint32, np.uint64) for f in ON_WORDS],
)
def test_operators(dtype, function):
    a, b = numbers(dtype), numbers(dtype)
    c = b[0]
    assert np.array_equal(applied(lambda x, y: function(x, y), dtype, a, b), function(a, b))
    assert np.array_equal(applied(lambda x: function(x, c), dtype, a), function(a, c))
    assert np.array_equal(applied(lambda x: function(c, x), dtype, a), function(c, a))


def test_shifts_and_negatives():
    for dtype in (np.uint32, np.uint64):
        a, places = numbers(dtype), dtype(7)
        assert np.array_equal(applied(lambda x, k=places: x << k, dtype, a), a << places)
        assert np.array_equal(applied(lambda x, k=places: x >> k, dtype, a), a >> places)
    z = np.array([0.0, -0.0, 1.5, -2.5] * 4, dtype=np.float32)
    assert np.array_equal(applied(lambda x: -x, np.float32, z).view(np.uint32), (-z).view(np.uint32))


def test_words_do_not_mix_with_floats_nor_widths():
    with pytest.raises(numba.core.errors.TypingError):
        applied(lambda x, y: x + y, np.float32, numbers(np.float32), numbers(np.uint32))
    with pytest.raises(numba.core.errors.TypingError):
        applied(lambda x: x ^ x, np.float32, numbers(np.float32))


def test_a_fused_product_and_sum_is_rounded_once():
    a, b = numbers(np.float32), numbers(np.float32)
    c = -(a * b)
    exact = (a.astype(np.float64) * b + c).astype(np.float32)  # in float64 the product is exact
    assert np.array_equal(applied(lambda x, y, z: fused_multiply_add(x, y, z), np.float32, a, b, c), exact)
    assert (exact != 0).any()  # negative control: two roundings would leave nothing
    half, one = np.float32(0.5), np.float32(1)
    assert np.array_equal(applied(lambda x: fused_multiply_add(x, half, one), np.float32, a), a * half + one)


def test_conversions():
    words, floats = numbers(np.uint32), numbers(np.float32)
    long = numbers(np.uint64)
    double = np.empty(1)
    assert np.array_equal(applied(lambda x: as_words(x), np.uint32, floats), floats.view(np.uint32))
    assert np.array_equal(applied(lambda x: as_words(as_floats(x)), np.uint32, words), words)
    assert np.array_equal(
        applied(lambda x: to_floats(x), np.float32, words), words.view(np.int32).astype("f4")
    )
    assert np.array_equal(applied(lambda x: lower_halves(x), np.uint32, long), long.astype(np.uint32))
    assert np.array_equal(applied(lambda x: wider(x), np.uint64, words), words.astype(np.uint64))
    assert np.array_equal(applied(lambda x, y=double: in_precision_of(y, x), np.float64, floats), floats)
    assert np.array_equal(applied(lambda x: square_root(x * x), np.float32, floats), np.sqrt(floats * floats))
    one = np.float32(1)
    assert (applied(lambda x: splat_wide(one), np.float32, floats) == 1).all()


def test_the_highest_bit_chooses():
    words = np.array([0, 2**31 - 1, 2**31, 2**32 - 1] * 4, dtype=np.uint32)
    a, b = numbers(np.float32), numbers(np.float32)
    found = applied(lambda x, y, z: choose(x, y, z), np.float32, words, a, b)
    assert np.array_equal(found, np.where(words >= 2**31, a, b))


@numba.njit
def quads(planes, out, start, pitch):
    a, b, c, d = load_wide(planes, 0), load_wide(planes, 16), load_wide(planes, 32), load_wide(planes, 48)
    store_quads(out, start, pitch, a, b, c, d)


@numba.njit
def quads_of_eight(planes, out, start, pitch):
    store_quads(out, start, pitch, load(planes, 0), load(planes, 16), load(planes, 32), load(planes, 48))


@pytest.mark.parametrize("dtype", [np.float32, np.float64, np.uint32])
def test_quads_are_columns(dtype):
    planes = np.arange(1, 65).astype(dtype)
    for function, lanes in ((quads, 16), (quads_of_eight, 8)):
        out = np.zeros((20, 7), dtype=dtype)
        function(planes, out.reshape(-1), 7 + 2, 7)
        expected = np.zeros_like(out)
        expected[1 : 1 + lanes, 2:6] = planes.reshape(4, 16).T[:lanes]
        assert np.array_equal(out, expected)
