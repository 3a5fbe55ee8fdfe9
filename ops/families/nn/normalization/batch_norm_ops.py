"""Batch normalisation in one operation, in its three versions, and its gradient.

In training the moments are those of the batch; the outputs `batch_mean` and `batch_variance` are for running averages,
the variance with Bessel's correction. `reserve_space` holds what the gradient needs: mean and variance as they were
divided by.
"""

from __future__ import annotations

from typing import Any, Final

import numpy as np

from ....base.errors import InvalidArgumentError
from ....definition.opdef import OpDef
from ....definition.shapes import merge_extent, with_rank
from ....types import dtypes
from ....types.dtypes import bfloat16, float32, half
from . import batch_norm_expansions as expansions
from . import batch_norm_gradients as gradients


def _is_first(data_format: bytes) -> bool:
    return data_format[1:2] == b"C"


def _rank(attrs: Any) -> int:
    return len(attrs["data_format"])


def _normalized_shape(query: Any) -> list[Any]:
    rank = _rank(query.attrs)
    shape = with_rank(query.shapes[0], rank)
    axis = 1 if _is_first(query.attrs["data_format"]) else rank - 1
    channels = shape[axis]
    used = 3 if query.attrs["is_training"] else 5
    for vector in query.shapes[1:used]:
        channels = merge_extent(channels, with_rank(vector, 1)[0])
    return [(*shape[:axis], channels, *shape[axis + 1 :]), *[(channels,)] * 4]


def _normalized_shape_v3(query: Any) -> list[Any]:
    return [*_normalized_shape(query), None]


def _gradient_shape(query: Any) -> list[Any]:
    rank = _rank(query.attrs)
    shape = tuple(
        merge_extent(dy, x) for dy, x in zip(with_rank(query.shapes[0], rank), with_rank(query.shapes[1], rank))
    )
    axis = 1 if _is_first(query.attrs["data_format"]) else rank - 1
    channels = shape[axis]
    for vector in query.shapes[2:5]:
        channels = merge_extent(channels, with_rank(vector, 1)[0])
    return [(*shape[:axis], channels, *shape[axis + 1 :]), (channels,), (channels,), (0,), (0,)]


def _axes(x: Any, data_format: bytes) -> tuple[tuple[int, ...], tuple[int, ...]]:
    """The axes to fold, and the shape that makes a vector of channels broadcast."""
    if x.ndim != len(data_format):
        raise ValueError(f"input must be {len(data_format)}-dimensional, got shape {list(x.shape)}")
    channel = 1 if _is_first(data_format) else x.ndim - 1
    folded = tuple(axis for axis in range(x.ndim) if axis != channel)
    return folded, tuple(-1 if axis == channel else 1 for axis in range(x.ndim))


def _check_channels(x: Any, data_format: bytes, **vectors: Any) -> None:
    channels = x.shape[1 if _is_first(data_format) else -1]
    for name, vector in vectors.items():
        if vector.shape != (channels,):
            raise InvalidArgumentError(
                None, None, f"{name} must have {channels} elements, one per channel, got shape {list(vector.shape)}"
            )


def _normalize(
    x: Any, scale: Any, offset: Any, mean: Any, variance: Any,
    *, epsilon: float, exponential_avg_factor: float, data_format: bytes, is_training: bool,
) -> Any:  # fmt: skip
    _check_channels(x, data_format, scale=scale, offset=offset)
    folded, wide = _axes(x, data_format)
    values = x.astype(np.float32, copy=False)
    if not is_training:
        _check_channels(x, data_format, mean=mean, variance=variance)
        used_mean, used_variance, running = mean, variance, (mean, variance)
    else:
        used_mean, used_variance, running = _moments(values, folded, mean, variance, exponential_avg_factor)
    factor = scale / np.sqrt(used_variance + np.float32(epsilon))
    result = (values - used_mean.reshape(wide)) * factor.reshape(wide) + offset.reshape(wide)
    return (result.astype(x.dtype, copy=False), *(np.array(part) for part in running), used_mean, used_variance)


def _moments(x: Any, folded: tuple[int, ...], mean: Any, variance: Any, factor: float) -> Any:
    """Mean and variance of the batch, and what the running averages become."""
    count = x.size // x.shape[next(axis for axis in range(x.ndim) if axis not in folded)] if x.size else 0
    used_mean = np.mean(x, axis=folded, dtype=np.float32) if count else np.full(_left(x, folded), np.nan, np.float32)
    distance = x - np.expand_dims(used_mean, folded)
    squares = np.sum(distance * distance, axis=folded, dtype=np.float32)
    used_variance = squares / np.float32(count) if count else used_mean.copy()
    unbiased = squares / np.float32(max(count - 1, 1)) if count else used_mean.copy()
    if factor == 1.0:
        return used_mean, used_variance, (used_mean, unbiased)
    share = np.float32(factor)
    return used_mean, used_variance, (
        used_mean * share + mean * (np.float32(1) - share),
        unbiased * share + variance * (np.float32(1) - share),
    )  # fmt: skip


def _left(x: Any, folded: tuple[int, ...]) -> tuple[int, ...]:
    return tuple(extent for axis, extent in enumerate(x.shape) if axis not in folded)


def _normalize_v3(
    x: Any, scale: Any, offset: Any, mean: Any, variance: Any,
    *, epsilon: float, exponential_avg_factor: float, data_format: bytes, is_training: bool,
) -> Any:  # fmt: skip
    results = _normalize(
        x, scale, offset, mean, variance, epsilon=epsilon, exponential_avg_factor=exponential_avg_factor,
        data_format=data_format, is_training=is_training,
    )  # fmt: skip
    return (*results, np.zeros((), np.float32))


def _normalize_backprop(
    dy: Any, x: Any, scale: Any, mean: Any, variance: Any, *, epsilon: float, data_format: bytes, is_training: bool
) -> Any:
    _check_channels(x, data_format, scale=scale, reserve_space_1=mean, reserve_space_2=variance)
    if dy.shape != x.shape:
        raise ValueError(f"x and y_backprop must have the same shape: {list(x.shape)} vs {list(dy.shape)}")
    folded, wide = _axes(x, data_format)
    values, gradient = x.astype(np.float32, copy=False), dy.astype(np.float32, copy=False)
    inverse = np.float32(1) / np.sqrt(variance + np.float32(epsilon))
    distance = values - mean.reshape(wide)
    offset_gradient = np.sum(gradient, axis=folded, dtype=np.float32)
    projected = np.sum(gradient * distance, axis=folded, dtype=np.float32)
    scale_gradient = projected * inverse
    if is_training:
        count = np.float32(max(x.size // max(x.shape[1 if _is_first(data_format) else -1], 1), 1))
        along = (projected * inverse * inverse / count).reshape(wide)
        gradient = gradient - (offset_gradient / count).reshape(wide) - distance * along
    result = gradient * (scale * inverse).reshape(wide)
    empty = np.zeros(0, np.float32)
    return result.astype(x.dtype, copy=False), scale_gradient, offset_gradient, empty, empty


def _normalize_backprop_v3(
    dy: Any, x: Any, scale: Any, mean: Any, variance: Any, unused: Any,
    *, epsilon: float, data_format: bytes, is_training: bool,
) -> Any:  # fmt: skip
    return _normalize_backprop(
        dy, x, scale, mean, variance, epsilon=epsilon, data_format=data_format, is_training=is_training
    )


_IMAGES: Final = (b"NHWC", b"NCHW")
_ALL: Final = (*_IMAGES, b"NDHWC", b"NCDHW")
_GRADIENT_ATTRS: Final = {
    "epsilon": ("float", 0.0001),
    "data_format": ("string", b"NHWC"),
    "is_training": ("bool", True),
}
_ATTRS: Final = {**_GRADIENT_ATTRS, "exponential_avg_factor": ("float", 1)}
_MIXED: Final = (half, bfloat16, float32)
_SAVED: Final = "batch_mean: {0}, batch_variance: {0}, reserve_space_1: {0}, reserve_space_2: {0}"

FUSED_BATCH_NORM = OpDef(
    name="FusedBatchNorm",
    signature=f"x: T, scale: T, offset: T, mean: T, variance: T -> y: T, {_SAVED.format('T')}",
    where={"T": (float32,), "data_format": _IMAGES},
    attrs=_ATTRS,
    shape=_normalized_shape,
    kernel=_normalize,
    expansion=expansions.normalized,
    ulp=64,
    gradient=gradients.normalized("FusedBatchNormGrad"),
)

FUSED_BATCH_NORM_V2 = OpDef(
    name="FusedBatchNormV2",
    signature=f"x: T, scale: U, offset: U, mean: U, variance: U -> y: T, {_SAVED.format('U')}",
    where={"T": _MIXED, "U": (float32,), "data_format": _IMAGES},
    attrs=_ATTRS,
    shape=_normalized_shape,
    kernel=_normalize,
    expansion=expansions.normalized,
    ulp=64,
    gradient=gradients.normalized("FusedBatchNormGradV2"),
)

FUSED_BATCH_NORM_V3 = OpDef(
    name="FusedBatchNormV3",
    signature=f"x: T, scale: U, offset: U, mean: U, variance: U -> y: T, {_SAVED.format('U')}, reserve_space_3: U",
    where={"T": _MIXED, "U": (bfloat16, float32), "data_format": _ALL},
    attrs=_ATTRS,
    shape=_normalized_shape_v3,
    kernel=_normalize_v3,
    expansion=expansions.normalized_v3,
    ulp=64,
    gradient=gradients.normalized("FusedBatchNormGradV3"),
)

_GRADIENTS: Final = (
    "x_backprop: T, scale_backprop: {0}, offset_backprop: {0}, reserve_space_{1}: {0}, reserve_space_{2}: {0}"
)

FUSED_BATCH_NORM_GRAD = OpDef(
    name="FusedBatchNormGrad",
    signature=(
        f"y_backprop: T, x: T, scale: T, reserve_space_1: T, reserve_space_2: T -> {_GRADIENTS.format('T', 3, 4)}"
    ),
    where={"T": (float32,), "data_format": _IMAGES},
    attrs=_GRADIENT_ATTRS,
    shape=_gradient_shape,
    kernel=_normalize_backprop,
    expansion=expansions.backprop,
    ulp=256,
    gradient=gradients.normalized_twice,
)

FUSED_BATCH_NORM_GRAD_V2 = OpDef(
    name="FusedBatchNormGradV2",
    signature=(
        f"y_backprop: T, x: T, scale: float32, reserve_space_1: U, reserve_space_2: U -> {_GRADIENTS.format('U', 3, 4)}"
    ),
    where={"T": _MIXED, "U": (float32,), "data_format": _IMAGES},
    attrs=_GRADIENT_ATTRS,
    shape=_gradient_shape,
    kernel=_normalize_backprop,
    expansion=expansions.backprop,
    ulp=256,
    gradient=gradients.normalized_twice,
)

FUSED_BATCH_NORM_GRAD_V3 = OpDef(
    name="FusedBatchNormGradV3",
    signature=(
        "y_backprop: T, x: T, scale: float32, reserve_space_1: U, reserve_space_2: U, reserve_space_3: U -> "
        f"{_GRADIENTS.format('U', 4, 5)}"
    ),
    where={"T": _MIXED, "U": (float32,), "data_format": _ALL},
    attrs=_GRADIENT_ATTRS,
    shape=_gradient_shape,
    kernel=_normalize_backprop_v3,
    expansion=expansions.backprop,
    ulp=256,
    gradient=gradients.normalized_twice,
)


def _global_kernel(
    t: Any, m: Any, v: Any, beta: Any, gamma: Any, *, variance_epsilon: float, scale_after_normalization: bool
) -> Any:
    factor = 1 / np.sqrt(v + t.dtype.type(variance_epsilon))
    if scale_after_normalization:
        factor = factor * gamma
    return ((t - m) * factor + beta).astype(t.dtype, copy=False)


def _global_shape(query: Any) -> Any:
    *space, channels = with_rank(query.shapes[0], 4)
    for vector in query.shapes[1:]:
        channels = merge_extent(channels, with_rank(vector, 1)[0])
    return (*space, channels)


BATCH_NORM_WITH_GLOBAL_NORMALIZATION = OpDef(
    name="BatchNormWithGlobalNormalization",
    signature="t: T, m: T, v: T, beta: T, gamma: T -> result: T",
    where={"T": (float32, dtypes.float64)},
    attrs={"variance_epsilon": ("float",), "scale_after_normalization": ("bool",)},
    shape=_global_shape,
    kernel=_global_kernel,
    gradient=gradients.with_global_moments,
)
