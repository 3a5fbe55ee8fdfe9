"""`tensorflow.python.ops.metrics_impl`, `confusion_matrix`, `weights_broadcast_ops`: what metrics are made of."""

from __future__ import annotations

from typing import Any

from ...ops.building.basic_ops import identity
from ...ops.building.default_graph import add_to_collections
from ...ops.families.elementwise.division import div_no_nan
from ...ops.library.losses.reduction import assert_broadcastable, broadcast_weights
from ...ops.library.metrics import accumulate as _accumulate
from ...ops.library.metrics.squeezing import alike as _remove_squeezable_dimensions
from ...ops.library.metrics.squeezing import remove_squeezable_dimensions
from ...ops.library.metrics.thresholds import counts_at_thresholds

__all__ = [
    "_remove_squeezable_dimensions",
    "assert_broadcastable",
    "broadcast_weights",
    "remove_squeezable_dimensions",
]


def metric_variable(shape: Any, dtype: Any, validate_shape: bool = True, name: str | None = None) -> Any:
    """Return a local variable of zeros, in the collection of metrics' variables too."""
    return _accumulate.metric_variable(shape, dtype, name or "Variable", validate_shape)


def _safe_scalar_div(numerator: Any, denominator: Any, name: str) -> Any:
    """A quotient, 0 where the denominator is 0."""
    return div_no_nan(numerator, denominator, name=name)


def _aggregate_variable(v: Any, collections: Any) -> Any:
    """A variable's value, added to collections."""
    value = identity(v)
    if collections:
        add_to_collections(collections, value)
    return value


def _confusion_matrix_at_thresholds(
    labels: Any, predictions: Any, thresholds: Any, weights: Any = None, includes: Any = None
) -> tuple[dict[str, Any], dict[str, Any]]:
    """Counts of outcomes at thresholds, and the operations that add a batch.

    Args:
      includes: of "tp", "fn", "tn", "fp" those that are wanted; default: all.
    """
    wanted = ("tp", "fn", "tn", "fp") if includes is None else tuple(includes)
    return counts_at_thresholds(labels, predictions, list(thresholds), weights, wanted)
