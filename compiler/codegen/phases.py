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

from typing import TYPE_CHECKING, Any, Final

from ...ops.types.dtypes import DType
from ..fusion.fuse import finds_index
from ..plan.plan import Instruction, Value
from ..specialize.symbolic import product
from .kernel import Split
from .rows import BLOCK, Fold, ReductionLoops
from .source_lines import indented

if TYPE_CHECKING:
    from .elements import Generator

LONG_ROW: Final = 1 << 16  # elements
FEW_ROWS: Final = 16


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
        self._row_scratch: dict[Value, str] = {}
        self._phases: list[tuple[bool, list[str]]] = []

    def body(self) -> list[str]:
        """The statements of the kernel."""
        stages = self.stages()
        for stage in stages:
            is_last = stage is stages[-1]
            self._fold_blocks(stage, is_last)
            self._join_blocks(stage, is_last)
        elements = self.element_outputs()
        if elements:
            self._begin()
            self.lines += self._block_loop(self.element_lines(elements))
            self._end(over_blocks=True)
        last = self._numbers[-1]
        lines = [f"blocks = (n{last} + U({BLOCK - 1})) // U({BLOCK})", f"row_blocks = {self._row_blocks()}"]
        for number, (_, phase) in enumerate(self._phases):
            lines += [f"{'elif' if number else 'if'} phase == U({number}):", *indented(phase)]
        return lines

    def split(self) -> Split:
        """What running it takes; after `body`."""
        outer, inner = _extents(self.generator)
        blocks = product(outer) * product(inner[:-1]) * ((inner[-1] + (BLOCK - 1)) // BLOCK)
        scratch = [(fold.result, False) for fold in self._folds] + [(fold.part_type, True) for fold in self._folds]
        return Split(product(outer), blocks, scratch, [over_blocks for over_blocks, _ in self._phases])

    def scratch_names(self) -> list[str]:
        """The parameters of the scratch arrays."""
        return [f"{letter}{number}" for letter in "wp" for number in range(len(self._folds))]

    def _row_blocks(self) -> str:
        return " * ".join([f"n{number}" for number in self._numbers[:-1]] + ["blocks"])

    def _begin(self) -> None:
        """Begin a phase: a row's values are computed anew from the reductions that are done."""
        self.lines = []
        self.rows = {}
        for number, fold in enumerate(self._folds):
            value = fold.instruction.outputs[0]
            self.rows[value] = f"v{value.name}"
            self.lines.append(f"v{value.name} = {load_name(fold.result)}(w{number}, row)")
        self.compute_rows()

    def _end(self, over_blocks: bool) -> None:
        """Put what was written since `_begin` into the loop of a phase."""
        numbers = list(range(len(self.generator.loops.outer)))
        head = ["row = item // row_blocks", "rest = item % row_blocks"] if over_blocks else ["row = item"]
        if over_blocks:
            last = self._numbers[-1]
            head.append(f"b{last} = rest % blocks * U({BLOCK})")
            head += indices("rest // blocks", self._numbers[:-1])
        head += indices("row", numbers)
        self._phases.append((over_blocks, ["for item in range(start, stop):", *indented(head + self.lines)]))

    def _block_loop(self, body: list[str]) -> list[str]:
        last = self._numbers[-1]
        return [f"for i{last} in range(b{last}, smaller(b{last} + U({BLOCK}), n{last})):", *indented(body)]

    def _fold_blocks(self, stage: list[Instruction], is_last: bool) -> None:
        self._begin()
        folds, body = self.folds(stage, is_last)
        for fold in folds:
            self.lines += fold.block_start()
        self.lines += self._block_loop(body)
        for number, fold in enumerate(folds, len(self._folds)):
            self.lines.append(f"{store_name(fold.part_type)}(p{number}, item, {fold.part_value()})")
        self._end(over_blocks=True)

    def _join_blocks(self, stage: list[Instruction], is_last: bool) -> None:
        self._begin()
        first = len(self._folds)
        self._folds += [Fold(instruction, self.count) for instruction in stage]
        joins: list[str] = []
        for number, fold in enumerate(self._folds[first:], first):
            self.lines += fold.start()
            joins.append(f"j{number} = {load_name(fold.part_type)}(p{number}, row * row_blocks + block)")
            joins += fold.join(f"j{number}")
        self.lines += ["for block in range(row_blocks):", *indented(joins)]
        for number, fold in enumerate(self._folds[first:], first):
            self.finish(fold)
            self.lines.append(f"{store_name(fold.result)}(w{number}, row, {self.rows[fold.instruction.outputs[0]]})")
        if is_last:
            self.compute_rows()
            self.store_rows()
        self._end(over_blocks=False)


def indices(flat: str, numbers: list[int]) -> list[str]:
    """Statements for the indices of nested loops from their flat one."""
    if not numbers:
        return []
    lines = [f"flat = {flat}"]
    for number in reversed(numbers[1:]):
        lines += [f"i{number} = flat % n{number}", f"flat = flat // n{number}"]
    return [*lines, f"i{numbers[0]} = flat"]


def load_name(dtype: DType) -> str:
    """The function that reads back what a kernel wrote."""
    return "load_bool" if dtype.kind == "b" else "load_result"


def store_name(dtype: DType) -> str:
    """The function that writes."""
    return "store_bool" if dtype.kind == "b" else "store"
