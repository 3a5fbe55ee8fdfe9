"""How many float operations an operation takes, by its static shapes.

Source: what TensorFlow 1.15 counts; types that its profiler leaves out (AddV2, BatchMatMulV2, Relu and others) are
left out here, so that numbers compare.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any, Final


class UnknownShapeError(Exception):
    """A shape that has to be known is not."""


def _extents(tensor: Any) -> list[int]:
    if not tensor.shape.is_fully_defined():
        raise UnknownShapeError(tensor.name)
    return [int(extent) for extent in tensor.shape.as_list()]


def _size(tensor: Any) -> int:
    return math.prod(_extents(tensor))


def _each(times: int) -> Callable[[Any], int]:
    return lambda op: times * _size(op.outputs[0])


def _reduction(each: int, last: int) -> Callable[[Any], int]:
    return lambda op: each * _size(op.inputs[0]) + (last - each) * _size(op.outputs[0])


def _product(op: Any) -> int:
    inner = _extents(op.inputs[0])[-2 if op.get_attr("transpose_a") else -1]
    return 2 * inner * _size(op.outputs[0])


def _window(op: Any) -> int:
    """A convolution: each output is a sum over the window and the input's channels."""
    return 2 * math.prod(_extents(op.inputs[1])[:-1]) * _size(op.outputs[0])


def _window_of_each_channel(op: Any) -> int:
    return 2 * math.prod(_extents(op.inputs[1])[:2]) * _size(op.outputs[0])


def _strides(op: Any) -> int:
    return math.prod(int(stride) for stride in op.get_attr("strides"))


def _back_to_input(op: Any) -> int:
    high, wide, _, outputs = _extents(op.inputs[1])
    return 2 * high * wide * outputs * _size(op.outputs[0]) // _strides(op)


def _back_to_filter(op: Any) -> int:
    high, wide, _, outputs = _extents(op.outputs[0])
    return 2 * high * wide * outputs * _size(op.inputs[0]) // _strides(op)


def _area(op: Any) -> int:
    return math.prod(int(extent) for extent in op.get_attr("ksize"))


_BINARY: Final = "Add Equal Greater GreaterEqual Less LessEqual Maximum Minimum Mul NotEqual Pow RealDiv Sub"
_RULES: Final[dict[str, Callable[[Any], int]]] = {
    **dict.fromkeys((*_BINARY.split(), "AssignSub", "BiasAdd", "Log", "Neg", "Reciprocal", "Square"), _each(1)),
    **dict.fromkeys(("Rsqrt", "SquaredDifference"), _each(2)),
    "RsqrtGrad": _each(4),
    "Softmax": _each(5),
    "AddN": lambda op: (len(op.inputs) - 1) * _size(op.outputs[0]),
    "L2Loss": lambda op: 3 * _size(op.inputs[0]) - 1,
    "Mean": _reduction(1, 1),
    **dict.fromkeys(("ArgMax", "ArgMin", "BiasAddGrad", "Sum"), _reduction(1, 0)),
    "MatMul": _product,
    "Conv2D": _window,
    "Conv3D": _window,
    "Conv2DBackpropInput": _back_to_input,
    "Conv2DBackpropFilter": _back_to_filter,
    "DepthwiseConv2dNative": _window_of_each_channel,
    "Dilation2D": _window_of_each_channel,
    "AvgPool": lambda op: _area(op) * _size(op.outputs[0]),
    "MaxPool": lambda op: _area(op) * _size(op.outputs[0]),
    "AvgPoolGrad": lambda op: 2 * _area(op) * _size(op.inputs[1]),
    "MaxPoolGrad": lambda op: (_area(op) + 1) * _size(op.inputs[1]),
}


def float_operations(op: Any) -> int:
    """Return how many float operations an operation takes; 0 for types that are not counted.

    Raises: UnknownShapeError if that depends on a shape that is not known.
    """
    rule = _RULES.get(op.type)
    return 0 if rule is None else rule(op)
