"""Compile a routine alone, as a loop over arrays, without numba."""

from __future__ import annotations

import ctypes
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import llvmlite.binding as llvm

if TYPE_CHECKING:
    from .function import Routine

__all__ = ["assembly", "compile_loop"]

LOOP = """
define void @sessile_loop({parameters}, i64 %size) {{
start:
  %none = icmp eq i64 %size, 0
  br i1 %none, label %done, label %next
next:
  %i = phi i64 [ 0, %start ], [ %after, %next ]
{loads}
  %value = call {kind} @{symbol}({passed})
  %target = getelementptr {kind}, ptr %to, i64 %i
  store {kind} %value, ptr %target
  %after = add nuw i64 %i, 1
  %more = icmp ult i64 %after, %size
  br i1 %more, label %next, label %done
done:
  ret void
}}
"""


def loop_text(routine: Routine) -> str:
    """Return the routine's module with a function `sessile_loop(to, from..., size)` added."""
    kind, count = routine.form.llvm, routine.function.arity
    loads = [
        f"  %p{k} = getelementptr {kind}, ptr %from{k}, i64 %i\n  %a{k} = load {kind}, ptr %p{k}" for k in range(count)
    ]
    return routine.text + LOOP.format(
        parameters=", ".join(["ptr noalias %to", *(f"ptr noalias %from{k}" for k in range(count))]),
        loads="\n".join(loads), kind=kind, symbol=routine.symbol,
        passed=", ".join(f"{kind} %a{k}" for k in range(count)))  # fmt: skip


def optimised(routine: Routine) -> tuple[Any, Any]:
    """Return the optimised module and the machine of this host."""
    llvm.initialize_native_target()
    llvm.initialize_native_asmprinter()
    module = llvm.parse_assembly(loop_text(routine))
    # Halves of registers that survive a call are kept, as in all code of ours (machine/object_code.py).
    features = llvm.get_host_cpu_features().flatten()
    features += ",-vzeroupper" if "+avx," in features else ""
    machine = llvm.Target.from_default_triple().create_target_machine(
        cpu=llvm.get_host_cpu_name(), features=features, opt=3, jit=True
    )
    module.triple, module.data_layout = llvm.get_process_triple(), str(machine.target_data)
    options = llvm.create_pipeline_tuning_options(speed_level=3)
    options.loop_vectorization = True
    llvm.create_pass_builder(machine, options).getModulePassManager().run(
        module, llvm.create_pass_builder(machine, options)
    )
    return module, machine


def assembly(routine: Routine) -> str:
    """Return the machine code of the loop, as text."""
    module, machine = optimised(routine)
    return str(machine.emit_assembly(module))


def compile_loop(routine: Routine) -> tuple[Any, Callable[..., None]]:
    """Return the engine, which must be kept alive, and the loop as a ctypes function."""
    module, machine = optimised(routine)
    engine = llvm.create_mcjit_compiler(module, machine)
    engine.finalize_object()
    pointers = [ctypes.c_void_p] * (routine.function.arity + 1)
    prototype = ctypes.CFUNCTYPE(None, *pointers, ctypes.c_int64)
    return engine, prototype(engine.get_function_address("sessile_loop"))
