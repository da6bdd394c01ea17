"""Arithmetic of 16 bits that a processor does at a stroke for many lanes, said so that the compiler sees it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from llvmlite import ir
from numba import types
from numba.extending import intrinsic

_NARROW, _WIDE = ir.IntType(16), ir.IntType(32)
_SIGNATURE = types.uint16(types.uint16, types.uint16)


@intrinsic
def plus(context: Any, a: Any, b: Any) -> tuple[Any, Callable[..., Any]]:
    """Sum, 65535 where it is more."""

    def code(_: Any, builder: Any, __: Any, values: Any) -> Any:
        return builder.call(_named(builder, "llvm.uadd.sat"), values)

    return _SIGNATURE, code


@intrinsic
def minus(context: Any, a: Any, b: Any) -> tuple[Any, Callable[..., Any]]:
    """Difference, 0 where it is less."""

    def code(_: Any, builder: Any, __: Any, values: Any) -> Any:
        return builder.call(_named(builder, "llvm.usub.sat"), values)

    return _SIGNATURE, code


@intrinsic
def low(context: Any, a: Any, b: Any) -> tuple[Any, Callable[..., Any]]:
    """Lower 16 bits of the product."""

    def code(_: Any, builder: Any, __: Any, values: Any) -> Any:
        return builder.mul(*values)

    return _SIGNATURE, code


@intrinsic
def high(context: Any, a: Any, b: Any) -> tuple[Any, Callable[..., Any]]:
    """Upper 16 bits of the product."""

    def code(_: Any, builder: Any, __: Any, values: Any) -> Any:
        product = builder.mul(*(builder.zext(value, _WIDE) for value in values))
        return builder.trunc(builder.lshr(product, ir.Constant(_WIDE, 16)), _NARROW)

    return _SIGNATURE, code


def _named(builder: Any, name: str) -> Any:
    return builder.module.declare_intrinsic(name, (_NARROW,), ir.FunctionType(_NARROW, [_NARROW, _NARROW]))
