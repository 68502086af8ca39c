"""The sampling run: blocks of samples over a pool of threads, with progress, checkpoints and resume."""

from __future__ import annotations

import itertools
import time
from collections.abc import Callable, Iterator
from concurrent.futures import FIRST_COMPLETED, Executor, Future, ThreadPoolExecutor, wait
from pathlib import Path
from typing import Any, NamedTuple

from tqdm import tqdm

from simplicity.arguments import checked_threads
from simplicity.functions import words_of
from simplicity.maps.base import MapError, ParameterFunctionMap, checked_map
from simplicity.maps.locate import describe
from simplicity.random import checked_integer, checked_seed
from simplicity.sampling.checkpoint import Checkpoint, Finished, run_log
from simplicity.sampling.consolidation import DEFAULT_MEMORY
from simplicity.sampling.engine import Engine, checked_readouts
from simplicity.sampling.interruption import SamplingInterrupted, interruptible
from simplicity.sampling.lock import locked
from simplicity.sampling.memory import checked_memory
from simplicity.sampling.parts import Part
from simplicity.sampling.ranges import Range
from simplicity.sampling.result import Result
from simplicity.sampling.storage import check_writable, load, metadata_of
from simplicity.sampling.tally import Tally
from simplicity.statistics import unseen_mass

CHECKPOINT_SECONDS = 30.0
KEEP_BYTES = 256 * 10**6  # a tally up to this size stays when it is written
_TALLY_SHARE = 0.35
_MOST_SAMPLES = 2**62
_ENOUGH_TO_GIVE_UP = 100_000


class AllUndefined(MapError):
    """A map whose logits are not finite in any sample."""


class Progress(NamedTuple):
    """How far a run is; the number of distinct functions is a lower bound once parts are on disk only."""

    n_samples: int
    distinct: int
    unseen_mass: float
    is_exact: bool

    def __str__(self) -> str:
        if not self.is_exact:
            return f"≥ {self.distinct:,} distinct"
        return f"{self.distinct:,} distinct, unseen mass {self.unseen_mass:.2g}"


class Run:
    """One run over a range of samples: iterate :meth:`steps`, then take :meth:`result`.

    The tally holds the samples from ``base`` on, ``parts`` those before. What is done is written to disk
    every half minute. While the tally is small it stays, and its next part takes the place of the last;
    a large one begins anew, and is written while sampling goes on.

    Parameters
    ----------
    pf_map : ParameterFunctionMap
    span : Range
        What to sample.
    threads : int
    checkpoint : Checkpoint, optional
        Where to keep what is done; what is there already is not sampled again.
    memory : int, optional
        Bytes that tally and result may take up; needs a checkpoint.
    """

    def __init__(
        self,
        pf_map: ParameterFunctionMap,
        span: Range,
        threads: int,
        checkpoint: Checkpoint | None = None,
        memory: int | None = None,
    ) -> None:
        self.map = pf_map
        self.span = span
        self.threads = threads
        self.checkpoint = checkpoint
        self.memory = memory
        self.engine = Engine(pf_map, span.seed, span.readouts)
        self.recipe = describe(pf_map)
        self.tally = self._new_tally()
        self.parts: list[Part] = []
        self.base = self.done = span.first
        # Two tallies of this size may be there, one of them being written.
        self._largest = _TALLY_SHARE * memory if memory else float("inf")
        if checkpoint:
            self._restore(checkpoint)
        self.resumed_at = self._stored = self.done
        self._writing: Future[Part] | None = None
        self._interrupted = False

    def _new_tally(self) -> Tally:
        samples = 0 if self.checkpoint else self.span.stop - self.span.first  # or it is written as it grows
        return Tally(words_of(self.map.n_inputs), clustered=self.span.readouts > 1, samples=samples)

    def _restore(self, checkpoint: Checkpoint) -> None:
        chain = checkpoint.restore()
        if not chain:
            return
        self.done = chain[-1].range.stop
        clustered = self.span.readouts > 1
        width = words_of(self.map.n_inputs) + 1 + clustered
        if sum(map(len, chain)) * 8 * width < min(KEEP_BYTES, self._largest) / 2:
            for piece in chain:
                for rows in piece.rows():
                    self.tally.add_rows(rows)
                self.tally.note(piece.range.stop - piece.range.first, piece.n_undefined)
        else:
            self.parts = [one if isinstance(one, Part) else checkpoint.as_part(one) for one in chain]
            self.base = self.done

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
        with (
            ThreadPoolExecutor(1, thread_name_prefix="simplicity") as writer,
            ThreadPoolExecutor(self.threads, thread_name_prefix="simplicity") as pool,
        ):
            pending: dict[Future[None], int] = {}  # and the first sample of each block
            try:
                yield self._progress()
                while (self.done < self.span.stop and not self._interrupted) or pending:
                    due = (
                        self.checkpoint is not None
                        and self.done > self._stored
                        and (
                            time.monotonic() - last_checkpoint > CHECKPOINT_SECONDS
                            or self.tally.nbytes > self._largest
                        )
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
                        self.store(writer)
                        last_checkpoint = time.monotonic()
                    yield self._progress()
            finally:
                wait(pending)
                self._written()

    def _take_back(self, pending: dict[Future[None], int]) -> None:
        """Cancel the blocks that no thread has begun: the last ones, so what is done stays without gaps."""
        for future in reversed(list(pending)):
            if not future.cancel():
                break
            self.done = pending.pop(future)

    def _sample(self, first: int, stop: int) -> None:
        words, undefined = self.engine.samples(first, stop, reuse=True)
        self.tally.add_samples(words, undefined, self.span.readouts)

    def _progress(self) -> Progress:
        counted, distinct = self.tally.n_samples, self.tally.distinct
        if counted >= _ENOUGH_TO_GIVE_UP and distinct == 0 and not self.parts:
            raise AllUndefined(
                f"map {self.map.name}: the logits of all {counted} samples so far are undefined"
            )
        is_exact = self.base == self.span.first
        at_least = max([distinct, *map(len, self.parts)])
        mass = unseen_mass(self.tally.lonely, counted)
        return Progress(self.base - self.span.first + counted, at_least, mass, is_exact)

    def store(self, writer: Executor | None = None) -> None:
        """Write what is not on disk yet as one more part; a large tally in the background, by ``writer``."""
        if self.checkpoint is None or self._stored == self.done:
            return
        self._written()
        span = self.span._replace(first=self.base, stop=self.done)
        self._stored = self.done
        if self.tally.nbytes <= min(KEEP_BYTES, self._largest):
            self.checkpoint.add(self.tally, span)
            return
        full, self.tally, self.base = self.tally, self._new_tally(), self.done
        if writer is None:
            self.parts.append(self.checkpoint.add(full, span))
        else:
            self._writing = writer.submit(self.checkpoint.add, full, span)

    def _written(self) -> None:
        """Wait for the part that is being written."""
        if self._writing is not None:
            writing, self._writing = self._writing, None
            self.parts.append(writing.result())

    @property
    def fits_in_memory(self) -> bool:
        """Whether the tally holds everything and leaves enough memory to make a result of it."""
        return self.base == self.span.first and self.tally.nbytes <= (self.memory or float("inf")) / 4

    def finish(self, log: Callable[[], dict[str, Any]], progress: bool) -> Result:
        """Write the target, if there is one; the result of the whole run."""
        checkpoint = self.checkpoint
        if self.fits_in_memory or checkpoint is None:
            result = self._result_of_tally(keep=False)
            if checkpoint is not None:
                checkpoint.finish(result, log())
            return result
        self._move_to_disk()
        rows = sum(map(len, self.parts))
        with tqdm(total=2 * rows, unit=" functions", unit_scale=True, disable=not progress,
                  desc="adding up parts", mininterval=0.5, dynamic_ncols=True) as bar:  # fmt: skip
            checkpoint.finish_from_parts(
                self.parts, self.memory or DEFAULT_MEMORY, self.threads, bar.update, log()
            )
        return self._load(checkpoint.path)

    def _move_to_disk(self) -> None:
        """Have all in parts, and an empty tally."""
        self._written()
        if self.checkpoint is not None and self.done > self.base:
            span = self.span._replace(first=self.base, stop=self.done)
            self.parts.append(self.checkpoint.add(self.tally, span))
            self.tally, self.base, self._stored = self._new_tally(), self.done, self.done

    def result(self) -> Result:
        """Everything done so far; with limited memory, the most frequent functions."""
        if self.fits_in_memory or self.checkpoint is None:
            return self._result_of_tally()
        self._move_to_disk()
        so_far = self.checkpoint.folder / "so-far.parquet"
        try:
            self.checkpoint.consolidate(
                self.parts, so_far, self.memory or DEFAULT_MEMORY, self.threads, lambda rows: None
            )
            return self._load(so_far)
        finally:
            so_far.unlink(missing_ok=True)

    def _result_of_tally(self, keep: bool = True) -> Result:
        span = self.span._replace(stop=self.done)
        result = Result.of_tally(self.tally, self.map.n_inputs, [span], self.recipe, keep, self.threads)
        return result.with_map(self.map)

    def _load(self, path: Path) -> Result:
        return load_within(path, self.memory).with_map(self.map)


def load_within(path: Path, memory: int | None) -> Result:
    """A result's file, or as many of its most frequent functions as a quarter of the memory holds."""
    if memory is None:
        return load(path)
    metadata = metadata_of(path)
    octets = 8 * (words_of(metadata["n_inputs"]) + 1 + (metadata["ranges"][0]["readouts"] > 1))
    return load(path, max_functions=memory // (4 * octets))


def sample(
    pf_map: ParameterFunctionMap,
    n_samples: int,
    *,
    seed: int = 0,
    readouts: int = 1,
    first_sample: int = 0,
    threads: int | None = None,
    path: str | Path | None = None,
    memory: int | str | None = None,
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
    memory : int or str, optional
        Bytes, or text such as "8GB", that the tally, and adding up what it wrote to disk, may take up; the
        program itself takes about 0.3 GB beside it. Needs a path: the file holds everything, whatever the
        memory, and the result that is returned as many of the most frequent functions as fit into a
        quarter of it (see ``Result.is_truncated``).
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
    readouts = checked_readouts(checked_map(pf_map), readouts)
    first = checked_integer("first_sample", first_sample, 0, _MOST_SAMPLES)
    count = checked_integer("n_samples", n_samples, 1, _MOST_SAMPLES)
    if first % readouts:
        raise ValueError(f"first_sample must be a multiple of readouts={readouts}, got {first}")
    workers = checked_threads(threads)
    span = Range(checked_seed(seed), first, first + count, readouts)
    limit = None if memory is None else checked_memory(memory)
    if path is None:
        if limit is not None:
            raise ValueError(f"memory={memory!r} needs a path: what does not fit goes to disk beside it")
        return _sample(Run(pf_map, span, workers), progress)
    check_writable(path)
    with locked(Path(path)):
        checkpoint = Checkpoint(path, pf_map, span)
        chain = checkpoint.restore()
        if chain and isinstance(chain[0], Finished) and chain[0].range == span:
            checkpoint.tidy()
            return load_within(checkpoint.path, limit).with_map(pf_map)
        return _sample(Run(pf_map, span, workers, checkpoint, limit), progress)


def _sample(run: Run, progress: bool) -> Result:
    started = time.monotonic()
    with interruptible(run):
        _follow(run, progress)
    n_done = run.done - run.span.first
    if run.base == run.span.first and run.tally.n_undefined == n_done > 0:
        raise AllUndefined(f"map {run.map.name}: the logits of all {n_done} samples are undefined")
    if run.done < run.span.stop:
        run.store()
        raise SamplingInterrupted(run)
    sampled = run.done - run.resumed_at
    return run.finish(lambda: run_log(time.monotonic() - started, run.threads, sampled), progress)


def _follow(run: Run, progress: bool) -> None:
    total = run.span.stop - run.span.first
    resumed = run.resumed_at - run.span.first
    with tqdm(total=total, initial=resumed, unit=" samples", unit_scale=True, disable=not progress,
              desc=run.map.label, mininterval=0.5, dynamic_ncols=True) as bar:  # fmt: skip
        for step in run.steps():
            bar.set_postfix_str(str(step), refresh=False)
            bar.update(step.n_samples - bar.n)
