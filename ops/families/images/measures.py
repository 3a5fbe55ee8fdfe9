"""Measures of images: standardization, variation, gradients, signal to noise, structural similarity."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from ...building.constant import constant
from ...building.convert import convert_to_tensor
from ...building.default_graph import name_scope
from ...definition.shapes import with_rank
from ...graph.node import Tensor
from ...types import dtypes
from ..arrays.filling import zeros
from ..arrays.padding import pad
from ..arrays.reshaping import reshape
from ..arrays.shape_ops import shape as shape_of
from ..arrays.shape_ops import size
from ..arrays.stacking import concat
from ..elementwise.arithmetic import abs as absolute
from ..elementwise.arithmetic import square, squared_difference
from ..elementwise.cast import cast
from ..elementwise.exponential import log, rsqrt, sqrt
from ..elementwise.rounding import maximum
from ..reductions.reductions import reduce_mean, reduce_sum
from .colours import convert_image_dtype
from .counted import count_checks


def per_image_standardization(image: Any) -> Tensor:
    """Return images with mean 0 and variance 1 each; the deviation is at least one over the root of their size.

    Integers become integers again, as TensorFlow has it: all that is below 0 is 0 then.
    """
    with name_scope(None, "per_image_standardization", [image]) as scope:
        image = convert_to_tensor(image, name="image")
        count_checks("standardize", image)
        own = image.dtype.base_dtype
        image = image if own.is_floating else cast(image, dtypes.float32)
        axes = [-1, -2, -3]
        count = cast(size(image) if image.shape.ndims == 3 else _count(image), image.dtype)
        mean = reduce_mean(image, axis=axes, keepdims=True)
        variance = reduce_mean(square(image), axis=axes, keepdims=True) - square(mean)
        deviation = sqrt(maximum(variance, 0.0))
        from ..elementwise.division import div

        result = div(image - mean, maximum(deviation, rsqrt(count)))
        return convert_image_dtype(result, own, saturate=True, name=scope)


def _count(image: Tensor) -> Tensor:
    from ..reductions.reductions import reduce_prod

    return reduce_prod(shape_of(image)[-3:])


def total_variation(images: Any, name: str | None = None) -> Tensor:
    """Return the sums of the absolute differences between neighbouring pixels, one for each image."""
    with name_scope(name, "total_variation"):
        images = convert_to_tensor(images)
        if images.shape.ndims == 3:
            down, right, axes = images[1:, :, :] - images[:-1, :, :], images[:, 1:, :] - images[:, :-1, :], None
        elif images.shape.ndims == 4:
            down, right = images[:, 1:, :, :] - images[:, :-1, :, :], images[:, :, 1:, :] - images[:, :, :-1, :]
            axes = [1, 2, 3]
        else:
            raise ValueError("'images' must be either 3 or 4-dimensional.")
        result: Tensor = reduce_sum(absolute(down), axis=axes) + reduce_sum(absolute(right), axis=axes)
        return result


def image_gradients(image: Any) -> tuple[Tensor, Tensor]:
    """Return the differences to the pixel below and to the right, zeros at the border. Raises: ValueError."""
    image = convert_to_tensor(image)
    if image.shape.ndims != 4:
        raise ValueError(f"image_gradients expects a 4D tensor [batch_size, h, w, d], not {image.shape}.")
    batch, height, width, depth = (shape_of(image)[axis] for axis in range(4))
    down = image[:, 1:, :, :] - image[:, :-1, :, :]
    right = image[:, :, 1:, :] - image[:, :, :-1, :]
    from ..arrays.stacking import stack

    dy = reshape(concat([down, zeros(stack([batch, 1, width, depth]), image.dtype)], 1), shape_of(image))
    dx = reshape(concat([right, zeros(stack([batch, height, 1, depth]), image.dtype)], 2), shape_of(image))
    return dy, dx


def sobel_edges(image: Any) -> Tensor:
    """Return Sobel's edges [batch, height, width, channels, 2]: along the height, and along the width.

    Raises: ValueError for another rank than 4.
    """
    from ..nn.convolution.depthwise.functions import depthwise_conv2d

    image = convert_to_tensor(image)
    kernels = np.array(
        [[[-1, -2, -1], [0, 0, 0], [1, 2, 1]], [[-1, 0, 1], [-2, 0, 2], [-1, 0, 1]]], np.float32
    ).transpose(1, 2, 0)[:, :, None, :]
    channels = with_rank(image.shape.as_list() if image.shape.ndims is not None else None, 4)[3]
    weights = constant(np.tile(kernels, (1, 1, channels, 1)))
    padded = pad(image, [[0, 0], [1, 1], [1, 1], [0, 0]], mode="REFLECT")
    edges = depthwise_conv2d(padded, weights, [1, 1, 1, 1], "VALID")
    return reshape(edges, concat([shape_of(image), [2]], 0))


def psnr(a: Any, b: Any, max_val: Any, name: str | None = None) -> Tensor:
    """Return the peak signal to noise ratio of images in decibels, one for each.

    Args:
      a, b: of one shape; the last three dimensions are an image.
      max_val: the largest value a pixel can have.
    Raises: ValueError for images of several shapes.
    """
    with name_scope(name, "PSNR", [a, b]):
        most = convert_image_dtype(cast(max_val, convert_to_tensor(a).dtype), dtypes.float32)
        a, b = (convert_image_dtype(image, dtypes.float32) for image in (a, b))
        if None not in (a.shape.ndims, b.shape.ndims) and not a.shape[-3:].is_compatible_with(b.shape[-3:]):
            raise ValueError(f"Images are of one shape, not of {a.shape} and {b.shape}.")
        error = reduce_mean(squared_difference(a, b), [-3, -2, -1])
        result: Tensor = 20 * log(most) / math.log(10.0) - np.float32(10 / np.log(10)) * log(error)
        return result


def ssim(
    img1: Any, img2: Any, max_val: Any, filter_size: int = 11, filter_sigma: float = 1.5, k1: float = 0.01,
    k2: float = 0.03,
) -> Tensor:  # fmt: skip
    """Return the structural similarity of images, one for each.

    Args:
      img1, img2: of one shape, [..., height, width, channels].
      max_val: the largest value a pixel can have.
      filter_size, filter_sigma: of the Gaussian window.
      k1, k2: constants of the measure.
    """
    with name_scope(None, "SSIM", [img1, img2]):
        img1, img2 = convert_to_tensor(img1, name="img1"), convert_to_tensor(img2, name="img2")
        most = convert_image_dtype(cast(max_val, img1.dtype), dtypes.float32)
        x, y = (convert_image_dtype(image, dtypes.float32) for image in (img1, img2))
        return reduce_mean(_ssim_per_channel(x, y, most, filter_size, filter_sigma, k1, k2)[0], [-1])


def ssim_multiscale(
    img1: Any, img2: Any, max_val: Any, power_factors: Any = (0.0448, 0.2856, 0.3001, 0.2363, 0.1333),
    filter_size: int = 11, filter_sigma: float = 1.5, k1: float = 0.01, k2: float = 0.03,
) -> Tensor:  # fmt: skip
    """Return the structural similarity of images over scales, each half of the one before; one for each image.

    Args:
      img1, img2, max_val, filter_size, filter_sigma, k1, k2: as of `ssim`.
      power_factors: the weight of each scale, from the finest; Wang and others (2003).
    """
    from ..arrays.stacking import stack
    from ..elementwise.exponential import pow as power
    from ..nn.activations import relu
    from ..reductions.reductions import reduce_prod

    with name_scope(None, "MS-SSIM", [img1, img2]):
        img1, img2 = convert_to_tensor(img1, name="img1"), convert_to_tensor(img2, name="img2")
        most = convert_image_dtype(cast(max_val, img1.dtype), dtypes.float32)
        images = [convert_image_dtype(image, dtypes.float32) for image in (img1, img2)]
        parts: list[Tensor] = []
        for number in range(len(power_factors)):
            images = [_halved(image) for image in images] if number else images
            whole, contrast = _ssim_per_channel(images[0], images[1], most, filter_size, filter_sigma, k1, k2)
            parts.append(relu(contrast if number < len(power_factors) - 1 else whole))
        return reduce_mean(reduce_prod(power(stack(parts, -1), constant(power_factors)), [-1]), [-1])


def _halved(image: Tensor) -> Tensor:
    """Images at half their size, the last row and column doubled where their number is odd."""
    from ..arrays.stacking import stack
    from ..nn.convolution.pooling import avg_pool

    extents = shape_of(image)
    flat = reshape(image, concat([[-1], extents[-3:]], 0))
    odd = concat([[0], extents[-3:-1] % 2, [0]], 0)
    padded = pad(flat, stack([[0, 0, 0, 0], odd], 1), mode="SYMMETRIC")
    half = avg_pool(padded, [1, 2, 2, 1], [1, 2, 2, 1], "VALID")
    return reshape(half, concat([extents[:-3], shape_of(half)[1:]], 0))


def _ssim_per_channel(
    x: Tensor, y: Tensor, most: Any, length: int, sigma: float, k1: float, k2: float
) -> tuple[Tensor, Tensor]:
    from ..nn.convolution.depthwise.functions import depthwise_conv2d

    channels = x.shape.as_list()[-1]
    places = np.arange(length, dtype=np.float32) - (length - 1) / 2.0
    line = -0.5 * places**2 / sigma**2
    window = np.exp(line[:, None] + line[None, :])
    window /= window.sum()
    weights = constant(np.tile(window[:, :, None, None], (1, 1, channels or 1, 1)).astype(np.float32))

    def blurred(image: Tensor) -> Tensor:
        flat = reshape(image, concat([[-1], shape_of(image)[-3:]], 0))
        result = depthwise_conv2d(flat, weights, [1, 1, 1, 1], "VALID")
        return reshape(result, concat([shape_of(image)[:-3], shape_of(result)[1:]], 0))

    c1, c2 = (k1 * most) ** 2, (k2 * most) ** 2
    mean_x, mean_y = blurred(x), blurred(y)
    both = mean_x * mean_y * 2.0
    squares = square(mean_x) + square(mean_y)
    luminance = (both + c1) / (squares + c1)
    covariance, spread = blurred(x * y) * 2.0, blurred(square(x) + square(y))
    similarity = (covariance - both + c2) / (spread - squares + c2)
    return reduce_mean(luminance * similarity, [-3, -2]), reduce_mean(similarity, [-3, -2])
