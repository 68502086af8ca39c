"""What every built-in map promises, whatever it computes."""

import dataclasses
import itertools

import numpy as np
import pytest

import simplicity
from simplicity import functions
from simplicity.checks import check_map
from simplicity.maps import MAPS
from simplicity.maps.base import Kernel, MapError, kebab_case
from simplicity.maps.evaluate import Evaluator, _logits_driver, _row_driver
from simplicity.maps.locate import describe, find_map, rebuild
from simplicity.sampling import Engine

SIZES = [1, 2, 3, 6, 7, 8, 12]
OPTIONS = {
    "perceptron": [{}, {"inputs": "pm1", "distribution": "uniform"}],
    "mlp": [{"hidden_widths": 5}, {"hidden_widths": (4, 3), "activation": "erf", "inputs": "pm1"}],
    "nngp": [{}, {"depth": 1, "bias_std": 0, "activation": "erf", "inputs": "pm1"}],
    "polynomial-threshold": [{"degree": 1}, {"degree": 1, "basis": "walsh"}],
    "polynomial-curve": [{"degree": 1}, {"degree": 0, "basis": "legendre"}],
    "expression-tree": [{}, {"operators": ("xor", "nand"), "leaf_probability": 0.7}],
    "boolean-circuit": [{}, {"n_gates": 3, "gates": "all"}],
    "lookup-table": [{}],
}
CASES = [(name, options, n) for name in MAPS for options in OPTIONS[name] for n in SIZES]


@pytest.fixture(params=CASES, ids=lambda case: f"{case[0]}-{case[2]}-{case[1]}")
def pf_map(request):
    name, options, n_inputs = request.param
    return MAPS[name](n_inputs=n_inputs, **options)


def draws(pf_map, count=25):
    return pf_map.noise.draw(17, np.arange(count)).copy()


def test_every_map_is_tested_here():
    assert set(OPTIONS) == set(MAPS)


def test_repr_evaluates_to_an_equal_map(pf_map):
    again = eval(repr(pf_map), vars(simplicity.maps))
    assert again == pf_map
    assert hash(again) == hash(pf_map)
    assert dataclasses.replace(pf_map) == pf_map
    assert pf_map != dataclasses.replace(pf_map, n_inputs=pf_map.n_inputs % 12 + 1)
    with pytest.raises(dataclasses.FrozenInstanceError):
        pf_map.n_inputs = 3


def test_name_and_recipe_lead_back_to_the_map(pf_map):
    recipe = describe(pf_map)
    assert recipe["name"] == pf_map.name == kebab_case(type(pf_map).__name__)
    assert find_map(pf_map.name) is type(pf_map)
    assert rebuild(recipe) == pf_map
    assert f"{pf_map.n_inputs}" in pf_map.label
    assert pf_map.reachable.log2_count <= 2**pf_map.n_inputs


def test_same_noise_same_function_and_the_noise_stays(pf_map):
    noise = draws(pf_map)
    before = noise.copy()
    evaluator = Evaluator(pf_map)
    first, undefined = evaluator.functions(noise)
    evaluator.functions(draws(pf_map)[::-1])
    assert np.array_equal(evaluator.functions(noise)[0], first)
    assert np.array_equal(Evaluator(pf_map).functions(noise)[0], first)
    assert np.array_equal(noise, before)
    assert not undefined.any()


def test_a_function_does_not_depend_on_its_batch(pf_map):
    noise = draws(pf_map)
    evaluator = Evaluator(pf_map)
    together = evaluator.functions(noise)[0]
    assert np.array_equal(np.concatenate([evaluator.functions(row[None])[0] for row in noise]), together)
    assert np.array_equal(evaluator.functions(noise[::-1])[0], together[::-1])
    assert evaluator.functions(noise[:0])[0].shape == (0, functions.words_of(pf_map.n_inputs))


def test_padding_of_rows_is_not_read(pf_map):
    noise = draws(pf_map)
    if pf_map.noise.size is not None:
        noise = np.column_stack([noise, np.full((len(noise), 5), 99).astype(noise.dtype)])
    assert np.array_equal(
        Evaluator(pf_map).functions(noise)[0], Evaluator(pf_map).functions(draws(pf_map))[0]
    )


def test_padding_bits_are_zero(pf_map):
    words, _ = Evaluator(pf_map).functions(draws(pf_map))
    assert words.dtype == np.uint64
    assert np.array_equal(functions.checked_words(words, pf_map.n_inputs), words)


def test_functions_are_the_signs_of_the_logits(pf_map):
    noise, evaluator = draws(pf_map), Evaluator(pf_map)
    code = pf_map.evaluator()
    if code.logits is code.features is None:
        with pytest.raises(MapError, match=f"{pf_map.name} .* no logits"):
            evaluator.logits(noise)
        return
    logits = evaluator.logits(noise)
    assert logits.shape == (25, 2**pf_map.n_inputs)
    assert np.array_equal(functions.pack(logits > 0), evaluator.functions(noise)[0])


def poisoned(arrays):
    """Workspaces full of numbers that nothing may read, except the circuit's table of inputs."""
    for array in arrays:
        if isinstance(array, tuple):
            poisoned(array)
        elif array.dtype.kind == "f":
            array[:] = np.nan
    return arrays


def test_everything_is_written(pf_map):
    """Buffers hold garbage before the call; the functions must not show it."""
    noise, code, positions = draws(pf_map), pf_map.evaluator(), 2**pf_map.n_inputs
    expected = Evaluator(pf_map).functions(noise)[0]
    words, status = np.full_like(expected, 0xDEADBEEFDEADBEEF), np.full(len(noise), 9, dtype=np.uint8)
    assert isinstance(code, Kernel)
    workspace = poisoned(code.workspace()) or (np.empty(0, dtype=np.uint64),)
    size = pf_map.noise.width
    if code.many is not None:
        code.many(noise, code.constants, workspace, words, status)
    elif code.words is not None:
        _row_driver(code.words)(noise, size, code.constants, workspace, words, status)
    elif code.logits is not None:
        logits = np.full(positions, np.nan, dtype=code.logit_dtype)
        _logits_driver(code.logits)(noise, size, code.constants, workspace, logits, words, status)
    else:
        readout = pf_map.readout
        scales = np.float32(readout.weight_std), np.float32(readout.bias_std)
        biases = np.full(1, np.nan, np.float32)
        logits = np.full((len(noise), 64 * words.shape[1]), np.nan, dtype=np.float32)
        inputs = noise, size, noise[:, :0], scales, code.constants, workspace, biases
        for way in filter(None, (code.readouts, code.one_readout)):
            words[:], status[:], logits[:] = 0xDEADBEEFDEADBEEF, 9, np.nan
            way(*inputs, (words.view(np.uint8), status, logits))
            words &= functions.position_mask(pf_map.n_inputs)
            assert np.array_equal(logits[:, :positions], Evaluator(pf_map).logits(noise))
            assert np.array_equal(words, expected)
    assert np.array_equal(words, expected)
    assert not status.any()


@pytest.mark.parametrize("readouts", [2, 5, 64])
@pytest.mark.parametrize(
    "options",
    [
        {"hidden_widths": (6,)},
        {"hidden_widths": (5, 4), "activation": "tanh", "inputs": "pm1"},
        {"hidden_widths": (3, 1), "distribution": "uniform", "bias_std": 0},
    ],
    ids=str,
)
def test_a_readout_is_the_map_on_its_own_noise(options, readouts):
    """Readout r of a hidden draw: the hidden layers' noise, with the last layer number r of stream 1."""
    for n_inputs in (1, 3, 7):
        pf_map = MAPS["mlp"](n_inputs=n_inputs, **options)
        engine = Engine(pf_map, 5, readouts)
        first = 7 * readouts
        words, _ = engine.samples(first, first + 3 * readouts)
        noise = np.stack([engine.noise_of(sample) for sample in range(first, first + 3 * readouts)])
        assert np.array_equal(Evaluator(pf_map).functions(noise)[0], words)
        last = pf_map.readout.size
        assert np.array_equal(noise[:readouts, last:], np.repeat(noise[:1, last:], readouts, axis=0))
        others = pf_map.noise.draw(5, [7], 1, (readouts - 1) * last)[0].reshape(-1, last)
        assert np.array_equal(noise[0], pf_map.noise.draw(5, [7])[0])
        assert np.array_equal(noise[1:readouts, :last], others)
        assert len(np.unique(noise[:, 0])) == 3 * readouts
        plain = Engine(pf_map, 5, 1).samples(7, 10)[0]
        assert np.array_equal(words[::readouts], plain)


def test_readouts_need_a_linear_last_layer(pf_map):
    if pf_map.readout is not None:
        assert Engine(pf_map, 0, 3).readouts == 3
    else:
        with pytest.raises(ValueError, match=f"readouts must be 1 for map {pf_map.name}.* got 3"):
            Engine(pf_map, 0, 3)


@pytest.mark.parametrize("name", MAPS)
def test_maps_pass_the_tests_that_users_run(name):
    for options in OPTIONS[name]:
        failed = [check for check in check_map(MAPS[name](n_inputs=3, **options)) if not check.passed]
        assert not failed


@pytest.mark.parametrize("name", MAPS)
@pytest.mark.parametrize("n_inputs", [0, -1, 13, 2.5, 3.0, "3", True, None, (3,)])
def test_wrong_numbers_of_inputs_are_refused(name, n_inputs):
    with pytest.raises(ValueError, match="n_inputs must be"):
        MAPS[name](n_inputs=n_inputs)


WRONG = [
    ("mlp", "hidden_widths", [0, (), "40", "40,40", (40, 0), (40, "4"), -3, (2.5,), (True,), None, {4: 4}]),
    ("mlp nngp", "activation", ["gelu", None, 3]),
    ("nngp", "depth", [-1, 1.5, "2", True, None]),
    ("perceptron mlp nngp", "weight_std", [0, -1, float("nan"), float("inf"), "1", True, None]),
    ("perceptron mlp nngp", "bias_std", [-1, -1e-300, float("nan"), float("inf"), "1", True, None]),
    ("perceptron mlp polynomial-threshold polynomial-curve", "distribution", ["gauss", None, "Normal"]),
    ("perceptron mlp nngp", "inputs", ["10", 1, None]),
    ("polynomial-threshold polynomial-curve", "coefficient_std", [0, -1, float("nan"), "1", None]),
    ("polynomial-threshold", "degree", [-1, 5, 1.5, "2", True]),
    ("polynomial-curve", "degree", [-1, 16, 1.5, "2", True]),
    ("polynomial-threshold", "basis", ["legendre", None]),
    ("polynomial-curve", "basis", ["walsh", None]),
    ("expression-tree", "operators", [(), "nothing", ("and", "maybe"), None, 3, ("and", None)]),
    ("expression-tree", "leaf_probability", [0, -0.5, 1.01, float("nan"), "0.5", True, None]),
    ("boolean-circuit", "n_gates", [0, -1, 10_001, 2.5, "3", True, None]),
    ("boolean-circuit", "gates", [(), "everything", ("and", "maybe"), None, 3]),
]


@pytest.mark.parametrize(
    ("name", "option", "value"),
    [
        (name, option, value)
        for names, option, values in WRONG
        for name, value in itertools.product(names.split(), values)
    ],
)
def test_wrong_options_are_refused_by_name(name, option, value):
    with pytest.raises(ValueError, match=f"^{option} .*"):
        MAPS[name](n_inputs=4, **{option: value})


def test_numbers_become_plain_python():
    mlp = simplicity.maps.MLP(np.int64(3), [np.int64(4), 5], "tanh", np.float32(2), 1)
    assert repr(mlp) == (
        "MLP(n_inputs=3, hidden_widths=(4, 5), activation='tanh', weight_std=2.0, bias_std=1.0, "
        "distribution='normal', inputs='01')"
    )
    assert simplicity.maps.MLP(3, 4) == simplicity.maps.MLP(3, (4,))
    assert simplicity.maps.BooleanCircuit(3, 5.0).n_gates == 5


@pytest.mark.parametrize(
    ("name", "nearest"), [("mpl", "mlp"), ("perceptrn", "perceptron"), ("lookup", "lookup-table")]
)
def test_unknown_names_get_a_suggestion(name, nearest):
    with pytest.raises(ValueError, match=f"unknown map '{name}'; did you mean '{nearest}'"):
        find_map(name)


def test_overflow_is_undefined_and_never_a_class():
    """Weights of 1e30 overflow float32 in the second layer: NaN or infinite logits, counted as such."""
    pf_map = simplicity.maps.MLP(3, (4, 4, 4), "relu", 1e30, 1.0)
    undefined = Engine(pf_map).samples(0, 200)[1]
    logits = Evaluator(pf_map).logits(pf_map.noise.draw(0, np.arange(200)))
    assert np.array_equal(undefined, ~np.isfinite(logits).all(axis=1))
    assert undefined.mean() > 0.5


@pytest.mark.parametrize("n_inputs", [1, 3, 4, 7])
@pytest.mark.parametrize(
    "options",
    [{}, {"hidden_widths": (5,), "activation": "tanh"}, {"hidden_widths": (9, 6, 7), "inputs": "pm1"}],
)
def test_readouts_at_once_are_those_of_the_features(n_inputs, options, monkeypatch):
    pf_map = MAPS["mlp"](n_inputs=n_inputs, **options)
    noise, further = draws(pf_map), pf_map.noise.draw(1, range(25), 1, 4 * pf_map.readout.size)
    at_once = Evaluator(pf_map)
    code = pf_map.evaluator()
    monkeypatch.setattr(type(pf_map), "evaluator", lambda _: code._replace(readouts=None, one_readout=None))
    from_features = Evaluator(pf_map)
    assert np.array_equal(at_once.logits(noise), from_features.logits(noise))
    for ours, theirs in zip(
        at_once.readouts(noise, further, 5), from_features.readouts(noise, further, 5), strict=True
    ):
        assert np.array_equal(ours, theirs)
