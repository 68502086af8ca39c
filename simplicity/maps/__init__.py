"""Parameter-function maps: one family a file, base.py is the contract."""

from simplicity.maps.circuit import BooleanCircuit
from simplicity.maps.expression_tree import ExpressionTree
from simplicity.maps.lookup_table import LookupTable
from simplicity.maps.mlp import MLP
from simplicity.maps.nngp import NNGP
from simplicity.maps.perceptron import Perceptron
from simplicity.maps.polynomial import PolynomialCurve, PolynomialThreshold
from simplicity.maps.registry import MAPS

__all__ = [
    "MAPS",
    "MLP",
    "NNGP",
    "BooleanCircuit",
    "ExpressionTree",
    "LookupTable",
    "Perceptron",
    "PolynomialCurve",
    "PolynomialThreshold",
]
