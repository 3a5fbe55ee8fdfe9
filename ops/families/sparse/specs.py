"""`SparseTensorSpec` and `IndexedSlicesSpec`: types and shapes of composite tensors, without the tensors."""

from __future__ import annotations

from typing import Any

from ...types import dtypes
from ...types.tensor_shape import TensorShape
from .indexed_slices import IndexedSlices
from .sparse_tensor import SparseTensor, SparseTensorValue


class _Spec:
    """Equality, hash and text by the parts that a spec is made of."""

    __slots__ = ()

    @property
    def _parts(self) -> tuple[Any, ...]:
        raise NotImplementedError

    def __eq__(self, other: object) -> bool:
        return type(self) is type(other) and _key(self._parts) == _key(other._parts)

    def __ne__(self, other: object) -> bool:
        return not self == other

    def __hash__(self) -> int:
        return hash((type(self), _key(self._parts)))

    def __repr__(self) -> str:
        return f"{type(self).__name__}({', '.join(map(repr, self._parts))})"

    def __reduce__(self) -> tuple[Any, ...]:
        return type(self), self._parts


def _key(parts: tuple[Any, ...]) -> tuple[Any, ...]:
    return tuple([repr(part) if isinstance(part, TensorShape) else part for part in parts])


class SparseTensorSpec(_Spec):
    """A description of sparse tensors.

    Args:
      shape: the dense shape; None for any.
      dtype: the type of the elements.

    >>> SparseTensorSpec([3, None], tf.int32)
    SparseTensorSpec(TensorShape([Dimension(3), Dimension(None)]), tf.int32)
    """

    __slots__ = ("_dtype", "_shape")

    def __init__(self, shape: Any = None, dtype: Any = dtypes.float32) -> None:
        self._shape = TensorShape(shape)
        self._dtype = dtypes.as_dtype(dtype)

    @classmethod
    def from_value(cls, value: Any) -> SparseTensorSpec:
        """Return the spec of a SparseTensor or a SparseTensorValue. Raises: TypeError for something else."""
        if isinstance(value, SparseTensor):
            return cls(value.shape, value.dtype)
        if isinstance(value, SparseTensorValue):
            extents = None if value.dense_shape is None else [int(extent) for extent in value.dense_shape]
            return cls(extents, getattr(value.values, "dtype", dtypes.float32))
        raise TypeError("Expected SparseTensor or SparseTensorValue")

    @property
    def shape(self) -> TensorShape:
        """The dense shape."""
        return self._shape

    @property
    def dtype(self) -> dtypes.DType:
        """The type of the elements."""
        return self._dtype

    @property
    def value_type(self) -> type:
        """The class of what is described."""
        return SparseTensor

    @property
    def _parts(self) -> tuple[Any, ...]:
        return self._shape, self._dtype

    def is_compatible_with(self, spec_or_value: Any) -> bool:
        """Whether a sparse tensor, its value or another spec could be described by this."""
        other = spec_or_value
        if not isinstance(other, SparseTensorSpec):
            if not isinstance(other, (SparseTensor, SparseTensorValue)):
                return False
            other = self.from_value(other)
        return self._dtype.is_compatible_with(other.dtype) and self._shape.is_compatible_with(other.shape)

    def most_specific_compatible_type(self, other: Any) -> SparseTensorSpec:
        """Return the spec that describes what both do. Raises: ValueError if the types differ."""
        if not isinstance(other, SparseTensorSpec) or self._dtype != other._dtype:
            raise ValueError(f"No TypeSpec is compatible with both {self!r} and {other!r}")
        return SparseTensorSpec(self._shape.most_specific_compatible_shape(other._shape), self._dtype)


class IndexedSlicesSpec(_Spec):
    """A description of IndexedSlices.

    Args:
      shape: the shape of the whole; None for any.
      dtype: the type of the slices.
      indices_dtype: the type of the indices, int32 or int64.
      dense_shape_dtype: the type of `dense_shape`; None if there is none.
      indices_shape: the shape of the indices: a vector, of any length if None.
    """

    __slots__ = ("_dense_shape_dtype", "_dtype", "_indices_dtype", "_indices_shape", "_shape")

    def __init__(
        self,
        shape: Any = None,
        dtype: Any = dtypes.float32,
        indices_dtype: Any = dtypes.int64,
        dense_shape_dtype: Any = None,
        indices_shape: Any = None,
    ) -> None:
        self._shape = TensorShape(shape)
        self._dtype = dtypes.as_dtype(dtype)
        self._indices_dtype = dtypes.as_dtype(indices_dtype)
        self._dense_shape_dtype = None if dense_shape_dtype is None else dtypes.as_dtype(dense_shape_dtype)
        self._indices_shape = TensorShape([None] if indices_shape is None else indices_shape).with_rank(1)

    @property
    def value_type(self) -> type:
        """The class of what is described."""
        return IndexedSlices

    @property
    def _parts(self) -> tuple[Any, ...]:
        return self._shape, self._dtype, self._indices_dtype, self._dense_shape_dtype, self._indices_shape

    def is_compatible_with(self, spec_or_value: Any) -> bool:
        """Whether IndexedSlices or another spec could be described by this."""
        other = spec_or_value
        if isinstance(other, IndexedSlices):
            dense = other.dense_shape
            shape = other.shape if dense is not None else TensorShape([None]).concatenate(other.values.shape[1:])
            kind = None if dense is None else dense.dtype
            other = IndexedSlicesSpec(shape, other.dtype, other.indices.dtype, kind, other.indices.shape)
        if not isinstance(other, IndexedSlicesSpec):
            return False
        return (
            self._parts[1:4] == other._parts[1:4]
            and self._shape.is_compatible_with(other._shape)
            and self._indices_shape.is_compatible_with(other._indices_shape)
        )

    def most_specific_compatible_type(self, other: Any) -> IndexedSlicesSpec:
        """Return the spec that describes what both do. Raises: ValueError if the types differ."""
        if not isinstance(other, IndexedSlicesSpec) or self._parts[1:4] != other._parts[1:4]:
            raise ValueError(f"No TypeSpec is compatible with both {self!r} and {other!r}")
        shape = self._shape.most_specific_compatible_shape(other._shape)
        indices = self._indices_shape.most_specific_compatible_shape(other._indices_shape)
        return IndexedSlicesSpec(shape, self._dtype, self._indices_dtype, self._dense_shape_dtype, indices)
