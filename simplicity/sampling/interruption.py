"""Ctrl-C during sampling: the run ends in order, and what was done is kept."""

from __future__ import annotations

import contextlib
import functools
import signal
import threading
from collections.abc import Iterator
from typing import Any, Protocol

from simplicity.sampling.parts import Part
from simplicity.sampling.ranges import Range
from simplicity.sampling.result import Result


class Interruptible(Protocol):
    """What of a run matters here: how far it is, its parts on disk, how to stop it, and its result."""

    span: Range
    done: int
    parts: list[Part]

    def interrupt(self) -> None:
        """Stop after the work under way."""

    def result(self) -> Result:
        """Everything done so far."""


class SamplingInterrupted(KeyboardInterrupt):
    """Ctrl-C during sampling. With a path, what was done is on disk, and the same call takes up there.

    Parameters
    ----------
    run : Run
        What was stopped.
    """

    def __init__(self, run: Interruptible) -> None:
        self.n_samples = run.done - run.span.first
        super().__init__(f"interrupted after {self.n_samples:,} samples")
        self.in_memory = not run.parts
        self._run = run

    @functools.cached_property
    def result(self) -> Result:
        """What was done; added up from the parts on disk only now, where the tally did not stay in memory."""
        return self._run.result()


@contextlib.contextmanager
def interruptible(run: Interruptible) -> Iterator[None]:
    """The first Ctrl-C (or SIGTERM) lets the run end in order; then both mean again what they meant."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return

    before = {number: signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM)}

    def restore() -> None:
        for number, handler in before.items():
            signal.signal(number, handler)

    def on_signal(_number: int, _frame: Any) -> None:
        restore()
        run.interrupt()

    for number in before:
        signal.signal(number, on_signal)
    try:
        yield
    finally:
        restore()
