"""The prior of a given function, however small."""

from simplicity.rare.expectation_propagation import log2_orthant_screen
from simplicity.rare.orthant import OrthantDiagnostics, OrthantEstimate, log2_orthant_probability

__all__ = ["OrthantDiagnostics", "OrthantEstimate", "log2_orthant_probability", "log2_orthant_screen"]
