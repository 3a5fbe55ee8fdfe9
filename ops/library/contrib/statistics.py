"""`contrib.metrics`: counts, covariance, correlation, agreement of two raters, rates of errors."""

from __future__ import annotations

from typing import Any

from ...building.convert import convert_to_tensor
from ...building.default_graph import control_dependencies
from ...families.arrays.shape_ops import size
from ...families.elementwise.arithmetic import multiply
from ...families.elementwise.cast import cast
from ...families.elementwise.compare import greater, less_equal
from ...families.elementwise.division import div_no_nan, truediv
from ...families.elementwise.exponential import sqrt
from ...families.elementwise.like import ones_like
from ...families.elementwise.select import select
from ...families.linalg.matrix_parts import diag_part
from ...families.reductions.reductions import reduce_sum
from ...families.reductions.sorting import in_top_k
from ...families.state.assignments import assign_add
from ...graph.node import Tensor
from ...types import dtypes
from ..losses.reduction import broadcast_weights
from ..metrics import thresholds as grids
from ..metrics.accumulate import counted, finish, floats, metric_scope, metric_variable, weighted_mean
from ..metrics.confusion import confusion_counts, false_negatives, false_positives, true_negatives, true_positives
from ..metrics.squeezing import alike

Metric = tuple[Tensor, Any]
_EPSILON = 1e-7


def count(
    values: Any, weights: Any = None, metrics_collections: Any = None, updates_collections: Any = None,
    name: str | None = None,
) -> Metric:  # fmt: skip
    """Return how many values there were so far, and the operation that takes in a batch.

    Args:
      values: a tensor of any shape.
      weights: what each value counts, of a shape that broadcasts; None for 1.
      metrics_collections, updates_collections: where the count and the operation are added.
      name: of the scope.
    Returns: a float32, and the operation, whose value is the count after it.
    Source: TensorFlow 1.15, `tf.contrib.metrics.count`.
    """
    with metric_scope(name, "count", (values, weights)):
        values = convert_to_tensor(values)
        if weights is not None:
            values, _, weights = alike(values, None, weights)
        return counted(ones_like(values), weights, metrics_collections, updates_collections)


def streaming_covariance(
    predictions: Any, labels: Any, weights: Any = None, metrics_collections: Any = None,
    updates_collections: Any = None, name: str | None = None,
) -> Metric:  # fmt: skip
    """Return the unbiased covariance of predictions and labels so far, and the operation that takes in a batch.

    Args:
      predictions, labels: tensors of one shape.
      weights: how often each pair counts, of a shape that broadcasts; None for once.
      metrics_collections, updates_collections: where the covariance and the operation are added.
      name: of the scope.
    Returns: a float32, NaN while the weights are 1 in sum or less, and the operation.
    Raises: ValueError if the shapes contradict each other.
    Source: TensorFlow 1.15, `tf.contrib.metrics.streaming_covariance`; batches are joined as Chan, Golub and LeVeque
      do ("Algorithms for computing the sample variance", 1983).
    """
    with metric_scope(name, "covariance", (predictions, labels)):
        predictions, labels = floats(predictions, labels)
        predictions, labels, weights = alike(predictions, labels, weights)
        predictions.shape.assert_is_compatible_with(labels.shape)
        names = ("count", "mean_prediction", "mean_label", "comoment")
        total, mean_prediction, mean_label, comoment = (metric_variable([], dtypes.float32, n) for n in names)
        if weights is None:
            number, weights, mean_of_batch = cast(size(labels), dtypes.float32), 1.0, truediv
        else:
            weights = broadcast_weights(cast(weights, dtypes.float32), labels)
            number, mean_of_batch = reduce_sum(weights), div_no_nan
        seen = assign_add(total, number)
        before, centred, apart = seen - number, [], []
        for values, mean in ((predictions, mean_prediction), (labels, mean_label)):
            own = mean_of_batch(reduce_sum(values * weights), number)
            with control_dependencies([seen]):
                step = (own - mean.value()) * number / seen
            apart.append(assign_add(mean, step) - step - own)  # the mean before this batch, from the batch's own
            centred.append(values - own)
        inside = reduce_sum(multiply(*centred) * weights)
        update = assign_add(comoment, inside + multiply(*apart) * (before * number / seen))
        nan = convert_to_tensor(float("nan"))
        value, updated = (
            select(less_equal(n, 1.0), nan, truediv(sums, n - 1.0), name=label)
            for n, sums, label in ((total.value(), comoment.value(), "covariance"), (seen, update, "update_op"))
        )
        return finish(value, updated, metrics_collections, updates_collections)


def streaming_pearson_correlation(
    predictions: Any, labels: Any, weights: Any = None, metrics_collections: Any = None,
    updates_collections: Any = None, name: str | None = None,
) -> Metric:  # fmt: skip
    """Return Pearson's correlation of predictions and labels so far, and the operation that takes in a batch.

    Args and Raises: as in `streaming_covariance`.
    Returns: a float32, NaN while there are fewer than two pairs or one side does not vary, and the operation.
    Source: TensorFlow 1.15, `tf.contrib.metrics.streaming_pearson_correlation`.
    """
    with metric_scope(name, "pearson_r", (predictions, labels)):
        predictions, labels = floats(predictions, labels)
        predictions, labels, weights = alike(predictions, labels, weights)
        predictions.shape.assert_is_compatible_with(labels.shape)
        pairs = (
            (predictions, labels, "covariance"),
            (predictions, predictions, "variance_predictions"),
            (labels, labels, "variance_labels"),
        )
        parts = [streaming_covariance(a, b, weights, name=part) for a, b, part in pairs]
        value, update = (
            truediv(both, multiply(sqrt(of_predictions), sqrt(of_labels)), name=label)
            for (both, of_predictions, of_labels), label in zip(zip(*parts), ("pearson_r", "update_op"))
        )
        return finish(value, update, metrics_collections, updates_collections)


def cohen_kappa(
    labels: Any, predictions_idx: Any, num_classes: int, weights: Any = None, metrics_collections: Any = None,
    updates_collections: Any = None, name: str | None = None,
) -> Metric:  # fmt: skip
    """Return Cohen's kappa, how far two raters agree beyond chance, and the operation that takes in a batch.

    Args:
      labels, predictions_idx: classes from 0, integers of one shape.
      num_classes: how many classes there are.
      weights: what each pair counts, of a shape that broadcasts; None for 1.
      metrics_collections, updates_collections: where the value and the operation are added.
      name: of the scope.
    Returns: a float64, 0 while nothing was counted, and the operation.
    Raises: ValueError for fewer than two classes or shapes that contradict each other.
    Source: TensorFlow 1.15, `tf.contrib.metrics.cohen_kappa`.
    """
    if num_classes < 2:
        raise ValueError(f"`num_classes` must be >= 2.Found: {num_classes}")
    with metric_scope(name, "cohen_kappa", (labels, predictions_idx, weights)):
        predictions, labels, weights = alike(predictions_idx, labels, weights)
        predictions.shape.assert_is_compatible_with(labels.shape)
        dtype = dtypes.int64 if weights is None else dtypes.float32
        if weights is not None:
            weights = broadcast_weights(cast(weights, dtype), labels)
        matrix = confusion_counts(labels, predictions, num_classes, dtype, weights)
        counts = (("po", diag_part(matrix)), ("pe_row", reduce_sum(matrix, 0)), ("pe_col", reduce_sum(matrix, 1)))
        variables = [(metric_variable([num_classes], dtype, part), batch) for part, batch in counts]
        value = _kappa([variable.value() for variable, _ in variables], "value")
        update = _kappa([assign_add(variable, batch) for variable, batch in variables], "update_op")
        return finish(value, update, metrics_collections, updates_collections)


def _kappa(counts: list[Any], name: str) -> Any:
    agreed, rows, columns = (cast(part, dtypes.float64) for part in counts)
    number = reduce_sum(rows)
    chance = reduce_sum(div_no_nan(rows * columns, number))
    return div_no_nan(reduce_sum(agreed) - chance, number - chance, name=name)


def _rate(
    predictions: Any, labels: Any, weights: Any, collections: tuple[Any, Any], name: str | None, default: str,
    counts: tuple[Any, Any],
) -> Metric:  # fmt: skip
    with metric_scope(name, default, (predictions, labels, weights)):
        wrong, right = (metric(labels, predictions, weights) for metric in counts)
        pairs = zip(wrong, right, ("value", "update_op"))
        value, update = (select(greater(w + r, 0.0), w / (w + r), w * 0.0, name=label) for w, r, label in pairs)
        return finish(value, update, *collections)


def streaming_false_positive_rate(
    predictions: Any, labels: Any, weights: Any = None, metrics_collections: Any = None,
    updates_collections: Any = None, name: str | None = None,
) -> Metric:  # fmt: skip
    """Return the share of false labels that were predicted true (0 of none), and its update; see `metrics.recall`."""
    collections, counts = (metrics_collections, updates_collections), (false_positives, true_negatives)
    return _rate(predictions, labels, weights, collections, name, "false_positive_rate", counts)


def streaming_false_negative_rate(
    predictions: Any, labels: Any, weights: Any = None, metrics_collections: Any = None,
    updates_collections: Any = None, name: str | None = None,
) -> Metric:  # fmt: skip
    """Return the share of true labels that were predicted false (0 of none), and its update; see `metrics.recall`."""
    collections, counts = (metrics_collections, updates_collections), (false_negatives, true_positives)
    return _rate(predictions, labels, weights, collections, name, "false_negative_rate", counts)


def _rate_at_thresholds(kinds: tuple[str, str], word: str, short: str) -> Any:
    def metric(
        predictions: Any, labels: Any, thresholds: Any, weights: Any = None, metrics_collections: Any = None,
        updates_collections: Any = None, name: str | None = None,
    ) -> Metric:  # fmt: skip
        with metric_scope(name, f"{word}_rate_at_thresholds", (predictions, labels, weights)):
            both = grids.counts_at_thresholds(labels, predictions, list(thresholds), weights, kinds[::-1])
            wrong, right = kinds
            value, update = (
                truediv(c[wrong], _EPSILON + c[wrong] + c[right], name=f"{short}_{label}")
                for c, label in zip(both, ("value", "update_op"))
            )
            return finish(value, update, metrics_collections, updates_collections)

    metric.__name__ = metric.__qualname__ = f"streaming_{word}_rate_at_thresholds"
    metric.__doc__ = f"Return the rate of {word.replace('_', ' ')}s at each threshold, and its update."
    return metric


streaming_false_positive_rate_at_thresholds = _rate_at_thresholds(("fp", "tn"), "false_positive", "fpr")
streaming_false_negative_rate_at_thresholds = _rate_at_thresholds(("fn", "tp"), "false_negative", "fnr")


def _counts_at_thresholds(kind: str, word: str) -> Any:
    def metric(predictions: Any, labels: Any, thresholds: Any, weights: Any = None) -> Metric:
        values, updates = grids.counts_at_thresholds(labels, predictions, list(thresholds), weights, (kind,))
        return values[kind], updates[kind]

    metric.__name__ = metric.__qualname__ = f"streaming_{word}_at_thresholds"
    metric.__doc__ = f"Return the {word.replace('_', ' ')} at each threshold, and their update."
    return metric


streaming_true_positives_at_thresholds = _counts_at_thresholds("tp", "true_positives")
streaming_true_negatives_at_thresholds = _counts_at_thresholds("tn", "true_negatives")
streaming_false_positives_at_thresholds = _counts_at_thresholds("fp", "false_positives")
streaming_false_negatives_at_thresholds = _counts_at_thresholds("fn", "false_negatives")


def streaming_recall_at_k(
    predictions: Any, labels: Any, k: int, weights: Any = None, metrics_collections: Any = None,
    updates_collections: Any = None, name: str | None = None,
) -> Metric:  # fmt: skip
    """Return how often the label is among the `k` best predictions, and its update.

    Args:
      predictions: [batch, classes].
      labels: [batch], integers.
      k: how many of the best.
      weights: [batch] or what broadcasts to it.
      metrics_collections, updates_collections, name: as in `streaming_mean`.
    Source: TensorFlow 1.15, `tf.contrib.metrics.streaming_recall_at_k`.
    """
    right = cast(in_top_k(predictions, labels, k), dtypes.float32)
    return weighted_mean(right, weights, metrics_collections, updates_collections, name or f"recall_at_{k}")
