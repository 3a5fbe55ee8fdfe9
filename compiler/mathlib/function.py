"""A function in one format, ready to be called from compiled and from plain Python code.

`Routine("exp", FLOAT32)` is the object that generated source calls as `exp_f32`.  In a numba-compiled function it
becomes a call of an LLVM function that is always inlined, whose text is traced once for each process: there is no
type inference, so a second kernel pays only for parsing and optimising it.  Called from Python it runs the same
instructions, compiled alone, so both give the same bits.
"""

from __future__ import annotations

import ctypes
import importlib
from collections.abc import Callable
from functools import cached_property
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from .emit import FLOAT32, Body, Format, Value
from .instructions import printed

if TYPE_CHECKING:
    from .table import Function

__all__ = ["Routine"]

ATTRIBUTES = "alwaysinline nounwind willreturn memory(none)"


class Traced(NamedTuple):
    """A function's parameters, its instructions, and its result."""

    names: list[str]
    body: Body
    result: Value


class Routine:
    """One function for one format; `name_f32` or `name_f64`."""

    def __init__(self, function: Function, form: Format) -> None:
        self.function = function
        self.form = form
        self.__name__ = f"{function.name}_{form.suffix}"
        self.py_func = self

    def __repr__(self) -> str:
        return f"<mathlib {self.__name__}>"

    @property
    def symbol(self) -> str:
        """The name of the LLVM function."""
        return f"sessile_{self.__name__}"

    @cached_property
    def traced(self) -> Traced:
        """The function's instructions.  Tracing costs 1 to 3 ms, once."""
        module, _, attribute = self.function.source.partition(":")
        trace = getattr(importlib.import_module(f"{__package__}.{module}"), attribute)
        body = Body()
        names = [f"%x{index}" for index in range(self.function.arity)]
        return Traced(names, body, trace(*(Value(body, self.form.llvm, name) for name in names)))

    @cached_property
    def text(self) -> str:
        """The LLVM module that defines the function."""
        names, body, result = self.traced
        parameters = ", ".join(f"{self.form.llvm} {name}" for name in names)
        lines = [f"define linkonce_odr {self.form.llvm} @{self.symbol}({parameters}) {ATTRIBUTES} {{", "entry:"]
        lines += [*map(printed, body.lines), f"  ret {result.type} {result.name}", "}"]
        return "\n".join([merge_used(body.helpers), *lines, *body.declarations]) + "\n"

    @cached_property
    def _numba_type_(self) -> Any:
        """The type numba sees; asking for it teaches numba this function."""
        # numba asks the object for it, so this is a door upward: by name, when there is a numba that asks.
        bridge = importlib.import_module(f"{__package__.rpartition('.')[0]}.numba.mathlib_bridge")
        return bridge.function_type(self)

    @cached_property
    def _compiled(self) -> tuple[Any, Callable[..., None]]:
        from .native_loop import compile_loop

        return compile_loop(self)

    def __call__(self, *arguments: Any) -> Any:
        """Return the function of NumPy scalars or arrays, in this routine's format."""
        dtype = np.dtype(np.float32 if self.form is FLOAT32 else np.float64)
        arrays = np.broadcast_arrays(*(np.asarray(argument, dtype) for argument in arguments))
        sources = [np.ascontiguousarray(array) for array in arrays]
        result = np.empty(arrays[0].shape, dtype)
        pointers = [array.ctypes.data for array in (result, *sources)]
        self._compiled[1](*(ctypes.c_void_p(pointer) for pointer in pointers), result.size)
        return result if result.shape else result[()]


def merge_used(helpers: dict[str, None]) -> str:
    """Return the helper texts as one, their lists of symbols to keep joined (a module has just one)."""
    start = "@llvm.compiler.used = appending global ["
    kept, lines = [], []
    for line in "".join(helpers).splitlines():
        if line.startswith(start):
            kept.append(line.partition("] [")[2].partition("]")[0])
        elif line not in lines or not line.startswith("declare"):
            lines.append(line)
    if kept:
        symbols = ", ".join(kept)
        count = symbols.count("@")
        lines.insert(0, f'{start}{count} x ptr] [{symbols}], section "llvm.metadata"')
    return "\n".join(lines)
