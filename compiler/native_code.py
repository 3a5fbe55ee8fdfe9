"""Machine code of native steps."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from typing import Any

_initialized = False
_lock = threading.Lock()


def _machine() -> Any:
    import llvmlite.binding as llvm

    global _initialized
    with _lock:
        if not _initialized:
            if hasattr(llvm, "initialize_native_target"):
                llvm.initialize_native_target()
                llvm.initialize_native_asmprinter()
            _initialized = True
    return llvm.Target.from_default_triple().create_target_machine(opt=1, jit=True)


class Code:
    """A native step in machine code, with everything whose address stands in it."""

    __slots__ = ("address", "engine", "objects")

    def __init__(self, text: str, objects: Sequence[Any]) -> None:
        import llvmlite.binding as llvm

        module = llvm.parse_assembly(f'target triple = "{llvm.get_process_triple()}"\n{text}')
        module.verify()
        self.engine = llvm.create_mcjit_compiler(module, _machine())
        self.engine.finalize_object()
        self.address = self.engine.get_function_address("step")
        self.objects = objects
