"""Losses of one replica as its share of the mean over all replicas."""

from __future__ import annotations

from typing import Any

from ...building.convert import convert_to_tensor
from ...families.elementwise.cast import cast
from ...families.reductions.reductions import reduce_sum
from ..losses.reduction import Reduction, compute_weighted_loss
from .asking import get_strategy, in_cross_replica_context


def compute_average_loss(per_example_loss: Any, sample_weight: Any = None, global_batch_size: Any = None) -> Any:
    """Return the sum of losses over the number of examples in all replicas' batches.

    Args:
      per_example_loss: the losses, examples along the first axis.
      sample_weight: weights, of the examples or of the losses; None for ones.
      global_batch_size: how many examples all replicas have; default: those of this one, times the replicas.
    Raises: RuntimeError in a strategy's scope, outside of functions that it runs.
    Source: TensorFlow 1.15, `tf.nn.compute_average_loss`.
    """
    losses = convert_to_tensor(per_example_loss)
    kind = losses.dtype.base_dtype
    if sample_weight is not None:
        weights = cast(convert_to_tensor(sample_weight), kind)
        for _ in range((losses.shape.ndims or 0) - (weights.shape.ndims or 0)):
            weights = weights[..., None]
        losses = compute_weighted_loss(losses, weights, loss_collection=None, reduction=Reduction.NONE)
    if global_batch_size is None:
        if in_cross_replica_context():
            raise RuntimeError(
                "You are calling `compute_average_loss` in cross replica context, while it was expected to be called "
                "in replica context."
            )
        from ...families.arrays.shape_ops import shape

        global_batch_size = get_strategy().num_replicas_in_sync * shape(losses)[0]
    return reduce_sum(losses) / cast(convert_to_tensor(global_batch_size), kind)


def scale_regularization_loss(regularization_loss: Any) -> Any:
    """Return the sum of a regularization loss over the number of replicas.

    Raises: RuntimeError in a strategy's scope, outside of functions that it runs.
    """
    if in_cross_replica_context():
        raise RuntimeError(
            "You are calling `scale_regularization_loss` in cross replica context, while it was expected to be called "
            "in replica context."
        )
    total = reduce_sum(convert_to_tensor(regularization_loss))
    return total / cast(get_strategy().num_replicas_in_sync, total.dtype)
