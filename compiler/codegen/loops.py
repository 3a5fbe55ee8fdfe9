"""Which axes of a group's space become one loop, and in which order the loops lie in memory."""

from __future__ import annotations

from typing import Any, Final

from ..fusion.groups import Group
from ..specialize.symbolic import product, same
from ..tree.nodes import ZERO, Expression, Variable

START, STOP = Variable("start"), Variable("stop")  # what a run of a kernel covers of its outermost loop
PHASE = Variable("phase")  # of a kernel that is run several times, one after the other
LONG_ROW: Final = 1 << 16  # elements
FEW_ROWS: Final = 16


class Loops:
    """The collapsed loops of a group: which axes each one covers.

    outer, inner: lists of lists of axes of the space, kept and folded; axes of extent one are in none. Loops are
      numbered in that order, which is not that of memory where an axis before a kept one is folded.

    Args:
      patterns: per access, what tells axes apart: neighbours that are alike in all are collapsed.
      innermost: the axis along which arguments lie dense in memory, if that is not the last one.
    """

    def __init__(self, group: Group, patterns: list[tuple[Any, ...]], collapse: bool, innermost: int = -1) -> None:
        folded = set(group.split or ())
        self.rank = len(group.space)
        columns = [(*(pattern[axis] for pattern in patterns), axis in folded) for axis in range(self.rank)]
        live = [axis for axis, extent in enumerate(group.space) if not same(extent, 1)]
        runs = _runs(live, columns) if collapse else [[axis] for axis in live]
        self.outer = [run for run in runs if run[0] not in folded]
        self.inner = sorted((run for run in runs if run[0] in folded), key=lambda run: innermost in run)
        self.extents = [product([group.space[axis] for axis in run]) for run in self.outer + self.inner]
        self._in_memory = sorted(range(len(runs)), key=lambda number: (self.outer + self.inner)[number])
        self._nested = sorted(self._in_memory, key=lambda number: innermost in (self.outer + self.inner)[number])

    @property
    def within(self) -> int:
        """How many of the folded loops lie within the last kept one in memory."""
        return next((k for k, number in enumerate(reversed(self._nested)) if number < len(self.outer)), 0)

    @property
    def around(self) -> int:
        """How many of the folded loops do not."""
        return len(self.inner) - self.within

    def indices(self) -> list[Expression]:
        """Per axis of the space its index; only where nothing is collapsed."""
        found = {run[0]: index_of(number) for number, run in enumerate(self.outer + self.inner)}
        return [found.get(axis, ZERO) for axis in range(self.rank)]

    def offset(self, has: tuple[bool, ...]) -> Expression:
        """The flat index of a value that has the axes marked in `has`, as an expression of `i0, i1, ...`."""
        place: Expression | None = None
        runs = self.outer + self.inner
        for number in self._in_memory:
            if has[runs[number][0]]:
                index = index_of(number)
                place = index if place is None else place * extent_of(number) + index
        return ZERO if place is None else place


def index_of(number: int) -> Variable:
    """The index of a loop."""
    return Variable(f"i{number}")


def extent_of(number: int) -> Variable:
    """The parameter with the extent of a loop."""
    return Variable(f"n{number}")


def _runs(axes: list[int], columns: list[tuple[bool, ...]]) -> list[list[int]]:
    """Collapse neighbouring axes that every access treats alike."""
    runs: list[list[int]] = []
    for axis in axes:
        if runs and columns[runs[-1][-1]] == columns[axis]:
            runs[-1].append(axis)
        else:
            runs.append([axis])
    return runs
