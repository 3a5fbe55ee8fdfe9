"""Dilated windows by way of the batch: `with_space_to_batch`, and `convolution`, `atrous_conv2d` of any rank."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from ....building.build import build
from ....building.constant import constant
from ....building.convert import convert_to_tensor
from ....building.default_graph import name_scope
from ....graph.node import Tensor, TensorLike
from ....graph.partial import static_value
from ....types import dtypes
from ...arrays.blocks import batch_to_space_nd, space_to_batch_nd
from ...arrays.shape_ops import shape as shape_of
from ...arrays.stacking import concat, stack
from ...reductions.reductions import renamed
from .arguments import channel_axis
from .convolution import conv1d, conv2d, conv3d
from .convolution_ops import CONV2D_BACKPROP_INPUT


def required_space_to_batch_paddings(
    input_shape: Any, block_shape: Any, base_paddings: Any = None, name: str | None = None
) -> tuple[Tensor, Tensor]:
    """Return paddings with which `space_to_batch_nd` can divide a shape, and the crops that undo them.

    Args:
      input_shape: the extents of the divided axes, an integer vector.
      block_shape: the extents of a block.
      base_paddings: padding that is wanted anyway, [axes, 2]; zeros by default.
      name: a name for the operations.
    Returns: paddings and crops, int32 of shape [axes, 2].
    Raises: ValueError if the shapes do not tell of the same axes.
    """
    with name_scope(name, "required_space_to_batch_paddings", [input_shape, block_shape]):
        extents = convert_to_tensor(input_shape, dtypes.int32, name="input_shape")
        block = convert_to_tensor(block_shape, dtypes.int32, name="block_shape")
        count: Any = block.shape.as_list()[0]
        extents.shape.assert_is_compatible_with([count])
        if base_paddings is None:
            base = constant(np.zeros((count, 2), np.int32), name="zeros") if static_value(extents) is None else None
            known_base: Any = np.zeros((count, 2), np.int32)
        else:
            base = convert_to_tensor(base_paddings, dtypes.int32, name="base_paddings")
            base.shape.assert_is_compatible_with([count, 2])
            known_base = static_value(base)
        known, blocks = static_value(extents), static_value(block)
        if known is not None and blocks is not None and known_base is not None:
            return _known_paddings(known, blocks, known_base)
        return _computed_paddings(extents, block, base, count)


def _known_paddings(extents: Any, block: Any, base: Any) -> tuple[Tensor, Tensor]:
    extra = (block - (extents + base[:, 0] + base[:, 1]) % block) % block
    paddings = np.stack([base[:, 0], base[:, 1] + extra], axis=1).astype(np.int32)
    crops = np.stack([np.zeros_like(extra), extra], axis=1).astype(np.int32)
    return constant(paddings, name="paddings"), constant(crops, name="crops")


def _computed_paddings(extents: Tensor, block: Tensor, base: Any, count: int) -> tuple[Tensor, Tensor]:
    before, behind = base[:, 0], base[:, 1]
    extra = (block - (extents + before + behind) % block) % block
    behind = behind + extra
    paddings = stack([[before[axis], behind[axis]] for axis in range(count)], name="paddings")
    crops = stack([[0, extra[axis]] for axis in range(count)], name="crops")
    return paddings, crops


def with_space_to_batch(
    input: TensorLike, dilation_rate: Any, padding: str, op: Callable[..., Any], filter_shape: Any = None,
    spatial_dims: Any = None, data_format: Any = None,
) -> Tensor:  # fmt: skip
    """Return what `op` gives with its windows dilated, by moving space into the batch around it.

    Args:
      input: [batch, ...].
      dilation_rate: how far the elements of a window are to be apart, one number per axis of space.
      padding: "SAME" or "VALID", as `op` would do it with dilated windows.
      op: function of a tensor, the number of axes of space, and a padding, with windows not dilated.
      filter_shape: the shape of the window, needed for "SAME" padding.
      spatial_dims: the axes of space, counted from 1 and ascending; by default those after the batch.
      data_format: one that begins with "NC" for channels behind the batch.
    Raises: ValueError for rates below 1, another padding, or axes of space from 0 on.
    """
    x = convert_to_tensor(input, name="input")
    rates = convert_to_tensor(dilation_rate, dtypes.int32, name="dilation_rate")
    count: Any = rates.shape.with_rank(1).as_list()[0]
    known = static_value(rates)
    if known is None:
        raise ValueError("dilation_rate must be known while the graph is built")
    if np.any(known < 1):
        raise ValueError(f"dilation_rate must be positive, but got {known.tolist()}")
    first = channel_axis(data_format, 0) == 1
    axes = (
        sorted(spatial_dims)
        if spatial_dims is not None
        else list(range(2, count + 2) if first else range(1, count + 1))
    )
    if axes and axes[0] < 1:
        raise ValueError(f"spatial_dims must be positive and ascending, but got {list(spatial_dims)}: 0 is the batch.")
    if np.all(known == 1):
        return op(x, count, padding)  # type: ignore[no-any-return]
    base = _base_paddings(padding, known, filter_shape, count)
    extents = _space(x, axes)
    paddings, crops = required_space_to_batch_paddings(extents, rates, base)
    return _through_batch(x, known, axes, (paddings, crops), op, count)


def _space(x: Tensor, axes: list[int]) -> Any:
    """The extents of space, plain if they are known."""
    known = [None if x._extents is None else x._extents[axis] for axis in axes]
    if None not in known:
        return known
    extents = shape_of(x)
    return stack([extents[axis] for axis in axes])


def _base_paddings(padding: Any, rates: Any, filter_shape: Any, count: int) -> Any:
    """The padding that dilated windows need by themselves. Raises: ValueError."""
    if padding == "VALID":
        return np.zeros((count, 2), np.int32)
    if padding != "SAME":
        raise ValueError(f"Invalid padding method {padding!r}")
    if filter_shape is None:
        raise ValueError("filter_shape must be specified for SAME padding")
    whole = convert_to_tensor(filter_shape, dtypes.int32, name="filter_shape")
    sizes = static_value(whole)
    if sizes is not None:
        extra = (sizes[:count] - 1) * (rates - 1)
        reach = sizes[:count] + extra - 1
        return constant(np.stack([reach // 2, reach - reach // 2], axis=1).astype(np.int32), name="stack")
    window = whole[:count]
    total = window + (window - 1) * (rates - 1) - 1
    before = total // 2
    return stack([[before[axis], (total - before)[axis]] for axis in range(count)])


def _through_batch(
    x: Tensor, rates: Any, axes: list[int], amounts: tuple[Tensor, Tensor], op: Callable[..., Any], count: int
) -> Tensor:
    paddings, crops = (_for_axes(amount, axes) for amount in amounts)
    block = np.ones(axes[-1], np.int32)
    block[[axis - 1 for axis in axes]] = rates
    moved = space_to_batch_nd(x, block, paddings)
    return batch_to_space_nd(op(moved, count, "VALID"), block, crops)


def _for_axes(amounts: Tensor, axes: list[int]) -> Any:
    """Amounts for each axis up to the last of space."""
    known = static_value(amounts)
    if known is not None:
        spread = np.zeros((axes[-1], 2), np.int32)
        spread[[axis - 1 for axis in axes]] = known
        return spread
    if len(axes) == axes[-1]:
        return concat([amounts[:]], 0)  # as TensorFlow puts it together
    rows: list[Any] = [np.zeros((1, 2), np.int32)] * axes[-1]
    for number, axis in enumerate(axes):
        rows[axis - 1] = amounts[number : number + 1]
    return concat(rows, 0)


def strides_and_rates(count: int, strides: Any, rates: Any) -> tuple[Any, Any]:
    """Both as vectors with an entry per axis of space. Raises: ValueError if they do not fit or exclude each other."""
    rates = np.ones(count, np.int32) if rates is None else _steps(rates, count, "dilation_rate")
    strides = np.ones(count, np.int32) if strides is None else _steps(strides, count, "strides")
    if np.any(strides > 1) and np.any(rates > 1):
        raise ValueError(
            "`strides > 1` not supported in conjunction with `dilation_rate > 1`. "
            f"Received: strides={strides} and dilation_rate={rates}"
        )
    return strides, rates


def _steps(value: Any, count: int, name: str) -> Any:
    steps = np.atleast_1d(np.array(value, np.int32))
    if steps.size == 1:
        steps = np.repeat(steps, count)
    if steps.size != count:
        raise ValueError(f"`len({name})` should be {count}. Received: {name}={value} of length {steps.size}")
    if np.any(steps < 1):
        raise ValueError(f"all values of `{name}` must be positive. Received: {name}={value}")
    return steps


def convolution(
    input: TensorLike, filter: Any, padding: str, strides: Any = None, dilation_rate: Any = None,
    name: str | None = None, data_format: Any = None, filters: Any = None, dilations: Any = None,
) -> Tensor:  # fmt: skip
    """Return a convolution over one, two or three axes of space, as many as the filter has.

    Args:
      input: [batch, ..., channels], or [batch, channels, ...] if `data_format` begins with "NC".
      filter: [..., channels, output channels]; `filters` is its other name.
      padding: "SAME" or "VALID".
      strides: how far windows move, one number per axis of space.
      dilation_rate: how far the elements of a window are apart, one number per axis; also named `dilations`. Not both
        strides and rates may be above 1.
      name: a name for the operation.
      data_format: the format of the input.
    Raises: ValueError if ranks or shapes do not fit.
    """
    filter = renamed("filters", filters, "filter", filter)
    rates = renamed("dilations", dilations, "dilation_rate", dilation_rate)
    with name_scope(name, "convolution", [input, filter]) as scope:
        x, window = convert_to_tensor(input, name="input"), convert_to_tensor(filter, name="filter")
        count = _count_of_space(x, window)
        steps, apart = strides_and_rates(count, strides, rates)
        first = channel_axis(data_format, 0) == 1

        def plain(x: Tensor, _: int, padding: str) -> Tensor:
            return _plain_convolution(x, window, steps, padding, data_format, scope)

        axes = list(range(2, count + 2) if first else range(1, count + 1))
        if np.all(apart == 1):
            return plain(x, count, padding)
        return with_space_to_batch(x, apart, padding, plain, _shape_or_tensor(window), axes, data_format)


def _shape_or_tensor(x: Tensor) -> Any:
    known = x._extents
    return list(known) if known is not None and None not in known else shape_of(x)


def _count_of_space(x: Tensor, window: Tensor) -> int:
    rank = len(window._extents) if window._extents is not None else None if x._extents is None else len(x._extents)
    if rank is None:
        raise ValueError("rank of input or filter must be known")
    if x._extents is not None and len(x._extents) != rank:
        raise ValueError(f"Shape must be rank {rank} but is rank {len(x._extents)}")
    if not 3 <= rank <= 5:
        raise ValueError(f"`input` must be of rank 3, 4 or 5 inclusive. Received: input.shape={x.shape}")
    return rank - 2


def _plain_convolution(x: Tensor, window: Tensor, strides: Any, padding: str, data_format: Any, name: str) -> Tensor:
    steps = [int(step) for step in strides]
    count = len(steps)
    if count == 1:
        return conv1d(x, window, steps[0], padding, data_format=data_format or "NWC", name=name)
    first = channel_axis(data_format, 0) == 1
    whole = [1, 1, *steps] if first else [1, *steps, 1]
    if count == 2:
        return conv2d(x, window, whole, padding, data_format=data_format or "NHWC", name=name)
    return conv3d(x, window, whole, padding, data_format=data_format or "NDHWC", name=name)


def atrous_conv2d(value: TensorLike, filters: TensorLike, rate: int, padding: str, name: str | None = None) -> Tensor:
    """Return the convolution of images with windows whose elements are `rate` apart. See `convolution`."""
    return convolution(value, filters, padding, dilation_rate=np.broadcast_to(rate, (2,)), name=name)


def atrous_conv2d_transpose(
    value: TensorLike, filters: TensorLike, output_shape: Any, rate: int, padding: str, name: str | None = None
) -> Tensor:
    """Return the transpose of `atrous_conv2d`.

    Args:
      value: [batch, height, width, channels].
      filters: [rows, columns, output channels, channels].
      output_shape: the shape of the result, four integers.
      rate: how far the elements of a window are apart.
      padding: "SAME" or "VALID".
      name: a name for the operations.
    Raises: ValueError if shapes do not fit or for another padding or rate.
    """
    from .transposed import conv2d_transpose

    with name_scope(name, "atrous_conv2d_transpose", [value, filters, output_shape]) as scope:
        x, window = convert_to_tensor(value, name="value"), convert_to_tensor(filters, name="filters")
        if rate < 1:
            raise ValueError(f"rate {rate} cannot be less than one")
        if rate == 1:
            return conv2d_transpose(x, window, output_shape, [1, 1, 1, 1], padding, "NHWC", scope)
        shape = convert_to_tensor(output_shape, name="output_shape")
        _check_transposed(x, window, shape)
        amounts = _transposed_amounts(x, window, shape, rate, padding)
        return _transposed_through_batch(x, window, shape, rate, amounts, scope)


def _check_transposed(x: Tensor, window: Tensor, shape: Tensor) -> None:
    """Whether channels fit. Raises: ValueError with the operations' words."""
    images, filters, wanted = x.shape.with_rank(4), window.shape.with_rank(4), static_value(shape)
    if not shape.shape.is_compatible_with([4]):
        raise ValueError(
            f"output_shape must have 4 numbers, not the shape {shape.shape}: batch, height, width, channels"
        )
    if not images[3].is_compatible_with(filters[3]):
        raise ValueError(f"value has {images[3]} channels, but filters are for {filters[3]}, their last extent")
    if wanted is not None and not filters[2].is_compatible_with(int(wanted[3])):
        raise ValueError(f"output_shape has {wanted[3]} channels, but filters make {filters[2]}, their third extent")


def _transposed_amounts(x: Tensor, window: Tensor, shape: Tensor, rate: int, padding: str) -> Any:
    """The padding of the result on each side, as numbers if they are known: top, bottom, left, right."""
    if padding == "VALID":
        return 0, 0, 0, 0
    if padding != "SAME":
        raise ValueError("`padding` must be either 'VALID' or 'SAME'")
    sizes: Any = window.shape.as_list() if window.shape.is_fully_defined() else shape_of(window)
    height = sizes[0] + (sizes[0] - 1) * (rate - 1) - 1
    width = sizes[1] + (sizes[1] - 1) * (rate - 1) - 1
    return height // 2, height - height // 2, width // 2, width - width // 2


def _transposed_through_batch(x: Tensor, window: Tensor, shape: Tensor, rate: int, amounts: Any, name: str) -> Tensor:
    top, bottom, left, right = amounts
    known = static_value(shape)
    extents: Any = shape_of(x) if x._extents is None or None in x._extents[1:3] else x._extents
    target: Any = shape if known is None else [int(extent) for extent in known]
    bottom_extra, right_extra = _missing(target[1] + top + bottom, rate), _missing(target[2] + left + right, rate)
    inner = [[0, _missing(extents[1], rate)], [0, _missing(extents[2], rate)]]
    block = np.array([rate, rate], np.int64)
    moved = space_to_batch_nd(x, block, inner)
    sizes = [
        target[0] * rate * rate,
        (target[1] + top + bottom + bottom_extra) // rate,
        (target[2] + left + right + right_extra) // rate,
        target[3] if known is not None else window.shape.as_list()[2],
    ]
    large = build(
        CONV2D_BACKPROP_INPUT,
        stack(sizes) if known is None else sizes,
        window,
        moved,
        strides=[1, 1, 1, 1],
        padding="VALID",
    )
    crops = [[top, bottom + bottom_extra], [left, right + right_extra]]
    return batch_to_space_nd(large, block, crops)


def _missing(extent: Any, rate: int) -> Any:
    """How much an extent lacks to be a multiple."""
    return (rate - extent % rate) % rate
