"""``make bench-quick``: has a row become much slower than when its ratio was committed?"""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path

from benchmarks.measurement import ratio_of
from benchmarks.report import RATIOS
from benchmarks.rows import Row
from benchmarks.table import seconds, significant, table
from benchmarks.timing import Effort

#: A ratio may fall to this part of the committed one: machines and moments differ.
TOLERATED = 0.5


def committed_ratios(path: Path = RATIOS) -> dict[str, float]:
    """Ratios of the last ``make bench``, by row.

    Raises
    ------
    FileNotFoundError
        If there are none.
    """
    if not path.exists():
        raise FileNotFoundError(f"no committed ratios at {path}: run `make bench` first")
    return dict(json.loads(path.read_text(encoding="utf-8"))["ratios"])


def check(rows: Mapping[str, Row], committed: Mapping[str, float], effort: Effort) -> list[str]:
    """Measure some rows, print them beside their committed ratios, and say what is wrong.

    A row that is too slow is measured once more: only twice in a row counts.
    """
    lines, complaints = [], []
    for name, row in rows.items():
        if name not in committed:
            complaints.append(f"{name}: no committed ratio, run `make bench`")
            continue
        least = TOLERATED * committed[name]
        times = ratio_of(row, effort)
        if times.ratio < least:
            times = max(times, ratio_of(row, effort), key=lambda found: found.ratio)
        if times.ratio < least:
            complaints.append(
                f"{name}: ratio {significant(times.ratio)} to {row.baseline}, "
                f"below half of the committed {significant(committed[name])}"
            )
        lines.append((
            name, row.title, row.baseline, seconds(times.ours), seconds(times.baseline),
            significant(times.ratio) + "×", significant(committed[name]) + "×",
            "ok" if times.ratio >= least else "SLOW",
        ))  # fmt: skip
        print(f"{name}: {significant(times.ratio)}×", flush=True)
    print("\n" + table(("row", "what", "baseline", "ours", "theirs", "ratio", "committed", ""), lines))
    return complaints
