"""Formulas: values against Python's own operators, precedence, round trips, marked errors, hostile text."""

import itertools

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from simplicity.functions import (
    FormulaError,
    as_function,
    from_strings,
    named_functions,
    names,
    pack,
    parse,
    to_integers,
    to_strings,
)
from tests import naive


def table(text, n_inputs):
    return to_strings(parse(text, n_inputs), n_inputs)[0]


def by_python(text, n_inputs):
    """The truth table of a formula in Python's own syntax, by Python."""
    code = compile(text, "formula", "eval")
    rows = (naive.input_at(x, n_inputs) for x in range(2**n_inputs))
    return "".join(
        str(int(bool(eval(code, {}, {f"x{k + 1}": bool(b) for k, b in enumerate(r)})))) for r in rows
    )


@pytest.mark.parametrize("n_inputs", range(1, 7))
def test_names_parse_back_to_their_functions(n_inputs):
    for name, words in named_functions(n_inputs).items():
        assert np.array_equal(parse(name, n_inputs), words), name


@given(st.integers(1, 4).flatmap(lambda n: st.tuples(st.just(n), st.integers(0, 2 ** (2**n) - 1))))
def test_what_names_prints_parses_back(case):
    n_inputs, integer = case
    words = from_strings([format(integer, f"0{2**n_inputs}b")])
    if name := names(words, n_inputs)[0]:
        assert np.array_equal(parse(name, n_inputs), words[0])


LITERALS = st.sampled_from(["x1", "x2", "x3"])
TIGHT = st.recursive(
    LITERALS,
    lambda part: st.one_of(
        st.builds("({})".format, part),
        st.builds("({} ^ {})".format, part, part),
        st.builds("{} {} {}".format, part, st.sampled_from("&|^"), part),
    ),
    max_leaves=8,
)
LOOSE = st.recursive(
    TIGHT,
    lambda part: st.one_of(
        st.builds("not {}".format, part),
        st.builds("({})".format, part),
        st.builds("{} {} {}".format, part, st.sampled_from(["and", "or"]), part),
    ),
    max_leaves=8,
)


@settings(max_examples=300, deadline=None)
@given(LOOSE)
def test_precedence_is_that_of_python(text):
    """On bools, Python's & | ^ and or not are the same operators; its ~ is not, so it is left out."""
    try:
        expected = by_python(text, 3)
    except SyntaxError:  # such as `x1 & not x2`
        with pytest.raises(FormulaError, match="binds looser"):
            parse(text, 3)
    else:
        assert table(text, 3) == expected


@pytest.mark.parametrize(
    ("text", "same"),
    [
        ("~x1 & x2", "(~x1) & x2"),
        ("!x1 ^ x2", "(~x1) ^ x2"),
        ("x1 xor x2 and x3", "x1 ^ (x2 & x3)"),
        ("x1 xor x2 or x3", "(x1 ^ x2) | x3"),
        ("x1 or x2 ^ x3", "x1 | (x2 ^ x3)"),
        ("not x1 xor x2", "(~x1) ^ x2"),
        ("not not x1 & x2", "x1 & x2"),
        ("~~~x1", "~x1"),
        ("not ~x1", "x1"),
        ("x1 and not x2", "x1 & ~x2"),
        ("X1&x2\n|\tx3", "(x1 & x2) | x3"),
        ("threshold(2, x1, x2, x3)", "maj(x1, x2, x3)"),
        ("threshold(0, x1)", "1"),
        ("threshold(4, x1, x2, x3)", "0"),
        ("maj(x1, x2)", "x1 & x2"),
        ("maj(x1 & x2, 1, x3)", "(x1 & x2) | x3"),
        ("parity(x1, x2, x3, 1)", "~(x1 ^ x2 ^ x3)"),
        ("ite(x1, x2, x3)", "(x1 & x2) | (~x1 & x3)"),
        ("[x1 + x2 + x3 > 1]", "maj(x1,x2,x3)"),
        ("~[x1+x2 >= 1]", "~x1 & ~x2"),
        ("[x1+x2 == 1]", "x1 ^ x2"),
        ("[x1+x2+x3 <= 2]", "~(x1 & x2 & x3)"),
        ("[x1 + x2 | x3 < 1]", "~x1 & ~(x2 | x3)"),
    ],
)
def test_equal_formulas(text, same):
    assert table(text, 3) == table(same, 3)


@pytest.mark.parametrize("n_inputs", [1, 3, 6, 7, 12])
def test_counts_of_inputs(n_inputs):
    bits = np.array([naive.input_at(x, n_inputs) for x in range(2**n_inputs)])
    every = ",".join(f"x{k + 1}" for k in range(n_inputs))
    assert np.array_equal(parse(f"parity({every})"), pack(bits.sum(axis=1) % 2 == 1))
    assert np.array_equal(parse(f"maj({every})"), pack(2 * bits.sum(axis=1) > n_inputs))
    for k in range(n_inputs + 2):
        assert np.array_equal(parse(f"threshold({k},{every})"), pack(bits.sum(axis=1) >= k))


def test_number_of_inputs():
    assert len(parse("x7")) == 2
    assert np.array_equal(parse("x2", 2), from_strings("0101")[0])
    assert np.array_equal(parse("x2"), parse("x2", 2))
    assert np.array_equal(parse("x2", 3), from_strings("00110011")[0])
    assert np.array_equal(parse("1"), from_strings("11")[0])


@pytest.mark.parametrize(
    ("text", "problem", "column"),
    [
        ("x1 ^ y", "unknown name 'y'", 6),
        ("x1 ^ x4", "there is no input x4: inputs are x1 to x3", 6),
        ("x0", "there is no input x0", 1),
        ("x1 & x99999999999999999999", "there is no input x9999", 6),
        ("", r"expected an input, a constant or '\(', found the end", 1),
        ("   ", "found the end", 4),
        ("x1 &", "found the end", 5),
        ("x1 x2", "expected an operator or the end, found 'x2'", 4),
        ("x1 & & x2", "found '&'", 6),
        ("(x1 | x2", r"expected '\)', found the end", 9),
        ("x1)", r"found '\)'", 3),
        ("x1 & not x2", "'not' binds looser", 6),
        ("and x1", "expected an input before 'and'", 1),
        ("x1 + x2", r"found '\+'", 4),
        ("x1 * x2", r"unexpected character '\*'", 4),
        ("x1 == x2", "found '=='", 4),
        ("2", "the number 2 is no constant", 1),
        ("maj x1", r"expected '\('", 5),
        ("maj()", r"found '\)'", 5),
        ("maj(x1,)", r"found '\)'", 8),
        ("ite(x1, x2)", "ite takes 3 arguments, got 2", 1),
        ("threshold(x1, x2)", "expected a whole number", 11),
        ("threshold(2)", "expected ','", 12),
        ("threshold(99999999, x1)", "below a million", 11),
        ("[x1 + x2]", "expected", 9),
        ("[x1 > x2]", "expected a whole number", 7),
        ("__import__('os')", "unexpected character", 12),
        ("x1.real", "unexpected character", 3),
    ],
)
def test_errors_mark_the_place(text, problem, column):
    with pytest.raises(FormulaError, match=problem) as caught:
        parse(text, 3)
    assert caught.value.column == column
    lines = str(caught.value).splitlines()
    assert lines[-1].index("^") - 4 == column - 1
    assert f"at column {column}" in lines[0]
    assert "\n" not in caught.value.summary


def test_hostile_text_is_refused_quickly():
    for text in ("(" * 5000, "maj(" * 2000, "[" * 9000, "~(" * 4000 + "x1", "not (" * 1500):
        with pytest.raises(FormulaError, match="nested more than 50 deep"):
            parse(text)
    with pytest.raises(FormulaError, match="may have 10000 characters"):
        parse("x1" + " " * 10_000)
    assert table("~" * 9998 + "x1", 1) == "01"
    assert table("not " * 2001 + "x1", 1) == "10"
    deepest = "0 or 0 xor 1 and 0 | 0 ^ 1 & ("  # every level of operators in every parenthesis
    assert table(deepest * 50 + "x1" + ")" * 50, 1) == "01"
    with pytest.raises(ValueError, match="must be text, got int"):
        parse(3)


@given(st.text(alphabet="x123 &|^~()[],+>maj", max_size=30))
def test_any_text_is_a_function_or_a_marked_error(text):
    try:
        assert parse(text, 3).shape == (1,)
    except FormulaError as error:
        assert 1 <= error.column <= len(text) + 1


@given(st.integers(1, 7).flatmap(lambda n: st.tuples(st.just(n), st.integers(0, 2 ** (2**n) - 1))))
def test_tables_hexadecimal_and_words_agree(case):
    n_inputs, integer = case
    words = from_strings([format(integer, f"0{2**n_inputs}b")])[0]
    digits = max(1, 2**n_inputs // 4)
    for given_as in (format(integer, f"0{2**n_inputs}b"), f" 0x{integer:0{digits}X}\n", words, words[None]):
        found = as_function(given_as, n_inputs)
        assert found.shape == words.shape
        assert list(to_integers(found, n_inputs)) == [integer]


def test_a_single_digit_is_a_constant():
    for n_inputs in (1, 2, 7):
        assert to_strings(as_function("0", n_inputs), n_inputs) == ["0" * 2**n_inputs]
        assert to_strings(as_function("1", n_inputs), n_inputs) == ["1" * 2**n_inputs]


@pytest.mark.parametrize(
    ("given_as", "n_inputs", "message"),
    [
        ("01", 2, "a truth table of 2 inputs has 4 zeros and ones, got 2: '01'"),
        ("0" * 128, 6, "has 64 zeros and ones, got 128: '0{37}...'"),
        ("0x66", 2, r"has 2\^n / 4 hexadecimal digits after 0x \(1\), got 2: '0x66'"),
        ("0xg", 2, "only the digits 0 to 9 and a to f may follow 0x, got '0xg'"),
        ("0x", 2, "got 0: '0x'"),
        ("0x4", 1, "4|bits|below"),
        ("x8", 7, "there is no input x8"),
        ("0110", 0, "n_inputs must be"),
        (np.zeros((2, 1), dtype=np.uint64), 3, "one function was expected, got words of 2"),
        (np.array([256], dtype=np.uint64), 3, "zeros above bit 7"),
    ],
)
def test_wrong_specifications_are_refused(given_as, n_inputs, message):
    with pytest.raises(ValueError, match=message):
        as_function(given_as, n_inputs)


def test_every_pair_of_operators_against_python():
    """x1 op x2 op x3 for all pairs, with and without negations in front."""
    operators = ["&", "|", "^", "and", "or"]
    for first, second, before in itertools.product(operators, operators, ["", "not "]):
        text = f"{before}x1 {first} x2 {second} x3"
        assert table(text, 3) == by_python(text, 3), text
