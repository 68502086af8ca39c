"""The baselines do the same work: functions of the same law, the same counts, the same complexities.

Laws are compared by the means of a dozen features of functions; a mean off by five standard errors fails,
which chance does in fewer than one run in 100,000 a case. Seeds are fixed.
"""

import random

import numpy as np
import pytest

import simplicity
from benchmarks.baselines import circuits, counting, networks, strings, thresholds, trees
from simplicity.functions import from_strings, to_strings, unpack
from simplicity.maps import MLP, BooleanCircuit, ExpressionTree, Perceptron, PolynomialThreshold
from simplicity.sampling import Engine

SMALL = MLP(4, (6, 5), "tanh", weight_std=1.5, bias_std=0.7)


def generator():
    return np.random.Generator(np.random.SFC64(1))


def of_bits(bits, n_inputs):
    return np.unpackbits(bits, axis=1, bitorder="little", count=2**n_inputs).astype(bool)


def of_integers(numbers, n_inputs):
    return np.array([[number >> x & 1 for x in range(2**n_inputs)] for number in numbers], dtype=bool)


def in_torch(network, count):
    torch = pytest.importorskip("torch")
    from benchmarks.baselines import torch_networks

    torch.manual_seed(1)
    return of_bits(torch_networks.units_first(network, count), network.n_inputs)


def cubic(polynomial, count):
    return of_bits(thresholds.polynomial(generator(), thresholds.monomial_values(polynomial), count), 4)


CASES = {
    **{
        f"{name} {m.label}": (m, lambda m, n, f=f: of_bits(f(generator(), m, n), m.n_inputs), count)
        for name, f in networks.LAYOUTS.items()
        for m, count in ((SMALL, 20_000), (MLP(7, (40, 40)), 3000))
    },
    "torch relu": (MLP(7, (40, 40)), in_torch, 3000),
    "torch tanh": (SMALL, in_torch, 20_000),
    **{
        name: (Perceptron(4, weight_std=1.3), lambda m, n, f=f: of_bits(f(generator(), m, n), 4), 20_000)
        for name, f in thresholds.PERCEPTRONS.items()
    },
    "polynomial": (PolynomialThreshold(4, 3), cubic, 20_000),
    "circuits in words": (
        BooleanCircuit(4, 6), lambda m, n: unpack(circuits.in_words(generator(), m, n), 4), 20_000
    ),
    "circuits in booleans": (
        BooleanCircuit(4, 6), lambda m, n: of_bits(circuits.in_booleans(generator(), m, n), 4), 20_000
    ),
    "circuits in Python": (
        BooleanCircuit(4, 6), lambda m, n: of_integers(circuits.one_by_one(random.Random(1), m, n), 4), 20_000
    ),
    "trees in NumPy": (
        ExpressionTree(3), lambda m, n: unpack(trees.in_step(generator(), 3, n), 3), 20_000
    ),
    **{
        f"trees in Python, {form}": (
            ExpressionTree(3), lambda m, n, f=f: of_integers(f(random.Random(1), 3, n), 3), 20_000
        )
        for form, f in trees.RECURSIVE.items()
    },
    "large trees in NumPy": (
        ExpressionTree(7), lambda m, n: unpack(trees.in_step(generator(), 7, n), 7), 20_000
    ),
}  # fmt: skip


def features(tables, frequent):
    """Share of ones, its spread, changes along the table, and which frequent function it is, if any."""
    ones = tables.mean(axis=1)
    changes = (tables[:, 1:] != tables[:, :-1]).mean(axis=1)
    same = (tables[:, None] == frequent).all(axis=2)
    return np.column_stack([ones, (ones - 0.5) ** 2, changes, changes**2, same])


def largest_deviation(ours, theirs):
    """In standard errors, over the means of all features."""
    tables, counts = np.unique(ours, axis=0, return_counts=True)
    frequent = tables[np.argsort(-counts)[:8]]
    a, b = features(ours, frequent), features(theirs, frequent)
    errors = np.sqrt(a.var(axis=0) / len(a) + b.var(axis=0) / len(b))
    return float(np.max(np.abs(a.mean(axis=0) - b.mean(axis=0)) / np.maximum(errors, 1e-12)))


def ours(pf_map, count):
    words, undefined = Engine(pf_map, seed=2).samples(0, count)
    assert not undefined.any()
    return unpack(words, pf_map.n_inputs)


@pytest.mark.parametrize("case", CASES)
def test_a_baseline_has_the_law_of_our_map(case):
    pf_map, baseline, count = CASES[case]
    assert largest_deviation(ours(pf_map, count), baseline(pf_map, count)) < 5


@pytest.mark.parametrize(
    ("case", "wrong"),
    [
        ("W @ X + b", Perceptron(4, weight_std=1.0)),
        ("h @ W " + SMALL.label, MLP(4, (6, 5), "relu", weight_std=1.5, bias_std=0.7)),
        ("circuits in words", BooleanCircuit(4, 6, gates=("and", "or", "xor"))),
        ("trees in NumPy", ExpressionTree(3, leaf_probability=0.55)),
        ("trees in Python, cut at level 100", ExpressionTree(3, leaf_probability=0.55)),
    ],
)
def test_another_law_is_noticed(case, wrong):
    """Negative control."""
    pf_map, baseline, count = CASES[case]
    assert largest_deviation(ours(wrong, count), baseline(pf_map, count)) > 5


def test_a_cut_that_is_too_low_is_noticed(monkeypatch):
    """Negative control: whole trees of at most one gate have another law."""
    monkeypatch.setattr(trees, "LEVELS", 1)
    pf_map, baseline, count = CASES["trees in Python, cut at level 100"]
    assert largest_deviation(ours(pf_map, count), baseline(pf_map, count)) > 5


def test_the_reference_program_gives_k_lz():
    words = generator().integers(0, 2**64, (300, 2), dtype=np.uint64)
    words[:100] &= words[100:200] & words[200:]  # less random
    texts = [*to_strings(words, 7), "0" * 128, "1" * 128, "01" * 64, "0" * 127 + "1"]
    expected = simplicity.complexity.measure("lz76")(from_strings(texts), 7)
    assert [strings.k_lz(text) for text in texts] == pytest.approx(expected.tolist())


PROGRAMS = (counting.by_unique, counting.by_lexsort, counting.by_hash_and_argsort)


def counts_of(program, words):
    found, counts = program(words)
    assert len(found) == len(counts)
    return {tuple(row): int(count) for row, count in zip(found.tolist(), counts, strict=True)}


@pytest.mark.parametrize("program", PROGRAMS)
def test_counting(program):
    words = generator().integers(0, 8, (5000, 2), dtype=np.uint64)
    expected = {}
    for row in words.tolist():
        expected[tuple(row)] = expected.get(tuple(row), 0) + 1
    assert counts_of(program, words) == expected
    assert sorted(counting.by_counter(words).values()) == sorted(expected.values())


def test_functions_of_equal_hash_are_told_apart():
    def first_half(word):
        mixed = word * 0x9E3779B97F4A7C15 % 2**64
        return mixed ^ mixed >> 29

    pairs = [(3, 10), (4, (first_half(3) + 10 - first_half(4)) % 2**64)]
    words = np.array(pairs * 3, dtype=np.uint64)
    assert counts_of(counting.by_hash_and_argsort, words) == dict.fromkeys(pairs, 3)
