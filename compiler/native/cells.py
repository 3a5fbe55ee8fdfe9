"""State in a native step: variables at the addresses of their cells, and what handles name in the session's dictionary.

An update in place is written twice. Say the step is `v -= d`, and a spare array was made only if somebody else holds
the old one:

              br spare == null, %alone, %fresh
    fresh:    call kernel(%old, %d, %spare)          reads the old array, writes the spare one
    alone:    call kernel_in_place(%d, %old)         reads and writes the old array
    done:     %new = phi [%spare], [%old]            what reads the new value afterwards

The dictionary maps a handle's string to `(array, type)`. A step of `get_session_handle(2 * a)`, where `a` is what the
first argument names, a string, is:

    %entry = PyDict_GetItem(arrays, %arg0)       null: to %slow, which says what is wrong with the handle
    %array = its first item, if the second is float32
    Py_IncRef(%array)                            so that it stays, if another thread deletes the handle meanwhile
    ...                                          %new = 2 * %array, read-only
    %handle = keep(%new)                         Python: a name, an entry, a TensorHandle, which owns the entry
    ret %handle

If something fails behind the making of a handle, the handle is let go of, and its entry goes with it.
"""

from __future__ import annotations

import ctypes
from functools import cache
from typing import TYPE_CHECKING, Any, Final

from ..machine import abi as layout
from ..machine.assembler import address, function
from ..plan.plan import Instruction, Value
from ..step.actions import (
    CheckFits,
    CheckIdle,
    Confirm,
    CopyCell,
    FindHandle,
    Hold,
    InPlace,
    KeepArray,
    MakeSpares,
    ReadCell,
    WriteCell,
)  # fmt: skip
from .calls import called

if TYPE_CHECKING:
    from .printer import Printer, Table


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
    flags = asm.emit(f"and i32 {asm.emit(f'load i32, ptr {at}')}, {~layout.WRITEABLE}")
    asm.do(f"store i32 {flags}, ptr {at}")


def find_handle(printer: Printer, action: FindHandle) -> None:
    """See `FindHandle`. TensorHandles go the slow way where their fields are not found."""
    asm, arrays = printer.asm, printer.list.state().handles.arrays
    dtype = action.root.outputs[0].dtype.base_dtype
    printer.objects += [arrays, dtype]
    name = _name_of(printer, asm.load("%args", 8 * action.number))
    entry = asm.emit(f"call ptr {function('PyDict_GetItem')}(ptr {address(id(arrays))}, ptr {name})")
    asm.require(asm.emit(f"icmp ne ptr {entry}, null"), "slow")
    array, kind = (
        asm.emit(f"call ptr {function('PyTuple_GetItem')}(ptr {entry}, i64 {position})") for position in (0, 1)
    )
    asm.require(asm.emit(f"icmp eq ptr {kind}, {address(id(dtype))}"), "slow")
    printer.held[action.root] = array


def _name_of(printer: Printer, item: str) -> str:
    """The string that an argument is, or that a TensorHandle has; leaves for everything else."""
    asm, kind = printer.asm, printer.list.state().handles.handle_type
    printer.objects.append(kind)
    found = asm.load(item, layout.TYPE)
    text, other, own, ready = (asm.label(hint) for hint in ("text", "other", "own", "ready"))
    printer.branch(asm.emit(f"icmp eq ptr {found}, {address(id(str))}"), text, other)
    asm.do(f"br label %{ready}")
    asm.block(other)
    printer.branch(asm.emit(f"icmp eq ptr {found}, {address(id(kind))}"), own, "slow")
    inside = asm.load(item, _place_of_text(kind))
    printer.go(ready)
    return asm.emit(f"phi ptr [ {item}, %{text} ], [ {inside}, %{own} ]")


@cache
def _place_of_text(kind: type) -> int:
    """Where a TensorHandle has its string: the offset of the slot `_handle`, in bytes."""
    probe: Any = object.__new__(kind)
    probe._handle = text = "a string of its own".upper()
    words = (ctypes.c_size_t * (kind.__basicsize__ // 8)).from_address(id(probe))
    return 8 * list(words).index(id(text))


def keep_array(printer: Printer, action: KeepArray) -> None:
    """See `KeepArray`."""
    asm, state, root = printer.asm, printer.list.state(), action.root
    keep = state.handles.keeper(root.op.name, root.inputs[0].dtype.base_dtype, state)
    printer.objects.append(keep)
    array = printer.arrays[action.value]
    make_read_only(printer, array)
    handle = called(printer, keep, [array])
    asm.require(asm.emit(f"icmp ne ptr {handle}, null"), printer.failure())
    printer.arrays[action.handle] = handle
    printer.owned.append(handle)


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
    FindHandle: find_handle,
    KeepArray: keep_array,
}
