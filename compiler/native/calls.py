"""NumPy kernels that a native step calls back in Python: of instructions that have no loop, and of failed checks."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from ...ops.base.ownership import is_owned
from ..executors.interpreter import execute
from ..fusion.groups import Call
from ..machine import abi as layout
from ..machine.assembler import address, function
from ..plan.plan import Instruction, Value
from ..routines import run
from ..step import actions

if TYPE_CHECKING:
    from .printer import Printer, Table


class CallBack:
    """Runs one instruction's routine or NumPy kernel for a native step."""

    __slots__ = ("fetched", "instruction", "state", "threads", "unused")

    def __init__(
        self,
        instruction: Instruction,
        fetched: Sequence[bool],
        state: Any = None,
        threads: int = 0,
        unused: Sequence[bool] = (),
    ) -> None:
        self.instruction = instruction
        self.fetched = fetched
        self.state = state
        self.threads = threads
        self.unused = unused

    def __call__(self, *arrays: Any) -> Any:
        """Return the output array, or a tuple of several: contiguous, and owned where the user will get it."""
        with np.errstate(all="ignore"):
            state = None if self.state is None else self.state()
            results = run.execute(self.instruction, arrays, state, None, self.threads, self.unused)
        finished = []
        for array, fetched in zip(results, self.fetched):
            if fetched and (not is_owned(array) or any(array is other for other in arrays)):
                array = array.copy()
            elif not array.flags.c_contiguous:
                array = np.ascontiguousarray(array)
            finished.append(array)
        return finished[0] if len(finished) == 1 else tuple(finished)


def _unused(printer: Printer, action: actions.CallBack) -> tuple[bool, ...]:
    """Per result of a call whether nothing reads it; nobody asks unless there is a choice."""
    outputs = action.instruction.outputs
    if len(outputs) == 1 or not action.instruction.op_def.routine:
        return ()
    items, last = printer.fused.items, printer.variant.memory.last
    place = next(n for n, item in enumerate(items) if isinstance(item, Call) and item.instruction is action.instruction)
    return tuple(last[value] == place and not fetched for value, fetched in zip(outputs, action.fetched))


def call_back(printer: Printer, action: actions.CallBack) -> None:
    """See `CallBack`."""
    asm = printer.asm
    unused = _unused(printer, action)
    back = CallBack(action.instruction, action.fetched, printer.list.state, int(printer.threads), unused)
    printer.objects.append(back)
    inputs, outputs = action.instruction.inputs, action.instruction.outputs
    result = called(printer, back, [printer.object_of(value) for value in inputs])
    asm.require(asm.emit(f"icmp ne ptr {result}, null"), printer.failure())
    if len(outputs) == 1:
        printer.own(outputs[0], result)
    else:
        for position, value in enumerate(outputs):
            array = asm.emit(f"call ptr {function('PyTuple_GetItem')}(ptr {result}, i64 {position})")
            asm.do(f"call void {function('Py_IncRef')}(ptr {array})")
            printer.own(value, array)
        printer.let_go(result)
    for value in outputs:
        _check_extents(printer, value)


def called(printer: Printer, run: Any, arguments: Sequence[str]) -> str:
    """Call a Python object; returns the name of what it returns."""
    asm = printer.asm
    space = asm.emit(f"alloca [{max(len(arguments), 1)} x ptr]")
    for position, argument in enumerate(arguments):
        asm.do(f"store ptr {argument}, ptr {asm.emit(f'getelementptr ptr, ptr {space}, i64 {position}')}")
    call = f"{function('PyObject_VectorcallDict')}(ptr {address(run)}, ptr {space}, i64 {len(arguments)}, ptr null)"
    return asm.emit(f"call ptr {call}")


def _check_extents(printer: Printer, value: Value) -> None:
    """Give up where a kernel's result has another shape than was inferred: what follows relies on it."""
    asm = printer.asm
    array, extents = printer.arrays[value], printer.extents[value]
    rank = asm.emit(f"icmp eq i32 {asm.load(array, layout.RANK, 'i32')}, {len(extents)}")
    asm.require(rank, printer.failure())
    dims = asm.load(array, layout.DIMS) if extents else ""
    for axis, extent in enumerate(extents):
        found = asm.load(dims, 8 * axis, "i64")
        asm.require(asm.emit(f"icmp eq i64 {found}, {printer.number(extent)}"), printer.failure())


class FailedCheck:
    """Raises what is wrong with indices, for a native step."""

    __slots__ = ("instruction", "rank", "takes_shape")

    def __init__(self, instruction: Instruction, rank: int, takes_shape: bool = False) -> None:
        self.instruction = instruction
        self.rank = rank
        self.takes_shape = takes_shape

    def __call__(self, indices: Any, *extents: Any) -> None:
        """Raise, unless nothing is read at these indices.

        Args:
          extents: those of the indices, then those of what is read; with `takes_shape` that shape comes first.
        """
        if self.takes_shape:
            shape, extents = extents[0], extents[1:]
        else:
            shape = np.array(extents[self.rank :], np.int64)
        execute(self.instruction, [indices.reshape(extents[: self.rank]), shape, np.array(False)], None)


def check_indices(printer: Printer, action: actions.CheckIndices) -> None:
    """See `CheckIndices`: a call of Python only if they are not in range."""
    asm, instruction = printer.asm, action.check.instruction
    indices, shape, ok = instruction.inputs
    given = [printer.object_of(printer.fused.root(indices))]
    known = printer.variant.special.known.get(shape)
    extents = list(printer.extents[indices])
    if known is None:  # another stage has computed it
        given.append(printer.object_of(printer.fused.root(shape)))
    else:
        extents += known.reshape(-1).tolist()
    numbers = [printer.number(extent) for extent in extents]
    failed = FailedCheck(instruction, len(printer.extents[indices]), known is None)
    printer.objects.append(failed)
    good, bad = asm.label("good"), asm.label("bad")
    flag = asm.emit(f"load i8, ptr {printer.pointer(ok)}")
    printer.branch(asm.emit(f"icmp eq i8 {flag}, 0"), bad, good)
    made = [asm.emit(f"call ptr {function('PyLong_FromSsize_t')}(i64 {number})") for number in numbers]
    result = called(printer, failed, [*given, *made])
    for number in made:
        printer.let_go(number)
    asm.require(asm.emit(f"icmp ne ptr {result}, null"), printer.failure())
    printer.let_go(result)
    printer.go(good)


TABLE: Final[Table] = {
    actions.CallBack: call_back,
    actions.CheckIndices: check_indices,
}
