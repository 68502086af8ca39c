"""Polynomial fits: signs of random multilinear polynomials, and of random polynomials on a line."""

from __future__ import annotations

import math
from dataclasses import dataclass
from itertools import combinations
from typing import Any, Literal, NamedTuple

import numpy as np
import numpy.typing as npt

from simplicity.compilation import inlined, kernel, row
from simplicity.maps.base import (
    Distribution,
    Kernel,
    ParameterFunctionMap,
    Reachable,
    Symmetries,
    checked_choice,
    checked_scale,
    cover_count,
    input_values,
    log2_of_count,
)
from simplicity.maps.linear import pack_positive, weighted_sum
from simplicity.maps.perceptron import THRESHOLD_FUNCTIONS
from simplicity.random import Noise, checked_integer
from simplicity.vectors import fused_multiply_add, load, load_splat, splat, store

#: Number of polynomial threshold functions by number of inputs and degree, where it is known.
POLYNOMIAL_THRESHOLD_FUNCTIONS = {
    (3, 2): 254,
    (4, 2): 57574,
    (4, 3): 65534,
}


class _ThresholdConstants(NamedTuple):
    rows: npt.NDArray[np.int64]  # in the order of the number of their monomials
    classes: npt.NDArray[np.int64]  # (…, 3): rows of as many monomials from, to; how many
    monomials: npt.NDArray[np.int64]  # of one row after the other
    patterns: npt.NDArray[np.float32]
    coefficient_std: np.float32
    walsh: bool
    positions: int


@inlined
def _butterfly(low, high, walsh):
    """What a row and the row with one more input become: at that input 0 (or -1), and at 1."""
    return low - high if walsh else low, low + high


@inlined
def _butterflies(sums, size, walsh):
    """Sums over all inputs before the last three, two of them at a time."""
    half = 8
    while 4 * half <= size:
        for start in range(0, size, 4 * half):
            for block in range(start, start + half, 8):
                a, b = _butterfly(load(sums, block), load(sums, block + half), walsh)
                c, d = _butterfly(load(sums, block + 2 * half), load(sums, block + 3 * half), walsh)
                a, c = _butterfly(a, c, walsh)
                b, d = _butterfly(b, d, walsh)
                store(sums, block, a)
                store(sums, block + half, b)
                store(sums, block + 2 * half, c)
                store(sums, block + 3 * half, d)
        half *= 4
    if half < size:
        for block in range(0, half, 8):
            low, high = _butterfly(load(sums, block), load(sums, block + half), walsh)
            store(sums, block, low)
            store(sums, block + half, high)


@inlined
def _rows(noise, place, some, count, constants, sums):
    """Sums over the last three inputs in the rows of ``count`` monomials; a known count leaves no loop."""
    scale = constants.coefficient_std
    for k in range(np.uint64(some[0]), np.uint64(some[1])):  # an unsigned index cannot count from the end
        total = splat(np.float32(0))
        for t in range(count):
            coefficient = load_splat(noise, constants.monomials[place + np.uint64(t)])
            total = fused_multiply_add(coefficient, load(constants.patterns, 8 * t), total)
        store(sums, 8 * constants.rows[k], scale * total)
        place += np.uint64(count)
    return place


@inlined
def _threshold_sums(noise, constants, sums):
    """The sum over all monomials at all inputs: over the last three inputs directly, then by butterflies.

    A monomial is a row (its part in the inputs before the last three) times a pattern (the values of its
    part in the last three at their 8 settings; fewer count where n_inputs is below 3). The patterns of a row
    are the first so many of all.
    """
    place = np.uint64(0)
    for k in range(constants.classes.shape[0]):
        first, stop, count = constants.classes[k, 0], constants.classes[k, 1], constants.classes[k, 2]
        if count == 8:
            place = _rows(noise, place, (first, stop), 8, constants, sums)
        elif count == 7:
            place = _rows(noise, place, (first, stop), 7, constants, sums)
        elif count == 4:
            place = _rows(noise, place, (first, stop), 4, constants, sums)
        else:
            place = _rows(noise, place, (first, stop), count, constants, sums)
    _butterflies(sums, sums.shape[0], constants.walsh)


@kernel
def _threshold_logits(noise, constants, workspace, out):
    sums = out if out.shape[0] >= 8 else workspace[0]
    _threshold_sums(noise, constants, sums)
    if out.shape[0] < 8:
        for x in range(out.shape[0]):
            out[x] = sums[x]
    return 0


@kernel
def _threshold_functions(noise, constants, workspace, out, status):
    """The signs, row after row in one call, as calls take a quarter of the time."""
    sums = workspace[0]
    logits = sums[: constants.positions]
    for i in range(noise.shape[0]):
        _threshold_sums(row(noise, i, noise.shape[1]), constants, sums)
        status[i] = pack_positive(logits, row(out, i, out.shape[1]))


@dataclass(frozen=True)
class PolynomialThreshold(ParameterFunctionMap):
    """The sign of a random multilinear polynomial: class 1 where sum_S c_S prod_{i in S} x_i is above 0.

    S runs over all sets of at most ``degree`` inputs, the empty set (the constant) included; coefficients
    are i.i.d. of standard deviation ``coefficient_std``.

    Parameters
    ----------
    n_inputs : int
    degree : int, optional
        0 to n_inputs; degree 1 is a perceptron. Default 2, or 1 for a single input.
    basis : {"monomial", "walsh"}
        Products of {0, 1} inputs, or of {-1, +1} inputs (Walsh functions; full degree is then the unbiased
        null model: every function has prior 2^(-2^n)).
    coefficient_std : float
        Scales the logits; the prior does not depend on it.
    distribution : {"normal", "uniform"}

    Examples
    --------
    >>> PolynomialThreshold(n_inputs=7, degree=3).noise.size
    64
    """

    n_inputs: int = 7
    degree: int = None  # type: ignore[assignment]  # set in __post_init__ from n_inputs
    basis: Literal["monomial", "walsh"] = "monomial"
    coefficient_std: float = 1.0
    distribution: Distribution = "normal"

    def __post_init__(self) -> None:
        super().__post_init__()
        degree = min(2, self.n_inputs) if self.degree is None else self.degree
        object.__setattr__(self, "degree", checked_integer("degree", degree, 0, self.n_inputs))
        object.__setattr__(
            self, "coefficient_std", checked_scale("coefficient_std", self.coefficient_std, zero=False)
        )
        checked_choice("basis", self.basis, ("monomial", "walsh"))
        checked_choice("distribution", self.distribution, ("normal", "uniform"))

    @property
    def monomials(self) -> tuple[tuple[int, ...], ...]:
        """The sets S in the order of the noise: by degree, inputs counted from 0."""
        return tuple(s for k in range(self.degree + 1) for s in combinations(range(self.n_inputs), k))

    @property
    def noise(self) -> Noise:
        return Noise(self.distribution, sum(math.comb(self.n_inputs, k) for k in range(self.degree + 1)))

    @property
    def symmetries(self) -> Symmetries:
        return Symmetries(
            permutation=True, complement=True, negation=self.basis == "walsh" or self.degree == 0
        )

    @property
    def reachable(self) -> Reachable:
        n, degree = self.n_inputs, self.degree
        if degree == n:
            return Reachable(float(2**n), True, "all functions")
        if degree == 0:
            return Reachable(1.0, True, "the constants")
        if degree == n - 1:
            return Reachable(log2_of_count(2 ** (2**n) - 2), True, "all functions but the two parities")
        if degree == 1 and n < len(THRESHOLD_FUNCTIONS):
            return Reachable(math.log2(THRESHOLD_FUNCTIONS[n]), True, "OEIS A000609")
        if (n, degree) in POLYNOMIAL_THRESHOLD_FUNCTIONS:
            return Reachable(math.log2(POLYNOMIAL_THRESHOLD_FUNCTIONS[n, degree]), True, "enumeration")
        return Reachable(log2_of_count(cover_count(2**n, int(self.noise.width))), False, "Cover's count")

    def evaluator(self) -> Kernel:
        last = min(self.n_inputs, 3)
        first = self.n_inputs - last
        values = input_values(last, "pm1" if self.basis == "walsh" else "01", np.float32)
        patterns = np.zeros((8, 8), dtype=np.float32)
        parts = [s for k in range(last + 1) for s in combinations(range(last), k)]
        for k, s in enumerate(parts):
            patterns[k, : 2**last] = values[list(s)].prod(axis=0)
        row_of = np.array([sum(1 << (first - 1 - i) for i in s if i < first) for s in self.monomials])
        counts = np.bincount(row_of, minlength=2**first)
        rows = np.argsort(-counts, kind="stable")
        sizes, starts = np.unique(-counts[rows], return_index=True)
        constants = _ThresholdConstants(
            rows=rows,
            classes=np.stack([starts, np.append(starts[1:], len(rows)), -sizes], axis=1),
            monomials=np.concatenate([np.flatnonzero(row_of == r) for r in rows]),
            patterns=patterns.ravel(),
            coefficient_std=np.float32(self.coefficient_std),
            walsh=self.basis == "walsh",
            positions=2**self.n_inputs,
        )
        return Kernel(
            many=_threshold_functions,
            logits=_threshold_logits,
            constants=constants,
            workspace=lambda: (np.empty(max(2**self.n_inputs, 8), dtype=np.float32),),
        )

    def parameters(self, noise: npt.NDArray[Any]) -> dict[str, Any]:
        """``coefficients``, (monomials,), and the ``monomials`` that they belong to."""
        z = np.asarray(noise, dtype=np.float64)[: self.noise.width]
        return {"coefficients": self.coefficient_std * z, "monomials": self.monomials}


class _CurveConstants(NamedTuple):
    basis: npt.NDArray[np.float64]
    coefficient_std: float


@kernel
def _curve_logits(noise, constants, workspace, out):
    weighted_sum(noise, constants.coefficient_std, constants.basis, out)
    return 0


@dataclass(frozen=True)
class PolynomialCurve(ParameterFunctionMap):
    """The "polyfit": the sign of a random polynomial in one variable on the grid of all inputs.

    Input x, read as a binary number, stands at t = -1 + 2 x / (2^n - 1); class 1 where
    sum_k c_k B_k(t) is above 0, with i.i.d. coefficients c_0 … c_degree.

    Parameters
    ----------
    n_inputs : int
    degree : int, optional
        0 to 2^n - 1, default 10 or the most there is. Exactly the functions with at most ``degree`` sign
        changes along the grid are reachable.
    basis : {"monomial", "legendre", "chebyshev"}
    coefficient_std : float
        Scales the logits; the prior does not depend on it.
    distribution : {"normal", "uniform"}

    Examples
    --------
    >>> round(PolynomialCurve(n_inputs=7, degree=4).reachable.log2_count, 2)
    24.35
    """

    n_inputs: int = 7
    degree: int = None  # type: ignore[assignment]  # set in __post_init__ from n_inputs
    basis: Literal["monomial", "legendre", "chebyshev"] = "monomial"
    coefficient_std: float = 1.0
    distribution: Distribution = "normal"

    def __post_init__(self) -> None:
        super().__post_init__()
        most = 2**self.n_inputs - 1
        degree = min(10, most) if self.degree is None else self.degree
        object.__setattr__(self, "degree", checked_integer("degree", degree, 0, most))
        object.__setattr__(
            self, "coefficient_std", checked_scale("coefficient_std", self.coefficient_std, zero=False)
        )
        checked_choice("basis", self.basis, ("monomial", "legendre", "chebyshev"))
        checked_choice("distribution", self.distribution, ("normal", "uniform"))

    @property
    def noise(self) -> Noise:
        return Noise(self.distribution, self.degree + 1, "float64")

    @property
    def symmetries(self) -> Symmetries:
        return Symmetries(permutation=self.degree == 0, complement=True, negation=self.degree == 0)

    @property
    def reachable(self) -> Reachable:
        count = cover_count(2**self.n_inputs, self.degree + 1)
        return Reachable(log2_of_count(count), True, "sign changes on a line")

    @property
    def basis_values(self) -> npt.NDArray[np.float64]:
        """B_k at every position, (degree + 1, 2^n)."""
        grid = np.linspace(-1.0, 1.0, 2**self.n_inputs)
        evaluate = {
            "monomial": np.polynomial.polynomial.polyvander,
            "legendre": np.polynomial.legendre.legvander,
            "chebyshev": np.polynomial.chebyshev.chebvander,
        }[self.basis]
        return np.ascontiguousarray(evaluate(grid, self.degree).T)

    def evaluator(self) -> Kernel:
        return Kernel(
            logits=_curve_logits,
            constants=_CurveConstants(self.basis_values, self.coefficient_std),
            logit_dtype=np.float64,
        )

    def parameters(self, noise: npt.NDArray[Any]) -> dict[str, Any]:
        """``coefficients``, (degree + 1,)."""
        return {"coefficients": self.coefficient_std * np.asarray(noise, dtype=np.float64)[: self.degree + 1]}
