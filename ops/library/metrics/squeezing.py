"""Labels, predictions and weights of one rank: a last dimension of 1 that only one of them has goes."""

from __future__ import annotations

from typing import Any

from ...building.convert import convert_to_tensor
from ...building.default_graph import name_scope
from ...families.arrays.reshaping import expand_dims, squeeze
from ...families.arrays.shape_ops import rank
from ...families.control_flow.cond import cond
from ...families.elementwise.compare import equal


def remove_squeezable_dimensions(
    labels: Any, predictions: Any, expected_rank_diff: int = 0, name: str | None = None
) -> tuple[Any, Any]:
    """Return both without the last dimension of the one that has one too many.

    Where a rank is not known while building, it is looked at when it runs.

    Args:
      labels, predictions: tensors.
      expected_rank_diff: how many dimensions more predictions are to have.
      name: default `remove_squeezable_dimensions`.
    Raises: ValueError if the dimension that is too many is not 1.
    """
    with name_scope(name, "remove_squeezable_dimensions", [labels, predictions]):
        labels, predictions = convert_to_tensor(labels), convert_to_tensor(predictions)
        ranks = predictions.shape.ndims, labels.shape.ndims
        if None not in ranks:
            more = ranks[0] - ranks[1]
            if more == expected_rank_diff + 1:
                predictions = squeeze(predictions, [-1])
            elif more == expected_rank_diff - 1:
                labels = squeeze(labels, [-1])
            return labels, predictions
        more = rank(predictions) - rank(labels)
        if _may_go(predictions):
            predictions = _squeezed_if(equal(expected_rank_diff + 1, more), predictions)
        if _may_go(labels):
            labels = _squeezed_if(equal(expected_rank_diff - 1, more), labels)
        return labels, predictions


def _may_go(value: Any) -> bool:
    """Whether its last dimension may be 1."""
    extents = value._extents
    return extents is None or bool(extents) and extents[-1] in (1, None)


def _squeezed_if(condition: Any, value: Any) -> Any:
    return cond(condition, lambda: squeeze(value, [-1]), lambda: value)


def alike(predictions: Any, labels: Any, weights: Any = None) -> tuple[Any, Any, Any]:
    """Labels and predictions of one rank: a last dimension of 1 that only one of them has goes; weights follow.

    Raises: ValueError if the shapes contradict each other.
    """
    predictions = convert_to_tensor(predictions)
    if labels is not None:
        labels, predictions = remove_squeezable_dimensions(labels, predictions)
        predictions.shape.assert_is_compatible_with(labels.shape)
    if weights is None:
        return predictions, labels, None
    weights = convert_to_tensor(weights)
    ranks = predictions.shape.ndims, weights.shape.ndims
    if ranks[1] == 0:
        return predictions, labels, weights
    if None in ranks:
        return predictions, labels, _weights_by_ranks(weights, predictions)
    if ranks[1] == ranks[0] + 1:
        weights = squeeze(weights, [-1])
    elif ranks[0] == ranks[1] + 1:
        weights = expand_dims(weights, [-1])
    return predictions, labels, weights


def _weights_by_ranks(weights: Any, predictions: Any) -> Any:
    """Weights with a dimension more or less, as the ranks say when it runs; scalars stay what they are."""
    own = rank(weights)
    more = own - rank(predictions)

    def grown() -> Any:
        return cond(equal(more, -1), lambda: expand_dims(weights, [-1]), lambda: weights)

    def fitted() -> Any:
        if not _may_go(weights):
            return grown()
        return cond(equal(more, 1), lambda: squeeze(weights, [-1]), grown)

    return cond(equal(own, 0), lambda: weights, fitted)
