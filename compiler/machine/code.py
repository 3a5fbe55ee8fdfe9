"""Machine code of native steps."""

from __future__ import annotations

import time
from collections.abc import Sequence
from functools import cache
from typing import Any

from . import compile_log
from .lock import one_at_a_time


@cache
def _initialize() -> None:
    import llvmlite.binding as llvm

    if hasattr(llvm, "initialize_native_target"):
        llvm.initialize_native_target()
        llvm.initialize_native_asmprinter()


def _machine() -> Any:
    """A target machine that does not optimise: steps only check, bind and call.

    A third of the time (5 for 16 ms, a step of one kernel), and calls of one to five kernels took the same time.
    """
    import llvmlite.binding as llvm

    _initialize()
    return llvm.Target.from_default_triple().create_target_machine(opt=0, jit=True)


class Code:
    """A native step in machine code, with everything whose address stands in it."""

    __slots__ = ("address", "engine", "objects")

    @one_at_a_time
    def __init__(self, text: str, objects: Sequence[Any]) -> None:
        import llvmlite.binding as llvm

        started = time.perf_counter()
        module = llvm.parse_assembly(f'target triple = "{llvm.get_process_triple()}"\n{text}')
        module.verify()
        self.engine = llvm.create_mcjit_compiler(module, _machine())
        self.engine.finalize_object()
        self.address = self.engine.get_function_address("step")
        self.objects = objects
        job = compile_log.current()
        if job is not None:
            job.done("step", job.what, time.perf_counter() - started)
