"""Taking operations apart that are made of simpler ones, so that the parts fuse: softmax is max, exp, sum, divide."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from ...ops.building.constant import CONST
from ...ops.definition.opdef import REQUIRED, OpDef
from ...ops.definition.registry import lookup
from ...ops.graph.make_node import output_types
from ...ops.types.dtypes import DType, as_dtype
from ..jit.short_types import computed_in
from ..plan.element_types import is_compiled_type
from ..plan.plan import Instruction, Plan, Value


def expand_composites(plan: Plan) -> Plan:
    """Replace instructions by their expansions.

    Requires: topological order.  Ensures: same outputs within the definitions' `ulp`; only for compiled types.
    """
    if all(instruction.op_def.expansion is None for instruction in plan.instructions):
        return plan
    instructions: list[Instruction] = []
    constants = {i.outputs[0]: i.attrs["value"] for i in plan.instructions if i.is_constant}
    makers = {value: i for i in plan.instructions if i.is_pure for value in i.outputs}
    for instruction in plan.instructions:
        if instruction.op_def.expansion is None or not all(is_compiled_type(v.dtype) for v in instruction.inputs):
            instructions.append(instruction)
        else:
            made = Expander(instruction, constants=constants, makers=makers).run() or [instruction]
            for part in made:
                part.guards = instruction.guards
            instructions += made
    return plan.replaced(instructions)


class Expander:
    """The `build` of an expansion: makes instructions in place of one."""

    def __init__(
        self,
        instruction: Instruction,
        prefix: str = "",
        constants: Mapping[Value, Any] | None = None,
        makers: Mapping[Value, Instruction] | None = None,
    ) -> None:
        self._whole = instruction
        self._prefix = prefix or instruction.outputs[0].name
        self._constants = constants or {}
        self._makers = makers or {}
        self._originals: dict[Value, Value] = {}
        self.made: list[Instruction] = []

    @property
    def extents(self) -> Any:
        """What is known of the shape of the first output."""
        return self._whole.outputs[0].extents

    def run(self) -> list[Instruction]:
        """The instructions; none if the expansion does not apply (it returned None)."""
        expansion: Any = self._whole.op_def.expansion
        inputs = [self._cast(value, computed_in(value.dtype)) for value in self._whole.inputs]
        result = expansion(self, self._whole.attrs, *self._whole.arguments(inputs))
        if result is None:
            return []
        results = result if isinstance(result, tuple) else (result,)
        results = tuple(self._cast(value, output.dtype) for value, output in zip(results, self._whole.outputs))
        return _renamed(self.made, dict(zip(results, self._whole.outputs, strict=True)))

    def evaluate(self, function: Any, inputs: Sequence[Value | None]) -> tuple[Value | None, ...] | None:
        """Call `(build, attrs, *inputs) -> values`, which are of the types of the inputs before they were widened."""
        wide = [None if value is None else self._widened(value) for value in inputs]
        results = function(self, self._whole.attrs, *wide)
        if results is None:
            return None
        narrow = {computed_in(value.dtype): value.dtype for value in reversed(inputs) if value is not None}
        return tuple(
            None
            if value is None
            else self._originals.get(value) or self._cast(value, narrow.get(value.dtype, value.dtype))
            for value in results
        )

    def _widened(self, value: Value) -> Value:
        wide = self._cast(value, computed_in(value.dtype))
        self._originals[wide] = value
        return wide

    def known(self, value: Value) -> Any:
        """The array of a value that is a constant, else None."""
        return self._constants.get(self._originals.get(value, value))

    def maker(self, value: Value) -> Instruction | None:
        """The pure instruction that makes a value, as far as that is known."""
        return self._makers.get(self._originals.get(value, value))

    def constant(self, array: np.ndarray[Any, Any]) -> Value:
        """A constant."""
        array.flags.writeable = False
        value = self._fresh(as_dtype(array.dtype), array.shape)
        self.made.append(Instruction(CONST, {"value": array, "dtype": value.dtype}, (), [value], self._whole.op))
        return value

    def __call__(self, op_type: str, *inputs: Value, **attrs: Any) -> Value:
        """Append an instruction of one output."""
        op_def = lookup(op_type)
        complete = _attributes(op_def, inputs, attrs)
        (dtype,) = output_types(op_def, complete)
        value = self._fresh(dtype, None)
        self.made.append(Instruction(op_def, complete, inputs, [value], self._whole.op))
        return value

    def _cast(self, value: Value, dtype: DType) -> Value:
        """The value in another type: the parts of a composite of short floats are rounded once, at its end."""
        if value.dtype is dtype:
            return value
        result = self("Cast", value, DstT=dtype)
        result.extents = value.extents
        return result

    def _fresh(self, dtype: DType, extents: Any) -> Value:
        name = f"{self._prefix}_{len(self.made)}"
        return Value(name, dtype, extents)


def _renamed(instructions: list[Instruction], names: dict[Value, Value]) -> list[Instruction]:
    """Instructions that make and take other values in place of some."""
    made = []
    for old in instructions:
        inputs, outputs = ([names.get(value, value) for value in values] for values in (old.inputs, old.outputs))
        made.append(Instruction(old.op_def, old.attrs, inputs, outputs, old.op))
    return made


def _attributes(op_def: OpDef, inputs: tuple[Value, ...], attrs: dict[str, Any]) -> dict[str, Any]:
    """Fill in the types that the inputs determine, and defaults."""
    complete = dict(attrs)
    for arg, value in zip(op_def.inputs, inputs):
        if arg.type_attr:
            complete.setdefault(arg.type_attr, value.dtype)
    for name, attr in op_def.attrs.items():
        if name not in complete and attr.default is not REQUIRED:
            complete[name] = attr.default
    return complete
