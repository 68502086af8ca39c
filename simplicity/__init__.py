"""simplicity: the prior that a parameter-function map puts on Boolean functions, against their complexity.

>>> import simplicity
>>> network = simplicity.maps.MLP(n_inputs=3, hidden_widths=(10,))
>>> result = simplicity.sample(network, 10_000, seed=0)
>>> int(result.counts.sum())
10000
"""

from typing import Any

from simplicity import complexity, functions, maps
from simplicity._version import __version__
from simplicity.maps.base import Batch, Kernel, LinearReadout, MapError, ParameterFunctionMap, Symmetries
from simplicity.maps.torch import torch_map
from simplicity.maps.user import batch_map, kernel_map
from simplicity.random import Noise
from simplicity.sampling import Result, SamplingInterrupted, StorageError, load, sample

_LAZY = ("checks", "plots", "rare", "theory")  # they import SciPy's optimisers or Matplotlib: only when used


def __getattr__(name: str) -> Any:
    if name in _LAZY:
        import importlib

        return importlib.import_module(f"simplicity.{name}")
    raise AttributeError(f"module 'simplicity' has no attribute {name!r}")


def __dir__() -> list[str]:
    return sorted([*globals(), *_LAZY])


__all__ = [
    "Batch",
    "Kernel",
    "LinearReadout",
    "MapError",
    "Noise",
    "ParameterFunctionMap",
    "Result",
    "SamplingInterrupted",
    "StorageError",
    "Symmetries",
    "__version__",
    "batch_map",
    "complexity",
    "functions",
    "kernel_map",
    "load",
    "maps",
    "sample",
    "torch_map",
]
