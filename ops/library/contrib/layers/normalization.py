"""Normalization by the batch, by the example, and by groups of channels."""

from __future__ import annotations

from typing import Any

from ....building.convert import convert_to_tensor
from ....building.default_graph import add_to_collection, get_collection_ref
from ....families.arrays.reshaping import reshape
from ....families.arrays.shape_ops import shape as shape_of
from ....families.linalg.norms import batch_normalization, moments
from ....families.nn.normalization.moments import normalize_moments, sufficient_statistics
from ....families.random.initializers import ones_initializer, zeros_initializer
from ....families.state.variable_scope import variable_scope
from ....graph.graph_keys import GraphKeys
from ....types import dtypes
from ..framework.arg_scope import add_arg_scope
from ..framework.variables import model_variable
from .common import collect_outputs, collections_of, finished


class Parameters:
    """Makes the variables of a normalization: initializers, regularizers and collections by name."""

    def __init__(self, initializers: Any, regularizers: Any, collections: Any, trainable: bool) -> None:
        self._initializers = initializers or {}
        self._regularizers = regularizers or {}
        self._collections = collections
        self.trainable = trainable

    def initializer(self, name: str, default: Any) -> Any:
        """What gives a variable its first value."""
        return self._initializers.get(name, default)

    def regularizer(self, name: str) -> Any:
        """The regularizer of a variable, or None."""
        return self._regularizers.get(name)

    def collect(self, variables: Any) -> None:
        """Put variables that a layer made into the collections of models, and into those of their names, once."""
        for made in variables:
            name = made.op.name.rsplit("/", 1)[-1]
            for key in (*(collections_of(self._collections, name) or ()), GraphKeys.MODEL_VARIABLES):
                if all(made is not known for known in get_collection_ref(key)):
                    add_to_collection(key, made)

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
            trainable=trains and self.trainable,
        )


def channels_of(inputs: Any, data_format: str, least: int = 1) -> tuple[int, int]:
    """The axis of the channels, and how many there are. Raises: ValueError if a part is not known."""
    rank = inputs.shape.ndims
    if rank is None or rank < least:
        raise ValueError(f"Inputs {inputs.name} has undefined rank{f', or one below {least}: {rank}' * (least > 1)}.")
    axis = rank - 1 if data_format == "NHWC" else 1
    count = inputs.shape.as_list()[axis]
    if count is None:
        raise ValueError(f"Inputs {inputs.name} has undefined channels dimension {inputs.shape}.")
    return axis, count


def finished_normal(outputs: Any, shape: Any, activation_fn: Any, collections: Any, opened: Any) -> Any:
    """The outputs with their shape, activated, in their collections."""
    outputs.set_shape(shape)
    return collect_outputs(collections, opened, finished(outputs, None, None, activation_fn))


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
        parameters = Parameters(None, None, variables_collections, trainable)
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
        axis, count = channels_of(inputs, data_format)
        rank = inputs.shape.ndims
        extents = [count] if data_format == "NHWC" else [count if each == 1 else 1 for each in range(1, rank)]
        parameters = Parameters(param_initializers, None, variables_collections, trainable)
        kind = inputs.dtype.base_dtype
        shape = [count]
        beta = parameters.make("beta", shape, kind, zeros_initializer()) if center else None
        gamma = parameters.make("gamma", shape, kind, ones_initializer()) if scale else None
        if data_format == "NCHW":
            beta, gamma = (None if each is None else reshape(each, extents) for each in (beta, gamma))
        mean, variance = moments(inputs, [each for each in range(1, rank) if each != axis], keep_dims=True)
        outputs = batch_normalization(inputs, mean, variance, beta, gamma, epsilon, name="instancenorm")
        return finished_normal(outputs, inputs.shape, activation_fn, outputs_collections, opened)


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
        parameters = Parameters(param_initializers, None, variables_collections, trainable)
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
        return finished_normal(outputs, given, activation_fn, outputs_collections, opened)
