"""Metrics of right and wrong predictions of bools, and of classes: counts, precision, recall, intersections."""

from __future__ import annotations

from typing import Any

from ...building.build import build
from ...building.convert import convert_to_tensor
from ...definition.registry import lookup
from ...families.arrays.reshaping import reshape
from ...families.arrays.stacking import stack
from ...families.elementwise.cast import cast
from ...families.elementwise.compare import equal, greater, logical_and, not_equal
from ...families.elementwise.division import div_no_nan
from ...families.elementwise.like import ones_like
from ...families.elementwise.select import select
from ...families.indexing.scattering import scatter_nd
from ...families.linalg.matrix_parts import diag_part
from ...families.reductions.reductions import reduce_mean, reduce_sum
from ...families.state.assignments import assign_add
from ...graph.node import Tensor
from ...types import dtypes
from ..losses.reduction import broadcast_weights
from .accumulate import counted, finish, metric_scope, metric_variable
from .squeezing import alike

Metric = tuple[Tensor, Any]


def _bools(predictions: Any, labels: Any, weights: Any) -> tuple[Any, Any, Any]:
    return alike(cast(predictions, dtypes.bool_), cast(labels, dtypes.bool_), weights)


def _count(
    labels: Any, predictions: Any, weights: Any, collections: tuple[Any, Any], name: str | None, default: str,
    label: bool, prediction: bool,
) -> Metric:  # fmt: skip
    """The metric that counts where label and prediction have these values."""
    with metric_scope(name, default, (predictions, labels, weights)):
        predictions, labels, weights = _bools(predictions, labels, weights)
        found = logical_and(equal(labels, label), equal(predictions, prediction))
        return counted(found, weights, *collections)


def true_positives(
    labels: Any, predictions: Any, weights: Any = None, metrics_collections: Any = None,
    updates_collections: Any = None, name: str | None = None,
) -> Metric:  # fmt: skip
    """Return how many predictions are true where labels are, and the operation that takes in a batch."""
    collections = metrics_collections, updates_collections
    return _count(labels, predictions, weights, collections, name, "true_positives", True, True)


def true_negatives(
    labels: Any, predictions: Any, weights: Any = None, metrics_collections: Any = None,
    updates_collections: Any = None, name: str | None = None,
) -> Metric:  # fmt: skip
    """Return how many predictions are false where labels are, and the operation that takes in a batch."""
    collections = metrics_collections, updates_collections
    return _count(labels, predictions, weights, collections, name, "true_negatives", False, False)


def false_positives(
    labels: Any, predictions: Any, weights: Any = None, metrics_collections: Any = None,
    updates_collections: Any = None, name: str | None = None,
) -> Metric:  # fmt: skip
    """Return how many predictions are true where labels are false, and the operation that takes in a batch."""
    collections = metrics_collections, updates_collections
    return _count(labels, predictions, weights, collections, name, "false_positives", False, True)


def false_negatives(
    labels: Any, predictions: Any, weights: Any = None, metrics_collections: Any = None,
    updates_collections: Any = None, name: str | None = None,
) -> Metric:  # fmt: skip
    """Return how many predictions are false where labels are true, and the operation that takes in a batch."""
    collections = metrics_collections, updates_collections
    return _count(labels, predictions, weights, collections, name, "false_negatives", True, False)


def _share(right: Any, wrong: Any, name: str) -> Any:
    some = greater(right + wrong, 0)
    return select(some, build(lookup("RealDiv"), right, right + wrong, name="div"), 0.0, name=name)


def _ratio(
    labels: Any,
    predictions: Any,
    weights: Any,
    collections: tuple[Any, Any],
    name: str | None,
    default: str,
    other: Any,
) -> Metric:
    with metric_scope(name, default, (predictions, labels, weights)):
        predictions, labels, weights = _bools(predictions, labels, weights)
        right, update_right = true_positives(labels, predictions, weights)
        wrong, update_wrong = other(labels, predictions, weights)
        return finish(_share(right, wrong, "value"), _share(update_right, update_wrong, "update_op"), *collections)


def precision(
    labels: Any, predictions: Any, weights: Any = None, metrics_collections: Any = None,
    updates_collections: Any = None, name: str | None = None,
) -> Metric:  # fmt: skip
    """Return the share of true predictions whose labels are true (0 if there are none), and the operation."""
    collections = metrics_collections, updates_collections
    return _ratio(labels, predictions, weights, collections, name, "precision", false_positives)


def recall(
    labels: Any, predictions: Any, weights: Any = None, metrics_collections: Any = None,
    updates_collections: Any = None, name: str | None = None,
) -> Metric:  # fmt: skip
    """Return the share of true labels that are predicted (0 if there are none), and the operation."""
    collections = metrics_collections, updates_collections
    return _ratio(labels, predictions, weights, collections, name, "recall", false_negatives)


# Classes.


def confusion_counts(labels: Any, predictions: Any, num_classes: int, dtype: Any, weights: Any = None) -> Any:
    """The matrix of how often a label (its row) was predicted as a class (its column), weighted."""
    labels, predictions = (reshape(cast(item, dtypes.int64), [-1]) for item in (labels, predictions))
    ones = ones_like(predictions, dtype) if weights is None else reshape(cast(weights, dtype), [-1])
    return scatter_nd(stack([labels, predictions], axis=1), ones, convert_to_tensor([num_classes] * 2, dtypes.int64))


def _streaming_matrix(labels: Any, predictions: Any, num_classes: int, weights: Any) -> tuple[Any, Any]:
    matrix = metric_variable([num_classes, num_classes], dtypes.float64, "total_confusion_matrix")
    if weights is not None:
        weights = broadcast_weights(cast(weights, dtypes.float32), labels)
    counts = confusion_counts(labels, predictions, num_classes, dtypes.float64, weights)
    return matrix.value(), assign_add(matrix, counts)


def _iou(matrix: Any, name: str) -> Any:
    rows, columns = (cast(reduce_sum(matrix, axis), dtypes.float32) for axis in (1, 0))
    right = cast(diag_part(matrix), dtypes.float32)
    union = rows + columns - right
    present = reduce_sum(cast(not_equal(union, 0), dtypes.float32))
    safe = select(greater(union, 0), union, ones_like(union))
    total = reduce_sum(right / safe, name=f"{name}_sum")
    return select(greater(present, 0), total / present, total * 0.0, name=name)


def mean_iou(
    labels: Any, predictions: Any, num_classes: int, weights: Any = None, metrics_collections: Any = None,
    updates_collections: Any = None, name: str | None = None,
) -> Metric:  # fmt: skip
    """Return the mean over classes of intersection over union, and the operation, which gives the confusion matrix.

    Args:
      labels, predictions: classes, integers below `num_classes`, of one shape.
      weights: None for 1, or what broadcasts to the labels.
    """
    with metric_scope(name, "mean_iou", (predictions, labels, weights)):
        predictions.shape.assert_is_compatible_with(labels.shape)
        matrix, update = _streaming_matrix(labels, predictions, num_classes, weights)
        return finish(_iou(matrix, "mean_iou"), update, metrics_collections, updates_collections)


def mean_per_class_accuracy(
    labels: Any, predictions: Any, num_classes: int, weights: Any = None, metrics_collections: Any = None,
    updates_collections: Any = None, name: str | None = None,
) -> Metric:  # fmt: skip
    """Return the mean over classes of the share of their labels predicted, and the operation; see `mean_iou`."""
    with metric_scope(name, "mean_accuracy", (predictions, labels, weights)):
        labels = reshape(cast(labels, dtypes.int64), [-1])
        predictions = reshape(cast(predictions, dtypes.int64), [-1])
        total = metric_variable([num_classes], dtypes.float32, "total")
        count = metric_variable([num_classes], dtypes.float32, "count")
        ones = ones_like(labels, dtypes.float32)
        right = cast(equal(predictions, labels), dtypes.float32)
        if weights is not None:
            weights = reshape(cast(weights, dtypes.float32), [-1])
            ones, right = ones * weights, right * weights
        rows, extent = reshape(labels, [-1, 1]), convert_to_tensor([num_classes], dtypes.int64)
        update_total = assign_add(total, scatter_nd(rows, right, extent))
        update_count = assign_add(count, scatter_nd(rows, ones, extent))
        value = reduce_mean(div_no_nan(total.value(), count.value()), name="mean_accuracy")
        update = div_no_nan(update_total, update_count, name="update_op")
        return finish(value, update, metrics_collections, updates_collections)
