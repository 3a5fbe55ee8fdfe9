"""A program, or a region, as one traced native step."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from ..machine import abi as layout
from ..native.clock import clock_address, times_block
from ..plan.plan import Value
from ..step.structure import Structure
from ..step.variant import Variant
from .choice import message_step
from .region import RegionProgram

if TYPE_CHECKING:
    from ..partition.stateful import Stateful
    from .program import Program


__all__ = ["TracedCall", "record_for", "times_block", "traced_call", "traced_variant"]


class TracedCall:
    """A program as one traced native step.

    Attributes:
      step: takes the feeds and a record; returns the results, or None if these do not fit it.
      written: the values that stay in the session after the step.
    """

    __slots__ = ("step", "written")

    def __init__(self, step: Any, written: frozenset[Value] = frozenset()) -> None:
        self.step = step
        self.written = written


def traced_variant(program: Program, values: Sequence[Any], state: Any) -> tuple[Variant | None, Any]:
    """The variant to trace a program by as one step for these feeds, and the shapes of its arguments; None if none."""
    found = _region_and_arrays(program, values, state)
    if found is None or not clock_address() or not layout.available():
        return None, ()
    region, arrays = found
    shapes = tuple([np.shape(array) for array in arrays])
    return region.variant_of(shapes), shapes


def traced_call(program: Program, variant: Variant, state: Any, structure: Structure) -> TracedCall | None:
    """The traced step of a program's variant, returning results in a structure; None if it has none."""
    step = message_step(variant, program, structure, state)
    if step is None:
        return None
    is_whole = program.staged.only_region is not None
    stateful = None if is_whole else program.stateful
    return TracedCall(step, frozenset() if stateful is None else frozenset(stateful.writes.values()))


def record_for(variant: Variant, shapes: Sequence[tuple[int, ...]], message: bytearray, offsets: Sequence[int]) -> Any:
    """The last argument of a step that fills a message: where that is, for which extents, where times go, and room.

    The message must not change its size as long as the record is in use.
    """
    extents = [shapes[position][axis] for _, position, axis in variant.special.bindings]
    place = np.frombuffer(message, np.uint8).ctypes.data if message else 0
    return np.array([place, *extents, *offsets, *[0] * (4 * len(offsets))], np.int64)


def _region_and_arrays(program: Program, values: Sequence[Any], state: Any) -> tuple[RegionProgram, list[Any]] | None:
    if program.has_hidden_fetches or not program.compiles:
        return None
    region = program.staged.only_region
    known: dict[Value, Any] = dict(zip(program.staged.plan.inputs, values))
    stateful: Stateful | None = program.stateful
    if region is None:
        if stateful is None:
            return None
        region = stateful.program
        cells = stateful.cells(state)
        known = dict(zip(stateful.plan.inputs, values))
        known.update({value: cells[root].value for root, value in stateful.reads.items()})
    arrays = [known.get(value) for value in region.region.inputs]
    return None if any(array is None for array in arrays) else (region, arrays)
