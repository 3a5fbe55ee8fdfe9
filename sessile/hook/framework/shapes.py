"""`tensorflow.python.framework.common_shapes`: static shapes of operations."""

from __future__ import annotations

import itertools
from typing import Any

from ...ops.types.tensor_shape import TensorShape


def has_fully_defined_shape(tensor: Any) -> bool:
    """Return whether all extents of a tensor are known."""
    return bool(tensor.shape.is_fully_defined())


def scalar_shape(unused_op: Any) -> list[TensorShape]:
    """Return the shape of an operation that gives one scalar."""
    return [TensorShape([])]


def unknown_shape(op: Any) -> list[TensorShape]:
    """Return shapes of which nothing is known, one for each output."""
    return [TensorShape(None) for _ in op.outputs]


def no_outputs(unused_op: Any) -> list[TensorShape]:
    """Return the shapes of an operation without outputs."""
    return []


def unchanged_shape(op: Any) -> list[TensorShape]:
    """Return the shape of the first input."""
    return [op.inputs[0].shape]


def unchanged_shape_with_rank(rank: int) -> Any:
    """Return a function that gives the first input's shape, which must have so many dimensions (else ValueError)."""
    return lambda op: [op.inputs[0].shape.with_rank(rank)]


def unchanged_shape_with_rank_at_least(rank: int) -> Any:
    """Return a function that gives the first input's shape, of at least so many dimensions (else ValueError)."""
    return lambda op: [op.inputs[0].shape.with_rank_at_least(rank)]


def unchanged_shape_with_rank_at_most(rank: int) -> Any:
    """Return a function that gives the first input's shape, of at most so many dimensions (else ValueError)."""
    return lambda op: [op.inputs[0].shape.with_rank_at_most(rank)]


def is_broadcast_compatible(shape_x: Any, shape_y: Any) -> bool:
    """Return whether two shapes, of known ranks, may be those of one elementwise operation's inputs."""
    return shape_x.ndims is not None and shape_y.ndims is not None and _broadcast(shape_x, shape_y) is not None


def broadcast_shape(shape_x: Any, shape_y: Any) -> TensorShape:
    """Return the shape of an elementwise operation's result. Raises: ValueError if the shapes do not fit."""
    if shape_x.ndims is None or shape_y.ndims is None:
        return TensorShape(None)
    extents = _broadcast(shape_x, shape_y)
    if extents is None:
        raise ValueError(f"Incompatible shapes for broadcasting: {shape_x} and {shape_y}")
    return TensorShape(extents)


def _broadcast(shape_x: Any, shape_y: Any) -> list[int | None] | None:
    """The extents of the result, None among them where they are not known; None if there is no result."""
    pairs = itertools.zip_longest(reversed(shape_x.as_list()), reversed(shape_y.as_list()), fillvalue=1)
    extents: list[int | None] = []
    for x, y in pairs:
        if x is None or y is None:  # an extent of 1 stretches; a longer one decides
            known = y if x is None else x
            extents.append(known if known not in (None, 1) else None)
        elif x == y or 1 in (x, y):
            extents.append(y if x == 1 else x)
        else:
            return None
    return extents[::-1]


def get_conv_output_size(input_size: Any, filter_size: Any, strides: Any, padding_type: Any) -> tuple[Any, ...]:
    """Return the extents that a convolution gives.

    Args:
      input_size, filter_size, strides: one number for each spatial dimension; None where it is not known.
      padding_type: "SAME" or "VALID", as text or bytes.
    Raises: ValueError if a known filter is larger than its input, for VALID.
    """
    padding = padding_type.decode() if isinstance(padding_type, bytes) else str(padding_type)
    found: list[Any] = []
    for size, width, stride in zip(input_size, filter_size, strides):
        if size is None or width is None:
            found.append(None)
        elif padding == "VALID":
            if width > size:
                raise ValueError(f"Filter must not be larger than the input: Filter: {filter_size} Input: {input_size}")
            found.append((size - width + stride) // stride)
        else:
            found.append(-(-size // stride))
    return tuple(found)
