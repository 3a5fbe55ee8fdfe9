"""What generated kernels call besides `mathlib`: typed loads and stores, and scalar functions without libm.

Each is an LLVM instruction or two under numba. Called from plain Python (`plain_namespace`), it does the same with
NumPy, so that generated source can be run and stepped through.

`store` and `load` carry alias scopes: a kernel's results are fresh memory, so LLVM need not check that they do not
overlap the arguments (it gives up vectorising beyond a handful of such checks).
"""

from __future__ import annotations

import ctypes
from typing import Any

import numpy as np
from llvmlite import ir
from numba.core import types
from numba.extending import intrinsic

from ...ops.definition.element_kinds import is_short_float


def _results_scope(builder: Any) -> Any:
    """The alias scope of a kernel's results, as metadata of the function's module."""
    module = builder.module
    known = getattr(module, "_sessile_scopes", None)
    if known is None:
        domain = module.add_metadata([ir.MetaDataString(module, "sessile kernel")])
        scope = module.add_metadata([ir.MetaDataString(module, "results"), domain])
        known = module._sessile_scopes = module.add_metadata([scope])
    return known


def _element(builder: Any, pointer: Any, index: Any) -> Any:
    return builder.gep(pointer, [index], inbounds=True)


@intrinsic
def load(typing_context: Any, pointer: Any, index: Any) -> Any:
    """The element of an argument at a flat index."""

    def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        value = builder.load(_element(builder, *arguments))
        value.set_metadata("noalias", _results_scope(builder))
        return value

    return pointer.dtype(pointer, index), generate


@intrinsic
def load_bool(typing_context: Any, pointer: Any, index: Any) -> Any:
    """The truth value at a flat index of an argument of bytes."""

    def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        value = builder.load(_element(builder, *arguments))
        value.set_metadata("noalias", _results_scope(builder))
        return builder.icmp_unsigned("!=", value, ir.Constant(value.type, 0))

    return types.boolean(pointer, index), generate


@intrinsic
def store(typing_context: Any, pointer: Any, index: Any, value: Any) -> Any:
    """Write the element of a result at a flat index."""

    def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        instruction = builder.store(arguments[2], _element(builder, *arguments[:2]))
        instruction.set_metadata("alias.scope", _results_scope(builder))
        return context.get_dummy_value()

    return types.void(pointer, index, pointer.dtype), generate


@intrinsic
def store_bool(typing_context: Any, pointer: Any, index: Any, value: Any) -> Any:
    """Write a truth value as a byte."""

    def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        byte = builder.zext(arguments[2], ir.IntType(8))
        instruction = builder.store(byte, _element(builder, *arguments[:2]))
        instruction.set_metadata("alias.scope", _results_scope(builder))
        return context.get_dummy_value()

    return types.void(pointer, index, types.boolean), generate


@intrinsic
def load_result(typing_context: Any, pointer: Any, index: Any) -> Any:
    """Read back what this kernel wrote into a result."""

    def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        value = builder.load(_element(builder, *arguments))
        value.set_metadata("alias.scope", _results_scope(builder))
        return value

    return pointer.dtype(pointer, index), generate


def _number(kind: Any) -> Any:
    """A number of the table of float64 at an address."""

    @intrinsic
    def function(typing_context: Any, table: Any, place: Any) -> Any:
        def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
            base = builder.inttoptr(arguments[0], ir.PointerType(ir.DoubleType()))
            found = builder.load(builder.gep(base, [context.cast(builder, arguments[1], place, types.uintp)]))
            return context.cast(builder, found, types.float64, kind)

        return kind(table, place), generate

    return function


number_f32, number_f64 = _number(types.float32), _number(types.float64)


def _llvm_unary(name: str) -> Any:
    """A scalar function that LLVM has as an intrinsic."""

    @intrinsic
    def function(typing_context: Any, x: Any) -> Any:
        def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
            declared = builder.module.declare_intrinsic(f"llvm.{name}", [arguments[0].type])
            return builder.call(declared, arguments)

        return x(x), generate

    return function


sqrt = _llvm_unary("sqrt")
floor = _llvm_unary("floor")
ceil = _llvm_unary("ceil")
trunc = _llvm_unary("trunc")
rint = _llvm_unary("rint")
fabs = _llvm_unary("fabs")
popcount = _llvm_unary("ctpop")


@intrinsic
def copysign(typing_context: Any, x: Any, y: Any) -> Any:
    """`x` with the sign of `y`."""

    def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        declared = builder.module.declare_intrinsic("llvm.copysign", [arguments[0].type])
        return builder.call(declared, arguments)

    return x(x, x), generate


def _extreme(relation: str) -> Any:
    """The larger or smaller of two values; NaN wins."""

    @intrinsic
    def function(typing_context: Any, x: Any, y: Any) -> Any:
        def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
            a, b = arguments
            if isinstance(x, types.Float):
                keep = builder.fcmp_ordered(relation, a, b)
                is_nan = builder.fcmp_unordered("uno", a, a)
                return builder.select(builder.or_(keep, is_nan), a, b)
            if x.signed:
                return builder.select(builder.icmp_signed(relation, a, b), a, b)
            return builder.select(builder.icmp_unsigned(relation, a, b), a, b)

        return x(x, x), generate

    return function


maximum = _extreme(">")
minimum = _extreme("<")


@intrinsic
def isnan(typing_context: Any, x: Any) -> Any:
    """Whether a floating-point number is NaN."""

    def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        return builder.fcmp_unordered("uno", arguments[0], arguments[0])

    return types.boolean(x), generate


def _magnitude_test(relation: str) -> Any:
    @intrinsic
    def function(typing_context: Any, x: Any) -> Any:
        def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
            kind = arguments[0].type
            size = builder.call(builder.module.declare_intrinsic("llvm.fabs", [kind]), arguments)
            return builder.fcmp_ordered(relation, size, ir.Constant(kind, float("inf")))

        return types.boolean(x), generate

    return function


isinf = _magnitude_test("==")
isfinite = _magnitude_test("<")


@intrinsic
def add_any_order(typing_context: Any, x: Any, y: Any) -> Any:
    """A sum that may be taken in any order: what lets the loop of a reduction vectorise."""

    def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        if isinstance(x, types.Float):
            return builder.fadd(*arguments, flags=("reassoc", "contract"))
        return builder.add(*arguments)

    return x(x, x), generate


@intrinsic
def multiply_any_order(typing_context: Any, x: Any, y: Any) -> Any:
    """A product that may be taken in any order."""

    def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        if isinstance(x, types.Float):
            return builder.fmul(*arguments, flags=("reassoc",))
        return builder.mul(*arguments)

    return x(x, x), generate


def _extreme_without_nan(relation: str) -> Any:
    """The larger or smaller of two values where NaN is looked for separately (`isnan` of every element)."""

    @intrinsic
    def function(typing_context: Any, x: Any, y: Any) -> Any:
        def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
            a, b = arguments
            if isinstance(x, types.Float):
                flags = ("nnan", "nsz")
                return builder.select(builder.fcmp_ordered(relation, a, b, flags=flags), a, b, flags=flags)
            compare = builder.icmp_signed if x.signed else builder.icmp_unsigned
            return builder.select(compare(relation, a, b), a, b)

        return x(x, x), generate

    return function


larger = _extreme_without_nan(">")
smaller = _extreme_without_nan("<")


@intrinsic
def either(typing_context: Any, x: Any, y: Any) -> Any:
    """Whether one of two truth values holds, without a branch."""

    def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        return builder.or_(*arguments)

    return types.boolean(types.boolean, types.boolean), generate


@intrinsic
def both(typing_context: Any, x: Any, y: Any) -> Any:
    """Whether both truth values hold, without a branch."""

    def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        return builder.and_(*arguments)

    return types.boolean(types.boolean, types.boolean), generate


@intrinsic
def pick(typing_context: Any, condition: Any, x: Any, y: Any) -> Any:
    """`x` if the condition holds, else `y`, without a branch."""

    def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        return builder.select(*arguments)

    return x(types.boolean, x, x), generate


@intrinsic
def truncmod(typing_context: Any, x: Any, y: Any) -> Any:
    """The remainder with the sign of the dividend."""

    def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        if isinstance(x, types.Float):
            return builder.frem(*arguments)
        return _guarded_division(builder, x, arguments, builder.srem if x.signed else builder.urem)

    return x(x, x), generate


@intrinsic
def truncdiv(typing_context: Any, x: Any, y: Any) -> Any:
    """The quotient rounded towards zero; integers divided by zero give zero."""

    def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        if isinstance(x, types.Float):
            declared = builder.module.declare_intrinsic("llvm.trunc", [arguments[0].type])
            return builder.call(declared, [builder.fdiv(*arguments)])
        return _guarded_division(builder, x, arguments, builder.sdiv if x.signed else builder.udiv)

    return x(x, x), generate


@intrinsic
def floormod(typing_context: Any, x: Any, y: Any) -> Any:
    """The remainder with the sign of the divisor, as Python's `%`."""

    def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        if isinstance(x, types.Float):
            rest = builder.frem(*arguments)
            zero = ir.Constant(rest.type, 0.0)
            differs = builder.xor(builder.fcmp_ordered("<", rest, zero), builder.fcmp_ordered("<", arguments[1], zero))
            is_some = builder.fcmp_unordered("!=", rest, zero)
            return builder.select(builder.and_(differs, is_some), builder.fadd(rest, arguments[1]), rest)
        rest = _guarded_division(builder, x, arguments, builder.srem if x.signed else builder.urem)
        if not x.signed:
            return rest
        zero = ir.Constant(rest.type, 0)
        differs = builder.icmp_signed("<", builder.xor(rest, arguments[1]), zero)
        is_some = builder.icmp_signed("!=", rest, zero)
        return builder.select(builder.and_(differs, is_some), builder.add(rest, arguments[1]), rest)

    return x(x, x), generate


def _guarded_division(builder: Any, kind: Any, arguments: Any, operation: Any) -> Any:
    """Division that never traps: by zero it gives zero, and the lowest number by -1 wraps."""
    x, y = arguments
    zero, one = ir.Constant(y.type, 0), ir.Constant(y.type, 1)
    is_zero = builder.icmp_signed("==", y, zero)
    unsafe = is_zero
    negated = None
    if kind.signed:
        minus = builder.icmp_signed("==", y, ir.Constant(y.type, -1))
        unsafe = builder.or_(is_zero, minus)
        negated = builder.sub(zero, x) if operation.__name__ == "sdiv" else zero
    result = operation(x, builder.select(unsafe, one, y))
    if negated is not None:
        result = builder.select(minus, negated, result)
    return builder.select(is_zero, zero, result)


NAMESPACE = {
    name: value
    for name, value in globals().items()
    if name in {
        "load", "load_bool", "load_result", "store", "store_bool", "sqrt", "floor", "ceil", "trunc", "rint", "fabs",
        "popcount", "copysign", "maximum", "minimum", "isnan", "isinf", "isfinite", "add_any_order",
        "multiply_any_order", "number_f32", "number_f64",
        "larger", "smaller", "either", "both", "pick", "truncmod", "truncdiv", "floormod",
    }
}  # fmt: skip


def _truncated_quotient(x: Any, y: Any) -> Any:
    if isinstance(x, np.floating):
        return np.trunc(x / y)
    return (x - np.fmod(x, y)) // y if y else x * 0


def plain_namespace() -> dict[str, Any]:
    """The same names for plain Python: arguments are flat arrays, values NumPy scalars."""

    def put(array: Any, index: Any, value: Any) -> None:
        array[int(index)] = value

    def get(array: Any, index: Any) -> Any:
        element = array[int(index)]
        return element.astype(np.float32) if is_short_float(element.dtype) else element

    def number(dtype: Any) -> Any:
        return lambda table, place: dtype(ctypes.c_double.from_address(int(table) + 8 * int(place)).value)

    return {
        "number_f32": number(np.float32), "number_f64": number(np.float64),
        "load": get, "load_bool": get, "load_result": get, "store": put, "store_bool": put, "sqrt": np.sqrt,
        "floor": np.floor, "ceil": np.ceil, "trunc": np.trunc, "rint": np.rint, "fabs": np.fabs,
        "popcount": np.bitwise_count if hasattr(np, "bitwise_count") else lambda x: bin(x).count("1"),
        "copysign": np.copysign, "maximum": np.maximum, "minimum": np.minimum, "isnan": np.isnan, "isinf": np.isinf,
        "isfinite": np.isfinite, "add_any_order": np.add, "multiply_any_order": np.multiply, "larger": np.fmax,
        "smaller": np.fmin, "either": np.logical_or, "both": np.logical_and,
        "pick": lambda condition, x, y: x if condition else y, "truncmod": np.fmod,
        "truncdiv": _truncated_quotient, "floormod": np.mod,
    }  # fmt: skip
