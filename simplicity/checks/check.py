"""What a contract test found."""

from __future__ import annotations

from typing import NamedTuple


class Check(NamedTuple):
    """What was checked, whether it holds, and in words what was found."""

    name: str
    passed: bool
    message: str

    def __str__(self) -> str:
        return f"{'ok    ' if self.passed else 'FAILED'} {self.name}: {self.message}"
