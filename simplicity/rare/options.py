"""Options of the methods, checked before any of them runs."""

from __future__ import annotations

from typing import Any

import numpy as np

from simplicity.arguments import checked_number, checked_positive
from simplicity.random import checked_integer
from simplicity.rare.conditional import FIRST_DRAWS
from simplicity.rare.energies import checked_offset
from simplicity.rare.orthant import RANDOMISATIONS

_OF_SPLITTING = (
    "particles", "sweeps", "frozen", "lowest_log2", "pilot_particles", "spread", "energy", "offset",
)  # fmt: skip
_OPTIONS = {
    "auto": _OF_SPLITTING,
    "splitting": _OF_SPLITTING,
    "nngp": ("max_points",),
    "conditional": ("max_draws",),
}
_WHOLE_NUMBERS = {
    "particles": (4, 2**24), "sweeps": (1, 10_000), "pilot_particles": (4, 2**24),
    "max_points": (RANDOMISATIONS * 64, 2**40), "max_draws": (FIRST_DRAWS, 2**32),
}  # fmt: skip


def check_options(method: str, options: dict[str, Any]) -> None:
    """Refuse options that the method does not have or cannot use, also where it would not get to use them."""
    known = _OPTIONS.get(method, ())
    for name, value in options.items():
        if name not in known:
            some = f"options are {', '.join(known)}" if known else "there are none"
            raise ValueError(f"option {name!r} is unknown to method {method!r}: {some}")
        if name in _WHOLE_NUMBERS and value is not None:
            checked_integer(name, value, *_WHOLE_NUMBERS[name])
        elif name == "spread":
            checked_positive(name, value)
        elif name == "frozen" and not isinstance(value, (bool, np.bool_)):
            raise ValueError(f"frozen must be True or False, got {value!r}")
        elif name == "energy" and value not in ("auto", "logits", "mismatches"):
            raise ValueError(f"energy must be 'auto', 'logits' or 'mismatches', got {value!r}")
        elif name == "offset":
            checked_offset(value)
        elif name == "lowest_log2":
            checked_number(name, value, -np.inf, -1e-9)
