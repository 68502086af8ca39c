"""Vectors of numbers as values in compiled code, so that formulas can be written as they are for numbers.

``+``, ``-``, ``*`` are for vectors of floats and of words, ``^``, ``&``, ``|``, ``<<``, ``>>`` for words,
whose arithmetic wraps around. A number beside a vector stands for a vector of equal numbers. Every operation
is rounded by itself, unless it says otherwise, and means the same to the last bit on every processor; those
without fused multiply-adds only take longer.
"""

from __future__ import annotations

import functools
import operator
from typing import Any

from llvmlite import ir
from numba import types
from numba.core import cgutils
from numba.extending import intrinsic, lower_builtin, models, register_model, type_callable

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

    @property
    def llvm(self) -> Any:
        """LLVM's type of it."""
        return llvm_vector(self.dtype, self.lanes)


_NUMBERS = {
    types.float32: ir.FloatType(),
    types.float64: ir.DoubleType(),
    types.uint32: ir.IntType(32),
    types.uint64: ir.IntType(64),
}
_WORDS = Vector(types.uint32)


def llvm_vector(dtype: Any, lanes: int = LANES) -> Any:
    """LLVM's type of a vector of numbers of a type of Numba's."""
    return ir.VectorType(_NUMBERS[dtype], lanes)


@register_model(Vector)
class _VectorModel(models.PrimitiveModel):
    def __init__(self, manager: Any, kind: Any) -> None:
        super().__init__(manager, kind, kind.llvm)


def is_floats(vector: Any) -> bool:
    """Whether a type is that of a vector of eight floats."""
    return isinstance(vector, Vector) and not vector.is_words and vector.lanes == LANES


def is_flat(array: Any) -> bool:
    """Whether a type is that of an array that vectors are loaded from: one-dimensional and contiguous."""
    return (
        isinstance(array, types.Array) and array.ndim == 1 and array.layout == "C" and array.dtype in _NUMBERS
    )


# ---------------------------------------------------------------------------------------- for generators
def address_of(context: Any, builder: Any, kind: Any, array: Any, start: Any, vector: Any) -> Any:
    """Pointer to a vector inside a contiguous array."""
    data = context.make_array(kind)(context, builder, array).data
    return builder.bitcast(builder.gep(data, [start]), vector.as_pointer())


def splat_of(builder: Any, number: Any, vector: Any) -> Any:
    """The vector, of an LLVM type, of equal numbers."""
    undefined = ir.Constant(vector, ir.Undefined)
    first = builder.insert_element(undefined, number, ir.Constant(ir.IntType(32), 0))
    zeros = ir.Constant(ir.VectorType(ir.IntType(32), vector.count), [0] * vector.count)
    return builder.shuffle_vector(first, undefined, zeros)


def shuffled(builder: Any, a: Any, b: Any, places: list[int]) -> Any:
    """Numbers of two vectors, those of b counted after those of a."""
    order = ir.Constant(ir.VectorType(ir.IntType(32), len(places)), places)
    return builder.shuffle_vector(a, b, order)


def fused(builder: Any, a: Any, b: Any, c: Any) -> Any:
    """a * b + c, rounded once, of three values of one LLVM type: numbers or vectors."""
    vector = a.type if isinstance(a.type, ir.VectorType) else None
    number = "f32" if (vector.element if vector else a.type) == ir.FloatType() else "f64"
    kind = ir.FunctionType(a.type, [a.type] * 3)
    name = f"llvm.fma.{f'v{vector.count}' if vector else ''}{number}"
    return builder.call(cgutils.get_or_insert_function(builder.module, kind, name), (a, b, c))


# ------------------------------------------------------------------------------------ memory and numbers
def _loading(lanes: int, text: str) -> Any:
    def typed(_context: Any, array: Any, _start: Any) -> Any:
        if not is_flat(array):
            return None

        def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
            vector = llvm_vector(array.dtype, lanes)
            place = address_of(context, builder, signature.args[0], arguments[0], arguments[1], vector)
            return builder.load(place, align=4)

        return Vector(array.dtype, lanes)(array, types.intp), generate

    typed.__doc__ = text
    return intrinsic(typed)


load = _loading(LANES, "The vector of array[start] … array[start + 7], a flat array; nothing checks the end.")
load_wide = _loading(WIDE, "The same of sixteen numbers.")


@intrinsic
def load_as(_context: Any, array: Any, _start: Any, lanes: Any) -> Any:
    """The same of as many numbers as the tuple ``lanes`` has: which is known when code is compiled."""
    if not is_flat(array) or not isinstance(lanes, types.UniTuple):
        return None
    kind = Vector(array.dtype, len(lanes))

    def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        array, start, _ = arguments
        place = address_of(context, builder, signature.args[0], array, start, kind.llvm)
        return builder.load(place, align=4)

    return kind(array, types.intp, lanes), generate


@intrinsic
def store(_context: Any, array: Any, _start: Any, vector: Any) -> Any:
    """Write a vector to array[start], array[start + 1], …"""
    if not is_flat(array) or not isinstance(vector, Vector) or vector.dtype != array.dtype:
        return None

    def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        kind = vector.llvm
        place = address_of(context, builder, signature.args[0], arguments[0], arguments[1], kind)
        builder.store(arguments[2], place, align=4)
        return context.get_dummy_value()

    return types.void(array, types.intp, vector), generate


@intrinsic
def splat(_context: Any, x: Any) -> Any:
    """The vector of eight times x, a float32, float64 or uint32."""
    if x not in _NUMBERS:
        return None

    def generate(_context: Any, builder: Any, _signature: Any, arguments: Any) -> Any:
        return splat_of(builder, arguments[0], llvm_vector(x))

    return Vector(x)(x), generate


@intrinsic
def splat_wide(_context: Any, x: Any) -> Any:
    """The vector of sixteen times x."""
    vector = Vector(x, WIDE)

    def generate(_context: Any, builder: Any, _signature: Any, arguments: Any) -> Any:
        return splat_of(builder, arguments[0], vector.llvm)

    return vector(x), generate


@intrinsic
def load_splat(_context: Any, array: Any, _place: Any) -> Any:
    """The vector of eight times array[place], of a flat array; nothing checks the end."""
    if not is_flat(array):
        return None

    def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        data = context.make_array(signature.args[0])(context, builder, arguments[0]).data
        return splat_of(builder, builder.load(builder.gep(data, [arguments[1]])), llvm_vector(array.dtype))

    return Vector(array.dtype)(array, types.intp), generate


# ----------------------------------------------------------------------------------------- arithmetic
_OPERATORS = {  # methods of LLVM's builder for floats, where there is one, and for words
    operator.add: ("fadd", "add"),
    operator.sub: ("fsub", "sub"),
    operator.mul: ("fmul", "mul"),
    operator.xor: ("", "xor"),
    operator.and_: ("", "and_"),
    operator.or_: ("", "or_"),
    operator.lshift: ("", "shl"),
    operator.rshift: ("", "lshr"),
}


def _vector_of(a: Any, b: Any) -> Any:
    """The type that two operands have in common, one a vector, or None."""
    vector, other = (a, b) if isinstance(a, Vector) else (b, a)
    return vector if isinstance(vector, Vector) and other in (vector, vector.dtype) else None


def _as_vectors(builder: Any, kinds: Any, values: Any, vector: Any) -> list[Any]:
    return [
        value if isinstance(kind, Vector) else splat_of(builder, value, vector.llvm)
        for kind, value in zip(kinds, values, strict=True)
    ]


def _register(function: Any, names: tuple[str, str]) -> None:
    @type_callable(function)
    def typer(_context: Any) -> Any:
        def typed(a: Any, b: Any) -> Any:
            vector = _vector_of(a, b)
            return vector if vector is not None and names[vector.is_words] else None

        return typed

    def generate(_context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        vector = signature.return_type
        return getattr(builder, names[vector.is_words])(
            *_as_vectors(builder, signature.args, arguments, vector)
        )

    for kinds in ((Vector, Vector), (Vector, types.Number), (types.Number, Vector)):
        lower_builtin(function, *kinds)(generate)


@type_callable(operator.neg)
def _type_of_negative(_context: Any) -> Any:
    def typed(x: Any) -> Any:
        return x if isinstance(x, Vector) and not x.is_words else None

    return typed


@lower_builtin(operator.neg, Vector)
def _negative(_context: Any, builder: Any, _signature: Any, arguments: Any) -> Any:
    return builder.fneg(arguments[0])


for _function, _names in _OPERATORS.items():
    _register(_function, _names)


@intrinsic
def fused_multiply_add(_context: Any, a: Any, b: Any, c: Any) -> Any:
    """a * b + c, rounded once, of three floats of one type, or of vectors of them and numbers."""
    result = next((kind for kind in (a, b, c) if isinstance(kind, Vector)), a)
    number = result.dtype if isinstance(result, Vector) else result
    if number not in (types.float32, types.float64) or any(
        kind not in (result, number) for kind in (a, b, c)
    ):
        return None

    def generate(_context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        if isinstance(result, Vector):
            arguments = _as_vectors(builder, signature.args, arguments, result)
        return fused(builder, *arguments)

    return result(a, b, c), generate


@intrinsic
def square_root(_context: Any, x: Any) -> Any:
    """Square roots of a vector of floats."""
    if not isinstance(x, Vector) or x.is_words:
        return None

    def generate(_context: Any, builder: Any, _signature: Any, arguments: Any) -> Any:
        kind = ir.FunctionType(arguments[0].type, [arguments[0].type])
        name = f"llvm.sqrt.v{x.lanes}f{x.dtype.bitwidth}"
        return builder.call(cgutils.get_or_insert_function(builder.module, kind, name), arguments)

    return x(x), generate


def _conversion(name: str, sources: tuple[Any, ...], target: Any, text: str) -> Any:
    """An intrinsic that turns vectors of some types of number into vectors of another."""

    def typed(_context: Any, x: Any) -> Any:
        if not isinstance(x, Vector) or x.dtype not in sources:
            return None
        result = Vector(target, x.lanes)

        def generate(_context: Any, builder: Any, _signature: Any, arguments: Any) -> Any:
            return getattr(builder, name)(arguments[0], result.llvm)

        return result(x), generate

    typed.__doc__ = text
    return intrinsic(typed)


as_words = _conversion("bitcast", (types.float32,), types.uint32, "The bit patterns of float32.")
as_floats = _conversion("bitcast", (types.uint32,), types.float32, "The float32 of bit patterns.")
to_floats = _conversion("sitofp", (types.uint32,), types.float32, "The nearest float32 of signed words.")
lower_halves = _conversion("trunc", (types.uint64,), types.uint32, "The lower halves of uint64.")
wider = _conversion("zext", (types.uint32,), types.uint64, "Words as uint64.")


@intrinsic
def in_precision_of(_context: Any, array: Any, x: Any) -> Any:
    """A vector of float32 in the precision of an array of floats."""
    if not (isinstance(array, types.Array) and isinstance(x, Vector) and x.dtype == types.float32):
        return None
    result = Vector(array.dtype, x.lanes)

    def generate(_context: Any, builder: Any, _signature: Any, arguments: Any) -> Any:
        return arguments[1] if result == x else builder.fpext(arguments[1], result.llvm)

    return result(array, x), generate


@intrinsic
def choose(_context: Any, words: Any, a: Any, b: Any) -> Any:
    """Numbers of vector a where the highest bit of a word is set, elsewhere those of b."""
    if not (isinstance(words, Vector) and words.is_words) or a != b or a.lanes != words.lanes:
        return None

    def generate(_context: Any, builder: Any, _signature: Any, arguments: Any) -> Any:
        zeros = ir.Constant(arguments[0].type, [0] * words.lanes)
        return builder.select(builder.icmp_signed("<", arguments[0], zeros), *arguments[1:])

    return a(words, a, b), generate


@intrinsic
def union(_context: Any, words: Any) -> Any:
    """The bits that any word of a vector has."""
    if not (isinstance(words, Vector) and words.is_words):
        return None

    def generate(_context: Any, builder: Any, _signature: Any, arguments: Any) -> Any:
        numbers = [builder.extract_element(arguments[0], ir.IntType(32)(i)) for i in range(words.lanes)]
        return functools.reduce(builder.or_, numbers)

    return words.dtype(words), generate


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
def at_least(_context: Any, x: Any, least: Any) -> Any:
    """The larger one of the numbers of two vectors, x where they are equal; its NaN stays."""
    if not is_floats(x) or x != least:
        return None

    def generate(_context: Any, builder: Any, _signature: Any, arguments: Any) -> Any:
        number, limit = arguments
        return builder.select(builder.fcmp_ordered("<", number, limit), limit, number)

    return x(x, least), generate


@intrinsic
def rectified(_context: Any, x: Any) -> Any:
    """0 where a vector is below 0, else the vector; NaN stays."""
    if not is_floats(x):
        return None

    def generate(_context: Any, builder: Any, _signature: Any, arguments: Any) -> Any:
        zero = ir.Constant(x.llvm, [0.0] * LANES)
        return builder.select(builder.fcmp_ordered("<", arguments[0], zero), zero, arguments[0])

    return x(x), generate
