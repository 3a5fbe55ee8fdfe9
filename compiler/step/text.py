"""A list of actions as text, a line each: what a step does, to be read and to be tested."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from ...ops.types.records import fields_of
from ..codegen.kernel import Kernel
from ..fusion.groups import Call, Group
from ..plan.plan import Instruction, Value
from .actions import Action, ActionList, Argument, Cell, InPlace, Launch, Named, Scalar
from .structure import InArrays, Kept, Keyed, Listed, Made, Nothing, Result, Structure


def actions_text(actions: ActionList) -> str:
    """The text of a step."""
    return "".join(f"{line}\n" for line in _lines(actions.actions))


def _lines(actions: Sequence[Action]) -> list[str]:
    lines: list[str] = []
    for action in actions:
        if isinstance(action, InPlace):
            lines.append(f"InPlace {_text(action.pairs)}")
            for word in ("fresh", "alone"):
                lines.append(f"  {word}:")
                lines += [f"    {line}" for line in _lines(getattr(action, word))]
        elif isinstance(action, Launch):
            lines.append(f"Launch {_text(action.kernel)} {action.gil!r}")
        else:
            parts = [_text(value) for value in fields_of(action)]
            lines.append(" ".join([type(action).__name__, *parts]))
    return lines


def _text(item: Any) -> str:
    if isinstance(item, Value):
        return f"%{item.name}"
    if isinstance(item, Instruction):
        return item.op_def.name if item.op is None else f"{item.op_def.name} '{item.op.name}'"
    if isinstance(item, Kernel):
        results, arguments = (", ".join(map(_text, values)) for values in (item.results, item.arguments))
        return f"{results} = kernel({arguments})"
    if isinstance(item, Group):
        return f"group {item.number}"
    if isinstance(item, Argument | Scalar):
        return f"{type(item).__name__.lower()} {item.number}"
    if isinstance(item, Named):
        return f"named by {_text(item.root)}"
    if isinstance(item, Cell):
        return f"cell of {_text(item.root)}"
    if isinstance(item, Structure):
        return _structure_text(item)
    if isinstance(item, tuple):
        return f"({', '.join(map(_text, item))})"
    if isinstance(item, Call) or hasattr(item, "instruction"):
        return _text(item.instruction)
    return str(item)


def _structure_text(structure: Structure) -> str:
    if isinstance(structure, Result):
        return str(structure.place)
    if isinstance(structure, Nothing):
        return "None"
    parts = [_structure_text(part) for part in structure.parts]
    if isinstance(structure, Keyed):
        return f"{{{', '.join(f'{key!r}: {part}' for key, part in zip(structure.keys, parts))}}}"
    if isinstance(structure, Kept | InArrays):
        return parts[0]
    if isinstance(structure, Made):
        return f"{getattr(structure.function, '__qualname__', structure.function)}({parts[0]})"
    return f"[{', '.join(parts)}]" if isinstance(structure, Listed) else f"({', '.join(parts)})"
