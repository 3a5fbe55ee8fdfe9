"""`tensor[...]`: slices, masks and indices in brackets."""

from __future__ import annotations

from typing import Any

import numpy as np

from ..building.constant import constant
from ..building.default_graph import name_scope
from ..graph.node import Tensor
from ..types import dtypes
from ..types.tensor_shape import Dimension
from .arrays.slicing import _INDICES, slice_of, strided_slice
from .arrays.stacking import stack
from .elementwise.cast import build_cast


class _Spec:
    """The arguments of StridedSlice, collected entry by entry from a Python index."""

    def __init__(self) -> None:
        self.begin: list[Any] = []
        self.end: list[Any] = []
        self.strides: list[Any] = []
        self.masks = {"begin": 0, "end": 0, "ellipsis": 0, "new_axis": 0, "shrink_axis": 0}

    def add(self, begin: Any, end: Any, step: Any, *masks: str) -> None:
        bit = 1 << len(self.begin)
        for mask in masks:
            self.masks[mask] |= bit
        self.begin.append(begin)
        self.end.append(end)
        self.strides.append(step)

    def add_item(self, item: Any) -> None:
        """Add what stands between two commas of an index."""
        if isinstance(item, slice_of):
            self._add_slice(item)
        elif item is Ellipsis:
            self.add(0, 0, 1, "ellipsis")
        elif item is None:
            self.add(0, 0, 1, "new_axis")
        else:
            _check_index(item)
            if isinstance(item, Dimension):
                self.add(item, item + 1, 1, "shrink_axis")
            else:
                after = item + 1
                self.add(item, after, constant(1, item.dtype.base_dtype) if _is_short(item) else 1, "shrink_axis")

    def _add_slice(self, item: Any) -> None:
        given = [part for part in (item.start, item.stop, item.step) if part is not None]
        for part in given:
            _check_index(part)
        beside = next((part for part in given if _is_short(part)), None)

        def default(value: int) -> Any:
            return value if beside is None else constant(value, beside.dtype.base_dtype)

        begin = default(0) if item.start is None else item.start
        end = default(0) if item.stop is None else item.stop
        step = default(1) if item.step is None else item.step
        masks = [name for name, part in (("begin", item.start), ("end", item.stop)) if part is None]
        self.add(begin, end, step, *masks)


def _is_short(item: Any) -> bool:
    """Whether an index is of a type that only TensorFlow 2 takes: what stands beside it then has that type too."""
    return isinstance(item, Tensor) and item.dtype.base_dtype not in (dtypes.int32, dtypes.int64)


def _check_index(item: Any) -> None:
    """Raises: TypeError for what is no single integer."""
    if isinstance(item, (int, np.integer, Dimension)):
        return
    dtype, extents = getattr(item, "dtype", None), getattr(item, "shape", None)
    if isinstance(item, np.ndarray):
        fits = item.dtype.kind in "iu" and item.ndim == 0
    else:
        rank = None if extents is None else getattr(extents, "ndims", 0)
        fits = (
            isinstance(dtype, dtypes.DType)
            and dtype.base_dtype in (*_INDICES, dtypes.uint8, dtypes.int8)
            and rank in (None, 0)
        )
    if not fits:
        raise TypeError(
            "Only integers, slices (`:`), ellipsis (`...`), tf.newaxis (`None`) and scalar tf.int32/tf.int64 tensors "
            f"are valid indices, got {item!r}"
        )


def _is_mask(key: Any) -> bool:
    if isinstance(key, (bool, np.bool_)):
        return True
    if isinstance(key, np.ndarray):
        return bool(key.dtype.kind == "b")
    return bool(getattr(key, "dtype", None) == dtypes.bool_) and not isinstance(key, np.generic)


def getitem(tensor: Any, key: Any, var: Any = None) -> Tensor:
    """Return `tensor[key]`: the slice that Python's index means, or what a boolean mask selects.

    Args:
      tensor: a tensor, or what becomes one.
      key: an int, a slice, `...`, None (a new dimension), a tuple or list of those, or a boolean mask.
      var: the variable that `tensor` is the value of.
    Raises: TypeError for another kind of index, ValueError for one out of range.

    >>> getitem(constant([[1, 2, 3], [4, 5, 6]]), (0, slice_of(1, None))).shape.as_list()
    [2]
    """
    if _is_mask(key):
        from .indexing.masking import boolean_mask

        return boolean_mask(tensor, key)
    spec = _Spec()
    for item in key if isinstance(key, (list, tuple)) else [key]:
        spec.add_item(item)
    values = [tensor, *spec.begin, *spec.end, *spec.strides]
    with name_scope(None, "strided_slice", values) as scope:
        if spec.begin:
            parts: list[Any] = [stack(part) for part in (spec.begin, spec.end, spec.strides)]
            if any(part.dtype.base_dtype == dtypes.int64 for part in parts):
                parts = [build_cast(part, dtypes.int64) for part in parts]
        else:
            parts = [constant([], dtypes.int32)] * 3
        masks: dict[str, Any] = {f"{mask}_mask": bits for mask, bits in spec.masks.items()}
        begin, end, strides = parts
        return strided_slice(tensor, begin, end, strides, var=var, name=scope, **masks)
