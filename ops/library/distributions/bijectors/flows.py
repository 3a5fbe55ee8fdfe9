"""Flows: bijectors whose shift and scale are functions of other elements, such as layers that are trained.

Source: TensorFlow 1.15, `tf.contrib.distributions.bijectors`, for names, arguments and variables; the papers are
Papamakarios, Pavlakou, Murray, "Masked Autoregressive Flow" (2017), and
Dinh, Sohl-Dickstein, Bengio, "Real NVP" (2017).
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from ....building.basic_ops import stop_gradient
from ....building.convert import convert_to_tensor
from ....building.default_graph import name_scope
from ....families.arrays.reshaping import expand_dims, reshape
from ....families.arrays.shape_ops import shape
from ....families.arrays.splitting import split, unstack
from ....families.arrays.stacking import concat
from ....families.elementwise.exponential import exp, log, sqrt
from ....families.elementwise.like import zeros_like
from ....families.elementwise.rounding import clip_by_value
from ....families.linalg.norms import moments
from ....families.nn.activations import relu
from ....families.random.initializers import glorot_normal_initializer
from ....families.reductions.reductions import reduce_sum
from ....families.state.template import make_template
from ...layers.dense import Dense, dense
from ...layers.normalization import BatchNormalization as NormalizationLayer
from .base import Bijector


class MaskedAutoregressiveFlow(Bijector):
    """y = x exp(log_scale(y)) + shift(y), where both of an element depend on the elements of y before it alone.

    The inverse needs one call of the function, `forward` one for each element.

    Args:
      shift_and_log_scale_fn: of vectors y; the logarithm may be None.
        `masked_autoregressive_default_template` makes one.
      is_constant_jacobian, validate_args, name: as for all bijectors.
      unroll_loop: kept; the calls of `forward` are always unrolled.
    """

    def __init__(
        self,
        shift_and_log_scale_fn: Callable[[Any], tuple[Any, Any]],
        is_constant_jacobian: bool = False,
        validate_args: bool = False,
        unroll_loop: bool = False,
        name: str | None = None,
    ) -> None:
        self._function = shift_and_log_scale_fn
        super().__init__(
            is_constant_jacobian=is_constant_jacobian,
            validate_args=validate_args,
            forward_min_event_ndims=1,
            name=name or "masked_autoregressive_flow",
        )

    def _forward(self, x: Any) -> Any:
        if x.shape[-1].value is None:
            raise ValueError("MaskedAutoregressiveFlow: the length of events has to be known while the graph is built.")
        y = zeros_like(x)
        for _ in range(int(x.shape[-1].value)):
            y = _scaled(x, *self._function(y))
        return y

    def _inverse(self, y: Any) -> Any:
        return _unscaled(y, *self._function(y))

    def _inverse_log_det_jacobian(self, y: Any) -> Any:
        _, log_scale = self._function(y)
        return zeros_like(y[..., 0]) if log_scale is None else -reduce_sum(log_scale, -1)


class RealNVP(Bijector):
    """The first elements stay; the others are scaled and shifted by functions of those.

    Args:
      num_masked: how many stay.
      shift_and_log_scale_fn: of these elements and the number of the others; the logarithm may be None.
        `real_nvp_default_template` makes one.
      is_constant_jacobian, validate_args, name: as for all bijectors.
    Raises: ValueError if `num_masked` is negative, or, when it is called, leaves no others.
    """

    def __init__(
        self,
        num_masked: int,
        shift_and_log_scale_fn: Callable[[Any, int], tuple[Any, Any]],
        is_constant_jacobian: bool = False,
        validate_args: bool = False,
        name: str | None = None,
    ) -> None:
        if num_masked < 0:
            raise ValueError("num_masked must be a non-negative integer.")
        self._masked, self._function = num_masked, shift_and_log_scale_fn
        super().__init__(
            is_constant_jacobian=is_constant_jacobian,
            validate_args=validate_args,
            forward_min_event_ndims=1,
            name=name or "real_nvp",
        )

    def _parts(self, values: Any) -> tuple[Any, Any, Any, Any]:
        """What stays, the others, and the shift and scale of these."""
        length = values.shape[-1].value
        if length is None:
            raise ValueError("Rightmost dimension must be known prior to graph execution.")
        if self._masked >= length:
            raise ValueError(f"Number of masked units must be smaller than the event size ({length}).")
        kept = values[..., : self._masked]
        return kept, values[..., self._masked :], *self._function(kept, length - self._masked)

    def _forward(self, x: Any) -> Any:
        kept, others, shift, log_scale = self._parts(x)
        return concat([kept, _scaled(others, shift, log_scale)], -1)

    def _inverse(self, y: Any) -> Any:
        kept, others, shift, log_scale = self._parts(y)
        return concat([kept, _unscaled(others, shift, log_scale)], -1)

    def _forward_log_det_jacobian(self, x: Any) -> Any:
        *_, log_scale = self._parts(x)
        return zeros_like(x[..., 0]) if log_scale is None else reduce_sum(log_scale, -1)

    def _inverse_log_det_jacobian(self, y: Any) -> Any:
        *_, log_scale = self._parts(y)
        return zeros_like(y[..., 0]) if log_scale is None else -reduce_sum(log_scale, -1)


def _scaled(x: Any, shift: Any, log_scale: Any) -> Any:
    y = x if log_scale is None else x * exp(log_scale)
    return y if shift is None else y + shift


def _unscaled(y: Any, shift: Any, log_scale: Any) -> Any:
    x = y if shift is None else y - shift
    return x if log_scale is None else x * exp(-log_scale)


class BatchNormalization(Bijector):
    """Batch normalization: the inverse is a layer of it, and `forward` undoes it with the moving statistics.

    Args:
      batchnorm_layer: a `tf.layers.BatchNormalization`; by default one whose scale is kept positive.
      training: whether the batch's statistics are used, otherwise the moving ones.
      validate_args, name: as for all bijectors.
    Raises: ValueError if the layer is of another class, or normalizes with other statistics (`renorm`).
    """

    def __init__(
        self, batchnorm_layer: Any = None, training: bool = True, validate_args: bool = False,
        name: str = "batch_normalization",
    ) -> None:  # fmt: skip
        if batchnorm_layer is not None and not isinstance(batchnorm_layer, NormalizationLayer):
            raise ValueError(
                f"batchnorm_layer must be an instance of BatchNormalization layer, got {type(batchnorm_layer)}"
            )
        if getattr(batchnorm_layer, "renorm", False):
            raise ValueError("BatchNorm Bijector does not support renormalization.")
        self.batchnorm = batchnorm_layer or NormalizationLayer(gamma_constraint=lambda gamma: relu(gamma) + 1e-6)
        self._training = training
        super().__init__(validate_args=validate_args, forward_min_event_ndims=1, name=name)

    def _built(self, values: Any) -> Any:
        layer = self.batchnorm
        if not layer.built:
            layer.apply(values, training=False)  # which makes its variables
        return layer

    def _forward(self, x: Any) -> Any:
        layer = self._built(x)
        rescaled = x if layer.beta is None else x - layer.beta
        rescaled = rescaled if layer.gamma is None else rescaled / layer.gamma
        return rescaled * sqrt(layer.moving_variance + layer.epsilon) + layer.moving_mean

    def _inverse(self, y: Any) -> Any:
        self._built(y)
        return self.batchnorm.apply(y, training=self._training)

    def _log_scale(self, variance: Any) -> Any:
        layer = self.batchnorm
        total = -0.5 * reduce_sum(log(variance + layer.epsilon))
        return total if layer.gamma is None else total + reduce_sum(log(layer.gamma))

    def _inverse_log_det_jacobian(self, y: Any) -> Any:
        layer = self._built(y)
        variance = moments(y, list(range(y.shape.ndims - 1)))[1] if self._training else layer.moving_variance
        return self._log_scale(variance) + zeros_like(y[..., 0])

    def _forward_log_det_jacobian(self, x: Any) -> Any:
        return -self._log_scale(self._built(x).moving_variance) + zeros_like(x[..., 0])


def _mask(blocks: int, inputs: int, units: int, exclusive: bool, kind: Any) -> Any:
    """Which weights there are: a block of units has its own block of inputs and those before, or only those before."""
    mask = np.zeros([units, inputs], kind)
    wide, high = inputs // blocks, units // blocks
    for block in range(blocks):
        first = (block + exclusive) * high
        mask[first:, block * wide : (block + 1) * wide] = 1
    return mask.T


def masked_dense(
    inputs: Any,
    units: int,
    num_blocks: int | None = None,
    exclusive: bool = False,
    kernel_initializer: Any = None,
    reuse: bool | None = None,
    name: str | None = None,
    *args: Any,
    **kwargs: Any,
) -> Any:
    """Return a dense layer's outputs, where a block of units sees its own block of inputs and those before alone.

    Args:
      inputs: `[..., n]`.
      units: how many outputs there are.
      num_blocks: how many blocks.
      exclusive: whether a block's own inputs are left out too.
      kernel_initializer: default: `glorot_normal_initializer()`.
      reuse, name, args, kwargs: of `tf.layers.Dense`.
    Raises: NotImplementedError if the number of inputs is not known.
    """
    inputs = convert_to_tensor(inputs, name="inputs")
    depth = inputs.shape[-1].value
    if depth is None:
        raise NotImplementedError("Rightmost dimension must be known prior to graph execution.")
    mask = _mask(num_blocks or 1, depth, units, exclusive, inputs.dtype.as_numpy_dtype)
    initial = kernel_initializer or glorot_normal_initializer()

    def masked_initializer(extents: Any, dtype: Any = None, partition_info: Any = None) -> Any:
        return mask * initial(extents, dtype)

    with name_scope(name, "masked_dense", values=[inputs, units, num_blocks]):
        options = {
            "kernel_initializer": masked_initializer,
            "kernel_constraint": lambda weights: mask * weights,
            "name": name,
            "_scope": name,
            "_reuse": reuse,
            **kwargs,
        }
        layer: Any = Dense(units, *args, **options)
        return layer.apply(inputs)


def masked_autoregressive_default_template(
    hidden_layers: Any,
    shift_only: bool = False,
    activation: Any = relu,
    log_scale_min_clip: float = -5.0,
    log_scale_max_clip: float = 3.0,
    log_scale_clip_gradient: bool = False,
    name: str | None = None,
    *args: Any,
    **kwargs: Any,
) -> Any:
    """Return a function for `MaskedAutoregressiveFlow`: masked dense layers, whose variables are shared by its calls.

    Args:
      hidden_layers: how many units each hidden layer has.
      shift_only: whether there is no scale.
      activation: of the hidden layers.
      log_scale_min_clip, log_scale_max_clip: between which the logarithm of the scale is kept.
      log_scale_clip_gradient: whether it has no gradient where it is cut off.
      name: of the template.
      args, kwargs: of `masked_dense`.
    """

    def function(x: Any) -> tuple[Any, Any]:
        depth = x.shape[-1].value
        if depth is None:
            raise NotImplementedError("Rightmost dimension must be known prior to graph execution.")
        extents = np.int32(x.shape.as_list()) if x.shape.is_fully_defined() else shape(x)
        hidden = expand_dims(x, 0) if x.shape.ndims == 1 else x
        for index, units in enumerate(hidden_layers):
            hidden = masked_dense(hidden, units, depth, index == 0, *args, activation=activation, **kwargs)
        outputs = (1 if shift_only else 2) * depth
        hidden = masked_dense(hidden, outputs, depth, not len(hidden_layers), *args, activation=None, **kwargs)
        if shift_only:
            return reshape(hidden, extents), None
        shift, log_scale = unstack(reshape(hidden, concat([extents, [2]], 0)), num=2, axis=-1)
        clipped = clip_by_value(log_scale, log_scale_min_clip, log_scale_max_clip)
        if not log_scale_clip_gradient:
            clipped = log_scale + stop_gradient(clipped - log_scale)
        return shift, clipped

    return make_template(name or "masked_autoregressive_default_template", function)


def real_nvp_default_template(
    hidden_layers: Any,
    shift_only: bool = False,
    activation: Any = relu,
    name: str | None = None,
    *args: Any,
    **kwargs: Any,
) -> Any:
    """Return a function for `RealNVP`: dense layers, whose variables are shared by its calls.

    Args:
      hidden_layers: how many units each hidden layer has.
      shift_only: whether there is no scale.
      activation: of the hidden layers.
      name: of the template.
      args, kwargs: of `tf.layers.dense`.
    """

    def function(x: Any, output_units: int) -> tuple[Any, Any]:
        hidden = expand_dims(x, 0) if x.shape.ndims == 1 else x
        for units in hidden_layers:
            hidden = dense(hidden, units, *args, **{"activation": activation, **kwargs})
        hidden = dense(hidden, (1 if shift_only else 2) * output_units, *args, **{"activation": None, **kwargs})
        if x.shape.ndims == 1:
            hidden = hidden[0]
        if shift_only:
            return hidden, None
        shift, log_scale = split(hidden, 2, axis=-1)
        return shift, log_scale

    return make_template(name or "real_nvp_default_template", function)
