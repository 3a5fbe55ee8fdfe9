"""Loops over scalars and small arrays, run natively: the whole loop is one kernel.

What the kernel finds wrong (an index outside of a TensorArray, an element written twice) is left to the plans, which
run the loop from its beginning and say what it is: nothing that the kernel did is seen before it has come to its end.
"""

from __future__ import annotations

import ctypes
from collections.abc import Sequence
from contextlib import suppress
from typing import Any, Final

import numpy as np

from ...executors.batched_runner import BatchedRunner
from ...executors.flow import LoopRunner, MakeExecutor
from ...executors.watched_step import cancelled, closed_flag
from ...jit.compile import compile_kernel
from ...machine import abi
from ...partition.batching import batched_loop
from ...plan.plan import Instruction
from .registers import NotScalarError
from .scalar_source import Array, ScalarSource

_CHUNK: Final = 1 << 22  # iterations until a deadline, Ctrl-C or a closed session is looked for: some milliseconds
_MORE, _FAILED = 1, 2


class ScalarLoop:
    """Runs a loop over scalars, by its kernel where the arguments are of that kind, else by its plans."""

    __slots__ = ("_block", "_kernel", "_plans", "_source", "instruction", "op")

    def __init__(self, instruction: Instruction, source: ScalarSource, plans: LoopRunner) -> None:
        self.instruction = instruction
        self.op = instruction.op
        self._block = instruction.attrs["block"]
        self._source = source
        self._plans = plans
        self._kernel: Any = None

    @property
    def source(self) -> str:
        """The source of the kernel."""
        return self._source.text

    @property
    def executors(self) -> tuple[Any, Any]:
        """The executors of the plans."""
        return self._plans.executors

    def run(self, values: Sequence[Any], state: Any, step: Any = None) -> Sequence[Any]:
        """Run the loop to its end; as `LoopRunner.run`."""
        buffers = self._buffers(values)
        if buffers is None:
            return self._plans.run(values, state, step)
        pointers, variables, filled, ended = buffers
        if self._kernel is None:
            self._kernel = compile_kernel(self._source.tree)
        call = self._kernel.call
        addresses = [ctypes.c_void_p(array.ctypes.data) for array in pointers]
        closed = closed_flag(state)
        ended[0] = _MORE
        while ended[0] == _MORE:
            if closed.value:
                raise cancelled(self.op)
            if step is not None:
                step.check(self.op)
            call(*addresses, 1, 0, _CHUNK)
        if ended[0] == _FAILED:
            return self._plans.run(values, state, step)
        self._commit(values, filled)
        return [variables[index] for index in self._block.results]

    def _buffers(self, values: Sequence[Any]) -> Any:
        """The memory the kernel works on; None if an argument is not of its kind."""
        source, count = self._source, self._block.count
        for position, shape in source.shapes.items():
            if type(values[position]) is not np.ndarray or values[position].shape != shape:
                return None
        pointers = [np.array(values[position], order="C") for position in source.scalars]
        filled: list[tuple[Array, Any, Any]] = []
        for array in source.arrays.values():
            cell = values[array.position]
            memory, marks = self._memory_of(cell, array)
            if memory is None:
                return None
            pointers += [memory, marks, np.array([len(cell)], np.int64)]
            filled.append((array, memory, marks))
        for table in source.tables:
            memory = table.memory(values)
            if memory is None:
                return None
            pointers += memory
        variables = [np.array(value, order="C") for value in values[:count]]
        ended = np.zeros(1, np.int64)
        return [*pointers, *variables, ended], variables, filled, ended

    @staticmethod
    def _memory_of(cell: Any, array: Array) -> tuple[Any, Any]:
        """The elements of a TensorArray, and which were written or taken; (None, None) if they do not lie so."""
        if cell.dtype is not array.dtype:
            return None, None
        if array.writes:
            return cell.to_write(array.shape)  # type: ignore[no-any-return]
        whole, marks = cell.to_read()
        if whole is None or whole.shape[1:] != array.shape or not whole.flags.c_contiguous or not whole.flags.aligned:
            return None, None
        return whole, marks

    @staticmethod
    def _commit(values: Sequence[Any], filled: list[tuple[Array, Any, Any]]) -> None:
        """Tell the TensorArrays what was written and read."""
        for array, memory, marks in filled:
            cell = values[array.position]
            if array.writes:
                cell.was_written(memory, marks)
            else:
                cell.was_read(marks)


def loop_runner(instruction: Instruction, plans: LoopRunner, make: MakeExecutor) -> Any:
    """What runs a loop: one plan if its iterations do not need each other, a kernel if it is one over scalars, else
    its plans.

    Args:
      make: makes the executor of a plan.
    """
    if not abi.available():
        return plans
    runner: Any = plans
    with suppress(NotScalarError):
        runner = ScalarLoop(instruction, ScalarSource(instruction.attrs["block"]), plans)
    batched = batched_loop(instruction.attrs["block"])
    return runner if batched is None else BatchedRunner(instruction, batched, make(batched.plan), runner)
