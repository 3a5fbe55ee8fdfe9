"""How much memory a session may hold: `ConfigProto.memory_limit`, or SESSILE_MEMORY_LIMIT.

What counts is what the session keeps (variables, what handles name) and what a running step holds: its values, and the
memory that a compiled region is going to make, which is known before it runs. Feeds are the caller's, and so are
results once they are returned. What an interpreted operation makes is counted when it is made.

A session with a limit runs its plans in stages, from Python, for the count to be taken between them.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any, Final, NamedTuple

import numpy as np

from ...ops.base.errors import ResourceExhaustedError
from ...ops.types.tensor_shape import brackets
from ..plan.plan import Instruction, Plan

_SHOWN: Final = 5  # how many of the largest values an error names


class Item(NamedTuple):
    """Something that takes memory, in bytes; `op`: what makes it, if that is to come."""

    size: int
    text: str
    op: Any = None


class Budget:
    """The limit of one session. All methods may be called from any thread.

    Args:
      limit: in bytes.
      source: who set it, for the message.
      kept: gives what the session keeps: per array what it is and the array.
    """

    def __init__(self, limit: int, source: str, kept: Callable[[], Iterable[tuple[str, Any]]]) -> None:
        self.limit = limit
        self._source = source
        self._kept = kept
        self._local = threading.local()

    @contextmanager
    def watch(self, plan: Plan, slots: list[Any]) -> Iterator[None]:
        """While a plan runs on slots: its inputs first, then what its instructions make, in order."""
        running: list[tuple[Plan, list[Any]]] = self._local.__dict__.setdefault("running", [])
        running.append((plan, slots))
        try:
            yield
        finally:
            running.pop()

    def check(self, op: Any, made: Sequence[tuple[str, Any]] = (), planned: Sequence[Item] = ()) -> None:
        """See whether there is room for what an operation made, or for what is going to be made.

        Args:
          made: per array what it is and the array. planned: what will be made, all at once.
        Raises: ResourceExhaustedError, which names the largest values.
        """
        items = [*self._items(made), *planned]
        total = sum(item.size for item in items)
        if total <= self.limit:
            return
        largest = sorted(items, key=lambda item: -item.size)[:_SHOWN]
        op = max(planned, key=lambda item: item.size).op or op if planned else op
        where = f"{op.type} '{op.name}'" if op is not None else "a step"
        created = f"\n  created at {op.created_at}" if op is not None and op.created_at else ""
        listed = "".join(f"\n  {item.size:>15,} bytes: {item.text}" for item in largest)
        raise ResourceExhaustedError(
            None,
            op,
            f"OOM at {where}: the session would hold {total:,} bytes, its limit is {self.limit:,} ({self._source})."
            f"{created}\nThe largest values:{listed}",
        )

    def made(self, instruction: Instruction, results: Sequence[Any]) -> None:
        """See whether there is room for the results of an interpreted instruction. Raises: as `check`."""
        if any(isinstance(result, np.ndarray) for result in results) or instruction.effects.writes:
            self.check(instruction.op, list(zip(_names(instruction), results)))

    def _items(self, made: Sequence[tuple[str, Any]]) -> list[Item]:
        """What is held now, each memory once."""
        seen: set[int] = set()
        found: list[tuple[str, Any]] = []
        for plan, slots in getattr(self._local, "running", ()):
            count = len(dict.fromkeys(plan.inputs))
            seen.update(id(_owner(value)) for value in slots[:count])
            if any(type(value) is np.ndarray for value in slots[count:]):
                names = [name for instruction in plan.instructions for name in _names(instruction)]
                found += zip(names, slots[count:])
        items = []
        for name, array in (*self._kept(), *found, *made):
            owner = _owner(array)
            if owner is not None and id(owner) not in seen:
                seen.add(id(owner))
                items.append(Item(owner.nbytes, described(name, owner.dtype, owner.shape)))
        return items


def described(name: str, dtype: Any, shape: Sequence[int]) -> str:
    """`'MatMul:0' float32[10,3]`"""
    return f"{name} {'string' if dtype.kind == 'O' else dtype}{brackets(tuple(shape))}"


def _names(instruction: Instruction) -> list[str]:
    """What the results of an instruction are called."""
    if instruction.op is None:
        return [repr(value) for value in instruction.outputs]
    return [f"'{instruction.op.name}:{number}'" for number in range(len(instruction.outputs))]


def _owner(array: Any) -> Any:
    """The array whose memory an array shows; None for what is no array."""
    if not isinstance(array, np.ndarray):
        return None
    while isinstance(array.base, np.ndarray):
        array = array.base
    return array


def limit_of(setting: str | None) -> int:
    """The bytes that SESSILE_MEMORY_LIMIT says; 0 for none.

    Raises: ValueError.

    >>> limit_of(None), limit_of("1000"), limit_of("2G")
    (0, 1000, 2147483648)
    """
    text = (setting or "0").strip()
    scale = {"K": 1 << 10, "M": 1 << 20, "G": 1 << 30}.get(text[-1:].upper(), 1)
    number = text[:-1] if scale > 1 else text
    if not number.strip().isdigit():
        raise ValueError(f"SESSILE_MEMORY_LIMIT is no number of bytes: {setting!r}. Write 2000000, 500M or 2G.")
    return int(number) * scale
