"""Complexity measures of functions: one a file, all in one registry."""

from simplicity.complexity.circuit import circuit_size
from simplicity.complexity.entropy import ones_entropy
from simplicity.complexity.formula import formula_size
from simplicity.complexity.lz76 import lz76_complexity, word_counts
from simplicity.complexity.lz78 import lz78_phrases
from simplicity.complexity.registry import MEASURES, Measure, measure, table_measure
from simplicity.complexity.sum_of_products import sop_terms

__all__ = [
    "MEASURES",
    "Measure",
    "circuit_size",
    "formula_size",
    "lz76_complexity",
    "lz78_phrases",
    "measure",
    "ones_entropy",
    "sop_terms",
    "table_measure",
    "word_counts",
]
