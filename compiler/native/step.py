"""The native printer: a list of actions as one builtin function, LLVM IR compiled with llvmlite.

`table_for` says which function writes which action; `printer.py` shows the form of what they write.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

from ..machine.code import Code
from ..machine.cpus import usable_cpus
from ..machine.garbage import uncollected
from ..step import actions as act
from . import arguments, calls, ends, kernels, memory
from .integers import DECLARED
from .printer import Printer, Table

_DECLARED: Final = (
    "declare void @llvm.memcpy.p0.p0.i64(ptr, ptr, i64, i1)\ndeclare void @llvm.memset.p0.i64(ptr, i8, i64, i1)\n"
    "declare i64 @llvm.ctlz.i64(i64, i1)\n" + DECLARED
)


def table_for(actions: Sequence[act.Action]) -> Table:
    """What writes each kind of action; what is rare is loaded by the steps that have it."""
    table = dict[type, Any]()
    for module in (arguments, memory, kernels, calls, ends):
        table.update(module.TABLE)
    kinds = set(map(type, actions))
    if act.Multiply in kinds:
        from .products import calls as products

        table.update(products.TABLE)
    if act.Slide in kinds:
        from . import windows

        table.update(windows.TABLE)
    if act.Draw in kinds:
        from . import drawing

        table.update(drawing.TABLE)
    if not kinds.isdisjoint((act.ReadCell, act.FindHandle, act.KeepArray)):
        from . import cells

        table.update(cells.TABLE)
    if act.TakeRecord in kinds:
        from . import clock

        table.update(clock.TABLE)
    return table


def text_of(actions: act.ActionList) -> tuple[str, list[Any]]:
    """Return the LLVM module of a step, and the objects whose addresses stand in it."""
    printer = Printer(actions, actions.variant.threads or usable_cpus(), table_for(actions.actions))
    printer.write(actions.actions)
    ends.failure_paths(printer)
    body = "\n".join(printer.asm.lines)
    head = f"{_DECLARED}{printer.functions}define ptr @step(ptr %self, ptr %args, i64 %nargs) {{\nentry:\n"
    return f"{head}{body}\n}}\n", printer.objects


@uncollected
def assemble(actions: act.ActionList) -> Code | None:
    """Compile a step; None, with a line in the log, if LLVM refuses it: the plan runs without it then."""
    try:
        return Code(*text_of(actions))
    except RuntimeError as error:
        import logging

        logging.getLogger("sessile").warning("a native step was refused, a slower one runs instead: %s", error)
        return None
