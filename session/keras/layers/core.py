"""Layers of every model: fully connected, activation, dropout, and those that change shapes."""

from __future__ import annotations

import math
from typing import Any

from ....ops.families.nn.dropout import dropout as nn_dropout
from ....ops.library.layers import dense as plain
from ....ops.types.tensor_shape import TensorShape
from .. import state
from ..functions import activations, constraints, dumping, initializers, regularizers
from ..layer import InputSpec, Layer
from ..operations import (
    cast,
    identity,
    leave_out,
    not_equal,
    reduce_any,
    reshape,
    shape_of,
    smart_cond,
    tile,
    transpose,
)


class Dense(plain.Dense, Layer):
    """A layer `activation(inputs x kernel + bias)`.

    Args:
      units: how many outputs there are per row.
      activation: a function, or its name.
      use_bias: whether there is a bias.
      kernel_initializer, bias_initializer, kernel_regularizer, bias_regularizer, kernel_constraint, bias_constraint:
        functions, or their names.
      activity_regularizer: a function of the outputs.
      kwargs: see `Layer`.
    """

    def __init__(
        self, units: int, activation: Any = None, use_bias: bool = True, kernel_initializer: Any = "glorot_uniform",
        bias_initializer: Any = "zeros", kernel_regularizer: Any = None, bias_regularizer: Any = None,
        activity_regularizer: Any = None, kernel_constraint: Any = None, bias_constraint: Any = None, **kwargs: Any,
    ) -> None:  # fmt: skip
        super().__init__(
            int(units), activations.get(activation), use_bias, initializers.get(kernel_initializer),
            initializers.get(bias_initializer), regularizers.get(kernel_regularizer),
            regularizers.get(bias_regularizer), regularizers.get(activity_regularizer),
            constraints.get(kernel_constraint), constraints.get(bias_constraint), kwargs.pop("trainable", True),
            kwargs.pop("name", None), **kwargs,
        )  # fmt: skip
        self.supports_masking = True

    def get_config(self) -> dict[str, Any]:
        """The arguments that make the same layer."""
        return {**super().get_config(), "units": self.units, **weight_config(self)}


def variable_config(name: str, settings: Any) -> dict[str, Any]:
    """The part about one variable, of the arguments it is made with: initializer, regularizer, whether it is trained,
    and constraint."""
    initializer, regularizer, _, constraint = settings
    return {
        f"{name}_initializer": initializers.serialize(initializer),
        f"{name}_regularizer": regularizers.serialize(regularizer),
        f"{name}_constraint": constraints.serialize(constraint),
    }


def weight_config(layer: Any) -> dict[str, Any]:
    """The part of a configuration about activation, kernel and bias."""
    return {
        "activation": activations.serialize(layer.activation),
        "use_bias": layer.use_bias,
        "kernel_initializer": initializers.serialize(layer.kernel_initializer),
        "bias_initializer": initializers.serialize(layer.bias_initializer),
        "kernel_regularizer": regularizers.serialize(layer.kernel_regularizer),
        "bias_regularizer": regularizers.serialize(layer.bias_regularizer),
        "activity_regularizer": regularizers.serialize(layer._activity_regularizer),
        "kernel_constraint": constraints.serialize(layer.kernel_constraint),
        "bias_constraint": constraints.serialize(layer.bias_constraint),
    }


class Activation(Layer):
    """Applies a function.

    Args:
      activation: the function, or its name.
    """

    def __init__(self, activation: Any, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.supports_masking = True
        self.activation = activations.get(activation)

    def call(self, inputs: Any) -> Any:  # type: ignore[override]
        """Return the function's value."""
        return self.activation(inputs)

    def compute_output_shape(self, input_shape: Any) -> Any:
        """The input's shape."""
        return input_shape

    def get_config(self) -> dict[str, Any]:
        """The arguments that make the same layer."""
        return {**super().get_config(), "activation": activations.serialize(self.activation)}


class Dropout(Layer):
    """Zeros for a random share of the elements while training, the others scaled up so that sums stay.

    Args:
      rate: the share.
      noise_shape: of the random choice, which broadcasts to the inputs; None entries are theirs.
      seed: of the random numbers.
    """

    def __init__(self, rate: Any, noise_shape: Any = None, seed: int | None = None, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.rate, self.noise_shape, self.seed = rate, noise_shape, seed
        self.supports_masking = True

    def _noise_shape(self, inputs: Any) -> Any:
        if self.noise_shape is None:
            return None
        extents = shape_of(inputs)
        return [extents[axis] if n is None else n for axis, n in enumerate(self.noise_shape)]

    def call(self, inputs: Any, training: Any = None) -> Any:  # type: ignore[override]
        """Return the inputs, thinned out where `training`, by default the learning phase, holds."""
        if training is None:
            training = state.learning_phase()

        def dropped() -> Any:
            return nn_dropout(inputs, noise_shape=self._noise_shape(inputs), seed=self.seed, rate=self.rate)

        return smart_cond(training, dropped, lambda: identity(inputs))

    def compute_output_shape(self, input_shape: Any) -> Any:
        """The input's shape."""
        return input_shape

    def get_config(self) -> dict[str, Any]:
        """The arguments that make the same layer."""
        return {**super().get_config(), "rate": self.rate, "noise_shape": self.noise_shape, "seed": self.seed}


class SpatialDropout1D(Dropout):
    """Dropout of whole channels of sequences."""

    def __init__(self, rate: Any, **kwargs: Any) -> None:
        super().__init__(rate, **kwargs)
        self.input_spec = InputSpec(ndim=3)

    def _noise_shape(self, inputs: Any) -> Any:
        extents = shape_of(inputs)
        return (extents[0], 1, extents[2])


class SpatialDropout2D(SpatialDropout1D):
    """Dropout of whole channels of images."""

    def __init__(self, rate: Any, data_format: str | None = None, **kwargs: Any) -> None:
        super().__init__(rate, **kwargs)
        self.data_format = data_format or state.image_data_format()
        self.input_spec = InputSpec(ndim=4)

    def _noise_shape(self, inputs: Any) -> Any:
        extents = shape_of(inputs)
        if self.data_format == "channels_first":
            return (extents[0], extents[1], 1, 1)
        return (extents[0], 1, 1, extents[3])


class SpatialDropout3D(SpatialDropout2D):
    """Dropout of whole channels of volumes."""

    def __init__(self, rate: Any, data_format: str | None = None, **kwargs: Any) -> None:
        super().__init__(rate, data_format, **kwargs)
        self.input_spec = InputSpec(ndim=5)

    def _noise_shape(self, inputs: Any) -> Any:
        extents = shape_of(inputs)
        if self.data_format == "channels_first":
            return (extents[0], extents[1], 1, 1, 1)
        return (extents[0], 1, 1, 1, extents[4])


class Flatten(plain.Flatten, Layer):
    """All dimensions but the first as one.

    Args:
      data_format: `channels_last`, or `channels_first`, which brings the channels last before.
    """

    def __init__(self, data_format: str | None = None, **kwargs: Any) -> None:
        super().__init__(data_format or state.image_data_format(), kwargs.pop("name", None), **kwargs)

    def get_config(self) -> dict[str, Any]:
        """The arguments that make the same layer."""
        return {**super().get_config(), "data_format": self.data_format}


class Reshape(Layer):
    """Another shape.

    Args:
      target_shape: of one example; one extent may be -1.
    """

    def __init__(self, target_shape: Any, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.target_shape = tuple(target_shape)

    def compute_output_shape(self, input_shape: Any) -> TensorShape:
        """The batch's extent and the target's. Raises: ValueError if the numbers of elements differ."""
        extents: list[Any] = TensorShape(input_shape).as_list()
        if None in extents[1:]:
            return TensorShape([extents[0], *(None if n == -1 else n for n in self.target_shape)])
        known = math.prod(n for n in self.target_shape if n != -1)
        total = math.prod(extents[1:])
        if (total % known if -1 in self.target_shape else total != known) or known == 0 != total:
            raise ValueError("total size of new array must be unchanged")
        return TensorShape([extents[0], *(total // known if n == -1 else n for n in self.target_shape)])

    def call(self, inputs: Any) -> Any:  # type: ignore[override]
        """Return the elements in the other shape."""
        target = self.compute_output_shape(inputs.shape)
        result = reshape(inputs, (shape_of(inputs)[0], *self.target_shape))
        result.set_shape(target)
        return result

    def get_config(self) -> dict[str, Any]:
        """The arguments that make the same layer."""
        return {**super().get_config(), "target_shape": self.target_shape}


class Permute(Layer):
    """Dimensions in another order.

    Args:
      dims: the dimensions, from 1: the batch stays first.
    """

    def __init__(self, dims: Any, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.dims = tuple(dims)
        if sorted(self.dims) != list(range(1, len(self.dims) + 1)):
            raise ValueError(f"Invalid permutation `dims` for Permute Layer: {dims}. Consecutive from 1 are needed.")
        self.input_spec = InputSpec(ndim=len(self.dims) + 1)

    def compute_output_shape(self, input_shape: Any) -> TensorShape:
        """The extents in the other order."""
        extents = TensorShape(input_shape).as_list()
        return TensorShape([extents[0], *(extents[axis] for axis in self.dims)])

    def call(self, inputs: Any) -> Any:  # type: ignore[override]
        """Return the transposed inputs."""
        return transpose(inputs, perm=(0, *self.dims))

    def get_config(self) -> dict[str, Any]:
        """The arguments that make the same layer."""
        return {**super().get_config(), "dims": self.dims}


class RepeatVector(Layer):
    """A row, `n` times.

    Args:
      n: how often.
    """

    def __init__(self, n: int, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.n = n
        self.input_spec = InputSpec(ndim=2)

    def compute_output_shape(self, input_shape: Any) -> TensorShape:
        """A dimension more."""
        extents = TensorShape(input_shape).as_list()
        return TensorShape([extents[0], self.n, extents[1]])

    def call(self, inputs: Any) -> Any:  # type: ignore[override]
        """Return the rows repeated."""
        from ..operations import expand_dims, stack

        return tile(expand_dims(inputs, 1), stack([1, self.n, 1]))

    def get_config(self) -> dict[str, Any]:
        """The arguments that make the same layer."""
        return {**super().get_config(), "n": self.n}


class Masking(Layer):
    """Masks the steps of a sequence whose features all have one value, and makes them zero.

    Args:
      mask_value: the value.
    """

    def __init__(self, mask_value: float = 0.0, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.supports_masking = True
        self.mask_value = mask_value

    def compute_mask(self, inputs: Any, mask: Any = None) -> Any:
        """Whether each step has another value."""
        return reduce_any(not_equal(inputs, self.mask_value), axis=-1)

    def call(self, inputs: Any) -> Any:  # type: ignore[override]
        """Return the inputs, zero where they are masked."""
        kept = reduce_any(not_equal(inputs, self.mask_value), axis=-1, keepdims=True)
        leave_out(-3)  # the mask, made once more here
        return inputs * cast(kept, inputs.dtype)

    def compute_output_shape(self, input_shape: Any) -> Any:
        """The input's shape."""
        return input_shape

    def get_config(self) -> dict[str, Any]:
        """The arguments that make the same layer."""
        return {**super().get_config(), "mask_value": self.mask_value}


class Lambda(Layer):
    """A function as a layer.

    Args:
      function: of the inputs; it may take `mask`.
      output_shape: accepted; the function's tensor has its own.
      mask: the outputs' mask, or a function of inputs and their mask.
      arguments: further arguments of the function.
    """

    def __init__(
        self, function: Any, output_shape: Any = None, mask: Any = None, arguments: Any = None, **kwargs: Any
    ) -> None:
        super().__init__(**kwargs)
        self.function = function
        self.arguments = dict(arguments or {})
        self._shape, self._mask = output_shape, mask
        self.supports_masking = mask is not None

    def call(self, inputs: Any, mask: Any = None) -> Any:  # type: ignore[override]
        """Return the function's value."""
        import inspect

        arguments = dict(self.arguments)
        if "mask" in inspect.signature(self.function).parameters:
            arguments["mask"] = mask
        return self.function(inputs, **arguments)

    def compute_mask(self, inputs: Any, mask: Any = None) -> Any:
        """The mask given, or the function's."""
        return self._mask(inputs, mask) if callable(self._mask) else self._mask

    def compute_output_shape(self, input_shape: Any) -> Any:
        """The shape given, or the function's."""
        if self._shape is None:
            raise NotImplementedError("Lambda does not know the shape of its output: give `output_shape`.")
        if callable(self._shape):
            return TensorShape(self._shape(input_shape))
        return TensorShape([TensorShape(input_shape).as_list()[0], *self._shape])

    def get_config(self) -> dict[str, Any]:
        """The arguments that make the same layer, the function's code among them."""
        config = super().get_config()
        config["function"], config["function_type"], config["module"] = dumping.dumped(self.function)
        for name, value in (("output_shape", self._shape), ("mask", self._mask)):
            if name == "mask" and value is None:
                continue
            given = dumping.dumped(value) if callable(value) else (value, "raw", None)
            config[name], config[f"{name}_type"], config[f"{name}_module"] = given
        return {**config, "arguments": self.arguments}

    @classmethod
    def from_config(cls, config: dict[str, Any], custom_objects: Any = None) -> Any:
        """Make the layer of what `get_config` returned. Raises: ValueError for code of another version of Python."""
        config = dict(config)
        modules = {"function": "module", "output_shape": "output_shape_module", "mask": "mask_module"}
        for name, module_name in modules.items():
            kind, module = config.pop(f"{name}_type", "raw"), config.pop(module_name, None)
            if kind != "raw":
                config[name] = dumping.loaded(config[name], kind, module, custom_objects)
            elif isinstance(config.get(name), list):
                config[name] = tuple(config[name])
        return cls(**config)


class ActivityRegularization(Layer):
    """Adds to the loss by its inputs.

    Args:
      l1, l2: the factors of absolute values, and of squares.
    """

    def __init__(self, l1: float = 0.0, l2: float = 0.0, **kwargs: Any) -> None:
        super().__init__(activity_regularizer=regularizers.L1L2(l1=l1, l2=l2), **kwargs)
        self.supports_masking = True
        self.l1, self.l2 = l1, l2

    def compute_output_shape(self, input_shape: Any) -> Any:
        """The input's shape."""
        return input_shape

    def get_config(self) -> dict[str, Any]:
        """The arguments that make the same layer."""
        return {**super().get_config(), "l1": self.l1, "l2": self.l2}
