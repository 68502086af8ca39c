"""The command line: what it prints, its exit status, and one line for every mistake."""

import contextlib
import io
import os
import re
import signal
import subprocess
import sys
import textwrap
import time

import numpy as np
import pandas as pd
import pytest

import simplicity
from simplicity.cli.main import main
from simplicity.cli.tables import units_text
from simplicity.sampling.parts import Part

COMMAND = [sys.executable, "-m", "simplicity"]
ENVIRONMENT = {**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, sys.path))}


def run(*arguments, cwd):
    """A command line in this process: to start a new one takes longer than most of them."""
    out, err = io.StringIO(), io.StringIO()
    path = list(sys.path)
    with contextlib.chdir(cwd), contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
        try:
            status = main(arguments)
        except SystemExit as end:  # argparse's way out
            status = end.code
        finally:
            sys.path[:] = path
    return subprocess.CompletedProcess(arguments, status, out.getvalue(), err.getvalue())


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """A folder with two shards of one map, one of another, and a user's file."""
    path = tmp_path_factory.mktemp("cli")
    perceptron = simplicity.maps.Perceptron(3)
    simplicity.sample(perceptron, 1000, path=path / "a.parquet")
    simplicity.sample(perceptron, 1000, first_sample=1000, path=path / "b.parquet")
    simplicity.sample(simplicity.maps.LookupTable(3), 1000, path=path / "null.parquet")
    (path / "my.py").write_text(
        textwrap.dedent(
            """
            import numpy as np
            import simplicity

            @simplicity.batch_map(n_params=lambda n_inputs, width: n_inputs * width)
            def mine(noise, inputs, /, width: int = 2):
                return np.cos(noise.reshape(len(noise), width, -1) @ inputs.T).sum(axis=1) - 1

            @simplicity.batch_map(n_params=1)
            def undefined(noise, inputs, /):
                return np.full((len(noise), len(inputs)), np.nan)

            @simplicity.batch_map(n_params=1)
            def impure(noise, inputs, /):
                return np.random.default_rng().normal(size=(len(noise), len(inputs)))

            @simplicity.complexity.table_measure
            def weight(tables):
                return tables.sum(axis=1).astype(float)

            def weight_of_tables(tables):
                return tables.sum(axis=1)

            def weight_of_words(words, n_inputs):
                return simplicity.functions.ones(words)
            """
        )
    )
    return path


@pytest.mark.parametrize(
    ("arguments", "status", "written"),
    [("show a.parquet --top 1", 0, "stdout"), ("complexity 011", 2, "stderr"), ("smaple", 2, "stderr")],
)
def test_as_a_program_it_says_and_returns_the_same(folder, arguments, status, written):
    """A process of its own ends with the status, and imports all that the command needs."""
    here = run(*arguments.split(), cwd=folder)
    command = [*COMMAND, *arguments.split()]
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False, env=ENVIRONMENT)
    assert (done.returncode, done.stdout, done.stderr) == (status, here.stdout, here.stderr)
    assert here.returncode == status and getattr(done, written)


def test_maps_lists_every_map_with_its_options(folder):
    done = run("maps", cwd=folder)
    assert done.returncode == 0
    for name, kind in simplicity.maps.MAPS.items():
        assert f"{name}: " in done.stdout
        for option in kind().options():
            assert f"--{option.replace('_', '-')}" in done.stdout


def test_sample_save_show_and_resume(folder):
    command = "sample mlp --n-inputs 3 --hidden-widths 5,4 --samples 2e3 --seed 4 -o mlp.parquet".split()
    first = run(*command, cwd=folder)
    assert first.returncode == 0, first.stderr
    assert "samples/s" in first.stderr and "distinct" in first.stderr and "unseen mass" in first.stderr
    written = (folder / "mlp.parquet").read_bytes()
    assert run(*command, cwd=folder).returncode == 0
    assert (folder / "mlp.parquet").read_bytes() == written
    result = simplicity.load(folder / "mlp.parquet")
    assert result.map == simplicity.maps.MLP(3, (5, 4)) and result.n_samples == 2000
    shown = run("show", "mlp.parquet", "--top", "5", "--measure", "lz76", "--measure", "entropy", cwd=folder)
    lines = shown.stdout.splitlines()
    assert len(lines) == 8 and lines[1] == "intervals: Clopper-Pearson" and "entropy" in lines[2]
    assert lines[3].split()[1] in ("00000000", "11111111") and lines[3].split()[-1] in ("0", "1")


def test_merge_is_the_whole(folder):
    assert run("merge", "a.parquet", "b.parquet", "-o", "ab.parquet", cwd=folder).returncode == 0
    whole = folder / "whole.parquet"
    simplicity.sample(simplicity.maps.Perceptron(3), 2000, path=whole)
    assert (folder / "ab.parquet").read_bytes() == whole.read_bytes()


@pytest.mark.parametrize("kind", ["prior", "rank"])
@pytest.mark.parametrize("suffix", ["png", "pdf"])
def test_plot_writes_a_figure(folder, kind, suffix):
    done = run("plot", "a.parquet", "null.parquet", "-o", f"{kind}.{suffix}", "--kind", kind, cwd=folder)
    assert done.returncode == 0, done.stderr
    start = (folder / f"{kind}.{suffix}").read_bytes()[:4]
    assert start == {"png": b"\x89PNG", "pdf": b"%PDF"}[suffix]


def test_a_users_map_and_measure(folder):
    command = "sample my.py:mine --n-inputs 3 --width 3 --samples 1000 -o mine.parquet".split()
    done = run(*command, cwd=folder)
    assert done.returncode == 0, done.stderr
    assert simplicity.load(folder / "mine.parquet").recipe["options"] == {"n_inputs": 3, "width": 3}
    done = run("show", "mine.parquet", "--top", "1", "--measure", "my.py:weight", cwd=folder)
    assert done.returncode == 0 and "weight" in done.stdout
    assert run("check", "my.py:mine", "--n-inputs", "3", cwd=folder).returncode == 0
    assert run("check", "my.py:weight", cwd=folder).returncode == 0
    bad = run("check", "my.py:impure", "--n-inputs", "3", cwd=folder)
    assert bad.returncode == 1 and "all randomness must come from noise" in bad.stdout


def complexities_of(done):
    """What the complexity command printed, {function: {measure: text}}."""
    found = {}
    for line in done.stdout.partition("skipped: ")[0].splitlines():
        if not line.startswith(" "):
            values = found.setdefault(line.split()[0], {})
        else:
            name, text = line.split(maxsplit=1)
            values[name] = text
    return found


def test_complexity_prints_every_measure(folder):
    done = run("complexity", "0001101001000101", "01101001", cwd=folder)
    assert done.returncode == 0, done.stderr
    found = complexities_of(done)
    for values in found.values():
        installed = [name for name, one in simplicity.complexity.MEASURES.items() if one.is_installed]
        assert list(values) == installed
    assert found["0001101001000101"]["lz76"] == "24 bits" and "parity(x1,x2,x3)" in done.stdout
    assert found["01101001"]["bdd_nodes"] == "5 nodes"
    assert found["01101001"]["fourier_degree"] == "3 inputs"


def test_complexity_marks_upper_bounds_and_says_why_it_skips(folder):
    for n_inputs in (7, 8):
        done = run("complexity", "01" * 2 ** (n_inputs - 1), cwd=folder)
        assert done.returncode == 0, done.stderr
        [values] = complexities_of(done).values()
        for name, found in simplicity.complexity.MEASURES.items():
            is_asked = not found.obstacle(n_inputs)
            assert (name in values) == is_asked
            assert values.get(name, "").startswith("≤ ") == (is_asked and not found.is_exact(n_inputs))
    assert values["bdd_nodes"] == "≤ 1 node" and values["sop_terms"] == "≤ 1 term"


def test_complexity_says_once_what_it_skips_and_only_where_all_are_asked_for(folder):
    table = "01" * 16
    done = run("complexity", table, table, "0110", cwd=folder)
    assert done.stdout.count("skipped: ") == done.stdout.count("circuit_size (up to 4 inputs)") == 1
    assert done.stdout.splitlines()[-1].startswith("skipped: ")
    missing = [one for one in simplicity.complexity.MEASURES.values() if not one.is_installed]
    for one in missing:
        assert done.stdout.count(f"{one.name} (pip install simplicity[{one.extra}])") == 1
    named = run("complexity", table, "--measure", "lz76", cwd=folder)
    assert named.returncode == 0 and "skipped" not in named.stdout


def test_units_are_singular_for_one_of_them():
    cases = {
        ("anf_monomials", 1): "product",
        ("anf_monomials", 2): "products",
        ("entropy", 1): "bit per position",
        ("entropy", 0): "bits per position",
        ("average_sensitivity", 1): "fraction",
    }
    for (name, value), text in cases.items():
        assert units_text(simplicity.complexity.measure(name), value) == text


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["x1 ^ x2"], r"'x1 \^ x2' is neither zeros and ones .*: give --n-inputs N, too"),
        (["x1 ^ y", "--n-inputs", "3"], r"y.* at column 6 of 'x1 \^ y'"),
        (["0x123"], r"has 2\^n / 4 hexadecimal digits after 0x \(1, 2, 4, … 1024\), got 3: '0x123'"),
        (["0x123", "--n-inputs", "3"], r"has 2\^n / 4 hexadecimal digits after 0x \(2\), got 3: '0x123'"),
        (["0x12g"], "only the digits 0 to 9 and a to f may follow 0x, got '0x12g'"),
        (["0110", "--n-inputs", "3"], "truth table of 3 inputs has 8 zeros and ones, got 4"),
        (["0110", "--n-inputs", "0"], "n_inputs must be"),
        (["0110", "--measure", "entropie"], "measure 'entropie' is unknown: did you mean 'entropy'"),
    ],
)
def test_functions_that_cannot_be_read(folder, arguments, message):
    done = run("complexity", *arguments, cwd=folder)
    assert done.returncode == 2 and done.stderr.count("\n") == 1
    assert re.search(message, done.stderr), done.stderr


def test_help_of_probability_lists_every_method(folder):
    done = run("probability", "--help", cwd=folder)
    listed = re.findall(r"^  ([a-z-]+)  +\w", done.stdout.split("methods:\n")[1], re.MULTILINE)
    assert listed == [*simplicity.rare.METHODS, "auto"]


@pytest.mark.parametrize("name", ["weight", "weight_of_tables", "weight_of_words"])
def test_a_users_measure_everywhere(folder, name):
    """A decorated function, and plain ones of tables and of packed words."""
    mine = f"my.py:{name}"
    done = run("complexity", "0111", "--measure", mine, "--measure", "lz76", cwd=folder)
    assert complexities_of(done) == {"0111": {name: "3 unknown", "lz76": "5 bits"}}
    done = run("show", "a.parquet", "--top", "3", "--measure", mine, cwd=folder)
    assert done.returncode == 0 and name in done.stdout, done.stderr
    assert run("check", mine, cwd=folder).returncode == 0
    done = run("plot", "a.parquet", "-o", f"{name}.png", "--measure", mine, cwd=folder)
    assert done.returncode == 0, done.stderr


def test_help_names_the_maps_own_options(folder):
    done = run("sample", "polynomial-threshold", "--help", cwd=folder)
    assert done.returncode == 0 and "--degree" in done.stdout and "{monomial,walsh}" in done.stdout


MISTAKES = {
    "no command": [],
    "unknown command": ["smaple"],
    "unknown map": ["sample", "mpl", "--samples", "10"],
    "no map": ["sample", "--samples", "10"],
    "no samples": ["sample", "mlp"],
    "n_inputs 0": ["sample", "mlp", "--n-inputs", "0", "--samples", "10"],
    "n_inputs 13": ["sample", "mlp", "--n-inputs", "13", "--samples", "10"],
    "n_inputs text": ["sample", "mlp", "--n-inputs", "x", "--samples", "1"],
    "width 0": ["sample", "mlp", "--hidden-widths", "4,0", "--samples", "10"],
    "width text": ["sample", "mlp", "--hidden-widths", "a,b", "--samples", "10"],
    "degree above n": [
        "sample",
        "polynomial-threshold",
        "--n-inputs",
        "3",
        "--degree",
        "4",
        "--samples",
        "10",
    ],
    "negative samples": ["sample", "mlp", "--samples=-1"],
    "fractional samples": ["sample", "mlp", "--samples", "1.5"],
    "samples nan": ["sample", "mlp", "--samples", "nan"],
    "unknown option": ["sample", "mlp", "--samples", "10", "--widths", "4"],
    "unknown activation": ["sample", "mlp", "--samples", "10", "--activation", "sine"],
    "readouts of a perceptron": ["sample", "perceptron", "--samples", "10", "--readouts", "4"],
    "unfit range": ["sample", "mlp", "--samples", "64", "--readouts", "64", "--first-sample", "10"],
    "undefined map": ["sample", "my.py:undefined", "--samples", "10", "-o", "x.parquet"],
    "another run": ["sample", "perceptron", "--n-inputs", "4", "--samples", "10", "-o", "a.parquet"],
    "no folder": ["sample", "mlp", "--samples", "10", "-o", "nowhere/x.parquet"],
    "overlap": ["merge", "a.parquet", "a.parquet", "-o", "x.parquet"],
    "different maps": ["merge", "a.parquet", "null.parquet", "-o", "x.parquet"],
    "a file that is no result": ["merge", "a.parquet", "-o", "my.py"],
    "another result": ["merge", "a.parquet", "b.parquet", "-o", "null.parquet"],
    "fewer samples": ["sample", "perceptron", "--n-inputs", "3", "--samples", "10", "-o", "a.parquet"],
    "no ending": ["plot", "a.parquet", "-o", "x"],
    "no file": ["show", "x.parquet"],
    "not parquet": ["show", "my.py"],
    "foreign parquet": ["show", "foreign.parquet"],
    "truncated": ["plot", "truncated.parquet", "-o", "x.png"],
    "bad figure format": ["plot", "a.parquet", "-o", "x.xyz"],
    "bad string": ["complexity", "0120"],
    "bad length": ["complexity", "011"],
    "unknown measure": ["complexity", "0110", "--measure", "lz67"],
    "a map as a measure": ["complexity", "0110", "--measure", "my.py:mine"],
    "no such measure in file": ["complexity", "0110", "--measure", "my.py:yours"],
    "hexadecimal digits": ["complexity", "0x1g"],
    "number of hexadecimal digits": ["complexity", "0x123"],
    "no hexadecimal digits": ["complexity", "0x"],
    "no function in file": ["check", "my.py:yours"],
    "memory without a file": ["sample", "mlp", "--samples", "10", "--memory", "1GB"],
    "memory in words": ["sample", "mlp", "--samples", "10", "--memory", "much", "-o", "x.parquet"],
    "too little memory": ["sample", "mlp", "--samples", "10", "--memory", "1MB", "-o", "x.parquet"],
    "minimum count 0": ["plot", "a.parquet", "-o", "x.png", "--min-count", "0"],
    "level": ["show", "a.parquet", "--level", "2"],
}


@pytest.mark.parametrize("mistake", MISTAKES)
def test_a_mistake_gets_one_line_status_2_and_writes_nothing(folder, mistake):
    pd.DataFrame({"a": [1]}).to_parquet(folder / "foreign.parquet")
    (folder / "truncated.parquet").write_bytes((folder / "a.parquet").read_bytes()[:200])
    before = {path.name: path.read_bytes() for path in folder.iterdir() if path.is_file()}
    arguments = MISTAKES[mistake]
    quiet = ["-q"] if arguments[:1] == ["sample"] else []
    done = run(*arguments, *quiet, cwd=folder)
    assert done.returncode == 2, done.stdout
    assert done.stderr.count("\n") == 1 and "error: " in done.stderr and "Traceback" not in done.stderr
    assert {path.name: path.read_bytes() for path in folder.iterdir() if path.is_file()} == before


def test_ctrl_c_keeps_what_was_done(folder):
    command = [*COMMAND, "sample", "mlp", "--samples", "1e9", "-o", "long.parquet"]
    process = subprocess.Popen(command, cwd=folder, stderr=subprocess.PIPE, text=True, env=ENVIRONMENT)
    seen = ""
    while "distinct" not in seen:  # sampling has begun
        seen += process.stderr.read(1)
    time.sleep(3)
    process.send_signal(signal.SIGINT)
    _, rest = process.communicate(timeout=120)
    assert process.returncode == 130 and "interrupted after" in rest and "Traceback" not in rest
    parts = sorted((folder / "long.parquet.parts").glob("*.part"))
    part = Part(parts[0])
    n_samples = part.range.stop
    assert n_samples > 0 and f"interrupted after {n_samples:,} samples, kept" in rest
    again = simplicity.sample(simplicity.maps.MLP(), n_samples)
    assert len(part) == len(again)
    counts = np.concatenate([rows[:, -1] for rows in part.rows()])
    assert np.array_equal(np.sort(counts)[::-1], again.counts)
