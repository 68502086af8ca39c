"""Minimal formulas and circuits: naive searches, published counts, symmetries (GROUND_TRUTH §6)."""

import collections
import itertools
import json
from pathlib import Path

import numba
import numpy as np
import pytest

from simplicity import functions
from simplicity.complexity import MEASURES, circuit_size, formula_size, sop_terms
from simplicity.complexity.npn import input_words, npn_classes
from tests import naive

BY_SEARCH = [formula_size, circuit_size]
OF_FOUR_INPUTS = json.loads((Path(__file__).parent / "histograms_n4.json").read_text(encoding="utf-8"))


def every_function(n_inputs):
    return np.arange(2**2**n_inputs, dtype=np.uint64)[:, None]


def histogram(values):
    return np.bincount(values.astype(int)).tolist()


@pytest.mark.parametrize(("n_inputs", "classes"), [(1, 2), (2, 4), (3, 14), (4, 222)])
def test_class_counts(n_inputs, classes):
    labels = npn_classes(n_inputs)
    representatives = np.unique(labels)
    assert len(representatives) == classes
    assert np.array_equal(labels[representatives], representatives)
    assert np.all(labels <= np.arange(len(labels)))


def test_classes_are_orbits():
    """Everything that permutations and negations make of a function, at three inputs."""
    words = every_function(3)
    images = []
    for order in itertools.permutations(range(3)):
        for negated in itertools.chain.from_iterable(itertools.combinations(range(3), k) for k in range(4)):
            image = functions.negate_inputs(functions.permute_inputs(words, 3, order), 3, negated)
            images += [image, functions.complement(image, 3)]
    assert np.array_equal(npn_classes(3), np.hstack(images).min(axis=1))


@pytest.mark.parametrize("n_inputs", [1, 2, 3])
@pytest.mark.parametrize(
    ("fast", "slow"), [(formula_size, naive.formula_sizes), (circuit_size, naive.circuit_sizes)]
)
def test_fast_and_naive_agree(n_inputs, fast, slow):
    sizes = slow(n_inputs)
    words = functions.from_integers(sorted(sizes), n_inputs)
    assert len(words) == 2**2**n_inputs
    assert fast(words, n_inputs).tolist() == [sizes[integer] for integer in sorted(sizes)]


@pytest.mark.parametrize(
    ("measure", "n_inputs", "counts"),
    [
        (formula_size, 1, [4]),
        (formula_size, 2, [6, 8, 0, 2]),
        (formula_size, 3, [8, 24, 64, 30, 80, 32, 0, 16, 0, 2]),
        (circuit_size, 1, [4]),
        (circuit_size, 2, [6, 10]),
        (circuit_size, 3, [8, 30, 114, 80, 24]),
        (circuit_size, 4, [10, 60, 456, 2474, 10624, 24184, 25008, 2720]),  # Knuth, 4A, 7.1.2, table 1
    ],
)
def test_published_counts(measure, n_inputs, counts):
    assert histogram(measure(every_function(n_inputs), n_inputs)) == counts


@pytest.mark.parametrize("measure", [*BY_SEARCH, sop_terms])
def test_committed_histograms_of_four_inputs(measure):
    values = measure(every_function(4), 4)
    counts = {int(value): count for value, count in OF_FOUR_INPUTS[measure.__name__]["histogram"].items()}
    assert collections.Counter(values.astype(int).tolist()) == counts
    assert sum(counts.values()) == 2**16


@numba.njit
def formula_sizes_without_classes(free, n_functions):
    """The recursion over all pairs of functions, without symmetries."""
    sizes = np.full(n_functions, 255, np.uint8)
    members = np.empty((32, n_functions), np.int64)
    counts = np.zeros(32, np.int64)
    for function in free:
        sizes[function] = 0
    size = 0
    known = 0
    while True:
        for function in range(n_functions):
            if sizes[function] == size:
                members[size, counts[size]] = function
                counts[size] += 1
        known += counts[size]
        if known == n_functions:
            return sizes
        size += 1
        for smaller in range((size + 1) // 2):
            larger = size - 1 - smaller
            for f in members[smaller, : counts[smaller]]:
                for g in members[larger, : counts[larger]]:
                    for made in (f & g, f | g):
                        if sizes[made] == 255:
                            sizes[made] = size


def test_formula_sizes_of_four_inputs_from_all_pairs():
    """Nothing about symmetries is assumed: 65,536 functions, 2·10^9 pairs, a few seconds."""
    inputs = input_words(4).astype(np.int64)
    free = np.array([0, 2**16 - 1, *inputs, *(2**16 - 1 - inputs)])
    expected = formula_sizes_without_classes(free, 2**16)
    assert np.array_equal(formula_size(every_function(4), 4), expected)


@pytest.mark.parametrize("measure", BY_SEARCH)
@pytest.mark.parametrize("n_inputs", [2, 3, 4])
def test_symmetries(measure, n_inputs):
    words = every_function(n_inputs)
    sizes = measure(words, n_inputs)
    for order in itertools.permutations(range(n_inputs)):
        assert np.array_equal(measure(functions.permute_inputs(words, n_inputs, order), n_inputs), sizes)
    for k in range(n_inputs):
        assert np.array_equal(measure(functions.negate_inputs(words, n_inputs, [k]), n_inputs), sizes)
    assert np.array_equal(
        measure(functions.complement(words, n_inputs), n_inputs), sizes
    )  # for formulas: duality


@pytest.mark.parametrize("measure", BY_SEARCH)
@pytest.mark.parametrize("n_inputs", [1, 2, 3])
def test_an_input_that_is_not_used_costs_nothing(measure, n_inputs):
    words = every_function(n_inputs)
    tables = functions.unpack(words, n_inputs)
    for wider in (np.concatenate([tables, tables], axis=1), np.repeat(tables, 2, axis=1)):
        assert np.array_equal(measure(functions.pack(wider), n_inputs + 1), measure(words, n_inputs))


@pytest.mark.parametrize("n_inputs", [2, 3, 4])
def test_inequalities(n_inputs):
    words = every_function(n_inputs)
    formulas, circuits = formula_size(words, n_inputs), circuit_size(words, n_inputs)
    assert np.all(circuits <= formulas)
    used = sum(
        np.any(words != functions.negate_inputs(words, n_inputs, [k]), axis=1).astype(int)
        for k in range(n_inputs)
    )
    assert np.all(circuits >= used - 1)
    # A sum of t terms is a formula: of two levels, with at most n - 1 operators a term and t - 1 between.
    terms = sop_terms(words, n_inputs)
    assert np.all(formulas <= terms * (n_inputs - 1) + np.maximum(terms - 1, 0))


@pytest.mark.parametrize("measure", BY_SEARCH)
def test_one_operator_more_joins_two_functions(measure):
    """No AND or OR of two expressions takes more than both and one; XOR is one gate, but no operator."""
    generator = np.random.default_rng(4)
    f, g = generator.integers(2**16, size=(2, 200_000, 1), dtype=np.uint64)
    most = measure(f, 4) + measure(g, 4) + 1
    assert np.all(measure(f & g, 4) <= most)
    assert np.all(measure(f | g, 4) <= most)
    joined_by_xor = measure(f ^ g, 4)
    assert np.all(joined_by_xor <= most) == (measure is circuit_size)


@pytest.mark.parametrize(
    ("string", "formula", "circuit"),
    [
        ("0110", 3, 1),
        ("01101001", 9, 2),
        ("0110100110010110", 15, 3),  # a formula of parity has n² leaves at n = 2^k (Khrapchenko 1971)
        ("00010111", 4, 4),
        ("0000000000000001", 3, 3),
    ],
)
def test_known_functions(string, formula, circuit):
    words, n_inputs = functions.from_strings(string), functions.infer_n_inputs(len(string))
    assert (formula_size(words, n_inputs)[0], circuit_size(words, n_inputs)[0]) == (formula, circuit)


@pytest.mark.parametrize("name", ["formula_size", "circuit_size"])
def test_more_than_four_inputs_are_refused(name):
    words = functions.from_strings("01" * 16)
    with pytest.raises(ValueError, match=f"'{name}' can be asked for up to 4 inputs, not 5"):
        MEASURES[name](words, 5)
    with pytest.raises(ValueError, match=f"n_inputs of {name} must be at most 4, not 5"):
        MEASURES[name].function(words, 5)
    with pytest.raises(ValueError, match="zeros above bit 7"):
        MEASURES[name].function(words, 3)
