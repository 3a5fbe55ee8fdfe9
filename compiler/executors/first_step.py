"""Which first step is interpreted while its kernels compile, and which is not worth it or must not be.

An interpreted operation takes some microseconds and a few nanoseconds an element; a compiled one takes about a
millisecond of compilation. So few elements are interpreted, many compiled at once.
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from typing import Any, Final

from ..plan.plan import Plan, Value

LIGHT: Final = 1 << 22  # elements that all operations make together: some 10 ms
LIGHT_EACH: Final = 1 << 15  # elements an operation, of long plans: some 0.1 ms


def is_asked_for() -> bool:
    """Whether the environment leaves it to us; SESSILE_FIRST_CALL=compile has first calls compiled."""
    return os.environ.get("SESSILE_FIRST_CALL", "") != "compile"


def may_be_interpreted(plan: Plan) -> bool:
    """Whether a plan's first step can be: it has no loops or branches, and does not wait for queues."""
    return not plan.has_flow and not any(i.effects.blocking for i in plan.instructions)


def is_light(plan: Plan, values: Sequence[Any]) -> bool:
    """Whether interpreting a step on these arrays takes less time than compiling it.

    A value of unknown extents is taken to be as large as the largest feed of its rank or more; of a rank that no feed
    has, to have the largest extent on every axis.
    """
    budget = max(LIGHT, len(plan.instructions) * LIGHT_EACH)
    shapes = [getattr(value, "shape", ()) for value in values]
    sizes: dict[int, int] = {}
    total = sum(map(_product, shapes))
    for instruction in plan.instructions:
        for value in instruction.outputs:
            extents = value.extents
            is_known = extents is not None and None not in extents
            total += _product(extents) if is_known else _guess(value, shapes, sizes)
        if total > budget:
            return False
    return True


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
