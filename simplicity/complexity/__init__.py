"""Complexity measures of functions: one a file, all in one registry."""

from simplicity.complexity.anf import anf_coefficients, anf_degree, anf_monomials
from simplicity.complexity.bdd import bdd_nodes
from simplicity.complexity.bdm import block_decomposition
from simplicity.complexity.circuit import circuit_size
from simplicity.complexity.contract import Measure
from simplicity.complexity.critical_samples import critical_sample_ratio
from simplicity.complexity.entropy import ones_entropy
from simplicity.complexity.formula import formula_size
from simplicity.complexity.fourier import (
    fourier_degree,
    fourier_l1,
    fourier_mean_frequency,
    walsh_spectrum,
)
from simplicity.complexity.lz76 import lz76_complexity, reversed_words, word_counts
from simplicity.complexity.lz78 import lz78_phrases
from simplicity.complexity.registry import MEASURES, measure, table_measure
from simplicity.complexity.sensitivity import average_sensitivity, max_sensitivity
from simplicity.complexity.sum_of_products import sop_terms
from simplicity.complexity.zlib_size import zlib_size

__all__ = [
    "MEASURES",
    "Measure",
    "circuit_size",
    "formula_size",
    "anf_coefficients",
    "anf_degree",
    "anf_monomials",
    "average_sensitivity",
    "bdd_nodes",
    "block_decomposition",
    "critical_sample_ratio",
    "fourier_degree",
    "fourier_l1",
    "fourier_mean_frequency",
    "lz76_complexity",
    "lz78_phrases",
    "max_sensitivity",
    "measure",
    "ones_entropy",
    "reversed_words",
    "sop_terms",
    "table_measure",
    "walsh_spectrum",
    "word_counts",
    "zlib_size",
]
