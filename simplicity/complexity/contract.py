"""What a complexity measure is: packed functions to floats, and what has to be said of it."""

from __future__ import annotations

import importlib.util
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from simplicity.functions import MAX_INPUTS, checked_n_inputs, checked_words


@dataclass(frozen=True)
class Measure:
    """A complexity measure: packed functions to floats, with what a plot or a table has to say of it.

    Parameters
    ----------
    name : str
        Name in the registry, in columns and on the command line.
    label : str
        Label of an axis, in matplotlib's mathtext.
    units : str
        Units of the values.
    source : str
        Paper that defines it.
    function : callable
        Maps ``(words, n_inputs)``, words uint64 of shape (count, words), to shape (count,).
    max_inputs : int
        Most inputs that it can be asked for.
    exact_up_to : int
        Most inputs at which the values are exact; those beyond are upper bounds.
    extra : str
        The extra of this package that installs what it needs, as in ``pip install simplicity[extra]``;
        empty where nothing more is needed.
    module : str
        The module that the extra brings.

    Raises
    ------
    ValueError
        If a text is empty, `function` cannot be called, a number of inputs is none, or only one of `extra`
        and `module` is given.

    Examples
    --------
    >>> from simplicity.complexity import MEASURES
    >>> from simplicity.functions import from_strings
    >>> MEASURES["lz76"](from_strings(["0110", "0000"]), 2)
    array([6., 2.])
    """

    name: str
    label: str
    units: str
    source: str
    function: Callable[[NDArray[np.uint64], int], ArrayLike]
    max_inputs: int = MAX_INPUTS
    exact_up_to: int = MAX_INPUTS
    extra: str = ""
    module: str = ""

    def __post_init__(self) -> None:
        for field in ("name", "label", "units", "source"):
            text = getattr(self, field)
            if not isinstance(text, str) or not text.strip():
                raise ValueError(f"{field} of a measure must be text that is not empty, not {text!r}")
        is_callable = callable(self.function)
        if not is_callable:
            raise ValueError(f"function of measure {self.name!r} must be callable, not {self.function!r}")
        for field in ("max_inputs", "exact_up_to"):
            number = getattr(self, field)
            if not isinstance(number, int) or not 1 <= number <= MAX_INPUTS:
                raise ValueError(
                    f"{field} of measure {self.name!r} must be an integer from 1 to {MAX_INPUTS}, "
                    f"not {number!r}"
                )
        if bool(self.extra) != bool(self.module):
            raise ValueError(
                f"extra and module of measure {self.name!r} come together, "
                f"not {self.extra!r} and {self.module!r}"
            )

    def is_exact(self, n_inputs: int) -> bool:
        """Whether the values for functions of so many inputs are exact, not upper bounds."""
        return n_inputs <= self.exact_up_to

    def axis_label(self, n_inputs: int) -> str:
        """Label and units, and that values are upper bounds where they are."""
        bound = "" if self.is_exact(n_inputs) else ", upper bound"
        return f"{self.label} [{self.units}{bound}]"

    @property
    def is_installed(self) -> bool:
        """Whether what it needs is installed."""
        return not self.module or importlib.util.find_spec(self.module) is not None

    def obstacle(self, n_inputs: int) -> str:
        """Why it cannot be asked for functions of so many inputs, in words; empty where it can."""
        if n_inputs > self.max_inputs:
            return f"measure {self.name!r} can be asked for up to {self.max_inputs} inputs, not {n_inputs}"
        if not self.is_installed:
            return (
                f"measure {self.name!r} needs {self.module}, which is not installed: "
                f"pip install simplicity[{self.extra}]"
            )
        return ""

    def __call__(self, words: ArrayLike, n_inputs: int) -> NDArray[np.float64]:
        """Return the complexity of each function.

        Parameters
        ----------
        words : array_like of uint64, shape (words,) or (count, words)
            Packed functions.
        n_inputs : int
            Number of inputs.

        Returns
        -------
        ndarray of float64, shape (count,)
            Complexities in `units`.

        Raises
        ------
        ValueError
            As `simplicity.functions.checked_words`; beyond `max_inputs`; or if the measure's function
            returns another shape, something else than numbers, or infinities or NaN.
        ImportError
            If what it needs is not installed.
        """
        words = checked_words(words, n_inputs)
        if obstacle := self.obstacle(n_inputs):
            raise (ValueError if n_inputs > self.max_inputs else ImportError)(obstacle)
        if len(words) == 0:
            return np.empty(0)
        values = np.asarray(self.function(words, checked_n_inputs(n_inputs)))
        if values.shape != (len(words),):
            raise ValueError(
                f"measure {self.name!r} must return shape ({len(words)},), one number a function, "
                f"not {values.shape}"
            )
        if values.dtype.kind not in "iuf":
            raise ValueError(f"measure {self.name!r} must return floats, not dtype {values.dtype}")
        if not np.all(np.isfinite(values)):
            row = int(np.argmin(np.isfinite(values)))
            raise ValueError(
                f"measure {self.name!r} must return finite numbers, not {values[row]} (row {row})"
            )
        return values.astype(np.float64, copy=False)
