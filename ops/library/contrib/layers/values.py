"""Layers that move values: to sparse tensors, to places of pictures, and gradients to other sizes."""

from __future__ import annotations

from typing import Any

from ....building.build import build
from ....building.constant import constant
from ....building.convert import convert_to_tensor
from ....building.default_graph import name_scope
from ....families.arrays.linspace import LIN_SPACE
from ....families.arrays.meshgrid import meshgrid
from ....families.arrays.reshaping import reshape
from ....families.arrays.shape_ops import shape as shape_of
from ....families.arrays.stacking import concat, stack
from ....families.arrays.transposing import transpose
from ....families.elementwise.compare import not_equal
from ....families.indexing.batch_gathering import gather_nd
from ....families.indexing.positions import where
from ....families.nn.softmax import softmax
from ....families.random.initializers import constant_initializer, ones_initializer
from ....families.reductions.reductions import reduce_sum
from ....families.sparse.sparse_tensor import SparseTensor
from ....families.state.variable_scope import variable_scope
from ....types import dtypes
from ...gradients.custom import custom_gradient
from ..framework.arg_scope import add_arg_scope
from ..framework.variables import model_variable
from .common import collect_outputs, collections_of


@add_arg_scope
def dense_to_sparse(tensor: Any, eos_token: int = 0, outputs_collections: Any = None, scope: Any = None) -> Any:
    """Return the values of a tensor that are not `eos_token`, as a SparseTensor.

    Args:
      outputs_collections: where the result goes. scope: the name of the layer.
    """
    with variable_scope(scope, "dense_to_sparse", [tensor]) as opened:
        tensor = convert_to_tensor(tensor)
        indices = where(not_equal(tensor, constant(eos_token, tensor.dtype)))
        found = gather_nd(tensor, indices)
        outputs = SparseTensor(indices, found, shape_of(tensor, out_type=dtypes.int64))
        return collect_outputs(outputs_collections, opened, outputs)


def scale_gradient(inputs: Any, gradient_multiplier: Any) -> Any:
    """Return the inputs; the gradient for them is multiplied, and the multiplier has none."""
    factor = convert_to_tensor(gradient_multiplier)

    @custom_gradient
    def scaled(value: Any) -> Any:
        return value, lambda gradient: gradient * factor

    return scaled(convert_to_tensor(inputs))


@add_arg_scope
def spatial_softmax(
    features: Any,
    temperature: Any = None,
    name: Any = None,
    variables_collections: Any = None,
    trainable: bool = True,
    data_format: str = "NHWC",
) -> Any:
    """Return where each channel of pictures is active: the mean place, weighted by a softmax over the pixels.

    Args:
      features: `[batch, height, width, channels]`, or `[batch, channels, height, width]` for "NCHW".
      temperature: divides the features; a variable `temperature` that begins with it, or with 1.
      name: of the layer. variables_collections, trainable: of the variable.
    Returns: `[batch, 2 * channels]`: of each channel its place along the height, and along the width, from -1 to 1.
    Raises: ValueError for another format, or channels that are not known.
    """
    features = convert_to_tensor(features)
    if data_format not in ("NHWC", "NCHW"):
        raise ValueError("data_format has to be either NCHW or NHWC.")
    with variable_scope(name, "spatial_softmax"):
        shape = shape_of(features)
        first = 1 if data_format == "NHWC" else 2
        height, width = shape[first], shape[first + 1]
        channels = features.shape.as_list()[3 if data_format == "NHWC" else 1]
        if channels is None:
            raise ValueError("The number of channels of spatial_softmax must be known.")
        with name_scope("spatial_softmax_op", "spatial_softmax_op", [features]):
            lines = [build(LIN_SPACE, -1.0, 1.0, extent, name="LinSpace") for extent in (height, width)]
            places = meshgrid(*lines, indexing="ij")
            places = [reshape(place, stack([height * width])) for place in places]
        start = ones_initializer() if temperature is None else constant_initializer(temperature)
        collections = collections_of(variables_collections, "temperature")
        divisor = model_variable("temperature", (), dtypes.float32, start, collections=collections, trainable=trainable)
        with name_scope("spatial_softmax_op/"):
            if data_format == "NHWC":
                features = transpose(features, [0, 3, 1, 2])
            weights = softmax(reshape(features, stack([-1, height * width])) / divisor)
            means = [reduce_sum(place * weights, [1], keep_dims=True) for place in places]
            outputs = reshape(concat(means, 1), [-1, channels * 2])
        outputs.set_shape([features.shape.as_list()[0], channels * 2])
        return outputs
