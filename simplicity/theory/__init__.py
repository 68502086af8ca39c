"""Theory: what a prior over functions is bound to obey, and laws to hold data against."""

from simplicity.theory import exact
from simplicity.theory.blind_spots import Gaps, blind_spots, gaps
from simplicity.theory.bounds import Bound, a_priori_bound, predicted_bound
from simplicity.theory.envelope import Envelope, fitted_bound, independent_hits, upper_envelope
from simplicity.theory.laws import ComplexityPrior, prior_by_complexity, zipf_rank
from simplicity.theory.learning import Posterior, learning_curve, posterior
from simplicity.theory.mass import Counting, MassBelow, counting, line_mass, mass_below
from simplicity.theory.simple import simple_functions
from simplicity.theory.simple_sample import SimpleSample, simple_functions_sample
from simplicity.theory.survival import Quantile, Survival, kaplan_meier

__all__ = [
    "Bound",
    "ComplexityPrior",
    "Counting",
    "Envelope",
    "Gaps",
    "MassBelow",
    "Quantile",
    "SimpleSample",
    "Survival",
    "a_priori_bound",
    "blind_spots",
    "counting",
    "Posterior",
    "exact",
    "fitted_bound",
    "gaps",
    "independent_hits",
    "kaplan_meier",
    "line_mass",
    "mass_below",
    "learning_curve",
    "posterior",
    "predicted_bound",
    "prior_by_complexity",
    "simple_functions",
    "simple_functions_sample",
    "upper_envelope",
    "zipf_rank",
]
