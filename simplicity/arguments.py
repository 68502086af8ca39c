"""Checks of arguments that several parts of the package take."""

from __future__ import annotations

import math
import numbers
import os

from simplicity.random import checked_integer


def checked_threads(threads: object = None) -> int:
    """Threads asked for; without an answer, the processors that this process may use.

    Raises
    ------
    ValueError
        Unless it is None or a whole number from 1 to 1024.
    """
    if threads is not None:
        return checked_integer("threads", threads, 1, 1024)
    if hasattr(os, "sched_getaffinity"):  # not on macOS and Windows
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def checked_number(name: str, value: object, least: float, most: float = math.inf) -> float:
    """A number from ``least`` to ``most``, both included; never NaN.

    Raises
    ------
    ValueError
        With the argument's name, the value and what would do.
    """
    is_number = isinstance(value, numbers.Real) and not isinstance(value, bool)
    if not is_number or not least <= float(value) <= most:  # type: ignore[arg-type]
        raise ValueError(f"{name} must be a number from {least:g} to {most:g}, got {value!r}")
    return float(value)  # type: ignore[arg-type]


def checked_positive(name: str, value: object, otherwise: str = "") -> float:
    """A finite number above 0.

    Raises
    ------
    ValueError
        With the argument's name, the value, what would do and what else would (``otherwise``).
    """
    is_number = isinstance(value, numbers.Real) and not isinstance(value, bool)
    if not is_number or not 0 < float(value) < math.inf:  # type: ignore[arg-type]
        raise ValueError(f"{name} must be a finite number above 0{otherwise}, got {value!r}")
    return float(value)  # type: ignore[arg-type]
