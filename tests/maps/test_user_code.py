"""What a user's own code computes, and what is said where it breaks the contract."""

import dataclasses

import numba
import numpy as np
import pytest

import simplicity
from simplicity import (
    Batch,
    Kernel,
    LinearReadout,
    MapError,
    Noise,
    ParameterFunctionMap,
    Symmetries,
    functions,
)
from simplicity.compilation import kernel
from simplicity.maps.evaluate import Evaluator
from simplicity.maps.locate import describe, rebuild
from simplicity.sampling import Engine


@simplicity.batch_map(n_params=lambda n_inputs, scale, shift: n_inputs + 1, batch_size=7)
def batched(noise, inputs, /, scale: float = 1.0, shift: bool = False):
    """A perceptron again."""
    return scale * (noise[:, :-1] @ inputs.T) + noise[:, -1:] + shift


@simplicity.kernel_map(n_params=lambda n_inputs, scale, shift: n_inputs + 1)
def looped(noise, inputs, out, /, scale: float = 1.0, shift: int = 0):
    for x in range(inputs.shape[0]):
        out[x] = noise[-1] + shift
        for i in range(inputs.shape[1]):
            out[x] += scale * noise[i] * inputs[x, i]


@simplicity.batch_map(n_params=lambda n_inputs: 2**n_inputs)
def coins(noise, inputs, /):
    return noise > 0


@simplicity.kernel_map(n_params=lambda n_inputs: max(1, 2**n_inputs // 64), noise="bits", output="words")
def masked(noise, inputs, out, /):
    for i in range(len(out)):
        out[i] = noise[i] & np.uint64(2 ** min(64, inputs.shape[0]) - 1)


@simplicity.kernel_map(n_params=1)
@numba.njit
def compiled_already(noise, inputs, out, /):
    out[:] = noise[0]


@dataclasses.dataclass(frozen=True)
class Wide(ParameterFunctionMap):
    """A network by hand, with features for readouts, in batches."""

    n_inputs: int = 3
    width: int = 4

    @property
    def noise(self):
        return Noise("normal", self.width + 1 + self.width * self.n_inputs)

    @property
    def readout(self):
        return LinearReadout(self.width, 0.5, 2.0)

    def evaluator(self):
        inputs = functions.input_table(self.n_inputs).T.astype(np.float32)

        def features(noise):
            return np.tanh(noise[:, self.width + 1 :].reshape(-1, self.width, self.n_inputs) @ inputs)

        def call(noise):
            sums = (noise[:, None, : self.width] @ features(noise))[:, 0]
            return np.float32(0.5) * sums + 2 * noise[:, self.width : self.width + 1]

        return Batch(call, features, batch_size=5)


@pytest.mark.parametrize("n_inputs", [1, 2, 5, 7])
def test_batched_and_looped_agree_with_numpy(n_inputs):
    inputs = functions.input_table(n_inputs)
    for made in (batched(n_inputs, scale=2.0), looped(n_inputs, scale=2.0)):
        noise = made.noise.draw(3, np.arange(40))
        expected = 2.0 * noise[:, :-1].astype(float) @ inputs.T + noise[:, -1:]
        np.testing.assert_allclose(Evaluator(made).logits(noise), expected, atol=1e-5)
        words, undefined = Evaluator(made).functions(noise)
        clear = np.abs(expected) > 1e-5
        assert np.array_equal(functions.unpack(words, n_inputs)[clear], (expected > 0)[clear])
        assert not undefined.any()


@pytest.mark.parametrize("n_inputs", [1, 5, 6, 8])
def test_bools_and_words_are_functions_as_they_are(n_inputs):
    noise = coins(n_inputs).noise.draw(3, np.arange(300))
    assert np.array_equal(Evaluator(coins(n_inputs)).functions(noise)[0], functions.pack(noise > 0))
    bits = masked(n_inputs).noise.draw(3, np.arange(300))
    mask = functions.position_mask(n_inputs)
    assert np.array_equal(Evaluator(masked(n_inputs)).functions(bits)[0], bits & mask)
    for made, own in ((coins(n_inputs), noise), (masked(n_inputs), bits)):
        with pytest.raises(MapError, match="no logits"):
            Evaluator(made).logits(own)


def test_already_compiled_functions_are_taken_as_they_are():
    logits = Evaluator(compiled_already(2)).logits(np.array([[2.0], [-1.0]], dtype=np.float32))
    assert logits.tolist() == [[2.0] * 4, [-1.0] * 4]


@pytest.mark.parametrize("first", [0, 3, 7, 20])
def test_a_sample_always_meets_the_same_others(first):
    """Batches have a fixed size and place, whatever range is asked for."""

    @simplicity.batch_map(n_params=1, batch_size=8)
    def place_in_batch(noise, inputs, /):
        return np.tile(np.arange(len(noise))[:, None] % 2 == 1, (1, len(inputs)))

    whole = Engine(place_in_batch(2)).samples(0, 40)[0]
    assert np.array_equal(Engine(place_in_batch(2)).samples(first, 29)[0], whole[first:29])
    assert whole[:, 0].tolist() == [0, 15] * 20


def test_readouts_of_a_batch_are_the_map_on_their_own_noise():
    engine = Engine(Wide(3, 4), 2, 6)
    words, undefined = engine.samples(12, 12 + 90)
    noise = np.stack([engine.noise_of(sample) for sample in range(12, 102)])
    logits = Evaluator(Wide(3, 4)).logits(noise)
    clear = np.abs(logits) > 1e-5
    assert not undefined.any()
    assert np.array_equal(functions.unpack(words, 3)[clear], (logits > 0)[clear])


def test_options_are_those_of_the_signature():
    assert repr(batched(n_inputs=3, shift=True)) == "batched(n_inputs=3, scale=1.0, shift=True)"
    assert eval(repr(batched(3, 2.0))) == batched(n_inputs=3, scale=2.0)
    assert batched(3) != batched(4)
    assert batched(3) != looped(3)
    assert batched.__doc__ == "A perceptron again."
    assert [field.name for field in dataclasses.fields(looped)] == ["n_inputs", "scale", "shift"]
    assert batched(3).symmetries == Symmetries()
    assert rebuild(describe(batched(3, 2.5, True))) == batched(3, 2.5, True)
    assert rebuild(describe(Wide(4, 2))) == Wide(4, 2)
    with pytest.raises(TypeError, match="width"):
        batched(3, width=4)
    with pytest.raises(ValueError, match="n_inputs must be"):
        batched(0)


def test_settings_that_do_not_fit_are_refused():
    with pytest.raises(ValueError, match="output must be 'logits' or 'words', got 'bits'"):
        simplicity.kernel_map(n_params=1, output="bits")
    with pytest.raises(ValueError, match="batch_size must be"):
        simplicity.batch_map(n_params=1, batch_size=0)


@pytest.mark.parametrize(
    ("returned", "message"),
    [
        (lambda noise, inputs: noise / nothing, "raised NameError: name 'nothing' is not defined"),  # noqa: F821
        (lambda noise, inputs: noise @ inputs, "raised ValueError: matmul"),
        (lambda noise, inputs: noise, r"returned shape \(16, 3\), not \(16, 4\)"),
        (lambda noise, inputs: (noise @ noise.T)[:, :4].T, r"returned shape \(4, 16\), not \(16, 4\)"),
        (lambda noise, inputs: noise[:, 0], r"returned shape \(16,\)"),
        (lambda noise, inputs: None, r"returned shape \(\)"),
        (lambda noise, inputs: (noise[:, [0, 0, 1, 2]] > 0).astype(int), "returned int64 values"),
        (lambda noise, inputs: noise[:, [0, 0, 1, 2]] + 0j, "returned complex64 values"),
        (lambda noise, inputs: noise[:, [0, 0, 1, 2]].astype(str), "returned <U32 values"),
    ],
)
@pytest.mark.parametrize("threads", [1, 2])
def test_broken_batches_are_named(returned, message, threads, tmp_path):
    @simplicity.batch_map(n_params=3, batch_size=16)
    def faulty(noise, inputs, /):
        return returned(noise, inputs)

    with pytest.raises(MapError, match=f"^map faulty {message}"):
        simplicity.sample(faulty(2), 100, threads=threads, path=tmp_path / "a.parquet")
    assert list(tmp_path.iterdir()) == []


def test_broken_kernels_are_named():
    @simplicity.kernel_map(n_params=3)
    def raising(noise, inputs, out, /):
        raise ValueError("not today")

    @simplicity.kernel_map(n_params=3)
    def untyped(noise, inputs, out, /):
        out[0] = noise.nothing

    with pytest.raises(MapError, match="map raising raised ValueError: not today"):
        simplicity.sample(raising(2), 10, threads=1)
    with pytest.raises(MapError, match="kernel of map untyped does not compile"):
        simplicity.sample(untyped(2), 10, threads=1)


def test_a_readout_without_features_is_named():
    class Featureless(Wide):
        def evaluator(self):
            return Batch(super().evaluator().call)

    with pytest.raises(MapError, match="declares a readout but its batch code has no features"):
        Engine(Featureless(), 0, 2).samples(0, 4)


@kernel
def _first_number(noise, constants, workspace, out):
    out[:] = noise[0]
    return 0


@pytest.mark.parametrize("readout", [None, LinearReadout(2, 1.0, 1.0)])
@pytest.mark.parametrize("name", ["", "features", "readouts"])
def test_a_kernel_with_too_little_to_make_functions_is_named(name, readout):
    class Incomplete(Wide):
        def evaluator(self):
            return Kernel(**({name: _first_number} if name else {}))

    Incomplete.readout = readout
    if name and readout:
        Evaluator(Incomplete())
        return
    with pytest.raises(MapError, match="makes no functions: it needs words, many or logits, or features and"):
        Engine(Incomplete(), 0).samples(0, 4)


def test_a_readout_of_a_kernel_without_features_is_named():
    class Featureless(Wide):
        def evaluator(self):
            return Kernel(logits=_first_number)

    assert Engine(Featureless(), 0).samples(0, 4)[0].shape[0] == 4
    with pytest.raises(MapError, match="declares a readout but its kernel has no features"):
        Engine(Featureless(), 0, 2).samples(0, 4)
