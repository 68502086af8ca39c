"""Maps of your own: a decorated function becomes a map class, its options the class's fields."""

from __future__ import annotations

import dataclasses
import inspect
import typing
from collections.abc import Callable
from typing import Any, ClassVar, Literal

import numba
import numpy as np

from simplicity.functions import input_table
from simplicity.maps.base import Batch, Kernel, MapError, ParameterFunctionMap, Symmetries
from simplicity.random import Noise, checked_integer

Size = int | Callable[..., int]

#: What the command line calls its own options.
_TAKEN = ("samples", "seed", "readouts", "first_sample", "threads", "output", "quiet", "help", "map")


@dataclasses.dataclass(frozen=True)
class UserMap(ParameterFunctionMap):
    """Base of the classes that the decorators make."""

    n_inputs: int = 7

    _function: ClassVar[Callable[..., Any]]
    _settings: ClassVar[dict[str, Any]]

    @property
    def arguments(self) -> tuple[Any, ...]:
        """The options' values, in the order of the function's signature."""
        return tuple(value for name, value in self.options().items() if name != "n_inputs")

    @property
    def name(self) -> str:
        return type(self).__name__

    @property
    def noise(self) -> Noise:
        settings = self._settings
        size = settings["n_params"]
        if callable(size):
            wanted = list(inspect.signature(size).parameters)[1:]
            try:
                size = size(self.n_inputs, **{k: v for k, v in self.options().items() if k in wanted})
            except Exception as error:
                raise MapError(
                    f"n_params of map {self.name} raised {type(error).__name__}: {error}"
                ) from error
        return Noise(settings["noise"], checked_integer("n_params", size, 1, 2**31), settings["precision"])

    @property
    def symmetries(self) -> Symmetries:
        return typing.cast(Symmetries, self._settings["symmetries"])

    def evaluator(self) -> Kernel | Batch:
        inputs = input_table(self.n_inputs).astype(np.float32)
        inputs.setflags(write=False)
        function, arguments = type(self)._function, self.arguments
        form = self._settings["form"]
        if form == "batch":
            return Batch(
                lambda noise: function(noise, inputs, *arguments), batch_size=self._settings["batch_size"]
            )
        kernel = self._settings["kernel"]
        return Kernel(**{form: kernel}, constants=(inputs, arguments or (0,)), logit_dtype=np.float32)


def _adapter(function: Callable[..., Any], has_options: bool) -> Any:
    """The kernel contract around a user's ``(noise, inputs, out, *options)``."""
    compiled = function if isinstance(function, numba.core.dispatcher.Dispatcher) else numba.njit(function)
    if has_options:

        def adapter(noise, constants, workspace, out):
            compiled(noise, constants[0], out, *constants[1])
            return 0
    else:

        def adapter(noise, constants, workspace, out):
            compiled(noise, constants[0], out)
            return 0

    return numba.njit(adapter)


def option_fields(
    function: Callable[..., Any], parameters: list[inspect.Parameter], base: type[ParameterFunctionMap]
) -> list[Any]:
    """Dataclass fields of a function's options, for a class made on ``base``.

    Raises
    ------
    TypeError
        If an option has no default, one that can change, no name, or a name that is taken.
    """
    hints = typing.get_type_hints(function)
    fields: list[Any] = []
    for parameter in parameters:
        name, default = parameter.name, parameter.default
        option = f"option {name} of {function.__name__}"
        if parameter.kind in (parameter.VAR_POSITIONAL, parameter.VAR_KEYWORD):
            raise TypeError(f"{function.__name__}: options must be named, not *{name}")
        if default is parameter.empty:
            raise TypeError(f"{option} needs a default value")
        if isinstance(default, (list, dict, set, np.ndarray)):
            raise TypeError(f"{option} needs a default that cannot change, such as a tuple, not {default!r}")
        if hasattr(base, name) or name in _TAKEN:
            raise TypeError(f"{option} needs another name: {name!r} is taken")
        fields.append((name, hints.get(name, type(default)), dataclasses.field(default=default)))
    return fields


def _map_class(
    function: Callable[..., Any], settings: dict[str, Any], leading: tuple[str, ...]
) -> type[UserMap]:
    """A frozen dataclass with the function's options as fields."""
    python_function = getattr(function, "py_func", function)
    parameters = list(inspect.signature(python_function).parameters.values())
    if len(parameters) < len(leading):
        raise TypeError(
            f"{python_function.__name__} must take ({', '.join(leading)}) first, then its options"
        )
    fields = option_fields(python_function, parameters[len(leading) :], UserMap)
    namespace = {
        "__doc__": python_function.__doc__,
        "__module__": python_function.__module__,
        "_function": staticmethod(function),
        "_settings": settings,
    }
    made = dataclasses.make_dataclass(
        python_function.__name__, fields, bases=(UserMap,), namespace=namespace, frozen=True
    )
    made.__qualname__ = python_function.__qualname__
    return typing.cast(type[UserMap], made)


def batch_map(
    function: Callable[..., Any] | None = None,
    *,
    n_params: Size,
    noise: Literal["normal", "uniform", "bits"] = "normal",
    precision: Literal["float32", "float64"] = "float32",
    symmetries: Symmetries = Symmetries(),  # noqa: B008 (a frozen value)
    batch_size: int = 256,
) -> Any:
    """Turn array code into a map: ``function(noise, inputs, /, option=default, …)``.

    The function gets noise, (batch, n_params) standard numbers (uint64 words for "bits"), and inputs,
    (2^n, n) float32 zeros and ones in truth-table order. It returns (batch, 2^n): bools are functions,
    floats are logits, whose sign is the function. Other array libraries do, if NumPy can read the result.

    Parameters
    ----------
    n_params : int or callable
        Numbers of noise a draw; a callable gets n_inputs and those of the options that it names.
    noise : {"normal", "uniform", "bits"}
    precision : {"float32", "float64"}
    symmetries : Symmetries
        Under which the prior does not change, if you know; ``simplicity check`` tests them on data.
    batch_size : int
        Rows a call; fixed, so that a function never depends on how the work was cut up.

    Returns
    -------
    type
        A map class: call it with n_inputs and the options.

    Raises
    ------
    TypeError
        If the signature does not fit.

    Examples
    --------
    >>> @batch_map(n_params=lambda n_inputs, width: width * (n_inputs + 1))
    ... def cosines(noise, inputs, /, width: int = 10):
    ...     noise = noise.reshape(len(noise), width, -1)
    ...     return np.cos(noise[:, :, 1:] @ inputs.T + noise[:, :, :1]).sum(axis=1)
    >>> cosines(n_inputs=3, width=4)
    cosines(n_inputs=3, width=4)
    """
    settings = {
        "form": "batch",
        "n_params": n_params,
        "noise": noise,
        "precision": precision,
        "symmetries": symmetries,
        "batch_size": checked_integer("batch_size", batch_size, 1, 2**20),
    }

    def decorate(target: Callable[..., Any]) -> type[UserMap]:
        return _map_class(target, settings, ("noise", "inputs"))

    return decorate if function is None else decorate(function)


def kernel_map(
    function: Callable[..., Any] | None = None,
    *,
    n_params: Size,
    output: Literal["logits", "words"] = "logits",
    noise: Literal["normal", "uniform", "bits"] = "normal",
    precision: Literal["float32", "float64"] = "float32",
    symmetries: Symmetries = Symmetries(),  # noqa: B008 (a frozen value)
) -> Any:
    """Turn a Numba function into a map: ``function(noise, inputs, out, /, option=default, …)``.

    It is called once a draw, with one row of noise and the inputs as in :func:`batch_map`, and writes all
    of ``out``: 2^n float32 logits, or with ``output="words"`` the packed function (position x is bit
    x % 64 of word x // 64, padding bits zero). It is compiled here, unless ``numba.njit`` has already.

    Parameters
    ----------
    n_params, noise, precision, symmetries
        As in :func:`batch_map`.
    output : {"logits", "words"}

    Returns
    -------
    type
        A map class: call it with n_inputs and the options.

    Examples
    --------
    >>> @kernel_map(n_params=lambda n_inputs: n_inputs)
    ... def linear(noise, inputs, out, /):
    ...     for x in range(len(inputs)):
    ...         out[x] = (noise * inputs[x]).sum()
    >>> linear(n_inputs=3).noise
    Noise(kind='normal', size=3, precision='float32')
    """
    if output not in ("logits", "words"):
        raise ValueError(f"output must be 'logits' or 'words', got {output!r}")
    settings: dict[str, Any] = {
        "form": output,
        "n_params": n_params,
        "noise": noise,
        "precision": precision,
        "symmetries": symmetries,
    }

    def decorate(target: Callable[..., Any]) -> type[UserMap]:
        made = _map_class(target, settings, ("noise", "inputs", "out"))
        settings["kernel"] = _adapter(target, has_options=len(dataclasses.fields(made)) > 1)
        return made

    return decorate if function is None else decorate(function)
