"""`keras.backend`'s convolutions and pooling: arrays with their channels first or last, of two to five axes.

The operations have their channels last on CPUs, as TensorFlow's have: what has them first is transposed on its way
in and out.
"""

from __future__ import annotations

from typing import Any

from ....ops.families.nn.convolution import dilated, pooling, transposed
from ....ops.families.nn.convolution.depthwise import functions as depthwise
from ....ops.graph.node import Tensor
from ....ops.library.layers.windows import format_of, per_axis
from .. import state
from ..operations import matmul, pad, reshape, shape_of, squeeze, stack, transpose


def channels_are_first(data_format: str | None) -> bool:
    """Whether arrays have their channels before the axes of space. Raises: ValueError for an unknown format."""
    data_format = data_format or state.image_data_format()
    if data_format not in ("channels_first", "channels_last"):
        raise ValueError(f"Unknown data_format: {data_format}")
    return data_format == "channels_first"


def channels_last(x: Any) -> Any:
    """An array of which the second axis becomes the last."""
    return transpose(x, [0, *range(2, x.shape.ndims), 1])


def channels_first(x: Any) -> Any:
    """An array of which the last axis becomes the second."""
    rank = x.shape.ndims
    return transpose(x, [0, rank - 1, *range(1, rank - 1)])


def _padding(padding: str) -> str:
    if padding not in ("same", "valid"):
        raise ValueError(f"Invalid padding: {padding}")
    return padding.upper()


def _around(x: Any, first: bool, function: Any) -> Any:
    """What a function of arrays with channels last gives for others."""
    return channels_first(function(channels_last(x))) if first else function(x)


def _convolution(x: Any, kernel: Any, strides: Any, padding: str, first: bool, rates: Any) -> Any:
    return _around(
        x,
        first,
        lambda y: dilated.convolution(y, kernel, _padding(padding), strides=strides, dilation_rate=rates),
    )


def conv1d(
    x: Any, kernel: Any, strides: int = 1, padding: str = "valid", data_format: str | None = None,
    dilation_rate: int = 1,
) -> Any:  # fmt: skip
    """Return the convolution of sequences.

    Args:
      x: batch, steps, channels, or with the channels first. kernel: size, channels, output channels.
      strides: how far windows move. padding: `same`, `valid`, or `causal`: no output depends on later steps.
      data_format: `channels_last` or `channels_first`, by default what was set.
      dilation_rate: how far the elements of a window are apart.
    Raises: ValueError for an unknown padding or format.
    Source: keras.backend of TensorFlow 1.15.
    """
    first = channels_are_first(data_format)
    steps, rates = per_axis(strides, 1, "strides"), per_axis(dilation_rate, 1, "dilation_rate")
    if padding == "causal":
        before = rates[0] * (kernel.shape.as_list()[0] - 1)
        x = pad(x, [[0, 0], [0, 0], [before, 0]] if first else [[0, 0], [before, 0], [0, 0]])
        padding = "valid"
    return _convolution(x, kernel, steps, padding, first, rates)


def conv2d(
    x: Any, kernel: Any, strides: Any = (1, 1), padding: str = "valid", data_format: str | None = None,
    dilation_rate: Any = (1, 1),
) -> Any:  # fmt: skip
    """Return the convolution of images. Args, Raises: see `conv1d`; numbers are one for each axis of space."""
    first = channels_are_first(data_format)
    return _convolution(x, kernel, tuple(strides), padding, first, tuple(dilation_rate))


def conv3d(
    x: Any, kernel: Any, strides: Any = (1, 1, 1), padding: str = "valid", data_format: str | None = None,
    dilation_rate: Any = (1, 1, 1),
) -> Any:  # fmt: skip
    """Return the convolution of volumes. Args, Raises: see `conv2d`."""
    first = channels_are_first(data_format)
    return _convolution(x, kernel, tuple(strides), padding, first, tuple(dilation_rate))


def _extents(output_shape: Any, first: bool) -> list[Any]:
    """The extents of an output, channels last."""
    extents = list(output_shape) if isinstance(output_shape, (list, tuple)) else output_shape
    if isinstance(extents, Tensor):
        rank = extents.shape.as_list()[0]
        extents = [extents[number] for number in range(rank or 4)]
    return [extents[0], *extents[2:], extents[1]] if first else extents


def _batch_filled(extents: list[Any], x: Any) -> Any:
    """Extents, the batch's taken from the input where it is not known."""
    if extents[0] is None or isinstance(extents[0], int) and extents[0] < 0:
        extents = [shape_of(x)[0], *extents[1:]]
    return stack(extents)


def conv2d_transpose(
    x: Any, kernel: Any, output_shape: Any, strides: Any = (1, 1), padding: str = "valid",
    data_format: str | None = None, dilation_rate: Any = (1, 1),
) -> Any:  # fmt: skip
    """Return the gradient of `conv2d` for its input, with `x` as the gradient.

    Args:
      kernel: height, width, output channels, channels. output_shape: extents, or a tensor of them.
      strides, padding, data_format, dilation_rate: see `conv2d`.
    Raises: ValueError for an unknown padding or format, or for rates that differ.
    """
    first = channels_are_first(data_format)
    rates = per_axis(dilation_rate, 2, "dilation_rate")
    if rates[0] != rates[1]:
        raise ValueError(f"Expected the 2 dimensions of the `dilation_rate` argument to be equal. Received: {rates}")
    extents = _batch_filled(_extents(output_shape, first), x)
    steps, kind = per_axis(strides, 2, "strides"), _padding(padding)

    def run(y: Any) -> Any:
        if rates[0] == 1:
            return transposed.conv2d_transpose(y, kernel, extents, [1, *steps, 1], padding=kind)
        return dilated.atrous_conv2d_transpose(y, kernel, extents, rate=rates[0], padding=kind)

    return _around(x, first, run)


def conv3d_transpose(
    x: Any, kernel: Any, output_shape: Any, strides: Any = (1, 1, 1), padding: str = "valid",
    data_format: str | None = None,
) -> Any:  # fmt: skip
    """Return the gradient of `conv3d` for its input. Args, Raises: see `conv2d_transpose`."""
    first = channels_are_first(data_format)
    extents = _batch_filled(_extents(output_shape, first), x)
    steps, kind = [1, *per_axis(strides, 3, "strides"), 1], _padding(padding)
    return _around(x, first, lambda y: transposed.conv3d_transpose(y, kernel, extents, steps, padding=kind))


def depthwise_conv2d(
    x: Any, depthwise_kernel: Any, strides: Any = (1, 1), padding: str = "valid", data_format: str | None = None,
    dilation_rate: Any = (1, 1),
) -> Any:  # fmt: skip
    """Return the convolution of each channel by itself.

    Args:
      depthwise_kernel: height, width, channels, outputs of each channel; others: see `conv2d`.
    Raises: ValueError for an unknown padding or format.
    """
    first = channels_are_first(data_format)
    steps = [1, *per_axis(strides, 2, "strides"), 1]
    rate, kind = per_axis(dilation_rate, 2, "dilation_rate"), _padding(padding)
    return _around(x, first, lambda y: depthwise.depthwise_conv2d(y, depthwise_kernel, steps, kind, rate=rate))


def separable_conv2d(
    x: Any, depthwise_kernel: Any, pointwise_kernel: Any, strides: Any = (1, 1), padding: str = "valid",
    data_format: str | None = None, dilation_rate: Any = (1, 1),
) -> Any:  # fmt: skip
    """Return the convolution of each channel by itself, then one of the channels of each place.

    Args:
      depthwise_kernel: height, width, channels, outputs of each channel.
      pointwise_kernel: 1, 1, these, output channels;
      others: see `conv2d`.
    Raises: ValueError for strides of other numbers, an unknown padding or format.
    """
    first = channels_are_first(data_format)
    if not isinstance(strides, tuple):
        strides = tuple(strides)
    steps, rate, kind = [1, *per_axis(strides, 2, "strides"), 1], per_axis(dilation_rate, 2, "rate"), _padding(padding)
    return _around(
        x,
        first,
        lambda y: depthwise.separable_conv2d(y, depthwise_kernel, pointwise_kernel, steps, kind, rate=rate),
    )


def separable_conv1d(
    x: Any, depthwise_kernel: Any, pointwise_kernel: Any, strides: Any = 1, padding: str = "valid",
    data_format: str | None = None, dilation_rate: Any = 1,
) -> Any:  # fmt: skip
    """Return `separable_conv2d` of sequences. Args, Raises: see there; shapes have an axis less."""
    first = channels_are_first(data_format)
    step, rate = per_axis(strides, 1, "strides")[0], per_axis(dilation_rate, 1, "dilation_rate")[0]
    deep, point = (reshape(kernel, [1, *kernel.shape.as_list()]) for kernel in (depthwise_kernel, pointwise_kernel))

    def run(y: Any) -> Any:
        wide = y[:, None]
        found = separable_conv2d(wide, deep, point, (step, step), padding, "channels_last", (1, rate))
        return squeeze(found, [1])

    return _around(x, first, run)


def _pooled(x: Any, rank: int, sizes: Any, strides: Any, padding: str, data_format: Any, mode: str) -> Any:
    first = channels_are_first(data_format)
    windows, steps = [1, *per_axis(sizes, rank, "pool_size"), 1], [1, *per_axis(strides, rank, "strides"), 1]
    functions = {"max": (pooling.max_pool, pooling.max_pool3d), "avg": (pooling.avg_pool, pooling.avg_pool3d)}
    if mode not in functions:
        raise ValueError(f"Invalid pooling mode: {mode}")
    function: Any = functions[mode][rank - 2]
    kind, form = _padding(padding), format_of("channels_last", rank)
    return _around(x, first, lambda y: function(y, windows, steps, padding=kind, data_format=form))


def pool2d(
    x: Any, pool_size: Any, strides: Any = (1, 1), padding: str = "valid", data_format: str | None = None,
    pool_mode: str = "max",
) -> Any:  # fmt: skip
    """Return the largest of each window of images, or the mean.

    Args:
      pool_size: of windows. strides, padding, data_format: see `conv2d`. pool_mode: `max` or `avg`.
    Raises: ValueError for an unknown mode, padding or format.
    """
    return _pooled(x, 2, pool_size, strides, padding, data_format, pool_mode)


def pool3d(
    x: Any, pool_size: Any, strides: Any = (1, 1, 1), padding: str = "valid", data_format: str | None = None,
    pool_mode: str = "max",
) -> Any:  # fmt: skip
    """Return the largest of each window of volumes, or the mean. Args, Raises: see `pool2d`."""
    return _pooled(x, 3, pool_size, strides, padding, data_format, pool_mode)


def local_conv(
    inputs: Any, kernel: Any, kernel_size: Any, strides: Any, output_shape: Any, data_format: str | None = None
) -> Any:
    """Return a convolution whose kernel is another at each place.

    Args:
      inputs: batch, one or more axes of space, channels, or with the channels first.
      kernel: places, elements of a window with its channels, output channels. kernel_size, strides: for each axis.
      output_shape: how many windows there are along each axis.
    Raises: ValueError for an unknown format.
    """
    first = channels_are_first(data_format)
    rank = len(output_shape)
    pieces = []
    for number in range(_count(kernel_size)):
        places: list[Any] = []
        for axis in reversed(range(rank)):
            number, offset = divmod(number, kernel_size[axis])
            stop = offset + strides[axis] * (output_shape[axis] - 1) + 1
            places.insert(0, slice(offset, stop, strides[axis]))
        every = slice(None)
        where = (every, every, *places) if first else (every, *places, every)
        pieces.append(inputs[where])
    channels, places_of, filters = _channels(inputs, first), _count(output_shape), kernel.shape.as_list()[-1]
    if first:  # channels, window, batch and places: the window's elements of one channel follow each other
        rows = reshape(stack(pieces, axis=2), [-1, channels * len(pieces), places_of])
        rows = transpose(rows, [2, 0, 1])
    else:
        rows = reshape(stack(pieces, axis=rank + 1), [-1, places_of, channels * len(pieces)])
        rows = transpose(rows, [1, 0, 2])
    found = matmul(rows, kernel)
    if first:
        return reshape(transpose(found, [1, 2, 0]), [-1, filters, *output_shape])
    return reshape(transpose(found, [1, 0, 2]), [-1, *output_shape, filters])


def _count(extents: Any) -> int:
    total = 1
    for extent in extents:
        total *= int(extent)
    return total


def _channels(inputs: Any, first: bool) -> int:
    found: int = inputs.shape.as_list()[1 if first else -1]
    return found


def local_conv1d(inputs: Any, kernel: Any, kernel_size: Any, strides: Any, data_format: str | None = None) -> Any:
    """Return a convolution of sequences whose kernel is another at each step. Args, Raises: see `local_conv`."""
    return local_conv(inputs, kernel, kernel_size, strides, (kernel.shape.as_list()[0],), data_format)


def local_conv2d(
    inputs: Any, kernel: Any, kernel_size: Any, strides: Any, output_shape: Any, data_format: str | None = None
) -> Any:
    """Return a convolution of images whose kernel is another at each place. Args, Raises: see `local_conv`."""
    return local_conv(inputs, kernel, kernel_size, strides, tuple(output_shape), data_format)
