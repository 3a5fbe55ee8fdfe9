"""Adding a bias to the channels of a layer: `bias_add`, `xw_plus_b`, `relu_layer`."""

from __future__ import annotations

from typing import Any

import numpy as np

from ...building.build import build
from ...building.convert import convert_to_tensor
from ...building.default_graph import name_scope
from ...definition.opdef import OpDef
from ...definition.reduction import widened
from ...definition.registry import lookup
from ...definition.shapes import at_least_rank, merge_extent, with_rank
from ...graph.node import Tensor, TensorLike
from ...types.dtypes import NUMERIC
from ...types.tensor_shape import Extents
from ..linalg.products import matmul
from . import nn_gradients as gradients


def _bias_shape(query: Any) -> Extents:
    channels_first = query.attrs["data_format"] == b"NCHW"
    shape = at_least_rank(query.shapes[0], 3 if channels_first else 2)
    (extent,) = with_rank(query.shapes[1], 1)
    if shape is None:
        return None
    axis = 1 if channels_first else len(shape) - 1
    return (*shape[:axis], merge_extent(shape[axis], extent), *shape[axis + 1 :])


def _bias_kernel(value: Any, bias: Any, *, data_format: bytes) -> Any:
    axis = 1 if data_format == b"NCHW" else value.ndim - 1
    if bias.ndim != 1 or value.ndim < 2 or value.shape[axis] != bias.shape[0]:
        raise ValueError(
            "Must provide as many biases as the channel dimension of the input tensor: "
            f"{list(bias.shape)} vs. {value.shape[axis] if value.ndim > axis else 'none'} in {list(value.shape)}"
        )
    return value + bias.reshape((-1,) + (1,) * (value.ndim - axis - 1))


def _bias_scalar(attrs: Any, types: Any) -> str | None:
    # Only the last axis lines up with the bias as broadcasting does.
    return "{value} + {bias}" if attrs["data_format"] == b"NHWC" else None


BIAS_ADD = OpDef(
    name="BiasAdd",
    signature="value: T, bias: T -> output: T",
    where={"T": NUMERIC},
    attrs={"data_format": ("string", b"NHWC")},
    shape=_bias_shape,
    kernel=_bias_kernel,
    scalar=_bias_scalar,
    gradient=gradients.bias_add,
)


def _bias_gradient_shape(query: Any) -> Extents:
    channels_first = query.attrs["data_format"] == b"NCHW"
    shape = at_least_rank(query.shapes[0], 3 if channels_first else 2)
    return (None,) if shape is None else (shape[1 if channels_first else -1],)


def _bias_gradient_kernel(out_backprop: Any, *, data_format: bytes) -> Any:
    axis = 1 if data_format == b"NCHW" else out_backprop.ndim - 1
    others = tuple(other for other in range(out_backprop.ndim) if other != axis)
    wide = np.add.reduce(out_backprop, others, dtype=widened(out_backprop.dtype))
    return wide.astype(out_backprop.dtype, copy=False)


def _bias_gradient_expansion(build: Any, attrs: Any, out_backprop: Any) -> Any:
    # A matrix of rows of channels is summed in one loop; which axes others have is not known here.
    if attrs["data_format"] == b"NCHW" or out_backprop.extents is None:
        return None
    others = np.arange(len(out_backprop.extents) - 1, dtype=np.int32)
    return build("Sum", out_backprop, build.constant(others), keep_dims=False)


BIAS_ADD_GRAD = OpDef(
    name="BiasAddGrad",
    signature="out_backprop: T -> output: T",
    where={"T": NUMERIC},
    attrs={"data_format": ("string", b"NHWC")},
    shape=_bias_gradient_shape,
    kernel=_bias_gradient_kernel,
    expansion=_bias_gradient_expansion,
    gradient=gradients.bias_add_grad,
    ulp=4,
)


def _canonical_format(data_format: Any) -> bytes:
    if data_format is None:
        return b"NHWC"
    if str(data_format).startswith("NC"):
        return b"NCHW"
    if str(data_format).startswith("N") and str(data_format).endswith("C"):
        return b"NHWC"
    raise ValueError(f"`data_format` must be of the form `N...C` or `NC...`. Received: data_format={data_format}")


def bias_add(value: TensorLike, bias: TensorLike, data_format: str | None = None, name: str | None = None) -> Tensor:
    """Return `value + bias`, where `bias` is a vector along the axis of the channels.

    Args:
      value: numbers of rank 2 or more.
      bias: as many numbers as there are channels.
      data_format: `N...C` (default) if the channels are the last axis, `NC...` if they are the second.
      name: a name for the operation.
    Raises: ValueError for another format, or sizes that differ.
    """
    with name_scope(name, "BiasAdd", [value, bias]) as scope:
        layout = _canonical_format(data_format)
        x = convert_to_tensor(value, name="input")
        b = convert_to_tensor(bias, dtype=x.dtype.base_dtype, name="bias")
        result: Tensor = build(BIAS_ADD, x, b, name=scope, data_format=layout)
        return result


def xw_plus_b(x: TensorLike, weights: TensorLike, biases: TensorLike, name: str | None = None) -> Tensor:
    """Return `matmul(x, weights) + biases`. See `matmul` and `bias_add`."""
    with name_scope(name, "xw_plus_b", [x, weights, biases]) as scope:
        values = convert_to_tensor(x, name="x")
        factors = convert_to_tensor(weights, name="weights")
        offsets = convert_to_tensor(biases, name="biases")
        return bias_add(matmul(values, factors), offsets, name=scope)


def relu_layer(x: TensorLike, weights: TensorLike, biases: TensorLike, name: str | None = None) -> Tensor:
    """Return `relu(matmul(x, weights) + biases)`. See `matmul` and `bias_add`."""
    with name_scope(name, "relu_layer", [x, weights, biases]) as scope:
        values = convert_to_tensor(x, name="x")
        factors = convert_to_tensor(weights, name="weights")
        offsets = convert_to_tensor(biases, name="biases")
        result: Tensor = build(lookup("Relu"), bias_add(matmul(values, factors), offsets), name=scope)
        return result
