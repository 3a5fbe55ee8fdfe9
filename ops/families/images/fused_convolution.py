"""Images that are resized and padded by their mirror image, then convolved: what `optimize_for_inference` makes."""

from __future__ import annotations

from typing import Any, Final

from ...building.composed import ARRAYS
from ...definition.opdef import OpDef
from ...definition.shape_checks import spelled_extent
from ...definition.shape_query import ShapeQuery
from ...definition.shapes import with_rank
from ...types.dtypes import float16, float32, float64
from ...types.tensor_shape import Extents
from ..nn.convolution.convolution_ops import CONV2D

_ATTRS: Final[dict[str, Any]] = {"mode": ("string",), "strides": ("list(int)",), "padding": ("string",)}
_WHERE: Final[dict[str, Any]] = {
    "T": (float16, float32, float64), "mode": (b"REFLECT", b"SYMMETRIC"), "padding": (b"SAME", b"VALID"),
}  # fmt: skip


def _convolved_shape(query: Any, images: Any, paddings: int) -> Extents:
    """The shape of the convolution of images of a shape, padded by an input's values."""
    pads = query.integers(paddings)
    with_rank(query.shapes[paddings], 2)
    padded: list[Any] = [None] * 4
    if pads is not None and len(pads) == 8:
        for axis, extent in enumerate(images):
            before, behind = pads[2 * axis], pads[2 * axis + 1]
            padded[axis] = None if None in (extent, before, behind) else extent + before + behind
    filters = with_rank(query.shapes[-1], 4)
    attrs = {"data_format": b"NHWC", "dilations": (1, 1, 1, 1), "explicit_paddings": (), **query.attrs}
    rule: Any = CONV2D.shape
    found: Extents = rule(ShapeQuery([tuple(padded), filters], attrs, (), lambda index: None, query.makers))
    return found


def _padded_shape(query: Any) -> Extents:
    return _convolved_shape(query, with_rank(query.shapes[0], 4), 1)


def _resized_shape(query: Any) -> Extents:
    batch, _, _, channels = with_rank(query.shapes[0], 4)
    with_rank(query.shapes[1], 1)
    height, width = query.integers(1) or (None, None)
    return _convolved_shape(query, (batch, spelled_extent(height), spelled_extent(width), channels), 2)


def _padded(build: Any, attrs: Any, images: Any, paddings: Any, filters: Any) -> Any:
    mirrored = build("MirrorPad", images, paddings, mode=attrs["mode"])
    return build("Conv2D", mirrored, filters, strides=attrs["strides"], padding=attrs["padding"])


def _padded_kernel(input: Any, paddings: Any, filter: Any, *, mode: bytes, strides: Any, padding: bytes) -> Any:
    return _padded(ARRAYS, {"mode": mode, "strides": strides, "padding": padding}, input, paddings, filter)


FUSED_PAD_CONV2D = OpDef(
    name="FusedPadConv2D",
    signature="input: T, paddings: int32, filter: T -> output: T",
    where=_WHERE,
    attrs=_ATTRS,
    shape=_padded_shape,
    kernel=_padded_kernel,
    expansion=_padded,
    ulp=64,
)


def _resized_kernel(
    input: Any, size: Any, paddings: Any, filter: Any, *, resize_align_corners: bool, mode: bytes, strides: Any,
    padding: bytes,
) -> Any:  # fmt: skip
    images = ARRAYS("ResizeBilinear", input, size, align_corners=resize_align_corners).astype(input.dtype)
    return _padded(ARRAYS, {"mode": mode, "strides": strides, "padding": padding}, images, paddings, filter)


FUSED_RESIZE_AND_PAD_CONV2D = OpDef(
    name="FusedResizeAndPadConv2D",
    signature="input: T, size: int32, paddings: int32, filter: T -> output: T",
    where=_WHERE,
    attrs={"resize_align_corners": ("bool", False), **_ATTRS},
    shape=_resized_shape,
    kernel=_resized_kernel,
)
