"""Checks that shape rules share: ranks of inputs, scalars, sparse tensors, extents that a tensor spells.

shape=ranked(same_shape, -3, 0)   # images of rank 3 or more, and a scalar; then the rule
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from ..types.tensor_shape import Extents
from .shapes import at_least_rank, merge_extent, with_rank

ShapeRule = Callable[[Any], Any]


def ranked(rule: ShapeRule, *ranks: int | None) -> ShapeRule:
    """Return a shape rule that looks at the ranks of the inputs before it asks another.

    Args:
      rule: what says the shapes of the outputs.
      ranks: of each input in order; None: any; `-n`: n or more.
    """

    def checked(query: Any) -> Any:
        check_ranks(query, *ranks)
        return rule(query)

    checked.__name__ = getattr(rule, "__name__", "checked")
    return checked


def check_ranks(query: Any, *ranks: int | None) -> None:
    """Look at the ranks of the first inputs; see `ranked`. Raises: ValueError for another rank."""
    for shape, rank in zip(query.shapes, ranks):
        if rank is not None and rank < 0:
            at_least_rank(shape, -rank)
        elif rank is not None:
            with_rank(shape, rank)


def last_extent(rule: ShapeRule, wanted: int) -> ShapeRule:
    """Return a shape rule whose first input has a last dimension of an extent."""

    def checked(query: Any) -> Any:
        shape = at_least_rank(query.shapes[0], 1)
        if shape is not None:
            require_extent(shape[-1], wanted)
        return rule(query)

    checked.__name__ = getattr(rule, "__name__", "checked")
    return checked


def require_extent(extent: Any, wanted: int) -> None:
    """Raises: ValueError if an extent is known and another than the one wanted."""
    if extent is not None and extent != wanted:
        raise ValueError(f"Dimension must be {wanted} but is {extent}")


def spelled_extent(value: Any) -> Any:
    """The extent that an integer of a tensor says; None for -1 and for what is not known.

    Raises: ValueError for less than -1.
    """
    if type(value) is not int or value >= 0:
        return value
    if value < -1:
        raise ValueError(f"Dimension {value} must be >= 0")
    return None


def check_sparse(indices: Extents, values: Extents, dense_shape: Extents) -> tuple[Any, Any]:
    """Return how many entries a sparse tensor has, and its rank, as far as its three parts tell.

    Raises: ValueError for parts that are no sparse tensor, or that contradict each other.
    """
    rows, columns = with_rank(indices, 2)
    (count,), (rank,) = with_rank(values, 1), with_rank(dense_shape, 1)
    try:
        entries = merge_extent(rows, count)
    except ValueError:
        raise ValueError(f"Number of elements in index ({rows}) and values ({count}) do not match") from None
    try:
        return entries, merge_extent(columns, rank)
    except ValueError:
        raise ValueError(f"Index rank ({columns}) and shape rank ({rank}) do not match") from None
