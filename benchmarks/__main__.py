"""Timings against what a competent user would write.

Without names, all rows are measured, and benchmarks/RESULTS.md and benchmarks/ratios.json written. With
names, those rows are shown and nothing is written. With --quick, a few seconds a row, and exit status 1 where
a ratio is below half of the committed one.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterable, Mapping, Sequence

from benchmarks import machine, quick, report
from benchmarks.limits import Limits, measured_limits
from benchmarks.measurement import Measurement, measure_alone
from benchmarks.rows import ROWS, Row, available
from benchmarks.startup import starts
from benchmarks.table import significant
from benchmarks.tally_memory import memory_of_tallies
from benchmarks.threads import speedups
from benchmarks.timing import FULL, QUICK, Effort

_TALLY = 10**7


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks",
        description=__doc__,
        epilog="rows: " + ", ".join(ROWS),
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("rows", nargs="*", metavar="row", help="rows to measure; default all")
    parser.add_argument("--quick", action="store_true", help="compare with the committed ratios")
    parser.add_argument("--repeats", type=int, help="turns a row, at most (25, or 9 with --quick)")
    return parser


def _measured(names: Iterable[str], limits: Limits, effort: Effort) -> dict[str, Measurement]:
    found = {}
    for name in names:
        found[name] = measure_alone(name, limits, effort)
        print(f"{name}: {significant(found[name].times.ratio)}×", file=sys.stderr, flush=True)
    return found


def _quick(rows: Mapping[str, Row], effort: Effort) -> int:
    complaints = quick.check(rows, quick.committed_ratios(), effort)
    if complaints:
        print("\nbench-quick failed:\n" + "\n".join(f"  {text}" for text in complaints), file=sys.stderr)
    return 1 if complaints else 0


def _whole(rows: Mapping[str, Row], effort: Effort) -> None:
    before = machine.load()
    limits = measured_limits()
    measurements = _measured(rows, limits, effort)
    print("start, threads, memory …", file=sys.stderr, flush=True)
    findings = report.Findings(
        measurements, limits, starts(), speedups(), memory_of_tallies(_TALLY), (before, machine.load())
    )
    report.write(findings)
    print(report.results(findings))


def main(arguments: Sequence[str] | None = None) -> int:
    """Run what the command line asks for; returns the exit status."""
    parser = _parser()
    options = parser.parse_args(arguments)
    effort = QUICK if options.quick else FULL
    if options.repeats is not None:
        if options.repeats < 1:
            parser.error(f"--repeats must be at least 1, got {options.repeats}")
        effort = effort._replace(repeats=options.repeats)
    try:
        rows = available(options.rows)
    except ValueError as error:
        parser.error(str(error))
    if options.quick:
        return _quick({name: row for name, row in rows.items() if row.in_quick or options.rows}, effort)
    if options.rows:
        print(report.ratio_table(_measured(rows, measured_limits(), effort)))
    else:
        _whole(rows, effort)
    return 0


if __name__ == "__main__":
    sys.exit(main())
