"""The table of operation types, from their definitions."""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Iterator
from functools import cache
from pathlib import Path

from sessile.ops import families
from sessile.ops.definition.families import load_all
from sessile.ops.definition.opdef import NOT_DIFFERENTIABLE, REGISTRY, OpDef


def tables() -> str:
    """Return the tables, one a family."""
    load_all()
    rooms: dict[str, list[OpDef]] = {}
    for definition, room in sorted(_rooms().items(), key=lambda item: (item[1], item[0].name)):
        if not definition.name.startswith("_"):
            rooms.setdefault(room, []).append(definition)
    lines = [f"{sum(map(len, rooms.values()))} types.", ""]
    for room, definitions in rooms.items():
        lines += [f"## {room.replace('_', ' ')}", "", "| type | arguments | types | runs | gradient | touches |"]
        lines += ["| --- | --- | --- | --- | --- | --- |", *map(_row, definitions), ""]
    return "\n".join(lines)


@cache
def _rooms() -> dict[OpDef, str]:
    """From each definition to its family: the folder of the first module that has it, and its name in quotes."""
    found: dict[OpDef, str] = {}
    for info in sorted(pkgutil.walk_packages(families.__path__, f"{families.__name__}."), key=lambda info: info.name):
        module = importlib.import_module(info.name)
        family = info.name.removeprefix(f"{families.__name__}.").split(".")[0]
        text = Path(module.__file__ or "").read_text(encoding="utf-8")
        for value in vars(module).values():
            if isinstance(value, OpDef) and (f'"{value.name}"' in text or f'"{value.name} ' in text):
                found.setdefault(value, family)
    return {definition: found.get(definition) or _room_of_kernel(definition) for definition in REGISTRY.values()}


def _room_of_kernel(definition: OpDef) -> str:
    """The family of a type that a function made: that of its kernel, or of nothing."""
    module = getattr(definition.kernel, "__module__", None) or ""
    inside = module.partition(f"{families.__name__}.")[2]
    return inside.split(".")[0] or "others"


def _row(definition: OpDef) -> str:
    types = "; ".join(_types(definition)) or "-"
    touches = definition.effects.resource or ""
    signature = definition.signature.replace("|", "\\|").strip()
    shown = f"`{signature}`" if signature != "->" else "-"
    return f"| `{definition.name}` | {shown} | {types} | {runs(definition)} | {gradient(definition)} | {touches} |"


def _types(definition: OpDef) -> Iterator[str]:
    types = {name: None for name, attr in definition.attrs.items() if attr.kind in ("type", "list(type)")}
    for name, allowed in {**types, **definition.where}.items():
        if allowed is None:
            yield f"{name}: any"
        elif len(allowed) > 6:
            yield (
                f"{name}: {len(allowed)} types" if hasattr(allowed[0], "as_numpy_dtype") else f"{name}: {len(allowed)}"
            )
        else:
            yield f"{name}: " + " ".join(getattr(item, "name", str(item)) for item in allowed)


def runs(definition: OpDef) -> str:
    """Return how a type is computed in a compiled step, in a word."""
    free = definition.is_constant or definition.is_placeholder or definition.passes_on or definition.reshapes
    kinds = (
        ("control", bool(definition.flow)),
        ("BLAS", definition.product is not None),
        ("window", bool(definition.convolution or definition.pooling)),
        ("in place", bool(definition.update or definition.row_update)),
        ("loop", bool(definition.scalar or definition.expansion or definition.reduction or definition.index_map)),
        ("free", free),
        ("loop", definition.converts or definition.chooses_rows),
    )
    return next((kind for kind, applies in kinds if applies), "interpreted")


def gradient(definition: OpDef) -> str:
    """Return whether a type has a gradient, in a word."""
    if definition.gradient is None:
        return "-"
    return "none" if definition.gradient == NOT_DIFFERENTIABLE else "yes"


__all__ = ["gradient", "runs", "tables"]
