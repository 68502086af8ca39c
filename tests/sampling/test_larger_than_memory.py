"""Runs that go to disk: the same file for any limit, stop and extension, and the limit kept."""

import itertools
import os
import subprocess
import sys
import textwrap

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from simplicity import StorageError, functions
from simplicity.maps import MLP, LookupTable, Perceptron
from simplicity.sampling import Range, SamplingInterrupted, Tally, consolidation, engine, load, sample
from simplicity.sampling import run as run_module
from simplicity.sampling.checkpoint import Checkpoint
from simplicity.sampling.consolidation import Consolidation
from simplicity.sampling.lock import locked
from simplicity.sampling.memory import checked_memory
from simplicity.sampling.parts import Part, write_part
from tests import naive
from tests.sampling.maps import NanReadouts, sometimes_nan
from tests.sampling.test_result import assert_same
from tests.sampling.test_run import interrupt_after

CASES = [
    (LookupTable(7), 1),
    (MLP(5, (4, 3)), 12),
    (LookupTable(9), 1),
    (sometimes_nan(3), 1),
    (NanReadouts(), 4),
]
by_map = pytest.mark.parametrize(("pf_map", "readouts"), CASES, ids=lambda case: getattr(case, "name", case))


@pytest.fixture
def to_disk(monkeypatch):
    """Every checkpoint empties the tally, and parts are added up in many lots and buckets."""
    monkeypatch.setattr(engine, "_BLOCK_SAMPLES", 600)
    monkeypatch.setattr(run_module, "CHECKPOINT_SECONDS", 0.0)
    monkeypatch.setattr(run_module, "KEEP_BYTES", 0)
    monkeypatch.setattr(run_module, "DEFAULT_MEMORY", 50_000)
    monkeypatch.setattr(consolidation, "_FEWEST_ROWS", 1)


@by_map
@pytest.mark.parametrize("threads", [1, 3])
def test_a_run_on_disk_gives_the_same_file(pf_map, readouts, threads, tmp_path, to_disk, monkeypatch):
    arguments = {"seed": 4, "readouts": readouts, "threads": threads, "first_sample": 24}
    path = tmp_path / "a.parquet"
    seen = []
    monkeypatch.setattr(Consolidation, "__init__", spied(Consolidation.__init__, seen))
    result = sample(pf_map, 6001, path=path, **arguments)
    assert len(seen) == 1 and len(seen[0].parts) > 1
    assert pf_map.n_inputs < 5 or (len(seen[0].lots) > 2 and seen[0].n_buckets > 2)
    in_memory = sample(pf_map, 6001, **arguments)
    in_memory.save(tmp_path / "b.parquet")
    assert path.read_bytes() == (tmp_path / "b.parquet").read_bytes()
    assert_same(result, in_memory)
    names = {file.name for file in tmp_path.iterdir()}
    assert names == {"a.parquet", "a.parquet.log.json", "b.parquet"}


def spied(initialise, seen):
    def initialised(self, *arguments):
        seen.append(self)
        initialise(self, *arguments)

    return initialised


@pytest.mark.parametrize("keep", [0, 20_000, 10**9])
def test_interruptions_and_extensions_on_disk_do_not_show(keep, tmp_path, to_disk, monkeypatch):
    monkeypatch.setattr(run_module, "KEEP_BYTES", keep)
    pf_map, path = MLP(5, (4, 3)), tmp_path / "a.parquet"
    arguments = {"readouts": 12, "threads": 2}
    monkeypatch.setattr(engine, "_BLOCK_SAMPLES", 120)
    for count in (6000, 18_000):
        for steps in (2, 4):
            with monkeypatch.context() as patched:
                interrupt_after(patched, steps)
                with pytest.raises(SamplingInterrupted) as caught:
                    sample(pf_map, count, path=path, **arguments)
            assert caught.value.in_memory == (keep > 0 and not caught.value._run.parts)
            done = caught.value.n_samples
            assert_same(caught.value.result, sample(pf_map, done, **arguments))
            monkeypatch.setattr(run_module, "KEEP_BYTES", keep)
        sample(pf_map, count, path=path, **arguments)
        whole = sample(pf_map, count, **arguments)
        whole.save(tmp_path / "b.parquet")
        assert path.read_bytes() == (tmp_path / "b.parquet").read_bytes()


@settings(max_examples=25, deadline=None)
@given(
    st.integers(1, 8), st.sampled_from([1, 5]), st.integers(1, 4), st.integers(1, 3), st.integers(0, 2**32)
)
def test_parts_add_up_as_a_dictionary_does(tmp_path_factory, n_inputs, readouts, n_parts, threads, seed):
    folder = tmp_path_factory.mktemp("parts")
    generator = np.random.default_rng(seed)
    words = functions.pack(generator.random((40, 2**n_inputs)) < 0.5)[generator.zipf(1.3, 900) % 40]
    undefined = generator.random(900) < 0.1
    edges = [0, *sorted((generator.integers(0, 900 // readouts, n_parts - 1) * readouts).tolist()), 900]
    parts = []
    for number, (first, stop) in enumerate(itertools.pairwise(edges)):
        tally = Tally(words.shape[1], clustered=readouts > 1)
        tally.add_samples(words[first:stop], undefined[first:stop], readouts)
        write_part(folder / f"{number}.part", tally, Range(0, first, stop, readouts), {"name": "twin"})
        parts.append(Part(folder / f"{number}.part"))
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(consolidation, "_FEWEST_ROWS", 1)
        summed = Consolidation(parts, n_inputs, int(generator.integers(300, 30_000)), threads)
        summed.write(folder / "a.parquet", folder / "scratch", [Range(0, 0, 900, readouts)], {"name": "twin"})
    result = load(folder / "a.parquet")
    expected = naive.tally(functions.to_strings(words, n_inputs), undefined, readouts)
    strings = functions.to_strings(result.functions, n_inputs)
    rows = list(zip(strings, result.counts.tolist(), result.sum_squares.tolist(), strict=True))
    wanted = sorted(((f, c, s) for f, (c, s) in expected.items()), key=lambda row: (-row[1], row[0]))
    if readouts == 1:
        wanted = [(f, c, c) for f, c, _ in wanted]
    assert rows == wanted
    assert result.n_undefined == undefined.sum()
    assert not (folder / "scratch").exists()


PEAK = """
    import sys
    from simplicity.maps import LookupTable
    from simplicity.sampling import sample

    result = sample(LookupTable(7), 12_000_000, path=sys.argv[1], memory=eval(sys.argv[2]))
    assert result.n_functions == 12_000_000
    status = dict(line.split(":", 1) for line in open("/proc/self/status"))
    print(int(status["VmHWM"].split()[0]) * 1024)  # ru_maxrss would begin with that of the parent
    """


@pytest.mark.skipif(sys.platform != "linux", reason="reads /proc")
def test_memory_is_kept(tmp_path):
    """The limit and 0.35 GB for the program, compiler included; the control without a limit takes more."""
    peaks = {}
    for memory in ('"200MB"', "None"):
        done = subprocess.run(
            [sys.executable, "-c", textwrap.dedent(PEAK), str(tmp_path / f"{len(peaks)}.parquet"), memory],
            capture_output=True, text=True, check=True,
        )  # fmt: skip
        peaks[memory] = int(done.stdout)
    assert peaks['"200MB"'] < 550e6 < 800e6 < peaks["None"]
    assert (tmp_path / "0.parquet").read_bytes() == (tmp_path / "1.parquet").read_bytes()


@pytest.fixture
def parts_folder(tmp_path, to_disk, monkeypatch):
    """A run of 9000 samples stopped with several parts on disk."""
    with monkeypatch.context() as patched:
        interrupt_after(patched, 12)
        with pytest.raises(SamplingInterrupted):
            sample(LookupTable(7), 9000, path=tmp_path / "a.parquet", threads=1)
    folder = tmp_path / "a.parquet.parts"
    assert len(list(folder.iterdir())) > 2
    return folder


@pytest.mark.parametrize("damage", ["truncated", "empty", "header", "foreign"])
def test_samples_of_an_unreadable_part_are_drawn_again(damage, parts_folder):
    broken = sorted(parts_folder.iterdir())[1]
    content = broken.read_bytes()
    broken.write_bytes(
        {
            "truncated": content[: len(content) // 2],
            "empty": b"",
            "header": content[:-60] + bytes([content[-60] ^ 1]) + content[-59:],
            "foreign": os.urandom(5000),
        }[damage]
    )
    path = parts_folder.parent / "a.parquet"
    with pytest.raises(StorageError, match=f"{broken.name} is not a readable part file"):
        Part(broken)
    with pytest.warns(UserWarning, match=f"{broken.name} .*drawn again"):
        result = sample(LookupTable(7), 9000, path=path, threads=1)
    assert_same(result, sample(LookupTable(7), 9000))


def test_damaged_rows_of_a_part_are_noticed(parts_folder):
    broken = sorted(parts_folder.iterdir())[1]
    content = broken.read_bytes()
    path = parts_folder.parent / "a.parquet"
    broken.write_bytes(content[:100] + bytes([content[100] ^ 4]) + content[101:])
    with pytest.raises(StorageError, match=f"{broken.name} is damaged; delete it and run again"):
        sample(LookupTable(7), 9000, path=path, threads=1)
    assert not path.exists()
    broken.unlink()
    sample(LookupTable(7), 9000, path=path, threads=1)
    assert_same(load(path), sample(LookupTable(7), 9000))


def test_undamaged_parts_are_not_drawn_again(parts_folder, monkeypatch):
    """Negative control of the two tests above."""
    last = Part(sorted(parts_folder.iterdir())[-1]).range.stop
    firsts = []
    samples = engine.Engine.samples
    monkeypatch.setattr(
        engine.Engine,
        "samples",
        lambda self, first, stop, **options: firsts.append(first) or samples(self, first, stop, **options),
    )
    sample(LookupTable(7), 9000, path=parts_folder.parent / "a.parquet", threads=1)
    assert min(firsts) == last


def test_a_small_tallys_part_takes_the_place_of_the_last(tmp_path):
    span = Range(0, 0, 300, 1)
    checkpoint = Checkpoint(tmp_path / "a.parquet", Perceptron(3), span)
    tally = Tally(1)
    for stop in (100, 200):
        tally.add_samples(*engine.Engine(Perceptron(3)).samples(stop - 100, stop))
        checkpoint.add(tally, span._replace(stop=stop))
        assert [Part(path).range.stop for path in checkpoint.folder.iterdir()] == [stop]


@pytest.mark.parametrize(("text", "octets"), [("200MB", 2 * 10**8), ("1.5GiB", 3 * 2**29),
                                              ("1 tb", 10**12), (10**9, 10**9), ("1e9", 10**9)])  # fmt: skip
def test_amounts_of_memory(text, octets):
    assert checked_memory(text) == octets


@pytest.mark.parametrize(
    "wrong", ["", "much", "8 G", "GB", "-1GB", "1GB2", None, True, float("nan"), float("inf")]
)
def test_other_amounts_are_refused(wrong):
    with pytest.raises(ValueError, match="memory must be a number of bytes, or text such as"):
        checked_memory(wrong)


@pytest.mark.parametrize("little", [0, -1, "1MB", 10**6])
def test_too_little_memory_is_refused(little):
    with pytest.raises(ValueError, match="memory must be at least 200 MB"):
        checked_memory(little)


def test_memory_needs_a_path():
    with pytest.raises(ValueError, match="memory='1GB' needs a path"):
        sample(Perceptron(3), 10, memory="1GB")


def test_two_processes_do_not_work_on_one_target(tmp_path):
    path = tmp_path / "a.parquet"
    script = "from pathlib import Path; import sys, time; from simplicity.sampling.lock import locked\n"
    script += "with locked(Path(sys.argv[1])): print('held', flush=True); time.sleep(60)"
    with subprocess.Popen(
        [sys.executable, "-c", script, str(path)], stdout=subprocess.PIPE, text=True
    ) as other:
        assert other.stdout.readline() == "held\n"
        with pytest.raises(BlockingIOError, match=r"another process is at work on .*a\.parquet"):
            sample(Perceptron(3), 10, path=path)
        other.kill()
    with locked(path):  # a killed process holds nothing
        pass
    sample(Perceptron(3), 10, path=path)
    assert sorted(file.name for file in tmp_path.iterdir()) == ["a.parquet", "a.parquet.log.json"]
