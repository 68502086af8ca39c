"""Tables that read well on a terminal and in Markdown, and numbers for people."""

from __future__ import annotations

from collections.abc import Sequence


def table(headings: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """A Markdown table with its columns in line."""
    widths = [max(map(len, column)) for column in zip(headings, *rows, strict=True)]
    lines = [headings, ["-" * width for width in widths], *rows]
    return "\n".join(
        "| " + " | ".join(cell.ljust(width) for cell, width in zip(line, widths, strict=True)) + " |"
        for line in lines
    )


def significant(number: float, digits: int = 3) -> str:
    """Rounded to so many digits, never in powers of ten.

    Examples
    --------
    >>> significant(1234.5), significant(0.01234), significant(73.21)
    ('1230', '0.0123', '73.2')
    """
    rounded = float(f"{number:.{digits - 1}e}")
    places = max(0, digits - 1 - int(f"{rounded:e}".partition("e")[2]))
    return f"{rounded:.{places}f}"


def _scaled(number: float, units: Sequence[tuple[float, str]]) -> str:
    size, unit = next((entry for entry in units if number >= entry[0]), units[-1])
    return f"{significant(number / size)} {unit}"


def seconds(number: float) -> str:
    """A time with its unit.

    Examples
    --------
    >>> seconds(4.74e-7), seconds(3.6e-5), seconds(2)
    ('474 ns', '36.0 µs', '2.00 s')
    """
    return _scaled(number, ((1, "s"), (1e-3, "ms"), (1e-6, "µs"), (1e-9, "ns")))


def megabytes(number: float) -> str:
    """An amount of memory in units of 10^6 bytes."""
    return f"{significant(number / 1e6, 2)} MB"
