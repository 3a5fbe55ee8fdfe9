"""Fully connected layers, biases, and layers one after the other."""

from __future__ import annotations

from functools import partial
from typing import Any

from ....building.convert import convert_to_tensor
from ....families.nn.activations import elu as elu_function
from ....families.nn.activations import relu as relu_function
from ....families.nn.activations import relu6 as relu6_function
from ....families.nn.bias import bias_add as nn_bias_add
from ....families.random.initializers import zeros_initializer
from ....families.state.variable_scope import variable_scope
from ...layers.dense import Dense
from ..framework.arg_scope import add_arg_scope
from ..framework.variables import model_variable
from .common import applied, collect_outputs, collections_of, finished, layer_scope, options
from .initializers import xavier_initializer

XAVIER = xavier_initializer()
ZEROS = zeros_initializer()


@add_arg_scope
def fully_connected(
    inputs: Any,
    num_outputs: int,
    activation_fn: Any = relu_function,
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
    """Return `activation_fn(inputs x weights + biases)`.

    Args:
      inputs: a tensor of at least two dimensions, the last one known.
      num_outputs: how many outputs there are per row.
      activation_fn: a function of the result, or None.
      normalizer_fn: a function such as `batch_norm` in place of biases; `normalizer_params` are its arguments.
      weights_initializer, weights_regularizer, biases_initializer, biases_regularizer: of the variables; no biases if
        `biases_initializer` is None.
      reuse: whether the variables are there already.
      variables_collections: a list of collections for the variables, or a dictionary of lists by name.
      outputs_collections: a collection, or a list of them, for the outputs.
      trainable: whether training changes the variables.
      scope: the name of the layer.
    Raises: ValueError if `num_outputs` is no integer, or the inputs have fewer than two dimensions.
    """
    if not isinstance(num_outputs, int) and not hasattr(num_outputs, "__index__"):
        raise ValueError(f"num_outputs type should be one of int, got {type(num_outputs)}.")
    with layer_scope(scope, "fully_connected", inputs, reuse) as opened:
        inputs = convert_to_tensor(inputs)
        layer = Dense(
            int(num_outputs),
            kernel_initializer=weights_initializer,
            kernel_regularizer=weights_regularizer,
            **options(opened, inputs, reuse, trainable, normalizer_fn, biases_initializer, biases_regularizer),
        )
        outputs = applied(layer, inputs, variables_collections)
        outputs = finished(outputs, normalizer_fn, normalizer_params, activation_fn)
        return collect_outputs(outputs_collections, opened, outputs)


linear = partial(fully_connected, activation_fn=None)
relu = partial(fully_connected, activation_fn=relu_function)
relu6 = partial(fully_connected, activation_fn=relu6_function)
elu = partial(fully_connected, activation_fn=elu_function)


@add_arg_scope
def bias_add(
    inputs: Any,
    activation_fn: Any = None,
    initializer: Any = ZEROS,
    regularizer: Any = None,
    reuse: Any = None,
    variables_collections: Any = None,
    outputs_collections: Any = None,
    trainable: bool = True,
    data_format: str = "NHWC",
    scope: Any = None,
) -> Any:
    """Return the inputs with a variable added along the channels; see `fully_connected`.

    Raises: ValueError for another `data_format`, or if the number of channels is not known.
    """
    if data_format not in ("NHWC", "NCHW"):
        raise ValueError("data_format has to be either NCHW or NHWC.")
    with variable_scope(scope, "BiasAdd", [inputs], reuse=reuse) as opened:
        inputs = convert_to_tensor(inputs)
        count = inputs.shape.as_list()[-1 if data_format == "NHWC" else 1]
        if count is None:
            raise ValueError("The dimension of the channels should be defined.")
        biases = model_variable(
            "biases",
            shape=[count],
            dtype=inputs.dtype.base_dtype,
            initializer=initializer,
            regularizer=regularizer,
            collections=collections_of(variables_collections, "biases"),
            trainable=trainable,
        )
        outputs = nn_bias_add(inputs, biases, data_format=data_format)
        if activation_fn is not None:
            outputs = activation_fn(outputs)
        return collect_outputs(outputs_collections, opened, outputs)


def _name_of(layer: Any) -> str:
    while isinstance(layer, partial):
        layer = layer.func
    return str(getattr(layer, "__name__", type(layer).__name__))


@add_arg_scope
def repeat(inputs: Any, repetitions: int, layer: Any, *args: Any, **kwargs: Any) -> Any:
    """Return the inputs after a layer that is applied several times, each time with variables of its own.

    Args:
      repetitions: how often.
      layer: a function such as `conv2d`; it takes the arguments that follow, and `scope`.
    """
    scope = kwargs.pop("scope", None)
    with variable_scope(scope, "Repeat", [inputs]):
        inputs = convert_to_tensor(inputs)
        base = scope or _name_of(layer)
        for number in range(repetitions):
            kwargs["scope"] = f"{base}_{number + 1}"
            inputs = layer(inputs, *args, **kwargs)
        return inputs


@add_arg_scope
def stack(inputs: Any, layer: Any, stack_args: Any, **kwargs: Any) -> Any:
    """Return the inputs after a layer that is applied with each of several arguments.

    Args:
      layer: a function such as `fully_connected`.
      stack_args: a list; each item is what the layer takes after the inputs, a list if that is several things.
    Raises: ValueError if `stack_args` is no list.
    """
    scope = kwargs.pop("scope", None)
    if not isinstance(stack_args, (list, tuple)):
        raise ValueError("stack_args need to be a list or tuple")
    with variable_scope(scope, "Stack", [inputs]):
        inputs = convert_to_tensor(inputs)
        base = scope or _name_of(layer)
        for number, given in enumerate(stack_args):
            kwargs["scope"] = f"{base}_{number + 1}"
            inputs = layer(inputs, *(given if isinstance(given, (list, tuple)) else [given]), **kwargs)
        return inputs
