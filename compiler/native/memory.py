"""Memory in a native step: arrays by NumPy's C API or, if they are big, over recycled memory; slots of one block.

Say three intermediates have 400 n bytes each, of which two are alive at once. They share an arena of two slots, which
is one array of bytes that the step owns, and gives back at its end:

    %size   = mul i64 400, %n
    %padded = and i64 (%size + 63), -64              a slot begins at a whole line of the cache
    %block  = call PyArray_New(uint8, %padded + %padded)
    %slot0  = getelementptr i8, ptr %data, i64 0
    %slot1  = getelementptr i8, ptr %data, i64 %padded
"""

from __future__ import annotations

import ctypes
import math
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from ..fusion.arena import ALIGNMENT
from ..machine import abi as layout
from ..machine.assembler import address
from ..runtime import recycle
from ..step.actions import Make, MakeArena, MakeKnown, Release
from .launch import Emitter, hold, let_go

if TYPE_CHECKING:
    from .printer import Printer, Table

_LARGEST_SLOT: Final = 1 << 47  # bytes: no address space is larger, and a sum of some thousands fits in 64 bits


def make(printer: Printer, action: Make) -> None:
    """See `Make`."""
    value, home = action.value, action.home
    if action.place == "byte":
        printer.pointers[value] = printer.asm.emit("alloca i8")
    elif action.place == "array":
        if home not in printer.arrays:
            printer.own(home, printer.new_array(home))
        printer.pointers[value] = printer.pointers[home]
    else:
        printer.pointers[value] = printer.slots[action.place]


def make_arena(printer: Printer, action: MakeArena) -> None:
    """See `MakeArena`."""
    asm = printer.asm
    sizes = [[printer.integer(size) for size in sizes] for sizes in action.sizes]
    for size in dict.fromkeys(size for some in sizes for size in some):
        asm.require(asm.emit(f"icmp ult i64 {size}, {_LARGEST_SLOT}"), printer.too_large())
    offsets, total = slot_offsets(asm, sizes)
    block = new_array(asm, [total], np.dtype(np.uint8), printer.objects)
    asm.require(asm.emit(f"icmp ne ptr {block}, null"), printer.failure())
    printer.owned.append(block)
    printer.block = block
    data = asm.load(block, layout.DATA)
    printer.slots = [asm.emit(f"getelementptr i8, ptr {data}, i64 {start}") for start in offsets]


def make_known(printer: Printer, action: MakeKnown) -> None:
    """See `MakeKnown`. The integers lie on the stack, or in an array."""
    asm, value = printer.asm, action.value
    elements = printer.variant.special.known[value].reshape(-1).tolist()
    bits = 8 * value.dtype.size
    numbers = []
    for element in elements:
        number = printer.number(element)
        if bits < 64:
            whole, number = number, asm.emit(f"trunc i64 {number} to i{bits}")
            same = asm.emit(f"{'zext' if value.dtype.kind == 'u' else 'sext'} i{bits} {number} to i64")
            asm.require(asm.emit(f"icmp eq i64 {whole}, {same}"), printer.too_large())
        numbers.append(number)
    if action.is_array:
        printer.own(value, printer.new_array(value))
    else:
        printer.pointers[value] = asm.emit(f"alloca [{max(len(elements), 1)} x i{bits}]")
    for position, number in enumerate(numbers):
        at = asm.emit(f"getelementptr i{bits}, ptr {printer.pointers[value]}, i64 {position}")
        asm.do(f"store i{bits} {number}, ptr {at}")


def release(printer: Printer, action: Release) -> None:
    """See `Release`. A failure finds null then."""
    array = printer.arrays.pop(action.value)
    printer.let_go(array)
    printer.asm.do(f"store ptr null, ptr {printer.holders[array]}")


def new_array(emitter: Emitter, extents: Sequence[str], dtype: Any, objects: list[Any] | None) -> str:
    """Emit the making of an array with undefined elements; returns its name, null if there is no memory.

    Args:
      extents: names or numbers, 64 bits.
      objects: what has to be kept alive with the code is appended; None if the memory is not to be recycled.
    """
    if objects is None or _is_small(extents, dtype):
        return _by_numpy(emitter, extents, dtype)
    size = str(dtype.itemsize)
    for extent in extents:
        size = emitter.emit(f"mul i64 {size}, {extent}")  # if it wraps around, either way finds that it is too much
    big, plain, made = emitter.label("big"), emitter.label("plain"), emitter.label("made")
    emitter.do(f"br i1 {emitter.emit(f'icmp sge i64 {size}, {recycle.LEAST}')}, label %{big}, label %{plain}")
    emitter.block(big)
    recycled = _recycled(emitter, extents, dtype, objects)
    emitter.do(f"br label %{made}")
    emitter.block(plain)
    fresh = _by_numpy(emitter, extents, dtype)
    emitter.do(f"br label %{made}")
    emitter.block(made)
    return emitter.emit(f"phi ptr [ {recycled}, %{big} ], [ {fresh}, %{plain} ]")


def slot_offsets(emitter: Emitter, sizes: Sequence[Sequence[str]]) -> tuple[list[str], str]:
    """Emit where the slots of an arena begin; returns these offsets and the size of all.

    Args:
      sizes: per slot, names or numbers of bytes; it has the largest of them.
    """
    total, offsets = "0", []
    for first, *others in sizes:
        size = first
        for other in others:
            size = emitter.emit(f"select i1 {emitter.emit(f'icmp ugt i64 {other}, {size}')}, i64 {other}, i64 {size}")
        offsets.append(total)
        padded = emitter.emit(f"and i64 {emitter.emit(f'add i64 {size}, {ALIGNMENT - 1}')}, {-ALIGNMENT}")
        total = emitter.emit(f"add i64 {total}, {padded}")
    return offsets, total


def _is_small(extents: Sequence[str], dtype: Any) -> bool:
    """Whether the size is known, and not that of a big result."""
    known = all(extent.isdigit() for extent in extents)
    return known and math.prod(int(extent) for extent in extents) * int(dtype.itemsize) < recycle.LEAST


def _by_numpy(emitter: Emitter, extents: Sequence[str], dtype: Any) -> str:
    dims = "null"
    if extents:
        dims = emitter.emit(f"alloca [{len(extents)} x i64]")
        for axis, extent in enumerate(extents):
            at = emitter.emit(f"getelementptr i64, ptr {dims}, i64 {axis}")
            emitter.do(f"store i64 {extent}, ptr {at}")
    return emitter.emit(
        f"call ptr {address(layout.api_address(layout.API_NEW))}(ptr {address(np.ndarray)}, "
        f"i32 {len(extents)}, ptr {dims}, i32 {dtype.num}, ptr null, ptr null, i32 0, i32 0, ptr null)"
    )


def _recycled(emitter: Emitter, extents: Sequence[str], dtype: Any, objects: list[Any]) -> str:
    """`recycle.allocate((extents...), dtype)`."""
    form = ctypes.create_string_buffer(f"({'n' * len(extents)})O".encode())
    objects += [form, dtype, recycle.allocate]
    values = ", ".join(f"i64 {extent}" for extent in extents)
    hold(emitter)  # Python code may let other threads run
    made = emitter.emit(
        f"call ptr (ptr, ptr, ...) {address(layout.function_address('PyObject_CallFunction'))}("
        f"ptr {address(recycle.allocate)}, ptr {address(ctypes.addressof(form))}, {values}, "
        f"ptr {address(dtype)})"
    )
    let_go(emitter)
    return made


TABLE: Final[Table] = {
    MakeArena: make_arena,
    Make: make,
    MakeKnown: make_known,
    Release: release,
}
