"""Last layers are summed in several ways, whichever is fastest; all must come to the same, to the last bit.

Logits are always sums over stored features in order, so they are what functions are compared with. To make
the last bit show, a bias takes away the rounded logit of some position, whose sign is then its rounding's.
"""

import numpy as np
import pytest

from simplicity import functions
from simplicity.maps import MLP
from simplicity.maps.evaluate import Evaluator

SHAPES = [(1,), (8,), (13,), (5, 1), (3, 8), (9, 4, 7)]
ROWS = 24


def balanced_noise(pf_map, seed=3):
    """Noise of draws each of which has a logit next to 0, so close that its last bit decides."""
    noise = pf_map.noise.draw(seed, np.arange(ROWS)).copy()
    width, positions = pf_map.readout.width, np.arange(ROWS) * 37 % 2**pf_map.n_inputs
    noise[:, width] = 0
    noise[:, width] = -Evaluator(pf_map).logits(noise)[np.arange(ROWS), positions]
    return noise


@pytest.mark.parametrize("activation", ["relu", "tanh"])
@pytest.mark.parametrize("widths", SHAPES, ids=str)
def test_functions_are_the_signs_of_logits_to_the_last_bit(widths, activation):
    near_zero = 0
    for n_inputs in range(1, 13):
        pf_map = MLP(n_inputs, widths, activation, 1.3, 1.0, inputs="pm1" if n_inputs % 2 else "01")
        noise, evaluator = balanced_noise(pf_map), Evaluator(pf_map)
        logits = evaluator.logits(noise)
        words, undefined = evaluator.functions(noise)
        assert np.array_equal(functions.pack(logits > 0), words)
        assert not undefined.any()
        smallest = np.abs(logits).min(axis=1)
        near_zero += np.sum((smallest > 0) & (smallest < 1e-6))
    assert near_zero > 2 * ROWS  # or the last bit would not have been at stake


@pytest.mark.parametrize("activation", ["relu", "erf"])
@pytest.mark.parametrize("bias_std", [0, 1])
def test_without_bias(activation, bias_std):
    for n_inputs in range(1, 13):
        for widths in SHAPES:
            pf_map = MLP(n_inputs, widths, activation, bias_std=bias_std)
            noise, evaluator = pf_map.noise.draw(4, np.arange(8)), Evaluator(pf_map)
            words, undefined = evaluator.functions(noise)
            assert np.array_equal(functions.pack(evaluator.logits(noise) > 0), words)
            assert not undefined.any()


@pytest.mark.parametrize("readouts", [1, 2, 3, 4, 5, 6, 7, 8, 13])
@pytest.mark.parametrize("activation", ["relu", "linear"])
def test_many_last_layers_are_each_what_one_is(activation, readouts):
    for n_inputs in range(1, 10):
        for widths in SHAPES:
            pf_map = MLP(n_inputs, widths, activation)
            noise, size = balanced_noise(pf_map), pf_map.readout.size
            # The last layers of the next draws: each ends next to 0 for its own draw, and others do not.
            own = noise[(np.arange(ROWS)[:, None] + np.arange(readouts)) % ROWS][:, :, :size]
            words, undefined = Evaluator(pf_map).readouts(noise, own[:, 1:].reshape(ROWS, -1), readouts)
            alone = np.repeat(noise, readouts, axis=0)
            alone[:, :size] = own.reshape(-1, size)
            assert np.array_equal(words, Evaluator(pf_map).functions(alone)[0])
            assert not undefined.any()


@pytest.mark.parametrize("readouts", [1, 3, 6])
@pytest.mark.parametrize("widths", SHAPES, ids=str)
def test_a_logit_that_is_not_finite_makes_its_own_function_undefined(widths, readouts):
    for n_inputs in (1, 3, 4, 5, 7):
        pf_map = MLP(n_inputs, widths)
        size = pf_map.readout.size
        noise = pf_map.noise.draw(5, np.arange(ROWS)).copy()
        further = pf_map.noise.draw(5, np.arange(ROWS), 1, (readouts - 1) * size).copy()
        noise[3, size - 1] = np.inf  # the bias of its own last layer
        noise[7, size:] *= 1e30  # hidden layers whose sums overflow, where there are two or more
        noise[9, size] = np.nan  # a hidden weight
        if readouts > 1:
            further[11, -1] = np.nan  # the last bias
        layers = np.concatenate([noise[:, None, :size], further.reshape(ROWS, readouts - 1, size)], axis=1)
        alone = np.repeat(noise, readouts, axis=0)
        alone[:, :size] = layers.reshape(-1, size)
        finite = np.isfinite(Evaluator(pf_map).logits(alone)).all(axis=1)
        undefined = Evaluator(pf_map).readouts(noise, further, readouts)[1]
        assert np.array_equal(undefined, ~finite)
        assert {3, 9} <= set(np.flatnonzero(~finite[::readouts])) and finite[0]
        assert readouts == 1 or undefined.reshape(ROWS, readouts)[11].tolist() == [False] * (readouts - 1) + [
            True
        ]


@pytest.mark.parametrize("widths", SHAPES, ids=str)
def test_logits_of_one_last_layer_whose_sum_alone_is_infinite_are_finite(widths):
    pf_map = MLP(6, widths)
    noise, size = pf_map.noise.draw(1, np.arange(3)).copy(), pf_map.readout.size
    noise[:, size - 1] = 3e38, -3e38, np.inf
    words, undefined = Evaluator(pf_map).functions(noise)
    assert undefined.tolist() == [False, False, True]
    assert words[:2, 0].tolist() == [2**64 - 1, 0]


def test_logits_of_several_last_layers_whose_sum_alone_is_infinite_are_finite():
    pf_map = MLP(5, (6, 8))
    noise, size = pf_map.noise.draw(1, np.arange(3)).copy(), pf_map.readout.size
    further = np.resize(noise[0, :size], (3, 5 * size)).copy()
    further[:, size - 1 :: size] = 3e38
    _, undefined = Evaluator(pf_map).readouts(noise, further, 6)
    assert not undefined.any()
    further[1, size - 1] = np.inf
    _, undefined = Evaluator(pf_map).readouts(noise, further, 6)
    assert np.flatnonzero(undefined).tolist() == [6 + 1]


def arrays_within(workspace):
    """All arrays of a workspace, however nested."""
    for each in workspace:
        if isinstance(each, tuple):
            yield from arrays_within(each)
        else:
            yield each


@pytest.mark.parametrize("activation", ["relu", "linear"])
@pytest.mark.parametrize("widths", [*SHAPES, (8, 8), (5, 5, 5)], ids=str)
def test_nothing_is_written_around_a_workspace(widths, activation):
    """Arrays begin somewhere in a larger piece of memory, the rest of which must stay as it is."""
    pf_map = MLP(4, widths, activation)
    evaluator, noise = Evaluator(pf_map), pf_map.noise.draw(6, np.arange(40))
    further = np.resize(noise, (40, 6 * pf_map.readout.size))
    around = []
    for array in arrays_within(evaluator._workspace):
        start = array.ctypes.data - array.base.ctypes.data
        for piece in (array.base[:start], array.base[start + array.nbytes :]):
            piece[:] = 0xA5
            around.append(piece)
    assert len(around) >= 12
    assert sum(map(len, around)) >= 2000 * len(around)
    for readouts in range(1, 8):
        evaluator.readouts(noise, further, readouts)
    evaluator.logits(noise)
    assert all((piece == 0xA5).all() for piece in around)
