"""Pooling, and layers without variables: flatten, dropout, one-hot labels, softmax."""

from __future__ import annotations

from typing import Any

from ....building.convert import convert_to_tensor
from ....building.default_graph import name_scope
from ....families.arrays.reshaping import reshape
from ....families.elementwise.arithmetic import square
from ....families.elementwise.cast import to_int64
from ....families.elementwise.exponential import sqrt
from ....families.indexing.positions import one_hot
from ....families.nn.convolution import pooling as nn_pooling
from ....families.nn.softmax import softmax as nn_softmax
from ....families.reductions.reductions import reduce_max, reduce_sum
from ....families.state.variable_scope import variable_scope
from ...layers.dense import Dropout, Flatten
from ...layers.windows import per_axis
from ..framework.arg_scope import add_arg_scope
from .common import collect_outputs


def _pool(kind: str, dims: int, first: str, last: str) -> Any:
    function: Any = getattr(nn_pooling, f"{kind}_pool" if dims == 2 else f"{kind}_pool{dims}d")
    default = f"{'Max' if kind == 'max' else 'Avg'}Pool{dims}D"

    def pool(
        inputs: Any,
        kernel_size: Any,
        stride: Any = 2,
        padding: str = "VALID",
        data_format: str = last,
        outputs_collections: Any = None,
        scope: Any = None,
    ) -> Any:
        if data_format not in (first, last):
            raise ValueError(f"data_format has to be either {first} or {last}.")
        with name_scope(scope, default, [inputs]) as opened:
            sizes, steps = ([1, *per_axis(n, dims, "kernel_size"), 1] for n in (kernel_size, stride))
            if data_format == first:
                sizes, steps = ([1, 1, *numbers[1:-1]] for numbers in (sizes, steps))
            name = f"{default[:7]}{'' if dims == 2 else '3D'}"
            outputs = function(
                convert_to_tensor(inputs), sizes, steps, padding.upper(), data_format=data_format, name=name
            )
            return collect_outputs(outputs_collections, opened, outputs)

    pool.__name__ = pool.__qualname__ = f"{kind}_pool{dims}d"
    pool.__doc__ = f"Return the {'largest' if kind == 'max' else 'mean'} of each window, `stride` apart."
    return add_arg_scope(pool)


max_pool2d = _pool("max", 2, "NCHW", "NHWC")
avg_pool2d = _pool("avg", 2, "NCHW", "NHWC")
max_pool3d = _pool("max", 3, "NCDHW", "NDHWC")
avg_pool3d = _pool("avg", 3, "NCDHW", "NDHWC")


@add_arg_scope
def flatten(inputs: Any, outputs_collections: Any = None, scope: Any = None) -> Any:
    """Return the inputs as a matrix with a row per example. Raises: ValueError for scalars and vectors' elements."""
    with name_scope(scope, "Flatten", [inputs]) as opened:
        outputs = Flatten().apply(convert_to_tensor(inputs))
        return collect_outputs(outputs_collections, opened, outputs)


@add_arg_scope
def dropout(
    inputs: Any,
    keep_prob: Any = 0.5,
    noise_shape: Any = None,
    is_training: Any = True,
    outputs_collections: Any = None,
    scope: Any = None,
    seed: int | None = None,
) -> Any:
    """Return the inputs with some elements set to 0 and the others divided by `keep_prob`, while training.

    Args:
      keep_prob: the probability that an element stays.
      noise_shape: the shape of what is drawn; an extent of 1 lets elements go together.
      is_training: a bool, or a bool tensor.
      outputs_collections, scope: see `fully_connected`.
      seed: of the operation.
    """
    with variable_scope(scope, "Dropout", [inputs]) as opened:
        layer = Dropout(rate=1 - keep_prob, noise_shape=noise_shape, seed=seed, name=opened.name, _scope=opened)
        outputs = layer.apply(convert_to_tensor(inputs), training=is_training)
        return collect_outputs(outputs_collections, opened, outputs)


@add_arg_scope
def one_hot_encoding(
    labels: Any,
    num_classes: int,
    on_value: float = 1.0,
    off_value: float = 0.0,
    outputs_collections: Any = None,
    scope: Any = None,
) -> Any:
    """Return labels as rows with `on_value` at their place."""
    with name_scope(scope, "OneHotEncoding", [labels, num_classes]) as opened:
        labels = convert_to_tensor(labels)
        if labels.dtype.base_dtype.name == "int32":
            labels = to_int64(labels)
        outputs = one_hot(labels, num_classes, on_value=on_value, off_value=off_value)
        return collect_outputs(outputs_collections, opened, outputs)


@add_arg_scope
def softmax(logits: Any, scope: Any = None) -> Any:
    """Return the softmax along the last dimension, of tensors of any rank."""
    with variable_scope(scope, "softmax", [logits]):
        logits = convert_to_tensor(logits)
        extents = logits.shape.as_list()
        predictions = nn_softmax(reshape(logits, [-1, extents[-1]]))
        if None not in extents:
            predictions = reshape(predictions, extents)
        else:
            from ....families.arrays.shape_ops import shape

            predictions = reshape(predictions, shape(logits))
        predictions.set_shape(logits.shape)
        return predictions


@add_arg_scope
def unit_norm(inputs: Any, dim: int, epsilon: float = 1e-7, scope: Any = None) -> Any:
    """Return the inputs with the length 1 along a dimension. Raises: ValueError if there is no such dimension."""
    with variable_scope(scope, "UnitNorm", [inputs]):
        inputs = convert_to_tensor(inputs)
        rank = inputs.shape.ndims
        if rank is None:
            raise ValueError("The input rank must be known.")
        if not 0 <= dim < rank:
            raise ValueError(f"dim must be positive but smaller than the input rank, {rank}: {dim}")
        lengths = sqrt(reduce_sum(square(inputs), dim, keepdims=True) + epsilon)
        return inputs / lengths


@add_arg_scope
def maxout(inputs: Any, num_units: int, axis: int = -1, scope: Any = None) -> Any:
    """Return the largest of each group of channels, so that `num_units` are left.

    Raises: ValueError if the channels are no multiple of that.
    """
    with variable_scope(scope, "MaxOut", [inputs]):
        inputs = convert_to_tensor(inputs)
        extents: list[Any] = inputs.shape.as_list()
        count = extents[axis]
        if count % num_units:
            raise ValueError(f"number of features({count}) is not a multiple of num_units({num_units})")
        axis %= len(extents)
        grouped = [-1 if extent is None else extent for extent in extents]
        grouped[axis : axis + 1] = [num_units, count // num_units]
        if grouped.count(-1) > 1:
            raise ValueError("maxout takes inputs of which one extent is unknown, not several.")
        return reduce_max(reshape(inputs, grouped), axis + 1)
