"""Moving blocks of space into depth or into the batch, and back."""

from __future__ import annotations

from typing import Any

import numpy as np

from ...building.build import build
from ...definition.extent_math import require_rank
from ...definition.opdef import OpDef
from ...definition.shape_query import ShapeQuery
from ...definition.shapes import at_least_rank, merge
from ...graph.node import Tensor, TensorLike
from ...types import dtypes
from ...types.tensor_shape import Extents
from . import array_gradients as gradients
from .reshaping import either

_FORMAT = {"block_size": ("int",), "data_format": ("string", b"NHWC")}


def _divide(extent: Any, block: Any) -> Any:
    if extent is None or block is None:
        return None
    if extent % block != 0:
        raise ValueError(f"Dimension size must be evenly divisible by {block} but is {extent}")
    return extent // block


def _times(extent: Any, block: Any) -> Any:
    return None if extent is None or block is None else extent * block


def _from_nhwc(extents: Any, data_format: bytes) -> tuple[Any, ...]:
    batch, height, width, depth = extents
    return (batch, depth, height, width) if data_format == b"NCHW" else (batch, height, width, depth)


def _to_nhwc(extents: Any, data_format: bytes) -> tuple[Any, ...]:
    if data_format not in (b"NHWC", b"NCHW"):
        raise ValueError(f"Only NHWC and NCHW data formats are supported, got {data_format.decode()}")
    return tuple(extents[axis] for axis in (0, 2, 3, 1)) if data_format == b"NCHW" else tuple(extents)


def _space_to_depth_shape(query: Any) -> Extents:
    extents = require_rank(query.shapes[0], 4)
    if extents is None:
        return (None,) * 4
    block, data_format = query.attrs["block_size"], query.attrs["data_format"]
    batch, height, width, depth = _to_nhwc(extents, data_format)
    return _from_nhwc((batch, _divide(height, block), _divide(width, block), _times(depth, block * block)), data_format)


def _depth_to_space_shape(query: Any) -> Extents:
    extents = require_rank(query.shapes[0], 4)
    if extents is None:
        return (None,) * 4
    block, data_format = query.attrs["block_size"], query.attrs["data_format"]
    batch, height, width, depth = _to_nhwc(extents, data_format)
    return _from_nhwc((batch, _times(height, block), _times(width, block), _divide(depth, block * block)), data_format)


def _space_to_depth_kernel(x: Any, *, block_size: int, data_format: bytes) -> Any:
    x = x.transpose(0, 2, 3, 1) if data_format == b"NCHW" else x
    batch, height, width, depth = x.shape
    rows, columns = _divide(height, block_size), _divide(width, block_size)
    parts = x.reshape(batch, rows, block_size, columns, block_size, depth).transpose(0, 1, 3, 2, 4, 5)
    result = parts.reshape(batch, rows, columns, block_size * block_size * depth)
    return result.transpose(0, 3, 1, 2) if data_format == b"NCHW" else result


def _depth_to_space_kernel(x: Any, *, block_size: int, data_format: bytes) -> Any:
    x = x.transpose(0, 2, 3, 1) if data_format == b"NCHW" else x
    batch, height, width, depth = x.shape
    left = _divide(depth, block_size * block_size)
    parts = x.reshape(batch, height, width, block_size, block_size, left).transpose(0, 1, 3, 2, 4, 5)
    result = parts.reshape(batch, height * block_size, width * block_size, left)
    return result.transpose(0, 3, 1, 2) if data_format == b"NCHW" else result


SPACE_TO_DEPTH = OpDef(
    name="SpaceToDepth",
    signature="input: T -> output: T",
    attrs=_FORMAT,
    shape=_space_to_depth_shape,
    kernel=_space_to_depth_kernel,
    gradient=gradients.space_to_depth,
)

DEPTH_TO_SPACE = OpDef(
    name="DepthToSpace",
    signature="input: T -> output: T",
    attrs=_FORMAT,
    shape=_depth_to_space_shape,
    kernel=_depth_to_space_kernel,
    gradient=gradients.depth_to_space,
)


def space_to_depth(input: TensorLike, block_size: int, name: str | None = None, data_format: str = "NHWC") -> Tensor:
    """Return images with each square of `block_size` by `block_size` pixels put into the channels of one.

    Args:
      input: images, rank 4.
      block_size: the side of a square; it divides the height and width.
      name: a name for the operation.
      data_format: "NHWC" or "NCHW".
    """
    result: Tensor = build(SPACE_TO_DEPTH, input, name=name, block_size=block_size, data_format=data_format)
    return result


def depth_to_space(input: TensorLike, block_size: int, name: str | None = None, data_format: str = "NHWC") -> Tensor:
    """Return images with the channels of each pixel spread over a square of pixels: undoes `space_to_depth`."""
    result: Tensor = build(DEPTH_TO_SPACE, input, name=name, block_size=block_size, data_format=data_format)
    return result


def _block_arguments(query: Any, what: str) -> tuple[list[Any] | None, list[Any] | None, int | None]:
    """The extents of a block, the paddings or crops (named `what`), how many dimensions are divided; None: unknown."""
    shape = query.shapes[1]
    if shape is not None and len(shape) != 1:
        raise ValueError("block_shape must have rank 1.")
    count = None if shape is None or shape[0] is None else int(shape[0])
    merge((count, 2), query.shapes[2])
    block = query.known_integers(1)
    amounts = query.known_integers(2)
    if block is not None and any(type(size) is int and size < 1 for size in block):
        raise ValueError("block_shape must be positive")
    if amounts is not None and any(type(amount) is int and amount < 0 for amount in amounts):
        raise ValueError(f"{what} cannot be negative")
    return block, amounts, count


def _space_to_batch_shape(query: Any) -> Extents:
    extents = query.shapes[0]
    block, paddings, count = _block_arguments(query, "paddings")
    if extents is None or count is None:
        return extents if extents is None else (None,) * len(extents)
    at_least_rank(extents, count + 1)
    middle: list[Any] = []
    batch = extents[0]
    for axis in range(count):
        extent = extents[axis + 1]
        size = None if block is None else block[axis]
        batch = _times(batch, size)
        if extent is not None and paddings is not None:
            extent = extent + paddings[2 * axis] + paddings[2 * axis + 1]
        middle.append(None if paddings is None else _divide(extent, size))
    return (batch, *middle, *extents[count + 1 :])


def _batch_to_space_shape(query: Any) -> Extents:
    extents = query.shapes[0]
    block, crops, count = _block_arguments(query, "crops")
    if extents is None or count is None:
        return extents if extents is None else (None,) * len(extents)
    at_least_rank(extents, count + 1)
    middle: list[Any] = []
    batch = extents[0]
    for axis in range(count):
        size = None if block is None else block[axis]
        batch = _divide(batch, size)
        extent = _times(extents[axis + 1], size)
        if extent is not None and crops is not None:
            extent = extent - crops[2 * axis] - crops[2 * axis + 1]
            if type(extent) is int and extent < 0:
                raise ValueError(f"Negative dimension size caused by cropping: {extent}")
        middle.append(None if crops is None else extent)
    return (batch, *middle, *extents[count + 1 :])


def _kernel_block(x: Any, block_shape: Any, amounts: Any, what: str) -> list[int]:
    """The extents of a block. Raises: ValueError as the shape rules do, for what was not known to them."""
    values = (None, block_shape, amounts)
    query = ShapeQuery([x.shape, block_shape.shape, amounts.shape], {}, None, values.__getitem__)
    _block_arguments(query, what)
    at_least_rank(x.shape, len(block_shape) + 1)
    return [int(size) for size in block_shape.tolist()]


def _space_to_batch_kernel(x: Any, block_shape: Any, paddings: Any) -> Any:
    block = _kernel_block(x, block_shape, paddings, "paddings")
    count = len(block)
    amounts = [(0, 0), *((int(a), int(b)) for a, b in paddings.tolist()), *[(0, 0)] * (x.ndim - 1 - count)]
    x = np.pad(x, amounts)
    parts: list[int] = [x.shape[0]]
    for axis, size in enumerate(block):
        extent = x.shape[axis + 1]
        if extent % size:
            raise ValueError(f"padded_shape[{axis}]={extent} is not divisible by block_shape[{axis}]={size}")
        parts += [extent // size, size]
    rest = x.shape[count + 1 :]
    x = x.reshape(*parts, *rest)
    sizes, outer = range(2, 2 * count + 1, 2), range(1, 2 * count, 2)
    x = x.transpose(*sizes, 0, *outer, *range(2 * count + 1, x.ndim))
    return x.reshape(parts[0] * int(np.prod(block, dtype=np.int64)), *parts[1::2], *rest)


def _batch_to_space_kernel(x: Any, block_shape: Any, crops: Any) -> Any:
    block = _kernel_block(x, block_shape, crops, "crops")
    count = len(block)
    total = int(np.prod(block, dtype=np.int64))
    if x.shape[0] % total:
        raise ValueError(f"Input batch dimension ({x.shape[0]}) is not divisible by product of block sizes ({total})")
    batch, inner, rest = x.shape[0] // total, x.shape[1 : count + 1], x.shape[count + 1 :]
    x = x.reshape(*block, batch, *inner, *rest)
    order = [count]
    for axis in range(count):
        order += [count + 1 + axis, axis]
    x = x.transpose(*order, *range(2 * count + 1, x.ndim))
    x = x.reshape(batch, *(extent * size for extent, size in zip(inner, block)), *rest)
    key = [slice(None)]
    for axis, (before, behind) in enumerate(crops.tolist()):
        stop = x.shape[axis + 1] - int(behind)
        if before < 0 or behind < 0 or stop < before:
            raise ValueError(f"crops[{axis}] must be non-negative and leave something: {before}, {behind}")
        key.append(slice(int(before), stop))
    return x[tuple(key)]


_BLOCK_TYPES = {"Tblock_shape": ("type", dtypes.int32)}

SPACE_TO_BATCH_ND = OpDef(
    name="SpaceToBatchND",
    signature="input: T, block_shape: Tblock_shape, paddings: Tpaddings -> output: T",
    where={"Tblock_shape": dtypes.INDEX, "Tpaddings": dtypes.INDEX},
    attrs={**_BLOCK_TYPES, "Tpaddings": ("type", dtypes.int32)},
    shape=_space_to_batch_shape,
    kernel=_space_to_batch_kernel,
    gradient=gradients.space_to_batch,
)

BATCH_TO_SPACE_ND = OpDef(
    name="BatchToSpaceND",
    signature="input: T, block_shape: Tblock_shape, crops: Tcrops -> output: T",
    where={"Tblock_shape": dtypes.INDEX, "Tcrops": dtypes.INDEX},
    attrs={**_BLOCK_TYPES, "Tcrops": ("type", dtypes.int32)},
    shape=_batch_to_space_shape,
    kernel=_batch_to_space_kernel,
    gradient=gradients.batch_to_space,
)


def space_to_batch_nd(
    input: TensorLike, block_shape: TensorLike, paddings: TensorLike, name: str | None = None
) -> Tensor:
    """Return `input` with blocks of its dimensions behind the first one moved into the first, after zero padding.

    Args:
      input: the tensor; its first dimension is the batch.
      block_shape: the extents of a block, one per dimension that is divided.
      paddings: zeros to add before and behind each of these dimensions.
      name: a name for the operation.
    """
    result: Tensor = build(SPACE_TO_BATCH_ND, input, block_shape, paddings, name=name)
    return result


def batch_to_space_nd(input: TensorLike, block_shape: TensorLike, crops: TensorLike, name: str | None = None) -> Tensor:
    """Undo `space_to_batch_nd`: blocks of the batch go back into space, then `crops` is cut off."""
    result: Tensor = build(BATCH_TO_SPACE_ND, input, block_shape, crops, name=name)
    return result


def space_to_batch(
    input: TensorLike,
    paddings: TensorLike,
    block_size: int | None = None,
    name: str | None = None,
    block_shape: int | None = None,
) -> Tensor:
    """`space_to_batch_nd` for images and square blocks of `block_size`."""
    size = either("block_size", block_size, "block_shape", block_shape)
    return space_to_batch_nd(input, np.array([size, size], np.int64), paddings, name=name)


def batch_to_space(
    input: TensorLike,
    crops: TensorLike,
    block_size: int | None,
    name: str | None = None,
    block_shape: int | None = None,
) -> Tensor:
    """`batch_to_space_nd` for images and square blocks of `block_size`."""
    size = either("block_size", block_size, "block_shape", block_shape)
    return batch_to_space_nd(input, np.array([size, size], np.int64), crops, name=name)
