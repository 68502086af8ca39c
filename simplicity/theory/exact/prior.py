"""What an exact law gives: functions with their probabilities, not estimates of them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from simplicity.complexity import measure
from simplicity.functions import checked_words, from_strings, ones, order_by_string, to_strings

if TYPE_CHECKING:
    import pandas as pd

Floats = npt.NDArray[np.float64]
Words = npt.NDArray[np.uint64]


@dataclass(frozen=True, eq=False, repr=False)
class ExactPrior:
    """All functions that a map can give, and the probability of each, free of sampling error.

    Parameters
    ----------
    n_inputs : int
    functions : (F, words) uint64
        Packed, most probable first, then in the order of their strings: as in a result.
    prior : (F,) float64
        All above 0, summing to 1.
    source : str
        The law, and how it was evaluated.
    numerators : tuple of int, optional
        Where the law is rational: the prior is numerators / denominator, exactly.
    denominator : int, optional

    Raises
    ------
    ValueError
        If the arrays do not fit together, or the prior is no law.

    Examples
    --------
    >>> from simplicity.theory import exact
    >>> law = exact.circuit_prior(n_inputs=1, n_gates=1, gates=("nand",))
    >>> law.to_pandas()
      function  prior  lz76
    0       10    1.0   2.0
    """

    n_inputs: int
    functions: Words
    prior: Floats
    source: str
    numerators: tuple[int, ...] | None = None
    denominator: int | None = None

    def __post_init__(self) -> None:
        functions = checked_words(self.functions, self.n_inputs)
        if self.prior.shape != (len(functions),) or len(functions) == 0:
            raise ValueError(f"prior must have shape ({len(functions)},), not empty, got {self.prior.shape}")
        if not ((self.prior > 0).all() and abs(self.prior.sum() - 1) < 1e-9):
            raise ValueError(f"prior must be above 0 and sum to 1, got a sum of {self.prior.sum()}")

    @classmethod
    def of_weights(cls, n_inputs: int, functions: npt.ArrayLike, weights: Any, source: str) -> ExactPrior:
        """The law of functions, each at most once, with weights in any order: ints (exact) or floats.

        Weights of 0 are left out, and floats that differ by rounding count as equal in the order of rows.

        Examples
        --------
        >>> law = ExactPrior.of_weights(1, [[1], [2], [3]], [1, 3, 0], "by hand")
        >>> law.fraction_of("01"), law.prior
        (Fraction(3, 4), array([0.75, 0.25]))
        """
        words = checked_words(np.asarray(functions, dtype=np.uint64), n_inputs)
        array = np.asarray(weights)
        kept = np.flatnonzero(array > 0)
        order = kept[order_by_string(words[kept], n_inputs)]
        if array.dtype.kind == "f":
            values = np.asarray(array[order] / array[order].sum(), dtype=np.float64)
            digits = 10 - np.floor(np.log10(values))
            by_prior = np.argsort(-np.rint(values * 10**digits) / 10**digits, kind="stable")
            return cls(n_inputs, words[order[by_prior]], values[by_prior], source)
        integers = [int(array[row]) for row in order]
        ranked = sorted(range(len(order)), key=lambda place: -integers[place])
        numerators = tuple(integers[place] for place in ranked)
        total = sum(numerators)
        prior = np.array([numerator / total for numerator in numerators])
        return cls(n_inputs, words[order[ranked]], prior, source, numerators, total)

    # ---------------------------------------------------------------------------------- what it says
    def __len__(self) -> int:
        """Number of functions that the map can give."""
        return len(self.functions)

    def __repr__(self) -> str:
        return f"ExactPrior({self.source}: {len(self)} functions of {self.n_inputs} inputs)"

    @property
    def label(self) -> str:
        """The law in a few words, for titles."""
        return self.source

    @property
    def log2_prior(self) -> Floats:
        """log2 of the prior of each function, (F,), in bits."""
        return np.asarray(np.log2(self.prior))

    @property
    def entropy(self) -> float:
        """Shannon entropy of the prior, in bits."""
        return float(-(self.prior * self.log2_prior).sum())

    @cached_property
    def _row_of(self) -> dict[bytes, int]:
        return {function.tobytes(): row for row, function in enumerate(self.functions)}

    def index_of(self, function: str | npt.ArrayLike) -> int | None:
        """Row of a function, given as a string of 0 and 1 or packed; None if the map cannot give it."""
        words = from_strings([function]) if isinstance(function, str) else function
        wanted = checked_words(words, self.n_inputs)
        if len(wanted) != 1:
            raise ValueError(f"one function is wanted, got {len(wanted)}")
        return self._row_of.get(wanted[0].tobytes())

    def prior_of(self, functions: npt.ArrayLike) -> Floats:
        """The prior of packed functions, (F',); 0 where the map cannot give it.

        Examples
        --------
        >>> law = ExactPrior.of_weights(1, [[1], [2]], [1, 3], "by hand")
        >>> law.prior_of(law.functions[::-1]), law.prior_of(np.array([[3]], dtype=np.uint64))
        (array([0.25, 0.75]), array([0.]))
        """
        words = checked_words(functions, self.n_inputs)
        rows = [self._row_of.get(function.tobytes(), -1) for function in words]
        return np.asarray(np.append(self.prior, 0.0)[rows])

    def fraction_of(self, function: str | npt.ArrayLike) -> Fraction:
        """The prior of one function as a fraction.

        Raises
        ------
        ValueError
            If the law is known in floating point only.
        """
        if self.numerators is None or self.denominator is None:
            raise ValueError(f"the law of {self.source} is not known as fractions: use prior_of")
        row = self.index_of(function)
        return Fraction(0 if row is None else self.numerators[row], self.denominator)

    def of_ones(self) -> Floats:
        """P(T): probability of each number of ones, (2^n + 1,)."""
        size = 2**self.n_inputs + 1
        return np.asarray(np.bincount(ones(self.functions), self.prior, size), dtype=np.float64)

    def given_ones(self, n_ones: int) -> ExactPrior:
        """P(f | T): the law of the functions of so many ones.

        Raises
        ------
        ValueError
            If no function of the map has so many.
        """
        return self._conditioned(ones(self.functions) == n_ones, f"{n_ones} ones")

    def _conditioned(self, kept: npt.NDArray[np.bool_], what: str) -> ExactPrior:
        if not kept.any():
            raise ValueError(f"no function of {self.source} has {what}")
        weights: Any = self.prior[kept]
        if self.numerators is not None:
            weights = np.array([self.numerators[row] for row in np.flatnonzero(kept)], dtype=object)
        return ExactPrior.of_weights(self.n_inputs, self.functions[kept], weights, f"{self.source}, {what}")

    def by_class(self, keys: npt.ArrayLike) -> tuple[npt.NDArray[Any], Floats]:
        """Different keys, and the total prior of the functions of each: orbits, complexities, …

        Parameters
        ----------
        keys : (F,) array
            Of any type that sorts, one a function.
        """
        values, rows = np.unique(np.asarray(keys), return_inverse=True)
        if rows.shape != self.prior.shape:
            raise ValueError(f"keys must have shape {self.prior.shape}, got {rows.shape}")
        return values, np.asarray(np.bincount(rows, self.prior), dtype=np.float64)

    def to_pandas(self, complexity: Sequence[str | Callable[..., Any]] = ("lz76",)) -> pd.DataFrame:
        """A table with a row a function, most probable first.

        Parameters
        ----------
        complexity : sequence of str or callable
            Measures to add, a column each.

        Returns
        -------
        pandas.DataFrame
            Columns ``function`` (string of 0 and 1), ``prior`` and one a measure.
        """
        import pandas as pd

        columns: dict[str, Any] = {
            "function": to_strings(self.functions, self.n_inputs),
            "prior": self.prior,
        }
        for wanted in (complexity,) if isinstance(complexity, str) or callable(complexity) else complexity:
            found = measure(wanted)
            columns[found.name] = found(self.functions, self.n_inputs)
        return pd.DataFrame(columns)


def summed(words: npt.ArrayLike, weights: npt.ArrayLike) -> tuple[Words, npt.NDArray[Any]]:
    """Different values of one-word functions in ascending order, and the total int64 weight of each.

    Examples
    --------
    >>> summed(np.array([3, 1, 3], dtype=np.uint64), [1, 2, 4])
    (array([1, 3], dtype=uint64), array([2, 5]))
    """
    values, first = np.asarray(words, dtype=np.uint64), np.asarray(weights, dtype=np.int64)
    order = np.argsort(values, kind="stable")
    values = values[order]
    starts = np.flatnonzero(np.append(True, values[1:] != values[:-1]))
    return values[starts], np.add.reduceat(first[order], starts)
