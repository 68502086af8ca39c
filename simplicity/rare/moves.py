"""Moves that leave the law of the noise as it is: what splitting proposes to its particles.

A move is reversible with respect to i.i.d. standard noise, whatever its step size, so that a proposal is
accepted exactly where its energy is below the level: no densities are needed.
"""

from __future__ import annotations

from typing import Any, Protocol, runtime_checkable

import numpy as np
import numpy.typing as npt

from simplicity.compilation import inlined, kernel
from simplicity.maps.base import Kernel, ParameterFunctionMap, checked_map
from simplicity.maps.evaluate import Evaluator
from simplicity.random import Noise, below, checked_integer

Rows = npt.NDArray[Any]
Draws = npt.NDArray[np.uint64]

#: Where the uniform noise of standard deviation 1 ends, on both sides of 0.
ROOT_3 = 1.7320508075688772


@runtime_checkable
class Moves(Protocol):
    """A law of particles and a family of proposals that keep it.

    Particles are rows of an array, numbers of noise are named by ``draws``: the same draws give the same.
    """

    smallest_step: float

    def start(self, seed: int, draws: Draws) -> Rows:
        """Independent particles, one a draw."""

    def propose(self, particles: Rows, step: float, seed: int, draws: Draws) -> Rows:
        """A proposal for every particle; ``step`` is above 0 and at most 1, which makes all of it new."""


@kernel
def _mix(particles, keep, step, noise):
    """noise = keep * particles + step * noise, elementwise."""
    for i in range(particles.shape[0]):
        row, fresh = particles[i], noise[i]
        for k in range(row.shape[0]):
            fresh[k] = keep * row[k] + step * fresh[k]


@inlined
def folded(number, end):
    """A number folded back into [-end, end] at both ends."""
    while number > end or number < -end:
        number = (end + end if number > end else -end - end) - number
    return number


@kernel
def _reflect(particles, step, end, noise):
    """noise = particles + step * noise, folded back into [-end, end] at both ends."""
    for i in range(particles.shape[0]):
        row, fresh = particles[i], noise[i]
        for k in range(row.shape[0]):
            fresh[k] = folded(row[k] + step * fresh[k], end)


@kernel
def _splice(particles, choice, step, sizes, noise):
    """Resample single bits or whole words of a row; at least one of them, the others kept with 1 - step."""
    for i in range(particles.shape[0]):
        row, fresh, coins = particles[i], noise[i], choice[i]
        one = np.int64(coins[sizes] * sizes)
        if coins[sizes + 1] < 0.5:  # whole words
            for k in range(sizes):
                if k != one and coins[k] >= step:
                    fresh[k] = row[k]
        else:  # a single bit of each chosen word
            for k in range(sizes):
                if k != one and coins[k] >= step:
                    fresh[k] = row[k]
                else:
                    bit = np.uint64(1) << (fresh[k] >> np.uint64(58))
                    fresh[k] = row[k] ^ bit


class NormalMoves:
    """Preconditioned Crank-Nicolson: sqrt(1 - step²) * particle + step * fresh noise.

    Cotter, Roberts, Stuart and White, Statist. Sci. 28:424, 2013.
    """

    smallest_step = 1e-4

    def __init__(self, noise: Noise) -> None:
        self.noise = noise

    def start(self, seed: int, draws: Draws) -> Rows:
        """Standard normals."""
        return self.noise.rows(seed, draws)

    def propose(self, particles: Rows, step: float, seed: int, draws: Draws) -> Rows:
        """Particles mixed with fresh noise."""
        fresh = self.noise.rows(seed, draws)
        number = fresh.dtype.type
        _mix(particles, number(np.sqrt(1 - step**2)), number(step), fresh)
        return fresh


class UniformMoves:
    """Normal steps, reflected at the ends of the uniform's interval: symmetric, so the uniform law stays."""

    smallest_step = 1e-4

    def __init__(self, noise: Noise) -> None:
        assert noise.size is not None
        self.noise = noise
        self.normal = Noise("normal", noise.size, noise.precision)

    def start(self, seed: int, draws: Draws) -> Rows:
        """Uniforms on ±sqrt 3."""
        return np.ascontiguousarray(self.noise.draw(seed, draws))

    def propose(self, particles: Rows, step: float, seed: int, draws: Draws) -> Rows:
        """Particles moved by ``step`` times a normal number each."""
        fresh = np.ascontiguousarray(self.normal.draw(seed, draws))
        number = fresh.dtype.type
        _reflect(particles, number(step), number(ROOT_3), fresh)
        return fresh


class BitMoves:
    """A random part of the words is drawn anew, or has one random bit each flipped; the rest is kept."""

    def __init__(self, noise: Noise) -> None:
        assert noise.size is not None
        self.noise = noise
        self.smallest_step = 0.1 / noise.size

    def start(self, seed: int, draws: Draws) -> Rows:
        """Fair bits."""
        return np.ascontiguousarray(self.noise.draw(seed, draws))

    def propose(self, particles: Rows, step: float, seed: int, draws: Draws) -> Rows:
        """Each word changes with probability ``step``, and one random word always."""
        size = self.noise.width
        bits = Noise("bits", 2 * size + 2).draw(seed, draws)
        fresh = np.ascontiguousarray(bits[:, :size])
        choice = (bits[:, size:] >> np.uint64(11)) * 2.0**-53
        _splice(particles, choice, step, size, fresh)
        return fresh


@kernel
def _redraw(particles, is_read, choice, step, proposals):
    """Draws of one part of a tape that is read, and of any other with probability ``step``, anew."""
    parts = is_read.shape[1]
    for i in range(particles.shape[0]):
        row, anew, coins = particles[i], proposals[i], choice[i]
        count = np.uint64(0)
        for k in range(parts):
            count += np.uint64(is_read[i, k])
        left = np.int64(below(coins[parts], count))
        for k in range(parts):
            one = False
            if is_read[i, k]:
                one = left == 0
                left -= 1
            if one:
                coins[parts + 3] = k
            anew[k + 1] = coins[parts + 1] if one or coins[k] < step else row[k + 1]


@kernel
def _refuse(particles, was_read, is_read, choice, proposals):
    """Take back proposals so that the choice of the part is reversible (Metropolis and Hastings)."""
    parts = is_read.shape[1]
    for i in range(particles.shape[0]):
        before, after = 0, 0
        for k in range(parts):
            before += was_read[i, k]
            after += is_read[i, k]
        coin = (choice[i, parts + 2] >> np.uint64(11)) * 2.0**-53
        if not is_read[i, np.int64(choice[i, parts + 3])] or coin * after >= before:
            for k in range(parts + 1):
                proposals[i, k] = particles[i, k]


def has_moves(pf_map: ParameterFunctionMap) -> bool:
    """Whether there are moves for a map's noise: of an endless tape, where the map says what it reads."""
    if pf_map.noise.size is not None:
        return True
    code = pf_map.evaluator()
    return isinstance(code, Kernel) and code.reads is not None


class TapeMoves:
    """Parts of an endless tape are drawn anew.

    A particle is a tape of ``parts`` draws: each node of a program reads the one that its address falls to
    (:func:`simplicity.random.tape_part`), so a particle's tape is a draw from the prior, and to draw one of
    them anew changes about a node in ``parts``. The part is chosen among those that the program reads, and
    the proposal is refused with the probability that makes this choice reversible.

    Parameters
    ----------
    pf_map : ParameterFunctionMap
        Whose kernel says what it reads.
    parts : int

    Raises
    ------
    ValueError
        If it does not say.
    """

    def __init__(self, pf_map: ParameterFunctionMap, parts: int = 64) -> None:
        if checked_map(pf_map).noise.size is not None or not has_moves(pf_map):
            raise ValueError(
                f"map {pf_map.name} must read an endless tape, and its kernel have reads, which say where"
            )
        self.map = pf_map
        self.parts = checked_integer("parts", parts, 1, 2**20)
        self.smallest_step = 0.01 / self.parts

    def start(self, seed: int, draws: Draws) -> Rows:
        """Tapes of independent draws."""
        tapes = np.empty((len(draws), 1 + self.parts), dtype=np.uint64)
        tapes[:, 0] = seed
        tapes[:, 1:] = Noise("bits", self.parts).draw(seed, draws)
        return tapes

    def propose(self, particles: Rows, step: float, seed: int, draws: Draws) -> Rows:
        """One part that is read changes, any other with probability ``step``."""
        evaluator = Evaluator(self.map)  # its own: moves are shared by threads
        was_read = evaluator.reads(particles)
        choice = Noise("bits", self.parts + 4).rows(seed, draws)
        proposals = particles.copy()
        _redraw(particles, was_read, choice, np.uint64(min(step * 2.0**64, 2.0**64 - 2048)), proposals)
        _refuse(particles, was_read, evaluator.reads(proposals), choice, proposals)
        return proposals


def moves_of(noise: Noise | None) -> Moves:
    """The moves that fit a kind of noise.

    Raises
    ------
    ValueError
        For an endless tape, whose parts only the map that reads it can name (:class:`TapeMoves`), and for
        what is no noise.
    """
    if not isinstance(noise, Noise):
        raise ValueError(
            f"noise must be a Noise, such as map.noise, or moves, with start, propose and smallest_step, "
            f"got {noise!r}"
        )
    if noise.size is None:
        raise ValueError("noise must have a size; for an endless tape pass simplicity.rare.TapeMoves(map)")
    kinds: dict[str, Any] = {"normal": NormalMoves, "uniform": UniformMoves, "bits": BitMoves}
    moves: Moves = kinds[noise.kind](noise)
    return moves
