"""GROUND_TRUTH §5: random trees and circuits against their exact laws. False-alarm rate 1e-4 a test."""

import math

import numpy as np
import pytest
from scipy import stats

from simplicity import functions
from simplicity.maps import BooleanCircuit, ExpressionTree, LookupTable
from tests import naive
from tests.maps.chi_square import ALARM, counts_of, goodness, sample_words

TREES = [
    (("and", "or"), 0.5),
    (("and", "or"), 0.4),
    (("nand",), 0.5),
    (("and", "or", "xor"), 0.6),
    (("xor",), 0.6),
    (("a_and_not_b", "or", "or", "b"), 0.55),
]


@pytest.mark.parametrize(("operators", "leaf_probability"), TREES, ids=str)
@pytest.mark.parametrize("n_inputs", [1, 2, 3])
def test_trees_follow_the_fixed_point_of_their_process(n_inputs, operators, leaf_probability):
    law = naive.tree_law(n_inputs, operators, leaf_probability)
    counts = counts_of(ExpressionTree(n_inputs, operators, leaf_probability), 500_000)
    assert goodness(counts, law) > ALARM
    other = counts_of(ExpressionTree(n_inputs, operators, leaf_probability + 0.02), 500_000)
    assert goodness(other, law) < ALARM


def test_published_law_of_one_input():
    law = naive.tree_law(1, ("and", "or"), 0.5)
    constant = 1 - math.sqrt(3) / 2
    np.testing.assert_allclose(law, [constant, math.sqrt(3) / 2 - 0.5, math.sqrt(3) / 2 - 0.5, constant])
    np.testing.assert_allclose(law[:2], [0.1339746, 0.3660254], atol=1e-7)


def test_a_cap_on_size_would_be_noticed():
    """Negative control: trees of at most 30 gates, the rest drawn again, miss the law by percents."""
    generator = np.random.default_rng(0)

    def capped():
        while True:
            stack, formula = 1, []
            while stack and len(formula) <= 30:
                stack -= 1
                leaf = generator.random() < 0.5
                formula.append((leaf, int(generator.integers(2))))
                stack += 0 if leaf else 2
            if not stack:
                values = []
                for leaf, choice in reversed(formula):
                    if leaf:
                        values.append((0b01, 0b10)[choice])
                    else:
                        a, b = values.pop(), values.pop()
                        values.append(a & b if choice else a | b)
                return values[0]

    counts = np.bincount([capped() for _ in range(100_000)], minlength=4)
    assert goodness(counts, naive.tree_law(1, ("and", "or"), 0.5)) < ALARM


@pytest.mark.parametrize("n_inputs", [1, 4, 7])
def test_a_certain_leaf_gives_the_literals_alone(n_inputs):
    words = sample_words(ExpressionTree(n_inputs, ("and", "or"), 1.0), 50_000)
    literals = np.array(
        [functions.named_functions(n_inputs)[f"{no}x{i + 1}"] for i in range(n_inputs) for no in ("", "~")]
    )
    counts = [int((words == literal).all(axis=1).sum()) for literal in literals]
    assert sum(counts) == 50_000
    assert stats.chisquare(counts).pvalue > ALARM


@pytest.mark.parametrize(
    ("operators", "leaf_probability", "mean"),
    [
        (("and", "or"), 1 / 3, 1),
        (("and", "or"), 0.2, 1.2),
        (("xor",), 0.5, 1),
        (("xor", "xnor"), 0.3, 1.4),
        (("b",), 0.5, 1),
    ],
)
def test_processes_that_are_not_subcritical_are_refused(operators, leaf_probability, mean):
    with pytest.raises(
        ValueError, match=f"leaf_probability .* got {leaf_probability}: .* {mean} subtrees a node"
    ):
        ExpressionTree(3, operators, leaf_probability)


@pytest.mark.parametrize(
    ("operators", "leaf_probability", "mean"),
    [
        (("and", "or"), 0.5, 0.75),
        (("and", "or"), 0.4, 0.9),
        (("xor",), 0.6, 0.8),
        (("a",), 0.5, 0.5),
        (("and", "xor"), 0.5, None),
    ],
)
def test_mean_offspring(operators, leaf_probability, mean):
    """1.5 (1 - p) for And/Or, 2 (1 - p) where both sides are always needed."""
    tree = ExpressionTree(2, operators, leaf_probability)
    assert mean is None or tree.mean_offspring == pytest.approx(mean)
    assert 0 < tree.mean_offspring < 1


@pytest.mark.parametrize(
    ("n_inputs", "n_gates", "gates"),
    [
        (1, 1, "all"),
        (1, 2, "binary"),
        (1, 2, "all"),
        (2, 1, "binary"),
        (2, 1, "all"),
        (2, 2, "and-or-xor"),
        (2, 2, "binary"),
        (2, 2, "nand"),
        (2, 3, ("nand", "xor")),
        (3, 2, ("or", "or", "xnor")),
    ],
)
def test_circuits_follow_the_count_of_programs(n_inputs, n_gates, gates):
    circuit = BooleanCircuit(n_inputs, n_gates, gates)
    law = naive.circuit_law(n_inputs, n_gates, circuit.gates)
    counts = counts_of(circuit, 500_000)
    length = 2**n_inputs
    assert goodness(counts, [law.get(f"{f:0{length}b}", 0) for f in range(2**length)]) > ALARM
    assert set(np.flatnonzero(counts)) == {int(table, 2) for table in law}


def test_a_circuit_of_one_gate_less_is_noticed():
    law = naive.circuit_law(2, 2, ("nand",))
    counts = counts_of(BooleanCircuit(2, 1, "nand"), 500_000)
    assert goodness(counts, [law.get(f"{f:04b}", 0) for f in range(16)]) < ALARM


@pytest.mark.parametrize("n_inputs", [4, 7, 9])
def test_entries_of_the_null_model_are_fair_and_independent(n_inputs):
    tables = functions.unpack(sample_words(LookupTable(n_inputs), 20_000), n_inputs)
    p_values = [stats.binomtest(int(k), 20_000).pvalue for k in tables.sum(axis=0)]
    assert min(p_values) > ALARM / 2**n_inputs
    neighbours = (tables[:, 1:] ^ tables[:, :-1]).sum(axis=0)
    assert min(stats.binomtest(int(k), 20_000).pvalue for k in neighbours) > ALARM / 2**n_inputs
