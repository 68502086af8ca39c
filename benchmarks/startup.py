"""How long it takes to begin: importing the package, and the first sample with and without compiled kernels.

Each is a Python process of its own, from its start to its end. Python's own bytecode is there, as after any
first import: it is kept in a folder that is filled before anything is measured, also where this environment
has Python write none. Only the last figure begins without compiled kernels.
"""

from __future__ import annotations

import os
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import NamedTuple

import numpy as np

_ROOT = Path(__file__).parents[1]
_COLD_REPEATS = 3
_NOTHING = "pass"
_IMPORT = "import simplicity"
_SAMPLE = "import simplicity; simplicity.sample(simplicity.maps.MLP(7, (40, 40)), 1000, threads=1)"


class Start(NamedTuple):
    """Median seconds of processor time and on the clock."""

    title: str
    goal: float
    processor_seconds: float
    clock_seconds: float


def _run(code: str, bytecode: str, kernels: str) -> tuple[float, float]:
    """Processor and clock seconds of a process that keeps bytecode and compiled kernels in these folders."""
    environment = {**os.environ, "PYTHONPYCACHEPREFIX": bytecode, "NUMBA_CACHE_DIR": kernels}
    environment.pop("PYTHONDONTWRITEBYTECODE", None)
    before, started = resource.getrusage(resource.RUSAGE_CHILDREN), time.perf_counter()
    subprocess.run([sys.executable, "-c", code], cwd=_ROOT, env=environment, check=True)
    clock, after = time.perf_counter() - started, resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime, clock


def starts(repeats: int = 7) -> list[Start]:
    """Measure all; the import is without the time that Python itself takes to start."""
    with tempfile.TemporaryDirectory() as bytecode, tempfile.TemporaryDirectory() as kernels:
        _run(_SAMPLE, bytecode, kernels)
        python = [_run(_NOTHING, bytecode, kernels) for _ in range(repeats)]
        importing = [_run(_IMPORT, bytecode, kernels) for _ in range(repeats)]
        warm = [_run(_SAMPLE, bytecode, kernels) for _ in range(repeats)]
        cold = []
        for _ in range(_COLD_REPEATS):
            with tempfile.TemporaryDirectory() as empty:
                cold.append(_run(_SAMPLE, bytecode, empty))
    importing_alone = np.median(importing, axis=0) - np.median(python, axis=0)
    return [
        Start("import simplicity", 0.7, *map(float, importing_alone)),
        Start("first sample, kernels compiled before", 3.0, *map(float, np.median(warm, axis=0))),
        Start("first sample, nothing compiled", 15.0, *map(float, np.median(cold, axis=0))),
    ]
