"""Slices: `tensor[...]` as Python writes it, `strided_slice` and `slice`."""

from __future__ import annotations

from typing import Any

import numpy as np

from ...building.constant import constant
from ...building.convert import convert_to_tensor
from ...building.default_graph import name_scope
from ...definition.extent_math import build_cast, is_number, vector_length
from ...definition.opdef import OpDef
from ...definition.shapes import merge_extent, with_rank
from ...definition.slice_math import SliceMasks, plan_slice, slice_extents
from ...graph.node import Tensor, TensorLike
from ...types import dtypes
from ...types.tensor_shape import Dimension, Extents, brackets
from . import index_maps as indexing
from .shape_ops import SHAPE
from .stacking import stack

newaxis = None

_INDICES = (dtypes.int16, dtypes.int32, dtypes.int64)


def slice_masks(attrs: Any) -> SliceMasks:
    """The masks of a StridedSlice operation from its attributes."""
    return SliceMasks(
        attrs["begin_mask"],
        attrs["end_mask"],
        attrs["ellipsis_mask"],
        attrs["new_axis_mask"],
        attrs["shrink_axis_mask"],
    )


def _strided_slice_shape(query: Any) -> Extents:
    first: Any = None
    for position in (1, 2, 3):
        length = vector_length(query.shapes[position])
        try:
            first = merge_extent(first, length, 0)
        except ValueError as error:
            raise ValueError(f"{error}. Shapes are [{first}] and [{length}].") from None
    if query.shapes[0] == ():
        _refuse_scalar(query.attrs)
    begin, end, strides = (query.known_integers(position) for position in (1, 2, 3))
    return slice_extents(query.shapes[0], begin, end, strides, slice_masks(query.attrs))


def _refuse_scalar(attrs: Any) -> None:
    if attrs["shrink_axis_mask"] & ~attrs["new_axis_mask"]:
        raise ValueError("Attempting to slice scalar input.")


def _strided_slice_kernel(
    x: Any,
    begin: Any,
    end: Any,
    strides: Any,
    *,
    begin_mask: int,
    end_mask: int,
    ellipsis_mask: int,
    new_axis_mask: int,
    shrink_axis_mask: int,
) -> Any:
    if not len(begin) == len(end) == len(strides):
        raise ValueError(
            "Expected begin, end, and strides to be 1D equal size tensors, but got shapes "
            f"{brackets(begin.shape)}, {brackets(end.shape)}, and {brackets(strides.shape)} instead."
        )
    masks = SliceMasks(begin_mask, end_mask, ellipsis_mask, new_axis_mask, shrink_axis_mask)
    plan = plan_slice(x.shape, begin.tolist(), end.tolist(), strides.tolist(), masks)
    taken: list[Any] = []
    for dim in plan.dims:
        start, step, count = int(dim.start), int(dim.step), int(dim.count)
        stop = start + step * count
        taken.append(
            start if dim.shrink else slice_of(start, None if stop < 0 else stop, step) if count else slice_of(0, 0, 1)
        )
    key = (*taken, ...)
    placed = (*(None if axis is None else slice_of(None) for axis in plan.axes), ...)
    return x[key][placed]


slice_of = slice  # Python's own; the name is given to the operation below

STRIDED_SLICE = OpDef(
    name="StridedSlice",
    signature="input: T, begin: Index, end: Index, strides: Index -> output: T",
    where={"Index": _INDICES},
    attrs={
        "begin_mask": ("int", 0),
        "end_mask": ("int", 0),
        "ellipsis_mask": ("int", 0),
        "new_axis_mask": ("int", 0),
        "shrink_axis_mask": ("int", 0),
    },
    shape=_strided_slice_shape,
    kernel=_strided_slice_kernel,
    index_map=indexing.STRIDED_SLICE,
)


def strided_slice(
    input_: TensorLike,
    begin: TensorLike,
    end: TensorLike,
    strides: TensorLike | None = None,
    begin_mask: int = 0,
    end_mask: int = 0,
    ellipsis_mask: int = 0,
    new_axis_mask: int = 0,
    shrink_axis_mask: int = 0,
    var: Any = None,
    name: str | None = None,
) -> Tensor:
    """Return the part of a tensor that Python's slices `begin[i]:end[i]:strides[i]` select; `tensor[...]` builds it.

    Args:
      input_: the tensor.
      begin, end, strides: vectors of integers of one length. Default of `strides`: ones.
      begin_mask, end_mask: bit `i` set: entry `i` of `begin` or `end` is ignored, the slice reaches as far as it can.
      ellipsis_mask: bit `i` set: entry `i` stands for `...`; at most one bit.
      new_axis_mask: bit `i` set: entry `i` makes a new dimension of extent 1.
      shrink_axis_mask: bit `i` set: entry `i` is a single index, whose dimension goes away.
      var: the variable that `input_` is the value of, if the slice is to be assigned to.
      name: a name for the operation.
    Raises: ValueError for an index out of range, a stride of 0, or too many indices.
    """
    if strides is None:
        strides = _ones_like(begin)
    result: Tensor = STRIDED_SLICE.build(
        input_,
        begin,
        end,
        strides,
        name=name,
        begin_mask=begin_mask,
        end_mask=end_mask,
        ellipsis_mask=ellipsis_mask,
        new_axis_mask=new_axis_mask,
        shrink_axis_mask=shrink_axis_mask,
    )
    return result


def _ones_like(begin: Any) -> Tensor:
    """Strides of 1, in the operations that `ones_like` makes where the shape is known."""
    from .filling import fill_with

    with name_scope(None, "ones_like", [begin]) as scope:
        tensor = convert_to_tensor(begin, name="tensor")
        lengths = shape_inside(tensor)
        return fill_with(lengths, 1, tensor.dtype.base_dtype, scope)


def shape_inside(value: TensorLike) -> Tensor:
    """The shape of a tensor as composite functions take it: a constant inside the scope `Shape` where it is known."""
    with name_scope(None, "Shape", [value]) as scope:
        tensor = convert_to_tensor(value)
        if tensor.shape.is_fully_defined():
            return constant(np.array(tensor._extents, np.int32), name="shape_as_tensor")
        result: Tensor = SHAPE.build(tensor, name=scope)
        return result


def _slice_shape(query: Any) -> Extents:
    extents: Extents = query.shapes[0]
    lengths = [vector_length(query.shapes[position]) for position in (1, 2)]
    rank = lengths[0] if lengths[0] is not None else lengths[1]
    if extents is not None and rank is not None and len(extents) != rank:
        raise ValueError(f"Shape must be rank {rank} but is rank {len(extents)}")
    if rank is None:
        if extents is None:
            return None
        rank = len(extents)
    begins, sizes = query.integers(1) or [None] * rank, query.integers(2) or [None] * rank
    return tuple(
        _slice_extent(extent, begin, size) for extent, begin, size in zip(with_rank(extents, rank), begins, sizes)
    )


def _slice_extent(extent: Any, begin: Any, size: Any) -> Any:
    """How much `slice` takes of one dimension, as far as it is known."""
    if type(size) is int and size < -1:
        raise ValueError(f"Invalid value in tensor used for shape: {size}")
    if not is_number(size, -1):
        # A block that does not lie inside has no shape: the kernel will say so.
        known = extent is not None and begin is not None and size is not None
        return None if known and (begin < 0 or size < 0 or begin + size > extent) else size
    if extent is None or begin is None:
        return None
    if begin < 0:
        return None
    if not is_number(begin, 0) and begin > extent:
        raise ValueError(f"Negative dimension size caused by subtracting {begin} from {extent}")
    return extent - begin


def _slice_kernel(x: Any, begin: Any, size: Any) -> Any:
    begins = [int(value) for value in begin.tolist()]
    sizes = [int(value) for value in size.tolist()]
    if not len(begins) == len(sizes) == x.ndim:
        raise ValueError(
            f"Expected begin and size arguments to be 1-D tensors of size {x.ndim}, but got shapes "
            f"{brackets(begin.shape)} and {brackets(size.shape)} instead."
        )
    key = []
    for axis, (extent, start, count) in enumerate(zip(x.shape, begins, sizes)):
        if count == -1:
            count = extent - start
        if not 0 <= start <= extent:
            raise ValueError(f"Expected begin[{axis}] in [0, {extent}], but got {start}")
        if not 0 <= count <= extent - start:
            raise ValueError(f"Expected size[{axis}] in [0, {extent - start}], but got {count}")
        key.append(slice_of(start, start + count))
    return x[tuple(key)]


SLICE = OpDef(
    name="Slice",
    signature="input: T, begin: Index, size: Index -> output: T",
    where={"Index": dtypes.INDEX},
    shape=_slice_shape,
    kernel=_slice_kernel,
    index_map=indexing.SLICE,
)


def slice(input_: TensorLike, begin: TensorLike, size: TensorLike, name: str | None = None) -> Tensor:
    """Return a block of a tensor: along dimension `i`, `size[i]` elements from `begin[i]` on.

    Args:
      input_: the tensor.
      begin: a vector of integers, one per dimension.
      size: likewise; -1 takes all that is left.
      name: a name for the operation.
    Raises: InvalidArgumentError when it runs, if the block does not lie inside.

    >>> slice([[1, 2, 3], [4, 5, 6]], [0, 1], [-1, 2]).shape.as_list()
    [2, 2]
    """
    result: Tensor = SLICE.build(input_, begin, size, name=name)
    return result


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
                wide = isinstance(item, Tensor) and item.dtype != dtypes.int32
                self.add(item, item + 1, constant(1, item.dtype.base_dtype) if wide else 1, "shrink_axis")

    def _add_slice(self, item: Any) -> None:
        given = [part for part in (item.start, item.stop, item.step) if part is not None]
        for part in given:
            _check_index(part)
        tensor = next((part for part in given if isinstance(part, Tensor)), None)

        def default(value: int) -> Any:
            # Beside a tensor, a bound that is left out takes its type.
            return value if tensor is None else constant(value, tensor.dtype.base_dtype)

        begin = default(0) if item.start is None else item.start
        end = default(0) if item.stop is None else item.stop
        step = default(1) if item.step is None else item.step
        masks = [name for name, part in (("begin", item.start), ("end", item.stop)) if part is None]
        self.add(begin, end, step, *masks)


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
        from ..indexing.masking import boolean_mask

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
