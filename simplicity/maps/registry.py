"""The built-in maps by their command-line names: a new one is a file and a line here."""

from __future__ import annotations

from simplicity.maps.base import ParameterFunctionMap, kebab_case
from simplicity.maps.circuit import BooleanCircuit
from simplicity.maps.expression_tree import ExpressionTree
from simplicity.maps.lookup_table import LookupTable
from simplicity.maps.mlp import MLP
from simplicity.maps.nngp import NNGP
from simplicity.maps.perceptron import Perceptron
from simplicity.maps.polynomial import PolynomialCurve, PolynomialThreshold

MAPS: dict[str, type[ParameterFunctionMap]] = {
    kebab_case(kind.__name__): kind
    for kind in (
        Perceptron,
        MLP,
        NNGP,
        PolynomialThreshold,
        PolynomialCurve,
        ExpressionTree,
        BooleanCircuit,
        LookupTable,
    )
}
