"""Results: what they count, how they add up, and that they lead back to the noise."""

import itertools

import numpy as np
import pytest

import simplicity
from simplicity import MapError, functions
from simplicity.maps import MLP, BooleanCircuit, ExpressionTree, LookupTable, Perceptron
from simplicity.maps.evaluate import Evaluator
from simplicity.sampling import Engine, Range, sample
from simplicity.statistics import binomial_interval, clustered_interval
from tests import naive
from tests.sampling.maps import NanReadouts, always_nan, sometimes_nan, sometimes_nan_kernel

NETWORK = MLP(3, (4,))


def assert_same(a, b):
    assert np.array_equal(a.functions, b.functions)
    assert np.array_equal(a.counts, b.counts)
    assert np.array_equal(a.sum_squares, b.sum_squares)
    assert (a.n_undefined, a.ranges, a.recipe) == (b.n_undefined, b.ranges, b.recipe)


@pytest.mark.parametrize(
    ("pf_map", "readouts"),
    [
        (Perceptron(3), 1),
        (LookupTable(7), 1),
        (NETWORK, 16),
        (sometimes_nan(3), 1),
        (sometimes_nan_kernel(3), 1),
        (NanReadouts(), 6),
    ],
    ids=str,
)
def test_counts_are_those_of_the_samples(pf_map, readouts):
    result = sample(pf_map, 1000, seed=3, readouts=readouts, first_sample=96)
    words, undefined = Engine(pf_map, 3, readouts).samples(96, 1096)
    expected = naive.tally(functions.to_strings(words, pf_map.n_inputs), undefined, readouts)
    strings = functions.to_strings(result.functions, pf_map.n_inputs)
    assert {f: int(c) for f, c in zip(strings, result.counts, strict=True)} == {
        f: c for f, (c, _) in expected.items()
    }
    if readouts > 1:
        assert result.sum_squares.tolist() == [expected[f][1] for f in strings]
    assert result.n_undefined == undefined.sum()
    assert result.counts.sum() + result.n_undefined == result.n_samples == 1000
    assert (result.n_undefined > 0) == ("an" in pf_map.name)
    assert np.array_equal(result.prior, result.counts / 1000)


@pytest.mark.parametrize("n_inputs", [2, 3, 7])
def test_rows_are_in_order_of_count_then_string(n_inputs):
    result = sample(ExpressionTree(n_inputs), 3000)
    keys = list(zip((-result.counts).tolist(), functions.to_strings(result.functions, n_inputs), strict=True))
    assert keys == sorted(set(keys))


def test_a_partial_last_hidden_draw_counts_what_was_asked_for():
    whole = sample(NETWORK, 128, readouts=64)
    cut = sample(NETWORK, 100, readouts=64)
    assert cut.n_samples == cut.counts.sum() == 100
    assert (cut.n_draws, whole.n_draws) == (2, 2)
    words = Engine(NETWORK, 0, 64).samples(0, 100)[0]
    expected = naive.tally(functions.to_strings(words, 3), np.zeros(100, dtype=bool), 64)
    strings = functions.to_strings(cut.functions, 3)
    assert cut.sum_squares.tolist() == [expected[f][1] for f in strings]


@pytest.mark.parametrize(
    ("pf_map", "readouts"), [(Perceptron(3), 1), (NETWORK, 16), (sometimes_nan(3), 1), (NanReadouts(), 4)]
)
def test_ranges_add_up_to_the_whole(pf_map, readouts):
    whole = sample(pf_map, 4800, seed=1, readouts=readouts)
    cuts = [0, 16, 1600, 4800]
    parts = [
        sample(pf_map, stop - first, seed=1, readouts=readouts, first_sample=first)
        for first, stop in itertools.pairwise(cuts)
    ]
    for a, b, c in itertools.permutations(parts):
        assert_same(a + b + c, whole)
        assert_same(a + (b + c), whole)


def test_gaps_and_seeds_stay_apart():
    a, b, c = sample(NETWORK, 50), sample(NETWORK, 50, first_sample=100), sample(NETWORK, 70, seed=1)
    together = c + b + a
    assert together.ranges == (Range(0, 0, 50, 1), Range(0, 100, 150, 1), Range(1, 0, 70, 1))
    assert together.n_samples == together.n_draws == 170
    assert_same(together, a + c + b)


@pytest.mark.parametrize(
    ("first", "second", "readouts"),
    [((0, 100), (0, 100), 1), ((0, 100), (99, 1), 1), ((50, 10), (0, 100), 1), ((0, 96), (64, 32), 32)],
)
def test_overlapping_ranges_are_refused(first, second, readouts):
    a, b = (sample(NETWORK, count, first_sample=start, readouts=readouts) for start, count in (first, second))
    for left, right in [(a, b), (b, a)]:
        with pytest.raises(ValueError, match=r"share hidden draws of seed 0 .* count them twice"):
            _ = left + right
    other_seed = sample(NETWORK, second[1], first_sample=second[0], readouts=readouts, seed=1)
    assert (a + other_seed).n_samples == first[1] + second[1]


def test_a_partial_hidden_draw_is_shared_with_the_rest_of_it():
    """100 samples of 64 readouts touch hidden draw 1, to which samples 64 to 127 belong."""
    with pytest.raises(ValueError, match="share hidden draws"):
        _ = sample(NETWORK, 100, readouts=64) + sample(NETWORK, 64, readouts=64, first_sample=64)
    joined = sample(NETWORK, 100, readouts=64) + sample(NETWORK, 64, readouts=64, first_sample=128)
    assert joined.n_draws == 3


@pytest.mark.parametrize(
    ("other", "message"),
    [
        (sometimes_nan(3), "results of different maps .* differ in name"),
        (MLP(3, (5,)), "results of different maps .* differ in options"),
        (MLP(3, (4,), weight_std=1.5), "differ in options"),
    ],
)
def test_different_maps_do_not_add_up(other, message):
    with pytest.raises(ValueError, match=message):
        _ = sample(NETWORK, 50) + sample(other, 50, first_sample=50)


def test_different_readouts_do_not_add_up():
    with pytest.raises(ValueError, match="of 1 and of 5 readouts a hidden draw"):
        _ = sample(NETWORK, 50) + sample(NETWORK, 50, readouts=5, first_sample=50)


def test_maps_without_a_name_sample_and_do_not_merge():
    local = simplicity.batch_map(lambda noise, inputs: noise @ inputs.T, n_params=3)(3)
    a, b = sample(local, 50), sample(local, 50, first_sample=50)
    assert a.n_samples == 50
    with pytest.raises(ValueError, match=r"unnamed map .* cannot be merged"):
        _ = a + b
    assert a.noise_of(functions.to_strings(a.functions[:1], 3)[0]).sample < 50


def test_only_results_add():
    with pytest.raises(TypeError):
        _ = sample(NETWORK, 10) + 1


@pytest.mark.parametrize("readouts", [1, 64])
@pytest.mark.parametrize("pf_map", [MLP(4, (6, 5), "tanh"), MLP(2, (3,))], ids=str)
def test_noise_of_a_function_induces_it(pf_map, readouts):
    result = sample(pf_map, 640, seed=5, readouts=readouts) + sample(
        pf_map, 640, seed=5, readouts=readouts, first_sample=64_000
    )
    words = np.concatenate([Engine(pf_map, 5, readouts).samples(f, f + 640)[0] for f in (0, 64_000)])
    numbers = [*range(640), *range(64_000, 64_640)]
    for row in [*range(min(10, len(result))), len(result) - 1]:
        function = result.functions[row]
        draw = result.noise_of(function)
        assert np.array_equal(Evaluator(pf_map).functions(draw.noise[None])[0][0], function)
        assert draw.sample == numbers[int(np.flatnonzero((words == function).all(axis=1))[0])]
        assert (draw.draw, draw.readout, draw.seed) == (*divmod(draw.sample, readouts), 5)
        assert set(draw.parameters) == set(naive.mlp(pf_map.options(), draw.noise.tolist()))
        assert result.index_of(function) == row


@pytest.mark.parametrize("pf_map", [ExpressionTree(3), BooleanCircuit(3), sometimes_nan(3)], ids=str)
def test_noise_of_other_maps(pf_map):
    result = sample(pf_map, 500)
    string = functions.to_strings(result.functions[-1:], 3)[0]
    draw = result.noise_of(string)
    words, undefined = Evaluator(pf_map).functions(draw.noise[None])
    assert functions.to_strings(words, 3) == [string]
    assert not undefined.any()
    assert draw.parameters


def test_functions_that_did_not_come_up():
    result = sample(Perceptron(3), 500)
    assert result.index_of("01101001") is None
    with pytest.raises(ValueError, match="did not come up in these 500 samples"):
        result.noise_of("01101001")
    with pytest.raises(ValueError, match="one function is wanted, got 2"):
        result.index_of(result.functions[:2])


def test_intervals_are_those_of_the_statistics():
    for readouts in (1, 64):
        result = sample(NETWORK, 6400, readouts=readouts)
        expected = (
            binomial_interval(result.counts, 6400, 0.9)
            if readouts == 1
            else clustered_interval(result.counts, result.sum_squares, 6400, 64, 0.9)
        )
        assert result.interval(0.9).level == 0.9
        assert np.array_equal(result.interval(0.9).low, expected.low)
        assert np.array_equal(result.interval(0.9).high, expected.high)


def test_table_of_a_result():
    result = sample(NETWORK, 2000)
    table = result.to_pandas(complexity=("lz76", "entropy"), level=0.9)
    assert list(table) == ["function", "count", "prior", "prior_low", "prior_high", "lz76", "entropy"]
    assert table["function"].tolist() == functions.to_strings(result.functions, 3)
    assert (table["prior_low"] < table["prior"]).all()
    assert (table["prior"] < table["prior_high"]).all()
    assert table["count"].sum() == 2000
    assert table["lz76"].tolist() == pytest.approx([naive.k_lz(f) for f in table["function"]])
    assert list(result.to_pandas(complexity="lz76"))[-1] == "lz76"


def test_table_with_a_users_own_measures():
    def weight(words, n_inputs):
        return functions.ones(words)

    def first(tables):
        return tables[:, 0].astype(int)

    result = simplicity.sample(simplicity.maps.LookupTable(3), 100, seed=0)
    table = result.to_pandas(complexity=[weight, first, "bdd_nodes"])
    assert table["weight"].tolist() == [text.count("1") for text in table["function"]]
    assert table["first"].tolist() == [int(text[0]) for text in table["function"]]
    assert table.attrs["upper_bounds"] == []
    larger = simplicity.sample(simplicity.maps.LookupTable(8), 10, seed=0)
    assert larger.to_pandas(complexity=["bdd_nodes", "lz76"]).attrs["upper_bounds"] == ["bdd_nodes"]

    def count(words, n_inputs):
        return functions.ones(words)

    for twice in ([count], ["lz76", "lz76"], [weight, weight]):
        with pytest.raises(ValueError, match="two columns of the name"):
            result.to_pandas(complexity=twice)


def test_a_result_that_does_not_add_up_is_refused():
    result = sample(NETWORK, 100)
    parts = [result.functions, result.counts, result.sum_squares]
    for wrong in (
        [result.functions, result.counts + 1, result.sum_squares],
        [result.functions[1:], result.counts, result.sum_squares],
        [result.functions, result.counts, result.sum_squares[1:]],
        [result.functions + np.uint64(256), result.counts, result.sum_squares],
    ):
        with pytest.raises(ValueError, match=r"add up|one length|zeros above"):
            simplicity.Result(3, *wrong, 0, result.ranges, result.recipe)
    assert_same(simplicity.Result(3, *parts, 0, result.ranges, result.recipe), result)


@pytest.mark.parametrize("pf_map", [always_nan(3), MLP(3, (4, 4, 4, 4), weight_std=1e20)], ids=str)
def test_a_map_without_any_function_is_an_error(pf_map, tmp_path):
    path = tmp_path / "a.parquet"
    with pytest.raises(MapError, match=r"the logits of all .* samples"):
        sample(pf_map, 300, path=path)
    with pytest.raises(MapError, match=r"the logits of all .* samples so far are undefined"):
        sample(always_nan(3), 10_000_000, path=path)
    assert list(tmp_path.iterdir()) == []
