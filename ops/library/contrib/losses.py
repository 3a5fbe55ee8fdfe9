"""`contrib.losses`: losses that take the predictions first and are collected, as before `tf.losses`."""

from __future__ import annotations

from typing import Any

from ...building.default_graph import name_scope
from ...families.arrays.reshaping import reshape
from ...families.arrays.shape_ops import shape
from ...families.arrays.stacking import stack
from ...families.elementwise.arithmetic import square
from ...families.elementwise.cast import cast
from ...families.nn.activations import relu
from ...families.reductions.reductions import reduce_sum
from ...types import dtypes
from ..losses import losses
from ..losses.reduction import add_loss


def absolute_difference(predictions: Any, labels: Any = None, weights: Any = 1.0, scope: str | None = None) -> Any:
    """Return the mean absolute difference; see `losses.absolute_difference`."""
    return losses.absolute_difference(labels, predictions, weights, scope)


def mean_squared_error(predictions: Any, labels: Any = None, weights: Any = 1.0, scope: str | None = None) -> Any:
    """Return the mean squared difference; see `losses.mean_squared_error`."""
    return losses.mean_squared_error(labels, predictions, weights, scope)


def mean_pairwise_squared_error(
    predictions: Any, labels: Any = None, weights: Any = 1.0, scope: str | None = None
) -> Any:
    """Return the sum over rows of the mean squared difference of pairs' differences.

    `losses.mean_pairwise_squared_error` divides by the pairs of different elements, this one by all of them.

    Args:
      predictions, labels: of the shape `[batch, ...]`.
      weights: a number, or one a row.
      scope: of the operations.
    """
    with name_scope(scope, "mean_pairwise_squared_error", [predictions, labels]):
        differences = flatten_rows(cast(predictions, dtypes.float32) - cast(labels, dtypes.float32))
        factors = reshape(cast(weights, dtypes.float32), [-1])
        count = cast(shape(differences)[1], dtypes.float32)
        squares = 2.0 * reduce_sum(square(differences), 1) / count
        squared = 2.0 * square(reduce_sum(differences, 1)) / square(count)
        loss = reduce_sum((squares - squared) * factors)
    add_loss(loss)
    return loss


def flatten_rows(values: Any) -> Any:
    """The values as `[batch, elements]`."""
    return reshape(values, stack([shape(values)[0], -1]))


def log_loss(
    predictions: Any, labels: Any = None, weights: Any = 1.0, epsilon: float = 1e-7, scope: str | None = None
) -> Any:
    """Return the cross entropy of probabilities; see `losses.log_loss`."""
    return losses.log_loss(labels, predictions, weights, epsilon, scope)


def hinge_loss(logits: Any, labels: Any = None, scope: str | None = None) -> Any:
    """Return `max(0, 1 - (2 labels - 1) logits)`, element by element, and collect none of it, as `contrib` does."""
    with name_scope(scope, "hinge_loss", [logits, labels]):
        return relu(1.0 - (2.0 * cast(labels, logits.dtype) - 1.0) * logits)


def cosine_distance(
    predictions: Any, labels: Any = None, axis: int | None = None, weights: Any = 1.0, scope: str | None = None,
    dim: int | None = None,
) -> Any:  # fmt: skip
    """Return one less the cosine of unit vectors along an axis; see `losses.cosine_distance`."""
    return losses.cosine_distance(labels, predictions, axis if dim is None else dim, weights, scope)


def softmax_cross_entropy(
    logits: Any, onehot_labels: Any, weights: Any = 1.0, label_smoothing: float = 0, scope: str | None = None
) -> Any:
    """Return the mean cross entropy of classes; see `losses.softmax_cross_entropy`."""
    return losses.softmax_cross_entropy(onehot_labels, logits, weights, label_smoothing, scope)


def sigmoid_cross_entropy(
    logits: Any, multi_class_labels: Any, weights: Any = 1.0, label_smoothing: float = 0, scope: str | None = None
) -> Any:
    """Return the mean cross entropy of yes or no; see `losses.sigmoid_cross_entropy`."""
    return losses.sigmoid_cross_entropy(multi_class_labels, logits, weights, label_smoothing, scope)


def sparse_softmax_cross_entropy(logits: Any, labels: Any, weights: Any = 1.0, scope: str | None = None) -> Any:
    """Return the mean cross entropy of classes by number; see `losses.sparse_softmax_cross_entropy`."""
    return losses.sparse_softmax_cross_entropy(labels, logits, weights, scope)
