"""Losses: non-negative functions of parameters, whose volume near zero is measured; some are solved."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numba
import numpy as np
import numpy.typing as npt

from simplicity.random import checked_integer
from simplicity.slt.arguments import (
    MOST_PARAMETERS,
    Floats,
    checked_exponents,
    checked_layers,
    checked_rank,
)


@dataclass(frozen=True, eq=False)
class Loss:
    """A loss of ``size`` parameters, many at a time, with infimum 0.

    Parameters
    ----------
    name : str
    size : int
        Number of parameters.
    values : callable
        (count, size) float64 -> (count,) losses. Pure: threads share it.
    gradient : callable, optional
        (count, size) float64 -> (count, size), for Langevin moves.
    finest : float
        Losses below this are rounding: no volume is measured there.
    """

    name: str
    size: int
    values: Callable[[Floats], npt.ArrayLike]
    gradient: Callable[[Floats], npt.ArrayLike] | None = None
    finest: float = 0.0

    def __post_init__(self) -> None:
        checked_integer("size", self.size, 1, MOST_PARAMETERS)

    def __call__(self, parameters: Floats) -> Floats:
        """Losses of rows of parameters, checked.

        Raises
        ------
        ValueError
            If the shape is wrong, or a loss is negative or not finite.
        """
        parameters = np.asarray(parameters, dtype=np.float64)
        if parameters.ndim != 2 or parameters.shape[1] != self.size:
            raise ValueError(f"parameters must have shape (count, {self.size}), got {parameters.shape}")
        values = np.asarray(self.values(parameters))
        if values.dtype.kind not in "iufb":
            raise ValueError(f"loss {self.name} must return real numbers, got dtype {values.dtype}")
        losses = values.astype(np.float64, copy=False)
        if losses.shape != (len(parameters),):
            raise ValueError(
                f"loss {self.name} must return one number a row, shape ({len(parameters)},), "
                f"got {losses.shape}"
            )
        bad = ~(losses >= 0) | ~np.isfinite(losses)
        if bad.any():
            row = int(np.argmax(bad))
            kind = "negative" if np.isfinite(losses[row]) else "not finite"
            raise ValueError(
                f"loss {self.name} is {kind}, {losses[row]}, at parameters {parameters[row][:4]}"
                f"{'' if self.size <= 4 else ' …'}: losses must be finite with infimum 0"
            )
        return losses

    def slopes(self, parameters: Floats) -> Floats:
        """Gradients of rows of parameters: the loss's own, or central differences (2 * size losses a row)."""
        if self.gradient is not None:
            return np.asarray(self.gradient(parameters), dtype=np.float64).reshape(parameters.shape)
        steps = 1e-5 * np.eye(self.size)
        shifted = parameters[:, None, None, :] + np.stack([steps, -steps])
        losses = self(shifted.reshape(-1, self.size)).reshape(len(parameters), 2, self.size)
        return (losses[:, 0] - losses[:, 1]) / 2e-5


def loss(
    function: Callable[..., Any],
    size: int,
    *,
    gradient: Callable[[Floats], npt.ArrayLike] | None = None,
    name: str | None = None,
) -> Loss:
    """A loss of one's own.

    Parameters
    ----------
    function : callable
        Compiled by ``numba.njit``: of one row, (size,) float64 -> number. Otherwise, of an array of rows,
        (count, size) float64 -> (count,).
    size : int
        Number of parameters.
    gradient : callable, optional
        (count, size) -> (count, size).
    name : str, optional

    Returns
    -------
    Loss

    Raises
    ------
    ValueError
        If the function is not callable or the size not a positive integer.

    Examples
    --------
    >>> quartic = loss(lambda w: (w**4).sum(axis=1), size=2)
    >>> quartic(np.array([[1.0, 0.0], [1.0, 2.0]]))
    array([ 1., 17.])
    """
    if not callable(function):
        raise ValueError(f"a loss must be callable, got {function!r}")
    title = name or str(getattr(function, "__name__", "loss"))
    if isinstance(function, numba.core.dispatcher.Dispatcher):
        function = _over_rows(function)
    return Loss(title, checked_integer("size", size, 1, MOST_PARAMETERS), function, gradient)


def _over_rows(row_loss: Any) -> Callable[[Floats], Floats]:
    """A compiled function of one row, for an array of rows."""

    @numba.njit(nogil=True, error_model="numpy")
    def drive(parameters, out):
        for i in range(parameters.shape[0]):
            out[i] = row_loss(parameters[i])

    def values(parameters: Floats) -> Floats:
        out = np.empty(len(parameters))
        drive(np.ascontiguousarray(parameters), out)
        return out

    return values


def normal_crossing(exponents: Sequence[int]) -> Loss:
    """prod_i w_i^(2 k_i); its coefficient is `simplicity.slt.exact.normal_crossing`.

    Examples
    --------
    >>> normal_crossing([1, 2])(np.array([[2.0, 3.0]]))
    array([324.])
    """
    powers = 2 * np.array(checked_exponents("exponents", exponents))

    def gradient(w: Floats) -> Floats:
        factors = w**powers
        columns = []
        for i, power in enumerate(powers):
            rest = np.prod(np.delete(factors, i, axis=1), axis=1)
            columns.append(power * w[:, i] ** max(power - 1, 0) * rest)
        return np.stack(columns, axis=1)

    name = "normal crossing " + ",".join(str(power) for power in powers)
    return Loss(name, len(powers), lambda w: np.prod(w**powers, axis=1), gradient)


def sum_of_powers(powers: Sequence[int]) -> Loss:
    """sum_i w_i^(p_i), all p_i even; its coefficient is `simplicity.slt.exact.sum_of_powers`.

    Examples
    --------
    >>> sum_of_powers([2, 4])(np.array([[2.0, 3.0]]))
    array([85.])
    """
    p = np.array(checked_exponents("powers", powers))
    if (p % 2).any() or (p == 0).any():
        raise ValueError(f"powers must be positive and even, got {tuple(powers)!r}")
    name = "sum of powers " + ",".join(str(power) for power in p)
    return Loss(name, len(p), lambda w: (w**p).sum(axis=1), lambda w: p * w ** (p - 1))


def deep_linear(widths: Sequence[int], rank: int) -> Loss:
    """Squared distance of the product of a linear network's matrices from diag(1, …, 1, 0, …) of a rank.

    That is the expected squared error over standard normal inputs. A row of parameters holds the matrices
    (width of the next layer, width of this), first layer first, each in C order. Its coefficient is
    `simplicity.slt.exact.deep_linear`.

    Examples
    --------
    >>> deep_linear([2, 1, 2], 1)(np.array([[1.0, 0.0, 1.0, 0.0], [1.0, 0.0, 1.0, 2.0]]))
    array([0., 4.])
    """
    layers = checked_layers(widths)
    shapes = list(zip(layers[1:], layers[:-1], strict=True))
    ends = np.cumsum([rows * columns for rows, columns in shapes])
    truth = np.zeros((layers[-1], layers[0]))
    np.fill_diagonal(truth[: checked_rank(rank, layers)], 1.0)

    def matrices(w: Floats) -> list[Floats]:
        parts = np.split(w, ends[:-1], axis=1)
        return [part.reshape(-1, *shape) for part, shape in zip(parts, shapes, strict=True)]

    def values(w: Floats) -> Floats:
        product, *others = matrices(w)
        for matrix in others:
            product = matrix @ product
        return ((product - truth) ** 2).sum(axis=(1, 2))

    def gradient(w: Floats) -> Floats:
        below = [np.broadcast_to(np.eye(layers[0]), (len(w), layers[0], layers[0]))]
        chain = matrices(w)
        for matrix in chain:
            below.append(matrix @ below[-1])
        above = 2 * (below.pop() - truth)
        columns = []
        for matrix, product in zip(reversed(chain), reversed(below), strict=True):
            columns.append((above @ product.transpose(0, 2, 1)).reshape(len(w), -1))
            above = matrix.transpose(0, 2, 1) @ above
        return np.concatenate(columns[::-1], axis=1)

    name = f"linear network {'-'.join(str(width) for width in layers)} rank {rank}"
    return Loss(name, int(ends[-1]), values, gradient)


def reduced_rank(inputs: int, hidden: int, outputs: int, rank: int) -> Loss:
    """Reduced-rank regression, ||B A - diag(1, …, 1, 0, …)||²: `deep_linear` with one hidden layer."""
    return deep_linear([inputs, hidden, outputs], rank)
