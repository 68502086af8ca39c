"""Priors of given functions: exact laws, counts, splitting, statuses, bad input, the command line."""

import math

import numpy as np
import pytest
from scipy import special

import simplicity
from simplicity.cli.main import main
from simplicity.functions import as_function, from_integers, unpack
from simplicity.maps import MLP, BooleanCircuit, LookupTable, Perceptron, PolynomialThreshold
from simplicity.maps.evaluate import Evaluator
from simplicity.rare import Budget, logit_energy, mismatch_energy, probability, repeated
from simplicity.rare.estimate import log2_of_mean
from simplicity.rare.reachable import is_proved_unreachable
from simplicity.rare.trial import Trial

SMALL = MLP(3, (8,), bias_std=0.2)


def test_full_degree_walsh_is_the_null_model():
    """Splitting, which knows nothing of it, finds 2^-16 for any function: 4 standard errors."""
    null = PolynomialThreshold(4, degree=4, basis="walsh")
    found = probability(null, "0x6a95", method="splitting", particles=256)
    assert found.status == "converged"
    assert abs(found.log2_prior + 16) < 4 * found.standard_error < 1.2
    assert probability(null, "0x6a95").log2_prior == probability(LookupTable(4), "x1").log2_prior == -16


def test_splitting_agrees_with_a_tally():
    """Every 12th function of a small network, against 2^20 samples: all within 4.5 joint errors."""
    result = simplicity.sample(SMALL, 2**20, seed=5)
    for index in range(12, 84, 24):
        function = result.functions[index]
        count = probability(SMALL, function, method="count", result=result)
        found = probability(SMALL, function, method="splitting", particles=150, seed=1)
        joint = math.hypot(count.standard_error, found.standard_error)
        assert abs(found.log2_prior - count.log2_prior) < 4.5 * joint
        assert found.interval.low < found.log2_prior < found.interval.high


def test_an_energy_without_offset_and_scale_collapses():
    """Negative control: the sum of wrong |logits| sinks to networks of small logits, outputs still wrong.

    At 2^-30 the largest |logit| of a particle has a mean of 0.34, but 0.13 with that energy; of four runs the
    standard errors are 0.02.
    """
    network, function = MLP(5, (20,), bias_std=0.2), as_function("x1 ^ x2 ^ x3", 5)
    evaluator, wanted = Evaluator(network), unpack(function[None], 5)[0]

    def sum_of_wrong(noise):
        logits = evaluator.logits(noise).astype(float)
        return (np.abs(logits) * ((logits > 0) != wanted)).sum(axis=1)

    def largest_logits(energy):
        runs = [
            simplicity.rare.split(energy, network.noise, particles=100, lowest_log2=-30.0, run=run)
            for run in range(4)
        ]
        logits = np.array([evaluator.logits(run.noise) for run in runs])
        assert ((logits > 0) != wanted).any(axis=2).all()
        return np.abs(logits).max(axis=2).mean()

    good = logit_energy(network, function)
    assert largest_logits(sum_of_wrong) < 0.6 * largest_logits(good)
    reached = simplicity.rare.split(good, network.noise, particles=100, lowest_log2=-60.0, run=1)
    assert reached.status == "reached"


def test_reachable_functions_of_linear_maps():
    """Linear programmes count them: 14 of 16 by lines, 104 of 256 by planes, 254 of 256 by quadrics."""
    for pf_map, count in ((Perceptron(2), 14), (Perceptron(3), 104), (PolynomialThreshold(3, degree=2), 254)):
        functions = from_integers(range(2**2**pf_map.n_inputs), pf_map.n_inputs)
        assert sum(not is_proved_unreachable(pf_map, function) for function in functions) == count


def test_no_bias_leaves_the_zero_input_in_class_0():
    assert probability(Perceptron(2, bias_std=0.0), "1").log2_prior == -np.inf


def test_counts_use_the_whole_orbit():
    """x1 x2 x3 and its likes: 2·8 of them with output and input negations, counted together."""
    walsh = PolynomialThreshold(3, degree=2, basis="walsh")
    result = simplicity.sample(walsh, 20_000, seed=2)
    found = probability(walsh, "x1 & x2 & x3", method="count", result=result)
    assert found.diagnostics["orbit_size"] == 16
    alone = result.counts[result.index_of(as_function("x1 & x2 & x3", 3))]
    assert found.diagnostics["hits"] > 8 * alone
    assert found.standard_error < 0.5 / math.sqrt(alone)


def test_interval_of_few_log_normal_runs_covers():
    """Eight runs with s = 1.5 bits: 95 % intervals cover 90 to 99 % of 2,000; the delta method's do not."""
    generator = np.random.default_rng(1)
    spread = 1.5 * math.log(2)
    truth = spread**2 / 2 / math.log(2)
    covered = naive = 0
    for _ in range(2000):
        values = generator.normal(0, 1.5, 8)
        _, _, interval = log2_of_mean(values)
        covered += interval.low <= truth <= interval.high
        plain = 2.0**values
        error = plain.std(ddof=1) / math.sqrt(8) / plain.mean() / math.log(2)
        naive += abs(np.log2(plain.mean()) - truth) <= 1.96 * error
    assert 0.90 < covered / 2000 < 0.99
    assert naive / 2000 < 0.88


def test_a_budget_too_small_gives_a_status_and_no_number():
    found = probability(SMALL, "x1 ^ x2 ^ x3", method="splitting", max_evaluations=1500)
    assert found.status == "over budget" and np.isnan(found.log2_prior) and found.evaluations <= 1500
    assert "over budget" in str(found)
    found = probability(SMALL, "x1 ^ x2 ^ x3", method="splitting", budget_seconds=1e-9)
    assert found.status == "over budget" and np.isnan(found.log2_prior)


def test_what_no_parameters_induce_is_never_a_number():
    energy = lambda: logit_energy(Perceptron(2), as_function("x1 ^ x2", 2))  # noqa: E731
    found = repeated(energy, Perceptron(2).noise, particles=64, lowest_log2=-100)
    assert found.status == "not reached" and np.isnan(found.log2_prior)


def test_all_evaluations_are_told_without_a_number_too():
    """Of the short run that did not arrive and of the longer one after it; compiling draws 4 or 8 rows."""
    rows = 0

    def counted(noise):
        nonlocal rows
        rows += len(noise)
        return np.abs(noise[:, 0]) + 1

    settings = {"particles": 64, "pilot_particles": 16, "sweeps": 2, "lowest_log2": -20}
    found = repeated(lambda: counted, Perceptron(2).noise, **settings)
    assert found.status == "not reached" and rows - 8 <= found.evaluations < rows


def test_the_same_for_any_threads():
    settings = {"method": "splitting", "particles": 64, "target_error": 5.0, "budget_seconds": None}
    one, two = (probability(SMALL, "x1 ^ x2", threads=threads, **settings) for threads in (1, 3))
    assert one.diagnostics["log2_of_runs"] == two.diagnostics["log2_of_runs"]


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"method": "guess"}, "method must be"),
        ({"method": ["exact"]}, "method must be"),
        ({"function": None}, "a function must be text"),
        ({"offset": "a"}, "offset must be a number"),
        ({"lowest_log2": None}, "lowest_log2 must be a number"),
        ({"function": "x1 ^ y2"}, "y2"),
        ({"function": "0110"}, "truth table"),
        ({"method": "count"}, "needs a tally"),
        ({"method": "exact"}, "knows no law"),
        ({"target_error": 0.0}, "target_error"),
        ({"budget_seconds": 0}, "budget_seconds"),
        ({"threads": 0}, "threads"),
        ({"pf_map": "mlp"}, "pf_map must be a map"),
        ({"particels": 100}, "option 'particels' is unknown"),
        ({"method": "count", "particles": 100}, "there are none"),
        ({"method": "splitting", "energy": "heat"}, "energy must be"),
        ({"method": "splitting", "offset": -1}, "offset must be"),
        ({"method": "splitting", "particles": 0}, "particles must be"),
        ({"pf_map": LookupTable(3), "particles": 1}, "particles must be a whole number from 4"),
        ({"pf_map": LookupTable(3), "lowest_log2": math.nan}, "lowest_log2 must be a number from -inf"),
        ({"spread": math.inf}, "spread must be a finite number above 0"),
        ({"frozen": "no"}, "frozen must be True or False"),
        ({"offset": math.nan}, "offset must be"),
        ({"target_error": math.nan}, "target_error must be a finite number above 0"),
        ({"target_error": -0.1}, "target_error must be a finite number above 0"),
        ({"budget_seconds": math.inf}, "budget_seconds must be a finite number above 0; None sets no limit"),
        ({"budget_seconds": "60"}, "budget_seconds must be"),
        ({"max_evaluations": 0.5}, "max_evaluations must be a whole number"),
        ({"function": ["x1", "0110"]}, "function number 2: a truth table of 3 inputs has 8"),
        ({"function": []} | {"method": "count"} | {"result": 5}, "result must be a tally"),
        ({"pf_map": BooleanCircuit(3), "method": "splitting", "energy": "logits"}, "has no logits"),
    ],
)
def test_bad_input_is_named(arguments, message):
    with pytest.raises(ValueError, match=message):
        probability(**({"pf_map": SMALL, "function": "x1 ^ x2"} | arguments))


@pytest.mark.parametrize("energy", [logit_energy, mismatch_energy])
def test_energies_check_the_function(energy):
    """Words of another number of inputs would be compared in part: a silent wrong number."""
    for words in (np.zeros(3, dtype=np.uint64), np.array([2**63], dtype=np.uint64)):
        with pytest.raises(ValueError, match="words"):
            energy(SMALL, words)


def test_no_functions_no_estimates():
    assert probability(SMALL, []) == []


def test_a_list_gives_what_each_function_gives_alone():
    """No state is left from one function to the next: neither a trial nor a stream of numbers is shared."""
    settings = {"particles": 64, "target_error": 5.0, "budget_seconds": None}
    functions = ["x1 ^ x2", "x1", "x1 ^ x2 ^ x3"]
    together = probability(SMALL, functions, **settings)
    alone = [probability(SMALL, function, **settings) for function in reversed(functions)][::-1]
    assert [e.log2_prior for e in together] == [e.log2_prior for e in alone]
    assert [e.evaluations for e in together] == [e.evaluations for e in alone]


def test_the_trial_has_samples_of_its_own():
    """With the user's seed it would draw the user's samples over again."""
    trial = Trial(SMALL, 7, Budget(seconds=None)).counter().result
    user = simplicity.sample(SMALL, 20_000, seed=7)
    assert trial.n_samples == user.n_samples
    assert trial.ranges[0].seed != 7
    assert not np.array_equal(trial.counts, user.counts)


def test_the_trial_keeps_to_its_share_of_the_budget():
    assert Trial(SMALL, 0, Budget(seconds=None, evaluations=30_000)).counter().result.n_samples == 3_000
    assert Trial(SMALL, 0, Budget(seconds=None, evaluations=2_000)).counter() is None
    in_no_time = Trial(SMALL, 0, Budget(seconds=1e-6)).counter().result
    assert in_no_time.n_samples == 256


def test_automatic_estimates_keep_to_the_evaluations():
    """A rare function, and one that 2,000 samples of a trial see often."""
    for function in ("x1 ^ x2 ^ x3", "0"):
        found = probability(SMALL, function, max_evaluations=20_000, budget_seconds=None)
        assert 0 < found.evaluations <= 20_000


def test_a_tally_of_another_map_is_refused():
    result = simplicity.sample(Perceptron(3), 100, seed=0)
    with pytest.raises(ValueError, match="another map"):
        probability(SMALL, "x1", method="count", result=result)


def test_command_line(capsys):
    line = [
        "probability",
        "perceptron",
        "--n-inputs",
        "3",
        "--function",
        "x1 ^ x2",
        "--function",
        "0x01",
        "-q",
    ]
    assert main(line) == 0
    out = capsys.readouterr().out
    assert "-inf" in out and "converged" in out and "count" in out
    assert main([*line, "--method", "nonsense"]) == 2
    assert "method must be" in capsys.readouterr().err


def test_a_truncated_tally_counts_what_it_lists(tmp_path):
    simplicity.sample(SMALL, 20_000, seed=0, path=tmp_path / "a.parquet")
    part = simplicity.load(tmp_path / "a.parquet", max_functions=3)
    alone = probability(SMALL, part.functions[0], method="count", result=part)
    assert alone.status == "not seen" and np.isnan(alone.interval.high)  # members of its orbit may lack
    simplicity.sample(SMALL, 20_000, seed=0, readouts=8, path=tmp_path / "b.parquet")
    whole, part = (simplicity.load(tmp_path / "b.parquet", max_functions=most) for most in (None, 3))
    one, two = (probability(SMALL, part.functions[2], method="count", result=r) for r in (part, whole))
    assert one.log2_prior == two.log2_prior and one.interval == two.interval
    assert probability(SMALL, whole.functions[3], method="count", result=part).status == "not seen"


def test_hits_of_one_hidden_draw_are_not_enough():
    """A tally of so few hidden draws says less than splitting, however many readouts they have."""
    result = simplicity.sample(SMALL, 64 * 10, seed=0, readouts=64)
    common = result.functions[0]
    by_count = probability(SMALL, common, method="count", result=result, target_error=0.01)
    assert by_count.diagnostics["independent_hits"] < 100 < by_count.diagnostics["hits"]
    found = probability(SMALL, common, result=result, target_error=0.01)
    assert found.evaluations != result.n_samples and found.standard_error < by_count.standard_error


@pytest.mark.parametrize("share", [0.0, 0.002])
def test_a_trial_without_a_defined_sample_leaves_the_function_to_splitting(share):
    """Of a map that is never defined, a status; of one that hardly ever is, still not a crash."""
    edge = math.sqrt(2) * special.erfinv(2 * share - 1) if share else -math.inf

    @simplicity.batch_map(n_params=3)
    def rarely_defined(noise, inputs, /):
        return np.where(noise[:, 2:] < edge, noise[:, :2] @ inputs.T, np.nan)

    settings = {"max_evaluations": 30_000, "budget_seconds": None, "particles": 64}
    found = probability(rarely_defined(n_inputs=2), ["x1", "x2"], **settings)
    for one in found:
        assert one.evaluations >= 256
        assert np.isnan(one.log2_prior) or (share > 0 and one.method == "count")
