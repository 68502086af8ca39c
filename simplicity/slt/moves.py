"""Moves for volumes near zero: in float64, of tiny steps, with longer ones of single coordinates."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from simplicity.compilation import kernel
from simplicity.random import Noise
from simplicity.slt.arguments import Floats

Draws = npt.NDArray[np.uint64]

_SQRT_3 = 1.7320508075688772


@kernel
def _move(particles, uniforms, step, is_normal, fresh):
    """Write proposals over fresh normals: all coordinates move by ``step``, in every second row one by more.

    That one's own step is log-uniform between ``step`` and 1: directions in which the loss is flat are
    crossed though others allow tiny steps only. The choice does not depend on the particles, so the law
    stays. No row moves a flat direction alone: such moves are always accepted, and an acceptance made of
    them would leave ``step`` too large for the others.
    """
    size = particles.shape[1]
    for i in range(particles.shape[0]):
        chosen = np.int64(uniforms[i, 1] * size) if uniforms[i, 0] < 0.5 else -1
        own = step ** uniforms[i, 2]
        for k in range(size):
            s = own if k == chosen else step
            if is_normal:
                fresh[i, k] = np.sqrt(1 - s * s) * particles[i, k] + s * fresh[i, k]
            else:
                moved = particles[i, k] + s * fresh[i, k]
                while abs(moved) > _SQRT_3:  # folded back at the ends
                    moved = np.copysign(2 * _SQRT_3, moved) - moved
                fresh[i, k] = moved


class FineMoves:
    """Preconditioned Crank-Nicolson, half the time with a longer step of one coordinate.

    Uniform noise moves by normal steps reflected at its ends. Particles are float64 whatever the noise's
    precision, since a volume at a loss of 1e-10 is some 1e-5 wide.
    """

    smallest_step = 1e-12

    def __init__(self, noise: Noise) -> None:
        assert noise.size is not None
        self.noise = Noise(noise.kind, noise.size, "float64")
        self.normals = Noise("normal", noise.size, "float64")
        self.uniforms = Noise("bits", 3)

    def start(self, seed: int, draws: Draws) -> Floats:
        """Draws from the prior."""
        return np.ascontiguousarray(self.noise.draw(seed, draws))

    def propose(self, particles: npt.NDArray[Any], step: float, seed: int, draws: Draws) -> Floats:
        """A proposal for every particle."""
        fresh = np.ascontiguousarray(self.normals.draw(seed, draws))
        uniforms = (self.uniforms.draw(seed, draws, streams=1) >> np.uint64(11)) * 2.0**-53
        _move(particles, uniforms, float(step), self.noise.kind == "normal", fresh)
        return fresh
