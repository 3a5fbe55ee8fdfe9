"""Code generation: from a fusion group to the tree of its loop nest.

The tree is made of loops over flat arrays and unsigned indices (`tree/nodes.py`). Worked example: the group

    %1: f32[?,3] = Exp %x
    %2: f32[?,3] = Add %1, %y           # y: f32[3]

has the space [s0, 3]. `x` varies along both of its axes and `y` along the last one only, so these axes are not alike
and stay two loops, 0 and 1. `evaluate(%2)` loads what `%1` needs (`e0`), appends `v1` to the body, loads `y` (`e1`),
appends `v2`; `store` follows, and `nest` puts the loops around the body:

    def kernel(x0, x1, r0, n0, n1, start, stop):
        for i0 in range(start, stop):
            for i1 in range(n1):
                e0 = load(x0, i0 * n1 + i1)
                v1 = f32(exp_f32(e0))
                e1 = load(x1, i1)
                v2 = f32(v1 + e1)
                store(r0, i0 * n1 + i1, v2)

Axes that every access treats alike are collapsed into one loop. `start` and `stop` bound the outermost loop, or the
next where that is short, so a kernel can be run in parts.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from ..fusion.formulas import is_costly
from ..fusion.fuse import finds_index
from ..fusion.groups import ELEMENT, ROW, Fused, Group
from ..fusion.inline import sources
from ..plan.plan import Instruction, Value
from ..specialize.expressions import Expression as Extent
from ..specialize.specialize import Specialized
from ..specialize.symbolic import expression, same
from ..tree.nodes import (
    ZERO,
    Array,
    Assign,
    Body,
    Expression,
    For,
    Load,
    Statement,
    Store,
    ValueVariable,
    Variable,
    is_name,
    lifted,
    mentions,
)  # fmt: skip
from .index_reader import IndexReader, flat_offset, strided_offset
from .loops import START, STOP, Loops, extent_of, index_of
from .scalars import cast, literal, render

Scope = dict[Value, Expression]


def _varies(extent: Any, along: Any) -> bool:
    """Whether an axis is not broadcast along a loop; what the symbols leave open becomes a guard."""
    if same(extent, 1):
        return False
    return same(extent, along) or extent != 1


class Generator:
    """Writes what the loops of one group do: what is read, computed and stored."""

    def __init__(
        self,
        group: Group,
        special: Specialized,
        constants: dict[Value, np.ndarray[Any, Any]],
        fused: Fused,
        in_place: Mapping[Value, Value] | None = None,
    ) -> None:
        self.group = group
        self.special = special
        self.constants = constants
        self.fused = fused
        self.in_place = in_place or {}
        # What index maps compute with, besides the loops' extents: the parameter and what is passed for it.
        self.more_extents: dict[Extent, tuple[Variable, Any]] = {}
        # Indices that run fastest in memory somewhere, but not in the innermost loop.
        self.strided: dict[Expression, None] = {}
        self._count = 0
        self.arguments: dict[Value, Array] = {}
        self.results = [Array(f"r{k}", value.dtype.short, True) for k, value in enumerate(group.outputs)]
        self._producers = {value: i for i in group.instructions for value in i.outputs}
        accesses = self._accesses()
        collapse = not any(map(_is_mapped, group.instructions))
        self.loops = Loops(group, [self._pattern(*access) for access in accesses], collapse, self._innermost(accesses))

    # Which axes of the space a value has.

    def _accesses(self) -> list[tuple[Value, str, int]]:
        """What is read or written: the value, its level, and the rank of what it broadcasts to."""
        found: dict[tuple[Value, str, int], None] = {}
        for instruction in self.group.instructions:
            level = self._level_of_use(instruction)
            for value in self.data_inputs(instruction):
                if value not in self.group.levels and self._literal(value) is None:
                    for source in sources([value], self.fused.inlined, self.data_inputs):
                        rank = self._rank(instruction.outputs[0]) if source is value else 0
                        found[(source, level, rank)] = None
        for value in self.group.outputs:
            found[(value, self.group.levels[value], self._rank(value))] = None
        return list(found)

    def _rank(self, value: Value) -> int:
        return len(self.special.extents[value])

    def data_inputs(self, instruction: Instruction) -> tuple[Value, ...]:
        """The inputs that are read element by element."""
        if instruction.op_def.reduction is not None or instruction.op_def.reshapes:
            return instruction.inputs[:1]
        return () if _is_mapped(instruction) else instruction.inputs

    def _level_of_use(self, instruction: Instruction) -> str:
        if instruction.op_def.reduction is not None:
            return ELEMENT
        return self.group.levels[instruction.outputs[0]]

    def _axes_of(self, value: Value, level: str, rank: int) -> tuple[bool, ...]:
        """Per axis of the space, whether the value varies along it.

        Args:
          rank: of the value it broadcasts to; a row's may have the ones that keepdims leaves, or not.
        """
        space = self.group.space
        extents = self.special.extents[value]
        flags = [False] * len(space)
        folded = (self.group.split or ()) if level == ROW else ()
        strides = self.special.strides.get(value, (1,) * len(extents))
        axes = self._aligned(value, level, rank)
        for extent, stride, axis in zip(extents[len(extents) - len(axes) :], strides[len(extents) - len(axes) :], axes):
            if axis not in folded and not same(stride, 0) and _varies(extent, space[axis]):
                flags[axis] = True
        return tuple(flags)

    def _aligned(self, value: Value, level: str, rank: int) -> list[int]:
        """For the last axes of a value, the axes of the space they lie along."""
        space = self.group.space
        axes = self.group.kept if level == ROW and rank != len(space) else list(range(len(space)))
        return axes[max(len(axes) - self._rank(value), 0) :]

    def _pattern(self, value: Value, level: str, rank: int) -> tuple[Any, ...]:
        """Per axis of the space, what tells it from its neighbours: all do, where a value lies apart in memory."""
        flags = self._axes_of(value, level, rank)
        return tuple(enumerate(flags)) if value in self.special.strides and any(flags) else flags

    def _innermost(self, accesses: list[tuple[Value, str, int]]) -> int:
        """The axis along which all that a reduction reads lies dense in memory, where that is not the last; else -1."""
        group = self.group
        if group.split is None or any(group.levels[value] == ELEMENT for value in group.outputs):
            return -1
        if any(map(finds_index, group.instructions)):
            return -1
        axes = set()
        for value, level, _ in accesses:
            if value not in group.levels and level == ELEMENT and self._rank(value) == len(group.space):
                strides = self.special.strides.get(value, ())
                axes.add(next((k for k, stride in enumerate(strides) if same(stride, 1)), len(group.space) - 1))
        found = axes.pop() if len(axes) == 1 else -1
        return found if found not in group.kept[:-1] else -1

    def _offset(self, value: Value, level: str, rank: int) -> Expression:
        """Where an element of a value from outside lies."""
        flags = self._axes_of(value, level, rank)
        if value not in self.special.strides:
            return self.loops.offset(flags)
        indices = self.loops.indices()
        axes = self._aligned(value, level, rank)
        return self._strided_offset(value, [indices[axis] if flags[axis] else ZERO for axis in axes])

    def _strided_offset(self, value: Value, indices: list[Expression]) -> Expression:
        strides = self.special.strides[value]
        for index, stride in zip(indices, strides):
            if same(stride, 1):
                self._note_across(index)
        return strided_offset(indices, [self.integer(stride) for stride in strides])

    def _note_across(self, index: Expression) -> None:
        """Note an index that runs fastest in memory; it is of interest where it is not that of the innermost loop."""
        indices = self.loops.indices()
        if index in indices and index != indices[-1]:
            self.strided[index] = None

    # Names and expressions.

    def _literal(self, value: Value) -> Expression | None:
        array = self.constants.get(value)
        if array is None or array.size != 1:
            known = self.special.known.get(value)
            if known is None or known.size != 1 or value.dtype.kind not in "iub":
                return None
            return cast(self.integer(known.reshape(-1)[0]), value.dtype)
        return literal(array.reshape(-1)[0], value.dtype)

    def argument(self, value: Value) -> Array:
        """The parameter that stands for the memory of a value from outside."""
        value = self.fused.root(value)
        found = self.arguments.get(value)
        if found is None:
            found = self.arguments[value] = Array(f"x{len(self.arguments)}", value.dtype.short, False)
        return found

    def read(self, value: Value, level: str, rank: int, scope: Scope, body: Body) -> Expression:
        """An operand in this scope; loads it if it comes from outside."""
        if value in scope:
            return scope[value]
        found = self._literal(value)
        if found is None and value in self.fused.inlined:
            found = self._inlined(self.fused.inlined[value], [], body, {})
        elif found is None:
            found = self.load(value, self._offset(value, level, rank), body)
            if level == ROW:
                return found  # rows of another rank may read it elsewhere
        scope[value] = found
        return found

    def load(self, value: Value, offset: Expression, body: Body) -> Expression:
        """The name of an element of a value from outside."""
        name = self.fresh("e")
        result = self.in_place.get(self.fused.root(value))
        element = self.reload(result) if result is not None else Load(self.argument(value), offset)
        body.append(Assign(name, element))
        return name

    def fresh(self, letter: str) -> Variable:
        """A new name."""
        self._count += 1
        return Variable(f"{letter}{self._count - 1}")

    def load_at(self, value: Value, indices: list[Expression], body: Body) -> Expression:
        """The element of a value from outside at explicit indices."""
        found = self._literal(value)
        if found is not None:
            return found
        if value in self.fused.inlined:
            return self._inlined(self.fused.inlined[value], indices, body, {})
        if value in self.special.strides:
            return self.load(value, self._strided_offset(value, indices), body)
        loops = self.loops.indices()
        if indices and loops and any(mentions(index, loops[-1]) for index in indices):
            self._note_across(indices[-1])
        extents = self.special.extents[value]
        return self.load(value, flat_offset(indices, [self.integer(extent) for extent in extents]), body)

    def _inlined(self, maker: Instruction, indices: list[Expression], body: Body, made: Scope) -> Expression:
        """The element at explicit indices of a value that has no memory.

        Args:
          made: names of the elements at these indices that were computed for it before.
        """
        result = maker.outputs[0]
        if result in made:
            return made[result]
        if _is_mapped(maker):
            index_map: Any = maker.op_def.index_map
            made[result] = index_map.read(IndexReader(self, maker, body), indices, 0)
            return made[result]
        operands = []
        for value in maker.inputs:
            same_shape = len(self.special.extents[value]) == len(indices)
            if value in self.fused.inlined and same_shape and not _is_mapped(self.fused.inlined[value]):
                operands.append(
                    self._inlined(self.fused.inlined[value], self._narrowed(value, result, indices), body, made)
                )
            else:
                operands.append(self.load_at(value, self._narrowed(value, result, indices), body))
        name = made[result] = self.fresh("e")
        body.append(Assign(name, cast(render(maker, operands), result.dtype)))
        return name

    def _narrowed(self, value: Value, result: Value, indices: list[Expression]) -> list[Expression]:
        """The indices of an operand that is broadcast to a result."""
        extents = self.special.extents[value]
        count = len(indices) - len(extents)
        pairs = zip(extents, self.special.extents[result][count:], indices[count:])
        return [index if _varies(extent, along) else ZERO for extent, along, index in pairs]

    def integer(self, extent: Any) -> Expression:
        """An extent in an expression: a number, or a parameter."""
        found = expression(extent)
        if found.number is not None and found.number >= 0:
            return lifted(found.number)
        return self.more_extents.setdefault(found, (Variable(f"m{len(self.more_extents)}"), extent))[0]

    def producer(self, value: Value) -> Instruction | None:
        """The instruction of this group that makes a value."""
        return self._producers.get(value)

    def evaluate(self, value: Value, level: str, scope: Scope, body: Body) -> Expression:
        """A value in this scope, computing what is missing of it, the producers first."""
        pending = [value]
        while pending:
            top = pending[-1]
            instruction = self._producers.get(top)
            if top in scope:
                pending.pop()
            elif instruction is None:
                self.read(top, level, self._rank(top), scope, body)
                pending.pop()
            elif _is_mapped(instruction):
                reader = IndexReader(self, instruction, body)
                index_map: Any = instruction.op_def.index_map
                scope[top] = index_map.read(reader, self.loops.indices(), instruction.output)
                pending.pop()
            else:
                missing = [v for v in self.data_inputs(instruction) if v not in scope and v in self._producers]
                if missing:
                    pending += missing
                    continue
                self._compute(instruction, level, scope, body)
                pending.pop()
        return scope[value]

    def _compute(self, instruction: Instruction, level: str, scope: Scope, body: Body) -> None:
        result = instruction.outputs[0]
        if instruction.op_def.reshapes:
            scope[result] = scope[instruction.inputs[0]]
            return
        operands = [self.read(value, level, self._rank(result), scope, body) for value in instruction.inputs]
        found = render(instruction, operands)
        if is_name(found) and instruction.inputs[0].dtype is result.dtype:
            scope[result] = found
            return
        name = scope[result] = ValueVariable("v", result.name)
        body.append(Assign(name, cast(found, result.dtype)))

    def outer_numbers(self) -> list[int]:
        """The numbers of the outer loops."""
        return list(range(len(self.loops.outer)))

    def inner_numbers(self) -> list[int]:
        """The numbers of the inner loops."""
        return list(range(len(self.loops.outer), len(self.loops.outer) + len(self.loops.inner)))

    def shared_nest(self, numbers: list[int], body: Body, shared: int) -> Body:
        """Put the body into the outer loops; the shared one runs from `start` to `stop`."""
        body = self.nest(numbers[shared + 1 :], body)
        index = index_of(shared) if numbers else Variable("_")
        return self.nest(numbers[:shared], [For(index, START, STOP, None, body)])

    def nest(self, numbers: list[int], body: Body) -> Body:
        """Put the body into loops."""
        for number in reversed(numbers):
            body = [For(index_of(number), None, extent_of(number), None, body)]
        return body

    def result(self, value: Value) -> Array:
        """The parameter that stands for a result."""
        return self.results[self.group.outputs.index(value)]

    def store(self, value: Value, level: str, element: Expression) -> Statement:
        """What writes an element of a result."""
        return Store(self.result(value), self.loops.offset(self._axes_of(value, level, self._rank(value))), element)

    def reload(self, value: Value) -> Expression:
        """What was left in an element of a result."""
        return Load(self.result(value), self.loops.offset(self._axes_of(value, ELEMENT, self._rank(value))))

    def needed_from(self, result: Value, scope: Scope) -> list[Value]:
        """The values of this scope from which `result` is computed without looking further back."""
        found: dict[Value, None] = {}
        pending, seen = [result], set()
        while pending:
            value = pending.pop()
            if value in seen:
                continue
            seen.add(value)
            if value in scope:
                if value in self._producers and self.group.levels[value] == ELEMENT:
                    found[value] = None
            elif value in self._producers:
                pending += self.data_inputs(self._producers[value])
        return list(found)

    def is_costly(self, value: Value) -> bool:
        """Whether computing an element anew takes a function like `exp`."""

        pending, seen = [value], set()
        while pending:
            instruction = self._producers.get(pending.pop())
            if instruction is None or instruction in seen or instruction.op_def.reduction is not None:
                continue
            seen.add(instruction)
            if is_costly(instruction):
                return True
            pending += instruction.inputs
        return False


def _is_mapped(instruction: Instruction) -> bool:
    return instruction.op_def.index_map is not None
