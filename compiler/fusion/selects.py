"""Branches that cost less than to decide: both are computed, and each element chosen.

    %4, %5 = Switch %x, %p
    %6 = Mul %4, 0.9                      %6 = Mul %x, 0.9
    %7 = Add %5, 0.3            ->        %7 = Add %x, 0.3
    %8, %9 = Merge %6, %7                 %8 = SelectV2 %p, %7, %6

So what stands around a branch is one region, and a loop over it needs no decision in Python. It is done where all of
both sides is pure and cannot fail, and both results have one shape: where shapes are known, if both sides together are
little work; where they are not, if all is elementwise and no mathematical function of an array.
"""

from __future__ import annotations

import math
from typing import Any, Final

import numpy as np

from ...ops.families.elementwise import division
from ...ops.families.elementwise.select import SELECT_V2
from ...ops.families.linalg.products import MAT_MUL
from ..partition.branches import Branches, branches_of
from ..plan.plan import Instruction, Plan, Value
from .formulas import is_costly, is_elementwise
from .fuse import PICKS

_MOST: Final = 12  # instructions on both sides of a branch
_MOST_KNOWN: Final = 48  # the same, of known shapes
_MOST_WORK: Final = 4096  # additions on both sides, of known shapes: a decision takes some microseconds
_DIVISIONS: Final = (
    division.DIV, division.FLOOR_DIV, division.FLOOR_MOD, division.MOD, division.TRUNCATE_DIV, division.TRUNCATE_MOD,
)  # fmt: skip


def choose_elements(plan: Plan) -> Plan:
    """Turn cheap branches into choices, the inner ones first.

    Requires: topological order.  Ensures: same outputs, effects untouched.
    """
    while any(instruction.op_def.flow == "switch" for instruction in plan.instructions):
        changed = _changed(plan)
        if changed is None:
            break
        plan = changed
    return plan


def _changed(plan: Plan) -> Plan | None:
    """The plan with the first cheap branch turned; None if there is none."""
    branches = branches_of(plan)
    producers = plan.producers()
    users: dict[Value, list[Instruction]] = {}
    for instruction in plan.instructions:
        for value in (*instruction.inputs, *instruction.guards):
            users.setdefault(value, []).append(instruction)
    for pred in dict.fromkeys(i.inputs[1] for i in plan.instructions if i.op_def.flow == "switch"):
        found = _Branch(plan, pred, branches, producers, users)
        if found.is_cheap:
            return found.turned()
    return None


class _Branch:
    """All that hangs on one condition."""

    def __init__(
        self,
        plan: Plan,
        pred: Value,
        branches: dict[Instruction, Branches],
        producers: dict[Value, Instruction],
        users: dict[Value, list[Instruction]],
    ) -> None:
        self._plan, self._pred, self._producers = plan, pred, producers
        self._inside = [i for i in plan.instructions if any(term[0] is pred for term in branches[i])]
        self._switches = [i for i in plan.instructions if i.op_def.flow == "switch" and i.inputs[1] is pred]
        self._values = {v for i in (*self._inside, *self._switches) for v in i.outputs}
        self._merges = [
            i
            for i in plan.instructions
            if i.op_def.flow == "merge" and i not in self._inside and not self._values.isdisjoint(i.inputs)
        ]
        self._users = users
        self._same = {value: i.inputs[0] for i in self._switches for value in i.outputs}
        self.is_cheap = self._check()

    def _check(self) -> bool:
        if self._pred.extents is None or len(self._pred.extents):
            return False  # a condition that is no scalar is an error, which the branch tells
        if not self._merges or not self._values.isdisjoint(self._plan.outputs):
            return False
        if any(i.op_def.flow for i in self._inside) or not (self._is_little() or self._is_light()):
            return False
        known = {*self._inside, *self._switches, *self._merges}
        if any(user not in known for value in self._values for user in self._users.get(value, ())):
            return False  # something waits for one side
        return all(map(self._is_choice, self._merges))

    def _is_light(self) -> bool:
        """Whether all is elementwise and no function of an array."""
        return len(self._inside) <= _MOST and all(map(_is_cheap, self._inside))

    def _is_little(self) -> bool:
        """Whether all is known to be little work that cannot fail."""
        works = [self._work(instruction) for instruction in self._inside]
        return len(works) <= _MOST_KNOWN and sum(math.inf if work is None else work for work in works) <= _MOST_WORK

    def _work(self, instruction: Instruction) -> int | None:
        """How many additions an instruction takes; None if that is not known, or it may fail."""
        op_def, values = instruction.op_def, (*instruction.inputs, *instruction.outputs)
        if not all(_is_known(value) and value.dtype.kind in "fiub" for value in values) or not instruction.is_pure:
            return None
        sizes = [int(math.prod(value.extents)) for value in values]
        size: int = max(sizes)
        if not all(sizes):
            return None  # the largest of no elements is an error
        if instruction.is_constant:
            return 0
        if is_elementwise(instruction):
            return 8 * size if is_costly(instruction) else size
        if op_def in _DIVISIONS and instruction.outputs[0].dtype.kind in "iu":
            return size if self._is_constant(instruction.inputs[1]) else None
        if op_def.reduction is not None:
            return size if self._is_constant(instruction.inputs[1], is_any=True) else None
        if op_def is MAT_MUL:
            return sizes[0] * int(instruction.outputs[0].extents[1])
        return size if op_def.reshapes or self._moves(instruction) else None

    def _moves(self, instruction: Instruction) -> bool:
        """Whether elements are moved, to where constants say."""
        index_map = instruction.op_def.index_map
        if index_map is None or index_map in PICKS:
            return False
        places = [place % len(instruction.inputs) for place in index_map.structure]
        return all(self._is_constant(instruction.inputs[place], is_any=True) for place in places)

    def _is_constant(self, value: Value, is_any: bool = False) -> bool:
        """Whether a value is a constant: without a 0, if that matters."""
        maker = self._producers.get(self._same.get(value, value))
        if maker is None or not maker.is_constant:
            return False
        return is_any or bool(np.all(np.asarray(maker.attrs["value"]) != 0))

    def _is_choice(self, merge: Instruction) -> bool:
        if len(merge.inputs) != 2 or merge.guards or any(value not in self._values for value in merge.inputs):
            return False
        index = merge.outputs[1]
        if self._users.get(index) or index in self._plan.outputs:
            return False
        sides = self._sides(merge)
        if sides is None or any(value.dtype.kind not in "fiub" for value in merge.inputs):
            return False
        a, b = merge.inputs
        if _is_known(a) and _is_known(b):
            return bool(tuple(a.extents) == tuple(b.extents))
        return self._root(a) is self._root(b)

    def _sides(self, merge: Instruction) -> tuple[Value, Value] | None:
        """What a merge gives if the condition is true, and if not."""
        found: dict[int, Value] = {}
        for value in merge.inputs:
            side = self._side(value)
            if side is not None:
                found[side] = value
        return (found[1], found[0]) if len(found) == 2 else None

    def _side(self, value: Value) -> int | None:
        """On which side a value is."""
        pending, seen = [value], set()
        while pending:
            current = pending.pop()
            if current in seen:
                continue
            seen.add(current)
            maker = self._producers.get(current)
            if maker is None:
                continue
            if maker in self._switches:
                return maker.outputs.index(current)
            pending += [v for v in (*maker.inputs, *maker.guards) if v in self._values]
        return None

    def _root(self, value: Value) -> Value:
        """The value that has this shape too: what elementwise operations with scalars were done to."""
        while True:
            value = self._same.get(value, value)
            maker = self._producers.get(value)
            if maker is None or maker.op_def.flow or maker.is_constant or not is_elementwise(maker):
                return value
            arrays = {self._root(other) for other in maker.inputs if other.extents is None or len(other.extents)}
            if len(arrays) != 1:
                return value
            value = arrays.pop()

    def turned(self) -> Plan:
        """The plan with choices in place of merges."""
        made: list[Instruction] = []
        inside, merges = set(self._inside), set(self._merges)
        for old in self._plan.instructions:
            if old in merges:
                sides = self._sides(old)
                assert sides is not None
                yes, no = (self._same.get(value, value) for value in sides)
                attrs: dict[str, Any] = {"T": old.outputs[0].dtype}
                made.append(Instruction(SELECT_V2, attrs, [self._pred, yes, no], old.outputs[:1], old.op))
            elif old in inside:
                guards = [value for value in old.guards if value not in self._values]
                made.append(old.with_inputs([self._same.get(value, value) for value in old.inputs], guards))
            elif old not in self._switches:
                made.append(old)
        return self._plan.replaced(made)


def _is_known(value: Value) -> bool:
    return value.extents is not None and None not in tuple(value.extents)


def _is_cheap(instruction: Instruction) -> bool:
    """Whether it costs less to compute than to decide."""
    if instruction.is_constant:
        return instruction.outputs[0].dtype.kind in "fiub"
    if not instruction.is_pure or not is_elementwise(instruction):
        return False
    output = instruction.outputs[0]
    is_scalar = output.extents is not None and not len(output.extents)
    return is_scalar or not is_costly(instruction)
