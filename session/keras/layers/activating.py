"""Activations with parameters, as layers."""

from __future__ import annotations

from typing import Any

from ....ops.families.nn import activations as nn
from .. import state
from ..functions import activations, constraints, initializers, regularizers
from ..layer import InputSpec, Layer
from ..operations import cast, greater


class _Elementwise(Layer):
    """The base: the outputs have the shape of the inputs."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.supports_masking = True

    def compute_output_shape(self, input_shape: Any) -> Any:
        """The input's shape."""
        return input_shape


class LeakyReLU(_Elementwise):
    """`x` above 0, `alpha * x` below."""

    def __init__(self, alpha: float = 0.3, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.alpha = float(alpha)

    def call(self, inputs: Any) -> Any:  # type: ignore[override]
        """Return the function's value."""
        return nn.leaky_relu(inputs, alpha=self.alpha)

    def get_config(self) -> dict[str, Any]:
        """The arguments that make the same layer."""
        return {**super().get_config(), "alpha": self.alpha}


class ELU(_Elementwise):
    """`x` above 0, `alpha * (exp(x) - 1)` below."""

    def __init__(self, alpha: float = 1.0, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.alpha = float(alpha)

    def call(self, inputs: Any) -> Any:  # type: ignore[override]
        """Return the function's value."""
        return activations.elu(inputs, self.alpha)

    def get_config(self) -> dict[str, Any]:
        """The arguments that make the same layer."""
        return {**super().get_config(), "alpha": self.alpha}


class ThresholdedReLU(_Elementwise):
    """`x` above `theta`, 0 below."""

    def __init__(self, theta: float = 1.0, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.theta = float(theta)

    def call(self, inputs: Any) -> Any:  # type: ignore[override]
        """Return the function's value."""
        return inputs * cast(greater(inputs, self.theta), inputs.dtype)

    def get_config(self) -> dict[str, Any]:
        """The arguments that make the same layer."""
        return {**super().get_config(), "theta": self.theta}


class ReLU(_Elementwise):
    """See `activations.relu`; `negative_slope` is its `alpha`."""

    def __init__(
        self, max_value: float | None = None, negative_slope: float = 0, threshold: float = 0, **kwargs: Any
    ) -> None:
        super().__init__(**kwargs)
        if max_value is not None and max_value < 0:
            raise ValueError(f"max_value of Relu layer cannot be negative value: {max_value}")
        if negative_slope < 0:
            raise ValueError(f"negative_slope of Relu layer cannot be negative value: {negative_slope}")
        self.max_value, self.negative_slope, self.threshold = max_value, negative_slope, threshold

    def call(self, inputs: Any) -> Any:  # type: ignore[override]
        """Return the function's value."""
        return activations.relu(inputs, self.negative_slope, self.max_value, self.threshold)

    def get_config(self) -> dict[str, Any]:
        """The arguments that make the same layer."""
        return {
            **super().get_config(), "max_value": self.max_value, "negative_slope": self.negative_slope,
            "threshold": self.threshold,
        }  # fmt: skip


class Softmax(_Elementwise):
    """The softmax along an axis."""

    def __init__(self, axis: int = -1, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.axis = axis

    def call(self, inputs: Any) -> Any:  # type: ignore[override]
        """Return the function's value."""
        return activations.softmax(inputs, axis=self.axis)

    def get_config(self) -> dict[str, Any]:
        """The arguments that make the same layer."""
        return {**super().get_config(), "axis": self.axis}


class PReLU(_Elementwise):
    """`x` above 0, `alpha * x` below, with a variable `alpha` for each feature.

    Args:
      alpha_initializer, alpha_regularizer, alpha_constraint: functions, or their names.
      shared_axes: axes along which `alpha` is the same.
    """

    def __init__(
        self, alpha_initializer: Any = "zeros", alpha_regularizer: Any = None, alpha_constraint: Any = None,
        shared_axes: Any = None, **kwargs: Any,
    ) -> None:  # fmt: skip
        super().__init__(**kwargs)
        self.alpha_initializer = initializers.get(alpha_initializer)
        self.alpha_regularizer = regularizers.get(alpha_regularizer)
        self.alpha_constraint = constraints.get(alpha_constraint)
        self.shared_axes = None
        if shared_axes is not None:
            self.shared_axes = list(shared_axes) if isinstance(shared_axes, (list, tuple)) else [shared_axes]

    def build(self, input_shape: Any) -> None:
        """Make the variable."""
        shape = list(input_shape.as_list()[1:])
        for axis in self.shared_axes or []:
            shape[axis - 1] = 1
        self.alpha = self.add_weight(
            name="alpha", shape=shape, initializer=self.alpha_initializer, regularizer=self.alpha_regularizer,
            constraint=self.alpha_constraint,
        )  # fmt: skip
        self.input_spec = InputSpec(ndim=len(shape) + 1)
        self.built = True

    def call(self, inputs: Any) -> Any:  # type: ignore[override]
        """Return the function's value."""
        return nn.relu(inputs) + -self.alpha * nn.relu(-inputs)

    def get_config(self) -> dict[str, Any]:
        """The arguments that make the same layer."""
        return {
            **super().get_config(), "alpha_initializer": initializers.serialize(self.alpha_initializer),
            "alpha_regularizer": regularizers.serialize(self.alpha_regularizer),
            "alpha_constraint": constraints.serialize(self.alpha_constraint), "shared_axes": self.shared_axes,
        }  # fmt: skip


class GaussianNoise(_Elementwise):
    """Adds normally distributed noise while training.

    Args:
      stddev: of the noise.
    """

    def __init__(self, stddev: float, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.stddev = stddev

    def call(self, inputs: Any, training: Any = None) -> Any:  # type: ignore[override]
        """Return the inputs, with noise where `training`, by default the learning phase, holds."""
        from ..backend import random_normal  # which has its seed from NumPy's random numbers
        from ..operations import identity, shape_of, smart_cond

        def noised() -> Any:
            return inputs + random_normal(shape_of(inputs), 0.0, self.stddev, inputs.dtype)

        training = state.learning_phase() if training is None else training
        return smart_cond(training, noised, lambda: identity(inputs))

    def get_config(self) -> dict[str, Any]:
        """The arguments that make the same layer."""
        return {**super().get_config(), "stddev": self.stddev}


class GaussianDropout(_Elementwise):
    """Multiplies by normally distributed numbers around 1 while training.

    Args:
      rate: their variance is `rate / (1 - rate)`.
    """

    def __init__(self, rate: float, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.rate = rate

    def call(self, inputs: Any, training: Any = None) -> Any:  # type: ignore[override]
        """Return the inputs, multiplied where `training`, by default the learning phase, holds."""
        from ..backend import random_normal
        from ..operations import identity, shape_of, smart_cond

        if not 0 < self.rate < 1:
            return inputs

        def noised() -> Any:
            return inputs * random_normal(shape_of(inputs), 1.0, (self.rate / (1 - self.rate)) ** 0.5, inputs.dtype)

        training = state.learning_phase() if training is None else training
        return smart_cond(training, noised, lambda: identity(inputs))

    def get_config(self) -> dict[str, Any]:
        """The arguments that make the same layer."""
        return {**super().get_config(), "rate": self.rate}


class AlphaDropout(_Elementwise):
    """Dropout that keeps the mean and the variance of what `selu` gives.

    Args:
      rate: the share that is set to the lowest value of `selu`.
      noise_shape: of the random choice, which broadcasts to the inputs.
      seed: of the random numbers.
    """

    def __init__(self, rate: float, noise_shape: Any = None, seed: int | None = None, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.rate, self.noise_shape, self.seed = rate, noise_shape, seed

    def call(self, inputs: Any, training: Any = None) -> Any:  # type: ignore[override]
        """Return the inputs, thinned out where `training`, by default the learning phase, holds."""
        from ..backend import random_uniform
        from ..operations import cast, identity, shape_of, smart_cond

        if not 0.0 < self.rate < 1.0:
            return inputs
        lowest = -1.6732632423543772 * 1.0507009873554805  # of selu

        def dropped() -> Any:
            shape = shape_of(inputs) if self.noise_shape is None else self.noise_shape
            chance = random_uniform(shape, dtype=inputs.dtype, seed=self.seed)
            kept = cast(chance >= self.rate, inputs.dtype)
            scale = ((1 - self.rate) * (1 + self.rate * lowest**2)) ** -0.5
            return scale * (inputs * kept + lowest * (1 - kept)) - scale * lowest * self.rate

        training = state.learning_phase() if training is None else training
        return smart_cond(training, dropped, lambda: identity(inputs))

    def get_config(self) -> dict[str, Any]:
        """The arguments that make the same layer."""
        return {**super().get_config(), "rate": self.rate}
