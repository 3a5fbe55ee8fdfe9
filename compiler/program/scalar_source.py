"""Loops over scalars as kernels: the variables are locals, the condition and the body are statements.

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

Elements of TensorArrays are read and written in vectors. Branches compute both sides and choose. What is beyond that
raises `NotScalarError`, and the loop runs by its plans.
"""

from __future__ import annotations

from typing import Any, Final

from ...ops.families.control_flow.tensor_array_ops import TENSOR_ARRAY_READ, TENSOR_ARRAY_WRITE
from ...ops.types.dtypes import DType
from ..codegen.loops import START, STOP, extent_of
from ..codegen.scalars import cast, literal, render
from ..fusion.formulas import is_elementwise
from ..plan.blocks import Loop
from ..plan.plan import Instruction, Plan, Value
from ..tree import nodes
from ..tree.nodes import (
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
    Store,
    Variable,
    While,
)  # fmt: skip
from ..tree.python_source import source

_TRUE, _FALSE = (Cast("bool", Number(value)) for value in (True, False))
_GO, _FAILED, _END, _COUNT = (Variable(name) for name in ("go", "failed", "end", "k"))
_KINDS: Final = frozenset({"f32", "f64", "i8", "i16", "i32", "i64", "u8", "u16", "u32", "u64", "bool"})


class NotScalarError(Exception):
    """The loop is not of that kind."""


class Array:
    """A TensorArray that the loop reads or writes.

    Attributes:
      position: which invariant its handle is.
      dtype: the type of its elements.
      writes: whether it is written, otherwise read.
    """

    def __init__(self, position: int, dtype: DType, writes: bool) -> None:
        self.position = position
        self.dtype = dtype
        self.writes = writes


class ScalarSource:
    """Writes the kernel of a loop.

    Attributes:
      scalars: the invariants that are passed as pointers `x0, x1, ...`, by position.
      arrays: the TensorArrays, passed as pointers `q0` (elements), `m0` (marks), `l0` (length).
      tree: the kernel.
    """

    def __init__(self, block: Loop) -> None:
        self._block = block
        self._body: Body = []
        self._names: dict[Value, Expression] = {}
        self._conditions: dict[Value, frozenset[Any]] = {}
        self._positions: dict[Value, int] = {}
        self._count = 0
        self._crossing: list[Expression] = []
        self.scalars: list[int] = []
        self.arrays: dict[int, Array] = {}
        self._elements: dict[int, tuple[nodes.Array, nodes.Array, nodes.Array]] = {}
        self.tree = self._written()

    @property
    def types(self) -> list[str]:
        """Short names of the pointers' types."""
        return list(self.tree.types)

    @property
    def text(self) -> str:
        """The source."""
        return source(self.tree)

    def _written(self) -> KernelTree:
        block = self._block
        variables = block.condition.inputs[: block.count]
        results = [nodes.Array(f"r{number}", self._type(value), True) for number, value in enumerate(variables)]
        ended = nodes.Array("t", "i64", True)
        loads = self._take_parameters(variables, results)
        starts: Body = [Assign(_GO, _TRUE), Assign(_FAILED, _FALSE), _ended(0), Assign(_COUNT, ZERO)]
        self._body = []
        pred = self._plan(block.condition)[0]
        condition, self._body = self._body, []
        self._iteration(variables)
        turn = If(pred, self._body, [_ended(0), Assign(_GO, _FALSE)])
        loop = While(_GO, [*condition, turn])
        stores: Body = [Store(array, ZERO, _kept(number)) for number, array in enumerate(results)]
        body = [*loads, *starts, loop, *stores, Store(ended, ZERO, _END)]
        elements = [self._elements[position] for position in self.arrays]
        arrays = [*self._invariants, *(array for three in elements for array in three), *results, ended]
        return KernelTree(arrays, [extent_of(0), START, STOP], body)

    def _type(self, value: Value) -> str:
        if value.dtype.short not in _KINDS:
            raise NotScalarError
        return str(value.dtype.short)

    def _take_parameters(self, variables: Any, results: list[nodes.Array]) -> Body:
        """The loads of variables and invariants; those that are no scalars are looked for when they are used."""
        block = self._block
        loads: Body = []
        self._invariants: list[nodes.Array] = []
        for number, value in enumerate(variables):
            loads.append(Assign(_kept(number), Load(results[number], ZERO)))
            self._names[value] = _kept(number)
        for position, value in enumerate(block.condition.inputs[block.count :], block.count):
            self._positions[value] = position
            if value.dtype.kind == "r":
                continue
            array = nodes.Array(f"x{len(self.scalars)}", self._type(value), False)
            name = self._names[value] = Variable(f"c{len(self.scalars)}_")
            self.scalars.append(position)
            self._invariants.append(array)
            loads.append(Assign(name, Load(array, ZERO)))
        return loads

    def _iteration(self, variables: Any) -> None:
        names = self._plan(self._block.body)
        fresh = []
        for value, name in zip(variables, names):
            fresh.append(self._fresh("w"))
            self._body.append(Assign(fresh[-1], cast(name, value.dtype)))
        for number, name in enumerate(fresh):
            self._body.append(Assign(_kept(number), name))
        self._body.append(Assign(_COUNT, Cast("U", _COUNT + 1)))
        self._body.append(If(_FAILED, [_ended(2), Assign(_GO, _FALSE)], []))
        how = Assign(_END, Choice(_FAILED, Cast("i64", Number(2)), Cast("i64", Number(1))))
        self._body.append(If(Compare(_COUNT, [(">=", STOP)]), [how, Assign(_GO, _FALSE)], []))

    def _fresh(self, letter: str) -> Variable:
        """A new name."""
        self._count += 1
        return Variable(f"{letter}{self._count}_")

    def _plan(self, plan: Plan) -> list[Expression]:
        """Write the instructions of a plan. Returns: its outputs."""
        if plan is self._block.body:  # its own parameters are the condition's
            for own, given in zip(plan.inputs, self._block.condition.inputs):
                if own is not given:
                    raise NotScalarError
            for own, name in zip(plan.inputs[len(self._block.condition.inputs) :], self._crossing):
                self._names[own] = name
        for instruction in plan.instructions:
            self._instruction(instruction)
        outputs = [self._name(value) for value in plan.outputs]
        if plan is self._block.condition:
            self._crossing = outputs[1:]
        return outputs

    def _name(self, value: Value) -> Expression:
        if value not in self._names:
            raise NotScalarError
        return self._names[value]

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
            self._constant(instruction)
        elif instruction.op_def in (TENSOR_ARRAY_READ, TENSOR_ARRAY_WRITE):
            if here:
                raise NotScalarError
            self._element(instruction)
        else:
            self._elementwise(instruction)
        if flow not in ("switch", "merge"):
            self._conditions.update((value, here) for value in instruction.outputs)

    def _switch(self, instruction: Instruction, here: Any) -> None:
        data, pred = instruction.inputs
        for side, value in enumerate(instruction.outputs):
            self._names[value] = self._name(data)
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
        names = [self._name(value) for value in instruction.inputs]
        yes, no = names if side else reversed(names)
        value = instruction.outputs[0]
        self._type(value)
        self._bind(value, Choice(self._name(pred), yes, no))
        self._conditions[value] = first & second

    def _bind(self, value: Value, element: Expression) -> None:
        name = self._names[value] = self._fresh("e")
        self._body.append(Assign(name, element))

    def _constant(self, instruction: Instruction) -> None:
        array = instruction.attrs["value"]
        value = instruction.outputs[0]
        self._type(value)
        if array.shape:
            raise NotScalarError
        self._names[value] = literal(array, value.dtype)

    def _elementwise(self, instruction: Instruction) -> None:
        if not instruction.is_pure or not is_elementwise(instruction):
            raise NotScalarError
        value = instruction.outputs[0]
        self._type(value)
        for given in instruction.inputs:
            self._type(given)
        self._bind(value, cast(render(instruction, [self._name(given) for given in instruction.inputs]), value.dtype))

    def _element(self, instruction: Instruction) -> None:
        """One element of a TensorArray: read or written once, inside of its bounds, or the loop has failed."""
        writes = instruction.op_def is TENSOR_ARRAY_WRITE
        handle = instruction.inputs[0]
        position = self._positions.get(handle)
        if position is None or position in self.arrays:
            raise NotScalarError
        dtype = instruction.attrs["T"] if writes else instruction.attrs["dtype"]
        if dtype.short not in _KINDS or dtype.kind == "b":
            raise NotScalarError
        self.arrays[position] = Array(position, dtype, writes)
        place = self._fresh("p")
        self._body.append(Assign(place, Cast("i64", self._name(instruction.inputs[1]))))
        elements, marks, length = self._elements[position] = (
            nodes.Array(f"{'r' if writes else 'q'}w{position}", dtype.short, writes),
            nodes.Array(f"rm{position}", "u8", True),
            nodes.Array(f"l{position}", "i64", False),
        )
        at = Cast("U", place)
        mark = Load(marks, at)
        inside: Body = [
            If(_is(mark, 1), [Assign(_FAILED, _TRUE)], []),  # 2: elements that may be read again
            If(_is(mark, 0), [Store(marks, at, Cast("u8", Number(1)))], []),
        ]
        outside: Body = [Assign(_FAILED, _TRUE)]
        if writes:
            inside.append(Store(elements, at, self._name(instruction.inputs[2])))
            self._names[instruction.outputs[0]] = Cast("f32", Number(0.0))
        else:
            element = self._names[instruction.outputs[0]] = Variable(f"g{self._count}_")
            inside.append(Assign(element, Load(elements, at)))
            outside.append(Assign(element, cast(Number(0), dtype)))
        low = Compare(place, [(">=", Cast("i64", Number(0)))])
        high = Compare(place, [("<", Load(length, ZERO))])
        self._body.append(If(nodes.Logical("and", [low, high]), inside, outside))


def _kept(number: int) -> Variable:
    """The variable of the loop with that number."""
    return Variable(f"a{number}_")


def _ended(how: int) -> Assign:
    return Assign(_END, Cast("i64", Number(how)))


def _is(mark: Expression, number: int) -> Expression:
    return Compare(mark, [("==", Cast("u8", Number(number)))])
