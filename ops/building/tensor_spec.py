"""`TensorSpec`: type, shape and name of a tensor, without the tensor."""

from __future__ import annotations

from typing import Any

from ..graph.node import Tensor
from ..types import dtypes
from ..types.tensor_shape import TensorShape
from .convert import convert_to_tensor


class TensorSpec:
    """A description of tensors.

    Args:
      shape: the shape; None for any.
      dtype: the type.
      name: a name, or None.

    >>> TensorSpec([1, None], dtypes.float32, "n")
    TensorSpec(shape=(1, ?), dtype=tf.float32, name='n')
    """

    __slots__ = ("_dtype", "_name", "_shape")

    def __init__(self, shape: Any, dtype: Any = dtypes.float32, name: str | None = None) -> None:
        self._shape = TensorShape(shape)
        self._dtype = dtypes.as_dtype(dtype)
        self._name = name

    @classmethod
    def from_spec(cls, spec: Any, name: str | None = None) -> TensorSpec:
        """Return the spec of something that has `shape`, `dtype` and perhaps `name`."""
        return cls(spec.shape, spec.dtype, name or getattr(spec, "name", None))

    @classmethod
    def from_tensor(cls, tensor: Any, name: str | None = None) -> TensorSpec:
        """Return the spec of a tensor; its name is that of the operation. Raises: ValueError for something else."""
        if not isinstance(tensor, Tensor):
            raise ValueError(f"`tensor` should be a tf.Tensor, but got type {type(tensor)}.")
        return cls(tensor.shape, tensor.dtype, name or tensor.op.name)

    @property
    def shape(self) -> TensorShape:
        """The shape."""
        return self._shape

    @property
    def dtype(self) -> dtypes.DType:
        """The type."""
        return self._dtype

    @property
    def name(self) -> str | None:
        """The name, or None."""
        return self._name

    def is_compatible_with(self, spec_or_tensor: Any) -> bool:
        """Whether a tensor, a spec, or a value that can become a tensor could be described by this."""
        other = spec_or_tensor
        if not isinstance(other, (Tensor, TensorSpec)):
            try:
                other = convert_to_tensor(other, self._dtype)
            except (TypeError, ValueError):
                return False
        return self._dtype.is_compatible_with(other.dtype) and self._shape.is_compatible_with(other.shape)

    def most_specific_compatible_type(self, other: Any) -> TensorSpec:
        """Return the spec that describes what both do. Raises: ValueError if the types differ."""
        if self._dtype != other.dtype:
            raise ValueError(f"No TensorSpec is compatible with both {self} and {other}")
        return TensorSpec(self._shape.most_specific_compatible_shape(other.shape), self._dtype, self._name)

    def __hash__(self) -> int:
        return hash((self._shape, self._dtype))

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, TensorSpec):
            return NotImplemented
        return self._shape == other._shape and self._dtype == other._dtype and self._name == other._name

    def __ne__(self, other: object) -> bool:
        return not self == other

    def __repr__(self) -> str:
        return f"TensorSpec(shape={self._shape}, dtype={self._dtype!r}, name={self._name!r})"

    def __reduce__(self) -> tuple[Any, ...]:
        return TensorSpec, (self._shape, self._dtype, self._name)
