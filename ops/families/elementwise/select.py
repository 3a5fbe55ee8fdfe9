"""Choosing between two tensors by a condition."""

from __future__ import annotations

from typing import Any

import numpy as np

from ...building.apply import apply
from ...definition.opdef import OpDef
from ...definition.shapes import broadcast_shape, merge
from ...graph.node import Tensor, TensorLike
from . import binary_gradients as binary


def _select_shape(query: Any) -> Any:
    """The branches have one shape; the condition is a scalar, has that shape, or says it for each row."""
    condition, t, e = query.shapes
    data = merge(e, t)
    if condition is None or data is None or not len(condition):
        return data
    if len(condition) == 1 and len(data):
        merge(condition, data[:1])
        return data
    return merge(data, condition)


def _select_kernel(condition: Any, t: Any, e: Any) -> Any:
    if t.shape != e.shape:
        raise ValueError(
            f"'then' and 'else' must have the same size. but received: {list(t.shape)} vs. {list(e.shape)}"
        )
    if condition.ndim == 0:
        return t if condition else e
    if condition.ndim == 1 and t.ndim > 1:
        if condition.shape[0] != t.shape[0]:
            raise ValueError(
                f"Number of batches of 'then' must match size of 'cond', but saw: {t.shape[0]} vs. {condition.shape[0]}"
            )
        condition = condition.reshape(-1, *(1,) * (t.ndim - 1))
    elif condition.shape != t.shape:
        raise ValueError(
            "'cond' must be a scalar, a vector or have the shape of 'then': "
            f"{list(condition.shape)} vs. {list(t.shape)}"
        )
    return np.where(condition, t, e)


# No scalar: a vector condition chooses rows, which types and attributes do not tell from broadcasting. The compiler,
# which knows ranks, may treat one whose inputs have the same rank as SelectV2.
SELECT = OpDef(
    name="Select",
    signature="condition: bool, t: T, e: T -> output: T",
    shape=_select_shape,
    kernel=_select_kernel,
    chooses_rows=True,
    gradient=binary.select,
)


def _select_scalar(attrs: Any, types: Any) -> str | None:
    return "({t} if {condition} else {e})" if types[1].kind in "fiubc" else None


SELECT_V2 = OpDef(
    name="SelectV2",
    signature="condition: bool, t: T, e: T -> output: T",
    shape=broadcast_shape,
    kernel=lambda condition, t, e: np.where(condition, t, e),
    scalar=_select_scalar,
    gradient=binary.select_v2,
)


def select(condition: TensorLike, t: TensorLike, e: TensorLike, name: str | None = None) -> Tensor:
    """The name of `where` with three arguments in TensorFlow 0.x."""
    return apply(SELECT, condition, t, e, name=name)


def select_v2(condition: TensorLike, t: TensorLike, e: TensorLike, name: str | None = None) -> Tensor:
    """`where_v2` with three arguments: all of them broadcast."""
    return apply(SELECT_V2, condition, t, e, name=name)
