"""Compiling a program's kernels before it runs."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from ..partition.schedule import Region
from ..plan.plan import Value
from ..step.variant import Variant
from .guess import filled, find_cuts
from .region import RegionProgram

if TYPE_CHECKING:
    from .program import Program


def compile_program(program: Program, shapes: Sequence[tuple[int | None, ...]]) -> int:
    """Make variants for the shapes of the feeds; see `Program.compile_ahead`."""
    if program.decided.outcomes:
        return sum(compile_program(program.decided.program_for(each), shapes) for each in program.decided.outcomes)
    known = dict(zip(program.plan.inputs, shapes))
    find_cuts(program.staged, lambda region: _shapes(region, known))
    regions = list(program.staged.region_programs)
    if program.stateful is not None:
        regions.append(program.stateful.program)
    ready = 0
    for region in regions:
        variant = _variant(region, known)
        ready += len(variant.compiled) if variant is not None else 0
    return ready


def _variant(region: RegionProgram, known: dict[Value, Any]) -> Variant | None:
    shapes = _shapes(region.region, known)
    return None if shapes is None else region.variant_of(shapes)


def _shapes(region: Region, known: dict[Value, Any]) -> list[tuple[int, ...]] | None:
    """The shapes of a region's inputs, guessed where nothing is said; None if a rank is unknown."""
    shapes = []
    for value in region.inputs:
        extents = known.get(value, value.extents)
        if extents is None:
            return None
        shapes.append(filled(extents))
    return shapes
