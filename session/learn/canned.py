"""`tf.contrib.learn`'s own models: deep networks and linear models that classify or predict values.

Variables have the names they have in TensorFlow 1.15 (`dnn/hiddenlayer_0/weights`, `linear/age/weight`); losses are
means over the batch. Labels, predictions and metrics are those of the heads of `tf.estimator`, renamed.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

from ...ops.families.nn.activations import relu
from ...ops.library.losses.reduction import Reduction
from ..estimator.heads import RegressionHead, class_head
from .estimator import Estimator
from .networks import chosen, deep_logits, default_deep, default_linear, linear_logits, minimized
from .specs import ModelFnOps

_BINARY: Final = {  # of the names of `tf.estimator`, those of `contrib.learn`
    "accuracy_baseline": "accuracy/baseline_label_mean",
    "label/mean": "labels/actual_label_mean",
    "prediction/mean": "labels/prediction_mean",
    "precision": "precision/positive_threshold_0.500000_mean",
    "recall": "recall/positive_threshold_0.500000_mean",
}


class _Canned(Estimator):
    """A head over a deep network, a linear model or both.

    Args:
      head: of `tf.estimator`.
      deep: None, or columns, units, activation, dropout and optimizer.
      linear: None, or columns and optimizer.
      clip_norm: the largest norm of gradients. centered: not built.
      model_dir, config, engineering: of `Estimator`. has_names: whether classes have names.
    """

    _output = "scores"

    def __init__(
        self, head: Any, deep: Any, linear: Any, clip_norm: float | None, centered: bool, model_dir: Any, config: Any,
        engineering: Any, has_names: bool = False,
    ) -> None:  # fmt: skip
        if centered:
            raise NotImplementedError("enable_centered_bias=True is not built.")

        def model_fn(features: Any, labels: Any, mode: str) -> ModelFnOps:
            logits: Any = None
            if deep is not None:
                columns, units, activation, dropout, _ = deep
                logits = deep_logits(
                    features, columns, units, activation, dropout, head.logits_dimension, mode == "train"
                )
            if linear is not None:
                part = linear_logits(features, linear[0], head.logits_dimension)
                logits = part if logits is None else logits + part
            parts = [("dnn/", deep[4]), ("linear/", linear[1])] if deep and linear else None

            def train(loss: Any) -> Any:
                if parts is None:
                    return minimized(loss, [("dnn/", deep[4]()) if deep else ("linear/", linear[1]())], clip_norm)
                return minimized(loss, [(scope, make()) for scope, make in parts], clip_norm)

            return _as_ops(head.specification(features, mode, logits, labels, train), has_names)

        super().__init__(model_fn, model_dir, config, None, engineering)

    def predict(
        self, x: Any = None, input_fn: Any = None, batch_size: int | None = None, outputs: Any = None,
        as_iterable: bool = True, iterate_batches: bool = False,
    ) -> Any:  # fmt: skip
        """Return predictions: of classifiers the classes, of others the values; `outputs` names other ones.

        Args: as of `Estimator.predict`.
        Raises: NotFittedError without a checkpoint.
        """
        if outputs is not None:
            return super().predict(x, input_fn, batch_size, outputs, as_iterable, iterate_batches)
        return self._only(self._output, x, input_fn, batch_size, as_iterable)

    def _only(self, name: str, x: Any, input_fn: Any, batch_size: int | None, as_iterable: bool) -> Any:
        found = super().predict(x, input_fn, batch_size, [name], as_iterable)
        return _values(found, name) if as_iterable else found[name]


def _values(rows: Iterator[dict[str, Any]], name: str) -> Iterator[Any]:
    return (row[name] for row in rows)


def _as_ops(spec: Any, has_names: bool) -> ModelFnOps:
    """What a model function of `contrib.learn` returns, of what one of `tf.estimator` does.

    Args:
      spec: the latter.
      has_names: whether classes have names; otherwise they are numbers.
    """
    predictions = dict(spec.predictions)
    if "class_ids" in predictions:
        numbers = predictions.pop("class_ids")
        predictions = {
            name: predictions[name] for name in ("logistic", "logits", "probabilities") if name in predictions
        }
        predictions["classes"] = (spec.predictions["classes"] if has_names else numbers)[:, 0]
    else:
        values = predictions.pop("predictions")
        predictions = {"scores": values[:, 0] if values.get_shape().as_list()[-1] == 1 else values}
    metrics = {_BINARY.get(name, name): pair for name, pair in (spec.eval_metric_ops or {}).items()}
    metrics.pop("average_loss", None)
    if "auc" in metrics:
        metrics["accuracy/threshold_0.500000_mean"] = metrics["accuracy"]
    else:
        metrics = {"accuracy": metrics["accuracy"]} if "accuracy" in metrics else {}
    return ModelFnOps(spec.mode, predictions, spec.loss, spec.train_op, metrics)


class _Classifier(_Canned):
    """What classifiers have more."""

    _output = "classes"

    def predict_classes(
        self, x: Any = None, input_fn: Any = None, batch_size: int | None = None, as_iterable: bool = True
    ) -> Any:
        """Return the classes of examples, as `predict` does."""
        return self._only("classes", x, input_fn, batch_size, as_iterable)

    def predict_proba(
        self, x: Any = None, input_fn: Any = None, batch_size: int | None = None, as_iterable: bool = True
    ) -> Any:
        """Return the probabilities of the classes of examples."""
        return self._only("probabilities", x, input_fn, batch_size, as_iterable)


class _Regressor(_Canned):
    """What models of values have more."""

    def predict_scores(
        self, x: Any = None, input_fn: Any = None, batch_size: int | None = None, as_iterable: bool = True
    ) -> Any:
        """Return the values of examples, as `predict` does."""
        return self._only("scores", x, input_fn, batch_size, as_iterable)


def _classes(n_classes: int, weights: Any, label_keys: Any) -> Any:
    if n_classes < 2:
        raise ValueError(f"Invalid value for n_classes: {n_classes}. It has to be at least 2.")
    return class_head(
        n_classes, weight_column=weights, label_vocabulary=label_keys, loss_reduction=Reduction.SUM_OVER_BATCH_SIZE
    )


def _values_head(dimension: int, weights: Any) -> Any:
    return RegressionHead(dimension, weight_column=weights, loss_reduction=Reduction.SUM_OVER_BATCH_SIZE)


def _deep(columns: Any, units: Any, activation: Any, dropout: float | None, optimizer: Any) -> Any:
    return tuple(columns), list(units), activation, dropout, lambda: chosen(optimizer, default_deep)


def _linear(columns: Any, optimizer: Any) -> Any:
    columns = tuple(columns)
    return columns, lambda: chosen(optimizer, lambda: default_linear(columns))


class DNNClassifier(_Classifier):
    """A deep network that classifies.

    Args:
      hidden_units: how many units each layer has.
      feature_columns: dense columns.
      n_classes: how many classes; label_keys: their names, where labels are strings.
      weight_column_name: the feature of examples' weights.
      optimizer: one, a function that makes one, or a name; default: Adagrad, 0.05.
      activation_fn, dropout: of the layers.
      gradient_clip_norm: the largest norm of gradients.
      model_dir, config, feature_engineering_fn: as of `Estimator`.
      enable_centered_bias: not built; the others are accepted.
    """

    def __init__(
        self, hidden_units: Any, feature_columns: Any, model_dir: Any = None, n_classes: int = 2,
        weight_column_name: str | None = None, optimizer: Any = None, activation_fn: Any = relu,
        dropout: float | None = None, gradient_clip_norm: float | None = None, enable_centered_bias: bool = False,
        config: Any = None, feature_engineering_fn: Any = None, embedding_lr_multipliers: Any = None,
        input_layer_min_slice_size: Any = None, label_keys: Any = None,
    ) -> None:  # fmt: skip
        deep = _deep(feature_columns, hidden_units, activation_fn, dropout, optimizer)
        head = _classes(n_classes, weight_column_name, label_keys)
        super().__init__(
            head, deep, None, gradient_clip_norm, enable_centered_bias, model_dir, config, feature_engineering_fn,
            label_keys is not None,
        )  # fmt: skip


class DNNRegressor(_Regressor):
    """A deep network that predicts values. Arguments as for `DNNClassifier`; label_dimension: how many values."""

    def __init__(
        self, hidden_units: Any, feature_columns: Any, model_dir: Any = None, weight_column_name: str | None = None,
        optimizer: Any = None, activation_fn: Any = relu, dropout: float | None = None,
        gradient_clip_norm: float | None = None, enable_centered_bias: bool = False, config: Any = None,
        feature_engineering_fn: Any = None, label_dimension: int = 1, embedding_lr_multipliers: Any = None,
        input_layer_min_slice_size: Any = None,
    ) -> None:  # fmt: skip
        deep = _deep(feature_columns, hidden_units, activation_fn, dropout, optimizer)
        head = _values_head(label_dimension, weight_column_name)
        super().__init__(
            head, deep, None, gradient_clip_norm, enable_centered_bias, model_dir, config, feature_engineering_fn
        )


class LinearClassifier(_Classifier):
    """A linear model that classifies. Arguments as for `DNNClassifier`; columns may be categorical."""

    def __init__(
        self, feature_columns: Any, model_dir: Any = None, n_classes: int = 2, weight_column_name: str | None = None,
        optimizer: Any = None, gradient_clip_norm: float | None = None, enable_centered_bias: bool = False,
        _joint_weight: bool = False, config: Any = None, feature_engineering_fn: Any = None, label_keys: Any = None,
    ) -> None:  # fmt: skip
        linear = _linear(feature_columns, optimizer)
        head = _classes(n_classes, weight_column_name, label_keys)
        super().__init__(
            head, None, linear, gradient_clip_norm, enable_centered_bias, model_dir, config, feature_engineering_fn,
            label_keys is not None,
        )  # fmt: skip


class LinearRegressor(_Regressor):
    """A linear model that predicts values. Arguments as for `LinearClassifier`; label_dimension: how many values."""

    def __init__(
        self, feature_columns: Any, model_dir: Any = None, weight_column_name: str | None = None,
        optimizer: Any = None, gradient_clip_norm: float | None = None, enable_centered_bias: bool = False,
        label_dimension: int = 1, _joint_weights: bool = False, config: Any = None, feature_engineering_fn: Any = None,
    ) -> None:  # fmt: skip
        linear = _linear(feature_columns, optimizer)
        head = _values_head(label_dimension, weight_column_name)
        super().__init__(
            head, None, linear, gradient_clip_norm, enable_centered_bias, model_dir, config, feature_engineering_fn
        )


class DNNLinearCombinedClassifier(_Classifier):
    """A linear model and a deep network whose logits are added. Arguments as for both, with their prefixes."""

    def __init__(
        self, model_dir: Any = None, n_classes: int = 2, weight_column_name: str | None = None,
        linear_feature_columns: Any = None, linear_optimizer: Any = None, _joint_linear_weights: bool = False,
        dnn_feature_columns: Any = None, dnn_optimizer: Any = None, dnn_hidden_units: Any = None,
        dnn_activation_fn: Any = relu, dnn_dropout: float | None = None, gradient_clip_norm: float | None = None,
        enable_centered_bias: bool = False, config: Any = None, feature_engineering_fn: Any = None,
        embedding_lr_multipliers: Any = None, input_layer_min_slice_size: Any = None, label_keys: Any = None,
        fix_global_step_increment_bug: bool = False,
    ) -> None:  # fmt: skip
        deep, linear = _both(
            linear_feature_columns, linear_optimizer, dnn_feature_columns, dnn_optimizer, dnn_hidden_units,
            dnn_activation_fn, dnn_dropout,
        )  # fmt: skip
        head = _classes(n_classes, weight_column_name, label_keys)
        super().__init__(
            head, deep, linear, gradient_clip_norm, enable_centered_bias, model_dir, config, feature_engineering_fn,
            label_keys is not None,
        )  # fmt: skip


class DNNLinearCombinedRegressor(_Regressor):
    """A linear model and a deep network whose values are added. Arguments as for both, with their prefixes."""

    def __init__(
        self, model_dir: Any = None, weight_column_name: str | None = None, linear_feature_columns: Any = None,
        linear_optimizer: Any = None, _joint_linear_weights: bool = False, dnn_feature_columns: Any = None,
        dnn_optimizer: Any = None, dnn_hidden_units: Any = None, dnn_activation_fn: Any = relu,
        dnn_dropout: float | None = None, gradient_clip_norm: float | None = None, enable_centered_bias: bool = False,
        label_dimension: int = 1, config: Any = None, feature_engineering_fn: Any = None,
        embedding_lr_multipliers: Any = None, input_layer_min_slice_size: Any = None,
        fix_global_step_increment_bug: bool = False,
    ) -> None:  # fmt: skip
        deep, linear = _both(
            linear_feature_columns, linear_optimizer, dnn_feature_columns, dnn_optimizer, dnn_hidden_units,
            dnn_activation_fn, dnn_dropout,
        )  # fmt: skip
        head = _values_head(label_dimension, weight_column_name)
        super().__init__(
            head, deep, linear, gradient_clip_norm, enable_centered_bias, model_dir, config, feature_engineering_fn
        )


def _both(
    linear_columns: Any, linear_optimizer: Any, deep_columns: Any, deep_optimizer: Any, units: Any, activation: Any,
    dropout: float | None,
) -> tuple[Any, Any]:  # fmt: skip
    if not linear_columns and not deep_columns:
        raise ValueError("Either linear_feature_columns or dnn_feature_columns must be defined.")
    if deep_columns and not units:
        raise ValueError("dnn_hidden_units must be defined when dnn_feature_columns is specified.")
    deep = _deep(deep_columns, units, activation, dropout, deep_optimizer) if deep_columns else None
    return deep, _linear(linear_columns, linear_optimizer) if linear_columns else None


def infer_real_valued_columns_from_input(x: Any) -> list[Any]:
    """Return columns of numbers for an array of features, [examples, numbers], or for arrays by name.

    Raises: ValueError for other than numbers.
    """
    import numpy as np

    from ...ops.library.contrib.layers.columns import real_valued_column

    arrays = x if isinstance(x, dict) else {"": x}
    found = []
    for name, values in sorted(arrays.items()):
        array = np.asarray(values)
        if array.dtype.kind not in "fiub":
            raise ValueError(f"on features {name!r}: only numbers have columns of numbers, not {array.dtype}")
        found.append(real_valued_column(name, dimension=int(np.prod(array.shape[1:]) or 1)))
    return found
