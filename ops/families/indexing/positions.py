"""Operations about positions: where, one_hot, unique, invert_permutation, setdiff1d, unravel_index."""

from __future__ import annotations

from typing import Any, Final

import numpy as np

from ...building.apply import apply
from ...building.build import build
from ...building.convert import convert_to_tensor
from ...building.default_graph import name_scope
from ...definition.extent_math import require_rank, vector_length
from ...definition.opdef import NOT_DIFFERENTIABLE, OpDef
from ...graph.node import Tensor, TensorLike
from ...types import dtypes
from ...types.tensor_shape import Extents
from ..arrays import index_maps as indexing
from ..elementwise.select import SELECT, SELECT_V2


def _where_kernel(condition: Any) -> Any:
    if condition.ndim == 0:
        raise ValueError("WhereOp: Unhandled input dimensions: 0")
    if condition.dtype == object:
        condition = condition != b""
    return condition.nonzero()[0][:, None] if condition.ndim == 1 else np.argwhere(condition)


WHERE = OpDef(
    name="Where",
    signature="input: T -> index: int64",
    where={"T": (*dtypes.NUMERIC, dtypes.bool_)},
    attrs={"T": ("type", dtypes.bool_)},
    shape=lambda q: (None, None if q.shapes[0] is None else len(q.shapes[0])),
    kernel=_where_kernel,
    gradient=NOT_DIFFERENTIABLE,
    routine=("where",),
)


def where_indices(condition: TensorLike, name: str | None = None) -> Tensor:
    """Return where `condition` is true (or not 0): a row of int64 indices per place, in the order of the elements.

    >>> where_indices([[True, False], [False, True]]).shape.as_list()
    [None, 2]
    """
    with name_scope(name, "Where", [condition]) as scope:
        tensor = convert_to_tensor(condition, dtype_hint=dtypes.bool_, name="condition")
        result: Tensor = build(WHERE, tensor, name=scope)
        return result


def _one_hot_axis(axis: int, rank: int) -> int:
    if not -1 <= axis <= rank:
        raise ValueError(f"Expected axis to be -1 or between [0, {rank}].  But received: {axis}")
    return rank if axis == -1 else axis


def _one_hot_shape(query: Any) -> Extents:
    for position in (1,) if query.is_building else (1, 2, 3):
        require_rank(query.shapes[position], 0)
    depth = (query.integers(1) or [None])[0]
    if depth is not None and depth < 0:
        raise ValueError(f"Dimension size, given by scalar input 1, must be non-negative but is {depth}")
    extents: Extents = query.shapes[0]
    if extents is None:
        return None
    axis = query.attrs["axis"]
    if axis < -1:
        raise ValueError(f"axis must be >= -1: {axis}")
    axis = len(extents) if axis == -1 else min(axis, len(extents))
    return (*extents[:axis], depth, *extents[axis:])


def _one_hot_kernel(indices: Any, depth: Any, on_value: Any, off_value: Any, *, axis: int) -> Any:
    axis = _one_hot_axis(axis, indices.ndim)
    count = int(depth)
    if count < 0:
        raise ValueError(f"depth must be non-negative, got: {count}")
    flat = indices.reshape(-1)
    result = np.empty((flat.size, count), on_value.dtype)
    result.fill(off_value[()])
    places = np.flatnonzero((flat >= 0) & (flat < count))
    result[places, flat[places]] = on_value[()]
    return np.moveaxis(result.reshape(*indices.shape, count), -1, axis)


ONE_HOT = OpDef(
    name="OneHot",
    signature="indices: TI, depth: int32, on_value: T, off_value: T -> output: T",
    where={"TI": (dtypes.uint8, dtypes.int8, dtypes.int32, dtypes.int64)},
    attrs={"axis": ("int", -1), "TI": ("type", dtypes.int64)},
    shape=_one_hot_shape,
    kernel=_one_hot_kernel,
    index_map=indexing.ONE_HOT,
    gradient=NOT_DIFFERENTIABLE,
)


def one_hot(
    indices: TensorLike,
    depth: TensorLike,
    on_value: TensorLike | None = None,
    off_value: TensorLike | None = None,
    axis: int | None = None,
    dtype: Any = None,
    name: str | None = None,
) -> Tensor:
    """Return, for each index, a vector of `depth` elements that are `off_value` but for `on_value` at the index.

    Args:
      indices: integers of any shape; one out of range gives a vector of `off_value` alone.
      depth: how long the vectors are, a scalar.
      on_value, off_value: scalars. Defaults: 1 and 0.
      axis: which dimension of the result the vectors run along. Default: the last.
      dtype: the type of the result. Default: that of the values given, else float32.
      name: a name for the operation.
    Raises: TypeError if the types of the values and `dtype` do not agree.

    >>> one_hot([0, 2], 3).shape.as_list()
    [2, 3]
    """
    with name_scope(name, "one_hot", [indices, depth, on_value, off_value, axis, dtype]) as scope:
        wanted = None if dtype is None else dtypes.as_dtype(dtype).base_dtype
        on = None if on_value is None else convert_to_tensor(on_value, dtype_hint=wanted)
        off = None if off_value is None else convert_to_tensor(off_value, dtype_hint=wanted)
        for role, value in (("on_value", on), ("off_value", off)):
            if value is None:
                continue
            if wanted is not None and dtype is not None and value.dtype.base_dtype != wanted:
                raise TypeError(f"dtype {value.dtype.base_dtype} of {role} does not match dtype parameter {wanted}")
        if wanted is None:
            given = on if on is not None else off
            wanted = dtypes.float32 if given is None else given.dtype.base_dtype
        on = convert_to_tensor(1, wanted, name="on_value") if on is None else on
        off = convert_to_tensor(0, wanted, name="off_value") if off is None else off
        if on.dtype.base_dtype != off.dtype.base_dtype:
            raise TypeError(
                f"dtype {on.dtype.base_dtype} of on_value does not match dtype {off.dtype.base_dtype} of off_value"
            )
        # What is no tensor becomes one once more behind the depth, as in TensorFlow 1.15: seeds count operations.
        values: list[Any] = [
            tensor if given is None or isinstance(given, Tensor) else np.asarray(given, wanted.np_dtype)
            for given, tensor in ((on_value, on), (off_value, off))
        ]
        result: Tensor = build(ONE_HOT, indices, depth, *values, name=scope, axis=-1 if axis is None else axis)
        return result


_FEW: Final = 256  # numbers that a dictionary tells apart in less time than sorting them takes


def _distinct(x: Any) -> tuple[Any, Any, Any]:
    """The distinct elements in the order of their first appearance, where each element is among them, how often."""
    if x.size <= _FEW and x.dtype.kind in "iub":
        places: dict[int, int] = {}
        among = np.array([places.setdefault(item, len(places)) for item in x.tolist()], np.int64)
        return np.array(list(places), x.dtype), among, np.bincount(among, minlength=len(places))
    short = x.dtype.kind == "V"  # bfloat16: sorted as float32
    values = x.astype(np.float32) if short else x
    _, first, inverse, counts = (
        np.unique(values, return_index=True, return_inverse=True, return_counts=True, equal_nan=False)
        if x.dtype != object
        else _distinct_objects(x)
    )
    order = np.argsort(first, kind="stable")
    rank = np.empty(len(order), np.int64)
    rank[order] = np.arange(len(order))
    return x[first[order]], rank[inverse.reshape(-1)], counts[order]


def _distinct_objects(x: Any) -> tuple[None, Any, Any, Any]:
    places: dict[bytes, int] = {}
    first: list[int] = []
    inverse = np.empty(len(x), np.int64)
    for position, item in enumerate(x.tolist()):
        place = places.setdefault(item, len(places))
        if place == len(first):
            first.append(position)
        inverse[position] = place
    return None, np.array(first, np.int64), inverse, np.bincount(inverse, minlength=len(first))


def _unique_kernel(x: Any, *, out_idx: Any) -> Any:
    values, places, _ = _distinct(x)
    return values, places.astype(out_idx.np_dtype)


def _unique_with_counts_kernel(x: Any, *, out_idx: Any) -> Any:
    values, places, counts = _distinct(x)
    return values, places.astype(out_idx.np_dtype), counts.astype(out_idx.np_dtype)


UNIQUE = OpDef(
    name="Unique",
    signature="x: T -> y: T, idx: out_idx",
    where={"out_idx": dtypes.INDEX},
    attrs={"out_idx": ("type", dtypes.int32)},
    shape=lambda q: [(None,), (vector_length(q.shapes[0]),)],
    kernel=_unique_kernel,
    routine=("unique",),
)

UNIQUE_WITH_COUNTS = OpDef(
    name="UniqueWithCounts",
    signature="x: T -> y: T, idx: out_idx, count: out_idx",
    where={"out_idx": dtypes.INDEX},
    attrs={"out_idx": ("type", dtypes.int32)},
    shape=lambda q: [(None,), (vector_length(q.shapes[0]),), (None,)],
    kernel=_unique_with_counts_kernel,
    routine=("unique",),
)


def unique(x: TensorLike, out_idx: Any = dtypes.int32, name: str | None = None) -> Any:
    """Return the distinct elements of a vector, in the order in which they first appear, and where each element went.

    Args:
      x: a vector.
      out_idx: int32 or int64, the type of the positions.
      name: a name for the operation.
    Returns: a named tuple `(y, idx)` with `x[i] == y[idx[i]]`.
    """
    from collections import namedtuple

    return namedtuple("Unique", ("y", "idx"))(*build(UNIQUE, x, name=name, out_idx=out_idx))


def unique_with_counts(x: TensorLike, out_idx: Any = dtypes.int32, name: str | None = None) -> Any:
    """Like `unique`, with how often each element appears: a named tuple `(y, idx, count)`."""
    from collections import namedtuple

    outputs = build(UNIQUE_WITH_COUNTS, x, name=name, out_idx=out_idx)
    return namedtuple("UniqueWithCounts", ("y", "idx", "count"))(*outputs)


def _invert_permutation_kernel(x: Any) -> Any:
    if len(x) and (x.min() < 0 or x.max() >= len(x)):
        outside = int(((x < 0) | (x >= len(x))).argmax())
        _check_distinct(x[:outside])  # of two faults the first is told
        raise ValueError(f"{x[outside]} is not between 0 and {len(x)}")
    result = np.full(len(x), -1, x.dtype)
    result[x] = np.arange(len(x), dtype=x.dtype)
    if len(x) and result.min() < 0:
        _check_distinct(x)
    return result


def _check_distinct(x: Any) -> None:
    """Raises: ValueError that names the first element of a vector that was there before."""
    order = np.argsort(x, kind="stable")
    again = order[1:][x[order[1:]] == x[order[:-1]]]
    if len(again):
        raise ValueError(f"{x[again.min()]} is duplicated in the input.")


INVERT_PERMUTATION = OpDef(
    name="InvertPermutation",
    signature="x: T -> y: T",
    where={"T": dtypes.INDEX},
    attrs={"T": ("type", dtypes.int32)},
    shape=lambda q: (vector_length(q.shapes[0]),),
    kernel=_invert_permutation_kernel,
    routine=("invert permutation",),
    gradient=NOT_DIFFERENTIABLE,
)


def invert_permutation(x: TensorLike, name: str | None = None) -> Tensor:
    """Return the inverse of the permutation `x`: `y[x[i]] == i`.

    Raises: InvalidArgumentError when it runs, if `x` is no permutation.
    """
    result: Tensor = build(INVERT_PERMUTATION, x, name=name)
    return result


def _list_diff_kernel(x: Any, y: Any, *, out_idx: Any) -> Any:
    if x.dtype.kind in "biuf":
        keep = np.isin(x, y, invert=True)  # no NaN equals another
    else:
        known = set(y.tolist())
        keep = np.array([item not in known for item in x.tolist()], bool)
    return x[keep], np.nonzero(keep)[0].astype(out_idx.np_dtype)


def _list_diff_shape(query: Any) -> list[Extents]:
    for shape in query.shapes:
        require_rank(shape, 1)
    return [(None,), (None,)]


LIST_DIFF = OpDef(
    name="ListDiff",
    signature="x: T, y: T -> out: T, idx: out_idx",
    where={"out_idx": dtypes.INDEX},
    attrs={"out_idx": ("type", dtypes.int32)},
    shape=_list_diff_shape,
    kernel=_list_diff_kernel,
)


def setdiff1d(x: TensorLike, y: TensorLike, index_dtype: Any = dtypes.int32, name: str | None = None) -> Any:
    """Return the elements of the vector `x` that are not in `y`, in order, and where they are: `(out, idx)`."""
    from collections import namedtuple

    return namedtuple("ListDiff", ("out", "idx"))(*build(LIST_DIFF, x, y, name=name, out_idx=index_dtype))


def _unravel_index_shape(query: Any) -> Extents:
    extents: Extents = query.shapes[0]
    count = vector_length(query.shapes[1])
    if extents is None:
        return None
    if not extents:
        return (count,)
    total: Any = 1
    for extent in extents:
        total = None if total is None or extent is None else total * extent
    return (count, total)


def _unravel_index_kernel(indices: Any, dims: Any) -> Any:
    shape = dims.tolist()
    if any(extent == 0 for extent in shape):
        raise ValueError(f"Input dims cannot contain a dim of zero, but dims contains zero: {shape}")
    if indices.size and (indices.min() < 0 or indices.max() >= np.prod(shape, dtype=np.int64)):
        raise ValueError("index is out of bound as with dims")
    parts = np.array(np.unravel_index(indices.reshape(-1), shape)).astype(indices.dtype)
    return parts.reshape(-1) if indices.ndim == 0 else parts


UNRAVEL_INDEX = OpDef(
    name="UnravelIndex",
    signature="indices: Tidx, dims: Tidx -> output: Tidx",
    where={"Tidx": dtypes.INDEX},
    attrs={"Tidx": ("type", dtypes.int32)},
    shape=_unravel_index_shape,
    kernel=_unravel_index_kernel,
    gradient=NOT_DIFFERENTIABLE,
)


def unravel_index(indices: TensorLike, dims: TensorLike, name: str | None = None) -> Tensor:
    """Return the coordinates, one row per dimension, of flat positions in a tensor of shape `dims`.

    Raises: InvalidArgumentError when it runs, for a position out of range.
    """
    result: Tensor = build(UNRAVEL_INDEX, indices, dims, name=name)
    return result


def where(condition: TensorLike, x: Any = None, y: Any = None, name: str | None = None) -> Tensor:
    """Return `x` where `condition` holds and `y` elsewhere; without `x` and `y`, the places where it holds.

    Args:
      condition: bools: a scalar, of the shape of `x`, or a vector that chooses whole rows of `x` and `y`.
      x, y: tensors of one type and shape (no broadcasting, see `where_v2`), or both None.
      name: a name for the operation.
    Returns: a tensor like `x`; without `x`, an int64 matrix with the indices of each True element in a row.
    Raises: ValueError while building if shapes do not fit, or only one of `x` and `y` is given.

    >>> where([True, False], [[1, 2], [3, 4]], [[5, 6], [7, 8]]).shape
    TensorShape([Dimension(2), Dimension(2)])
    """
    return _where(SELECT, condition, x, y, name)


def where_v2(condition: TensorLike, x: Any = None, y: Any = None, name: str | None = None) -> Tensor:
    """Like `where`, but the condition, `x` and `y` broadcast as in NumPy."""
    return _where(SELECT_V2, condition, x, y, name)


def _where(op_def: OpDef, condition: TensorLike, x: Any, y: Any, name: str | None) -> Tensor:
    if (x is None) != (y is None):
        raise ValueError("x and y must both be non-None or both be None.")
    if x is None:
        from .positions import where_indices

        result: Tensor = where_indices(condition, name=name)
        return result
    return apply(op_def, condition, x, y, name=name)
