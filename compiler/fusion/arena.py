"""The memory of a step's values, planned when a region is specialised.

An intermediate lives from the item that makes it to the last one that reads it. Intermediates lie in the *arena*, one
block of memory in slots; a slot is handed on when its owner is dead. Sizes are expressions over extents, so a slot is
as large as the largest of its owners turns out to be; which slot fits best is guessed from the extents at hand.

*In place*: where an intermediate is read for the last time, and each element only where a result of its type is
written, the result takes its memory. Such updates form chains; the memory is that of a chain's last value, its *home*,
which may be a result of the step.

Worked example, of `matmul(tanh(matmul(exp(x), w)), w)` for matrices of 4 x 4 floats:

    group 0   %1 = Exp %x           made at 0, last read at 1: slot 0, 64 bytes
              %2 = MatMul %1, %w    made at 1, last read at 2: slot 1, for %1 is read while %2 is written
    group 1   %3 = Tanh %2          reads each element of %2 where it writes one: in place, its home is slot 1
              %4 = MatMul %3, %w    the result of the step: an array of its own, not in the arena

`explain` says so: "arena 128 bytes, results 64 ...; updated in place: 1".
"""

from __future__ import annotations

from bisect import bisect_left, insort
from collections.abc import Callable, Iterable
from typing import Any, Final, NamedTuple

from ..plan.plan import Instruction, Value
from ..specialize.expressions import Expression
from ..specialize.specialize import Specialized
from ..specialize.symbolic import Sym, expression, product, same_extents
from .groups import Call, Check, Fused, Group
from .inline import sources

ALIGNMENT: Final = 64  # bytes
_WASTE: Final = 8  # a slot of more than so many times a value's size is kept for larger ones


class Arena:
    """Where the values of a region have their memory.

    Args:
      is_product: whether a call writes its result into given memory; others take and return array objects.
      apart: results that are never made in the memory of an intermediate.
    Attributes:
      in_place: per group that updates a value in place: `{old value: result}`.
      slot_of: per intermediate, the number of its slot. Values with a home are not listed.
      sizes: per slot, the sizes in bytes of which it has the largest, as expressions over symbols.
      last: per value made here, the position of the last item that reads it; its own if none does.
      arrays: the values that are array objects: what leaves the region, and what calls take and return.
      flags: single bytes that a step looks at, which lie on its stack.
    """

    def __init__(
        self,
        special: Specialized,
        fused: Fused,
        is_product: Callable[[Instruction], bool],
        apart: Iterable[Value] = (),
    ) -> None:
        self._special = special
        self._fused = fused
        self._apart = set(apart)
        self.in_place: dict[Group, dict[Value, Value]] = {}
        self.slot_of: dict[Value, int] = {}
        self.arrays = dict.fromkeys(special.region.outputs)
        self.flags: set[Value] = set()
        for item in fused.items:
            if isinstance(item, Check):
                self.flags.add(item.ok)
                self.arrays[fused.root(item.instruction.inputs[0])] = None
            elif isinstance(item, Call) and not is_product(item.instruction):
                self.arrays.update(dict.fromkeys([*item.instruction.inputs, *item.instruction.outputs]))
        self._taken: dict[Group, set[Value]] = {}  # what groups read directly
        self.last = self._last_reads()
        self._homes = self._find_homes()
        self._known_sizes: dict[tuple[int, ...], _Size] = {}
        slots = _Slots()
        self._assign(slots)
        self.sizes = [[size.expression for size in sizes] for sizes in slots.sizes]

    def home(self, value: Value) -> Value:
        """The value whose memory a value lies in: its own, or that of what it is updated to in place."""
        return self._homes.get(value, value)

    # Lifetimes.

    def _reads(self, item: Group | Call) -> Iterable[Value]:
        """What an item may read of memory; shapes that are known from extents among it do no harm."""
        if isinstance(item, Call):
            return item.instruction.inputs
        taken = self._taken[item] = {v for i in item.instructions for v in i.inputs if v not in item.levels}
        if taken.isdisjoint(self._fused.inlined):
            return taken
        return sources(list(taken), self._fused.inlined, lambda instruction: instruction.inputs)

    def _last_reads(self) -> dict[Value, int]:
        last: dict[Value, int] = {}
        for position, item in enumerate(self._fused.items):
            for value in made_by(item):
                last[value] = position
            for value in self._reads(item):
                root = self._fused.root(value)
                if root in last:
                    last[root] = position
                if value in last:
                    last[value] = position
        last.update({result: last[value] for value, result in self._fused.shaped.items()})
        return last

    def dying(self) -> dict[int, list[Value]]:
        """Per position of an item, the values made here that nothing reads after it."""
        found: dict[int, list[Value]] = {}
        for value, position in self.last.items():
            found.setdefault(position, []).append(value)
        return found

    # In place.

    def _find_homes(self) -> dict[Value, Value]:
        dying = self.dying()
        homes = dict(self._fused.shaped)
        for position in range(len(self._fused.items) - 1, -1, -1):  # a chain's last value first
            item = self._fused.items[position]
            candidates = dying.get(position)
            if candidates and isinstance(item, Group):
                found = self._update(item, [value for value in candidates if value not in homes], homes)
                if found is not None:
                    old, new = found
                    self.in_place[item] = {old: new}
                    homes[old] = homes.get(new, new)
        return homes

    def _update(self, group: Group, candidates: list[Value], homes: dict[Value, Value]) -> tuple[Value, Value] | None:
        """The dying value whose memory a result of a group takes, with that result, or None.

        It becomes the last result: that is written when all that its point needs has been read.
        """
        if group.split is not None or any(i.op_def.index_map is not None for i in group.instructions):
            return None  # folded and moved elements are read elsewhere than they are written
        free = [v for v in candidates if v not in self.arrays and v not in group.levels and v.dtype.kind != "b"]
        for old in free:
            for new in reversed(group.outputs):
                is_apart = homes.get(new, new) in self._apart
                if old.dtype is new.dtype and not is_apart and self._is_read_in_step(group, old):
                    group.outputs.remove(new)
                    group.outputs.append(new)
                    return old, new
        return None

    def _is_read_in_step(self, group: Group, old: Value) -> bool:
        """Whether a value is read in the shape of the space wherever a group reads its memory."""
        root, extents = self._fused.root, self._special.extents
        for value in self._taken[group]:
            if value in self._fused.inlined:
                if old in map(root, sources([value], self._fused.inlined, lambda instruction: instruction.inputs)):
                    return False
            elif root(value) is old and not same_extents(extents[value], group.space):
                return False
        return True

    # Slots.

    def _assign(self, slots: _Slots) -> None:
        dying = self.dying()
        for position, item in enumerate(self._fused.items):
            for value in made_by(item):
                home = self.home(value)
                if home not in self.slot_of and home not in self.arrays and home not in self.flags:
                    self.slot_of[home] = slots.take(self._size(home))
            for value in dying.get(position, ()):
                if value in self.slot_of:
                    slots.give_back(self.slot_of[value])

    def _size(self, value: Value) -> _Size:
        extents = self._special.extents[value]
        key = (value.dtype.size, *map(id, extents))  # shape rules pass extents on
        if key not in self._known_sizes:
            self._known_sizes[key] = _Size.of(product(extents) * value.dtype.size)
        return self._known_sizes[key]

    # Figures.

    def figures(self, symbols: dict[str, int] | None = None) -> dict[str, int]:
        """How many bytes a step takes.

        Args:
          symbols: the extents; by default those that the region was specialised for.
        Returns: bytes of the `arena`, of the `results`, and the most that other arrays have, which calls in Python
          take and return.
        """
        symbols = self._special.table.hints if symbols is None else symbols
        made = {value: self._size(value).expression.value(symbols) for value in self.arrays if value in self.last}
        results = sum(made.pop(value, 0) for value in set(self._special.region.outputs))
        sizes = [max(size.value(symbols) for size in sizes) for sizes in self.sizes]
        arena = sum(-(-size // ALIGNMENT) * ALIGNMENT for size in sizes)
        return {"arena": arena, "results": results, "calls": self._most_at_once(made)}

    def _most_at_once(self, sizes: dict[Value, int]) -> int:
        """The largest sum of the sizes of values that are alive at once."""
        dying = self.dying()
        most = now = 0
        for position, item in enumerate(self._fused.items):
            now += sum(sizes.get(value, 0) for value in made_by(item))
            most = max(most, now)
            now -= sum(sizes.get(value, 0) for value in dying.get(position, ()))
        return most


class _Size(NamedTuple):
    """A size in bytes: as a number or symbolic integer, for the extents at hand, and as an expression."""

    bytes: Any
    at_hand: int
    expression: Expression

    @staticmethod
    def of(size: Any) -> _Size:
        """All that is known of a size."""
        return _Size(size, int(size.hint if isinstance(size, Sym) else size), expression(size))

    def covers(self, other: _Size) -> bool:
        """Whether it is known to be at least another, without asking for a guard."""
        if self.expression == other.expression:
            return True
        gap = self.bytes - other.bytes
        return gap.table.never_negative(gap.poly) if isinstance(gap, Sym) else int(gap) >= 0


class _Slots:
    """Slots and which of them are free, the smallest first, by the sizes at hand.

    Attributes:
      sizes: per slot, the sizes of which it has the largest; none of them is known to cover another.
    """

    def __init__(self) -> None:
        self.sizes: list[list[_Size]] = []
        self._at_hand: list[tuple[int, str]] = []  # per slot its size at hand, and the text of its last owner's
        self._free: list[tuple[int, str, int]] = []

    def take(self, size: _Size) -> int:
        """The slot for a value of this size: the best that fits, else the largest, which grows."""
        found = self._find(size)
        if found is None:
            self.sizes.append([size])
            self._at_hand.append((size.at_hand, str(size.expression)))
            return len(self.sizes) - 1
        number = self._free.pop(found)[2]
        self._at_hand[number] = (max(size.at_hand, self._at_hand[number][0]), str(size.expression))
        if not any(other.covers(size) for other in self.sizes[number]):
            self.sizes[number] = [other for other in self.sizes[number] if not size.covers(other)] + [size]
        return number

    def _find(self, size: _Size) -> int | None:
        """The place of a free slot; of equal ones that whose last owner was as large for all extents."""
        free = self._free
        wanted = size.at_hand, str(size.expression)
        place = bisect_left(free, wanted)
        if place == len(free) or free[place][:2] != wanted:
            place = bisect_left(free, (size.at_hand,))
        if place == len(free) or free[place][0] > _WASTE * size.at_hand:
            place -= 1
        return place if place >= 0 else None

    def give_back(self, number: int) -> None:
        """Note that a slot is free."""
        insort(self._free, (*self._at_hand[number], number))


def made_by(item: Group | Call) -> list[Value]:
    """The values that an item of a step makes."""
    if isinstance(item, Check):
        return []
    return item.outputs if isinstance(item, Group) else list(item.instruction.outputs)
