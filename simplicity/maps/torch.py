"""PyTorch modules as maps (optional extra ``torch``): noise becomes the module's state."""

from __future__ import annotations

import dataclasses
import inspect
import math
import threading
import typing
from collections.abc import Callable
from typing import Any, ClassVar

import numpy as np
import numpy.typing as npt

from simplicity.functions import input_table
from simplicity.maps.base import Batch, Inputs, MapError, ParameterFunctionMap, checked_choice, checked_scale
from simplicity.maps.user import option_fields
from simplicity.random import Noise


def _torch() -> Any:
    try:
        import torch
    except ModuleNotFoundError as error:
        raise MapError(
            "PyTorch is not installed; the extra does it: pip install simplicity[torch]"
        ) from error
    return torch


_BUILDING = threading.Lock()  # PyTorch has one random state for all threads


@dataclasses.dataclass(frozen=True)
class TorchMap(ParameterFunctionMap):
    """Base of the classes that :func:`torch_map` makes.

    A parameter of two or more dimensions is N(0, weight_std² / fan_in), fan_in the product of all its
    dimensions but the first; one of fewer dimensions is N(0, bias_std²).
    """

    n_inputs: int = 7
    weight_std: float = 1.0
    bias_std: float = 1.0
    inputs: Inputs = "01"

    _function: ClassVar[Callable[..., Any]]

    def __post_init__(self) -> None:
        super().__post_init__()
        object.__setattr__(self, "weight_std", checked_scale("weight_std", self.weight_std, zero=False))
        object.__setattr__(self, "bias_std", checked_scale("bias_std", self.bias_std, zero=True))
        checked_choice("inputs", self.inputs, ("01", "pm1"))

    @property
    def name(self) -> str:
        return type(self).__name__

    def module(self) -> Any:
        """The module that the decorated function builds; global random state is left alone."""
        torch = _torch()
        own = {field.name for field in dataclasses.fields(TorchMap)}
        options = {name: value for name, value in self.options().items() if name not in own}
        with _BUILDING, torch.random.fork_rng(devices=[]):
            torch.manual_seed(0)  # for buffers; parameters come from the noise
            return type(self)._function(self.n_inputs, **options).eval().requires_grad_(False)

    @property
    def noise(self) -> Noise:
        return Noise("normal", sum(parameter.numel() for parameter in self.module().parameters()))

    def _stds(self, module: Any) -> list[tuple[str, tuple[int, ...], float]]:
        return [
            (
                name,
                tuple(value.shape),
                self.weight_std / math.sqrt(math.prod(value.shape[1:])) if value.ndim > 1 else self.bias_std,
            )
            for name, value in module.named_parameters()
        ]

    def evaluator(self) -> Batch:
        torch = _torch()
        module = self.module()
        parts = self._stds(module)
        table = torch.from_numpy(input_table(self.n_inputs).astype(np.float32))
        inputs = table if self.inputs == "01" else 2 * table - 1

        def state(noise: Any) -> dict[str, Any]:
            pieces, start = {}, 0
            for name, shape, std in parts:
                size = math.prod(shape)
                pieces[name] = std * noise[:, start : start + size].reshape(-1, *shape)
                start += size
            return pieces

        def call(noise: npt.NDArray[Any]) -> npt.ArrayLike:
            with torch.no_grad():
                run = torch.func.vmap(lambda one: torch.func.functional_call(module, one, (inputs,)))
                return typing.cast(npt.ArrayLike, run(state(torch.tensor(noise))).flatten(1).numpy())

        return Batch(call, batch_size=64)


def torch_map(function: Callable[..., Any]) -> type[TorchMap]:
    """Turn a function that builds a PyTorch module into a map: ``function(n_inputs, /, option=default, …)``.

    The module maps (2^n, n_inputs) float32 inputs to (2^n, 1) or (2^n,) logits. The map has the options
    of the function and ``weight_std``, ``bias_std`` and ``inputs`` as :class:`simplicity.maps.MLP`.

    Parameters
    ----------
    function : callable

    Returns
    -------
    type
        A map class: call it with n_inputs and the options.

    Raises
    ------
    TypeError
        If an option has no default value.

    Examples
    --------
    >>> @torch_map
    ... def network(n_inputs, /, width: int = 10):
    ...     import torch
    ...     return torch.nn.Sequential(
    ...         torch.nn.Linear(n_inputs, width), torch.nn.ReLU(), torch.nn.Linear(width, 1))
    >>> network(n_inputs=3, width=5)
    network(n_inputs=3, weight_std=1.0, bias_std=1.0, inputs='01', width=5)
    """
    fields = option_fields(function, list(inspect.signature(function).parameters.values())[1:], TorchMap)
    namespace = {
        "__doc__": function.__doc__,
        "__module__": function.__module__,
        "_function": staticmethod(function),
    }
    made = dataclasses.make_dataclass(
        function.__name__, fields, bases=(TorchMap,), namespace=namespace, frozen=True
    )
    made.__qualname__ = function.__qualname__
    return typing.cast(type[TorchMap], made)
