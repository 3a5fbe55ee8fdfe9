"""Convolutions in a native step: calls of compiled functions, shared by the threads of the session's pool."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from ..codegen.convolution_code import FilterGradient, Forward, Machine
from ..codegen.spread_code import SpreadRows, turned_filter
from ..fusion.convolutions import Convolution, Plane
from ..jit.compile import CompiledKernel
from ..jit.text_kernel import compile_text
from ..machine import abi as layout
from ..machine.assembler import address
from ..machine.module import masks_in_hardware
from ..specialize.symbolic import expression
from .launch import Launch

if TYPE_CHECKING:
    from ..plan.plan import Value
    from .step import NativeStep

_PER_ADDITION: Final = 8  # multiplications in the time of an addition of other loops


def machine_for(kind: str) -> Machine:
    """The registers of this processor for elements of a type."""
    size = 4 if kind == "float" else 8
    return Machine(64 // size, 32) if masks_in_hardware() else Machine(32 // size, 16)


def write_convolution(step: NativeStep, item: Convolution) -> None:
    """Emit the call of the function that computes a convolution."""
    {"forward": _forward, "input": _input_gradient, "filter": _filter_gradient}[item.part](step, item)


def _forward(step: NativeStep, item: Convolution) -> None:
    image, filter = item.instruction.inputs
    (result,) = item.instruction.outputs
    step.make(result)
    _rows(step, item, [_pointer(step, image), _pointer(step, filter), _pointer(step, result)])


def _input_gradient(step: NativeStep, item: Convolution) -> None:
    _, filter, gradient = item.instruction.inputs
    (result,) = item.instruction.outputs
    step.make(result)
    plane = item.plane
    rows, columns = plane.rows, plane.columns
    memory = _memory(step, rows.size * columns.size * plane.source * plane.output * plane.bytes)
    spread = columns.spread if _has_phases(plane) else 1
    text = turned_filter(rows.size, columns.size, plane.output, plane.source, plane.kind, spread)
    turn = compile_text(text, 2, 2)
    step.objects.append(turn)
    step.asm.do(f"call void {address(turn.address)}({_pointer(step, filter)}, ptr {memory}, i64 0, i64 {rows.size})")
    _rows(step, item, [_pointer(step, gradient), f"ptr {memory}", _pointer(step, result)], memory)


def _has_phases(plane: Plane) -> bool:
    """Whether zeros between the elements of the source are left out, not multiplied with."""
    return plane.rows.rate == plane.columns.rate == 1 and max(plane.rows.spread, plane.columns.spread) > 1


def _rows(step: NativeStep, item: Convolution, pointers: list[str], memory: str = "") -> None:
    """Run the function over the rows of the outputs of the batch; then give back memory."""
    plane = item.plane
    writer = SpreadRows if _has_phases(plane) else Forward
    kernel = compile_text(writer(plane, machine_for(plane.kind)).module(), 3, 2)
    count = step.asm.emit(f"mul i64 {step.integer(expression(item.batch))}, {plane.rows.count}")
    each = plane.columns.count * plane.output * plane.rows.size * plane.columns.size * plane.source
    _launch(step, kernel, pointers, count, each, memory)


def _filter_gradient(step: NativeStep, item: Convolution) -> None:
    image, _, gradient = item.instruction.inputs
    (result,) = item.instruction.outputs
    step.make(result)
    plane = item.plane
    writer = FilterGradient(plane, machine_for(plane.kind))
    kernel = compile_text(writer.module(), 3, 3)
    batch = step.integer(expression(item.batch))
    pointers = [_pointer(step, image), _pointer(step, gradient), _pointer(step, result), f"i64 {batch}"]
    pixels = plane.rows.count * plane.columns.count
    each = pixels * plane.output * plane.rows.size * plane.columns.size * plane.source // writer.parts + 1
    work = step.asm.emit(f"mul i64 {batch}, {each}")
    _launch(step, kernel, pointers, str(writer.parts), work, "")


def _launch(
    step: NativeStep, kernel: CompiledKernel, arguments: list[str], count: str, each: int | str, memory: str
) -> None:
    """Run a function over a range, on the pool where that pays.

    Args:
      each: the multiplications of one count.
      memory: what is freed afterwards, or nothing.
    """
    asm = step.asm
    step.objects.append(kernel)
    work = asm.emit(f"udiv i64 {asm.emit(f'mul i64 {count}, {each}')}, {_PER_ADDITION}")
    failure = "" if memory else step.failure()  # memory is not left behind: signals are looked at by what comes next
    launch = Launch(
        asm, asm.label("convolution"), address(kernel.address), arguments, 1, step.threads, step.keeps_gil, failure
    )
    launch.run(count, work)
    step.functions += launch.functions
    if memory:
        asm.do(f"call void {address(layout.function_address('PyMem_RawFree'))}(ptr {memory})")


def _pointer(step: NativeStep, value: Value) -> str:
    return f"ptr {step.pointer(step.variant.fused.root(value))}"


def _memory(step: NativeStep, size: int) -> str:
    """Memory for a time, outside of what the step owns."""
    asm = step.asm
    memory = asm.emit(f"call ptr {address(layout.function_address('PyMem_RawMalloc'))}(i64 {size})")
    there, missing = asm.label("there"), asm.label("missing")
    asm.do(f"br i1 {asm.emit(f'icmp ne ptr {memory}, null')}, label %{there}, label %{missing}")
    asm.block(missing)
    asm.emit(f"call ptr {address(layout.function_address('PyErr_NoMemory'))}()")
    asm.do(f"br label %{step.failure()}")
    asm.block(there)
    return memory
