"""Canned estimators: linear models and deep networks over feature columns, alone and together."""

from __future__ import annotations

import math
import re
from typing import Any

from ...ops.building.basic_ops import group
from ...ops.building.default_graph import get_collection, name_scope
from ...ops.families.debugging.summaries import histogram, scalar
from ...ops.families.nn.activations import relu
from ...ops.families.random.initializers import GlorotUniform
from ...ops.families.reductions.reductions import count_nonzero
from ...ops.families.state.assignments import assign_add
from ...ops.families.state.global_step import get_global_step
from ...ops.families.state.partitioned import min_max_variable_partitioner
from ...ops.families.state.variable_scope import variable_scope
from ...ops.graph.graph_keys import GraphKeys
from ...ops.library.feature_column.models import input_layer, linear_model
from ...ops.library.layers.dense import Dense
from ...ops.library.losses.reduction import Reduction
from ...ops.library.training.adagrad import AdagradOptimizer
from ...ops.library.training.adam import AdamOptimizer
from ...ops.library.training.adaptive import RMSPropOptimizer
from ...ops.library.training.ftrl import FtrlOptimizer
from ...ops.library.training.gradient_descent import GradientDescentOptimizer
from ...ops.library.training.mode_keys import ModeKeys
from .estimator import Estimator
from .heads import Head, RegressionHead, class_head

_OPTIMIZERS = {
    "Adagrad": AdagradOptimizer, "Adam": AdamOptimizer, "Ftrl": FtrlOptimizer, "RMSProp": RMSPropOptimizer,
    "SGD": GradientDescentOptimizer,
}  # fmt: skip
_RATES = {"dnn": 0.05, "linear": 0.2}  # of a model alone
_RATES_TOGETHER = {"dnn": 0.001, "linear": 0.005}  # of both parts of a model


def optimizer_of(given: Any, rate: float) -> Any:
    """An optimizer by its name, with a learning rate; or the one that is given, or what a function returns."""
    if isinstance(given, str):
        if given not in _OPTIMIZERS:
            raise ValueError(f"Unsupported optimizer name: {given}. Supported names are: {sorted(_OPTIMIZERS)}")
        return _OPTIMIZERS[given](learning_rate=rate)
    if callable(given) and not hasattr(given, "apply_gradients"):
        given = given()
    if not hasattr(given, "apply_gradients"):
        raise ValueError(f"The given object is not an Optimizer instance. Given: {given}")
    return given


def _in_parts(name: str, features: Any, config: Any) -> Any:
    """The variable scope of a model: its variables are cut in parts for parameter servers, as TensorFlow 1.15's are.

    They are one part without such servers, and are named `part_0`; checkpoints know them by their whole names. What
    an optimizer keeps beside them has names in TensorFlow's checkpoints that come of the scope in force: a model alone
    is trained in its own scope, so that checkpoints go from one to the other.
    """
    partitioner = min_max_variable_partitioner(max_partitions=max(1, config.num_ps_replicas), min_slice_size=64 << 20)
    return variable_scope(name, values=tuple(features.values()), partitioner=partitioner, use_resource=True)


def _linear_logits(features: Any, columns: Any, units: int, combiner: str) -> Any:
    """The weighted sum of columns, in the scope in force, `linear`."""
    logits = linear_model(features, columns, units=units, sparse_combiner=combiner)
    bias = _named("linear_model/bias_weights")
    if bias and units == 1:
        scalar("bias", bias[-1][0])
    scalar("fraction_of_zero_weights", _zero_share())
    return logits


def _named(ending: str) -> list[Any]:
    """The variables, and parts of variables, whose names end so."""
    found = []
    for variable in get_collection(GraphKeys.GLOBAL_VARIABLES):
        if re.sub(r"/part_\d+$", "", variable.op.name).endswith(ending):
            found.append(variable)
    return found


def _zero_share() -> Any:
    from ...ops.families.arrays.shape_ops import size
    from ...ops.families.elementwise.cast import cast
    from ...ops.types import dtypes

    weights = _named("/weights")
    zeros = sum(cast(size(v) - cast(count_nonzero(v), dtypes.int32), dtypes.float32) for v in weights)
    count = sum(cast(size(v), dtypes.float32) for v in weights)
    return zeros / count


def _deep_logits(
    features: Any, mode: str, columns: Any, units: Any, outputs: int, activation: Any, dropout: Any, batch_norm: bool
) -> Any:
    """The logits of a network, in the scope in force, `dnn`."""
    training = mode == ModeKeys.TRAIN
    with variable_scope("input_from_feature_columns", values=tuple(features.values())):
        net = input_layer(features, columns)
    for number, width in enumerate(units):
        with variable_scope(f"hiddenlayer_{number}", values=(net,)) as scope:
            net = Dense(width, activation, kernel_initializer=GlorotUniform(), name=scope.name, _scope=scope)(net)
            if dropout is not None and training:
                from ...ops.library.layers.dense import dropout as apply_dropout

                net = apply_dropout(net, rate=dropout, training=True)
            if batch_norm:
                from ...ops.library.layers.normalization import batch_normalization

                net = batch_normalization(net, momentum=0.999, training=training, name=f"batchnorm_{number}")
        _summarize(net, scope.name)
    with variable_scope("logits", values=(net,)) as scope:
        logits = Dense(outputs, None, kernel_initializer=GlorotUniform(), name=scope.name, _scope=scope)(net)
    _summarize(logits, scope.name)
    return logits


def _summarize(value: Any, tag: str) -> None:
    from ...ops.families.nn.normalization.moments import zero_fraction

    with name_scope(""):
        scalar(f"{tag}/fraction_of_zero_values", zero_fraction(value))
        histogram(f"{tag}/activation", value)


def checked_features(features: Any) -> Any:
    """Features, which have to be a dictionary. Raises: ValueError otherwise."""
    if not isinstance(features, dict):
        raise ValueError(f"features should be a dictionary of `Tensor`s. Given type: {type(features)}")
    return features


class CannedEstimator(Estimator):
    """The base: an estimator of a head, a linear part, a deep part, or both."""

    _overrides_estimator = True
    _is_combined = False  # whether there may be two parts: the head stands outside of them then

    def __init__(
        self, head: Head, linear: Any, deep: Any, model_dir: Any, config: Any, warm_start_from: Any
    ) -> None:  # fmt: skip
        combined = self._is_combined

        def model_fn(features: Any, labels: Any, mode: str, config: Any) -> Any:
            return _specification(head, linear, deep, checked_features(features), labels, mode, config, combined)

        super().__init__(model_fn, model_dir, config, warm_start_from=warm_start_from)


def _specification(
    head: Head, linear: Any, deep: Any, features: Any, labels: Any, mode: str, config: Any, combined: bool
) -> Any:
    optimizers, logits = {}, []
    rates = _RATES_TOGETHER if combined else _RATES

    def of_deep() -> Any:
        optimizer, columns, units, activation, dropout, batch_norm = deep
        optimizers["dnn"] = optimizer_of(optimizer, rates["dnn"])
        return _deep_logits(features, mode, columns, units, head.logits_dimension, activation, dropout, batch_norm)

    def of_linear() -> Any:
        optimizer, columns, combiner = linear
        rate = min(rates["linear"], 1.0 / math.sqrt(len(columns))) if combined else rates["linear"]
        optimizers["linear"] = optimizer_of(optimizer, rate)
        return _linear_logits(features, columns, head.logits_dimension, combiner)

    def train(loss: Any) -> Any:
        step = get_global_step()
        updates = get_collection(GraphKeys.UPDATE_OPS)
        operations = [
            optimizer.minimize(
                loss, var_list=get_collection(GraphKeys.TRAINABLE_VARIABLES, scope=scope),
                global_step=None if combined else step,
            )
            for scope, optimizer in optimizers.items()
        ]  # fmt: skip
        counted = [assign_add(step, 1)] if combined else []
        return group(*operations, *updates, *counted)

    for name, part, build in (("dnn", deep, of_deep), ("linear", linear, of_linear)):
        if part is not None:
            with _in_parts(name, features, config):
                logits.append(build())
                if not combined:
                    return head.specification(features, mode, logits[0], labels, train)
    total = logits[0] if len(logits) == 1 else logits[0] + logits[1]
    return head.specification(features, mode, total, labels, train)


def deep_part(optimizer: Any, columns: Any, units: Any, activation: Any, dropout: Any, batch_norm: bool) -> Any:
    """What tells of a deep network."""
    return optimizer, columns, units, activation, dropout, batch_norm


class DNNClassifier(CannedEstimator):
    """A deep network that classifies.

    Args:
      hidden_units: how wide the layers are. feature_columns: dense columns.
      n_classes: how many classes there are; label_vocabulary: their names, if labels are names.
      weight_column: the feature with the weights of examples.
      optimizer: an optimizer, or its name. activation_fn: of the layers. dropout: the share dropped while training.
      batch_norm: whether layers are normalized. loss_reduction: how losses become one.
      model_dir, config, warm_start_from: see `Estimator`. input_layer_partitioner: accepted.
    """

    def __init__(
        self, hidden_units: Any, feature_columns: Any, model_dir: Any = None, n_classes: int = 2,
        weight_column: Any = None, label_vocabulary: Any = None, optimizer: Any = "Adagrad", activation_fn: Any = relu,
        dropout: float | None = None, input_layer_partitioner: Any = None, config: Any = None,
        warm_start_from: Any = None, loss_reduction: str = Reduction.SUM, batch_norm: bool = False,
    ) -> None:  # fmt: skip
        head = class_head(
            n_classes, weight_column=weight_column, label_vocabulary=label_vocabulary, loss_reduction=loss_reduction
        )
        deep = deep_part(optimizer, tuple(feature_columns), hidden_units, activation_fn, dropout, batch_norm)
        super().__init__(head, None, deep, model_dir, config, warm_start_from)


class DNNRegressor(CannedEstimator):
    """A deep network that predicts values. Arguments as for `DNNClassifier`; label_dimension: how many values."""

    def __init__(
        self, hidden_units: Any, feature_columns: Any, model_dir: Any = None, label_dimension: int = 1,
        weight_column: Any = None, optimizer: Any = "Adagrad", activation_fn: Any = relu, dropout: float | None = None,
        input_layer_partitioner: Any = None, config: Any = None, warm_start_from: Any = None,
        loss_reduction: str = Reduction.SUM, batch_norm: bool = False,
    ) -> None:  # fmt: skip
        head = RegressionHead(label_dimension, weight_column=weight_column, loss_reduction=loss_reduction)
        deep = deep_part(optimizer, tuple(feature_columns), hidden_units, activation_fn, dropout, batch_norm)
        super().__init__(head, None, deep, model_dir, config, warm_start_from)


class LinearClassifier(CannedEstimator):
    """A linear model that classifies.

    Args:
      feature_columns: columns, dense or categorical. sparse_combiner: see `linear_model`.
      The others are those of `DNNClassifier`; partitioner: accepted.
    """

    def __init__(
        self, feature_columns: Any, model_dir: Any = None, n_classes: int = 2, weight_column: Any = None,
        label_vocabulary: Any = None, optimizer: Any = "Ftrl", config: Any = None, partitioner: Any = None,
        warm_start_from: Any = None, loss_reduction: str = Reduction.SUM, sparse_combiner: str = "sum",
    ) -> None:  # fmt: skip
        head = class_head(
            n_classes, weight_column=weight_column, label_vocabulary=label_vocabulary, loss_reduction=loss_reduction
        )
        linear = optimizer, tuple(feature_columns), sparse_combiner
        super().__init__(head, linear, None, model_dir, config, warm_start_from)


class LinearRegressor(CannedEstimator):
    """A linear model that predicts values. Arguments as for `LinearClassifier`; label_dimension: how many values."""

    def __init__(
        self, feature_columns: Any, model_dir: Any = None, label_dimension: int = 1, weight_column: Any = None,
        optimizer: Any = "Ftrl", config: Any = None, partitioner: Any = None, warm_start_from: Any = None,
        loss_reduction: str = Reduction.SUM, sparse_combiner: str = "sum",
    ) -> None:  # fmt: skip
        head = RegressionHead(label_dimension, weight_column=weight_column, loss_reduction=loss_reduction)
        linear = optimizer, tuple(feature_columns), sparse_combiner
        super().__init__(head, linear, None, model_dir, config, warm_start_from)


class DNNLinearCombinedClassifier(CannedEstimator):
    """A linear model and a deep network whose logits are added. Arguments as for both, with their prefixes."""

    _is_combined = True

    def __init__(
        self, model_dir: Any = None, linear_feature_columns: Any = None, linear_optimizer: Any = "Ftrl",
        dnn_feature_columns: Any = None, dnn_optimizer: Any = "Adagrad", dnn_hidden_units: Any = None,
        dnn_activation_fn: Any = relu, dnn_dropout: float | None = None, n_classes: int = 2, weight_column: Any = None,
        label_vocabulary: Any = None, input_layer_partitioner: Any = None, config: Any = None,
        warm_start_from: Any = None, loss_reduction: str = Reduction.SUM, batch_norm: bool = False,
        linear_sparse_combiner: str = "sum",
    ) -> None:  # fmt: skip
        head = class_head(
            n_classes, weight_column=weight_column, label_vocabulary=label_vocabulary, loss_reduction=loss_reduction
        )
        linear, deep = both_parts(
            linear_feature_columns, linear_optimizer, linear_sparse_combiner, dnn_feature_columns, dnn_optimizer,
            dnn_hidden_units, dnn_activation_fn, dnn_dropout, batch_norm,
        )  # fmt: skip
        super().__init__(head, linear, deep, model_dir, config, warm_start_from)


class DNNLinearCombinedRegressor(CannedEstimator):
    """A linear model and a deep network whose values are added. Arguments as for both, with their prefixes."""

    _is_combined = True

    def __init__(
        self, model_dir: Any = None, linear_feature_columns: Any = None, linear_optimizer: Any = "Ftrl",
        dnn_feature_columns: Any = None, dnn_optimizer: Any = "Adagrad", dnn_hidden_units: Any = None,
        dnn_activation_fn: Any = relu, dnn_dropout: float | None = None, label_dimension: int = 1,
        weight_column: Any = None, input_layer_partitioner: Any = None, config: Any = None,
        warm_start_from: Any = None, loss_reduction: str = Reduction.SUM, batch_norm: bool = False,
        linear_sparse_combiner: str = "sum",
    ) -> None:  # fmt: skip
        head = RegressionHead(label_dimension, weight_column=weight_column, loss_reduction=loss_reduction)
        linear, deep = both_parts(
            linear_feature_columns, linear_optimizer, linear_sparse_combiner, dnn_feature_columns, dnn_optimizer,
            dnn_hidden_units, dnn_activation_fn, dnn_dropout, batch_norm,
        )  # fmt: skip
        super().__init__(head, linear, deep, model_dir, config, warm_start_from)


def both_parts(
    linear_columns: Any, linear_optimizer: Any, combiner: str, deep_columns: Any, deep_optimizer: Any, units: Any,
    activation: Any, dropout: Any, batch_norm: bool,
) -> tuple[Any, Any]:  # fmt: skip
    """What tells of a linear model and of a deep network, either of which may be missing.

    Raises: ValueError if both are, or a network has no layers.
    """
    if not linear_columns and not deep_columns:
        raise ValueError("Either linear_feature_columns or dnn_feature_columns must be defined.")
    if deep_columns and not units:
        raise ValueError("dnn_hidden_units must be defined when dnn_feature_columns is specified.")
    linear = (linear_optimizer, tuple(linear_columns), combiner) if linear_columns else None
    deep = (
        deep_part(deep_optimizer, tuple(deep_columns), units, activation, dropout, batch_norm) if deep_columns else None
    )
    return linear, deep
