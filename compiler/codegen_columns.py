"""Folding other axes than the one that lies dense in memory: sums of columns, of channels before the last axis, ...

The loop along the dense axis stays innermost, so that memory is read in its order; the accumulators of a stretch of
columns lie in memory, which the nearest cache holds. Lines are folded in blocks of `LINES`, the lines of a block in
order, the blocks in order (sums of blocks in float64), so that the result does not depend on the number of threads.

With few lines, all stages of a stretch of columns are done one after the other, and a result serves as accumulator
where its type allows. With many, the kernel is in phases, as in `codegen_split.py`:

    0: per block of lines and column, fold it into `rp0`
    1: per row (a kept point), join its blocks in their order; leave what is needed later in `rw0`, or in a result
    2, 3: the same for reductions that need those results
    4: write the results with one element a point

Names of scratch arrays begin with `r` as those of results do: they overlap with nothing.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from ..ops.dtypes import DType
from .codegen_reduce import Fold, ReductionLoops
from .codegen_split import Split, indices, load_name, store_name
from .fuse import ELEMENT, ROW
from .plan import Instruction, Value
from .source_lines import indented
from .symbolic import product

if TYPE_CHECKING:
    from .codegen import Generator

LINES: Final = 128
STRETCH: Final = 2048  # columns
_TOGETHER: Final = 4  # lines that are folded at once, so that accumulators are read and written less often
_FEW: Final = 24  # statements

Source = list[str]


class ColumnFold(Fold):
    """A reduction whose accumulators lie in memory, one a column."""

    _separates_nan = False


class ColumnLoops(ReductionLoops):
    """Writes the body of a kernel that folds across columns."""

    def __init__(self, generator: Generator) -> None:
        super().__init__(generator)
        loops = generator.loops
        self._column = len(loops.outer) - 1
        self._outer = list(range(self._column))
        self._folded = generator.inner_numbers()
        self._rows = product(loops.extents[: len(loops.outer)])
        self._lines = product(loops.extents[len(loops.outer) :])
        self._is_short = bool(self._lines <= LINES)  # a guard, where it is symbolic
        self._row_memory: dict[Value, str] = {}  # row values that are kept between loops: their array
        self._row_types: list[DType] = []
        self._part_types: list[DType] = []
        self._phases: list[tuple[bool, Source]] = []

    def body(self) -> Source:
        """The statements of the kernel."""
        stages = self.stages()
        self._hold_rows(stages)
        if self._is_short:
            return self._all_at_once(stages)
        for stage in stages:
            folds, memory = self._folds(stage)
            step = self._step(folds, memory, stage is stages[-1])
            lines = self._initial(folds, memory)
            lines += self._some_lines("line_start", "line_end", step, self._is_cheap(stage))
            self._phases.append((True, self._over_blocks(lines)))
            self._phases.append((False, self._over_rows(self._joined(folds, memory))))
        if self.element_outputs():
            written = self._some_lines("line_start", "line_end", self.element_lines(self.element_outputs()), False)
            self._phases.append((True, self._over_blocks(written)))
        count = " * ".join(f"n{number}" for number in self._folded)
        lines = [f"lines = {count}", f"blocks = (lines + U({LINES - 1})) // U({LINES})"]
        for number, (_, phase) in enumerate(self._phases):
            lines += [f"{'elif' if number else 'if'} phase == U({number}):", *indented(phase)]
        return lines

    def split(self) -> Split:
        """What running it takes; after `body`."""
        blocks = self._rows if self._is_short else self._rows * ((self._lines + (LINES - 1)) // LINES)
        scratch = [(dtype, False) for dtype in self._row_types]
        scratch += [(dtype, not self._is_short) for dtype in self._part_types]
        phases = [False] if self._is_short else [over_blocks for over_blocks, _ in self._phases]
        return Split(self._rows, blocks, scratch, phases)

    def scratch_names(self) -> list[str]:
        """The parameters of the scratch arrays."""
        names = [f"rw{number}" for number in range(len(self._row_types))]
        return names + [f"rp{number}" for number in range(len(self._part_types))]

    # Row values that a later loop needs.

    def _hold_rows(self, stages: list[list[Instruction]]) -> None:
        """Give memory to the row values that are results or needed by loops after the one that computes them."""
        folded = [instruction.inputs[0] for stage in stages for instruction in stage]
        held = dict.fromkeys(self._rows_below([*folded, *self.element_outputs()], ELEMENT))
        held.update(dict.fromkeys(v for v in self.group.outputs if self.group.levels[v] == ROW))
        for value in list(held):
            for source in self._rows_below([value], ROW):
                if self._is_reduction(source) and self.depth[source] < self.depth[value]:
                    held[source] = None
        for value in held:
            if value in self.group.outputs:
                self._row_memory[value] = f"r{self.group.outputs.index(value)}"
            else:
                self._row_memory[value] = f"rw{len(self._row_types)}"
                self._row_types.append(value.dtype)

    def _is_reduction(self, value: Value) -> bool:
        producer = self.generator.producer(value)
        return producer is not None and producer.op_def.reduction is not None

    def _rows_below(self, values: list[Value], level: str) -> list[Value]:
        """The row values that computing values of a level starts from; of row values, the reductions."""
        found: dict[Value, None] = {}
        seen: set[Value] = set()
        pending = list(values)
        while pending:
            value = pending.pop()
            if value in seen:
                continue
            seen.add(value)
            producer = self.generator.producer(value)
            is_row = self.group.levels.get(value) == ROW
            if is_row and (level == ELEMENT or self._is_reduction(value)):
                found[value] = None
            elif producer is not None:
                pending += self.generator.data_inputs(producer)
        return list(found)

    def _load_row(self, value: Value) -> str:
        return f"{load_name(value.dtype)}({self._row_memory[value]}, row_base + i{self._column})"

    def element_scope(self) -> dict[Value, str]:
        """Row values are loaded where a loop needs them; see `_with_rows`."""
        return dict(self.rows)

    def _with_rows(self, values: list[Value]) -> Source:
        """The statements that load the row values from which elements are computed; notes their names."""
        self.rows = {value: f"v{value.name}" for value in self._rows_below(values, ELEMENT)}
        return [f"{name} = {self._load_row(value)}" for value, name in self.rows.items()]

    # Statements of a stretch of columns.

    def _along(self, body: Source) -> Source:
        return [f"for i{self._column} in range(first, last):", *indented(body)]

    def _folds(self, stage: list[Instruction]) -> tuple[list[ColumnFold], list[str]]:
        """The reductions of a stage, and the array of accumulators of each."""
        folds = [ColumnFold(instruction, self.count) for instruction in stage]
        free = [v for v in self.group.outputs if self.group.levels[v] == ROW] if self._is_short else []
        memory = []
        for fold in folds:
            level = self.depth[fold.instruction.outputs[0]]
            fitting = [v for v in free if v.dtype is fold.part_type and self.depth[v] >= level]
            if fitting:
                free.remove(fitting[0])
                memory.append(f"r{self.group.outputs.index(fitting[0])}")
            else:
                memory.append(f"rp{len(self._part_types)}")
                self._part_types.append(fold.part_type)
        return folds, memory

    def _initial(self, folds: list[ColumnFold], memory: list[str]) -> Source:
        body: Source = []
        for fold, array in zip(folds, memory):
            body += fold.block_start()
            body.append(f"{store_name(fold.part_type)}({array}, part_base + i{self._column}, {fold.part})")
        return self._along(body)

    def _step(self, folds: list[ColumnFold], memory: list[str], is_last: bool) -> Source:
        """The statements that fold one element."""
        body = self._with_rows([fold.instruction.inputs[0] for fold in folds])
        scope = self.element_scope()
        for fold, array in zip(folds, memory):
            x = self.generator.evaluate(fold.instruction.inputs[0], ELEMENT, scope, body)
            at = f"{array}, part_base + i{self._column}"
            body.append(f"{fold.part} = {load_name(fold.part_type)}({at})")
            body += fold.step(x)
            body.append(f"{store_name(fold.part_type)}({at}, {fold.part})")
        if is_last:
            self._keep_costly(scope, body)
        return body

    def element_lines(self, elements: list[Value]) -> Source:
        """The statements that write one element of each."""
        rows = self._with_rows(elements)
        return rows + super().element_lines(elements)

    def _finish(self, folds: list[ColumnFold]) -> Source:
        """The statements that name the results of a stage's reductions, and keep what is needed of what they allow."""
        self.rows, self.lines = {}, []
        for fold in folds:
            self.finish(fold)
        level = self.depth[folds[0].instruction.outputs[0]]
        held = [value for value in self._row_memory if self.depth[value] == level]
        for value in held:
            for source in self._rows_below([value], ROW):
                if source not in self.rows:
                    self.rows[source] = f"v{source.name}"
                    self.lines.append(f"{self.rows[source]} = {self._load_row(source)}")
            self.generator.evaluate(value, ROW, self.rows, self.lines)
        for value in held:
            at = f"{self._row_memory[value]}, row_base + i{self._column}"
            self.lines.append(f"{store_name(value.dtype)}({at}, {self.rows[value]})")
        return self.lines

    def _joined(self, folds: list[ColumnFold], memory: list[str]) -> Source:
        """The statements that join the blocks of one row."""
        body: Source = []
        joins: Source = []
        for fold, array in zip(folds, memory):
            body += fold.start()
            at = f"(segment * blocks + block) * n{self._column} + i{self._column}"
            joins.append(f"{fold.part} = {load_name(fold.part_type)}({array}, {at})")
            joins += fold.join(fold.part)
        return self._along([*body, "for block in range(blocks):", *indented(joins), *self._finish(folds)])

    # Loops around them.

    def _all_at_once(self, stages: list[list[Instruction]]) -> Source:
        body: Source = []
        for stage in stages:
            folds, memory = self._folds(stage)
            body += self._initial(folds, memory)
            body += self._all_lines(self._step(folds, memory, stage is stages[-1]), self._is_cheap(stage))
            joins: Source = []
            for fold, array in zip(folds, memory):
                joins.append(f"{fold.part} = {load_name(fold.part_type)}({array}, part_base + i{self._column})")
            for fold in folds:
                joins += [*fold.start(), *fold.join(fold.part)]
            body += self._along(joins + self._finish(folds))
        elements = self.element_outputs()
        if elements:
            body += self._all_lines(self.element_lines(elements), False)
        return self._segments(["part_base = row_base", *indices("segment", self._outer)], body, "segment")

    def _all_lines(self, body: Source, may_unroll: bool) -> Source:
        """Loops over all lines and over columns."""
        if len(self._folded) == 1:
            return self._some_lines("U(0)", f"n{self._folded[0]}", body, may_unroll)
        body = self._along(body)
        for number in reversed(self._folded):
            body = [f"for i{number} in range(n{number}):", *indented(body)]
        return body

    def _some_lines(self, first: str, last: str, body: Source, may_unroll: bool) -> Source:
        """Loops over lines and over columns, several lines at once where that takes few statements."""
        if not may_unroll or len(body) > _FEW or len(self._folded) > 1:
            lines = [*indices("line", self._folded), *self._along(body)]
            return [f"for line in range({first}, {last}):", *indented(lines)]
        several: Source = []
        for number in range(_TOGETHER):
            several += [f"i{self._folded[0]} = line + U({number})", *body]
        single = [f"i{self._folded[0]} = line", *self._along(body)]
        return [
            f"rest = {last} - ({last} - {first}) % U({_TOGETHER})",
            f"for line in range({first}, rest, U({_TOGETHER})):",
            *indented(self._along(several)),
            f"for line in range(rest, {last}):",
            *indented(single),
        ]

    def _is_cheap(self, stage: list[Instruction]) -> bool:
        return not any(self.generator.is_costly(instruction.inputs[0]) for instruction in stage)

    def _over_blocks(self, body: Source) -> Source:
        head = ["outer = segment // blocks", f"line_start = segment % blocks * U({LINES})"]
        head.append(f"line_end = smaller(line_start + U({LINES}), lines)")
        head += [f"part_base = segment * n{self._column}", *indices("outer", self._outer)]
        return self._segments(head, body, "outer")

    def _over_rows(self, body: Source) -> Source:
        return self._segments(indices("segment", self._outer), body, "segment")

    def _segments(self, head: Source, body: Source, outer: str) -> Source:
        """Loops from `start` to `stop` over stretches of columns; those of a segment share the other indices."""
        width = f"n{self._column}"
        at = head.index("outer = segment // blocks") + 1 if outer == "outer" else 0
        head = [*head[:at], f"row_base = {outer} * {width}", *head[at:]]
        stretches = [
            f"for first in range(larger(start, segment * {width}) - segment * {width}, end, U({STRETCH})):",
            *indented([f"last = smaller(first + U({STRETCH}), end)", *body]),
        ]
        end = f"end = smaller(stop, segment * {width} + {width}) - segment * {width}"
        loop = [f"for segment in range(start // {width}, (stop - U(1)) // {width} + U(1)):"]
        return ["if start < stop:", *indented(loop), *indented(indented([*head, end, *stretches]))]
