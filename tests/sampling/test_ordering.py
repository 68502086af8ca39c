"""The order of a result's rows against Python's own sort of counts and strings."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from simplicity import functions
from simplicity.sampling import Table, tally
from simplicity.sampling.ordering import row_order


def order_of_strings(words, counts, n_inputs):
    keys = zip((-counts).tolist(), functions.to_strings(words, n_inputs), strict=True)
    return [row for _, row in sorted((key, row) for row, key in enumerate(keys))]


def alike_functions(generator, n_inputs, count, kinds_of_bytes):
    """Functions made of few kinds of bytes, so that many begin alike, all different."""
    kinds = generator.integers(0, 256, kinds_of_bytes, dtype=np.uint8)
    octets = generator.choice(kinds, (count, 8 * functions.words_of(n_inputs)))
    words = octets.view(np.uint64) & functions.position_mask(n_inputs)
    return generator.permutation(np.unique(words, axis=0))


@settings(max_examples=40, deadline=None)
@given(
    st.integers(1, 12), st.integers(0, 3000), st.integers(1, 256), st.integers(1, 5), st.integers(0, 2**32)
)
def test_rows_stand_in_order_of_counts_and_strings(n_inputs, count, kinds_of_bytes, threads, seed):
    generator = np.random.default_rng(seed)
    words = alike_functions(generator, n_inputs, count, kinds_of_bytes)
    counts = generator.choice([1, 1, 1, 2, 3, 255, 256, 2**40], len(words))
    order = row_order(words, counts, threads)
    assert order.tolist() == order_of_strings(words, counts, n_inputs)


@pytest.mark.parametrize("clustered", [True, False])
def test_large_tables_are_ordered_as_small_ones_are(clustered, monkeypatch):
    generator = np.random.default_rng(1)
    words = alike_functions(generator, 7, 100_000, 4)
    assert len(words) > tally._MANY
    counts = generator.zipf(1.5, len(words)).clip(1, 10**12)
    squares = counts + generator.integers(0, 9, len(words)) if clustered else counts
    table = Table(words, counts, squares)
    by_kernels = [table.ordered(7, threads) for threads in (1, 3)]
    monkeypatch.setattr(tally, "_MANY", len(words) + 1)
    for found in by_kernels:
        assert all(np.array_equal(a, b) for a, b in zip(found, table.ordered(7), strict=True))
        assert (found.sum_squares is found.counts) is not clustered


def test_equal_rows_keep_their_order():
    words = np.zeros((1000, 2), dtype=np.uint64)
    assert row_order(words, np.full(1000, 7), 2).tolist() == list(range(1000))
