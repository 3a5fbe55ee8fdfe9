"""Linear models of Keras, and linear and deep ones side by side."""

from __future__ import annotations

from typing import Any

from ....ops.base import nest
from .. import optimizers
from ..functions import activations, initializers, regularizers
from ..layers.core import Dense
from ..models.model import Model
from ..operations import bias_add


class LinearModel(Model):
    """The sum of a product of each input, and a bias.

    Args:
      units: how many outputs. activation: of the sum. use_bias: whether there is a bias.
      kernel_initializer, bias_initializer, kernel_regularizer, bias_regularizer: functions, or their names.
    Source: keras.experimental of TensorFlow 1.15.
    """

    def __init__(
        self, units: int = 1, activation: Any = None, use_bias: bool = True,
        kernel_initializer: Any = "glorot_uniform", bias_initializer: Any = "zeros", kernel_regularizer: Any = None,
        bias_regularizer: Any = None, **kwargs: Any,
    ) -> None:  # fmt: skip
        super().__init__(**kwargs)
        self.units, self.use_bias = units, use_bias
        self.activation = activations.get(activation)
        self.kernel_initializer, self.bias_initializer = (
            initializers.get(kernel_initializer), initializers.get(bias_initializer),
        )  # fmt: skip
        self.kernel_regularizer, self.bias_regularizer = (
            regularizers.get(kernel_regularizer), regularizers.get(bias_regularizer),
        )  # fmt: skip

    def _make(self, count: int) -> None:
        self.dense_layers = [
            Dense(
                self.units, use_bias=False, kernel_initializer=self.kernel_initializer,
                kernel_regularizer=self.kernel_regularizer,
            )
            for _ in range(count)
        ]  # fmt: skip
        self.bias = None
        if self.use_bias:
            self.bias = self.add_weight("bias", [self.units], None, self.bias_initializer, self.bias_regularizer)

    def call(self, inputs: Any, **kwargs: Any) -> Any:  # type: ignore[override]
        """Return the sum. Raises: ValueError for another number of inputs."""
        parts = list(inputs) if isinstance(inputs, (list, tuple)) else [inputs]
        if not hasattr(self, "dense_layers"):
            self._make(len(parts))
        if len(parts) != len(self.dense_layers):
            raise ValueError(f"Expected {len(self.dense_layers)} inputs, but got {len(parts)} inputs")
        total: Any = None
        for part, layer in zip(parts, self.dense_layers):
            product = layer(part)
            total = product if total is None else total + product
        if self.bias is not None:
            total = bias_add(total, self.bias)
        return self.activation(total)

    def get_config(self) -> dict[str, Any]:
        """The arguments that make the same model."""
        return {
            "name": self.name, "units": self.units, "activation": activations.serialize(self.activation),
            "use_bias": self.use_bias, "kernel_initializer": initializers.serialize(self.kernel_initializer),
            "bias_initializer": initializers.serialize(self.bias_initializer),
            "kernel_regularizer": regularizers.serialize(self.kernel_regularizer),
            "bias_regularizer": regularizers.serialize(self.bias_regularizer),
        }  # fmt: skip

    @classmethod
    def from_config(cls, config: dict[str, Any], custom_objects: Any = None) -> Any:
        """Make a model of what `get_config` returned."""
        return cls(**config)


class _Apart:
    """Two optimizers, each of its own variables."""

    def __init__(self, linear: Any, deep: Any, linear_model: Any) -> None:
        self._linear, self._deep, self._linear_model = linear, deep, linear_model
        self.lr = getattr(linear, "lr", None)

    def get_updates(self, loss: Any, params: Any) -> list[Any]:
        """Return the operations of both for a loss."""
        own = {id(variable) for variable in self._linear_model.trainable_weights}
        first = [variable for variable in params if id(variable) in own]
        second = [variable for variable in params if id(variable) not in own]
        return [*self._linear.get_updates(loss, first), *self._deep.get_updates(loss, second)]


class WideDeepModel(Model):
    """The mean of what a linear and a deep model give.

    Args:
      linear_model, dnn_model: models; the inputs are a pair of theirs, or the same for both. activation: of the mean.
    Source: Cheng et al. (2016); keras.experimental of TensorFlow 1.15.
    """

    def __init__(self, linear_model: Any, dnn_model: Any, activation: Any = None, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.linear_model, self.dnn_model = linear_model, dnn_model
        self.activation = activations.get(activation)

    def call(self, inputs: Any, **kwargs: Any) -> Any:  # type: ignore[override]
        """Return the mean."""
        pair = inputs if isinstance(inputs, (list, tuple)) and len(inputs) == 2 else (inputs, inputs)
        linear, deep = self.linear_model(pair[0]), self.dnn_model(pair[1])
        return nest.map_structure(lambda a, b: self.activation(0.5 * (a + b)), linear, deep)

    def compile(self, optimizer: Any = "rmsprop", *args: Any, **kwargs: Any) -> None:
        """Say how the model is trained; two optimizers are of the linear and of the deep one. See `Model`.

        Raises: ValueError for another number of optimizers.
        """
        if not isinstance(optimizer, (list, tuple)):
            super().compile(optimizer, *args, **kwargs)
            return
        if len(optimizer) != 2:
            raise ValueError(f"A linear and a deep model have two optimizers, not {len(optimizer)}.")
        super().compile(optimizer[0], *args, **kwargs)
        self.optimizer = _Apart(optimizers.get(optimizer[0]), optimizers.get(optimizer[1]), self.linear_model)

    def get_config(self) -> dict[str, Any]:
        """The arguments that make the same model."""
        models = {
            name: {"class_name": type(model).__name__, "config": model.get_config()}
            for name, model in (("linear_model", self.linear_model), ("dnn_model", self.dnn_model))
        }
        return {**models, "activation": activations.serialize(self.activation), "name": self.name}
