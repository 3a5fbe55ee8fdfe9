"""Images scaled and moved through a kernel of their neighbourhood: `ScaleAndTranslate`, which version 2 resizes with.

An element of the result lies at `(x + 0.5) / scale - translation / scale` of the image; what is around it is weighed by
a kernel, which is as wide as the scale is small if `antialias` is set, and the weights add up to 1. Elements that lie
outside are 0.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache
from typing import Any, Final

import numpy as np

from ...base.errors import InvalidArgumentError
from ...definition.opdef import OpDef
from ...definition.shape_checks import check_ranks, spelled_extent
from ...definition.shapes import with_rank
from ...types import dtypes
from ...types.tensor_shape import Extents
from .resize_ops import Side, mix, side_of, turned

F: Final = np.float32
_Weight = Callable[[Any], Any]


def _lanczos(radius: float) -> _Weight:
    def weight(x: Any) -> Any:
        with np.errstate(divide="ignore", invalid="ignore"):
            waves = radius * np.sin(np.pi * x) * np.sin(np.pi * x / radius) / (np.pi**2 * x * x)
        return np.where(x > radius, 0.0, np.where(x <= 1e-3, 1.0, waves))

    return weight


def _box(x: Any) -> Any:
    return np.where(x < 0.5, 1.0, np.where(x == 0.5, 0.5, 0.0))


def _gaussian(x: Any) -> Any:
    return np.where(x >= 1.5, 0.0, np.exp(-(x**2) / (2 * 0.5**2)))


def _keys_cubic(x: Any) -> Any:
    near, far = (1.5 * x - 2.5) * x * x + 1, ((-0.5 * x + 2.5) * x - 4) * x + 2
    return np.where(x >= 2, 0.0, np.where(x >= 1, far, near))


def _mitchell_cubic(x: Any) -> Any:
    near = (7 / 6 * x - 2) * x * x + 8 / 9
    far = ((-7 / 18 * x + 2) * x - 10 / 3) * x + 16 / 9
    return np.where(x >= 2, 0.0, np.where(x >= 1, far, near))


_KERNELS: Final[dict[bytes, tuple[float, _Weight]]] = {
    b"lanczos1": (1.0, _lanczos(1.0)),
    b"lanczos3": (3.0, _lanczos(3.0)),
    b"lanczos5": (5.0, _lanczos(5.0)),
    b"gaussian": (1.5, _gaussian),
    b"box": (1.0, _box),
    b"triangle": (1.0, lambda x: np.maximum(0.0, 1 - x)),
    b"keyscubic": (2.0, _keys_cubic),
    b"mitchellcubic": (2.0, _mitchell_cubic),
}


def _weights(before: int, after: int, scale: Any, move: Any, kernel_type: bytes, antialias: bool) -> Any:
    """The weight of each place of a side for each place of the result: [after, before]."""
    if kernel_type not in _KERNELS:
        raise InvalidArgumentError(None, None, f"Unrecognized kernel type: {kernel_type.decode(errors='replace')}")
    radius, weight = _KERNELS[kernel_type]
    inverse = F(1) / F(scale)
    width = max(inverse, F(1)) if antialias else F(1)
    places = (np.arange(after, dtype=np.float32) + F(0.5)) * inverse - inverse * F(move)
    source = np.arange(before)
    first = np.clip(np.ceil(places - F(radius) * width - F(0.5)), 0, before - 1)
    last = np.clip(np.floor(places + F(radius) * width - F(0.5)), 0, before - 1)
    found = weight(np.abs((source + F(0.5) - places[:, None]) / width).astype(np.float64))
    found = np.where((source >= first[:, None]) & (source <= last[:, None]), found, 0.0)
    found[(places < 0) | (places > before)] = 0.0
    total = found.sum(1, keepdims=True)
    is_some = np.abs(total) >= 1000 * np.finfo(np.float32).tiny
    return np.where(is_some, found / np.where(is_some, total, 1.0), found).astype(np.float32)


def sides(extents: Any, size: Any, scale: Any, translation: Any, attrs: Any) -> tuple[Side, Side]:
    """What the rows and the columns of a scaled image are mixed of."""
    if scale.shape != (2,) or translation.shape != (2,):
        raise InvalidArgumentError(None, None, "scale and translation must have two elements")
    if not np.all(scale > 0):
        raise InvalidArgumentError(None, None, "Scale must be greater than zero.")
    rows, columns = (
        _kept(int(before), int(after), float(by), float(move), attrs["kernel_type"], attrs["antialias"])
        for before, after, by, move in zip(extents, size, scale, translation)
    )
    return rows, columns


@lru_cache(32)
def _kept(before: int, after: int, scale: float, move: float, kernel_type: bytes, antialias: bool) -> Side:
    return side_of(_weights(before, after, scale, move, kernel_type, antialias))


def _kernel(images: Any, size: Any, scale: Any, translation: Any, *, kernel_type: bytes, antialias: bool) -> Any:
    if images.ndim != 4 or size.shape != (2,) or not np.all(size > 0):
        raise InvalidArgumentError(
            None, None, f"images must have rank 4 and size two positive elements, got {list(images.shape)}, {size}"
        )
    attrs = {"kernel_type": kernel_type, "antialias": antialias}
    return mix(images.astype(np.float32), *sides(images.shape[1:3], size, scale, translation, attrs))


def _shape(query: Any) -> Extents:
    check_ranks(query, 4, 1, 1, 1)
    batch, _, _, channels = with_rank(query.shapes[0], 4)
    height, width = query.integers(1) or (None, None)
    return batch, spelled_extent(height), spelled_extent(width), channels


def _gradient_kernel(
    grads: Any, original_image: Any, scale: Any, translation: Any, *, kernel_type: bytes, antialias: bool
) -> Any:
    attrs = {"kernel_type": kernel_type, "antialias": antialias}
    rows, columns = sides(original_image.shape[1:3], grads.shape[1:3], scale, translation, attrs)
    return mix(grads, turned(rows), turned(columns))


def _gradient(g: Any, op: Any, dy: Any) -> list[Any]:
    images, _, scale, translation = op.inputs
    attrs = {name: op.attrs[name] for name in ("kernel_type", "antialias")}
    return [g("ScaleAndTranslateGrad", dy, images, scale, translation, **attrs), None, None, None]


_ATTRS: Final[dict[str, Any]] = {"kernel_type": ("string", b"lanczos3"), "antialias": ("bool", True)}
SCALE_AND_TRANSLATE = OpDef(
    name="ScaleAndTranslate",
    signature="images: T, size: int32, scale: float32, translation: float32 -> resized_images: float32",
    where={"T": (dtypes.int8, dtypes.uint8, dtypes.int16, dtypes.uint16, dtypes.int32, dtypes.int64, *dtypes.FLOATS)},
    attrs=_ATTRS,
    shape=_shape,
    kernel=_kernel,
    routine=("scaling",),
    gradient=_gradient,
)
SCALE_AND_TRANSLATE_GRAD = OpDef(
    name="ScaleAndTranslateGrad",
    signature="grads: T, original_image: T, scale: float32, translation: float32 -> output: T",
    where={"T": (dtypes.float32,)},
    attrs=_ATTRS,
    shape=lambda query: query.shapes[1],
    kernel=_gradient_kernel,
    routine=("scaling",),
)
