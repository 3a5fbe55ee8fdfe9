"""Before anything has run: shapes that are guessed, the cuts that running would find, and compiling ahead."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from ..partition.schedule import Region
from ..plan.plan import Instruction, Value
from ..specialize.specialize import NeedsCut, specialize
from ..step.variant import Variant
from .region import RegionProgram
from .staged import StagedProgram

if TYPE_CHECKING:
    from .program import Program

GUESS: Final = 8  # what stands for an extent that is open: no small number that operations treat specially

Shapes = Callable[[Region], Any]  # the shapes of a region's inputs, or None if they cannot be guessed


def filled(extents: tuple[int | None, ...]) -> tuple[int, ...]:
    """Extents with a guess for those that are open."""
    return tuple(GUESS if extent is None else extent for extent in extents)


def find_cuts(program: StagedProgram, shapes: Shapes) -> None:
    """Have a program cut where shapes depend on data, as it would when it runs."""
    for _ in program.plan.instructions:
        waiting = [region.region for region in program.region_programs if not region.variants]
        cuts = {cut for region in waiting if (cut := _cut_of(region, shapes(region))) is not None}
        if not cuts:
            return
        program.learn(cuts)


def _cut_of(region: Region, shapes: Any) -> Instruction | None:
    try:
        if shapes is not None:
            specialize(region, shapes)
    except NeedsCut as cut:
        return cut.instruction
    except ValueError:
        pass  # the guesses contradict each other; the first step will know better
    return None


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


def compile_for(program: Program, values: Sequence[Any]) -> None:
    """Make variants of those stages of which it is certain what they are given when the feeds are `values`."""
    known = {value: np.shape(array) for value, array in zip(program.plan.inputs, values)}
    regions = program.staged.region_programs if program.stateful is None else ()
    for region in regions:
        shapes = [known.get(value, value.extents) for value in region.region.inputs]
        if all(shape is not None and None not in shape for shape in shapes):
            region.variant_of(shapes)
    for _, runner in program.staged.loops:
        for executor in getattr(runner, "executors", ()):
            if isinstance(executor, StagedProgram):
                _compile_turns(executor)


def _compile_turns(program: StagedProgram) -> None:
    """Make what turns of a loop need, where the graph says all extents."""
    from .choice import step_of

    for region in program.region_programs:
        shapes = [value.extents for value in region.region.inputs]
        variant = region.variant_of(shapes) if all(s is not None and None not in s for s in shapes) else None
        if variant is not None:
            step_of(variant)


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
