"""The same numbers, to the last bit, on processors with other vectors and without fused multiply-adds.

Each process compiles for one kind of processor, into a cache of its own, and prints a digest of every kind
of number that the package makes.
"""

import os
import platform
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from llvmlite import binding

ROOT = Path(__file__).parents[1]
SCRIPT = """
import hashlib

import numba
import numpy as np

from simplicity.complexity import measure
from simplicity.maps import MAPS, MLP
from simplicity.maps.evaluate import Evaluator
from simplicity.random import Noise
from simplicity.sampling import Engine


def show(name, numbers):
    print(name, hashlib.sha256(np.ascontiguousarray(numbers).tobytes()).hexdigest(), flush=True)


@numba.njit(fastmath={"contract"})
def contracted(x):
    y = np.empty_like(x)
    for i in range(x.shape[0]):
        y[i] = x[i] * x[i] - x[x.shape[0] - 1 - i]
    return y


for size in (50, 1001):  # of either generator
    for kind, precision in [(k, p) for k in ("normal", "uniform") for p in ("float32", "float64")]:
        show(f"{kind}-{precision}-{size}", Noise(kind, size, precision).rows(3, np.arange(200)))
    show(f"bits-{size}", Noise("bits", size).rows(3, np.arange(200)))
show("negative-control", contracted(Noise("normal", 1000).draw(3, [0])[0]))
for name, kind in MAPS.items():
    pf_map = kind(n_inputs=7)
    noise = pf_map.noise.draw(3, np.arange(300))
    code = pf_map.evaluator()
    if code.logits is not None or code.readouts is not None:
        show(f"{name}-logits", Evaluator(pf_map).logits(noise))
    show(f"{name}-functions", Engine(pf_map, 3).samples(0, 300)[0])
for activation in ("tanh", "erf", "sin"):
    pf_map = MLP(5, (13, 9), activation, 3.0, inputs="pm1")
    show(f"{activation}-logits", Evaluator(pf_map).logits(pf_map.noise.draw(3, np.arange(300))))
words = Engine(MLP(7, (40, 40)), 3, 5).samples(0, 500)[0]
show("functions-of-readouts", words)
for name in ("lz76", "lz78"):
    show(name, measure(name)(words, 7))
"""
KINDS = {
    "default": {},
    "haswell": {"NUMBA_CPU_NAME": "haswell", "NUMBA_CPU_FEATURES": "+avx,+avx2,+fma,+bmi,+bmi2,+lzcnt"},
    "x86-64": {"NUMBA_CPU_NAME": "x86-64", "NUMBA_CPU_FEATURES": ""},
}


def host_has(*features):
    found = binding.get_host_cpu_features()
    return all(found.get(feature, False) for feature in features)


pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(
        platform.machine() not in ("x86_64", "AMD64") or not host_has("avx2", "fma", "bmi2"),
        reason="needs an x86 processor with AVX2, to compile for lesser ones",
    ),
]


def run_as(settings, cache):
    """{what: digest} of a process that compiles for some kind of processor."""
    done = subprocess.run(
        [sys.executable, "-c", SCRIPT],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
        env={**os.environ, "PYTHONPATH": str(ROOT), "NUMBA_CACHE_DIR": str(cache), **settings},
    )
    assert done.returncode == 0, done.stderr
    return dict(line.split() for line in done.stdout.splitlines())


@pytest.fixture(scope="module")
def digests(tmp_path_factory):
    """{kind of processor: {what: digest}}"""
    caches = [tmp_path_factory.mktemp(kind) for kind in KINDS]
    with ThreadPoolExecutor(2) as pool:
        return dict(zip(KINDS, pool.map(run_as, KINDS.values(), caches), strict=True))


@pytest.mark.parametrize("kind", ["haswell", "x86-64"])
def test_the_processor_does_not_show(digests, kind):
    here, there = (
        {name: digest for name, digest in digests[each].items() if name != "negative-control"}
        for each in ("default", kind)
    )
    assert len(here) > 18 and set(here) == set(there)
    assert [name for name in here if here[name] != there[name]] == []


def test_a_contracted_sum_shows_the_processor(digests):
    """Negative control: where LLVM may fuse, code with and without fused multiply-adds differs."""
    control = {kind: found["negative-control"] for kind, found in digests.items()}
    assert control["default"] == control["haswell"] != control["x86-64"]
