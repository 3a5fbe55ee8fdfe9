"""Metrics that are means: of values, errors, correct predictions."""

from __future__ import annotations

from typing import Any

from ...building.convert import convert_to_tensor
from ...families.elementwise.arithmetic import abs as absolute
from ...families.elementwise.arithmetic import multiply, squared_difference, subtract
from ...families.elementwise.cast import cast
from ...families.elementwise.compare import equal, less
from ...families.elementwise.division import div_no_nan
from ...families.elementwise.exponential import sqrt
from ...families.elementwise.like import ones_like
from ...families.reductions.reductions import reduce_sum
from ...families.state.assignments import assign_add
from ...graph.node import Tensor
from ...types import dtypes
from ..losses.reduction import broadcast_weights
from .accumulate import finish, floats, metric_scope, metric_variable, weighted_mean
from .squeezing import alike

Metric = tuple[Tensor, Any]


def mean(
    values: Any, weights: Any = None, metrics_collections: Any = None, updates_collections: Any = None,
    name: str | None = None,
) -> Metric:  # fmt: skip
    """Return the weighted mean of all values so far, and the operation that takes in a batch of them.

    Args:
      values: a tensor of any shape.
      weights: None for 1, or what broadcasts to the values.
      metrics_collections, updates_collections: collections to which the mean, and the operation, are added.
      name: of the variable scope.
    Returns: the mean, and the operation, whose value is the mean after the update. Initialize local variables before.
    """
    return weighted_mean(values, weights, metrics_collections, updates_collections, name)


def accuracy(
    labels: Any, predictions: Any, weights: Any = None, metrics_collections: Any = None,
    updates_collections: Any = None, name: str | None = None,
) -> Metric:  # fmt: skip
    """Return how often predictions equal labels, and the operation that takes in a batch; see `mean`."""
    predictions, labels, weights = alike(predictions, labels, weights)
    if labels.dtype != predictions.dtype:
        predictions = cast(predictions, labels.dtype)
    correct = cast(equal(predictions, labels), dtypes.float32)
    return weighted_mean(correct, weights, metrics_collections, updates_collections, name or "accuracy")


def mean_absolute_error(
    labels: Any, predictions: Any, weights: Any = None, metrics_collections: Any = None,
    updates_collections: Any = None, name: str | None = None,
) -> Metric:  # fmt: skip
    """Return the mean of `|predictions - labels|`, and the operation that takes in a batch; see `mean`."""
    predictions, labels, weights = alike(*floats(predictions, labels, weights))
    errors = absolute(predictions - labels)
    return weighted_mean(errors, weights, metrics_collections, updates_collections, name or "mean_absolute_error")


def mean_squared_error(
    labels: Any, predictions: Any, weights: Any = None, metrics_collections: Any = None,
    updates_collections: Any = None, name: str | None = None,
) -> Metric:  # fmt: skip
    """Return the mean of squared errors, and the operation that takes in a batch; see `mean`."""
    predictions, labels, weights = alike(*floats(predictions, labels, weights))
    errors = squared_difference(labels, predictions)
    return weighted_mean(errors, weights, metrics_collections, updates_collections, name or "mean_squared_error")


def root_mean_squared_error(
    labels: Any, predictions: Any, weights: Any = None, metrics_collections: Any = None,
    updates_collections: Any = None, name: str | None = None,
) -> Metric:  # fmt: skip
    """Return the root of the mean of squared errors, and the operation that takes in a batch; see `mean`."""
    value, update = mean_squared_error(labels, predictions, weights, None, None, name or "root_mean_squared_error")
    return finish(sqrt(value), sqrt(update), metrics_collections, updates_collections)


def mean_relative_error(
    labels: Any, predictions: Any, normalizer: Any, weights: Any = None, metrics_collections: Any = None,
    updates_collections: Any = None, name: str | None = None,
) -> Metric:  # fmt: skip
    """Return the mean of `|labels - predictions| / normalizer` (0 where that is 0), and its operation; see `mean`."""
    predictions, labels, weights = alike(*floats(predictions, labels, weights))
    predictions, normalizer, _ = alike(predictions, *floats(normalizer))
    errors = div_no_nan(absolute(labels - predictions), normalizer)
    return weighted_mean(errors, weights, metrics_collections, updates_collections, name or "mean_relative_error")


def mean_cosine_distance(
    labels: Any, predictions: Any, dim: int, weights: Any = None, metrics_collections: Any = None,
    updates_collections: Any = None, name: str | None = None,
) -> Metric:  # fmt: skip
    """Return 1 minus the mean product of unit vectors along `dim`, and the operation; see `mean`."""
    predictions, labels, weights = alike(*floats(predictions, labels, weights))
    products = reduce_sum(multiply(predictions, labels), axis=[dim], keepdims=True)
    value, update = weighted_mean(products, weights, None, None, name or "mean_cosine_distance")
    return finish(subtract(1.0, value), subtract(1.0, update), metrics_collections, updates_collections)


def percentage_below(
    values: Any, threshold: Any, weights: Any = None, metrics_collections: Any = None, updates_collections: Any = None,
    name: str | None = None,
) -> Metric:  # fmt: skip
    """Return the share of values below the threshold, and the operation that takes in a batch; see `mean`."""
    below = cast(less(values, threshold), dtypes.float32)
    return weighted_mean(below, weights, metrics_collections, updates_collections, name or "percentage_below_threshold")


def mean_tensor(
    values: Any, weights: Any = None, metrics_collections: Any = None, updates_collections: Any = None,
    name: str | None = None,
) -> Metric:  # fmt: skip
    """Return the mean of each element over all batches, and the operation that takes in a batch; see `mean`."""
    with metric_scope(name, "mean", (values, weights)):
        values = cast(convert_to_tensor(values), dtypes.float32)
        total = metric_variable(values.shape, dtypes.float32, "total_tensor")
        count = metric_variable(values.shape, dtypes.float32, "count_tensor")
        number = ones_like(values)
        if weights is not None:
            values, _, weights = alike(values, None, weights)
            weights = broadcast_weights(cast(weights, dtypes.float32), values)
            values, number = values * weights, number * weights
        update_total, update_count = assign_add(total, values), assign_add(count, number)
        value = div_no_nan(total.value(), count.value(), name="value")
        update = div_no_nan(update_total, update_count, name="update_op")
        return finish(value, update, metrics_collections, updates_collections)
