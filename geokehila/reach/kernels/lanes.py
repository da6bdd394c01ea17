"""Rows of numbers that a processor does at a stroke: 64 of 16 bits, or 8 of 32.

Said to the compiler as vectors, not left to it to find in loops: it gives up on short ones, and guards long ones
against overlaps that there are not. A vector lives in registers; `load` and `store` move it from and to a row of an
array, named by its number: a view of the row would be counted in and out, at more than the row costs.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from llvmlite import ir
from numba import types
from numba.core import cgutils
from numba.extending import intrinsic, models, register_model

#: Numbers to a vector, by their bits.
WIDTH = {16: 64, 32: 8}

Typed = tuple[Any, Callable[..., Any]]
_INDEX = ir.IntType(32)


class Lanes(types.Type):
    """Numba's type of a vector of unsigned numbers."""

    def __init__(self, bits: int) -> None:
        self.bits = bits
        super().__init__(f"Lanes({bits})")


@register_model(Lanes)
class _Vector(models.PrimitiveModel):
    def __init__(self, manager: Any, lanes: Lanes) -> None:
        super().__init__(manager, lanes, ir.VectorType(ir.IntType(lanes.bits), WIDTH[lanes.bits]))


@intrinsic
def load(context: Any, rows: Any, k: Any) -> Typed:
    """Row `k` of an array whose rows are one vector each."""

    def code(context: Any, builder: Any, signature: Any, values: Any) -> Any:
        return builder.load(_pointer(context, builder, signature, values), align=2)

    return Lanes(rows.dtype.bitwidth)(rows, k), code


@intrinsic
def store(context: Any, rows: Any, k: Any, lanes: Any) -> Typed:
    """Write a vector to row `k`."""

    def code(context: Any, builder: Any, signature: Any, values: Any) -> Any:
        builder.store(values[2], _pointer(context, builder, signature, values), align=2)
        return context.get_dummy_value()

    return types.void(rows, k, lanes), code


@intrinsic
def every(context: Any, number: Any) -> Typed:
    """One number in every lane."""

    def code(context: Any, builder: Any, signature: Any, values: Any) -> Any:
        vector = context.get_value_type(signature.return_type)
        empty = ir.Constant(vector, ir.Undefined)
        first = builder.insert_element(empty, values[0], _INDEX(0))
        return builder.shuffle_vector(first, empty, ir.Constant(ir.VectorType(_INDEX, vector.count), None))

    return Lanes(number.bitwidth)(number), code


@intrinsic
def plus(context: Any, a: Any, b: Any) -> Typed:
    """Sum, the greatest number there is where it is more."""
    return a(a, b), lambda _, builder, __, values: _called(builder, "uadd.sat", *values)


@intrinsic
def minus(context: Any, a: Any, b: Any) -> Typed:
    """Difference, 0 where it is less."""
    return a(a, b), lambda _, builder, __, values: _called(builder, "usub.sat", *values)


@intrinsic
def lesser(context: Any, a: Any, b: Any) -> Typed:
    """The lesser of two numbers."""
    return a(a, b), lambda _, builder, __, values: _called(builder, "umin", *values)


@intrinsic
def added(context: Any, a: Any, b: Any) -> Typed:
    """Sum, from 0 on where it runs over."""
    return a(a, b), lambda _, builder, __, values: builder.add(*values)


@intrinsic
def low(context: Any, a: Any, b: Any) -> Typed:
    """Lower half of the product."""
    return a(a, b), lambda _, builder, __, values: builder.mul(*values)


@intrinsic
def high(context: Any, a: Any, b: Any) -> Typed:
    """Upper half of the product."""

    def code(_: Any, builder: Any, __: Any, values: Any) -> Any:
        narrow = values[0].type
        wide = ir.VectorType(ir.IntType(2 * narrow.element.width), narrow.count)
        half = ir.Constant(wide, [narrow.element.width] * narrow.count)
        return builder.trunc(builder.lshr(builder.mul(*(builder.zext(v, wide) for v in values)), half), narrow)

    return a(a, b), code


@intrinsic
def where_less(context: Any, a: Any, b: Any, then: Any, other: Any) -> Typed:
    """Take `then` where a < b, else `other`."""

    def code(_: Any, builder: Any, __: Any, values: Any) -> Any:
        return builder.select(builder.icmp_unsigned("<", *values[:2]), *values[2:])

    return then(a, b, then, other), code


@intrinsic
def least(context: Any, lanes: Any) -> Typed:
    """Least number of all lanes."""
    return _number(lanes)(lanes), lambda _, builder, __, values: _across(builder, "umin", *values)


@intrinsic
def most(context: Any, lanes: Any) -> Typed:
    """Greatest number of all lanes."""
    return _number(lanes)(lanes), lambda _, builder, __, values: _across(builder, "umax", *values)


def _number(lanes: Lanes) -> Any:
    return types.Integer.from_bitwidth(lanes.bits, signed=False)


def _pointer(context: Any, builder: Any, signature: Any, values: Any) -> Any:
    """Where row `k` begins; rows lie one behind the other."""
    rows = context.make_array(signature.args[0])(context, builder, values[0])
    vector = ir.VectorType(ir.IntType(signature.args[0].dtype.bitwidth), WIDTH[signature.args[0].dtype.bitwidth])
    return builder.gep(builder.bitcast(rows.data, vector.as_pointer()), [values[1]])


def _called(builder: Any, name: str, *vectors: Any) -> Any:
    vector = vectors[0].type
    kind = ir.FunctionType(vector, [vector] * len(vectors))
    named = f"llvm.{name}.v{vector.count}i{vector.element.width}"
    return builder.call(cgutils.get_or_insert_function(builder.module, kind, named), vectors)


def _across(builder: Any, name: str, lanes: Any) -> Any:
    vector = lanes.type
    kind = ir.FunctionType(vector.element, [vector])
    named = f"llvm.vector.reduce.{name}.v{vector.count}i{vector.element.width}"
    return builder.call(cgutils.get_or_insert_function(builder.module, kind, named), [lanes])
