"""Which variables a step updates in place: where an item reads a variable's value last and makes its new one.

`v.assign_sub(0.1 * g)` is a loop that reads each element of `v` where it writes it: if nobody else holds the array, it
can be written where it is. A second kernel is made for that, which reads the old value where it writes the new.
"""

from __future__ import annotations

from typing import Any

from ..fusion.groups import ELEMENT, Call, Fused, Group, RowUpdate
from ..partition.stateful import Stateful
from ..plan.plan import Value
from ..specialize.symbolic import same_extents
from .variant import Variant

Item = Group | Call


def find_in_place(stateful: Stateful, variant: Variant) -> dict[Item, dict[Value, Value]]:
    """Groups and updates of rows whose results may take the places of values read: from an old value to the new."""
    return _Finder(stateful, variant).find()


def is_python(item: Any, fused: Fused) -> bool:
    """Whether an item of a native step is the call of a NumPy kernel."""
    return isinstance(item, Call) and item.instruction not in fused.written


class _Finder:
    def __init__(self, stateful: Stateful, variant: Variant) -> None:
        self._stateful = stateful
        self._variant = variant
        self._fused = variant.fused
        self._extents = variant.special.extents

    def find(self) -> dict[Item, dict[Value, Value]]:
        """See `find_in_place`."""
        found: dict[Item, dict[Value, Value]] = {}
        for root, new in self._stateful.writes.items():
            old = self._stateful.reads.get(root)
            if old is None or (new in self._stateful.outputs and self._extents[new]):
                continue
            last = next((item for item in reversed(self._fused.items) if self._reads(item, old)), None)
            if last is not None and self._may_replace(last, old, new):
                if any(is_python(item, self._fused) for item in self._fused.items[last.number :]):
                    continue  # a step that fails leaves variables as they were
                found.setdefault(last, {})[old] = new
        for item, pairs in found.items():
            while isinstance(item, Group) and (late := _read_late(item, self._fused, pairs)):
                for old in late:
                    del pairs[old]
        return {item: pairs for item, pairs in found.items() if pairs}

    def _reads(self, item: Item, value: Value) -> bool:
        if isinstance(item, Call):
            return value in map(self._fused.root, item.instruction.inputs)
        return value in self._variant.kernels[item].arguments

    def _may_replace(self, item: Item, old: Value, new: Value) -> bool:
        written = list(self._stateful.writes.values())
        if written.count(new) > 1 or old in written or old in self._stateful.outputs:
            return False
        if self._fused.root(old) is not old or old in self._fused.aliases:
            return False
        return self._group_may(item, old, new) if isinstance(item, Group) else self._rows_may(item, old, new)

    def _rows_may(self, call: Call, old: Value, new: Value) -> bool:
        is_update = isinstance(self._fused.written.get(call.instruction), RowUpdate)
        return is_update and call.instruction.inputs[0] is old and call.instruction.outputs == (new,)

    def _group_may(self, group: Group, old: Value, new: Value) -> bool:
        if new not in group.outputs or group.split is not None or group.levels[new] != ELEMENT:
            return False
        if len(group.outputs) > 1 and any(i.op_def.reduction is not None for i in group.instructions):
            return False  # what is written in one pass may be computed again from the old value in another
        if _is_moved(group, self._fused, old):
            return False
        return same_extents(self._extents[old], group.space)


def _read_late(group: Group, fused: Fused, pairs: dict[Value, Value]) -> set[Value]:
    """The old values of which an element is read after it was replaced by the new one.

    A loop computes results in their order, stores each at once, and computes and reads no value twice. So of
    `v, w = w, v + w` it stores the new `v` before it reads the old one for `w`. What a value without memory is made of
    is read where that is computed, though it was read before.
    """
    makers = {made: instruction for instruction in group.instructions for made in instruction.outputs}
    known: set[Value] = set()
    replaced: set[Value] = set()
    late: set[Value] = set()
    for output in group.outputs:
        pending = [output]
        while pending:
            value = pending.pop()
            if value in known:
                continue
            known.add(value)
            maker = makers.get(value) or fused.inlined.get(value)
            if maker is not None:
                pending += maker.inputs
                if value not in makers:
                    known.difference_update(maker.inputs)
            elif fused.root(value) in replaced:
                late.add(fused.root(value))
        replaced.update(old for old, new in pairs.items() if new is output)
    return late


def _is_moved(group: Group, fused: Fused, old: Value) -> bool:
    """Whether a group reads a value, or what is made of it, at another place than the one that it computes."""
    makers = {value: instruction for instruction in group.instructions for value in instruction.outputs}
    known: dict[Value, bool] = {}

    def comes_from_old(value: Value) -> bool:
        if value not in known:
            maker = makers.get(value) or fused.inlined.get(value)
            found = [] if maker is None else [comes_from_old(each) for each in maker.inputs]  # all are looked at
            known[value] = fused.root(value) is old or any(found)
            if maker is not None and maker.op_def.index_map is not None:
                moving.append(value)
        return known[value]

    moving: list[Value] = []
    for value in makers:
        comes_from_old(value)
    return any(known[value] for value in moving)
