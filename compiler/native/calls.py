"""Instructions of a native step that are no kernels: called back in Python, but for checks and copies."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from ..executors.interpreter import execute
from ..machine import abi as layout
from ..machine.assembler import address, function
from ..plan.plan import Instruction, Value
from ..specialize.symbolic import expression

if TYPE_CHECKING:
    from ..fusion.groups import Check
    from .step import NativeStep


class CallBack:
    """Runs one instruction's NumPy kernel for a native step."""

    __slots__ = ("fetched", "instruction", "state")

    def __init__(self, instruction: Instruction, fetched: Sequence[bool], state: Any = None) -> None:
        self.instruction = instruction
        self.fetched = fetched
        self.state = state

    def __call__(self, *arrays: Any) -> Any:
        """Return the output array, or a tuple of several: contiguous, and owned where the user will get it."""
        with np.errstate(all="ignore"):
            results = execute(self.instruction, arrays, None if self.state is None else self.state())
        finished = []
        for array, fetched in zip(results, self.fetched):
            if fetched and (array.base is not None or any(array is other for other in arrays)):
                array = array.copy()
            elif not array.flags.c_contiguous:
                array = np.ascontiguousarray(array)
            finished.append(array)
        return finished[0] if len(finished) == 1 else tuple(finished)


def call_back(step: NativeStep, instruction: Instruction) -> None:
    """Emit the call of an instruction's NumPy kernel."""
    asm = step.asm
    run = CallBack(instruction, [value in step.results for value in instruction.outputs], step.state)
    step.objects.append(run)
    inputs, outputs = instruction.inputs, instruction.outputs
    space = asm.emit(f"alloca [{max(len(inputs), 1)} x ptr]")
    for position, value in enumerate(inputs):
        at = asm.emit(f"getelementptr ptr, ptr {space}, i64 {position}")
        asm.do(f"store ptr {object_of(step, value)}, ptr {at}")
    vectorcall = function("PyObject_VectorcallDict")
    result = asm.emit(f"call ptr {vectorcall}(ptr {address(run)}, ptr {space}, i64 {len(inputs)}, ptr null)")
    asm.require(asm.emit(f"icmp ne ptr {result}, null"), step.failure())
    if len(outputs) == 1:
        step.own(outputs[0], result)
    else:
        for position, value in enumerate(outputs):
            array = asm.emit(f"call ptr {function('PyTuple_GetItem')}(ptr {result}, i64 {position})")
            asm.do(f"call void {function('Py_IncRef')}(ptr {array})")
            step.own(value, array)
        asm.do(f"call void {function('Py_DecRef')}(ptr {result})")
    for value in outputs:
        _check_extents(step, value)


def _check_extents(step: NativeStep, value: Value) -> None:
    """Give up where a kernel's result has another shape than was inferred: what follows relies on it."""
    asm = step.asm
    array, extents = step.arrays[value], step.special.extents[value]
    rank = asm.emit(f"icmp eq i32 {asm.load(array, layout.RANK, 'i32')}, {len(extents)}")
    asm.require(rank, step.failure())
    dims = asm.load(array, layout.DIMS) if extents else ""
    for axis, extent in enumerate(extents):
        found = asm.load(dims, 8 * axis, "i64")
        asm.require(asm.emit(f"icmp eq i64 {found}, {step.integer(expression(extent))}"), step.failure())


class FailedCheck:
    """Raises what is wrong with indices, for a native step."""

    __slots__ = ("instruction", "rank")

    def __init__(self, instruction: Instruction, rank: int) -> None:
        self.instruction = instruction
        self.rank = rank

    def __call__(self, indices: Any, *extents: int) -> None:
        """Raise, unless nothing is read at these indices.

        Args:
          extents: those of the indices, then those of what is read.
        """
        shape = np.array(extents[self.rank :], np.int64)
        execute(self.instruction, [indices.reshape(extents[: self.rank]), shape, np.array(False)], None)


def check(step: NativeStep, item: Check) -> None:
    """Emit the check of indices: a look at a byte, and a call of Python only if they are not in range."""
    asm = step.asm
    indices, shape, ok = item.instruction.inputs
    given = object_of(step, step.variant.fused.root(indices))
    extents = [*step.special.extents[indices], *step.special.known[shape].reshape(-1).tolist()]
    numbers = [step.integer(expression(extent)) for extent in extents]
    failed = FailedCheck(item.instruction, len(step.special.extents[indices]))
    step.objects.append(failed)
    good, bad = asm.label("good"), asm.label("bad")
    flag = asm.emit(f"load i8, ptr {step.pointer(ok)}")
    asm.do(f"br i1 {asm.emit(f'icmp ne i8 {flag}, 0')}, label %{good}, label %{bad}")
    asm.block(bad)
    made = [asm.emit(f"call ptr {function('PyLong_FromSsize_t')}(i64 {number})") for number in numbers]
    space = asm.emit(f"alloca [{1 + len(made)} x ptr]")
    for position, argument in enumerate((given, *made)):
        asm.do(f"store ptr {argument}, ptr {asm.emit(f'getelementptr ptr, ptr {space}, i64 {position}')}")
    call = f"{function('PyObject_VectorcallDict')}(ptr {address(failed)}, ptr {space}, i64 {1 + len(made)}, ptr null)"
    result = asm.emit(f"call ptr {call}")
    for number in made:
        asm.do(f"call void {function('Py_DecRef')}(ptr {number})")
    asm.require(asm.emit(f"icmp ne ptr {result}, null"), step.failure())
    asm.do(f"call void {function('Py_DecRef')}(ptr {result})")
    asm.do(f"br label %{good}")
    asm.block(good)


def object_of(step: NativeStep, value: Value) -> str:
    """The array object of a value."""
    found = step.arrays.get(value) or step.borrowed.get(value)
    if found is None:
        source = step.pointer(value)
        step.allocate(value)
        found = step.arrays[value]
        size = step.special.known[value].size * value.dtype.size
        step.asm.do(f"call void @llvm.memcpy.p0.p0.i64(ptr {step.pointers[value]}, ptr {source}, i64 {size}, i1 false)")
    return found
