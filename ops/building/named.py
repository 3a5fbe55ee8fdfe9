"""Several results by name: what the functions of one operation type with several outputs return."""

from __future__ import annotations

from collections import namedtuple
from functools import cache
from typing import Any

from ..definition.opdef import OpDef
from .build import build


@cache
def result_type(op_def: OpDef) -> Any:
    """The named tuple of a type's outputs, with the type's name, as in TensorFlow."""
    return namedtuple(op_def.name, [output.name for output in op_def.outputs])


def build_named(op_def: OpDef, /, *inputs: Any, name: str | None = None, **attrs: Any) -> Any:
    """Add an operation, as `build` does; returns its outputs as a named tuple. Raises: what `build` does."""
    return result_type(op_def)(*build(op_def, *inputs, name=name, **attrs))
