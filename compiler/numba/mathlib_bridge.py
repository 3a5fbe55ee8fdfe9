"""Teach numba the routines: their types and their lowering."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Protocol

import llvmlite.binding as llvm
from llvmlite import ir
from numba.core import cgutils, config, types
from numba.core.typing.templates import make_concrete_template, signature
from numba.extending import lower_builtin

from ..machine.object_code import leaves_itself
from ..mathlib.emit import FLOAT32
from ..mathlib.huge import CONVENTION

if TYPE_CHECKING:
    from ..mathlib.function import Routine

__all__ = ["function_type"]


def function_type(routine: Routine) -> Any:
    """Return numba's type of `routine`: a function of its format, into which narrower arguments are converted."""
    number = types.float32 if routine.form is FLOAT32 else types.float64
    arguments = (number,) * routine.function.arity
    lower_builtin(routine, *arguments)(lower_call_of(routine))
    template = make_concrete_template(f"mathlib_{routine.__name__}", routine, (signature(number, *arguments),))
    return types.Function(template)


class HasText(Protocol):
    """A function in LLVM text."""

    @property
    def text(self) -> str:
        """The text."""


class LinkedModule:
    """A routine's LLVM module in the form in which numba links one library into another.

    numba links it after the caller's own module, when the call is known; so the function can be `linkonce_odr`,
    which goes away once it is inlined.  Being a module of its own also keeps numba from adding the caller's
    fast-math flags to these instructions.
    """

    def __init__(self, routine: HasText, data_layout: str) -> None:
        self._reload_init: frozenset[str] = frozenset()
        # LLVM's vectoriser of straight code, off unless asked for, calls vector variants by the plain convention;
        # and numba's target machine loses halves of registers that survive a call (`leaves_itself`).
        plain = getattr(config, "SLP_VECTORIZE", 0) or leaves_itself()
        text = routine.text.replace(CONVENTION, "ccc") if plain else routine.text
        self._module = llvm.parse_assembly(text)
        self._module.triple, self._module.data_layout = llvm.get_process_triple(), data_layout

    def _ensure_finalized(self) -> None:
        """It always is."""

    def _get_module_for_linking(self) -> Any:
        return self._module


def lower_call_of(routine: Routine) -> Any:
    """Return the lowering: a call of the routine's LLVM function, whose module is parsed at the first one."""
    modules: list[LinkedModule] = []

    def lower(context: Any, builder: Any, sig: Any, args: Any) -> Any:
        library = context.active_code_library
        if not modules:
            modules.append(LinkedModule(routine, str(library.codegen.target_data)))
        library.add_linking_library(modules[0])
        number = ir.FloatType() if routine.form is FLOAT32 else ir.DoubleType()
        kind = ir.FunctionType(number, [number] * len(args))
        return builder.call(cgutils.get_or_insert_function(builder.module, kind, routine.symbol), args)

    return lower
