"""Scalar expressions: an instruction over operands, constants, and how much work they are."""

from __future__ import annotations

from typing import Any

from ...ops.types.dtypes import DType
from ..fusion.formulas import is_costly, pattern, scalar_pattern
from ..fusion.groups import Group
from ..plan.plan import Instruction
from ..tree.nodes import Cast, Expression, Formula, Number, Operand, Pattern


def weight(group: Group) -> int:
    """About how many times the work of an addition each element of a group takes."""
    return sum(map(weight_of, group.instructions))


def weight_of(instruction: Instruction) -> int:
    """About how many times the work of an addition each element of an instruction takes."""
    return 8 if is_costly(instruction) else 1


def render(instruction: Instruction, operands: list[Expression]) -> Expression:
    """The scalar expression of an instruction over operands."""
    found = scalar_pattern(instruction)
    assert found is not None, f"{instruction} is not elementwise"
    names: dict[str, Any] = {}
    grouped = instruction.arguments(operands)
    for arg, operand in zip(instruction.op_def.inputs, grouped):
        names[arg.name] = operand
        if isinstance(operand, list):
            names.update({f"{arg.name}_{index}": item for index, item in enumerate(operand)})
    return applied(found, names)


def applied(found: Pattern, names: dict[str, Any]) -> Expression:
    """A pattern over operands by name; one that is nothing but its operand is that."""
    if type(found.body) is Operand:
        return names[found.body.name]  # type: ignore[no-any-return]
    return Formula(found, [names[name] for name in found.names])


def formula(text: str, dtype: DType, **names: Expression) -> Expression:
    """The expression of a text over operands by name, `T(...)` and functions being of a type.

    >>> formula("T(1) / {x}", float32, x=Variable("v1"))  # f32(1) / v1
    """
    return applied(pattern(text, dtype), names)


def cast(value: Expression, dtype: DType) -> Expression:
    """The expression as a value of the type."""
    return Cast(dtype.short, value)


def literal(value: Any, dtype: DType) -> Expression:
    """A constant."""
    if dtype.kind == "f":
        return Cast(dtype.short, Number(float(value)))
    return Cast(dtype.short, Number(value.item() if hasattr(value, "item") else value))
