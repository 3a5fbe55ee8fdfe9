"""`batch_norm` of `contrib.layers`.

TensorFlow has two programs for it, and each makes its operations in an order of its own, which the seeds of random
operations behind them depend on. With the updates in a collection, all but the fused form of matrices is the layer
`tf.layers.BatchNormalization`; the rest is an older program:

    layer    gamma, beta, ...; what is kept of an average is a tensor: AssignMovingAvg/sub/x, sub, sub_1, mul
    older    beta, gamma, ...; a number: AssignMovingAvg/decay, sub, mul, both averages in one branch where a tensor
             says whether the step trains; without a collection that branch also passes the outputs on
"""

from __future__ import annotations

from typing import Any

from ....building.basic_ops import identity
from ....building.constant import constant
from ....building.convert import convert_to_tensor
from ....building.default_graph import add_to_collections, control_dependencies, get_default_graph, name_scope
from ....families.arrays.reshaping import reshape
from ....families.arrays.shape_ops import shape as shape_of
from ....families.linalg.norms import batch_normalization, moments
from ....families.nn.normalization.batch_norm import fused_batch_norm
from ....families.nn.normalization.moments import weighted_moments
from ....families.random.initializers import ones_initializer, zeros_initializer
from ....families.state.assignments import assign_sub
from ....families.state.variable_scope import variable_scope
from ....graph.graph_keys import GraphKeys
from ....types import dtypes
from ...layers.layer import as_update
from ...layers.normalization import BatchNormalization
from ...layers.training_switch import known_flag, switched
from ...training.moving_averages import assign_moving_average
from ..framework.arg_scope import add_arg_scope
from .normalization import Parameters, channels_of, finished_normal


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
      inputs: a tensor of at least two dimensions, the number of channels known; `data_format`: "NHWC" or "NCHW".
      decay: how much of the moving averages stays at an update.
      center, scale, epsilon: whether there is a shift `beta`, a factor `gamma`; what is added to the variance.
      activation_fn: a function of the result, or None.
      param_initializers, param_regularizers: dictionaries by the names `beta`, `gamma`, `moving_mean`,
        `moving_variance`.
      updates_collections: the collections of the operations that update the moving averages, which a training step has
        to run; None: computing the outputs updates them.
      is_training: whether the batch's statistics are used, or the moving averages; a bool or a bool tensor.
      fused: whether one operation does it; default: for two and four dimensions.
      zero_debias_moving_mean: whether the moving mean is freed of its start at zero, by two more variables.
      batch_weights: how often each example counts in the statistics of the batch, a vector.
      renorm, renorm_clipping, renorm_decay, adjustment: as `renorm`, `renorm_clipping`, `renorm_momentum` and
        `adjustment` of `tf.layers.batch_normalization`.
      The rest as of `fully_connected`.
    Raises: ValueError for another format, unknown channels, a rank below 2, or `renorm` with another way of updating.
    """
    is_layer = batch_weights is None and updates_collections == GraphKeys.UPDATE_OPS and not zero_debias_moving_mean
    _check(data_format, renorm and not is_layer)
    options = {
        "renorm": renorm, "renorm_clipping": renorm_clipping, "renorm_momentum": renorm_decay, "adjustment": adjustment,
        "fused": False, "_reuse": reuse,
    }  # fmt: skip
    with variable_scope(scope, "BatchNorm", [inputs], reuse=reuse) as opened:
        inputs = convert_to_tensor(inputs)
        what = _Wanted(
            inputs, Parameters(param_initializers, param_regularizers, variables_collections, trainable),
            center, scale, epsilon, decay, is_training, data_format, updates_collections,
            zero_debias_moving_mean, batch_weights,
        )  # fmt: skip
        outputs = what.outputs(opened, fused is not False, is_layer, options)
        return finished_normal(outputs, inputs.shape, activation_fn, outputs_collections, opened)


def _check(data_format: str, renorm_elsewhere: bool) -> None:
    if data_format not in ("NHWC", "NCHW"):
        raise ValueError("data_format has to be either NCHW or NHWC.")
    if renorm_elsewhere:
        raise ValueError("renorm is not supported with batch_weights, updates_collections or zero_debias_moving_mean")


class _Wanted:
    """What a call of `batch_norm` asks for."""

    def __init__(
        self, inputs: Any, parameters: Parameters, center: bool, scale: bool, epsilon: float, decay: float,
        training: Any, data_format: str, collections: Any, debias: bool,
        weights: Any,
    ) -> None:  # fmt: skip
        self._inputs, self._parameters, self._center, self._scale = inputs, parameters, center, scale
        self._epsilon, self._decay, self._training = epsilon, decay, training
        self._format, self._collections, self._debias = data_format, collections, debias
        self._weights = weights
        self._axis, self._count = channels_of(inputs, data_format, 2)
        self._averages: list[Any] = []

    def outputs(self, opened: Any, may_fuse: bool, is_layer: bool, options: dict[str, Any]) -> Any:
        """The result, by one operation, by the layer in a scope with these options, or by simpler operations."""
        whole = self._weights is None and not options["renorm"] and options["adjustment"] is None
        if whole and may_fuse and self._inputs.shape.ndims in (2, 4):
            return self.fused()
        return self.by_layer(opened, {**options, "_scope": opened}) if is_layer else self.composed()

    def fused(self) -> Any:
        """By one operation; of a matrix its columns are the channels."""
        inputs, count = self._inputs, self._count
        is_flat = inputs.shape.ndims == 2
        is_layer = self._collections == GraphKeys.UPDATE_OPS and not is_flat and not self._debias
        if is_flat:
            inputs = reshape(inputs, [-1, 1, 1, count] if self._format == "NHWC" else [-1, count, 1, 1])
        kind = dtypes.float32
        gamma = constant(1.0, kind, [count]) if is_layer and not self._scale else None
        made, beta = self._parameters.scale_and_shift([count], kind, self._scale, self._center, not is_layer)
        beta = constant(0.0, kind, [count]) if beta is None else beta
        gamma = constant(1.0, kind, [count]) if gamma is None and made is None else gamma if made is None else made
        self._make_averages([count], kind)
        options: dict[str, Any] = {"epsilon": self._epsilon, "data_format": self._format}
        mean, variance = self._averages
        outputs, *found = switched(
            self._training,
            lambda: fused_batch_norm(inputs, gamma, beta, **options),
            lambda: fused_batch_norm(inputs, gamma, beta, mean=mean, variance=variance, is_training=False, **options),
        )
        if is_layer:
            self._update_as_layer(found)
        else:
            (outputs,) = self._updated(found, [outputs], [outputs])
        return reshape(outputs, shape_of(self._inputs)) if is_flat else outputs

    def by_layer(self, opened: Any, options: dict[str, Any]) -> Any:
        """By `tf.layers.BatchNormalization`, whose variables join the collections of models."""
        first, regularizers = self._parameters.initializer, self._parameters.regularizer
        layer = BatchNormalization(
            1 if self._format == "NCHW" else -1, self._decay, self._epsilon, self._center, self._scale,
            first("beta", zeros_initializer()), first("gamma", ones_initializer()),
            first("moving_mean", zeros_initializer()), first("moving_variance", ones_initializer()),
            regularizers("beta"), regularizers("gamma"), trainable=self._parameters.trainable,
            name=opened.name, **options,
        )  # fmt: skip
        outputs = layer(self._inputs, training=self._training)
        self._parameters.collect(layer.variables)
        return outputs

    def composed(self) -> Any:
        """By moments and a formula, as the older program does it."""
        inputs, axis = self._inputs, self._axis
        extents = inputs.shape.as_list()
        rank = len(extents)
        is_last = axis == rank - 1
        kind = inputs.dtype.base_dtype
        weights = None
        if self._weights is not None:
            weights = reshape(convert_to_tensor(self._weights), [-1] + [1] * (rank - 1))
        gamma, beta = self._parameters.scale_and_shift([extents[axis]], kind, self._scale, self._center, True)
        self._make_averages([extents[axis]], kind)
        if known_flag(self._training) is False:
            used = self._averages
        else:
            folded = [each for each in range(rank) if each != axis]
            if weights is None:
                batch = moments(inputs, folded, keep_dims=not is_last)
            else:
                batch = weighted_moments(inputs, folded, weights, keep_dims=not is_last)
            if not is_last:
                batch = reshape(batch[0], [-1]), reshape(batch[1], [-1])
            averages = [average.value() for average in self._averages]
            if self._collections is None:
                used = self._updated(batch, list(batch), averages)
            else:
                self._updated(batch, list(batch), averages)
                used = _listed(switched(self._training, lambda: list(batch), lambda: averages))
        get_default_graph().unique_name("batchnorm")  # TensorFlow's is the second of this name
        if not is_last:  # vectors in the shape that broadcasts along the axis
            wide = [extents[axis] if each == axis else 1 for each in range(rank)]
            used = [reshape(part, wide) for part in used]
            beta, gamma = (None if part is None else reshape(part, wide) for part in (beta, gamma))
        mean, variance = used
        return batch_normalization(inputs, mean, variance, beta, gamma, self._epsilon)

    def _make_averages(self, extents: Any, kind: Any) -> None:
        self._averages = [
            self._parameters.make("moving_mean", extents, kind, zeros_initializer(), trains=False),
            self._parameters.make("moving_variance", extents, kind, ones_initializer(), trains=False),
        ]

    def _update_as_layer(self, found: Any) -> None:
        """The averages move by what is kept of them, a tensor: 1 where the step does not train."""
        known = known_flag(self._training)
        if known is None:
            kept = switched(self._training, lambda: constant(self._decay), lambda: constant(1.0))
        else:
            kept = convert_to_tensor(self._decay if known else 1.0)
        if known is not False:
            for pair in zip(self._averages, found):
                self._collect(as_update(_moved(*pair, kept)))

    def _updated(self, found: Any, trained: list[Any], others: list[Any]) -> list[Any]:
        """`trained` where the step trains, behind the updates if no collection takes these; else `others`."""
        known = known_flag(self._training)
        if known is False:
            return others
        now = self._collections is None

        def moved() -> list[Any]:
            mean, variance = zip(self._averages, found)
            first = assign_moving_average(*mean, self._decay) if self._debias else _moved(*mean, self._decay)
            return [first, _moved(*variance, self._decay)]

        def passed() -> list[Any]:
            with control_dependencies(moved()):
                return [identity(value) for value in trained]

        if now:
            return _listed(switched(self._training, passed, lambda: others))
        for update in _listed(switched(self._training, moved, lambda: [each.value() for each in self._averages])):
            self._collect(update)
        return trained

    def _collect(self, update: Any) -> None:
        add_to_collections(self._collections, update)


def _listed(values: Any) -> list[Any]:
    return list(values) if isinstance(values, (list, tuple)) else [values]


def _moved(average: Any, value: Any, kept: Any) -> Any:
    """The operation that moves an average towards the batch's; `kept` is a number or a tensor."""
    with name_scope(None, "AssignMovingAvg", [average, value, kept]) as opened:
        rest = convert_to_tensor(1.0 - kept, name="decay")
        if rest.dtype.base_dtype != average.dtype.base_dtype:
            from ....families.elementwise.cast import cast

            rest = cast(rest, average.dtype.base_dtype)
        return assign_sub(average, (average - value) * rest, name=opened)
