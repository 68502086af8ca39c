"""Perceptrons: exact priors of weights on grids and of three normal parameters, and closed forms."""

from __future__ import annotations

import itertools
import math
from collections import Counter
from collections.abc import Sequence
from fractions import Fraction

import numpy as np
import numpy.typing as npt

from simplicity.functions import checked_n_inputs, input_table, pack, permute_inputs
from simplicity.maps import Perceptron
from simplicity.maps.base import checked_choice
from simplicity.theory.exact.prior import ExactPrior, summed

_MOST_GRID_INPUTS = 6  # a function is one word
_MOST_STEPS = 100_000_000
_LARGEST_RATIO = 1000.0  # of bias and weights: smaller cones are lost among rounding


def ones_without_bias(n_inputs: int) -> tuple[Fraction, ...]:
    """P(T = t) of the perceptron without bias on {0,1}^n, t = 0 … 2^n: 2^-n each, and 0 for t = 2^n.

    For every law of weights that no sign flip of a coordinate changes and that has no ties, that is, no
    signed sum of some weights is 0 (Mingard et al. 2019, arXiv:1909.11522, Theorem 4.1).

    Examples
    --------
    >>> [str(p) for p in ones_without_bias(1)]
    ['1/2', '1/2', '0']
    """
    size = 2 ** checked_n_inputs(n_inputs)
    return (*(Fraction(1, size) for _ in range(size)), Fraction(0))


def literal_of_uniform_weights(n_inputs: int) -> Fraction:
    """P(f = x_i) without bias and with uniform weights: 2^-n / n!.

    Without x_i no other inputs may give a positive sum, so all their weights are negative; with it none may
    prevent one, so w_i exceeds the sum of their sizes. All n signs are given, which has probability 2^-n, and
    one of n uniform sizes exceeds the sum of the others with probability 1 / n!, the volume of a simplex.

    Examples
    --------
    >>> literal_of_uniform_weights(3)
    Fraction(1, 48)
    """
    n = checked_n_inputs(n_inputs)
    return Fraction(1, 2**n * math.factorial(n))


def grid_perceptron(
    n_inputs: int, weights: Sequence[int], biases: Sequence[int] = (0,), inputs: str = "01"
) -> ExactPrior:
    """The exact prior of a perceptron whose weights and bias are uniform on grids.

    Class 1 where bias + sum_i weight_i * input_i is above 0, so that ties are class 0. Weights that differ by
    order give functions that differ by the order of inputs, and all biases between two neighbouring sums
    give one function: sorted weights are run through, and biases counted.

    Parameters
    ----------
    n_inputs : int
        Up to 6.
    weights : sequence of int
        The grid of each weight; a value named twice is twice as likely.
    biases : sequence of int
        The grid of the bias; (0,) for none.
    inputs : {"01", "pm1"}

    Returns
    -------
    ExactPrior
        With numerators and denominator.

    Raises
    ------
    ValueError
        If a grid is empty or holds anything but ints, or is too large to run through.

    Examples
    --------
    Weights of ±1 tie: two ones are impossible.

    >>> grid_perceptron(2, (-1, 1)).of_ones()
    array([0.25, 0.5 , 0.  , 0.25, 0.  ])
    """
    n = checked_n_inputs(n_inputs)
    if n > _MOST_GRID_INPUTS:
        raise ValueError(f"n_inputs must be {_MOST_GRID_INPUTS} or less on a grid, got {n}")
    checked_choice("inputs", inputs, ("01", "pm1"))
    grid, thresholds = _checked_grid("weights", weights), _checked_grid("biases", biases)
    steps = math.comb(len(grid) + n - 1, n) * (2**n + 1)
    total = len(weights) ** n * len(biases) * math.factorial(n)
    if steps > _MOST_STEPS or total >= 2**63:
        raise ValueError(f"weights must be a smaller grid for {n} inputs, got {len(grid)} values")
    table = input_table(n).astype(np.int64)
    values = table if inputs == "01" else 2 * table - 1
    choices = np.array(list(grid.items()), dtype=np.int64)
    functions, numbers = np.empty(0, dtype=np.uint64), np.empty(0, dtype=np.int64)
    tuples = itertools.combinations_with_replacement(range(len(choices)), n)
    while chunk := list(itertools.islice(tuples, 2**15)):
        rows = np.array(chunk)
        orders = np.array([_orders(row) for row in chunk], dtype=np.int64)
        found, per_function = _over_biases(choices[rows, 0] @ values.T, thresholds)
        numbers_of_row = choices[rows, 1].prod(axis=1) * orders
        functions, numbers = summed(
            np.append(functions, found), np.append(numbers, per_function * numbers_of_row[:, None])
        )
    images = [
        permute_inputs(functions[:, None], n, order)[:, 0] for order in itertools.permutations(range(n))
    ]
    functions, numbers = summed(np.concatenate(images), np.tile(numbers, len(images)))
    numbers //= math.factorial(n)  # each order of a sorted tuple came up n! / (orders of it) times
    return ExactPrior.of_weights(
        n,
        functions[:, None],
        numbers,
        f"perceptron on a grid of {len(weights)} weights, {len(biases)} biases",
    )


def _checked_grid(name: str, values: Sequence[int]) -> Counter[int]:
    entries = list(values)
    if not entries or not all(
        isinstance(v, (int, np.integer)) and not isinstance(v, bool) and abs(v) < 2**31 for v in entries
    ):
        raise ValueError(f"{name} must be ints below 2^31 in size, at least one, got {values!r}")
    return Counter(int(value) for value in entries)


def _orders(row: tuple[int, ...]) -> int:
    """How many orders a sorted tuple has."""
    return math.factorial(len(row)) // math.prod(math.factorial(k) for k in Counter(row).values())


def _over_biases(
    sums: npt.NDArray[np.int64], biases: Counter[int]
) -> tuple[npt.NDArray[np.uint64], npt.NDArray[np.int64]]:
    """Functions of each row of sums, (rows, 2^n + 1), with the k largest sums above the threshold, and how
    many biases put it there: those with sum_(k) > -bias >= sum_(k+1)."""
    order = np.argsort(-sums, axis=1, kind="stable")
    bits = np.uint64(1) << order.astype(np.uint64)
    functions = np.zeros((len(sums), sums.shape[1] + 1), dtype=np.uint64)
    np.cumsum(bits, axis=1, out=functions[:, 1:])
    thresholds = np.array(sorted(-bias for bias in biases.elements()))
    below = np.searchsorted(thresholds, np.take_along_axis(sums, order, axis=1))  # thresholds below each sum
    edges = np.concatenate(
        [np.full((len(sums), 1), len(thresholds)), below, np.zeros((len(sums), 1), dtype=below.dtype)], axis=1
    )
    return functions, (edges[:, :-1] - edges[:, 1:]).astype(np.int64)


def gaussian_perceptron(perceptron: Perceptron) -> ExactPrior:
    """The exact prior of a perceptron with normal weights and three parameters at most.

    A function's parameters are a cone, whose prior is its share of the sphere: the area of a convex
    polygon, from its corners (Van Oosterom and Strackee, IEEE Trans. Biomed. Eng. 30:125, 1983). Three
    parameters are two inputs with a bias, or three without.

    Parameters
    ----------
    perceptron : Perceptron

    Returns
    -------
    ExactPrior
        In float64, errors about 1e-15.

    Raises
    ------
    ValueError
        If the weights are not normal, there are more parameters, or one scale dwarfs the other.

    Examples
    --------
    >>> law = gaussian_perceptron(Perceptron(n_inputs=2, bias_std=0))
    >>> law.prior.round(12)
    array([0.25 , 0.25 , 0.125, 0.125, 0.125, 0.125])
    """
    if not isinstance(perceptron, Perceptron):
        raise ValueError(f"perceptron must be a Perceptron, got {perceptron!r}")
    n, with_bias = perceptron.n_inputs, perceptron.bias_std > 0
    if perceptron.distribution != "normal" or n + with_bias > 3:
        raise ValueError(
            f"perceptron must have normal weights and three parameters at most, got {perceptron!r}"
        )
    ratio = perceptron.bias_std * math.sqrt(n) / perceptron.weight_std
    if with_bias and not 1 / _LARGEST_RATIO <= ratio <= _LARGEST_RATIO:
        raise ValueError(
            f"bias_std must be within a factor {_LARGEST_RATIO:g} of the scale of weights, so that solid "
            f"angles can be told from rounding, got {perceptron.bias_std}"
        )
    values = input_table(n).astype(np.float64)
    values = values if perceptron.inputs == "01" else 2 * values - 1
    normals = np.zeros((2**n, 3))
    normals[:, :n] = values * perceptron.weight_std / math.sqrt(n)
    if with_bias:
        normals[:, n] = perceptron.bias_std
    # Planes through the axes not used cut cells that would have no corners into equal parts that have.
    cuts = np.eye(3)[n + with_bias :]
    planes = np.concatenate([normals[(normals != 0).any(axis=1)], cuts])
    corners = [np.cross(planes[i], planes[j]) for i, j in itertools.combinations(range(len(planes)), 2)]
    rays = np.array([sign * c / np.linalg.norm(c) for c in corners if c.any() for sign in (1, -1)])
    heights = rays @ normals.T
    tables = (np.arange(2**2**n)[:, None] >> np.arange(2**n) & 1).astype(bool)
    shares = np.array([_share(rays, heights, table, cuts, normals) for table in tables])
    return ExactPrior.of_weights(n, pack(tables), shares, f"{perceptron.label}, solid angles")


def _share(
    rays: npt.NDArray[np.float64],
    heights: npt.NDArray[np.float64],
    table: npt.NDArray[np.bool_],
    cuts: npt.NDArray[np.float64],
    normals: npt.NDArray[np.float64],
) -> float:
    """Share of the sphere where all sums have the signs of a table."""
    if table[~normals.any(axis=1)].any():  # an input whose sum is always 0 is class 0
        return 0.0
    tolerance = 1e-12 * np.abs(heights).max()
    inside = (np.where(table, heights, -heights) >= -tolerance).all(axis=1)
    inside &= (rays @ cuts.T >= -tolerance).all(axis=1)
    corners = np.unique(rays[inside].round(12), axis=0)
    if len(corners) < 3:
        return 0.0
    middle = corners.sum(axis=0)
    if np.linalg.norm(middle) < 1e-9:
        return 0.0
    middle /= np.linalg.norm(middle)
    along = corners[0] - corners[0] @ middle * middle
    angles = np.arctan2(corners @ np.cross(middle, along), corners @ along)
    ring = corners[np.argsort(angles)]
    area = 0.0
    for a, b in zip(ring, np.roll(ring, -1, axis=0), strict=True):
        triple = middle @ np.cross(a, b)
        area += 2 * math.atan2(abs(triple), 1 + middle @ a + a @ b + b @ middle)
    return float(area / (4 * math.pi) * 2 ** len(cuts)) if area > 1e-9 else 0.0
