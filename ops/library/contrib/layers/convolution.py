"""Convolutions: `conv2d` and its like, with `weights`, `biases` or a normalizer, and an activation."""

from __future__ import annotations

from functools import partial
from typing import Any, Final

from ....building.convert import convert_to_tensor
from ....families.nn.activations import relu
from ....families.nn.bias import bias_add
from ....families.nn.convolution.depthwise.functions import depthwise_conv2d
from ...layers import convolution as core
from ..framework.arg_scope import add_arg_scope
from ..framework.variables import model_variable
from .common import NAMES, applied, collect_outputs, collections_of, finished, layer_scope, options
from .dense import XAVIER, ZEROS
from .normalization import channels_of

_FIRST: Final = ("NCW", "NCHW", "NCDHW")
_LAST: Final = ("NWC", "NHWC", "NDHWC")
_LAYERS: Final[dict[int, Any]] = {3: core.Conv1D, 4: core.Conv2D, 5: core.Conv3D}
_TRANSPOSED: Final[dict[int, Any]] = {4: core.Conv2DTranspose, 5: core.Conv3DTranspose}


def _format(data_format: Any) -> str:
    """The layer's word for a data format. Raises: ValueError for another one."""
    if data_format is not None and data_format not in (*_FIRST, *_LAST):
        raise ValueError(f"Invalid data_format: {data_format!r}")
    return "channels_first" if data_format in _FIRST else "channels_last"


@add_arg_scope
def convolution(
    inputs: Any,
    num_outputs: int,
    kernel_size: Any,
    stride: Any = 1,
    padding: str = "SAME",
    data_format: str | None = None,
    rate: Any = 1,
    activation_fn: Any = relu,
    normalizer_fn: Any = None,
    normalizer_params: Any = None,
    weights_initializer: Any = XAVIER,
    weights_regularizer: Any = None,
    biases_initializer: Any = ZEROS,
    biases_regularizer: Any = None,
    reuse: Any = None,
    variables_collections: Any = None,
    outputs_collections: Any = None,
    trainable: bool = True,
    scope: Any = None,
    conv_dims: int | None = None,
) -> Any:
    """Return the convolution of the inputs with `num_outputs` filters, normalized or shifted, and activated.

    Args:
      inputs: a tensor with axes of batch, space and channels; one to three of space.
      num_outputs: how many channels the outputs have.
      kernel_size, stride, rate: an integer, or one per axis of space; `rate` is the distance of what the kernel sees.
      padding: "SAME" or "VALID".
      data_format: such as "NHWC", the default, or "NCHW".
      conv_dims: how many axes of space there must be.
      The rest as of `fully_connected`.
    Raises: ValueError for another format, or inputs of another rank.
    """
    kind = _format(data_format)
    with layer_scope(scope, "Conv", inputs, reuse) as opened:
        inputs = convert_to_tensor(inputs)
        rank = inputs.shape.ndims
        if conv_dims is not None and rank is not None and conv_dims + 2 != rank:
            raise ValueError(f"Convolution expects input with rank {conv_dims + 2}, got {rank}")
        if rank not in _LAYERS:
            raise ValueError(f"Convolution not supported for input with rank {rank}")
        layer = _LAYERS[rank](
            num_outputs,
            kernel_size,
            strides=stride,
            padding=padding,
            data_format=kind,
            dilation_rate=rate,
            kernel_initializer=weights_initializer,
            kernel_regularizer=weights_regularizer,
            **options(opened, inputs, reuse, trainable, normalizer_fn, biases_initializer, biases_regularizer),
        )
        outputs = applied(layer, inputs, variables_collections)
        outputs = finished(outputs, normalizer_fn, normalizer_params, activation_fn)
        return collect_outputs(outputs_collections, opened, outputs)


def _of_rank(name: str, dims: int) -> Any:
    """`convolution` with so many axes of space, as a function with argument scopes of its own."""

    def function(inputs: Any, num_outputs: int, kernel_size: Any, *args: Any, **kwargs: Any) -> Any:
        return convolution(inputs, num_outputs, kernel_size, *args, **kwargs, conv_dims=dims)

    function.__name__ = function.__qualname__ = name
    function.__module__ = __name__
    function.__doc__ = f"Return the convolution along {dims} axes of space; see `convolution`."
    return add_arg_scope(function)


conv1d = convolution1d = _of_rank("convolution1d", 1)
conv2d = convolution2d = _of_rank("convolution2d", 2)
conv3d = convolution3d = _of_rank("convolution3d", 3)


def _transposed(
    dims: int,
    inputs: Any,
    num_outputs: int,
    kernel_size: Any,
    stride: Any = 1,
    padding: str = "SAME",
    data_format: str | None = None,
    activation_fn: Any = relu,
    normalizer_fn: Any = None,
    normalizer_params: Any = None,
    weights_initializer: Any = XAVIER,
    weights_regularizer: Any = None,
    biases_initializer: Any = ZEROS,
    biases_regularizer: Any = None,
    reuse: Any = None,
    variables_collections: Any = None,
    outputs_collections: Any = None,
    trainable: bool = True,
    scope: Any = None,
) -> Any:
    kind = _format(data_format)
    with layer_scope(scope, f"Conv{dims}d_transpose", inputs, reuse) as opened:
        inputs = convert_to_tensor(inputs)
        layer = _TRANSPOSED[dims + 2](
            num_outputs,
            kernel_size,
            strides=stride,
            padding=padding,
            data_format=kind,
            kernel_initializer=weights_initializer,
            kernel_regularizer=weights_regularizer,
            **options(opened, inputs, reuse, trainable, normalizer_fn, biases_initializer, biases_regularizer),
        )
        outputs = applied(layer, inputs, variables_collections)
        outputs = finished(outputs, normalizer_fn, normalizer_params, activation_fn)
        return collect_outputs(outputs_collections, opened, outputs)


def _transposed_of_rank(name: str, dims: int) -> Any:
    function = partial(_transposed, dims)

    def called(inputs: Any, num_outputs: int, kernel_size: Any, *args: Any, **kwargs: Any) -> Any:
        return function(inputs, num_outputs, kernel_size, *args, **kwargs)

    called.__name__ = called.__qualname__ = name
    called.__module__ = __name__
    called.__doc__ = (
        f"Return the transposed convolution along {dims} axes of space: inputs become larger by `stride`. "
        "The arguments are those of `convolution`."
    )
    return add_arg_scope(called)


conv2d_transpose = convolution2d_transpose = _transposed_of_rank("convolution2d_transpose", 2)
conv3d_transpose = convolution3d_transpose = _transposed_of_rank("convolution3d_transpose", 3)


def _unmixed(
    inputs: Any, kernel_size: Any, multiplier: int, stride: Any, padding: str, data_format: str, rate: Any,
    collections: Any, trainable: bool, weights: tuple[Any, Any], biases: tuple[Any, Any],
) -> Any:  # fmt: skip
    """Return the convolution of each channel by a filter of its own, `depthwise_weights`, and `biases` added.

    Args:
      inputs: `[batch, height, width, channels]`, or the channels second for "NCHW".
      kernel_size, stride, rate: an int, or one for each of height and width.
      multiplier: how many results each channel has.
      weights, biases: an initializer and a regularizer of each; biases without an initializer are left out.
      The rest as of `separable_conv2d`.
    """
    _, channels = channels_of(inputs, data_format)
    kind = inputs.dtype.base_dtype
    filters = model_variable(
        "depthwise_weights", shape=[*_pair(kernel_size), channels, multiplier], dtype=kind, initializer=weights[0],
        regularizer=weights[1], collections=collections_of(collections, "weights"), trainable=trainable,
    )  # fmt: skip
    strides = [1, 1, *_pair(stride)] if data_format.startswith("NC") else [1, *_pair(stride), 1]
    outputs = depthwise_conv2d(inputs, filters, strides, padding, rate=list(_pair(rate)), data_format=data_format)
    if biases[0] is None:
        return outputs
    shift = model_variable(
        "biases", shape=[channels * multiplier], dtype=kind, initializer=biases[0], regularizer=biases[1],
        collections=collections_of(collections, "biases"), trainable=trainable,
    )  # fmt: skip
    return bias_add(outputs, shift, data_format=data_format)


def _pair(value: Any) -> tuple[int, int]:
    """Two extents; a list of one stands for both."""
    return (value[0], value[-1]) if isinstance(value, (list, tuple)) else (value, value)


@add_arg_scope
def separable_convolution2d(
    inputs: Any,
    num_outputs: int | None,
    kernel_size: Any,
    depth_multiplier: int = 1,
    stride: Any = 1,
    padding: str = "SAME",
    data_format: str = "NHWC",
    rate: Any = 1,
    activation_fn: Any = relu,
    normalizer_fn: Any = None,
    normalizer_params: Any = None,
    weights_initializer: Any = XAVIER,
    pointwise_initializer: Any = None,
    weights_regularizer: Any = None,
    biases_initializer: Any = ZEROS,
    biases_regularizer: Any = None,
    reuse: Any = None,
    variables_collections: Any = None,
    outputs_collections: Any = None,
    trainable: bool = True,
    scope: Any = None,
) -> Any:
    """Return a convolution of each channel by itself, with a mixture of channels after it.

    Args:
      num_outputs: how many channels the outputs have; None leaves the mixture out.
      depth_multiplier: how many results each channel has before they are mixed.
      pointwise_initializer: of the mixture; default: `weights_initializer`.
      The rest as of `convolution`.
    Raises: ValueError for another format.
    """
    kind = _format(data_format)
    names = {**NAMES, "depthwise_kernel": "depthwise_weights", "pointwise_kernel": "pointwise_weights"}
    with layer_scope(scope, "SeparableConv2d", inputs, reuse, names) as opened:
        inputs = convert_to_tensor(inputs)
        if num_outputs is None:
            outputs = _unmixed(
                inputs, kernel_size, depth_multiplier, stride, padding, data_format, rate, variables_collections,
                trainable, (weights_initializer, weights_regularizer),
                (None if normalizer_fn is not None else biases_initializer, biases_regularizer),
            )  # fmt: skip
        else:
            layer = core.SeparableConv2D(
                num_outputs, kernel_size, strides=stride, padding=padding, data_format=kind, dilation_rate=rate,
                depth_multiplier=depth_multiplier, depthwise_initializer=weights_initializer,
                pointwise_initializer=pointwise_initializer or weights_initializer,
                depthwise_regularizer=weights_regularizer, pointwise_regularizer=weights_regularizer,
                **options(opened, inputs, reuse, trainable, normalizer_fn, biases_initializer, biases_regularizer),
            )  # fmt: skip
            outputs = applied(layer, inputs, variables_collections, ("depthwise_kernel", "pointwise_kernel"))
        outputs = finished(outputs, normalizer_fn, normalizer_params, activation_fn)
        return collect_outputs(outputs_collections, opened, outputs)


separable_conv2d = separable_convolution2d
