"""Reductions: the operation types that fold a tensor along axes. Their public functions: `reductions.py`."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

import numpy as np

from ...definition.opdef import NOT_DIFFERENTIABLE, OpDef
from ...definition.reduction import Combine, Reduction, axes_of, reduction_shape, widened
from ...types import dtypes
from ...types.dtypes import INDEX, NUMERIC, REAL, DType
from . import reduction_gradients as gradients

_add: Any = np.add.reduce
_multiply: Any = np.multiply.reduce


def _sum_kernel(x: Any, indices: Any, *, keep_dims: bool) -> Any:
    axes = axes_of(indices, x.ndim)
    # The start value makes the sum of negative zeros a positive one, as it is in TensorFlow.
    total = _add(x, axes, dtype=widened(x.dtype), keepdims=keep_dims, initial=0)
    return np.asarray(total, x.dtype)


def _prod_kernel(x: Any, indices: Any, *, keep_dims: bool) -> Any:
    axes = axes_of(indices, x.ndim)
    return np.asarray(_multiply(x, axes, dtype=widened(x.dtype), keepdims=keep_dims), x.dtype)


def _mean_kernel(x: Any, indices: Any, *, keep_dims: bool) -> Any:
    axes = axes_of(indices, x.ndim)
    count = 1
    for axis in axes:
        count *= x.shape[axis]
    if x.dtype.kind in "iu":
        wide = np.uint64 if x.dtype == np.uint64 else np.int64
        total = _add(x, axes, dtype=wide, keepdims=keep_dims)
        quotient = np.abs(total) // max(count, 1) if wide is np.int64 else total // max(count, 1)
        return np.asarray(np.where(np.less(total, 0), np.negative(quotient), quotient), x.dtype)
    total = _add(x, axes, dtype=widened(x.dtype), keepdims=keep_dims, initial=0)
    if x.dtype.kind == "c":
        return np.asarray(total / max(count, 1), x.dtype)  # TensorFlow's mean of no complex number is 0
    return np.asarray(np.divide(total, np.asarray(count, np.asarray(total).dtype)), x.dtype)


def _extremum(ufunc: Any, largest: bool) -> Callable[..., Any]:
    def kernel(x: Any, indices: Any, *, keep_dims: bool) -> Any:
        axes = axes_of(indices, x.ndim)
        if x.dtype == object:
            return np.asarray(ufunc.reduce(x, axes, keepdims=keep_dims), object)
        start = _extreme_value(x.dtype, not largest)
        wide = x.astype(widened(x.dtype), copy=False)
        return np.asarray(ufunc.reduce(wide, axes, keepdims=keep_dims, initial=start), x.dtype)

    return kernel


def _extreme_value(np_dtype: np.dtype[Any], largest: bool) -> Any:
    if np_dtype.kind in "iu":
        info = np.iinfo(np_dtype)
        return info.max if largest else info.min
    return np_dtype.type(np.inf if largest else -np.inf)


def _extreme_text(largest: bool) -> Callable[[DType], str]:
    def text(dtype: DType) -> str:
        if dtype.kind == "f":
            return "T(1e400)" if largest else "T(-1e400)"  # literals that are infinite
        return f"T({_extreme_value(dtype.np_dtype, largest)})"

    return text


def _logical(ufunc: Any) -> Callable[..., Any]:
    def kernel(x: Any, indices: Any, *, keep_dims: bool) -> Any:
        return np.asarray(ufunc.reduce(x, axes_of(indices, x.ndim), keepdims=keep_dims), bool)

    return kernel


def _euclidean_norm_kernel(x: Any, indices: Any, *, keep_dims: bool) -> Any:
    axes = axes_of(indices, x.ndim)
    wide = x.astype(widened(x.dtype), copy=False)
    squares = wide * np.conj(wide) if x.dtype.kind == "c" else wide * wide
    total = _add(squares, axes, dtype=squares.dtype, keepdims=keep_dims, initial=0)
    if x.dtype.kind in "iu":  # squares that wrapped below 0 have no root
        return np.asarray(np.sqrt(np.maximum(np.asarray(total, np.float64), 0)), x.dtype)
    return np.asarray(np.sqrt(total), x.dtype)


def _mean_accumulator(dtype: DType) -> DType:
    if dtype.kind == "u" and dtype.size == 8:
        return dtypes.uint64
    return dtypes.int64 if dtype.is_integer else dtype


_SIGNATURE: Final = "input: T, reduction_indices: Tidx -> output: T"
_BOOL_SIGNATURE: Final = "input: bool, reduction_indices: Tidx -> output: bool"
_ATTRS: Final[dict[str, tuple[Any, ...]]] = {"keep_dims": ("bool", False), "Tidx": ("type", dtypes.int32)}

SUM = OpDef(
    name="Sum",
    signature=_SIGNATURE,
    where={"T": NUMERIC, "Tidx": INDEX},
    attrs=_ATTRS,
    shape=reduction_shape,
    kernel=_sum_kernel,
    reduction=Reduction(lambda dtype: "T(0)", Combine.SUM),
    computes_extents=True,
    gradient=gradients.sum_,
)

MEAN = OpDef(
    name="Mean",
    signature=_SIGNATURE,
    where={"T": NUMERIC, "Tidx": INDEX},
    attrs=_ATTRS,
    shape=reduction_shape,
    kernel=_mean_kernel,
    reduction=Reduction(
        lambda dtype: "T(0)",
        Combine.SUM,
        finish=lambda dtype: "truncdiv({acc}, T({count}))" if dtype.is_integer else "{acc} / T({count})",
        accumulator=_mean_accumulator,
    ),
    gradient=gradients.mean,
)

PROD = OpDef(
    name="Prod",
    signature=_SIGNATURE,
    where={"T": NUMERIC, "Tidx": INDEX},
    attrs=_ATTRS,
    shape=reduction_shape,
    kernel=_prod_kernel,
    reduction=Reduction(lambda dtype: "T(1)", Combine.PRODUCT),
    computes_extents=True,
    gradient=gradients.prod,
)

MAX = OpDef(
    name="Max",
    signature=_SIGNATURE,
    where={"T": REAL, "Tidx": INDEX},
    attrs=_ATTRS,
    shape=reduction_shape,
    kernel=_extremum(np.maximum, largest=True),
    reduction=Reduction(_extreme_text(largest=False), Combine.LARGEST),
    computes_extents=True,
    gradient=gradients.extremum,
)

MIN = OpDef(
    name="Min",
    signature=_SIGNATURE,
    where={"T": REAL, "Tidx": INDEX},
    attrs=_ATTRS,
    shape=reduction_shape,
    kernel=_extremum(np.minimum, largest=False),
    reduction=Reduction(_extreme_text(largest=True), Combine.SMALLEST),
    computes_extents=True,
    gradient=gradients.extremum,
)

ALL = OpDef(
    name="All",
    signature=_BOOL_SIGNATURE,
    where={"Tidx": INDEX},
    attrs=_ATTRS,
    shape=reduction_shape,
    kernel=_logical(np.logical_and),
    reduction=Reduction(lambda dtype: "T(True)", Combine.ALL),
    gradient=NOT_DIFFERENTIABLE,
)

ANY = OpDef(
    name="Any",
    signature=_BOOL_SIGNATURE,
    where={"Tidx": INDEX},
    attrs=_ATTRS,
    shape=reduction_shape,
    kernel=_logical(np.logical_or),
    reduction=Reduction(lambda dtype: "T(False)", Combine.ANY),
    gradient=NOT_DIFFERENTIABLE,
)

EUCLIDEAN_NORM = OpDef(
    name="EuclideanNorm",
    signature=_SIGNATURE,
    where={"T": NUMERIC, "Tidx": INDEX},
    attrs=_ATTRS,
    shape=reduction_shape,
    kernel=_euclidean_norm_kernel,
    reduction=Reduction(
        lambda dtype: "T(0)", Combine.SUM, map="{x} * {x}", finish=lambda dtype: "sqrt({acc})", kinds="fb"
    ),
    gradient=gradients.euclidean_norm,
)
