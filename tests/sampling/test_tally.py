"""The tally against collections.Counter, in any order, by any number of threads."""

import itertools
import mmap
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from simplicity import functions
from simplicity.sampling import Table, Tally, hash_table
from simplicity.sampling.hash_table import HashTable
from tests import naive


def as_dictionary(tally, n_inputs):
    table = tally.table()
    strings = functions.to_strings(table.functions, n_inputs)
    assert len(set(strings)) == len(strings) == tally.distinct
    pairs = zip(table.counts.tolist(), table.sum_squares.tolist(), strict=True)
    return dict(zip(strings, pairs, strict=True))


def random_samples(n_inputs, count, seed=0, kinds=20):
    generator = np.random.default_rng(seed)
    words = functions.pack(generator.random((kinds, 2**n_inputs)) < 0.5)
    return words[generator.zipf(1.5, count) % kinds], generator.random(count) < 0.1


@settings(max_examples=60, deadline=None)
@given(st.integers(1, 9), st.integers(0, 300), st.integers(1, 9), st.integers(0, 2**32))
def test_counts_are_those_of_a_counter(n_inputs, count, readouts, seed):
    words, undefined = random_samples(n_inputs, count, seed)
    tally = Tally(functions.words_of(n_inputs), clustered=readouts > 1)
    tally.add_samples(words, undefined, readouts)
    expected = naive.tally(functions.to_strings(words, n_inputs), undefined, readouts)
    found = as_dictionary(tally, n_inputs)
    assert {f: c for f, (c, _) in found.items()} == {f: c for f, (c, _) in expected.items()}
    assert tally.n_undefined == undefined.sum()
    if readouts > 1:
        assert found == expected
        assert tally.lonely == sum(c for c, squares in expected.values() if squares == c * c)
    else:
        assert tally.lonely == sum(c == 1 for c, _ in expected.values())
        assert all(squares == c for c, squares in found.values())


def test_many_functions_in_a_growing_table():
    integers = np.random.default_rng(0).integers(0, 2**16, 300_000).astype(np.uint64)
    tally = Tally(1)
    for part in np.array_split(integers[:, None], 7):
        tally.add_samples(np.ascontiguousarray(part), np.zeros(len(part), dtype=bool))
    table = tally.table()
    values, counts = np.unique(integers, return_counts=True)
    order = np.argsort(table.functions[:, 0])
    assert np.array_equal(table.functions[order, 0], values)
    assert np.array_equal(table.counts[order], counts)


@pytest.mark.parametrize("in_place", [True, False])
@pytest.mark.parametrize("clustered", [True, False])
def test_a_table_grows_without_losing_or_inventing_anything(clustered, in_place, monkeypatch):
    """Also in place, from its smallest size on, where many entries go round the end."""
    grown = []
    grow = HashTable._grow_in_place
    monkeypatch.setattr(hash_table, "_PAGE", mmap.PAGESIZE)
    monkeypatch.setattr(hash_table, "_OWN_PAGES", mmap.PAGESIZE)
    monkeypatch.setattr(hash_table, "_SMALL", 0)
    monkeypatch.setattr(hash_table, "_ASIDE", 3)

    def counted(table, capacity):
        grown.append(in_place and grow(table, capacity))
        return grown[-1]

    monkeypatch.setattr(HashTable, "_grow_in_place", counted)
    generator = np.random.default_rng(0)
    numbers = generator.integers(0, 2**15, 100_000).astype(np.uint64)
    table = HashTable(1, clustered, capacity=mmap.PAGESIZE // 16)
    for part in np.array_split(numbers, 300):
        rows = np.stack([part, np.full(len(part), 2), np.full(len(part), 4)][: 2 + clustered], axis=1)
        table.add(rows.astype(np.uint64))
    assert sum(grown) > 5 or not in_place
    values, counts = np.unique(numbers, return_counts=True)
    functions, found = np.empty((table.used, 1), dtype=np.uint64), np.empty(table.used, dtype=np.int64)
    squares = np.empty_like(found)
    table.columns(functions, found, squares)
    order = np.argsort(functions[:, 0])
    assert np.array_equal(functions[order, 0], values)
    assert np.array_equal(found[order], 2 * counts)
    if clustered:
        assert np.array_equal(squares[order], 4 * counts)
        assert table.lonely == 2 * (counts == 1).sum()


def test_functions_that_share_words_are_told_apart():
    """All-zero words, equal first words, equal last words: at n = 8, four words a function."""
    words = np.array(list(itertools.product([0, 1, 2**63], repeat=4)), dtype=np.uint64)
    tally = Tally(4)
    tally.add_samples(np.repeat(words, 3, axis=0), np.zeros(3 * len(words), dtype=bool))
    table = tally.table()
    assert len(np.unique(table.functions, axis=0)) == len(words)
    assert (table.counts == 3).all()


@pytest.mark.parametrize("readouts", [1, 4])
def test_order_and_threads_do_not_show(readouts):
    words, undefined = random_samples(5, 8000, seed=1, kinds=500)
    whole = Tally(1, clustered=readouts > 1)
    whole.add_samples(words, undefined, readouts)
    parts = [slice(k, k + 200) for k in range(0, 8000, 200)]
    for threads, order in [(1, parts[::-1]), (7, parts), (7, parts[1::2] + parts[::2])]:
        tally = Tally(1, clustered=readouts > 1)
        with ThreadPoolExecutor(threads) as pool:
            list(pool.map(lambda p, t=tally: t.add_samples(words[p], undefined[p], readouts), order))
        assert as_dictionary(tally, 5) == as_dictionary(whole, 5)
        assert (tally.lonely, tally.n_undefined) == (whole.lonely, whole.n_undefined)


@pytest.mark.parametrize("readouts", [1, 4])
def test_tables_of_other_draws_add_up(readouts):
    words, undefined = random_samples(5, 4000, seed=2, kinds=300)
    whole, merged = (Tally(1, clustered=readouts > 1) for _ in range(2))
    whole.add_samples(words, undefined, readouts)
    for part in (slice(0, 1200), slice(1200, 4000)):
        piece = Tally(1, clustered=readouts > 1)
        piece.add_samples(words[part], undefined[part], readouts)
        merged.add_table(piece.table(), piece.n_undefined)
    assert as_dictionary(merged, 5) == as_dictionary(whole, 5)
    assert (merged.lonely, merged.n_undefined) == (whole.lonely, whole.n_undefined)


@pytest.mark.parametrize("readouts", [1, 4])
def test_a_tally_that_is_taken_is_empty(readouts):
    words, undefined = random_samples(5, 4000, seed=2, kinds=300)
    tally = Tally(1, clustered=readouts > 1)
    tally.add_samples(words, undefined, readouts)
    kept, taken = tally.table(), tally.taken(threads=3)
    assert all(np.array_equal(a, b) for a, b in zip(kept, taken, strict=True))
    assert tally.distinct == tally.lonely == len(tally.table().counts) == 0
    tally.add_table(taken)
    assert all(sorted(a.tolist()) == sorted(b.tolist()) for a, b in zip(kept, tally.table(), strict=True))


@pytest.mark.parametrize("kinds", [2**40, 2000])
def test_a_tally_that_knows_how_many_samples_come_counts_the_same(kinds):
    """Its tables are then no larger than they must be, where nearly all samples are new."""
    numbers = np.random.default_rng(0).integers(0, kinds, (2**20, 1)).astype(np.uint64)
    defined = np.zeros(2**15, dtype=bool)
    plain, foretold = Tally(1), Tally(1, samples=len(numbers))
    for block in np.split(numbers, 32):
        for tally in (plain, foretold):
            tally.add_samples(block, defined)
    expected, counts = np.unique(numbers, return_counts=True)
    for tally in (plain, foretold):
        table = tally.table()
        order = np.argsort(table.functions[:, 0])
        assert np.array_equal(table.functions[order, 0], expected)
        assert np.array_equal(table.counts[order], counts)
    if kinds > 2**30:
        assert foretold.nbytes < 1.1 * 16 / 0.78 * foretold.distinct < plain.nbytes


def test_nothing_adds_nothing():
    tally = Tally(2)
    tally.add_samples(np.empty((0, 2), dtype=np.uint64), np.empty(0, dtype=bool))
    empty = np.empty(0, dtype=np.int64)
    tally.add_table(Table(np.empty((0, 2), dtype=np.uint64), empty, empty))
    assert tally.distinct == tally.lonely == tally.n_undefined == len(tally.table().counts) == 0


@pytest.mark.parametrize("room", [1, 3, 1024])
@pytest.mark.parametrize("capacity", [7, 64, 65, 1000])
def test_growth_in_place_keeps_every_entry_within_reach(capacity, room):
    """Also where clusters go round the end, and where so much is put aside that it takes several turns."""
    rows = np.random.default_rng(capacity).integers(0, 2**64, (capacity * 19 // 20, 3), dtype=np.uint64)
    rows[:, 2] = 1
    hashes = np.empty(len(rows), dtype=np.uint64)
    hash_table.hash_rows(rows, 2, hashes)
    entries = np.zeros((capacity * 3 // 2, 3), dtype=np.uint64)
    assert hash_table._insert(rows, hashes, 2, entries[:capacity])[0] == len(rows)
    left, parts = capacity, []
    while left:
        aside = np.zeros((room, 3), dtype=np.uint64)
        n_aside, left = hash_table._spread(entries, 2, left, aside)
        parts.append(aside[:n_aside])
    for part in parts:
        hash_table._move(part, 2, entries)
    assert np.count_nonzero(entries[:, 2]) == len(rows)
    assert hash_table._insert(rows, hashes, 2, entries)[0] == 0
