"""Arithmetic on extents that may be symbolic, for shape rules: only operators and comparisons, so that each decision
about a symbolic extent becomes a guard. A question about a plain number is answered without one."""

from __future__ import annotations

from typing import Any

from ..types.tensor_shape import Extents


def minimum(a: Any, b: Any) -> Any:
    """The smaller of two known extents."""
    return a if a is b or a <= b else b


def maximum(a: Any, b: Any) -> Any:
    """The larger of two known extents."""
    return a if a is b or a >= b else b


def is_number(value: Any, wanted: int) -> bool:
    """Whether `value` is the plain number `wanted`. A symbolic integer never is: it may have any value."""
    return type(value) is int and value == wanted


def may_be_zero(extent: Any) -> bool:
    """Whether an extent is 0, or a symbolic integer, which may have that value."""
    return type(extent) is not int or extent == 0


def ceil_divide(a: Any, b: Any) -> Any:
    """`a / b` rounded up."""
    return a if is_number(b, 1) else -(-a // b)


def require_rank(shape: Extents, rank: int) -> Extents:
    """`shape`, which may be unknown. Raises: ValueError if it is known to have another rank than `rank`."""
    if shape is not None and len(shape) != rank:
        raise ValueError(f"Shape must be rank {rank} but is rank {len(shape)}")
    return shape


def vector_length(shape: Extents) -> Any:
    """The extent of a vector, None if it is not known. Raises: ValueError if the shape is known to be no vector's."""
    return None if require_rank(shape, 1) is None else shape[0]  # type: ignore[index]


def resolve_axis(axis: Any, rank: int) -> int:
    """An axis counted from the front. Raises: ValueError if there is no such axis."""
    position = int(axis)
    needed = -position if position < 0 else position + 1
    if rank < needed:
        raise ValueError(f"Shape must be at least rank {needed} but is rank {rank}")
    return position + rank if position < 0 else position
