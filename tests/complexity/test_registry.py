"""The contract of every registered measure, and of a user's own."""

import dataclasses

import numpy as np
import pytest

from simplicity import functions
from simplicity.complexity import MEASURES, Measure, measure, table_measure

SIZES = [1, 2, 3, 5, 6, 7, 8, 10, 12]


@table_measure
def changes(tables):
    return np.count_nonzero(tables[:, 1:] != tables[:, :-1], axis=1)


def rarer_symbol(words, n_inputs):
    return np.minimum(functions.ones(words), 2**n_inputs - functions.ones(words))


COUNTS_THE_CONSTANT_ONE = {"anf_monomials", "sop_terms"}  # a product of no inputs; of the function 0 none
EVERY_MEASURE = [*MEASURES.values(), changes, measure(rarer_symbol)]


def random_words(n_inputs, count):
    return functions.pack(np.random.default_rng(n_inputs).random((count, 2**n_inputs)) < 0.3)


@pytest.fixture(params=EVERY_MEASURE, ids=lambda each: each.name)
def each(request):
    return request.param


def skip_unless_askable(each, n_inputs):
    if obstacle := each.obstacle(n_inputs):
        pytest.skip(obstacle)


@pytest.mark.parametrize("n_inputs", SIZES)
def test_one_finite_float_a_function(each, n_inputs):
    skip_unless_askable(each, n_inputs)
    values = each(random_words(n_inputs, 9), n_inputs)
    assert values.dtype == np.float64
    assert values.shape == (9,)
    assert np.all(np.isfinite(values))
    assert np.all(values >= 0)


@pytest.mark.parametrize("n_inputs", SIZES)
def test_a_value_depends_on_its_own_function_only(each, n_inputs):
    skip_unless_askable(each, n_inputs)
    words = random_words(n_inputs, 9)
    before = words.copy()
    together = each(words, n_inputs)
    assert np.array_equal(words, before)
    assert np.array_equal(together, [each(row, n_inputs)[0] for row in words])
    assert np.array_equal(together[::-1], each(words[::-1], n_inputs))
    assert np.array_equal(together[::2], each(words[::2], n_inputs))


@pytest.mark.parametrize("n_inputs", SIZES)
def test_constants_are_the_simplest_of_the_built_in_measures(each, n_inputs):
    skip_unless_askable(each, n_inputs)
    constants = functions.from_integers([0, 2**2**n_inputs - 1], n_inputs)
    low, high = each(constants, n_inputs)
    assert high == low + (each.name in COUNTS_THE_CONSTANT_ONE)
    assert low <= each(random_words(n_inputs, 9), n_inputs).min()


def test_no_functions_give_no_values(each):
    skip_unless_askable(each, 4)
    assert each(np.empty((0, 1), dtype=np.uint64), 4).shape == (0,)


def test_the_input_is_checked(each):
    with pytest.raises(ValueError, match="zeros above bit 3"):
        each(np.array([[16]], dtype=np.uint64), 2)
    with pytest.raises(ValueError, match="shape"):
        each(np.zeros((3, 1), dtype=np.uint64), 7)
    with pytest.raises(ValueError, match="dtype uint64"):
        each(np.zeros((3, 2)), 7)
    with pytest.raises(ValueError, match="n_inputs"):
        each(np.zeros((3, 2), dtype=np.uint64), 7.0)


def test_names_and_texts(each):
    for text in (each.name, each.label, each.units, each.source):
        assert text.strip()
    assert measure(each) is each


def test_registry_names_its_measures():
    for name, each in MEASURES.items():
        assert measure(name) is each
        assert each.name == name
    assert len({each.label for each in MEASURES.values()}) == len(MEASURES)


@pytest.mark.parametrize(("name", "nearest"), [("lz67", "lz7"), ("entropie", "entropy"), ("LZ78", "lz78")])
def test_unknown_names_get_a_suggestion(name, nearest):
    with pytest.raises(ValueError, match=f"measure '{name}' is unknown: did you mean '{nearest}"):
        measure(name)


@pytest.mark.parametrize("name", ["kolmogorov", "", "x"])
def test_names_that_are_near_none_get_no_suggestion(name):
    with pytest.raises(ValueError, match=f"measure '{name}' is unknown. There are lz76, ") as caught:
        measure(name)
    assert "did you mean" not in str(caught.value)


@pytest.mark.parametrize("wrong", [7, None, ["lz76"]])
def test_what_is_no_measure_is_refused(wrong):
    with pytest.raises(ValueError, match="must be a name, a Measure or a function"):
        measure(wrong)


@pytest.mark.parametrize(
    ("returned", "message"),
    [
        (lambda words, n: np.zeros((len(words), 1)), r"'<lambda>' must return shape \(4,\).*not \(4, 1\)"),
        (lambda words, n: 1.0, r"not \(\)"),
        (lambda words, n: None, r"not \(\)"),
        (lambda words, n: np.array([1.0, 2.0, np.nan, 0.0]), r"finite numbers, not nan \(row 2\)"),
        (lambda words, n: np.array([1.0, np.inf, 0.0, 0.0]), r"not inf \(row 1\)"),
        (lambda words, n: np.array(["a"] * 4), "must return floats, not dtype <U1"),
        (lambda words, n: np.zeros(4, dtype=complex), "not dtype complex128"),
    ],
)
def test_what_a_users_function_returns_is_checked(returned, message):
    with pytest.raises(ValueError, match=message):
        measure(returned)(random_words(7, 4), 7)


def test_a_table_measure_sees_tables_in_order():
    words = functions.from_strings(["01100000", "00000000", "01010101"])
    assert changes(words, 3).tolist() == [2, 0, 7]
    assert changes.name == "changes"


def test_a_table_measure_over_several_parts():
    words = np.repeat(random_words(12, 3), 2000, axis=0)
    assert np.array_equal(changes(words, 12), np.repeat(changes(words[::2000], 12), 2000))


def test_a_table_measure_that_returns_another_shape_is_refused():
    @table_measure
    def total(tables):
        return tables.sum()

    with pytest.raises(ValueError, match=r"measure 'total' must return shape \(4,\)"):
        total(random_words(7, 4), 7)


def test_a_measure_is_a_checked_value():
    lz76 = MEASURES["lz76"]
    assert dataclasses.replace(lz76, label="K").label == "K"
    with pytest.raises(dataclasses.FrozenInstanceError):
        lz76.name = "other"
    with pytest.raises(ValueError, match="name of a measure must be text"):
        dataclasses.replace(lz76, name="")
    with pytest.raises(ValueError, match="must be callable, not 3"):
        Measure("mine", "mine", "bits", "me", 3)


def test_more_inputs_than_a_measure_can_be_asked_for_are_refused():
    small = Measure("small", "small", "gates", "me", rarer_symbol, max_inputs=4, exact_up_to=3)
    assert small(random_words(4, 3), 4).shape == (3,)
    assert small.is_exact(3) and not small.is_exact(4)
    for words in (random_words(5, 3), random_words(5, 3)[:0]):
        with pytest.raises(ValueError, match="'small' can be asked for up to 4 inputs, not 5"):
            small(words, 5)


def test_a_measure_that_is_not_installed_names_its_extra():
    absent = Measure("deep", "deep", "bits", "me", rarer_symbol, extra="deep", module="no_such_module")
    assert not absent.is_installed and MEASURES["lz76"].is_installed
    with pytest.raises(ImportError, match=r"'deep' needs no_such_module.* pip install simplicity\[deep\]"):
        absent(random_words(4, 3), 4)


@pytest.mark.parametrize(
    ("fields", "message"),
    [
        ({"max_inputs": 13}, "max_inputs of measure 'lz76' must be an integer from 1 to 12, not 13"),
        ({"exact_up_to": 0}, "exact_up_to of measure 'lz76' must be an integer from 1 to 12, not 0"),
        ({"max_inputs": 4.0}, "not 4.0"),
        ({"extra": "lz"}, "extra and module of measure 'lz76' come together, not 'lz' and ''"),
    ],
)
def test_limits_and_extras_are_checked(fields, message):
    with pytest.raises(ValueError, match=message):
        dataclasses.replace(MEASURES["lz76"], **fields)


def test_a_plain_function_of_one_argument_sees_tables():
    def weight(tables):
        return tables.sum(axis=1)

    def shifted(tables, *, by=1):
        return tables.sum(axis=1) + by

    words = random_words(7, 5)
    assert measure(weight).name == "weight"
    assert np.array_equal(measure(weight)(words, 7), functions.ones(words))
    assert np.array_equal(measure(shifted)(words, 7), functions.ones(words) + 1)
    assert np.array_equal(measure(lambda words, n=7: functions.ones(words))(words, 7), functions.ones(words))


def test_the_label_of_an_axis_says_what_is_an_upper_bound():
    small = Measure("small", "$N$", "gates", "me", rarer_symbol, exact_up_to=3)
    assert small.axis_label(3) == "$N$ [gates]"
    assert small.axis_label(4) == "$N$ [gates, upper bound]"
