"""Checks of arguments that several files of this folder take."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import numpy as np
import numpy.typing as npt

from simplicity.maps.base import checked_widths
from simplicity.random import checked_integer

Floats = npt.NDArray[np.float64]

MOST_PARAMETERS = 2**31
_LARGEST_EXPONENT = 1000


def checked_exponents(name: str, exponents: Sequence[int]) -> tuple[int, ...]:
    """Integers of at least 0, not all 0."""
    given = exponents if isinstance(exponents, Iterable) else [exponents]
    checked = tuple(checked_integer(f"each of {name}", exponent, 0, _LARGEST_EXPONENT) for exponent in given)
    if not any(checked):
        raise ValueError(f"{name} must hold at least one positive integer, got {checked!r}")
    return checked


def checked_layers(widths: Sequence[int]) -> tuple[int, ...]:
    """Two or more positive widths."""
    checked = checked_widths("widths", widths)
    if len(checked) < 2:
        raise ValueError(f"widths must list at least the inputs and the outputs, got {widths!r}")
    return checked


def checked_rank(rank: int, widths: tuple[int, ...]) -> int:
    """A rank that a product of matrices of these widths can have."""
    checked = checked_integer("rank", rank, 0, MOST_PARAMETERS)
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
