"""Kernels in a native step: run at once where they are short, else without the GIL and in parts on the pool.

Also the loops that are no groups: copies, and changes of an array's rows.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from ..codegen.kernel import Split
from ..codegen.scalars import weight
from ..jit.compile import compile_kernel
from ..machine.assembler import address, function
from ..specialize.symbolic import product
from ..step import actions
from ..tree.reader import read_kernel
from .launch import Launch, check_signals

if TYPE_CHECKING:
    from .printer import Printer, Table

_ROWS: Final = """def kernel(x0, x1, r0, n0, n1, start, stop):
    for i0 in range(start, stop):
        e0 = load(x0, i0)
        for i1 in range(n1):
            e1 = load_result(r0, U(e0) * n1 + i1)
            e2 = load(x1, i0 * n1 + i1)
            v0 = {type}({element})
            store(r0, U(e0) * n1 + i1, v0)
"""

# `table` has the number behind the first place of each index seen; where it is in there, its hash tells.
_ROW_SUMS: Final = """def kernel(x0, x1, table, first, r0, n0, n1, shift, mask, start, stop):
    for i in range(start, stop):
        e = U(load(x0, i))
        at = (e * U(11400714819323198485)) >> shift
        p = load_result(table, at)
        going = p != i64(0)
        while going:
            going = U(load(x0, U(p - i64(1)))) != e
            if going:
                at = (at + U(1)) & mask
                p = load_result(table, at)
                going = p != i64(0)
        if p == i64(0):
            store(table, at, i64(i + U(1)))
            store(first, i, i64(i))
            for j in range(n1):
                store(r0, i * n1 + j, {type}({type}(0) + load(x1, i * n1 + j)))
        else:
            k = U(p - i64(1))
            store(first, i, i64(k))
            for j in range(n1):
                a = load_result(r0, k * n1 + j)
                store(r0, k * n1 + j, {type}(a + load(x1, i * n1 + j)))
    for i in range(start, stop):
        k = U(load_result(first, i))
        if k != i:
            for j in range(n1):
                store(r0, i * n1 + j, load_result(r0, k * n1 + j))
"""


def launch(printer: Printer, action: actions.Launch) -> None:
    """See `Launch`."""
    asm, kernel = printer.asm, action.kernel
    printer.objects.append(action.compiled)
    extents = [printer.number(extent) for extent in kernel.extents]
    elements = printer.number(product(action.group.space))
    scratch, scratch_memory = _scratch(printer, kernel.split) if kernel.split is not None else ([], "")
    arguments = [f"ptr {printer.pointer(value)}" for value in (*kernel.arguments, *kernel.results)]
    arguments += scratch + [f"i64 {extent}" for extent in extents]
    name, work, keeps_gil = asm.label("part"), weight(action.group), action.gil != "let go"
    run = Launch(
        asm, name, address(action.compiled.address), arguments, work, printer.threads, keeps_gil, printer.failure()
    )
    if kernel.split is None:
        run.run(extents[0] if kernel.has_outer_loop else "1", elements)
    else:
        rows, blocks = printer.number(kernel.split.rows), printer.number(kernel.split.blocks)
        run.run_phases([blocks if over_blocks else rows for over_blocks in kernel.split.phases], elements)
        asm.do(f"call void {function('PyMem_RawFree')}(ptr {scratch_memory})")
        if not keeps_gil:
            check_signals(asm, printer.failure())
    printer.functions += run.functions


def _scratch(printer: Printer, split: Split) -> tuple[list[str], str]:
    """Memory for the scratch arrays of a kernel in phases; returns them as arguments, and what has to be freed."""
    asm = printer.asm
    rows, blocks = printer.number(split.rows), printer.number(split.blocks)
    offset, offsets = "0", []
    for dtype, per_block in split.scratch:
        offsets.append(offset)
        size = asm.emit(f"mul i64 {blocks if per_block else rows}, {dtype.size}")
        padded = asm.emit(f"and i64 {asm.emit(f'add i64 {size}, 63')}, -64")
        offset = asm.emit(f"add i64 {offset}, {padded}")
    found = raw_memory(printer, offset)
    return [f"ptr {asm.emit(f'getelementptr i8, ptr {found}, i64 {start}')}" for start in offsets], found


def raw_memory(printer: Printer, size: int | str) -> str:
    """Memory for a time, outside of what the step owns: to be freed with `PyMem_RawFree`."""
    asm = printer.asm
    found = asm.emit(f"call ptr {function('PyMem_RawMalloc')}(i64 {size})")
    there, missing = asm.label("there"), asm.label("missing")
    printer.branch(asm.emit(f"icmp eq ptr {found}, null"), missing, there)
    asm.emit(f"call ptr {function('PyErr_NoMemory')}()")
    asm.do(f"br label %{printer.failure()}")
    asm.block(there)
    return found


def copy_elements(printer: Printer, action: actions.CopyElements) -> None:
    """See `CopyElements`."""
    instruction = action.item.instruction
    (result,) = instruction.outputs
    size = printer.number(product(printer.extents[result]) * result.dtype.size)
    pointers = f"ptr {printer.pointer(result)}, ptr {printer.root_pointer(instruction.inputs[0])}"
    printer.asm.do(f"call void @llvm.memcpy.p0.p0.i64({pointers}, i64 {size}, i1 false)")


def change_rows(printer: Printer, action: actions.ChangeRows) -> None:
    """See `ChangeRows`: one loop over the updates, in their order, on one thread; the result's memory is there.

    table[indices[i], j] -= updates[i, j]      for all i, and within for all j
    """
    update = action.update
    (result,) = update.instruction.outputs
    var, indices, updates = (printer.fused.root(value) for value in update.instruction.inputs)
    taken, changed, _ = update.instruction.inputs
    extents = printer.extents[taken]
    rows = printer.number(product(printer.extents[changed]))
    width = printer.number(product(extents[1:]))
    size = printer.number(product(extents) * taken.dtype.size)
    if action.is_copied:
        pointers = f"ptr {printer.pointer(result)}, ptr {printer.pointer(var)}"
        printer.asm.do(f"call void @llvm.memcpy.p0.p0.i64({pointers}, i64 {size}, i1 false)")
    element = update.instruction.op_def.row_update.format(old="e1", new="e2")
    source = _ROWS.format(type=result.dtype.short, element=element)
    compiled = compile_kernel(read_kernel(source, (indices.dtype.short, updates.dtype.short, result.dtype.short)))
    printer.objects.append(compiled)
    arrays = ", ".join(f"ptr {printer.pointer(value)}" for value in (indices, updates, result))
    numbers = ", ".join(f"i64 {number}" for number in (rows, width, "0", rows))
    printer.asm.do(f"call void {address(compiled.address)}({arrays}, {numbers})")


def sum_rows(printer: Printer, action: actions.SumRows) -> None:
    """See `SumRows`: one thread, whose table is twice as large as there are rows, and more."""
    asm, instruction = printer.asm, action.sums.instruction
    values, indices = (printer.fused.root(value) for value in instruction.inputs[:2])
    (result,) = instruction.outputs
    extents = printer.extents[instruction.inputs[0]]
    rows, width = printer.number(extents[0]), printer.number(product(extents[1:]))
    zeros = asm.emit(f"call i64 @llvm.ctlz.i64(i64 {rows}, i1 false)")
    shift = asm.emit(f"sub i64 {zeros}, 1")
    size = asm.emit(f"shl i64 1, {asm.emit(f'sub i64 65, {zeros}')}")
    mask = asm.emit(f"sub i64 {size}, 1")
    table_bytes = asm.emit(f"mul i64 {size}, 8")
    first_bytes = asm.emit(f"mul i64 {rows}, 8")
    table = raw_memory(printer, asm.emit(f"add i64 {table_bytes}, {first_bytes}"))
    first = asm.emit(f"getelementptr i8, ptr {table}, i64 {table_bytes}")
    asm.do(f"call void @llvm.memset.p0.i64(ptr {table}, i8 0, i64 {table_bytes}, i1 false)")
    kind = result.dtype.short
    types = (indices.dtype.short, kind, "i64", "i64", kind)
    compiled = compile_kernel(read_kernel(_ROW_SUMS.format(type=kind), types))
    printer.objects.append(compiled)
    pointers = [printer.pointer(indices), printer.pointer(values), table, first, printer.pointer(result)]
    arguments = [f"ptr {pointer}" for pointer in pointers]
    arguments += [f"i64 {number}" for number in (rows, width, shift, mask, "0", rows)]
    asm.do(f"call void {address(compiled.address)}({', '.join(arguments)})")
    asm.do(f"call void {function('PyMem_RawFree')}(ptr {table})")


TABLE: Final[Table] = {
    actions.Launch: launch,
    actions.CopyElements: copy_elements,
    actions.ChangeRows: change_rows,
    actions.SumRows: sum_rows,
}
