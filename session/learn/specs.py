"""What model functions of `tf.contrib.learn` return, and metrics by the names of predictions and labels."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

_OF_LABELS = ("labels", "label", "targets", "target")
_OF_PREDICTIONS = ("predictions", "prediction", "predicted", "preds", "pred")


class NotFittedError(ValueError, AttributeError):
    """An estimator is asked before it has been fitted."""


class ModelFnOps(NamedTuple):
    """What a model function returns.

    Args:
      mode: one of `ModeKeys`.
      predictions: a tensor, or tensors by name.
      loss: a scalar; needed for training and evaluation.
      train_op: the operation of a step; needed for training.
      eval_metric_ops: pairs of a value and its update, by name.
      output_alternatives: kept.
      training_chief_hooks, training_hooks: SessionRunHooks.
      scaffold: a Scaffold.
    """

    mode: str
    predictions: Any = None
    loss: Any = None
    train_op: Any = None
    eval_metric_ops: Any = None
    output_alternatives: Any = None
    training_chief_hooks: Any = None
    training_hooks: Any = None
    scaffold: Any = None


class MetricSpec:
    """A metric of one of the predictions and one of the labels.

    Args:
      metric_fn: such as `tf.contrib.metrics.streaming_accuracy`; it gets predictions, labels and perhaps weights.
      prediction_key, label_key: which ones, where there are several.
      weight_key: the feature of weights; None for none.
    """

    def __init__(
        self, metric_fn: Callable[..., Any], prediction_key: str | None = None, label_key: str | None = None,
        weight_key: str | None = None,
    ) -> None:  # fmt: skip
        self.metric_fn, self.prediction_key = metric_fn, prediction_key
        self.label_key, self.weight_key = label_key, weight_key

    def create_metric_ops(self, inputs: Any, labels: Any, predictions: Any) -> Any:
        """Return what the metric gives.

        Args:
          inputs: the features.
          labels, predictions: tensors, or tensors by name.
        Raises: ValueError if several are there and no key, or the key is missing.
        """
        predicted = _chosen(predictions, self.prediction_key, "predictions")
        wanted = _chosen(labels, self.label_key, "labels")
        names = inspect.signature(self.metric_fn).parameters
        more = {} if self.weight_key is None else {"weights": inputs[self.weight_key]}
        of_labels = next((name for name in _OF_LABELS if name in names), None)
        of_predictions = next((name for name in _OF_PREDICTIONS if name in names), None)
        if of_labels is None or of_predictions is None:
            return self.metric_fn(predicted, wanted, **more)
        return self.metric_fn(**{of_labels: wanted, of_predictions: predicted}, **more)


def _chosen(values: Any, key: str | None, what: str) -> Any:
    if not isinstance(values, Mapping):
        return values
    if key is not None:
        if key not in values:
            raise ValueError(f"MetricSpec: there are no {what} of the name {key!r}, but {sorted(values)}.")
        return values[key]
    if len(values) != 1:
        raise ValueError(f"MetricSpec without a key, where there are several {what}: {sorted(values)}.")
    return next(iter(values.values()))


def metric_ops(metrics: Any, features: Any, labels: Any, predictions: Any) -> dict[str, Any]:
    """Return what metrics give, by name.

    Args:
      metrics: by name MetricSpecs or functions of predictions and labels; or functions by a pair of a name and the
        key of the predictions.
      features, labels, predictions: of the model.
    """
    found = {}
    for name, metric in metrics.items():
        key = None
        if isinstance(name, tuple):
            name, key = name
        spec = metric if isinstance(metric, MetricSpec) else MetricSpec(metric, key)
        found[name] = spec.create_metric_ops(features, labels, predictions)
    return found
