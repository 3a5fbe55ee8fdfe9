"""Shapes where nothing has run yet: guessed extents, and the cuts that running would find."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from ..partition.schedule import Region
from ..plan.plan import Instruction
from ..specialize.specialize import NeedsCut, specialize
from .staged import StagedProgram

GUESS = 8  # what stands for an extent that is open: no small number that operations treat specially

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
