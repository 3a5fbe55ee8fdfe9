"""`contrib.metrics`: streaming metrics, which take the predictions first, and what gathers several of them."""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any

from ...families.reductions.reductions import reduce_max
from ..metrics import confusion, means, ranked, thresholds
from ..metrics.accumulate import finish, metric_scope

_EPSILON = 1e-7


def _predictions_first(metric: Callable[..., Any]) -> Callable[..., Any]:
    """The metric of `tf.metrics` with predictions and labels by place in the order of `contrib`."""

    @functools.wraps(metric)
    def streaming(predictions: Any, labels: Any, *args: Any, **kwargs: Any) -> Any:
        return metric(labels, predictions, *args, **kwargs)

    streaming.__name__ = f"streaming_{metric.__name__}"
    return streaming


def streaming_mean(
    values: Any, weights: Any = None, metrics_collections: Any = None, updates_collections: Any = None,
    name: str | None = None,
) -> Any:  # fmt: skip
    """Return the mean of all values so far, and the operation that takes more of them in; see `metrics.mean`."""
    return means.mean(values, weights, metrics_collections, updates_collections, name)


def streaming_mean_tensor(
    values: Any, weights: Any = None, metrics_collections: Any = None, updates_collections: Any = None,
    name: str | None = None,
) -> Any:  # fmt: skip
    """Return the mean of each element so far, and its update; see `metrics.mean_tensor`."""
    return means.mean_tensor(values, weights, metrics_collections, updates_collections, name)


def streaming_percentage_less(
    values: Any, threshold: Any, weights: Any = None, metrics_collections: Any = None, updates_collections: Any = None,
    name: str | None = None,
) -> Any:  # fmt: skip
    """Return the share of values below a threshold, and its update; see `metrics.percentage_below`."""
    return means.percentage_below(values, threshold, weights, metrics_collections, updates_collections, name)


def streaming_mean_relative_error(
    predictions: Any, labels: Any, normalizer: Any, weights: Any = None, metrics_collections: Any = None,
    updates_collections: Any = None, name: str | None = None,
) -> Any:  # fmt: skip
    """Return the mean error as a part of the normalizer, and its update; see `metrics.mean_relative_error`."""
    return means.mean_relative_error(
        labels, predictions, normalizer, weights, metrics_collections, updates_collections, name
    )


def streaming_mean_cosine_distance(
    predictions: Any, labels: Any, dim: int, weights: Any = None, metrics_collections: Any = None,
    updates_collections: Any = None, name: str | None = None,
) -> Any:  # fmt: skip
    """Return the mean cosine distance along a dimension, and its update; see `metrics.mean_cosine_distance`."""
    return means.mean_cosine_distance(labels, predictions, dim, weights, metrics_collections, updates_collections, name)


streaming_accuracy = _predictions_first(means.accuracy)
streaming_mean_absolute_error = _predictions_first(means.mean_absolute_error)
streaming_mean_squared_error = _predictions_first(means.mean_squared_error)
streaming_root_mean_squared_error = _predictions_first(means.root_mean_squared_error)
streaming_precision = _predictions_first(confusion.precision)
streaming_recall = _predictions_first(confusion.recall)
streaming_true_positives = _predictions_first(confusion.true_positives)
streaming_true_negatives = _predictions_first(confusion.true_negatives)
streaming_false_positives = _predictions_first(confusion.false_positives)
streaming_false_negatives = _predictions_first(confusion.false_negatives)
streaming_mean_iou = _predictions_first(confusion.mean_iou)
streaming_auc = _predictions_first(thresholds.auc)
streaming_precision_at_thresholds = _predictions_first(thresholds.precision_at_thresholds)
streaming_recall_at_thresholds = _predictions_first(thresholds.recall_at_thresholds)
streaming_sensitivity_at_specificity = _predictions_first(thresholds.sensitivity_at_specificity)
streaming_specificity_at_sensitivity = _predictions_first(thresholds.specificity_at_sensitivity)
streaming_sparse_recall_at_k = _predictions_first(ranked.recall_at_k)
streaming_sparse_precision_at_k = _predictions_first(ranked.precision_at_k)
streaming_sparse_average_precision_at_k = _predictions_first(ranked.average_precision_at_k)
streaming_sparse_average_precision_at_top_k = ranked.average_precision_at_top_k  # its predictions come first already


def streaming_sparse_precision_at_top_k(
    top_k_predictions: Any, labels: Any, class_id: int | None = None, weights: Any = None,
    metrics_collections: Any = None, updates_collections: Any = None, name: str | None = None,
) -> Any:  # fmt: skip
    """Return the precision of the given best classes, and its update; see `metrics.precision_at_top_k`."""
    collections = metrics_collections, updates_collections
    return ranked.precision_at_top_k(labels, top_k_predictions, None, class_id, weights, *collections, name)


def sparse_recall_at_top_k(
    labels: Any, top_k_predictions: Any, class_id: int | None = None, weights: Any = None,
    metrics_collections: Any = None, updates_collections: Any = None, name: str | None = None,
) -> Any:  # fmt: skip
    """Return the recall of the given best classes, and its update; see `metrics.recall_at_top_k`."""
    collections = metrics_collections, updates_collections
    return ranked.recall_at_top_k(labels, top_k_predictions, None, class_id, weights, *collections, name)


def f1_score(
    labels: Any, predictions: Any, weights: Any = None, num_thresholds: int = 200, metrics_collections: Any = None,
    updates_collections: Any = None, name: str | None = None,
) -> Any:  # fmt: skip
    """Return the greatest F1 score over thresholds, and the operation that takes in a batch.

    Args:
      labels: bools, or what casts to them.
      predictions: floats of [0, 1].
      weights: numbers of a shape that broadcasts; None for ones.
      num_thresholds: how many thresholds there are, evenly from 0 to 1.
      metrics_collections, updates_collections: where the value and the operation are added.
      name: of the scope.
    Source: TensorFlow 1.15, `tf.contrib.metrics.f1_score`.
    """
    with metric_scope(name, "f1", (labels, predictions, weights)):
        wanted = ("tp", "fn", "fp")
        grid = thresholds.even_thresholds(num_thresholds)
        values, updates = thresholds.counts_at_thresholds(labels, predictions, grid, weights, wanted)
        best = []
        for counts in (values, updates):
            precision = counts["tp"] / (_EPSILON + counts["tp"] + counts["fp"])
            recall = counts["tp"] / (_EPSILON + counts["tp"] + counts["fn"])
            best.append(reduce_max(2.0 * precision * recall / (precision + recall + _EPSILON)))
        value, update = best
        return finish(value, update, metrics_collections, updates_collections)


def aggregate_metrics(*value_update_tuples: Any) -> tuple[list[Any], list[Any]]:
    """Return the values and the updates of several metrics, as two lists. Raises: ValueError for none."""
    if not value_update_tuples:
        raise ValueError("Expected at least one value_tensor/update_op pair")
    values, updates = zip(*value_update_tuples)
    return list(values), list(updates)


def aggregate_metric_map(names_to_tuples: Any) -> tuple[dict[str, Any], dict[str, Any]]:
    """Return the values and the updates of metrics by name, as two dictionaries by name."""
    values = {name: pair[0] for name, pair in names_to_tuples.items()}
    return values, {name: pair[1] for name, pair in names_to_tuples.items()}
