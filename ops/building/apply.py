"""Building operations that have one output."""

from __future__ import annotations

from typing import Any

from ..definition.opdef import OpDef
from ..graph.node import Tensor
from .build import build


def apply(op_def: OpDef, *inputs: Any, name: str | None = None, **attrs: Any) -> Tensor:
    """Build an operation that has one output."""
    result: Tensor = build(op_def, *inputs, name=name, **attrs)
    return result


def apply_to_values(op_def: OpDef, x: Any, name: str | None = None) -> Any:
    """Build a unary operation; of a SparseTensor, on its values (the operation must keep zeros)."""
    if type(x).__name__ != "SparseTensor":
        return apply(op_def, x, name=name)
    x.graph.unique_name(name or op_def.name)  # TensorFlow tries the whole first: that takes the name
    values = apply(op_def, x.values, name=name)
    return type(x)(indices=x.indices, values=values, dense_shape=x.dense_shape)
