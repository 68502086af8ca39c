"""How cost grows: with the number of inputs, of samples, and of distinct functions.

Usage: python -m benchmarks.scaling

Writes benchmarks/scaling.png and scaling.pdf: time a function and truth-table position against n (flat where
cost is linear in 2^n), time against samples, and memory of a run against distinct functions.
"""

from __future__ import annotations

import itertools
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import matplotlib.pyplot as plt
import numpy as np
import seaborn as sns
from matplotlib.axes import Axes
from matplotlib.figure import Figure

import simplicity
from benchmarks.tally_memory import GOAL_AT_REST, GOAL_PEAK, memory_of_tallies
from benchmarks.timing import Task, calls_to_last, seconds_a_unit
from simplicity.maps import MLP, BooleanCircuit, ExpressionTree, Perceptron, PolynomialThreshold
from simplicity.maps.base import ParameterFunctionMap
from simplicity.plots import save
from simplicity.plots.style import label_axes, styled
from simplicity.sampling import Engine

FOLDER = Path(__file__).parent
_INPUTS = range(3, 13)
_SAMPLES = tuple(10**k for k in (3, 4, 5, 6, 7))
_LONGEST = 20.0  # seconds a run: larger ones are left out
_LONG = 2.0  # seconds: runs together longer than this are not repeated
_RUN_COUNTS = tuple(int(10**k) for k in (4, 4.5, 5, 5.5, 6, 6.5, 7))
_REPEATS = 5
_SLICE = 0.02

_FAMILIES: dict[str, tuple[Callable[[int], ParameterFunctionMap], int]] = {  # map of n inputs, readouts
    "MLP (n, 40, 40, 1)": (lambda n: MLP(n, (40, 40)), 1),
    "the same, 64 readouts": (lambda n: MLP(n, (40, 40)), 64),
    "polynomial, degree 3": (lambda n: PolynomialThreshold(n, 3), 1),
    "circuit, 32 gates": (lambda n: BooleanCircuit(n, 32), 1),
    "And/Or tree": (ExpressionTree, 1),
    "perceptron": (Perceptron, 1),
}
_COLOURS = dict(zip(_FAMILIES, (sns.color_palette("colorblind")[k] for k in (0, 9, 2, 3, 4, 1)), strict=True))
_MARKERS = dict(zip(_FAMILIES, "os^Dv*", strict=True))

Points = tuple[list[float], list[float]]

_PEAK = """
import sys, simplicity
from benchmarks.tally_memory import resident_bytes
null_model = simplicity.maps.LookupTable(7)
simplicity.sample(null_model, 1000, threads=1)
before, _ = resident_bytes()
result = simplicity.sample(null_model, int(sys.argv[1]), threads=1)
print(len(result), resident_bytes()[1] - before)
"""


# ------------------------------------------------------------------------------------- measurements
def seconds_a_position(pf_map: ParameterFunctionMap, readouts: int) -> float:
    """Median processor time of a function, over its 2^n positions."""
    engine = Engine(pf_map, 0, readouts)
    _, size = next(engine.blocks(0, 2**62))
    size = max(readouts, min(size, 2**18 // 2**pf_map.n_inputs // readouts * readouts))
    starts = itertools.count(0, size)

    def block() -> None:
        start = next(starts)
        engine.samples(start, start + size, reuse=True)

    task = Task(block, size)
    block()
    calls = calls_to_last(task, _SLICE)
    return float(np.median([seconds_a_unit(task, calls) for _ in range(_REPEATS)])) / 2**pf_map.n_inputs


def cost_by_inputs(name: str) -> Points:
    """Numbers of inputs, nanoseconds a position."""
    make, readouts = _FAMILIES[name]
    return list(map(float, _INPUTS)), [1e9 * seconds_a_position(make(n), readouts) for n in _INPUTS]


def time_by_samples(name: str) -> Points:
    """Samples, seconds by the clock on one thread."""
    make, readouts = _FAMILIES[name]
    counts: list[float] = []
    seconds: list[float] = []
    for samples in _SAMPLES:
        count = -(-samples // readouts) * readouts
        if seconds and 10 * seconds[-1] > _LONGEST:
            break
        runs: list[float] = []
        while len(runs) < 3 and sum(runs) < _LONG:
            started = time.perf_counter()
            simplicity.sample(make(7), count, readouts=readouts, threads=1)
            runs.append(time.perf_counter() - started)
        counts.append(count)
        seconds.append(float(np.median(runs)))
    return counts, seconds


def memory_of_runs() -> Points:
    """Distinct functions, megabytes at the peak of `simplicity.sample` with its result; Linux only."""
    points: Points = [], []
    for count in _RUN_COUNTS:
        done = subprocess.run(
            [sys.executable, "-c", _PEAK, str(count)],
            cwd=FOLDER.parent, capture_output=True, text=True, check=True,
        )  # fmt: skip
        distinct, peak = map(int, done.stdout.split())
        points[0].append(distinct)
        points[1].append(peak / 1e6)
    return points


# ------------------------------------------------------------------------------------------- panels
def draw_inputs(points: dict[str, Points], ax: Axes) -> Axes:
    """Cost of a position against the number of inputs."""
    for name, (x, y) in points.items():
        ax.plot(x, y, color=_COLOURS[name], marker=_MARKERS[name], markersize=4, label=name)
    ax.set_yscale("log")
    ax.yaxis.set_major_formatter("{x:g}")
    ax.set_xticks(list(_INPUTS))
    label_axes(ax, "inputs n", "ns a function and position", "Time of one of 2$^n$ positions")
    return ax


def draw_samples(points: dict[str, Points], ax: Axes) -> Axes:
    """Time against samples, with a guide of slope one."""
    for name, (x, y) in points.items():
        ax.plot(x, y, color=_COLOURS[name], marker=_MARKERS[name], markersize=4)
    ax.plot((1e4, 1e7), (1e-3, 1), color="0.5", linewidth=0.8, linestyle=":")
    ax.text(1e7, 1e-3, "dotted: proportional", color="0.4", fontsize=7, ha="right", va="bottom")
    ax.set_xscale("log")
    ax.set_yscale("log")
    ax.yaxis.set_major_formatter("{x:g}")
    label_axes(ax, "samples", "seconds, one thread", "Time of a run, n = 7")
    return ax


def draw_memory(points: dict[str, Points], ax: Axes) -> Axes:
    """Memory against distinct functions, with the goals for the tally."""
    styles = {
        "whole run, peak": {"color": "0.2", "marker": "s", "markersize": 4},
        "tally, peak": {"color": sns.color_palette("colorblind")[3]},
        "tally, at rest": {"color": sns.color_palette("colorblind")[0], "linestyle": (0, (3, 1))},
    }
    for name, (x, y) in points.items():
        ax.plot(x, y, label=name, **styles[name])
    reach = np.array([1e4, 1e7])
    for each in (GOAL_PEAK, GOAL_AT_REST):
        ax.plot(reach, reach * each / 1e6, color="0.5", linewidth=0.8, linestyle=":")
    goals = f"dotted: {GOAL_AT_REST} and {GOAL_PEAK}\nbytes a function"
    ax.text(1e7, reach[0] * GOAL_AT_REST / 1e6, goals, color="0.4", fontsize=7, ha="right", va="bottom")
    ax.set_xscale("log")
    ax.set_yscale("log")
    ax.yaxis.set_major_formatter("{x:g}")
    label_axes(ax, "distinct functions", "megabytes", "Memory of a run, n = 7")
    ax.legend(frameon=False, loc="upper left", handlelength=1.6)
    return ax


@styled
def figure(inputs: dict[str, Points], samples: dict[str, Points], memory: dict[str, Points]) -> Figure:
    """The three panels, with one key for the first two."""
    drawing, axes = plt.subplots(1, 3, figsize=(7.4, 3.2), layout="constrained")
    draw_inputs(inputs, axes[0])
    draw_samples(samples, axes[1])
    if memory:
        draw_memory(memory, axes[2])
    drawing.legend(*axes[0].get_legend_handles_labels(), loc="outside lower left", ncols=3, frameon=False)
    return drawing


def main() -> None:
    """Measure and draw."""
    inputs = {name: cost_by_inputs(name) for name in _FAMILIES}
    samples = {name: time_by_samples(name) for name in _FAMILIES}
    tallies = memory_of_tallies(max(_RUN_COUNTS))
    memory: dict[str, Points] = {}
    if tallies:
        distinct = [float(tally.distinct) for tally in tallies]
        memory["whole run, peak"] = memory_of_runs()
        memory["tally, peak"] = distinct, [tally.peak / 1e6 for tally in tallies]
        memory["tally, at rest"] = distinct, [tally.at_rest / 1e6 for tally in tallies]
    drawing = figure(inputs, samples, memory)
    for suffix in ("png", "pdf"):
        save(drawing, FOLDER / f"scaling.{suffix}")
    for name, (x, y) in inputs.items():
        print(name, *(f"n={n:.0f}: {cost:.3g} ns" for n, cost in zip(x, y, strict=True)))
    print(f"saved to {FOLDER}")


if __name__ == "__main__":
    main()
