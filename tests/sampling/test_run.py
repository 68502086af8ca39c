"""The same result for any threads, blocks, interruptions and kills; bad arguments; nothing left behind."""

import json
import os
import signal
import subprocess
import sys
import textwrap
import time

import numpy as np
import pytest

import simplicity
from simplicity import SamplingInterrupted
from simplicity.maps import MLP, BooleanCircuit, ExpressionTree, LookupTable, Perceptron
from simplicity.sampling import Engine, Range, Run, Tally, engine, load, sample
from simplicity.sampling import run as run_module
from simplicity.sampling import tally as tally_module
from simplicity.sampling.checkpoint import Checkpoint
from simplicity.sampling.parts import Part
from tests.sampling.maps import NanReadouts, sometimes_nan, sometimes_nan_kernel
from tests.sampling.test_result import assert_same

CASES = [
    (Perceptron(3), 1),
    (MLP(5, (4, 3)), 1),
    (MLP(5, (4, 3)), 12),
    (ExpressionTree(4), 1),
    (BooleanCircuit(7), 1),
    (LookupTable(8), 1),
    (sometimes_nan(3), 1),
    (sometimes_nan_kernel(3), 1),
    (NanReadouts(), 4),
]
by_name = pytest.mark.parametrize(("pf_map", "readouts"), CASES, ids=lambda case: getattr(case, "name", case))


@pytest.fixture
def small_blocks(monkeypatch):
    monkeypatch.setattr(engine, "_BLOCK_SAMPLES", 240)
    monkeypatch.setattr(run_module, "CHECKPOINT_SECONDS", 0.0)


@by_name
def test_threads_and_blocks_do_not_show(pf_map, readouts, monkeypatch):
    reference = sample(pf_map, 5003, seed=2, readouts=readouts, threads=1)
    monkeypatch.setattr(tally_module, "_MANY", 50)  # rows are then put in order by threads
    for threads, samples, numbers in [(2, 2**15, 2**20), (1, 100, 2**20), (7, 333, 2**20), (2, 2**15, 500)]:
        monkeypatch.setattr(engine, "_BLOCK_SAMPLES", samples)
        monkeypatch.setattr(engine, "_BLOCK_NUMBERS", numbers)
        assert_same(sample(pf_map, 5003, seed=2, readouts=readouts, threads=threads), reference)


def interrupt_after(monkeypatch, steps):
    """Ctrl-C after so many steps of the next runs."""

    def follow(run, progress):
        for number, _ in enumerate(run.steps()):
            if number == steps:
                signal.raise_signal(signal.SIGINT)

    monkeypatch.setattr(run_module, "_follow", follow)


@by_name
def test_an_interrupted_run_resumes_to_the_same_file(pf_map, readouts, tmp_path, monkeypatch, small_blocks):
    whole, path = tmp_path / "whole.parquet", tmp_path / "resumed.parquet"
    arguments = {"seed": 4, "readouts": readouts, "threads": 2, "first_sample": 24}
    sample(pf_map, 6001, path=whole, **arguments)
    done = []
    with monkeypatch.context() as patched:
        for steps in (1, 4, 2):
            interrupt_after(patched, steps)
            with pytest.raises(SamplingInterrupted) as caught:
                sample(pf_map, 6001, path=path, **arguments)
            assert isinstance(caught.value, KeyboardInterrupt)
            partial = caught.value.result
            assert_same(partial, sample_of(pf_map, partial.n_samples, arguments))
            done.append(partial.n_samples)
            assert not path.exists()
    assert done == sorted(set(done))
    assert 0 < done[0] < done[-1] < 6001
    result = sample(pf_map, 6001, path=path, **arguments)
    assert path.read_bytes() == whole.read_bytes()
    assert_same(result, load(whole))
    assert json.loads((tmp_path / "resumed.parquet.log.json").read_text())["samples_in_this_run"] < 6001
    assert {file.name for file in tmp_path.iterdir()} == {
        f"{name}.parquet{end}" for name in ("whole", "resumed") for end in ("", ".log.json")
    }


def sample_of(pf_map, n_samples, arguments):
    """Without the patched loop."""
    span = Range(arguments["seed"], 24, 24 + n_samples, arguments["readouts"])
    run = Run(pf_map, span, 1)
    for _ in run.steps():
        pass
    return run.result()


def test_an_interruption_without_a_path_keeps_what_was_done(monkeypatch, small_blocks):
    interrupt_after(monkeypatch, 3)
    with pytest.raises(SamplingInterrupted, match=r"interrupted after [\d,]+ samples") as caught:
        sample(Perceptron(3), 100_000, threads=1)
    result = caught.value.result
    assert 0 < result.n_samples < 100_000
    monkeypatch.undo()
    assert_same(result, sample(Perceptron(3), result.n_samples))


def test_an_interruption_before_the_first_block_is_no_fault_of_the_map(monkeypatch, tmp_path):
    interrupt_after(monkeypatch, 0)
    with pytest.raises(SamplingInterrupted) as caught:
        sample(Perceptron(3), 100_000, path=tmp_path / "a.parquet")
    assert caught.value.result.n_samples == 0
    assert list(tmp_path.iterdir()) == []


def test_a_second_interruption_ends_the_run_at_once(monkeypatch, tmp_path, small_blocks):
    def follow(run, progress):
        for number, _ in enumerate(run.steps()):
            if number > 0:
                signal.raise_signal(signal.SIGINT)
                signal.raise_signal(signal.SIGINT)

    at_start = signal.getsignal(signal.SIGINT)
    before = signal.default_int_handler  # what starts in the background ignores Ctrl-C
    signal.signal(signal.SIGINT, before)
    monkeypatch.setattr(run_module, "_follow", follow)
    try:
        with pytest.raises(KeyboardInterrupt) as caught:
            sample(Perceptron(3), 100_000)
        assert not isinstance(caught.value, SamplingInterrupted)
        assert signal.getsignal(signal.SIGINT) is before
    finally:
        signal.signal(signal.SIGINT, at_start)


def test_the_same_command_again_changes_nothing(tmp_path):
    path = tmp_path / "a.parquet"
    first = sample(MLP(3, (4,)), 5000, path=path)
    before = {file.name: (file.read_bytes(), file.stat().st_mtime_ns) for file in tmp_path.iterdir()}
    assert_same(sample(MLP(3, (4,)), 5000, path=path), first)
    assert {f.name: (f.read_bytes(), f.stat().st_mtime_ns) for f in tmp_path.iterdir()} == before


@pytest.mark.parametrize("readouts", [1, 64])
def test_a_longer_run_extends_a_shorter_one(readouts, tmp_path):
    for count in (640, 1280, 4000):
        sample(MLP(3, (4,)), count, readouts=readouts, path=tmp_path / "grown.parquet")
    sample(MLP(3, (4,)), 4000, readouts=readouts, path=tmp_path / "once.parquet")
    assert (tmp_path / "grown.parquet").read_bytes() == (tmp_path / "once.parquet").read_bytes()


@pytest.mark.parametrize(
    ("pf_map", "changes", "message"),
    [
        (MLP(3, (5,)), {}, "already holds a run of other options"),
        (Perceptron(3), {}, "already holds a run of another map"),
        (MLP(3, (4,)), {"seed": 1}, "already holds another run .seed 0"),
        (MLP(3, (4,)), {"readouts": 5}, "1 readouts a draw"),
        (MLP(3, (4,)), {"first_sample": 100}, "samples 0 to 1000"),
        (MLP(3, (4,)), {"n_samples": 500}, "up to sample 1000, more than asked for"),
    ],
)
def test_a_file_of_another_run_is_left_alone(pf_map, changes, message, tmp_path):
    path = tmp_path / "a.parquet"
    sample(MLP(3, (4,)), 1000, path=path)
    before = path.read_bytes()
    with pytest.raises(ValueError, match=message) as caught:
        sample(pf_map, **({"n_samples": 2000, "path": path} | changes))
    assert "choose another file, or delete" in str(caught.value)
    assert path.read_bytes() == before


def test_a_partial_hidden_draw_is_not_resumed_from(tmp_path):
    sample(MLP(3, (4,)), 100, readouts=64, path=tmp_path / "a.parquet")
    with pytest.raises(ValueError, match="ends inside a hidden draw"):
        sample(MLP(3, (4,)), 200, readouts=64, path=tmp_path / "a.parquet")


SCRIPT = """
    import os, sys, time
    from simplicity.maps import LookupTable
    from simplicity.sampling import engine, run, sample, storage

    engine._BLOCK_SAMPLES, run.CHECKPOINT_SECONDS = 500, float(sys.argv[3])
    run.KEEP_BYTES = int(sys.argv[4])
    syncs = []

    def hang(descriptor):
        syncs.append(descriptor)
        if len(syncs) == int(sys.argv[2]):
            os.truncate(descriptor, os.fstat(descriptor).st_size // 2)
            print("half written", flush=True)
            time.sleep(60)

    def follow(a_run, progress):
        for number, _ in enumerate(a_run.steps()):
            if number == 12:
                print("under way", flush=True)
            time.sleep(0.002)

    run._follow = follow
    storage.os.fsync = hang
    sample(LookupTable(7), 20_000, seed=3, threads=2, path=sys.argv[1])
    print("done", flush=True)
    """


@pytest.mark.parametrize("keep", [10**9, 0], ids=["in-memory", "on-disk"])
@pytest.mark.parametrize(
    ("hang_at", "said"),
    [(0, "under way"), (1, "half written"), (3, "half written"), ("last", "half written")],
)
def test_a_killed_run_resumes_to_the_same_file(hang_at, said, keep, tmp_path, monkeypatch):
    """SIGKILL between two steps, and half way through writing a part or the target itself."""
    whole, path = tmp_path / "whole.parquet", tmp_path / "killed" / "a.parquet"
    sample(LookupTable(7), 20_000, seed=3, path=whole)
    path.parent.mkdir()
    monkeypatch.setattr(run_module, "KEEP_BYTES", keep)
    number, seconds = hang_at, 0.0
    if hang_at == "last":  # parts of most of it first, so that a last part, if any, log and target are left
        span = Range(3, 0, 10_000, 1)
        run = Run(LookupTable(7), span, 1, Checkpoint(path, LookupTable(7), span))
        for _ in run.steps():
            pass
        run.store()
        number, seconds = 2, 1e9
    arguments = [str(path), str(number), str(seconds), str(keep)]
    process = subprocess.Popen(
        [sys.executable, "-c", textwrap.dedent(SCRIPT), *arguments], stdout=subprocess.PIPE, text=True
    )
    lines = []
    while (line := process.stdout.readline().strip()) and line != said:
        lines.append(line)
    assert line == said
    process.kill()
    process.wait()
    process.stdout.close()
    assert not path.exists()
    parts = sorted((path.parent / "a.parquet.parts").glob("*.part"))
    for part in parts:
        assert len(Part(part)) > 0
    assert parts or hang_at == 1
    sample(LookupTable(7), 20_000, seed=3, path=path)
    assert path.read_bytes() == whole.read_bytes()
    assert sorted(file.name for file in path.parent.iterdir()) == ["a.parquet", "a.parquet.log.json"]


def test_a_run_killed_before_it_tidied_up_is_tidied_up_later(tmp_path, small_blocks):
    """The target is whole, its parts are still there."""
    path, span = tmp_path / "a.parquet", Range(0, 0, 1000, 1)
    sample(Perceptron(3), 1000, path=path)
    before = path.read_bytes()
    checkpoint = Checkpoint(path, Perceptron(3), span)
    tally = Tally(1)
    tally.add_samples(*Engine(Perceptron(3)).samples(0, 500))
    checkpoint.add(tally, span._replace(stop=500))
    (tmp_path / ".a.parquet.0123456789ab.tmp").write_bytes(b"half")
    sample(Perceptron(3), 1000, path=path)
    assert path.read_bytes() == before
    assert sorted(file.name for file in tmp_path.iterdir()) == ["a.parquet", "a.parquet.log.json"]


@pytest.mark.parametrize(
    ("name", "values"),
    [
        ("n_samples", [0, -1, 1.5, "10", True, None, float("nan"), 2**63]),
        ("seed", [-1, 0.5, "0", None, 2**64, True]),
        ("readouts", [0, -1, 1.5, "4", True, None, 2**16]),
        ("first_sample", [-1, 0.5, "0", None, True]),
        ("threads", [0, -1, 1.5, "2", True]),
    ],
)
def test_wrong_arguments_are_refused_by_name(name, values, tmp_path):
    for value in values:
        with pytest.raises(ValueError, match=f"{name} must be a whole number from"):
            sample(MLP(3, (4,)), **({"n_samples": 10, "path": tmp_path / "a.parquet"} | {name: value}))
    assert list(tmp_path.iterdir()) == []


def test_whole_floats_are_numbers():
    assert_same(
        sample(MLP(3, (4,)), 1e3, seed=1.0, readouts=4.0), sample(MLP(3, (4,)), 1000, seed=1, readouts=4)
    )
    assert sample(MLP(3, (4,)), np.int64(10)).n_samples == 10


def test_a_range_begins_at_a_hidden_draw():
    with pytest.raises(ValueError, match="first_sample must be a multiple of readouts=8, got 12"):
        sample(MLP(3, (4,)), 10, readouts=8, first_sample=12)


def test_readouts_are_refused_where_there_are_none():
    with pytest.raises(ValueError, match="readouts must be 1 for map perceptron"):
        sample(Perceptron(3), 10, readouts=2)


@pytest.mark.parametrize("wrong", [MLP, "mlp", None])
def test_only_maps_are_sampled(wrong):
    with pytest.raises(ValueError, match="pf_map must be a map, such as"):
        sample(wrong, 10)


def test_paths_that_cannot_be_written_are_refused_before_sampling(tmp_path):
    started = time.monotonic()
    with pytest.raises(FileNotFoundError, match="no folder"):
        sample(LookupTable(7), 10**9, path=tmp_path / "nowhere" / "a.parquet")
    with pytest.raises(IsADirectoryError, match="is a folder"):
        sample(LookupTable(7), 10**9, path=tmp_path)
    assert time.monotonic() - started < 5
    assert list(tmp_path.iterdir()) == []


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write anywhere")
def test_folders_without_permission_are_refused(tmp_path):
    tmp_path.chmod(0o500)
    with pytest.raises(PermissionError, match="cannot write to folder"):
        sample(LookupTable(7), 10, path=tmp_path / "a.parquet")
    tmp_path.chmod(0o700)


def test_global_random_state_is_left_alone():
    np.random.seed(3)  # noqa: NPY002
    before = np.random.get_state()[1].copy()  # noqa: NPY002
    sample(MLP(3, (4,)), 1000, readouts=4)
    sample(sometimes_nan(3), 1000)
    assert np.array_equal(np.random.get_state()[1], before)  # noqa: NPY002


def test_progress_counts_up_to_the_end(small_blocks, capsys):
    run = Run(ExpressionTree(3), Range(0, 0, 5000, 1), 2)
    steps = list(run.steps())
    counts = [step.n_samples for step in steps]
    assert counts == sorted(counts)
    assert counts[-1] == 5000
    result = run.result()
    assert steps[-1].distinct == len(result)
    assert steps[-1].unseen_mass == pytest.approx(result.unseen_mass)
    sample(ExpressionTree(3), 5000, progress=True)
    assert "distinct, unseen mass" in capsys.readouterr().err
    sample(ExpressionTree(3), 5000)
    assert capsys.readouterr().err == ""


def test_unseen_mass_counts_what_one_hidden_draw_gave():
    result = sample(MLP(4, (5,)), 6400, readouts=64)
    lonely = result.counts[result.sum_squares == result.counts**2].sum()
    assert result.unseen_mass == lonely / 6400 > 0
    plain = sample(MLP(4, (5,)), 6400)
    assert plain.unseen_mass == (plain.counts == 1).sum() / 6400
    partly = simplicity.sample(sometimes_nan(3), 1000)
    assert partly.n_undefined > 0 and partly.unseen_mass == (partly.counts == 1).sum() / 1000
