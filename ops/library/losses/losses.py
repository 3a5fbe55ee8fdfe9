"""The losses: how far predictions are from labels."""

from __future__ import annotations

from typing import Any

from ...building.basic_ops import stop_gradient
from ...building.convert import convert_to_tensor
from ...building.default_graph import control_dependencies, name_scope
from ...families.arrays.reshaping import squeeze
from ...families.arrays.shape_ops import shape as shape_of
from ...families.elementwise.arithmetic import abs as absolute
from ...families.elementwise.arithmetic import add, multiply, square, squared_difference, subtract
from ...families.elementwise.cast import cast
from ...families.elementwise.compare import greater
from ...families.elementwise.division import div_no_nan
from ...families.elementwise.exponential import log
from ...families.elementwise.like import ones_like, zeros_like
from ...families.elementwise.rounding import minimum
from ...families.elementwise.select import select
from ...families.nn.activations import relu
from ...families.nn.cross_entropy import (
    sigmoid_cross_entropy_with_logits,
    softmax_cross_entropy_with_logits_v2,
    sparse_softmax_cross_entropy_with_logits,
)
from ...families.reductions.reductions import reduce_sum, renamed
from ...graph.graph_keys import GraphKeys
from ...graph.node import Tensor
from ...types import dtypes
from .reduction import Reduction, _num_present, add_loss, assert_broadcastable, compute_weighted_loss

_BY_WEIGHTS = Reduction.SUM_BY_NONZERO_WEIGHTS
_COLLECTION = GraphKeys.LOSSES


def _checked(labels: Any, predictions: Any, names: str = "labels predictions") -> tuple[Tensor, Tensor]:
    """Both as float32. Raises: ValueError if one is missing, or the shapes contradict each other."""
    first, second = names.split()
    if labels is None or predictions is None:
        raise ValueError(f"{first if labels is None else second} must not be None.")
    predictions = cast(convert_to_tensor(predictions), dtypes.float32)
    labels = cast(convert_to_tensor(labels), dtypes.float32)
    predictions.shape.assert_is_compatible_with(labels.shape)
    return labels, predictions


def absolute_difference(
    labels: Any, predictions: Any, weights: Any = 1.0, scope: str | None = None, loss_collection: Any = _COLLECTION,
    reduction: str = _BY_WEIGHTS,
) -> Tensor:  # fmt: skip
    """Return the weighted mean of `|predictions - labels|`; arguments as of `compute_weighted_loss`."""
    with name_scope(scope, "absolute_difference", (predictions, labels, weights)) as scope:
        labels, predictions = _checked(labels, predictions)
        losses = absolute(subtract(predictions, labels))
        return compute_weighted_loss(losses, weights, scope, loss_collection, reduction)


def cosine_distance(
    labels: Any, predictions: Any, axis: int | None = None, weights: Any = 1.0, scope: str | None = None,
    loss_collection: Any = _COLLECTION, reduction: str = _BY_WEIGHTS, dim: int | None = None,
) -> Tensor:  # fmt: skip
    """Return the weighted mean of 1 minus the products of unit vectors along `axis` (`dim` is its old name)."""
    axis = renamed("axis", axis, "dim", dim)
    if axis is None:
        raise ValueError("You must specify 'axis'.")
    with name_scope(scope, "cosine_distance_loss", (predictions, labels, weights)) as scope:
        labels, predictions = _checked(labels, predictions)
        losses = 1 - reduce_sum(multiply(predictions, labels), axis=(axis,), keepdims=True)
        return compute_weighted_loss(losses, weights, scope, loss_collection, reduction)


def hinge_loss(
    labels: Any, logits: Any, weights: Any = 1.0, scope: str | None = None, loss_collection: Any = _COLLECTION,
    reduction: str = _BY_WEIGHTS,
) -> Tensor:  # fmt: skip
    """Return the weighted mean of `max(0, 1 - (2 labels - 1) logits)`, labels being 0 or 1."""
    with name_scope(scope, "hinge_loss", (logits, labels, weights)) as scope:
        labels, logits = _checked(labels, logits, "labels logits")
        ones = ones_like(labels)
        labels = subtract(2 * labels, ones)
        losses = relu(subtract(ones, multiply(labels, logits)))
        return compute_weighted_loss(losses, weights, scope, loss_collection, reduction)


def huber_loss(
    labels: Any, predictions: Any, weights: Any = 1.0, delta: float = 1.0, scope: str | None = None,
    loss_collection: Any = _COLLECTION, reduction: str = _BY_WEIGHTS,
) -> Tensor:  # fmt: skip
    """Return the weighted mean of half the squared errors up to `delta`, and beyond it growing linearly."""
    with name_scope(scope, "huber_loss", (predictions, labels, weights)) as scope:
        labels, predictions = _checked(labels, predictions)
        error = absolute(subtract(predictions, labels))
        quadratic = minimum(error, delta)
        linear = subtract(error, quadratic)
        half = convert_to_tensor(0.5, dtype=quadratic.dtype)
        losses = add(multiply(half, multiply(quadratic, quadratic)), multiply(delta, linear))
        return compute_weighted_loss(losses, weights, scope, loss_collection, reduction)


def log_loss(
    labels: Any, predictions: Any, weights: Any = 1.0, epsilon: float = 1e-7, scope: str | None = None,
    loss_collection: Any = _COLLECTION, reduction: str = _BY_WEIGHTS,
) -> Tensor:  # fmt: skip
    """Return the weighted mean of the binary cross entropies; `epsilon` is added to what logarithms are taken of."""
    with name_scope(scope, "log_loss", (predictions, labels, weights)) as scope:
        labels, predictions = _checked(labels, predictions)
        losses = -multiply(labels, log(predictions + epsilon)) - multiply(1 - labels, log(1 - predictions + epsilon))
        return compute_weighted_loss(losses, weights, scope, loss_collection, reduction)


def mean_squared_error(
    labels: Any, predictions: Any, weights: Any = 1.0, scope: str | None = None, loss_collection: Any = _COLLECTION,
    reduction: str = _BY_WEIGHTS,
) -> Tensor:  # fmt: skip
    """Return the weighted mean of the squared errors; arguments as of `compute_weighted_loss`."""
    with name_scope(scope, "mean_squared_error", (predictions, labels, weights)) as scope:
        labels, predictions = _checked(labels, predictions)
        losses = squared_difference(predictions, labels)
        return compute_weighted_loss(losses, weights, scope, loss_collection, reduction)


def mean_pairwise_squared_error(
    labels: Any, predictions: Any, weights: Any = 1.0, scope: str | None = None, loss_collection: Any = _COLLECTION
) -> Tensor:
    """Return the mean over a batch of the squared differences between pairs of errors within an example."""
    with name_scope(scope, "mean_pairwise_squared_error", (predictions, labels, weights)) as scope:
        weights = cast(convert_to_tensor(weights), dtypes.float32)
        labels, predictions = _checked(labels, predictions)
        with control_dependencies([assert_broadcastable(weights, labels)]):
            errors = subtract(predictions, labels)
            axes = list(range(1, errors.shape.ndims or 0))
            squares = reduce_sum(square(errors), axis=axes, keepdims=True)
            count = _num_present(errors, weights, per_batch=True)
            first = 2.0 * div_no_nan(squares, count - 1, name="value")
            total = reduce_sum(errors, axis=axes, keepdims=True)
            second = 2.0 * div_no_nan(square(total), multiply(count, count - 1), name="value")
            loss = reduce_sum(multiply(first - second, weights))
            present = reduce_sum(count)
            mean = select(greater(present, 0), loss, zeros_like(loss), name="value")
            add_loss(mean, loss_collection)
            return mean


def sigmoid_cross_entropy(
    multi_class_labels: Any, logits: Any, weights: Any = 1.0, label_smoothing: float = 0, scope: str | None = None,
    loss_collection: Any = _COLLECTION, reduction: str = _BY_WEIGHTS,
) -> Tensor:  # fmt: skip
    """Return the weighted mean of the cross entropies of independent classes.

    Args:
      label_smoothing: how far labels are moved towards 1/2.
    """
    with name_scope(scope, "sigmoid_cross_entropy_loss", (logits, multi_class_labels, weights)) as scope:
        logits = convert_to_tensor(logits)
        labels = cast(convert_to_tensor(multi_class_labels), logits.dtype)
        logits.shape.assert_is_compatible_with(labels.shape)
        if label_smoothing > 0:
            labels = labels * (1 - label_smoothing) + 0.5 * label_smoothing
        losses = sigmoid_cross_entropy_with_logits(labels=labels, logits=logits, name="xentropy")
        return compute_weighted_loss(losses, weights, scope, loss_collection, reduction)


def softmax_cross_entropy(
    onehot_labels: Any, logits: Any, weights: Any = 1.0, label_smoothing: float = 0, scope: str | None = None,
    loss_collection: Any = _COLLECTION, reduction: str = _BY_WEIGHTS,
) -> Tensor:  # fmt: skip
    """Return the weighted mean of the cross entropies of exclusive classes, labels in rows of probabilities.

    Args:
      label_smoothing: how far labels are moved towards equal probabilities.
    """
    with name_scope(scope, "softmax_cross_entropy_loss", (logits, onehot_labels, weights)) as scope:
        logits = convert_to_tensor(logits)
        labels = cast(convert_to_tensor(onehot_labels), logits.dtype)
        logits.shape.assert_is_compatible_with(labels.shape)
        if label_smoothing > 0:
            count = cast(shape_of(labels)[-1], logits.dtype)
            labels = labels * (1.0 - label_smoothing) + label_smoothing / count
        labels = stop_gradient(labels, name="labels_stop_gradient")
        losses = softmax_cross_entropy_with_logits_v2(labels=labels, logits=logits, name="xentropy")
        return compute_weighted_loss(losses, weights, scope, loss_collection, reduction)


def sparse_softmax_cross_entropy(
    labels: Any, logits: Any, weights: Any = 1.0, scope: str | None = None, loss_collection: Any = _COLLECTION,
    reduction: str = _BY_WEIGHTS,
) -> Tensor:  # fmt: skip
    """Return the weighted mean of the cross entropies of exclusive classes, labels being their numbers.

    Args:
      labels: integers, [batch] or [batch, 1].
      logits: [batch, classes].
    """
    with name_scope(scope, "sparse_softmax_cross_entropy_loss", (logits, labels, weights)) as scope:
        labels, logits, weights = convert_to_tensor(labels), convert_to_tensor(logits), convert_to_tensor(weights)
        ranks = labels.shape.ndims, logits.shape.ndims
        if None not in ranks and ranks[0] == ranks[1] and labels._extents[-1] == 1:
            labels = squeeze(labels, [-1])
            if weights.shape.ndims == ranks[0]:
                weights = squeeze(weights, [-1])
        losses = sparse_softmax_cross_entropy_with_logits(labels=labels, logits=logits, name="xentropy")
        return compute_weighted_loss(losses, weights, scope, loss_collection, reduction)
