"""Command-line options of a map, from the fields of its class: a new map needs no code here."""

from __future__ import annotations

import argparse
import dataclasses
import types
import typing
from collections.abc import Callable
from typing import Any

from simplicity.maps.base import ParameterFunctionMap


def add_map_options(parser: argparse.ArgumentParser, maker: type[ParameterFunctionMap]) -> None:
    """Add an option for every field of a map class."""
    group = parser.add_argument_group(f"options of {maker.__name__}", description=summary(maker))
    hints = typing.get_type_hints(maker)
    for field in dataclasses.fields(maker):  # type: ignore[arg-type]
        hint = hints.get(field.name, str)
        settings: dict[str, Any] = {"default": argparse.SUPPRESS, "dest": f"map.{field.name}"}
        required = field.default is dataclasses.MISSING and field.default_factory is dataclasses.MISSING
        shown = "required" if required else f"default {shown_value(field.default)}"
        if hint is bool:
            settings |= {"action": argparse.BooleanOptionalAction, "help": shown}
        else:
            settings |= {"type": _parser_of(hint), "metavar": _metavar(hint), "help": shown}
        group.add_argument(f"--{field.name.replace('_', '-')}", required=required, **settings)


def made_map(maker: type[ParameterFunctionMap], arguments: argparse.Namespace) -> ParameterFunctionMap:
    """The map with the options that were given."""
    options = {key[4:]: value for key, value in vars(arguments).items() if key.startswith("map.")}
    return maker(**options)


def summary(maker: type) -> str:
    """First sentence of a class's docstring, on one line."""
    text = " ".join((maker.__doc__ or "").split("\n\n")[0].split())
    return "" if text.startswith(f"{maker.__name__}(") else text


def shown_value(value: object) -> str:
    """A default as it would be typed."""
    if value is None:
        return "(set by n_inputs)"
    return ",".join(map(str, value)) if isinstance(value, tuple) else str(value)


def whole_number(text: str) -> int | float:
    """Digits as an int; 1e6 as a float, so that the library can say what is wrong with 1.5."""
    try:
        return int(text)
    except ValueError:
        return float(text)


whole_number.__name__ = "number"  # argparse's messages say "invalid number value"


def _parser_of(hint: Any) -> Callable[[str], Any]:
    origin, arguments = typing.get_origin(hint), typing.get_args(hint)
    if origin in (typing.Union, types.UnionType):
        return _parser_of(next(kind for kind in arguments if kind is not type(None)))
    if origin is tuple or hint is tuple:
        element = _parser_of(arguments[0]) if arguments else str

        def entries(text: str) -> tuple[Any, ...]:
            return tuple(element(part.strip()) for part in text.split(","))

        entries.__name__ = "list"
        return entries
    if hint is int:
        return whole_number
    return float if hint is float else str


def _metavar(hint: Any) -> str:
    if typing.get_origin(hint) is typing.Literal:
        return "{" + ",".join(map(str, typing.get_args(hint))) + "}"
    if typing.get_origin(hint) is tuple or hint is tuple:
        return "A,B,…"
    return {int: "N", float: "X"}.get(hint, "TEXT")
