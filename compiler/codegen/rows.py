"""The loops of groups with reductions: for each row, one pass over it per stage, then the pass that writes elements.

Reductions that do not need each other's results share a pass. What a later pass needs of an earlier one's elements is
computed again, as that is cheaper than memory; only what took a function like `exp` is kept in the row of the result
until the last pass. A result that waits for no later reduction and took such a function is written by the pass that
computes it, and so are all if that makes the last pass needless. A row is folded in blocks of `BLOCK` elements, in any
order within one, the blocks in order, so that the result does not depend on the number of threads (`phases.py` shares
the blocks of long rows); sums of blocks are added in float64, so that large ones keep their precision.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from ...ops.definition.reduction import Combine
from ...ops.types import dtypes
from ...ops.types.dtypes import DType
from ..fusion.fuse import finds_index
from ..fusion.groups import ELEMENT, ROW
from ..jit.short_types import computed_in
from ..plan.plan import Instruction, Value
from ..tree.nodes import (
    ZERO,
    Assign,
    Binary,
    Body,
    Call,
    Cast,
    Compare,
    Expression,
    For,
    If,
    Number,
    Statement,
    ValueVariable,
    Variable,
    lifted,
)  # fmt: skip
from .loops import extent_of, index_of
from .scalars import cast, formula

if TYPE_CHECKING:
    from .elements import Generator

BLOCK = 4096  # elements


class Fold:
    """How one reduction accumulates, as statements: those of a block, and how the row joins its blocks."""

    _separates_nan = True  # whether NaN is looked for beside the largest number, which vectorises along a row

    def __init__(self, instruction: Instruction, count: Expression) -> None:
        self.instruction = instruction
        self.reduction = instruction.op_def.reduction
        self.name = self._variable("")
        self.part = self._variable("_part")
        self.element: DType = computed_in(instruction.inputs[0].dtype)
        self.result: DType = instruction.outputs[0].dtype
        self.count = count
        self.is_extreme = self.reduction.combine.is_extreme
        self.is_sum = self.reduction.combine is Combine.SUM and self.element.kind == "f"
        self._looks_for_nan = self._separates_nan and self.is_extreme and self.element.kind == "f"

    def _variable(self, suffix: str) -> ValueVariable:
        """One of the fold's own variables."""
        return ValueVariable("a", self.instruction.outputs[0].name, suffix)

    @property
    def part_type(self) -> DType:
        """The type that accumulates in a block."""
        return self.element if self.is_sum else computed_in(self.reduction.accumulator(self.result))

    @property
    def total_type(self) -> DType:
        """The type that accumulates in a row."""
        return dtypes.float64 if self.is_sum else self.part_type

    def start(self) -> Body:
        """Before the row."""
        return self._initial(self.name, self.total_type)

    def block_start(self) -> Body:
        """Before a block."""
        return self._initial(self.part, self.part_type)

    def _initial(self, name: ValueVariable, dtype: DType) -> Body:
        nothing = formula("0" if self.is_sum else self.reduction.initial(self.result), dtype)
        lines: Body = [Assign(name, cast(nothing, dtype))]
        return [*lines, Assign(_nan(name), Number(False))] if self._looks_for_nan else lines

    def step(self, x: Expression) -> Body:
        """For one element."""
        return self._combined(self.part, formula(self.reduction.map, self.element, x=x), self.part_type)

    def block_end(self) -> Body:
        """After a block: its part joins the row."""
        if not self._looks_for_nan:
            return self.join(self.part)
        nan = _nan(self.name)
        return [self._extreme(self.name, self.part), Assign(nan, Call("either", [nan, _nan(self.part)]))]

    def join(self, part: Expression) -> Body:
        """A block's part, as `part_value` tells it, joins the row."""
        if self.element.kind == "f" and not self.is_extreme:  # in order
            operator = "+" if self.is_sum else "*"
            return [Assign(self.name, Binary(operator, self.name, cast(part, self.total_type)))]
        return self._combined(self.name, part, self.total_type)

    def part_value(self) -> Expression:
        """What a block leaves."""
        return self._or_nan(self.part) if self._looks_for_nan else self.part

    def _or_nan(self, name: ValueVariable) -> Expression:
        """An extreme element, or NaN if there was one."""
        return Call("pick", [_nan(name), cast(Number(float("nan")), self.element), name])

    def _extreme(self, accumulator: ValueVariable, x: Expression) -> Statement:
        function = "larger" if self.reduction.combine is Combine.LARGEST else "smaller"
        return Assign(accumulator, Call(function, [accumulator, x]))

    def _combined(self, accumulator: ValueVariable, x: Expression, dtype: DType) -> Body:
        if self.is_extreme and not self._separates_nan:
            return [Assign(accumulator, Call(self.reduction.combine.value, [accumulator, x]))]
        if self.is_extreme:
            lines = [self._extreme(accumulator, x)]
            nan = _nan(accumulator)
            found: Body = [Assign(nan, Call("either", [nan, Call("isnan", [x])]))]
            return lines + found if self._looks_for_nan else lines
        if self.element.kind == "b":
            function = "both" if self.reduction.combine is Combine.ALL else "either"
            return [Assign(accumulator, Call(function, [accumulator, x]))]
        function = "multiply_any_order" if self.reduction.combine is Combine.PRODUCT else "add_any_order"
        return [Assign(accumulator, Call(function, [accumulator, cast(x, dtype)]))]

    def total(self) -> Expression:
        """What the reduction finds, before it is finished."""
        return self._or_nan(self.name) if self._looks_for_nan else self.name

    def finish(self) -> Expression:
        """The result after the row."""
        text = self.reduction.finish(self.result)
        return cast(formula(text, self.total_type, acc=self.total(), count=self.count), self.result)


def _nan(name: ValueVariable) -> ValueVariable:
    """Whether what a variable accumulates had a NaN."""
    return ValueVariable(name.letter, name.value, f"{name.suffix}_nan")


class IndexFold(Fold):
    """The index of the first extreme element of a row: per block the extreme element, then, if none before is as
    extreme, the first place where it stands. Both loops vectorise; one that remembers the index would not.
    """

    def __init__(self, instruction: Instruction, count: Expression) -> None:
        super().__init__(instruction, count)
        self._is_largest = self.reduction.combine is Combine.FIRST_LARGEST
        self._has_nan = self.element.kind == "f"
        self._search: Body = []
        self._place = self._variable("_at")

    @property
    def part_type(self) -> DType:
        """The type that accumulates in a block."""
        return self.element

    def start(self) -> Body:
        """Before the row."""
        return [Assign(self.name, self._losing()), Assign(self._place, Cast("i64", Number(0)))]

    def block_start(self) -> Body:
        """Before a block."""
        lines: Body = [Assign(self.part, self._losing())]
        return [*lines, Assign(_nan(self.part), Number(False))] if self._has_nan else lines

    def _losing(self) -> Expression:
        if self._has_nan:
            return cast(Number(float("-inf" if self._is_largest else "inf")), self.element)
        info = np.iinfo(self.element.np_dtype)
        return cast(Number(info.min if self._is_largest else info.max), self.element)

    def step(self, x: Expression) -> Body:
        """For one element."""
        function = "larger" if self._is_largest else "smaller"
        lines: Body = [Assign(self.part, Call(function, [self.part, x]))]
        nan = _nan(self.part)
        return [*lines, Assign(nan, Call("either", [nan, Call("isnan", [x])]))] if self._has_nan else lines

    def search_in(self, number: int, body: Body, x: Expression) -> None:
        """Take the statements that name an element again, for what is looked for in the block of loop `number`."""
        relation = ">" if self._is_largest else "<"
        if self._has_nan:  # the quick loop's result counts only without NaN
            better = Compare(x, [(relation, self.part)])
            again = Assign(self.part, Call("pick", [better, x, self.part]))
            slow: Body = [Assign(self.part, self._losing()), over_block(number, [*body, again])]
            self._search = [If(_nan(self.part), slow, [])]
        inside, start = self._variable("_in"), block_of(number)
        is_it = Compare(x, [("==", self.part)])
        none = Cast("i32", Number(BLOCK))
        place = Call("pick", [is_it, Cast("i32", index_of(number) - start), none])
        found: Body = [
            Assign(self.name, self.part),
            Assign(inside, none),
            over_block(number, [*body, Assign(inside, Call("smaller", [inside, place]))]),
            Assign(self._place, Binary("+", Cast("i64", start), Cast("i64", inside))),
        ]
        self._search.append(If(Compare(self.part, [(relation, self.name)]), found, []))

    def block_end(self) -> Body:
        """After a block."""
        return self._search

    def finish(self) -> Expression:
        """The result after the row."""
        return cast(self._place, self.result)


def block_of(number: int) -> Variable:
    """Where a block of a loop begins."""
    return Variable(f"b{number}")


def over_block(number: int, body: Body) -> For:
    """The loop over one block of a loop."""
    start = block_of(number)
    return For(index_of(number), start, Call("smaller", [start + BLOCK, extent_of(number)]), None, body)


def product_of(numbers: list[int]) -> Expression:
    """The product of the extents of loops."""
    found: Expression | None = None
    for number in numbers:
        found = extent_of(number) if found is None else found * extent_of(number)
    return lifted(1) if found is None else found


class ReductionLoops:
    """Writes the body of one row."""

    index_fold = IndexFold
    writes_early = True  # whether passes that fold may write results

    def __init__(self, generator: Generator) -> None:
        self.generator = generator
        self.group = generator.group
        self.lines: Body = []
        self.rows: dict[Value, Expression] = {}
        self.depth: dict[Value, int] = {}  # how many stages a value waits for
        self._written: set[Value] = set()  # the results that a pass before the last one has written
        inner = generator.inner_numbers()
        self.kept: dict[Value, Expression] = {}  # elements that an earlier pass left in a result's row
        self.count = product_of(inner)

    def body(self) -> Body:
        """The statements of one row."""
        stages = self.stages()
        for stage in stages:
            self._pass_over_row(stage, is_last=stage is stages[-1])
            self.compute_rows()
        self.compute_rows()
        self.store_rows()
        elements = self.element_outputs()
        if elements:
            self.write_elements(elements)
        return self.lines

    def element_outputs(self) -> list[Value]:
        """The results with one element a point that are to be written."""
        outputs = self.group.outputs
        return [value for value in outputs if self.group.levels[value] == ELEMENT and value not in self._written]

    def store_rows(self) -> None:
        """Write the results with one element a row."""
        for value in self.group.outputs:
            if self.group.levels[value] == ROW:
                self.lines.append(self.generator.store(value, ROW, self.rows[value]))

    def stages(self) -> list[list[Instruction]]:
        """Reductions by how many others they wait for."""
        depth = self.depth
        stages: list[list[Instruction]] = []
        for instruction in self.group.instructions:
            level = max((depth.get(value, 0) for value in self.generator.data_inputs(instruction)), default=0)
            if instruction.op_def.reduction is not None:
                while len(stages) <= level:
                    stages.append([])
                stages[level].append(instruction)
                level += 1
            depth[instruction.outputs[0]] = level
        return stages

    def compute_rows(self) -> None:
        """Compute the row values whose operands are there."""
        levels = self.group.levels
        for instruction in self.group.instructions:
            result = instruction.outputs[0]
            if levels[result] != ROW or result in self.rows or instruction.op_def.reduction is not None:
                continue
            inside = [value for value in self.generator.data_inputs(instruction) if value in levels]
            if all(value in self.rows for value in inside):
                self.generator.evaluate(result, ROW, self.rows, self.lines)

    def element_scope(self) -> dict[Value, Expression]:
        """The names of the row's values that the loop over its elements reads."""
        return {value: name for value, name in self.rows.items() if value in self.group.levels}

    def _pass_over_row(self, stage: list[Instruction], is_last: bool) -> None:
        folds, body = self.folds(stage, is_last)
        for fold in folds:
            self.lines += fold.start()
        self.lines += self.blocked(folds, body, self.generator.inner_numbers())
        for fold in folds:
            self.finish(fold)

    def folds(self, stage: list[Instruction], is_last: bool) -> tuple[list[Fold], Body]:
        """The reductions of a stage, and the statements for one element."""
        folds = [(self.index_fold if finds_index(item) else Fold)(item, self.count) for item in stage]
        body: Body = []
        scope = self.element_scope()
        for fold in folds:
            if isinstance(fold, IndexFold):
                self.search(fold)
            x = self.generator.evaluate(fold.instruction.inputs[0], ELEMENT, scope, body)
            body += fold.step(x)
        if self.writes_early:
            self._write_early(stage, scope, body)
        if is_last:
            self._keep_costly(scope, body)
        return folds, body

    def search(self, fold: IndexFold) -> None:
        """Have a fold look for the place of its element."""
        body: Body = []
        x = self.generator.evaluate(fold.instruction.inputs[0], ELEMENT, self.element_scope(), body)
        numbers = self.generator.inner_numbers()
        if numbers:
            fold.search_in(numbers[-1], body, x)

    def finish(self, fold: Fold) -> None:
        """Name the result of a reduction."""
        value = fold.instruction.outputs[0]
        name = self.rows[value] = ValueVariable("v", value.name)
        self.lines.append(Assign(name, fold.finish()))

    def _write_early(self, stage: list[Instruction], scope: dict[Value, Expression], body: Body) -> None:
        """Write the results that wait for no later stage, where to compute them again would cost more."""
        level = max(self.depth.get(instruction.inputs[0], 0) for instruction in stage)
        elements = self.element_outputs()
        ready = [value for value in elements if self.depth.get(value, 0) <= level]
        for value in ready:
            if len(ready) == len(elements) or self.generator.is_costly(value):
                element = self.generator.evaluate(value, ELEMENT, scope, body)
                body.append(self.generator.store(value, ELEMENT, element))
                self._written.add(value)
                self.kept[value] = self.generator.reload(value)

    def _keep_costly(self, scope: dict[Value, Expression], body: Body) -> None:
        """Leave one costly element that the last pass needs in the row of the result it will write."""
        results = self.element_outputs()
        if len(results) != 1:
            return
        frontier = self.generator.needed_from(results[0], scope)
        costly = [v for v in frontier if self.generator.is_costly(v) and v.dtype is results[0].dtype]
        if len(costly) == 1 and costly[0] not in self.rows:
            body.append(self.generator.store(results[0], ELEMENT, scope[costly[0]]))
            self.kept[costly[0]] = self.generator.reload(results[0])

    def blocked(self, folds: Sequence[Fold], body: Body, numbers: list[int]) -> Body:
        """Loops over a row, the innermost one in blocks."""
        starts = [line for fold in folds for line in fold.block_start()]
        ends = [line for fold in folds for line in fold.block_end()]
        if not numbers:
            return [*starts, *body, *ends]
        last = numbers[-1]
        block = [*starts, over_block(last, body), *ends]
        return self.generator.nest(numbers[:-1], [For(block_of(last), ZERO, extent_of(last), lifted(BLOCK), block)])

    def write_elements(self, elements: list[Value]) -> None:
        """Append the pass that writes results with one element a point."""
        self.lines += self.generator.nest(self.generator.inner_numbers(), self.element_lines(elements))

    def element_lines(self, elements: list[Value]) -> Body:
        """The statements that write one element of each."""
        body: Body = []
        scope = dict(self.element_scope())
        known = {**scope, **self.kept}
        needed = {source for value in elements for source in self.generator.needed_from(value, known)}
        for value, kept in self.kept.items():
            if value not in needed:
                continue
            name = scope[value] = ValueVariable("k", value.name)
            body.append(Assign(name, kept))
        for value in elements:
            element = self.generator.evaluate(value, ELEMENT, scope, body)
            body.append(self.generator.store(value, ELEMENT, element))
        return body
