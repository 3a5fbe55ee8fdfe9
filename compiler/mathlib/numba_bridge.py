"""Teach numba the routines: their types and their lowering."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import llvmlite.binding as llvm
from llvmlite import ir
from numba.core import cgutils, types
from numba.core.typing.templates import make_concrete_template, signature
from numba.extending import lower_builtin

from .emit import FLOAT32

if TYPE_CHECKING:
    from .function import Routine

__all__ = ["function_type"]


def function_type(routine: Routine) -> Any:
    """Return numba's type of `routine`: a function of its format, into which narrower arguments are converted."""
    number = types.float32 if routine.form is FLOAT32 else types.float64
    arguments = (number,) * routine.function.arity
    lower_builtin(routine, *arguments)(lower_call_of(routine))
    template = make_concrete_template(f"mathlib_{routine.__name__}", routine, (signature(number, *arguments),))
    return types.Function(template)


def lower_call_of(routine: Routine) -> Any:
    """Return the lowering: link the routine's module to the library being compiled, once, and call it."""

    def lower(context: Any, builder: Any, sig: Any, args: Any) -> Any:
        link(context.active_code_library, routine)
        number = ir.FloatType() if routine.form is FLOAT32 else ir.DoubleType()
        kind = ir.FunctionType(number, [number] * len(args))
        return builder.call(cgutils.get_or_insert_function(builder.module, kind, routine.symbol), args)

    return lower


def link(library: Any, routine: Routine) -> None:
    """Add the routine's LLVM module to `library` unless it has it.

    A module of its own keeps numba from adding the caller's fast-math flags to these instructions.
    """
    linked = library.__dict__.setdefault("_sessile_mathlib", set())
    if routine.symbol not in linked:
        linked.add(routine.symbol)
        module = llvm.parse_assembly(routine.text)
        module.triple = library.codegen.target_data and llvm.get_process_triple()
        library.add_llvm_module(module)
