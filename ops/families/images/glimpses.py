"""Glimpses: parts of images at places that are computed, noise where they are outside."""

from __future__ import annotations

from typing import Any

import numpy as np

from ...building.build import build
from ...building.default_graph import name_scope
from ...definition.context import KernelContext
from ...definition.opdef import NOT_DIFFERENTIABLE, Effects, OpDef
from ...definition.shape_checks import check_ranks
from ...definition.shapes import merge_extent, with_rank
from ...graph.node import Tensor
from ...types.tensor_shape import Extents


def _glimpse_kernel(
    context: KernelContext, input: Any, size: Any, offsets: Any, *, centered: bool, normalized: bool,
    uniform_noise: bool, noise: bytes,
) -> Any:  # fmt: skip
    if size.shape != (2,) or np.any(size <= 0):
        raise ValueError(f"size must be two positive numbers, got {size.tolist()}")
    if offsets.shape != (len(input), 2):
        raise ValueError(f"offsets must be [{len(input)}, 2], got {list(offsets.shape)}")
    tall, wide = (int(number) for number in size)
    height, width = input.shape[1:3]
    extents, sides = np.array([height, width], np.float32), np.array([tall, wide], np.float32)
    places = offsets.astype(np.float32) * (extents if normalized else np.float32(1))
    if centered:
        places = places / np.float32(2) + extents / np.float32(2)
    places = np.trunc(places - sides / np.float32(2)).astype(np.int64)
    if len(places) and np.all(places >= 0) and np.all(places <= (height - tall, width - wide)):  # no loop over images
        return _windows(input, tall, wide)[np.arange(len(places)), places[:, 0], places[:, 1]]
    result = np.empty((len(input), tall, wide, input.shape[3]), np.float32)
    for image, part, (top, left) in zip(input, result, places.tolist()):
        bottom, right = top + tall, left + wide
        if top < 0 or left < 0 or bottom > height or right > width:
            _fill(context, part, image, uniform_noise, noise)
        rows, columns = (max(top, 0), min(bottom, height)), (max(left, 0), min(right, width))
        if rows[0] < rows[1] and columns[0] < columns[1]:
            inside = part[rows[0] - top : rows[1] - top, columns[0] - left : columns[1] - left]
            inside[...] = image[rows[0] : rows[1], columns[0] : columns[1]]
    return result


def _windows(images: Any, tall: int, wide: int) -> Any:
    """A view of all windows that lie within the images: [image, top, left, tall, wide, channel]."""
    count, height, width, channels = images.shape
    per_image, per_row, per_column, per_channel = images.strides
    return np.lib.stride_tricks.as_strided(
        images,
        (count, height - tall + 1, width - wide + 1, tall, wide, channels),
        (per_image, per_row, per_column, per_row, per_column, per_channel),
        writeable=False,
    )


def _fill(context: KernelContext, part: Any, image: Any, uniform: bool, noise: bytes) -> None:
    """Noise: of the interval that the image's numbers lie in, of their mean and deviation in each channel, or none."""
    if noise == b"zero":
        part[...] = 0
        return
    random = context.state.random.setdefault(  # type: ignore[attr-defined]
        context.op, np.random.default_rng()
    )
    if noise == b"gaussian" or not uniform:
        part[...] = random.normal(image.mean((0, 1)), image.std((0, 1)), part.shape)
    else:
        part[...] = random.uniform(image.min((0, 1)), image.max((0, 1)), part.shape)


def _glimpse_shape(query: Any) -> Extents:
    check_ranks(query, 4, 1, 2)
    images, _, _, channels = with_rank(query.shapes[0], 4)
    count, pair = with_rank(query.shapes[2], 2)
    merge_extent(pair, 2)
    merge_extent(with_rank(query.shapes[1], 1)[0], 2)
    size = query.integers(1)
    height, width = (int(size[0]), int(size[1])) if size is not None else (None, None)
    return merge_extent(images, count), height, width, channels


EXTRACT_GLIMPSE = OpDef(
    name="ExtractGlimpse",
    signature="input: float32, size: int32, offsets: float32 -> glimpse: float32",
    attrs={
        "centered": ("bool", True), "normalized": ("bool", True), "uniform_noise": ("bool", True),
        "noise": ("string", b"uniform"),
    },
    shape=_glimpse_shape,
    kernel=_glimpse_kernel,
    effects=Effects("random", reads=True, writes=True),
    gradient=NOT_DIFFERENTIABLE,
)  # fmt: skip


def extract_glimpse(
    input: Any, size: Any, offsets: Any, centered: bool = True, normalized: bool = True, uniform_noise: bool = True,
    name: str | None = None,
) -> Tensor:  # fmt: skip
    """Return a window of each image, noise where it is outside of the image.

    Args:
      input: [batch, height, width, channels], float32.
      size: height and width of the windows.
      offsets: [batch, 2]: the windows' centres, y before x.
      centered: whether (0, 0) is the image's centre, not its upper left corner.
      normalized: whether 1 is the height or width, not a pixel.
      uniform_noise: whether noise is uniform, not Gaussian.
    """
    with name_scope(name, "extract_glimpse"):
        result: Tensor = build(
            EXTRACT_GLIMPSE, input, size, offsets, centered=centered, normalized=normalized,
            uniform_noise=uniform_noise,
        )  # fmt: skip
        return result
