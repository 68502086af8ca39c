"""Polynomial fits: signs of random multilinear polynomials, and of random polynomials on a line."""

from __future__ import annotations

import math
from dataclasses import dataclass
from itertools import combinations
from typing import Any, Literal, NamedTuple

import numpy as np
import numpy.typing as npt

from simplicity.compilation import inlined, kernel
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
from simplicity.maps.linear import weighted_sum
from simplicity.maps.perceptron import THRESHOLD_FUNCTIONS
from simplicity.random import Noise, checked_integer
from simplicity.simd import add, fused_multiply_add, load, load_splat, multiply, splat, store

#: Number of polynomial threshold functions by number of inputs and degree, where it is known.
POLYNOMIAL_THRESHOLD_FUNCTIONS = {
    (3, 2): 254,
    (4, 2): 57574,
    (4, 3): 65534,
}


class _ThresholdConstants(NamedTuple):
    starts: npt.NDArray[np.int64]
    monomials: npt.NDArray[np.int64]
    patterns: npt.NDArray[np.float32]
    coefficient_std: np.float32
    walsh: bool


@inlined
def _butterfly(low, high, walsh):
    """What a row and the row with one more input become: at that input 0 (or -1), and at 1."""
    return fused_multiply_add(splat(np.float32(-1)), high, low) if walsh else low, add(low, high)


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


@kernel
def _threshold_logits(noise, constants, workspace, out):
    """The sum over all monomials at all inputs: over the last three inputs directly, then by butterflies.

    A monomial is a row (its part in the inputs before the last three) times a pattern (the values of its
    part in the last three at their 8 settings; fewer count where n_inputs is below 3).
    """
    sums = out if out.shape[0] >= 8 else workspace[0]
    starts, monomials, patterns = constants.starts, constants.monomials, constants.patterns
    scale = splat(constants.coefficient_std)
    for row in range(starts.shape[0] - 1):
        total = splat(np.float32(0))
        for place in range(starts[row], starts[row + 1]):
            total = fused_multiply_add(load_splat(noise, monomials[place]), load(patterns, 8 * place), total)
        store(sums, 8 * row, multiply(scale, total))
    _butterflies(sums, out.shape[0], constants.walsh)
    if out.shape[0] < 8:
        for x in range(out.shape[0]):
            out[x] = sums[x]
    return 0


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
        patterns = np.zeros((len(self.monomials), 8), dtype=np.float32)
        for k, s in enumerate(self.monomials):
            patterns[k, : 2**last] = values[[i - first for i in s if i >= first]].prod(axis=0)
        rows = np.array([sum(1 << (first - 1 - i) for i in s if i < first) for s in self.monomials])
        order = np.argsort(rows, kind="stable")  # the monomials of a row together
        constants = _ThresholdConstants(
            starts=np.searchsorted(rows[order], np.arange(2**first + 1)),
            monomials=order,
            patterns=patterns[order].ravel(),
            coefficient_std=np.float32(self.coefficient_std),
            walsh=self.basis == "walsh",
        )
        return Kernel(
            logits=_threshold_logits,
            constants=constants,
            workspace=lambda: (np.empty(8, dtype=np.float32),),
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
