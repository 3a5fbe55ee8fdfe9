"""Rows of an array replaced or added to: `InplaceUpdate`, `InplaceAdd`, `InplaceSub`.

TensorFlow changes the array in memory where it may; here a result is a new array, which is what callers may rely on.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

import numpy as np

from ...base.errors import InvalidArgumentError
from ...building.build import build
from ...definition.opdef import OpDef
from ...graph.node import Tensor, TensorLike
from ...types.dtypes import NUMERIC, int32


def _kernel(change: Callable[[Any, Any], Any]) -> Callable[[Any, Any, Any], Any]:
    def kernel(x: Any, i: Any, v: Any) -> Any:
        if x.ndim < 1 or i.ndim != 1 or v.shape != (i.size, *x.shape[1:]):
            raise InvalidArgumentError(
                None,
                None,
                f"v and x must have rows of one shape, and i one number per row of v: {x.shape} {i.shape} {v.shape}",
            )
        result = x.copy()
        for row, value in zip(np.mod(i, max(1, x.shape[0])), v):
            result[row] = change(result[row], value)
        return result

    return kernel


def _type(name: str, change: Callable[[Any, Any], Any], types: Any = None) -> OpDef:
    return OpDef(
        name=name,
        signature="x: T, i: int32, v: T -> y: T",
        where={} if types is None else {"T": types},
        shape=lambda query: query.shapes[0],  # the rest is checked when it runs, as in TensorFlow
        kernel=_kernel(change),
    )


INPLACE_UPDATE: Final = _type("InplaceUpdate", lambda old, new: new)
INPLACE_ADD: Final = _type("InplaceAdd", lambda old, new: old + new, NUMERIC)
INPLACE_SUB: Final = _type("InplaceSub", lambda old, new: old - new, NUMERIC)


def alias_inplace_update(x: TensorLike, i: TensorLike, v: TensorLike) -> Tensor:
    """Return `x` with the rows `i` replaced by `v`.

    Args:
      x: an array.
      i: a vector of rows, taken modulo their number; or a scalar, with one row as `v`; or None for all rows.
      v: the new rows.
    Source: TensorFlow 1.15, `inplace_ops`.
    """
    return _changed(INPLACE_UPDATE, x, i, v)


def alias_inplace_add(x: TensorLike, i: TensorLike, v: TensorLike) -> Tensor:
    """Return `x` with `v` added to the rows `i`; see `alias_inplace_update`."""
    return _changed(INPLACE_ADD, x, i, v)


def alias_inplace_sub(x: TensorLike, i: TensorLike, v: TensorLike) -> Tensor:
    """Return `x` with `v` taken from the rows `i`; see `alias_inplace_update`."""
    return _changed(INPLACE_SUB, x, i, v)


def _changed(op_def: OpDef, x: Any, i: Any, v: Any) -> Tensor:
    from ...building.convert import convert_to_tensor
    from ..arrays.reshaping import expand_dims, reshape
    from ..arrays.shape_ops import shape
    from ..elementwise.cast import cast

    x = convert_to_tensor(x)
    v = convert_to_tensor(v, dtype=x.dtype.base_dtype)
    if i is None:  # all is one row
        changed = build(op_def, reshape(x, [1, -1]), [0], reshape(v, [1, -1]))
        return reshape(changed, shape(x))
    rows = cast(i, int32)
    if rows.shape.ndims == 0:
        rows, v = reshape(rows, [1]), expand_dims(v, 0)
    return build(op_def, x, rows, v)  # type: ignore[no-any-return]


inplace_update, inplace_add, inplace_sub = alias_inplace_update, alias_inplace_add, alias_inplace_sub
