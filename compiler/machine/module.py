"""LLVM modules: parsed, linked, optimised for this processor."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import cache
from typing import Any

from . import object_code


def optimised_code(text: str, libraries: Sequence[str]) -> bytes:
    """Return the object code of a module given as text.

    Args:
      text: the module.
      libraries: modules whose functions it calls.
    """
    import llvmlite.binding as llvm

    machine = object_code.machine()
    module = llvm.parse_assembly(_leaving(text))
    module.triple, module.data_layout = llvm.get_process_triple(), str(machine.target_data)
    for library in libraries:
        part = llvm.parse_assembly(library)
        part.triple, part.data_layout = module.triple, module.data_layout
        module.link_in(part)
    _optimise(module, machine)
    return object_code.emit(module)


def optimised_text(text: str) -> str:
    """Return a module given as text after LLVM's passes."""
    import llvmlite.binding as llvm

    module = llvm.parse_assembly(text)
    _optimise(module, object_code.machine())
    return str(module)


def plain_code(text: str) -> bytes:
    """Return the object code of a module given as text that is in its final form: no passes run over it."""
    import llvmlite.binding as llvm

    module = llvm.parse_assembly(_leaving(text))
    module.triple, module.data_layout = llvm.get_process_triple(), str(object_code.machine().target_data)
    return object_code.emit(module)


def _leaving(text: str) -> str:
    """The text of a module whose functions leave AVX where they return: code without it is slow otherwise."""
    if not object_code.leaves_itself():
        return text
    leaves = "call void @llvm.x86.avx.vzeroupper()\n"
    return re.sub(r"^\s*ret void", f"  {leaves}\\g<0>", text, flags=re.MULTILINE) + (
        "\ndeclare void @llvm.x86.avx.vzeroupper()\n"
    )


@cache
def vector_size() -> int:
    """The bytes in a vector register of this processor that long loops are written for; 0 for none."""
    import llvmlite.binding as llvm

    features = llvm.get_host_cpu_features()
    if features.get("avx512vl"):
        return 64
    return 32 if features.get("avx2") and features.get("fma") else 0


@cache
def masks_in_hardware() -> bool:
    """Whether this processor leaves out elements of a vector at no cost."""
    import llvmlite.binding as llvm

    return bool(llvm.get_host_cpu_features().get("avx512vl"))


def _optimise(module: Any, machine: Any) -> None:
    import llvmlite.binding as llvm

    options = llvm.create_pipeline_tuning_options(speed_level=3)
    options.loop_vectorization = True
    # LLVM's vectoriser of straight code forgets the calling convention of vector variants (mathlib/huge.py): off, as in
    # numba. The loop vectoriser keeps it.
    options.slp_vectorization = False
    builder = llvm.create_pass_builder(machine, options)
    builder.getModulePassManager().run(module, builder)
