"""Vectors of eight floats as values in compiled code, and comparisons of 64 numbers at once.

LLVM vectorises plain loops well, except where sums should stay in registers over an inner loop, and where
comparisons become bits. These few primitives say just that; they mean the same on every processor.
"""

from __future__ import annotations

from typing import Any

from llvmlite import ir
from numba import types
from numba.core import cgutils
from numba.extending import intrinsic, models, register_model

#: Numbers in a vector.
LANES = 8


class Vector(types.Type):
    """Numba's type of a vector of eight float32 or float64."""

    def __init__(self, dtype: Any) -> None:
        self.dtype = dtype
        super().__init__(name=f"{dtype}x{LANES}")


_VECTORS = {types.float32: Vector(types.float32), types.float64: Vector(types.float64)}


def _llvm(dtype: Any, lanes: int = LANES) -> Any:
    return ir.VectorType(ir.FloatType() if dtype == types.float32 else ir.DoubleType(), lanes)


@register_model(Vector)
class _VectorModel(models.PrimitiveModel):
    def __init__(self, manager: Any, kind: Any) -> None:
        super().__init__(manager, kind, _llvm(kind.dtype))


def _address(context: Any, builder: Any, kind: Any, array: Any, start: Any, vector: Any) -> Any:
    """Pointer to a vector inside a contiguous array."""
    data = context.make_array(kind)(context, builder, array).data
    return builder.bitcast(builder.gep(data, [start]), vector.as_pointer())


def _is_flat(array: Any) -> bool:
    return (
        isinstance(array, types.Array) and array.ndim == 1 and array.layout == "C" and array.dtype in _VECTORS
    )


def _splat(builder: Any, number: Any, vector: Any) -> Any:
    undefined = ir.Constant(vector, ir.Undefined)
    first = builder.insert_element(undefined, number, ir.Constant(ir.IntType(32), 0))
    zeros = ir.Constant(ir.VectorType(ir.IntType(32), LANES), [0] * LANES)
    return builder.shuffle_vector(first, undefined, zeros)


@intrinsic
def load(_context: Any, array: Any, _start: Any) -> Any:
    """The vector of array[start] … array[start + 7], a flat float array; nothing checks the end."""
    if not _is_flat(array):
        return None

    def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        vector = _llvm(array.dtype)
        place = _address(context, builder, signature.args[0], arguments[0], arguments[1], vector)
        return builder.load(place, align=4)

    return _VECTORS[array.dtype](array, types.intp), generate


@intrinsic
def store(_context: Any, array: Any, _start: Any, vector: Any) -> Any:
    """Write a vector to array[start] … array[start + 7]."""
    if not _is_flat(array) or _VECTORS[array.dtype] != vector:
        return None

    def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        kind = _llvm(array.dtype)
        place = _address(context, builder, signature.args[0], arguments[0], arguments[1], kind)
        builder.store(arguments[2], place, align=4)
        return context.get_dummy_value()

    return types.void(array, types.intp, vector), generate


@intrinsic
def splat(_context: Any, x: Any) -> Any:
    """The vector of eight times x, a float32 or float64."""
    if x not in _VECTORS:
        return None

    def generate(_context: Any, builder: Any, _signature: Any, arguments: Any) -> Any:
        return _splat(builder, arguments[0], _llvm(x))

    return _VECTORS[x](x), generate


@intrinsic
def load_splat(_context: Any, array: Any, _place: Any) -> Any:
    """The vector of eight times array[place], of a flat float array; nothing checks the end."""
    if not _is_flat(array):
        return None

    def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        data = context.make_array(signature.args[0])(context, builder, arguments[0]).data
        return _splat(builder, builder.load(builder.gep(data, [arguments[1]])), _llvm(array.dtype))

    return _VECTORS[array.dtype](array, types.intp), generate


@intrinsic
def fused_multiply_add(_context: Any, a: Any, _b: Any, _c: Any) -> Any:
    """a * b + c of vectors, rounded once."""
    if not isinstance(a, Vector):
        return None

    def generate(_context: Any, builder: Any, _signature: Any, arguments: Any) -> Any:
        vector = _llvm(a.dtype)
        name = "llvm.fma.v8f32" if a.dtype == types.float32 else "llvm.fma.v8f64"
        function = cgutils.get_or_insert_function(builder.module, ir.FunctionType(vector, [vector] * 3), name)
        return builder.call(function, arguments)

    return a(a, a, a), generate


@intrinsic
def rectified(_context: Any, x: Any) -> Any:
    """0 where a vector is below 0, else the vector; NaN stays."""
    if not isinstance(x, Vector):
        return None

    def generate(_context: Any, builder: Any, _signature: Any, arguments: Any) -> Any:
        zero = ir.Constant(_llvm(x.dtype), [0.0] * LANES)
        return builder.select(builder.fcmp_ordered("<", arguments[0], zero), zero, arguments[0])

    return x(x), generate


@intrinsic
def positive_64(_context: Any, array: Any, _start: Any) -> Any:
    """A uint64 whose bit i is array[start + i] > 0, for 64 numbers of a flat float array."""
    if not _is_flat(array):
        return None

    def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        vector = _llvm(array.dtype, 64)
        place = _address(context, builder, signature.args[0], arguments[0], arguments[1], vector)
        values, zero = builder.load(place, align=4), ir.Constant(vector, [0.0] * 64)
        return builder.bitcast(builder.fcmp_ordered(">", values, zero), ir.IntType(64))

    return types.uint64(array, types.intp), generate


@intrinsic
def not_a_number(_context: Any, x: Any) -> Any:
    """A uint8 whose bit i says that number i of a vector is NaN."""
    if not isinstance(x, Vector):
        return None

    def generate(_context: Any, builder: Any, _signature: Any, arguments: Any) -> Any:
        return builder.bitcast(builder.fcmp_unordered("uno", arguments[0], arguments[0]), ir.IntType(8))

    return types.uint8(x), generate
