"""Loops over scalars as source: the variables are locals, the condition and the body are statements.

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
from ..codegen.scalars import cast, literal, render
from ..fusion.fuse import scalar_text
from ..plan.blocks import Loop
from ..plan.plan import Instruction, Plan, Value

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
      text: the source.
      types: short names of the pointers' types.
    """

    def __init__(self, block: Loop) -> None:
        self._block = block
        self._lines: list[str] = []
        self._names: dict[Value, str] = {}
        self._conditions: dict[Value, frozenset[Any]] = {}
        self._positions: dict[Value, int] = {}
        self._flows: set[Value] = set()
        self._count = 0
        self._crossing: list[str] = []
        self.scalars: list[int] = []
        self.arrays: dict[int, Array] = {}
        self._indent = 1
        self.text = self._written()

    def _line(self, text: str) -> None:
        self._lines.append("    " * self._indent + text)

    def _written(self) -> str:
        block = self._block
        variables = block.condition.inputs[: block.count]
        self._take_parameters(variables)
        self._line("go = bool(1 < 2)")
        self._line("failed = bool(2 < 1)")
        self._line("end = i64(0)")
        self._line("k = U(0)")
        self._line("while go:")
        self._indent += 1
        pred = self._plan(block.condition)[0]
        self._line(f"if {pred}:")
        self._indent += 1
        self._iteration(variables)
        self._indent -= 1
        self._line("else:")
        self._line("    end = i64(0)")
        self._line("    go = bool(2 < 1)")
        self._indent -= 1
        for number in range(block.count):
            kind = variables[number].dtype
            store = "store_bool" if kind.kind == "b" else "store"
            self._line(f"{store}(r{number}, U(0), a{number}_)")
        self._line("store(t, U(0), end)")
        return "\n".join([self._head(), *self._loads, *self._lines]) + "\n"

    def _head(self) -> str:
        block = self._block
        names = [f"x{number}" for number in range(len(self.scalars))]
        self.types = [self._type(block.condition.inputs[position]) for position in self.scalars]
        for position, array in self.arrays.items():
            names += [f"{'r' if array.writes else 'q'}w{position}", f"rm{position}", f"l{position}"]
            self.types += [array.dtype.short, "u8", "i64"]
        names += [f"r{number}" for number in range(block.count)]
        self.types += [self._type(value) for value in block.condition.inputs[: block.count]]
        names.append("t")
        self.types.append("i64")
        return f"def kernel({', '.join(names)}, n0, start, stop):"

    def _type(self, value: Value) -> str:
        if value.dtype.short not in _KINDS:
            raise NotScalarError
        return str(value.dtype.short)

    def _take_parameters(self, variables: Any) -> None:
        block = self._block
        self._loads: list[str] = []
        for number, value in enumerate(variables):
            self._type(value)
            load = "load_bool" if value.dtype.kind == "b" else "load"
            self._loads.append(f"    a{number}_ = {load}(r{number}, U(0))")
            self._names[value] = f"a{number}_"
        for position, value in enumerate(block.condition.inputs[block.count :], block.count):
            self._positions[value] = position
            if value.dtype.kind == "r":
                continue
            self._type(value)
            number = len(self.scalars)
            self.scalars.append(position)
            load = "load_bool" if value.dtype.kind == "b" else "load"
            self._loads.append(f"    c{number}_ = {load}(x{number}, U(0))")
            self._names[value] = f"c{number}_"

    def _iteration(self, variables: Any) -> None:
        names = self._plan(self._block.body)
        fresh = []
        for value, name in zip(variables, names):
            self._count += 1
            self._line(f"w{self._count}_ = {value.dtype.short}({name})")
            fresh.append(f"w{self._count}_")
        for number, name in enumerate(fresh):
            self._line(f"a{number}_ = {name}")
        self._line("k = U(k + U(1))")
        self._line("if failed:")
        self._line("    end = i64(2)")
        self._line("    go = bool(2 < 1)")
        self._line("if k >= stop:")
        self._line("    end = i64(2) if failed else i64(1)")
        self._line("    go = bool(2 < 1)")

    def _plan(self, plan: Plan) -> list[str]:
        """Write the instructions of a plan. Returns: the names of its outputs."""
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

    def _name(self, value: Value) -> str:
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
        self._assign(value, f"{self._name(pred)}", yes, no)
        self._conditions[value] = first & second

    def _assign(self, value: Value, pred: str, yes: str, no: str) -> None:
        self._type(value)
        self._bind(value, f"({yes}) if {pred} else ({no})")

    def _bind(self, value: Value, text: str) -> None:
        self._count += 1
        name = f"e{self._count}_"
        self._line(f"{name} = {text}")
        self._names[value] = name

    def _constant(self, instruction: Instruction) -> None:
        array = instruction.attrs["value"]
        value = instruction.outputs[0]
        self._type(value)
        if array.shape:
            raise NotScalarError
        self._names[value] = literal(array, value.dtype)

    def _elementwise(self, instruction: Instruction) -> None:
        if not instruction.is_pure or scalar_text(instruction) is None:
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
        index = f"i64({self._name(instruction.inputs[1])})"
        self._count += 1
        at, element = f"p{self._count}_", f"g{self._count}_"
        self._line(f"{at} = {index}")
        self._line(f"if ({at} >= i64(0)) and ({at} < load(l{position}, U(0))):")
        self._line(f"    if load(rm{position}, U({at})) == u8(1):")  # 2: elements that may be read again
        self._line("        failed = bool(1 < 2)")
        self._line(f"    if load(rm{position}, U({at})) == u8(0):")
        self._line(f"        store(rm{position}, U({at}), u8(1))")
        if writes:
            self._line(f"    store(rw{position}, U({at}), {self._name(instruction.inputs[2])})")
        else:
            self._line(f"    {element} = load(qw{position}, U({at}))")
        self._line("else:")
        self._line("    failed = bool(1 < 2)")
        if writes:
            self._names[instruction.outputs[0]] = "f32(0.0)"
        else:
            self._line(f"    {element} = {dtype.short}(0)")
            self._names[instruction.outputs[0]] = element
