"""`RaggedTensorSpec`: what is known of ragged tensors, without one."""

from __future__ import annotations

from typing import Any

from ...types import dtypes
from ...types.tensor_shape import as_shape


class RaggedTensorSpec:
    """A description of ragged tensors.

    Args:
      shape: the shape, None for ragged extents; None as a whole if it is not known.
      dtype: of the values. ragged_rank: how many dimensions are ragged. Default: all but the first.
      row_splits_dtype: int32 or int64.
    Raises: ValueError if the rank is not known and `ragged_rank` not given, or does not fit it.
    """

    __slots__ = ("_dtype", "_ragged_rank", "_row_splits_dtype", "_shape")

    def __init__(
        self, shape: Any = None, dtype: Any = dtypes.float32, ragged_rank: int | None = None,
        row_splits_dtype: Any = dtypes.int64,
    ) -> None:  # fmt: skip
        self._shape, self._dtype = as_shape(shape), dtypes.as_dtype(dtype)
        self._row_splits_dtype = dtypes.as_dtype(row_splits_dtype)
        rank = self._shape.ndims
        if ragged_rank is None:
            if rank is None:
                raise ValueError("Must specify ragged_rank or a shape with a known rank.")
            ragged_rank = rank - 1
        if not isinstance(ragged_rank, int):
            raise TypeError("ragged_rank must be an int")
        if rank is not None and ragged_rank >= rank:
            raise ValueError("ragged_rank must be less than rank.")
        self._ragged_rank = ragged_rank

    @property
    def value_type(self) -> type:
        """RaggedTensor."""
        from .ragged_tensor import RaggedTensor

        return RaggedTensor

    def is_compatible_with(self, other: Any) -> bool:
        """Whether a spec or a ragged tensor may be one of these."""
        theirs = other if isinstance(other, RaggedTensorSpec) else spec_of(other)
        return (
            (self._dtype, self._ragged_rank, self._row_splits_dtype)
            == (theirs._dtype, theirs._ragged_rank, theirs._row_splits_dtype)
            and self._shape.is_compatible_with(theirs._shape)
        )  # fmt: skip

    def __eq__(self, other: object) -> bool:
        return isinstance(other, RaggedTensorSpec) and repr(self) == repr(other)

    def __hash__(self) -> int:
        return hash(repr(self))

    def __repr__(self) -> str:
        return f"RaggedTensorSpec({self._shape!r}, {self._dtype!r}, {self._ragged_rank!r}, {self._row_splits_dtype!r})"


def spec_of(value: Any) -> RaggedTensorSpec:
    """The spec of a ragged tensor."""
    return RaggedTensorSpec(value.shape, value.dtype, value.ragged_rank, value.row_splits.dtype)
