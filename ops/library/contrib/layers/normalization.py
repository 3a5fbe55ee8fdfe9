"""Normalization by the batch, by the example, and by groups of channels."""

from __future__ import annotations

from typing import Any

from ....building.basic_ops import identity
from ....building.constant import constant
from ....building.convert import convert_to_tensor
from ....building.default_graph import add_to_collections, control_dependencies, name_scope
from ....families.arrays.reshaping import reshape
from ....families.arrays.shape_ops import shape as shape_of
from ....families.linalg.norms import batch_normalization, moments
from ....families.nn.normalization.batch_norm import fused_batch_norm
from ....families.nn.normalization.moments import normalize_moments, sufficient_statistics
from ....families.random.initializers import ones_initializer, zeros_initializer
from ....families.state.assignments import assign_sub
from ....families.state.variable_scope import variable_scope
from ....graph.graph_keys import GraphKeys
from ....types import dtypes
from ...layers.training_switch import known_flag, switched
from ..framework.arg_scope import add_arg_scope
from ..framework.variables import model_variable
from .common import collect_outputs, collections_of, finished


class _Parameters:
    """Makes the variables of a normalization: initializers, regularizers and collections by name."""

    def __init__(self, initializers: Any, regularizers: Any, collections: Any, trainable: bool) -> None:
        self._initializers = initializers or {}
        self._regularizers = regularizers or {}
        self._collections = collections
        self._trainable = trainable

    def scale_and_shift(self, extents: Any, dtype: Any, scale: bool, center: bool, shift_first: bool = False) -> Any:
        """Return the factor and the shift, made in this order or in the other one; None for what is not wanted."""
        wanted = {"gamma": (scale, ones_initializer()), "beta": (center, zeros_initializer())}
        made = {}
        for name in ("beta", "gamma") if shift_first else ("gamma", "beta"):
            made[name] = self.make(name, extents, dtype, wanted[name][1]) if wanted[name][0] else None
        return made["gamma"], made["beta"]

    def make(self, name: str, extents: Any, dtype: Any, default: Any, trains: bool = True) -> Any:
        """Return the variable."""
        return model_variable(
            name,
            shape=extents,
            dtype=dtype,
            initializer=self._initializers.get(name, default),
            regularizer=self._regularizers.get(name),
            collections=collections_of(self._collections, name),
            trainable=trains and self._trainable,
        )


@add_arg_scope
def batch_norm(
    inputs: Any,
    decay: float = 0.999,
    center: bool = True,
    scale: bool = False,
    epsilon: float = 0.001,
    activation_fn: Any = None,
    param_initializers: Any = None,
    param_regularizers: Any = None,
    updates_collections: Any = GraphKeys.UPDATE_OPS,
    is_training: Any = True,
    reuse: Any = None,
    variables_collections: Any = None,
    outputs_collections: Any = None,
    trainable: bool = True,
    batch_weights: Any = None,
    fused: bool | None = None,
    data_format: str = "NHWC",
    zero_debias_moving_mean: bool = False,
    scope: Any = None,
    renorm: bool = False,
    renorm_clipping: Any = None,
    renorm_decay: float = 0.99,
    adjustment: Any = None,
) -> Any:
    """Return the inputs with mean 0 and variance 1 along all axes but the channels, shifted and scaled by variables.

    Args:
      inputs: a tensor of at least two dimensions, the number of channels known.
      decay: how much of the moving averages stays at an update.
      center, scale: whether there is a shift `beta` and a factor `gamma`.
      epsilon: added to the variance.
      activation_fn: a function of the result, or None.
      param_initializers, param_regularizers: dictionaries by the names `beta`, `gamma`, `moving_mean`,
        `moving_variance`.
      updates_collections: the collections of the operations that update the moving averages, which a training step has
        to run; None: computing the outputs updates them.
      is_training: whether the batch's statistics are used, or the moving averages; a bool or a bool tensor.
      fused: whether one operation does it; default: for two and four dimensions.
      data_format: "NHWC" or "NCHW".
      batch_weights, zero_debias_moving_mean, renorm, adjustment: not built.
      The rest as of `fully_connected`.
    Raises: ValueError for another format, unknown channels or a rank below 2; NotImplementedError for what is not
      built.
    """
    if data_format not in ("NHWC", "NCHW"):
        raise ValueError("data_format has to be either NCHW or NHWC.")
    if batch_weights is not None or zero_debias_moving_mean or renorm or adjustment is not None:
        raise NotImplementedError(
            "batch_norm: batch_weights, zero_debias_moving_mean, renorm and adjustment are not built."
        )
    with variable_scope(scope, "BatchNorm", [inputs], reuse=reuse) as opened:
        inputs = convert_to_tensor(inputs)
        axis, _ = _channels(inputs, data_format, 2)
        parameters = _Parameters(param_initializers, param_regularizers, variables_collections, trainable)
        build = _fused if fused is not False and inputs.shape.ndims in (2, 4) else _composed
        outputs, updates = build(inputs, axis, parameters, center, scale, epsilon, decay, is_training, data_format)
        outputs = _with_updates(outputs, updates, updates_collections)
        return _finished(outputs, inputs.shape, activation_fn, outputs_collections, opened)


def _channels(inputs: Any, data_format: str, least: int = 1) -> tuple[int, int]:
    """The axis of the channels, and how many there are. Raises: ValueError if a part is not known."""
    rank = inputs.shape.ndims
    if rank is None or rank < least:
        raise ValueError(f"Inputs {inputs.name} has undefined rank{f', or one below {least}: {rank}' * (least > 1)}.")
    axis = rank - 1 if data_format == "NHWC" else 1
    count = inputs.shape.as_list()[axis]
    if count is None:
        raise ValueError(f"Inputs {inputs.name} has undefined channels dimension {inputs.shape}.")
    return axis, count


def _finished(outputs: Any, shape: Any, activation_fn: Any, collections: Any, opened: Any) -> Any:
    """The outputs with their shape, activated, in their collections."""
    outputs.set_shape(shape)
    return collect_outputs(collections, opened, finished(outputs, None, None, activation_fn))


def _with_updates(outputs: Any, updates: Any, collections: Any) -> Any:
    """The updates join their collections; without any, computing the outputs runs them."""
    if updates and collections is None:
        with control_dependencies(updates):
            return identity(outputs)
    for update in updates or ():
        add_to_collections(collections, update)
    return outputs


def _fused(
    inputs: Any, axis: int, parameters: _Parameters, center: bool, scale: bool, epsilon: float, decay: float,
    training: Any, data_format: str,
) -> tuple[Any, list[Any]]:  # fmt: skip
    """By one operation; of a matrix its columns are the channels."""
    given = inputs
    count = inputs.shape.as_list()[axis]
    if inputs.shape.ndims == 2:
        inputs = reshape(inputs, [-1, 1, 1, count] if data_format == "NHWC" else [-1, count, 1, 1])
    kind = dtypes.float32
    flat = given.shape.ndims == 2
    # TensorFlow has two programs, one for matrices; they make their parts in different orders.
    fixed = None if scale or flat else constant(1.0, kind, [count])
    gamma, beta = parameters.scale_and_shift([count], kind, scale, center, flat)
    if gamma is None:
        gamma = constant(1.0, kind, [count]) if fixed is None else fixed
    beta = constant(0.0, kind, [count]) if beta is None else beta
    averages = [
        parameters.make("moving_mean", [count], kind, zeros_initializer(), trains=False),
        parameters.make("moving_variance", [count], kind, ones_initializer(), trains=False),
    ]

    def by_batch() -> Any:
        return fused_batch_norm(inputs, gamma, beta, epsilon=epsilon, data_format=data_format)

    def by_average() -> Any:
        return fused_batch_norm(
            inputs, gamma, beta, mean=averages[0], variance=averages[1], epsilon=epsilon, is_training=False,
            data_format=data_format,
        )  # fmt: skip

    outputs, mean, variance = switched(training, by_batch, by_average)
    kept: Any = decay
    if known_flag(training) is None:
        kept = switched(training, lambda: constant(decay), lambda: constant(1.0))
    elif not flat:
        kept = convert_to_tensor(decay if known_flag(training) else 1.0)
    updates: list[Any] = []
    if known_flag(training) is not False:
        updates = [_moved(*pair, kept) for pair in zip(averages, (mean, variance))]
    if flat:
        outputs = reshape(outputs, shape_of(given))
    return outputs, updates


def _composed(
    inputs: Any, axis: int, parameters: _Parameters, center: bool, scale: bool, epsilon: float, decay: float,
    training: Any, data_format: str,
) -> tuple[Any, list[Any]]:  # fmt: skip
    """By moments and a formula."""
    extents = inputs.shape.as_list()
    rank = len(extents)
    last = axis == rank - 1
    wide = [extents[axis]] if last else [extents[axis] if each == axis else 1 for each in range(rank)]
    kind = inputs.dtype.base_dtype
    gamma, beta = parameters.scale_and_shift(wide, kind, scale, center)
    averages = [
        parameters.make("moving_mean", wide, kind, zeros_initializer(), trains=False),
        parameters.make("moving_variance", wide, kind, ones_initializer(), trains=False),
    ]
    mean, variance = averages
    updates: list[Any] = []
    if known_flag(training) is not False:
        batch = moments(inputs, [each for each in range(rank) if each != axis], keep_dims=not last)
        mean = switched(training, lambda: batch[0], lambda: averages[0].value())
        variance = switched(training, lambda: batch[1], lambda: averages[1].value())
        updates = [_moved_if(training, *pair, decay) for pair in zip(averages, (mean, variance))]
    return batch_normalization(inputs, mean, variance, beta, gamma, epsilon), updates


def _moved(average: Any, value: Any, kept: Any) -> Any:
    """The operation that moves an average towards the batch's; `kept` is a number or a tensor."""
    with name_scope(None, "AssignMovingAvg", [average, value, kept]) as opened:
        rest = convert_to_tensor(1.0 - kept, name="decay")
        if rest.dtype.base_dtype != average.dtype.base_dtype:
            from ....families.elementwise.cast import cast

            rest = cast(rest, average.dtype.base_dtype)
        return assign_sub(average, (average - value) * rest, name=opened)


def _moved_if(training: Any, average: Any, value: Any, decay: float) -> Any:
    """The same, in a branch of its own where a tensor says whether the step trains."""
    return switched(training, lambda: _moved(average, value, decay), average.value)


@add_arg_scope
def layer_norm(
    inputs: Any,
    center: bool = True,
    scale: bool = True,
    activation_fn: Any = None,
    reuse: Any = None,
    variables_collections: Any = None,
    outputs_collections: Any = None,
    trainable: bool = True,
    begin_norm_axis: int = 1,
    begin_params_axis: int = -1,
    scope: Any = None,
) -> Any:
    """Return each example with mean 0 and variance 1, shifted and scaled by variables.

    Args:
      begin_norm_axis: the first of the axes along which there is one mean.
      begin_params_axis: the first of the axes along which shift and factor have elements of their own.
      The rest as of `batch_norm`.
    Raises: ValueError if the rank, or the shape of the variables, is not known.
    """
    with variable_scope(scope, "LayerNorm", [inputs], reuse=reuse) as opened:
        inputs = convert_to_tensor(inputs)
        rank = inputs.shape.ndims
        if rank is None:
            raise ValueError(f"Inputs {inputs.name} has undefined rank.")
        begin = begin_norm_axis % rank if begin_norm_axis < 0 else begin_norm_axis
        if begin_params_axis >= rank or begin >= rank:
            raise ValueError(
                f"begin_params_axis ({begin_params_axis}) and begin_norm_axis ({begin_norm_axis}) "
                f"must be < rank(inputs) ({rank})"
            )
        extents = inputs.shape.as_list()[begin_params_axis:]
        if None in extents:
            raise ValueError(
                f"Inputs {inputs.name}: shape(inputs)[{begin_params_axis}:] is not fully defined: {inputs.shape}"
            )
        parameters = _Parameters(None, None, variables_collections, trainable)
        kind = inputs.dtype.base_dtype
        beta = parameters.make("beta", extents, kind, zeros_initializer()) if center else None
        gamma = parameters.make("gamma", extents, kind, ones_initializer()) if scale else None
        mean, variance = moments(inputs, list(range(begin, rank)), keep_dims=True)
        epsilon = 1e-3 if kind is dtypes.float16 else 1e-12
        outputs = batch_normalization(inputs, mean, variance, offset=beta, scale=gamma, variance_epsilon=epsilon)
        outputs.set_shape(inputs.shape)
        if activation_fn is not None:
            outputs = activation_fn(outputs)
        return collect_outputs(outputs_collections, opened, outputs)


@add_arg_scope
def instance_norm(
    inputs: Any,
    center: bool = True,
    scale: bool = True,
    epsilon: float = 1e-6,
    activation_fn: Any = None,
    param_initializers: Any = None,
    reuse: Any = None,
    variables_collections: Any = None,
    outputs_collections: Any = None,
    trainable: bool = True,
    data_format: str = "NHWC",
    scope: Any = None,
) -> Any:
    """Return each channel of each example with mean 0 and variance 1, shifted and scaled; see `batch_norm`.

    Raises: ValueError for another format, an unknown rank or unknown channels.
    """
    if data_format not in ("NHWC", "NCHW"):
        raise ValueError("data_format has to be either NCHW or NHWC.")
    with variable_scope(scope, "InstanceNorm", [inputs], reuse=reuse) as opened:
        inputs = convert_to_tensor(inputs)
        axis, count = _channels(inputs, data_format)
        rank = inputs.shape.ndims
        extents = [count] if data_format == "NHWC" else [count if each == 1 else 1 for each in range(1, rank)]
        parameters = _Parameters(param_initializers, None, variables_collections, trainable)
        kind = inputs.dtype.base_dtype
        shape = [count]
        beta = parameters.make("beta", shape, kind, zeros_initializer()) if center else None
        gamma = parameters.make("gamma", shape, kind, ones_initializer()) if scale else None
        if data_format == "NCHW":
            beta, gamma = (None if each is None else reshape(each, extents) for each in (beta, gamma))
        mean, variance = moments(inputs, [each for each in range(1, rank) if each != axis], keep_dims=True)
        outputs = batch_normalization(inputs, mean, variance, beta, gamma, epsilon, name="instancenorm")
        return _finished(outputs, inputs.shape, activation_fn, outputs_collections, opened)


@add_arg_scope
def group_norm(
    inputs: Any,
    groups: int = 32,
    channels_axis: int = -1,
    reduction_axes: Any = (-3, -2),
    center: bool = True,
    scale: bool = True,
    epsilon: float = 1e-6,
    activation_fn: Any = None,
    param_initializers: Any = None,
    reuse: Any = None,
    variables_collections: Any = None,
    outputs_collections: Any = None,
    trainable: bool = True,
    scope: Any = None,
    mean_close_to_zero: bool = False,
) -> Any:
    """Return each group of channels of each example with mean 0 and variance 1, shifted and scaled; see `batch_norm`.

    Args:
      groups: how many; the channels are a multiple of it.
      channels_axis: the axis of the channels. reduction_axes: those that a group extends over.
      mean_close_to_zero: whether the variance is that about zero, less the square of the mean.
    Raises: ValueError for an unknown rank or unknown channels, axes that do not fit, or groups that do not.
    Source: Wu and He (2018).
    """
    inputs = convert_to_tensor(inputs)
    rank, given = inputs.shape.ndims, inputs.shape
    if rank is None:
        raise ValueError(f"Inputs {inputs.name} has undefined rank.")
    axis, folded = channels_axis % rank, sorted(each % rank for each in reduction_axes)
    if axis in folded:
        raise ValueError("reduction_axes and channels_axis must be mutually exclusive.")
    channels = given.as_list()[axis]
    if channels is None:
        raise ValueError(f"Inputs {inputs.name} has undefined channel dimension: {channels}.")
    if groups > channels:
        raise ValueError(f"Invalid groups {groups} for {channels} channels.")
    if channels % groups:
        raise ValueError(f"{channels} channels is not commensurate with {groups} groups.")
    open_extents = shape_of(inputs)
    extents = [open_extents[i] if extent is None else extent for i, extent in enumerate(given.as_list())]
    parts = [groups, channels // groups]
    inputs = reshape(inputs, [*extents[:axis], *parts, *extents[axis + 1 :]])
    with variable_scope(scope, "GroupNorm", [inputs], reuse=reuse) as opened:
        parameters = _Parameters(param_initializers, None, variables_collections, trainable)
        gamma, beta = parameters.scale_and_shift([channels], inputs.dtype.base_dtype, scale, center, shift_first=True)
        broadcast = [*([1] * axis), *parts, *([1] * (rank - axis - 1))]
        beta, gamma = (None if each is None else reshape(each, broadcast) for each in (beta, gamma))
        axes = [each if each < axis else each + 1 for each in folded] + [axis + 1]
        if mean_close_to_zero:
            counts, sums, squares, _ = sufficient_statistics(inputs, axes, keep_dims=True)
            mean, variance = normalize_moments(counts, sums, squares, shift=None)
        else:
            mean, variance = moments(inputs, sorted(axes), keep_dims=True)
        outputs = reshape(batch_normalization(inputs, mean, variance, beta, gamma, epsilon), extents)
        return _finished(outputs, given, activation_fn, outputs_collections, opened)
