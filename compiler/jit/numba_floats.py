"""float16 and bfloat16 for numba, which has neither: 16 bits in memory, float32 between; see `short_floats.py`.

The conversions are the same LLVM text that direct compilation writes, linked in as functions. Printed for numba, a load
or store of an argument of such a type has a name of its own, and the argument is a pointer to 16-bit integers.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from typing import Any, NamedTuple

from llvmlite import ir
from numba.core import cgutils, types
from numba.extending import intrinsic

from ..mathlib.instructions import Instruction, printed
from ..numba.mathlib_bridge import LinkedModule
from . import short_floats
from .short_types import SHORT

_ATTRIBUTES = "alwaysinline nounwind willreturn memory(none)"


class _Lines:
    """What the conversions write to. It has no conversions in hardware: the arithmetic on bits gives the same."""

    has_doubles = True

    def __init__(self) -> None:
        self.lines: list[str] = []

    def emit(self, instruction: Instruction) -> str:
        """Append an instruction; returns the name of its result."""
        name = f"%t{len(self.lines)}"
        self.lines.append(printed((name, instruction)))
        return name


class _Conversion(NamedTuple):
    """A function in LLVM text: `text` defines `symbol`."""

    symbol: str
    text: str


@cache
def _conversion(word: str, kind: str) -> _Conversion:
    """`widen`, `round` or `narrow` (which rounds first) for a short type."""
    f = _Lines()
    given, made = ("i16", "float") if word == "widen" else ("float", "i16" if word == "narrow" else "float")
    if word == "widen":
        result = short_floats.widen(f, kind, "%x")
    else:
        result = short_floats.round_to(f, kind, "%x")
        result = short_floats.narrow(f, kind, result) if word == "narrow" else result
    symbol = f"sessile_{word}_{kind}"
    head = f"define linkonce_odr {made} @{symbol}({given} %x) {_ATTRIBUTES} {{"
    return _Conversion(symbol, "\n".join([head, "entry:", *f.lines, f"  ret {made} {result}", "}", ""]))


def _called(context: Any, builder: Any, word: str, kind: str, value: Any) -> Any:
    """Emit a call of a conversion."""
    conversion = _conversion(word, kind)
    library = context.active_code_library
    library.add_linking_library(LinkedModule(conversion, str(library.codegen.target_data)))
    result = ir.IntType(16) if word == "narrow" else ir.FloatType()
    function = cgutils.get_or_insert_function(builder.module, ir.FunctionType(result, [value.type]), conversion.symbol)
    return builder.call(function, [value])


def _loading(kind: str) -> Any:
    @intrinsic
    def load(typing_context: Any, pointer: Any, index: Any) -> Any:
        def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
            bits = builder.load(builder.gep(arguments[0], [arguments[1]], inbounds=True))
            return _called(context, builder, "widen", kind, bits)

        return types.float32(pointer, index), generate

    return load


def _storing(kind: str) -> Any:
    @intrinsic
    def store(typing_context: Any, pointer: Any, index: Any, value: Any) -> Any:
        def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
            number = context.cast(builder, arguments[2], value, types.float32)
            bits = _called(context, builder, "narrow", kind, number)
            builder.store(bits, builder.gep(arguments[0], [arguments[1]], inbounds=True))
            return context.get_dummy_value()

        return types.void(pointer, index, value), generate

    return store


def _rounding(kind: str) -> Any:
    @intrinsic
    def rounded(typing_context: Any, value: Any) -> Any:
        def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
            return _called(context, builder, "round", kind, context.cast(builder, arguments[0], value, types.float32))

        return types.float32(value), generate

    return rounded


NAMESPACE: dict[str, Callable[..., Any]] = {
    **{kind: _rounding(kind) for kind in SHORT},
    **{f"load_{kind}": _loading(kind) for kind in SHORT},
    **{f"store_{kind}": _storing(kind) for kind in SHORT},
}
