"""The prior of a given function, however small."""

from simplicity.rare.complete import Plane, complete, stratified
from simplicity.rare.energies import logit_energy, mismatch_energy
from simplicity.rare.estimate import Estimate, log2_of_mean
from simplicity.rare.moves import Moves, moves_of
from simplicity.rare.probability import METHODS, probability
from simplicity.rare.reachable import exact_prior
from simplicity.rare.repeats import Budget, repeated
from simplicity.rare.splitting import Levels, SplittingRun, split

__all__ = [
    "METHODS",
    "Budget",
    "Estimate",
    "Levels",
    "Moves",
    "Plane",
    "SplittingRun",
    "complete",
    "exact_prior",
    "log2_of_mean",
    "logit_energy",
    "mismatch_energy",
    "moves_of",
    "probability",
    "repeated",
    "split",
    "stratified",
]
