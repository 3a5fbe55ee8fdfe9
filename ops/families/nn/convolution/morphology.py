"""Dilation and erosion of images in shades of grey, and their gradients."""

from __future__ import annotations

from typing import Any, Final

import numpy as np

from ....building.build import build
from ....building.default_graph import name_scope
from ....definition.opdef import OpDef
from ....definition.reduction import widened
from ....definition.registry import lookup
from ....definition.shapes import merge_extent, same_shape, with_rank
from ....graph.node import Tensor, TensorLike
from ....types.dtypes import REAL
from ....types.tensor_shape import Extents
from ...reductions.reductions import renamed
from . import gradients, unfold
from .convolution_ops import Setting, counts_of, setting


def _dilation_shape(query: Any) -> Extents:
    batch, *space, depth = with_rank(query.shapes[0], 4)
    *sizes, inner = with_rank(query.shapes[1], 3)
    attrs = {**query.attrs, "dilations": query.attrs["rates"], "data_format": b"NHWC"}
    return (batch, *counts_of(space, sizes, attrs, 4), merge_extent(depth, inner))


def _placed(x: Any, filter: Any, strides: Any, rates: Any, padding: bytes) -> Setting:
    if x.shape[-1] != filter.shape[-1]:
        raise ValueError(f"input and filter must have the same depth: {x.shape[-1]} vs {filter.shape[-1]}")
    return setting(x.shape, filter.shape[:2], strides, rates, padding, b"NHWC")


def _lowest(dtype: Any) -> Any:
    return np.iinfo(dtype).min if dtype.kind in "iu" else -np.inf


def _sums(x: Any, filter: Any, place: Setting) -> Any:
    """For each place in a window: where it is, and the sum of filter and image there."""
    x = unfold.padded(x, place.axes, _lowest(x.dtype))
    for offset, where in unfold.offsets(place.axes):
        yield offset, where, x[where] + filter[offset]


def _dilation_kernel(x: Any, filter: Any, *, strides: Any, rates: Any, padding: bytes) -> Any:
    wide = np.int64 if x.dtype.kind in "iu" else widened(x.dtype)
    place = _placed(x, filter, strides, rates, padding)
    result: Any = None
    for _, _, sums in _sums(x.astype(wide, copy=False), filter.astype(wide, copy=False), place):
        result = sums if result is None else np.maximum(result, sums, out=result)
    return result.astype(x.dtype, copy=False)


def _winners(x: Any, filter: Any, place: Setting) -> Any:
    """For each place in a window, the windows whose largest sum stands there first."""
    largest: Any = None
    chosen: Any = None
    for number, (_, _, sums) in enumerate(_sums(x, filter, place)):
        if largest is None:
            largest, chosen = sums, np.zeros(sums.shape, np.int32)
        else:
            better = sums > largest
            np.copyto(largest, sums, where=better)
            chosen[better] = number
    for number, (offset, where) in enumerate(unfold.offsets(place.axes)):
        yield offset, where, chosen == number


def _dilation_input_kernel(x: Any, filter: Any, dy: Any, *, strides: Any, rates: Any, padding: bytes) -> Any:
    place = _placed(x, filter, strides, rates, padding)
    wide = widened(x.dtype)
    total = np.zeros((x.shape[0], *(axis.padded for axis in place.axes), x.shape[-1]), wide)
    for _, where, here in _winners(x.astype(wide, copy=False), filter.astype(wide, copy=False), place):
        total[where] += here * dy
    return total[unfold.interior(place.axes)].astype(x.dtype, copy=False)


def _dilation_filter_kernel(x: Any, filter: Any, dy: Any, *, strides: Any, rates: Any, padding: bytes) -> Any:
    place = _placed(x, filter, strides, rates, padding)
    wide = widened(x.dtype)
    result = np.zeros(filter.shape, wide)
    for offset, _, here in _winners(x.astype(wide, copy=False), filter.astype(wide, copy=False), place):
        result[offset] = np.sum(here * dy, axis=(0, 1, 2), dtype=wide)
    return result.astype(filter.dtype, copy=False)


def _second_input_shape(query: Any) -> Extents:
    shape: Extents = query.shapes[1]
    return shape if query.is_building else with_rank(shape, 3)


_DILATION: Final = {"strides": ("list(int)",), "rates": ("list(int)",), "padding": ("string",)}
_ALLOWED: Final = {"T": REAL, "padding": (b"SAME", b"VALID")}

DILATION2D = OpDef(
    name="Dilation2D",
    signature="input: T, filter: T -> output: T",
    where=_ALLOWED,
    attrs=_DILATION,
    shape=_dilation_shape,
    kernel=_dilation_kernel,
    routine=("dilation",),
    gradient=gradients.dilation,
)

DILATION2D_BACKPROP_INPUT = OpDef(
    name="Dilation2DBackpropInput",
    signature="input: T, filter: T, out_backprop: T -> in_backprop: T",
    where=_ALLOWED,
    attrs=_DILATION,
    shape=same_shape,
    kernel=_dilation_input_kernel,
    routine=("dilation by image",),
)

DILATION2D_BACKPROP_FILTER = OpDef(
    name="Dilation2DBackpropFilter",
    signature="input: T, filter: T, out_backprop: T -> filter_backprop: T",
    where=_ALLOWED,
    attrs=_DILATION,
    shape=_second_input_shape,
    kernel=_dilation_filter_kernel,
    routine=("dilation by filter",),
)


def dilation2d(
    input: TensorLike, filter: Any = None, strides: Any = None, rates: Any = None, padding: Any = None,
    name: str | None = None, filters: Any = None, dilations: Any = None,
) -> Tensor:  # fmt: skip
    """Return for each window the largest sum of image and filter.

    Args:
      input: images [batch, height, width, channels], real numbers.
      filter: [rows, columns, channels]; `filters` is its other name.
      strides: four integers, the first and last 1: how far windows move.
      rates: four integers, the first and last 1: how far elements of a window are apart; also named `dilations`.
      padding: "SAME" or "VALID".
      name: a name for the operation.
    Raises: ValueError if the channels differ or windows do not fit.
    """
    filter = renamed("filters", filters, "filter", filter)
    rates = renamed("dilations", dilations, "rates", rates)
    result: Tensor = build(DILATION2D, input, filter, name=name, strides=strides, rates=rates, padding=padding)
    return result


def erosion2d(
    value: TensorLike, kernel: TensorLike, strides: Any, rates: Any, padding: str, name: str | None = None
) -> Tensor:
    """Return for each window the smallest difference of image and the kernel turned around. See `dilation2d`."""
    reverse = lookup("ReverseV2")
    with name_scope(name, "erosion2d", [value, kernel]) as scope:
        negated = build(lookup("Neg"), value)
        turned = build(reverse, kernel, [0, 1])
        widest = build(DILATION2D, negated, turned, name=scope, strides=strides, rates=rates, padding=padding)
        result: Tensor = build(lookup("Neg"), widest)
        return result
