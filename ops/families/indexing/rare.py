"""Positions of axes in other layouts, additions to elements, bits of comparisons: types that few graphs hold."""

from __future__ import annotations

from typing import Any, Final

import numpy as np

from ...base.errors import InvalidArgumentError
from ...building.composed import ARRAYS
from ...building.variants import variant
from ...definition.opdef import NOT_DIFFERENTIABLE, OpDef
from ...definition.shapes import at_least_rank, same_shape
from ...types.dtypes import INDEX, NUMERIC, bool_, float16, float32, float64, int8, int16, int32, int64
from ...types.tensor_shape import Extents
from .scattering import TENSOR_SCATTER_ADD

_FORMATS: Final[dict[str, Any]] = {"src_format": ("string", b"NHWC"), "dst_format": ("string", b"NCHW")}


def _places(src_format: bytes, dst_format: bytes) -> Any:
    """Where each axis of a layout lies in another one."""
    if sorted(src_format) != sorted(dst_format) or len(src_format) != 4:
        raise InvalidArgumentError(
            None, None, f"Source and destination format must be permutations of four axes, got "
            f"{src_format.decode()} and {dst_format.decode()}",
        )  # fmt: skip
    return np.array([dst_format.index(axis) for axis in src_format])


def _dim_map_kernel(x: Any, *, src_format: bytes, dst_format: bytes) -> Any:
    if x.size and not -4 <= x.min() <= x.max() < 4:
        raise InvalidArgumentError(None, None, f"Axes must be in [-4, 4), got {x.tolist()}")
    return _places(src_format, dst_format)[x].astype(x.dtype)


DATA_FORMAT_DIM_MAP = OpDef(
    name="DataFormatDimMap",
    signature="x: T -> y: T",
    where={"T": INDEX},
    attrs={"T": ("type", int32), **_FORMATS},
    shape=same_shape,
    kernel=_dim_map_kernel,
    gradient=NOT_DIFFERENTIABLE,
)


def _permute_kernel(x: Any, *, src_format: bytes, dst_format: bytes) -> Any:
    if x.ndim not in (1, 2) or x.shape[0] != 4 or x.shape[1:] not in ((), (2,)):
        raise InvalidArgumentError(None, None, f"input must have shape [4] or [4,2], got {list(x.shape)}")
    result = np.empty_like(x)
    result[_places(src_format, dst_format)] = x
    return result


DATA_FORMAT_VEC_PERMUTE = OpDef(
    name="DataFormatVecPermute",
    signature="x: T -> y: T",
    where={"T": INDEX},
    attrs={"T": ("type", int32), **_FORMATS},
    shape=same_shape,
    kernel=_permute_kernel,
    gradient=NOT_DIFFERENTIABLE,
)


def _non_aliasing_gradient(g: Any, op: Any, dy: Any) -> list[Any]:
    return [dy, None, g("GatherNd", dy, op.inputs[1])]


SCATTER_ND_NON_ALIASING_ADD = variant(
    TENSOR_SCATTER_ADD,
    "ScatterNdNonAliasingAdd",
    signature="input: T, indices: Tindices, updates: T -> output: T",
    where={"T": NUMERIC, "Tindices": INDEX},
    gradient=_non_aliasing_gradient,
)


def _bits_shape(query: Any) -> Extents:
    shape = at_least_rank(query.shapes[0], 1)
    if shape is None or shape[-1] is None:
        return None if shape is None else (*shape[:-1], None)
    if shape[-1] % 8 != 0:
        raise ValueError(f"Dimension size must be evenly divisible by 8 but is {shape[-1]}")
    return (*shape[:-1], shape[-1] // 8)


def _bits_kernel(input: Any, threshold: Any) -> Any:
    if threshold.ndim:
        raise InvalidArgumentError(None, None, "Compare must be a scalar, but saw shape: " + str(threshold.shape))
    if not input.ndim or input.shape[-1] % 8:
        raise InvalidArgumentError(None, None, f"Inner dimension of input should be divisible by 8: {input.shape}")
    return np.packbits(input > threshold, axis=-1) if input.dtype != bool else np.packbits(input, axis=-1)


COMPARE_AND_BITPACK = OpDef(
    name="CompareAndBitpack",
    signature="input: T, threshold: T -> output: uint8",
    where={"T": (bool_, float16, float32, float64, int8, int16, int32, int64)},
    shape=_bits_shape,
    kernel=_bits_kernel,
    gradient=NOT_DIFFERENTIABLE,
)


def _update_kernel(
    input: Any, begin: Any, end: Any, strides: Any, value: Any, *, begin_mask: int, end_mask: int, ellipsis_mask: int,
    new_axis_mask: int, shrink_axis_mask: int,
) -> Any:  # fmt: skip
    masks = {
        "begin_mask": begin_mask, "end_mask": end_mask, "ellipsis_mask": ellipsis_mask,
        "new_axis_mask": new_axis_mask, "shrink_axis_mask": shrink_axis_mask,
    }  # fmt: skip
    numbers = np.arange(input.size).reshape(input.shape)
    places = ARRAYS("StridedSlice", numbers, begin, end, strides, **masks)
    result = input.copy()
    if places.shape != value.shape and value.size != 1:
        raise InvalidArgumentError(
            None, None, f"Cannot assign value of shape {list(value.shape)} to a slice of shape {list(places.shape)}"
        )
    result.reshape(-1)[places.reshape(-1)] = np.broadcast_to(value, places.shape).reshape(-1)
    return result


TENSOR_STRIDED_SLICE_UPDATE = OpDef(
    name="TensorStridedSliceUpdate",
    signature="input: T, begin: Index, end: Index, strides: Index, value: T -> output: T",
    where={"Index": INDEX},
    attrs={f"{name}_mask": ("int", 0) for name in ("begin", "end", "ellipsis", "new_axis", "shrink_axis")},
    shape=same_shape,
    kernel=_update_kernel,
)


def _tile_grad_shape(query: Any) -> Extents:
    shape, given = query.shapes[0], query.known_integers(1)
    if shape is None or given is None or len(given) != len(shape) or 0 in given:
        return None if shape is None else (None,) * len(shape)
    return tuple(None if extent is None else extent // times for extent, times in zip(shape, given))


def _tile_grad_kernel(input: Any, multiples: Any) -> Any:
    shape: list[int] = []
    for extent, times in zip(input.shape, multiples.tolist()):
        if times < 1 or extent % times:
            raise InvalidArgumentError(None, None, f"Expected multiples that divide {list(input.shape)}, got {times}")
        shape += [times, extent // times]
    return input.reshape(shape).sum(axis=tuple(range(0, len(shape), 2)), dtype=input.dtype)


TILE_GRAD = OpDef(
    name="TileGrad",
    signature="input: T, multiples: int32 -> output: T",
    where={"T": NUMERIC},
    shape=_tile_grad_shape,
    kernel=_tile_grad_kernel,
)
