"""Amounts of memory as people write them."""

from __future__ import annotations

import re

_UNITS = {"": 1} | {
    f"{letter}{middle}B": base**power
    for power, letter in enumerate("KMGT", start=1)
    for middle, base in (("", 1000), ("I", 1024))
}
LEAST = 200 * 10**6


def checked_memory(memory: object) -> int:
    """Bytes of an amount such as 8_000_000_000, "500MB", "8GB" or "1.5GiB".

    Raises
    ------
    ValueError
        If it is no such amount, or less than 200 MB.

    Examples
    --------
    >>> checked_memory("500MB"), checked_memory("1.5GiB")
    (500000000, 1610612736)
    """
    number: float | None = None
    if isinstance(memory, str):
        found = re.fullmatch(r"\s*([0-9]+(?:\.[0-9]*)?(?:[eE][0-9]+)?)\s*([a-zA-Z]*)\s*", memory)
        if found and found[2].upper() in _UNITS:
            number = float(found[1]) * _UNITS[found[2].upper()]
    elif isinstance(memory, (int, float)) and not isinstance(memory, bool):
        number = float(memory)
    if number is None or not number < float("inf"):
        raise ValueError(
            f'memory must be a number of bytes, or text such as "500MB", "8GB" or "1.5GiB", got {memory!r}'
        )
    if number < LEAST:
        raise ValueError(f'memory must be at least 200 MB, such as "1GB", got {memory!r}')
    return int(number)
