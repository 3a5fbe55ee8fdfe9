"""Arrays a native step is given: checks that leave for the slow path, and the symbols that are read off them."""

from __future__ import annotations

import ctypes
from typing import TYPE_CHECKING, Final

import numpy as np

from ..machine import abi as layout
from ..machine.assembler import address
from ..step.actions import (
    Argument,
    Bind,
    BindStride,
    Cell,
    CheckArray,
    CheckCount,
    CheckExtent,
    CheckOpen,
    CheckStride,
    CheckTruth,
    CheckUnused,
    Guard,
    Named,
    Scalar,
    TakeOut,
)  # fmt: skip

if TYPE_CHECKING:
    from ..plan.plan import Value
    from .printer import Printer, Table

_RELATIONS = {"==": "eq", "!=": "ne", "<": "slt", "<=": "sle", ">": "sgt", ">=": "sge"}


def check_open(printer: Printer, action: CheckOpen) -> None:
    """See `CheckOpen`."""
    asm = printer.asm
    closed = asm.emit(f"load i8, ptr {address(ctypes.addressof(printer.list.flag))}")
    asm.require(asm.emit(f"icmp eq i8 {closed}, 0"), "slow")


def check_count(printer: Printer, action: CheckCount) -> None:
    """See `CheckCount`."""
    printer.asm.require(printer.asm.emit(f"icmp eq i64 %nargs, {action.count}"), "slow")


def check_array(printer: Printer, action: CheckArray) -> None:
    """See `CheckArray`. A new kind of source is a case here."""
    source = action.source
    if isinstance(source, Cell | Named):
        array = printer.held[source.root]
    else:
        array = printer.asm.load("%args", 8 * source.number)
        printer.asm.held.append(array)
    if isinstance(source, Scalar):
        printer.pointers[action.value] = _number_or_array(printer, action, array)
    else:
        printer.borrowed[action.value] = array
        printer.pointers[action.value] = _elements(printer, action, array)


def _elements(printer: Printer, action: CheckArray, array: str) -> str:
    """Leave unless an object is an array as it is wanted; the address of its elements."""
    asm, dtype = printer.asm, action.value.dtype.np_dtype
    printer.objects.append(dtype)
    asm.require(asm.emit(f"icmp eq ptr {asm.load(array, layout.TYPE)}, {address(np.ndarray)}"), "slow")
    rank = asm.emit(f"icmp eq i32 {asm.load(array, layout.RANK, 'i32')}, {action.rank}")
    descr = asm.emit(f"icmp eq ptr {asm.load(array, layout.DESCR)}, {address(dtype)}")
    wanted = layout.CONTIGUOUS_ALIGNED if action.is_dense else layout.ALIGNED
    flags = asm.emit(f"and i32 {asm.load(array, layout.FLAGS, 'i32')}, {wanted}")
    ready = asm.emit(f"icmp eq i32 {flags}, {wanted}")
    asm.require(asm.emit(f"and i1 {asm.emit(f'and i1 {rank}, {descr}')}, {ready}"), "slow")
    return asm.load(array, layout.DATA)


def _number_or_array(printer: Printer, action: CheckArray, item: str) -> str:
    """The address of a number: a copy of a Python float's, or where a NumPy scalar or an array has it."""
    asm, is_single = printer.asm, action.value.dtype.size == 4
    kind = asm.load(item, layout.TYPE)
    space = asm.emit(f"alloca {'float' if is_single else 'double'}")
    number, other, own, array, found, ready = (
        asm.label(hint) for hint in ("number", "other", "own", "array", "found", "ready")
    )
    python, double = (asm.emit(f"icmp eq ptr {kind}, {address(known)}") for known in (float, np.float64))
    printer.branch(asm.emit(f"or i1 {python}, {double}"), number, other)
    value = asm.load(item, layout.NUMBER, "double")
    if is_single:
        value = asm.emit(f"fptrunc double {value} to float")
    asm.do(f"store {'float' if is_single else 'double'} {value}, ptr {space}")
    asm.do(f"br label %{ready}")
    asm.block(other)
    is_own = asm.emit(f"icmp eq ptr {kind}, {address(np.float32)}") if is_single else "false"
    printer.branch(is_own, own, array)
    inside = asm.emit(f"getelementptr i8, ptr {item}, i64 {layout.NUMBER}")
    asm.do(f"br label %{ready}")
    asm.block(array)
    elements = _elements(printer, action, item)
    printer.go(found)
    printer.go(ready)
    return asm.emit(f"phi ptr [ {space}, %{number} ], [ {inside}, %{own} ], [ {elements}, %{found} ]")


def check_unused(printer: Printer, action: CheckUnused) -> None:
    """See `CheckUnused`."""
    asm, value = printer.asm, action.value
    dtype = value.dtype.np_dtype
    printer.objects.append(dtype)
    array = asm.load("%args", 8 * action.number)
    asm.require(asm.emit(f"icmp eq ptr {asm.load(array, layout.TYPE)}, {address(np.ndarray)}"), "slow")
    asm.require(asm.emit(f"icmp eq ptr {asm.load(array, layout.DESCR)}, {address(dtype)}"), "slow")
    if value.extents is None:
        return
    rank = asm.emit(f"icmp eq i32 {asm.load(array, layout.RANK, 'i32')}, {len(value.extents)}")
    asm.require(rank, "slow")
    dims = asm.load(array, layout.DIMS) if value.extents else ""
    for axis, extent in enumerate(value.extents):
        if extent is not None:
            asm.require(asm.emit(f"icmp eq i64 {asm.load(dims, 8 * axis, 'i64')}, {extent}"), "slow")


def check_truth(printer: Printer, action: CheckTruth) -> None:
    """See `CheckTruth`. Python and NumPy have one object for each truth value."""
    asm = printer.asm
    item = asm.load("%args", 8 * action.number)
    python, numpy = (asm.emit(f"icmp eq ptr {item}, {address(id(kind(action.truth)))}") for kind in (bool, np.bool_))
    array, known = asm.label("array"), asm.label("known")
    asm.do(f"br i1 {asm.emit(f'or i1 {python}, {numpy}')}, label %{known}, label %{array}")
    asm.block(array)
    asm.require(asm.emit(f"icmp eq ptr {asm.load(item, layout.TYPE)}, {address(np.ndarray)}"), "slow")
    asm.require(asm.emit(f"icmp eq ptr {asm.load(item, layout.DESCR)}, {address(np.dtype(bool))}"), "slow")
    asm.require(asm.emit(f"icmp eq i32 {asm.load(item, layout.RANK, 'i32')}, 0"), "slow")
    byte = asm.load(asm.load(item, layout.DATA), 0, "i8")
    asm.require(asm.emit(f"icmp eq i8 {byte}, {action.truth:d}"), "slow")
    printer.go(known)


def check_stride(printer: Printer, action: CheckStride) -> None:
    """See `CheckStride`."""
    found = _stride(printer, action.value, action.axis)
    printer.asm.require(printer.asm.emit(f"icmp eq i64 {found}, {action.stride}"), "slow")


def bind_stride(printer: Printer, action: BindStride) -> None:
    """See `BindStride`."""
    asm, size = printer.asm, action.value.dtype.size
    found = _stride(printer, action.value, action.axis)
    wrong = asm.emit(f"and i64 {found}, {-(1 << 63) | (size - 1)}")  # negative, or not of whole elements
    asm.require(asm.emit(f"icmp eq i64 {wrong}, 0"), "slow")
    printer.symbols[action.symbol] = asm.emit(f"udiv exact i64 {found}, {size}")


def bind(printer: Printer, action: Bind) -> None:
    """See `Bind`."""
    printer.symbols[action.symbol] = _extent(printer, action.value, action.axis)


def check_extent(printer: Printer, action: CheckExtent) -> None:
    """See `CheckExtent`."""
    found = _extent(printer, action.value, action.axis)
    printer.asm.require(printer.asm.emit(f"icmp eq i64 {found}, {action.extent}"), "slow")


def guard(printer: Printer, action: Guard) -> None:
    """See `Guard`."""
    left, right = printer.integer(action.left), printer.integer(action.right)
    printer.asm.require(printer.asm.emit(f"icmp {_RELATIONS[action.relation]} i64 {left}, {right}"), "slow")


def take_out(printer: Printer, action: TakeOut) -> None:
    """See `TakeOut`."""
    asm, value, extents = printer.asm, action.value, printer.extents[action.value]
    array = asm.load("%args", 8 * action.number)
    asm.held.append(array)
    if action.place is not None:
        array = _item(printer, array, action.place, action.count)
        asm.held.append(array)
    data = _elements(printer, CheckArray(value, Argument(action.number), len(extents)), array)
    writeable = asm.emit(f"and i32 {asm.load(array, layout.FLAGS, 'i32')}, {layout.WRITEABLE}")
    asm.require(asm.emit(f"icmp ne i32 {writeable}, 0"), "slow")
    dims = asm.load(array, layout.DIMS) if extents else ""
    for axis, extent in enumerate(extents):
        asm.require(asm.emit(f"icmp eq i64 {asm.load(dims, 8 * axis, 'i64')}, {printer.number(extent)}"), "slow")
    first, behind = _span(printer, value, data)
    for other in action.apart:
        begins, ends = _span(printer, other, printer.pointers[other])
        before, after = asm.emit(f"icmp ule i64 {behind}, {begins}"), asm.emit(f"icmp ule i64 {ends}, {first}")
        asm.require(asm.emit(f"or i1 {before}, {after}"), "slow")
    printer.given.add(value)
    printer.arrays[value], printer.pointers[value] = array, data


def _item(printer: Printer, items: str, place: int, count: int) -> str:
    """An item of a tuple or list of so many; leaves for everything else."""
    asm, kind = printer.asm, printer.asm.load(items, layout.TYPE)
    fixed, other, listed, ready = (asm.label(hint) for hint in ("fixed", "other", "listed", "ready"))
    printer.branch(asm.emit(f"icmp eq ptr {kind}, {address(id(tuple))}"), fixed, other)
    inside = asm.emit(f"getelementptr i8, ptr {items}, i64 {layout.ITEMS}")
    asm.do(f"br label %{ready}")
    asm.block(other)
    printer.branch(asm.emit(f"icmp eq ptr {kind}, {address(id(list))}"), listed, "slow")
    outside = asm.load(items, layout.ITEMS)
    printer.go(ready)
    first = asm.emit(f"phi ptr [ {inside}, %{fixed} ], [ {outside}, %{listed} ]")
    asm.require(asm.emit(f"icmp eq i64 {asm.load(items, layout.SIZE, 'i64')}, {count}"), "slow")
    return asm.load(first, 8 * place)


def _span(printer: Printer, value: Value, data: str) -> tuple[str, str]:
    """The addresses at which a dense value's elements begin and end."""
    asm, size = printer.asm, str(value.dtype.size)
    for extent in printer.extents[value]:
        size = asm.emit(f"mul i64 {size}, {printer.number(extent)}")
    first = asm.emit(f"ptrtoint ptr {data} to i64")
    return first, asm.emit(f"add i64 {first}, {size}")


def _extent(printer: Printer, value: Value, axis: int) -> str:
    if value not in printer.dimensions:
        printer.dimensions[value] = printer.asm.load(printer.borrowed[value], layout.DIMS)
    return printer.asm.load(printer.dimensions[value], 8 * axis, "i64")


def _stride(printer: Printer, value: Value, axis: int) -> str:
    if value not in printer.strides:
        printer.strides[value] = printer.asm.load(printer.borrowed[value], layout.STRIDES)
    return printer.asm.load(printer.strides[value], 8 * axis, "i64")


TABLE: Final[Table] = {
    CheckOpen: check_open,
    CheckCount: check_count,
    CheckArray: check_array,
    CheckUnused: check_unused,
    CheckTruth: check_truth,
    CheckStride: check_stride,
    BindStride: bind_stride,
    Bind: bind,
    CheckExtent: check_extent,
    Guard: guard,
    TakeOut: take_out,
}
