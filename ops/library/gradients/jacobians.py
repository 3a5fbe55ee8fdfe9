"""Jacobians: the gradients of each element of a tensor, few as operations of their own, others in a loop."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

from ...building.convert import convert_to_tensor
from ...families.arrays.filling import zeros
from ...families.control_flow.tensor_array import TensorArray
from ...families.control_flow.while_loop import while_loop
from ...families.indexing.positions import one_hot
from ...graph.node import Tensor
from ...types import dtypes
from ...types.tensor_shape import TensorShape
from .builder import BUILDER

GradientOf = Callable[[Tensor], list[Any]]

_UNROLLED: Final = 32  # elements whose gradients run together


def rows(gradient_of: GradientOf, target: Tensor, sources: list[Tensor]) -> list[Any]:
    """The Jacobian of `target` by each of `sources`, None where there is none.

    Args:
      gradient_of: from the gradient of `target` to those of `sources`.
    """
    count = target.shape.num_elements()
    shape = BUILDER.shape(target)
    size = BUILDER.size(target) if count is None else count

    def row(number: Any) -> list[Any]:
        return gradient_of(BUILDER.reshape(one_hot(number, size, dtype=target.dtype.base_dtype), shape))

    result: list[Any] = []
    for found, source in zip(_each(row, count, size, sources), sources, strict=True):
        if found is None:
            result.append(None)
            continue
        matrix = BUILDER.reshape(found, BUILDER.concat([shape, BUILDER.shape(source)], 0))
        matrix.set_shape(target.shape.concatenate(source.shape))
        result.append(matrix)
    return result


def checked_extents(target: Tensor, source: Tensor) -> None:
    """Raises: ValueError unless both have equally many rows, as far as that is known."""
    if not target.shape[0].is_compatible_with(source.shape[0]):
        raise ValueError(
            f"Need first dimension of target shape ({target.shape}) and source shape ({source.shape}) to match."
        )


def batch_rows(gradient_of: GradientOf, target: Tensor, source: Tensor) -> Any:
    """The Jacobian of each row of `target` by the same row of `source`, or None."""
    extents = target.shape[1:]
    count = extents.num_elements()
    shape = BUILDER.shape(target)
    size = BUILDER("Prod", shape[1:], 0) if count is None else count

    def row(number: Any) -> list[Any]:
        column = one_hot(number, size, dtype=target.dtype.base_dtype)
        flat = BUILDER("Tile", BUILDER.reshape(column, [1, size]), BUILDER.pack([shape[0], 1]))
        return gradient_of(BUILDER.reshape(flat, shape))

    (found,) = _each(row, count, size, [source])
    if found is None:
        return None
    rank = source.shape.ndims
    if rank is None:
        raise ValueError(f"The rank of {source} must be known.")
    columns_last = BUILDER("Transpose", found, [1, 0, *range(2, rank + 1)])  # [rows, elements of a row, ...]
    result = BUILDER.reshape(columns_last, BUILDER.concat([shape, BUILDER.shape(source)[1:]], 0))
    result.set_shape(target.shape.concatenate(source.shape[1:]))
    return result


def _each(row: Callable[[Any], list[Any]], count: int | None, size: Any, sources: list[Tensor]) -> list[Any]:
    """What `row` gives for all numbers below `count`, stacked for each source."""
    if count == 0:
        return [_empty(found, source) for found, source in zip(row(0), sources, strict=True)]
    if count is not None and count <= _UNROLLED:
        columns = zip(*[row(number) for number in range(count)], strict=True)
        return [
            None if column[0] is None else BUILDER.pack([convert_to_tensor(g) for g in column]) for column in columns
        ]
    connected = [found is not None for found in row(0)]
    arrays = [TensorArray(source.dtype.base_dtype, size) for source, flows in zip(sources, connected) if flows]

    def step(number: Any, written: list[Any]) -> tuple[Any, list[Any]]:
        found = [convert_to_tensor(gradient) for gradient in row(number) if gradient is not None]
        return number + 1, [array.write(number, each) for array, each in zip(written, found, strict=True)]

    if not arrays:
        return [None] * len(sources)
    zero = BUILDER.constant(0, dtypes.int32)
    left = iter(while_loop(lambda number, _: number < size, step, [zero, arrays])[1])
    return [next(left).stack() if flows else None for flows in connected]


def _empty(found: Any, source: Tensor) -> Any:
    if found is None:
        return None
    return zeros(TensorShape([0]).concatenate(source.shape), source.dtype.base_dtype)
