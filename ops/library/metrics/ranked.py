"""Metrics of the best k predictions: recall and precision of the classes among them."""

from __future__ import annotations

from typing import Any, NamedTuple

from ...building.convert import convert_to_tensor
from ...building.default_graph import get_default_graph
from ...families.arrays.filling import range as sequence
from ...families.arrays.reshaping import expand_dims
from ...families.arrays.shape_ops import shape as shape_of
from ...families.elementwise.cast import cast
from ...families.elementwise.compare import equal, greater_equal, less, logical_and, logical_not
from ...families.elementwise.division import div_no_nan, divide
from ...families.elementwise.like import ones_like
from ...families.elementwise.rounding import minimum
from ...families.reductions.reductions import reduce_any, reduce_sum
from ...families.reductions.scan import cumsum
from ...families.reductions.sorting import top_k
from ...families.sparse.sparse_tensor import SparseTensor, convert_to_tensor_or_sparse_tensor
from ...families.sparse.to_dense import sparse_tensor_to_dense
from ...families.state.assignments import assign_add
from ...graph.node import Tensor
from ...types import dtypes
from ..losses.reduction import broadcast_weights
from .accumulate import finish, metric_scope, metric_variable

Metric = tuple[Tensor, Any]


class _Rows(NamedTuple):
    """An example's classes along the last dimension, and which of them count: each once, without those that fill up."""

    classes: Any
    counts: Any
    is_sparse: bool

    def among(self, others: _Rows) -> Any:
        """Which of the classes are among the other ones."""
        same = equal(expand_dims(self.classes, -1), expand_dims(others.classes, -2))
        return reduce_any(logical_and(same, expand_dims(others.counts, -2)), -1)


def _rows(classes: Any, is_there: Any = None) -> _Rows:
    classes = cast(classes, dtypes.int64)
    there = ones_like(classes, dtypes.bool_) if is_there is None else is_there
    same = logical_and(equal(expand_dims(classes, -1), expand_dims(classes, -2)), expand_dims(there, -2))
    places = sequence(shape_of(classes)[-1])
    before = less(expand_dims(places, 0), expand_dims(places, 1))
    is_first = logical_not(reduce_any(logical_and(same, before), -1))
    return _Rows(classes, logical_and(there, is_first), is_there is not None)


def _label_rows(labels: Any, predictions: Any) -> _Rows:
    """Labels, dense or sparse, with a last dimension along which an example's labels lie."""
    labels = convert_to_tensor_or_sparse_tensor(labels)
    is_there = None
    if isinstance(labels, SparseTensor):
        marks = SparseTensor(labels.indices, ones_like(labels.values, dtypes.bool_), labels.dense_shape)
        is_there = sparse_tensor_to_dense(marks, False)
        labels = sparse_tensor_to_dense(labels)
    if labels.shape.ndims == predictions.shape.ndims - 1:
        labels = expand_dims(labels, -1)
        is_there = None if is_there is None else expand_dims(is_there, -1)
    return _rows(labels, is_there)


def _hits(labels: _Rows, chosen: _Rows, class_id: int | None) -> tuple[Any, Any, Any]:
    """Per example: how many labels are among the chosen, how many are not, how many chosen are no labels."""
    is_label = logical_and(chosen.among(labels), chosen.counts)  # [..., k]
    if class_id is not None:
        own = cast(class_id, dtypes.int64)
        hit = reduce_any(logical_and(is_label, equal(chosen.classes, own)), -1)
        has = reduce_any(logical_and(labels.counts, equal(labels.classes, own)), -1)
        says = reduce_any(equal(chosen.classes, own), -1)
        true, wanted, given = (cast(item, dtypes.float32) for item in (hit, has, says))
        return true, wanted - true, given - true
    missed = logical_and(labels.counts, logical_not(labels.among(chosen)))  # [..., labels]
    false = logical_and(chosen.counts, logical_not(is_label))
    true, missed, false = (reduce_sum(cast(item, dtypes.float32), -1) for item in (is_label, missed, false))
    return true, missed, false


def _at_top_k(
    labels: _Rows, chosen: _Rows, class_id: int | None, weights: Any, collections: tuple[Any, Any], kind: str,
    ending: str,
) -> Metric:  # fmt: skip
    true, missed, false = _hits(labels, chosen, class_id)
    other, other_name = (missed, "false_negative") if kind == "recall" else (false, "false_positive")
    if weights is not None:
        weights = cast(convert_to_tensor(weights), dtypes.float32)
        true, other = (part * broadcast_weights(weights, part) for part in (true, other))
    totals, updates = [], []
    for part, name in ((true, "true_positive"), (other, other_name)):
        variable = metric_variable([], dtypes.float64, f"{name}{ending}")
        totals.append(variable.value())
        updates.append(assign_add(variable, cast(reduce_sum(part), dtypes.float64)))
    scope = f"{get_default_graph().get_name_scope()}/"  # the value has the scope's own name
    value = divide(totals[0], totals[0] + totals[1], name=scope)  # NaN while nothing was counted, as in TensorFlow
    update = divide(updates[0], updates[0] + updates[1], name="update")
    return finish(value, update, *collections)


def _ending(k: Any, class_id: int | None) -> str:
    return f"_at_{k}" if class_id is None else f"_at_{k}_class{class_id}"


def _metric(kind: str) -> tuple[Any, Any]:
    def of_predictions(
        labels: Any, predictions: Any, k: int, class_id: int | None = None, weights: Any = None,
        metrics_collections: Any = None, updates_collections: Any = None, name: str | None = None,
    ) -> Metric:  # fmt: skip
        ending = _ending(k, class_id)
        with metric_scope(name, f"{kind}{ending}", (predictions, labels, weights)):
            predictions = convert_to_tensor(predictions)
            chosen = _rows(top_k(predictions, k)[1])
            rows = _label_rows(labels, predictions)
            return _at_top_k(rows, chosen, class_id, weights, (metrics_collections, updates_collections), kind, ending)

    def of_indices(
        labels: Any, predictions_idx: Any, k: int | None = None, class_id: int | None = None, weights: Any = None,
        metrics_collections: Any = None, updates_collections: Any = None, name: str | None = None,
    ) -> Metric:  # fmt: skip
        ending = _ending(k or "k", class_id)
        with metric_scope(name, f"{kind}{ending}", (predictions_idx, labels, weights)):
            chosen = _rows(convert_to_tensor(predictions_idx))
            rows = _label_rows(labels, chosen.classes)
            return _at_top_k(rows, chosen, class_id, weights, (metrics_collections, updates_collections), kind, ending)

    of_predictions.__name__ = of_predictions.__qualname__ = f"{kind}_at_k"
    of_predictions.__doc__ = f"Return the {kind} of the classes with the k best predictions, and the operation."
    of_indices.__name__ = of_indices.__qualname__ = f"{kind}_at_top_k"
    of_indices.__doc__ = f"Return the {kind} of the given best classes, and the operation."
    return of_predictions, of_indices


recall_at_k, recall_at_top_k = _metric("recall")
precision_at_k, precision_at_top_k = _metric("precision")
sparse_precision_at_k = precision_at_k


def average_precision_at_k(
    labels: Any, predictions: Any, k: int, weights: Any = None, metrics_collections: Any = None,
    updates_collections: Any = None, name: str | None = None,
) -> Metric:  # fmt: skip
    """Return the mean over examples of the average precision of the k best predictions, and the operation.

    Raises: ValueError for a `k` below 1.
    """
    if k < 1:
        raise ValueError(f"tf.metrics.average_precision_at_k: k must be 1 at least, not {k}.")
    predictions = convert_to_tensor(predictions)
    chosen = cast(top_k(predictions, k)[1], dtypes.int64)
    classes = shape_of(predictions, out_type=dtypes.int64)[-1]
    collections = metrics_collections, updates_collections
    default = f"average_precision_at_{k}"
    return _average_precision(labels, chosen, float(k), weights, collections, name, default, classes)


def average_precision_at_top_k(
    top_k_predictions: Any, labels: Any, weights: Any = None, metrics_collections: Any = None,
    updates_collections: Any = None, name: str | None = None,
) -> Metric:  # fmt: skip
    """Return the mean over examples of the average precision of the given best classes, and the operation."""
    chosen = cast(convert_to_tensor(top_k_predictions), dtypes.int64)
    most = cast(shape_of(chosen)[-1], dtypes.float32)
    collections = metrics_collections, updates_collections
    return _average_precision(labels, chosen, most, weights, collections, name, "average_precision_at_top_k")


def _average_precision(
    labels: Any, chosen: Any, most_relevant: Any, weights: Any, collections: tuple[Any, Any], name: str | None,
    default: str, classes: Any = None,
) -> Metric:  # fmt: skip
    rows = _label_rows(labels, chosen)
    hits = cast(_rows(chosen).among(rows), dtypes.float32)
    precision = cumsum(hits, axis=-1) / cumsum(ones_like(hits), axis=-1)
    if rows.is_sparse:
        is_relevant = rows.counts
    else:  # as in TensorFlow: twice the same label counts twice, one that is no class does not
        is_relevant = greater_equal(rows.classes, cast(0, dtypes.int64))
        is_relevant = is_relevant if classes is None else logical_and(is_relevant, less(rows.classes, classes))
    relevant = minimum(reduce_sum(cast(is_relevant, dtypes.float32), -1), most_relevant)
    average = div_no_nan(reduce_sum(precision * hits, -1), relevant)
    with metric_scope(name, default, (chosen, labels, weights)):
        number = ones_like(average)
        if weights is not None:
            number = broadcast_weights(cast(convert_to_tensor(weights), dtypes.float32), average)
        most = metric_variable([], dtypes.float64, "max")
        total = metric_variable([], dtypes.float64, "total")
        update_most = assign_add(most, cast(reduce_sum(number), dtypes.float64))
        update_total = assign_add(total, cast(reduce_sum(average * number), dtypes.float64))
        value = div_no_nan(total.value(), most.value(), name="mean")
        update = div_no_nan(update_total, update_most, name=f"{get_default_graph().get_name_scope()}/")
        return finish(value, update, *collections)


sparse_average_precision_at_k = average_precision_at_k
