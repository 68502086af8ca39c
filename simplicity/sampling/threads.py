"""Calls shared out to threads."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from typing import Any


def call_all(threads: int, function: Callable[..., object], *arguments: Iterable[Any]) -> None:
    """Call a function with each of the arguments, as ``map`` does, by so many threads; one is the caller's.

    Examples
    --------
    >>> found = set()
    >>> call_all(2, lambda a, b: found.add(a + b), [1, 2], [10, 20])
    >>> sorted(found)
    [11, 22]
    """
    if threads == 1:
        for each in zip(*arguments, strict=True):
            function(*each)
        return
    with ThreadPoolExecutor(threads, thread_name_prefix="simplicity") as pool:
        list(pool.map(function, *arguments))
