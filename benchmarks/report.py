"""RESULTS.md and ratios.json: what was measured, in a form for people and in one for bench-quick."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

from benchmarks import machine, rows, tally_memory, threads
from benchmarks.baselines.strings import PUBLISHED_CPP_STRINGS_A_SECOND
from benchmarks.limits import Limits
from benchmarks.measurement import Measurement
from benchmarks.startup import Start
from benchmarks.table import megabytes, seconds, significant, table
from benchmarks.tally_memory import Memory
from benchmarks.threads import Speedup

FOLDER = Path(__file__).parent
RATIOS = FOLDER / "ratios.json"
RESULTS = FOLDER / "RESULTS.md"

_HEAD = """# Speed

Written by `make bench`; do not edit. One thread a side, timed in turns in one process by processor time, a
new process for every row. A ratio is the median over the turns of (time of the baseline / our time), with its
quartiles; times are medians. Sampling rows draw parameters and pack functions; all baselines are tested to
follow the same laws. Ratios carry over from machine to machine, times do not.
"""

_SCALING = """## Growth

![Time a position against inputs, time against samples, memory against distinct functions](scaling.png)

*By `benchmarks/scaling.py`. Left: processor time of a function over its 2^n positions, flat where cost is
linear in 2^n; what a function costs once, whatever its length, shows as a slope at small n. Middle: whole
runs by the clock; at few samples the start of a run shows. Right: memory above that of a process that has
sampled before, of `simplicity.sample` with its result (every function distinct: the lookup table) and of
the tally alone.*"""

_NOTES = """
## Notes

- **Baseline**: the fastest of some variants (layouts, batch sizes), chosen anew on every run and named in
  the table. NumPy draws from SFC64, its fastest generator.
- **Share of the limit**: the time that the least work takes at this machine's limits, measured just before
  (below), over our time; *what limits* splits that least time. The least work of a network is the products of
  all layers but the first, which takes an addition a sum, and its normals at our generator's own pace; of a
  normal, the vector operations of xoshiro128++ and Box–Muller; of a circuit or tree, its random words; of
  K_LZ, five operations a position that wait for each other; of a tally, one random access and three passes.
  Activation functions and gates are left out, so a share can be low where nothing is wasted.
- **Memory**: most bytes held at a time during one call (a block of samples, a batch of the baseline) in NumPy
  arrays and Python objects, by `tracemalloc`; PyTorch's tensors do not show there, nor does the noise of a
  block (4 MB, with readouts 9 MB), which is written where that of the block before was.
- **Whole trees** of the critical process have infinite mean size. The plain program cuts them at level 100,
  the least round number that 10⁹ functions would not show: about 100 nodes a tree on average, and its time
  is in proportion to that level. The lazy programs, ours too, draw only what the truth table still asks
  for: about 11 nodes.
- **K_LZ** by the field's C++ program: {cpp:,} strings a second, a published figure, not measured here.
  Ours: {ours:,.0f} a second, {ratio} times that (goal 5).
"""


class Findings(NamedTuple):
    """All that a whole run measures."""

    measurements: Mapping[str, Measurement]
    limits: Limits
    starts: Sequence[Start]
    speedups: Sequence[Speedup]
    memory: Sequence[Memory]
    loads: tuple[float, float]  # of the machine, before and after


def verdict(meets_goal: bool | None) -> str:
    """Passed, below, or nothing where there is no goal."""
    return "" if meets_goal is None else "pass" if meets_goal else "**below**"


def _quartiles(pair: tuple[float, float]) -> str:
    return f"{significant(pair[0])}–{significant(pair[1])}"


def ratio_table(measurements: Mapping[str, Measurement]) -> str:
    """One line a row."""
    lines = []
    for name, found in measurements.items():
        row, times, least = found.row, found.times, found.least_seconds
        whole = sum(least.values())
        lines.append((
            f"`{name}`",
            row.title,
            f"{row.baseline} ({found.variant})",
            seconds(times.ours),
            seconds(times.baseline),
            significant(times.ratio) + "×",
            _quartiles(times.quartiles),
            "" if row.goal is None else f"{row.goal:g}×",
            verdict(found.meets_goal),
            " / ".join(map(megabytes, found.peaks)),
            f"{100 * found.share:.0f} %",
            ", ".join(f"{kind} {100 * part / whole:.0f} %" for kind, part in least.items()),
        ))  # fmt: skip
    headings = (
        "row", "what", "baseline", "ours", "theirs", "ratio", "quartiles", "goal", "", "memory ours / theirs",
        "share of limit", "what limits",
    )  # fmt: skip
    return table(headings, lines)


def limits_table(limits: Limits) -> str:
    """The machine's limits, in billions a second."""
    titles = {
        "multiply_adds": "fused multiply-adds, float32 in vector registers",
        "dependent_operations": "integer operations, each waiting for the one before",
        "random_accesses": "cache lines read and written at random places of 256 MiB",
        "streamed_bytes": "bytes read in order",
        "normals": "our normals, float32, rows of 2000",
        "short_normals": "our normals, float32, rows of 64",
        "normals_64": "our normals, float64, rows of 64",
        "words": "our random 64-bit words, rows of 32",
    }
    lines = [(titles[name], significant(rate / 1e9)) for name, rate in limits._asdict().items()]
    return table(("limit of one thread", "10⁹ a second"), lines)


def start_table(starts: Sequence[Start]) -> str:
    """Start-up times."""
    lines = [
        (
            start.title,
            f"{significant(start.processor_seconds)} s",
            f"{significant(start.clock_seconds)} s",
            f"{start.goal:g} s",
            verdict(start.processor_seconds <= start.goal),
        )
        for start in starts
    ]
    return table(("start", "processor time", "on the clock", "goal", ""), lines)


def thread_table(speedups: Sequence[Speedup]) -> str:
    """What the second thread brings."""
    lines = [
        (
            found.title,
            significant(found.times.ratio) + "×",
            _quartiles(found.times.quartiles),
            f"{threads.GOAL}×",
            verdict(found.times.ratio >= threads.GOAL),
            f"{found.load:.1f}",
        )
        for found in speedups
    ]
    return table(("run", "two threads / one", "quartiles", "goal", "", "load average"), lines)


def memory_table(memory: Sequence[Memory]) -> str:
    """Bytes a distinct function: of the whole tally, and at the worst moment of its growth.

    A table that has just grown has room to spare, so there is no goal for what it takes at rest then.
    """
    last = memory[-1]
    worst = max(
        (found for found in memory if found.distinct >= last.distinct / 10),
        key=lambda found: found.peak / found.distinct,
    )
    lines = []
    for found, title in ((last, ""), (worst, ", the worst on the way")):
        at_rest, peak = found.at_rest / found.distinct, found.peak / found.distinct
        is_whole = found is last
        lines.append((
            f"{found.distinct:,}{title}",
            f"{at_rest:.0f}" + f" (goal {tally_memory.GOAL_AT_REST})" * is_whole,
            verdict(at_rest <= tally_memory.GOAL_AT_REST if is_whole else None),
            f"{peak:.0f} (goal {tally_memory.GOAL_PEAK})",
            verdict(peak <= tally_memory.GOAL_PEAK),
        ))  # fmt: skip
    return table(("distinct functions", "bytes each at rest", "", "bytes each at the peak", ""), lines)


def results(findings: Findings) -> str:
    """The text of RESULTS.md."""
    parts = [_HEAD]
    described = {
        **machine.description(),
        "Load average": "{:.1f} before, {:.1f} after".format(*findings.loads),
    }
    parts.append("\n".join(f"- {title}: {text}" for title, text in described.items()))
    parts.append("\n## Ratios\n\n" + ratio_table(findings.measurements))
    if not rows.HAS_TORCH:
        parts.append("\nPyTorch is absent here; its row is left out.")
    parts.append("\n## Limits of this machine\n\n" + limits_table(findings.limits))
    parts.append(
        "\n## Start\n\nPython processes of their own; the import without the start of Python itself. "
        "Python's own bytecode is there, as after any first import.\n\n" + start_table(findings.starts)
    )
    parts.append(
        f"\n## Threads\n\nWhole runs of `simplicity.sample` by the clock, in turns, "
        f"on {machine.processors()} processors. These mean little where the load average "
        "shows other programs at work.\n\n" + thread_table(findings.speedups)
    )
    if findings.memory:
        parts.append(
            "\n## Memory of a tally\n\nFunctions of seven inputs, all different; resident memory of a "
            "process of its own above what it had before, and its high-water mark.\n\n"
            + memory_table(findings.memory)
        )
    parts.append("\n" + _SCALING)
    strings_a_second = 1 / findings.measurements["lz76"].times.ours
    parts.append(
        _NOTES.format(
            cpp=PUBLISHED_CPP_STRINGS_A_SECOND,
            ours=float(f"{strings_a_second:.2e}"),
            ratio=significant(strings_a_second / PUBLISHED_CPP_STRINGS_A_SECOND, 2),
        ).rstrip()
    )
    return "\n".join(parts) + "\n"


def ratios(measurements: Mapping[str, Measurement]) -> str:
    """The text of ratios.json."""
    found = {name: float(significant(m.times.ratio)) for name, m in measurements.items()}
    return (
        json.dumps({"machine": machine.description(), "ratios": found}, indent=2, ensure_ascii=False) + "\n"
    )


def write(findings: Findings) -> None:
    """Both files."""
    RESULTS.write_text(results(findings), encoding="utf-8")
    RATIOS.write_text(ratios(findings.measurements), encoding="utf-8")
