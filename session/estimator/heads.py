"""Heads of canned estimators: from logits to predictions, a loss, metrics and signatures."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping
from typing import Any

from ...ops.building.convert import convert_to_tensor
from ...ops.building.default_graph import name_scope
from ...ops.families.arrays.rearranging import tile
from ...ops.families.arrays.reshaping import expand_dims, reshape
from ...ops.families.arrays.shape_ops import shape as shape_of
from ...ops.families.arrays.stacking import concat, stack
from ...ops.families.debugging.summaries import scalar
from ...ops.families.elementwise.arithmetic import add_n, square
from ...ops.families.elementwise.cast import cast
from ...ops.families.elementwise.like import ones_like, zeros_like
from ...ops.families.indexing.gathering import gather
from ...ops.families.nn.activations import sigmoid
from ...ops.families.nn.cross_entropy import (
    sigmoid_cross_entropy_with_logits,
    sparse_softmax_cross_entropy_with_logits,
)
from ...ops.families.nn.softmax import softmax
from ...ops.families.reductions.argmax import argmax
from ...ops.families.reductions.reductions import reduce_mean
from ...ops.families.strings.numbers import as_string
from ...ops.library.losses.reduction import Reduction, compute_weighted_loss
from ...ops.library.metrics.confusion import precision, recall
from ...ops.library.metrics.means import accuracy as accuracy_metric
from ...ops.library.metrics.means import mean as mean_metric
from ...ops.library.metrics.thresholds import auc
from ...ops.library.training.mode_keys import ModeKeys
from ...ops.types import dtypes
from .outputs import ClassificationOutput, PredictOutput, RegressionOutput
from .specs import EstimatorSpec


class Head:
    """The base.

    Args:
      weight_column: the feature, or numeric column, with the weights of examples.
      loss_reduction: how the losses of examples become one; name: an ending of what is reported.
      loss_fn: from labels and logits, perhaps features, to the losses of examples.
    """

    logits_dimension = 1

    def __init__(
        self, weight_column: Any = None, loss_reduction: str = Reduction.SUM, name: str | None = None,
        loss_fn: Callable[..., Any] | None = None,
    ) -> None:  # fmt: skip
        self._weight_column, self._reduction = weight_column, loss_reduction
        self.name, self._loss_fn = name, loss_fn

    def specification(
        self, features: Any, mode: str, logits: Any, labels: Any, train_op_fn: Callable[[Any], Any] | None,
        regularization: Any = None,
    ) -> EstimatorSpec:  # fmt: skip
        """Return what a model function returns.

        Args:
          features, mode, labels: of the model function; logits: of the model.
          train_op_fn: from the loss to the operation that trains. regularization: losses that are added.
        Raises: ValueError without labels where there has to be a loss.
        """
        with name_scope("head"):
            with name_scope("predictions"):
                predictions = self._predictions(logits)
            if mode == ModeKeys.PREDICT:
                return EstimatorSpec(mode, predictions=predictions, export_outputs=self._outputs(predictions))
            if labels is None:
                raise ValueError("You must provide a labels Tensor. Given: None.")
            labels = self._labels(labels, logits)
            losses = self._examples_losses(labels, logits, features)
            weights = self._weights(features)
            loss = compute_weighted_loss(losses, 1.0 if weights is None else weights, reduction=self._reduction)
            more = None if not regularization else add_n(list(regularization))
            loss = loss if more is None else loss + more
            if mode == ModeKeys.EVAL:
                metrics = self._metrics(labels, predictions, losses, weights)
                if more is not None:
                    metrics["regularization_loss"] = mean_metric(more)
                named = {self._named(key): value for key, value in metrics.items()}
                return EstimatorSpec(mode, predictions=predictions, loss=loss, eval_metric_ops=named)
            if train_op_fn is None:
                raise ValueError("train_op_fn can not be None.")
            train_op = train_op_fn(loss)
        with name_scope(""):
            scalar(self._named("loss"), loss)
            if self._reduction == Reduction.SUM:
                scalar(self._named("average_loss"), reduce_mean(losses))
        return EstimatorSpec(mode, predictions=predictions, loss=loss, train_op=train_op)

    def _named(self, key: str) -> str:
        return f"{key}/{self.name}" if self.name else key

    def _examples_losses(self, labels: Any, logits: Any, features: Any) -> Any:
        """The losses of examples, by the function that was given if there is one."""
        if self._loss_fn is None:
            return self._losses(labels, logits)
        takes = inspect.signature(self._loss_fn).parameters
        found = {"features": features} if "features" in takes else {}
        if "loss_reduction" in takes:
            found["loss_reduction"] = self._reduction
        losses = self._loss_fn(labels=labels, logits=logits, **found)
        return expand_dims(losses, -1) if losses.shape.ndims == 1 else losses

    def create_estimator_spec(
        self, features: Any, mode: str, logits: Any, labels: Any = None, optimizer: Any = None,
        trainable_variables: Any = None, train_op_fn: Any = None, update_ops: Any = None,
        regularization_losses: Any = None,
    ) -> EstimatorSpec:  # fmt: skip
        """Return what a model function returns.

        Args:
          features, mode, labels: of the model function. logits: of the model.
          optimizer: of `tf.train` or of Keras, or train_op_fn: from the loss to the operation that trains.
          trainable_variables: what is trained; by default all. update_ops: what runs beside training.
          regularization_losses: losses that are added.
        Raises: ValueError for both of optimizer and function, or for none while training.
        """
        if mode == ModeKeys.TRAIN and (optimizer is None) == (train_op_fn is None):
            raise ValueError(
                "train_op_fn and optimizer cannot both be None." if optimizer is None
                else "train_op_fn and optimizer cannot both be set."
            )  # fmt: skip

        def train(loss: Any) -> Any:
            return trained_by(optimizer, train_op_fn, loss, trainable_variables, update_ops)

        return self.specification(features, mode, logits, labels, train, regularization_losses)

    def predictions(self, logits: Any, keys: Any = None) -> dict[str, Any]:
        """Return what the logits say. Args: logits: of the model; keys: which predictions; by default all."""
        found = self._predictions(logits)
        return found if keys is None else {key: found[key] for key in keys}

    def loss(
        self, labels: Any, logits: Any, features: Any = None, mode: Any = None, regularization_losses: Any = None
    ) -> Any:
        """Return the loss of a batch. Arguments: see `create_estimator_spec`."""
        losses = self._examples_losses(self._labels(labels, logits), logits, features)
        weights = 1.0 if self._weight_column is None else self._weights(features)
        found = compute_weighted_loss(losses, weights, reduction=self._reduction, loss_collection=None)
        return found if not regularization_losses else found + add_n(list(regularization_losses))

    def _weights(self, features: Any) -> Any:
        column = self._weight_column
        if column is None:
            return None
        if isinstance(column, str):
            weights = cast(convert_to_tensor(features[column]), dtypes.float32)
        else:
            weights = column.normalizer_fn(features[column.key]) if column.normalizer_fn else features[column.key]
            weights = cast(convert_to_tensor(weights), dtypes.float32)
        return expand_dims(weights, -1) if weights.shape.ndims == 1 else weights

    def _column_of(self, labels: Any) -> Any:
        if isinstance(labels, Mapping):
            raise ValueError(f"labels should be a Tensor. Given labels: {labels}")
        labels = convert_to_tensor(labels)
        return expand_dims(labels, -1) if labels.shape.ndims == 1 else labels

    def _predictions(self, logits: Any) -> dict[str, Any]:
        raise NotImplementedError

    def _outputs(self, predictions: dict[str, Any]) -> dict[str, Any]:
        raise NotImplementedError

    def _labels(self, labels: Any, logits: Any) -> Any:
        raise NotImplementedError

    def _losses(self, labels: Any, logits: Any) -> Any:
        raise NotImplementedError

    def _metrics(self, labels: Any, predictions: dict[str, Any], losses: Any, weights: Any) -> dict[str, Any]:
        raise NotImplementedError


def trained_by(optimizer: Any, function: Any, loss: Any, variables: Any, updates: Any) -> Any:
    """The operation that trains: what a function returns, or a step of an optimizer with what runs beside it."""
    from ...ops.building.basic_ops import group
    from ...ops.families.state.assignments import assign_add
    from ...ops.families.state.global_step import get_or_create_global_step
    from ...ops.families.state.variable_lists import trainable_variables

    if function is not None:
        train = function(loss)
    elif hasattr(optimizer, "get_updates"):  # of Keras
        steps = optimizer.get_updates(loss, list(variables or trainable_variables()))
        train = group(*steps, assign_add(get_or_create_global_step(), 1))
    else:
        train = optimizer.minimize(loss, var_list=variables, global_step=get_or_create_global_step())
    return train if not updates else group(train, *updates)


class RegressionHead(Head):
    """Values; the loss is the squared difference.

    Args:
      label_dimension: how many values an example has.
    """

    def __init__(self, label_dimension: int = 1, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        if label_dimension < 1:
            raise ValueError(f"Invalid label_dimension {label_dimension}.")
        self.logits_dimension = label_dimension

    def _predictions(self, logits: Any) -> dict[str, Any]:
        return {"predictions": cast(logits, dtypes.float32)}

    def _outputs(self, predictions: dict[str, Any]) -> dict[str, Any]:
        value = predictions["predictions"]
        return {
            "serving_default": RegressionOutput(value), "regression": RegressionOutput(value),
            "predict": PredictOutput(predictions),
        }  # fmt: skip

    def _labels(self, labels: Any, logits: Any) -> Any:
        return cast(self._column_of(labels), dtypes.float32)

    def _losses(self, labels: Any, logits: Any) -> Any:
        return square(logits - labels)

    def _metrics(self, labels: Any, predictions: dict[str, Any], losses: Any, weights: Any) -> dict[str, Any]:
        return {
            "average_loss": mean_metric(losses, weights=weights),
            "prediction/mean": mean_metric(predictions["predictions"], weights=weights),
            "label/mean": mean_metric(labels, weights=weights),
        }


class _ClassHead(Head):
    """The base of heads of classes.

    Args:
      label_vocabulary: the names of the classes, if labels are names.
    """

    def __init__(self, label_vocabulary: Any = None, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self._vocabulary = None if label_vocabulary is None else list(label_vocabulary)

    def _numbers(self, labels: Any) -> Any:
        labels = self._column_of(labels)
        if self._vocabulary is None:
            if not (labels.dtype.is_integer or labels.dtype.is_floating or labels.dtype.is_bool):
                raise ValueError(f"Labels dtype should be integer. Instead got {labels.dtype}.")
            return labels
        from ...ops.library.lookup.vocabularies import index_table_from_tensor

        return index_table_from_tensor(self._vocabulary, name="class_id_lookup").lookup(labels)

    def _classes(self, numbers: Any) -> Any:
        if self._vocabulary is None:
            return as_string(numbers, name="str_classes")
        return gather(convert_to_tensor(self._vocabulary), numbers, name="class_string_lookup")

    def _all_classes(self, logits: Any, count: int) -> Any:
        from ...ops.families.arrays.filling import range as range_of

        names = as_string(range_of(count)) if self._vocabulary is None else convert_to_tensor(self._vocabulary)
        return tile(expand_dims(names, 0), stack([shape_of(logits)[0], 1]))

    def _outputs(self, predictions: dict[str, Any]) -> dict[str, Any]:
        output = ClassificationOutput(scores=predictions["probabilities"], classes=predictions["all_classes"])
        return {"serving_default": output, "classification": output, "predict": PredictOutput(predictions)}


class BinaryHead(_ClassHead):
    """Two classes by one logit."""

    def _predictions(self, logits: Any) -> dict[str, Any]:
        logistic = sigmoid(logits, name="logistic")
        both = concat((zeros_like(logits), logits), axis=-1)
        numbers = expand_dims(argmax(both, axis=-1), axis=-1)
        return {
            "logits": logits, "logistic": logistic, "probabilities": softmax(both, name="probabilities"),
            "class_ids": numbers, "classes": self._classes(numbers), "all_class_ids": self._ids(logits),
            "all_classes": self._all_classes(logits, 2),
        }  # fmt: skip

    def _ids(self, logits: Any) -> Any:
        from ...ops.families.arrays.filling import range as range_of

        return tile(expand_dims(range_of(2), 0), stack([shape_of(logits)[0], 1]))

    def _outputs(self, predictions: dict[str, Any]) -> dict[str, Any]:
        return {**super()._outputs(predictions), "regression": RegressionOutput(predictions["logistic"])}

    def _labels(self, labels: Any, logits: Any) -> Any:
        return cast(self._numbers(labels), dtypes.float32)

    def _losses(self, labels: Any, logits: Any) -> Any:
        return sigmoid_cross_entropy_with_logits(labels=labels, logits=logits)

    def _metrics(self, labels: Any, predictions: dict[str, Any], losses: Any, weights: Any) -> dict[str, Any]:
        logistic, numbers = predictions["logistic"], predictions["class_ids"]
        wide = ones_like(labels) if weights is None else weights * ones_like(labels)
        mean_label, update_label = mean_metric(labels, weights=weights)
        baseline = _larger(mean_label, 1 - mean_label), _larger(update_label, 1 - update_label)
        return {
            "average_loss": mean_metric(losses, weights=weights),
            "accuracy": accuracy_metric(labels, numbers, weights=weights),
            "precision": precision(labels, numbers, weights=weights),
            "recall": recall(labels, numbers, weights=weights),
            "prediction/mean": mean_metric(logistic, weights=weights),
            "label/mean": (mean_label, update_label),
            "accuracy_baseline": baseline,
            "auc": auc(labels, logistic, weights=wide),
            "auc_precision_recall": auc(labels, logistic, weights=wide, curve="PR"),
        }


def _larger(a: Any, b: Any) -> Any:
    from ...ops.families.elementwise.rounding import maximum

    return maximum(a, b)


class ClassesHead(_ClassHead):
    """Several classes, a logit for each.

    Args:
      n_classes: how many there are.
    """

    def __init__(self, n_classes: int, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.logits_dimension = n_classes

    def _predictions(self, logits: Any) -> dict[str, Any]:
        from ...ops.families.arrays.filling import range as range_of

        numbers = expand_dims(argmax(logits, axis=-1), axis=-1)
        ids = tile(expand_dims(range_of(self.logits_dimension), 0), stack([shape_of(logits)[0], 1]))
        return {
            "logits": logits, "probabilities": softmax(logits, name="probabilities"), "class_ids": numbers,
            "classes": self._classes(numbers), "all_class_ids": ids,
            "all_classes": self._all_classes(logits, self.logits_dimension),
        }  # fmt: skip

    def _labels(self, labels: Any, logits: Any) -> Any:
        return cast(self._numbers(labels), dtypes.int64)

    def _losses(self, labels: Any, logits: Any) -> Any:
        flat = reshape(labels, [-1])
        return expand_dims(sparse_softmax_cross_entropy_with_logits(labels=flat, logits=logits), -1)

    def _metrics(self, labels: Any, predictions: dict[str, Any], losses: Any, weights: Any) -> dict[str, Any]:
        return {
            "average_loss": mean_metric(losses, weights=weights),
            "accuracy": accuracy_metric(labels, predictions["class_ids"], weights=weights),
        }


def class_head(n_classes: int, **kwargs: Any) -> Head:
    """The head of a number of classes. Raises: ValueError for fewer than two."""
    if n_classes < 2:
        raise ValueError(f"n_classes must be > 1 for classification: {n_classes}.")
    return BinaryHead(**kwargs) if n_classes == 2 else ClassesHead(n_classes, **kwargs)
