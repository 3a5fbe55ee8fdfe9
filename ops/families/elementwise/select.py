"""Choosing between two tensors by a condition."""

from __future__ import annotations

from typing import Any

import numpy as np

from ...building.apply import apply
from ...definition.opdef import OpDef
from ...definition.shapes import broadcast_shape, merge
from ...graph.node import Tensor, TensorLike


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
)


def _select_scalar(attrs: Any, types: Any) -> str | None:
    return "({t} if {condition} else {e})" if types[1].kind in "fiubc" else None


SELECT_V2 = OpDef(
    name="SelectV2",
    signature="condition: bool, t: T, e: T -> output: T",
    shape=broadcast_shape,
    kernel=lambda condition, t, e: np.where(condition, t, e),
    scalar=_select_scalar,
)


def where(condition: TensorLike, x: Any = None, y: Any = None, name: str | None = None) -> Tensor:
    """Return `x` where `condition` holds and `y` elsewhere; without `x` and `y`, the places where it holds.

    Args:
      condition: bools: a scalar, of the shape of `x`, or a vector that chooses whole rows of `x` and `y`.
      x, y: tensors of one type and shape (no broadcasting, see `where_v2`), or both None.
      name: a name for the operation.
    Returns: a tensor like `x`; without `x`, an int64 matrix with the indices of each True element in a row.
    Raises: ValueError while building if shapes do not fit, or only one of `x` and `y` is given.

    >>> where([True, False], [[1, 2], [3, 4]], [[5, 6], [7, 8]]).shape
    TensorShape([Dimension(2), Dimension(2)])
    """
    return _where(SELECT, condition, x, y, name)


def where_v2(condition: TensorLike, x: Any = None, y: Any = None, name: str | None = None) -> Tensor:
    """Like `where`, but the condition, `x` and `y` broadcast as in NumPy."""
    return _where(SELECT_V2, condition, x, y, name)


def _where(op_def: OpDef, condition: TensorLike, x: Any, y: Any, name: str | None) -> Tensor:
    if (x is None) != (y is None):
        raise ValueError("x and y must both be non-None or both be None.")
    if x is None:
        from ..indexing.positions import where_indices

        result: Tensor = where_indices(condition, name=name)
        return result
    return apply(op_def, condition, x, y, name=name)


def select(condition: TensorLike, t: TensorLike, e: TensorLike, name: str | None = None) -> Tensor:
    """The name of `where` with three arguments in TensorFlow 0.x."""
    return apply(SELECT, condition, t, e, name=name)
