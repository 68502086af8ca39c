"""Reproducible parallel randomness: every number is a function of (seed, draw, stream, index).

The generator is Philox4x32-10 (Salmon et al., "Parallel random numbers: as easy as 1, 2, 3", SC 2011).
Its key is the 64-bit seed; its counter is (block, stream, draw), 32 + 32 + 64 bits, so a draw's noise
never depends on which other draws were made, by which thread or in which chunk. One counter gives four
32-bit words: a *block*. Number ``index`` of a stream comes from block ``index // 4`` (``// 2`` where a
number takes 64 bits).

Rows of at least :data:`LONG` words come instead from sixteen *lanes*, each a xoshiro128++ generator
(:mod:`simplicity.xoshiro`) whose state is block ``lane`` of the row under a key of their own. Words are
those of all lanes at a step, step after step. Which generator makes a row depends on the noise alone, not on
how much of a row is asked for. Lanes run through one cycle of 2^128 - 1 states from places that Philox
scatters over it: that any two of k lanes of s steps overlap has a chance of about k² s / 2^128, which for
10^9 rows of 2000 numbers (k = 1.6·10^10, s = 125) is 10^-16.

Normals are Box-Muller pairs from float32 polynomials (of the words of a lane at two steps, or of neighbouring
words of a block); the radius uses 31 bits, which reaches 6.6 sigma, and keeps full relative precision at both
ends, so no draw is exactly zero. In float64 rows the last product (radius times cosine) is exact, which gives
about 48 significant bits: enough for the subset sums of a perceptron never to tie.

>>> noise = Noise("normal", 3)
>>> noise.draw(seed=1, draws=np.arange(2)).round(3)
array([[ 0.296,  0.38 , -1.004],
       [ 0.165, -2.676, -0.755]], dtype=float32)
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
import numpy.typing as npt

from simplicity.compilation import inlined, kernel
from simplicity.generators import fill_normal, fill_normal_in_lanes, fill_words, fill_words_in_lanes
from simplicity.philox import philox, philox_blocks
from simplicity.spaces import Space
from simplicity.vectors import WIDE
from simplicity.xoshiro import LANES

F32, U64 = np.float32, np.uint64

_LOW, _32 = U64(0xFFFFFFFF), U64(32)
TAPE_KEY = U64(0x776F726474617065)  # keeps the endless tapes' keys apart from the rows'
LONG = 128  # words of a row from which on lanes are quicker than Philox (measured: 1.2 and 1.6 ns a normal)
_SQRT_3 = 1.7320508075688772


# -------------------------------------------------------------------------------------------- tapes
@inlined
def tape_part(tape, address):
    """Which of a tape's draws an address is read from: 0 where there is one."""
    return np.int64(((address >> _32) * U64(tape.shape[0] - 1)) >> _32)


@kernel
def tape_words(tape, address):
    """Two uint64 words of an endless tape at a 64-bit address; tape is (seed, draw), uint64.

    A tape may hold several draws after its seed: each is that of the addresses of :func:`tape_part`.
    """
    key = tape[0] ^ TAPE_KEY
    draw = tape[1 + tape_part(tape, address)]
    a, b, c, d = philox(
        address & _LOW,
        address >> _32,
        draw & _LOW,
        draw >> _32,
        key & _LOW,
        key >> _32,
    )
    return (b << _32) | a, (d << _32) | c


@inlined
def below(word, limit):
    """A number from 0 to limit - 1 from 64 random bits: the high half of word * limit (limit < 2^32).

    Its probabilities differ from 1 / limit by less than 2^-64 each.
    """
    return ((word >> _32) * limit + (((word & _LOW) * limit) >> _32)) >> _32


# ------------------------------------------------------------------------------------- checked entries
def checked_integer(name: str, value: object, minimum: int, maximum: int) -> int:
    """``value`` as an int between two limits; a whole float such as 1e6 counts as an integer.

    Raises
    ------
    ValueError
        With the argument's name, the value and what would do.
    """
    whole = isinstance(value, (int, np.integer)) or (isinstance(value, float) and value.is_integer())
    if isinstance(value, bool) or not whole or not minimum <= int(value) <= maximum:  # type: ignore[call-overload]
        raise ValueError(f"{name} must be a whole number from {minimum} to {maximum}, got {value!r}")
    return int(value)  # type: ignore[call-overload]


def checked_seed(seed: object) -> int:
    """A seed: any whole number from 0 to 2^64 - 1."""
    return checked_integer("seed", seed, 0, 2**64 - 1)


def philox4x32(counters: npt.ArrayLike, key: npt.ArrayLike) -> npt.NDArray[np.uint32]:
    """Philox4x32-10 of given counters, as published (Salmon et al. 2011).

    Parameters
    ----------
    counters : (count, 4) array of uint32
    key : (2,) array of uint32

    Returns
    -------
    (count, 4) array of uint32

    Examples
    --------
    >>> [f"{word:08x}" for word in philox4x32([[0, 0, 0, 0]], [0, 0])[0]]
    ['6627e8d5', 'e169c58d', 'bc57ac4c', '9b00dbd8']
    """
    planes = np.ascontiguousarray(np.atleast_2d(np.asarray(counters, dtype=np.uint32)).T)
    low, high = (int(word) for word in np.asarray(key, dtype=np.uint32))
    words = np.empty_like(planes)
    philox_blocks(planes, U64(high << 32 | low), words)
    return np.ascontiguousarray(words.T)


@dataclass(frozen=True)
class Noise:
    """The i.i.d. standard noise that one draw of a map consumes.

    Parameters
    ----------
    kind : {"normal", "uniform", "bits"}
        Standard normal; uniform on ±sqrt 3 (mean 0, standard deviation 1); fair bits, as uint64 words.
    size : int or None
        Numbers (or 64-bit words) a draw. None is an endless tape of bits, read by address with
        :func:`tape_words`; its row holds (seed, draw). Longer rows (seed, draw, draw, …) are tapes, too,
        whose addresses are shared out among the draws: all but those of one draw stay as that one changes.
    precision : {"float32", "float64"}
        Of normals and uniforms. float64 where exact ties between sums would show.
    """

    kind: Literal["normal", "uniform", "bits"]
    size: int | None
    precision: Literal["float32", "float64"] = "float32"

    def __post_init__(self) -> None:
        if self.kind not in ("normal", "uniform", "bits"):
            raise ValueError(f"kind of noise must be 'normal', 'uniform' or 'bits', got {self.kind!r}")
        if self.precision not in ("float32", "float64"):
            raise ValueError(f"precision of noise must be 'float32' or 'float64', got {self.precision!r}")
        if self.size is not None:
            object.__setattr__(self, "size", checked_integer("size of noise", self.size, 1, 2**31))
        elif self.kind != "bits":
            raise ValueError(f"an endless tape (size None) holds bits, not {self.kind!r} noise")

    @property
    def dtype(self) -> np.dtype[Any]:
        """Of the rows of :meth:`draw`."""
        return np.dtype(np.uint64 if self.kind == "bits" else self.precision)

    @property
    def width(self) -> int:
        """Entries of a row: the size, or 2 for a tape."""
        return 2 if self.size is None else self.size

    def draw(
        self, seed: int, draws: npt.ArrayLike, streams: npt.ArrayLike = 0, size: int | None = None
    ) -> npt.NDArray[Any]:
        """Noise of some draws, one row each.

        Parameters
        ----------
        seed : int
            0 to 2^64 - 1.
        draws : (rows,) array of uint64
            Which draws.
        streams : int or (rows,) array of uint32
            Which stream of each draw; 0 is the draw itself, r > 0 its readout r.
        size : int, optional
            Only the first so many numbers of a row.

        Returns
        -------
        (rows, size) array of :attr:`dtype`

        Examples
        --------
        >>> Noise("bits", 1).draw(seed=7, draws=[0, 1]).tolist() == [
        ...     Noise("bits", 1).draw(7, [0]).tolist()[0], Noise("bits", 1).draw(7, [1]).tolist()[0]]
        True
        """
        return self.rows(seed, draws, streams, size)[:, : self.width if size is None else size]

    def rows(
        self,
        seed: int,
        draws: npt.ArrayLike,
        streams: npt.ArrayLike = 0,
        size: int | None = None,
        space: Space | None = None,
    ) -> npt.NDArray[Any]:
        """The contiguous array behind :meth:`draw`, whose rows are padded to whole steps of its generator.

        It may be told where to write them: they then hold until the next rows are written there.
        """
        key = U64(checked_seed(seed))
        rows = np.ascontiguousarray(draws, dtype=np.uint64)
        if self.size is None:
            return np.stack([np.full_like(rows, key), rows], axis=1)
        width = self.size if size is None else checked_integer("size", size, 0, 2**31)
        stream_of_row: npt.NDArray[np.uint32] = np.full(rows.shape, streams, dtype=np.uint32)
        if rows.size == 0 or width == 0:
            return np.empty((rows.size, width), dtype=self.dtype)
        words_of_number = 2 if self.dtype.itemsize == 8 and self.kind != "normal" else 1
        in_lanes = self.size * words_of_number >= LONG  # of the whole row: its beginnings must not differ
        n_rows = rows.size
        if not in_lanes and n_rows < WIDE:  # short rows are made so many at a time
            rows, stream_of_row = np.resize(rows, WIDE), np.resize(stream_of_row, WIDE)
        together = 2 * LANES if in_lanes else 4
        count = rows.size * -(-width * words_of_number // together) * together
        space = space or Space()
        if self.kind == "normal":
            out = space.array(self.dtype, count)
            (fill_normal_in_lanes if in_lanes else fill_normal)(key, rows, stream_of_row, out)
        else:
            words = space.array(np.uint32, count)
            (fill_words_in_lanes if in_lanes else fill_words)(key, rows, stream_of_row, words)
            out = self._from_words(words)
        return out.reshape(rows.size, -1)[:n_rows]

    def _from_words(self, words: npt.NDArray[np.uint32]) -> npt.NDArray[Any]:
        if self.kind == "bits":
            return words.view("<u8").astype(np.uint64, copy=False)
        if self.precision == "float32":
            signed = words.view(np.int32).astype(np.float32)
            return (signed + F32(0.5)) * F32(_SQRT_3 * 2.0**-31)
        signed_64 = words.view("<i8").astype(np.float64)
        return (signed_64 + 0.5) * (_SQRT_3 * 2.0**-63)
