"""`tensorflow.python.framework.tensor_shape`: shapes by rank."""

from __future__ import annotations

from typing import Any

from ...ops.types.tensor_shape import Dimension, TensorShape


def as_shape(shape: Any) -> TensorShape:
    """Return a value as a TensorShape."""
    return shape if isinstance(shape, TensorShape) else TensorShape(shape)


def as_dimension(value: Any) -> Dimension:
    """Return a value as a Dimension."""
    return value if isinstance(value, Dimension) else Dimension(value)


def unknown_shape(rank: int | None = None, **kwargs: Any) -> TensorShape:
    """Return the shape of which only the rank is known, or not even that."""
    rank = kwargs.get("ndims", rank)
    return TensorShape(None) if rank is None else TensorShape([None] * rank)


def scalar() -> TensorShape:
    """Return the shape of a scalar."""
    return TensorShape([])


def vector(length: Any) -> TensorShape:
    """Return the shape of a vector."""
    return TensorShape([length])


def matrix(rows: Any, cols: Any) -> TensorShape:
    """Return the shape of a matrix."""
    return TensorShape([rows, cols])
