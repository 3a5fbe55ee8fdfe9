"""Labels of connectionist temporal classification before its loss sees them: without repetitions, or numbered."""

from __future__ import annotations

from typing import Any

from ....building.build import build
from ....building.convert import convert_to_tensor
from ....building.default_graph import name_scope
from ....definition.registry import lookup
from ....graph.node import Tensor, TensorLike
from ....types import dtypes


def collapse_repeated(labels: TensorLike, seq_length: TensorLike, name: str | None = None) -> tuple[Tensor, Tensor]:
    """Return labels whose repetitions are one each.

    Args:
      labels: [batch, time].
      seq_length: [batch]: how many of them count.
      name: a name for the operations.
    Returns: the labels, [batch, time] with zeros at their ends, and how many there are, [batch].
    """
    from ...arrays.shape_ops import shape
    from ...arrays.stacking import concat
    from ...elementwise.cast import cast
    from ...elementwise.compare import logical_and, not_equal
    from ...elementwise.like import ones_like
    from ...indexing.masking import boolean_mask, sequence_mask
    from ...indexing.positions import where
    from ...reductions.reductions import reduce_sum

    with name_scope(name, "collapse_repeated_labels", [labels, seq_length]):
        values = convert_to_tensor(labels, name="labels")
        lengths = convert_to_tensor(seq_length, name="seq_length")
        time = shape(values)[1]
        first = ones_like(values[:, :1], dtypes.bool_)
        begins = concat([first, not_equal(values[:, 1:], values[:, :-1])], axis=1)
        kept = logical_and(begins, sequence_mask(lengths, time))
        counts = reduce_sum(cast(kept, lengths.dtype), axis=1)
        extents = shape(values, out_type=dtypes.int64)
        found = build(lookup("ScatterNd"), where(sequence_mask(counts, time)), boolean_mask(values, kept), extents)
        found.set_shape(values.shape)
        return found, counts


def ctc_unique_labels(labels: TensorLike, name: str | None = None) -> tuple[Tensor, Tensor]:
    """Return the distinct labels of each example, and which of them each label is; the loss may be given both.

    Args:
      labels: [batch, time], with zeros at their ends.
      name: a name for the operations.
    Returns: the distinct labels in the order in which they appear, [batch, time] with zeros at their ends, and for each
      label its number among them, [batch, time].
    """
    from ...arrays.padding import pad
    from ...arrays.shape_ops import shape
    from ...control_flow.functional import map_fn
    from ...indexing.positions import unique

    def numbered(row: Tensor) -> list[Any]:
        found = unique(row)
        rest = shape(row)[0] - shape(found.y)[0]
        return [pad(found.y, [[0, rest]]), found.idx]

    with name_scope(name, "ctc_unique_labels", [labels]):
        values = convert_to_tensor(labels, name="labels")
        distinct, numbers = map_fn(numbered, values, dtype=[values.dtype, dtypes.int32])
        distinct.set_shape(values.shape)
        return distinct, numbers
