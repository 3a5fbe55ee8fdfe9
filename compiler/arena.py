"""The arena of a step: one block of memory for all intermediates, laid out when the step is emitted.

An intermediate lives from the item that makes it to the last one that takes it. Slots are handed on: an intermediate
takes a slot whose last owner is dead, if both have the same size whatever the extents turn out to be.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from .fuse import Call, Fused, Group
from .plan import Value
from .symbolic import expression, product

ALIGNMENT = 64  # bytes


class Arena:
    """The layout.

    Attributes:
      slot_of: per intermediate, the number of its slot.
      sizes: per slot, its size in bytes as an expression over symbols.
    """

    def __init__(self, fused: Fused, extents: dict[Value, tuple[Any, ...]], kept: Iterable[Value]) -> None:
        self.slot_of: dict[Value, int] = {}
        self.sizes: list[str] = []
        self._plan(fused, extents, set(kept))

    def _plan(self, fused: Fused, extents: dict[Value, tuple[Any, ...]], kept: set[Value]) -> None:
        last = _last_uses(fused)
        free: dict[str, list[int]] = {}
        dying: dict[int, list[Value]] = {}
        for value, position in last.items():
            dying.setdefault(position, []).append(value)
        for position, item in enumerate(fused.items):
            for value in _made(item):
                if value in kept:
                    continue
                size = expression(product(extents[value]) * value.dtype.size)
                slots = free.setdefault(size, [])
                if not slots:
                    self.sizes.append(size)
                    slots.append(len(self.sizes) - 1)
                self.slot_of[value] = slots.pop()
            for value in dying.get(position, ()):
                if value in self.slot_of:
                    size = self.sizes[self.slot_of[value]]
                    free.setdefault(size, []).append(self.slot_of[value])


def _made(item: Group | Call) -> list[Value]:
    return item.outputs if isinstance(item, Group) else list(item.instruction.outputs)


def _last_uses(fused: Fused) -> dict[Value, int]:
    """Per value the position of the last item that takes its memory."""
    last: dict[Value, int] = {}
    for position, item in enumerate(fused.items):
        for value in _made(item):
            last.setdefault(value, position)
        instructions = item.instructions if isinstance(item, Group) else [item.instruction]
        for instruction in (*fused.without_memory(instructions), *instructions):
            for value in instruction.inputs:
                last[fused.root(value)] = position
                last[value] = position
    return last
