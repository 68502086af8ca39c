"""The contract tests that users run on their own maps and measures; the built-in ones pass the same."""

from simplicity.checks.check import Check
from simplicity.checks.maps import check_map
from simplicity.checks.measures import check_measure
from simplicity.checks.symmetries import homogeneity

__all__ = ["Check", "check_map", "check_measure", "homogeneity"]
