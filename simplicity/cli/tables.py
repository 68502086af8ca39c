"""How the command line writes results: one line, or a table."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from simplicity.complexity import Measure
from simplicity.functions import names, to_integers, to_strings
from simplicity.sampling import Result

_LONGEST_STRING = 32  # truth tables up to this length are printed as strings, longer ones in hexadecimal


def description(result: Result) -> str:
    """A result in one line."""
    parts = [
        f"{result.label}: {result.n_samples:,} samples",
        f"{result.n_functions:,} distinct functions"
        + (f" ({len(result):,} most frequent ones listed)" if result.is_truncated else ""),
        f"unseen mass {result.unseen_mass:.3g}",
    ]
    if result.readouts > 1:
        parts.append(f"{result.readouts} readouts a hidden draw")
    if result.n_undefined:
        parts.append(f"{result.n_undefined:,} undefined")
    return ", ".join(parts)


def print_top(result: Result, top: int, measures: list[Measure], level: float) -> None:
    """The most probable functions of a result."""
    functions, n_inputs = result.functions[:top], result.n_inputs
    interval = result.interval(level, slice(0, top))
    known = names(functions, n_inputs)
    complexities = [found(functions, n_inputs) for found in measures]
    rows = [
        [
            "rank",
            "function",
            "count",
            "prior",
            f"{100 * level:g}% interval",
            *[m.name for m in measures],
            "formula",
        ]
    ]
    for i, text in enumerate(function_texts(functions, n_inputs)):
        ends = f"{interval.low[i]:.3g} … {interval.high[i]:.3g}"
        values = [
            complexity_text(found, column[i], n_inputs)
            for found, column in zip(measures, complexities, strict=True)
        ]
        rows.append(
            [str(i + 1), text, str(result.counts[i]), f"{result.prior[i]:.4g}", ends, *values, known[i] or ""]
        )
    print(f"intervals: {interval.method}")
    print_table(rows)


def print_orbits(result: Result, top: int, measures: list[Measure], level: float) -> None:
    """The most frequent classes of a result."""
    orbits = result.by_orbit()
    interval = orbits.interval(level)
    functions, n_inputs = orbits.functions[:top], result.n_inputs
    complexities = [found(functions, n_inputs) for found in measures]
    header = ["rank", "representative", "members", "count", "prior of one", f"{100 * level:g}% interval"]
    rows = [header + [f"{m.name} of it" for m in measures]]
    for i, text in enumerate(function_texts(functions, n_inputs)):
        ends = f"{interval.low[i]:.3g} … {interval.high[i]:.3g}"
        numbers = [
            str(i + 1),
            text,
            str(orbits.sizes[i]),
            str(orbits.counts[i]),
            f"{orbits.prior[i]:.4g}",
            ends,
        ]
        rows.append(
            numbers
            + [
                complexity_text(found, column[i], n_inputs)
                for found, column in zip(measures, complexities, strict=True)
            ]
        )
    print(description(result))
    print(f"{len(orbits):,} classes under {orbits.symmetries}; intervals: {interval.method}")
    print_table(rows)


def print_table(rows: list[list[str]]) -> None:
    """Rows of text in columns."""
    widths = [max(len(row[column]) for row in rows) for column in range(len(rows[0]))]
    for row in rows:
        print("  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip())


def function_texts(functions: npt.NDArray[np.uint64], n_inputs: int) -> list[str]:
    """Truth tables, in hexadecimal where they are long."""
    if 2**n_inputs <= _LONGEST_STRING:
        return to_strings(functions, n_inputs)
    digits = 2**n_inputs // 4
    texts = [f"0x{integer:0{digits}x}" for integer in to_integers(functions, n_inputs)]
    return [text if len(text) <= 66 else f"{text[:34]}…{text[-31:]}" for text in texts]


def complexity_text(found: Measure, value: float, n_inputs: int) -> str:
    """The value, marked where it is an upper bound."""
    return f"{value:g}" if found.is_exact(n_inputs) else f"≤ {value:g}"


def units_text(found: Measure, value: float) -> str:
    """The measure's units, in the singular for a value of 1."""
    what, per, each = found.units.partition(" per ")
    return found.units if value != 1 or what.endswith("ss") else what.removesuffix("s") + per + each


def skipped_text(found: Measure, n_inputs: int) -> str:
    """A measure that cannot be asked for functions of so many inputs, and what is missing."""
    if n_inputs > found.max_inputs:
        return f"{found.name} (up to {found.max_inputs} inputs)"
    return f"{found.name} (pip install simplicity[{found.extra}])"
