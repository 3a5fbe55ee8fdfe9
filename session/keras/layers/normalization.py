"""Normalization layers."""

from __future__ import annotations

from typing import Any

from ....ops.base.messages.logger import logger
from ....ops.library.layers import normalization as plain
from ....ops.library.layers.training_switch import known_flag
from ....ops.types.tensor_shape import TensorShape
from .. import state
from ..functions import constraints, initializers, regularizers
from ..layer import Layer
from ..operations import assign_sub, cast, constant, convert_to_tensor, name_scope, reshape, smart_cond


class BatchNormalization(plain.BatchNormalization, Layer):
    """Inputs with mean 0 and variance 1 along all axes but some, then scaled and shifted by variables.

    Args:
      axis, momentum, epsilon, center, scale, fused, renorm, renorm_clipping, renorm_momentum, virtual_batch_size,
        adjustment: see `tf.layers.BatchNormalization`.
      beta_initializer, ...: functions, or their names.
    """

    def __init__(
        self, axis: Any = -1, momentum: float = 0.99, epsilon: float = 1e-3, center: bool = True, scale: bool = True,
        beta_initializer: Any = "zeros", gamma_initializer: Any = "ones", moving_mean_initializer: Any = "zeros",
        moving_variance_initializer: Any = "ones", beta_regularizer: Any = None, gamma_regularizer: Any = None,
        beta_constraint: Any = None, gamma_constraint: Any = None, renorm: bool = False, renorm_clipping: Any = None,
        renorm_momentum: float = 0.99, fused: bool | None = None, trainable: bool = True,
        virtual_batch_size: int | None = None, adjustment: Any = None, name: str | None = None, **kwargs: Any,
    ) -> None:  # fmt: skip
        super().__init__(
            axis, momentum, epsilon, center, scale, initializers.get(beta_initializer),
            initializers.get(gamma_initializer), initializers.get(moving_mean_initializer),
            initializers.get(moving_variance_initializer), regularizers.get(beta_regularizer),
            regularizers.get(gamma_regularizer), constraints.get(beta_constraint), constraints.get(gamma_constraint),
            renorm, renorm_clipping, renorm_momentum, fused, trainable, virtual_batch_size, adjustment, name, **kwargs,
        )  # fmt: skip
        self.supports_masking = True

    def call(self, inputs: Any, training: Any = None) -> Any:  # type: ignore[override]
        """Return the normalized inputs; `training`, by default the learning phase, says by which statistics."""
        return super().call(inputs, state.learning_phase() if training is None else training)

    def _kept(self, training: Any) -> Any:
        if known_flag(training):
            return convert_to_tensor(self.momentum)
        return smart_cond(training, lambda: constant(self.momentum), lambda: constant(1.0))

    def _pick(self, training: Any, yes: Any, no: Any) -> Any:
        return smart_cond(training, yes, no)

    def _move(self, variable: Any, value: Any, kept: Any) -> Any:
        with name_scope("AssignMovingAvg") as scope:
            decay = convert_to_tensor(1.0 - kept, name="decay")
            if decay.dtype.base_dtype != variable.dtype.base_dtype:
                decay = cast(decay, variable.dtype.base_dtype)
            return assign_sub(variable, (variable - value) * decay, name=scope)

    def get_config(self) -> dict[str, Any]:
        """The arguments that make the same layer."""
        if self.adjustment is not None:
            logger().warning("The `adjustment` function of this `BatchNormalization` layer cannot be serialized.")
        parts: dict[str, Any] = {}
        if self.virtual_batch_size is not None:
            parts["virtual_batch_size"] = self.virtual_batch_size
        if self.renorm:
            parts |= {"renorm": True, "renorm_clipping": self.renorm_clipping, "renorm_momentum": self.renorm_momentum}
        return {
            **super().get_config(), **parts, "axis": self.axis, "momentum": self.momentum, "epsilon": self.epsilon,
            "center": self.center, "scale": self.scale, "beta_initializer": initializers.serialize(self._beta[0]),
            "gamma_initializer": initializers.serialize(self._gamma[0]),
            "moving_mean_initializer": initializers.serialize(self._moving[0]),
            "moving_variance_initializer": initializers.serialize(self._moving[1]),
            "beta_regularizer": regularizers.serialize(self._beta[1]),
            "gamma_regularizer": regularizers.serialize(self._gamma[1]),
            "beta_constraint": constraints.serialize(self._beta[3]),
            "gamma_constraint": constraints.serialize(self._gamma[3]),
        }  # fmt: skip


class LayerNormalization(Layer):
    """Each example with mean 0 and variance 1 along some axes, then scaled and shifted by variables.

    Args:
      axis: the axes, by default the last one.
      epsilon: added to the variance.
      center, scale: whether there is a shift `beta` and a factor `gamma`.
      beta_initializer, gamma_initializer, beta_regularizer, gamma_regularizer, beta_constraint, gamma_constraint:
        functions, or their names.
      trainable, name: as of `Layer`.
    """

    def __init__(
        self, axis: Any = -1, epsilon: float = 1e-3, center: bool = True, scale: bool = True,
        beta_initializer: Any = "zeros", gamma_initializer: Any = "ones", beta_regularizer: Any = None,
        gamma_regularizer: Any = None, beta_constraint: Any = None, gamma_constraint: Any = None,
        trainable: bool = True, name: str | None = None, **kwargs: Any,
    ) -> None:  # fmt: skip
        super().__init__(trainable=trainable, name=name, **kwargs)
        self.axis = list(axis) if isinstance(axis, (list, tuple)) else axis
        self.epsilon, self.center, self.scale = epsilon, center, scale
        self._beta = (
            initializers.get(beta_initializer), regularizers.get(beta_regularizer), True,
            constraints.get(beta_constraint),
        )  # fmt: skip
        self._gamma = (
            initializers.get(gamma_initializer), regularizers.get(gamma_regularizer), True,
            constraints.get(gamma_constraint),
        )  # fmt: skip
        self.supports_masking = True

    def build(self, input_shape: Any) -> None:
        """Make the variables. Raises: ValueError for axes that are not there."""
        extents = TensorShape(input_shape).as_list()
        axes = self.axis if isinstance(self.axis, list) else [self.axis]
        if any(not -len(extents) <= axis < len(extents) for axis in axes):
            raise ValueError(f"Invalid axis: {self.axis}")
        self._axes = [axis % len(extents) for axis in axes]
        shape = [extents[axis] for axis in self._axes]
        self.gamma = self.add_weight("gamma", shape, None, *self._gamma) if self.scale else None
        self.beta = self.add_weight("beta", shape, None, *self._beta) if self.center else None
        self.built = True

    def call(self, inputs: Any) -> Any:  # type: ignore[override]
        """Return the normalized inputs."""
        from ....ops.families.linalg.norms import batch_normalization, moments

        mean, variance = moments(inputs, self._axes, keep_dims=True)
        extents = inputs.shape.as_list()
        wide = [extents[axis] if axis in self._axes else 1 for axis in range(len(extents))]

        def along(variable: Any) -> Any:
            if variable is None or self._axes == [len(extents) - 1]:
                return variable
            return reshape(variable, wide)

        result = batch_normalization(inputs, mean, variance, along(self.beta), along(self.gamma), self.epsilon)
        result.set_shape(inputs.shape)
        return result

    def compute_output_shape(self, input_shape: Any) -> Any:
        """The input's shape."""
        return input_shape

    def get_config(self) -> dict[str, Any]:
        """The arguments that make the same layer."""
        return {
            **super().get_config(), "axis": self.axis, "epsilon": self.epsilon, "center": self.center,
            "scale": self.scale, "beta_initializer": initializers.serialize(self._beta[0]),
            "gamma_initializer": initializers.serialize(self._gamma[0]),
        }  # fmt: skip
