"""What holds of every plan, after every pass:

1. Every value is made once: it is an input, or an output of one instruction.
2. Every instruction comes after those whose outputs it takes.
3. Every output of the plan is made.
4. An instruction has as many inputs as its definition and attributes say, of the types they say; an input declared
   as a reference is one.
5. Instructions with effects stand in the order in which the user made them, unless data or control edges say otherwise.
6. Names of values are unique.
7. The plans inside of a loop keep all of this.
"""

from __future__ import annotations

from ...ops.types.dtypes import DType
from .plan import Instruction, Plan, Value


def verify(plan: Plan) -> Plan:
    """Return the plan. Raises: AssertionError that names the broken invariant."""
    made: set[Value] = set(plan.inputs)
    names = {value.name for value in plan.inputs}
    for instruction in plan.instructions:
        for value in (*instruction.inputs, *instruction.guards):
            assert value in made, f"{value} is used by '{instruction}' before it is made"
        _verify_types(instruction)
        for value in instruction.outputs:
            assert value not in made, f"{value} is made twice"
            assert value.name not in names, f"two values are called {value}"
            made.add(value)
            names.add(value.name)
    for value in plan.outputs:
        assert value in made, f"the output {value} is not made"
    return plan


def _verify_types(instruction: Instruction) -> None:
    if instruction.op_def.flow == "loop":  # its parameters tell its types, references among them
        for plan in instruction.blocks:
            verify(plan)
        return
    at = 0
    for arg in instruction.op_def.inputs:
        wanted, count = _wanted(arg, instruction)
        values = instruction.inputs[at : at + count]
        assert len(values) == count, f"'{instruction}' lacks inputs for {arg.name}"
        for value, dtype in zip(values, wanted):
            assert value.dtype.base_dtype is dtype, f"{arg.name} of '{instruction}' should be {dtype.name}"
            assert value.is_reference == arg.is_ref, f"{arg.name} of '{instruction}': reference or value?"
        at += count
    assert at == len(instruction.inputs), f"'{instruction}' has too many inputs"


def _wanted(arg: object, instruction: Instruction) -> tuple[list[DType], int]:
    attrs = instruction.attrs
    if arg.list_attr:  # type: ignore[attr-defined]
        types = [dtype.base_dtype for dtype in attrs[arg.list_attr]]  # type: ignore[attr-defined]
        return types, len(types)
    count = attrs[arg.number_attr] if arg.number_attr else 1  # type: ignore[attr-defined]
    dtype = arg.dtype or attrs[arg.type_attr]  # type: ignore[attr-defined]
    return [dtype.base_dtype] * count, count
