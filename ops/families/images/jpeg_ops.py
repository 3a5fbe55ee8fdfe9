"""JPEG beyond decoding: a part of an image, its shape without the pixels, quality lowered."""

from __future__ import annotations

import io
from typing import Any

import numpy as np

from ...base.errors import InvalidArgumentError
from ...building.build import build
from ...building.convert import convert_to_tensor
from ...building.default_graph import name_scope
from ...definition.opdef import NOT_DIFFERENTIABLE, OpDef
from ...definition.shape_checks import check_ranks, ranked
from ...definition.shapes import scalar_shape
from ...graph.node import Tensor
from ...types import dtypes
from ...types.array_values import as_bytes
from ...types.tensor_shape import Extents
from ..elementwise.compare import equal
from ..random.sampling import random_uniform
from ..strings.parts import substr
from .codecs import JpegWays, decode_jpeg, jpeg_bytes, jpeg_pixels, opened_jpeg
from .colours import convert_image_dtype


def _cropped_kernel(
    contents: Any, crop_window: Any, *, channels: int, ratio: int, fancy_upscaling: bool, try_recover_truncated: bool,
    dct_method: bytes,
) -> Any:  # fmt: skip
    ways = JpegWays(ratio, fancy_upscaling, try_recover_truncated, dct_method)
    pixels = jpeg_pixels(contents, channels, ways)
    top, left, height, width = (int(number) for number in crop_window)
    inside = top >= 0 and left >= 0 and height > 0 and width > 0
    if not inside or top + height > pixels.shape[0] or left + width > pixels.shape[1]:
        raise InvalidArgumentError(
            None,
            None,
            f"Invalid JPEG data or crop window, data size {len(contents.item())}: "
            f"[{top}, {left}, {height}, {width}] of an image of {pixels.shape[0]} by {pixels.shape[1]}",
        )
    return np.ascontiguousarray(pixels[top : top + height, left : left + width])


def _cropped_shape(query: Any) -> Extents:
    check_ranks(query, 0, 1)
    window = query.integers(1)
    height, width = (int(window[2]), int(window[3])) if window is not None and len(window) == 4 else (None, None)
    return height, width, query.attrs["channels"] or None


DECODE_AND_CROP_JPEG = OpDef(
    name="DecodeAndCropJpeg",
    signature="contents: string, crop_window: int32 -> image: uint8",
    attrs={
        "channels": ("int", 0), "ratio": ("int", 1), "fancy_upscaling": ("bool", True),
        "try_recover_truncated": ("bool", False), "acceptable_fraction": ("float", 1), "dct_method": ("string", b""),
    },
    shape=_cropped_shape,
    kernel=_cropped_kernel,
)  # fmt: skip


def decode_and_crop_jpeg(
    contents: Any, crop_window: Any, channels: int = 0, ratio: int = 1, fancy_upscaling: bool = True,
    try_recover_truncated: bool = False, acceptable_fraction: float = 1, dct_method: str = "", name: str | None = None,
) -> Tensor:  # fmt: skip
    """Return a part of a JPEG image, uint8 [height, width, channels].

    Args:
      contents: the bytes, a string scalar.
      crop_window: top, left, height and width, within the image.
      channels: 0: those of the image; ratio and what follows: as of `decode_jpeg`.
    Raises when run: InvalidArgumentError if the bytes are no image or the part is not within it.
    """
    result: Tensor = build(
        DECODE_AND_CROP_JPEG, contents, crop_window, channels=channels or 0, ratio=ratio or 1,
        fancy_upscaling=bool(fancy_upscaling), try_recover_truncated=bool(try_recover_truncated),
        acceptable_fraction=float(acceptable_fraction), dct_method=as_bytes(dct_method), name=name,
    )  # fmt: skip
    return result


def _extent_kernel(contents: Any, *, output_type: Any) -> Any:
    image = opened_jpeg(contents, io.BytesIO(contents.item()))
    return np.array([image.height, image.width, len(image.getbands())], output_type.np_dtype)


EXTRACT_JPEG_SHAPE = OpDef(
    name="ExtractJpegShape",
    signature="contents: string -> image_shape: output_type",
    where={"output_type": dtypes.INDEX},
    attrs={"output_type": ("type", dtypes.int32)},
    shape=ranked(lambda q: (3,), 0),
    kernel=_extent_kernel,
)


def extract_jpeg_shape(contents: Any, output_type: Any = dtypes.int32, name: str | None = None) -> Tensor:
    """Return height, width and channels of a JPEG image, from its head alone."""
    result: Tensor = build(EXTRACT_JPEG_SHAPE, contents, output_type=dtypes.as_dtype(output_type), name=name)
    return result


def is_jpeg(contents: Any, name: str | None = None) -> Tensor:
    """Return whether bytes begin as those of a JPEG image do."""
    with name_scope(name, "is_jpeg"):
        return equal(substr(contents, 0, 3), b"\xff\xd8\xff", name=name)


ENCODE_JPEG_VARIABLE_QUALITY = OpDef(
    name="EncodeJpegVariableQuality",
    signature="images: uint8, quality: int32 -> contents: string",
    shape=ranked(scalar_shape, 3, 0),
    kernel=lambda images, quality: jpeg_bytes(images, int(quality)),
    gradient=NOT_DIFFERENTIABLE,
)


def adjust_jpeg_quality(image: Any, jpeg_quality: Any, name: str | None = None) -> Tensor:
    """Return an image as it is after JPEG of some quality, 0 to 100; of its own type."""
    with name_scope(name, "adjust_jpeg_quality", [image]) as scope:
        image = convert_to_tensor(image, name="image")
        own = image.dtype.base_dtype
        pixels = convert_image_dtype(image, dtypes.uint8)
        quality = convert_to_tensor(jpeg_quality, dtypes.int32)
        decoded = decode_jpeg(build(ENCODE_JPEG_VARIABLE_QUALITY, pixels, quality))
        return convert_image_dtype(decoded, own, saturate=True, name=scope)


def random_jpeg_quality(image: Any, min_jpeg_quality: int, max_jpeg_quality: int, seed: int | None = None) -> Tensor:
    """Return an image after JPEG of a quality that is drawn in each step.

    Args:
      min_jpeg_quality, max_jpeg_quality: the least quality, and that which it stays below.
      seed: of the drawing.
    Raises: ValueError if they are not within [0, 100], or not in this order.
    """
    if min_jpeg_quality < 0 or max_jpeg_quality < 0 or min_jpeg_quality > 100 or max_jpeg_quality > 100:
        raise ValueError("jpeg encoding range must be between 0 and 100.")
    if min_jpeg_quality >= max_jpeg_quality:
        raise ValueError("`min_jpeg_quality` must be less than `max_jpeg_quality`.")
    drawn = random_uniform([], min_jpeg_quality, max_jpeg_quality, dtypes.int32, seed=seed)
    return adjust_jpeg_quality(image, drawn)
