"""Exact laws: priors that need no sampling, to hold samples, estimators and theory against."""

from simplicity.theory.exact.kernels import infinite_width_kernel, kernel_of, pair_probabilities

__all__ = ["infinite_width_kernel", "kernel_of", "pair_probabilities"]
