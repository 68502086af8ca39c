"""Theory: what a prior over functions is bound to obey, and laws to hold data against."""

from simplicity.theory import exact
from simplicity.theory.bounds import Bound, predicted_bound
from simplicity.theory.comparison import (
    Estimate,
    entropy,
    kl_divergence,
    prior_by_ones,
    prior_given_ones,
    total_variation,
)
from simplicity.theory.correlation import RankCorrelation, rank_correlation
from simplicity.theory.envelope import Envelope, fitted_bound, independent_hits, upper_envelope
from simplicity.theory.laws import ComplexityPrior, prior_by_complexity, zipf_rank
from simplicity.theory.learning import Posterior, learning_curve, posterior

__all__ = [
    "Bound",
    "ComplexityPrior",
    "Envelope",
    "Estimate",
    "Posterior",
    "RankCorrelation",
    "entropy",
    "exact",
    "fitted_bound",
    "independent_hits",
    "kl_divergence",
    "learning_curve",
    "posterior",
    "predicted_bound",
    "prior_by_complexity",
    "prior_by_ones",
    "prior_given_ones",
    "rank_correlation",
    "total_variation",
    "upper_envelope",
    "zipf_rank",
]
