"""Squared error of a parameter-function map to a target function."""

from __future__ import annotations

import threading
from typing import Any

import numpy as np
import numpy.typing as npt

from simplicity.functions import as_function, unpack
from simplicity.maps.base import MapError, ParameterFunctionMap, checked_map
from simplicity.maps.evaluate import Evaluator
from simplicity.slt.arguments import Floats
from simplicity.slt.losses import Loss

FINEST_IN_FLOAT32 = 1e-11  # logits near ±1 carry errors of some 1e-7, their squares should stay far above


def squared_error(pf_map: ParameterFunctionMap, function: str | npt.ArrayLike) -> Loss:
    """Mean over all inputs of (logit - y)², y = +1 where the function is 1 and -1 where it is 0.

    Its parameters are the map's noise. Cross-entropy would not do: its infimum lies at infinity.

    Parameters
    ----------
    pf_map : ParameterFunctionMap
        With logits.
    function : str or (words,) uint64
        As for `simplicity.functions.as_function`: a truth table, hexadecimal, a formula, or packed.

    Returns
    -------
    Loss

    Raises
    ------
    ValueError
        If the map has no logits or no noise of a fixed size, or the function's length is wrong.

    Examples
    --------
    >>> import simplicity
    >>> constant = squared_error(simplicity.maps.Perceptron(n_inputs=2), "1111")
    >>> constant(np.array([[0.0, 0.0, 0.0], [0.0, 0.0, 1.0]]))  # all weights 0, bias 0 or 1
    array([1., 0.])
    """
    noise = checked_map(pf_map).noise
    if noise.kind == "bits" or noise.size is None:
        raise ValueError(f"map {pf_map.name} reads bits: a squared error needs logits of real parameters")
    words = as_function(function, pf_map.n_inputs)[None]
    signs = np.where(unpack(words, pf_map.n_inputs)[0], 1.0, -1.0)
    of_thread = threading.local()  # an evaluator holds workspaces

    def logits(parameters: Floats) -> npt.NDArray[Any]:
        if not hasattr(of_thread, "evaluator"):
            of_thread.evaluator = Evaluator(pf_map)
        return of_thread.evaluator.logits(parameters.astype(noise.dtype))

    def values(parameters: Floats) -> Floats:
        return ((logits(parameters) - signs) ** 2).mean(axis=1, dtype=np.float64)

    try:
        precision = logits(np.zeros((1, noise.size))).dtype
    except MapError as error:
        raise ValueError(f"a squared error needs logits: {error}") from error
    finest = 0.0 if precision == noise.dtype == np.float64 else FINEST_IN_FLOAT32
    name = f"squared error of {pf_map.label} to {_title(words, pf_map.n_inputs)}"
    return Loss(name, noise.size, values, finest=finest)


def _title(words: npt.NDArray[np.uint64], n_inputs: int) -> str:
    digits = "".join(str(int(bit)) for bit in unpack(words, n_inputs)[0])
    return digits if len(digits) <= 32 else digits[:32] + "…"
