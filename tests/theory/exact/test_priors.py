"""Exact priors against enumerations, published laws and samples. False-alarm rate 1e-4 a sampled test."""

import itertools
import math
from fractions import Fraction

import numpy as np
import pytest

from simplicity import functions
from simplicity.maps import BooleanCircuit, ExpressionTree, LookupTable, Perceptron, PolynomialThreshold
from simplicity.theory import exact
from tests import naive
from tests.maps.chi_square import ALARM, counts_of, goodness


def by_integer(law):
    """Probabilities in the order of strings, (2^(2^n),)."""
    everything = functions.from_integers(range(2**2**law.n_inputs), law.n_inputs)
    return law.prior_of(everything)


def test_order_lookup_and_moments():
    law = exact.ExactPrior.of_weights(2, [[6], [0], [15], [9]], [2, 4, 1, 1], "by hand")
    assert functions.to_strings(law.functions, 2) == ["0000", "0110", "1001", "1111"]
    assert law.prior.tolist() == [1 / 2, 1 / 4, 1 / 8, 1 / 8]
    assert law.entropy == pytest.approx(1.75)
    assert law.log2_prior.tolist() == [-1, -2, -3, -3]
    assert law.of_ones().tolist() == [1 / 2, 0, 3 / 8, 0, 1 / 8]
    assert law.given_ones(2).fraction_of("0110") == Fraction(2, 3)
    assert law.index_of("1111") == 3
    assert law.index_of("1010") is None
    assert law.fraction_of("1010") == 0
    keys, sums = law.by_class(["b", "a", "a", "b"])
    assert (keys.tolist(), sums.tolist()) == (["a", "b"], [3 / 8, 5 / 8])
    table = law.to_pandas(complexity="entropy")
    assert table.columns.tolist() == ["function", "prior", "entropy"]
    with pytest.raises(ValueError, match="has 1 ones"):
        law.given_ones(1)
    with pytest.raises(ValueError, match="not known as fractions"):
        exact.tree_prior(ExpressionTree(1)).fraction_of("01")
    with pytest.raises(ValueError, match="sum to 1"):
        exact.ExactPrior(1, law.functions[:1], np.array([0.5]), "half a law")


TREES = [
    (("and", "or"), 0.5),
    (("nand",), 0.5),
    (("nor", "xnor", "not_a"), 0.7),
    (("a_and_not_b", "or", "or", "b"), 0.55),
    (("not_a_or_b", "a_or_not_b", "not_a_and_b", "one", "zero", "not_b", "a", "xor"), 0.6),
    (("and",), 0.5),
]


@pytest.mark.parametrize(("operators", "leaf_probability"), TREES, ids=str)
@pytest.mark.parametrize("n_inputs", [1, 2, 3])
def test_tree_law_is_the_fixed_point(n_inputs, operators, leaf_probability):
    law = exact.tree_prior(ExpressionTree(n_inputs, operators, leaf_probability))
    expected = naive.tree_law(n_inputs, operators, leaf_probability)
    np.testing.assert_allclose(by_integer(law), expected, atol=1e-13)


def test_tree_law_of_four_inputs():
    """All functions, orbits constant to the last digits, the rarest the two parities; and the samples."""
    tree = ExpressionTree(4)
    law = exact.tree_prior(tree)
    assert len(law) == 2**16
    for other in (
        functions.complement(law.functions, 4),
        functions.negate_inputs(law.functions, 4, [2]),
        functions.permute_inputs(law.functions, 4, [1, 2, 3, 0]),
    ):
        np.testing.assert_allclose(law.prior_of(other), law.prior, rtol=1e-9)
    parity = functions.named_functions(4)["parity(x1,x2,x3,x4)"]
    assert law.index_of(parity) in (2**16 - 1, 2**16 - 2)
    assert 1e-18 < law.prior[-1] < 1e-17
    assert goodness(counts_of(tree, 300_000), by_integer(law)) > ALARM
    assert goodness(counts_of(ExpressionTree(4, leaf_probability=0.52), 300_000), by_integer(law)) < ALARM


def test_tree_law_of_one_input_as_published():
    law = exact.tree_prior(ExpressionTree(1))
    assert law.prior[0] == pytest.approx((math.sqrt(3) - 1) / 2, abs=1e-12)
    np.testing.assert_allclose(law.prior, [0.3660254, 0.3660254, 0.1339746, 0.1339746], atol=1e-7)


@pytest.mark.parametrize(
    ("n_inputs", "n_gates", "gates"),
    [(1, 3, "all"), (2, 1, "all"), (2, 2, "binary"), (2, 3, ("nand", "xor")), (3, 2, ("or", "or", "xnor"))],
)
def test_circuit_law_counts_all_programs(n_inputs, n_gates, gates):
    law = exact.circuit_prior(n_inputs, n_gates, gates)
    expected = naive.circuit_law(n_inputs, n_gates, BooleanCircuit(n_inputs, n_gates, gates).gates)
    assert dict(zip(functions.to_strings(law.functions, n_inputs), law.prior, strict=True)) == pytest.approx(
        expected, rel=1e-9
    )
    assert sum(law.numerators) == law.denominator


@pytest.mark.parametrize(
    ("n_inputs", "n_gates", "gates"), [(2, 6, "nand"), (3, 4, "binary"), (4, 3, "binary")]
)
def test_circuit_law_of_more_gates_on_samples(n_inputs, n_gates, gates):
    law = by_integer(exact.circuit_prior(n_inputs, n_gates, gates))
    assert goodness(counts_of(BooleanCircuit(n_inputs, n_gates, gates), 300_000), law) > ALARM
    assert goodness(counts_of(BooleanCircuit(n_inputs, n_gates - 1, gates), 300_000), law) < ALARM


def test_a_constant_gate_of_six_inputs():
    law = exact.circuit_prior(6, 2, ("one",))
    assert functions.to_strings(law.functions, 6) == ["1" * 64]


@pytest.mark.parametrize("inputs", ["01", "pm1"])
@pytest.mark.parametrize(
    ("n_inputs", "weights", "biases"),
    [
        (1, (-1, 0, 2), (0, 0, 1)),
        (2, (-3, -1, 1, 1, 2), (-2, 0, 1)),
        (3, (-2, -1, 1, 3), (0,)),
        (3, (-1, 1), range(-4, 5)),
    ],
)
def test_grid_perceptron_by_brute_force(n_inputs, weights, biases, inputs):
    values = naive.input_vectors(n_inputs, inputs).astype(int)
    expected = {}
    for *w, b in itertools.product(*[weights] * n_inputs, biases):
        table = "".join("01"[int(total + b > 0)] for total in values @ np.array(w))
        expected[table] = expected.get(table, 0) + 1
    law = exact.grid_perceptron(n_inputs, weights, biases, inputs)
    assert law.denominator == len(weights) ** n_inputs * len(biases)
    assert dict(zip(functions.to_strings(law.functions, n_inputs), law.numerators, strict=True)) == expected


def test_a_fine_grid_without_ties_has_the_law_of_symmetric_weights():
    """Powers of 3 never cancel (Theorem 4.1): every T is as likely; ±1 tie."""
    weights = [sign * 3**k for k in range(12) for sign in (1, -1)]
    law = exact.grid_perceptron(3, weights)
    ties = Fraction(sum(len({abs(w) for w in ws}) < 3 for ws in itertools.product(weights, repeat=3)), 24**3)
    deviation = max(abs(a - float(b)) for a, b in zip(law.of_ones(), exact.ones_without_bias(3), strict=True))
    assert 0 < deviation <= ties
    assert exact.grid_perceptron(2, (-1, 1)).of_ones().tolist() == [1 / 4, 1 / 2, 0, 1 / 4, 0]


def test_literals_of_a_fine_grid_tend_to_those_of_uniform_weights():
    for n_inputs in (2, 3, 4):
        weights = [sign * (2 * k + 1) for k in range(12) for sign in (1, -1)]
        literal = functions.named_functions(n_inputs)["x1"]
        found = exact.grid_perceptron(n_inputs, weights, (0,)).prior_of(literal)[0]
        assert found == pytest.approx(
            float(exact.literal_of_uniform_weights(n_inputs)), rel=0.35 / (5 - n_inputs)
        )


@pytest.mark.parametrize(
    "pf_map",
    [
        Perceptron(1),
        Perceptron(1, bias_std=0),
        Perceptron(2, bias_std=0.3),
        Perceptron(2, inputs="pm1"),
        Perceptron(2, bias_std=0, inputs="pm1"),
        Perceptron(3, bias_std=0),
        Perceptron(3, bias_std=0, inputs="pm1"),
    ],
    ids=repr,
)
def test_solid_angles_on_samples(pf_map):
    law = exact.gaussian_perceptron(pf_map)
    assert goodness(counts_of(pf_map, 500_000), by_integer(law)) > ALARM
    if pf_map.bias_std:
        other = Perceptron(pf_map.n_inputs, bias_std=1.1 * pf_map.bias_std, inputs=pf_map.inputs)
        assert goodness(counts_of(other, 500_000), by_integer(law)) < ALARM


def test_solid_angles_without_bias():
    law = exact.gaussian_perceptron(Perceptron(2, bias_std=0))
    np.testing.assert_allclose(law.prior, [1 / 4, 1 / 4, 1 / 8, 1 / 8, 1 / 8, 1 / 8])
    of_ones = exact.gaussian_perceptron(Perceptron(3, bias_std=0)).of_ones()
    np.testing.assert_allclose(of_ones, [float(p) for p in exact.ones_without_bias(3)], atol=1e-12)


def test_layered_machine_as_published_and_by_enumeration():
    assert exact.layered_machine_ones(2, 2) == tuple(
        Fraction(p) for p in ("85/512", "27/128", "63/256", "27/128", "85/512")
    )
    maps = np.array(list(itertools.product(range(4), repeat=4)))
    tables = np.array(list(itertools.product((0, 1), repeat=4)))
    for layers in (1, 2, 3):
        values = tables
        for _ in range(layers - 1):
            values = values[:, maps].reshape(-1, 4)
        found = np.bincount(values @ [8, 4, 2, 1], minlength=16) / len(values)
        np.testing.assert_allclose(found, by_integer(exact.layered_machine(2, layers)), rtol=1e-12)
    law = exact.layered_machine_ones(3, 7)
    assert sum(law) == 1
    assert sum(t * p for t, p in enumerate(law)) == 4  # a Wright-Fisher chain keeps its mean
    assert law == law[::-1]


def test_layered_machine_of_three_inputs_through_one_layer():
    """Each of the 256 output tables after a uniform map of 8 states: entries are independent."""
    law = exact.layered_machine(3, 2)
    for string in ("00000000", "01100001", "00010111"):
        of_table = [
            math.comb(8, i) * Fraction(i, 8) ** string.count("1") * Fraction(8 - i, 8) ** string.count("0")
            for i in range(9)
        ]
        assert law.fraction_of(string) == sum(of_table) / 2**8


def test_turing_machines_of_two_states():
    both = exact.turing_outputs(2)
    assert (both.runs, both.halted, both.longest) == (20_000, 6088, 6)
    assert float(both.probability("0")) == pytest.approx(0.328515, abs=5e-7)
    assert {float(both.probability(s)) for s in ("00", "01", "10", "11")} == {508 / 6088}
    assert 508 / 6088 == pytest.approx(0.083443, abs=5e-7)
    alone = exact.turing_outputs(2, blanks=(0,))
    assert alone.halted == 3044
    assert float(alone.probability("00")) == pytest.approx(0.086728, abs=5e-7)
    assert float(alone.probability("11")) == pytest.approx(0.080158, abs=5e-7)
    assert both.probability("0" * 9) == 0
    mirrored = exact.turing_outputs(2, blanks=(1,))
    assert {s.translate({48: 49, 49: 48}): c for s, c in alone.counts.items()} == mirrored.counts


@pytest.mark.parametrize(
    ("pf_map", "law"),
    [
        (LookupTable(3), exact.uniform_prior(3)),
        (PolynomialThreshold(3, 3, "walsh"), exact.uniform_prior(3)),
        (BooleanCircuit(2, 3, "nand"), exact.circuit_prior(2, 3, "nand")),
        (ExpressionTree(2), exact.tree_prior(ExpressionTree(2))),
        (Perceptron(2), exact.gaussian_perceptron(Perceptron(2))),
    ],
    ids=repr,
)
def test_law_of_a_map(pf_map, law):
    found = exact.exact_prior(pf_map)
    assert np.array_equal(found.functions, law.functions)
    assert np.array_equal(found.prior, law.prior)
    assert exact.exact_prior(PolynomialThreshold(5, 0)).prior.tolist() == [0.5, 0.5]


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: exact.exact_prior(PolynomialThreshold(3, 2)), "not known"),
        (lambda: exact.exact_prior(LookupTable(5)), "n_inputs must be 4 or less"),
        (lambda: exact.exact_prior(ExpressionTree(5)), "n_inputs must be 4 or less"),
        (lambda: exact.exact_prior(BooleanCircuit(4, 12)), "n_gates must be smaller"),
        (lambda: exact.exact_prior(BooleanCircuit(3, 6)), "n_gates must be smaller"),
        (lambda: exact.circuit_prior(7, 1), "n_inputs must be 6 or less"),
        (lambda: exact.exact_prior(Perceptron(3)), "three parameters at most"),
        (lambda: exact.exact_prior(Perceptron(2, distribution="uniform")), "normal weights"),
        (lambda: exact.grid_perceptron(3, ()), "weights must be ints"),
        (lambda: exact.grid_perceptron(3, (0.5,)), "weights must be ints"),
        (lambda: exact.grid_perceptron(7, (1,)), "n_inputs must be 6 or less"),
        (lambda: exact.grid_perceptron(6, range(40)), "weights must be a smaller grid"),
        (lambda: exact.layered_machine(5, 2), "n_inputs must be 4 or less"),
        (lambda: exact.turing_outputs(3), "n_states"),
        (lambda: exact.turing_outputs(2, (2,)), "blanks"),
    ],
)
def test_what_is_not_known_is_refused(call, message):
    with pytest.raises(ValueError, match=message):
        call()
