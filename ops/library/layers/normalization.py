"""Batch normalization: by the statistics of the batch while training, by moving averages otherwise."""

from __future__ import annotations

from typing import Any

from ...building.constant import constant
from ...building.convert import convert_to_tensor
from ...building.default_graph import name_scope
from ...families.elementwise.exponential import sqrt
from ...families.state.assignments import assign_sub
from ...types import dtypes
from .batch_statistics import check_parts, normalized
from .layer import ONES, ZEROS, InputSpec, Layer, extents_of
from .training_switch import known_flag, switched


class BatchNormalization(Layer):
    """Inputs with mean 0 and variance 1 along all axes but some, then scaled and shifted by variables.

    The moving averages are updated by operations in the collection `UPDATE_OPS`, which a training step has to run.

    Args:
      axis: the axes that keep statistics of their own, an int or a list; usually the channels.
      momentum: how much of the moving averages stays at an update.
      epsilon: added to the variance.
      center, scale: whether there is a shift `beta` and a factor `gamma`.
      fused: whether one operation does it; default: where it can (four dimensions, one axis).
      renorm: whether batches are corrected towards averages of their own (`renorm_mean`, `renorm_stddev`).
      renorm_clipping: limits of the correction, by the names `rmin`, `rmax` and `dmax`; numbers or tensors.
      renorm_momentum: how much of those averages stays at an update.
      virtual_batch_size: how many examples have statistics of their own; it divides the size of the batch. Virtual
        batch i of n takes the examples i, i + n, i + 2 n, ...
      adjustment: a function of the inputs' shape that returns a factor and a shift for the normalized inputs, applied
        while training only.
    Raises: ValueError for arguments that contradict each other.
    """

    def __init__(
        self,
        axis: Any = -1,
        momentum: float = 0.99,
        epsilon: float = 1e-3,
        center: bool = True,
        scale: bool = True,
        beta_initializer: Any = ZEROS,
        gamma_initializer: Any = ONES,
        moving_mean_initializer: Any = ZEROS,
        moving_variance_initializer: Any = ONES,
        beta_regularizer: Any = None,
        gamma_regularizer: Any = None,
        beta_constraint: Any = None,
        gamma_constraint: Any = None,
        renorm: bool = False,
        renorm_clipping: Any = None,
        renorm_momentum: float = 0.99,
        fused: bool | None = None,
        trainable: bool = True,
        virtual_batch_size: int | None = None,
        adjustment: Any = None,
        name: str | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(trainable, name, **kwargs)
        check_parts(renorm, renorm_clipping, virtual_batch_size, adjustment)
        self.renorm, self.renorm_clipping, self.renorm_momentum = renorm, renorm_clipping, renorm_momentum
        self.virtual_batch_size, self.adjustment = virtual_batch_size, adjustment
        self.axis = list(axis) if isinstance(axis, (list, tuple)) else axis
        self.momentum, self.epsilon = momentum, epsilon
        self.center, self.scale, self.fused = center, scale, fused
        self._beta = beta_initializer, beta_regularizer, True, beta_constraint
        self._gamma = gamma_initializer, gamma_regularizer, True, gamma_constraint
        self._moving = moving_mean_initializer, moving_variance_initializer
        self.beta: Any = None
        self.gamma: Any = None
        self.moving_mean: Any = None
        self.moving_variance: Any = None
        self.moving_stddev: Any = None
        self.renorm_mean: Any = None
        self.renorm_stddev: Any = None

    def build(self, input_shape: Any) -> None:
        """Make the variables, of float32 for shorter floats."""
        extents = extents_of(input_shape)
        rank = len(extents)
        axes = self.axis if isinstance(self.axis, list) else [self.axis]
        for axis in axes:
            if not -rank <= axis < rank:
                raise ValueError(f"Invalid axis: {axis} of an input with {rank} dimensions")
        self._axes = sorted(axis % rank for axis in axes)
        if len(set(self._axes)) != len(axes):
            raise ValueError(f"Duplicate axis: {self.axis}")
        sizes = [extents[axis] for axis in self._axes]
        if None in sizes:
            raise ValueError(f"Input has undefined `axis` dimension. Input shape: {input_shape}")
        self.input_spec = InputSpec(ndim=rank, axes=dict(zip(self._axes, map(int, sizes))))
        whole = not self.renorm and self.virtual_batch_size is None and self.adjustment is None
        self.fused = self.fused is not False and whole and rank == 4 and self._axes in ([1], [3])
        shape = sizes
        if len(sizes) > 1 or self.virtual_batch_size is not None:
            shape = [size if axis in self._axes else 1 for axis, size in enumerate(extents)]
        if self.virtual_batch_size is not None:
            if 0 in self._axes:
                raise ValueError(
                    "When using virtual_batch_size, the batch dimension must be 0 and thus axis cannot include 0"
                )
            shape.insert(1, 1)
            self._axes = [axis + 1 for axis in self._axes]
        short = self._dtype is not None and dtypes.as_dtype(self._dtype) in (dtypes.float16, dtypes.bfloat16)
        kind = dtypes.float32 if short else self._dtype
        if self.scale:
            self.gamma = self.add_weight("gamma", shape, kind, *self._gamma)
        if self.center:
            self.beta = self.add_weight("beta", shape, kind, *self._beta)
        self.moving_mean = self.add_weight("moving_mean", shape, kind, self._moving[0], trainable=False)
        self.moving_variance = self.add_weight("moving_variance", shape, kind, self._moving[1], trainable=False)
        if self.renorm:
            self._build_renorm(shape, kind)
        self.built = True

    def _build_renorm(self, shape: Any, kind: Any) -> None:
        first = self._moving[1]

        def deviation(*args: Any, **kwargs: Any) -> Any:
            return sqrt(first(*args, **kwargs))

        self.moving_stddev = self.add_weight("moving_stddev", shape, kind, deviation, trainable=False)
        self.renorm_mean = self.add_weight("renorm_mean", shape, kind, ZEROS, trainable=False)
        self.renorm_stddev = self.add_weight("renorm_stddev", shape, kind, deviation, trainable=False)

    def call(self, inputs: Any, training: Any = False, **kwargs: Any) -> Any:
        """Return the normalized inputs; `training` (a bool, or a bool tensor) says by which statistics."""
        outputs = self._fused(inputs, training) if self.fused else normalized(self, inputs, training)
        outputs.set_shape(inputs.shape)
        return outputs

    def _fused(self, inputs: Any, training: Any) -> Any:
        from ...families.nn.normalization.batch_norm import fused_batch_norm

        data_format = "NHWC" if self._axes == [3] else "NCHW"
        count = self.moving_mean.shape.num_elements()
        beta = self.beta if self.center else constant(0.0, dtypes.float32, [count])
        gamma = self.gamma if self.scale else constant(1.0, dtypes.float32, [count])

        def by_batch() -> Any:
            return fused_batch_norm(inputs, gamma, beta, epsilon=self.epsilon, data_format=data_format)

        def by_average() -> Any:
            return fused_batch_norm(
                inputs, gamma, beta, mean=self.moving_mean, variance=self.moving_variance, epsilon=self.epsilon,
                is_training=False, data_format=data_format,
            )  # fmt: skip

        outputs, mean, variance = switched(training, by_batch, by_average)
        kept = self._kept(training)
        if known_flag(training) is not False:
            for variable, value in ((self.moving_mean, mean), (self.moving_variance, variance)):
                self.add_update(self._moved(variable, value, kept))
        return outputs

    def _kept(self, training: Any) -> Any:
        """How much of the averages stays: all of it in a step that does not train."""
        known = known_flag(training)
        if known is not None:
            return convert_to_tensor(self.momentum if known else 1.0)
        return switched(training, lambda: constant(self.momentum), lambda: constant(1.0))

    def _moved(self, variable: Any, value: Any, kept: Any) -> Any:
        """The assignment that moves an average; `kept` is a number or a tensor."""
        with name_scope(None, "AssignMovingAvg", [variable, value, kept]) as scope:
            decay = convert_to_tensor(1.0 - kept, name="decay")
            if decay.dtype.base_dtype != variable.dtype.base_dtype:
                from ...families.elementwise.cast import cast

                decay = cast(decay, variable.dtype.base_dtype)
            return assign_sub(variable, (variable - value) * decay, name=scope)

    def _pick(self, training: Any, yes: Any, no: Any) -> Any:
        """What one of two functions returns: the first where the step trains."""
        return switched(training, yes, no)

    def _move(self, variable: Any, value: Any, kept: Any) -> Any:
        """The assignment that moves an average of the composed form."""
        return self._moved(variable, value, kept)

    def compute_output_shape(self, input_shape: Any) -> Any:
        """The input's shape."""
        return input_shape


def batch_normalization(
    inputs: Any,
    axis: Any = -1,
    momentum: float = 0.99,
    epsilon: float = 1e-3,
    center: bool = True,
    scale: bool = True,
    beta_initializer: Any = ZEROS,
    gamma_initializer: Any = ONES,
    moving_mean_initializer: Any = ZEROS,
    moving_variance_initializer: Any = ONES,
    beta_regularizer: Any = None,
    gamma_regularizer: Any = None,
    beta_constraint: Any = None,
    gamma_constraint: Any = None,
    training: Any = False,
    trainable: bool = True,
    name: str | None = None,
    reuse: Any = None,
    renorm: bool = False,
    renorm_clipping: Any = None,
    renorm_momentum: float = 0.99,
    fused: bool | None = None,
    virtual_batch_size: int | None = None,
    adjustment: Any = None,
) -> Any:
    """Apply a new `BatchNormalization` layer.

    Args:
      training: a bool, or a bool tensor: whether the statistics are the batch's.
      reuse: whether to use the variables of the scope `name`.
      The other arguments are those of the layer.
    """
    layer = BatchNormalization(
        axis, momentum, epsilon, center, scale, beta_initializer, gamma_initializer, moving_mean_initializer,
        moving_variance_initializer, beta_regularizer, gamma_regularizer, beta_constraint, gamma_constraint, renorm,
        renorm_clipping, renorm_momentum, fused, trainable, virtual_batch_size, adjustment, name, _reuse=reuse,
        _scope=name,
    )  # fmt: skip
    return layer(inputs, training=training)


BatchNorm = BatchNormalization
batch_norm = batch_normalization
