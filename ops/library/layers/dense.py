"""Fully connected layers, dropout, and flattening."""

from __future__ import annotations

import math
from typing import Any

from ...building.basic_ops import identity
from ...building.convert import convert_to_tensor
from ...families.arrays.reshaping import reshape
from ...families.arrays.shape_ops import shape as shape_of
from ...families.arrays.transposing import transpose
from ...families.elementwise.cast import cast
from ...families.linalg.products import matmul
from ...families.linalg.tensordot import tensordot
from ...families.nn.bias import bias_add
from ...families.nn.dropout import dropout as nn_dropout
from ...types import dtypes
from ...types.tensor_shape import TensorShape
from .layer import ZEROS, InputSpec, Layer, extents_of
from .named import named
from .training_switch import switched


class Dense(Layer):
    """A layer `activation(inputs x kernel + bias)`.

    Args:
      units: how many outputs there are per row.
      activation: a function of the result, or None.
      use_bias: whether there is a bias.
      kernel_initializer, bias_initializer, kernel_regularizer, bias_regularizer, activity_regularizer,
        kernel_constraint, bias_constraint: see `get_variable`; the first regularizes the outputs.
      trainable, name: see `Layer`.
    """

    def __init__(
        self,
        units: int,
        activation: Any = None,
        use_bias: bool = True,
        kernel_initializer: Any = None,
        bias_initializer: Any = ZEROS,
        kernel_regularizer: Any = None,
        bias_regularizer: Any = None,
        activity_regularizer: Any = None,
        kernel_constraint: Any = None,
        bias_constraint: Any = None,
        trainable: bool = True,
        name: str | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(trainable, name, activity_regularizer=activity_regularizer, **kwargs)
        self.units = int(units)
        self.activation = named("activations", activation)
        self.use_bias = use_bias
        self.kernel_initializer, self.bias_initializer = kernel_initializer, bias_initializer
        self.kernel_regularizer, self.bias_regularizer = kernel_regularizer, bias_regularizer
        self.kernel_constraint, self.bias_constraint = kernel_constraint, bias_constraint
        self.kernel: Any = None
        self.bias: Any = None
        self.input_spec = InputSpec(min_ndim=2)

    def build(self, input_shape: Any) -> None:
        """Make kernel and bias. Raises: ValueError if the last extent of the inputs is not known."""
        if (
            not dtypes.as_dtype(self._dtype or dtypes.float32).is_floating
            and not dtypes.as_dtype(self._dtype).is_complex
        ):
            raise TypeError(f"Unable to build `Dense` layer with non-floating point dtype {self._dtype}")
        last = extents_of(input_shape)[-1]
        if last is None:
            raise ValueError("The last dimension of the inputs to `Dense` should be defined. Found `None`.")
        self.input_spec = InputSpec(min_ndim=2, axes={-1: last})
        self.kernel = self.add_weight(
            "kernel", [last, self.units], None, self.kernel_initializer, self.kernel_regularizer, True,
            self.kernel_constraint,
        )  # fmt: skip
        if self.use_bias:
            self.bias = self.add_weight(
                "bias", [self.units], None, self.bias_initializer, self.bias_regularizer, True, self.bias_constraint
            )
        self.built = True

    def call(self, inputs: Any, **kwargs: Any) -> Any:
        """Return the outputs; of more than two dimensions the last one is multiplied."""
        inputs = convert_to_tensor(inputs)
        rank = inputs.shape.ndims
        if rank is not None and rank > 2:
            outputs = tensordot(inputs, self.kernel, [[rank - 1], [0]])
            outputs.set_shape([*inputs.shape.as_list()[:-1], self.units])
        else:
            outputs = matmul(cast(inputs, self._dtype), self.kernel)
        if self.use_bias:
            outputs = bias_add(outputs, self.bias)
        return outputs if self.activation is None else self.activation(outputs)

    def compute_output_shape(self, input_shape: Any) -> TensorShape:
        """The input's shape with `units` at the end."""
        extents = extents_of(input_shape)
        if extents[-1] is None:
            raise ValueError(f"The innermost dimension of input_shape must be defined, but saw: {input_shape}")
        return TensorShape([*extents[:-1], self.units])


def dense(
    inputs: Any,
    units: int,
    activation: Any = None,
    use_bias: bool = True,
    kernel_initializer: Any = None,
    bias_initializer: Any = ZEROS,
    kernel_regularizer: Any = None,
    bias_regularizer: Any = None,
    activity_regularizer: Any = None,
    kernel_constraint: Any = None,
    bias_constraint: Any = None,
    trainable: bool = True,
    name: str | None = None,
    reuse: Any = None,
) -> Any:
    """Apply a new `Dense` layer to `inputs`: floats of at least two dimensions, the last of known extent.

    Args:
      name: of the variable scope.
      reuse: whether to use the variables of that scope.
      The other arguments are those of `Dense`.
    """
    layer = Dense(
        units, activation, use_bias, kernel_initializer, bias_initializer, kernel_regularizer, bias_regularizer,
        activity_regularizer, kernel_constraint, bias_constraint, trainable, name, _scope=name, _reuse=reuse,
    )  # fmt: skip
    return layer(inputs)


class Dropout(Layer):
    """Zeros for a random share of the elements while training, the others scaled up so that sums stay.

    Args:
      rate: the share, between 0 and 1.
      noise_shape: of the random choice, which broadcasts to the inputs; None entries are theirs.
      seed: of the random numbers.
    """

    def __init__(
        self, rate: Any = 0.5, noise_shape: Any = None, seed: int | None = None, name: str | None = None, **kwargs: Any
    ) -> None:
        super().__init__(name=name, **kwargs)
        self.rate = rate
        self.noise_shape = noise_shape
        self.seed = seed

    def _noise_shape(self, inputs: Any) -> Any:
        if self.noise_shape is None or not isinstance(self.noise_shape, (list, tuple)):
            return self.noise_shape
        return [inputs.shape.as_list()[axis] if n is None else n for axis, n in enumerate(self.noise_shape)]

    def call(self, inputs: Any, training: Any = False, **kwargs: Any) -> Any:
        """Return the inputs, thinned out where `training` (a bool, or a bool tensor) holds."""

        def dropped() -> Any:
            return nn_dropout(inputs, noise_shape=self._noise_shape(inputs), seed=self.seed, rate=self.rate)

        return switched(training, dropped, lambda: identity(inputs))

    def compute_output_shape(self, input_shape: Any) -> Any:
        """The input's shape."""
        return input_shape


def dropout(
    inputs: Any,
    rate: Any = 0.5,
    noise_shape: Any = None,
    seed: int | None = None,
    training: Any = False,
    name: str | None = None,
) -> Any:
    """Apply a new `Dropout` layer; see there. Without `training` the inputs pass unchanged."""
    return Dropout(rate, noise_shape, seed, name)(inputs, training=training)


class Flatten(Layer):
    """All dimensions but the first as one.

    Args:
      data_format: `channels_last`, or `channels_first`, which brings the channels last before.
    Raises: ValueError for another `data_format`.
    """

    def __init__(self, data_format: str | None = None, name: str | None = None, **kwargs: Any) -> None:
        super().__init__(name=name, **kwargs)
        if data_format not in (None, "channels_last", "channels_first"):
            raise ValueError(f"data_format must be 'channels_last' or 'channels_first', not {data_format!r}.")
        self.data_format = data_format or "channels_last"
        self.input_spec = InputSpec(min_ndim=1)

    def call(self, inputs: Any, **kwargs: Any) -> Any:
        """Return a tensor of two dimensions."""
        extents = inputs.shape.as_list()
        if self.data_format == "channels_first" and len(extents) > 1:
            inputs = transpose(inputs, [0, *range(2, len(extents)), 1])
        known = None if None in extents[1:] else math.prod(extents[1:])
        if extents[0] is not None and known is not None:
            outputs = reshape(inputs, [extents[0], known])
        else:
            outputs = reshape(inputs, [shape_of(inputs)[0], -1 if known != 0 else 0])
        outputs.set_shape(self.compute_output_shape(inputs.shape))
        return outputs

    def compute_output_shape(self, input_shape: Any) -> TensorShape:
        """Two extents."""
        extents = extents_of(input_shape)
        known = [extent for extent in extents[1:] if extent is not None]
        rest = math.prod(known) if len(known) == len(extents) - 1 else None
        return TensorShape([extents[0] if extents else None, rest])


def flatten(inputs: Any, name: str | None = None, data_format: str = "channels_last") -> Any:
    """Apply a new `Flatten` layer; see there."""
    return Flatten(data_format, name)(inputs)
