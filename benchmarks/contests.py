"""The two sides of every row: our program, the baselines it is up against, and the least work there is."""

from __future__ import annotations

import functools
import itertools
import random
from collections.abc import Callable, Mapping
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
from lempel_ziv_complexity import lempel_ziv_complexity

from benchmarks.baselines import circuits, counting, networks, strings, thresholds, trees
from benchmarks.limits import Work
from benchmarks.timing import Task
from simplicity import complexity
from simplicity.functions import to_strings
from simplicity.maps import MLP, BooleanCircuit, ExpressionTree, Perceptron, PolynomialThreshold
from simplicity.maps.base import ParameterFunctionMap
from simplicity.random import Noise
from simplicity.sampling import Engine
from simplicity.sampling.tally import Tally

_SEED = 0
_BLOCK = 2**15  # samples that a run tallies at a time


class Contest(NamedTuple):
    """What a row compares.

    Parameters
    ----------
    ours : Task
    candidates : dict of Task
        Variants of the baseline (layouts, batch sizes); the fastest one counts.
    work : Work
        The least that a unit takes, by the best way we know; activation functions are left out.
    """

    ours: Task
    candidates: Mapping[str, Task]
    work: Work


def _generator() -> np.random.Generator:
    return np.random.Generator(np.random.SFC64(_SEED))


def _sampler(pf_map: ParameterFunctionMap, readouts: int = 1) -> Task:
    """Blocks of samples, each further on than the last, as `simplicity.sample` takes them."""
    engine = Engine(pf_map, _SEED, readouts)
    _, size = next(engine.blocks(0, 2**62))
    starts = itertools.count(0, size)

    def block() -> None:
        start = next(starts)
        engine.samples(start, start + size, reuse=True)

    return Task(block, size)


def _batches(name: str, call: Callable[[int], object], sizes: tuple[int, ...]) -> dict[str, Task]:
    """The same program at several batch sizes."""
    return {f"{name}, batch {size}": Task(functools.partial(call, size), size) for size in sizes}


# ------------------------------------------------------------------------------------------ networks
def _network_work(network: MLP, readouts: int) -> Work:
    """Products of all layers but the first, which takes an addition a sum when positions are doubled."""
    positions, widths = 2**network.n_inputs, network.hidden_widths
    hidden = widths[0] + sum(a * b for a, b in itertools.pairwise(widths))
    last = widths[-1] + 1
    return Work(
        multiply_adds=positions * (hidden / readouts + widths[-1]),
        normals=(network.noise.width - last) / readouts + last,
    )


def network(network: MLP, sizes: tuple[int, ...], readouts: int = 1) -> Contest:
    """Against NumPy, which draws a whole network for every function."""
    generator = _generator()
    candidates: dict[str, Task] = {}
    for layout, program in networks.LAYOUTS.items():
        candidates |= _batches(layout, functools.partial(program, generator, network), sizes)
    return Contest(_sampler(network, readouts), candidates, _network_work(network, readouts))


def network_in_torch(network: MLP, sizes: tuple[int, ...]) -> Contest:
    """Against PyTorch."""
    from benchmarks.baselines import torch_networks

    candidates = _batches("baddbmm", functools.partial(torch_networks.units_first, network), sizes)
    return Contest(_sampler(network), candidates, _network_work(network, 1))


# ---------------------------------------------------------------------------------------- thresholds
def perceptron(neuron: Perceptron) -> Contest:
    """An addition a position when positions are doubled."""
    generator, sizes = _generator(), (256, 1024, 4096)
    candidates: dict[str, Task] = {}
    for name, program in thresholds.PERCEPTRONS.items():
        candidates |= _batches(name, functools.partial(program, generator, neuron), sizes)
    work = Work(multiply_adds=2**neuron.n_inputs, normals_64=neuron.noise.width)
    return Contest(_sampler(neuron), candidates, work)


def polynomial(map_: PolynomialThreshold) -> Contest:
    """An addition for every input and second position, by butterflies."""
    generator, values = _generator(), thresholds.monomial_values(map_)
    candidates = _batches(
        "C @ V", functools.partial(thresholds.polynomial, generator, values), (256, 1024, 4096)
    )
    work = Work(multiply_adds=map_.n_inputs * 2 ** (map_.n_inputs - 1), short_normals=map_.noise.width)
    return Contest(_sampler(map_), candidates, work)


# ------------------------------------------------------------------------------------------ programs
def circuit(map_: BooleanCircuit, form: str) -> Contest:
    """Against many circuits at a time in NumPy. The gates, a few operations each, are not counted as work."""
    program = functools.partial(circuits.FORMS[form], _generator(), map_)
    candidates = _batches(form, program, (256, 1024, 4096, 16384))
    return Contest(_sampler(map_), candidates, Work(words=map_.n_gates))


def circuit_in_python(map_: BooleanCircuit) -> Contest:
    """Against one circuit after the other, truth tables as integers."""
    program = functools.partial(circuits.one_by_one, random.Random(_SEED), map_)
    return Contest(_sampler(map_), _batches("one by one", program, (500,)), Work(words=map_.n_gates))


def _tree_work(map_: ExpressionTree) -> Work:
    """Two random words a node, of which a lazily drawn tree has so many (mean of 3000 trees)."""
    tapes = map_.noise.draw(_SEED, np.arange(3000))
    formulas = [map_.parameters(tape)["formula"] for tape in tapes]
    return Work(words=2 * float(np.mean([text.count("(") + text.count("x") for text in formulas])))


def tree(map_: ExpressionTree) -> Contest:
    """Against many trees at a time in NumPy."""
    program = functools.partial(trees.in_step, _generator(), map_.n_inputs)
    return Contest(_sampler(map_), _batches("in step", program, (2**14, 2**16, 2**17)), _tree_work(map_))


def tree_in_python(map_: ExpressionTree, form: str) -> Contest:
    """Against recursion, truth tables as integers, on whole trees or as lazy as ours."""
    program = functools.partial(trees.RECURSIVE[form], random.Random(_SEED), map_.n_inputs)
    return Contest(_sampler(map_), _batches(form, program, (5000,)), _tree_work(map_))


# --------------------------------------------------------------------------------- noise and strings
def normals() -> Contest:
    """Rows of 2000 float32 against the ziggurat of NumPy.

    The work is that of vectors of eight numbers: for two of them two steps of xoshiro128++, of 14 operations
    each, and about 25 products and sums of the Box–Muller transform.
    """
    noise, rows, generator = Noise("normal", 2000), 256, _generator()
    draws = itertools.count(0, rows)

    def ours() -> None:
        noise.rows(_SEED, np.arange(rows, dtype=np.uint64) + np.uint64(next(draws)))

    def ziggurat() -> None:
        generator.standard_normal((rows, 2000), dtype=np.float32)

    count = rows * 2000
    work = Work(multiply_adds=8 * (2 * 14 + 25) / 16)
    return Contest(Task(ours, count), {"standard_normal": Task(ziggurat, count)}, work)


def _random_functions(count: int) -> npt.NDArray[np.uint64]:
    """Functions of seven inputs, all different (but for one chance in 10^24)."""
    return _generator().integers(0, 2**64, (count, 2), dtype=np.uint64)


def k_lz() -> Contest:
    """128-bit strings, both directions: a position takes five operations that wait for each other."""
    functions = _random_functions(20_000)
    few = to_strings(functions[:200], 7)
    measure = complexity.measure("lz76")
    return Contest(
        Task(lambda: measure(functions, 7), len(functions)),
        {"Kaspar–Schuster scan": Task(lambda: [strings.k_lz(text) for text in few], len(few))},
        Work(dependent_operations=2 * 128 * 5),
    )


def lz78() -> Contest:
    """128-bit strings: a position takes a step in the tree of phrases, which waits for the step before."""
    functions = _random_functions(20_000)
    few = to_strings(functions[:200], 7)
    measure = complexity.measure("lz78")
    return Contest(
        Task(lambda: measure(functions, 7), len(functions)),
        {"version 0.2.2": Task(lambda: [lempel_ziv_complexity(text) for text in few], len(few))},
        Work(dependent_operations=128 * 5),
    )


# ------------------------------------------------------------------------------------------- tallies
def tally(count: int, program: Callable[[counting.Words], object]) -> Contest:
    """Different functions counted, from an array of them to arrays of functions and counts."""
    functions = _random_functions(count)
    undefined = np.zeros(_BLOCK, dtype=bool)

    def ours() -> None:
        tally = Tally(words=2, samples=count)
        for start in range(0, count, _BLOCK):
            block = functions[start : start + _BLOCK]
            tally.add_samples(block, undefined[: len(block)])
        tally.taken()

    baseline = Task(lambda: program(functions), count)
    # A function is read, finds its place in the table, and is read and written once more at the end.
    work = Work(random_accesses=1, streamed_bytes=16 + 24 + 24)
    return Contest(Task(ours, count), {program.__name__: baseline}, work)
