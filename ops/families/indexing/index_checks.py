"""Whether indices lie in their range: what kernels that pick by index raise, and the operations that check it first.

Compiled loops read at indices that are data. `_InRange` and `All` find out in a loop of their own whether all are in
range; `_CheckedIndices` gives them on, or raises what the kernel of the operation that picks raises.
"""

from __future__ import annotations

from typing import Any, Final

import numpy as np

from ...definition.opdef import NOT_DIFFERENTIABLE, OpDef
from ...definition.shapes import broadcast_shape, merge_extent
from ...types import dtypes
from ...types.tensor_shape import Extents, brackets

INDICES: Final = (dtypes.int16, dtypes.int32, dtypes.int64)


def check_positions(positions: Any, shape: Any, axis: int) -> None:
    """Raises: ValueError that names the first position outside of an axis of `shape`; none if nothing is picked."""
    extent = shape[axis]
    if positions.size == 0 or (positions.min() >= 0 and positions.max() < extent):
        return
    if any(other == 0 for place, other in enumerate(shape) if place != axis):
        return
    wrong = (positions < 0) | (positions >= extent)
    place = _first(wrong)
    at = f"[{_joined(place)}]" if positions.ndim else ""
    raise ValueError(f"indices{at} = {positions[place]} is not in [0, {extent})")


def check_coordinates(indices: Any, shape: Any) -> None:
    """Raises: ValueError that names the first row of `indices` that is no place in the leading axes of `shape`."""
    wrong = ((indices < 0) | (indices >= np.array(shape[: indices.shape[-1]], np.int64))).any(-1)
    if wrong.any():
        place = _first(wrong)
        entry = ", ".join(str(int(i)) for i in indices[place])
        raise ValueError(f"indices[{_joined(place)}] = [{entry}] does not index into param shape {brackets(shape)}")


def check_items(places: Any, shape: Any, first: int) -> None:
    """Raises: ValueError that names the first of some places, one for each axis from `first` on, that is outside."""
    for axis, place in enumerate(places.reshape(-1).tolist(), first):
        if not 0 <= place < shape[axis]:
            raise ValueError(f"slice index {place} of dimension {axis} out of bounds.")


def check_labels(labels: Any, shape: Any) -> None:
    """Raises: ValueError unless there is a label for each row of logits of this shape, the number of a column."""
    rows, classes = shape
    if labels.shape != (rows,):
        raise ValueError(
            f"logits and labels must have the same first dimension, got logits shape {brackets(shape)} and labels "
            f"shape {brackets(labels.shape)}"
        )
    if rows and not classes:
        raise ValueError(f"Must have at least one class, but got logits shape {brackets(shape)}")
    outside = (labels < 0) | (labels >= classes)
    if outside.any():
        raise ValueError(
            f"Received a label value of {labels[outside][0]} which is outside the valid range of [0, {classes}).  "
            f"Label values: {' '.join(map(str, labels.tolist()))}"
        )


def _first(wrong: Any) -> tuple[Any, ...]:
    return tuple(np.argwhere(wrong)[0])


def _joined(place: tuple[Any, ...]) -> str:
    return ",".join(str(int(i)) for i in place)


IN_RANGE = OpDef(
    name="_InRange",
    signature="indices: T, limit: Tlimit -> ok: bool",
    where={"T": INDICES, "Tlimit": dtypes.INDEX},
    shape=broadcast_shape,
    kernel=lambda indices, limit: (indices >= 0) & (indices < limit),
    scalar="(T(0) <= {indices} and i64({indices}) < i64({limit}))",
    gradient=NOT_DIFFERENTIABLE,
)


def _checked_kernel(indices: Any, shape: Any, ok: Any, *, rule: bytes, axis: int) -> Any:
    extents = tuple(shape.tolist())
    if rule == b"positions":
        check_positions(indices, extents, axis)
    elif rule == b"labels":
        check_labels(indices, extents)
    elif rule == b"items":
        check_items(indices, extents, axis)
    else:
        check_coordinates(indices, extents)
    return indices


def _checked_shape(query: Any) -> Extents:
    indices: Extents = query.shapes[0]
    shape = query.known_integers(1)
    if query.attrs["rule"] == b"labels" and indices is not None and shape is not None:
        if len(shape) != 2:
            raise ValueError(f"Shape must be rank 2 but is rank {len(shape)}")
        return (merge_extent(shape[0], indices[0]),)  # a label for each row of logits
    return indices


CHECKED_INDICES = OpDef(
    name="_CheckedIndices",
    signature="indices: T, shape: Tshape, ok: bool -> checked: T",
    where={"T": INDICES, "Tshape": dtypes.INDEX},
    attrs={"rule": ("string",), "axis": ("int", 0)},
    shape=_checked_shape,
    kernel=_checked_kernel,
    gradient=NOT_DIFFERENTIABLE,
)
