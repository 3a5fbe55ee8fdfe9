"""Argument makers of the operation types that gradients are made of."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

import numpy as np
from sessile.ops.types import dtypes
from sessile.ops.types.dtypes import DType

from tests.ops.makers.arguments import Call, Maker, data


def _broadcast_axes(dtype: DType) -> Iterator[Call]:
    """Shapes of which one or both were repeated."""
    for note, first, second in (
        ("equal", [2, 3], [2, 3]),
        ("row", [2, 3], [3]),
        ("both", [2, 1, 3], [4, 1]),
        ("scalar", [], [1, 2]),
        ("ones", [1, 2], [2]),
    ):
        yield Call(note, (np.array(first, dtype.np_dtype), np.array(second, dtype.np_dtype)), {})


def _slices(dtype: DType) -> Iterator[Call]:
    """Slices with steps, backwards, with new and taken axes."""
    kind = dtype.np_dtype
    for note, begin, end, strides, shape, masks in (
        ("step", [1, 0], [4, 5], [2, 1], (2, 5), {}),
        ("backwards", [3, 4], [0, 0], [-1, -2], (3, 2), {}),
        ("shrunk", [1, 1], [2, 5], [1, 1], (4,), {"shrink_axis_mask": 1}),
        ("new axis", [0, 1, 0], [1, 3, 0], [1, 1, 1], (1, 2, 5), {"new_axis_mask": 1, "begin_mask": 4, "end_mask": 4}),
    ):
        vectors = [np.array(values, kind) for values in ([4, 5], begin, end, strides)]
        yield Call(note, (*vectors, np.arange(1.0, 1.0 + np.prod(shape)).reshape(shape)), masks)


def _mirrors(dtype: DType) -> Iterator[Call]:
    """Mirrored borders, with the border element and without."""
    for mode in (b"REFLECT", b"SYMMETRIC"):
        pads = np.array([[1, 1], [0, 2]], np.int32)
        yield Call(mode.decode(), (data(dtype, (5, 5)), pads), {"mode": mode})


def _offsets(dtype: DType) -> Iterator[Call]:
    """Where the parts of a join begin."""
    shapes = [np.array([2, width], np.int32) for width in (1, 3, 2)]
    yield Call("columns", (np.array(1, np.int32), shapes), {})


def _channels(dtype: DType) -> Iterator[Call]:
    """Channels last and second."""
    yield Call("last", (data(dtype, (2, 3)),), {"data_format": b"NHWC"})
    yield Call("images", (data(dtype, (2, 2, 2, 3)),), {"data_format": b"NHWC"})
    yield Call("second", (data(dtype, (2, 3, 4)),), {"data_format": b"NCHW"})


_A: Final = np.array([[0, 1], [1, 0], [2, 2]], np.int64)
_B: Final = np.array([[0, 1], [2, 0]], np.int64)


def _sparse_sums(dtype: DType) -> Iterator[Call]:
    """Two lists of indices, and those of their sum."""
    both = np.array([[0, 1], [1, 0], [2, 0], [2, 2]], np.int64)
    yield Call("sum", (data(dtype, (4,)), _A, _B, both), {})


def _sparse_slices(dtype: DType) -> Iterator[Call]:
    """A part of the rows."""
    inside = np.array([[0, 0], [1, 2]], np.int64)
    yield Call("rows", (data(dtype, (2,)), _A, np.array([1, 0], np.int64), inside), {})


def _filled_rows(dtype: DType) -> Iterator[Call]:
    """Rows of which some were filled."""
    yield Call("rows", (np.array([0, 2, 3], np.int64), data(dtype, (5,))), {})


_BOXES: Final = np.array([[0.1, 0.2, 0.8, 0.9], [-0.2, 0.0, 0.5, 1.3]], np.float32)


def _cropped_images(dtype: DType) -> Iterator[Call]:
    """Crops back into their images."""
    grads, size = data(dtypes.float32, (2, 3, 2, 1)), np.array([2, 4, 5, 1], np.int32)
    for method in (b"bilinear", b"nearest"):
        call = (grads, _BOXES, np.array([0, 1], np.int32), size)
        yield Call(method.decode(), call, {"T": dtypes.float32, "method": method})


def _cropped_boxes(dtype: DType) -> Iterator[Call]:
    """How boxes move their crops."""
    grads, image = data(dtypes.float32, (2, 3, 2, 1)), data(dtypes.float32, (2, 4, 5, 1))
    yield Call("bilinear", (grads, image, _BOXES, np.array([0, 1], np.int32)), {})


GRADIENTS: Final[dict[str, Maker]] = {
    "BiasAddGrad": _channels,
    "BroadcastGradientArgs": _broadcast_axes,
    "ConcatOffset": _offsets,
    "CropAndResizeGradBoxes": _cropped_boxes,
    "CropAndResizeGradImage": _cropped_images,
    "MirrorPadGrad": _mirrors,
    "SparseAddGrad": _sparse_sums,
    "SparseFillEmptyRowsGrad": _filled_rows,
    "SparseSliceGrad": _sparse_slices,
    "StridedSliceGrad": _slices,
}
