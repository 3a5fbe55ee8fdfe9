"""Variables in a native step: read and written at the addresses of their cells, in place where nobody else looks.

An update in place is written twice. Say the step is `v -= d`, and a spare array was made only if somebody else holds
the old one:

              br spare == null, %alone, %fresh
    fresh:    call kernel(%old, %d, %spare)          reads the old array, writes the spare one
    alone:    call kernel_in_place(%d, %old)         reads and writes the old array
    done:     %new = phi [%spare], [%old]            what reads the new value afterwards
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from ..machine import abi as layout
from ..machine.assembler import address, function
from ..plan.plan import Instruction, Value
from ..step.actions import (
    CheckFits,
    CheckIdle,
    Confirm,
    CopyCell,
    Hold,
    InPlace,
    MakeSpares,
    ReadCell,
    WriteCell,
)  # fmt: skip

if TYPE_CHECKING:
    from .printer import Printer, Table

_WRITEABLE: Final = 0x0400  # NumPy's flag


def check_idle(printer: Printer, action: CheckIdle) -> None:
    """See `CheckIdle`."""
    _require_idle(printer, action.root, "slow")


def _require_idle(printer: Printer, root: Instruction, otherwise: str) -> None:
    busy = printer.asm.emit(f"load i64, ptr {address(printer.list.cells[root].busy.ctypes.data)}")
    printer.asm.require(printer.asm.emit(f"icmp eq i64 {busy}, 0"), otherwise)


def read_cell(printer: Printer, action: ReadCell) -> None:
    """See `ReadCell`."""
    held = printer.held[action.root] = _now(printer, action.root)
    printer.asm.require(printer.asm.emit(f"icmp ne ptr {held}, {address(None)}"), "slow")


def _now(printer: Printer, root: Instruction) -> str:
    return printer.asm.emit(f"load ptr, ptr {address(printer.list.cells[root].box.ctypes.data)}")


def check_fits(printer: Printer, action: CheckFits) -> None:
    """See `CheckFits`."""
    asm, held = printer.asm, printer.held[action.root]
    extents = printer.extents[action.value]
    asm.require(asm.emit(f"icmp eq i32 {asm.load(held, layout.RANK, 'i32')}, {len(extents)}"), "slow")
    dims = asm.load(held, layout.DIMS) if extents else ""
    for axis, extent in enumerate(extents):
        known = asm.load(dims, 8 * axis, "i64")
        asm.require(asm.emit(f"icmp eq i64 {known}, {printer.number(extent)}"), "slow")


def hold(printer: Printer, action: Hold) -> None:
    """See `Hold`."""
    held = printer.held[action.root]
    printer.asm.do(f"call void {function('Py_IncRef')}(ptr {held})")
    printer.arrays[action.value] = held
    printer.owned.append(held)


def make_spares(printer: Printer, action: MakeSpares) -> None:
    """See `MakeSpares`."""
    asm = printer.asm
    for extent in [extent for _, new in action.pairs for extent in printer.extents[new]]:
        printer.number(extent)
    all_ours, *others = [_is_alone(printer, old) for old, _ in action.pairs]
    for other in others:
        all_ours = asm.emit(f"and i1 {all_ours}, {other}")
    for old, new in action.pairs:
        alone, fresh, made, done = (asm.label(word) for word in ("alone", "fresh", "made", "done"))
        asm.do(f"br i1 {all_ours}, label %{alone}, label %{fresh}")
        asm.block(fresh)
        array = printer.new_array(new)
        asm.require(asm.emit(f"icmp ne ptr {array}, null"), printer.failure())
        printer.go(made)
        asm.do(f"br label %{done}")
        asm.block(alone)
        printer.go(done)
        printer.arrays[new] = asm.emit(f"phi ptr [ {array}, %{made} ], [ null, %{alone} ]")
        printer.owned.append(printer.arrays[new])
        printer.replaced[new] = old


def _is_alone(printer: Printer, old: Value) -> str:
    """Whether nobody holds an array but its cell and this step; a cell's array is never a view."""
    count = printer.asm.load(printer.arrays[old], layout.REFERENCES, "i32")
    return printer.asm.emit(f"icmp eq i32 {count}, 2")


def confirm(printer: Printer, action: Confirm) -> None:
    """See `Confirm`."""
    asm, failure = printer.asm, printer.failure()
    for root in action.written:
        _require_idle(printer, root, failure)
        if root in action.read:
            asm.require(asm.emit(f"icmp eq ptr {_now(printer, root)}, {printer.held[root]}"), failure)
    for old, new in action.pairs:
        spare = asm.emit(f"icmp ne ptr {printer.arrays[new]}, null")
        asm.require(asm.emit(f"or i1 {spare}, {_is_alone(printer, old)}"), failure)


def in_place(printer: Printer, action: InPlace) -> None:
    """See `InPlace`."""
    asm, arrays = printer.asm, printer.arrays
    alone, fresh, made, end, done = (asm.label(word) for word in ("alone", "fresh", "made", "end", "done"))
    is_alone = asm.emit(f"icmp eq ptr {arrays[action.pairs[0][1]]}, null")
    asm.do(f"br i1 {is_alone}, label %{alone}, label %{fresh}")
    asm.block(fresh)
    fresh_data = {new: asm.load(arrays[new], layout.DATA) for _, new in action.pairs}
    printer.pointers.update(fresh_data)
    printer.arm(action.fresh)
    printer.go(made)
    asm.do(f"br label %{done}")
    asm.block(alone)
    old_data = {new: asm.load(arrays[old], layout.DATA) for old, new in action.pairs}
    printer.pointers.update(old_data)
    printer.arm(action.alone)
    printer.go(end)
    printer.go(done)
    for _, new in action.pairs:
        printer.pointers[new] = asm.emit(f"phi ptr [ {fresh_data[new]}, %{made} ], [ {old_data[new]}, %{end} ]")


def copy_cell(printer: Printer, action: CopyCell) -> None:
    """See `CopyCell`."""
    asm, value, copy = printer.asm, action.value, action.copy
    source = _object_now(printer, value)
    if not action.is_made:
        asm.do(f"call void {function('Py_IncRef')}(ptr {source})")
        printer.arrays[copy] = source
        printer.owned.append(source)
        return
    data = asm.load(source, layout.DATA)
    count = str(value.dtype.size)
    for extent in printer.extents[value]:
        count = asm.emit(f"mul i64 {count}, {printer.number(extent)}")
    asm.do(f"call void @llvm.memcpy.p0.p0.i64(ptr {printer.pointers[copy]}, ptr {data}, i64 {count}, i1 false)")


def _object_now(printer: Printer, value: Value) -> str:
    """The array that holds a value now: a fresh one, or the cell's own that was updated in place."""
    array = printer.arrays[value]
    if value not in printer.replaced:
        return array
    is_null = printer.asm.emit(f"icmp eq ptr {array}, null")
    return printer.asm.emit(f"select i1 {is_null}, ptr {printer.arrays[printer.replaced[value]]}, ptr {array}")


def write_cell(printer: Printer, action: WriteCell) -> None:
    """See `WriteCell`."""
    asm = printer.asm
    array = printer.arrays.pop(action.value)
    skip, store = asm.label("kept"), asm.label("store")
    asm.do(f"br i1 {asm.emit(f'icmp eq ptr {array}, null')}, label %{skip}, label %{store}")
    asm.block(store)
    make_read_only(printer, array)
    box = address(printer.list.cells[action.root].box.ctypes.data)
    before = asm.emit(f"load ptr, ptr {box}")
    asm.do(f"store ptr {array}, ptr {box}")
    printer.let_go(before)
    printer.go(skip)


def make_read_only(printer: Printer, array: str) -> None:
    """Clear the flag of an array that says that it may be written."""
    asm = printer.asm
    at = asm.emit(f"getelementptr i8, ptr {array}, i64 {layout.FLAGS}")
    flags = asm.emit(f"and i32 {asm.emit(f'load i32, ptr {at}')}, {~_WRITEABLE}")
    asm.do(f"store i32 {flags}, ptr {at}")


TABLE: Final[Table] = {
    CheckIdle: check_idle,
    ReadCell: read_cell,
    CheckFits: check_fits,
    Hold: hold,
    MakeSpares: make_spares,
    Confirm: confirm,
    InPlace: in_place,
    CopyCell: copy_cell,
    WriteCell: write_cell,
}
