"""`Plan`: the pruned, ordered, frozen program of a signature, in single-assignment form.

Text form, which `parse` reads back (comments are left out):

    plan(%x: f32[?,3], %y: f32[?,3]) -> %3
      %1: f32[?,3] = Exp %x {T=f32}          # tower/Exp  model.py:6
      %3: f32[?,3] = AddV2 %1, %y {T=f32}    # tower/add  model.py:7
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from ...ops.definition.kernel_call import group_inputs
from ...ops.definition.opdef import Effects, OpDef
from ...ops.types.dtypes import DType


class Value:
    """One value of a plan: a name, a type, and what is known of its shape (ints, None, or symbolic integers)."""

    __slots__ = ("dtype", "extents", "name")

    def __init__(self, name: str, dtype: DType, extents: Any) -> None:
        self.name = name
        self.dtype = dtype
        self.extents = extents

    @property
    def is_reference(self) -> bool:
        """Whether this is a place (a variable's own output) rather than an array."""
        return self.dtype._is_ref_dtype

    def __repr__(self) -> str:
        return f"%{self.name}"


class Instruction:
    """One line of a plan.

    Attributes:
      op_def: the definition of the operation.
      attrs: its attributes.
      inputs, outputs: Values, flat.
      op: the Operation of the user's graph it comes from, or None for one that the compiler made.
      output: for one of several outputs of an operation, taken apart by the compiler, its number.
      scalar: the pattern of one element, None if there is none; `fusion/formulas.py` fills it in.
      call: calls its kernel; `executors/kernels.py` makes it when first needed.
      guards: values it waits for by control edges from inside a branch: it does not run if one of them is dead.
    """

    __slots__ = ("attrs", "call", "guards", "inputs", "op", "op_def", "output", "outputs", "scalar")

    def __init__(
        self, op_def: OpDef, attrs: dict[str, Any], inputs: Sequence[Value], outputs: Sequence[Value], op: Any = None
    ) -> None:
        self.op_def = op_def
        self.attrs = attrs
        self.inputs = tuple(inputs)
        self.outputs = tuple(outputs)
        self.op = op
        self.output = 0
        self.scalar: Any = ...
        self.call: Any = None
        self.guards: tuple[Value, ...] = ()

    @property
    def effects(self) -> Effects:
        return self.op_def.effects

    @property
    def is_pure(self) -> bool:
        return self.op_def.effects.resource is None

    @property
    def is_constant(self) -> bool:
        return self.op_def.is_constant

    @property
    def blocks(self) -> tuple[Plan, ...]:
        """The plans inside, of a loop."""
        return self.attrs["block"].plans if self.op_def.flow == "loop" else ()

    @property
    def origin(self) -> str:
        """`tower/Exp  model.py:6`, or an empty string."""
        if self.op is None:
            return ""
        place = self.op.created_at
        return self.op.name if place is None else f"{self.op.name}  {place}"

    def with_inputs(self, inputs: Sequence[Value], guards: Sequence[Value] | None = None) -> Instruction:
        """The same instruction over other inputs, and maybe other guards."""
        result = Instruction(self.op_def, self.attrs, inputs, self.outputs, self.op)
        result.guards = self.guards if guards is None else tuple(guards)
        return result

    def arguments(self, values: Sequence[Any]) -> list[Any]:
        """Group flat input values as the kernel takes them: a list input as one list."""
        return group_inputs(self.op_def, self.attrs, values)

    def __repr__(self) -> str:
        from .text import instruction_text

        return instruction_text(self)


class Plan:
    """A program: inputs (the feeds), instructions in order, outputs (the fetches).

    A plan is not changed once made: passes return new ones.

    Attributes:
      given: inputs, truth values, that it was made for: it is for calls with these alone.
    """

    __slots__ = ("_has_effects", "given", "inputs", "instructions", "outputs")

    def __init__(self, inputs: Iterable[Value], instructions: Iterable[Instruction], outputs: Iterable[Value]) -> None:
        self.inputs = tuple(inputs)
        self.instructions = tuple(instructions)
        self.outputs = tuple(outputs)
        self.given: dict[Value, bool] = {}
        self._has_effects: bool | None = None

    def replaced(self, instructions: Iterable[Instruction], outputs: Iterable[Value] | None = None) -> Plan:
        """This plan with other instructions, and maybe other outputs."""
        made = Plan(self.inputs, instructions, self.outputs if outputs is None else outputs)
        made.given = self.given
        return made

    def producers(self) -> dict[Value, Instruction]:
        """From each value to the instruction that makes it."""
        return {value: instruction for instruction in self.instructions for value in instruction.outputs}

    @property
    def has_flow(self) -> bool:
        """Whether there are branches or loops."""
        return any(instruction.op_def.flow for instruction in self.instructions)

    def everything(self) -> Iterator[Instruction]:
        """All instructions, those in the bodies of loops too."""
        for instruction in self.instructions:
            yield instruction
            for plan in instruction.blocks:
                yield from plan.everything()

    @property
    def has_effects(self) -> bool:
        """Whether an instruction reads or writes state. Each step asks."""
        if self._has_effects is None:
            self._has_effects = any(not instruction.is_pure for instruction in self.instructions)
        return self._has_effects

    def __str__(self) -> str:
        from .text import plan_text

        return plan_text(self)

    def __repr__(self) -> str:
        return f"<Plan of {len(self.instructions)} instructions, {len(self.inputs)} -> {len(self.outputs)}>"


def equal(a: Plan, b: Plan) -> bool:
    """Whether two plans say the same, whatever their origins."""
    from .text import plan_text

    return plan_text(a, origins=False) == plan_text(b, origins=False)
