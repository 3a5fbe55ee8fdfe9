"""One element or row of a tensor, at a place that is data: what `x[i]` in a loop's body is to the compiler.

As TensorFlow writes it, `x[i]` is a `StridedSlice` whose bounds are tensors, on which the shape of a slice depends in
general. Where there are only indices and whole axes, the shape is known, and the compiler takes the slice for the
operation below (`slice_by_indices` in `../arrays/slicing.py`): loops over scalars read it from memory, other kernels
treat it as they treat `GatherNd`.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from ...definition.extent_math import vector_length
from ...definition.opdef import NOT_DIFFERENTIABLE, OpDef
from ...types.dtypes import INDEX
from ...types.tensor_shape import Extents
from .index_checks import check_items


def _item_shape(query: Any) -> Extents:
    extents, count = query.shapes[0], vector_length(query.shapes[1])
    axis = query.attrs["axis"]
    return None if extents is None or count is None else (*extents[:axis], *extents[axis + count :])


def _item_kernel(x: Any, place: Any, *, axis: int) -> Any:
    sizes = np.array(x.shape[axis : axis + len(place)], place.dtype)
    found = np.where(place < 0, place + sizes, place)
    check_items(found, x.shape, axis)
    key = (*(slice(None),) * axis, *found.tolist())
    return np.asarray(x[key])


ITEM_AT = OpDef(
    name="_ItemAt",
    signature="x: T, place: Index -> item: T",
    where={"Index": INDEX},
    attrs={"axis": ("int", 0)},
    shape=_item_shape,
    kernel=_item_kernel,
    gradient=NOT_DIFFERENTIABLE,
)
