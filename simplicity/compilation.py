"""How every kernel of this package is compiled: the presets, and a disk cache that cannot go stale.

A kernel is a module-level function under :func:`kernel`: IEEE arithmetic to the letter. No product and sum
are fused and no sum is reordered unless the code says so (:func:`simplicity.vectors.fused_multiply_add`), so
results depend neither on threads and chunks nor on the instructions that a processor has. Small helpers
of kernels are :func:`inlined`.

Numba's own disk cache watches only the file that a function stands in, although compiled code contains
what it calls from other files, and it raises where it finds no folder to write to. Here the stamp of a
cached kernel is a digest of the whole package, and a machine without a writable folder compiles anew.
"""

from __future__ import annotations

import contextlib
import functools
import hashlib
import os
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numba
from llvmlite import ir
from numba import types
from numba.core import caching, cgutils
from numba.extending import intrinsic

PACKAGE = Path(__file__).resolve().parent


@functools.cache
def source_digest() -> str:
    """SHA-256 of every Python file of the package: what compiled code may depend on."""
    digest = hashlib.sha256()
    for path in sorted(PACKAGE.rglob("*.py")):
        digest.update(str(path.relative_to(PACKAGE)).encode() + b"\0" + path.read_bytes() + b"\0")
    return digest.hexdigest()


def _is_writable(folder: Path) -> bool:
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=folder):
            return True
    except OSError:
        return False


@functools.cache
def cache_folder() -> Path | None:
    """The first writable folder for compiled kernels, or None (then nothing is cached)."""
    user_cache = Path(os.environ.get("XDG_CACHE_HOME") or Path("~/.cache").expanduser())
    in_user_cache = hashlib.sha256(str(PACKAGE).encode()).hexdigest()[:16]
    candidates = [PACKAGE / "__pycache__" / "kernels", user_cache / "simplicity" / in_user_cache]
    if numba.config.CACHE_DIR:
        candidates.insert(0, Path(numba.config.CACHE_DIR) / "simplicity" / in_user_cache)
    return next((folder for folder in candidates if _is_writable(folder)), None)


class _Locator(caching._CacheLocator):
    """Where a kernel's compiled code lies, and the digest that it must have been compiled from."""

    def __init__(self, function: Callable[..., Any], source: str) -> None:
        self._disambiguator = f"{Path(source).parent.name}-{function.__code__.co_firstlineno}"

    def get_cache_path(self) -> str:
        return str(cache_folder())

    def get_source_stamp(self) -> str:
        return source_digest()

    def get_disambiguator(self) -> str:
        return self._disambiguator

    @classmethod
    def from_function(cls, function: Callable[..., Any], source: str) -> _Locator:
        return cls(function, source)


class _CacheImpl(caching.CompileResultCacheImpl):
    _locator_classes = [_Locator]


class _KernelCache(caching.FunctionCache):
    """Numba's function cache, except that a disk that fails costs a compilation, not the run."""

    _impl_class = _CacheImpl

    def load_overload(self, sig: Any, target_context: Any) -> Any:
        try:
            return super().load_overload(sig, target_context)
        except Exception:  # a damaged or foreign cache file: whatever it raises, compile anew
            with contextlib.suppress(OSError):
                self.flush()
            return None

    def save_overload(self, sig: Any, data: Any) -> None:
        try:
            super().save_overload(sig, data)
        except OSError:
            self.disable()


def kernel(function: Callable[..., Any]) -> Any:
    """Compile a module-level function: no GIL, IEEE arithmetic, cached on disk."""
    dispatcher = numba.njit(nogil=True, error_model="numpy")(function)
    if cache_folder() is not None and os.environ.get("NUMBA_DISABLE_JIT", "0") == "0":
        dispatcher._cache = _KernelCache(function)
    return dispatcher


def inlined(function: Callable[..., Any]) -> Any:
    """A helper that LLVM pastes into the kernels that call it, whose loops then make no calls.

    It neither allocates nor returns arrays, so it counts no references to those that it is given: that
    would be an atomic operation each, in the middle of loops.
    """
    return numba.njit(forceinline=True, nogil=True, error_model="numpy", _nrt=False)(function)


@intrinsic
def float32_bits(_context: Any, _x: Any) -> Any:
    """The bit pattern of a float32 scalar, as uint32."""

    def generate(context: Any, builder: Any, _signature: Any, arguments: Any) -> Any:
        return builder.bitcast(arguments[0], context.get_value_type(types.uint32))

    return types.uint32(types.float32), generate


@intrinsic
def float32_from_bits(_context: Any, _x: Any) -> Any:
    """The float32 scalar of a bit pattern."""

    def generate(context: Any, builder: Any, _signature: Any, arguments: Any) -> Any:
        return builder.bitcast(arguments[0], context.get_value_type(types.float32))

    return types.float32(types.uint32), generate


@intrinsic
def row(_context: Any, array: Any, _index: Any, _size: Any) -> Any:
    """The first ``size`` numbers of a row of a contiguous two-dimensional array.

    A view that Numba makes counts as a reference, by atomic operations: as long as a small kernel takes. This
    one counts as none, so it must not outlive its array; nothing checks its place.
    """
    if not (isinstance(array, types.Array) and array.ndim == 2 and array.layout == "C"):
        return None
    view = types.Array(array.dtype, 1, "C", readonly=not array.mutable)

    def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        from numba.np import arrayobj  # a twentieth of a second, which `import simplicity` need not take

        whole = context.make_array(signature.args[0])(context, builder, arguments[0])
        width = cgutils.unpack_tuple(builder, whole.shape)[1]
        part = context.make_array(view)(context, builder)
        item = context.get_constant(types.intp, context.get_abi_sizeof(context.get_data_type(array.dtype)))
        arrayobj.populate_array(
            part,
            data=builder.gep(whole.data, [builder.mul(arguments[1], width)]),
            shape=[arguments[2]],
            strides=[item],
            itemsize=item,
            meminfo=None,
        )
        return part._getvalue()

    return view(array, types.intp, types.intp), generate


@intrinsic
def high_product(_context: Any, a: Any, b: Any) -> Any:
    """The upper 64 of the 128 bits of the product of two uint64."""
    if not a == b == types.uint64:
        return None

    def generate(_context: Any, builder: Any, _signature: Any, arguments: Any) -> Any:
        wide, half = ir.IntType(128), ir.IntType(64)
        product = builder.mul(*(builder.zext(argument, wide) for argument in arguments))
        return builder.trunc(builder.lshr(product, wide(64)), half)

    return types.uint64(a, b), generate
