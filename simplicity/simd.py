"""Vectors of eight numbers as values in compiled code, and what LLVM does not make of plain loops by itself.

LLVM vectorises plain loops well, except where sums should stay in registers over an inner loop, and where
comparisons become bits. These few primitives say just that. Each means the same to the last bit on every
processor; those without fused multiply-adds only take longer.
"""

from __future__ import annotations

from typing import Any

from llvmlite import ir
from numba import types
from numba.core import cgutils
from numba.extending import intrinsic, models, register_model

#: Numbers in a vector.
LANES = 8
#: Numbers in a vector of two registers: more to do while each waits for itself.
WIDE = 2 * LANES


class Vector(types.Type):
    """Numba's type of a vector of float32, float64, uint32 or uint64."""

    def __init__(self, dtype: Any, lanes: int = LANES) -> None:
        self.dtype, self.lanes = dtype, lanes
        self.is_words = dtype in (types.uint32, types.uint64)
        super().__init__(name=f"{dtype}x{lanes}")


_NUMBERS = {
    types.float32: ir.FloatType(),
    types.float64: ir.DoubleType(),
    types.uint32: ir.IntType(32),
    types.uint64: ir.IntType(64),
}
_VECTORS = {dtype: Vector(dtype) for dtype in _NUMBERS}
_WORDS = _VECTORS[types.uint32]


def _llvm(dtype: Any, lanes: int = LANES) -> Any:
    return ir.VectorType(_NUMBERS[dtype], lanes)


def llvm_vector(vector: Any) -> Any:
    """LLVM's type of a vector."""
    return _llvm(vector.dtype, vector.lanes)


def _is_floats(vector: Any) -> bool:
    return isinstance(vector, Vector) and not vector.is_words


@register_model(Vector)
class _VectorModel(models.PrimitiveModel):
    def __init__(self, manager: Any, kind: Any) -> None:
        super().__init__(manager, kind, llvm_vector(kind))


def _address(context: Any, builder: Any, kind: Any, array: Any, start: Any, vector: Any) -> Any:
    """Pointer to a vector inside a contiguous array."""
    data = context.make_array(kind)(context, builder, array).data
    return builder.bitcast(builder.gep(data, [start]), vector.as_pointer())


def _is_flat(array: Any) -> bool:
    return (
        isinstance(array, types.Array) and array.ndim == 1 and array.layout == "C" and array.dtype in _VECTORS
    )


def splat_of(builder: Any, number: Any, vector: Any) -> Any:
    """The vector, of an LLVM type, of equal numbers."""
    undefined = ir.Constant(vector, ir.Undefined)
    first = builder.insert_element(undefined, number, ir.Constant(ir.IntType(32), 0))
    zeros = ir.Constant(ir.VectorType(ir.IntType(32), vector.count), [0] * vector.count)
    return builder.shuffle_vector(first, undefined, zeros)


def _loading(lanes: int, text: str) -> Any:
    def typed(_context: Any, array: Any, _start: Any) -> Any:
        if not _is_flat(array):
            return None

        def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
            vector = _llvm(array.dtype, lanes)
            place = _address(context, builder, signature.args[0], arguments[0], arguments[1], vector)
            return builder.load(place, align=4)

        return Vector(array.dtype, lanes)(array, types.intp), generate

    typed.__doc__ = text
    return intrinsic(typed)


load = _loading(LANES, "The vector of array[start] … array[start + 7], a flat array; nothing checks the end.")
load_wide = _loading(WIDE, "The same of sixteen numbers.")


@intrinsic
def load_as(_context: Any, array: Any, _start: Any, lanes: Any) -> Any:
    """The same of as many numbers as the tuple ``lanes`` has: which is known when code is compiled."""
    if not _is_flat(array) or not isinstance(lanes, types.UniTuple):
        return None
    kind = Vector(array.dtype, len(lanes))

    def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        array, start, _ = arguments
        place = _address(context, builder, signature.args[0], array, start, llvm_vector(kind))
        return builder.load(place, align=4)

    return kind(array, types.intp, lanes), generate


@intrinsic
def store(_context: Any, array: Any, _start: Any, vector: Any) -> Any:
    """Write a vector to array[start], array[start + 1], …"""
    if not _is_flat(array) or not isinstance(vector, Vector) or vector.dtype != array.dtype:
        return None

    def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        kind = llvm_vector(vector)
        place = _address(context, builder, signature.args[0], arguments[0], arguments[1], kind)
        builder.store(arguments[2], place, align=4)
        return context.get_dummy_value()

    return types.void(array, types.intp, vector), generate


@intrinsic
def splat(_context: Any, x: Any) -> Any:
    """The vector of eight times x, a float32, float64 or uint32."""
    if x not in _VECTORS:
        return None

    def generate(_context: Any, builder: Any, _signature: Any, arguments: Any) -> Any:
        return splat_of(builder, arguments[0], _llvm(x))

    return _VECTORS[x](x), generate


@intrinsic
def splat_wide(_context: Any, x: Any) -> Any:
    """The vector of sixteen times x."""
    vector = Vector(x, WIDE)

    def generate(_context: Any, builder: Any, _signature: Any, arguments: Any) -> Any:
        return splat_of(builder, arguments[0], llvm_vector(vector))

    return vector(x), generate


@intrinsic
def load_splat(_context: Any, array: Any, _place: Any) -> Any:
    """The vector of eight times array[place], of a flat array; nothing checks the end."""
    if not _is_flat(array):
        return None

    def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        data = context.make_array(signature.args[0])(context, builder, arguments[0]).data
        return splat_of(builder, builder.load(builder.gep(data, [arguments[1]])), _llvm(array.dtype))

    return _VECTORS[array.dtype](array, types.intp), generate


_FUSED = {"float32": "f32", "float64": "f64", "float32x8": "v8f32", "float64x8": "v8f64"}


def _fused(builder: Any, name: str, a: Any, b: Any, c: Any) -> Any:
    """a * b + c; ``name`` is the name of Numba's type of all three."""
    kind = ir.FunctionType(a.type, [a.type] * 3)
    function = cgutils.get_or_insert_function(builder.module, kind, f"llvm.fma.{_FUSED[name]}")
    return builder.call(function, (a, b, c))


@intrinsic
def fused_multiply_add(_context: Any, a: Any, b: Any, c: Any) -> Any:
    """a * b + c of three vectors, or three floats of one type, rounded once."""
    if a.name not in _FUSED or not a == b == c:
        return None

    def generate(_context: Any, builder: Any, _signature: Any, arguments: Any) -> Any:
        return _fused(builder, a.name, *arguments)

    return a(a, a, a), generate


@intrinsic
def add(_context: Any, a: Any, b: Any) -> Any:
    """a + b of two vectors; words wrap around."""
    if not isinstance(a, Vector) or a != b:
        return None

    def generate(_context: Any, builder: Any, _signature: Any, arguments: Any) -> Any:
        return (builder.add if a == _WORDS else builder.fadd)(*arguments)

    return a(a, a), generate


@intrinsic
def multiply(_context: Any, a: Any, b: Any) -> Any:
    """a * b of two vectors of floats."""
    if not _is_floats(a) or a != b:
        return None

    def generate(_context: Any, builder: Any, _signature: Any, arguments: Any) -> Any:
        return builder.fmul(*arguments)

    return a(a, a), generate


@intrinsic
def exclusive_or(_context: Any, a: Any, b: Any) -> Any:
    """a ^ b of two vectors of words."""
    if not a == b == _WORDS:
        return None

    def generate(_context: Any, builder: Any, _signature: Any, arguments: Any) -> Any:
        return builder.xor(*arguments)

    return a(a, a), generate


@intrinsic
def shift_left(_context: Any, x: Any, _places: Any) -> Any:
    """x << places of a vector of words, for 0 <= places < 32."""
    if x != _WORDS:
        return None

    def generate(_context: Any, builder: Any, _signature: Any, arguments: Any) -> Any:
        return builder.shl(arguments[0], splat_of(builder, arguments[1], arguments[0].type))

    return x(x, types.uint32), generate


@intrinsic
def rotate_left(_context: Any, x: Any, _places: Any) -> Any:
    """A vector of words, each rotated left by so many places."""
    if x != _WORDS:
        return None

    def generate(_context: Any, builder: Any, _signature: Any, arguments: Any) -> Any:
        places = splat_of(builder, arguments[1], arguments[0].type)
        kind = ir.FunctionType(places.type, [places.type] * 3)
        function = cgutils.get_or_insert_function(builder.module, kind, "llvm.fshl.v8i32")
        return builder.call(function, (arguments[0], arguments[0], places))

    return x(x, types.uint32), generate


@intrinsic
def rectified(_context: Any, x: Any) -> Any:
    """0 where a vector is below 0, else the vector; NaN stays."""
    if not _is_floats(x):
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


def _bits(builder: Any, flags: Any) -> Any:
    return builder.bitcast(flags, ir.IntType(LANES))


@intrinsic
def positive(_context: Any, x: Any) -> Any:
    """A uint8 whose bit i says that number i of a vector is above 0."""
    if not _is_floats(x):
        return None

    def generate(_context: Any, builder: Any, _signature: Any, arguments: Any) -> Any:
        zero = ir.Constant(_llvm(x.dtype), [0.0] * LANES)
        return _bits(builder, builder.fcmp_ordered(">", arguments[0], zero))

    return types.uint8(x), generate


@intrinsic
def not_a_number(_context: Any, x: Any) -> Any:
    """A uint8 whose bit i says that number i of a vector is NaN."""
    if not _is_floats(x):
        return None

    def generate(_context: Any, builder: Any, _signature: Any, arguments: Any) -> Any:
        return _bits(builder, builder.fcmp_unordered("uno", arguments[0], arguments[0]))

    return types.uint8(x), generate


@intrinsic
def not_zero(_context: Any, x: Any) -> Any:
    """A uint8 whose bit i says that number i of a vector is not 0; NaN is not."""
    if not _is_floats(x):
        return None

    def generate(_context: Any, builder: Any, _signature: Any, arguments: Any) -> Any:
        zero = ir.Constant(_llvm(x.dtype), [0.0] * LANES)
        return _bits(builder, builder.fcmp_unordered("!=", arguments[0], zero))

    return types.uint8(x), generate


#: Rows of weights whose products with a tile :func:`tile_products` sums at a time.
TILE_UNITS = 4
#: Numbers of a row of a tile: two vectors.
TILE = 2 * LANES


@intrinsic
def tile_products(
    _context: Any, weights: Any, start: Any, pitch: Any, tile: Any, columns: Any, rows: Any
) -> Any:
    """Sums over k of weights[start + u * pitch + columns[k]] * tile[16 k + x], for u < 4 and x < 16.

    ``rows`` says which k: from the first, in order, to before the second. All arrays are flat and float32,
    columns int64. The eight vectors of sums, two for each u, stay in registers, which is the whole point.
    """
    if any(not _is_flat(array) or array.dtype != types.float32 for array in (weights, tile)):
        return None

    def generate(context: Any, builder: Any, signature: Any, values: Any) -> Any:
        vector, integer = _llvm(types.float32), ir.IntType(64)
        zeros = ir.Constant(vector, [0.0] * LANES)
        data = [
            context.make_array(kind)(context, builder, value).data if isinstance(kind, types.Array) else value
            for kind, value in zip(signature.args, values, strict=True)
        ]
        weights, start, pitch, tile, columns, rows = data
        units = [builder.gep(weights, [start])]
        for _ in range(TILE_UNITS - 1):
            units.append(builder.gep(units[-1], [pitch]))
        first, stop = cgutils.unpack_tuple(builder, rows)
        totals = [cgutils.alloca_once_value(builder, zeros) for _ in range(2 * TILE_UNITS)]
        with cgutils.for_range_slice(builder, first, stop, integer(1), intp=integer) as (row, _):
            column = builder.load(builder.gep(columns, [row]))
            place = builder.gep(tile, [builder.mul(row, integer(TILE))])
            halves = builder.bitcast(place, vector.as_pointer())
            inputs = [builder.load(builder.gep(halves, [integer(half)]), align=4) for half in (0, 1)]
            for u, unit in enumerate(units):
                weight = splat_of(builder, builder.load(builder.gep(unit, [column])), vector)
                for half in (0, 1):
                    total = totals[2 * u + half]
                    fused = _fused(builder, "float32x8", weight, inputs[half], builder.load(total))
                    builder.store(fused, total)
        return cgutils.pack_array(builder, [builder.load(total) for total in totals])

    result = types.UniTuple(_VECTORS[types.float32], 2 * TILE_UNITS)
    return result(weights, types.intp, types.intp, tile, columns, types.UniTuple(types.intp, 2)), generate


def shuffled(builder: Any, a: Any, b: Any, places: list[int]) -> Any:
    """Numbers of two vectors, those of b counted after those of a."""
    order = ir.Constant(ir.VectorType(ir.IntType(32), len(places)), places)
    return builder.shuffle_vector(a, b, order)


def _packed(builder: Any, a: Any, b: Any) -> Any:
    """Two vectors of masks as one of masks half as wide: first halves of a and b, then their second halves.

    This is how processors pack; any other order costs an instruction more.
    """
    lanes = 2 * a.type.count
    narrow, half = ir.VectorType(ir.IntType(a.type.element.width // 2), lanes), lanes // 2
    places = [first + i for part in (0, half) for first in (part, lanes + part) for i in range(0, half, 2)]
    return shuffled(builder, builder.bitcast(a, narrow), builder.bitcast(b, narrow), places)


@intrinsic
def positive_sums(_context: Any, rows: Any, columns: Any) -> Any:
    """A uint64 whose bit 8 i + k says that rows[i] + columns[k] is above 0, for two vectors.

    A rounded sum is above 0 where the exact one is, so no sum is made: rows[i] is compared with -columns[k].
    32 comparisons are packed into bytes, of whose signs a processor makes bits at once. What is compared
    together is chosen so that the bits come in order.
    """
    if not isinstance(rows, Vector) or rows != columns:
        return None

    def generate(_context: Any, builder: Any, _signature: Any, arguments: Any) -> Any:
        values, limits = arguments[0], builder.fneg(arguments[1])
        width = 32 if rows.dtype == types.float32 else 64
        half = 128 // width  # numbers of half a register
        masks = ir.VectorType(ir.IntType(width), 2 * half)
        parts = []
        for first in (0, 32):
            found = []
            for k in range(first, first + 16, half):
                bits = [start + i for start in (k, k + 16) for i in range(half)]
                value = shuffled(builder, values, values, [bit // LANES for bit in bits])
                limit = shuffled(builder, limits, limits, [bit % LANES for bit in bits])
                found.append(builder.sext(builder.fcmp_ordered(">", value, limit), masks))
            while len(found) > 1:
                found = [_packed(builder, a, b) for a, b in zip(found[::2], found[1::2], strict=True)]
            negative = builder.icmp_signed("<", found[0], ir.Constant(found[0].type, [0] * 32))
            parts.append(builder.zext(builder.bitcast(negative, ir.IntType(32)), ir.IntType(64)))
        return builder.or_(parts[0], builder.shl(parts[1], ir.IntType(64)(32)))

    return types.uint64(rows, rows), generate
