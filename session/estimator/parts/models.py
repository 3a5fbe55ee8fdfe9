"""Estimators for any head: deep networks, linear models, both, and baselines that see no features."""

from __future__ import annotations

from typing import Any

from ....ops.building.default_graph import get_collection
from ....ops.families.arrays.filling import ones
from ....ops.families.arrays.shape_ops import shape as shape_of
from ....ops.families.arrays.stacking import stack
from ....ops.families.nn.activations import relu
from ....ops.families.random.initializers import Zeros
from ....ops.families.state.global_step import get_global_step
from ....ops.families.state.variable_scope import get_variable, variable_scope
from ....ops.graph.graph_keys import GraphKeys
from ....ops.library.losses.reduction import Reduction
from ..canned import CannedEstimator, both_parts, checked_features, deep_part, optimizer_of
from ..estimator import Estimator
from ..heads import Head, RegressionHead, class_head


class DNNEstimator(CannedEstimator):
    """A deep network with a head.

    Args:
      head: from logits to a loss and predictions. hidden_units, feature_columns, model_dir, optimizer, activation_fn,
        dropout, input_layer_partitioner, config, warm_start_from, batch_norm: see `DNNClassifier`.
    Source: tf.estimator of TensorFlow 1.15.
    """

    def __init__(
        self, head: Head, hidden_units: Any, feature_columns: Any, model_dir: Any = None, optimizer: Any = "Adagrad",
        activation_fn: Any = relu, dropout: float | None = None, input_layer_partitioner: Any = None,
        config: Any = None, warm_start_from: Any = None, batch_norm: bool = False,
    ) -> None:  # fmt: skip
        deep = deep_part(optimizer, tuple(feature_columns), hidden_units, activation_fn, dropout, batch_norm)
        super().__init__(head, None, deep, model_dir, config, warm_start_from)


class LinearEstimator(CannedEstimator):
    """A linear model with a head.

    Args:
      head: see `DNNEstimator`. The others: see `LinearClassifier`.
    """

    def __init__(
        self, head: Head, feature_columns: Any, model_dir: Any = None, optimizer: Any = "Ftrl", config: Any = None,
        partitioner: Any = None, sparse_combiner: str = "sum",
    ) -> None:  # fmt: skip
        super().__init__(head, (optimizer, tuple(feature_columns), sparse_combiner), None, model_dir, config, None)


class DNNLinearCombinedEstimator(CannedEstimator):
    """A linear model and a deep network with a head. Args: head: see `DNNEstimator`; the others: as of both."""

    _is_combined = True

    def __init__(
        self, head: Head, model_dir: Any = None, linear_feature_columns: Any = None, linear_optimizer: Any = "Ftrl",
        dnn_feature_columns: Any = None, dnn_optimizer: Any = "Adagrad", dnn_hidden_units: Any = None,
        dnn_activation_fn: Any = relu, dnn_dropout: float | None = None, input_layer_partitioner: Any = None,
        config: Any = None, linear_sparse_combiner: str = "sum", batch_norm: bool = False,
    ) -> None:  # fmt: skip
        linear, deep = both_parts(
            linear_feature_columns, linear_optimizer, linear_sparse_combiner, dnn_feature_columns, dnn_optimizer,
            dnn_hidden_units, dnn_activation_fn, dnn_dropout, batch_norm,
        )  # fmt: skip
        super().__init__(head, linear, deep, model_dir, config, None)


def _baseline_logits(features: Any, count: int) -> Any:
    """The same logits for each example."""
    first = next(iter(features.values()))
    with variable_scope("baseline", values=tuple(features.values())):
        bias = get_variable("bias", [count], initializer=Zeros())
        return bias * ones(stack([shape_of(first)[0], count]), bias.dtype.base_dtype)


class BaselineEstimator(Estimator):
    """What can be said without looking at features.

    Args:
      head: from logits to a loss and predictions. model_dir, config: see `Estimator`. optimizer: or its name.
    """

    _overrides_estimator = True

    def __init__(self, head: Head, model_dir: Any = None, optimizer: Any = "Ftrl", config: Any = None) -> None:
        def model_fn(features: Any, labels: Any, mode: str, config: Any) -> Any:
            logits = _baseline_logits(checked_features(features), head.logits_dimension)

            def train(loss: Any) -> Any:
                variables = get_collection(GraphKeys.TRAINABLE_VARIABLES, scope="baseline")
                chosen = optimizer_of(optimizer, 0.3)
                return chosen.minimize(loss, var_list=variables, global_step=get_global_step())

            return head.specification(features, mode, logits, labels, train)

        super().__init__(model_fn, model_dir, config)


class BaselineClassifier(BaselineEstimator):
    """The shares of classes. Arguments: see `DNNClassifier` and `BaselineEstimator`."""

    def __init__(
        self, model_dir: Any = None, n_classes: int = 2, weight_column: Any = None, label_vocabulary: Any = None,
        optimizer: Any = "Ftrl", config: Any = None, loss_reduction: str = Reduction.SUM,
    ) -> None:  # fmt: skip
        head = class_head(
            n_classes, weight_column=weight_column, label_vocabulary=label_vocabulary, loss_reduction=loss_reduction
        )
        super().__init__(head, model_dir, optimizer, config)


class BaselineRegressor(BaselineEstimator):
    """The mean. Arguments: see `DNNRegressor` and `BaselineEstimator`."""

    def __init__(
        self, model_dir: Any = None, label_dimension: int = 1, weight_column: Any = None, optimizer: Any = "Ftrl",
        config: Any = None, loss_reduction: str = Reduction.SUM,
    ) -> None:  # fmt: skip
        head = RegressionHead(label_dimension, weight_column=weight_column, loss_reduction=loss_reduction)
        super().__init__(head, model_dir, optimizer, config)
