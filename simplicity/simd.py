"""What LLVM does not make of plain loops by itself, in vectors.

LLVM vectorises plain loops well, except where sums should stay in registers over an inner loop, where
comparisons become bits, and where numbers change places. These few primitives say just that.
"""

from __future__ import annotations

from typing import Any

from llvmlite import ir
from numba import types
from numba.core import cgutils
from numba.extending import intrinsic

from simplicity.vectors import (
    LANES,
    Vector,
    address_of,
    fused,
    is_flat,
    is_floats,
    llvm_vector,
    shuffled,
    splat_of,
)


def _fetching(is_written: bool, locality: int, text: str) -> Any:
    def typed(_context: Any, array: Any, _index: Any) -> Any:
        if not isinstance(array, types.Array):
            return None

        def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
            made = context.make_array(signature.args[0])(context, builder, arguments[0])
            stride = cgutils.unpack_tuple(builder, made.strides)[0]
            byte, number = ir.IntType(8).as_pointer(), ir.IntType(32)
            place = builder.gep(builder.bitcast(made.data, byte), [builder.mul(stride, arguments[1])])
            function = builder.module.declare_intrinsic(
                "llvm.prefetch", [byte], ir.FunctionType(ir.VoidType(), [byte, number, number, number])
            )
            for line in (place, builder.gep(place, [ir.IntType(64)(64)])):
                builder.call(function, [line, number(int(is_written)), number(locality), number(1)])
            return context.get_dummy_value()

        return types.void(array, types.intp), generate

    typed.__doc__ = text
    return intrinsic(typed)


prefetch = _fetching(
    True,
    3,
    """Have the cache line of array[index], along the first axis, and the next one fetched, to be written to.

    Nothing happens where the place is beyond the array.
    """,
)
prefetch_to_second = _fetching(False, 2, "The same, to be read, and into the second-level cache only.")


@intrinsic
def positive_64(_context: Any, array: Any, _start: Any) -> Any:
    """A uint64 whose bit i is array[start + i] > 0, for 64 numbers of a flat float array."""
    if not is_flat(array):
        return None

    def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        vector = llvm_vector(array.dtype, 64)
        place = address_of(context, builder, signature.args[0], arguments[0], arguments[1], vector)
        values, zero = builder.load(place, align=4), ir.Constant(vector, [0.0] * 64)
        return builder.bitcast(builder.fcmp_ordered(">", values, zero), ir.IntType(64))

    return types.uint64(array, types.intp), generate


def _bits(builder: Any, flags: Any) -> Any:
    return builder.bitcast(flags, ir.IntType(LANES))


@intrinsic
def positive(_context: Any, x: Any) -> Any:
    """A uint8 whose bit i says that number i of a vector is above 0."""
    if not is_floats(x):
        return None

    def generate(_context: Any, builder: Any, _signature: Any, arguments: Any) -> Any:
        zero = ir.Constant(x.llvm, [0.0] * LANES)
        return _bits(builder, builder.fcmp_ordered(">", arguments[0], zero))

    return types.uint8(x), generate


@intrinsic
def not_a_number(_context: Any, x: Any) -> Any:
    """A uint8 whose bit i says that number i of a vector is NaN."""
    if not is_floats(x):
        return None

    def generate(_context: Any, builder: Any, _signature: Any, arguments: Any) -> Any:
        return _bits(builder, builder.fcmp_unordered("uno", arguments[0], arguments[0]))

    return types.uint8(x), generate


@intrinsic
def any_not_zero(_context: Any, a: Any, b: Any) -> Any:
    """Whether a number of two vectors is not 0, which NaN is not either."""
    if not is_floats(a) or a != b:
        return None

    def generate(_context: Any, builder: Any, _signature: Any, arguments: Any) -> Any:
        vector = a.llvm
        words = ir.VectorType(ir.IntType(a.dtype.bitwidth), LANES)
        both = builder.or_(*(builder.bitcast(argument, words) for argument in arguments))
        flags = builder.fcmp_unordered(
            "!=", builder.bitcast(both, vector), ir.Constant(vector, [0.0] * LANES)
        )
        return builder.icmp_unsigned("!=", _bits(builder, flags), ir.IntType(LANES)(0))

    return types.boolean(a, b), generate


@intrinsic
def any_above(_context: Any, a: Any, b: Any, limit: Any) -> Any:
    """Whether a number of two vectors is above that of a third; NaN is, and all are above NaN."""
    if not is_floats(a) or a != b or a != limit:
        return None

    def generate(_context: Any, builder: Any, _signature: Any, arguments: Any) -> Any:
        a, b, limit = arguments
        at_most = builder.and_(*(builder.fcmp_ordered("<=", x, limit) for x in (a, b)))
        return builder.icmp_unsigned("!=", _bits(builder, at_most), ir.IntType(LANES)(2**LANES - 1))

    return types.boolean(a, b, limit), generate


#: Rows of weights whose products with a tile :func:`tile_products` sums at a time.
TILE_UNITS = 4
#: Numbers of a row of a tile: two vectors.
TILE = 2 * LANES
_UNROLLED = 8  # rows between the ends of a loop


@intrinsic
def tile_products(
    _context: Any, first: Any, weights: Any, start: Any, pitch: Any, tile: Any, columns: Any, rows: Any
) -> Any:
    """Sums over k of weights[start + u * pitch + columns[k]] * tile[16 k + x], for u < 4 and x < 16.

    Of u = 0, weights are read from ``first`` instead, a pair of an array and what stands for start there.
    ``rows`` says which k: from its first, in order, to before its second. All arrays are flat and float32,
    columns int64. The eight vectors of sums, two for each u, stay in registers, which is the whole point.
    """
    if any(not is_flat(array) or array.dtype != types.float32 for array in (first[0], weights, tile)):
        return None

    def generate(context: Any, builder: Any, signature: Any, values: Any) -> Any:
        vector, integer = llvm_vector(types.float32), ir.IntType(64)
        zeros = ir.Constant(vector, [0.0] * LANES)
        data = [
            context.make_array(kind)(context, builder, value).data if isinstance(kind, types.Array) else value
            for kind, value in zip(signature.args, values, strict=True)
        ]
        first, weights, start, pitch, tile, columns, rows = data
        array, place = cgutils.unpack_tuple(builder, first)
        kind = signature.args[0][0]
        units = [builder.gep(context.make_array(kind)(context, builder, array).data, [place])]
        for u in range(1, TILE_UNITS):
            units.append(builder.gep(units[-1] if u > 1 else builder.gep(weights, [start]), [pitch]))
        first, stop = cgutils.unpack_tuple(builder, rows)
        totals = [cgutils.alloca_once_value(builder, zeros) for _ in range(2 * TILE_UNITS)]

        next_row = cgutils.alloca_once_value(builder, builder.gep(tile, [builder.mul(first, integer(TILE))]))
        next_column = cgutils.alloca_once_value(builder, builder.gep(columns, [first]))

        def add_rows(count: int) -> None:
            row, column = builder.load(next_row), builder.load(next_column)
            for k in range(count):
                halves = builder.bitcast(builder.gep(row, [integer(k * TILE)]), vector.as_pointer())
                inputs = [builder.load(builder.gep(halves, [integer(half)]), align=4) for half in (0, 1)]
                of_row = builder.load(builder.gep(column, [integer(k)]))
                for u, unit in enumerate(units):
                    weight = splat_of(builder, builder.load(builder.gep(unit, [of_row])), vector)
                    for half in (0, 1):
                        total = totals[2 * u + half]
                        after = fused(builder, weight, inputs[half], builder.load(total))
                        builder.store(after, total)
            builder.store(builder.gep(row, [integer(count * TILE)]), next_row)
            builder.store(builder.gep(column, [integer(count)]), next_column)

        # Ends of short loops are foretold by processors, those of long ones are not.
        count = builder.sub(stop, first)
        whole = builder.and_(count, integer(-_UNROLLED))
        with cgutils.for_range_slice(builder, integer(0), whole, integer(_UNROLLED), intp=integer):
            add_rows(_UNROLLED)
        step = _UNROLLED // 2
        while step:
            with builder.if_then(builder.icmp_unsigned("!=", builder.and_(count, integer(step)), integer(0))):
                add_rows(step)
            step //= 2
        return cgutils.pack_array(builder, [builder.load(total) for total in totals])

    result = types.UniTuple(Vector(types.float32), 2 * TILE_UNITS)
    rows = types.UniTuple(types.intp, 2)
    return result(first, weights, types.intp, types.intp, tile, columns, rows), generate


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


def _transposed(builder: Any, planes: list[Any], half: int) -> list[Any]:
    """Columns of four registers, by the moves within their halves and between them that processors have."""
    lanes = 2 * half

    def interleaved(x: Any, y: Any, first: int, size: int) -> Any:
        """Runs of ``size`` numbers of x and y in turn, from place ``first`` of either half on."""
        places = []
        for start in (first, half + first):
            for run in range(start, start + half // 2, size):
                places += [*range(run, run + size), *range(lanes + run, lanes + run + size)]
        return shuffled(builder, x, y, places)

    columns: dict[int, Any] = {}
    for first in range(0, half, half // 2):
        x = interleaved(planes[0], planes[1], first, 1)
        y = interleaved(planes[2], planes[3], first, 1)
        if half == 2:
            columns[first] = shuffled(builder, x, y, [0, 1, 4, 5])
            columns[half + first] = shuffled(builder, x, y, [2, 3, 6, 7])
            continue
        for k in (0, 1):
            both = interleaved(x, y, 2 * k, 2)
            columns[first + k] = shuffled(builder, both, both, [0, 1, 2, 3])
            columns[half + first + k] = shuffled(builder, both, both, [4, 5, 6, 7])
    return [columns[k] for k in range(lanes)]


@intrinsic
def store_quads(_context: Any, array: Any, _start: Any, _pitch: Any, a: Any, b: Any, c: Any, d: Any) -> Any:
    """Write a[i], b[i], c[i] and d[i] of four vectors to array[start + i * pitch] and the places after it."""
    if not (isinstance(array, types.Array) and isinstance(a, Vector) and a.dtype == array.dtype):
        return None
    if not a == b == c == d:
        return None

    def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        data = context.make_array(signature.args[0])(context, builder, arguments[0]).data
        quad = llvm_vector(array.dtype, 4).as_pointer()
        place = builder.gep(data, [arguments[1]])
        half = 128 // array.dtype.bitwidth  # numbers of half a register
        for first in range(0, a.lanes, 2 * half):
            register = list(range(first, first + 2 * half))
            planes = [shuffled(builder, plane, plane, register) for plane in arguments[3:]]
            for column in _transposed(builder, planes, half):
                builder.store(column, builder.bitcast(place, quad), align=4)
                place = builder.gep(place, [arguments[2]])
        return context.get_dummy_value()

    return types.void(array, types.intp, types.intp, a, b, c, d), generate
