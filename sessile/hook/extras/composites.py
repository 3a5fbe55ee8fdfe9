"""`tensorflow.python.framework.composite_tensor`: the base of values that are made of several tensors."""

from __future__ import annotations

import abc
from typing import Any

from ...ops.families.sparse.indexed_slices import IndexedSlices
from ...ops.families.sparse.sparse_tensor import SparseTensor
from ...ops.graph.node import Tensor

__all__ = ["CompositeTensor"]


class CompositeTensor(abc.ABC):
    """A value made of several tensors; a class of one's own says of what in `_type_spec`. Sparse tensors are such."""

    @property
    @abc.abstractmethod
    def _type_spec(self) -> Any:
        """The spec of this value: `_to_components` of it gives its tensors."""

    def _shape_invariant_to_type_spec(self, shape: Any) -> Any:
        """The spec that a loop keeps where a shape is what is known of this value."""
        raise NotImplementedError(f"{type(self).__name__}._shape_invariant_to_type_spec")

    def _consumers(self) -> list[Any]:
        """The operations that take one of its tensors."""
        parts = self._type_spec._to_components(self)
        flat = parts if isinstance(parts, (list, tuple)) else [parts]
        return [operation for part in flat if isinstance(part, Tensor) for operation in part.consumers()]


CompositeTensor.register(SparseTensor)
CompositeTensor.register(IndexedSlices)
