"""Patches of images and volumes, put into the channels: `extract_image_patches`, `extract_volume_patches`."""

from __future__ import annotations

from typing import Any

import numpy as np

from ....base.errors import UnimplementedError
from ....building.build import build
from ....definition.opdef import OpDef
from ....definition.shapes import with_rank
from ....graph.node import Tensor, TensorLike
from ....types import dtypes
from ....types.dtypes import REAL
from ....types.tensor_shape import Extents
from ...reductions.reductions import renamed
from . import gradients, unfold
from .convolution_ops import counts_of, setting
from .windows import check_per_axis


def _patches_shape(query: Any) -> Extents:
    attrs = query.attrs
    sizes = attrs["ksizes"]
    rank = len(sizes)
    check_per_axis("ksizes", sizes, rank)
    batch, *space, depth = with_rank(query.shapes[0], rank)
    like = {**attrs, "dilations": attrs.get("rates", (1,) * rank), "data_format": b"NHWC"}
    counts = counts_of(space, sizes[1:-1], like, rank)
    return (batch, *counts, None if depth is None else depth * _volume(sizes))


def _volume(sizes: Any) -> int:
    """The places in a window."""
    return unfold.volume(sizes[1:-1])


def _check_sizes(sizes: Any) -> None:
    if sizes[0] != 1 or sizes[-1] != 1:
        raise UnimplementedError(None, None, "Only support ksizes across space.")


def _cut(x: Any, sizes: Any, strides: Any, rates: Any, padding: bytes) -> Any:
    _check_sizes(sizes)
    axes = setting(x.shape, sizes[1:-1], strides, rates, padding, b"NHWC").axes
    counts = tuple(axis.count for axis in axes)
    rows = unfold.rows_of_windows(unfold.padded(x, axes), axes)
    result = rows.reshape(x.shape[0], *counts, _volume(sizes) * x.shape[-1])
    return np.array(result) if np.shares_memory(result, x) else result


def _image_patches_kernel(images: Any, *, ksizes: Any, strides: Any, rates: Any, padding: bytes) -> Any:
    return _cut(images, ksizes, strides, rates, padding)


def _volume_patches_kernel(input: Any, *, ksizes: Any, strides: Any, padding: bytes) -> Any:
    return _cut(input, ksizes, strides, (1,) * 5, padding)


EXTRACT_IMAGE_PATCHES = OpDef(
    name="ExtractImagePatches",
    signature="images: T -> patches: T",
    where={"T": (*REAL, dtypes.complex64, dtypes.complex128, dtypes.bool_), "padding": (b"SAME", b"VALID")},
    attrs={"ksizes": ("list(int)",), "strides": ("list(int)",), "rates": ("list(int)",), "padding": ("string",)},
    shape=_patches_shape,
    kernel=_image_patches_kernel,
    gradient=gradients.patches,
)

EXTRACT_VOLUME_PATCHES = OpDef(
    name="ExtractVolumePatches",
    signature="input: T -> patches: T",
    where={"T": REAL, "padding": (b"SAME", b"VALID")},
    attrs={"ksizes": ("list(int)",), "strides": ("list(int)",), "padding": ("string",)},
    shape=_patches_shape,
    kernel=_volume_patches_kernel,
    gradient=gradients.patches,
)


def extract_image_patches(
    images: TensorLike, ksizes: Any = None, strides: Any = None, rates: Any = None, padding: Any = None,
    name: str | None = None, sizes: Any = None,
) -> Tensor:  # fmt: skip
    """Return the patches of images, each flat in the channels of one pixel.

    Args:
      images: [batch, height, width, channels].
      ksizes: four integers, the first and last 1: the sizes of a patch; also named `sizes`.
      strides: four integers, the first and last 1: how far patches are apart.
      rates: four integers, the first and last 1: how far the elements of a patch are apart.
      padding: "SAME" or "VALID".
      name: a name for the operation.
    Returns: [batch, rows, columns, ksizes[1] * ksizes[2] * channels].
    Raises: ValueError if a patch does not fit.
    """
    ksizes = renamed("sizes", sizes, "ksizes", ksizes)
    result: Tensor = build(
        EXTRACT_IMAGE_PATCHES, images, name=name, ksizes=ksizes, strides=strides, rates=rates, padding=padding
    )
    return result


def extract_patches(
    images: TensorLike, sizes: Any, strides: Any, rates: Any, padding: Any, name: str | None = None
) -> Tensor:
    """Return the patches of images. See `extract_image_patches`."""
    return extract_image_patches(images, sizes, strides, rates, padding, name)


def extract_volume_patches(
    input: TensorLike, ksizes: Any, strides: Any, padding: Any, name: str | None = None
) -> Tensor:
    """Return the patches of volumes [batch, depth, height, width, channels]. See `extract_image_patches`."""
    result: Tensor = build(EXTRACT_VOLUME_PATCHES, input, name=name, ksizes=ksizes, strides=strides, padding=padding)
    return result
