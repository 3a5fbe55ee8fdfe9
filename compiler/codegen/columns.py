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

Worked example, of the sum of the columns of x: f32[s0, s1] where s0 is small. `_initial` writes the accumulators, here
in the result itself, `_step` adds one line (four at a time), `_joined` or `_all_at_once` finishes:

    for segment in range(start // n0, ...):            # the other kept axes; here there is one segment
        for first in range(..., end, U(4096)):         # a stretch of columns
            for i0 in range(first, last):
                store(rp0, part_base + i0, f32(0))
            for line in range(U(0), rest, U(4)):
                for i0 in range(first, last):
                    a0_part = load_result(rp0, part_base + i0)
                    ...
                    store(rp0, part_base + i0, a0_part)
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from ...ops.types.dtypes import DType
from ..fusion.groups import ELEMENT, ROW
from ..plan.plan import Instruction, Value
from ..specialize.symbolic import product
from ..tree.nodes import (
    ZERO,
    Array,
    Assign,
    Body,
    Call,
    Compare,
    Expression,
    For,
    If,
    Load,
    Store,
    ValueVariable,
    Variable,
    lifted,
)  # fmt: skip
from .kernel import Split
from .loops import START, STOP, extent_of, index_of
from .phases import in_phases, indices
from .rows import Fold, ReductionLoops, product_of

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

_BLOCKS, _LINES, _LINE = Variable("blocks"), Variable("lines"), Variable("line")
_LINE_START, _LINE_END = Variable("line_start"), Variable("line_end")
_SEGMENT, _OUTER = Variable("segment"), Variable("outer")
_ROW_BASE, _PART_BASE = Variable("row_base"), Variable("part_base")  # where a line of results, of accumulators begins
_FIRST, _LAST, _END = Variable("first"), Variable("last"), Variable("end")  # of a stretch, and of its segment


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

    def memory_start(self) -> tuple[Body, ValueVariable]:
        """The statements before the lines, and the name of what they leave in memory."""
        return self.block_start(), self.part


class WithinFold(Fold):
    """A reduction whose accumulators lie in memory, one a column, and fold more than one element a line."""

    @property
    def memory_type(self) -> DType:
        """The type of the accumulators."""
        return self.total_type

    def start(self) -> Body:
        """Before the row."""
        return super().start()[:1]

    def memory_start(self) -> tuple[Body, ValueVariable]:
        """The statements before the lines, and the name of what they leave in memory."""
        return self.start(), self.name

    def block_end(self) -> Body:
        """After a block within a line."""
        return self.join(self.part_value())

    def join(self, part: Expression) -> Body:
        """A part, in which NaN stands for itself, joins the column."""
        if self.is_extreme:
            return [Assign(self.name, Call(self.reduction.combine.value, [self.name, part]))]
        return super().join(part)

    def total(self) -> Expression:
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
        self._row_memory: dict[Value, Array] = {}  # row values that are kept between loops: their array
        self._row_arrays: list[Array] = []  # scratch with an element a row, with one a block
        self._row_types: list[DType] = []
        self._part_arrays: list[Array] = []
        self._part_types: list[DType] = []
        self._phases: list[tuple[bool, Body]] = []

    def body(self) -> Body:
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
            lines += self._some_lines(_LINE_START, _LINE_END, step, self._is_cheap(stage))
            self._phases.append((True, self._over_blocks(lines)))
            self._phases.append((False, self._over_rows(self._joined(folds, memory))))
        if self.element_outputs():
            written = self._some_lines(_LINE_START, _LINE_END, self.element_lines(self.element_outputs()), False)
            self._phases.append((True, self._over_blocks(written)))
        blocks = (_LINES + (LINES - 1)) // LINES
        return [Assign(_LINES, product_of(self._folded)), Assign(_BLOCKS, blocks), *in_phases(self._phases)]

    def split(self) -> Split:
        """What running it takes; after `body`."""
        blocks = self._rows if self._is_short else self._rows * ((self._lines + (LINES - 1)) // LINES)
        scratch = [(dtype, False) for dtype in self._row_types]
        scratch += [(dtype, not self._is_short) for dtype in self._part_types]
        phases = [False] if self._is_short else [over_blocks for over_blocks, _ in self._phases]
        return Split(self._rows, blocks, scratch, phases)

    @property
    def scratch(self) -> list[Array]:
        """The parameters of the scratch arrays."""
        return self._row_arrays + self._part_arrays

    def _scratch_row(self, dtype: DType) -> Array:
        """A new scratch array with an element a row."""
        self._row_types.append(dtype)
        self._row_arrays.append(Array(f"rw{len(self._row_arrays)}", dtype.short, True))
        return self._row_arrays[-1]

    def _scratch_part(self, dtype: DType) -> Array:
        """A new scratch array with an element a block and column."""
        self._part_types.append(dtype)
        self._part_arrays.append(Array(f"rp{len(self._part_arrays)}", dtype.short, True))
        return self._part_arrays[-1]

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
            is_result = value in self.group.outputs
            self._row_memory[value] = self.generator.result(value) if is_result else self._scratch_row(value.dtype)

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

    def _row_place(self) -> Expression:
        """Where a column's element lies in an array with one a row."""
        return _ROW_BASE + index_of(self._column)

    def _part_place(self) -> Expression:
        """Where a column's element lies in an array of accumulators."""
        return _PART_BASE + index_of(self._column)

    def _load_row(self, value: Value) -> Assign:
        return Assign(ValueVariable("v", value.name), Load(self._row_memory[value], self._row_place()))

    def element_scope(self) -> dict[Value, Expression]:
        """Row values are loaded where a loop needs them; see `_with_rows`."""
        return dict(self.rows)

    def _with_rows(self, values: list[Value]) -> Body:
        """The statements that load the row values from which elements are computed; notes their names."""
        below = self._rows_below(values, ELEMENT)
        self.rows = {value: ValueVariable("v", value.name) for value in below}
        return [self._load_row(value) for value in below]

    # Statements of a stretch of columns.

    def _along(self, body: Body) -> Body:
        return [For(index_of(self._column), _FIRST, _LAST, None, body)]

    def _folds(self, stage: list[Instruction]) -> tuple[list[ColumnFold | WithinFold], list[Array]]:
        """The reductions of a stage, and the array of accumulators of each."""
        kind = WithinFold if self._within else ColumnFold
        folds = [kind(instruction, self.count) for instruction in stage]
        free = [v for v in self.group.outputs if self.group.levels[v] == ROW] if self._is_short else []
        memory: list[Array] = []
        for fold in folds:
            level = self.depth[fold.instruction.outputs[0]]
            fitting = [v for v in free if v.dtype is fold.memory_type and self.depth[v] >= level]
            if fitting:
                free.remove(fitting[0])
                memory.append(self.generator.result(fitting[0]))
            else:
                memory.append(self._scratch_part(fold.memory_type))
        return folds, memory

    def _initial(self, folds: list[ColumnFold | WithinFold], memory: list[Array]) -> Body:
        body: Body = []
        for fold, array in zip(folds, memory):
            lines, name = fold.memory_start()
            body += [*lines, Store(array, self._part_place(), name)]
        return self._along(body)

    def _step(self, folds: list[ColumnFold | WithinFold], memory: list[Array], is_last: bool) -> Body:
        """The statements that fold what one line has of a column."""
        rows = self._with_rows([fold.instruction.inputs[0] for fold in folds])
        scope = self.element_scope()
        body: Body = []
        before: Body = []
        after: Body = []
        for fold, array in zip(folds, memory):
            x = self.generator.evaluate(fold.instruction.inputs[0], ELEMENT, scope, body)
            name = fold.memory_start()[1]
            place = self._part_place()
            load, store = Assign(name, Load(array, place)), Store(array, place, name)
            if self._within:
                before.append(load)
                body += fold.step(x)
                after.append(store)
            else:
                body += [load, *fold.step(x), store]
        if is_last:
            self._keep_costly(scope, body)
        if self._within:
            body = [*before, *self.blocked(folds, body, self._within), *after]
        return rows + body

    def element_lines(self, elements: list[Value]) -> Body:
        """The statements that write the elements that one line has of a column."""
        rows = self._with_rows(elements)
        return rows + self.generator.nest(self._within, super().element_lines(elements))

    def _finish(self, folds: list[ColumnFold | WithinFold]) -> Body:
        """The statements that name the results of a stage's reductions, and keep what is needed of what they allow."""
        self.rows, self.lines = {}, []
        for fold in folds:
            self.finish(fold)
        level = self.depth[folds[0].instruction.outputs[0]]
        held = [value for value in self._row_memory if self.depth[value] == level]
        for value in held:
            for source in self._rows_below([value], ROW):
                if source not in self.rows:
                    line = self._load_row(source)
                    self.rows[source] = line.target
                    self.lines.append(line)
            self.generator.evaluate(value, ROW, self.rows, self.lines)
        for value in held:
            self.lines.append(Store(self._row_memory[value], self._row_place(), self.rows[value]))
        return self.lines

    def _joined(self, folds: list[ColumnFold | WithinFold], memory: list[Array]) -> Body:
        """The statements that join the blocks of a stretch of rows; what they come to lies in memory meanwhile."""
        starts: Body = []
        joins: Body = []
        ends: Body = []
        for fold, array in zip(folds, memory):
            total = self._scratch_row(fold.total_type)
            load = Assign(fold.name, Load(total, self._row_place()))
            store = Store(total, self._row_place(), fold.name)
            starts += [*fold.start(), store]
            part = Assign(fold.part, Load(array, self._part_place()))
            joins += [load, part, *fold.join(fold.part), store]
            ends.append(load)
        block = Variable("block")
        base = Assign(_PART_BASE, (_SEGMENT * _BLOCKS + block) * extent_of(self._column))
        loop = For(block, None, _BLOCKS, None, [base, *self._along(joins)])
        return [*self._along(starts), loop, *self._along(ends + self._finish(folds))]

    # Loops around them.

    def _all_at_once(self, stages: list[list[Instruction]]) -> Body:
        body: Body = []
        for stage in stages:
            folds, memory = self._folds(stage)
            body += self._initial(folds, memory)
            body += self._all_lines(self._step(folds, memory, stage is stages[-1]), self._is_cheap(stage))
            joins: Body = []
            for fold, array in zip(folds, memory):
                joins.append(Assign(fold.part, Load(array, self._part_place())))
            for fold in folds:
                joins += [*fold.start(), *fold.join(fold.part)]
            body += self._along(joins + self._finish(folds))
        elements = self.element_outputs()
        if elements:
            body += self._all_lines(self.element_lines(elements), False)
        return self._segments([], [Assign(_PART_BASE, _ROW_BASE), *indices(_SEGMENT, self._outer)], body, _SEGMENT)

    def _all_lines(self, body: Body, may_unroll: bool) -> Body:
        """Loops over all lines and over columns."""
        if len(self._folded) == 1:
            return self._some_lines(ZERO, extent_of(self._folded[0]), body, may_unroll)
        return self.generator.nest(self._folded, self._along(body))

    def _some_lines(self, first: Expression, last: Expression, body: Body, may_unroll: bool) -> Body:
        """Loops over lines and over columns, several lines at once where that takes few statements.

        One line at a time where they are long and lie far from the processor, one after the other: it reads ahead one
        stream of memory better than several that each are left after a line (measured: twice as fast).
        """
        if not may_unroll or len(body) > _FEW or len(self._folded) > 1 or self._within:
            return [For(_LINE, first, last, None, [*indices(_LINE, self._folded), *self._along(body)])]
        several: Body = []
        index = index_of(self._folded[0])
        for number in range(_TOGETHER):
            several += [Assign(index, _LINE + number), *body]
        single = [Assign(index, _LINE), *self._along(body)]
        width = extent_of(self._column)
        elements = product_of(list(range(len(self.generator.loops.extents))))
        is_large = Call("both", [_above(width, _NARROW), _above(elements, _CACHED)])
        whole = Call("both", [Compare(_LAST - _FIRST, [("==", width)]), is_large])
        rest = Variable("rest")
        return [
            Assign(rest, Call("pick", [whole, first, last - (last - first) % _TOGETHER])),
            For(_LINE, first, rest, lifted(_TOGETHER), self._along(several)),
            For(_LINE, rest, last, None, single),
        ]

    def _is_cheap(self, stage: list[Instruction]) -> bool:
        return not any(self.generator.is_costly(instruction.inputs[0]) for instruction in stage)

    def _over_blocks(self, body: Body) -> Body:
        start = Assign(_LINE_START, _SEGMENT % _BLOCKS * LINES)
        head: Body = [start, Assign(_LINE_END, Call("smaller", [_LINE_START + LINES, _LINES]))]
        head += [Assign(_PART_BASE, _SEGMENT * extent_of(self._column)), *indices(_OUTER, self._outer)]
        return self._segments([Assign(_OUTER, _SEGMENT // _BLOCKS)], head, body, _OUTER)

    def _over_rows(self, body: Body) -> Body:
        return self._segments([], indices(_SEGMENT, self._outer), body, _SEGMENT)

    def _stretch(self) -> Expression:
        """The number of columns that are done one line after the other: few where lines are read more than once."""
        columns = lifted(STRETCH if self._is_one_pass else max(STRETCH // 2, 1))
        if not self._within:
            return columns
        return Call("larger", [columns // Call("larger", [product_of(self._within), lifted(1)]), lifted(1)])

    def _segments(self, before: Body, head: Body, body: Body, outer: Variable) -> Body:
        """Loops from `start` to `stop` over stretches of columns; those of a segment share the other indices.

        Args:
          before, head: what is the same in a segment, and what of it needs to know where its row begins.
          outer: the number of the row among rows.
        """
        width = extent_of(self._column)
        base = _SEGMENT * width
        end = Assign(_END, Call("smaller", [STOP, base + width]) - base)
        last = Assign(_LAST, Call("smaller", [_FIRST + self._stretch(), _END]))
        stretches = For(_FIRST, Call("larger", [START, base]) - base, _END, self._stretch(), [last, *body])
        segment = [*before, Assign(_ROW_BASE, outer * width), *head, end, stretches]
        loop = For(_SEGMENT, START // width, (STOP - 1) // width + 1, None, segment)
        return [If(Compare(START, [("<", STOP)]), [loop], [])]


def _above(value: Expression, bound: int) -> Expression:
    return Compare(value, [(">", lifted(bound))])
