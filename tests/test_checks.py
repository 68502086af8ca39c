"""The contract tests pass on every built-in map and measure; of a bad one they say in words what is wrong."""

import dataclasses

import numba
import numpy as np
import pytest

import simplicity
from simplicity import checks
from simplicity.compilation import kernel
from simplicity.complexity import MEASURES, measure
from simplicity.maps import MAPS, MLP, PolynomialCurve
from simplicity.maps.base import MapError
from simplicity.maps.evaluate import Evaluator


def failures(pf_map):
    return {check.name: check.message for check in checks.check_map(pf_map) if not check.passed}


@pytest.mark.parametrize("name", MAPS)
def test_every_map_passes_at_7_inputs_and_below(name):
    assert failures(MAPS[name](n_inputs=7)) == {}


@pytest.mark.parametrize(
    "pf_map",
    [
        MLP(3, (5,), bias_std=0.0),
        MLP(2, (4, 4), "tanh", bias_std=0.0, inputs="pm1"),
        MLP(4, (3,), "sin", distribution="uniform"),
        MAPS["polynomial-threshold"](4, 2, "walsh", distribution="uniform"),
        MAPS["expression-tree"](3, ("nand",), 0.6),
        MAPS["expression-tree"](3, ("xor", "and"), 0.7),
        MAPS["boolean-circuit"](3, 6, ("nand",)),
        MAPS["boolean-circuit"](3, 6, ("and", "or", "nand", "nor")),
        PolynomialCurve(1, degree=0),
    ],
    ids=repr,
)
def test_options_do_not_break_the_contract(pf_map):
    assert failures(pf_map) == {}


@pytest.mark.parametrize("n_inputs", [1, 4, 7])
@pytest.mark.parametrize("name", MEASURES)
def test_every_measure_passes(name, n_inputs):
    if obstacle := MEASURES[name].obstacle(n_inputs):
        pytest.skip(obstacle)
    assert [check for check in checks.check_measure(MEASURES[name], n_inputs) if not check.passed] == []


def test_a_measure_is_checked_within_its_inputs_unless_told_otherwise():
    def gates(words, n_inputs):
        return np.zeros(len(words))

    small = dataclasses.replace(measure(gates), max_inputs=3)
    assert "3 inputs" in checks.check_measure(small)[0].message
    [refused] = checks.check_measure(small, n_inputs=5)
    assert not refused.passed and "up to 3 inputs, not 5" in refused.message


def test_randomness_of_its_own_is_found():
    @simplicity.batch_map(n_params=1)
    def impure(noise, inputs, /):
        return np.random.default_rng().normal(size=(len(noise), len(inputs)))

    found = failures(impure(n_inputs=3))
    assert "all randomness must come from noise" in found["is pure"]


def test_state_between_calls_is_found():
    calls = []

    @simplicity.batch_map(n_params=1)
    def counting(noise, inputs, /):
        calls.append(1)
        return np.full((len(noise), len(inputs)), len(calls) % 2 == 0)

    assert "is pure" in failures(counting(n_inputs=3))


def test_changing_the_noise_is_found():
    @simplicity.kernel_map(n_params=1)
    def overwriting(noise, inputs, out, /):
        noise[0] = -noise[0]
        out[:] = noise[0]

    assert "changed the noise" in failures(overwriting(n_inputs=3))["is pure"]


def test_a_batch_map_cannot_write_into_its_noise():
    @simplicity.batch_map(n_params=8)
    def overwriting(noise, inputs, /):
        noise *= -1
        return noise[:, : len(inputs)]

    assert "read-only" in failures(overwriting(n_inputs=3))["runs"]


@pytest.mark.parametrize("beyond", ["noise", "out"])
def test_an_index_beyond_the_arrays_is_found(beyond):
    @simplicity.kernel_map(n_params=2)
    def reading(noise, inputs, out, /):
        for x in range(len(out)):
            out[x] = noise[x]

    @simplicity.kernel_map(n_params=2)
    def writing(noise, inputs, out, /):
        for x in range(len(out) + 1):
            out[x] = noise[0]

    made = {"noise": reading, "out": writing}[beyond]
    assert "index beyond its arrays" in failures(made(n_inputs=3))["runs"]


def test_a_wrong_shape_is_found():
    @simplicity.batch_map(n_params=3)
    def narrow(noise, inputs, /):
        return noise

    assert "returned shape (256, 3), not (256, 16)" in failures(narrow(n_inputs=4))["runs"]


def test_integers_are_refused():
    @simplicity.batch_map(n_params=3)
    def integers(noise, inputs, /):
        return np.ones((len(noise), len(inputs)), dtype=int)

    assert "int64" in failures(integers(n_inputs=4))["runs"]


def test_an_exception_is_reported_with_its_words():
    @simplicity.batch_map(n_params=3)
    def raising(noise, inputs, /):
        raise RuntimeError("no such luck")

    assert "RuntimeError: no such luck" in failures(raising(n_inputs=4))["runs"]


def test_a_kernel_that_does_not_compile_says_why():
    @simplicity.kernel_map(n_params=3)
    def unknown_name(noise, inputs, out, /):
        out[0] = there_is_no_such_name  # noqa: F821

    assert "there_is_no_such_name" in failures(unknown_name(n_inputs=3))["runs"]


def test_unwritten_words_are_found():
    @simplicity.kernel_map(n_params=1, output="words")
    def lazy(noise, inputs, out, /):
        if noise[0] > 0:
            out[0] = 5

    assert "not written" in failures(lazy(n_inputs=3))["writes all of its output"]


def test_unwritten_logits_are_found():
    @simplicity.kernel_map(n_params=1)
    def lazy(noise, inputs, out, /):
        for x in range(len(inputs) - 1):
            out[x] = noise[0]

    assert "1 of 8 output numbers" in failures(lazy(n_inputs=3))["writes all of its output"]


@kernel
def _lazy_many(noise, constants, workspace, out, status):
    for row in range(noise.shape[0]):
        status[row] = 0
        if noise[row, 0] > 0:
            out[row, 0] = 5


@dataclasses.dataclass(frozen=True)
class LazyMany(simplicity.ParameterFunctionMap):
    """Many draws a call, of which it writes about every other one."""

    n_inputs: int = 3

    @property
    def noise(self):
        return simplicity.Noise("normal", 2)

    def evaluator(self):
        return simplicity.Kernel(many=_lazy_many)


def test_unwritten_words_of_many_draws_are_found():
    assert "not written" in failures(LazyMany())["writes all of its output"]


def test_bits_beyond_the_truth_table_are_found():
    @simplicity.kernel_map(n_params=1, noise="bits", output="words")
    def unmasked(noise, inputs, out, /):
        out[0] = noise[0]

    assert "keeps to 2^n positions" in failures(unmasked(n_inputs=3))
    assert "keeps to 2^n positions" not in failures(unmasked(n_inputs=6))


def test_looking_at_the_rest_of_the_batch_is_found():
    @simplicity.batch_map(n_params=1)
    def centred(noise, inputs, /):
        return (noise - noise.mean()) * np.ones(len(inputs), dtype=np.float32)

    assert "when other draws were in the " in failures(centred(n_inputs=2))["does not depend on the batch"]


def test_rounding_that_depends_on_the_batch_is_let_pass():
    @simplicity.batch_map(n_params=1)
    def rounded(noise, inputs, /):
        return noise * (inputs[:, 0] - 0.5) + 1e-12 * noise.mean()

    assert failures(rounded(n_inputs=2)) == {}


def test_nothing_but_undefined_logits_is_found():
    @simplicity.batch_map(n_params=1)
    def undefined(noise, inputs, /):
        return np.full((len(noise), len(inputs)), np.nan)

    assert "undefined" in failures(undefined(n_inputs=2))["defines functions"]


@dataclasses.dataclass(frozen=True)
class LyingCurve(PolynomialCurve):
    """A map that declares symmetries it does not have."""

    @property
    def symmetries(self):
        return simplicity.Symmetries(permutation=True, complement=True, negation=True)


def test_a_symmetry_that_cannot_be_tested_is_said_to_be_so():
    messages = {check.name: check.message for check in checks.check_map(MAPS["lookup-table"](7))}
    assert "not tested" in messages["symmetry under output negation (n = 7)"]
    assert messages["symmetry under output negation (n = 3)"].startswith("p = ")


def test_a_declared_symmetry_that_data_refute_is_found():
    names = " ".join(failures(LyingCurve(3, degree=2)))
    assert "input permutation" in names and "negation of input 1" in names
    assert "output negation" not in names


def test_a_measure_that_depends_on_the_batch_is_found():
    def ranked(words, n_inputs):
        return np.argsort(words[:, 0]).astype(float)

    assert [check.name for check in checks.check_measure(measure(ranked)) if not check.passed] == [
        "does not depend on the batch"
    ]


def test_homogeneity_is_uniform_under_one_law_and_rejects_another():
    generator = np.random.Generator(np.random.PCG64(5))
    law = generator.dirichlet(np.ones(40))
    words = np.arange(40, dtype=np.uint64)[:, None]
    values = [
        checks.homogeneity(words, generator.multinomial(2000, law), words, generator.multinomial(2000, law))
        for _ in range(300)
    ]
    # Fixed seed; 300 uniform values have a mean within 0.5 ± 0.083 but for 1 in 10^6 seeds.
    assert abs(np.mean(values) - 0.5) < 0.083
    other = generator.dirichlet(np.ones(40))
    assert (
        checks.homogeneity(words, generator.multinomial(2000, law), words, generator.multinomial(2000, other))
        < 1e-9
    )


def test_whether_there_are_logits_is_asked_of_the_map():
    """Functions, and logits: a fault of a user's own, whatever it speaks of, is not taken for an answer."""

    @simplicity.batch_map(n_params=3)
    def functions_only(noise, inputs, /):
        return noise @ inputs.T > 0

    @simplicity.batch_map(n_params=3)
    def with_logits(noise, inputs, /):
        return noise @ inputs.T

    @simplicity.batch_map(n_params=3)
    def broken(noise, inputs, /):
        raise RuntimeError("has no logits")

    assert not Evaluator(functions_only(n_inputs=3)).has_logits()
    assert Evaluator(with_logits(n_inputs=3)).has_logits()
    with pytest.raises(MapError, match="RuntimeError"):
        Evaluator(broken(n_inputs=3)).has_logits()


def test_logits_that_cannot_be_computed_are_found_where_functions_can():
    @numba.njit
    def words(noise, constants, workspace, out):
        out[0] = 0
        return 0

    @numba.njit
    def logits(noise, constants, workspace, out):
        out[:] = noise.no_such_thing
        return 0

    @dataclasses.dataclass(frozen=True)
    class TwoWays(simplicity.ParameterFunctionMap):
        n_inputs: int = 3

        @property
        def noise(self):
            return simplicity.Noise("normal", 1)

        def evaluator(self):
            return simplicity.Kernel(words=words, logits=logits)

    assert "does not compile" in failures(TwoWays())["runs"]


def test_only_maps_are_checked():
    with pytest.raises(ValueError, match=r"pf_map must be a map, such as .* make one: MLP\(n_inputs=7\)"):
        checks.check_map(MLP)
