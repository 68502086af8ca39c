"""Every built-in map against its twin, which makes parameters from the documented layout of the noise."""

import itertools
import re

import numpy as np
import pytest

from simplicity import functions
from simplicity.compilation import kernel
from simplicity.maps import (
    MLP,
    NNGP,
    BooleanCircuit,
    ExpressionTree,
    LookupTable,
    Perceptron,
    PolynomialCurve,
    PolynomialThreshold,
)
from simplicity.maps.evaluate import Evaluator
from simplicity.maps.expression_tree import child_address, draw_node
from simplicity.maps.gates import GATES, apply_gate
from tests import naive

SIZES = [1, 2, 3, 5, 7, 9]
ROWS = 4
SEED = 2**40 + 1
PRECISION = 2e-5  # of float32 logits, relative to the largest of them (or to 1)


def rows_of(pf_map, rows=ROWS):
    """Noise as the map gets it, and the same from the twin's own generator."""
    noise = pf_map.noise
    drawn = noise.draw(SEED, np.arange(rows, dtype=np.uint64) + 2**33)
    if noise.size is None:
        return drawn, drawn.tolist()
    wide = noise.precision == "float64"
    twins = [naive.noise_numbers(noise.kind, wide, SEED, 2**33 + row, 0, noise.size) for row in range(rows)]
    return drawn, twins


def assert_logits_agree(pf_map, precision=PRECISION):
    drawn, twins = rows_of(pf_map)
    evaluator = Evaluator(pf_map)
    logits = evaluator.logits(drawn)
    words, undefined = evaluator.functions(drawn)
    assert not undefined.any()
    expected = np.array([naive.LOGITS[pf_map.name](pf_map.options(), row) for row in twins], dtype=float)
    scale = np.maximum(1, np.abs(expected).max(axis=1, keepdims=True))
    assert (np.abs(logits - expected) / scale).max() < precision
    clear = np.abs(expected) > precision * scale
    assert np.array_equal(functions.unpack(words, pf_map.n_inputs)[clear], (expected > 0)[clear])
    assert np.abs(logits[~clear]).max(initial=0) < 2 * precision * scale.max()


def assert_tables_agree(pf_map, rows=ROWS):
    drawn, twins = rows_of(pf_map, rows)
    words, undefined = Evaluator(pf_map).functions(drawn)
    assert not undefined.any()
    expected = [naive.TABLES[pf_map.name](pf_map.options(), row) for row in twins]
    assert functions.to_strings(words, pf_map.n_inputs) == expected


def assert_parameters_agree(pf_map, twin):
    drawn, twins = rows_of(pf_map)
    for row, twin_row in zip(drawn, twins, strict=True):
        found, expected = pf_map.parameters(row), twin(pf_map.options(), twin_row)
        assert set(found) == set(expected)
        for name, value in expected.items():
            if name == "monomials":
                assert list(found[name]) == value
            else:
                assert np.shape(found[name]) == np.shape(value)
                np.testing.assert_allclose(found[name], value, rtol=0, atol=1e-5)


@pytest.mark.parametrize("inputs", ["01", "pm1"])
@pytest.mark.parametrize("distribution", ["normal", "uniform"])
@pytest.mark.parametrize("n_inputs", SIZES)
def test_perceptron(n_inputs, distribution, inputs):
    pf_map = Perceptron(n_inputs, 1.5, 0.7, distribution, inputs)
    assert_logits_agree(pf_map)
    assert_parameters_agree(pf_map, naive.perceptron)
    assert_logits_agree(Perceptron(n_inputs, 1.5, 0, distribution, inputs))


@pytest.mark.parametrize("activation", ["relu", "tanh", "linear", "erf", "sin"])
@pytest.mark.parametrize("n_inputs", SIZES)
def test_mlp_of_every_activation(n_inputs, activation):
    for widths, distribution, inputs in [
        ((6,), "normal", "01"),
        ((5, 7), "uniform", "pm1"),
        ((1, 4, 3), "normal", "pm1"),
    ]:
        pf_map = MLP(n_inputs, widths, activation, 1.5, 0.7, distribution, inputs)
        assert_logits_agree(pf_map)
        assert_parameters_agree(pf_map, naive.mlp)


@pytest.mark.parametrize("widths", [(1,), (40, 40), (3, 1, 9, 2), (1, 1, 1, 1, 1)])
@pytest.mark.parametrize("bias_std", [0, 1])
def test_mlp_of_every_shape(widths, bias_std):
    for distribution, inputs in itertools.product(["normal", "uniform"], ["01", "pm1"]):
        assert_logits_agree(MLP(4, widths, "tanh", 2.0, bias_std, distribution, inputs))


@pytest.mark.parametrize("inputs", ["01", "pm1"])
@pytest.mark.parametrize("activation", ["relu", "erf"])
@pytest.mark.parametrize("n_inputs", [1, 2, 3, 4, 7])
def test_nngp(n_inputs, activation, inputs):
    """At n = 7 the factor is made in two panels, as in all larger cases."""
    for depth, bias_std in [(0, 0.7), (1, 0), (3, 1)]:
        pf_map = NNGP(n_inputs, depth, 1.5, bias_std, activation, inputs)
        assert_logits_agree(pf_map, 1e-6)  # where the kernel is singular, up to the root of its rounding
        assert_parameters_agree(pf_map, naive.nngp)


@pytest.mark.parametrize("basis", ["monomial", "walsh"])
@pytest.mark.parametrize("distribution", ["normal", "uniform"])
@pytest.mark.parametrize("n_inputs", SIZES)
def test_polynomial_threshold(n_inputs, distribution, basis):
    for degree in sorted({0, 1, n_inputs // 2, n_inputs} if n_inputs < 9 else {0, 1, 3}):
        pf_map = PolynomialThreshold(n_inputs, degree, basis, 2.5, distribution)
        assert_logits_agree(pf_map)
        assert_parameters_agree(pf_map, naive.polynomial_threshold)


@pytest.mark.parametrize("basis", ["monomial", "legendre", "chebyshev"])
@pytest.mark.parametrize("distribution", ["normal", "uniform"])
@pytest.mark.parametrize("n_inputs", SIZES)
def test_polynomial_curve(n_inputs, distribution, basis):
    for degree in sorted({0, 1, min(10, 2**n_inputs - 1), min(40, 2**n_inputs - 1)}):
        pf_map = PolynomialCurve(n_inputs, degree, basis, 2.5, distribution)
        assert_logits_agree(pf_map)
        assert_parameters_agree(pf_map, naive.polynomial_curve)


@pytest.mark.parametrize("gates", ["all", "binary", "and-or-xor", "nand", ("xor", "xor", "one")], ids=str)
@pytest.mark.parametrize("n_inputs", SIZES)
def test_boolean_circuit(n_inputs, gates):
    for n_gates in (1, 2, 17):
        pf_map = BooleanCircuit(n_inputs, n_gates, gates)
        assert_tables_agree(pf_map)
        drawn, twins = rows_of(pf_map)
        for row, twin in zip(drawn, twins, strict=True):
            sources = [f"x{i + 1}" for i in range(n_inputs)] + [f"g{g + 1}" for g in range(n_gates)]
            assert pf_map.parameters(row)["program"] == [
                f"g{g} = {gate}({sources[first]}, {sources[second]})"
                for g, (gate, first, second) in enumerate(naive.circuit(pf_map.options(), twin), start=1)
            ]


@pytest.mark.parametrize(
    ("operators", "leaf_probability"),
    [
        (("and", "or"), 0.5),
        (("nand",), 0.5),
        (("and", "or", "xor"), 0.55),
        (("xor", "not_a", "b", "zero"), 0.6),
        (("and",), 1.0),
    ],
    ids=str,
)
@pytest.mark.parametrize("n_inputs", [1, 2, 3, 5, 7])
def test_expression_tree(n_inputs, operators, leaf_probability):
    assert_tables_agree(ExpressionTree(n_inputs, operators, leaf_probability), rows=40 if n_inputs < 6 else 6)


def test_trees_grown_side_by_side_are_those_grown_alone():
    """Tapes of several seeds and draws in one call: each is read by its own tree only."""
    pf_map = ExpressionTree(7, ("and", "nor", "xor", "b"), 0.5)
    generator = np.random.default_rng(0)
    tapes = generator.integers(0, 2**63, (120, 4), dtype=np.uint64)
    tapes[:90, 0] = np.repeat([3, 2**40 + 3, 3], 30)
    evaluator = Evaluator(pf_map)
    together = evaluator.functions(tapes)[0]
    alone = np.concatenate([evaluator.functions(tape[None])[0] for tape in tapes])
    assert np.array_equal(together, alone)
    assert len(np.unique(together, axis=0)) > 30


@kernel
def level_reached(tape, last_leaf, limit, stack):
    """The level of the deepest node of the whole tree, at most ``limit``."""
    stack[0, 0], stack[0, 1], size, deepest = 1, 0, 1, 0
    while size > 0 and deepest < limit:
        size -= 1
        address, level = stack[size, 0], stack[size, 1]
        deepest = max(deepest, np.int64(level))
        if not draw_node(tape, address, last_leaf, 1, 1)[0]:
            for side in range(2):
                stack[size, 0], stack[size, 1] = child_address(address, side), level + np.uint64(1)
                size += 1
    return deepest


def test_trees_that_are_too_deep_are_undefined():
    """Exclusive ors need their whole trees, of which one in a thousand, all but critical, has 2048 levels."""
    pf_map = ExpressionTree(1, ("xor",), 0.5005)
    tapes, stack = pf_map.noise.draw(0, np.arange(5000)), np.empty((4000, 2), dtype=np.uint64)
    last_leaf = np.uint64(int(0.5005 * 2**64) - 1)
    is_undefined = Evaluator(pf_map).functions(tapes)[1] != 0
    assert is_undefined.tolist() == [level_reached(tape, last_leaf, 2048, stack) == 2048 for tape in tapes]
    assert 1 <= is_undefined.sum() <= 20


@pytest.mark.parametrize("n_inputs", [1, 2, 3, 5])
def test_formula_of_a_tree_computes_its_function(n_inputs):
    """The text that ``parameters`` gives, evaluated at every position; * stands for what nothing needs."""
    pf_map = ExpressionTree(n_inputs, ("and", "or", "xor", "nand"), 0.6)
    drawn, _ = rows_of(pf_map, 60)
    strings = functions.to_strings(Evaluator(pf_map).functions(drawn)[0], n_inputs)
    names = {f"_{name}": gate for name, gate in naive.GATES.items()}
    for row, string in zip(drawn, strings, strict=True):
        formula = re.sub(r"(\w+)\(", r"_\1(", pf_map.parameters(row)["formula"]).replace("~", "1 - ")
        for unneeded in (0, 1):
            code = compile(formula.replace("*", str(unneeded)), "formula", "eval")
            values = (
                eval(code, names, {f"x{i + 1}": bit for i, bit in enumerate(naive.input_at(x, n_inputs))})
                for x in range(2**n_inputs)
            )
            assert "".join(map(str, values)) == string


@pytest.mark.parametrize("n_inputs", [*SIZES, 12])
def test_lookup_table(n_inputs):
    assert_tables_agree(LookupTable(n_inputs))


def test_gates_on_words():
    a, b = np.uint64(0b1100), np.uint64(0b1010)
    assert set(GATES) == set(naive.GATES)
    for name, table in GATES.items():
        word = int(apply_gate(table, a, b))
        for place in range(4):
            assert word >> place & 1 == table >> place & 1 == naive.GATES[name](place // 2, place % 2)
