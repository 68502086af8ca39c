"""From sample numbers to functions: the same whatever the blocks, and the same as by hand."""

import numpy as np
import pytest

from simplicity import functions
from simplicity.maps import MLP, ExpressionTree, LookupTable, Perceptron
from simplicity.maps.evaluate import Evaluator
from simplicity.sampling import Engine, engine
from tests.sampling.maps import NanReadouts, sometimes_nan

MAPS = [Perceptron(3), MLP(5, (4, 3)), ExpressionTree(4), LookupTable(7), sometimes_nan(3)]


@pytest.mark.parametrize("pf_map", MAPS, ids=lambda pf_map: pf_map.name)
def test_samples_are_functions_of_their_draws_noise(pf_map):
    first = 2**33 + 5
    words, undefined = Engine(pf_map, 9).samples(first, first + 50)
    noise = pf_map.noise.draw(9, np.arange(first, first + 50, dtype=np.uint64))
    expected, expected_undefined = Evaluator(pf_map).functions(noise)
    assert np.array_equal(undefined, expected_undefined)
    assert np.array_equal(words[~undefined], expected[~undefined])
    for sample in (first, first + 49):
        assert np.array_equal(Engine(pf_map, 9).noise_of(sample), noise[sample - first])


@pytest.mark.parametrize("readouts", [1, 3, 64])
def test_partial_ranges_are_slices_of_the_whole(readouts):
    whole = Engine(MLP(5, (4, 3)), 1, readouts).samples(0, 500)[0]
    for first, stop in [(0, 1), (1, 2), (0, 499), (63, 65), (130, 131), (191, 500), (7, 7)]:
        assert np.array_equal(Engine(MLP(5, (4, 3)), 1, readouts).samples(first, stop)[0], whole[first:stop])


def test_undefined_hidden_draws_lose_all_their_readouts():
    words, undefined = Engine(NanReadouts(), 0, 8).samples(0, 8 * 500)
    of_draw = undefined.reshape(500, 8)
    assert np.array_equal(of_draw.all(axis=1), of_draw.any(axis=1))
    assert 0.08 < undefined.mean() < 0.25
    assert len(words) == 4000


@pytest.mark.parametrize("readouts", [1, 5, 64])
def test_blocks_cover_a_range_once_and_in_order(readouts, monkeypatch):
    monkeypatch.setattr(engine, "_BLOCK_SAMPLES", 100)
    one = Engine(MLP(3, (4,)), 0, readouts)
    for first, stop in [(0, 1), (0, 1000), (readouts * 7, 12_345), (5 * readouts, 5 * readouts)]:
        blocks = one.blocks(first, stop)
        assert [x for block in blocks for x in range(*block)] == list(range(first, stop))
        assert all(cut % readouts == 0 for cut, _ in blocks)
    assert one.block_draws * readouts <= max(100, readouts)


def test_seeds_give_different_samples_and_equal_ones_the_same():
    words = [Engine(LookupTable(7), seed).samples(0, 20)[0] for seed in (0, 0, 1, 2**63)]
    assert np.array_equal(words[0], words[1])
    assert len({row.tobytes() for each in words[1:] for row in each}) == 60
    assert functions.checked_words(words[0], 7).shape == (20, 2)
