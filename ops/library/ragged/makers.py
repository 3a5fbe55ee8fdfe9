"""The ways to say how values make rows: by splits, lengths, starts, limits, or the row of each value."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from ...base import nest
from ...base.late import late
from ...building.basic_ops import identity
from ...building.convert import convert_to_tensor
from ...building.default_graph import control_dependencies, name_scope
from ...families.arrays.shape_ops import shape as shape_of
from ...families.arrays.stacking import concat
from ...families.debugging.assertions import (
    assert_equal,
    assert_greater_equal,
    assert_less,
    assert_non_negative,
    assert_rank,
)
from ...families.elementwise.cast import cast
from ...families.reductions.counting import bincount
from ...families.reductions.scan import cumsum
from ...graph.node import Tensor
from ...graph.partial import partial_value
from ...types import dtypes


class Makers:
    """What RaggedTensor is made by: its class methods."""

    __slots__ = ()

    @classmethod
    def from_row_splits(cls, values: Any, row_splits: Any, name: str | None = None, validate: bool = True) -> Any:
        """Return the rows that begin and end at `row_splits`.

        Args:
          values: a Tensor or RaggedTensor. row_splits: a vector from 0, ascending, to the number of values.
          name: of the scope. validate: whether this is checked when run.
        Raises: ValueError for splits of another rank or type, or none. InvalidArgumentError when run.
        """
        if isinstance(row_splits, (list, tuple)) and not row_splits:
            raise ValueError("row_splits tensor may not be empty.")
        with name_scope(name, "RaggedFromRowSplits", [values, row_splits]):
            values, splits = _parts(values, row_splits, "row_splits")
            splits.shape.assert_has_rank(1)
            if validate:
                said = "Arguments to from_row_splits do not form a valid RaggedTensor"
                checks = [
                    assert_rank(splits, 1, message=said),
                    _is_zero(splits[0], said),
                    _ascend(splits, said),
                    assert_equal(splits[-1], _count(values, splits.dtype), message=said),
                ]
                splits = _checked(checks, splits)
            return _made(cls, values, splits)

    @classmethod
    def from_row_lengths(cls, values: Any, row_lengths: Any, name: str | None = None, validate: bool = True) -> Any:
        """Return the rows that have these lengths; arguments as of `from_row_splits`."""
        with name_scope(name, "RaggedFromRowLengths", [values, row_lengths]):
            values, lengths = _parts(values, row_lengths, "row_lengths")
            lengths.shape.assert_has_rank(1)
            if validate:
                said = "Arguments to from_row_lengths do not form a valid RaggedTensor"
                lengths = _checked([assert_non_negative(lengths, message=said)], lengths)
            limits = cumsum(lengths)
            splits = concat([np.zeros(1, splits_type(lengths)), limits], 0)
            if validate:
                total = assert_equal(splits[-1], _count(values, splits.dtype), message=said)
                splits = _checked([total], splits)
            return _made(cls, values, splits)

    @classmethod
    def from_row_starts(cls, values: Any, row_starts: Any, name: str | None = None, validate: bool = True) -> Any:
        """Return the rows that begin at these places; arguments as of `from_row_splits`."""
        with name_scope(name, "RaggedFromRowStarts", [values, row_starts]):
            values, starts = _parts(values, row_starts, "row_starts")
            starts.shape.assert_has_rank(1)
            if validate:
                said = "Arguments to from_row_starts do not form a valid RaggedTensor"
                count = _count(values, starts.dtype)
                checks = [
                    _is_zero(starts[:1], said), _ascend(starts, said),
                    assert_greater_equal(count, starts[-1:], message=said),
                ]  # fmt: skip
                starts = _checked(checks, starts)
            return _made(cls, values, concat([starts, [_count(values, starts.dtype)]], 0))

    @classmethod
    def from_row_limits(cls, values: Any, row_limits: Any, name: str | None = None, validate: bool = True) -> Any:
        """Return the rows that end at these places; arguments as of `from_row_splits`."""
        with name_scope(name, "RaggedFromRowLimits", [values, row_limits]):
            values, limits = _parts(values, row_limits, "row_limits")
            limits.shape.assert_has_rank(1)
            if validate:
                said = "Arguments to from_row_limits do not form a valid RaggedTensor"
                checks = [
                    assert_non_negative(limits[:1], message=said), _ascend(limits, said),
                    assert_equal(limits[-1:], _count(values, limits.dtype), message=said),
                ]  # fmt: skip
                limits = _checked(checks, limits)
            return _made(cls, values, concat([np.zeros(1, splits_type(limits)), limits], 0))

    @classmethod
    def from_value_rowids(
        cls, values: Any, value_rowids: Any, nrows: Any = None, name: str | None = None, validate: bool = True
    ) -> Any:
        """Return the rows of values that say in which row they are.

        Args:
          values: a Tensor or RaggedTensor. value_rowids: the row of each, ascending.
          nrows: how many rows there are. Default: up to the last one with a value.
          name: of the scope. validate: whether this is checked when run.
        Raises: ValueError for too few rows. InvalidArgumentError when run.
        """
        with name_scope(name, "RaggedFromValueRowIds", [values, value_rowids, nrows]):
            values, rows = _parts(values, value_rowids, "value_rowids")
            rows.shape.assert_has_rank(1)
            count = cast(concat([rows[-1:], np.full(1, -1, splits_type(rows))], 0)[0] + 1, rows.dtype)
            known = partial_value(rows)
            if nrows is None:
                nrows = count if known is None else int(known[-1]) + 1 if len(known) else 0
            elif isinstance(nrows, int):
                if nrows < 0:
                    raise ValueError(f"Expected nrows >= 0; got {nrows}")
                if known is not None and len(known) and nrows < known[-1] + 1:
                    raise ValueError(
                        f"Expected nrows >= value_rowids[-1] + 1; got nrows={nrows}, value_rowids[-1]={known[-1]}"
                    )
            number = convert_to_tensor(nrows, rows.dtype, name="nrows")
            number.shape.assert_has_rank(0)
            if validate:
                said = "Arguments to from_value_rowids do not form a valid RaggedTensor"
                checks = [
                    assert_rank(rows, 1, message=said), assert_non_negative(rows[:1], message=said),
                    _ascend(rows, said),
                    assert_less(rows[-1:], number, message=said),
                    assert_equal(_count(values, rows.dtype), shape_of(rows, out_type=rows.dtype)[0], message=said),
                ]  # fmt: skip
                rows, number = _checked(checks, rows), _checked(checks, number)
            small = cast(number, dtypes.int32)
            lengths = bincount(cast(rows, dtypes.int32), minlength=small, maxlength=small, dtype=rows.dtype)
            splits = concat([np.zeros(1, splits_type(rows)), cumsum(lengths)], 0)
            if isinstance(nrows, int):
                splits.set_shape([nrows + 1])
            return _made(cls, values, splits, cached_value_rowids=rows, cached_nrows=number)

    @classmethod
    def from_nested_row_splits(
        cls, flat_values: Any, nested_row_splits: Sequence[Any], name: str | None = None, validate: bool = True
    ) -> Any:
        """Return the rows of splits of several dimensions, the outermost first."""
        with name_scope(name, "RaggedFromNestedRowSplits", [flat_values, *_several(nested_row_splits, "row_splits")]):
            return _nested(cls.from_row_splits, flat_values, nested_row_splits, validate)

    @classmethod
    def from_nested_row_lengths(
        cls, flat_values: Any, nested_row_lengths: Sequence[Any], name: str | None = None, validate: bool = True
    ) -> Any:
        """Return the rows of lengths of several dimensions, the outermost first."""
        with name_scope(
            name, "RaggedFromNestedRowlengths", [flat_values, *_several(nested_row_lengths, "row_lengths")]
        ):
            return _nested(cls.from_row_lengths, flat_values, nested_row_lengths, validate)

    @classmethod
    def from_nested_value_rowids(
        cls, flat_values: Any, nested_value_rowids: Sequence[Any], nested_nrows: Any = None, name: str | None = None,
        validate: bool = True,
    ) -> Any:  # fmt: skip
        """Return the rows of values' rows in several dimensions, the outermost first.

        Raises: ValueError if there are other numbers of rows than dimensions.
        """
        ids = _several(nested_value_rowids, "value_rowids")
        counts = [None] * len(ids) if nested_nrows is None else list(_several(nested_nrows, "nrows"))
        if len(counts) != len(ids):
            raise ValueError("nested_nrows must have the same length as nested_value_rowids")
        with name_scope(name, "RaggedFromNestedValueRowIds", [flat_values, *ids]):
            result = flat_values
            for rows, count in reversed(list(zip(ids, counts))):
                result = cls.from_value_rowids(result, rows, count, validate=validate)
            return result


def _made(cls: Any, values: Any, splits: Tensor, **cached: Any) -> Any:
    return cls(values, splits, internal=True, **cached)


def _several(given: Any, what: str) -> Sequence[Any]:
    if isinstance(given, Tensor):
        raise TypeError(f"nested_{what} must be a list of Tensors")
    return list(given)


def _nested(maker: Callable[..., Any], values: Any, parts: Sequence[Any], validate: bool) -> Any:
    for part in reversed(list(parts)):
        values = maker(values, part, validate=validate)
    return values


def _parts(values: Any, partition: Any, name: str) -> tuple[Any, Tensor]:
    """Values, ragged or as a Tensor, and what divides them; of one type of splits."""
    is_ragged = isinstance(values, Makers)
    if hasattr(values, "row_splits") and not is_ragged:
        values, is_ragged = late("ragged_tensor").to_ragged_or_tensor(values), True
    if not is_ragged:
        values = convert_to_tensor(values, name="values")
    if isinstance(partition, Tensor):
        found = partition
    elif isinstance(partition, np.ndarray) and partition.dtype == np.int32:
        found = convert_to_tensor(partition, name=name)
    elif any(isinstance(item, Tensor) for item in nest.flatten(partition)):
        found = convert_to_tensor(partition, preferred_dtype=dtypes.int64, name=name)
    else:
        array = np.asarray(partition)
        if array.size and array.dtype.kind not in "iu":
            raise ValueError(f"{name} must have dtype int32 or int64")
        found = convert_to_tensor(array.astype(np.int64), name=name)
    if found.dtype not in (dtypes.int32, dtypes.int64):
        raise ValueError(f"{name} must have dtype int32 or int64")
    if is_ragged and values.row_splits.dtype is not found.dtype:
        if isinstance(partition, Tensor) and isinstance(values, Makers):
            found = cast(found, dtypes.int64)
            values = values.with_row_splits_dtype(dtypes.int64)  # type: ignore[attr-defined]
        else:
            found = cast(found, values.row_splits.dtype)
    return values, found


def splits_type(tensor: Tensor) -> Any:
    """NumPy's type of a tensor of integers."""
    return tensor.dtype.np_dtype


def _count(values: Any, dtype: Any) -> Tensor:
    if isinstance(values, Tensor):
        return shape_of(values, out_type=dtype)[0]  # type: ignore[no-any-return]
    return cast(values.nrows(), dtype)  # type: ignore[no-any-return]


def _is_zero(found: Tensor, said: str) -> Any:
    return assert_equal(found, np.zeros((), splits_type(found)), message=said)


def _ascend(found: Tensor, said: str) -> Any:
    return assert_non_negative(found[1:] - found[:-1], message=said)


def _checked(checks: Sequence[Any], tensor: Tensor) -> Tensor:
    with control_dependencies([check for check in checks if check is not None]):
        return identity(tensor)  # type: ignore[no-any-return]
