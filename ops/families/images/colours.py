"""Colours: spaces, brightness, contrast, hue, saturation; types of pixels."""

from __future__ import annotations

from typing import Any

import numpy as np

from ...building.basic_ops import identity
from ...building.build import build
from ...building.constant import constant
from ...building.convert import convert_to_tensor
from ...building.default_graph import name_scope
from ...definition.opdef import NOT_DIFFERENTIABLE, OpDef
from ...definition.registry import lookup
from ...definition.shape_checks import last_extent, ranked
from ...definition.shapes import same_shape
from ...graph.node import Tensor
from ...types import dtypes
from ..arrays.rearranging import tile
from ..arrays.reshaping import expand_dims
from ..arrays.shape_ops import rank as rank_of
from ..arrays.stacking import concat
from ..elementwise.cast import cast, saturate_cast
from ..elementwise.exponential import pow as power
from ..linalg.tensordot import tensordot
from ..random.sampling import random_uniform
from . import image_gradients as gradients
from .counted import count_checks

_GRAY = (0.2989, 0.5870, 0.1140)
_YIQ = ((0.299, 0.59590059, 0.2115), (0.587, -0.27455667, -0.52273617), (0.114, -0.32134392, 0.31119955))
_YIQ_BACK = ((1.0, 1.0, 1.0), (0.95598634, -0.27201283, -1.10674021), (0.6208248, -0.64720424, 1.70423049))
_YUV = ((0.299, -0.14714119, 0.61497538), (0.587, -0.28886916, -0.51496512), (0.114, 0.43601035, -0.10001026))
_YUV_BACK = ((1.0, 1.0, 1.0), (0.0, -0.394642334, 2.03206185), (1.13988303, -0.58062185, 0.0))


def convert_image_dtype(image: Any, dtype: Any, saturate: bool = False, name: str | None = None) -> Tensor:
    """Return an image in another type: floats are within [0, 1], integers within the range of their type.

    Args:
      saturate: whether what does not fit is the nearest number that does.
    Raises: AttributeError for a `dtype` that is neither floating-point nor integer, TensorFlow's class for it.
    """
    image = convert_to_tensor(image, name="image")
    dtype = dtypes.as_dtype(dtype)
    if not (dtype.is_floating or dtype.is_integer):
        raise AttributeError(
            f"tf.image.convert_image_dtype makes floating-point and whole numbers, not {dtype.name}: use tf.cast."
        )
    if image.dtype.base_dtype == dtype:
        result: Tensor = identity(image, name=name)
        return result
    with name_scope(name, "convert_image", [image]) as scope:
        convert = saturate_cast if saturate else cast
        if image.dtype.is_integer and dtype.is_integer:
            scale_in, scale_out = image.dtype.max, dtype.max
            if scale_in > scale_out:
                return convert(image // ((scale_in + 1) // (scale_out + 1)), dtype, name=scope)
            return convert(cast(image, dtype) * ((scale_out + 1) // (scale_in + 1)), dtype, name=scope)
        if image.dtype.is_floating and dtype.is_floating:
            result = cast(image, dtype, name=scope)
            return result
        if image.dtype.is_integer:
            result = cast(cast(image, dtype) * (1.0 / image.dtype.max), dtype, name=scope)
            return result
        return convert(image * (dtype.max + 0.5), dtype, name=scope)


def rgb_to_grayscale(images: Any, name: str | None = None) -> Tensor:
    """Return the brightness of colours: one channel instead of three."""
    with name_scope(name, "rgb_to_grayscale", [images]) as scope:
        images = convert_to_tensor(images, name="images")
        own = images.dtype
        flat = convert_image_dtype(images, dtypes.float32)
        gray = expand_dims(tensordot(flat, list(_GRAY), [-1, -1]), -1)
        gray.set_shape(images.shape[:-1].concatenate([1]))
        return convert_image_dtype(gray, own, name=scope)


def grayscale_to_rgb(images: Any, name: str | None = None) -> Tensor:
    """Return gray as colours: three equal channels instead of one. Raises: ValueError if there are others."""
    with name_scope(name, "grayscale_to_rgb", [images]) as scope:
        images = convert_to_tensor(images, name="images")
        if images.shape.ndims and images.shape.as_list()[-1] not in (1, None):
            raise ValueError("Last dimension of a grayscale image should be size 1.")
        count_checks("grayscale_to_rgb", images)
        count = expand_dims(rank_of(images) - 1, 0)
        multiples = concat([_ones(count), [3]], 0)
        result = tile(images, multiples, name=scope)
        result.set_shape(images.shape[:-1].concatenate([3]))
        return result


def _ones(count: Any) -> Any:
    from ..arrays.filling import ones

    return ones(count, dtypes.int32)


def _through(matrix: Any) -> Any:
    def convert(images: Any) -> Tensor:
        images = convert_to_tensor(images, name="images")
        kernel = constant(list(map(list, matrix)), images.dtype.base_dtype, name="kernel")  # integers are refused
        return tensordot(images, kernel, axes=[[images.shape.ndims - 1], [0]])

    return convert


rgb_to_yiq, yiq_to_rgb = _through(_YIQ), _through(_YIQ_BACK)
rgb_to_yuv, yuv_to_rgb = _through(_YUV), _through(_YUV_BACK)


# HSV.


def _rgb_to_hsv_kernel(images: Any) -> Any:
    hue, saturation, value = _hsv(images)
    return np.stack([hue, saturation, value], axis=-1).astype(images.dtype, copy=False)


def _hsv(images: Any) -> tuple[Any, Any, Any]:
    r, g, b = images[..., 0], images[..., 1], images[..., 2]
    value = np.maximum(np.maximum(r, g), b)
    span = value - np.minimum(np.minimum(r, g), b)
    has_colour, is_bright = span > 0, value > 0
    saturation = np.where(is_bright, span / np.where(is_bright, value, 1), 0)
    norm = 1 / (6 * np.where(has_colour, span, 1))
    second, third = norm * (b - r) + 2 / 6, norm * (r - g) + 4 / 6
    hue = np.where(r == value, norm * (g - b), np.where(g == value, second, third))
    hue[~has_colour] = 0
    hue += hue < 0
    return hue, saturation, value


def _hsv_to_rgb_kernel(images: Any) -> Any:
    return _rgb(images[..., 0], images[..., 1], images[..., 2]).astype(images.dtype, copy=False)


def _rgb(hue: Any, saturation: Any, value: Any) -> Any:
    h6 = hue * 6
    channels = np.abs(h6 - 3) - 1, 2 - np.abs(h6 - 2), 2 - np.abs(h6 - 4)
    return np.stack([((channel.clip(0, 1) - 1) * saturation + 1) * value for channel in channels], axis=-1)


RGB_TO_HSV = OpDef(
    name="RGBToHSV", signature="images: T -> output: T", where={"T": dtypes.FLOATS},
    attrs={"T": ("type", dtypes.float32)}, shape=last_extent(same_shape, 3), kernel=_rgb_to_hsv_kernel,
    gradient=gradients.rgb_to_hsv, routine=("colours", "to hsv"),
)  # fmt: skip
HSV_TO_RGB = OpDef(
    name="HSVToRGB", signature="images: T -> output: T", where={"T": dtypes.FLOATS},
    attrs={"T": ("type", dtypes.float32)}, shape=last_extent(same_shape, 3), kernel=_hsv_to_rgb_kernel,
    gradient=NOT_DIFFERENTIABLE, routine=("colours", "to rgb"),
)  # fmt: skip


def rgb_to_hsv(images: Any, name: str | None = None) -> Tensor:
    """Return hue, saturation and value of colours within [0, 1]."""
    result: Tensor = build(RGB_TO_HSV, images, name=name)
    return result


def hsv_to_rgb(images: Any, name: str | None = None) -> Tensor:
    """Return the colours of hues, saturations and values."""
    result: Tensor = build(HSV_TO_RGB, images, name=name)
    return result


def _adjust_hue_kernel(images: Any, delta: Any) -> Any:
    if delta.ndim:
        raise ValueError(f"delta must be a scalar, got shape {list(delta.shape)}")
    hue, saturation, value = _hsv(images.astype(np.float32))
    hue = hue + delta
    return _rgb(hue - np.floor(hue), saturation, value).astype(images.dtype, copy=False)


def _adjust_saturation_kernel(images: Any, scale: Any) -> Any:
    if scale.ndim:
        raise ValueError(f"scale must be a scalar, got shape {list(scale.shape)}")
    hue, saturation, value = _hsv(images.astype(np.float32))
    return _rgb(hue, np.clip(saturation * scale, 0, 1), value).astype(images.dtype, copy=False)


def _adjust_contrast_kernel(images: Any, contrast_factor: Any) -> Any:
    wide = images.astype(np.float32, copy=False)
    height, width, channels = wide.shape[-3:]
    columns = wide.reshape(*wide.shape[:-2], width * channels).sum(axis=-2, dtype=np.float64)  # long rows add fast
    sums = columns.reshape(*wide.shape[:-3], 1, 1, width, channels).sum(axis=-2)
    mean = (sums / max(1, height * width)).astype(np.float32)
    return ((wide - mean) * contrast_factor + mean).astype(images.dtype, copy=False)


_SHORT = {"T": (dtypes.float16, dtypes.float32)}
ADJUST_HUE = OpDef(
    name="AdjustHue", signature="images: T, delta: float32 -> output: T", where=_SHORT,
    attrs={"T": ("type", dtypes.float32)}, shape=ranked(same_shape, -3), kernel=_adjust_hue_kernel,
    routine=("colours", "hue"),
)  # fmt: skip
ADJUST_SATURATION = OpDef(
    name="AdjustSaturation", signature="images: T, scale: float32 -> output: T", where=_SHORT,
    attrs={"T": ("type", dtypes.float32)}, shape=ranked(same_shape, -3), kernel=_adjust_saturation_kernel,
    routine=("colours", "saturation"),
)  # fmt: skip
ADJUST_CONTRAST = OpDef(
    name="AdjustContrastv2", signature="images: T, contrast_factor: float32 -> output: T", where=_SHORT,
    attrs={"T": ("type", dtypes.float32)}, shape=ranked(same_shape, -3, 0), kernel=_adjust_contrast_kernel,
    routine=("contrast",),
    gradient=gradients.adjust_contrast,
)  # fmt: skip


def _back(flat: Tensor, own: Any, scope: str) -> Tensor:
    """The result in the image's own type, named as TensorFlow 1.15 names it: saved graphs are asked for it."""
    same = flat.dtype.base_dtype == own
    name = f"{scope}Identity/" if same else f"{scope}convert_image_1/"  # the first was the way to floats
    return convert_image_dtype(flat, own, saturate=own.is_integer, name=name)


def _in_floats(image: Any, name: str | None, default: str, adjust: Any) -> Tensor:
    """What `adjust` makes of an image of floats, in the image's own type."""
    with name_scope(name, default, [image]) as scope:
        image = convert_to_tensor(image, name="image")
        own = image.dtype.base_dtype
        flat = image if own in (dtypes.float16, dtypes.float32) else convert_image_dtype(image, dtypes.float32)
        return _back(adjust(flat), own, scope)


def adjust_brightness(image: Any, delta: Any) -> Tensor:
    """Return an image with `delta` (a share of the range of its type) added."""

    with name_scope(None, "adjust_brightness", [image, delta]) as scope:

        def adjust(flat: Tensor) -> Tensor:
            result: Tensor = build(lookup("Add"), flat, cast(delta, flat.dtype), name=scope)
            return result

        return _in_floats(image, scope, "adjust_brightness", adjust)


def adjust_contrast(images: Any, contrast_factor: Any) -> Tensor:
    """Return images whose differences from the mean of each channel are multiplied."""
    return _in_floats(images, None, "adjust_contrast", lambda flat: build(ADJUST_CONTRAST, flat, contrast_factor))


def adjust_hue(image: Any, delta: Any, name: str | None = None) -> Tensor:
    """Return an image whose hues are turned by `delta`, within [-1, 1]."""
    return _in_floats(image, name, "adjust_hue", lambda flat: build(ADJUST_HUE, flat, delta))


def adjust_saturation(image: Any, saturation_factor: Any, name: str | None = None) -> Tensor:
    """Return an image whose saturations are multiplied."""
    return _in_floats(image, name, "adjust_saturation", lambda flat: build(ADJUST_SATURATION, flat, saturation_factor))


def adjust_gamma(image: Any, gamma: Any = 1, gain: Any = 1) -> Tensor:
    """Return `gain * image ** gamma` of an image within [0, 1]. Raises: ValueError for a negative `gamma`."""
    if isinstance(gamma, (int, float)) and gamma < 0:
        raise ValueError("Gamma should be a non-negative real number.")
    with name_scope(None, "adjust_gamma", [image, gamma, gain]) as scope:
        image = convert_to_tensor(image, name="image")
        own = image.dtype.base_dtype
        flat = image if own in (dtypes.float16, dtypes.float32) else convert_image_dtype(image, dtypes.float32)
        return _back(gain * power(flat, gamma), own, scope)


def random_brightness(image: Any, max_delta: float, seed: int | None = None) -> Tensor:
    """`adjust_brightness` by a random amount within `[-max_delta, max_delta)`."""
    if max_delta < 0:
        raise ValueError("max_delta must be non-negative.")
    return adjust_brightness(image, random_uniform([], -max_delta, max_delta, seed=seed))


def random_contrast(image: Any, lower: float, upper: float, seed: int | None = None) -> Tensor:
    """`adjust_contrast` by a random factor within `[lower, upper)`."""
    if upper <= lower:
        raise ValueError("upper must be > lower.")
    if lower < 0:
        raise ValueError("lower must be non-negative.")
    return adjust_contrast(image, random_uniform([], lower, upper, seed=seed))


def random_hue(image: Any, max_delta: float, seed: int | None = None) -> Tensor:
    """`adjust_hue` by a random amount within `[-max_delta, max_delta)`."""
    if max_delta > 0.5:
        raise ValueError("max_delta must be <= 0.5.")
    if max_delta < 0:
        raise ValueError("max_delta must be non-negative.")
    return adjust_hue(image, random_uniform([], -max_delta, max_delta, seed=seed))


def random_saturation(image: Any, lower: float, upper: float, seed: int | None = None) -> Tensor:
    """`adjust_saturation` by a random factor within `[lower, upper)`."""
    if upper <= lower:
        raise ValueError("upper must be > lower.")
    if lower < 0:
        raise ValueError("lower must be non-negative.")
    return adjust_saturation(image, random_uniform([], lower, upper, seed=seed))
