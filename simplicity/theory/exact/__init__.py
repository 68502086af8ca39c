"""Exact laws: priors that need no sampling, to hold samples, estimators and theory against."""

from simplicity.theory.exact.circuit import circuit_prior
from simplicity.theory.exact.kernels import infinite_width_kernel, kernel_of, pair_probabilities
from simplicity.theory.exact.machines import (
    TuringOutputs,
    layered_machine,
    layered_machine_ones,
    turing_outputs,
)
from simplicity.theory.exact.maps import exact_prior
from simplicity.theory.exact.perceptron import (
    gaussian_perceptron,
    grid_perceptron,
    literal_of_uniform_weights,
    ones_without_bias,
)
from simplicity.theory.exact.prior import ExactPrior
from simplicity.theory.exact.thresholds import is_threshold_function, threshold_functions
from simplicity.theory.exact.tree import tree_prior
from simplicity.theory.exact.uniform import uniform_prior

__all__ = [
    "ExactPrior",
    "TuringOutputs",
    "circuit_prior",
    "exact_prior",
    "gaussian_perceptron",
    "grid_perceptron",
    "infinite_width_kernel",
    "is_threshold_function",
    "kernel_of",
    "layered_machine",
    "layered_machine_ones",
    "literal_of_uniform_weights",
    "ones_without_bias",
    "pair_probabilities",
    "threshold_functions",
    "tree_prior",
    "turing_outputs",
    "uniform_prior",
]
