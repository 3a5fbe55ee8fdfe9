"""Updates of distinct rows, said over all rows as they come: then no shape depends on data, and a step is native.

An optimizer updates each row that a batch names once, by the sum of its gradients:

    rows, places = unique(indices)                   [k], as many as there are
    sums = unsorted_segment_sum(values, places, k)   [k, width]
    var[rows] = formula(var[rows], sums)

The same with a row for each index: those of one row compute the same number and write it to the same place.

    sums = _RepeatedSums(values, indices)            [n, width]: each row the sum of those with its index
    var = _RowsUpdate(var, indices, formula(gather(var, indices), sums))

What is updated thus has to follow element by element from the sums.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from ....definition.opdef import OpDef
from ....definition.shapes import merge
from ....types.dtypes import INDEX, as_dtype
from .row_ops import ROW_TYPES

_DEEPEST = 32  # operations between the sums and what is made of them


def _sums_kernel(values: Any, indices: Any, like: Any) -> Any:
    _, places = np.unique(indices, return_inverse=True)
    places = places.reshape(indices.shape)
    sums = np.zeros((places.size, *values.shape[1:]), values.dtype)
    np.add.at(sums, places, values)
    return sums[places]


def _sums_shape(query: Any) -> Any:
    values, indices, like = query.shapes
    if indices is None or like is None:
        return values
    return merge(values, (*indices, *like[1:]))


REPEATED_SUMS = OpDef(
    name="_RepeatedSums",
    signature="values: T, indices: Tindices, like: T -> sums: T",
    where={"T": ROW_TYPES, "Tindices": INDEX},
    shape=_sums_shape,
    kernel=_sums_kernel,
    sums_repeated=True,
)


class _Rows:
    """The rows that a batch names: all its indices, and the sums for each of them."""

    def __init__(self, g: Any, var: Any, distinct: Any) -> None:
        self._g = g
        self._rank = len(var.extents)
        self._var = var
        self._maker = g.maker(distinct)
        self._distinct = distinct
        self._summed: dict[Any, Any] = {}

    @property
    def indices(self) -> Any:
        """The indices as they come; None if it is not known that they are distinct ones."""
        if self._maker is None or self._maker.op_def.name not in ("Unique", "UniqueWithCounts"):
            return None
        return self._maker.inputs[0] if self._maker.outputs[0] is self._distinct else None

    def over_all(self, value: Any, depth: int = 0) -> Any:
        """A value that has a row for each distinct index, with one for each index; None if that is not known."""
        g, extents = self._g, value.extents
        if extents is not None and len(extents) < self._rank:
            return value  # the same for each row
        if value in self._summed:
            return self._summed[value]
        maker = g.maker(value)
        if maker is None or depth > _DEEPEST or len(maker.outputs) != 1:
            return None
        if maker.op_def.name == "UnsortedSegmentSum":
            made = self._sums(maker)
        elif maker.op_def.scalar is None or not maker.op_def.is_pure:
            return None
        else:
            inputs = [self.over_all(each, depth + 1) for each in maker.inputs]
            made = None if any(each is None for each in inputs) else g(maker.op_def.name, *inputs, **maker.attrs)
        self._summed[value] = made
        return made

    def _sums(self, maker: Any) -> Any:
        values, places, count = maker.inputs
        if places is not self._maker.outputs[1] or not self._counts_distinct(count):
            return None
        return self._g("_RepeatedSums", values, self.indices, self._var)

    def _counts_distinct(self, count: Any) -> bool:
        """Whether a number is that of the distinct indices: `shape(distinct)[0]`."""
        item = self._g.maker(count)
        if item is None or item.op_def.name != "StridedSlice" or item.attrs["shrink_axis_mask"] != 1:
            return False
        shape, first = self._g.maker(item.inputs[0]), self._g.known(item.inputs[1])
        is_shape = shape is not None and shape.op_def.tells == "shape" and shape.inputs[0] is self._distinct
        return is_shape and first is not None and not np.any(first)


def _fit(variables: Sequence[Any], others: Sequence[Any]) -> bool:
    """Whether variables have one shape that is known, of a type that rows are changed in, and others are scalars."""
    extents = variables[0].extents
    if not extents or any(as_dtype(value.dtype) not in ROW_TYPES for value in variables):
        return False
    same = all(value.extents == extents for value in variables)
    return same and None not in extents and all(value.extents == () for value in others)


def rows_changed(op_type: str, combine: str) -> Callable[..., Any]:
    """The `new` of an `Update` of rows by updates.

    Args:
      op_type: the operation on rows that may be named twice.
      combine: the type of the operation of old and new rows; empty: the updates take the rows' places.
    """

    def new(g: Any, attrs: Any, var: Any, indices: Any, updates: Any) -> Any:
        stored = as_dtype(attrs.get("T", attrs.get("dtype", var.dtype)))  # a short float is given as float32
        if stored not in ROW_TYPES or as_dtype(var.dtype) not in ROW_TYPES:
            return None
        once = _changed_once(g, var, indices, updates, combine)
        return (g(op_type, var, indices, updates) if once is None else once,)

    return new


def _changed_once(g: Any, var: Any, distinct: Any, updates: Any, combine: str) -> Any:
    """`var` with distinct rows changed; None if they are not known to be distinct."""
    if not _fit([var], []) or updates.extents is not None and len(updates.extents) < len(var.extents):
        return None
    rows = _Rows(g, var, distinct)
    if rows.indices is None:
        return None
    new = rows.over_all(updates)
    if new is None:
        return None
    if combine:
        new = g(combine, _gathered(g, var, rows.indices), new)
    return g("_RowsUpdate", var, rows.indices, new)


def _gathered(g: Any, var: Any, indices: Any) -> Any:
    return g("GatherV2", var, indices, g.constant(np.zeros((), np.int32)))


def sparse_update(
    formula: Callable[..., Any], variables: int, names: Sequence[str], dense: Sequence[str]
) -> Callable[..., Any]:
    """The `new` of an `Update` of rows by a formula; of rows that may be named twice, the kernel takes care.

    Args:
      names: the inputs in the order of the sparse operation; dense: those behind the variables in the formula's.
    """
    at_gradient, at_indices = names.index("grad"), names.index("indices")
    order = [names.index(name) for name in dense]

    def new(g: Any, attrs: Any, *inputs: Any) -> Any:
        current = inputs[:variables]
        numbers = [inputs[place] for place in order if place != at_gradient]
        if not _fit(current, numbers) or attrs["T"] is not as_dtype(current[0].dtype):
            return None  # short floats come as float32 here, and rows are changed in their own type
        rows = _Rows(g, current[0], inputs[at_indices])
        sums = None if rows.indices is None else rows.over_all(inputs[at_gradient])
        if sums is None:
            return None
        old = [_gathered(g, value, rows.indices) for value in current]
        given = [sums if place == at_gradient else inputs[place] for place in order]
        made = formula(g, attrs, *old, *given)
        return tuple(
            None if row is before else g("_RowsUpdate", value, rows.indices, row)
            for value, before, row in zip(current, old, made)
        )

    return new
