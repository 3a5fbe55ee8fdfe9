"""Metrics over thresholds: counts, precision and recall at each of them, and areas under curves."""

from __future__ import annotations

from typing import Any

from ...building.basic_ops import identity
from ...building.convert import convert_to_tensor
from ...building.default_graph import control_dependencies
from ...families.arrays.reshaping import reshape
from ...families.debugging.assertions import assert_greater_equal, assert_less_equal
from ...families.elementwise.arithmetic import abs as absolute
from ...families.elementwise.cast import cast
from ...families.elementwise.compare import equal, greater, logical_and, logical_not
from ...families.elementwise.division import div_no_nan
from ...families.elementwise.exponential import log
from ...families.elementwise.like import ones_like
from ...families.elementwise.rounding import maximum, minimum
from ...families.elementwise.select import select
from ...families.reductions.argmax import argmax, argmin
from ...families.reductions.reductions import reduce_min, reduce_sum
from ...families.reductions.scan import cumsum
from ...families.state.assignments import assign_add
from ...graph.node import Tensor
from ...types import dtypes
from ..losses.reduction import broadcast_weights
from .accumulate import finish, floats, metric_scope, metric_variable
from .squeezing import alike

Metric = tuple[Tensor, Any]
_ALL = ("tp", "fn", "tn", "fp")
_NAMES = {"tp": "true_positives", "fn": "false_negatives", "tn": "true_negatives", "fp": "false_positives"}
_EPSILON = 1e-7


def _within_shares(predictions: Tensor) -> list[Any]:
    """Checks that the predictions are in [0, 1]; what is known to be outside is refused at once."""
    message = "predictions must be in [0, 1]"
    return [
        assert_greater_equal(predictions, cast(0.0, predictions.dtype), message=message),
        assert_less_equal(predictions, cast(1.0, predictions.dtype), message=message),
    ]


def counts_at_thresholds(
    labels: Any, predictions: Any, thresholds: list[float], weights: Any, wanted: tuple[str, ...] = _ALL
) -> tuple[dict[str, Any], dict[str, Any]]:
    """Per kind of outcome the counts at each threshold so far, and the operations that add a batch."""
    predictions = floats(predictions)[0]
    with control_dependencies(_within_shares(predictions)):
        predictions, labels, weights = alike(identity(predictions), cast(labels, dtypes.bool_), weights)
    flat = reshape(predictions, [1, -1])
    positive = reshape(labels, [1, -1])
    above = greater(flat, reshape(convert_to_tensor(thresholds, dtypes.float32), [-1, 1]))
    places = {
        "tp": lambda: logical_and(positive, above),
        "fn": lambda: logical_and(positive, logical_not(above)),
        "tn": lambda: logical_and(logical_not(positive), logical_not(above)),
        "fp": lambda: logical_and(logical_not(positive), above),
    }
    if weights is not None:
        weights = reshape(broadcast_weights(cast(weights, dtypes.float32), predictions), [1, -1])
    values, updates = {}, {}
    for kind in wanted:
        variable = metric_variable([len(thresholds)], dtypes.float32, _NAMES[kind])
        found = cast(places[kind](), dtypes.float32)
        values[kind] = variable.value()
        updates[kind] = assign_add(variable, reduce_sum(found if weights is None else found * weights, 1))
    return values, updates


def _at_thresholds(kind: str) -> Any:
    def metric(
        labels: Any, predictions: Any, thresholds: Any, weights: Any = None, metrics_collections: Any = None,
        updates_collections: Any = None, name: str | None = None,
    ) -> Metric:  # fmt: skip
        with metric_scope(name, _NAMES[kind], (predictions, labels, weights)):
            values, updates = counts_at_thresholds(labels, predictions, list(thresholds), weights, (kind,))
            return finish(values[kind], updates[kind], metrics_collections, updates_collections)

    metric.__name__ = metric.__qualname__ = f"{_NAMES[kind]}_at_thresholds"
    metric.__doc__ = f"Return the {_NAMES[kind].replace('_', ' ')} at each threshold, and the operation."
    return metric


true_positives_at_thresholds = _at_thresholds("tp")
false_negatives_at_thresholds = _at_thresholds("fn")
true_negatives_at_thresholds = _at_thresholds("tn")
false_positives_at_thresholds = _at_thresholds("fp")


def precision_at_thresholds(
    labels: Any, predictions: Any, thresholds: Any, weights: Any = None, metrics_collections: Any = None,
    updates_collections: Any = None, name: str | None = None,
) -> Metric:  # fmt: skip
    """Return the precision at each threshold, and the operation that takes in a batch."""
    with metric_scope(name, "precision_at_thresholds", (predictions, labels, weights)):
        values, updates = counts_at_thresholds(labels, predictions, list(thresholds), weights, ("tp", "fp"))
        value, update = (
            div_no_nan(c["tp"], _EPSILON + c["tp"] + c["fp"], name=f"precision_{name}")
            for c, name in ((values, "value"), (updates, "update_op"))
        )
        return finish(value, update, metrics_collections, updates_collections)


def recall_at_thresholds(
    labels: Any, predictions: Any, thresholds: Any, weights: Any = None, metrics_collections: Any = None,
    updates_collections: Any = None, name: str | None = None,
) -> Metric:  # fmt: skip
    """Return the recall at each threshold, and the operation that takes in a batch."""
    with metric_scope(name, "recall_at_thresholds", (predictions, labels, weights)):
        values, updates = counts_at_thresholds(labels, predictions, list(thresholds), weights, ("tp", "fn"))
        value, update = (
            div_no_nan(c["tp"], _EPSILON + c["tp"] + c["fn"], name=f"recall_{name}")
            for c, name in ((values, "value"), (updates, "update_op"))
        )
        return finish(value, update, metrics_collections, updates_collections)


def even_thresholds(count: int) -> list[float]:
    """Return evenly spaced thresholds, the outer ones just outside of [0, 1]."""
    return [0.0 - _EPSILON, *((i + 1) / (count - 1) for i in range(count - 2)), 1.0 + _EPSILON]


def auc(
    labels: Any, predictions: Any, weights: Any = None, num_thresholds: int = 200, metrics_collections: Any = None,
    updates_collections: Any = None, curve: str = "ROC", name: str | None = None,
    summation_method: str = "trapezoidal", thresholds: Any = None,
) -> Metric:  # fmt: skip
    """Return the area under a curve of all predictions so far, and the operation that takes in a batch.

    Args:
      labels: bools, or what casts to them.
      predictions: floats between 0 and 1, of the shape of the labels.
      num_thresholds: how many points the curve has; `thresholds` gives them (between 0 and 1) instead.
      curve: "ROC", or "PR" for precision over recall.
      summation_method: "trapezoidal", "minoring" or "majoring"; for "PR" also "careful_interpolation".
    Raises: ValueError for another curve or method.
    """
    if curve not in ("ROC", "PR"):
        raise ValueError(f"curve must be either ROC or PR, {curve} unknown")
    points = even_thresholds(num_thresholds) if thresholds is None else [-_EPSILON, *sorted(thresholds), 1.0 + _EPSILON]
    with metric_scope(name, "auc", (labels, predictions, weights)):
        values, updates = counts_at_thresholds(labels, predictions, points, weights)
        value = _area(values, curve, summation_method, "value")
        update = _area(updates, curve, summation_method, "update_op")
        return finish(value, update, metrics_collections, updates_collections)


def _area(c: dict[str, Any], curve: str, method: str, name: str) -> Any:
    epsilon = 1.0e-6
    if method == "careful_interpolation":
        if curve != "PR":
            raise ValueError("careful_interpolation is supported only for PR.")
        return _interpolated(c, name)
    recall = (c["tp"] + epsilon) / (c["tp"] + c["fn"] + epsilon)
    if curve == "ROC":
        x, y = c["fp"] / (c["fp"] + c["tn"] + epsilon), recall
    else:
        x, y = recall, (c["tp"] + epsilon) / (c["tp"] + c["fp"] + epsilon)
    steps, before, behind = x[:-1] - x[1:], y[:-1], y[1:]
    if method in ("trapezoidal", "careful_interpolation"):
        return reduce_sum(steps * (before + behind) / 2.0, name=name)
    if method == "minoring":
        return reduce_sum(steps * minimum(before, behind), name=name)
    if method == "majoring":
        return reduce_sum(steps * maximum(before, behind), name=name)
    raise ValueError(f"Invalid summation_method: {method}")


def _interpolated(c: dict[str, Any], name: str) -> Any:
    """The area under precision over recall where true positives grow linearly between thresholds."""
    true_step = c["tp"][:-1] - c["tp"][1:]
    all_points = c["tp"] + c["fp"]
    step = all_points[:-1] - all_points[1:]
    slope = div_no_nan(true_step, maximum(step, 0.0))
    intercept = c["tp"][1:] - slope * all_points[1:]
    both = logical_and(all_points[:-1] > 0, all_points[1:] > 0)
    ratio = select(both, div_no_nan(all_points[:-1], maximum(all_points[1:], 0.0)), ones_like(all_points[1:]))
    positives = maximum(c["tp"][1:] + c["fn"][1:], 0.0)
    return reduce_sum(div_no_nan(slope * (true_step + intercept * log(ratio)), positives), name=name)


def _best(c: dict[str, Any], given: str, wanted: str, least: Any, name: str) -> Any:
    """One rate at the threshold at which the other is nearest to what is asked for."""
    rates = {
        "sensitivity": div_no_nan(c["tp"], c["tp"] + c["fn"] + _EPSILON),
        "specificity": div_no_nan(c["tn"], c["tn"] + c["fp"] + _EPSILON),
    }
    distance = absolute(rates[given] - least)
    if given == "specificity":
        index = cast(argmin(distance, 0), dtypes.int32)  # the first of the nearest
    else:
        nearest = cast(equal(distance, reduce_min(distance)), dtypes.int64)
        index = cast(argmax(cumsum(nearest), 0), dtypes.int32)  # the last of them
    return identity(rates[wanted][index], name=name)


def sensitivity_at_specificity(
    labels: Any, predictions: Any, specificity: float, weights: Any = None, num_thresholds: int = 200,
    metrics_collections: Any = None, updates_collections: Any = None, name: str | None = None,
) -> Metric:  # fmt: skip
    """Return the sensitivity at the threshold with about that specificity, and the operation."""
    return _at_rate(
        labels, predictions, specificity, weights, num_thresholds, (metrics_collections, updates_collections), name,
        "specificity", "sensitivity",
    )  # fmt: skip


def specificity_at_sensitivity(
    labels: Any, predictions: Any, sensitivity: float, weights: Any = None, num_thresholds: int = 200,
    metrics_collections: Any = None, updates_collections: Any = None, name: str | None = None,
) -> Metric:  # fmt: skip
    """Return the specificity at the threshold with about that sensitivity, and the operation."""
    return _at_rate(
        labels, predictions, sensitivity, weights, num_thresholds, (metrics_collections, updates_collections), name,
        "sensitivity", "specificity",
    )  # fmt: skip


def _at_rate(
    labels: Any, predictions: Any, least: float, weights: Any, count: int, collections: tuple[Any, Any],
    name: str | None, given: str, wanted: str,
) -> Metric:  # fmt: skip
    if not 0 <= least <= 1:
        raise ValueError(f"`{given}` must be in the range [0, 1].")
    with metric_scope(name, f"{wanted}_at_{given}", (predictions, labels, weights)):
        values, updates = counts_at_thresholds(labels, predictions, even_thresholds(count), weights)
        value = _best(values, given, wanted, least, "value")
        update = _best(updates, given, wanted, least, "update_op")
        return finish(value, update, *collections)
