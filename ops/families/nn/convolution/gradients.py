"""Gradient rules of convolutions, pooling, morphology and patches.

Rules are called with a builder (`ops/library/gradients/builder.py`), the operation, and the gradients of its outputs.
A convolution is linear in its input and in its filter, so its gradients are convolutions, and theirs again.
"""

from __future__ import annotations

from typing import Any, Final

import numpy as np

_WINDOW: Final = ("strides", "padding", "explicit_paddings", "data_format", "dilations", "use_cudnn_on_gpu")
_POOL: Final = ("ksize", "strides", "padding", "explicit_paddings", "data_format")


def _kept(op: Any, names: tuple[str, ...]) -> dict[str, Any]:
    return {name: op.attrs[name] for name in names if name in op.attrs}


def convolution(input_type: str, filter_type: str) -> Any:
    """The rule of a convolution whose gradients have these types."""

    def rule(g: Any, op: Any, dy: Any) -> Any:
        x, weights = op.inputs
        attrs = _kept(op, _WINDOW)
        x_shape, w_shape = g("ShapeN", [x, weights])
        return [g(input_type, x_shape, weights, dy, **attrs), g(filter_type, x, w_shape, dy, **attrs)]

    return rule


def depthwise(g: Any, op: Any, dy: Any) -> Any:
    """The rule of a depthwise convolution."""
    x, weights = op.inputs
    attrs = _kept(op, _WINDOW)
    dx = g("DepthwiseConv2dNativeBackpropInput", g.shape(x), weights, dy, **attrs)
    return [dx, g("DepthwiseConv2dNativeBackpropFilter", x, g.shape(weights), dy, **attrs)]


def input_backprop(forward_type: str, filter_type: str) -> Any:
    """The rule of a gradient for the input."""

    def rule(g: Any, op: Any, dx: Any) -> Any:
        _, weights, dy = op.inputs
        attrs = _kept(op, _WINDOW)
        return [None, g(filter_type, dx, g.shape(weights), dy, **attrs), g(forward_type, dx, weights, **attrs)]

    return rule


def filter_backprop(forward_type: str, input_type: str) -> Any:
    """The rule of a gradient for the filter."""

    def rule(g: Any, op: Any, dw: Any) -> Any:
        x, _, dy = op.inputs
        attrs = _kept(op, _WINDOW)
        return [g(input_type, g.shape(x), dw, dy, **attrs), None, g(forward_type, x, dw, **attrs)]

    return rule


def max_pool(gradient_type: str) -> Any:
    """The rule of max pooling: the gradient goes to the first largest element of each window."""

    def rule(g: Any, op: Any, dy: Any) -> Any:
        rest = op.inputs[1:]  # of the second version, sizes and strides
        return [g(gradient_type, op.inputs[0], op.outputs[0], dy, *rest, **_kept(op, _POOL)), *[None] * len(rest)]

    return rule


def max_pool_backprop(second_type: str) -> Any:
    """The rule of the gradient of max pooling, and of that gradient's: both pass on what they are given."""

    def rule(g: Any, op: Any, dx: Any) -> Any:
        x, y, _, *rest = op.inputs
        attrs = _kept(op, _POOL)
        if attrs.get("explicit_paddings") == () or attrs.get("explicit_paddings") == []:
            del attrs["explicit_paddings"]
        nothing = [g.zeros(g.shape(value), value.dtype) for value in (x, y)]
        return [*nothing, g(second_type, x, y, dx, *rest, **attrs), *[None] * len(rest)]

    return rule


def avg_pool(gradient_type: str) -> Any:
    """The rule of mean pooling."""

    def rule(g: Any, op: Any, dy: Any) -> Any:
        return g(gradient_type, g.shape(op.inputs[0]), dy, **_kept(op, _POOL))

    return rule


def avg_pool_backprop(forward_type: str) -> Any:
    """The rule of the gradient of mean pooling."""

    def rule(g: Any, op: Any, dx: Any) -> Any:
        return [g("StopGradient", op.inputs[0]), g(forward_type, dx, **_kept(op, _POOL))]

    return rule


def argmax_pool(g: Any, op: Any, dy: Any, unused: Any) -> Any:
    """The gradient goes to the places that were given."""
    attrs = _kept(op, (*_POOL, "include_batch_in_index"))
    return g("MaxPoolGradWithArgmax", op.inputs[0], dy, op.outputs[1], **attrs)


def argmax_backprop(g: Any, op: Any, dx: Any) -> Any:
    """What stands at the places that were given."""
    x, _, places = op.inputs
    attrs = _kept(op, (*_POOL, "include_batch_in_index"))
    return [g.zeros_like(x), g("MaxPoolGradGradWithArgmax", x, dx, places, **attrs), None]


def argmax_second(g: Any, op: Any, dy: Any) -> Any:
    """Back to the places that were given."""
    x, _, places = op.inputs
    attrs = _kept(op, (*_POOL, "include_batch_in_index"))
    return [g.zeros_like(x), g("MaxPoolGradWithArgmax", x, dy, places, **attrs), None]


def dilation(g: Any, op: Any, dy: Any) -> Any:
    """The gradient goes to the first largest sum of each window."""
    attrs = _kept(op, ("strides", "rates", "padding"))
    return [g(f"Dilation2DBackprop{part}", *op.inputs, dy, **attrs) for part in ("Input", "Filter")]


def patches(g: Any, op: Any, dy: Any) -> Any:
    """Patches are a convolution with filters that are 1 at one place: its gradient adds up where they were cut."""
    x = op.inputs[0]
    depth = g.extents(x)[-1]
    if depth is None:
        raise ValueError("The channels of images must be known for the gradient of their patches")
    sizes = [int(size) for size in op.attrs["ksizes"][1:-1]]
    count = int(np.prod(sizes)) * int(depth)
    chosen = np.eye(count, dtype=x.dtype.np_dtype).reshape(*sizes, int(depth), count)
    attrs = _kept(op, ("strides", "padding"))
    shape = g("Shape", x)
    if len(sizes) == 3:
        return g("Conv3DBackpropInputV2", shape, g.constant(chosen), dy, **attrs)
    return g("Conv2DBackpropInput", shape, g.constant(chosen), dy, dilations=op.attrs["rates"], **attrs)
