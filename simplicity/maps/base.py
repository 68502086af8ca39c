"""The contract of a parameter-function map.

A map is the pushforward of i.i.d. standard noise: the sampler draws noise, the map turns it into
parameters and those into a function. It is pure: whatever is random comes in as noise.
"""

from __future__ import annotations

import dataclasses
import math
import re
from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Literal, NamedTuple

import numpy as np
import numpy.typing as npt

from simplicity.functions import checked_n_inputs, input_table
from simplicity.random import Noise

Distribution = Literal["normal", "uniform"]
Inputs = Literal["01", "pm1"]


class MapError(ValueError):
    """A map broke its contract: it raised, or returned something other than one function a draw."""


@dataclass(frozen=True)
class Symmetries:
    """Under which changes of the function the prior does not change.

    Parameters
    ----------
    permutation : bool
        Any permutation of the inputs.
    complement : bool
        Output negation.
    negation : bool
        Negation of any set of inputs.
    """

    permutation: bool = False
    complement: bool = False
    negation: bool = False

    def __str__(self) -> str:
        names = {
            "permutation": "input permutation",
            "complement": "output negation",
            "negation": "input negation",
        }
        return ", ".join(text for field, text in names.items() if getattr(self, field)) or "none"


@dataclass(frozen=True)
class LinearReadout:
    """A linear last layer: logit = bias_std * z_width + weight_std * sum_k z_k * feature_k.

    Its noise z is the first ``size`` numbers of a draw's noise, so that further last layers for the same
    hidden layers (*readouts*) replace just that part.

    Parameters
    ----------
    width : int
        Number of features.
    weight_std, bias_std : float
        Standard deviations of its weights (the fan-in scaling included) and of its bias.
    """

    width: int
    weight_std: float
    bias_std: float

    @property
    def size(self) -> int:
        """Numbers of noise that it takes."""
        return self.width + 1


class Kernel(NamedTuple):
    """A map as compiled code: functions ``(noise, constants, workspace, out) -> status``.

    ``noise`` is one row of the map's noise, unless something else is said; status is 0, or 1 where the draw
    defines no function. At least one of the first four is given; each has to write all of its output.

    Parameters
    ----------
    words : callable, optional
        Writes the packed function: out is (words,) uint64. Made from the logits where None.
    many : callable, optional
        What ``words`` does, for many draws in one call: ``(noise, constants, workspace, out, status)``, where
        noise, out and status have a row a draw, and rows of noise may be longer than the map's. For kernels
        so short that calls show, and for those that work on several draws at a time.
    logits : callable, optional
        Writes 2^n numbers into out, (2^n,) of ``logit_dtype``. Made from features and readout where None.
    features : callable, optional
        Writes what the linear readout reads: out is (width, 2^n) float32.
    readouts : callable, optional
        Functions of several last layers of many draws in one call, and their logits: ``(noise, size, further,
        scales, constants, workspace, biases, (signs, status, logits))``. A draw's first last layer is the
        beginning of its row of noise, of which the map reads ``size`` numbers, and the others are its row of
        ``further``, one after the other; ``biases`` is space for one number of each. ``signs``
        has a row a draw, the functions of one last layer after the other, eight positions a number, uint8,
        and whole words a function (bits beyond the last position do not matter). ``logits`` has a number
        for each of these bits, in the same order, or none where none are wanted. ``status`` has one a draw:
        0, 1 where no last layer defines a function, or 2 where some logit may not be finite, which its
        logits then show. Made from features where None.
    one_readout : callable, optional
        What ``readouts`` does, which it goes with, for a single last layer.
    reads : callable, optional
        Of endless tapes whose rows hold several draws, with the arguments of ``many``: out is (rows, draws)
        bool, False at first, and is set for those that a row's function is read from. Splitting needs it,
        sampling does not.
    constants : tuple of arrays and numbers
        Whatever the functions need besides noise; a NamedTuple reads best.
    workspace : callable
        Returns a tuple of arrays, made once a thread: kernels never allocate.
    logit_dtype : dtype
    """

    words: Any = None
    many: Any = None
    logits: Any = None
    features: Any = None
    readouts: Any = None
    one_readout: Any = None
    reads: Any = None
    constants: Any = ()
    workspace: Callable[[], tuple[Any, ...]] = tuple
    logit_dtype: Any = np.float32


class Batch(NamedTuple):
    """A map as array code (NumPy, PyTorch, JAX, …), many draws a call.

    Parameters
    ----------
    call : callable
        (batch_size, size) noise -> (batch_size, 2^n): bools are the function, floats its logits.
    features : callable, optional
        (batch_size, size) noise -> (batch_size, width, 2^n): what the linear readout reads.
    batch_size : int
        Fixed, a part of the recipe: the same draws always meet in the same batch.
    """

    call: Callable[[npt.NDArray[Any]], npt.ArrayLike]
    features: Callable[[npt.NDArray[Any]], npt.ArrayLike] | None = None
    batch_size: int = 256


class Reachable(NamedTuple):
    """How many functions a map can reach: log2 of N_O, whether that is exact, and who says so."""

    log2_count: float
    exact: bool
    source: str


class ParameterFunctionMap(ABC):
    """Parameters to function. Subclasses are frozen dataclasses whose fields are the map's options.

    A subclass states its noise, its symmetries and its evaluator; everything else follows. Two maps
    are equal if their options are, and ``repr`` evaluates to an equal map.
    """

    n_inputs: int

    def __post_init__(self) -> None:
        """Check ``n_inputs``; subclasses check the rest and call this."""
        object.__setattr__(self, "n_inputs", checked_n_inputs(self.n_inputs))

    @property
    @abstractmethod
    def noise(self) -> Noise:
        """The standard noise that one draw consumes."""

    @property
    def symmetries(self) -> Symmetries:
        """Declared symmetries of the prior; data check them (see ``simplicity check``)."""
        return Symmetries()

    @property
    def readout(self) -> LinearReadout | None:
        """The linear last layer, for maps that have one behind hidden layers."""
        return None

    @abstractmethod
    def evaluator(self) -> Kernel | Batch:
        """The map as code."""

    @property
    def reachable(self) -> Reachable:
        """Number of functions of positive prior, or an upper bound on it."""
        return Reachable(float(2**self.n_inputs), False, "all functions")

    def parameters(self, noise: npt.NDArray[Any]) -> dict[str, Any]:
        """What one row of noise becomes: arrays or program text by name."""
        return {"noise": np.asarray(noise)}

    @property
    def name(self) -> str:
        """Kebab-case name; of a built-in map, the one the command line knows."""
        return kebab_case(type(self).__name__)

    def options(self) -> dict[str, Any]:
        """The map's fields by name."""
        return {field.name: getattr(self, field.name) for field in dataclasses.fields(self)}  # type: ignore[arg-type]

    @property
    def label(self) -> str:
        """A short title for plots: the name, n_inputs, and the options that are not defaults."""
        return self._label(f"{self.name} n={self.n_inputs}", "n_inputs")

    def _label(self, title: str, *shown_in_title: str) -> str:
        others = [
            f"{field.name}={_shown(getattr(self, field.name))}"
            for field in dataclasses.fields(self)  # type: ignore[arg-type]
            if field.name not in shown_in_title and getattr(self, field.name) != field.default
        ]
        return ", ".join([title, *others])


def _shown(value: object) -> str:
    if isinstance(value, float):
        return f"{value:.4g}"
    return "-".join(map(str, value)) if isinstance(value, tuple) else str(value)


def kebab_case(name: str) -> str:
    """``PolynomialThreshold`` -> ``polynomial-threshold``; ``MLP`` -> ``mlp``."""
    return re.sub(r"(?<=[a-z0-9])(?=[A-Z])|_", "-", name).lower()


# ------------------------------------------------------------------------------------ checks of options
def checked_map(value: object) -> ParameterFunctionMap:
    """A map; of a class of maps it is said how to make one."""
    if not isinstance(value, ParameterFunctionMap):
        made = f"; make one: {value.__name__}(n_inputs=7)" if isinstance(value, type) else ""
        raise ValueError(f"pf_map must be a map, such as simplicity.maps.MLP(7), got {value!r}{made}")
    return value


def checked_widths(name: str, value: object) -> tuple[int, ...]:
    """A non-empty tuple of positive whole numbers; a single number counts as a tuple of one."""
    entries = (value,) if isinstance(value, (int, np.integer)) else value
    if (
        isinstance(entries, (str, bytes, Mapping))
        or not hasattr(entries, "__iter__")
        or not (numbers := list(entries))
        or not all(isinstance(n, (int, np.integer)) and not isinstance(n, bool) and n >= 1 for n in numbers)
    ):
        raise ValueError(
            f"{name} must be one or more whole numbers from 1 up, such as (40, 40), got {value!r}"
        )
    return tuple(int(n) for n in numbers)


def checked_scale(name: str, value: object, *, zero: bool) -> float:
    """A float from 1e-30 to 1e30, which keeps float32 arithmetic honest, or also zero itself."""
    number = isinstance(value, (int, float, np.integer, np.floating)) and not isinstance(value, bool)
    scale = float(value) if number else math.nan  # type: ignore[arg-type]
    if not (1e-30 <= scale <= 1e30 or (zero and scale == 0)):
        raise ValueError(
            f"{name} must be a number from 1e-30 to 1e30{', or 0' if zero else ''}, got {value!r}"
        )
    return scale


def checked_choice(name: str, value: object, choices: tuple[str, ...]) -> None:
    """One of a few words."""
    if value not in choices:
        raise ValueError(f"{name} must be one of {', '.join(map(repr, choices))}, got {value!r}")


def input_values(n_inputs: int, inputs: Inputs, dtype: npt.DTypeLike) -> npt.NDArray[Any]:
    """Each input at every position, (n_inputs, 2^n): as 0 and 1, or as -1 and +1."""
    table = np.ascontiguousarray(input_table(n_inputs).T, dtype=dtype)
    return table if inputs == "01" else 2 * table - 1


def log2_of_count(count: int) -> float:
    """log2 of a positive integer of any length."""
    shift = max(0, count.bit_length() - 60)
    return math.log2(count >> shift) + shift


def cover_count(positions: int, dimension: int) -> int:
    """Cover's count: signs of linear functions of ``dimension`` features on points in general position.

    2 * sum_{i < dimension} C(positions - 1, i) (Cover, IEEE Trans. Electron. Comput. 14:326, 1965); an
    upper bound for points in any position.

    Examples
    --------
    >>> cover_count(4, 3)  # lines in the plane: all but the two parities of four points
    14
    """
    return 2 * sum(math.comb(positions - 1, i) for i in range(min(dimension, positions)))
