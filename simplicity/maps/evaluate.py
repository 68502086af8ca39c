"""A map made ready to run on rows of noise: the loops over draws, compiled around a map's kernel.

The loops are closures over the kernel, so they are compiled once a process and never cached on disk
(Numba's cache mixes up closures that share a name); the kernels that they call are cached.
"""

from __future__ import annotations

import functools
from typing import Any

import numba
import numpy as np
import numpy.typing as npt

from simplicity.compilation import row
from simplicity.functions import pack, position_mask, words_of
from simplicity.maps.base import Batch, Kernel, LinearReadout, MapError, ParameterFunctionMap
from simplicity.maps.linear import START, features_tile, pack_positive, tiles
from simplicity.maps.readouts import NOT_FINITE, linear_readouts, not_finite, scale_biases
from simplicity.simd import TILE
from simplicity.spaces import Spaces
from simplicity.vectors import splat

Words = npt.NDArray[np.uint64]
Flags = npt.NDArray[np.bool_]

_LOGITS = 2**20  # logits looked at together

_compile = numba.njit(nogil=True, error_model="numpy")


@functools.cache
def _row_driver(function: Any) -> Any:
    """Each row's out, straight from the kernel: packed words, or logits."""

    @_compile
    def drive(noise, size, constants, workspace, out, status):
        for i in range(noise.shape[0]):
            status[i] = function(row(noise, i, size), constants, workspace, row(out, i, out.shape[1]))

    return drive


@functools.cache
def _logits_driver(function: Any) -> Any:
    """Each row's packed function, from the kernel's logits."""

    @_compile
    def drive(noise, size, constants, workspace, logits, words, status):
        for i in range(noise.shape[0]):
            failed = function(row(noise, i, size), constants, workspace, logits)
            status[i] = failed | pack_positive(logits, row(words, i, words.shape[1]))

    return drive


@functools.cache
def _readouts_driver(features: Any) -> Any:
    """Functions of last layers, as a :class:`Kernel` has them, from a kernel of features."""

    @_compile
    def drive(noise, size, further, scales, constants, workspace, biases, out):
        own_workspace, features_out, tiles = workspace
        signs, status, logits = out
        (width, positions), readouts = features_out.shape, biases.shape[0]
        flat = features_out.reshape(features_out.size)
        shape = readouts, width, signs.shape[1] // readouts
        for i in range(noise.shape[0]):
            numbers, probe = row(noise, i, size), splat(np.float32(0))
            out_of_row = row(signs, i, signs.shape[1]), row(logits, i, logits.shape[1])
            layers = numbers, row(further, i, further.shape[1])
            scale_biases(layers, width + 1, scales[1], biases)
            failed = features(numbers, constants, own_workspace, features_out)
            for x in range(0, positions, TILE):
                source = START, features_tile(flat, width, positions, x, tiles)
                s = linear_readouts(layers, biases, shape, scales[0], tiles, source, out_of_row, x)
                probe = probe + s
            status[i] = 1 if failed else NOT_FINITE * not_finite(probe)

    return drive


def run_compiled(pf_map: ParameterFunctionMap, compiled: Any, *arguments: Any) -> None:
    """Call compiled code of a map; what it does wrong becomes a MapError."""
    try:
        compiled(*arguments)
    except numba.core.errors.NumbaError as error:
        lines = [line for line in map(str.strip, str(error).splitlines()) if line]
        telling = [line for line in lines if not line.startswith("Failed in nopython")]
        cause = " ".join(telling[: 2 if telling and telling[0].endswith(":") else 1]) or "no reason given"
        place = next((f" ({line.rstrip(':')})" for line in telling if line.startswith('File "')), "")
        raise MapError(f"the kernel of map {pf_map.name} does not compile: {cause}{place}") from error
    except IndexError as error:
        raise MapError(f"the kernel of map {pf_map.name} uses an index beyond its arrays") from error
    except Exception as error:
        raise MapError(f"map {pf_map.name} raised {type(error).__name__}: {error}") from error


class Evaluator:
    """Runs one map; holds its workspaces, so every thread makes its own.

    Parameters
    ----------
    pf_map : ParameterFunctionMap

    Raises
    ------
    MapError
        If its kernel is given too little to make functions.
    """

    def __init__(self, pf_map: ParameterFunctionMap) -> None:
        self.map, self.noise = pf_map, pf_map.noise
        self.positions = 2**pf_map.n_inputs
        self.words = words_of(pf_map.n_inputs)
        self.code = pf_map.evaluator()
        readout = pf_map.readout
        if readout is not None:
            self._scales = np.float32(readout.weight_std), np.float32(readout.bias_std)
            self._readout_size = readout.size
        if isinstance(self.code, Kernel):
            self._workspace = self.code.workspace() or (np.empty(0, dtype=np.uint64),)
            self._readouts = self._readouts_workspace = None
            if readout is not None and self.code.readouts is not None:
                self._readouts, self._readouts_workspace = self.code.readouts, self._workspace
            elif readout is not None and self.code.features is not None:
                self._readouts = _readouts_driver(self.code.features)
                self._readouts_workspace = self._workspace, self._features(readout), tiles(readout.width)
            ways = self.code.words, self.code.many, self.code.logits, self._readouts
            if all(way is None for way in ways):
                raise MapError(
                    f"the kernel of map {pf_map.name} makes no functions: it needs words, many or logits, or "
                    f"features and a readout of the map"
                )

    def functions(self, noise: npt.NDArray[Any], spaces: Spaces | None = None) -> tuple[Words, Flags]:
        """Packed functions of rows of noise, and which rows define none.

        Parameters
        ----------
        noise : (count, at least size) array
            Rows may be longer than the map's noise; the rest is padding.
        spaces : Spaces, optional
            Where to write: the functions then hold until the next ones are written there.

        Returns
        -------
        (count, words) uint64 and (count,) bool
        """
        noise = np.ascontiguousarray(noise)
        if isinstance(self.code, Batch):
            return self._packed(self._in_batches(self.code.call, self.code.batch_size, noise))
        if self.code.words is None and self.code.many is None and self.code.logits is None:
            return self.readouts(noise, noise[:, :0], 1, spaces)
        words = (spaces or Spaces())["functions"].array(np.uint64, len(noise), self.words)
        words[:] = 0
        status = np.zeros(len(noise), dtype=np.uint8)
        own = self.code.constants, self._workspace
        if self.code.many is not None:
            run_compiled(self.map, self.code.many, noise, *own, words, status)
        elif self.code.words is not None:
            drive = _row_driver(self.code.words)
            run_compiled(self.map, drive, noise, self._size(noise), *own, words, status)
        else:
            drive = _logits_driver(self.code.logits)
            logits = np.zeros(self.positions, dtype=self.code.logit_dtype)
            run_compiled(self.map, drive, noise, self._size(noise), *own, logits, words, status)
        return words, status != 0

    def reads(self, tapes: npt.NDArray[np.uint64]) -> Flags:
        """Which of their draws the functions of endless tapes are read from, (count, draws) bool.

        Parameters
        ----------
        tapes : (count, 1 + draws) array
            Seed and draws.

        Raises
        ------
        MapError
            If the map does not say.
        """
        if not isinstance(self.code, Kernel) or self.code.reads is None:
            raise MapError(f"map {self.map.name} does not say which parts of its tape it reads")
        is_read = np.zeros((len(tapes), tapes.shape[1] - 1), dtype=np.bool_)
        status = np.zeros(len(tapes), dtype=np.uint8)
        arguments = tapes, self.code.constants, self._workspace, is_read, status
        run_compiled(self.map, self.code.reads, *arguments)
        return is_read

    def _features(self, readout: LinearReadout) -> npt.NDArray[np.float32]:
        return np.empty((readout.width, self.positions), dtype=np.float32)

    def _size(self, noise: npt.NDArray[Any]) -> int:
        """Numbers of a row that the map reads: a tape may hold more draws than one."""
        return noise.shape[1] if self.noise.size is None else self.noise.width

    def readouts(
        self, noise: npt.NDArray[Any], further: npt.NDArray[Any], readouts: int, spaces: Spaces | None = None
    ) -> tuple[Words, Flags]:
        """Packed functions of ``readouts`` last layers for each row of noise, readouts of a row together.

        Parameters
        ----------
        noise : (count, at least size) array
        further : (count, at least (readouts - 1) * readout size) array
            Noise of the last layers after the row's own, one after the other.
        readouts : int
        spaces : Spaces, optional
            See :meth:`functions`.

        Returns
        -------
        (count * readouts, words) uint64 and (count * readouts,) bool
        """
        noise, further = np.ascontiguousarray(noise), np.ascontiguousarray(further)
        if isinstance(self.code, Batch):
            if self.code.features is None:
                raise MapError(f"map {self.map.name} declares a readout but its batch code has no features")
            return self._batch_readouts(self.code, noise, further, readouts)
        if self._readouts is None:
            raise MapError(f"map {self.map.name} declares a readout but its kernel has no features")
        words, status, _ = self._through_last_layers(noise, further, readouts, spaces or Spaces())
        undefined = np.empty((len(noise), readouts), dtype=np.bool_)
        undefined[:] = status[:, None] != 0
        # Which of a draw's last layers are to blame, its logits show.
        to_see, at_once = np.flatnonzero(status == NOT_FINITE), max(_LOGITS // (readouts * self.positions), 1)
        for first in range(0, len(to_see), at_once):
            some = to_see[first : first + at_once]
            inputs = noise[some], further[some], readouts
            *_, logits = self._through_last_layers(*inputs, Spaces(), logits=True)
            finite = np.isfinite(logits.reshape(len(some), readouts, -1)[:, :, : self.positions])
            undefined[some] = ~finite.all(axis=2)
        return words, undefined.ravel()

    def _through_last_layers(
        self,
        noise: npt.NDArray[Any],
        further: npt.NDArray[Any],
        readouts: int,
        spaces: Spaces,
        logits: bool = False,
    ) -> tuple[Words, npt.NDArray[np.uint8], npt.NDArray[np.float32]]:
        """Functions, status of each draw, and logits if wanted, as many a readout as words have bits."""
        assert isinstance(self.code, Kernel)
        code, workspace = self._readouts, self._readouts_workspace
        if readouts == 1 and self.code.one_readout is not None:
            code, workspace = self.code.one_readout, self._workspace
        signs = spaces["functions"].array(np.uint8, len(noise), readouts * 8 * self.words)
        status = np.empty(len(noise), dtype=np.uint8)
        values = np.empty((len(noise), logits * 8 * signs.shape[1]), dtype=np.float32)
        inputs = noise, self.noise.width, further, self._scales, self.code.constants
        biases = np.empty(readouts, dtype=np.float32)
        run_compiled(self.map, code, *inputs, workspace, biases, (signs, status, values))
        words = signs.view("<u8").astype(np.uint64, copy=False).reshape(-1, self.words)
        if self.positions < 64:
            words &= position_mask(self.map.n_inputs)
        return words, status, values

    def logits(self, noise: npt.NDArray[Any]) -> npt.NDArray[Any]:
        """Logits of rows of noise, (count, 2^n) floats; MapError for maps that have none."""
        size = self.noise.width
        noise = np.ascontiguousarray(noise)
        if isinstance(self.code, Batch):
            values = self._in_batches(self.code.call, self.code.batch_size, noise)
            if values.dtype == np.bool_:
                raise MapError(f"map {self.map.name} returns functions (bools), so it has no logits")
            return values
        code, status = self.code, np.zeros(len(noise), dtype=np.uint8)
        if code.logits is not None:
            logits = np.zeros((len(noise), self.positions), dtype=code.logit_dtype)
            run_compiled(
                self.map,
                _row_driver(code.logits),
                noise,
                size,
                code.constants,
                self._workspace,
                logits,
                status,
            )
        elif self._readouts is not None:
            *_, logits = self._through_last_layers(noise, noise[:, :0], 1, Spaces(), logits=True)
            return np.ascontiguousarray(logits[:, : self.positions])
        else:
            raise MapError(f"map {self.map.name} computes functions directly, so it has no logits")
        return logits

    def has_logits(self) -> bool:
        """Whether the map computes logits: array code is asked for one draw, since it does not say."""
        if isinstance(self.code, Batch):
            draw = self.noise.rows(0, np.zeros(1, dtype=np.uint64))
            return self._in_batches(self.code.call, self.code.batch_size, draw).dtype != np.bool_
        return self.code.logits is not None or self._readouts is not None

    def _in_batches(
        self, call: Any, batch_size: int, noise: npt.NDArray[Any], width: int = 0
    ) -> npt.NDArray[Any]:
        """``call`` on padded batches of fixed size; with ``width``, its output is features."""
        shape = (batch_size, width, self.positions) if width else (batch_size, self.positions)
        parts = []
        for first in range(0, max(len(noise), 1), batch_size):
            rows = noise[first : first + batch_size, : self.noise.width]
            padded = np.zeros((batch_size, self.noise.width), dtype=noise.dtype)
            padded[: len(rows)] = rows
            padded.setflags(write=False)
            parts.append(self._called(call, padded, shape)[: len(rows)])
        return np.concatenate(parts)

    def _called(self, call: Any, noise: npt.NDArray[Any], shape: tuple[int, ...]) -> npt.NDArray[Any]:
        try:
            values = np.asarray(call(noise))
        except Exception as error:
            raise MapError(f"map {self.map.name} raised {type(error).__name__}: {error}") from error
        if values.shape != shape:
            raise MapError(
                f"map {self.map.name} returned shape {values.shape}, not {shape} (noise: {noise.shape})"
            )
        if values.dtype != np.bool_ and not np.issubdtype(values.dtype, np.floating):
            raise MapError(
                f"map {self.map.name} returned {values.dtype} values, not bools or floats (logits)"
            )
        return values

    def _packed(self, values: npt.NDArray[Any]) -> tuple[Words, Flags]:
        if values.dtype == np.bool_:
            return pack(values), np.zeros(len(values), dtype=np.bool_)
        undefined = ~np.isfinite(values).all(axis=1)
        return pack(values > 0), undefined

    def _batch_readouts(
        self, code: Batch, noise: npt.NDArray[Any], further: npt.NDArray[Any], readouts: int
    ) -> Any:
        readout = self.map.readout
        if readout is None:
            raise MapError(f"map {self.map.name} has no linear readout")
        features = self._in_batches(code.features, code.batch_size, noise, readout.width).astype(np.float32)
        own = noise[:, None, : readout.size]
        others = further[:, : (readouts - 1) * readout.size].reshape(len(noise), readouts - 1, readout.size)
        layers = np.concatenate([own, others], axis=1).astype(np.float32)
        with np.errstate(over="ignore", invalid="ignore"):  # such logits are counted as undefined
            logits = self._scales[0] * (layers[:, :, :-1] @ features) + self._scales[1] * layers[:, :, -1:]
        return self._packed(logits.reshape(-1, self.positions))
