"""What each command calls and prints."""

from __future__ import annotations

import argparse
import dataclasses
import functools
import inspect
import operator
import sys
from collections.abc import Callable
from importlib.metadata import entry_points
from pathlib import Path

from simplicity.cli.map_options import made_map, shown_value, summary
from simplicity.cli.tables import (
    complexity_text,
    description,
    print_orbits,
    print_table,
    print_top,
    skipped_text,
    units_text,
)
from simplicity.complexity import MEASURES, Measure, measure
from simplicity.functions import (
    as_function,
    n_inputs_of,
    names,
)
from simplicity.maps.base import ParameterFunctionMap
from simplicity.maps.locate import find_map, named_object
from simplicity.maps.registry import MAPS
from simplicity.random import checked_integer
from simplicity.sampling import Result, load, sample
from simplicity.sampling.storage import check_writable
from simplicity.statistics import checked_level


def maps(arguments: argparse.Namespace) -> int:
    """List the maps and their options."""
    published = {entry.name: entry for entry in entry_points(group="simplicity.maps")}
    for name in [arguments.map] if arguments.map else [*MAPS, *published]:
        maker = find_map(name)
        print(f"{name}: {summary(maker)}")
        for field in dataclasses.fields(maker):
            print(f"    --{field.name.replace('_', '-'):20} {shown_value(field.default)}")
    return 0


def sample_command(arguments: argparse.Namespace) -> int:
    """Sample a map, print a summary."""
    pf_map = made_map(arguments.maker, arguments)
    result = sample(
        pf_map,
        arguments.samples,
        seed=arguments.seed,
        readouts=arguments.readouts,
        first_sample=arguments.first_sample,
        threads=arguments.threads,
        path=arguments.output,
        memory=arguments.memory,
        progress=not arguments.quiet,
    )
    report(result, saved=bool(arguments.output))
    if arguments.output:
        print(f"saved to {arguments.output}")
    return 0


def report(result: Result, *, saved: bool) -> None:
    """A result in one line, and, where no file has it, its most probable functions."""
    print(description(result))
    if not saved and len(result):
        print_top(result, 10, [measure("lz76")], 0.95)


def plot(arguments: argparse.Namespace) -> int:
    """Plot one or more results."""
    from simplicity import plots

    check_writable(arguments.output)
    results = [load(path, min_count=arguments.min_count) for path in arguments.files]
    chosen = user_measure(arguments.measure)
    if arguments.kind == "rank":
        figure = plots.compare_ranks(results)
    else:
        figure = plots.compare(results, measure=chosen)
    plots.save(figure, arguments.output)
    print(f"saved to {arguments.output}")
    return 0


def show(arguments: argparse.Namespace) -> int:
    """Print the most probable functions."""
    top = checked_integer("--top", arguments.top, 1, 2**31)
    measures = [user_measure(name) for name in arguments.measure or ["lz76"]]
    checked_level(arguments.level)
    if arguments.by_orbit:
        print_orbits(load(arguments.file), top, measures, arguments.level)
        return 0
    result = load(arguments.file, max_functions=top)
    print(description(result))
    print_top(result, top, measures, arguments.level)
    return 0


def probability(arguments: argparse.Namespace) -> int:
    """Print the priors of given functions; status 1 if one has no number."""
    from simplicity.rare import probability as prior_of

    estimates = prior_of(
        made_map(arguments.maker, arguments),
        arguments.function,
        method=arguments.method,
        result=load(arguments.result) if arguments.result else None,
        seed=arguments.seed,
        target_error=arguments.target_error,
        budget_seconds=arguments.budget_seconds,
        threads=arguments.threads,
        progress=not arguments.quiet,
    )
    rows = [["function", "log2 P", "error", "95% interval", "method", "status", "runs", "seconds"]]
    for text, found in zip(arguments.function, estimates, strict=True):
        numbers = [f"{found.log2_prior:.4g}", f"{found.standard_error:.2g}"]
        ends = f"{found.interval.low:.4g} … {found.interval.high:.4g}"
        shown = text if len(text) <= 66 else f"{text[:34]}…{text[-31:]}"
        rows.append(
            [shown, *numbers, ends, found.method, found.status, str(found.runs), f"{found.seconds:.1f}"]
        )
    print("log2 P, its standard error and interval in bits")
    print_table(rows)
    return 1 if any(found.log2_prior != found.log2_prior for found in estimates) else 0


def merge(arguments: argparse.Namespace) -> int:
    """Add results up."""
    check_writable(arguments.output)
    merged = functools.reduce(operator.add, [load(path) for path in arguments.files])
    if Path(arguments.output).exists():
        there = load(arguments.output)
        if (there.ranges, there.recipe) != (merged.ranges, merged.recipe):
            raise ValueError(
                f"{arguments.output} already holds another result; choose another file or delete it"
            )
    merged.save(arguments.output)
    print(description(merged))
    print(f"saved to {arguments.output}")
    return 0


def complexity(arguments: argparse.Namespace) -> int:
    """Print complexities of functions; of all measures, those that can be asked for them."""
    skipped: dict[Measure, str] = {}
    measures = [user_measure(name) for name in arguments.measure or MEASURES]
    width = max(len(found.name) for found in measures)
    for text in arguments.functions:
        n_inputs = _n_inputs_of(text) if arguments.n_inputs is None else arguments.n_inputs
        words = as_function(text, n_inputs)
        name = names(words, n_inputs)[0]
        print(text + (f"  ({name})" if name else ""))
        for found in measures:
            if not arguments.measure and found.obstacle(n_inputs):
                skipped[found] = skipped_text(found, n_inputs)
                continue
            value = found(words, n_inputs)[0]
            shown = f"{complexity_text(found, value, n_inputs)} {units_text(found, value)}"
            print(f"    {found.name:{width}}  {shown}")
    if skipped:
        print("skipped: " + ", ".join(skipped.values()))
    return 0


def _n_inputs_of(text: str) -> int:
    try:
        return n_inputs_of(text)
    except ValueError as error:
        raise ValueError(str(error).replace("give n_inputs", "give --n-inputs N")) from None


def check(arguments: argparse.Namespace) -> int:
    """Run the contract tests; status 1 if one fails."""
    from simplicity.checks import check_map, check_measure

    if isinstance(arguments.maker, Measure):
        found = check_measure(arguments.maker, seed=arguments.seed)
    else:
        found = check_map(made_map(arguments.maker, arguments), arguments.seed)
    for one in found:
        print(one)
    failed = sum(not one.passed for one in found)
    print(f"{len(found) - failed} of {len(found)} checks passed", file=sys.stderr if failed else sys.stdout)
    return 1 if failed else 0


def map_or_measure(name: str) -> type[ParameterFunctionMap] | Measure:
    """What ``check`` is to check: a map class, or a measure of the user's own."""
    if name in MEASURES:
        return MEASURES[name]
    if ":" in name:
        found = named_object(name)
        if isinstance(found, Measure):
            return found
        if inspect.isfunction(found) and next(iter(inspect.signature(found).parameters), "") in (
            "words",
            "tables",
        ):
            return measure(found)
    maker: type[ParameterFunctionMap] = find_map(name)
    return maker


def user_measure(name: str) -> Measure:
    """A measure by name, or a user's own as file.py:function."""
    if ":" not in name:
        return measure(name)
    found = named_object(name)
    if isinstance(found, type) or not callable(found):
        raise ValueError(f"{name} is no measure but {type(found).__name__}: name a function of packed words")
    return measure(found)


COMMANDS: dict[str, Callable[[argparse.Namespace], int]] = {
    "maps": maps,
    "sample": sample_command,
    "plot": plot,
    "show": show,
    "probability": probability,
    "merge": merge,
    "complexity": complexity,
    "check": check,
}
