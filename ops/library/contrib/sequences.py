"""Sequences as lists: `contrib.legacy_seq2seq.rnn_decoder`, and losses of sequences of both `seq2seq`s."""

from __future__ import annotations

from typing import Any

from ...building.convert import convert_to_tensor
from ...building.default_graph import name_scope
from ...families.arrays.reshaping import reshape
from ...families.arrays.shape_ops import shape
from ...families.elementwise.arithmetic import add_n
from ...families.elementwise.cast import cast
from ...families.elementwise.division import div_no_nan
from ...families.nn.cross_entropy import sparse_softmax_cross_entropy_with_logits
from ...families.reductions.reductions import reduce_sum
from ...families.state.variable_scope import variable_scope

_NEVER_NOTHING = 1e-12  # added to sums of weights, as TensorFlow does


def rnn_decoder(
    decoder_inputs: Any, initial_state: Any, cell: Any, loop_function: Any = None, scope: Any = None
) -> tuple[list[Any], Any]:
    """Run a cell along a list of inputs; returns the list of outputs, and the last state.

    Args:
      decoder_inputs: a list with `[batch, size]` for each time.
      initial_state: the state to begin with.
      cell: an RNNCell.
      loop_function: a function of the output before and the time, which gives the input in place of the list's.
      scope: the variable scope, or its name; default "rnn_decoder".
    """
    with variable_scope(scope or "rnn_decoder") as opened:
        state, outputs, before = initial_state, [], None
        for time, given in enumerate(decoder_inputs):
            if loop_function is not None and before is not None:
                with variable_scope("loop_function", reuse=True):
                    given = loop_function(before, time)
            if time:
                opened.reuse_variables()
            output, state = cell(given, state)
            outputs.append(output)
            if loop_function is not None:
                before = output
    return outputs, state


def sequence_loss_by_example(
    logits: Any,
    targets: Any,
    weights: Any,
    average_across_timesteps: bool = True,
    softmax_loss_function: Any = None,
    name: str | None = None,
) -> Any:
    """Return the weighted cross entropy of each sequence of a batch.

    Args:
      logits: a list with `[batch, classes]` for each time.
      targets: a list with integer `[batch]` for each time.
      weights: a list with `[batch]` for each time.
      average_across_timesteps: whether the sum over times is divided by that of the weights.
      softmax_loss_function: a function of `labels` and `logits` in place of the sparse softmax cross entropy.
      name: of the scope.
    Returns: `[batch]`.
    Raises: ValueError if the lists differ in length.
    """
    if len(targets) != len(logits) or len(weights) != len(logits):
        raise ValueError(
            f"Lengths of logits, weights, and targets must be the same {len(logits)}, {len(weights)}, {len(targets)}."
        )
    with name_scope(name, "sequence_loss_by_example", [*logits, *targets, *weights]):
        losses = []
        for logit, target, weight in zip(logits, targets, weights):
            if softmax_loss_function is None:
                loss = sparse_softmax_cross_entropy_with_logits(labels=reshape(target, [-1]), logits=logit)
            else:
                loss = softmax_loss_function(labels=target, logits=logit)
            losses.append(loss * weight)
        total = add_n(losses)
        return total / (add_n(weights) + _NEVER_NOTHING) if average_across_timesteps else total


def sequence_loss_of_lists(
    logits: Any,
    targets: Any,
    weights: Any,
    average_across_timesteps: bool = True,
    average_across_batch: bool = True,
    softmax_loss_function: Any = None,
    name: str | None = None,
) -> Any:
    """Return the sum of `sequence_loss_by_example` over the batch, divided by its size if it is averaged."""
    with name_scope(name, "sequence_loss", [*logits, *targets, *weights]):
        cost = reduce_sum(
            sequence_loss_by_example(
                logits, targets, weights, average_across_timesteps, softmax_loss_function=softmax_loss_function
            )
        )
        return cost / cast(shape(targets[0])[0], cost.dtype) if average_across_batch else cost


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
    """Return the weighted cross entropy of a batch of sequences.

    Args:
      logits: `[batch, length, classes]`.
      targets: integers `[batch, length]`.
      weights: `[batch, length]`.
      average_across_timesteps, average_across_batch: along which axes losses are averaged by weight.
      sum_over_timesteps, sum_over_batch: along which axes they are summed, and divided by how many weights are not 0.
      softmax_loss_function: as of `sequence_loss_by_example`.
      name: of the scope.
    Returns: a scalar, or what is left of `[batch, length]`.
    Raises: ValueError for tensors of other ranks, or an axis that is both averaged and summed.
    """
    logits, targets, weights = convert_to_tensor(logits), convert_to_tensor(targets), convert_to_tensor(weights)
    for tensor, rank, words in ((logits, 3, "Logits"), (targets, 2, "Targets"), (weights, 2, "Weights")):
        if tensor.shape.ndims != rank:
            raise ValueError(f"{words} must be a tensor of rank {rank}, but has the shape {tensor.shape}.")
    for averaged, summed, axis in (
        (average_across_timesteps, sum_over_timesteps, "timesteps"), (average_across_batch, sum_over_batch, "batch"),
    ):  # fmt: skip
        if averaged and summed:
            raise ValueError(f"average_across_{axis} and sum_over_{axis} cannot be set to True at same time.")
    with name_scope(name, "sequence_loss", [logits, targets, weights]):
        flat, labels = reshape(logits, [-1, shape(logits)[2]]), reshape(targets, [-1])
        if softmax_loss_function is None:
            losses = sparse_softmax_cross_entropy_with_logits(labels=labels, logits=flat)
        else:
            losses = softmax_loss_function(labels=labels, logits=flat)
        losses *= reshape(weights, [-1])
        if average_across_timesteps and average_across_batch:
            return div_no_nan(reduce_sum(losses), reduce_sum(weights))
        losses = reshape(losses, shape(logits)[:2])
        return _folded(
            losses, weights, (average_across_batch, average_across_timesteps), (sum_over_batch, sum_over_timesteps)
        )


def _folded(losses: Any, weights: Any, averaged: tuple[bool, bool], summed: tuple[bool, bool]) -> Any:
    """Losses `[batch, length]` averaged along some axes, or summed."""
    from ...families.reductions.reductions import count_nonzero

    axes = [axis for axis in (0, 1) if averaged[axis] or summed[axis]]
    if not axes:
        return losses
    total = reduce_sum(losses, axes)
    if any(averaged):
        return div_no_nan(total, reduce_sum(weights, axes))
    return total / (cast(count_nonzero(weights, axis=axes), weights.dtype.base_dtype) + _NEVER_NOTHING)
