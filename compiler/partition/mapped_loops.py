"""`map_fn` without its loop: where rows come from one array and go to one, the loop over all rows at once stands in
the plan itself, and the TensorArrays around it go.

    %n = shape(%x)[0]
    %a = TensorArrayV3 %n;  TensorArrayScatterV3 %a, range(%n), %x       %x
    %b = TensorArrayV3 %n;  _Loop ... reads %a, writes %b                what `batching.py` makes of it
    %y = TensorArrayGatherV3 %b, range(size(%b))                         %y = what is written
"""

from __future__ import annotations

from typing import Any

import numpy as np

from ...ops.definition.registry import lookup
from ...ops.families.control_flow import tensor_array_ops as arrays
from ..passes.dead import drop_dead
from ..plan.plan import Instruction, Plan, Value
from .batching import Batched, Row, batched_loop


def without_mapped_loops(plan: Plan) -> Plan:
    """Replace the loops of a plan that only map rows of arrays to rows of others.

    Requires: topological order.  Ensures: same outputs; the rounding of sums within a row may differ.
    """
    if not any(instruction.blocks for instruction in plan.instructions):
        return plan
    for loop in [instruction for instruction in plan.instructions if instruction.blocks]:
        batched = None if loop.guards else batched_loop(loop.attrs["block"])
        if batched is not None:
            plan = _Replacing(plan, loop, batched).run()
    return plan


class _Replacing:
    def __init__(self, plan: Plan, loop: Instruction, batched: Batched) -> None:
        self._plan = plan
        self._loop = loop
        self._batched = batched
        self._makers = plan.producers()
        self._constants = {i.outputs[0]: i.attrs["value"] for i in plan.instructions if i.is_constant}
        self._users: dict[Value, list[Instruction]] = {}
        for instruction in plan.instructions:
            for value in (*instruction.inputs, *instruction.guards):
                self._users.setdefault(value, []).append(instruction)
        self._gone: set[Instruction] = {loop}

    def run(self) -> Plan:
        """The plan without the loop; the plan as it is if something else hangs on it."""
        counts = self._counts()
        if counts is None:
            return self._plan
        reads = [self._source(row, counts) for row in self._batched.reads]
        writes = [self._results(row, counts) for row in self._batched.writes]
        if None in reads or None in writes or not self._is_free(writes):
            return self._plan
        return self._replaced([value for value in reads if value is not None], writes)

    def _counts(self) -> set[Any] | None:
        """What says how many rows there are: values of the plan, and the number where it is known; None: unclear."""
        if any(not self._is_zero(self._loop.inputs[k]) for k in self._batched.counters):
            return None
        found: set[Any] = set()
        for _, place, number in self._batched.bounds:
            value = None if place is None else self._loop.inputs[place]
            known = self._constants.get(value) if value is not None else np.array(number)
            found.add(value if known is None else int(known))
        return found if len(found) == 1 else None

    def _is_zero(self, value: Value) -> bool:
        known = self._constants.get(value)
        return known is not None and known.ndim == 0 and not known

    def _is_count(self, value: Value, counts: set[Any]) -> bool:
        known = self._constants.get(value)
        return (value if known is None else int(known)) in counts

    def _array(self, row: Row, counts: set[Any], users: set[Any]) -> list[Instruction] | None:
        """The users of a TensorArray of as many elements as there are rows, made by this plan; None if it is not."""
        handle = self._loop.inputs[row.handle]
        maker = self._makers.get(handle)
        if maker is None or maker.op_def is not arrays.TENSOR_ARRAY or maker.guards:
            return None
        shape = maker.attrs["element_shape"]
        fits = shape is None or tuple(shape) == tuple(row.value.extents[1:])
        if not fits or maker.attrs["dynamic_size"] or not self._is_count(maker.inputs[0], counts):
            return None
        if maker.attrs["dtype"].base_dtype is not row.value.dtype or handle in self._plan.outputs:
            return None
        self._gone.add(maker)
        found = [user for user in self._users[handle] if user is not self._loop]
        if any(user.op_def not in users or user.guards for user in found):
            return None
        return [user for user in found if user.op_def is not arrays.TENSOR_ARRAY_CLOSE]

    def _source(self, row: Row, counts: set[Any]) -> Value | None:
        """The array whose rows a TensorArray has."""
        users = self._array(row, counts, {arrays.TENSOR_ARRAY_SCATTER, arrays.TENSOR_ARRAY_CLOSE})
        if users is None or len(users) != 1:
            return None
        (scatter,) = users
        _, indices, value, _ = scatter.inputs
        extents = row.value.extents
        if not self._counts_up(indices, counts, set()):
            return None
        if not value.extents or tuple(value.extents[1:]) != tuple(extents[1:]) or not self._has_rows(value, counts):
            return None
        self._gone.add(scatter)
        return value

    def _has_rows(self, value: Value, counts: set[Any]) -> bool:
        """Whether an array has as many rows as a count says."""
        (count,) = counts
        if type(count) is int:
            return bool(value.extents[0] == count)
        maker = self._makers.get(count)
        if maker is None or maker.op_def is not lookup("StridedSlice") or maker.attrs["shrink_axis_mask"] != 1:
            return False
        shape, first = self._makers.get(maker.inputs[0]), self._constants.get(maker.inputs[1])
        if shape is None or shape.op_def.tells != "shape" or first is None or first.any():
            return False
        return shape.inputs[0] is value

    def _counts_up(self, indices: Value, counts: set[Any], sizes: set[Value]) -> bool:
        """Whether indices are 0, 1, ... up to all."""
        known = self._constants.get(indices)
        if known is not None:
            return known.shape in {(count,) for count in counts} and bool((known == np.arange(known.size)).all())
        maker = self._makers.get(indices)
        if maker is None or maker.op_def is not lookup("Range"):
            return False
        start, limit, delta = maker.inputs
        one = self._constants.get(delta)
        is_one = one is not None and one.ndim == 0 and int(one) == 1
        return self._is_zero(start) and is_one and (limit in sizes or self._is_count(limit, counts))

    def _results(self, row: Row, counts: set[Any]) -> list[Instruction] | None:
        """What gathers all that a TensorArray was given."""
        users = self._array(
            row, counts, {arrays.TENSOR_ARRAY_GATHER, arrays.TENSOR_ARRAY_SIZE, arrays.TENSOR_ARRAY_CLOSE}
        )
        if users is None:
            return None
        sizes = {user.outputs[0] for user in users if user.op_def is arrays.TENSOR_ARRAY_SIZE}
        found = [user for user in users if user.op_def is arrays.TENSOR_ARRAY_GATHER]
        readers = {reader for size in sizes for reader in self._users.get(size, ())}
        ranges = {self._makers.get(user.inputs[1]) for user in found}
        if len(found) != 1 or not readers <= ranges or not sizes.isdisjoint(self._plan.outputs):
            return None
        if not self._counts_up(found[0].inputs[1], counts, sizes):
            return None
        self._gone.update(users)
        return found

    def _is_free(self, writes: list[Any]) -> bool:
        """Whether nothing that stays needs what goes, but for what is gathered."""
        kept = {gather.outputs[0] for found in writes for gather in found}
        lost = {value for instruction in self._gone for value in instruction.outputs} - kept
        if not lost.isdisjoint(self._plan.outputs):
            return False
        staying = [i for i in self._plan.instructions if i not in self._gone]
        users = [i for i in staying if not lost.isdisjoint((*i.inputs, *i.guards))]
        return all(i.op_def is arrays.TENSOR_ARRAY_CLOSE or self._is_dead(i) for i in users)

    def _is_dead(self, instruction: Instruction) -> bool:
        """Whether all that takes an instruction's results goes."""
        users = [user for value in instruction.outputs for user in self._users.get(value, ())]
        is_fetched = any(value in self._plan.outputs for value in instruction.outputs)
        return instruction.is_pure and not is_fetched and all(user in self._gone for user in users)

    def _replaced(self, reads: list[Value], writes: list[Any]) -> Plan:
        batched, loop = self._batched, self._loop
        same = dict(zip(batched.plan.inputs, [*reads, *(loop.inputs[place] for place in batched.invariants)]))
        outputs = dict(zip(batched.plan.outputs, [found[0].outputs[0] for found in writes]))
        body = []
        for old in batched.plan.instructions:
            inputs = [same.get(value, outputs.get(value, value)) for value in old.inputs]
            results = [outputs.get(value, value) for value in old.outputs]
            body.append(Instruction(old.op_def, old.attrs, inputs, results, old.op))
        made: list[Instruction] = []
        for instruction in self._plan.instructions:
            if instruction is loop:
                made += body
            elif instruction not in self._gone and not self._closes(instruction):
                made.append(instruction)
        return drop_dead(self._plan.replaced(made))

    def _closes(self, instruction: Instruction) -> bool:
        return instruction.op_def is arrays.TENSOR_ARRAY_CLOSE and self._makers.get(instruction.inputs[0]) in self._gone
