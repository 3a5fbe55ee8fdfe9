"""Limiting norms: `clip_by_norm`, `clip_by_global_norm`, `clip_by_average_norm`, `global_norm`."""

from __future__ import annotations

from typing import Any

import numpy as np

from ...building.basic_ops import identity
from ...building.build import build
from ...building.constant import constant
from ...building.convert import convert_to_tensor
from ...building.default_graph import colocate_with, name_scope
from ...definition.registry import lookup
from ...graph.node import Tensor, TensorLike
from ...types import dtypes
from ..reductions.reductions import reduce_sum
from .norms import l2_loss


def clip_by_norm(t: Any, clip_norm: TensorLike, axes: Any = None, name: str | None = None) -> Any:
    """Return `t` scaled down so that its Euclidean norm is at most `clip_norm`; a smaller one stays as it is.

    Args:
      t: floating-point numbers, a tensor or IndexedSlices, whose norm is that of their values.
      clip_norm: the largest norm, positive.
      axes: the axes a norm is taken along; None for all.
      name: a name for the operations.
    """
    from ..elementwise.like import ones_like
    from ..elementwise.select import select

    with name_scope(name, "clip_by_norm", [t, clip_norm]) as scope:
        sliced = _is_sliced(t)
        values = convert_to_tensor(t.values if sliced else t, name="t")
        squares = reduce_sum(values * values, axes, keepdims=True)
        positive = squares > 0
        # A root of zero has no finite gradient; it is taken of 1 there and replaced.
        roots = build(lookup("Sqrt"), select(positive, squares, ones_like(squares)))
        norms = select(positive, roots, squares)
        intermediate = values * clip_norm
        values.shape.assert_is_compatible_with(intermediate.shape)
        clipped: Tensor = identity(intermediate / build(lookup("Maximum"), norms, clip_norm), name=scope)
        return type(t)(clipped, t.indices, t.dense_shape) if sliced else clipped


def _is_sliced(t: Any) -> bool:
    return type(t).__name__ == "IndexedSlices"


def _checked_list(t_list: Any) -> list[Any]:
    """The tensors of a list; of IndexedSlices their values, as a gradient of a few rows never becomes a whole table."""
    if not isinstance(t_list, (list, tuple)):
        raise TypeError(f"`t_list` should be a sequence of tensors. Received {type(t_list)}.")
    parts = [item.values if _is_sliced(item) else item for item in t_list]
    return [None if item is None else convert_to_tensor(item, name=f"t_{i}") for i, item in enumerate(parts)]


def global_norm(t_list: Any, name: str | None = None) -> Tensor:
    """Return the Euclidean norm of all elements of a list of tensors together.

    Args:
      t_list: tensors or IndexedSlices of one floating-point type; None entries are left out. Of IndexedSlices the
        values count as they stand: rows that are named twice are not summed first.
      name: a name for the operations.
    Raises: TypeError if `t_list` is no list.
    """
    from ..arrays.stacking import stack

    if not isinstance(t_list, (list, tuple)):
        _checked_list(t_list)
    with name_scope(name, "global_norm", [item for item in t_list if item is not None]):
        halves = []
        for value in _checked_list(t_list):
            if value is not None:
                with colocate_with(value):
                    halves.append(l2_loss(value))
        half = reduce_sum(stack(halves))
        return build(lookup("Sqrt"), half * constant(2.0, half.dtype), name="global_norm")  # type: ignore[no-any-return]


def clip_by_global_norm(
    t_list: Any, clip_norm: TensorLike, use_norm: Any = None, name: str | None = None
) -> tuple[list[Any], Tensor]:
    """Return the tensors scaled down by one factor so that their global norm is at most `clip_norm`, and that norm.

    Args:
      t_list: tensors or IndexedSlices of one floating-point type; None entries stay, IndexedSlices stay such.
      clip_norm: the largest norm, positive.
      use_norm: the global norm if it is known already.
      name: a name for the operations.
    Returns: the list and the global norm. If the norm is not finite, all elements are NaN.
    Raises: TypeError if `t_list` is no list.
    """
    if not isinstance(t_list, (list, tuple)):
        _checked_list(t_list)
    total = global_norm(t_list, name) if use_norm is None else use_norm
    with name_scope(name, "clip_by_global_norm", [*[t for t in t_list if t is not None], clip_norm]) as scope:
        inverse = 1.0 / total
        factor = clip_norm * build(lookup("Minimum"), inverse, constant(1.0, total.dtype) / clip_norm)
        finite = build(lookup("IsFinite"), total)
        factor = build(lookup("Select"), finite, factor, constant(np.nan, total.dtype))  # no 0 for an infinite norm
        clipped: list[Any] = []
        for index, (given, value) in enumerate(zip(t_list, _checked_list(t_list))):
            if value is None:
                clipped.append(None)
                continue
            with colocate_with(value):
                part = identity(value * factor, name=f"{scope}_{index}")
            clipped.append(type(given)(part, given.indices, given.dense_shape) if _is_sliced(given) else part)
        return clipped, total


def clip_by_average_norm(t: TensorLike, clip_norm: TensorLike, name: str | None = None) -> Tensor:
    """Return `t` scaled down so that its norm divided by its number of elements is at most `clip_norm`.

    Args:
      t: floating-point numbers.
      clip_norm: the largest average norm, positive.
      name: a name for the operations.
    """
    from ..arrays.filling import range as range_of
    from ..arrays.shape_ops import rank, size
    from ..elementwise.cast import cast

    with name_scope(name, "clip_by_average_norm", [t, clip_norm]) as scope:
        values = convert_to_tensor(t, name="t")
        count = cast(size(values), dtypes.float32)
        inverse = build(lookup("Rsqrt"), reduce_sum(values * values, range_of(rank(values))))
        scaled = values * clip_norm
        factor = build(lookup("Minimum"), inverse * count, constant(np.float32(1.0)) / clip_norm)
        clipped: Tensor = identity(scaled * factor, name=scope)
        return clipped
