"""Rows of any lengths as a dense tensor, filled up and cut off.

Where each row goes is kept for one level after the other: the number that it has in the result when all dimensions up
to its own are one, or -1 if it is cut off.

Worked example: the rows [[a, b], [c]] with a shape of [2, 1]: rows 0 and 1 go to 0 and 1, values a and c to 0 and 1, b
to -1, as a row is one value wide.
"""

from __future__ import annotations

from typing import Any, Final

import numpy as np

from ...base.errors import InvalidArgumentError
from ...definition.opdef import NOT_DIFFERENTIABLE, OpDef
from ...definition.shapes import merge, shape_from_value
from ...types.dtypes import INDEX
from ...types.tensor_shape import Extents, brackets

_FIRST: Final = b"FIRST_DIM_SIZE"
_KINDS: Final = (_FIRST, b"VALUE_ROWIDS", b"ROW_SPLITS")


def _levels(kinds: Any) -> tuple[bool, list[bytes]]:
    """Whether the number of rows comes first, and how each level is said."""
    kinds = list(kinds)
    unknown = [kind for kind in kinds if kind not in _KINDS]
    if unknown:
        raise ValueError(f"Unknown string for partition info type: {unknown[0].decode(errors='replace')}")
    if not kinds:
        raise ValueError("Partition info types should not be empty")
    has_count = kinds[0] == _FIRST
    levels = kinds[has_count:]
    if _FIRST in levels:
        raise ValueError("FIRST_DIM_SIZE must be first")
    if not levels or (levels[0] == b"VALUE_ROWIDS" and not has_count):
        raise ValueError("The number of rows must come first, unless rows are said by ROW_SPLITS")
    return has_count, levels


def _shape(query: Any) -> Extents:
    shape, values, default = query.shapes[:3]
    rank = len(_levels(query.attrs["row_partition_types"])[1])
    if values is None:
        return None
    if default is not None and values is not None and len(default) > len(values) - 1:
        raise ValueError(
            f"default_value.shape={brackets(default)} and rt_input.flat_values.shape={brackets(values)} are "
            "incompatible: default_value.rank must be less than rt_input.flat_values.rank"
        )
    given = query.known_integers(0) if shape == () else None
    if given not in (None, [-1]):
        raise ValueError("The only valid scalar shape tensor is the fully unknown shape specified as -1.")
    known: Extents = (*(None,) * (rank + 1), *values[1:])
    if shape is not None and not shape:
        return known
    return merge(shape_from_value(query, 0), known)


def _row_of_values(kind: bytes, partition: Any, count: int) -> tuple[Any, Any]:
    """For each value the number of its row, and its place in the row."""
    if kind == b"VALUE_ROWIDS":
        rows = partition
        is_first = np.append(True, rows[1:] != rows[:-1])[: len(rows)]
        first = np.maximum.accumulate(np.where(is_first, np.arange(len(rows)), 0))
        return rows, np.arange(len(rows)) - first
    if count < 0:
        raise InvalidArgumentError(None, None, "Ragged splits must be vectors with at least one element")
    lengths = partition[1:] - partition[:-1]
    if np.any(lengths < 0) or (len(partition) and partition[0] != 0):
        raise InvalidArgumentError(None, None, "Invalid row split size.")
    return np.repeat(np.arange(count), lengths), np.arange(partition[-1]) - np.repeat(partition[:-1], lengths)


def _wanted(shape: Any, found: list[int], inner: tuple[int, ...]) -> list[int]:
    """The extents of the result: those asked for, and where none is, those found."""
    if not shape.ndim:
        if int(shape) != -1:
            raise InvalidArgumentError(
                None, None, "The only valid scalar shape tensor is the fully unknown shape (-1)."
            )
        return [*found, *inner]
    asked = shape.reshape(-1).tolist()
    if len(asked) != len(found) + len(inner):
        raise InvalidArgumentError(
            None, None,
            f"rt_input.shape and shape={brackets(tuple(asked))} are incompatible: rt_input.rank = "
            f"{len(found) + len(inner)} but shape.rank = {len(asked)}",
        )  # fmt: skip
    for extent, own in zip(asked[len(found) :], inner):
        if extent not in (-1, own):
            raise InvalidArgumentError(
                None, None, f"shape={brackets(tuple(asked))} does not fit values of shape {brackets(inner)}"
            )
    return [*(own if extent < 0 else extent for extent, own in zip(asked, found)), *inner]


def _kernel(
    shape: Any, values: Any, default_value: Any, row_partition_tensors: Any, *, row_partition_types: Any
) -> Any:
    has_count, kinds = _levels(row_partition_types)
    rows = int(row_partition_tensors[0].item()) if has_count else len(row_partition_tensors[0]) - 1
    placed: list[tuple[Any, Any]] = []
    found = [rows]
    for kind, partition in zip(kinds, row_partition_tensors[has_count:]):
        row, place = _row_of_values(kind, partition, len(partition) - 1)
        placed.append((row, place))
        found.append(int(place.max(initial=-1)) + 1)
    if placed and len(placed[-1][0]) != len(values):
        raise InvalidArgumentError(
            None, None, f"Length of values ({len(values)}) does not match the row partition ({len(placed[-1][0])})"
        )
    extents = _wanted(shape, found, values.shape[1:])
    target = np.arange(rows)
    target[extents[0] :] = -1
    for (row, place), width in zip(placed, extents[1:]):
        if len(row) and not 0 <= row[0] <= row[-1] < len(target):
            raise InvalidArgumentError(None, None, f"Value rowids must be less than {len(target)}, got {row[-1]}")
        outer = target[row]
        target = np.where((outer >= 0) & (place < width), outer * width + place, -1)
    total = int(np.prod(extents[: len(found)]))
    result = np.empty((total, *values.shape[1:]), values.dtype)
    result[...] = default_value
    kept = target >= 0
    result[target[kept]] = values[kept]
    return result.reshape(extents)


RAGGED_TENSOR_TO_TENSOR = OpDef(
    name="RaggedTensorToTensor",
    signature="shape: Tshape, values: T, default_value: T, row_partition_tensors: num_row_partition_tensors*Tindex -> "
    "result: T",
    where={"Tindex": INDEX, "Tshape": INDEX},
    attrs={"row_partition_types": ("list(string)",)},
    shape=_shape,
    kernel=_kernel,
    gradient=NOT_DIFFERENTIABLE,
)
