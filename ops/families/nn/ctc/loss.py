"""The loss of connectionist temporal classification: `ctc_loss`."""

from __future__ import annotations

from typing import Any

import numpy as np

from ....base.errors import InvalidArgumentError
from ....building.build import build
from ....building.convert import convert_to_tensor
from ....building.default_graph import name_scope
from ....definition.opdef import OpDef
from ....definition.shapes import merge_extent, with_rank
from ....graph.node import Tensor, TensorLike
from ....types import dtypes
from ...arrays.shape_ops import shape
from ...arrays.stacking import concat, stack
from ...arrays.transposing import transpose
from ...elementwise.cast import cast
from ...indexing.batch_gathering import gather_nd
from ...indexing.positions import where
from ...sparse.sparse_tensor import SparseTensor
from .lattice import backward, forward, lattice_of


def _shape(query: Any) -> list[Any]:
    times, batch, classes = with_rank(query.shapes[0], 3)
    count, _ = with_rank(query.shapes[1], 2)
    merge_extent(count, with_rank(query.shapes[2], 1)[0])
    batch = merge_extent(batch, with_rank(query.shapes[3], 1)[0])
    return [(batch,), (times, batch, classes)]


def log_softmax(x: Any) -> Any:
    """The logs of the softmax along the last dimension."""
    shifted = x - np.max(x, axis=-1, keepdims=True, initial=-np.inf)
    return shifted - np.log(np.sum(np.exp(shifted), axis=-1, keepdims=True))


def _labels_of(indices: Any, values: Any, batch: int, classes: int, collapse: bool) -> list[Any]:
    """The labels of each example, in their order. Raises: InvalidArgumentError for one that is no class."""
    if len(values) and (values.min() < 0 or values.max() >= classes - 1):
        wrong = values[(values < 0) | (values >= classes - 1)][0]
        raise InvalidArgumentError(
            None, None,
            "Saw a non-null label (index >= num_classes - 1) following a null label: "
            f"label {wrong}, num_classes: {classes}",
        )  # fmt: skip
    if len(indices) and (indices[:, 0].min() < 0 or indices[:, 0].max() >= batch):
        raise ValueError(f"labels are for {int(indices[:, 0].max()) + 1} examples, inputs for {batch}")
    result = []
    order = np.argsort(indices[:, 0], kind="stable")
    ordered, ends = values[order], np.searchsorted(indices[order, 0], np.arange(batch + 1))
    for example in range(batch):
        own = ordered[ends[example] : ends[example + 1]]
        result.append(own[np.diff(own, prepend=-1) != 0] if collapse else own)
    return result


def _kernel(
    inputs: Any, labels_indices: Any, labels_values: Any, sequence_length: Any,
    *, preprocess_collapse_repeated: bool, ctc_merge_repeated: bool, ignore_longer_outputs_than_inputs: bool,
) -> Any:  # fmt: skip
    given = inputs, labels_indices, labels_values, sequence_length
    attrs = preprocess_collapse_repeated, ctc_merge_repeated, ignore_longer_outputs_than_inputs
    return losses(given, attrs, forward, backward)


def losses(given: Any, attrs: tuple[bool, bool, bool], ahead: Any, behind: Any) -> Any:
    """The losses and their gradients.

    Args:
      given: the inputs of the operation. attrs: its attributes, in their order.
      ahead, behind: `forward` and `backward`, or what does the same.
    """
    inputs, labels_indices, labels_values, sequence_length = given
    preprocess_collapse_repeated, ctc_merge_repeated, ignore_longer_outputs_than_inputs = attrs
    times, batch, classes = inputs.shape
    if len(sequence_length) != batch:
        raise ValueError(f"len(sequence_length) != batch_size. len(sequence_length): {len(sequence_length)} "
                         f"batch_size: {batch}")  # fmt: skip
    if batch and (sequence_length.max() > times or sequence_length.min() < 0):
        raise ValueError(f"sequence_length(0) <= {times} is needed, got {sequence_length.tolist()}")
    labels = _labels_of(labels_indices, labels_values, batch, classes, preprocess_collapse_repeated)
    lengths = sequence_length.astype(np.int64)
    left_out = np.zeros(batch, bool)
    for example, own in enumerate(labels):
        needed = len(own)  # equal neighbours need a step more: without it, the loss is infinite
        if needed > lengths[example]:
            if not ignore_longer_outputs_than_inputs:
                raise InvalidArgumentError(
                    None, None,
                    f"Not enough time for target transition sequence (required: {needed}, available: "
                    f"{lengths[example]}){example}You can turn this error into a warning by using the flag "
                    "ignore_longer_outputs_than_inputs",
                )  # fmt: skip
            left_out[example] = True
    return _loss_and_gradient(inputs, labels, (lengths, left_out), ctc_merge_repeated, (ahead, behind))


def _loss_and_gradient(inputs: Any, labels: list[Any], extents: tuple[Any, Any], merges: bool, ways: Any) -> Any:
    lengths, left_out = extents
    times, batch, classes = inputs.shape
    logs = log_softmax(inputs.astype(np.float64))
    lattice = lattice_of(labels, classes - 1, merges)
    emitted = np.take_along_axis(logs, np.broadcast_to(lattice.classes, (times, *lattice.classes.shape)), axis=2)
    ahead, behind = ways[0](emitted, lattice), ways[1](emitted, lattice, lengths)
    with np.errstate(invalid="ignore"):
        joined = ahead + behind
        total = np.logaddexp.reduce(joined[0], axis=1) if times else np.full(batch, -np.inf)
        total = np.where(lengths > 0, total, 0.0)
        share = np.where(np.isfinite(total)[None, :, None], np.exp(joined - total[:, None]), 0.0)
    gradient = np.exp(logs)
    if gradient.size:
        firsts = np.arange(0, gradient.size, classes).reshape(times, batch, 1)
        shares = np.bincount((firsts + lattice.classes).reshape(-1), share.reshape(-1), gradient.size)
        gradient -= shares.reshape(gradient.shape)
    unused = (np.arange(times)[:, None] >= lengths[None, :]) | left_out[None, :]
    gradient[unused] = 0
    loss = np.where(left_out, 0.0, -total)
    return loss.astype(inputs.dtype), gradient.astype(inputs.dtype)


_NO_SECOND = (  # TensorFlow's words: the attribute is part of the graph
    "Currently there is no way to take the second  derivative of ctc_loss due to the "
    "fused implementation's interaction  with tf.gradients()"
)


def _gradient(g: Any, op: Any, d_loss: Any, unused: Any) -> Any:
    fixed = g("PreventGradient", op.outputs[1], message=_NO_SECOND)
    return [g("ExpandDims", d_loss, -1) * fixed, None, None, None]


_ATTRS = {
    "preprocess_collapse_repeated": ("bool", False),
    "ctc_merge_repeated": ("bool", True),
    "ignore_longer_outputs_than_inputs": ("bool", False),
    "T": ("type", dtypes.float32),
}

CTC_LOSS = OpDef(
    name="CTCLoss",
    signature=(
        "inputs: T, labels_indices: int64, labels_values: int32, sequence_length: int32 -> loss: T, gradient: T"
    ),
    where={"T": (dtypes.float32, dtypes.float64)},
    attrs=_ATTRS,
    shape=_shape,
    kernel=_kernel,
    routine=("alignments",),
    gradient=_gradient,
)


def ctc_loss(
    labels: Any, inputs: Any = None, sequence_length: Any = None, preprocess_collapse_repeated: bool = False,
    ctc_merge_repeated: bool = True, ignore_longer_outputs_than_inputs: bool = False, time_major: bool = True,
    logits: Any = None,
) -> Tensor:  # fmt: skip
    """Return minus the log of the chance that labels are read off, in whatever rhythm, over time.

    Args:
      labels: an int32 SparseTensor [batch, positions]: the labels, below `classes - 1`.
      inputs: logits [time, batch, classes], the last class the blank; `logits` is its other name.
      sequence_length: int32 [batch]: how many steps of each example count.
      preprocess_collapse_repeated: whether equal labels next to each other are made one first.
      ctc_merge_repeated: whether equal outputs without a blank between them are one label.
      ignore_longer_outputs_than_inputs: whether examples with more labels than steps give 0, instead of an error.
      time_major: whether `inputs` is [time, batch, classes], not [batch, time, classes].
    Returns: a loss per example, [batch].
    Raises: TypeError if labels are not sparse; InvalidArgumentError when it runs, for labels that do not fit.
    """
    if not isinstance(labels, SparseTensor):
        raise TypeError("Expected argument 'labels' to be a SparseTensor. "
                        f"Received labels={labels} of type: {type(labels).__name__}")  # fmt: skip
    if logits is not None and inputs is not None:
        raise ValueError("Cannot specify both 'inputs' and 'logits'.")
    x = convert_to_tensor(inputs if logits is None else logits)
    if not time_major:
        x = transpose(x, [1, 0, 2])
    loss: Tensor = build(CTC_LOSS,
        x, labels.indices, labels.values, sequence_length,
        preprocess_collapse_repeated=preprocess_collapse_repeated, ctc_merge_repeated=ctc_merge_repeated,
        ignore_longer_outputs_than_inputs=ignore_longer_outputs_than_inputs,
    )[0]  # fmt: skip
    return loss


def ctc_loss_v2(
    labels: Any, logits: TensorLike, label_length: Any, logit_length: TensorLike, logits_time_major: bool = True,
    unique: Any = None, blank_index: int | None = None, name: str | None = None,
) -> Tensor:  # fmt: skip
    """Return the CTC loss of labels that are sparse, or dense with a length each.

    Args:
      labels: an int32 SparseTensor, or integers [batch, positions].
      logits: [time, batch, classes].
      label_length: of dense labels, how many of each example count; None for sparse ones.
      logit_length: how many steps of each example count.
      logits_time_major: whether `logits` is [time, batch, classes], not [batch, time, classes].
      unique: accepted for compatibility; the result is the same.
      blank_index: the class of the blank: default 0; for sparse labels it must be given, -1 for the last one.
      name: a name for the operations.
    Returns: a loss per example, [batch].
    Raises: ValueError if `blank_index` is missing.
    """
    del unique
    with name_scope(name, "ctc_loss", [logits]):
        x = convert_to_tensor(logits, name="logits")
        classes = x.shape.as_list()[-1]
        if classes is None:
            raise ValueError("The number of classes must be known for a loss with a blank of choice.")
        if isinstance(labels, SparseTensor):
            if blank_index is None:
                raise ValueError("Argument `blank_index` must be provided when labels is a SparseTensor.")
            sparse = labels
        else:
            sparse = _sparse_labels(convert_to_tensor(labels, name="labels"), label_length)
        blank = (blank_index or 0) % classes
        if blank != classes - 1:
            x = concat([x[:, :, :blank], x[:, :, blank + 1 :], x[:, :, blank : blank + 1]], 2)
            moved = where(sparse.values < blank, sparse.values, sparse.values - 1)
            sparse = SparseTensor(sparse.indices, moved, sparse.dense_shape)
        return ctc_loss(sparse, x, logit_length, time_major=logits_time_major)


def _sparse_labels(labels: Tensor, lengths: Any) -> SparseTensor:
    """Dense labels as a SparseTensor of those that count."""
    from ...arrays.filling import range as range_of
    from ...arrays.reshaping import expand_dims

    columns = range_of(shape(labels)[1])
    counts = expand_dims(cast(convert_to_tensor(lengths), dtypes.int32), 1)
    indices = where(expand_dims(columns, 0) < counts)
    values = cast(gather_nd(labels, indices), dtypes.int32)
    return SparseTensor(indices, values, cast(stack([shape(labels)[0], shape(labels)[1]]), dtypes.int64))
