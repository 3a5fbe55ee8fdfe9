"""The largest elements of rows, and sorting: `top_k`, `in_top_k`, `sort`, `argsort`."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np

from ...building.build import build
from ...building.constant import constant
from ...building.convert import convert_to_tensor
from ...building.default_graph import name_scope
from ...definition.opdef import NOT_DIFFERENTIABLE, OpDef
from ...definition.registry import lookup
from ...definition.shapes import at_least_rank, merge_extent, with_rank
from ...graph.node import Tensor, TensorLike
from ...graph.partial import static_value
from ...types import dtypes
from ...types.dtypes import INDEX, REAL
from . import segment_gradients as gradients


def _top_k_shape(query: Any) -> list[Any]:
    shape, k_shape = at_least_rank(query.shapes[0], 1), query.shapes[1]
    if k_shape is not None and len(k_shape) != 0:
        raise ValueError(f"Input must be scalar but has rank {len(k_shape)}")
    known = query.known_integers(1)
    if known is not None and known[0] < 0:
        raise ValueError(f"Dimension size, given by scalar input 1, must be non-negative but is {known[0]}")
    if shape is None:
        return [None, None]
    k = None if known is None else known[0]
    if k is not None and shape[-1] is not None and shape[-1] < k:
        raise ValueError(f"input must have last dimension >= k = {k} but is {shape[-1]}")
    result = (*shape[:-1], k)
    return [result, result]


def _top_k_kernel(x: Any, k: Any, *, index_type: Any) -> Any:
    count = int(k)
    if count < 0:
        raise ValueError(f"Need k >= 0, got {count}")
    if x.ndim < 1:
        raise ValueError(f"input must be >= 1-D, got shape {list(x.shape)}")
    if x.shape[-1] < count:
        raise ValueError(f"input must have at least k columns. Had {x.shape[-1]}, needed {count}")
    # The ascending stable order of the reversed row, reversed, puts equal elements in the order they came in.
    order = x.shape[-1] - 1 - x[..., ::-1].argsort(axis=-1, kind="stable")[..., ::-1][..., :count]
    largest = x[order] if x.ndim == 1 else np.take_along_axis(x, order, -1)
    return largest, order.astype(index_type.np_dtype)


TOP_K_V2 = OpDef(
    name="TopKV2",
    signature="input: T, k: Tk -> values: T, indices: index_type",
    where={"T": REAL, "Tk": (dtypes.int16, *INDEX), "index_type": (dtypes.int16, *INDEX)},
    attrs={"sorted": ("bool", True), "Tk": ("type", dtypes.int32), "index_type": ("type", dtypes.int32)},
    shape=_top_k_shape,
    kernel=_top_k_kernel,
    gradient=gradients.top_k,
    routine=("top_k",),
)


def _in_top_k_shape(query: Any) -> Any:
    predictions = with_rank(query.shapes[0], 2)
    (targets,) = with_rank(query.shapes[1], 1)
    if not query.is_building:
        for scalar in query.shapes[2:]:
            with_rank(scalar, 0)
    return (merge_extent(predictions[0], targets),)


def _in_top_k_kernel(predictions: Any, targets: Any, k: Any) -> Any:
    if predictions.shape[0] != targets.shape[0]:
        raise ValueError(
            f"First dimension of predictions {predictions.shape[0]} must match length of targets {len(targets)}"
        )
    classes = predictions.shape[1]
    valid = (targets >= 0) & (targets < classes)
    if not classes:
        return np.zeros(targets.shape, bool)
    own = predictions[np.arange(len(targets)), np.where(valid, targets, 0)]
    better = np.sum(predictions > own[:, None], axis=1)
    return valid & np.isfinite(own) & np.all(np.isfinite(predictions), axis=1) & (better < int(k))


IN_TOP_K_V2 = OpDef(
    name="InTopKV2",
    signature="predictions: float32, targets: T, k: T -> precision: bool",
    where={"T": INDEX},
    attrs={"T": ("type", dtypes.int32)},
    shape=_in_top_k_shape,
    kernel=_in_top_k_kernel,
    gradient=NOT_DIFFERENTIABLE,
    routine=("in_top_k",),
)


class TopKV2(NamedTuple):
    """The result of `top_k`."""

    values: Tensor
    indices: Tensor


def top_k(
    input: TensorLike,
    k: TensorLike = 1,
    sorted: bool = True,
    name: str | None = None,
    index_type: Any = dtypes.int32,
) -> TopKV2:
    """Return the `k` largest elements along the last axis, the largest first, and where they are.

    Args:
      input: real numbers of rank 1 or more.
      k: how many.
      sorted: accepted for compatibility; the result always is sorted.
      name: a name for the operation.
      index_type: the integer type of the indices.
    Raises: ValueError if there are fewer than `k` elements or the rank is 0.
    """
    values, indices = build(TOP_K_V2, input, k, name=name, sorted=bool(sorted), index_type=index_type)
    return TopKV2(values, indices)


def in_top_k(predictions: TensorLike, targets: TensorLike, k: TensorLike, name: str | None = None) -> Tensor:
    """Return for each row whether the target's prediction is among the `k` largest; ties count as being in.

    Args:
      predictions: float32 of shape [rows, classes]. A row that is not finite everywhere is not in.
      targets: the number of the class of each row.
      k: how many.
      name: a name for the operations.
    """
    with name_scope(name, "in_top_k"):
        result: Tensor = build(IN_TOP_K_V2, predictions, targets, k, name="InTopKV2")
        return result


def sort(values: TensorLike, axis: Any = -1, direction: str = "ASCENDING", name: str | None = None) -> Tensor:
    """Return the elements sorted along `axis`.

    Args:
      values: real numbers of rank 1 or more.
      axis: the axis to sort along.
      direction: `"ASCENDING"` or `"DESCENDING"`.
      name: a name for the operations.
    Raises: ValueError for another direction or a scalar.
    """
    with name_scope(name, "sort"):
        return _sorted(values, axis, direction, False)


def argsort(
    values: TensorLike, axis: Any = -1, direction: str = "ASCENDING", stable: bool = False, name: str | None = None
) -> Tensor:
    """Return the indices that sort the elements along `axis`; equal elements stay in their order. See `sort`."""
    del stable  # it always is
    with name_scope(name, "argsort"):
        return _sorted(values, axis, direction, True)


def _sorted(values: TensorLike, axis: Any, direction: str, want_indices: bool) -> Tensor:
    if direction not in ("ASCENDING", "DESCENDING"):
        raise ValueError(
            f"Argument `direction` should be one of ASCENDING, DESCENDING. Received: direction={direction}"
        )
    along = axis if isinstance(axis, Tensor) else constant(axis, name="axis")
    known = static_value(along)
    if known is None or np.ndim(known):
        raise ValueError(f"The axis to sort along must be one constant number, which {axis!r} is not.")
    x = convert_to_tensor(values, name="values")
    if direction == "DESCENDING":
        return _descending(x, int(known), want_indices)
    mirrored = _mirror(x)
    result = _descending(mirrored, int(known), want_indices)
    return result if want_indices else _mirror(result)


def _mirror(x: Tensor) -> Tensor:
    """The numbers in opposite order, without overflow: the same again gives `x` back."""
    dtype = x.dtype.base_dtype
    if dtype.is_unsigned:
        return dtype.max - x  # type: ignore[no-any-return]
    negative: Tensor = build(lookup("Neg"), x)
    return negative - 1 if dtype.is_integer else negative


def _descending(x: Tensor, axis: int, want_indices: bool) -> Tensor:
    from ..arrays.shape_ops import rank, shape

    count = shape(x)[axis]
    total = static_value(rank(x))
    order = _order_to_end(axis, total) if total is not None or axis == -1 else _order_when_run(axis, x)
    if order is None:
        found = top_k(x, count)
        return found.indices if want_indices else found.values
    perm = constant(order, dtypes.int64, name="transposition") if isinstance(order, np.ndarray) else order
    transpose = lookup("Transpose")
    found = top_k(build(transpose, x, perm, name="transpose"), count)
    result: Tensor = build(transpose, found.indices if want_indices else found.values, perm, name="transpose")
    return result


def _order_to_end(axis: int, total: Any) -> Any:
    """The permutation that exchanges an axis with the last one, or None if it is the last."""
    if axis == -1 or axis == int(total) - 1:
        return None
    rank = int(total)
    front = axis + rank if axis < 0 else axis
    order = np.arange(rank)
    order[[front, rank - 1]] = order[[rank - 1, front]]
    return order


def _order_when_run(axis: int, x: Tensor) -> Tensor:
    """The same permutation for a tensor whose rank only the step knows."""
    from ..arrays.shape_ops import rank

    count = rank(x)
    last = count - 1
    front = axis + count if axis < 0 else constant(axis)
    ends = build(lookup("Pack"), [front, last], axis=0)
    order = build(lookup("Range"), 0, count, 1)
    exchanged = build(lookup("Pack"), [last, front], axis=0)
    result: Tensor = build(lookup("TensorScatterUpdate"), order, ends[:, None], exchanged)
    return result
