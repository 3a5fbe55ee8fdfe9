"""Pooling as functions: `max_pool`, `avg_pool` and theirs for lines and volumes, `pool`, `max_pool_with_argmax`."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from ....building.build import build
from ....building.convert import convert_to_tensor
from ....building.default_graph import name_scope
from ....building.named import build_named
from ....definition.opdef import OpDef
from ....graph.node import Tensor, TensorLike
from ....types import dtypes
from ...arrays.reshaping import expand_dims, squeeze
from ...reductions.reductions import renamed
from .argmax_pooling import MAX_POOL_WITH_ARGMAX
from .arguments import channel_axis, line_format, padding_of, sequence_of
from .dilated import strides_and_rates, with_space_to_batch
from .pooling_ops import AVG_POOL, AVG_POOL_3D, MAX_POOL, MAX_POOL_3D


def max_pool(
    value: TensorLike, ksize: Any, strides: Any, padding: Any, data_format: str = "NHWC", name: str | None = None,
    input: Any = None,
) -> Tensor:  # fmt: skip
    """Return the largest element of each window of images.

    Args:
      value: [batch, height, width, channels]; `input` is its other name.
      ksize: the sizes of a window: an int, two or four.
      strides: how far windows move: an int, two or four.
      padding: "SAME", "VALID", or four pairs of amounts.
      data_format: "NHWC" or "NCHW".
      name: a name for the operation.
    Raises: ValueError if windows do not fit.

    >>> max_pool([[[[1.0], [3.0]], [[2.0], [0.0]]]], 2, 2, "VALID").shape.as_list()
    [1, 1, 1, 1]
    """
    value = renamed("input", input, "value", value)
    with name_scope(name, "MaxPool", [value]) as scope:
        return _largest(value, ksize, strides, padding, data_format, scope)


def _largest(value: Any, ksize: Any, strides: Any, padding: Any, data_format: Any, name: Any) -> Tensor:
    data_format = "NHWC" if data_format is None else data_format
    channel = channel_axis(data_format, 4)
    explicit: dict[str, Any] = {}
    if isinstance(padding, (list, tuple)):
        padding, explicit["explicit_paddings"] = padding_of(padding)
    result: Tensor = build(MAX_POOL,
        value, name=name, padding=padding, data_format=data_format, **explicit,
        ksize=sequence_of(ksize, 2, channel, "ksize"), strides=sequence_of(strides, 2, channel, "strides"),
    )  # fmt: skip
    return result


def avg_pool(
    value: TensorLike, ksize: Any, strides: Any, padding: Any, data_format: Any = "NHWC", name: str | None = None,
    input: Any = None,
) -> Tensor:  # fmt: skip
    """Return the mean of each window of images; padding does not count. Arguments as of `max_pool`."""
    with name_scope(name, "AvgPool", [value]) as scope:
        value = renamed("input", input, "value", value)
        return _mean(value, ksize, strides, padding, data_format, scope)


def _mean(value: Any, ksize: Any, strides: Any, padding: Any, data_format: Any, name: Any) -> Tensor:
    data_format = "NHWC" if data_format is None else data_format
    channel = channel_axis(data_format, 4)
    result: Tensor = build(AVG_POOL,
        value, name=name, padding=padding, data_format=data_format,
        ksize=sequence_of(ksize, 2, channel, "ksize"), strides=sequence_of(strides, 2, channel, "strides"),
    )  # fmt: skip
    return result


avg_pool2d = avg_pool


def max_pool2d(
    input: TensorLike, ksize: Any, strides: Any, padding: Any, data_format: str = "NHWC", name: str | None = None
) -> Tensor:
    """`max_pool`, whose first argument is named `input`."""
    with name_scope(name, "MaxPool2d", [input]) as scope:
        return _largest(input, ksize, strides, padding, data_format, scope)


def _of_lines(
    function: Callable[..., Tensor], input: Any, ksize: Any, strides: Any, padding: Any, data_format: Any, name: Any
) -> Tensor:
    images, axis = line_format(data_format)
    channel = channel_axis(images, 3)
    sizes, steps = sequence_of(ksize, 1, channel, "ksize"), sequence_of(strides, 1, channel, "strides")
    sizes, steps = [*sizes[:axis], 1, *sizes[axis:]], [*steps[:axis], 1, *steps[axis:]]
    pooled = function(expand_dims(input, axis), sizes, steps, padding, images, name)
    return squeeze(pooled, [axis])


def max_pool1d(
    input: TensorLike, ksize: Any, strides: Any, padding: Any, data_format: str = "NWC", name: str | None = None
) -> Tensor:
    """Return the largest element of each window of lines [batch, width, channels].

    Args:
      ksize, strides: an int, one in a list, or three.
      padding: "SAME" or "VALID".
      data_format: "NWC", or "NCW" for channels behind the batch.
      name: a name for the operations.
    """
    with name_scope(name, "MaxPool1d", [input]) as scope:
        return _of_lines(_largest, input, ksize, strides, padding, data_format, scope)


def avg_pool1d(
    input: TensorLike, ksize: Any, strides: Any, padding: Any, data_format: str = "NWC", name: str | None = None
) -> Tensor:
    """Return the mean of each window of lines. Arguments as of `max_pool1d`."""
    with name_scope(name, "AvgPool1D", [input]) as scope:
        return _of_lines(_mean, input, ksize, strides, padding, data_format, scope)


def max_pool3d(
    input: TensorLike, ksize: Any, strides: Any, padding: Any, data_format: Any = "NDHWC", name: str | None = None
) -> Tensor:
    """Return the largest element of each window of volumes [batch, depth, height, width, channels].

    Args:
      ksize, strides: an int, three or five.
      padding: "SAME" or "VALID".
      data_format: "NDHWC" or "NCDHW".
      name: a name for the operation.
    """
    with name_scope(name, "MaxPool3D", [input]) as scope:
        return _of_volumes(MAX_POOL_3D, input, ksize, strides, padding, data_format, scope)


def avg_pool3d(
    input: TensorLike, ksize: Any, strides: Any, padding: Any, data_format: Any = "NDHWC", name: str | None = None
) -> Tensor:
    """Return the mean of each window of volumes. Arguments as of `max_pool3d`."""
    with name_scope(name, "AvgPool3D", [input]) as scope:
        return _of_volumes(AVG_POOL_3D, input, ksize, strides, padding, data_format, scope)


def _of_volumes(op: OpDef, input: Any, ksize: Any, strides: Any, padding: Any, data_format: Any, name: Any) -> Tensor:
    data_format = "NDHWC" if data_format is None else data_format
    channel = channel_axis(data_format, 5)
    result: Tensor = build(op,
        input, name=name, padding=padding, data_format=data_format,
        ksize=sequence_of(ksize, 3, channel, "ksize"), strides=sequence_of(strides, 3, channel, "strides"),
    )  # fmt: skip
    return result


def max_pool_v2(
    input: TensorLike, ksize: Any, strides: Any, padding: Any, data_format: Any = None, name: str | None = None
) -> Tensor:
    """`max_pool1d`, `max_pool` or `max_pool3d`, by the rank of `input`."""
    rank = _rank_of(input)
    function = (max_pool1d, max_pool2d, max_pool3d)[rank - 3]
    return function(input, ksize, strides, padding, data_format or _FORMATS[rank - 3], name)


def avg_pool_v2(
    input: TensorLike, ksize: Any, strides: Any, padding: Any, data_format: Any = None, name: str | None = None
) -> Tensor:
    """`avg_pool1d`, `avg_pool` or `avg_pool3d`, by the rank of `input`."""
    rank = _rank_of(input)
    function = (avg_pool1d, avg_pool, avg_pool3d)[rank - 3]
    return function(input, ksize, strides, padding, data_format or _FORMATS[rank - 3], name)


_FORMATS = ("NWC", "NHWC", "NDHWC")


def _rank_of(input: Any) -> int:
    """The rank of lines, images or volumes. Raises: ValueError for another one."""
    x = input if hasattr(input, "shape") else convert_to_tensor(input, name="input")
    rank = len(x._extents or ()) if isinstance(x, Tensor) else len(x.shape)
    if rank not in (3, 4, 5):
        raise ValueError(f"`input.shape.rank` must be 3, 4 or 5. Received: input.shape={x.shape} of rank {rank}")
    return rank


def max_pool_with_argmax(
    input: TensorLike, ksize: Any, strides: Any, padding: str, data_format: str = "NHWC", Targmax: Any = None,
    name: str | None = None, output_dtype: Any = None, include_batch_in_index: bool = False,
) -> Any:  # fmt: skip
    """Return the largest element of each window of images, and its place.

    Args:
      input: [batch, height, width, channels].
      ksize, strides: four integers, the first and last 1.
      padding: "SAME" or "VALID".
      data_format: only "NHWC".
      Targmax: int64 or int32: the type of the places; `output_dtype` is its other name.
      name: a name for the operation.
      include_batch_in_index: whether places count from the first image, or within each.
    Returns: the named pair (output, argmax); a place is `(y * width + x) * channels + channel`.
    Raises: ValueError for another format.
    """
    if data_format != "NHWC":
        raise ValueError(
            f"`data_format` values other than 'NHWC' are not supported. Received: data_format={data_format}"
        )
    kind = renamed("output_dtype", output_dtype, "Targmax", Targmax)
    return build_named(MAX_POOL_WITH_ARGMAX,
        input, name=name, ksize=ksize, strides=strides, padding=padding, Targmax=kind or dtypes.int64,
        include_batch_in_index=include_batch_in_index,
    )  # fmt: skip


def pool(
    input: TensorLike, window_shape: Any, pooling_type: str, padding: str, dilation_rate: Any = None,
    strides: Any = None, name: str | None = None, data_format: Any = None, dilations: Any = None,
) -> Tensor:  # fmt: skip
    """Return the largest element or the mean of each window over one to three axes of space.

    Args:
      input: [batch, ..., channels], or [batch, channels, ...] if `data_format` begins with "NC".
      window_shape: the size of the window on each axis of space.
      pooling_type: "MAX" or "AVG".
      padding: "SAME" or "VALID"; only the latter for dilated windows.
      dilation_rate: how far the elements of a window are apart; `dilations` is its other name.
      strides: how far windows move.
      name: a name for the operation.
      data_format: the format of the input.
    Raises: ValueError if the arguments do not fit.
    """
    rates = renamed("dilations", dilations, "dilation_rate", dilation_rate)
    op = _operation(pooling_type, len(window_shape))
    with name_scope(name, f"{pooling_type.lower()}_pool", [input]) as scope:
        count = len(window_shape)
        x = convert_to_tensor(input, name="input")
        steps, apart = strides_and_rates(count, strides, rates)
        if padding == "SAME" and (apart > 1).any():
            raise ValueError(
                "pooling with 'SAME' padding is not implemented for `dilation_rate` > 1. "
                f"Received: padding={padding} and dilation_rate={apart}"
            )
        if any(size < step for size, step in zip(window_shape, steps)):
            raise ValueError("`strides` > `window_shape` not supported due to inconsistency between CPU and GPU.")

        def plain(x: Tensor, _: int, padding: str) -> Tensor:
            return _plain_pool(op, x, list(window_shape), [int(step) for step in steps], padding, data_format, scope)

        return with_space_to_batch(x, apart, padding, plain, list(window_shape), data_format=data_format)


def _operation(pooling_type: str, count: int) -> OpDef:
    types = {"MAX": (MAX_POOL, MAX_POOL, MAX_POOL_3D), "AVG": (AVG_POOL, AVG_POOL, AVG_POOL_3D)}
    if not 1 <= count <= 3:
        raise ValueError("`num_spatial_dims` must be 1, 2 or 3.")
    if pooling_type not in types:
        raise ValueError(f"pooling_type must be 'MAX' or 'AVG'. Received: {pooling_type!r}")
    return types[pooling_type][count - 1]


def _plain_pool(
    op: OpDef, x: Tensor, sizes: list[int], steps: list[int], padding: str, data_format: Any, name: str
) -> Tensor:
    first = channel_axis(data_format, 0) == 1
    if len(sizes) == 1:
        axis = 2 if first else 1
        x = expand_dims(x, axis)
        sizes, steps = [1, *sizes], [1, *steps]
        data_format = {None: None, "NWC": "NHWC", "NCW": "NCHW"}[data_format]
        return squeeze(_plain_pool(op, x, sizes, steps, padding, data_format, name), [axis])
    whole = [[1, 1, *each] if first else [1, *each, 1] for each in (sizes, steps)]
    default = "NHWC" if len(sizes) == 2 else "NDHWC"
    result: Tensor = build(
        op, x, name=name, ksize=whole[0], strides=whole[1], padding=padding, data_format=data_format or default
    )
    return result
