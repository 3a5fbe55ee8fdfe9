"""Iterations without their stacks and TensorArrays, so that their turns run in machine code.

An iteration that pushes, pops, reads and writes is cut into many stages. Lifted, it is pure: what it pops and reads
are inputs, what it pushes and writes are outputs, and only around it lists are changed.

    %4 = TensorArrayReadV3 %rows, %i      %4 = GatherV2 %whole, %i      %whole: all elements, an input
    %5 = StackPopV2 %s                    %5 is an input                taken from the end of a list
    %6 = StackPushV2 %s, %3               %3 is an output               put at the end of one

What goes wrong in a turn (an empty stack, an index outside) is left to the iteration as it was, which says what it is.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

import numpy as np

from ...ops.building.constant import CONST
from ...ops.definition.registry import lookup
from ...ops.families.control_flow.stack_ops import STACK_POP, STACK_PUSH, StackCell
from ...ops.families.control_flow.tensor_array_cell import TensorArrayCell
from ...ops.families.control_flow.tensor_array_ops import TENSOR_ARRAY_READ, TENSOR_ARRAY_WRITE
from ...ops.types import dtypes
from ..plan.plan import Instruction, Plan, Value
from .interpreter import execute

_WANTS_PYTHON = 1  # how turns come back that did not go on, see `../native/turns.py`


class Read(NamedTuple):
    """A read of a TensorArray: where its handle stands among the inputs, and the number of the output that is the
    position."""

    instruction: Instruction
    handle: int
    position: int


class Write(NamedTuple):
    """A write to one; the numbers of the outputs that are position and value."""

    instruction: Instruction
    handle: int
    position: int
    value: int


class Lifted(NamedTuple):
    """An iteration without effects.

    Attributes:
      plan: inputs: those of the iteration, the elements of the TensorArrays that are read, what is popped; outputs:
        those of the iteration, then what is collected in a list each.
      pops: per popped input, where the stack's handle stands among the inputs.
      pushes: per push, this, and the number of the collected output.
      reads, writes: those of TensorArrays; each read has its elements as an input.
    """

    plan: Plan
    pops: tuple[int, ...]
    pushes: tuple[tuple[int, int], ...]
    reads: tuple[Read, ...]
    writes: tuple[Write, ...]


class _Lifting:
    """Makes a `Lifted` of the plan of an iteration."""

    def __init__(self, plan: Plan, variables: int) -> None:
        self._plan = plan
        self._places = {value: place for place, value in enumerate(plan.inputs) if place >= variables}
        self._same: dict[Value, Value] = {}
        self._made: list[Instruction] = []
        self._wholes: list[Value] = []
        self._popped: list[Value] = []
        self._collected: list[Value] = []
        self._pops: list[int] = []
        self._pushes: list[tuple[int, int]] = []
        self._reads: list[Read] = []
        self._writes: list[Write] = []

    def run(self) -> Lifted | None:
        """The lifted iteration; None if it does anything else besides."""
        if not all(map(self._add, self._plan.instructions)):
            return None
        stacks = [*self._pops, *(place for place, _ in self._pushes)]
        arrays = {read.handle for read in self._reads}
        written = [write.handle for write in self._writes]
        if len(set(stacks)) != len(stacks) or len(set(written)) != len(written) or not arrays.isdisjoint(written):
            return None
        if not (stacks or arrays or written):
            return None
        outputs = [self._same.get(value, value) for value in (*self._plan.outputs, *self._collected)]
        plan = Plan((*self._plan.inputs, *self._wholes, *self._popped), self._made, outputs)
        return Lifted(plan, tuple(self._pops), tuple(self._pushes), tuple(self._reads), tuple(self._writes))

    def _collect(self, value: Value) -> int:
        self._collected.append(value)
        return len(self._collected) - 1

    def _add(self, instruction: Instruction) -> bool:
        if instruction.guards or instruction.blocks or instruction.op_def.flow:
            return False
        if instruction.is_pure:
            self._made.append(instruction.with_inputs([self._same.get(v, v) for v in instruction.inputs]))
            return True
        place = self._places.get(instruction.inputs[0]) if instruction.inputs else None
        if place is None:
            return False
        if instruction.op_def is STACK_POP:
            self._pops.append(place)
            self._popped.append(instruction.outputs[0])
        elif instruction.op_def is STACK_PUSH:
            self._pushes.append((place, self._collect(instruction.inputs[1])))
            self._same[instruction.outputs[0]] = self._same.get(instruction.inputs[1], instruction.inputs[1])
        elif instruction.op_def is TENSOR_ARRAY_READ:
            self._read(instruction, place)
        elif instruction.op_def is TENSOR_ARRAY_WRITE:
            _, index, value, flow = instruction.inputs
            self._writes.append(Write(instruction, place, self._collect(index), self._collect(value)))
            self._same[instruction.outputs[0]] = self._same.get(flow, flow)
        else:
            return False
        return True

    def _read(self, instruction: Instruction, place: int) -> None:
        _, index, _ = instruction.inputs
        (value,) = instruction.outputs
        extents = None if value.extents is None else (None, *value.extents)
        whole = Value(f"{value.name}_whole", value.dtype, extents)
        axis = Value(f"{value.name}_axis", dtypes.int32, ())
        zero = np.zeros((), np.int32)
        zero.flags.writeable = False
        self._made.append(Instruction(CONST, {"value": zero, "dtype": dtypes.int32}, (), [axis], instruction.op))
        attrs = {"Tparams": value.dtype, "Tindices": index.dtype, "Taxis": dtypes.int32, "batch_dims": 0}
        inputs = [whole, self._same.get(index, index), axis]
        self._made.append(Instruction(lookup("GatherV2"), attrs, inputs, [value], instruction.op))
        self._wholes.append(whole)
        self._reads.append(Read(instruction, place, self._collect(index)))


def lifted_iteration(plan: Plan, variables: int, make: Callable[[Plan], Any]) -> Any:
    """The executor of an iteration: lifted where that can be, else what `make` makes of it.

    Args:
      variables: how many of the inputs are loop variables.
      make: makes the executor of a plan, a `StagedProgram`.
    """
    lifted = _Lifting(plan, variables).run() if plan.has_effects else None
    return make(plan) if lifted is None else LiftedIteration(plan, lifted, make)


class LiftedIteration:
    """Runs iterations of one loop; see `executors.flow.LoopRunner`."""

    __slots__ = ("_count", "_lifted", "_make", "_plan", "_unlifted", "pure")

    def __init__(self, plan: Plan, lifted: Lifted, make: Callable[[Plan], Any]) -> None:
        self._plan = plan
        self._lifted = lifted
        self._make = make
        self._count = len(plan.outputs)
        self._unlifted: Any = None
        self.pure = make(lifted.plan)

    @property
    def _whole(self) -> Any:
        """The executor of the iteration with its effects, made when first needed."""
        if self._unlifted is None:
            self._unlifted = self._make(self._plan)
        return self._unlifted

    def run(self, values: Sequence[Any], state: Any, step: Any = None) -> Sequence[Any]:
        """Run one iteration with its effects."""
        results: Sequence[Any] = self._whole.run(values, state, step)
        return results

    def run_again(self, values: Sequence[Any], state: Any, step: Any = None) -> Sequence[Any]:
        """Run one iteration, lifted if that goes well."""
        elements = self._elements(values)
        stacks = [values[place].items for place in self._lifted.pops]
        if elements is None or not all(stacks) or (step is not None and step.trace is not None):
            return self.run(values, state, step)
        try:
            results = self.pure.run_again([*values, *elements, *(items[-1] for items in stacks)], state, step)
        except Exception:  # of any kind: nothing was changed, and the iteration as it was tells it better
            return self.run(values, state, step)
        self._commit(values, [[item] for item in results[self._count :]], 1, state)
        found: Sequence[Any] = results[: self._count]
        return found

    def turns(self, values: list[Any], count: int, invariants: int, limit: int) -> int | None:
        """Run iterations in machine code; see `StagedProgram.turns`."""
        elements = self._elements(values)
        if elements is None:
            return None
        whole = [*values, *elements]
        popped = [values[place].items for place in self._lifted.pops]
        collected: list[list[Any]] = [[] for _ in self._lifted.plan.outputs[self._count :]]
        ended, done = self.pure.turns_with_lists(whole, (count, invariants, limit), popped, collected)
        values[:] = whole[: len(values)]
        self._commit(values, collected, done, None)
        return ended if ended is None or done else _WANTS_PYTHON

    def _elements(self, values: Sequence[Any]) -> list[Any] | None:
        """The elements of the TensorArrays that are read; None if handles are of another kind."""
        lifted = self._lifted
        for place in (*lifted.pops, *(place for place, _ in lifted.pushes)):
            if type(values[place]) is not StackCell or values[place].most >= 0:
                return None
        if any(type(values[write.handle]) is not TensorArrayCell for write in lifted.writes):
            return None
        found = []
        for read in lifted.reads:
            cell = values[read.handle]
            elements = cell.elements if type(cell) is TensorArrayCell else None
            if elements is None or cell.dtype is not read.instruction.outputs[0].dtype:
                return None
            found.append(elements)
        return found

    def _commit(self, values: Sequence[Any], collected: list[list[Any]], done: int, state: Any) -> None:
        """Do to stacks and TensorArrays what so many turns have done."""
        if not done:
            return
        lifted = self._lifted
        for place in lifted.pops:
            del values[place].items[-done:]
        for place, number in lifted.pushes:
            values[place].items += collected[number]
        for read in lifted.reads:
            indices = [int(index) for index in collected[read.position]]
            if not values[read.handle].took(indices):
                self._raise_read(read, values, indices, state)
        for write in lifted.writes:
            for index, value in zip(collected[write.position], collected[write.value]):
                flow = np.float32(0)
                execute(write.instruction, [values[write.handle], index, value, flow], state)

    @staticmethod
    def _raise_read(read: Read, values: Sequence[Any], indices: list[int], state: Any) -> None:
        """Have the kernel say which element was read twice."""
        for index in indices:
            execute(read.instruction, [values[read.handle], np.int32(index), np.float32(0)], state)
