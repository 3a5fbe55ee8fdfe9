"""Folding other axes than the one that lies dense in memory: sums of columns, of channels before the last axis, ...

The loop along the dense axis stays innermost, so that memory is read in its order; the accumulators of a stretch of
columns lie in memory, which the nearest cache holds. Lines are folded in blocks of `LINES`, the lines of a block in
order, the blocks in order (sums of blocks in float64), so that the result does not depend on the number of threads.

Axes within a column, folded too, are folded for each line to one number, which joins the column's accumulator.

With few lines, all stages of a stretch of columns are done one after the other, and a result serves as accumulator
where its type allows. With many, the kernel is in phases, as in `phases.py`:

    0: per block of lines and column, fold it into `rp0`
    1: per row (a kept point), join its blocks in their order; leave what is needed later in `rw0`, or in a result
    2, 3: the same for reductions that need those results
    4: write the results with one element a point

Names of scratch arrays begin with `r` as those of results do: they overlap with nothing.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from ...ops.types.dtypes import DType
from ..fusion.groups import ELEMENT, ROW
from ..plan.plan import Instruction, Value
from ..specialize.symbolic import product
from .kernel import Split
from .phases import indices, load_name, store_name
from .rows import Fold, ReductionLoops
from .source_lines import indented

if TYPE_CHECKING:
    from .elements import Generator
    from .loops import Loops

LINES: Final = 128
STRETCH: Final = 4096  # columns
_TOGETHER: Final = 4  # lines that are folded at once, so that accumulators are read and written less often
_NARROW: Final = 64  # columns up to which several lines at once are read as one stream of memory
_CACHED: Final = 1 << 20  # elements up to which memory need not be read as one stream
_FEW: Final = 24  # statements
_LONG_WITHIN: Final = 4096  # elements from which on each column may be folded by itself

Source = list[str]


def has_columns(loops: Loops) -> bool:
    """Whether a group with reductions folds across columns; what is symbolic gets a guard.

    So it does where the axis that lies dense in memory is kept, or where those that are folded within the last axis
    that is kept are short, and others are folded around it.
    """
    if not loops.outer or not loops.around:
        return False
    return not loops.within or bool(product(loops.extents[-loops.within :]) < _LONG_WITHIN)


class ColumnFold(Fold):
    """A reduction whose accumulators lie in memory, one a column."""

    _separates_nan = False

    @property
    def memory_type(self) -> DType:
        """The type of the accumulators."""
        return self.part_type

    def memory_start(self) -> tuple[list[str], str]:
        """The statements before the lines, and the name of what they leave in memory."""
        return self.block_start(), self.part


class WithinFold(Fold):
    """A reduction whose accumulators lie in memory, one a column, and fold more than one element a line."""

    @property
    def memory_type(self) -> DType:
        """The type of the accumulators."""
        return self.total_type

    def start(self) -> list[str]:
        """Before the row."""
        return super().start()[:1]

    def memory_start(self) -> tuple[list[str], str]:
        """The statements before the lines, and the name of what they leave in memory."""
        return self.start(), self.name

    def block_end(self) -> list[str]:
        """After a block within a line."""
        return self.join(self.part_value())

    def join(self, part: str) -> list[str]:
        """A part, in which NaN stands for itself, joins the column."""
        if self.is_extreme:
            return [f"{self.name} = {self.reduction.combine.value}({self.name}, {part})"]
        return super().join(part)

    def total(self) -> str:
        """What the reduction finds, before it is finished."""
        return self.name


class ColumnLoops(ReductionLoops):
    """Writes the body of a kernel that folds across columns."""

    def __init__(self, generator: Generator) -> None:
        super().__init__(generator)
        loops = generator.loops
        self._column = len(loops.outer) - 1
        self._outer = list(range(self._column))
        numbers = generator.inner_numbers()
        self._folded = numbers[: loops.around]
        self._within = numbers[loops.around :]
        self._rows = product(loops.extents[: len(loops.outer)])
        self._lines = product([loops.extents[number] for number in self._folded])
        self._is_short = bool(self._lines <= LINES)  # a guard, where it is symbolic
        self._row_memory: dict[Value, str] = {}  # row values that are kept between loops: their array
        self._row_types: list[DType] = []
        self._part_types: list[DType] = []
        self._phases: list[tuple[bool, Source]] = []

    def body(self) -> Source:
        """The statements of the kernel."""
        stages = self.stages()
        self._hold_rows(stages)
        self._is_one_pass = len(stages) == 1 and not self.element_outputs()
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

    def _folds(self, stage: list[Instruction]) -> tuple[list[ColumnFold | WithinFold], list[str]]:
        """The reductions of a stage, and the array of accumulators of each."""
        kind = WithinFold if self._within else ColumnFold
        folds = [kind(instruction, self.count) for instruction in stage]
        free = [v for v in self.group.outputs if self.group.levels[v] == ROW] if self._is_short else []
        memory = []
        for fold in folds:
            level = self.depth[fold.instruction.outputs[0]]
            fitting = [v for v in free if v.dtype is fold.memory_type and self.depth[v] >= level]
            if fitting:
                free.remove(fitting[0])
                memory.append(f"r{self.group.outputs.index(fitting[0])}")
            else:
                memory.append(f"rp{len(self._part_types)}")
                self._part_types.append(fold.memory_type)
        return folds, memory

    def _initial(self, folds: list[ColumnFold | WithinFold], memory: list[str]) -> Source:
        body: Source = []
        for fold, array in zip(folds, memory):
            lines, name = fold.memory_start()
            body += [*lines, self._put(fold.memory_type, array, name)]
        return self._along(body)

    def _get(self, dtype: DType, array: str, base: str = "part_base") -> str:
        """The expression of what lies in a scratch array for this column."""
        return f"{load_name(dtype)}({array}, {base} + i{self._column})"

    def _put(self, dtype: DType, array: str, name: str, base: str = "part_base") -> str:
        """The line that leaves something in a scratch array for this column."""
        return f"{store_name(dtype)}({array}, {base} + i{self._column}, {name})"

    def _step(self, folds: list[ColumnFold | WithinFold], memory: list[str], is_last: bool) -> Source:
        """The statements that fold what one line has of a column."""
        rows = self._with_rows([fold.instruction.inputs[0] for fold in folds])
        scope = self.element_scope()
        body: Source = []
        before: Source = []
        after: Source = []
        for fold, array in zip(folds, memory):
            x = self.generator.evaluate(fold.instruction.inputs[0], ELEMENT, scope, body)
            name = fold.memory_start()[1]
            load, store = f"{name} = {self._get(fold.memory_type, array)}", self._put(fold.memory_type, array, name)
            if self._within:
                before.append(load)
                body += fold.step(x)
                after.append(store)
            else:
                body += [load, *fold.step(x), store]
        if is_last:
            self._keep_costly(scope, body)
        if self._within:
            body = [*before, *self._blocked(folds, body, self._within), *after]
        return rows + body

    def element_lines(self, elements: list[Value]) -> Source:
        """The statements that write the elements that one line has of a column."""
        rows = self._with_rows(elements)
        return rows + self.generator.nest(self._within, super().element_lines(elements))

    def _finish(self, folds: list[ColumnFold | WithinFold]) -> Source:
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

    def _joined(self, folds: list[ColumnFold | WithinFold], memory: list[str]) -> Source:
        """The statements that join the blocks of a stretch of rows; what they come to lies in memory meanwhile."""
        starts: Source = []
        joins: Source = []
        ends: Source = []
        for fold, array in zip(folds, memory):
            total = f"rw{len(self._row_types)}"
            self._row_types.append(fold.total_type)
            load, store = (
                f"{fold.name} = {self._get(fold.total_type, total, 'row_base')}",
                self._put(fold.total_type, total, fold.name, "row_base"),
            )
            starts += [*fold.start(), store]
            part = f"{fold.part} = {self._get(fold.memory_type, array)}"
            joins += [load, part, *fold.join(fold.part), store]
            ends.append(load)
        blocks = [f"part_base = (segment * blocks + block) * n{self._column}", *self._along(joins)]
        loop = ["for block in range(blocks):", *indented(blocks)]
        return [*self._along(starts), *loop, *self._along(ends + self._finish(folds))]

    # Loops around them.

    def _all_at_once(self, stages: list[list[Instruction]]) -> Source:
        body: Source = []
        for stage in stages:
            folds, memory = self._folds(stage)
            body += self._initial(folds, memory)
            body += self._all_lines(self._step(folds, memory, stage is stages[-1]), self._is_cheap(stage))
            joins: Source = []
            for fold, array in zip(folds, memory):
                joins.append(f"{fold.part} = {self._get(fold.memory_type, array)}")
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
        return self.generator.nest(self._folded, self._along(body))

    def _some_lines(self, first: str, last: str, body: Source, may_unroll: bool) -> Source:
        """Loops over lines and over columns, several lines at once where that takes few statements.

        One line at a time where they are long and lie far from the processor, one after the other: it reads ahead one
        stream of memory better than several that each are left after a line (measured: twice as fast).
        """
        if not may_unroll or len(body) > _FEW or len(self._folded) > 1 or self._within:
            lines = [*indices("line", self._folded), *self._along(body)]
            return [f"for line in range({first}, {last}):", *indented(lines)]
        several: Source = []
        for number in range(_TOGETHER):
            several += [f"i{self._folded[0]} = line + U({number})", *body]
        single = [f"i{self._folded[0]} = line", *self._along(body)]
        width = f"n{self._column}"
        elements = " * ".join(f"n{number}" for number in range(len(self.generator.loops.extents)))
        whole = f"both(last - first == {width}, both({width} > U({_NARROW}), {elements} > U({_CACHED})))"
        return [
            f"rest = pick({whole}, {first}, {last} - ({last} - {first}) % U({_TOGETHER}))",
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

    def _stretch(self) -> str:
        """The number of columns that are done one line after the other: few where lines are read more than once."""
        columns = STRETCH if self._is_one_pass else max(STRETCH // 2, 1)
        if not self._within:
            return f"U({columns})"
        count = " * ".join(f"n{number}" for number in self._within)
        return f"larger(U({columns}) // larger({count}, U(1)), U(1))"

    def _segments(self, head: Source, body: Source, outer: str) -> Source:
        """Loops from `start` to `stop` over stretches of columns; those of a segment share the other indices."""
        width = f"n{self._column}"
        at = head.index("outer = segment // blocks") + 1 if outer == "outer" else 0
        head = [*head[:at], f"row_base = {outer} * {width}", *head[at:]]
        stretches = [
            f"for first in range(larger(start, segment * {width}) - segment * {width}, end, {self._stretch()}):",
            *indented([f"last = smaller(first + {self._stretch()}, end)", *body]),
        ]
        end = f"end = smaller(stop, segment * {width} + {width}) - segment * {width}"
        loop = [f"for segment in range(start // {width}, (stop - U(1)) // {width} + U(1)):"]
        return ["if start < stop:", *indented(loop), *indented(indented([*head, end, *stretches]))]
