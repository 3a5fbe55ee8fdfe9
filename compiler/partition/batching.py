"""Loops whose iterations do not need each other, as a plan over all their rows at once: what `map_fn` makes.

Of a loop that counts from nothing, reads row `i` of TensorArrays, computes, and writes row `i` of others,

    %row = TensorArrayReadV3 %x, %i        %rows                       all rows, an input
    %2 = Mul %row, %row                    %2 = Mul %rows, %rows
    %3 = Sum %2, [0]                       %3 = Sum %2, [1]            axes move by one
    TensorArrayWriteV3 %y, %i, %3          fetched: %3

It fuses like any plan, and its loops are shared by threads. Taken are elementwise operations and reductions; whatever
else a body has, it stays a loop.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np

from ...ops.building.constant import CONST
from ...ops.definition.reduction import axes_of
from ...ops.definition.registry import lookup
from ...ops.definition.shape_query import ShapeQuery
from ...ops.definition.shapes import broadcast_shape
from ...ops.families.control_flow.tensor_array_ops import TENSOR_ARRAY_READ, TENSOR_ARRAY_WRITE
from ...ops.types import dtypes
from ..passes.expand import expand_composites
from ..plan.blocks import Loop
from ..plan.element_types import is_compiled_type
from ..plan.plan import Instruction, Plan, Value


class Row(NamedTuple):
    """A TensorArray of which iteration `i` reads or writes element `i`: the places of handle and counter."""

    handle: int
    counter: int
    value: Value


class Batched(NamedTuple):
    """A loop as a plan.

    Attributes:
      plan: inputs: the rows that are read, then invariants; outputs: the rows that are written.
      invariants: where these stand among the loop's inputs.
      reads, writes: the TensorArrays, in the order of inputs and outputs.
      counters: which variables count the iterations; the others are flows, which do not change.
      bounds: pairs: a counter, and where what it stays below stands among the inputs, or the number itself.
    """

    plan: Plan
    invariants: tuple[int, ...]
    reads: tuple[Row, ...]
    writes: tuple[Row, ...]
    counters: frozenset[int]
    bounds: tuple[tuple[int, int | None, int], ...]


class _NotBatchedError(Exception):
    """The iterations need each other, or do something else than is taken here."""


def batched_loop(block: Loop) -> Batched | None:
    """The loop over all rows at once; None if it is of another kind."""
    try:
        return _Batching(block).run()
    except _NotBatchedError:
        return None


class _Batching:
    def __init__(self, block: Loop) -> None:
        self._block = block
        self._condition = expand_composites(block.condition)
        self._body = expand_composites(block.body)
        self._places = {value: place for place, value in enumerate(self._condition.inputs)}
        self._constants: dict[Value, Any] = {}
        self._rows: dict[Value, Value] = {}  # from a value of an iteration to that of all of them
        self._same: set[Value] = set()  # the same in each iteration
        self._inferred: dict[Value, Any] = {}  # extents that the graph does not tell: of parts of composites
        self._made: list[Instruction] = []
        self._reads: list[Row] = []
        self._writes: list[Row] = []

    def run(self) -> Batched:
        """See `batched_loop`."""
        condition, body, count = self._condition, self._body, self._block.count
        if len(condition.outputs) != 1 or body.inputs != condition.inputs:
            raise _NotBatchedError
        for plan in (condition, body):
            self._constants.update((i.outputs[0], i.attrs["value"]) for i in plan.instructions if i.is_constant)
        makers = {**condition.producers(), **body.producers()}
        counters = frozenset(k for k in range(count) if self._counts(k, makers.get(body.outputs[k])))
        bounds = tuple(self._bounds(condition.outputs[0], makers, counters))
        invariants = [v for v in condition.inputs[count:] if is_compiled_type(v.dtype)]
        self._same.update(invariants)
        skipped = {makers[body.outputs[k]] for k in counters}
        for instruction in body.instructions:
            if instruction not in skipped:
                self._add(instruction, counters)
        self._check_flows(counters, makers)
        if not self._reads or not self._writes:
            raise _NotBatchedError
        used = {value for instruction in self._made for value in instruction.inputs}
        taken = [value for value in invariants if value in used]
        outputs = [row.value for row in self._writes]
        plan = Plan([*(row.value for row in self._reads), *taken], self._made, outputs)
        places = tuple(self._places[value] for value in taken)
        return Batched(plan, places, tuple(self._reads), tuple(self._writes), counters, bounds)

    def _counts(self, number: int, maker: Instruction | None) -> bool:
        """Whether a variable grows by one in each iteration."""
        variable = self._condition.inputs[number]
        if maker is None or maker.op_def.scalar != lookup("AddV2").scalar or variable.dtype.kind != "i":
            return False
        others = [value for value in maker.inputs if value is not variable]
        ones = [self._constants.get(value) for value in others]
        return len(others) == 1 and ones[0] is not None and ones[0].ndim == 0 and int(ones[0]) == 1

    def _bounds(self, value: Value, makers: Any, counters: frozenset[int]) -> list[tuple[int, int | None, int]]:
        """What counters stay below, for the condition to hold."""
        maker = makers.get(value)
        if maker is not None and maker.op_def is lookup("LogicalAnd"):
            return [each for part in maker.inputs for each in self._bounds(part, makers, counters)]
        if maker is None or maker.op_def is not lookup("Less"):
            raise _NotBatchedError
        counter, bound = maker.inputs
        place = self._places.get(counter)
        if place not in counters:
            raise _NotBatchedError
        if bound in self._constants and self._constants[bound].ndim == 0:
            return [(place, None, int(self._constants[bound]))]
        if self._places.get(bound, 0) < self._block.count:
            raise _NotBatchedError
        return [(place, self._places[bound], 0)]

    def _check_flows(self, counters: frozenset[int], makers: Any) -> None:
        """That all other variables are flows, which only say that a TensorArray was written."""
        for number, made in enumerate(self._body.outputs):
            maker = makers.get(made)
            if number not in counters and (maker is None or maker.op_def is not TENSOR_ARRAY_WRITE):
                raise _NotBatchedError

    def _add(self, instruction: Instruction, counters: frozenset[int]) -> None:
        if instruction.guards or instruction.blocks or instruction.op_def.flow or len(instruction.outputs) != 1:
            raise _NotBatchedError
        (result,) = instruction.outputs
        self._infer(instruction)
        if instruction.is_constant:
            self._same.add(result)
            self._made.append(instruction)
        elif instruction.op_def in (TENSOR_ARRAY_READ, TENSOR_ARRAY_WRITE):
            self._element(instruction, counters)
        elif not instruction.is_pure or not is_compiled_type(result.dtype):
            raise _NotBatchedError
        elif all(value in self._same for value in instruction.inputs):
            self._same.add(result)
            self._made.append(instruction)
        elif instruction.op_def.reduction is not None:
            self._reduce(instruction)
        else:
            self._elementwise(instruction)

    def _known(self, value: Value) -> tuple[int, ...]:
        """The extents of an element. Raises: _NotBatchedError if they are not known."""
        extents = value.extents if value.extents is not None else self._inferred.get(value)
        if extents is None or any(type(extent) is not int for extent in extents):
            raise _NotBatchedError
        return tuple(extents)

    def _infer(self, instruction: Instruction) -> None:
        (result,) = instruction.outputs
        if result.extents is not None or instruction.op_def.shape is None:
            return
        inputs = instruction.inputs
        shapes = [value.extents if value.extents is not None else self._inferred.get(value) for value in inputs]
        query = ShapeQuery(shapes, instruction.attrs, None, lambda index: self._constants.get(inputs[index]))
        try:
            self._inferred[result] = instruction.op_def.shape(query)
        except (ValueError, TypeError, ArithmeticError) as error:
            raise _NotBatchedError from error

    def _element(self, instruction: Instruction, counters: frozenset[int]) -> None:
        handle, counter = (self._places.get(value, -1) for value in instruction.inputs[:2])
        others = [row.handle for row in (*self._reads, *self._writes)]
        if counter not in counters or handle < self._block.count or handle in others:
            raise _NotBatchedError
        if instruction.op_def is TENSOR_ARRAY_READ:
            value = instruction.outputs[0]
            if not is_compiled_type(value.dtype):
                raise _NotBatchedError
            rows = self._rows[value] = Value(f"{value.name}_rows", value.dtype, (None, *self._known(value)))
            self._reads.append(Row(handle, counter, rows))
            return
        value = instruction.inputs[2]
        if value not in self._rows or any(row.value is self._rows[value] for row in (*self._reads, *self._writes)):
            raise _NotBatchedError
        self._writes.append(Row(handle, counter, self._rows[value]))

    def _made_of(self, instruction: Instruction, inputs: Sequence[Value]) -> None:
        (value,) = instruction.outputs
        rows = self._rows[value] = Value(f"{value.name}_rows", value.dtype, (None, *self._known(value)))
        self._made.append(Instruction(instruction.op_def, instruction.attrs, inputs, [rows], instruction.op))

    def _reduce(self, instruction: Instruction) -> None:
        source, axes = instruction.inputs
        if source not in self._rows or axes not in self._constants or instruction.op_def.reduction.combine.finds_index:
            raise _NotBatchedError
        rank = len(self._known(source))
        moved = np.array([axis + 1 for axis in sorted(axes_of(self._constants[axes], rank))], np.int32)
        attrs = {**instruction.attrs, "Tidx": dtypes.int32}
        moved_axes = self._constant(moved, instruction)
        part = Instruction(instruction.op_def, attrs, instruction.inputs, instruction.outputs, instruction.op)
        self._made_of(part, [self._rows[source], moved_axes])

    def _elementwise(self, instruction: Instruction) -> None:
        op_def, rank = instruction.op_def, len(self._known(instruction.outputs[0]))
        if op_def.scalar is None or op_def.chooses_rows:
            raise _NotBatchedError
        whole = [value in self._rows and len(self._known(value)) == rank for value in instruction.inputs]
        if op_def.shape is not broadcast_shape and not all(whole):
            raise _NotBatchedError
        inputs = []
        for value, fits in zip(instruction.inputs, whole):
            if value in self._same:
                inputs.append(value)
            elif value not in self._rows:
                raise _NotBatchedError  # a counter
            else:
                inputs.append(self._rows[value] if fits else self._widened(value, rank, instruction))
        self._made_of(instruction, inputs)

    def _widened(self, value: Value, rank: int, instruction: Instruction) -> Value:
        """The rows of a value that is broadcast to a higher rank, with ones behind the first axis."""
        extents = self._known(value)
        ones = (1,) * (rank - len(extents))
        if 0 in extents:
            raise _NotBatchedError
        result = Value(f"{value.name}_wide{len(self._made)}", value.dtype, (None, *ones, *extents))
        shape = self._constant(np.array([-1, *ones, *extents], np.int32), instruction)
        attrs = {"T": value.dtype, "Tshape": dtypes.int32}
        inputs = [self._rows[value], shape]
        self._made.append(Instruction(lookup("Reshape"), attrs, inputs, [result], instruction.op))
        return result

    def _constant(self, array: Any, instruction: Instruction) -> Value:
        array.flags.writeable = False
        value = Value(f"{instruction.outputs[0].name}_c{len(self._made)}", dtypes.int32, array.shape)
        self._made.append(Instruction(CONST, {"value": array, "dtype": dtypes.int32}, (), [value], instruction.op))
        return value
