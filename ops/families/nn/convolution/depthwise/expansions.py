"""Convolutions of each channel with several filters as several ones with one filter each, which machine code computes.

DepthwiseConv2dNative x, w[3, 3, 8, 2]     y0, y1 = convolutions with w[..., :1] and w[..., 1:]
                                           Reshape Pack(y0, y1), [-1, rows, columns, 16]
"""

from __future__ import annotations

from typing import Any

import numpy as np

from ..convolution_ops import setting


def _counts(attrs: Any, space: Any, sizes: Any) -> tuple[int, ...] | None:
    """How many windows there are along each axis; None where sizes are not known, or wrong."""
    if attrs["data_format"] != b"NHWC" or not all(type(number) is int for number in (*space, *sizes)):
        return None
    try:
        axes = setting(
            (1, *space, sizes[2]), sizes[:2], attrs["strides"], attrs["dilations"], attrs["padding"], b"NHWC",
            attrs["explicit_paddings"],
        ).axes  # fmt: skip
    except ValueError:
        return None  # the kernel says so
    return tuple(axis.count for axis in axes)


def _counts_of(attrs: Any, dy: Any) -> tuple[int, ...] | None:
    """The same of the gradient of a convolution's output."""
    counts = (None,) if dy.extents is None or len(dy.extents) != 4 else tuple(dy.extents[1:3])
    return counts if attrs["data_format"] == b"NHWC" and all(type(count) is int for count in counts) else None


def _numbers(build: Any, *numbers: int) -> Any:
    return build.constant(np.array(numbers, np.int32))


def _filter(build: Any, weights: Any, sizes: Any, number: int) -> Any:
    """The filter of each channel that has this number."""
    return build("Slice", weights, _numbers(build, 0, 0, 0, number), _numbers(build, *sizes[:3], 1))


def _several(extents: Any) -> Any:
    """The sizes of filters, several a channel; None of others."""
    return extents if extents is not None and len(extents) == 4 and extents[3] not in (None, 0, 1) else None


def forward(build: Any, attrs: Any, x: Any, weights: Any) -> Any:
    """The convolution; None where it has one filter a channel, or sizes are not known."""
    sizes = _several(weights.extents)
    counts = _counts(attrs, x.extents[1:3], sizes) if sizes is not None and x.extents is not None else None
    if counts is None:
        return None
    parts = [
        build("DepthwiseConv2dNative", x, _filter(build, weights, sizes, number), **attrs) for number in range(sizes[3])
    ]
    together = build("Pack", *parts, N=len(parts), axis=4)
    return build("Reshape", together, _numbers(build, -1, *counts, sizes[2] * sizes[3]))


def _slopes(build: Any, dy: Any, sizes: Any, counts: Any) -> list[Any]:
    """The gradients of the outputs of the filters."""
    apart = build("Reshape", dy, _numbers(build, -1, *counts, *sizes[2:]))
    found = []
    for number in range(sizes[3]):
        part = build("Slice", apart, _numbers(build, 0, 0, 0, 0, number), _numbers(build, -1, *counts, sizes[2], 1))
        found.append(build("Reshape", part, _numbers(build, -1, *counts, sizes[2])))
    return found


def input_gradient(build: Any, attrs: Any, input_sizes: Any, weights: Any, dy: Any) -> Any:
    """The gradient for the images, likewise."""
    sizes, counts = _several(weights.extents), _counts_of(attrs, dy)
    if sizes is None or counts is None or not all(type(number) is int for number in sizes):
        return None
    total = None
    for number, slope in enumerate(_slopes(build, dy, sizes, counts)):
        part = build(
            "DepthwiseConv2dNativeBackpropInput", input_sizes, _filter(build, weights, sizes, number), slope, **attrs
        )
        total = part if total is None else build("AddV2", total, part)
    return total


def filter_gradient(build: Any, attrs: Any, x: Any, filter_sizes: Any, dy: Any) -> Any:
    """The gradient for the filters, likewise."""
    known = build.known(filter_sizes)
    sizes = None if known is None else _several(known.tolist())
    counts = _counts_of(attrs, dy)
    if sizes is None or counts is None:
        return None
    one = _numbers(build, *sizes[:3], 1)
    parts = [
        build("DepthwiseConv2dNativeBackpropFilter", x, one, slope, **attrs)
        for slope in _slopes(build, dy, sizes, counts)
    ]
    return build("ConcatV2", *parts, build.constant(np.array(3, np.int32)), N=len(parts))
