"""Few long rows: a group with reductions whose blocks are shared by threads.

Where a group has too few rows to share, its kernel is written in *phases*, run one after the other, each over a range
that can be run in parts:

    0: per block of each row, fold it and leave what it comes to in `p0`
    1: per row, join its blocks in their order and leave the result in `w0`
    2, 3: the same for reductions that need those results
    4: per block, write the results with one element a point

All are in one function, which compiles once; `phase` picks. A row's blocks and the order they join in are those of
`rows.py`, so the results are bitwise the same as there, with any number of threads.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ..fusion.fuse import finds_index
from ..plan.plan import Instruction
from ..specialize.symbolic import product
from ..tree.nodes import (
    Array,
    Assign,
    Body,
    Compare,
    Expression,
    For,
    Load,
    Store,
    ValueVariable,
    Variable,
    chained,
    lifted,
)  # fmt: skip
from .kernel import Split
from .loops import FEW_ROWS, LONG_ROW, PHASE, START, STOP, extent_of, index_of
from .rows import BLOCK, Fold, ReductionLoops, block_of, over_block, product_of

if TYPE_CHECKING:
    from .elements import Generator

_BLOCKS, _ROW_BLOCKS = Variable("blocks"), Variable("row_blocks")  # of the last loop of a row, of a row
_ROW, _ITEM = Variable("row"), Variable("item")


def has_few_long_rows(generator: Generator) -> bool:
    """Whether a group with reductions is better run in phases; what is symbolic gets a guard."""
    outer, inner = _extents(generator)
    if any(map(finds_index, generator.group.instructions)):
        return False
    if not inner or product(inner) < LONG_ROW or len(inner) > 1 and inner[-1] < BLOCK // 4:
        return False
    return bool(product(outer) <= FEW_ROWS)


def _extents(generator: Generator) -> tuple[list[Any], list[Any]]:
    count = len(generator.loops.outer)
    return generator.loops.extents[:count], generator.loops.extents[count:]


class SplitLoops(ReductionLoops):
    """Writes the phases of a group."""

    def __init__(self, generator: Generator) -> None:
        super().__init__(generator)
        self._numbers = generator.inner_numbers()
        self._folds: list[Fold] = []  # of earlier stages
        self._totals: list[Array] = []  # per fold, what a row comes to
        self._parts: list[Array] = []  # per fold, what a block comes to
        self._phases: list[tuple[bool, Body]] = []

    def body(self) -> Body:
        """The statements of the kernel."""
        stages = self.stages()
        for stage in stages:
            is_last = stage is stages[-1]
            self._fold_blocks(stage, is_last)
            self._join_blocks(stage, is_last)
        elements = self.element_outputs()
        if elements:
            self._begin()
            self.lines.append(over_block(self._numbers[-1], self.element_lines(elements)))
            self._end(over_blocks=True)
        last = self._numbers[-1]
        blocks = (extent_of(last) + (BLOCK - 1)) // BLOCK
        before = [extent_of(number) for number in self._numbers[:-1]]
        row_blocks = product_of(self._numbers[:-1]) * _BLOCKS if before else _BLOCKS
        return [Assign(_BLOCKS, blocks), Assign(_ROW_BLOCKS, row_blocks), *in_phases(self._phases)]

    def split(self) -> Split:
        """What running it takes; after `body`."""
        outer, inner = _extents(self.generator)
        blocks = product(outer) * product(inner[:-1]) * ((inner[-1] + (BLOCK - 1)) // BLOCK)
        scratch = [(fold.result, False) for fold in self._folds] + [(fold.part_type, True) for fold in self._folds]
        return Split(product(outer), blocks, scratch, [over_blocks for over_blocks, _ in self._phases])

    @property
    def scratch(self) -> list[Array]:
        """The parameters of the scratch arrays."""
        return self._totals + self._parts

    def _begin(self) -> None:
        """Begin a phase: a row's values are computed anew from the reductions that are done."""
        self.lines = []
        self.rows = {}
        for number, fold in enumerate(self._folds):
            value = fold.instruction.outputs[0]
            name = self.rows[value] = ValueVariable("v", value.name)
            self.lines.append(Assign(name, Load(self._totals[number], _ROW)))
        self.compute_rows()

    def _end(self, over_blocks: bool) -> None:
        """Put what was written since `_begin` into the loop of a phase."""
        numbers = list(range(len(self.generator.loops.outer)))
        head: Body = [Assign(_ROW, _ITEM)]
        if over_blocks:
            last, rest = self._numbers[-1], Variable("rest")
            head = [Assign(_ROW, _ITEM // _ROW_BLOCKS), Assign(rest, _ITEM % _ROW_BLOCKS)]
            head.append(Assign(block_of(last), rest % _BLOCKS * BLOCK))
            head += indices(rest // _BLOCKS, self._numbers[:-1])
        head += indices(_ROW, numbers)
        self._phases.append((over_blocks, [For(_ITEM, START, STOP, None, head + self.lines)]))

    def _fold_blocks(self, stage: list[Instruction], is_last: bool) -> None:
        self._begin()
        folds, body = self.folds(stage, is_last)
        for fold in folds:
            self.lines += fold.block_start()
        self.lines.append(over_block(self._numbers[-1], body))
        for fold in folds:
            part = Array(f"p{len(self._parts)}", fold.part_type.short, True)
            self._parts.append(part)
            self.lines.append(Store(part, _ITEM, fold.part_value()))
        self._end(over_blocks=True)

    def _join_blocks(self, stage: list[Instruction], is_last: bool) -> None:
        self._begin()
        first = len(self._folds)
        self._folds += [Fold(instruction, self.count) for instruction in stage]
        joins: Body = []
        block = Variable("block")
        for number, fold in enumerate(self._folds[first:], first):
            self.lines += fold.start()
            part = Variable(f"j{number}")
            joins.append(Assign(part, Load(self._parts[number], _ROW * _ROW_BLOCKS + block)))
            joins += fold.join(part)
        self.lines.append(For(block, None, _ROW_BLOCKS, None, joins))
        for number, fold in enumerate(self._folds[first:], first):
            self.finish(fold)
            total = Array(f"w{number}", fold.result.short, True)
            self._totals.append(total)
            self.lines.append(Store(total, _ROW, self.rows[fold.instruction.outputs[0]]))
        if is_last:
            self.compute_rows()
            self.store_rows()
        self._end(over_blocks=False)


def in_phases(phases: list[tuple[bool, Body]]) -> Body:
    """The statements of phases, of which the parameter picks one."""
    return chained([(Compare(PHASE, [("==", lifted(number))]), body) for number, (_, body) in enumerate(phases)])


def indices(flat: Expression, numbers: list[int]) -> Body:
    """Statements for the indices of nested loops from their flat one."""
    if not numbers:
        return []
    rest = Variable("flat")
    lines: Body = [Assign(rest, flat)]
    for number in reversed(numbers[1:]):
        lines += [Assign(index_of(number), rest % extent_of(number)), Assign(rest, rest // extent_of(number))]
    return [*lines, Assign(index_of(numbers[0]), rest)]
