"""From sample numbers to functions: draws the noise of a block of hidden draws and runs the map on it."""

from __future__ import annotations

import threading
from collections.abc import Iterator

import numpy as np
import numpy.typing as npt

from simplicity.maps.base import Batch, MapError, ParameterFunctionMap
from simplicity.maps.evaluate import Evaluator
from simplicity.random import checked_integer, checked_seed
from simplicity.spaces import Space, Spaces

_BLOCK_NUMBERS = 2**21  # of noise: milliseconds of work, little enough memory for every thread
_BLOCK_SAMPLES = 2**16


def checked_readouts(pf_map: ParameterFunctionMap, readouts: object) -> int:
    """A number of readouts that this map allows.

    Raises
    ------
    ValueError
        If it is not a whole number from 1 up, or above 1 for a map without a linear last layer.
    """
    number = checked_integer("readouts", readouts, 1, 2**15)
    if number > 1 and pf_map.readout is None:
        raise ValueError(
            f"readouts must be 1 for map {pf_map.name}, which has no linear last layer behind hidden layers, "
            f"got {number}"
        )
    return number


class Engine:
    """Functions of any range of samples of one map and seed; safe to share by threads.

    Sample i is readout i % readouts of hidden draw i // readouts.

    Parameters
    ----------
    pf_map : ParameterFunctionMap
    seed : int
    readouts : int

    Examples
    --------
    >>> from simplicity.maps import LookupTable
    >>> words, undefined = Engine(LookupTable(n_inputs=3), seed=0).samples(0, 4)
    >>> words.shape, bool(undefined.any())
    ((4, 1), False)
    """

    def __init__(self, pf_map: ParameterFunctionMap, seed: int = 0, readouts: int = 1) -> None:
        self.map = pf_map
        self.noise = pf_map.noise
        self.seed = checked_seed(seed)
        self.readouts = checked_readouts(pf_map, readouts)
        self._own = threading.local()
        self._spaces = Spaces()
        code = self._evaluator.code
        self._batch_size = code.batch_size if isinstance(code, Batch) else None

    @property
    def block_draws(self) -> int:
        """Hidden draws in a block of work; of array code, which may be slow, one batch."""
        if self._batch_size is not None:
            return self._batch_size
        further = (self.readouts - 1) * self._readout_size if self.readouts > 1 else 0
        return max(1, min(_BLOCK_NUMBERS // (self.noise.width + further), _BLOCK_SAMPLES // self.readouts))

    def blocks(self, first: int, stop: int) -> Iterator[tuple[int, int]]:
        """The samples from ``first`` to ``stop``, cut at whole blocks of hidden draws."""
        size = self.block_draws * self.readouts
        while first < stop:
            cut = min((first // size + 1) * size, stop)
            yield first, cut
            first = cut

    def samples(
        self, first: int, stop: int, *, reuse: bool = False
    ) -> tuple[npt.NDArray[np.uint64], npt.NDArray[np.bool_]]:
        """Packed functions of the samples from ``first`` to ``stop`` - 1, and which are undefined.

        Parameters
        ----------
        first, stop : int
        reuse : bool
            Write the functions to where this thread's last ones were, which are then no more. Fresh memory
            takes as much as a tenth of the time.

        Returns
        -------
        (stop - first, words) uint64 and (stop - first,) bool

        Raises
        ------
        MapError
            If the map breaks its contract.
        """
        together = self._batch_size or 1  # draws meet in the same batches whatever the range
        first_draw = first // self.readouts // together * together
        last_draw = ((stop - 1) // self.readouts // together + 1) * together
        draws = np.arange(first_draw, last_draw, dtype=np.uint64)
        spaces = self._spaces if reuse else None
        noise = self.noise.rows(self.seed, draws, space=self._space_of("noise"))
        if self.readouts == 1:
            words, undefined = self._evaluator.functions(noise, spaces)
        else:
            further = self._further(draws, self._space_of("further noise"))
            words, undefined = self._evaluator.readouts(noise, further, self.readouts, spaces)
        here = slice(first - first_draw * self.readouts, stop - first_draw * self.readouts)
        return words[here], undefined[here]

    def noise_of(self, sample: int) -> npt.NDArray[np.generic]:
        """The noise of one sample, (size,): the hidden draw's, with the readout's own last layer."""
        draw, readout = divmod(sample, self.readouts)
        noise = self.noise.draw(self.seed, [draw])[0].copy()
        if readout > 0:
            size = self._readout_size
            noise[:size] = self._further([draw])[0, (readout - 1) * size : readout * size]
        return noise

    @property
    def _readout_size(self) -> int:
        readout = self.map.readout
        if readout is None:
            raise MapError(f"map {self.map.name} has no linear readout")
        return readout.size

    def _further(self, draws: npt.ArrayLike, space: Space | None = None) -> npt.NDArray[np.generic]:
        """Noise of readouts 1, 2, … of each draw, one after the other: its stream 1."""
        return self.noise.rows(self.seed, draws, 1, (self.readouts - 1) * self._readout_size, space)

    def _space_of(self, name: str) -> Space | None:
        """Where the noise of a block is written; anywhere for array code, which may hold on to its noise."""
        return self._spaces[name] if self._batch_size is None else None

    @property
    def _evaluator(self) -> Evaluator:
        if not hasattr(self._own, "evaluator"):
            self._own.evaluator = Evaluator(self.map)
        evaluator: Evaluator = self._own.evaluator
        return evaluator
