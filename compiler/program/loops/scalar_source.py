"""Loops over scalars and small arrays as kernels: elements are locals, the condition and the body are statements.

    def kernel(x0, r0, r1, t, n0, start, stop):      # x: invariants, r: variables, t: how it ended
        v1 = load(r0, U(0))
        while go:
            c = bool(v1 < i32(10))
            if c:
                v2 = i32(v1 + i32(1))
                v1 = v2
                ...
            else:
                end = i64(0)
                go = False
        store(r0, U(0), v1)

Elements of TensorArrays are read and written in memory. Branches compute both sides and choose. Arrays of a known,
small shape are as many locals (see `registers.py`). What is beyond that raises `NotScalarError`, and the loop runs by
its plans.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from ....ops.families.control_flow.tensor_array_ops import TENSOR_ARRAY_READ, TENSOR_ARRAY_WRITE
from ....ops.types.dtypes import DType
from ...codegen.loops import START, STOP, extent_of
from ...codegen.scalars import cast
from ...passes.expand import expand_composites
from ...plan.blocks import Loop
from ...plan.plan import Instruction, Plan, Value
from ...tree import nodes
from ...tree.nodes import (
    ZERO,
    Assign,
    Body,
    Cast,
    Choice,
    Compare,
    Expression,
    If,
    KernelTree,
    Load,
    Number,
    Statement,
    Store,
    Variable,
    While,
)  # fmt: skip
from ...tree.python_source import source
from .lookups import FAILED, READS, Lookups
from .registers import KINDS, Names, NotScalarError, Registers, array, is_small, kind_of, names_of, shape_of

_TRUE, _FALSE = (Cast("bool", Number(value)) for value in (True, False))
_GO, _END, _COUNT = (Variable(name) for name in ("go", "end", "k"))


class Array:
    """A TensorArray that the loop reads or writes.

    Attributes:
      position: which invariant its handle is.
      dtype: the type of its elements.
      shape: their shape.
      writes: whether it is written, otherwise read.
    """

    def __init__(self, position: int, dtype: DType, shape: tuple[int, ...], writes: bool) -> None:
        self.position = position
        self.dtype = dtype
        self.shape = shape
        self.writes = writes


class ScalarSource:
    """Writes the kernel of a loop.

    Attributes:
      scalars: the invariants that are passed as pointers `x0, x1, ...`, by position.
      shapes: those of loop variables and of these invariants, by position.
      arrays: the TensorArrays, passed as pointers `q0` (elements), `m0` (marks), `l0` (length).
      tables: the arrays that are read at computed places, passed as pointers `y0` (elements), `z0` (shape).
      tree: the kernel.
    """

    def __init__(self, block: Loop) -> None:
        self._block = block = block.with_plans(expand_composites(block.condition), expand_composites(block.body))
        self._body: Body = []
        self._registers = Registers(lambda statement: self._body.append(statement))
        self._lookups = Lookups(self._registers)
        self._conditions: dict[Value, frozenset[Any]] = {}
        self._positions: dict[Value, int] = {}
        self._crossing: list[Names] = []
        self.shapes: dict[int, tuple[int, ...]] = {}
        self.scalars: list[int] = []
        self.arrays: dict[int, Array] = {}
        self._elements: dict[int, tuple[nodes.Array, nodes.Array, nodes.Array]] = {}
        self.tree = self._written()
        self.tables = self._lookups.tables

    @property
    def text(self) -> str:
        """The source."""
        return source(self.tree)

    def _written(self) -> KernelTree:
        block = self._block
        variables = block.condition.inputs[: block.count]
        results = [nodes.Array(f"r{number}", kind_of(value.dtype), True) for number, value in enumerate(variables)]
        ended = nodes.Array("t", "i64", True)
        loads = self._take_parameters(variables, results)
        starts: Body = [Assign(_GO, _TRUE), Assign(FAILED, _FALSE), _ended(0), Assign(_COUNT, ZERO)]
        self._body = []
        pred = _single(self._plan(block.condition)[0])
        condition, self._body = self._body, []
        may_fail = bool(self.arrays or self._lookups.tables)
        self._iteration(variables)
        turn: Statement = If(pred, self._body, [_ended(0), Assign(_GO, _FALSE)])
        if may_fail:  # in the condition
            turn = If(FAILED, [_ended(2), Assign(_GO, _FALSE)], [turn])
        loop = While(_GO, [*condition, turn])
        stores: Body = [
            Store(array, _at(place), name)
            for number, array in enumerate(results)
            for place, name in enumerate(self._kept(number).reshape(-1))
        ]
        body = [*loads, *starts, loop, *stores, Store(ended, ZERO, _END)]
        elements = [self._elements[position] for position in self.arrays]
        passed = [*(array for three in elements for array in three), *self._lookups.parameters()]
        arrays = [*self._invariants, *passed, *results, ended]
        return KernelTree(arrays, [extent_of(0), START, STOP], body)

    def _take_parameters(self, variables: Any, results: list[nodes.Array]) -> Body:
        """The loads of variables and invariants; those that are no scalars are looked for when they are used."""
        block = self._block
        loads: Body = []
        self._invariants: list[nodes.Array] = []
        for number, value in enumerate(variables):
            self.shapes[number] = shape_of(value)
            loads += self._loads(value, self._kept(number), results[number])
        for position, value in enumerate(block.condition.inputs[block.count :], block.count):
            self._positions[value] = position
            if value.dtype.kind == "r" or not is_small(value):
                continue
            array = nodes.Array(f"x{len(self.scalars)}", kind_of(value.dtype), False)
            self.shapes[position] = shape_of(value)
            loads += self._loads(value, names_of(f"c{len(self.scalars)}_", self.shapes[position]), array)
            self.scalars.append(position)
            self._invariants.append(array)
        return loads

    def _loads(self, value: Value, names: Names, array: nodes.Array) -> Body:
        """The loads of a value's elements, which get these names."""
        self._registers[value] = names
        return [Assign(name, Load(array, _at(place))) for place, name in enumerate(names.reshape(-1))]

    def _kept(self, number: int) -> Names:
        """The names of the loop variable with that number."""
        return names_of(f"a{number}_", self.shapes[number])

    def _iteration(self, variables: Any) -> None:
        following = self._plan(self._block.body)
        moves = []
        for number, (value, names) in enumerate(zip(variables, following)):
            if names.shape != self.shapes[number]:
                raise NotScalarError
            for before, after in zip(self._kept(number).reshape(-1), names.reshape(-1)):
                fresh = self._registers.fresh("w")
                self._body.append(Assign(fresh, cast(after, value.dtype)))
                moves.append(Assign(before, fresh))
        self._body += moves
        self._body.append(Assign(_COUNT, Cast("U", _COUNT + 1)))
        self._body.append(If(FAILED, [_ended(2), Assign(_GO, _FALSE)], []))
        how = Assign(_END, Choice(FAILED, Cast("i64", Number(2)), Cast("i64", Number(1))))
        self._body.append(If(Compare(_COUNT, [(">=", STOP)]), [how, Assign(_GO, _FALSE)], []))

    def _plan(self, plan: Plan) -> list[Names]:
        """Write the instructions of a plan. Returns: its outputs."""
        if plan is self._block.body:  # its own parameters are the condition's
            for own, given in zip(plan.inputs, self._block.condition.inputs):
                if own is not given:
                    raise NotScalarError
            for own, names in zip(plan.inputs[len(self._block.condition.inputs) :], self._crossing):
                self._registers[own] = names
        for instruction in plan.instructions:
            self._instruction(instruction)
        outputs = [self._registers[value] for value in plan.outputs]
        if plan is self._block.condition:
            self._crossing = outputs[1:]
        return outputs

    def _instruction(self, instruction: Instruction) -> None:
        values = (*instruction.inputs, *instruction.guards)
        here = frozenset().union(*(self._conditions.get(value, frozenset()) for value in values))
        flow = instruction.op_def.flow
        if flow == "switch":
            self._switch(instruction, here)
        elif flow == "merge":
            self._merge(instruction)
        elif flow:
            raise NotScalarError
        elif instruction.is_constant:
            self._registers.constant(instruction)
        elif instruction.op_def in (TENSOR_ARRAY_READ, TENSOR_ARRAY_WRITE):
            if here:
                raise NotScalarError
            self._element(instruction)
        elif not self._reads(instruction, here):
            self._registers.compute(instruction)
        if flow not in ("switch", "merge"):
            self._conditions.update((value, here) for value in instruction.outputs)

    def _reads(self, instruction: Instruction, here: Any) -> bool:
        """Read from memory, if this is what an instruction does."""
        if instruction.op_def not in READS:
            return False
        taken: list[Expression] = []
        for pred, side in here:
            name = _single(self._registers[pred])
            taken.append(name if side else Choice(name, _FALSE, _TRUE))
        position = self._positions.get(instruction.inputs[0])
        every = nodes.Logical("and", [_TRUE, *taken]) if taken else None
        body = self._lookups.read(instruction, position, every)
        self._body += body or []
        return body is not None

    def _switch(self, instruction: Instruction, here: Any) -> None:
        data, pred = instruction.inputs
        position = self._positions.get(data)
        for side, value in enumerate(instruction.outputs):
            if position is None or is_small(data):
                self._registers[value] = self._registers[data]
            if position is not None:
                self._positions[value] = position
            self._conditions[value] = here | {(pred, side)}

    def _merge(self, instruction: Instruction) -> None:
        if len(instruction.inputs) != 2:
            raise NotScalarError
        first, second = (self._conditions.get(value, frozenset()) for value in instruction.inputs)
        only, other = first - second, second - first
        if len(only) != 1 or len(other) != 1:
            raise NotScalarError
        ((pred, side),), ((same, opposite),) = only, other
        if pred is not same or side == opposite:
            raise NotScalarError
        names = [self._registers[value] for value in instruction.inputs]
        yes, no = names if side else reversed(names)
        value = instruction.outputs[0]
        self._registers.choose(value, _single(self._registers[pred]), yes, no)
        self._conditions[value] = first & second

    def _element(self, instruction: Instruction) -> None:
        """One element of a TensorArray: read or written once, inside of its bounds, or the loop has failed."""
        writes = instruction.op_def is TENSOR_ARRAY_WRITE
        handle = instruction.inputs[0]
        position = self._positions.get(handle)
        if position is None or position in self.arrays:
            raise NotScalarError
        dtype = instruction.attrs["T"] if writes else instruction.attrs["dtype"]
        if dtype.short not in KINDS or dtype.kind == "b":
            raise NotScalarError
        registers = self._registers
        given = registers[instruction.inputs[2]] if writes else None
        shape = shape_of(instruction.outputs[0]) if given is None else given.shape
        self.arrays[position] = Array(position, dtype, shape, writes)
        place, row = registers.fresh("p"), registers.fresh("p")
        self._body.append(Assign(place, Cast("i64", _single(registers[instruction.inputs[1]]))))
        elements, marks, length = self._elements[position] = (
            nodes.Array(f"{'r' if writes else 'q'}w{position}", dtype.short, writes),
            nodes.Array(f"rm{position}", "u8", True),
            nodes.Array(f"l{position}", "i64", False),
        )
        at = Cast("U", place)
        mark = Load(marks, at)
        inside: Body = [
            If(_is(mark, 1), [Assign(FAILED, _TRUE)], []),  # 2: elements that may be read again
            If(_is(mark, 0), [Store(marks, at, Cast("u8", Number(1)))], []),
            Assign(row, Cast("U", at * int(np.prod(shape, dtype=np.int64)))),
        ]
        outside: Body = [Assign(FAILED, _TRUE)]
        names = names_of(registers.fresh("g").name, shape) if given is None else given
        for number, name in enumerate(names.reshape(-1)):
            if given is None:
                inside.append(Assign(name, Load(elements, row + number)))
                outside.append(Assign(name, cast(Number(0), dtype)))
            else:
                inside.append(Store(elements, row + number, name))
        flow = Cast("f32", Number(0.0))
        registers[instruction.outputs[0]] = names if given is None else array([flow], ())
        low = Compare(place, [(">=", Cast("i64", Number(0)))])
        high = Compare(place, [("<", Load(length, ZERO))])
        self._body.append(If(nodes.Logical("and", [low, high]), inside, outside))


def _single(names: Names) -> Expression:
    """The name of a value without axes. Raises: NotScalarError for others."""
    if names.shape:
        raise NotScalarError
    found: Any = names[()]
    return found  # type: ignore[no-any-return]


def _at(place: int) -> Expression:
    """The place of an element in memory."""
    return Cast("U", Number(place)) if place else ZERO


def _ended(how: int) -> Assign:
    return Assign(_END, Cast("i64", Number(how)))


def _is(mark: Expression, number: int) -> Expression:
    return Compare(mark, [("==", Cast("u8", Number(number)))])
