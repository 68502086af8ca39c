"""Learning coefficients that are known: (lambda, m) of the volume V(eps) ~ eps^lambda (-log eps)^(m-1)."""

from __future__ import annotations

import math
from collections.abc import Sequence
from fractions import Fraction
from typing import NamedTuple

from simplicity.slt.arguments import checked_exponents, checked_layers, checked_rank


class ExactCoefficient(NamedTuple):
    """The learning coefficient and the order of its pole."""

    value: float
    multiplicity: int


def normal_crossing(exponents: Sequence[int]) -> ExactCoefficient:
    """Coefficient of K(w) = prod_i w_i^(2 k_i) under a prior that is positive at 0.

    Watanabe, Algebraic Geometry and Statistical Learning Theory, Cambridge 2009, chapter 2.

    Parameters
    ----------
    exponents : sequence of int
        The k_i, 0 for a parameter that K does not contain; not all 0.

    Returns
    -------
    ExactCoefficient
        min over i of 1/(2 k_i), and how many attain it.

    Raises
    ------
    ValueError
        If an exponent is negative or no integer, or none is positive.

    Examples
    --------
    >>> normal_crossing([1, 1])
    ExactCoefficient(value=0.5, multiplicity=2)
    """
    checked = checked_exponents("exponents", exponents)
    largest = max(checked)
    return ExactCoefficient(1 / (2 * largest), checked.count(largest))


def sum_of_powers(powers: Sequence[int]) -> ExactCoefficient:
    """Coefficient of K(w) = sum_i w_i^(p_i), all p_i even and positive: sum of 1/p_i, multiplicity 1.

    Parameters
    ----------
    powers : sequence of int

    Returns
    -------
    ExactCoefficient

    Raises
    ------
    ValueError
        If a power is not a positive even integer.

    Examples
    --------
    >>> sum_of_powers([2, 4, 6])
    ExactCoefficient(value=0.9166666666666666, multiplicity=1)
    """
    checked = checked_exponents("powers", powers)
    if any(power == 0 or power % 2 for power in checked):
        raise ValueError(f"powers must be positive and even, got {tuple(powers)!r}")
    return ExactCoefficient(float(sum(Fraction(1, power) for power in checked)), 1)


def reduced_rank(inputs: int, hidden: int, outputs: int, rank: int) -> ExactCoefficient:
    """Coefficient of reduced-rank regression: a linear network with one hidden layer.

    Aoyagi and Watanabe, Neural Networks 18:924, 2005.

    Parameters
    ----------
    inputs, hidden, outputs : int
        Widths of the layers.
    rank : int
        Rank of the true map, at most the smallest width.

    Returns
    -------
    ExactCoefficient

    Raises
    ------
    ValueError
        If a width is not positive or the rank is beyond the smallest width.

    Examples
    --------
    >>> reduced_rank(3, 2, 3, 1)
    ExactCoefficient(value=3.5, multiplicity=2)
    >>> reduced_rank(2, 2, 2, 1)
    ExactCoefficient(value=2.0, multiplicity=2)
    """
    m, h, n = checked_layers((inputs, hidden, outputs))
    r = checked_rank(rank, (m, h, n))
    if m + h < n + r:
        return ExactCoefficient((h * m - h * r + n * r) / 2, 1)
    if n + h < m + r:
        return ExactCoefficient((h * n - h * r + m * r) / 2, 1)
    if m + n < h + r:
        return ExactCoefficient(m * n / 2, 1)
    odd = (m + h + n + r) % 2
    eighths = -((h + r) ** 2) - m**2 - n**2 + 2 * (h + r) * (m + n) + 2 * m * n + odd
    return ExactCoefficient(eighths / 8, 1 + odd)


def deep_linear(widths: Sequence[int], rank: int) -> ExactCoefficient:
    """Coefficient of a linear network of any depth.

    Aoyagi, Neural Networks 172:106132, 2024. With Delta_s = width_s - rank, only the layers of a set Sigma of
    the narrowest ones count: it is grown from the two narrowest as long as their sum of Delta is at least
    (layers in Sigma - 1) times the next Delta, which gives the one set that the theorem asks for.

    Parameters
    ----------
    widths : sequence of int
        Widths of all layers, input and output included; at least two.
    rank : int
        Rank of the true map, at most the smallest width.

    Returns
    -------
    ExactCoefficient

    Raises
    ------
    ValueError
        If there are fewer than two widths, one is not positive, or the rank is beyond the smallest.

    Examples
    --------
    >>> deep_linear([3, 2, 3], 1)
    ExactCoefficient(value=3.5, multiplicity=2)
    >>> deep_linear([1, 1, 1, 1], 0)  # (w1 w2 w3)^2, a normal crossing
    ExactCoefficient(value=0.5, multiplicity=3)
    """
    layers = checked_layers(widths)
    r = checked_rank(rank, layers)
    excess = sorted(width - r for width in layers)
    size = 2
    while size < len(excess) and sum(excess[:size]) >= (size - 1) * excess[size]:
        size += 1
    chosen, ell = excess[:size], size - 1
    total = sum(chosen)
    a = total - (math.ceil(Fraction(total, ell)) - 1) * ell
    pairs = (total**2 - sum(delta**2 for delta in chosen)) // 2
    value = (
        Fraction(r * (layers[0] + layers[-1]) - r**2, 2)
        + Fraction(a * (ell - a), 4 * ell)
        - Fraction((ell - 1) * total**2, 4 * ell)
        + Fraction(pairs, 2)
    )
    return ExactCoefficient(float(value), a * (ell - a) + 1)
