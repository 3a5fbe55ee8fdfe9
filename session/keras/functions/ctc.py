"""`keras.backend`'s functions of connectionist temporal classification."""

from __future__ import annotations

from typing import Any

from ....ops.families.arrays.filling import range as range_of
from ....ops.families.indexing.batch_gathering import gather_nd
from ....ops.families.nn.ctc.decoders import ctc_beam_search_decoder, ctc_greedy_decoder
from ....ops.families.nn.ctc.loss import ctc_loss
from ....ops.families.sparse.sparse_tensor import SparseTensor
from ....ops.families.sparse.to_dense import sparse_tensor_to_dense
from .. import operations as ops
from .. import state


def ctc_label_dense_to_sparse(labels: Any, label_lengths: Any) -> Any:
    """Return the labels of a batch as a SparseTensor: of each row the first ones.

    Args:
      labels: a matrix. label_lengths: how many labels each row has.
    """
    extents = ops.shape_of(labels)
    places = ops.tile(ops.expand_dims(range_of(extents[1]), 0), ops.stack([extents[0], 1]))
    lengths = ops.reshape(ops.cast(label_lengths, "int32"), [-1, 1])
    kept = ops.where(ops.less(places, lengths))
    return SparseTensor(ops.cast(kept, "int64"), gather_nd(labels, kept), ops.cast(extents, "int64"))


def _logits(y_pred: Any) -> Any:
    """The logarithms of probabilities, steps first."""
    return ops.log(ops.transpose(y_pred, [1, 0, 2]) + state.epsilon())


def ctc_batch_cost(y_true: Any, y_pred: Any, input_length: Any, label_length: Any) -> Any:
    """Return the CTC loss of each example.

    Args:
      y_true: a matrix of labels. y_pred: batch, steps, classes: probabilities. input_length, label_length: columns.
    """
    sparse = ctc_label_dense_to_sparse(ops.cast(y_true, "int32"), ops.squeeze(ops.cast(label_length, "int32"), [-1]))
    lengths = ops.squeeze(ops.cast(input_length, "int32"), [-1])
    return ops.expand_dims(ctc_loss(inputs=_logits(y_pred), labels=sparse, sequence_length=lengths), 1)


def ctc_decode(
    y_pred: Any, input_length: Any, greedy: bool = True, beam_width: int = 100, top_paths: int = 1
) -> tuple[list[Any], Any]:
    """Return the labels that probabilities stand for, and the logarithms of the chances of these.

    Args:
      y_pred: batch, steps, classes: probabilities, the last class a blank. input_length: how many steps each row has.
      greedy: whether the best class of each step is taken; else a beam of `beam_width` is searched, and its
        `top_paths` best are returned.
    Returns: a list of matrices of labels, -1 where a row has no more, and a matrix.
    Source: keras.backend of TensorFlow 1.15.
    """
    logits, lengths = _logits(y_pred), ops.cast(input_length, "int32")
    if greedy:
        decoded, chances = ctc_greedy_decoder(inputs=logits, sequence_length=lengths)
    else:
        decoded, chances = ctc_beam_search_decoder(
            inputs=logits, sequence_length=lengths, beam_width=beam_width, top_paths=top_paths, merge_repeated=False
        )
    return [sparse_tensor_to_dense(rows, default_value=-1) for rows in decoded], chances
