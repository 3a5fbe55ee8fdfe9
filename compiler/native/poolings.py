"""Pooling in a native step: calls of compiled functions, shared by the threads of the session's pool."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..codegen.pooling_code import Pool
from ..fusion.poolings import Pooling
from ..jit.text_kernel import compile_text
from ..machine.assembler import address
from ..specialize.symbolic import expression
from .convolutions import machine_for
from .launch import Launch

if TYPE_CHECKING:
    from .step import NativeStep


def write_pooling(step: NativeStep, item: Pooling) -> None:
    """Emit the call of the function that pools."""
    asm, plane = step.asm, item.plane
    (result,) = item.instruction.outputs
    step.make(result)
    writer = Pool(plane, item.part, machine_for(plane.kind))
    kernel = compile_text(writer.module(), len(writer.pointers), 2)
    step.objects.append(kernel)
    inputs = item.instruction.inputs[1:] if item.part == "avg gradient" else item.instruction.inputs
    values = (*(step.variant.fused.root(value) for value in inputs), result)
    pointers = [f"ptr {step.pointer(value)}" for value in values]
    count = batch = step.integer(expression(item.batch))
    if not item.part.endswith("gradient"):
        count = asm.emit(f"mul i64 {batch}, {plane.rows.count}")
    pixels = plane.rows.count * plane.columns.count * plane.output
    work = asm.emit(f"mul i64 {batch}, {pixels * plane.rows.size * plane.columns.size // 4 + 1}")
    launch = Launch(
        asm, asm.label("pooling"), address(kernel.address), pointers, 1, step.threads, step.keeps_gil, step.failure()
    )
    launch.run(count, work)
    step.functions += launch.functions
