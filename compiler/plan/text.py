"""The text of a plan, as people read it and `parse` reads it back."""

from __future__ import annotations

import base64
from typing import TYPE_CHECKING, Any

import numpy as np

from ...ops.types.dtypes import DType

if TYPE_CHECKING:
    from .plan import Instruction, Plan, Value

_SMALL = 8  # elements of a constant that are written out


def extents_text(extents: Any) -> str:
    """`[?,3]`, or `[*]` for an unknown rank."""
    if extents is None:
        return "[*]"
    return "[" + ",".join("?" if extent is None else str(extent) for extent in extents) + "]"


def value_text(value: Value) -> str:
    """`%x: f32[?,3]`."""
    return f"%{value.name}: {value.dtype.short}{extents_text(value.extents)}"


def instruction_text(instruction: Instruction) -> str:
    """One line, without its origin; behind `after` stand the guards."""
    text = _unguarded_text(instruction)
    return f"{text} after {', '.join(map(repr, instruction.guards))}" if instruction.guards else text


def _unguarded_text(instruction: Instruction) -> str:
    left = ", ".join(value_text(value) for value in instruction.outputs)
    if instruction.is_constant:
        return f"{left} = Const {_array_text(instruction.attrs['value'])}"
    words = [f"{left} =" if left else "", instruction.op_def.name, ", ".join(map(repr, instruction.inputs))]
    attrs = {k: v for k, v in sorted(instruction.attrs.items()) if not k.startswith("_")}
    if attrs:
        words.append("{" + ", ".join(f"{name}={_attr_text(value)}" for name, value in attrs.items()) + "}")
    return " ".join(word for word in words if word)


def plan_text(plan: Plan, origins: bool = True, groups: Any = None) -> str:
    """The whole plan.

    Args:
      origins: whether to add the user's operation and line as comments.
      groups: instructions per fusion group; grouped ones stand under a `group N:` line.
    """
    head = f"plan({', '.join(map(value_text, plan.inputs))}) -> {', '.join(map(repr, plan.outputs))}"
    lines = [head.rstrip()]
    if groups is None:
        lines += _aligned(_rows(plan.instructions, origins, "  "))
    else:
        lines += _grouped(groups, origins)
    return "\n".join(lines)


def _rows(instructions: Any, origins: bool, indent: str) -> list[tuple[str, str]]:
    """A line per instruction, with its origin; below a loop stand its plans."""
    rows: list[tuple[str, str]] = []
    for instruction in instructions:
        rows.append((indent + instruction_text(instruction), instruction.origin if origins else ""))
        for word, plan in zip(("condition", "body"), instruction.blocks):
            head = f"{word}({', '.join(map(value_text, plan.inputs))}) -> {', '.join(map(repr, plan.outputs))}"
            rows.append((f"{indent}  {head.rstrip()}:", ""))
            rows += _rows(plan.instructions, origins, f"{indent}    ")
    return rows


def _grouped(groups: Any, origins: bool) -> list[str]:
    rows: list[tuple[str, str]] = []
    for title, instructions in groups:
        if title:
            rows.append((f"  {title}:", ""))
        indent = "    " if title else "  "
        rows += _rows(instructions, origins, indent)
    return _aligned(rows)


def _aligned(rows: list[tuple[str, str]]) -> list[str]:
    width = max((len(text) for text, origin in rows if origin and len(text) < 90), default=0)
    return [f"{text:{width}}  # {origin}" if origin else text for text, origin in rows]


def _array_text(array: np.ndarray[Any, Any]) -> str:
    if array.dtype == object:
        return repr(array.tolist())
    if array.size <= _SMALL and array.dtype.kind in "iubfc":
        return repr(array.tolist())
    data = base64.b64encode(np.ascontiguousarray(array).tobytes()).decode()
    return f"base64:{data}"


def _attr_text(value: Any) -> str:
    if isinstance(value, DType):
        return value.short
    if isinstance(value, np.ndarray):
        return f"array({value.dtype.name}, {list(value.shape)}, {_array_text(value)})"
    if isinstance(value, (list, tuple)) and value and all(isinstance(item, DType) for item in value):
        return "types(" + " ".join(item.short for item in value) + ")"
    return repr(value)
