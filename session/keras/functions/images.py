"""`keras.backend`'s functions of images and of their channels: sizes, borders, biases, normalization."""

from __future__ import annotations

from typing import Any

from ....ops.families.debugging.printing import print_v2
from ....ops.families.images.geometry import ResizeMethod
from ....ops.families.images.geometry import resize_images as resize
from ....ops.families.linalg.norms import batch_normalization as normalization
from ....ops.families.linalg.norms import moments
from ....ops.families.nn.normalization.batch_norm import fused_batch_norm
from .. import operations as ops
from .convolution import channels_are_first, channels_first, channels_last


def resize_images(
    x: Any, height_factor: int, width_factor: int, data_format: str, interpolation: str = "nearest"
) -> Any:
    """Return images whose height and width are multiplied.

    Args:
      x: images. height_factor, width_factor: positive integers. data_format: `channels_last` or `channels_first`.
      interpolation: `nearest` or `bilinear`.
    Raises: ValueError for another interpolation or format.
    """
    methods = {"nearest": ResizeMethod.NEAREST_NEIGHBOR, "bilinear": ResizeMethod.BILINEAR}
    if interpolation not in methods:
        raise ValueError('interpolation should be one of "nearest" or "bilinear".')
    first = channels_are_first(data_format)
    images = channels_last(x) if first else x
    rows, columns = images.shape.as_list()[1:3]
    if rows is None or columns is None:
        size = ops.shape_of(images)[1:3] * ops.constant([height_factor, width_factor], "int32")
    else:
        size = ops.constant([rows * height_factor, columns * width_factor], "int32")
    # TensorFlow 1.15's Keras resizes as TensorFlow 2 does, except where pixels are only repeated.
    if interpolation == "bilinear":
        from ....ops.families.images.geometry import resize_images_v2

        images = resize_images_v2(images, size, "bilinear")
    else:
        images = resize(images, size, methods[interpolation])
    if rows is not None and columns is not None:
        images.set_shape([None, rows * height_factor, columns * width_factor, None])
    return channels_first(images) if first else images


def spatial_2d_padding(x: Any, padding: Any = ((1, 1), (1, 1)), data_format: str | None = None) -> Any:
    """Return images with zeros around.

    Args:
      padding: for each axis how many are before and after. data_format: `channels_last` or `channels_first`.
    Raises: ValueError for another format.
    """
    return _padded(x, padding, data_format)


def spatial_3d_padding(x: Any, padding: Any = ((1, 1), (1, 1), (1, 1)), data_format: str | None = None) -> Any:
    """Return volumes with zeros around. Args, Raises: see `spatial_2d_padding`."""
    return _padded(x, padding, data_format)


def _padded(x: Any, padding: Any, data_format: str | None) -> Any:
    inner = [list(pair) for pair in padding]
    return ops.pad(x, [[0, 0], [0, 0], *inner] if channels_are_first(data_format) else [[0, 0], *inner, [0, 0]])


def bias_add(x: Any, bias: Any, data_format: str | None = None) -> Any:
    """Return the sum of an array and a bias.

    Args:
      x: batch, axes of space, channels, or with the channels first.
      bias: a number for each channel, or for each element of an example.
      data_format: `channels_last` or `channels_first`.
    Raises: ValueError for another format, or a bias of other axes.
    """
    first = channels_are_first(data_format)
    extents, rank = bias.shape.as_list(), x.shape.ndims
    if len(extents) not in (1, rank - 1):
        raise ValueError(f"Unexpected bias dimensions {len(extents)}, expect to be 1 or {rank} dimensions")
    if len(extents) == 1 and not first:
        return ops.bias_add(x, bias)
    if len(extents) == 1:
        return ops.bias_add(x, bias, data_format="NCHW") if rank == 4 else x + ops.reshape(
            bias, [1, extents[0], *[1] * (rank - 2)]
        )  # fmt: skip
    return x + ops.reshape(bias, [1, extents[-1], *extents[:-1]] if first else [1, *extents])


def print_tensor(x: Any, message: str = "") -> Any:
    """Return the tensor; whenever it is computed, it is printed after a message on standard output."""
    import sys

    with ops.get_default_graph().as_default():
        told = print_v2(message, x, output_stream=sys.stdout)
        with ops.control_dependencies([told]):
            return ops.identity(x)


def batch_normalization(
    x: Any, mean: Any, var: Any, beta: Any, gamma: Any, axis: int = -1, epsilon: float = 1e-3
) -> Any:
    """Return `(x - mean) / sqrt(var + epsilon) * gamma + beta`.

    Args:
      mean, var, beta, gamma: arrays that broadcast; the last two may be None. axis: where the channels are.
      epsilon: added to the variance.
    """
    if x.shape.ndims == 4 and axis in (1, 3, -1):
        last = axis != 1
        images = x if last else channels_last(x)
        flat = [part if part is None else ops.reshape(part, [-1]) for part in (mean, var, beta, gamma)]
        if flat[2] is None:
            flat[2] = ops.zeros_like(flat[0])
        if flat[3] is None:
            flat[3] = ops.ones_like(flat[0])
        found, _, _ = fused_batch_norm(
            images, flat[3], flat[2], mean=flat[0], variance=flat[1], epsilon=epsilon, is_training=False
        )
        return found if last else channels_first(found)
    return normalization(x, mean, var, beta, gamma, epsilon)


def normalize_batch_in_training(
    x: Any, gamma: Any, beta: Any, reduction_axes: Any, epsilon: float = 1e-3
) -> tuple[Any, Any, Any]:
    """Return a batch with mean 0 and variance 1, scaled and shifted, and what its mean and variance were.

    Args:
      gamma, beta: arrays, or None. reduction_axes: over which the moments are. epsilon: added to the variance.
    """
    axes = list(reduction_axes)
    if x.shape.ndims == 4 and axes == [0, 1, 2]:
        count = x.shape.as_list()[-1]
        scale = ops.constant(1.0, x.dtype.base_dtype, [count]) if gamma is None else gamma
        shift = ops.constant(0.0, x.dtype.base_dtype, [count]) if beta is None else beta
        return fused_batch_norm(x, scale, shift, epsilon=epsilon)
    mean, variance = moments(x, axes)
    wide = (
        None
        if axes == list(range(x.shape.ndims - 1))
        else ops.stack([1 if axis in axes else ops.shape_of(x)[axis] for axis in range(x.shape.ndims)])
    )

    def along(part: Any) -> Any:
        return part if part is None or wide is None else ops.reshape(part, wide)

    return normalization(x, along(mean), along(variance), along(beta), along(gamma), epsilon), mean, variance


__all__ = [
    "batch_normalization",
    "bias_add",
    "normalize_batch_in_training",
    "print_tensor",
    "resize_images",
    "spatial_2d_padding",
    "spatial_3d_padding",
]
