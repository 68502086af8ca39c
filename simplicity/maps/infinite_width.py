"""Networks of infinite width: the covariance of their logits.

As the hidden layers of an `simplicity.maps.MLP` grow, its logits become a Gaussian process over the inputs
(Neal 1996; Lee et al., ICLR 2018, arXiv:1711.00165). Its covariance follows a recursion over the layers,

    K_0(x, y) = bias_std² + weight_std² x·y / n_inputs
    K_l(x, y) = bias_std² + weight_std² E[phi(u) phi(v)],   (u, v) normal with covariance K_(l-1) of x and y,

which is that of the map: weights of variance weight_std² / fan_in, one bias of variance bias_std² a unit and
one at the output.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from simplicity.functions import checked_n_inputs
from simplicity.maps.base import checked_choice, checked_scale
from simplicity.random import checked_integer

Floats = npt.NDArray[np.float64]

#: Beyond this standard deviation of a sum, the grid of the tanh integral would have to be too fine.
MOST_TANH_STD = 40.0


def _relu(a: Floats, b: Floats, c: Floats) -> Floats:
    """The arc-cosine kernel of degree 1 (Cho and Saul, NIPS 2009)."""
    scale = np.sqrt(a) * np.sqrt(c)
    angle = angles(a, b, c)
    return scale / (2 * math.pi) * (np.sin(angle) + (math.pi - angle) * np.cos(angle))


def _erf(a: Floats, b: Floats, c: Floats) -> Floats:
    """Williams, NIPS 1996."""
    return 2 / math.pi * np.arcsin(2 * b / np.sqrt((1 + 2 * a) * (1 + 2 * c)))


def _sin(a: Floats, b: Floats, c: Floats) -> Floats:
    """sin u sin v = (cos(u - v) - cos(u + v)) / 2, and E cos(w) = exp(-variance / 2)."""
    return (np.exp(b - (a + c) / 2) - np.exp(-b - (a + c) / 2)) / 2


def _linear(a: Floats, b: Floats, c: Floats) -> Floats:
    return b


def _tanh(a: Floats, b: Floats, c: Floats) -> Floats:
    """No closed form: the trapezoidal rule in both independent normals.

    tanh(s z) is analytic up to pi / (2 s) from the real line, so that steps of h err by about
    exp(-pi² / (s h)): below 1e-14 here.
    """
    largest = math.sqrt(max(a.max(), c.max()))
    if largest > MOST_TANH_STD:
        raise ValueError(
            f"weight_std and bias_std must give tanh units sums of standard deviation {MOST_TANH_STD:g} or "
            f"less, got {largest:.3g}: use activation erf, whose kernel is in closed form"
        )
    step = min(0.25, math.pi**2 / (33 * largest)) if largest > 0 else 0.25
    points = step * np.arange(-math.ceil(8.5 / step), math.ceil(8.5 / step) + 1)
    weights = step * np.exp(-(points**2) / 2) / math.sqrt(2 * math.pi)
    means = np.empty(len(b))
    for i, (own, shared, other) in enumerate(zip(a, b, c, strict=True)):
        along = shared / math.sqrt(own) if own > 0 else 0.0
        across = math.sqrt(max(other - along**2, 0.0))
        inner = np.tanh(along * points[:, None] + across * points) @ weights
        means[i] = (weights * np.tanh(math.sqrt(own) * points)) @ inner
    return means


#: E[phi(u) phi(v)] of each activation, from the variance of u, the covariance and the variance of v.
MEAN_PRODUCTS: dict[str, Callable[[Floats, Floats, Floats], Floats]] = {
    "relu": _relu,
    "tanh": _tanh,
    "linear": _linear,
    "erf": _erf,
    "sin": _sin,
}


class _Pairs(NamedTuple):
    """All pairs of inputs by what their covariance depends on: ones of x, ones of y, ones of both."""

    classes: npt.NDArray[np.int64]  # (classes, 3)
    class_of: npt.NDArray[np.int64]  # (2^n, 2^n)
    own: tuple[npt.NDArray[np.int64], npt.NDArray[np.int64]]  # classes of (x, x) and of (y, y)


def _pairs(n_inputs: int) -> _Pairs:
    base = n_inputs + 1
    positions = np.arange(2**n_inputs)
    ones = np.bitwise_count(positions).astype(np.int64)
    both = np.bitwise_count(positions[:, None] & positions).astype(np.int64)
    codes = (ones[:, None] * base + ones) * base + both
    present = np.unique(codes)
    row = np.full(base**3, -1)
    row[present] = np.arange(len(present))
    first, second = present // base**2, present // base % base
    classes = np.column_stack([first, second, present % base])
    return _Pairs(
        classes,
        row[codes],
        (row[(first * base + first) * base + first], row[(second * base + second) * base + second]),
    )


def infinite_width_kernel(
    n_inputs: int,
    depth: int,
    weight_std: float = 1.0,
    bias_std: float = 1.0,
    activation: str = "relu",
    inputs: str = "01",
) -> Floats:
    """Covariance of the logits of an infinitely wide `simplicity.maps.MLP` at all pairs of inputs.

    Parameters
    ----------
    n_inputs : int
    depth : int
        Number of hidden layers; 0 is the perceptron with normal weights, exact at any width.
    weight_std, bias_std : float
    activation : {"relu", "tanh", "linear", "erf", "sin"}
        All in closed form but tanh, which is integrated numerically (errors below 1e-12).
    inputs : {"01", "pm1"}

    Returns
    -------
    (2^n, 2^n) float64
        In squared units of the logit, positions in truth-table order. Symmetric and positive semidefinite up
        to rounding; without bias on 01 inputs, the row of the zero input is 0, and so is its logit.

    Raises
    ------
    ValueError
        If an argument is out of range, the sums of tanh units exceed `MOST_TANH_STD`, or the variance of the
        logits leaves the range of float64.

    Examples
    --------
    >>> infinite_width_kernel(1, depth=1, weight_std=2**0.5, bias_std=0).round(3)
    array([[0., 0.],
           [0., 2.]])
    """
    n_inputs = checked_n_inputs(n_inputs)
    depth = checked_integer("depth", depth, 0, 10_000)
    weight = checked_scale("weight_std", weight_std, zero=False) ** 2
    bias = checked_scale("bias_std", bias_std, zero=True) ** 2
    checked_choice("activation", activation, tuple(MEAN_PRODUCTS))
    checked_choice("inputs", inputs, ("01", "pm1"))
    pairs = _pairs(n_inputs)
    first, second, both = pairs.classes.T
    products = both if inputs == "01" else n_inputs - 2 * (first + second - 2 * both)
    kernel = bias + weight * products / n_inputs
    with np.errstate(all="ignore"):  # what overflows is refused below
        for _ in range(depth):
            a, c = kernel[pairs.own[0]], kernel[pairs.own[1]]
            kernel = bias + weight * MEAN_PRODUCTS[activation](a, kernel, c)
    variances = kernel[pairs.own[0]]
    vanishing = (variances != 0) & (variances < np.finfo(np.float64).tiny)
    if not np.isfinite(kernel).all() or vanishing.any() or not kernel.any():
        raise ValueError(
            f"weight_std must keep the logits' variance within float64 for {depth} layers, got {weight_std}"
        )
    matrix: Floats = kernel[pairs.class_of]
    return matrix


def angles(a: Floats, b: Floats, c: Floats) -> Floats:
    """arccos of the correlation; a right angle where one variance is 0."""
    scale = np.sqrt(a) * np.sqrt(c)
    correlation = np.divide(b, scale, out=np.zeros_like(scale), where=scale > 0)
    return np.asarray(np.arccos(np.clip(correlation, -1, 1)))
