"""Making the array of a result from LLVM code: through NumPy's C API, or, if it is big, over recycled memory."""

from __future__ import annotations

import ctypes
import math
from collections.abc import Sequence
from typing import Any

import numpy as np

from ..fusion.arena import ALIGNMENT
from ..machine import abi as layout
from ..runtime import recycle
from .launch import Emitter, hold, let_go


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
        f"call ptr {_constant(layout.api_address(layout.API_NEW))}(ptr {_constant(id(np.ndarray))}, "
        f"i32 {len(extents)}, ptr {dims}, i32 {dtype.num}, ptr null, ptr null, i32 0, i32 0, ptr null)"
    )


def _recycled(emitter: Emitter, extents: Sequence[str], dtype: Any, objects: list[Any]) -> str:
    """`recycle.allocate((extents...), dtype)`."""
    form = ctypes.create_string_buffer(f"({'n' * len(extents)})O".encode())
    objects += [form, dtype, recycle.allocate]
    values = ", ".join(f"i64 {extent}" for extent in extents)
    hold(emitter)  # Python code may let other threads run
    made = emitter.emit(
        f"call ptr (ptr, ptr, ...) {_constant(layout.function_address('PyObject_CallFunction'))}("
        f"ptr {_constant(id(recycle.allocate))}, ptr {_constant(ctypes.addressof(form))}, {values}, "
        f"ptr {_constant(id(dtype))})"
    )
    let_go(emitter)
    return made


def _constant(number: int) -> str:
    return f"inttoptr (i64 {number} to ptr)"
