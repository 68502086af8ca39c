"""The contract tests of a map.

>>> from simplicity.maps import Perceptron
>>> all(check.passed for check in check_map(Perceptron(n_inputs=3)))
True
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Iterator
from typing import Any

import numba
import numpy as np
import numpy.typing as npt

from simplicity.checks.check import Check
from simplicity.checks.symmetries import check_symmetries
from simplicity.functions import (
    checked_words,
    input_table,
    to_strings,
    unpack,
    words_of,
)
from simplicity.maps.base import Kernel, ParameterFunctionMap, checked_map
from simplicity.maps.evaluate import Evaluator, run_compiled
from simplicity.maps.locate import describe
from simplicity.maps.user import UserMap
from simplicity.sampling import Engine

Words = npt.NDArray[np.uint64]

_DRAWS = 600


def check_map(pf_map: ParameterFunctionMap, seed: int = 0) -> list[Check]:
    """Run the contract tests on a map.

    Parameters
    ----------
    pf_map : ParameterFunctionMap
    seed : int
        Of the noise that the tests draw.

    Returns
    -------
    list of Check
        In order; after a map that cannot be run at all the list ends.

    Raises
    ------
    ValueError
        If it is no map.
    """
    found: list[Check] = []
    checked_map(pf_map)
    try:
        for check in _checks_of_map(pf_map, seed):
            found.append(check)
    except ValueError as error:  # a MapError, or functions that are none
        found.append(Check("runs", False, str(error)))
    return found


def _checks_of_map(pf_map: ParameterFunctionMap, seed: int) -> Iterator[Check]:
    yield _check_value(pf_map)
    if isinstance(pf_map, UserMap) and isinstance(pf_map.evaluator(), Kernel):
        yield _check_bounds(pf_map, seed)
    engine = Engine(pf_map, seed)
    words, undefined = engine.samples(0, _DRAWS)
    yield Check("runs", True, f"{_DRAWS} draws, noise: {pf_map.noise}")
    yield _check_defined(words, undefined, pf_map.n_inputs)
    yield _check_pure(pf_map, seed, words)
    yield _check_padding(words, pf_map.n_inputs)
    if isinstance(pf_map.evaluator(), Kernel):
        yield _check_all_written(pf_map, seed)
    yield _check_batch(pf_map, seed)
    if Evaluator(pf_map).has_logits():
        yield _check_logits(pf_map, seed, words, undefined)
    if pf_map.readout is not None:
        yield _check_readouts(pf_map, seed)
    if not undefined.all():
        yield from check_symmetries(pf_map, seed)


def _noise(pf_map: ParameterFunctionMap, seed: int, count: int) -> npt.NDArray[Any]:
    return pf_map.noise.draw(seed, np.arange(count)).copy()


def _check_value(pf_map: ParameterFunctionMap) -> Check:
    name = "is a value"
    twin = dataclasses.replace(pf_map)  # type: ignore[type-var]
    if twin != pf_map or repr(twin) != repr(pf_map):
        return Check(name, False, "two maps with the same options differ; make it a frozen dataclass")
    recipe = describe(pf_map)
    if recipe["name"] is None:
        return Check(name, True, f"{pf_map!r}; without a name (local or lambda): it cannot resume or merge")
    return Check(name, True, f"{pf_map!r}, in recipes {recipe['name']}")


def _check_bounds(pf_map: UserMap, seed: int) -> Check:
    """A user's kernel, once with every index checked: outside of its arrays it could do anything."""
    name = "stays inside its arrays"
    function = getattr(type(pf_map)._function, "py_func", type(pf_map)._function)
    careful = numba.njit(boundscheck=True)(function)
    kernel = pf_map.evaluator()
    inputs = input_table(pf_map.n_inputs).astype(np.float32)
    is_words = isinstance(kernel, Kernel) and kernel.words is not None
    shape = words_of(pf_map.n_inputs) if is_words else 2**pf_map.n_inputs
    for row in _noise(pf_map, seed, 20):
        out = np.zeros(shape, np.uint64 if is_words else np.float32)
        run_compiled(pf_map, careful, row, inputs, out, *pf_map.arguments)
    return Check(name, True, "every index is inside")


def _check_defined(words: Words, undefined: npt.NDArray[np.bool_], n_inputs: int) -> Check:
    name = "defines functions"
    if undefined.all():
        return Check(name, False, f"all {_DRAWS} draws have undefined (NaN or infinite) logits")
    distinct = len(np.unique(words[~undefined], axis=0))
    note = f"; {undefined.sum()} draws are undefined, which counts them and keeps them out" * bool(
        undefined.any()
    )
    if distinct == 1 and n_inputs > 1:
        constant = to_strings(words[~undefined][:1], n_inputs)[0][:16]
        return Check(name, True, f"every draw gave the same function ({constant}): is the noise used?{note}")
    return Check(name, True, f"{distinct} distinct functions in {_DRAWS} draws{note}")


def _check_pure(pf_map: ParameterFunctionMap, seed: int, words: Words) -> Check:
    """Same noise, same function: again, on a new evaluator, and without touching the noise."""
    name = "is pure"
    noise = _noise(pf_map, seed, _DRAWS)
    before = noise.copy()
    evaluator = Evaluator(pf_map)
    first = evaluator.functions(noise)[0]
    if not np.array_equal(noise, before):
        return Check(name, False, "it changed the noise that it was given; work on a copy")
    second = evaluator.functions(noise)[0]
    again = Engine(pf_map, seed).samples(0, _DRAWS)[0]
    for other in (second, again):
        changed = int((first != other).any(axis=1).sum())
        if changed:
            return Check(
                name, False, f"the same noise gave {changed} of {_DRAWS} functions differently again: "
                f"all randomness must come from noise, and nothing may be kept between calls"
            )  # fmt: skip
    return Check(name, True, "the same noise gives the same function")


def _check_padding(words: Words, n_inputs: int) -> Check:
    name = "keeps to 2^n positions"
    try:
        checked_words(words, n_inputs)
    except ValueError as error:
        return Check(name, False, f"bits beyond position 2^{n_inputs} - 1 are set: {error}")
    return Check(name, True, "padding bits are zero")


def _check_all_written(pf_map: ParameterFunctionMap, seed: int) -> Check:
    """A kernel must write all of its output: what the buffer held before must not show."""
    name = "writes all of its output"
    kernel = pf_map.evaluator()
    if not isinstance(kernel, Kernel):
        raise TypeError("only kernels write into a buffer")
    positions = 2**pf_map.n_inputs
    readout = pf_map.readout
    packed = (words_of(pf_map.n_inputs),), np.uint64(0), np.uint64(2**64 - 1)

    def one_of_many(row: Any, constants: Any, workspace: Any, out: Words) -> None:
        kernel.many(row[None], constants, workspace, out[None], np.empty(1, dtype=np.uint8))

    outputs: list[tuple[Any, tuple[int, ...], Any, Any]] = [
        (kernel.words, *packed),
        (None if kernel.many is None else one_of_many, *packed),
        (kernel.logits, (positions,), kernel.logit_dtype(0), kernel.logit_dtype(np.nan)),
    ]
    if readout is not None:
        outputs.append((kernel.features, (readout.width, positions), np.float32(0), np.float32(np.nan)))
    for function, shape, one, other in outputs:
        if function is None:
            continue
        for row in _noise(pf_map, seed, 20):
            filled = [np.full(shape, value) for value in (one, other)]
            for out in filled:
                workspace = kernel.workspace() or (np.empty(0, dtype=np.uint64),)
                run_compiled(pf_map, function, row, kernel.constants, workspace, out)
            if not np.array_equal(filled[0], filled[1], equal_nan=one.dtype.kind == "f"):
                unit = "words" if one.dtype.kind == "u" else "numbers"
                missed = np.flatnonzero((filled[0] != filled[1]).ravel())
                return Check(
                    name, False, f"{len(missed)} of {filled[0].size} output {unit} are not written (first: "
                    f"{missed[0]}): they keep what was there before"
                )  # fmt: skip
    return Check(name, True, "every output is written")


def _check_batch(pf_map: ParameterFunctionMap, seed: int) -> Check:
    """A draw's function must not depend on its neighbours, but for rounding of logits next to zero."""
    name = "does not depend on the batch"
    noise = _noise(pf_map, seed, _DRAWS)
    rows = np.arange(0, _DRAWS, 7)
    shuffled = np.random.Generator(np.random.PCG64(seed)).permutation(_DRAWS)
    back = np.argsort(shuffled)[rows]

    def three_ways(values: Callable[[npt.NDArray[Any]], npt.NDArray[Any]]) -> list[npt.NDArray[Any]]:
        alone = np.concatenate([values(noise[row : row + 1]) for row in rows])
        return [values(noise)[rows], values(noise[shuffled])[back], alone]

    evaluator = Evaluator(pf_map)
    functions = three_ways(lambda some: evaluator.functions(some)[0])
    moved = sum((functions[0] != other).any(axis=1) for other in functions[1:]) > 0
    changed = moved
    if evaluator.has_logits():
        logits = [np.where(np.isfinite(values), values, 0) for values in three_ways(evaluator.logits)]
        scale = np.sqrt(np.mean(logits[0].astype(np.float64) ** 2, axis=1, keepdims=True))
        apart = [np.abs(logits[0] - other) > 1e-4 * scale for other in logits[1:]]
        changed = (apart[0] | apart[1]).any(axis=1)
    if changed.any():
        found = f"{changed.sum()} of {len(rows)} draws gave something else when other draws were in the batch"
        return Check(name, False, f"{found}: treat every row of noise by itself")
    if moved.any():
        return Check(
            name, True, f"logits differ by rounding; it moved {moved.sum()} of {len(rows)} functions"
        )
    return Check(name, True, "each draw gives the same function alone and among others")


def _check_logits(
    pf_map: ParameterFunctionMap, seed: int, words: Words, undefined: npt.NDArray[np.bool_]
) -> Check:
    name = "functions are the signs of the logits"
    logits = Evaluator(pf_map).logits(_noise(pf_map, seed, _DRAWS))
    wrong = ((logits > 0) != unpack(words, pf_map.n_inputs)).any(axis=1) & ~undefined
    if wrong.any():
        return Check(
            name, False, f"{wrong.sum()} of {_DRAWS} functions are not 1 where their logits are above 0"
        )
    return Check(name, True, "class 1 where the logit is above 0")


def _check_readouts(pf_map: ParameterFunctionMap, seed: int) -> Check:
    """Readout r of a draw is the plain map on the draw's noise with its last layer replaced."""
    name = "readouts are the map itself"
    readouts, draws = 5, 40
    engine = Engine(pf_map, seed, readouts)
    words, undefined = engine.samples(0, readouts * draws)
    noise = np.stack([engine.noise_of(sample) for sample in range(readouts * draws)])
    plain, plain_undefined = Evaluator(pf_map).functions(noise)
    moved = (words != plain).any(axis=1) & ~undefined & ~plain_undefined
    wrong = int((moved | (undefined != plain_undefined)).sum())
    if wrong > 0.02 * len(words):  # rounding may move a function now and then
        return Check(
            name, False, f"{wrong} of {len(words)} readouts differ from the map evaluated on their noise"
        )
    return Check(name, True, f"{len(words)} readouts agree with the map evaluated on their noise")
