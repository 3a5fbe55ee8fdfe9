"""The distinct slices of a tensor along an axis, in the order in which they first appear."""

from __future__ import annotations

from typing import Any

import numpy as np

from ...base.errors import InvalidArgumentError
from ...definition.opdef import OpDef
from ...types.dtypes import INDEX, DType, int32, int64
from .positions import UNIQUE_WITH_COUNTS


def _axis_of(axis: Any, rank: int) -> int:
    if axis.ndim != 1 or axis.size > 1:
        raise InvalidArgumentError(None, None, f"axis expects a 1D vector of at most one element, got {axis.tolist()}")
    if not axis.size:
        if rank != 1:
            raise InvalidArgumentError(None, None, "unique expects a 1D vector.")
        return 0
    number = int(axis.reshape(-1)[0])
    if not -rank <= number < rank:
        raise InvalidArgumentError(None, None, f"axis has to be between 0 and {rank}, got {number}")
    return number % rank


def _counted_kernel(x: Any, axis: Any, *, out_idx: DType) -> Any:
    along = _axis_of(axis, x.ndim)
    if x.ndim == 1:
        of_vector: Any = UNIQUE_WITH_COUNTS.kernel
        return of_vector(x, out_idx=out_idx)
    rows = np.moveaxis(x, along, 0)
    known: dict[Any, int] = {}
    first: list[int] = []
    places = np.empty(len(rows), np.int64)
    wide = rows.astype(np.float32) if rows.dtype.kind == "V" else rows
    for number, row in enumerate(wide.reshape(len(rows), -1).tolist()):
        place = places[number] = known.setdefault(tuple(row), len(known))
        if place == len(first):
            first.append(number)
    counts = np.bincount(places, minlength=len(first))
    values = np.take(x, np.array(first, np.int64), axis=along)
    return values, places.astype(out_idx.np_dtype), counts.astype(out_idx.np_dtype)


def _kernel(x: Any, axis: Any, *, out_idx: DType) -> Any:
    return _counted_kernel(x, axis, out_idx=out_idx)[:2]


def _shape(query: Any) -> list[Any]:
    """TensorFlow 1.15 says the shape of a vector whatever the axis; here it is that of the slices."""
    x, axis = query.shapes
    if x is None or axis is None or len(axis) != 1:
        return [None, (None,)]
    given = [0] if axis == (0,) and len(x) == 1 else query.known_integers(1)
    if not given or not -len(x) <= given[0] < len(x):
        return [None, (None,)]
    along = given[0] % len(x)
    return [(*x[:along], None, *x[along + 1 :]), (x[along],)]


_WHERE: Any = {"Taxis": INDEX, "out_idx": INDEX}
_ATTRS: Any = {"Taxis": ("type", int64), "out_idx": ("type", int32)}
UNIQUE_V2 = OpDef(
    name="UniqueV2",
    signature="x: T, axis: Taxis -> y: T, idx: out_idx",
    where=_WHERE,
    attrs=_ATTRS,
    shape=_shape,
    kernel=_kernel,
)
UNIQUE_WITH_COUNTS_V2 = OpDef(
    name="UniqueWithCountsV2",
    signature="x: T, axis: Taxis -> y: T, idx: out_idx, count: out_idx",
    where=_WHERE,
    attrs=_ATTRS,
    shape=lambda query: [*_shape(query), (None,)],
    kernel=_counted_kernel,
)
