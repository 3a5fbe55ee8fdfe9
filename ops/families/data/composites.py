"""Components that several tensors make: sparse and ragged tensors as elements of datasets.

In an element such a component is a tuple of arrays; in a function on elements it is a SparseTensor or a RaggedTensor of
as many placeholders. For example the sparse row `[0, 7]` is `(array([[1]]), array([7]), array([2]))`.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import pairwise
from typing import Any

import numpy as np

from ...base.errors import InvalidArgumentError
from ...base.late import late
from ...building.convert import convert_to_tensor
from ...types import dtypes
from ...types.tensor_shape import TensorShape
from ..sparse.sparse_tensor import SparseTensor, SparseTensorValue
from ..sparse.specs import SparseTensorSpec

Parts = tuple[Any, ...]  # the arrays of one component


class Composite:
    """What all of them have. They do not change: `batched` and `sliced` return others."""

    count: int  # of tensors
    value_type: type

    def part_types(self, dtype: Any, shape: Any) -> list[tuple[Any, Any]]:
        """Types and static shapes of the tensors of a component of that type and shape."""
        raise NotImplementedError

    def assembled(self, tensors: Sequence[Any]) -> Any:
        """What a user gets, of its tensors."""
        raise NotImplementedError

    def spec(self, dtype: Any, shape: Any) -> Any:
        """The description of such a component."""
        raise NotImplementedError

    def legacy_class(self, dtype: Any, shape: Any) -> Any:
        """What `output_classes` says of it."""
        return self.value_type

    def batched(self) -> Composite:
        """What elements collected in a batch are."""
        raise NotImplementedError

    def stacked(self, values: Sequence[Parts]) -> Parts:
        """Elements as one batch."""
        raise NotImplementedError

    def sliced(self) -> Composite:
        """What the rows are. Raises: ValueError if there are none."""
        raise NotImplementedError

    def rows(self, value: Parts) -> Iterator[Any]:
        """The rows of a value, in order."""
        raise NotImplementedError

    def __eq__(self, other: object) -> bool:
        return type(self) is type(other) and vars(self) == vars(other)

    def __hash__(self) -> int:
        return hash((type(self), *vars(self).values()))


class Sparse(Composite):
    """A SparseTensor: indices, values, dense shape."""

    count = 3
    value_type = SparseTensor

    def part_types(self, dtype: Any, shape: Any) -> list[tuple[Any, Any]]:
        """See `Composite`."""
        rank = TensorShape(shape).ndims
        return [(dtypes.int64, [None, rank]), (dtype, [None]), (dtypes.int64, [rank])]

    def assembled(self, tensors: Sequence[Any]) -> Any:
        """See `Composite`."""
        return SparseTensor(*tensors)

    def spec(self, dtype: Any, shape: Any) -> Any:
        """See `Composite`."""
        return SparseTensorSpec(shape, dtype)

    def batched(self) -> Composite:
        """See `Composite`."""
        return self

    def stacked(self, values: Sequence[Parts]) -> Parts:
        """See `Composite`. Each extent is the largest. Raises: InvalidArgumentError if ranks differ."""
        ranks = {len(shape) for _, _, shape in values}
        if len(ranks) > 1:
            raise InvalidArgumentError(
                None, None, f"Inconsistent rank across SparseTensors: ranks {sorted(ranks)} are to be one batch."
            )
        numbers = np.repeat(np.arange(len(values)), [len(part[0]) for part in values])
        indices = np.concatenate([part[0] for part in values]).reshape(len(numbers), ranks.pop())
        shape = np.max([part[2] for part in values], axis=0)
        return (
            np.column_stack([numbers, indices]).astype(np.int64),
            np.concatenate([part[1] for part in values]),
            np.concatenate([[len(values)], shape]).astype(np.int64),
        )

    def sliced(self) -> Composite:
        """See `Composite`."""
        return self

    def rows(self, value: Parts) -> Iterator[Parts]:
        """See `Composite`."""
        indices, values, shape = value
        order = np.argsort(indices[:, 0], kind="stable")
        indices, values = indices[order], values[order]
        bounds = np.searchsorted(indices[:, 0], np.arange(int(shape[0]) + 1))
        for begin, end in pairwise(bounds):
            yield indices[begin:end, 1:], values[begin:end], shape[1:]


class Ragged(Composite):
    """A RaggedTensor: innermost values, then the splits of each ragged dimension, the outermost first.

    Args:
      ragged_rank: how many dimensions are ragged; 0 for rows that are vectors of any length.
      splits_type: int32 or int64.
    """

    def __init__(self, ragged_rank: int, splits_type: Any = dtypes.int64) -> None:
        self.ragged_rank = ragged_rank
        self.splits_type = splits_type

    @property
    def count(self) -> int:  # type: ignore[override]
        """How many tensors it has."""
        return self.ragged_rank + 1

    @property
    def value_type(self) -> type:  # type: ignore[override]
        """RaggedTensor."""
        found: type = late("ragged_tensor").RaggedTensor
        return found

    def part_types(self, dtype: Any, shape: Any) -> list[tuple[Any, Any]]:
        """See `Composite`."""
        shape = TensorShape(shape)
        inner = None if shape.ndims is None else [None, *shape.as_list()[self.ragged_rank + 1 :]]
        if not self.ragged_rank:
            return [(dtype, shape)]
        rows = None if shape.ndims is None else shape[0].value
        outer = [None if rows is None else rows + 1]
        return [(dtype, inner), (self.splits_type, outer), *[(self.splits_type, [None])] * (self.ragged_rank - 1)]

    def assembled(self, tensors: Sequence[Any]) -> Any:
        """See `Composite`."""
        return late("ragged_tensor").rebuilt(tensors)

    def spec(self, dtype: Any, shape: Any) -> Any:
        """See `Composite`."""
        return late("ragged_spec").RaggedTensorSpec(shape, dtype, self.ragged_rank, self.splits_type)

    def legacy_class(self, dtype: Any, shape: Any) -> Any:
        """See `Composite`: the whole description, as a class alone would not tell it."""
        return self.spec(dtype, shape)

    def batched(self) -> Composite:
        """See `Composite`."""
        return Ragged(self.ragged_rank + 1, self.splits_type)

    def stacked(self, values: Sequence[Parts]) -> Parts:
        """See `Composite`. Raises: InvalidArgumentError if extents within the ragged dimensions differ."""
        kind = self.splits_type.np_dtype
        inner = {part[0].shape[1:] for part in values}
        if len(inner) > 1:
            raise InvalidArgumentError(
                None, None, f"Cannot batch ragged tensors with different inner shapes: {sorted(inner)}"
            )
        columns = list(zip(*values))
        outer = columns[1] if self.ragged_rank else columns[0]
        lengths = [len(part) - 1 if self.ragged_rank else len(part) for part in outer]
        splits = [np.cumsum([0, *lengths]).astype(kind)]
        for level in columns[1:]:
            ends = [part[1:] + before for part, before in zip(level, np.cumsum([0, *(part[-1] for part in level)]))]
            splits.append(np.concatenate([[0], *ends]).astype(kind))
        return (np.concatenate(columns[0]), *splits)

    def sliced(self) -> Composite:
        """See `Composite`."""
        if not self.ragged_rank:
            raise ValueError("Unbatching a tensor is only supported for ragged_rank >= 1.")
        return Ragged(self.ragged_rank - 1, self.splits_type)

    def rows(self, value: Parts) -> Iterator[Parts]:
        """See `Composite`."""
        values, outer, *inner = value
        for begin, end in pairwise(outer):
            found = []
            for level in inner:
                found.append(level[begin : end + 1] - level[begin])
                begin, end = level[begin], level[end]
            yield (values[begin:end], *found)


SPARSE = Sparse()


def composite_of(value: Any) -> Composite | None:
    """What a sparse or ragged tensor, its class or its description is as a component; None for others."""
    if value is SparseTensor or isinstance(value, (SparseTensor, SparseTensorSpec)):
        return SPARSE
    if type(value).__name__ == "RaggedTensorSpec":
        return Ragged(value._ragged_rank, value._row_splits_dtype)
    if hasattr(value, "ragged_rank") and not isinstance(value, type):
        return Ragged(value.ragged_rank, value.row_splits.dtype)
    return None


def as_composite(value: Any) -> Any:
    """A sparse or ragged tensor of one, or of its value; None for others."""
    if isinstance(value, (SparseTensor, SparseTensorValue)):
        return SparseTensor.from_value(value)
    if hasattr(value, "ragged_rank") and not isinstance(value, type):
        parts = [value.flat_values, *value.nested_row_splits]
        return late("ragged_tensor").rebuilt([convert_to_tensor(part, name="component") for part in parts])
    return None
