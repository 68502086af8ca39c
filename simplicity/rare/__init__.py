"""The prior of a given function, however small."""

from simplicity.rare.energies import logit_energy, mismatch_energy
from simplicity.rare.moves import Moves, moves_of
from simplicity.rare.splitting import Levels, SplittingRun, split

__all__ = ["Levels", "Moves", "SplittingRun", "logit_energy", "mismatch_energy", "moves_of", "split"]
