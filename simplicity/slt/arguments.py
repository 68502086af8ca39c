"""Checks of arguments that several files of this folder take."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]


def checked_integer(name: str, value: Any, smallest: int) -> int:
    """An integer that is at least ``smallest``."""
    if isinstance(value, bool) or not isinstance(value, (int, np.integer)) or value < smallest:
        raise ValueError(f"{name} must be an integer of at least {smallest}, got {value!r}")
    return int(value)


def checked_positive(name: str, value: Any) -> float:
    """A finite positive number."""
    try:
        number = float(value)
    except (TypeError, ValueError):
        number = np.nan
    if not (np.isfinite(number) and number > 0):
        raise ValueError(f"{name} must be a positive number, got {value!r}")
    return number


def checked_exponents(name: str, exponents: Sequence[int]) -> tuple[int, ...]:
    """Integers of at least 0, not all 0."""
    checked = tuple(checked_integer(f"each of {name}", exponent, 0) for exponent in exponents)
    if not any(checked):
        raise ValueError(f"{name} must hold at least one positive integer, got {tuple(exponents)!r}")
    return checked


def checked_widths(widths: Sequence[int]) -> tuple[int, ...]:
    """Two or more positive widths."""
    checked = tuple(checked_integer("each width", width, 1) for width in widths)
    if len(checked) < 2:
        raise ValueError(f"widths must list at least the inputs and the outputs, got {tuple(widths)!r}")
    return checked


def checked_rank(rank: int, widths: tuple[int, ...]) -> int:
    """A rank that a product of matrices of these widths can have."""
    checked = checked_integer("rank", rank, 0)
    if checked > min(widths):
        raise ValueError(f"rank must be at most the smallest width, {min(widths)}, got {rank!r}")
    return checked


def checked_parameters(name: str, values: npt.ArrayLike, size: int) -> Floats:
    """A vector of ``size`` finite numbers."""
    checked = np.array(values, dtype=np.float64)
    if checked.shape != (size,):
        raise ValueError(f"{name} must have shape ({size},), got {checked.shape}")
    if not np.isfinite(checked).all():
        raise ValueError(f"{name} must be finite, got {int((~np.isfinite(checked)).sum())} other values")
    return checked
