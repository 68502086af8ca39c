"""The disk cache of compiled kernels: never stale, never in the way."""

import importlib
import os
import pkgutil
import shutil
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

import simplicity
from simplicity import compilation
from simplicity.maps.evaluate import Evaluator

PACKAGE = Path(compilation.__file__).parent
SCRIPT = """
import simplicity
result = simplicity.sample(simplicity.maps.PolynomialCurve(2, degree=1), 200)
print(result.functions[:, 0].tolist(), result.counts.tolist())
"""


def run(folder, script=SCRIPT, **environment):
    done = subprocess.run(
        [sys.executable, "-c", script],
        cwd=folder,
        capture_output=True,
        text=True,
        check=False,
        env={**os.environ, "PYTHONPATH": str(folder), **environment},
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


@pytest.fixture
def copy(tmp_path):
    shutil.copytree(PACKAGE, tmp_path / "simplicity", ignore=shutil.ignore_patterns("__pycache__"))
    return tmp_path


def test_a_kernel_is_not_stale_after_an_edit_in_another_file(copy):
    before = run(copy)
    cached = list((copy / "simplicity" / "__pycache__" / "kernels").glob("*.nbc"))
    assert cached
    assert run(copy) == before
    linear = copy / "simplicity" / "maps" / "linear.py"
    source = linear.read_text()
    assert "out[x] = 0\n" in source
    linear.write_text(source.replace("out[x] = 0\n", "out[x] = 1e9\n"))
    assert run(copy) == "[15] [200]\n"  # with so large a constant, nothing but the function 1


def test_a_damaged_cache_costs_a_compilation_not_the_run(copy):
    before = run(copy)
    for file in (copy / "simplicity" / "__pycache__" / "kernels").iterdir():
        file.write_bytes(file.read_bytes()[:50])
    assert run(copy) == before


def test_without_a_writable_folder_kernels_compile_all_the_same(monkeypatch):
    monkeypatch.setattr(compilation, "cache_folder", lambda: None)

    def twice(x):
        return 2 * x

    assert compilation.kernel(twice)(21) == 42


def test_a_disk_that_fails_on_saving_is_let_pass(monkeypatch, tmp_path):
    monkeypatch.setattr(compilation, "cache_folder", lambda: tmp_path)

    def thrice(x):
        return 3 * x

    made = compilation.kernel(thrice)

    def full(*_arguments):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(made._cache._cache_file, "save", full)
    assert made(14) == 42
    assert not list(tmp_path.iterdir())


def test_the_folder_of_the_cache_is_the_first_that_can_be_written(monkeypatch):
    compilation.cache_folder.cache_clear()
    monkeypatch.setattr(compilation, "_is_writable", lambda folder: "__pycache__" not in str(folder))
    monkeypatch.setenv("XDG_CACHE_HOME", "/home/nobody/cache")
    try:
        folder = str(compilation.cache_folder())
        assert folder.startswith("/home/nobody/cache/simplicity")
    finally:
        compilation.cache_folder.cache_clear()


def compiled_functions():
    """Every cached kernel of the package, by module and name."""
    for module in pkgutil.walk_packages([str(PACKAGE)], "simplicity."):
        if module.name.split(".")[1] in ("plots", "cli", "__main__") or module.name.endswith(".torch"):
            continue
        for name, value in vars(importlib.import_module(module.name)).items():
            if isinstance(getattr(value, "_cache", None), compilation._KernelCache):
                if value.py_func.__module__ == module.name:
                    yield f"{module.name}.{name}", value


def test_no_two_kernels_share_a_file_of_the_cache():
    kernels = dict(compiled_functions())
    files = {name: function._cache._cache_file._index_path for name, function in kernels.items()}
    assert len(kernels) > 30
    assert len(set(files.values())) == len(files)
    assert all("<locals>" not in function.py_func.__qualname__ for function in kernels.values())
    assert {Path(file).parent for file in files.values()} == {compilation.cache_folder()}


def test_processors_share_a_folder_but_no_code(copy):
    """Numba compiles for the processor that NUMBA_CPU_NAME names, here any that this machine can run."""
    folder = copy / "simplicity" / "__pycache__" / "kernels"
    run(copy)
    of_the_host = {path.name: path.read_bytes() for path in folder.glob("*.nbc")}
    run(copy, NUMBA_CPU_NAME="generic")
    of_both = {path.name: path.read_bytes() for path in folder.glob("*.nbc")}
    assert len(of_both) == 2 * len(of_the_host) > 0
    assert {name: of_both[name] for name in of_the_host} == of_the_host


def constant_map(number):
    """A map of one name, whose kernels differ in what the closure holds."""

    def named(noise, inputs, out, /):
        out[:] = number

    named.__qualname__ = "named"
    return simplicity.kernel_map(named, n_params=1)


def map_of_source(body, **names):
    """A map of one name, whose kernels differ in the text of their body."""
    scope = {}
    exec(f"def named(noise, inputs, out, /):\n    {body}", names, scope)
    return simplicity.kernel_map(scope["named"], n_params=1)


def test_maps_of_one_name_do_not_answer_for_each_other():
    """Bodies of the same byte code included, which tell only by their constants, globals or closures."""
    makers = [
        *[lambda number=number: constant_map(number) for number in (1.0, -1.0, 2.0)],
        *[lambda number=number: map_of_source(f"out[:] = {number}") for number in (1.0, 3.0, 4.0)],
        *[lambda number=number: map_of_source("out[:] = level", level=number) for number in (1.0, 5.0)],
    ]
    expected = [1.0, -1.0, 2.0, 1.0, 3.0, 4.0, 1.0, 5.0]
    evaluators = [Evaluator(maker()(n_inputs=2)) for maker in makers]
    assert len({repr(evaluator.map) for evaluator in evaluators}) == 1
    for order in (range(len(expected)), reversed(range(len(expected)))):
        for place in order:
            logits = evaluators[place].logits(np.zeros((1, 1), dtype=np.float32))
            assert logits.tolist() == [[expected[place]] * 4]


USER_FILE = """
import simplicity
@simplicity.kernel_map(n_params=1)
def named(noise, inputs, out, /, scale: float = 1.0):
    for x in range(len(out)):
        out[x] = {body}
"""
USER_SCRIPT = """
from simplicity.maps.evaluate import Evaluator
from simplicity.maps.locate import find_map
import numpy as np
pf_map = find_map("mine.py:named")(n_inputs=1)
print(*Evaluator(pf_map).logits(np.ones((1, 1), dtype=np.float32))[0].tolist())
"""


def test_a_users_kernel_is_not_stale_in_the_next_process(copy):
    cache = copy / "cache"
    for body, expected in [("5.0", "5.0 5.0"), ("7.0", "7.0 7.0"), ("5.0 + x", "5.0 6.0")]:
        (copy / "mine.py").write_text(USER_FILE.format(body=body))
        assert run(copy, USER_SCRIPT, NUMBA_CACHE_DIR=str(cache)).strip() == expected
    assert not list(cache.rglob("*named*"))
    assert not list(cache.rglob("*drive*"))  # the loops around a user's kernel
