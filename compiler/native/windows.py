"""Convolutions and poolings in a native step: calls of compiled functions, shared by the threads of the pool."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from ..codegen.windows.convolution_code import FilterGradient, Forward, Machine
from ..codegen.windows.spread_code import SpreadRows, turned_filter
from ..fusion.convolutions import Convolution, Plane
from ..jit.compile import CompiledKernel
from ..jit.text_kernel import compile_text
from ..machine.assembler import address, function
from ..machine.module import masks_in_hardware
from ..step.actions import Slide
from .kernels import raw_memory
from .launch import Launch

if TYPE_CHECKING:
    from ..codegen.windows.channel_code import WeightsGradient
    from ..fusion.poolings import Pooling
    from .printer import Printer, Table

_PER_ADDITION: Final = 8  # multiplications in the time of an addition of other loops


def machine_for(kind: str) -> Machine:
    """The registers of this processor for elements of a type."""
    size = 4 if kind == "float" else 8
    return Machine(64 // size, 32) if masks_in_hardware() else Machine(32 // size, 16)


def slide(printer: Printer, action: Slide) -> None:
    """See `Slide`."""
    keeps_gil = action.gil != "let go"
    if isinstance(action.item, Convolution):
        _convolve(printer, action.item, keeps_gil)
    else:
        _pool(printer, action.item, keeps_gil)


def _convolve(printer: Printer, item: Convolution, keeps_gil: bool) -> None:
    """Write the call of the function that computes a convolution."""
    write = {"forward": _forward, "input": _input_gradient, "filter": _filter_gradient}[item.part]
    write(printer, item, keeps_gil)


def _forward(printer: Printer, item: Convolution, keeps_gil: bool) -> None:
    values = (*item.instruction.inputs, *item.instruction.outputs)
    _rows(printer, item, [f"ptr {printer.root_pointer(value)}" for value in values], keeps_gil)


def _input_gradient(printer: Printer, item: Convolution, keeps_gil: bool) -> None:
    _, filter, gradient = (printer.fused.root(value) for value in item.instruction.inputs)
    (result,) = item.instruction.outputs
    plane = item.plane
    rows, columns = plane.rows, plane.columns
    memory = raw_memory(printer, rows.size * columns.size * plane.source * plane.output * plane.bytes)
    spread = columns.spread if _has_phases(plane) else 1
    text = turned_filter(rows.size, columns.size, plane.output, plane.source, plane.kind, spread)
    turn = compile_text(text, 2, 2)
    printer.objects.append(turn)
    pointers = f"ptr {printer.pointer(filter)}, ptr {memory}"
    printer.asm.do(f"call void {address(turn.address)}({pointers}, i64 0, i64 {rows.size})")
    arguments = [f"ptr {printer.pointer(gradient)}", f"ptr {memory}", f"ptr {printer.pointer(result)}"]
    _rows(printer, item, arguments, keeps_gil, memory)


def _has_phases(plane: Plane) -> bool:
    """Whether zeros between the elements of the source are left out, not multiplied with."""
    return plane.rows.rate == plane.columns.rate == 1 and max(plane.rows.spread, plane.columns.spread) > 1


def _rows(printer: Printer, item: Convolution, pointers: list[str], keeps_gil: bool, memory: str = "") -> None:
    """Run the function over the rows of the outputs of the batch; then give back memory."""
    plane = item.plane
    writer = SpreadRows if _has_phases(plane) else Forward
    kernel = compile_text(writer(plane, machine_for(plane.kind)).module(), 3, 2)
    count = printer.asm.emit(f"mul i64 {printer.number(item.batch)}, {plane.rows.count}")
    each = plane.columns.count * plane.output * plane.rows.size * plane.columns.size * plane.source
    _launch(printer, kernel, pointers, (count, each), keeps_gil, memory)


def _filter_gradient(printer: Printer, item: Convolution, keeps_gil: bool) -> None:
    image, _, gradient = (printer.fused.root(value) for value in item.instruction.inputs)
    (result,) = item.instruction.outputs
    plane = item.plane
    writer = FilterGradient(plane, machine_for(plane.kind))
    kernel = compile_text(writer.module(), 3, 3)
    batch = printer.number(item.batch)
    arguments = [f"ptr {printer.pointer(value)}" for value in (image, gradient, result)] + [f"i64 {batch}"]
    pixels = plane.rows.count * plane.columns.count
    each = pixels * plane.output * plane.rows.size * plane.columns.size * plane.source // writer.parts + 1
    work = printer.asm.emit(f"mul i64 {batch}, {each}")
    _launch(printer, kernel, arguments, (str(writer.parts), work), keeps_gil)


def _launch(
    printer: Printer,
    kernel: CompiledKernel,
    arguments: list[str],
    work: tuple[str, int | str],
    keeps_gil: bool,
    memory: str = "",
) -> None:
    """Run a function over a range, on the pool where that pays.

    Args:
      work: the count, and the multiplications of one count.
      memory: what is freed afterwards, or nothing.
    """
    asm, (count, each) = printer.asm, work
    printer.objects.append(kernel)
    elements = asm.emit(f"udiv i64 {asm.emit(f'mul i64 {count}, {each}')}, {_PER_ADDITION}")
    failure = "" if memory else printer.failure()  # memory is not left behind: what comes next looks at signals
    name = asm.label("convolution")
    launch = Launch(asm, name, address(kernel.address), arguments, 1, printer.threads, keeps_gil, failure)
    launch.run(count, elements)
    printer.functions += launch.functions
    if memory:
        asm.do(f"call void {function('PyMem_RawFree')}(ptr {memory})")


def _pool(printer: Printer, item: Pooling, keeps_gil: bool) -> None:
    """Write the call of the function that pools, or convolves each channel for itself."""
    from ..codegen.windows.channel_code import ChannelPool, WeightsGradient
    from ..codegen.windows.pooling_code import Pool

    if item.part == "weights gradient":
        _weights_gradient(
            printer, item, WeightsGradient(item.plane, item.part, machine_for(item.plane.kind)), keeps_gil
        )
        return
    asm, plane = printer.asm, item.plane
    form = ChannelPool if item.part.startswith("weighted") else Pool
    writer = form(plane, item.part, machine_for(plane.kind))
    kernel = compile_text(writer.module(), len(writer.pointers), 2)
    printer.objects.append(kernel)
    has_sizes = item.part in ("avg gradient", "weighted gradient")
    inputs = item.instruction.inputs[1:] if has_sizes else item.instruction.inputs
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


def _weights_gradient(printer: Printer, item: Pooling, writer: WeightsGradient, keeps_gil: bool) -> None:
    image, _, gradient = (printer.fused.root(value) for value in item.instruction.inputs)
    (result,) = item.instruction.outputs
    kernel = compile_text(writer.module(), 3, 3)
    batch = printer.number(item.batch)
    arguments = [f"ptr {printer.pointer(value)}" for value in (image, gradient, result)] + [f"i64 {batch}"]
    each = item.plane.rows.count * item.plane.columns.count * item.plane.output
    _launch(printer, kernel, arguments, (str(writer.parts), printer.asm.emit(f"mul i64 {batch}, {each}")), keeps_gil)


TABLE: Final[Table] = {
    Slide: slide,
}
