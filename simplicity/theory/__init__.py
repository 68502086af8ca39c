"""Theory: what a prior over functions is bound to obey, and laws to hold data against."""

from simplicity.theory.bounds import Bound, predicted_bound
from simplicity.theory.envelope import Envelope, fitted_bound, independent_hits, upper_envelope
from simplicity.theory.laws import ComplexityPrior, prior_by_complexity, zipf_rank
from simplicity.theory.simple import simple_functions
from simplicity.theory.simple_sample import SimpleSample, simple_functions_sample

__all__ = [
    "Bound",
    "ComplexityPrior",
    "Envelope",
    "SimpleSample",
    "fitted_bound",
    "independent_hits",
    "predicted_bound",
    "prior_by_complexity",
    "simple_functions",
    "simple_functions_sample",
    "upper_envelope",
    "zipf_rank",
]
