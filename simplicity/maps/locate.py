"""Names of maps, both ways: from what a user types to a map class, and from a map to its recipe."""

from __future__ import annotations

import difflib
import hashlib
import importlib
import importlib.util
import inspect
import sys
from importlib.metadata import entry_points
from pathlib import Path
from types import CodeType, ModuleType
from typing import Any

import numpy as np

from simplicity.maps.base import MapError, ParameterFunctionMap
from simplicity.maps.registry import MAPS

_FILE_MODULE = "simplicity_user_file:"  # prefix of the module names of files loaded by path


def find_map(name: str) -> Any:
    """The map class (or other maker of maps) that a name stands for.

    Parameters
    ----------
    name : str
        A built-in map ("mlp"), "module:function", "path/to/file.py:function", or an entry point of the
        group ``simplicity.maps``.

    Raises
    ------
    ValueError
        If there is no such map; with the nearest name.
    MapError
        If the user's file raises, or holds something else under that name.

    Examples
    --------
    >>> find_map("mlp").__name__
    'MLP'
    """
    if name in MAPS:
        return MAPS[name]
    if ":" in name:
        return _checked_maker(name, named_object(name))
    published = {entry.name: entry for entry in entry_points(group="simplicity.maps")}
    if name in published:
        return _checked_maker(name, published[name].load())
    known = [*MAPS, *published]
    nearest = difflib.get_close_matches(name, known, n=1, cutoff=0.5)
    hint = f"; did you mean {nearest[0]!r}?" if nearest else ""
    raise ValueError(f"unknown map {name!r}{hint} (maps: {', '.join(known)}; your own: file.py:function)")


def named_object(name: str) -> Any:
    """What "module:attribute" or "path/to/file.py:attribute" names; the file is run.

    Raises
    ------
    ValueError
        If there is no such file, module or attribute.
    MapError
        If the user's file raises.
    """
    place, _, attribute = name.rpartition(":")
    if place.endswith(".py"):
        module = _module_of_file(Path(place))
    else:
        try:
            module = importlib.import_module(place)
        except ImportError as error:
            raise ValueError(f"cannot import module {place!r} of map {name!r}: {error}") from error
    if not hasattr(module, attribute):
        makers = [key for key, value in vars(module).items() if _is_maker(value) and not key.startswith("_")]
        hint = f"; it has {', '.join(makers)}" if makers else ""
        raise ValueError(f"{place} has no {attribute!r}{hint}")
    return getattr(module, attribute)


def _module_of_file(path: Path) -> ModuleType:
    path = path.resolve()
    if not path.is_file():
        raise ValueError(f"no file {path}")
    key = _FILE_MODULE + str(path)
    spec = importlib.util.spec_from_file_location(key, path)
    if spec is None or spec.loader is None:
        raise ValueError(f"{path} is not a Python file")
    module = importlib.util.module_from_spec(spec)
    sys.modules[key] = module  # type hints and pickling of classes look their module up
    try:
        spec.loader.exec_module(module)
    except Exception as error:
        del sys.modules[key]
        raise MapError(f"{path} raised {type(error).__name__}: {error}") from error
    return module


def _is_maker(value: object) -> bool:
    return (
        isinstance(value, type) and issubclass(value, ParameterFunctionMap) and not inspect.isabstract(value)
    )


def _checked_maker(name: str, found: Any) -> Any:
    if _is_maker(found):
        return found
    if isinstance(found, ParameterFunctionMap):
        raise MapError(
            f"{name} is a map already made; name its class, so that n_inputs and options can be given"
        )
    raise MapError(
        f"{name} is {type(found).__name__}, not a map: decorate the function with @simplicity.batch_map or "
        f"@simplicity.kernel_map, or subclass simplicity.ParameterFunctionMap"
    )


def describe(pf_map: ParameterFunctionMap) -> dict[str, Any]:
    """A map's recipe: what a result needs to say which map it is of, as plain data.

    Returns
    -------
    dict
        ``name`` (None for a map that cannot be named, such as a local function), ``options``, ``source``
        (digest of a user's code, None for built-in maps), ``label``, ``n_inputs``.
    """
    kind = type(pf_map)
    options = {
        key: list(value) if isinstance(value, tuple) else value for key, value in pf_map.options().items()
    }
    reachable = pf_map.reachable
    shared = {
        "options": options,
        "n_inputs": pf_map.n_inputs,
        "label": pf_map.label,
        "log2_reachable": reachable.log2_count,
        "reachable_is_exact": reachable.exact,
        "reachable_source": reachable.source,
    }
    if MAPS.get(pf_map.name) is kind:
        return {"name": pf_map.name, "source": None, **shared}
    function = getattr(kind, "_function", kind)
    function = getattr(function, "py_func", function)
    try:
        digest = source_digest(function)
        file = Path(inspect.getfile(function)).name
    except (OSError, TypeError):
        return {"name": None, "source": None, **shared}
    if "<" in kind.__qualname__:
        return {"name": None, "source": digest, **shared}
    module = kind.__module__
    place = file if module == "__main__" or module.startswith(_FILE_MODULE) else module
    return {"name": f"{place}:{kind.__qualname__}", "source": digest, **shared}


def rebuild(recipe: dict[str, Any]) -> ParameterFunctionMap:
    """The map of a recipe.

    Raises
    ------
    MapError
        If the map has no name, or its code is not to be found or has changed.
    """
    name = recipe["name"]
    if name is None:
        raise MapError(f"the map {recipe['label']!r} had no name to find it by again")
    options = {
        key: tuple(value) if isinstance(value, list) else value for key, value in recipe["options"].items()
    }
    try:
        pf_map: ParameterFunctionMap = find_map(name)(**options)
    except ValueError as error:
        raise MapError(f"cannot rebuild map {name!r}: {error}") from error
    if describe(pf_map)["source"] != recipe["source"]:
        raise MapError(f"the code of map {name!r} has changed since the result was made")
    return pf_map


def source_digest(function: Any) -> str:
    """Digest of a function's (or class's) source and of what it names from its own file, all the way down.

    Raises
    ------
    OSError, TypeError
        If there is no source to be found.
    """
    digest = hashlib.sha256()
    module = sys.modules.get(function.__module__)
    names = vars(module) if module is not None else {}
    file = inspect.getfile(function)
    done: set[str] = set()
    pending: list[Any] = [function]
    while pending:
        item = pending.pop()
        try:
            digest.update(inspect.getsource(item).encode())
        except (OSError, TypeError):
            if item is function:
                raise
            continue  # something made at run time
        code = getattr(item, "__code__", None)
        codes: list[CodeType] = [code] if code is not None else _codes_of_class(item)
        for name in sorted({used for code in codes for used in _names_in(code)} - done):
            done.add(name)
            value = names.get(name)
            value = vars(value).get("_function", value) if inspect.isclass(value) else value
            value = getattr(value, "__func__", value)  # of a static method
            value = getattr(value, "py_func", value)  # of a compiled function
            if isinstance(value, (int, float, str, bytes, tuple, np.generic)):
                digest.update(f"{name}={value!r}".encode())
            elif isinstance(value, np.ndarray):
                digest.update(name.encode() + value.tobytes())
            elif (inspect.isfunction(value) or inspect.isclass(value)) and _file_of(value) == file:
                pending.append(value)
    return digest.hexdigest()


def _file_of(value: Any) -> str | None:
    try:
        return inspect.getfile(value)
    except (OSError, TypeError):
        return None


def _codes_of_class(kind: type) -> list[CodeType]:
    members = (
        getattr(member, "fget", None) or getattr(member, "__func__", member) for member in vars(kind).values()
    )
    return [member.__code__ for member in members if hasattr(member, "__code__")]


def _names_in(code: CodeType) -> set[str]:
    inner = (constant for constant in code.co_consts if isinstance(constant, CodeType))
    return set(code.co_names).union(*(_names_in(constant) for constant in inner))
