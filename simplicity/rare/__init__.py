"""The prior of a given function, however small."""

from simplicity.rare.complete import Plane, complete, stratified
from simplicity.rare.conditional import conditional_log2_prior
from simplicity.rare.energies import logit_energy, mismatch_energy
from simplicity.rare.estimate import Estimate, log2_of_mean
from simplicity.rare.expectation_propagation import log2_orthant_screen
from simplicity.rare.moves import Moves, TapeMoves, moves_of
from simplicity.rare.network_walk import NetworkWalk
from simplicity.rare.nngp import nngp_log2_prior
from simplicity.rare.orthant import OrthantDiagnostics, OrthantEstimate, log2_orthant_probability
from simplicity.rare.probability import METHODS, probability
from simplicity.rare.reachable import exact_log2_prior
from simplicity.rare.repeats import Budget, repeated
from simplicity.rare.splitting import Levels, SplittingRun, split
from simplicity.rare.walk import Walk

__all__ = [
    "Budget",
    "Estimate",
    "Levels",
    "METHODS",
    "Moves",
    "NetworkWalk",
    "OrthantDiagnostics",
    "OrthantEstimate",
    "Plane",
    "SplittingRun",
    "TapeMoves",
    "Walk",
    "complete",
    "conditional_log2_prior",
    "exact_log2_prior",
    "log2_of_mean",
    "log2_orthant_probability",
    "log2_orthant_screen",
    "logit_energy",
    "mismatch_energy",
    "moves_of",
    "nngp_log2_prior",
    "probability",
    "repeated",
    "split",
    "stratified",
]
