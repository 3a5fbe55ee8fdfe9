"""Functions of elements: of the innermost values, where operands have the same rows or are spread over them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from ...building.basic_ops import identity
from ...building.convert import convert_to_tensor
from ...building.default_graph import control_dependencies
from ...families.arrays.reshaping import reshape
from ...families.arrays.shape_ops import rank as rank_of
from ...families.arrays.shape_ops import shape as shape_of
from ...families.arrays.stacking import concat, stack
from ...families.debugging.assertions import assert_equal
from ...families.debugging.printing import Assert
from ...families.elementwise.cast import cast
from ...families.elementwise.compare import equal, logical_or, not_equal
from ...families.indexing.batch_gathering import gather_nd
from ...families.reductions.reductions import reduce_all
from ...graph.node import Tensor
from ...types import dtypes
from .ragged_tensor import RaggedTensor, is_ragged, to_ragged_or_tensor
from .rows import coordinates


def map_flat_values(op: Any, *args: Any, **kwargs: Any) -> Any:
    """Return `op` of the innermost values of ragged arguments, in their rows.

    Args:
      op: a function whose result has as many rows as its arguments.
      args, kwargs: its arguments; RaggedTensors among them, also in lists, have the same rows.
    Raises: ValueError for other numbers of ragged dimensions. InvalidArgumentError when run for other rows.
    """
    found: list[RaggedTensor] = []

    def inner(value: Any) -> Any:
        if isinstance(value, (list, tuple)):
            return [inner(item) for item in value]
        if not is_ragged(value):
            return value
        found.append(to_ragged_or_tensor(value))
        return found[-1].flat_values

    flat, named = [inner(value) for value in args], {key: inner(value) for key, value in kwargs.items()}
    if not found:
        return op(*flat, **named)
    first, checks = found[0], []
    for other in found[1:]:
        checks += _alike(first, other)
    with control_dependencies(checks):
        result = op(*flat, **named)
        if checks:
            result = identity(result)
    return _with_rows(first, result)


def _with_rows(first: RaggedTensor, result: Any) -> RaggedTensor:
    if first.flat_values.shape.ndims and result.shape.ndims:
        first.flat_values.shape[:1].assert_is_compatible_with(result.shape[:1])
    return first.with_flat_values(result)


def _alike(first: RaggedTensor, other: RaggedTensor) -> list[Any]:
    """Assertions that two have the same rows. Raises: ValueError for other numbers of ragged dimensions."""
    if first.ragged_rank != other.ragged_rank:
        raise ValueError("All ragged inputs must have the same ragged_rank.")
    pairs = zip(first.nested_row_splits, other.nested_row_splits)
    return [_same(a, b) for a, b in pairs if a is not b]


def _same(first: Tensor, other: Tensor) -> Any:
    first, other = (cast(part, dtypes.int64) for part in (first, other))
    return assert_equal(first, other, message="Inputs must have identical ragged splits")


def elementwise(function: Callable[..., Any], count: int) -> Callable[..., Any]:
    """A function of elements whose first `count` arguments may be ragged, and are spread over each other's rows."""

    def of_ragged(*args: Any, **kwargs: Any) -> Any:
        names = _names(function)
        given = list(args[:count]) + [kwargs.pop(name) for name in names[len(args) : count] if name in kwargs]
        rest = args[count:]
        if len(given) < 2:
            return map_flat_values(lambda value: function(value, *rest, **kwargs), *given)
        dtype = next(part.dtype for part in given if is_ragged(part))
        parts = [to_ragged_or_tensor(part, None if isinstance(part, Tensor) else dtype) for part in given]
        largest = max((part for part in parts if isinstance(part, RaggedTensor)), key=lambda part: part.ragged_rank)
        spread = [_spread(part, largest) for part in parts]
        return map_flat_values(lambda *values: function(*values, *rest, **kwargs), *spread)

    return of_ragged


def _names(function: Any) -> list[str]:
    code = function.__code__
    return list(code.co_varnames[: code.co_argcount])


def _spread(value: Any, rows: RaggedTensor) -> Any:
    """A dense value as it stands beside ragged rows; scalars and what fits inner dimensions as they are."""
    if isinstance(value, RaggedTensor):
        return value
    rank, whole = value.shape.ndims, rows.shape.ndims
    if rank == 0:
        return value
    if rank is None or whole is None:
        raise ValueError("Unable to broadcast: unknown rank")
    leading = rows.ragged_rank + 1
    if rank <= whole - leading:
        return value
    if rank > whole:
        raise ValueError(f"Unable to broadcast a tensor of rank {rank} to ragged rows of rank {whole}")
    extents = concat([np.ones(whole - rank, np.int64), shape_of(value, out_type=dtypes.int64)], 0)
    value = reshape(value, extents)
    lengths = [rows.nrows(), *(level.row_lengths() for level in rows._levels())]
    fits = [reduce_all(logical_or(equal(extents[axis], 1), equal(extents[axis], cast(length, dtypes.int64))))
            for axis, length in enumerate(lengths)]  # fmt: skip
    said = "Unable to broadcast: dimension size mismatch in dimension"
    checks = [Assert(fit, [said, axis, "lengths=", extents]) for axis, fit in enumerate(fits)]
    places = [cast(place, dtypes.int64) * cast(not_equal(extents[axis], 1), dtypes.int64)
              for axis, place in enumerate(coordinates(rows))]  # fmt: skip
    with control_dependencies(checks):
        found = gather_nd(identity(value), stack(places, axis=1))
    return rows.with_flat_values(found)


def elementwise_of_list(function: Callable[..., Any]) -> Callable[..., Any]:
    """A function of a list of tensors, element by element (`add_n`, `string_join`)."""

    def of_ragged(inputs: Sequence[Any], *args: Any, **kwargs: Any) -> Any:
        parts = [to_ragged_or_tensor(part) for part in inputs]
        largest = max((part for part in parts if isinstance(part, RaggedTensor)), key=lambda part: part.ragged_rank)
        spread = [_spread(part, largest) for part in parts]
        return map_flat_values(lambda *values: function(list(values), *args, **kwargs), *spread)

    return of_ragged


def rank(input: Any, name: str | None = None) -> Tensor:
    """`tf.rank` of a ragged tensor."""
    found = input.shape.ndims
    if found is not None:
        return convert_to_tensor(np.int32(found), name=name)
    return rank_of(input.flat_values) + input.ragged_rank  # type: ignore[no-any-return]
