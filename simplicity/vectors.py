"""Operators on vectors in compiled code, so that formulas can be written as they are for numbers.

``+``, ``-``, ``*`` are for vectors of floats and of words, ``^``, ``&``, ``|``, ``<<``, ``>>`` for words,
whose arithmetic wraps around. A number beside a vector stands for a vector of equal numbers. Every operation
is rounded by itself, as in :mod:`simplicity.simd`.
"""

from __future__ import annotations

import functools
import operator
from typing import Any

from llvmlite import ir
from numba import types
from numba.core import cgutils
from numba.extending import intrinsic, lower_builtin, type_callable

from simplicity.simd import Vector, llvm_vector, shuffled, splat_of

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
        value if isinstance(kind, Vector) else splat_of(builder, value, llvm_vector(vector))
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
def fma(_context: Any, a: Any, b: Any, c: Any) -> Any:
    """a * b + c, rounded once, of vectors of floats and numbers."""
    vector = next((kind for kind in (a, b, c) if isinstance(kind, Vector)), None)
    if vector is None or vector.is_words or any(kind not in (vector, vector.dtype) for kind in (a, b, c)):
        return None

    def generate(_context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        values = _as_vectors(builder, signature.args, arguments, vector)
        kind = ir.FunctionType(values[0].type, [values[0].type] * 3)
        name = f"llvm.fma.v{vector.lanes}f{vector.dtype.bitwidth}"
        return builder.call(cgutils.get_or_insert_function(builder.module, kind, name), values)

    return vector(a, b, c), generate


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
            return getattr(builder, name)(arguments[0], llvm_vector(result))

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
        return arguments[1] if result == x else builder.fpext(arguments[1], llvm_vector(result))

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
        quad = llvm_vector(Vector(array.dtype, 4)).as_pointer()
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
