"""What this machine can do, measured by small kernels here and now, and the least time that work takes."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

import numba
import numpy as np
import numpy.typing as npt

from benchmarks.timing import Task, calls_to_last, seconds_a_unit
from simplicity.random import Noise
from simplicity.vectors import LANES, fused_multiply_add, load, store

_CHAINS = 10  # independent sums: enough to hide the latency of a multiply-add
_LINE = 8  # uint64 words of a cache line
_BYTES = 2**28  # of the arrays that memory is measured on: more than any cache holds
_AT_LEAST = 0.02
_REPEATS = 11


class Limits(NamedTuple):
    """How many a second, on one thread."""

    multiply_adds: float  # float32, in vector registers
    dependent_operations: float  # integer operations of which each waits for the one before
    random_accesses: float  # cache lines read and written at random places of 256 MiB
    streamed_bytes: float  # read in order
    normals: float  # float32, of our generator, in rows of 2000
    short_normals: float  # in rows of 64, too short for its lanes
    normals_64: float  # float64, in rows of 64
    words: float  # 64 random bits, in rows of 32


class Work(NamedTuple):
    """The least a unit needs of each."""

    multiply_adds: float = 0
    dependent_operations: float = 0
    random_accesses: float = 0
    streamed_bytes: float = 0
    normals: float = 0
    short_normals: float = 0
    normals_64: float = 0
    words: float = 0


KINDS = {
    "multiply_adds": "arithmetic",
    "dependent_operations": "arithmetic",
    "random_accesses": "memory",
    "streamed_bytes": "memory",
    "normals": "random numbers",
    "short_normals": "random numbers",
    "normals_64": "random numbers",
    "words": "random numbers",
}


def least_seconds(work: Work, limits: Limits) -> dict[str, float]:
    """Seconds at the machine's limits by kind, the longest first; kinds of no work are left out."""
    seconds: dict[str, float] = {}
    for name, amount in work._asdict().items():
        if amount > 0:
            seconds[KINDS[name]] = seconds.get(KINDS[name], 0.0) + amount / getattr(limits, name)
    return dict(sorted(seconds.items(), key=lambda item: -item[1]))


# ------------------------------------------------------------------------------------------ kernels
@numba.njit
def _multiply_adds(rounds, numbers, out):
    x, y = load(numbers, 0), load(numbers, LANES)
    a, b, c, d, e, f, g, h, i, j = x, y, x, y, x, y, x, y, x, y
    for _ in range(rounds):
        a, b = fused_multiply_add(a, x, y), fused_multiply_add(b, x, y)
        c, d = fused_multiply_add(c, x, y), fused_multiply_add(d, x, y)
        e, f = fused_multiply_add(e, x, y), fused_multiply_add(f, x, y)
        g, h = fused_multiply_add(g, x, y), fused_multiply_add(h, x, y)
        i, j = fused_multiply_add(i, x, y), fused_multiply_add(j, x, y)
    for k, total in enumerate((a, b, c, d, e, f, g, h, i, j)):
        store(out, k * LANES, total)


@numba.njit
def _dependent_operations(rounds, x):
    for _ in range(rounds):
        x ^= x << np.uint64(13)
        x ^= x >> np.uint64(7)
        x ^= x << np.uint64(17)
    return x


@numba.njit
def _random_accesses(count, memory):
    lines = np.uint64(memory.shape[0] // _LINE)
    x = np.uint64(1)
    for _ in range(count):
        x = x * np.uint64(6364136223846793005) + np.uint64(1442695040888963407)
        line = ((x >> np.uint64(32)) * lines) >> np.uint64(32)
        memory[line * np.uint64(_LINE)] += np.uint64(1)


@numba.njit
def _streamed(memory):
    total = np.uint64(0)
    for i in range(memory.shape[0]):
        total += memory[i]
    return total


# ------------------------------------------------------------------------------------- measurements
def _rate(units: int, call: Callable[[], object]) -> float:
    """Units a second at the machine's best: the quickest of some repetitions."""
    task = Task(call, units)
    task.call()
    calls = calls_to_last(task, _AT_LEAST)
    return 1 / min(seconds_a_unit(task, calls) for _ in range(_REPEATS))


def _noise_rate(noise: Noise) -> float:
    draws = np.arange(2**19 // noise.width, dtype=np.uint64)
    return _rate(len(draws) * noise.width, lambda: noise.rows(0, draws))


def measured_limits() -> Limits:
    """Measure all of them; takes about three seconds."""
    numbers: npt.NDArray[np.float32] = np.full(2 * LANES, 1e-3, dtype=np.float32)
    out = np.empty(_CHAINS * LANES, dtype=np.float32)
    memory = np.ones(_BYTES // 8, dtype=np.uint64)
    rounds = 100_000
    return Limits(
        multiply_adds=_rate(rounds * _CHAINS * LANES, lambda: _multiply_adds(rounds, numbers, out)),
        dependent_operations=_rate(rounds * 6, lambda: _dependent_operations(rounds, np.uint64(1))),
        random_accesses=_rate(rounds, lambda: _random_accesses(rounds, memory)),
        streamed_bytes=_rate(_BYTES, lambda: _streamed(memory)),
        normals=_noise_rate(Noise("normal", 2000)),
        short_normals=_noise_rate(Noise("normal", 64)),
        normals_64=_noise_rate(Noise("normal", 64, "float64")),
        words=_noise_rate(Noise("bits", 32)),
    )
