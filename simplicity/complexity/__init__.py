"""Complexity measures of functions: one a file, all in one registry."""

from simplicity.complexity.entropy import ones_entropy
from simplicity.complexity.lz76 import lz76_complexity, reversed_words, word_counts
from simplicity.complexity.lz78 import lz78_phrases
from simplicity.complexity.registry import MEASURES, Measure, measure, table_measure

__all__ = [
    "MEASURES",
    "Measure",
    "lz76_complexity",
    "lz78_phrases",
    "measure",
    "ones_entropy",
    "reversed_words",
    "table_measure",
    "word_counts",
]
