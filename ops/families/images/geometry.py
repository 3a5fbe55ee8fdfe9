"""Resizing, cropping, padding, flipping and turning images."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from ...building.basic_ops import identity
from ...building.build import build
from ...building.convert import convert_to_tensor
from ...building.default_graph import control_dependencies, name_scope
from ...graph.node import Tensor
from ...graph.partial import static_value
from ...types import dtypes
from ...types.tensor_shape import TensorShape
from ..arrays.padding import pad
from ..arrays.rearranging import reverse
from ..arrays.reshaping import expand_dims, reshape, squeeze
from ..arrays.shape_ops import shape as shape_of
from ..arrays.slicing import slice as slice_of
from ..arrays.stacking import stack
from ..arrays.transposing import transpose
from ..debugging.printing import Assert
from ..elementwise.cast import cast
from ..elementwise.compare import greater_equal, less
from ..elementwise.rounding import floor, maximum, minimum
from ..elementwise.rounding import round as round_of
from ..random.sampling import random_uniform
from . import resize_ops as types
from .counted import count_checks


class ResizeMethod:
    """How images are resized."""

    BILINEAR = 0
    NEAREST_NEIGHBOR = 1
    BICUBIC = 2
    AREA = 3


def _images(image: Any, name: str = "image") -> Tensor:
    """An image, or a batch of them. Raises: ValueError for another rank."""
    image = convert_to_tensor(image, name=name)
    if image.shape.ndims not in (3, 4, None):
        raise ValueError(f"'{name}' must have either 3 or 4 dimensions.")
    result: Tensor = image
    return result


def _as_batch(function: Callable[[Tensor], Tensor], image: Tensor) -> Tensor:
    """What a function makes of batches, for one image (so what decoders give, of unknown rank) or for a batch."""
    if image.shape.ndims == 4:
        return function(image)
    batch = expand_dims(image, 0)
    batch.set_shape([None] * 4)
    return squeeze(function(batch), [0])


def resize_images(
    images: Any,
    size: Any,
    method: Any = ResizeMethod.BILINEAR,
    align_corners: bool = False,
    preserve_aspect_ratio: bool = False,
    name: str | None = None,
) -> Tensor:
    """Return images in another size.

    Args:
      images: [batch, height, width, channels], or one image without the first dimension.
      size: height and width, int32.
      method: one of `ResizeMethod`, or "bilinear", "nearest", "bicubic", "area".
      align_corners: whether the corner pixels of both sizes coincide.
      preserve_aspect_ratio: whether `size` only bounds the result.
    Returns: float32, or the type of the images for nearest neighbours, or if the size is theirs already.
    Raises: ValueError for images of another rank, another method, or a size that is no pair.
    """
    with name_scope(name, "resize", [images, size]):
        images = _images(images, "images")
        if images.shape.ndims is None:
            raise ValueError("'images' contains no shape.")
        size = convert_to_tensor(size, dtypes.int32, name="size")
        if not size.shape.is_compatible_with([2]):
            raise ValueError("'size' must be a 1-D Tensor of 2 elements: new_height, new_width")
        if preserve_aspect_ratio:
            size = _bounded(images, size)
        known = static_value(size)
        own = images.shape.as_list()[-3:-1] if images.shape.ndims is not None else [None, None]
        if known is not None and own == known.tolist():
            result: Tensor = images
            return result
        return _as_batch(lambda batch: _resized(batch, size, method, align_corners), images)


def resize_images_v2(
    images: Any, size: Any, method: str = "bilinear", preserve_aspect_ratio: bool = False, antialias: bool = False,
    name: str | None = None,
) -> Tensor:  # fmt: skip
    """Return images in another size, as TensorFlow 2 does it: pixels have half a pixel between them and the border.

    Raises: NotImplementedError for `antialias`.
    """
    if antialias:
        raise NotImplementedError("tf.image.resize with antialias is not built.")
    with name_scope(name, "resize", [images, size]):
        images = _images(images, "images")
        size = convert_to_tensor(size, dtypes.int32, name="size")
        if preserve_aspect_ratio:
            size = _bounded(images, size)
        return _as_batch(lambda batch: _resized(batch, size, method, False, True), images)


def _bounded(images: Tensor, size: Tensor) -> Tensor:
    extents = shape_of(images)
    rank = images.shape.ndims or 0
    height, width = (cast(extents[rank - 3 + axis], dtypes.float32) for axis in (0, 1))
    scale = minimum(cast(size[0], dtypes.float32) / height, cast(size[1], dtypes.float32) / width)
    from ..elementwise.rounding import round as rounded

    return stack([cast(rounded(scale * extent), dtypes.int32) for extent in (height, width)])


def _resized(batch: Tensor, size: Tensor, method: Any, align_corners: bool, half_pixels: bool = False) -> Tensor:
    flags: dict[str, Any] = {"align_corners": align_corners, "half_pixel_centers": half_pixels}
    if method in (ResizeMethod.BILINEAR, "bilinear"):
        result: Tensor = build(types.RESIZE_BILINEAR, batch, size, **flags)
    elif method in (ResizeMethod.NEAREST_NEIGHBOR, "nearest"):
        result = build(types.RESIZE_NEAREST_NEIGHBOR, batch, size, **flags)
    elif method in (ResizeMethod.BICUBIC, "bicubic"):
        result = build(types.RESIZE_BICUBIC, batch, size, **flags)
    elif method in (ResizeMethod.AREA, "area"):
        result = build(types.RESIZE_AREA, batch, size, align_corners=align_corners)
    else:
        raise ValueError("Resize method is not implemented.")
    return result


def _resizer(op_def: Any, doc: str) -> Any:
    def resize(
        images: Any, size: Any, align_corners: bool = False, name: str | None = None, half_pixel_centers: bool = False
    ) -> Tensor:
        flags = {"half_pixel_centers": half_pixel_centers} if "half_pixel_centers" in op_def.attrs else {}
        result: Tensor = build(op_def, images, size, name=name, align_corners=align_corners, **flags)
        return result

    resize.__doc__ = f"Return a batch of images in another size, {doc}; see `resize_images`."
    return resize


resize_bilinear = _resizer(types.RESIZE_BILINEAR, "interpolated linearly")
resize_nearest_neighbor = _resizer(types.RESIZE_NEAREST_NEIGHBOR, "each pixel that of the nearest")
resize_bicubic = _resizer(types.RESIZE_BICUBIC, "interpolated by cubic polynomials")
resize_area = _resizer(types.RESIZE_AREA, "each pixel the mean of its area")


# Cropping and padding.


def _extents(image: Tensor) -> list[Any]:
    """Extents, plain where they are known."""
    known = image.shape.as_list()
    dynamic = shape_of(image) if None in known else None
    return [dynamic[axis] if extent is None else extent for axis, extent in enumerate(known)]  # type: ignore[index]


def crop_to_bounding_box(
    image: Any, offset_height: Any, offset_width: Any, target_height: Any, target_width: Any
) -> Tensor:
    """Return the part of an image (or of each of a batch) of that size, from that place on.

    Raises: ValueError if it is known to reach beyond the image.
    """
    with name_scope(None, "crop_to_bounding_box", [image]):
        image = _images(image)
        count_checks("crop", image)

        def crop(batch: Tensor) -> Tensor:
            _, height, width, _ = _extents(batch)
            _require(offset_width >= 0, "offset_width must be >= 0.")
            _require(offset_height >= 0, "offset_height must be >= 0.")
            _require(target_width > 0, "target_width must be > 0.")
            _require(target_height > 0, "target_height must be > 0.")
            _require(width >= target_width + offset_width, "width must be >= target + offset.")
            _require(height >= target_height + offset_height, "height must be >= target + offset.")
            begin = stack([0, offset_height, offset_width, 0])
            result = slice_of(batch, begin, stack([-1, target_height, target_width, -1]))
            result.set_shape(_shape(batch, target_height, target_width))
            return result

        return _as_batch(crop, image)


def _require(condition: Any, message: str) -> None:
    if isinstance(condition, (bool, np.bool_)) and not condition:
        raise ValueError(message)


def _shape(batch: Tensor, height: Any, width: Any) -> TensorShape:
    plain = [None if isinstance(extent, Tensor) else int(extent) for extent in (height, width)]
    extents = batch.shape.as_list()
    return TensorShape([extents[0], *plain, extents[3]])


def pad_to_bounding_box(
    image: Any, offset_height: Any, offset_width: Any, target_height: Any, target_width: Any
) -> Tensor:
    """Return an image with zeros around it: at that place in an image of that size.

    Raises: ValueError if it is known not to fit.
    """
    with name_scope(None, "pad_to_bounding_box", [image]):
        image = _images(image)
        count_checks("pad", image)

        def padded(batch: Tensor) -> Tensor:
            _, height, width, _ = _extents(batch)
            below, right = target_height - offset_height - height, target_width - offset_width - width
            _require(offset_height >= 0, "offset_height must be >= 0")
            _require(offset_width >= 0, "offset_width must be >= 0")
            _require(right >= 0, "width must be <= target - offset")
            _require(below >= 0, "height must be <= target - offset")
            amounts = stack([[0, 0], stack([offset_height, below]), stack([offset_width, right]), [0, 0]])
            result = pad(batch, amounts)
            result.set_shape(_shape(batch, target_height, target_width))
            return result

        return _as_batch(padded, image)


def resize_image_with_crop_or_pad(image: Any, target_height: Any, target_width: Any) -> Tensor:
    """Return an image in another size, its middle kept: cropped, or with zeros around it."""
    with name_scope(None, "resize_image_with_crop_or_pad", [image]):
        image = _images(image)
        count_checks("crop_or_pad", image)

        def fitted(batch: Tensor) -> Tensor:
            _, height, width, _ = _extents(batch)
            more_height, more_width = target_height - height, target_width - width
            cropped = crop_to_bounding_box(
                batch, _most(_floor_half(-more_height), 0), _most(_floor_half(-more_width), 0),
                _least(target_height, height), _least(target_width, width),
            )  # fmt: skip
            return pad_to_bounding_box(
                cropped,
                _most(_floor_half(more_height), 0),
                _most(_floor_half(more_width), 0),
                target_height,
                target_width,
            )

        return _as_batch(fitted, image)


def _floor_half(x: Any) -> Any:
    return x // 2


def _most(x: Any, y: Any) -> Any:
    return maximum(x, y) if isinstance(x, Tensor) or isinstance(y, Tensor) else max(x, y)


def _least(x: Any, y: Any) -> Any:
    return minimum(x, y) if isinstance(x, Tensor) or isinstance(y, Tensor) else min(x, y)


def central_crop(image: Any, central_fraction: float) -> Tensor:
    """Return the middle of an image, that share of its height and width. Raises: ValueError outside of (0, 1]."""
    if not 0.0 < central_fraction <= 1.0:
        raise ValueError("central_fraction must be within (0, 1]")
    image = _images(image)
    if image.shape.ndims is None:
        raise ValueError("`image` should either be a Tensor with rank = 3 or rank = 4. Had rank = None.")
    count_checks("central_crop", image)
    if central_fraction == 1.0:
        result: Tensor = image
        return result

    def crop(batch: Tensor) -> Tensor:
        _, height, width, _ = _extents(batch)
        offsets = []
        for extent in (height, width):
            if isinstance(extent, Tensor):
                real = cast(extent, dtypes.float64)
                offsets.append(cast((real - real * central_fraction) / 2, dtypes.int32))
            else:
                offsets.append(int((extent - extent * central_fraction) / 2))
        sizes = [extent - 2 * offset for extent, offset in zip((height, width), offsets)]
        result = slice_of(batch, stack([0, *offsets, 0]), stack([-1, *sizes, -1]))
        result.set_shape(_shape(batch, *sizes))
        return result

    return _as_batch(crop, image)


def resize_image_with_pad(
    image: Any, target_height: int, target_width: int, method: Any = ResizeMethod.BILINEAR, align_corners: bool = False
) -> Tensor:
    """Return an image in another size without changing its proportions, with zeros around it."""
    with name_scope(None, "resize_image_with_pad", [image]):
        image = _images(image)
        for extent, word in ((target_height, "height"), (target_width, "width")):
            if not isinstance(extent, Tensor) and extent <= 0:
                raise ValueError(f"target_{word} must be > 0.")

        def fitted(batch: Tensor) -> Tensor:
            _, height, width, _ = (cast(extent, dtypes.float64) for extent in _extents(batch))
            tall, wide = (cast(extent, dtypes.float64) for extent in (target_height, target_width))
            ratio = maximum(width / wide, height / tall)
            fitting = height / ratio, width / ratio  # what is left is halved before it is rounded
            above, left = (cast(floor((most - part) / 2.0), dtypes.int32) for most, part in zip((tall, wide), fitting))
            resized = _resized(
                batch, stack([cast(floor(part), dtypes.int32) for part in fitting]), method, align_corners
            )
            return pad_to_bounding_box(resized, maximum(above, 0), maximum(left, 0), target_height, target_width)

        return _as_batch(fitted, image)


# Flipping and turning.


def _flip(image: Any, axis: int, name: str) -> Tensor:
    with name_scope(None, name, [image]):
        image = _images(image)
        count_checks("flip", image)
        result = reverse(image, [axis + 1 if image.shape.ndims == 4 else axis])
        if image.shape.ndims is None:
            result.set_shape([None] * 3)
        return result


def flip_left_right(image: Any) -> Tensor:
    """Return images mirrored, left and right."""
    return _flip(image, 1, "flip_left_right")


def flip_up_down(image: Any) -> Tensor:
    """Return images mirrored, up and down."""
    return _flip(image, 0, "flip_up_down")


def _random_flip(image: Any, axis: int, seed: int | None, name: str) -> Tensor:
    with name_scope(None, name, [image]) as scope:
        image = identity(_images(image), name="control_dependency")
        count_checks("random_flip", image)
        if image.shape.ndims == 4:
            count = shape_of(image)[0]
            drawn = random_uniform([count], seed=seed)
            flips = cast(round_of(reshape(drawn, [count, 1, 1, 1])), image.dtype)
            mixed: Tensor = flips * reverse(image, [axis + 1]) + (1 - flips) * image
            return mixed
        from ..control_flow.cond import cond

        chosen = less(random_uniform([], 0, 1.0, seed=seed), 0.5)
        result = cond(chosen, lambda: reverse(image, [axis]), lambda: image, name=scope)
        result.set_shape(image.shape)
        made: Tensor = result
        return made


def random_flip_left_right(image: Any, seed: int | None = None) -> Tensor:
    """Return images mirrored left and right by chance, each with its own."""
    return _random_flip(image, 1, seed, "random_flip_left_right")


def random_flip_up_down(image: Any, seed: int | None = None) -> Tensor:
    """Return images mirrored up and down by chance, each with its own."""
    return _random_flip(image, 0, seed, "random_flip_up_down")


def transpose_image(image: Any, name: str | None = None) -> Tensor:
    """Return images with rows and columns exchanged."""
    with name_scope(name, "transpose", [image]):
        image = _images(image)
        count_checks("transpose", image)
        return transpose(image, [0, 2, 1, 3] if image.shape.ndims == 4 else [1, 0, 2])


def rot90(image: Any, k: Any = 1, name: str | None = None) -> Tensor:
    """Return images turned by `k` quarters against the clock."""
    with name_scope(name, "rot90", [image, k]):
        image = _images(image)
        count_checks("rot90", image)
        k = convert_to_tensor(k, dtypes.int32, name="k")
        known = static_value(k)

        def turned(batch: Tensor, quarters: int) -> Tensor:
            if quarters == 1:
                return transpose(reverse(batch, [2]), [0, 2, 1, 3])
            if quarters == 2:
                return reverse(batch, [1, 2])
            if quarters == 3:
                return reverse(transpose(batch, [0, 2, 1, 3]), [2])
            return batch

        if known is not None:
            return _as_batch(lambda batch: turned(batch, int(known) % 4), image)
        from ..control_flow.case import switch_case

        def by_quarters(batch: Tensor) -> Tensor:
            branches = [lambda quarters=quarters: turned(batch, quarters) for quarters in range(4)]
            result: Tensor = switch_case(k % 4, branches)
            result.set_shape([batch.shape[0], None, None, batch.shape[3]])
            return result

        return _as_batch(by_quarters, image)


def check_at_least(image: Tensor, height: Any, width: Any) -> Tensor:
    """The image, checked when it runs to be of that size at least."""
    extents = shape_of(image)
    checks = [Assert(greater_equal(extents[axis], least), [extents]) for axis, least in ((0, height), (1, width))]
    with control_dependencies(checks):
        result: Tensor = identity(image)
        return result
