"""Operations that put elements at given positions: scatter_nd and the tensor_scatter ones."""

from __future__ import annotations

from collections.abc import Callable
from itertools import cycle
from typing import Any

import numpy as np

from ...building.build import build
from ...definition.extent_math import is_number, require_rank
from ...definition.opdef import OpDef
from ...definition.shapes import at_least_rank, merge, shape_from_value
from ...graph.node import Tensor, TensorLike
from ...types import dtypes
from ...types.tensor_shape import Extents, brackets
from . import indexing_gradients as gradients

_INDICES = (dtypes.int16, dtypes.int32, dtypes.int64)
_FEW = 32  # indices


def check_scatter(extents: Extents, indices: Extents, updates: Extents) -> None:
    """Raises: ValueError if the shapes of a scatter do not fit together."""
    if extents is not None and any(is_number(extent, 0) for extent in extents) and _some(indices) and _some(updates):
        raise ValueError("Indices and updates specified for empty input")
    if indices is None or updates is None or not indices:
        return
    lead = len(indices) - 1
    depth = indices[-1]
    if len(updates) < lead:
        raise ValueError(f"Shape must be at least rank {lead} but is rank {len(updates)}")
    _must_match("indices", indices, 0, lead, updates, 0, lead)
    if extents is None or depth is None:
        return
    if depth > len(extents):
        raise ValueError(f"Shape must be at least rank {depth} but is rank {len(extents)}")
    _must_match("input", extents, int(depth), len(extents), updates, lead, len(updates))


def _some(extents: Extents) -> bool:
    """Whether a shape is known to have elements."""
    return extents is not None and all(type(extent) is int and extent > 0 for extent in extents)


def _must_match(name: str, ours: Any, first: int, last: int, updates: Any, start: int, stop: int) -> None:
    try:
        merge(ours[first:last], updates[start:stop])
    except ValueError as error:
        raise ValueError(
            f"Dimensions [{first},{last}) of {name}[shape={brackets(ours)}] = {brackets(ours[first:last])} "
            f"must match dimensions [{start},{stop}) of updates[shape={brackets(updates)}] = "
            f"{brackets(updates[start:stop])}: {error}"
        ) from None


def _scatter_nd_shape(query: Any) -> Extents:
    extents = shape_from_value(query, 2)
    check_scatter(extents, at_least_rank(query.shapes[0], 1), query.shapes[1])
    return extents


def _all_within(indices: Any, limits: tuple[int, ...]) -> bool:
    """Whether each entry of each row is an index: at least 0, and below the limit of its place in the row."""
    if indices.size <= _FEW:  # numbers of Python: NumPy's calls take longer
        return all(0 <= entry < limit for entry, limit in zip(indices.reshape(-1).tolist(), cycle(limits)))
    parts = [indices[..., axis] for axis in range(len(limits))]
    return all(part.min() >= 0 and part.max() < limit for part, limit in zip(parts, limits))


def _places(indices: Any, extents: tuple[int, ...]) -> tuple[Any, ...]:
    """The index for NumPy of what the rows of `indices` name. Raises: ValueError for one out of range."""
    depth = indices.shape[-1]
    if not _all_within(indices, extents[:depth]):
        wrong = ((indices < 0) | (indices >= np.array(extents[:depth], np.int64))).any(-1)
        place = tuple(np.argwhere(wrong)[0])
        at = "".join(f"{int(i)}," for i in place).rstrip(",")
        entry = ", ".join(str(int(i)) for i in indices[place])
        raise ValueError(f"indices[{at}] = [{entry}] does not index into shape {brackets(extents)}")
    return tuple([indices[..., axis] for axis in range(depth)])


def scattered(target: Any, indices: Any, updates: Any, combine: Any) -> Any:
    """Put `updates` where the rows of `indices` point in `target`, which is changed; `combine`: a ufunc, or None."""
    extents, depth = target.shape, indices.shape[-1] if indices.ndim else -1
    if 0 in extents or depth < 0 or updates.shape != indices.shape[:-1] + extents[depth:] or depth > len(extents):
        check_scatter(extents, indices.shape, updates.shape)
    places = _places(indices, extents)
    if not places:  # an index of no entries names the whole tensor
        places = (np.zeros(indices.shape[:-1], np.int64),)
        target = target[None]
        return _scattered_at(target, places, updates, combine)[0]
    if indices.size == depth:  # one row
        at = tuple(indices.reshape(-1).tolist())
        update = updates.reshape(extents[depth:])[()]  # of no axes: the element, which is no array
        target[at] = update if combine is None else combine(target[at], update)
        return target
    return _scattered_at(target, places, updates, combine)


def _scattered_at(target: Any, places: Any, updates: Any, combine: Any) -> Any:
    if combine is None:
        target[places] = updates
    elif target.dtype == object:
        for place in np.ndindex(places[0].shape):
            at = tuple(int(part[place]) for part in places)
            target[at] = combine(target[at], updates[place])
    else:
        combine.at(target, places, updates)
    return target


def _scatter_nd_kernel(indices: Any, updates: Any, shape: Any) -> Any:
    require_rank(shape.shape, 1)
    extents = tuple(int(extent) for extent in shape.tolist())
    if any(extent < 0 for extent in extents):
        raise ValueError(f"Shape must have no negative extents, got {list(extents)}")
    target = np.full(extents, b"" if updates.dtype == object else 0, updates.dtype)
    return scattered(target, indices, updates, np.add)


SCATTER_ND = OpDef(
    name="ScatterNd",
    signature="indices: Tindices, updates: T, shape: Tindices -> output: T",
    where={"Tindices": _INDICES},
    attrs={"bad_indices_policy": ("string", b"")},
    shape=_scatter_nd_shape,
    kernel=_scatter_nd_kernel,
    gradient=gradients.scatter_nd,
    routine=("scatter", "add", "from nothing"),
)


def scatter_nd(indices: TensorLike, updates: TensorLike, shape: TensorLike, name: str | None = None) -> Tensor:
    """Return a tensor of `shape` that is zero but where the rows of `indices` put the `updates`; repeated ones add up.

    Raises: ValueError for shapes that do not fit, InvalidArgumentError when it runs, for an index out of range.
    """
    result: Tensor = build(SCATTER_ND, indices, updates, shape, name=name)
    return result


def _tensor_scatter_shape(query: Any) -> Extents:
    indices = at_least_rank(query.shapes[1], 1)
    check_scatter(query.shapes[0], indices, query.shapes[2])
    extents: Extents = query.shapes[0]
    return extents


def _tensor_scatter(name: str, combine: Any, gradient: Callable[..., Any]) -> OpDef:
    def kernel(tensor: Any, indices: Any, updates: Any) -> Any:
        return scattered(tensor.copy(), indices, updates, combine)

    return OpDef(
        name=name,
        signature="tensor: T, indices: Tindices, updates: T -> output: T",
        where={"Tindices": _INDICES},
        attrs={"bad_indices_policy": ("string", b"")},
        shape=_tensor_scatter_shape,
        kernel=kernel,
        gradient=gradient,
        routine=("scatter", name.removeprefix("TensorScatter").lower()),
    )


TENSOR_SCATTER_UPDATE = _tensor_scatter("TensorScatterUpdate", None, gradients.tensor_scatter_update)
TENSOR_SCATTER_ADD = _tensor_scatter("TensorScatterAdd", np.add, gradients.tensor_scatter_add)
TENSOR_SCATTER_SUB = _tensor_scatter("TensorScatterSub", np.subtract, gradients.tensor_scatter_sub)
TENSOR_SCATTER_MAX = _tensor_scatter("TensorScatterMax", np.maximum, gradients.tensor_scatter_extremum)
TENSOR_SCATTER_MIN = _tensor_scatter("TensorScatterMin", np.minimum, gradients.tensor_scatter_extremum)


def _function(op_def: OpDef, name: str, what: str) -> Callable[..., Tensor]:
    def made(tensor: TensorLike, indices: TensorLike, updates: TensorLike, name: str | None = None) -> Tensor:
        result: Tensor = build(op_def, tensor, indices, updates, name=name)
        return result

    made.__name__ = made.__qualname__ = name
    made.__doc__ = f"""Return a copy of `tensor` {what} where the rows of `indices` point.

    Args:
      tensor: the tensor to start from.
      indices: integers; the last dimension holds one index per leading dimension of `tensor`.
      updates: an element or slice per row of `indices`.
      name: a name for the operation.
    Raises: ValueError for shapes that do not fit, InvalidArgumentError when it runs, for an index out of range.
    """
    return made


tensor_scatter_update = _function(TENSOR_SCATTER_UPDATE, "tensor_scatter_update", "with `updates` in place of what is")
tensor_scatter_add = _function(TENSOR_SCATTER_ADD, "tensor_scatter_add", "with `updates` added")
tensor_scatter_sub = _function(TENSOR_SCATTER_SUB, "tensor_scatter_sub", "with `updates` subtracted")
tensor_scatter_max = _function(TENSOR_SCATTER_MAX, "tensor_scatter_max", "with the larger of it and `updates`")
tensor_scatter_min = _function(TENSOR_SCATTER_MIN, "tensor_scatter_min", "with the smaller of it and `updates`")
tensor_scatter_nd_update = tensor_scatter_update
tensor_scatter_nd_add = tensor_scatter_add
tensor_scatter_nd_sub = tensor_scatter_sub
tensor_scatter_nd_max = tensor_scatter_max
tensor_scatter_nd_min = tensor_scatter_min
