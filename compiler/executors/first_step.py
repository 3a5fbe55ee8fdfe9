"""Which first step is interpreted while its kernels compile, and which is not worth it or must not be.

An interpreted operation takes some microseconds and a few nanoseconds an element; a compiled one takes about a
millisecond of compilation. So few elements are interpreted, many compiled at once.
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from typing import Any, Final

from ..plan.plan import Instruction, Plan, Value
from .turn_counts import turn_counts

LIGHT: Final = 1 << 22  # elements that all operations make together: some 10 ms
LIGHT_EACH: Final = 1 << 15  # elements an operation, of long plans: some 0.1 ms
LIGHT_TURNS: Final = 1 << 26  # elements of plans with loops, which have several kernels: some 0.2 s
TURNS: Final = 256  # of a loop, at the most
_CALL: Final = 1 << 12  # elements made in the time that one call of a kernel takes


def is_asked_for() -> bool:
    """Whether the environment leaves it to us; SESSILE_FIRST_CALL=compile has first calls compiled."""
    return os.environ.get("SESSILE_FIRST_CALL", "") != "compile"


def may_be_interpreted(plan: Plan) -> bool:
    """Whether a plan's first step can be: it has no branches, and does not wait for queues."""
    has_branches = any(i.op_def.flow and not i.blocks for i in plan.instructions)
    return not has_branches and not any(i.effects.blocking for i in plan.everything())


def is_light(plan: Plan, values: Sequence[Any]) -> bool:
    """Whether interpreting a step on these arrays takes less time than compiling it. Loops have to turn a known number
    of times.

    A value of unknown extents is taken to be as large as the largest feed of its rank or more; of a rank that no feed
    has, to have the largest extent on every axis.
    """
    shapes = [getattr(value, "shape", ()) for value in values]
    sizes: dict[int, int] = {}
    total = sum(map(_product, shapes))
    if plan.has_flow:
        counts = turn_counts(plan, TURNS)
        return counts is not None and total + _of_loops(plan, shapes, counts) <= LIGHT_TURNS
    budget = max(LIGHT, len(plan.instructions) * LIGHT_EACH)
    for instruction in plan.instructions:
        for value in instruction.outputs:
            total += _elements(value, shapes, sizes)
        if total > budget:
            return False
    return True


def _of_loops(plan: Plan, shapes: list[tuple[int, ...]], counts: dict[Instruction, int]) -> int:
    """How many elements a plan with loops makes, a call of a kernel taken for some too."""
    sizes: dict[int, int] = {}
    total = 0
    for instruction in plan.instructions:
        made = [instruction, *(each for part in instruction.blocks for each in part.instructions)]
        elements = sum(_elements(value, shapes, sizes) for each in made for value in each.outputs)
        total += (elements + len(made) * _CALL) * counts.get(instruction, 1)
    return total


def _elements(value: Value, shapes: list[tuple[int, ...]], sizes: dict[int, int]) -> int:
    extents = value.extents
    is_known = extents is not None and None not in extents
    return _product(extents) if is_known else _guess(value, shapes, sizes)


def _product(extents: Sequence[int]) -> int:
    count = 1
    for extent in extents:
        count *= extent
    return count


def _guess(value: Value, shapes: Sequence[tuple[int, ...]], sizes: dict[int, int]) -> int:
    rank = len(value.extents) if value.extents is not None else 0
    found = sizes.get(rank)
    if found is None:
        fitting = [_product(shape) for shape in shapes if len(shape) >= rank]
        largest = max((extent for shape in shapes for extent in shape), default=1)
        found = sizes[rank] = max(fitting) if fitting else largest**rank
    return found
