"""Iterations without their stacks and TensorArrays, so that their turns run in machine code.

An iteration that pushes, pops, reads and writes is cut into many stages. Lifted, it is pure: what it pops and reads
are inputs, what it pushes and writes are outputs, and only around it lists are changed.

    %4 = TensorArrayReadV3 %rows, %i      %4 = GatherV2 %whole, %i      %whole: all elements, an input
    %5 = StackPopV2 %s                    %5 is an input                taken from the end of a list
    %6 = StackPushV2 %s, %3               %3 is an output               put at the end of one

The TensorArray of the gradients of one that comes from outside is looked up before the turns, not in each of them.

Gradients of loops pop shapes, and shapes that hang on such values would cut the iteration. Where that is found, a shape
that is popped becomes the shape of a *stand-in*, an array nobody reads whose extents are its elements:

    %5 = StackPopV2 %s, (2, 3)            %5 = Shape %6                 %6: a uint8[2, 3], an input

What goes wrong in a turn (an empty stack, an index outside) is left to the iteration as it was, which says what it is.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np

from ...ops.building.constant import CONST
from ...ops.definition.registry import lookup
from ...ops.families.control_flow.stack_ops import STACK_POP, STACK_PUSH
from ...ops.families.control_flow.tensor_array_ops import (
    TENSOR_ARRAY_GRAD,
    TENSOR_ARRAY_READ,
    TENSOR_ARRAY_WRITE,
)
from ...ops.types import dtypes
from ..plan.element_types import draws_numbers
from ..plan.plan import Instruction, Plan, Value


class Read(NamedTuple):
    """A read of a TensorArray: where its handle stands among the inputs, and the number of the output that is the
    position; of a pop that is, its complement."""

    instruction: Instruction
    handle: int
    position: int


class Write(NamedTuple):
    """A write to one; where the position comes from, as of a read, and the number of the output that is the value."""

    instruction: Instruction
    handle: int
    position: int
    value: int


class Slope(NamedTuple):
    """The TensorArray of gradients of another one: where the handle of that stands, and whose gradients they are."""

    handle: int
    source: str


class Lifted(NamedTuple):
    """An iteration without effects.

    Attributes:
      plan: inputs: those of the iteration, the elements of the TensorArrays that are read, what is popped; outputs:
        those of the iteration, then what is collected in a list each.
      pops: per popped input, where the stack's handle stands among the inputs.
      standing: which of them, by number, are arrays that stand for shapes.
      pushes: per push, this, and the number of the collected output.
      constants: per push of a constant, where the stack's handle stands, and the array.
      reads, writes: those of TensorArrays; each read has its elements as an input.
      slopes: TensorArrays of gradients, whose handles stand behind those among the inputs.
    """

    plan: Plan
    pops: tuple[int, ...]
    standing: frozenset[int]
    pushes: tuple[tuple[int, int], ...]
    constants: tuple[tuple[int, Any], ...]
    reads: tuple[Read, ...]
    writes: tuple[Write, ...]
    slopes: tuple[Slope, ...]


class Lifting:
    """Makes a `Lifted` of the plan of an iteration.

    Args:
      variables: how many of the inputs are loop variables.
      ranks: per popped shape that is to be the shape of a stand-in, by the number of the pop, how long it is.
    """

    def __init__(self, plan: Plan, variables: int, ranks: dict[int, int]) -> None:
        self._plan = plan
        self._ranks = ranks
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
        self._slopes: list[Slope] = []
        self._slope_handles: set[Value] = set()
        self._copies: dict[Value, Value] = {}
        self._known = {i.outputs[0]: i.attrs["value"] for i in plan.instructions if i.is_constant}
        self._constants: list[tuple[int, Any]] = []

    def run(self) -> Lifted | None:
        """The lifted iteration; None if it does anything else besides."""
        if not all(map(self._add, self._plan.instructions)):
            return None
        stacks = [*self._pops, *(place for place, _ in (*self._pushes, *self._constants))]
        arrays = {read.handle for read in self._reads}
        written = [write.handle for write in self._writes]
        if len(set(stacks)) != len(stacks) or len(set(written)) != len(written) or not arrays.isdisjoint(written):
            return None
        if not (stacks or arrays or written):
            return None
        outputs = [self._made_here(value) for value in (*self._plan.outputs, *self._collected)]
        used = {value for instruction in self._made for value in instruction.inputs}.union(outputs)
        if not used.isdisjoint(self._slope_handles):
            return None
        plan = Plan((*self._plan.inputs, *self._wholes, *self._popped), self._made, outputs)
        return Lifted(
            plan,
            tuple(self._pops),
            frozenset(self._ranks),
            tuple(self._pushes),
            tuple(self._constants),
            tuple(self._reads),
            tuple(self._writes),
            tuple(self._slopes),
        )

    def _made_here(self, value: Value) -> Value:
        """An output; what is popped is copied: turns in machine code give on what they make."""
        value = self._same.get(value, value)
        if value not in self._popped:
            return value
        if value not in self._copies:
            copy = self._copies[value] = Value(f"{value.name}_copy", value.dtype, value.extents)
            op = self._plan.instructions[0].op
            self._made.append(Instruction(lookup("Identity"), {"T": value.dtype}, [value], [copy], op))
        return self._copies[value]

    def _collect(self, value: Value) -> int:
        self._collected.append(value)
        return len(self._collected) - 1

    def _add(self, instruction: Instruction) -> bool:
        if instruction.guards or instruction.blocks or instruction.op_def.flow:
            return False
        if instruction.is_pure or draws_numbers(instruction):
            self._made.append(instruction.with_inputs([self._same.get(v, v) for v in instruction.inputs]))
            return True
        place = self._places.get(instruction.inputs[0]) if instruction.inputs else None
        if place is None:
            return False
        if instruction.op_def is STACK_POP:
            self._popped.append(self._stand_in_for(instruction))
            self._pops.append(place)
        elif instruction.op_def is STACK_PUSH:
            pushed = self._same.get(instruction.inputs[1], instruction.inputs[1])
            if pushed in self._known:
                self._constants.append((place, self._known[pushed]))
            else:
                self._pushes.append((place, self._collect(pushed)))
            self._same[instruction.outputs[0]] = pushed
        elif instruction.op_def is TENSOR_ARRAY_READ:
            self._read(instruction, place)
        elif instruction.op_def is TENSOR_ARRAY_WRITE:
            _, index, value, flow = instruction.inputs
            self._writes.append(Write(instruction, place, self._position(index), self._collect(value)))
            self._same[instruction.outputs[0]] = self._same.get(flow, flow)
        elif instruction.op_def is TENSOR_ARRAY_GRAD:
            self._slope(instruction, place)
        else:
            return False
        return True

    def _slope(self, instruction: Instruction, place: int) -> None:
        handle, flow = instruction.outputs
        slope = Slope(place, instruction.attrs["source"].decode())
        if slope not in self._slopes:
            self._slopes.append(slope)
        self._places[handle] = len(self._plan.inputs) + self._slopes.index(slope)
        self._slope_handles.add(handle)
        self._same[flow] = self._same.get(instruction.inputs[1], instruction.inputs[1])

    def _stand_in_for(self, pop: Instruction) -> Value:
        """The input that is, or tells, what is popped."""
        (popped,) = pop.outputs
        rank = self._ranks.get(len(self._pops))
        if rank is None:
            return popped
        standing = Value(f"{popped.name}_stand_in", dtypes.uint8, (None,) * rank)
        attrs = {"T": dtypes.uint8, "out_type": popped.dtype}
        self._made.append(Instruction(lookup("Shape"), attrs, [standing], [popped], pop.op))
        return standing

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
        self._reads.append(Read(instruction, place, self._position(index)))

    def _position(self, index: Value) -> int:
        """See `Read`."""
        index = self._same.get(index, index)
        return ~self._popped.index(index) if index in self._popped else self._collect(index)
