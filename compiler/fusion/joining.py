"""Joining groups over one space after all instructions have their place.

While instructions are placed, nobody knows what will be used together: two groups may turn out to read the same array,
or one to read what the other writes. A later group moves up to an earlier one if all it needs is there by then;
otherwise the earlier one moves down to it if nothing in between needs its results. Each group looks at a bounded
number of others, so the cost is linear.

Worked example, of the three results `exp(x)`, `reduce_sum(abs(x))` and `tanh(x)`:

    group 0: %1 = Exp %x                     over (s0, s1)
    group 1: %2 = Abs %x;  %4 = Sum %2       over (s0, s1), folded whole
    group 2: %5 = Tanh %x                    over (s0, s1)

None reads what another one writes, so nothing tied them while they were placed. All read `x` over one space: groups 1
and 2 move up to group 0, and `x` is read from memory once for the sum and once for both of the others.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, Final

from ..plan.plan import Instruction, Value
from ..specialize.symbolic import same_extents
from .groups import ELEMENT, LARGEST_GROUP, MOST_PASSES, Call, Fused, Group
from .inline import sources

_LOOKED_AT: Final = 4  # how many of the latest readers of a value


class _Reads:
    """What an item reads: elements of its own space, and memory in another shape or order."""

    __slots__ = ("elements", "memory")

    def __init__(self) -> None:
        self.elements: dict[Value, None] = {}
        self.memory: dict[Value, None] = {}


class Joiner:
    """Joins the groups of a region.

    Args:
      extents: of all values.
      data: the inputs of an instruction that are read element by element.
      is_mapped: whether an instruction reads through an index map.
    """

    def __init__(
        self,
        fused: Fused,
        extents: dict[Value, tuple[Any, ...]],
        data: Callable[[Instruction], Sequence[Value]],
        is_mapped: Callable[[Instruction], bool],
    ) -> None:
        self._fused = fused
        self._extents = extents
        self._data = data
        self._is_mapped = is_mapped
        self._items: list[Group | Call | None] = []  # None: it has moved down
        self._made_at: dict[Value, int] = {}
        self._at: dict[Group, int] = {}
        self._first_use: dict[int, int] = {}  # per position of a group, where its results are needed first
        self._readers: dict[Value, list[Group]] = {}

    def run(self) -> None:
        """Join what saves memory traffic."""
        for item in self._fused.items:
            place = len(self._items)
            self._items.append(item)
            reads = self._reads(item)
            if isinstance(item, Group):
                self._at[item] = place
                group = self._joined(item, reads)
                self._note(group, item, reads)
            else:
                self._made_at.update(dict.fromkeys(item.instruction.outputs, place))
                self._note_use(place, reads)
        self._fused.items = [item for item in self._items if item is not None]
        for number, item in enumerate(self._fused.items):
            item.number = number

    def _reads(self, item: Group | Call) -> _Reads:
        found = _Reads()
        if isinstance(item, Call):
            found.memory.update(dict.fromkeys(item.instruction.inputs))
            return found
        for instruction in item.instructions:
            for value in self._data(instruction):
                if value in item.levels:
                    continue
                if self._is_mapped(instruction) or value in self._fused.inlined or value in self._fused.aliases:
                    found.memory.update(dict.fromkeys(sources([value], self._fused.inlined, self._data)))
                else:
                    found.elements[value] = None
        return found

    def _place(self, value: Value) -> int:
        """Where a value is made; -1 for one from outside."""
        while value not in self._made_at and value in self._fused.aliases:
            value = self._fused.aliases[value][0]
        return self._made_at.get(value, -1)

    def _note(self, group: Group, item: Group, reads: _Reads) -> None:
        """Note where a group's results are, and what it reads; `item` is it, or what has joined it."""
        place = self._at[group]
        for value in group.levels:
            self._made_at[value] = place
        self._note_use(place, reads)
        for value in (*reads.elements, *item.levels):
            readers = self._readers.setdefault(value, [])
            if group not in readers:
                readers.append(group)
                del readers[:-_LOOKED_AT]

    def _note_use(self, place: int, reads: _Reads) -> None:
        for value in (*reads.elements, *reads.memory):
            made = self._place(value)
            if made != place:
                self._first_use[made] = min(place, self._first_use.get(made, place))

    def _joined(self, item: Group, reads: _Reads) -> Group:
        """The group that `item` has become part of, or `item`."""
        place = self._at[item]
        for group in self._candidates(item, reads):
            if not self._may_join(group, item, reads):
                continue
            outside = [value for value in (*reads.elements, *reads.memory) if value not in group.levels]
            needed = max(map(self._place, outside), default=-1)
            if needed < self._at[group]:
                self._items[place] = None
            elif self._at[group] not in self._first_use:
                self._items[self._at[group]] = None
                self._items[place] = group
                self._at[group] = place
            else:
                continue
            deepest = max((group.depths.get(value, 0) for value in reads.elements), default=0)
            group.instructions += item.instructions
            group.levels.update(item.levels)
            group.touched |= item.touched
            group.depths.update({value: depth + deepest for value, depth in item.depths.items()})
            group.split = item.split if group.split is None else group.split
            return group
        return item

    def _candidates(self, item: Group, reads: _Reads) -> list[Group]:
        found: dict[Group, None] = {}
        for value in reads.elements:
            if same_extents(self._extents[value], item.space):
                found.update(dict.fromkeys(self._readers.get(value, ())))
        return sorted(found, key=lambda group: -self._at[group])

    def _may_join(self, first: Group, second: Group, reads: _Reads) -> bool:
        if not same_extents(first.space, second.space) or first.split and second.split and first.split != second.split:
            return False
        if len(first.instructions) + len(second.instructions) > LARGEST_GROUP:
            return False
        if any(self._fused.root(value) in first.levels for value in reads.memory):
            return False  # reads back memory that the first writes
        crossing = [value for value in reads.elements if value in first.levels]
        split = first.split or second.split or ()
        if (first.split is None) != (second.split is None) and not crossing and len(split) == len(first.space):
            return False  # a fold of everything is over before elements are written: nothing is shared
        return self._may_cross(first, second, crossing)

    def _may_cross(self, first: Group, second: Group, crossing: list[Value]) -> bool:
        """Whether the second group can take values of the first without memory."""
        if any(first.levels[value] != ELEMENT for value in crossing):
            return False
        depth = max((first.depths.get(value, 0) for value in crossing), default=0)
        if depth + max(second.depths.values(), default=0) > MOST_PASSES:
            return False
        taken = set(crossing)
        for instruction in second.instructions:
            is_row = instruction.op_def.reduction is None and second.levels[instruction.outputs[0]] != ELEMENT
            if is_row and not taken.isdisjoint(instruction.inputs):
                return False
        return True
