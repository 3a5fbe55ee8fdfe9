"""Convolutions and poolings in a native step: calls of compiled functions, shared by the threads of the pool."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from ..fusion.convolutions import Convolution
from ..jit.text_kernel import compile_text
from ..machine.assembler import address
from ..step.actions import Slide
from .convolutions import machine_for, write_convolution
from .launch import Launch

if TYPE_CHECKING:
    from ..fusion.poolings import Pooling
    from .printer import Printer, Table


def slide(printer: Printer, action: Slide) -> None:
    """See `Slide`."""
    keeps_gil = action.gil != "let go"
    if isinstance(action.item, Convolution):
        write_convolution(printer, action.item, keeps_gil)
    else:
        _pool(printer, action.item, keeps_gil)


def _pool(printer: Printer, item: Pooling, keeps_gil: bool) -> None:
    """Write the call of the function that pools."""
    from ..codegen.pooling_code import Pool

    asm, plane = printer.asm, item.plane
    writer = Pool(plane, item.part, machine_for(plane.kind))
    kernel = compile_text(writer.module(), len(writer.pointers), 2)
    printer.objects.append(kernel)
    inputs = item.instruction.inputs[1:] if item.part == "avg gradient" else item.instruction.inputs
    pointers = [f"ptr {printer.root_pointer(value)}" for value in (*inputs, *item.instruction.outputs)]
    count = batch = printer.number(item.batch)
    if not item.part.endswith("gradient"):
        count = asm.emit(f"mul i64 {batch}, {plane.rows.count}")
    pixels = plane.rows.count * plane.columns.count * plane.output
    work = asm.emit(f"mul i64 {batch}, {pixels * plane.rows.size * plane.columns.size // 4 + 1}")
    launch = Launch(
        asm, asm.label("pooling"), address(kernel.address), pointers, 1, printer.threads, keeps_gil, printer.failure()
    )
    launch.run(count, work)
    printer.functions += launch.functions


TABLE: Final[Table] = {
    Slide: slide,
}
