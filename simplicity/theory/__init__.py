"""Theory: what a prior over functions is bound to obey, and laws to hold data against."""

from simplicity.theory.bounds import Bound, predicted_bound
from simplicity.theory.correlation import RankCorrelation, rank_correlation
from simplicity.theory.envelope import Envelope, fitted_bound, independent_hits, upper_envelope
from simplicity.theory.laws import ComplexityPrior, prior_by_complexity, zipf_rank

__all__ = [
    "Bound",
    "ComplexityPrior",
    "Envelope",
    "RankCorrelation",
    "fitted_bound",
    "independent_hits",
    "predicted_bound",
    "prior_by_complexity",
    "rank_correlation",
    "upper_envelope",
    "zipf_rank",
]
