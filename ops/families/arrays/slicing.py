"""Slices: `tensor[...]` as Python writes it, `strided_slice` and `slice`."""

from __future__ import annotations

from contextlib import suppress
from typing import Any

import numpy as np

from ...building.build import build
from ...building.constant import constant
from ...building.convert import convert_to_tensor
from ...building.default_graph import name_scope
from ...definition.extent_math import is_number, vector_length
from ...definition.opdef import OpDef
from ...definition.shapes import merge_extent, with_rank
from ...definition.slice_math import SliceMasks, plan_slice, slice_extents
from ...graph.node import Tensor, TensorLike
from ...types import dtypes
from ...types.tensor_shape import Extents, brackets
from . import array_gradients as gradients
from . import index_maps as indexing
from .shape_ops import SHAPE

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
    ellipses = query.attrs["ellipsis_mask"]
    if type(first) is int and (ellipses & 0xFFFFFFFF).bit_count() > 1:
        raise ValueError("Multiple ellipses in slice spec not allowed")
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
    is_plain = x.dtype != object and begin.ndim == end.ndim == strides.ndim == 1
    if is_plain and begin.dtype.kind == end.dtype.kind == strides.dtype.kind == "i":
        key = _python_key(begin.tolist(), end.tolist(), strides.tolist(), masks)
        if key is not None and len(strides) <= x.ndim:
            with suppress(IndexError):  # what is wrong is said below
                return x[key]
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


def slice_by_indices(build: Any, attrs: Any, x: Any, begin: Any, end: Any, strides: Any) -> Any:
    """The expansion of a `StridedSlice` with indices that are data: these, and a slice of what is left between
    constants; see `../indexing/items.py`."""
    masks, steps = slice_masks(attrs), build.known(strides)
    taken = [entry for entry in range(32) if masks.shrink & ~(masks.new_axis | masks.ellipsis) & 1 << entry]
    if not taken or steps is None or build.known(begin) is not None or (steps < 1).any():
        return None
    axes = _axes_of(taken, masks, len(steps), x.extents)
    if axes is None or begin.dtype not in dtypes.INDEX or begin.extents != (len(steps),):
        return None
    rest = _rest(build, masks, (begin, end, steps), taken)
    if rest is None:
        return None
    if axes == list(range(len(taken))) and taken[-1] - taken[0] == len(taken) - 1:
        x = build("_ItemAt", x, _entries(build, begin, taken[0], taken[-1] + 1), axis=0)
    else:
        for entry, axis in zip(reversed(taken), reversed(axes)):
            x = build("_ItemAt", x, _entries(build, begin, entry, entry + 1), axis=axis)
    bounds, kept = rest
    return build("StridedSlice", x, *map(build.constant, bounds), **kept) if bounds[0].size else x


def _axes_of(taken: list[int], masks: SliceMasks, count: int, extents: Any) -> list[int] | None:
    """The axis of each of these entries; None if that hangs on a rank that is not known."""
    ordinary = [entry for entry in range(count) if not (masks.new_axis | masks.ellipsis) >> entry & 1]
    axes = []
    for entry in taken:
        axis = ordinary.index(entry)
        if masks.ellipsis & ((1 << entry) - 1):
            if extents is None:
                return None
            axis += len(extents) - len(ordinary)
        axes.append(axis)
    return axes


def _rest(build: Any, masks: SliceMasks, bounds: Any, taken: list[int]) -> tuple[list[Any], dict[str, int]] | None:
    """Constant bounds of the entries that are not taken, and their masks; None if they are none. If all are whole axes
    there are no entries."""
    begin, end, steps = bounds
    kept = [entry for entry in range(len(steps)) if entry not in taken]
    names = {"begin_mask": masks.begin, "end_mask": masks.end, "ellipsis_mask": masks.ellipsis}
    names["new_axis_mask"] = masks.new_axis
    rows = []
    for entry in kept:
        free = masks.new_axis | masks.ellipsis
        first = 0 if (free | masks.begin) >> entry & 1 else _number_at(build, begin, entry)
        last = 0 if (free | masks.end) >> entry & 1 else _number_at(build, end, entry)
        if first is None or last is None:
            return None
        rows.append((first, last, int(steps[entry])))
    whole = masks.begin & masks.end & ~masks.new_axis | masks.ellipsis
    if all(whole >> entry & 1 and steps[entry] == 1 for entry in kept):
        rows, kept = [], []
    moved = {
        name: sum((bits >> entry & 1) << place for place, entry in enumerate(kept)) for name, bits in names.items()
    }
    columns = np.array(rows, np.int64).reshape(-1, 3).T
    return [np.ascontiguousarray(column) for column in columns], moved


def _number_at(build: Any, vector: Any, entry: int) -> int | None:
    """A number of a vector; None if it is data."""
    known, maker = build.known(vector), build.maker(vector)
    if known is None and maker is not None and maker.op_def.name == "Pack" and not maker.inputs[0].extents:
        value = build.known(maker.inputs[entry])
        return None if value is None else int(value)
    return None if known is None else int(known[entry])


def _entries(build: Any, vector: Any, start: int, stop: int) -> Any:
    """A part of a vector."""
    if vector.extents == (stop - start,):
        return vector
    bounds = [build.constant(np.array([number], np.int32)) for number in (start, stop, 1)]
    part = build("StridedSlice", vector, *bounds)
    part.extents = (stop - start,)
    return part


slice_of = slice  # Python's own; the name is given to the operation below


def _python_key(begin: list[int], end: list[int], strides: list[int], masks: SliceMasks) -> tuple[Any, ...] | None:
    """What Python writes in brackets for a slice without an ellipsis; None if it means something else by that."""
    if masks.ellipsis or min(strides, default=1) < 1:
        return None
    key: list[Any] = []
    for entry, (first, last, step) in enumerate(zip(begin, end, strides)):
        bit = 1 << entry
        if masks.new_axis & bit:
            key.append(None)
        elif masks.shrink & bit:
            key.append(first)
        else:
            key.append(slice_of(None if masks.begin & bit else first, None if masks.end & bit else last, step))
    return (*key, ...)


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
    expansion=slice_by_indices,
    computes_extents=True,
    gradient=gradients.strided_slice,
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
    result: Tensor = build(
        STRIDED_SLICE,
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
    if var is not None:
        result.assign = _slice_assigner(var, result.op)  # type: ignore[attr-defined]
    return result


def _slice_assigner(var: Any, op: Any) -> Any:
    """The function that assigns to what a slice of a variable selects."""

    def assign(val: Any, name: str | None = None) -> Any:
        masks = {mask: bits for mask, bits in op.attrs.items() if mask.endswith("_mask")}
        return var._strided_slice_assign(*op.inputs[1:], val, name or f"{op.name}/_assign", masks)

    return assign


def _ones_like(begin: Any) -> Tensor:
    """Strides of 1, in the operations that `ones_like` makes where the shape is known."""
    from .filling import fill_with

    with name_scope(None, "ones_like", [begin]) as scope:
        tensor = convert_to_tensor(begin, name="tensor")
        lengths = shape_inside(tensor)
        return fill_with(lengths, 1, tensor.dtype.base_dtype, scope)


def shape_inside(value: TensorLike) -> Tensor:
    """The shape of a tensor as composite functions take it: a constant `Shape` where it is known."""
    with name_scope(None, "Shape", [value]) as scope:
        tensor = convert_to_tensor(value)
        if tensor.shape.is_fully_defined():
            return constant(np.array(tensor._extents, np.int32), name=scope)
        result: Tensor = build(SHAPE, tensor, name=scope)
        return result


def _slice_shape(query: Any) -> Extents:
    extents: Extents = query.shapes[0]
    lengths = [vector_length(query.shapes[position]) for position in (1, 2)]
    rank = merge_extent(lengths[0], lengths[1], 0)
    if extents is not None and rank is not None and len(extents) != rank:
        raise ValueError(f"Shape must be rank {rank} but is rank {len(extents)}")
    if rank is None:
        if extents is None:
            return None
        rank = len(extents)
    begins, sizes = query.integers(1) or [None] * rank, query.integers(2) or [None] * rank
    parts = zip(with_rank(extents, rank), begins, sizes)
    return tuple(_slice_extent(extent, begin, size, query.is_building) for extent, begin, size in parts)


def _slice_extent(extent: Any, begin: Any, size: Any, is_built: bool) -> Any:
    """How much `slice` takes of one dimension, as far as it is known."""
    for value in (begin, size):
        if type(value) is int and value < -1:
            raise ValueError(f"Invalid value in tensor used for shape: {value}")
    if not is_number(size, -1):
        # A block that does not lie inside has no shape in a step: the kernel will say so.
        known = not is_built and extent is not None and begin is not None and size is not None
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
    computes_extents=True,
    gradient=gradients.slice_,
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
    result: Tensor = build(SLICE, input_, begin, size, name=name)
    return result
