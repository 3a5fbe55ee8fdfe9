"""Scalar expressions: an instruction over named operands, with the types that numbers and functions have."""

from __future__ import annotations

import re
from functools import cache
from typing import Any

from ...ops.types.dtypes import DType
from ..fusion.fuse import calls_functions, scalar_text
from ..fusion.groups import Group
from ..jit.short_floats import computed_in
from ..plan.plan import Instruction

_FUNCTION = re.compile(r"(?<![\w.])([a-z]\w*)\(")

_LITERAL = re.compile(r"(?<!\w)T\(")


def weight(group: Group) -> int:
    """About how many times the work of an addition each element of a group takes."""
    return sum(map(weight_of, group.instructions))


def weight_of(instruction: Instruction) -> int:
    """About how many times the work of an addition each element of an instruction takes."""
    return 8 if calls_functions(scalar_text(instruction) or "") else 1


def render(instruction: Instruction, operands: list[str]) -> str:
    """The scalar expression of an instruction over named operands."""
    template = scalar_text(instruction)
    assert template is not None, f"{instruction} is not elementwise"
    names: dict[str, Any] = {}
    grouped = instruction.arguments(operands)
    for arg, operand in zip(instruction.op_def.inputs, grouped):
        names[arg.name] = operand
        if isinstance(operand, list):
            names.update({f"{arg.name}_{index}": item for index, item in enumerate(operand)})
    return typed(template, operand_type(instruction)).format(**names)


def operand_type(instruction: Instruction) -> DType:
    """The type that `T(...)` and the functions of a scalar expression mean: the attribute T, else the first input's."""
    declared = instruction.attrs.get("T")
    return declared if isinstance(declared, DType) else instruction.inputs[0].dtype


@cache
def typed(text: str, dtype: DType) -> str:
    """Give an expression its types: `T(0.5)` becomes `f32(0.5)`, `exp(x)` becomes `exp_f32(x)`.

    Of short floats too: they are computed with in float32, but `rounded(x)` becomes `f16(x)`.
    """
    from ..mathlib import FUNCTIONS

    kind = computed_in(dtype).short
    text = _LITERAL.sub(f"{kind}(", text).replace("rounded(", f"{dtype.short}(")
    return _FUNCTION.sub(lambda m: f"{m[1]}_{kind}(" if m[1] in FUNCTIONS else m[0], text)


def cast(text: str, dtype: DType) -> str:
    """The expression as a value of the type."""
    return f"{dtype.short}({text})"


def literal(value: Any, dtype: DType) -> str:
    """A constant as source."""
    if dtype.kind == "f":
        number = float(value)
        if number != number:
            return f"{dtype.short}(nan)"
        if number in (float("inf"), float("-inf")):
            return f"{dtype.short}({'-' if number < 0 else ''}inf)"
        return f"{dtype.short}({number!r})"
    return f"{dtype.short}({value.item() if hasattr(value, 'item') else value})"
