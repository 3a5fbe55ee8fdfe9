"""`RaggedTensor`: rows of any lengths, held as all their values and the places at which rows begin and end.

    [[1, 2], [], [3]]     values 1 2 3     row_splits 0 2 2 3

The values of a tensor with two ragged dimensions are a RaggedTensor themselves. What is done with the parts is a method
here only where it is short; the rest stands in the modules beside this one.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

import numpy as np

from ...base.late import late
from ...building.convert import convert_to_tensor, register_tensor_conversion_function
from ...building.default_graph import name_scope
from ...families.arrays.filling import fill
from ...families.arrays.filling import range as range_of
from ...families.arrays.shape_ops import shape as shape_of
from ...families.arrays.stacking import concat, stack
from ...families.elementwise.cast import cast
from ...families.indexing.repeating import repeat
from ...families.reductions.reductions import reduce_max
from ...graph.node import Tensor
from ...types import dtypes
from ...types.tensor_shape import TensorShape
from .makers import Makers
from .operators import Operators

_TYPES: Final = (dtypes.int32, dtypes.int64)


class RaggedTensorValue:
    """The value of a RaggedTensor: what fetching one gives, and what may be fed for one.

    Args:
      values: an array, or a RaggedTensorValue.
      row_splits: int32 or int64, where rows begin and end.
    Raises: TypeError, ValueError for other splits.

    >>> RaggedTensorValue(np.array([1, 2, 3]), np.array([0, 2, 3])).to_list()
    [[1, 2], [3]]
    """

    __slots__ = ("_row_splits", "_values")

    def __init__(self, values: Any, row_splits: Any) -> None:
        if not (isinstance(row_splits, (np.ndarray, np.generic)) and row_splits.dtype in (np.int64, np.int32)):
            raise TypeError("row_splits must be a 1D int32 or int64 numpy array")
        if not isinstance(values, (np.ndarray, np.generic, RaggedTensorValue)):
            raise TypeError("values must be a numpy array or a RaggedTensorValue")
        if isinstance(values, RaggedTensorValue) and row_splits.dtype != values.row_splits.dtype:
            raise ValueError("row_splits and values.row_splits must have the same dtype")
        self._values: Any = values
        self._row_splits: Any = row_splits

    row_splits = property(lambda self: self._row_splits, doc="Where rows begin and end.")
    values = property(lambda self: self._values, doc="The values of all rows.")
    dtype = property(lambda self: self._values.dtype, doc="The type of the values.")

    @property
    def flat_values(self) -> Any:
        """The innermost values, an array."""
        return self._values.flat_values if isinstance(self._values, RaggedTensorValue) else self._values

    @property
    def nested_row_splits(self) -> tuple[Any, ...]:
        """The splits of all ragged dimensions, the outermost first."""
        inner = self._values.nested_row_splits if isinstance(self._values, RaggedTensorValue) else ()
        return (self._row_splits, *inner)

    @property
    def ragged_rank(self) -> int:
        """How many dimensions are ragged."""
        return len(self.nested_row_splits)

    @property
    def shape(self) -> tuple[Any, ...]:
        """The extents; None for ragged dimensions."""
        return (len(self._row_splits) - 1, None, *self._values.shape[1:])

    def to_list(self) -> list[Any]:
        """The rows as lists."""
        inner = self._values
        rows = inner.to_list() if isinstance(inner, RaggedTensorValue) else inner.tolist()
        return [rows[start:end] for start, end in zip(self._row_splits[:-1], self._row_splits[1:])]

    def __str__(self) -> str:
        return f"<tf.RaggedTensorValue {self.to_list()}>"

    def __repr__(self) -> str:
        return f"tf.RaggedTensorValue(values={self._values!r}, row_splits={self._row_splits!r})"


class RaggedTensor(Operators, Makers):
    """A tensor whose rows have any lengths. It is made by `RaggedTensor.from_*`, or `ragged.constant`.

    Args:
      values: a Tensor of rank 1 or more, or a RaggedTensor.
      row_splits: int32 or int64 vector.
      cached_row_lengths, cached_value_rowids, cached_nrows: what is known of the rows besides.
      internal: True, for this module's own use.
    Raises: ValueError otherwise.
    """

    # `__dict__`: libraries hang attributes of their own on it (Keras: `_keras_shape`), as on a Tensor.
    __slots__ = ("__dict__", "__weakref__", "_lengths", "_nrows", "_row_splits", "_rowids", "_values")
    __array_ufunc__ = None  # NumPy must not take `array * ragged` apart

    def __init__(
        self, values: Any, row_splits: Any, cached_row_lengths: Any = None, cached_value_rowids: Any = None,
        cached_nrows: Any = None, internal: bool = False,
    ) -> None:  # fmt: skip
        if not internal:
            raise ValueError(
                "RaggedTensor constructor is private; please use one of the factory methods instead (e.g., "
                "RaggedTensor.from_row_lengths())"
            )
        values.shape.with_rank_at_least(1)
        row_splits.shape.assert_has_rank(1)
        if row_splits.dtype not in _TYPES:
            raise ValueError("row_splits must have dtype int32 or int64")
        if isinstance(values, RaggedTensor) and values.row_splits.dtype is not row_splits.dtype:
            raise ValueError("values.row_splits.dtype must match row_splits.dtype")
        self._values, self._row_splits = values, row_splits
        self._lengths, self._rowids, self._nrows = cached_row_lengths, cached_value_rowids, cached_nrows

    values = property(lambda self: self._values, doc="The values of all rows.")
    row_splits = property(lambda self: self._row_splits, doc="Where rows begin and end.")
    dtype = property(lambda self: self._values.dtype, doc="The type of the values.")
    op = property(lambda self: self._values.op, doc="The operation that makes the values.")
    graph = property(lambda self: self._row_splits.graph, doc="The graph that contains the parts.")

    @property
    def shape(self) -> TensorShape:
        """What is known of the shape: ragged dimensions have no extent."""
        count = self._row_splits.shape[0].value
        return TensorShape([None if count is None else count - 1, None]).concatenate(self._values.shape[1:])

    def get_shape(self) -> TensorShape:
        """The same as `shape`."""
        return self.shape

    @property
    def ragged_rank(self) -> int:
        """How many dimensions are ragged."""
        return len(self.nested_row_splits)

    @property
    def flat_values(self) -> Tensor:
        """The innermost values, a Tensor."""
        return self._values.flat_values if isinstance(self._values, RaggedTensor) else self._values

    @property
    def nested_row_splits(self) -> tuple[Tensor, ...]:
        """The splits of all ragged dimensions, the outermost first."""
        inner = self._values.nested_row_splits if isinstance(self._values, RaggedTensor) else ()
        return (self._row_splits, *inner)

    def value_rowids(self, name: str | None = None) -> Tensor:
        """Return for each value the number of its row."""
        if self._rowids is None:
            with name_scope(name, "RaggedValueRowIds", [self]):
                rows = cast(range_of(self.nrows(dtypes.int64)), self._row_splits.dtype)
                self._rowids = repeat(rows, self.row_lengths())
        found: Tensor = self._rowids
        return found

    def nested_value_rowids(self, name: str | None = None) -> tuple[Tensor, ...]:
        """Return the `value_rowids` of all ragged dimensions, the outermost first."""
        with name_scope(name, "RaggedNestedValueRowIds", [self]):
            return tuple(level.value_rowids() for level in self._levels())

    def nrows(self, out_type: Any = None, name: str | None = None) -> Tensor:
        """Return how many rows there are, of `out_type` (by default that of the splits)."""
        wanted = self._row_splits.dtype if out_type is None else dtypes.as_dtype(out_type)
        if self._nrows is not None:
            return cast(self._nrows, wanted)  # type: ignore[no-any-return]
        with name_scope(name, "RaggedNRows", [self]):
            return shape_of(self._row_splits, out_type=wanted)[0] - 1  # type: ignore[no-any-return]

    def row_starts(self, name: str | None = None) -> Tensor:
        """Return where rows begin."""
        with name_scope(name, "RaggedRowStarts", [self]):
            return self._row_splits[:-1]  # type: ignore[no-any-return]

    def row_limits(self, name: str | None = None) -> Tensor:
        """Return where rows end."""
        with name_scope(name, "RaggedRowLimits", [self]):
            return self._row_splits[1:]  # type: ignore[no-any-return]

    def row_lengths(self, axis: int = 1, name: str | None = None) -> Any:
        """Return the lengths of the rows of a dimension; of a deeper one as a RaggedTensor.

        Raises: ValueError for an axis that is not there.
        """
        if axis == 0:
            return self.nrows()
        if axis != 1:
            axis = nonnegative_axis(axis, self.shape.ndims)
            if axis == 0:
                return self.nrows()
        with name_scope(name, "RaggedRowLengths", [self]):
            if axis > 1:
                return self.with_values(_lengths_of(self._values, axis - 1, self._row_splits.dtype))
            return self._row_splits[1:] - self._row_splits[:-1] if self._lengths is None else self._lengths

    def nested_row_lengths(self, name: str | None = None) -> tuple[Tensor, ...]:
        """Return the lengths of the rows of all ragged dimensions, the outermost first."""
        with name_scope(name, "RaggedNestedRowLengths", [self]):
            return tuple(level.row_lengths() for level in self._levels())

    def bounding_shape(self, axis: Any = None, name: str | None = None, out_type: Any = None) -> Tensor:
        """Return the shape of the least tensor that holds all rows; with `axis`, its extents there."""
        with name_scope(name, "RaggedBoundingBox", [self]):
            wanted = self._row_splits.dtype if out_type is None else dtypes.as_dtype(out_type)
            widths = [cast(_longest(level), wanted) for level in self._levels()]
            extents = stack([self.nrows(wanted), *widths])
            whole = concat([extents, shape_of(self.flat_values, out_type=wanted)[1:]], 0)
            if axis is None:
                return whole
            if isinstance(axis, int):
                return whole[nonnegative_axis(axis, self.shape.ndims)]  # type: ignore[no-any-return]
            return stack([whole[nonnegative_axis(int(one), self.shape.ndims)] for one in axis])

    def with_values(self, new_values: Any) -> RaggedTensor:
        """Return the same rows with other values, as many as these."""
        new_values.shape.with_rank_at_least(1)
        self._values.shape[:1].assert_is_compatible_with(new_values.shape[:1])
        if isinstance(new_values, RaggedTensor) and new_values.row_splits.dtype is not self._row_splits.dtype:
            mine, new_values = self.with_row_splits_dtype("int64"), new_values.with_row_splits_dtype("int64")
            return mine.with_values(new_values)
        return RaggedTensor(new_values, self._row_splits, self._lengths, self._rowids, self._nrows, internal=True)

    def with_flat_values(self, new_values: Any) -> RaggedTensor:
        """Return the same rows with other innermost values, as many as these."""
        inner = self._values
        return self.with_values(inner.with_flat_values(new_values) if isinstance(inner, RaggedTensor) else new_values)

    def with_row_splits_dtype(self, dtype: Any) -> RaggedTensor:
        """Return the same rows with splits of another type. Raises: ValueError if it is not int32 or int64."""
        wanted = dtypes.as_dtype(dtype)
        if wanted not in _TYPES:
            raise ValueError("dtype must be int32 or int64")
        if wanted is self._row_splits.dtype:
            return self
        inner = self._values
        inner = inner.with_row_splits_dtype(wanted) if isinstance(inner, RaggedTensor) else inner
        return RaggedTensor(inner, cast(self._row_splits, wanted), internal=True)

    def to_tensor(self, default_value: Any = None, name: str | None = None) -> Tensor:
        """Return a dense tensor, rows filled up with `default_value` (zeros by default)."""
        found: Tensor = late("ragged_methods").to_tensor(self, default_value, name)
        return found

    def to_sparse(self, name: str | None = None) -> Any:
        """Return a SparseTensor of the values."""
        return late("ragged_methods").to_sparse(self, name)

    @classmethod
    def from_tensor(
        cls, tensor: Any, lengths: Any = None, padding: Any = None, ragged_rank: int = 1, name: str | None = None,
        row_splits_dtype: Any = dtypes.int64,
    ) -> RaggedTensor:  # fmt: skip
        """Return the rows of a dense tensor.

        Args:
          tensor: of rank `ragged_rank` + 1 or more.
          lengths: how much of each row is taken, at most all. padding: or, what is left out at the end of rows.
          ragged_rank: how many dimensions become ragged.
          name: of the scope. row_splits_dtype: int32 or int64.
        Raises: ValueError if both are given, or the rank is less.
        """
        made = late("ragged_methods").from_tensor(tensor, lengths, padding, ragged_rank, name, row_splits_dtype)
        return made  # type: ignore[no-any-return]

    @classmethod
    def from_sparse(cls, st_input: Any, name: str | None = None, row_splits_dtype: Any = dtypes.int64) -> RaggedTensor:
        """Return the rows of a sparse matrix, each listed from its first column on without a gap.

        Raises: TypeError for what is not sparse; ValueError for another rank. InvalidArgumentError when run for gaps.
        """
        return late("ragged_methods").from_sparse(st_input, name, row_splits_dtype)  # type: ignore[no-any-return]

    def to_list(self) -> list[Any]:
        """Raises: ValueError: a graph's tensors have no values; what fetching one gives has this method."""
        raise ValueError(
            "RaggedTensor.to_list() is only supported in eager mode; in graph mode, evaluate the RaggedTensor first "
            "and then use RaggedTensorValue.to_list()."
        )

    def eval(self, feed_dict: Any = None, session: Any = None) -> RaggedTensorValue:
        """Evaluate in `session`, or in the default session. Raises: ValueError if there is none."""
        from ...graph.defaults import session_for

        found: RaggedTensorValue = session_for(self.graph, session, "evaluate tensor", "eval").run(self, feed_dict)
        return found

    def consumers(self) -> list[Any]:
        """The operations that take values or splits as an input."""
        parts = [self.flat_values, *self.nested_row_splits]
        return list(dict.fromkeys(op for part in parts for op in part.consumers()))

    def _levels(self) -> list[RaggedTensor]:
        inner = self._values._levels() if isinstance(self._values, RaggedTensor) else []
        return [self, *inner]

    def _nest_components(self) -> list[Any]:
        return [self.flat_values, *self.nested_row_splits]

    def _nest_rebuild(self, components: list[Any]) -> Any:
        return rebuilt(components)

    def __repr__(self) -> str:
        return f"tf.RaggedTensor(values={self._values}, row_splits={self._row_splits})"


def rebuilt(components: Sequence[Any]) -> Any:
    """A ragged tensor, or its value, of the innermost values and all splits, the outermost first."""
    result, *splits = components
    for split in reversed(splits):
        if isinstance(split, Tensor):
            result = RaggedTensor(result, split, internal=True)
        else:
            result = RaggedTensorValue(result, split)
    return result


def is_ragged(value: Any) -> bool:
    """Whether a value is a RaggedTensor or a RaggedTensorValue."""
    return isinstance(value, (RaggedTensor, RaggedTensorValue))


def _longest(rows: RaggedTensor) -> Tensor:
    """The length of the longest row; 0 if there is none."""
    return reduce_max(concat([rows.row_lengths(), [0]], 0))


def _lengths_of(values: Any, axis: int, dtype: Any) -> Any:
    """The lengths of the rows of a dimension; of a dense tensor all are the same."""
    if isinstance(values, RaggedTensor):
        return values.row_lengths(axis)
    extents = shape_of(values, out_type=dtype)
    return fill(extents[:axis], extents[axis])


def nonnegative_axis(axis: int, rank: int | None) -> int:
    """An axis counted from the front. Raises: ValueError if there is none; TypeError if it is no int."""
    if not isinstance(axis, int):
        raise TypeError(f"axis must be an int; got {type(axis).__name__}")
    if rank is not None:
        if not -rank <= axis < rank:
            raise ValueError(f"axis={axis} out of bounds: expected {-rank}<=axis<{rank}")
        return axis % rank
    if axis < 0:
        raise ValueError(f"axis={axis} may only be negative if ndims is statically known.")
    return axis


def to_ragged_or_tensor(value: Any, dtype: Any = None, name: str | None = None) -> Any:
    """A RaggedTensor as it is, its value as constants, anything else as a Tensor.

    Raises: ValueError for a ragged one of another type.
    """
    if isinstance(value, RaggedTensor):
        if dtype is not None and not dtypes.as_dtype(dtype).is_compatible_with(value.dtype):
            raise ValueError(
                f"Tensor conversion requested dtype {dtypes.as_dtype(dtype).name} for RaggedTensor with dtype "
                f"{value.dtype.name}: {value}"
            )
        return value
    if isinstance(value, RaggedTensorValue):
        with name_scope(name, "ConvertToTensorOrRaggedTensor", []):
            parts = [convert_to_tensor(value.flat_values, dtype), *map(convert_to_tensor, value.nested_row_splits)]
            return rebuilt(parts)
    return convert_to_tensor(value, dtype, name)


def _refuse(value: Any, dtype: Any = None, name: str | None = None, as_ref: bool = False) -> Any:
    raise TypeError(
        f"Failed to convert object of type {type(value)} to Tensor. Contents: {value}. Consider casting elements to a "
        "supported type."
    )


register_tensor_conversion_function(RaggedTensor, _refuse, 90)
