"""Running folds along an axis: `cumsum`, `cumprod`, `cumulative_logsumexp`."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

import numpy as np

from ...building.build import build
from ...building.convert import convert_to_tensor
from ...building.default_graph import name_scope
from ...definition.opdef import OpDef
from ...definition.reduction import widened
from ...definition.shapes import same_shape
from ...graph.node import Tensor, TensorLike
from ...types import dtypes
from ...types.dtypes import FLOATS, INDEX, NUMERIC
from . import segment_gradients as gradients


def _scan_axis(axis: Any, rank: int) -> int:
    if np.ndim(axis) > 0:
        raise ValueError(f"ScanOp: axis must be a scalar, not {list(np.shape(axis))}")
    found = int(axis)
    if not -rank <= found < rank:
        raise ValueError(f"ScanOp: Expected scan axis in the range [{-rank}, {rank}), but got {found}")
    return found


def _scan_kernel(fold: Callable[..., Any], start: float) -> Callable[..., Any]:
    def kernel(x: Any, axis: Any, *, exclusive: bool, reverse: bool) -> Any:
        along = _scan_axis(axis, x.ndim)
        source = np.flip(x, along) if reverse else x
        result = fold(source, axis=along)
        if exclusive:
            index = [slice(None)] * x.ndim
            index[along] = slice(0, x.shape[along] - 1 if x.shape[along] else 0)
            first = list(x.shape)
            first[along] = min(1, x.shape[along])
            result = np.concatenate([np.full(first, start, x.dtype), result[tuple(index)]], along)
        return np.flip(result, along) if reverse else result

    return kernel


def _cumsum(x: Any, axis: int) -> Any:
    return np.cumsum(x, axis, dtype=x.dtype)


def _cumprod(x: Any, axis: int) -> Any:
    return np.cumprod(x, axis, dtype=x.dtype)


def _cumulative_logsumexp(x: Any, axis: int) -> Any:
    if not x.size:
        return x
    return np.logaddexp.accumulate(x.astype(widened(x.dtype), copy=False), axis).astype(x.dtype, copy=False)


_ATTRS: Final[dict[str, tuple[Any, ...]]] = {
    "exclusive": ("bool", False),
    "reverse": ("bool", False),
    "Tidx": ("type", dtypes.int32),
}

CUMSUM = OpDef(
    name="Cumsum",
    signature="x: T, axis: Tidx -> out: T",
    where={"T": NUMERIC, "Tidx": INDEX},
    attrs=_ATTRS,
    shape=same_shape,
    kernel=_scan_kernel(_cumsum, 0),
    gradient=gradients.cumsum,
    routine=("scan", "sum"),
)

CUMPROD = OpDef(
    name="Cumprod",
    signature="x: T, axis: Tidx -> out: T",
    where={"T": NUMERIC, "Tidx": INDEX},
    attrs=_ATTRS,
    shape=same_shape,
    kernel=_scan_kernel(_cumprod, 1),
    gradient=gradients.cumprod,
    routine=("scan", "prod"),
)

CUMULATIVE_LOGSUMEXP = OpDef(
    name="CumulativeLogsumexp",
    signature="x: T, axis: Tidx -> out: T",
    where={"T": FLOATS, "Tidx": INDEX},
    attrs=_ATTRS,
    shape=same_shape,
    kernel=_scan_kernel(_cumulative_logsumexp, -np.inf),
    gradient=gradients.cumulative_logsumexp,
    routine=("scan", "logsumexp"),
)


def _scan(op: OpDef, x: TensorLike, axis: Any, exclusive: Any, reverse: Any, name: str | None) -> Tensor:
    with name_scope(name, op.name, [x]) as scope:
        tensor = convert_to_tensor(x, name="x")
        for argument, value in (("exclusive", exclusive), ("reverse", reverse)):
            if not isinstance(value, (bool, np.bool_)):
                raise TypeError(f"Expected bool for argument '{argument}' not {value!r}.")
        result: Tensor = build(op, tensor, axis, name=scope, exclusive=bool(exclusive), reverse=bool(reverse))
        return result


def cumsum(
    x: TensorLike, axis: Any = 0, exclusive: bool = False, reverse: bool = False, name: str | None = None
) -> Tensor:
    """Return the sums of all elements up to each one along `axis`.

    Args:
      x: numbers.
      axis: the axis to walk along.
      exclusive: whether an element itself is left out of its sum.
      reverse: whether to walk from the end.
      name: a name for the operation.
    Raises: TypeError if a flag is no bool; InvalidArgumentError when running if the axis is out of range.
    """
    return _scan(CUMSUM, x, axis, exclusive, reverse, name)


def cumprod(
    x: TensorLike, axis: Any = 0, exclusive: bool = False, reverse: bool = False, name: str | None = None
) -> Tensor:
    """Return the products of all elements up to each one along `axis`. See `cumsum`."""
    return _scan(CUMPROD, x, axis, exclusive, reverse, name)


def cumulative_logsumexp(
    x: TensorLike, axis: Any = 0, exclusive: bool = False, reverse: bool = False, name: str | None = None
) -> Tensor:
    """Return `log(cumsum(exp(x)))` along `axis` without overflow on the way. See `cumsum`."""
    return _scan(CUMULATIVE_LOGSUMEXP, x, axis, exclusive, reverse, name)
