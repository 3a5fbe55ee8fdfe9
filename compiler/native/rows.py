"""Rows of an array changed in a native step: one loop over the updates, in their order, one thread.

table[indices[i], j] -= updates[i, j]      for all i, and within for all j
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..fusion.groups import RowUpdate
from ..jit.compile import compile_kernel
from ..machine.assembler import address
from ..specialize.symbolic import expression, product

if TYPE_CHECKING:
    from .step import NativeStep

_SOURCE = """def kernel(x0, x1, r0, n0, n1, start, stop):
    for i0 in range(start, stop):
        e0 = load(x0, i0)
        for i1 in range(n1):
            e1 = load_result(r0, U(e0) * n1 + i1)
            e2 = load(x1, i0 * n1 + i1)
            v0 = {type}({element})
            store(r0, U(e0) * n1 + i1, v0)
"""


def prepare_rows(step: NativeStep, update: RowUpdate) -> None:
    """Compute what changing rows takes of extents here, where it holds for all branches that follow."""
    _sizes(step, update)


def _sizes(step: NativeStep, update: RowUpdate) -> tuple[str, str, str]:
    """The number of updates, the elements of a row, and the bytes of the array."""
    var, indices, _ = update.instruction.inputs
    extents = step.special.extents[var]
    return (
        step.integer(expression(product(step.special.extents[indices]))),
        step.integer(expression(product(extents[1:]))),
        step.integer(expression(product(extents) * var.dtype.size)),
    )


def change_rows(step: NativeStep, update: RowUpdate, is_copied: bool) -> None:
    """Emit the loop; the result's memory is there.

    Args:
      is_copied: whether that memory is not the array's own.
    """
    (result,) = update.instruction.outputs
    var, indices, updates = (step.variant.fused.root(value) for value in update.instruction.inputs)
    rows, width, size = _sizes(step, update)
    if is_copied:
        pointers = f"ptr {step.pointer(result)}, ptr {step.pointer(var)}"
        step.asm.do(f"call void @llvm.memcpy.p0.p0.i64({pointers}, i64 {size}, i1 false)")
    element = update.instruction.op_def.row_update.format(old="e1", new="e2")
    source = _SOURCE.format(type=result.dtype.short, element=element)
    compiled = compile_kernel(source, (indices.dtype.short, updates.dtype.short, result.dtype.short), 4)
    step.objects.append(compiled)
    arrays = ", ".join(f"ptr {step.pointer(value)}" for value in (indices, updates, result))
    numbers = ", ".join(f"i64 {number}" for number in (rows, width, "0", rows))
    step.asm.do(f"call void {address(compiled.address)}({arrays}, {numbers})")
