"""Compiling a program's kernels before it runs."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from .plan import Value
from .specialize import NeedsCut
from .variant import RegionProgram, Variant

if TYPE_CHECKING:
    from .program import Program

GUESS = 8  # what stands for an extent that is open: no small number that operations treat specially


def compile_program(program: Program, shapes: Sequence[tuple[int | None, ...]]) -> int:
    """Make variants for the shapes of the feeds; see `Program.compile_ahead`."""
    known = dict(zip(program.plan.inputs, shapes))
    _learn_cuts(program, known)
    regions = list(program.staged.region_programs)
    if program.stateful is not None:
        regions.append(program.stateful.program)
    ready = 0
    for region in regions:
        variant = _variant(region, known)
        ready += len(variant.compiled) if variant is not None else 0
    return ready


def _learn_cuts(program: Program, known: dict[Value, tuple[int | None, ...]]) -> None:
    """Cut the plan where shapes depend on data, as running it would."""
    for _ in program.plan.instructions:
        cuts = {cut for region in program.staged.region_programs if (cut := _cut(region, known)) is not None}
        if not cuts:
            return
        program.staged.learn(cuts)


def _cut(region: RegionProgram, known: dict[Value, Any]) -> Any:
    shapes = _shapes(region, known)
    try:
        if shapes is not None:
            Variant(region.region, shapes)
    except NeedsCut as cut:
        return cut.instruction
    except ValueError:
        pass  # the guesses contradict each other; the first step will know better
    return None


def _variant(region: RegionProgram, known: dict[Value, Any]) -> Variant | None:
    shapes = _shapes(region, known)
    return None if shapes is None else region.variant_of(shapes)


def _shapes(region: RegionProgram, known: dict[Value, Any]) -> list[tuple[int, ...]] | None:
    """The shapes of a region's inputs, guessed where nothing is said; None if a rank is unknown."""
    shapes = []
    for value in region.region.inputs:
        extents = known.get(value, value.extents)
        if extents is None:
            return None
        shapes.append(tuple(GUESS if extent is None else extent for extent in extents))
    return shapes
