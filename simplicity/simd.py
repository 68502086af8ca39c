"""Vectors of eight float32 as values in compiled code, and comparisons of 64 numbers at once.

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

_VECTOR = ir.VectorType(ir.FloatType(), LANES)


class Float32x8(types.Type):
    """Numba's type of a vector."""

    def __init__(self) -> None:
        super().__init__(name="float32x8")


float32x8 = Float32x8()


@register_model(Float32x8)
class _Float32x8Model(models.PrimitiveModel):
    def __init__(self, manager: Any, kind: Any) -> None:
        super().__init__(manager, kind, _VECTOR)


def _address(context: Any, builder: Any, kind: Any, array: Any, start: Any, vector: Any) -> Any:
    """Pointer to a vector inside a contiguous array."""
    data = context.make_array(kind)(context, builder, array).data
    return builder.bitcast(builder.gep(data, [start]), vector.as_pointer())


def _is_flat(array: Any, *dtypes: Any) -> bool:
    return (
        isinstance(array, types.Array) and array.ndim == 1 and array.layout == "C" and array.dtype in dtypes
    )


@intrinsic
def load(_context: Any, array: Any, _start: Any) -> Any:
    """The vector of array[start] … array[start + 7], a flat float32 array; nothing checks the end."""
    if not _is_flat(array, types.float32):
        return None

    def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        place = _address(context, builder, signature.args[0], arguments[0], arguments[1], _VECTOR)
        return builder.load(place, align=4)

    return float32x8(array, types.intp), generate


@intrinsic
def store(_context: Any, array: Any, _start: Any, _vector: Any) -> Any:
    """Write a vector to array[start] … array[start + 7]."""
    if not _is_flat(array, types.float32):
        return None

    def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        place = _address(context, builder, signature.args[0], arguments[0], arguments[1], _VECTOR)
        builder.store(arguments[2], place, align=4)
        return context.get_dummy_value()

    return types.void(array, types.intp, float32x8), generate


@intrinsic
def splat(_context: Any, _x: Any) -> Any:
    """The vector of eight times x."""

    def generate(_context: Any, builder: Any, _signature: Any, arguments: Any) -> Any:
        undefined = ir.Constant(_VECTOR, ir.Undefined)
        first = builder.insert_element(undefined, arguments[0], ir.Constant(ir.IntType(32), 0))
        zeros = ir.Constant(ir.VectorType(ir.IntType(32), LANES), [0] * LANES)
        return builder.shuffle_vector(first, undefined, zeros)

    return float32x8(types.float32), generate


@intrinsic
def fused_multiply_add(_context: Any, _a: Any, _b: Any, _c: Any) -> Any:
    """a * b + c, rounded once."""

    def generate(_context: Any, builder: Any, _signature: Any, arguments: Any) -> Any:
        kind = ir.FunctionType(_VECTOR, [_VECTOR] * 3)
        function = cgutils.get_or_insert_function(builder.module, kind, "llvm.fma.v8f32")
        return builder.call(function, arguments)

    return float32x8(float32x8, float32x8, float32x8), generate


@intrinsic
def rectified(_context: Any, _x: Any) -> Any:
    """0 where x is below 0, else x; NaN stays."""

    def generate(_context: Any, builder: Any, _signature: Any, arguments: Any) -> Any:
        zero = ir.Constant(_VECTOR, [0.0] * LANES)
        return builder.select(builder.fcmp_ordered("<", arguments[0], zero), zero, arguments[0])

    return float32x8(float32x8), generate


def _compare_64(array: Any, compare: Any) -> Any:
    """A uint64 whose bit i says whether ``compare`` holds of array[start + i]."""
    if not _is_flat(array, types.float32, types.float64):
        return None
    element = ir.FloatType() if array.dtype == types.float32 else ir.DoubleType()
    vector = ir.VectorType(element, 64)

    def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        place = _address(context, builder, signature.args[0], arguments[0], arguments[1], vector)
        values = builder.load(place, align=4)
        return builder.bitcast(compare(builder, values, ir.Constant(vector, [0.0] * 64)), ir.IntType(64))

    return types.uint64(array, types.intp), generate


@intrinsic
def positive_64(_context: Any, array: Any, _start: Any) -> Any:
    """Bit i is array[start + i] > 0, for 64 numbers of a flat float array."""
    return _compare_64(array, lambda builder, values, zero: builder.fcmp_ordered(">", values, zero))


@intrinsic
def not_finite_64(_context: Any, array: Any, _start: Any) -> Any:
    """Bit i says that array[start + i] is NaN or infinite, for 64 numbers of a flat float array."""
    return _compare_64(
        array, lambda builder, values, zero: builder.fcmp_unordered("uno", builder.fmul(values, zero), zero)
    )
