"""Names of maps, both ways: from what a user types to a map class, and from a map to its recipe."""

from __future__ import annotations

import dataclasses
import difflib
import hashlib
import importlib
import importlib.util
import inspect
import json
import sys
from collections.abc import Iterator
from importlib.metadata import entry_points
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np

from simplicity._version import __version__
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
    nearest = difflib.get_close_matches(name.lower(), known, n=1, cutoff=0.5)
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
        except Exception as error:
            raise MapError(f"module {place} raised {type(error).__name__}: {error}") from error
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
        (digest of a user's code, None for built-in maps), ``version`` (of this package), ``label``,
        ``n_inputs``, the declared ``symmetries`` and what is known of the number of reachable functions.

    Raises
    ------
    ValueError
        If an option is not plain data.
    """
    kind = type(pf_map)
    options = json.loads(json.dumps(pf_map.options(), default=_plain))
    reachable = pf_map.reachable
    shared = {
        "version": __version__,
        "options": options,
        "n_inputs": pf_map.n_inputs,
        "label": pf_map.label,
        "symmetries": dataclasses.asdict(pf_map.symmetries),
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
    options = {key: _as_tuples(value) for key, value in recipe["options"].items()}
    try:
        for maker in _loaded(name):
            pf_map: ParameterFunctionMap = maker(**options)
            if describe(pf_map)["source"] == recipe["source"]:
                return pf_map
        pf_map = find_map(name)(**options)
    except ValueError as error:
        raise MapError(f"cannot rebuild map {name!r}: {error}") from error
    if describe(pf_map)["source"] != recipe["source"]:
        raise MapError(f"the code of map {name!r} has changed since the result was made")
    return pf_map


def _loaded(name: str) -> Iterator[Any]:
    """Makers of this name in the running script and in files loaded before, which need not run again."""
    place, _, attribute = name.rpartition(":")
    files = [
        module for key, module in sys.modules.items() if key == "__main__" or key.startswith(_FILE_MODULE)
    ]
    for module in files:
        found = getattr(module, attribute, None)
        if Path(getattr(module, "__file__", None) or "").name == place and _is_maker(found):
            yield found


def source_digest(function: Any) -> str:
    """Digest of the file that a function or class stands in (of its own source where there is no file).

    Conservative: whatever a map's code names in its own file counts, and what stands beside it, too.

    Raises
    ------
    OSError, TypeError
        If there is no source to be found.
    """
    file = Path(inspect.getsourcefile(function) or "")
    source = file.read_bytes() if file.is_file() else inspect.getsource(function).encode()
    return hashlib.sha256(source).hexdigest()


def _plain(value: object) -> Any:
    """NumPy numbers as Python's; anything else is no option that a recipe can hold."""
    if isinstance(value, np.generic):
        return value.item()
    raise ValueError(f"options of a map must be numbers, text or lists of them, got {value!r}")


def _as_tuples(value: Any) -> Any:
    return tuple(_as_tuples(entry) for entry in value) if isinstance(value, list) else value
