"""The loops of groups with reductions: for each row, one pass over it per stage, then the pass that writes elements.

Reductions that do not need each other's results share a pass. What a later pass needs of an earlier one's elements is
computed again, as that is cheaper than memory; only what took a function like `exp` is kept in the row of the result
until the last pass. A row is folded in blocks of `BLOCK` elements, in any order within one, the blocks in order, so
that the result does not depend on the number of threads (`phases.py` shares the blocks of long rows); sums of
blocks are added in float64, so that large ones keep their precision.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from ...ops.definition.reduction import Combine
from ...ops.types import dtypes
from ...ops.types.dtypes import DType
from ..fusion.fuse import finds_index
from ..fusion.groups import ELEMENT, ROW
from ..jit.short_floats import computed_in
from ..plan.plan import Instruction, Value
from .scalars import typed
from .source_lines import indented

if TYPE_CHECKING:
    from .elements import Generator

BLOCK = 4096  # elements


class Fold:
    """How one reduction accumulates, as statements: those of a block, and how the row joins its blocks."""

    _separates_nan = True  # whether NaN is looked for beside the largest number, which vectorises along a row

    def __init__(self, instruction: Instruction, count: str) -> None:
        self.instruction = instruction
        self.reduction = instruction.op_def.reduction
        self.name = f"a{instruction.outputs[0].name}"
        self.part = f"{self.name}_part"
        self.element: DType = computed_in(instruction.inputs[0].dtype)
        self.result: DType = instruction.outputs[0].dtype
        self.count = count
        self.is_extreme = self.reduction.combine.is_extreme
        self.is_sum = self.reduction.combine is Combine.SUM and self.element.kind == "f"
        self._looks_for_nan = self._separates_nan and self.is_extreme and self.element.kind == "f"

    @property
    def part_type(self) -> DType:
        """The type that accumulates in a block."""
        return self.element if self.is_sum else computed_in(self.reduction.accumulator(self.result))

    @property
    def total_type(self) -> DType:
        """The type that accumulates in a row."""
        return dtypes.float64 if self.is_sum else self.part_type

    def start(self) -> list[str]:
        """Before the row."""
        return self._initial(self.name, self.total_type)

    def block_start(self) -> list[str]:
        """Before a block."""
        return self._initial(self.part, self.part_type)

    def _initial(self, name: str, dtype: DType) -> list[str]:
        text = "0" if self.is_sum else typed(self.reduction.initial(self.result), dtype)
        return [f"{name} = {dtype.short}({text})"] + [f"{name}_nan = False"] * self._looks_for_nan

    def step(self, x: str) -> list[str]:
        """For one element."""
        return self._combined(self.part, typed(self.reduction.map.format(x=x), self.element), self.part_type)

    def block_end(self) -> list[str]:
        """After a block: its part joins the row."""
        lines = self.join(self.part)
        if self._looks_for_nan:
            lines[-1] = f"{self.name}_nan = either({self.name}_nan, {self.part}_nan)"
        return lines

    def join(self, part: str) -> list[str]:
        """A block's part, as `part_value` tells it, joins the row."""
        if self.element.kind == "f" and not self.is_extreme:  # in order
            operator = "+" if self.is_sum else "*"
            return [f"{self.name} = {self.name} {operator} {self.total_type.short}({part})"]
        return self._combined(self.name, part, self.total_type)

    def part_value(self) -> str:
        """What a block leaves."""
        if self._looks_for_nan:
            return f"pick({self.part}_nan, {self.element.short}(nan), {self.part})"
        return self.part

    def _combined(self, accumulator: str, x: str, dtype: DType) -> list[str]:
        if self.is_extreme and not self._separates_nan:
            return [f"{accumulator} = {self.reduction.combine.value}({accumulator}, {x})"]
        if self.is_extreme:
            function = "larger" if self.reduction.combine is Combine.LARGEST else "smaller"
            lines = [f"{accumulator} = {function}({accumulator}, {x})"]
            nan = f"{accumulator}_nan"
            return lines + [f"{nan} = either({nan}, isnan({x}))"] * self._looks_for_nan
        if self.element.kind == "b":
            return [
                f"{accumulator} = {'both' if self.reduction.combine is Combine.ALL else 'either'}({accumulator}, {x})"
            ]
        function = "multiply_any_order" if self.reduction.combine is Combine.PRODUCT else "add_any_order"
        return [f"{accumulator} = {function}({accumulator}, {dtype.short}({x}))"]

    def total(self) -> str:
        """What the reduction finds, before it is finished."""
        if self._looks_for_nan:
            return f"pick({self.name}_nan, {self.element.short}(nan), {self.name})"
        return self.name

    def finish(self) -> str:
        """The result after the row."""
        text = self.reduction.finish(self.result).format(acc=self.total(), count=self.count)
        return f"{self.result.short}({typed(text, self.total_type)})"


class IndexFold(Fold):
    """The index of the first extreme element of a row: per block the extreme element, then, if none before is as
    extreme, the first place where it stands. Both loops vectorise; one that remembers the index would not.
    """

    def __init__(self, instruction: Instruction, count: str) -> None:
        super().__init__(instruction, count)
        self._is_largest = self.reduction.combine is Combine.FIRST_LARGEST
        self._has_nan = self.element.kind == "f"
        self._search: list[str] = []

    @property
    def part_type(self) -> DType:
        """The type that accumulates in a block."""
        return self.element

    def start(self) -> list[str]:
        """Before the row."""
        return [f"{self.name} = {self._losing()}", f"{self.name}_at = i64(0)"]

    def block_start(self) -> list[str]:
        """Before a block."""
        return [f"{self.part} = {self._losing()}"] + [f"{self.part}_nan = False"] * self._has_nan

    def _losing(self) -> str:
        if self._has_nan:
            return f"{self.element.short}({'-' if self._is_largest else ''}inf)"
        info = np.iinfo(self.element.np_dtype)
        return f"{self.element.short}({info.min if self._is_largest else info.max})"

    def step(self, x: str) -> list[str]:
        """For one element."""
        line = f"{self.part} = {'larger' if self._is_largest else 'smaller'}({self.part}, {x})"
        return [line] + [f"{self.part}_nan = either({self.part}_nan, isnan({x}))"] * self._has_nan

    def search_in(self, number: int, body: list[str], x: str) -> None:
        """Take the statements that name an element again, for what is looked for in the block of loop `number`."""
        head = f"for i{number} in range(b{number}, smaller(b{number} + U({BLOCK}), n{number})):"
        relation = ">" if self._is_largest else "<"
        if self._has_nan:  # the quick loop's result counts only without NaN
            again = f"{self.part} = pick({x} {relation} {self.part}, {x}, {self.part})"
            slow = [f"{self.part} = {self._losing()}", head, *indented([*body, again])]
            self._search = [f"if {self.part}_nan:", *indented(slow)]
        place = f"pick({x} == {self.part}, i32(i{number} - b{number}), i32({BLOCK}))"
        found = [
            f"{self.name} = {self.part}",
            f"{self.name}_in = i32({BLOCK})",
            head,
            *indented([*body, f"{self.name}_in = smaller({self.name}_in, {place})"]),
            f"{self.name}_at = i64(b{number}) + i64({self.name}_in)",
        ]
        self._search += [f"if {self.part} {relation} {self.name}:", *indented(found)]

    def block_end(self) -> list[str]:
        """After a block."""
        return self._search

    def finish(self) -> str:
        """The result after the row."""
        return f"{self.result.short}({self.name}_at)"


class ReductionLoops:
    """Writes the body of one row."""

    def __init__(self, generator: Generator) -> None:
        self.generator = generator
        self.group = generator.group
        self.lines: list[str] = []
        self.rows: dict[Value, str] = {}
        self.depth: dict[Value, int] = {}  # how many stages a value waits for
        inner = generator.inner_numbers()
        self.kept: dict[Value, str] = {}  # elements that an earlier pass left in a result's row
        self.count = " * ".join(f"n{number}" for number in inner) or "U(1)"

    def body(self) -> list[str]:
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
        """The results with one element a point."""
        return [value for value in self.group.outputs if self.group.levels[value] == ELEMENT]

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

    def element_scope(self) -> dict[Value, str]:
        """The names of the row's values that the loop over its elements reads."""
        return {value: name for value, name in self.rows.items() if value in self.group.levels}

    def _pass_over_row(self, stage: list[Instruction], is_last: bool) -> None:
        folds, body = self.folds(stage, is_last)
        for fold in folds:
            self.lines += fold.start()
        self.lines += self._blocked(folds, body, self.generator.inner_numbers())
        for fold in folds:
            self.finish(fold)

    def folds(self, stage: list[Instruction], is_last: bool) -> tuple[list[Fold], list[str]]:
        """The reductions of a stage, and the statements for one element."""
        folds = [(IndexFold if finds_index(item) else Fold)(item, self.count) for item in stage]
        body: list[str] = []
        scope = self.element_scope()
        for fold in folds:
            if isinstance(fold, IndexFold):
                self._search(fold)
            x = self.generator.evaluate(fold.instruction.inputs[0], ELEMENT, scope, body)
            body += fold.step(x)
        if is_last:
            self._keep_costly(scope, body)
        return folds, body

    def _search(self, fold: IndexFold) -> None:
        body: list[str] = []
        x = self.generator.evaluate(fold.instruction.inputs[0], ELEMENT, self.element_scope(), body)
        numbers = self.generator.inner_numbers()
        if numbers:
            fold.search_in(numbers[-1], body, x)

    def finish(self, fold: Fold) -> None:
        """Name the result of a reduction."""
        name = f"v{fold.instruction.outputs[0].name}"
        self.lines.append(f"{name} = {fold.finish()}")
        self.rows[fold.instruction.outputs[0]] = name

    def _keep_costly(self, scope: dict[Value, str], body: list[str]) -> None:
        """Leave one costly element that the last pass needs in the row of the result it will write."""
        results = [value for value in self.group.outputs if self.group.levels[value] == ELEMENT]
        if len(results) != 1:
            return
        frontier = self.generator.needed_from(results[0], scope)
        costly = [v for v in frontier if self.generator.is_costly(v) and v.dtype is results[0].dtype]
        if len(costly) == 1 and costly[0] not in self.rows:
            body.append(self.generator.store(results[0], ELEMENT, scope[costly[0]]))
            self.kept[costly[0]] = self.generator.reload(results[0])

    def _blocked(self, folds: Sequence[Fold], body: list[str], numbers: list[int]) -> list[str]:
        """Loops over a row, the innermost one in blocks."""
        starts = [line for fold in folds for line in fold.block_start()]
        ends = [line for fold in folds for line in fold.block_end()]
        if not numbers:
            return [*starts, *body, *ends]
        last = numbers[-1]
        lines = [
            f"for b{last} in range(U(0), n{last}, U({BLOCK})):",
            *indented(starts),
            f"    for i{last} in range(b{last}, smaller(b{last} + U({BLOCK}), n{last})):",
            *indented(indented(body)),
            *indented(ends),
        ]
        return self.generator.nest(numbers[:-1], lines)

    def write_elements(self, elements: list[Value]) -> None:
        """Append the pass that writes results with one element a point."""
        self.lines += self.generator.nest(self.generator.inner_numbers(), self.element_lines(elements))

    def element_lines(self, elements: list[Value]) -> list[str]:
        """The statements that write one element of each."""
        body: list[str] = []
        scope: dict[Value, Any] = dict(self.element_scope())
        for value, text in self.kept.items():
            body.append(f"k{value.name} = {text}")
            scope[value] = f"k{value.name}"
        for value in elements:
            name = self.generator.evaluate(value, ELEMENT, scope, body)
            body.append(self.generator.store(value, ELEMENT, name))
        return body
