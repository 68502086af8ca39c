"""The sampling run: blocks of samples over a pool of threads, with progress, checkpoints and resume."""

from __future__ import annotations

import contextlib
import itertools
import os
import signal
import threading
import time
from collections.abc import Iterator
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from pathlib import Path
from typing import Any, NamedTuple

from tqdm import tqdm

from simplicity.functions import words_of
from simplicity.maps.base import MapError, ParameterFunctionMap
from simplicity.maps.locate import describe
from simplicity.random import checked_integer, checked_seed
from simplicity.sampling.checkpoint import Checkpoint, run_log
from simplicity.sampling.engine import Engine, checked_readouts
from simplicity.sampling.result import Range, Result
from simplicity.sampling.storage import check_writable
from simplicity.sampling.tally import Table, Tally
from simplicity.statistics import unseen_mass

CHECKPOINT_SECONDS = 30.0
_MOST_SAMPLES = 2**62
_ENOUGH_TO_GIVE_UP = 100_000


class SamplingInterrupted(KeyboardInterrupt):
    """Ctrl-C during sampling. What was done is in ``result``, and with a path also on disk."""

    def __init__(self, result: Result) -> None:
        super().__init__(f"interrupted after {result.n_samples} samples")
        self.result = result


class Progress(NamedTuple):
    """How far a run is."""

    n_samples: int
    distinct: int
    unseen_mass: float


class Run:
    """One run over a range of samples: iterate :meth:`steps`, then take :meth:`result`.

    Parameters
    ----------
    pf_map : ParameterFunctionMap
    span : Range
        What to sample.
    threads : int
    checkpoint : Checkpoint, optional
        Where to keep what is done; what is there already is not sampled again.
    """

    def __init__(
        self, pf_map: ParameterFunctionMap, span: Range, threads: int, checkpoint: Checkpoint | None = None
    ) -> None:
        self.map = pf_map
        self.span = span
        self.threads = threads
        self.checkpoint = checkpoint
        self.engine = Engine(pf_map, span.seed, span.readouts)
        self.recipe = describe(pf_map)
        self.done = span.first
        self.total = self._new_tally()
        for part in checkpoint.restore() if checkpoint else ():
            self.total.add_table(Table(part.functions, part.counts, part.sum_squares), part.n_undefined)
            self.done = part.ranges[0].stop
        self.resumed_at = self._stored = self.done
        # What is not on disk yet: until the first part is written everything, and one tally does for both.
        self._recent = self.total if self.done == span.first else self._new_tally()
        self._interrupted = False

    def _new_tally(self) -> Tally:
        return Tally(words_of(self.map.n_inputs), clustered=self.span.readouts > 1)

    def interrupt(self) -> None:
        """Stop after the blocks in flight."""
        self._interrupted = True

    def steps(self) -> Iterator[Progress]:
        """Sample, telling after every few blocks how far it is.

        However the iteration ends, the samples up to ``done`` are in the tally, and no others: blocks are
        handed out in order, and those in flight are waited for.
        """
        blocks = self.engine.blocks(self.done, self.span.stop)
        last_checkpoint = time.monotonic()
        with ThreadPoolExecutor(self.threads, thread_name_prefix="simplicity") as pool:
            pending: dict[Future[None], int] = {}  # and the first sample of each block
            try:
                yield self._progress()
                while (self.done < self.span.stop and not self._interrupted) or pending:
                    due = (
                        self.checkpoint is not None
                        and self.done > self._stored
                        and time.monotonic() - last_checkpoint > CHECKPOINT_SECONDS
                    )
                    room = 0 if due or self._interrupted else 2 * self.threads - len(pending)
                    for first, stop in itertools.islice(blocks, room):
                        pending[pool.submit(self._sample, first, stop)] = first
                        self.done = stop
                    if self._interrupted:
                        self._take_back(pending)
                    for future in wait(pending, timeout=1.0, return_when=FIRST_COMPLETED).done:
                        del pending[future]
                        future.result()
                    if due and not pending:
                        self.store()
                        last_checkpoint = time.monotonic()
                    yield self._progress()
            finally:
                wait(pending)

    def _take_back(self, pending: dict[Future[None], int]) -> None:
        """Cancel the blocks that no thread has begun: the last ones, so what is done stays without gaps."""
        for future in reversed(list(pending)):
            if not future.cancel():
                break
            self.done = pending.pop(future)

    def _sample(self, first: int, stop: int) -> None:
        words, undefined = self.engine.samples(first, stop)
        for tally in {id(self.total): self.total, id(self._recent): self._recent}.values():
            tally.add_samples(words, undefined, self.span.readouts)

    def _progress(self) -> Progress:
        counted = self.total.n_samples
        if counted >= _ENOUGH_TO_GIVE_UP and self.total.distinct == 0:
            raise MapError(f"map {self.map.name}: the logits of all {counted} samples so far are undefined")
        return Progress(counted, self.total.distinct, unseen_mass(self.total.lonely, counted))

    def store(self) -> None:
        """Write what is not on disk yet as one more part."""
        if self.checkpoint is None or self._stored == self.done:
            return
        part = self._result_of(self._recent, self._stored)
        self.checkpoint.add(part)
        self._stored = self.done
        self._recent = self._new_tally()

    def result(self) -> Result:
        """Everything done so far."""
        return self._result_of(self.total, self.span.first)

    def _result_of(self, tally: Tally, first: int) -> Result:
        span = self.span._replace(first=first, stop=self.done)
        return Result.of_tally(tally, self.map.n_inputs, [span], self.recipe).with_map(self.map)


@contextlib.contextmanager
def _interruptible(run: Run) -> Iterator[None]:
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


def sample(
    pf_map: ParameterFunctionMap,
    n_samples: int,
    *,
    seed: int = 0,
    readouts: int = 1,
    first_sample: int = 0,
    threads: int | None = None,
    path: str | Path | None = None,
    progress: bool = False,
) -> Result:
    """Draw random parameters, tally the functions that they induce.

    The result is a function of (map, seed, range, readouts) alone, whatever the threads and interruptions.

    Parameters
    ----------
    pf_map : ParameterFunctionMap
    n_samples : int
        Functions to draw; 1e6 will do for 1,000,000.
    seed : int
        0 to 2^64 - 1.
    readouts : int
        Last layers drawn for each draw of the hidden layers, for maps with a linear last layer. Faster, at
        the price of clustered samples, which the intervals account for; 64 is a good number.
    first_sample : int
        Where the range starts, a multiple of ``readouts``: ranges of one seed can be run apart and added.
    threads : int, optional
        Default: all processors.
    path : str or Path, optional
        Where to save the result. A run that was stopped takes up where it was, and one with fewer samples
        is extended; every half minute what is done is kept beside the file.
    progress : bool
        Show a bar on stderr.

    Returns
    -------
    Result

    Raises
    ------
    ValueError
        If an argument does not fit, or the path holds another run.
    MapError
        If the map breaks its contract, or all of its samples are undefined.
    OSError
        If the path cannot be written.
    SamplingInterrupted
        On Ctrl-C, a KeyboardInterrupt whose ``result`` holds what was done.

    Examples
    --------
    >>> from simplicity.maps import Perceptron
    >>> result = sample(Perceptron(n_inputs=3), 10_000, seed=1)
    >>> len(result), int(result.counts.sum())
    (104, 10000)
    """
    if not isinstance(pf_map, ParameterFunctionMap):
        made = f"; make one: {pf_map.__name__}(n_inputs=7)" if isinstance(pf_map, type) else ""
        raise TypeError(f"pf_map must be a ParameterFunctionMap, got {pf_map!r}{made}")
    readouts = checked_readouts(pf_map, readouts)
    first = checked_integer("first_sample", first_sample, 0, _MOST_SAMPLES)
    count = checked_integer("n_samples", n_samples, 1, _MOST_SAMPLES)
    if first % readouts:
        raise ValueError(f"first_sample must be a multiple of readouts={readouts}, got {first}")
    workers = _available_processors() if threads is None else checked_integer("threads", threads, 1, 1024)
    span = Range(checked_seed(seed), first, first + count, readouts)
    checkpoint = None
    if path is not None:
        check_writable(path)
        checkpoint = Checkpoint(path, pf_map, span)
    run = Run(pf_map, span, workers, checkpoint)
    started = time.monotonic()
    with _interruptible(run):
        _follow(run, progress)
    result = run.result()
    if result.n_undefined == result.n_samples > 0:
        raise MapError(f"map {pf_map.name}: the logits of all {result.n_samples} samples are undefined")
    if run.done < span.stop:
        run.store()
        raise SamplingInterrupted(result)
    if checkpoint is not None:
        checkpoint.finish(result, run_log(time.monotonic() - started, workers, run.done - run.resumed_at))
    return result


def _follow(run: Run, progress: bool) -> None:
    total = run.span.stop - run.span.first
    resumed = run.resumed_at - run.span.first
    with tqdm(total=total, initial=resumed, unit=" samples", unit_scale=True, disable=not progress,
              desc=run.map.label, mininterval=0.5, dynamic_ncols=True) as bar:  # fmt: skip
        for step in run.steps():
            bar.set_postfix_str(
                f"{step.distinct:,} distinct, unseen mass {step.unseen_mass:.2g}", refresh=False
            )
            bar.update(step.n_samples - bar.n)


def _available_processors() -> int:
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1
