"""Theory: what a prior over functions is bound to obey, and laws to hold data against."""

from simplicity.theory import exact
from simplicity.theory.blind_spots import Gaps, blind_spots, gaps
from simplicity.theory.bounds import Bound, a_priori_bound, predicted_bound
from simplicity.theory.comparison import (
    FunctionalEstimate,
    entropy,
    kl_divergence,
    prior_by_ones,
    prior_given_ones,
    total_variation,
)
from simplicity.theory.correlation import RankCorrelation, rank_correlation
from simplicity.theory.envelope import Envelope, fitted_bound, independent_hits, upper_envelope
from simplicity.theory.laws import ComplexityPrior, prior_by_complexity, zipf_rank
from simplicity.theory.learning import learning_curve
from simplicity.theory.mass import Counting, MassBelow, counting, line_mass, mass_below
from simplicity.theory.posterior import Posterior, posterior
from simplicity.theory.simple import simple_functions
from simplicity.theory.simple_sample import SimpleSample, simple_functions_sample
from simplicity.theory.survival import Quantile, Survival, kaplan_meier

__all__ = [
    "Bound",
    "ComplexityPrior",
    "Counting",
    "Envelope",
    "FunctionalEstimate",
    "Gaps",
    "MassBelow",
    "Posterior",
    "Quantile",
    "RankCorrelation",
    "SimpleSample",
    "Survival",
    "a_priori_bound",
    "blind_spots",
    "counting",
    "entropy",
    "exact",
    "fitted_bound",
    "gaps",
    "independent_hits",
    "kaplan_meier",
    "kl_divergence",
    "learning_curve",
    "line_mass",
    "mass_below",
    "posterior",
    "predicted_bound",
    "prior_by_complexity",
    "prior_by_ones",
    "prior_given_ones",
    "rank_correlation",
    "simple_functions",
    "simple_functions_sample",
    "total_variation",
    "upper_envelope",
    "zipf_rank",
]
