"""`contrib.legacy_seq2seq`: sequences as lists of tensors, one a moment."""

from __future__ import annotations

from typing import Any

from ....building.default_graph import name_scope
from ....families.arrays.reshaping import reshape
from ....families.arrays.shape_ops import shape as shape_op
from ....families.elementwise.arithmetic import add_n
from ....families.elementwise.cast import cast
from ....families.nn.cross_entropy import sparse_softmax_cross_entropy_with_logits
from ....families.reductions.reductions import reduce_sum
from ....families.state.variable_scope import get_variable_scope, variable_scope


def sequence_loss_by_example(
    logits: list[Any],
    targets: list[Any],
    weights: list[Any],
    average_across_timesteps: bool = True,
    softmax_loss_function: Any = None,
    name: str | None = None,
) -> Any:
    """Return the weighted cross entropy of each sequence.

    Args:
      logits: per moment a tensor of shape `[batch, classes]`.
      targets: per moment the classes, of shape `[batch]`.
      weights: per moment a tensor of shape `[batch]`.
      average_across_timesteps: whether to divide by the sum of the weights.
      softmax_loss_function: a function of `labels` and `logits`, in place of the cross entropy.
      name: the name scope of the operations made.
    Raises: ValueError for lists of different lengths.
    """
    if len(targets) != len(logits) or len(weights) != len(logits):
        raise ValueError(
            f"Lengths of logits, weights, and targets must be the same {len(logits)}, {len(weights)}, {len(targets)}."
        )
    loss = softmax_loss_function or sparse_softmax_cross_entropy_with_logits
    with name_scope(name, "sequence_loss_by_example", [*logits, *targets, *weights]):
        losses = []
        for logit, target, weight in zip(logits, targets, weights):
            labels = reshape(target, [-1]) if softmax_loss_function is None else target
            losses.append(loss(labels=labels, logits=logit) * weight)
        total = add_n(losses)
        return total / (add_n(weights) + 1e-12) if average_across_timesteps else total


def sequence_loss(
    logits: list[Any],
    targets: list[Any],
    weights: list[Any],
    average_across_timesteps: bool = True,
    average_across_batch: bool = True,
    softmax_loss_function: Any = None,
    name: str | None = None,
) -> Any:
    """Return the sum of `sequence_loss_by_example`, or its average.

    Args:
      average_across_batch: whether to divide by the number of sequences.
      logits, targets, weights, average_across_timesteps, softmax_loss_function, name: as there.
    Raises: ValueError for lists of different lengths.
    """
    with name_scope(name, "sequence_loss", [*logits, *targets, *weights]):
        cost = reduce_sum(
            sequence_loss_by_example(logits, targets, weights, average_across_timesteps, softmax_loss_function)
        )
        return cost / cast(shape_op(targets[0])[0], cost.dtype) if average_across_batch else cost


def rnn_decoder(
    decoder_inputs: list[Any], initial_state: Any, cell: Any, loop_function: Any = None, scope: Any = None
) -> tuple[list[Any], Any]:
    """Run a cell over a list of inputs, or over what a function makes of each output before.

    Args:
      decoder_inputs: per moment a tensor of shape `[batch, size]`.
      initial_state: the state to begin with.
      cell: an RNNCell.
      loop_function: a function of the output before and the number of the moment that returns the input; None: inputs
        are those given.
      scope: the variable scope; default: `rnn_decoder`.
    Returns: the list of outputs, and the state at the end.
    """
    with variable_scope(scope or "rnn_decoder"):
        state = initial_state
        outputs: list[Any] = []
        for number, given in enumerate(decoder_inputs):
            if loop_function is not None and outputs:
                with variable_scope("loop_function", reuse=True):
                    given = loop_function(outputs[-1], number)
            if number > 0:
                get_variable_scope().reuse_variables()
            output, state = cell(given, state)
            outputs.append(output)
        return outputs, state
