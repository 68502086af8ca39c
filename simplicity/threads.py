"""How many threads a call uses."""

from __future__ import annotations

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
