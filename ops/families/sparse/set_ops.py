"""Sets in the rows of tensors: their sizes, unions, intersections and differences."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from math import prod
from typing import Any, Final, NamedTuple

import numpy as np

from ...building.build import build
from ...building.convert import convert_to_tensor
from ...definition.opdef import NOT_DIFFERENTIABLE, OpDef
from ...definition.shape_checks import check_sparse
from ...definition.shapes import merge_extent
from ...graph.node import Tensor
from ...types import dtypes
from ...types.tensor_shape import Extents
from .rows import coordinates, first_outside, flat_positions, is_ascending
from .sparse_tensor import SparseTensor, SparseTensorValue

_TYPES: Final = (
    dtypes.int8, dtypes.int16, dtypes.int32, dtypes.int64, dtypes.uint8, dtypes.uint16, dtypes.string,
)  # fmt: skip
_ATTRS: Final[dict[str, tuple[Any, ...]]] = {"set_operation": ("string",), "validate_indices": ("bool", True)}
_RESULTS: Final = "result_indices: int64, result_values: T, result_shape: int64"
_SPARSE: Final = "set{0}_indices: int64, set{0}_values: T, set{0}_shape: int64"
_OPERATIONS: Final = {
    b"intersection": lambda a, b: a & b,
    b"union": lambda a, b: a | b,
    b"a-b": lambda a, b: a - b,
    b"b-a": lambda a, b: b - a,
}

Group = tuple[int, ...]


def _dense_sets(x: Any) -> tuple[Group, dict[Group, set[Any]]]:
    """The shape of the groups, and the set of each."""
    if x.ndim < 2:
        raise ValueError(f"Shape must be at least rank 2 but is rank {x.ndim}")
    return x.shape[:-1], {group: set(x[group].tolist()) for group in np.ndindex(x.shape[:-1])}


def _sparse_sets(indices: Any, values: Any, shape: Any, is_checked: bool) -> tuple[Group, dict[Group, set[Any]]]:
    if indices.ndim != 2 or values.ndim != 1 or shape.ndim != 1 or indices.shape != (len(values), len(shape)):
        raise ValueError("Indices, values and shape of a sparse set do not fit each other")
    if len(shape) < 2:
        raise ValueError(f"Shape must be at least rank 2 but is rank {len(shape)}")
    extents = tuple(shape.tolist())
    if is_checked:
        _check_indices(indices, extents)
    groups: dict[Group, set[Any]] = {}
    for place, value in zip(map(tuple, indices[:, :-1].tolist()), values.tolist()):
        groups.setdefault(place, set()).add(value)
    return extents[:-1], groups


def _check_indices(indices: Any, extents: Group) -> None:
    rows = list(map(tuple, indices.tolist()))
    for number, row in enumerate(rows):
        if any(not 0 <= place < extent for place, extent in zip(row, extents)):
            raise ValueError(f"indices[{number}] = {list(row)} is out of bounds: need 0 <= index < {list(extents)}")
        if number and row <= rows[number - 1]:
            what = "repeated" if row == rows[number - 1] else "out of order. Many sparse ops require sorted indices"
            raise ValueError(f"indices[{number}] = {list(row)} is {what}.")


def _combined(first: Any, second: Any, set_operation: bytes, dtype: Any) -> tuple[Any, Any, Any]:
    """The sets of each group, sorted, as the parts of a sparse tensor."""
    (shape, ones), (other, twos) = first, second
    if shape != other:
        raise ValueError(f"Mismatched group shapes: {list(shape)} and {list(other)}")
    operation = _OPERATIONS.get(set_operation.lower())
    if operation is None:
        raise ValueError(f"Invalid set_operation {set_operation.decode(errors='replace')}.")
    indices: list[Group] = []
    values: list[Any] = []
    longest = 0
    for group in sorted(ones.keys() | twos.keys()):
        found = sorted(operation(ones.get(group, set()), twos.get(group, set())))
        indices += [(*group, place) for place in range(len(found))]
        values += found
        longest = max(longest, len(found))
    places = np.array(indices, np.int64).reshape(len(indices), len(shape) + 1)
    return places, _vector(values, dtype), np.array((*shape, longest), np.int64)


def _vector(values: list[Any], dtype: Any) -> Any:
    result = np.empty(len(values), dtype)
    result[:] = values
    return result


# Of numbers in order, each once, twice the key and 1 for those of the second set: which ones are kept.
_OF_TAGGED: Final[dict[bytes, Callable[[Any], Any]]] = {
    b"intersection": lambda tagged: (tagged[:-1] | 1) == tagged[1:],
    b"union": lambda tagged: np.append((tagged[:-1] | 1) != (tagged[1:] | 1), True),
    b"a-b": lambda tagged: (tagged & 1 == 0) & (tagged + 1 != np.append(tagged[1:], -1)),
    b"b-a": lambda tagged: (tagged & 1 == 1) & (tagged - 1 != np.append(-1, tagged[:-1])),
}


def _distinct(keys: Any) -> Any:
    """Each number once, in order; `np.unique` hashes them, which takes ten times as long."""
    ordered = np.sort(keys, axis=None)
    new = np.ones(len(ordered), bool)
    np.not_equal(ordered[1:], ordered[:-1], out=new[1:])
    return ordered[new]


class _Members(NamedTuple):
    """Sets of integers as lists: the shape of the groups, each element's group as a number, its value."""

    groups: Group
    places: Any
    values: Any


def _dense_members(x: Any) -> _Members | None:
    """The elements of dense sets; None for other types than integers."""
    if x.ndim < 2 or x.dtype.kind not in "iu":
        return None
    count = prod(x.shape[:-1])
    return _Members(x.shape[:-1], np.repeat(np.arange(count), x.shape[-1]), x.reshape(-1))


def _sparse_members(indices: Any, values: Any, shape: Any, is_checked: bool) -> _Members | None:
    """The elements of sparse sets; None for other types than integers, and if anything is wrong with them."""
    if values.ndim != 1 or values.dtype.kind not in "iu" or shape.ndim != 1 or len(shape) < 2:
        return None
    if indices.shape != (len(values), len(shape)):
        return None
    *groups, _ = extents = tuple(shape.tolist())
    if min(extents) < 0 or prod(groups) >= 1 << 62:
        return None
    if is_checked and not (first_outside(indices, extents) is None and is_ascending(indices)):
        return None
    if first_outside(indices[:, :-1], groups) is not None:
        return None
    return _Members(tuple(groups), flat_positions(indices[:, :-1], groups), values)


def _keys(members: Sequence[_Members]) -> tuple[Sequence[Any], int, int] | None:
    """For each element of some sets a number: its group, and in the lowest bits its value above the lowest one.

    Returns: those of each, the lowest value, the count of bits; None if they do not fit into 62.
    """
    low = min(int(some.values.min()) for some in members)
    high = max(int(some.values.max()) for some in members)
    bits = (high - low).bit_length()
    if prod(members[0].groups) << bits >= 1 << 61 or abs(low) >= 1 << 61 or high >= 1 << 61:
        return None
    return [some.places << bits | (some.values.astype(np.int64) - low) for some in members], low, bits


def _of_integers(first: _Members | None, second: _Members | None, set_operation: bytes) -> tuple[Any, Any, Any] | None:
    """`_combined` without a loop; None where that does not serve: for other types, no elements, groups that differ."""
    operation = _OF_TAGGED.get(set_operation.lower())
    if first is None or second is None or operation is None or first.groups != second.groups:
        return None
    keys = _keys([first, second]) if first.values.size and second.values.size else None
    if keys is None:
        return None
    (ones, twos), low, bits = keys
    tagged = _distinct(np.concatenate([ones << 1, twos << 1 | 1]))
    found = np.compress(operation(tagged), tagged) >> 1
    rows, values, groups = found >> bits, found & ((1 << bits) - 1), first.groups
    starts = np.flatnonzero(np.diff(rows, prepend=-1))
    sizes = np.diff(starts, append=len(rows))
    indices = np.empty((len(found), len(groups) + 1), np.int64)
    indices[:, :-1] = rows[:, None] if len(groups) == 1 else coordinates(rows, groups)
    indices[:, -1] = np.arange(len(found)) - np.repeat(starts, sizes)
    return indices, (values + low).astype(first.values.dtype), np.array((*groups, sizes.max(initial=0)), np.int64)


def _dense_kernel(set1: Any, set2: Any, *, set_operation: bytes) -> Any:
    found = _of_integers(_dense_members(set1), _dense_members(set2), set_operation)
    if found is not None:
        return found
    return _combined(_dense_sets(set1), _dense_sets(set2), set_operation, set1.dtype)


def _mixed_kernel(
    set1: Any, set2_indices: Any, set2_values: Any, set2_shape: Any, *, set_operation: bytes, validate_indices: bool
) -> Any:
    parts = set2_indices, set2_values, set2_shape, validate_indices
    found = _of_integers(_dense_members(set1), _sparse_members(*parts), set_operation)
    if found is not None:
        return found
    return _combined(_dense_sets(set1), _sparse_sets(*parts), set_operation, set1.dtype)


def _sparse_kernel(
    set1_indices: Any, set1_values: Any, set1_shape: Any, set2_indices: Any, set2_values: Any, set2_shape: Any, *,
    set_operation: bytes, validate_indices: bool,
) -> Any:  # fmt: skip
    first = set1_indices, set1_values, set1_shape, validate_indices
    second = set2_indices, set2_values, set2_shape, validate_indices
    found = _of_integers(_sparse_members(*first), _sparse_members(*second), set_operation)
    if found is not None:
        return found
    return _combined(_sparse_sets(*first), _sparse_sets(*second), set_operation, set1_values.dtype)


def _results(rank: Any) -> list[Extents]:
    return [(None, rank), (None,), (rank,)]


def _rank_of(extents: Extents) -> int | None:
    """The rank of a dense set. Raises: ValueError if it is known to have no groups."""
    if extents is None:
        return None
    if len(extents) < 2:
        raise ValueError(f"Shape must be at least rank 2 but is rank {len(extents)}")
    return len(extents)


def _dense_shape(query: Any) -> list[Extents]:
    first, second = query.shapes
    ranks = [rank for rank in (_rank_of(first), _rank_of(second)) if rank is not None]
    if len(set(ranks)) > 1:
        raise ValueError(f"Shape must be rank {ranks[0]} but is rank {ranks[1]}")
    if first is not None and second is not None:
        for axis, (one, two) in enumerate(zip(first[:-1], second[:-1])):
            if type(one) is int and type(two) is int and one != two:
                raise ValueError(f"Dimension {axis} in both shapes must be equal, but are {one} and {two}")
    return _results(ranks[0] if ranks else None)


def _mixed_shape(query: Any) -> list[Extents]:
    rank = _rank_of(query.shapes[0])
    _, other = check_sparse(*query.shapes[1:4])
    if rank is not None and other is not None and rank != other:
        raise ValueError(f"Dimension must be {rank} but is {other}")
    return _results(other if rank is None else rank)


def _sparse_shape(query: Any) -> list[Extents]:
    _, rank = check_sparse(*query.shapes[:3])
    _, other = check_sparse(*query.shapes[3:6])
    return _results(merge_extent(rank, other))


DENSE_TO_DENSE = OpDef(
    name="DenseToDenseSetOperation",
    signature=f"set1: T, set2: T -> {_RESULTS}",
    where={"T": _TYPES},
    attrs=_ATTRS,
    shape=_dense_shape,
    kernel=_dense_kernel,
    gradient=NOT_DIFFERENTIABLE,
)

DENSE_TO_SPARSE = OpDef(
    name="DenseToSparseSetOperation",
    signature=f"set1: T, {_SPARSE.format(2)} -> {_RESULTS}",
    where={"T": _TYPES},
    attrs=_ATTRS,
    shape=_mixed_shape,
    kernel=_mixed_kernel,
    gradient=NOT_DIFFERENTIABLE,
)

SPARSE_TO_SPARSE = OpDef(
    name="SparseToSparseSetOperation",
    signature=f"{_SPARSE.format(1)}, {_SPARSE.format(2)} -> {_RESULTS}",
    where={"T": _TYPES},
    attrs=_ATTRS,
    shape=_sparse_shape,
    kernel=_sparse_kernel,
    gradient=NOT_DIFFERENTIABLE,
)


def _sizes(members: _Members) -> Any:
    """How many different elements each group has; None where `_keys` are none."""
    keys = _keys([members]) if members.values.size else None
    if keys is None:
        return None
    ((own,), _, bits) = keys
    sizes = np.bincount(_distinct(own) >> bits, minlength=prod(members.groups))
    return sizes.reshape(members.groups).astype(np.int32)


def _size_kernel(set_indices: Any, set_values: Any, set_shape: Any, *, validate_indices: bool) -> Any:
    members = _sparse_members(set_indices, set_values, set_shape, validate_indices)
    sizes = None if members is None else _sizes(members)
    if sizes is not None:
        return sizes
    shape, groups = _sparse_sets(set_indices, set_values, set_shape, validate_indices)
    result = np.zeros(shape, np.int32)
    for group, found in groups.items():
        result[group] = len(found)
    return result


SET_SIZE = OpDef(
    name="SetSize",
    signature="set_indices: int64, set_values: T, set_shape: int64 -> size: int32",
    where={"T": _TYPES},
    attrs={"validate_indices": ("bool", True)},
    kernel=_size_kernel,
    gradient=NOT_DIFFERENTIABLE,
)


def size(a: Any, validate_indices: bool = True) -> Tensor:
    """Return how many different elements each row of a SparseTensor has.

    Args:
      a: the SparseTensor, its elements in order.
      validate_indices: whether the order is checked.
    Returns: int32, of the shape of `a` without its last dimension.
    Raises: TypeError if `a` is no SparseTensor.
    """
    sparse = _as_set(a)
    if not isinstance(sparse, SparseTensor):
        raise TypeError(f"Expected `SparseTensor`, got {sparse}.")
    if sparse.values.dtype.base_dtype not in _TYPES:
        raise TypeError(f"Invalid dtype {sparse.values.dtype}.")
    result: Tensor = build(
        SET_SIZE, sparse.indices, sparse.values, sparse.dense_shape, validate_indices=validate_indices
    )
    return result


def intersection(a: Any, b: Any, validate_indices: bool = True) -> SparseTensor:
    """Return what the rows of `a` and `b` have in common, sorted.

    Args:
      a, b: integers or strings, Tensors or SparseTensors of one shape but for the last dimension.
      validate_indices: whether the order of sparse elements is checked.
    Raises: TypeError for other types, or different ones.
    """
    return _operation(a, b, "intersection", validate_indices)


def difference(a: Any, b: Any, aminusb: bool = True, validate_indices: bool = True) -> SparseTensor:
    """Return what the rows of `a` have and those of `b` have not, sorted; if not `aminusb` the other way round."""
    return _operation(a, b, "a-b" if aminusb else "b-a", validate_indices)


def union(a: Any, b: Any, validate_indices: bool = True) -> SparseTensor:
    """Return what the rows of `a` or `b` have, sorted. Arguments as in `intersection`."""
    return _operation(a, b, "union", validate_indices)


def _as_set(x: Any) -> Any:
    if isinstance(x, SparseTensor):
        return x
    if isinstance(x, SparseTensorValue):
        return SparseTensor(*x)
    return convert_to_tensor(x)


def _operation(a: Any, b: Any, operation: str, validate_indices: bool) -> SparseTensor:
    first, second = _as_set(a), _as_set(b)
    if first.dtype.base_dtype is not second.dtype.base_dtype:
        raise TypeError(f"Types don't match, {first.dtype} vs {second.dtype}.")
    if first.dtype.base_dtype not in _TYPES:
        raise TypeError(f"'a' invalid dtype {first.dtype}.")
    if isinstance(first, SparseTensor) and not isinstance(second, SparseTensor):  # there is no such operation type
        swapped = {"a-b": "b-a", "b-a": "a-b"}.get(operation, operation)
        return _operation(second, first, swapped, validate_indices)
    op_def, inputs = DENSE_TO_DENSE, [first, second]
    if isinstance(first, SparseTensor):
        op_def = SPARSE_TO_SPARSE
        inputs = [first.indices, first.values, first.dense_shape, second.indices, second.values, second.dense_shape]
    elif isinstance(second, SparseTensor):
        op_def, inputs = DENSE_TO_SPARSE, [first, second.indices, second.values, second.dense_shape]
    found = build(op_def, *inputs, set_operation=operation, validate_indices=validate_indices)
    return SparseTensor(*found)
