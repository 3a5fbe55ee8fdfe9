"""`contrib.seq2seq.sequence_loss`: the cross entropy of sequences, weighted."""

from __future__ import annotations

from typing import Any

from ....building.default_graph import name_scope
from ....families.arrays.reshaping import reshape
from ....families.arrays.shape_ops import shape as shape_op
from ....families.elementwise.cast import cast
from ....families.elementwise.division import div_no_nan
from ....families.nn.cross_entropy import sparse_softmax_cross_entropy_with_logits
from ....families.reductions.reductions import count_nonzero, reduce_sum
from ....graph.node import Tensor


def sequence_loss(
    logits: Any,
    targets: Any,
    weights: Any,
    average_across_timesteps: bool = True,
    average_across_batch: bool = True,
    sum_over_timesteps: bool = False,
    sum_over_batch: bool = False,
    softmax_loss_function: Any = None,
    name: str | None = None,
) -> Any:
    """Return the weighted cross entropy of a batch of sequences of logits.

    Args:
      logits: of shape `[batch, time, classes]`.
      targets: the classes, integers of shape `[batch, time]`.
      weights: of shape `[batch, time]`.
      average_across_timesteps, average_across_batch: whether to divide by the sum of the weights along that axis.
      sum_over_timesteps, sum_over_batch: whether to divide by the number of weights that are not 0 instead.
      softmax_loss_function: a function of `labels` and `logits`, in place of the cross entropy.
      name: the name scope of the operations made.
    Raises: ValueError for tensors of other ranks, or if both an average and a sum are asked for along an axis.
    """
    _check(logits, targets, weights)
    if (average_across_timesteps and sum_over_timesteps) or (average_across_batch and sum_over_batch):
        raise ValueError("average_across and sum_over cannot be set to True at same time.")
    with name_scope(name, "sequence_loss", [logits, targets, weights]):
        flat = reshape(logits, [-1, shape_op(logits)[2]])
        loss = softmax_loss_function or sparse_softmax_cross_entropy_with_logits
        crossent = loss(labels=reshape(targets, [-1]), logits=flat) * reshape(weights, [-1])
        over_time, over_batch = average_across_timesteps or sum_over_timesteps, average_across_batch or sum_over_batch
        axes = None if over_time and over_batch else [0] if over_batch else [1]
        if axes is not None:
            crossent = reshape(crossent, shape_op(logits)[0:2])
            if not (over_time or over_batch):
                return crossent
        total = reduce_sum(crossent, axis=axes)
        if sum_over_timesteps or sum_over_batch:
            count = cast(count_nonzero(weights, axis=axes), total.dtype)
        else:
            count = reduce_sum(weights, axis=axes)
        return div_no_nan(total, count)


def _check(logits: Tensor, targets: Tensor, weights: Tensor) -> None:
    if len(logits.get_shape()) != 3:
        raise ValueError("Logits must be a [batch_size x sequence_length x logits] tensor")
    if len(targets.get_shape()) != 2:
        raise ValueError("Targets must be a [batch_size x sequence_length] tensor")
    if len(weights.get_shape()) != 2:
        raise ValueError("Weights must be a [batch_size x sequence_length] tensor")
