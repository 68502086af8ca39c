"""The disk cache of compiled kernels: never stale, never in the way."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from simplicity import compilation

PACKAGE = Path(compilation.__file__).parent
SCRIPT = """
import simplicity
result = simplicity.sample(simplicity.maps.PolynomialCurve(2, degree=1), 200)
print(result.functions[:, 0].tolist(), result.counts.tolist())
"""


def run(folder, **environment):
    done = subprocess.run(
        [sys.executable, "-c", SCRIPT],
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
