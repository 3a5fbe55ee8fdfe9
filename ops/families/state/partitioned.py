"""`PartitionedVariable`: several variables that are the parts of one, and functions that say how many."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from typing import Any

from ...building.basic_ops import identity
from ...building.convert import _from_graph_element, register_tensor_conversion_function
from ...building.default_graph import name_scope
from ...graph.node import Tensor
from ...types import dtypes
from ...types.tensor_shape import TensorShape, as_shape


class PartitionInfo:
    """Which part of a whole an initializer makes.

    Attributes:
      full_shape: the shape of the whole; var_offset: where the part begins.
    """

    def __init__(self, full_shape: list[int], var_offset: list[int]) -> None:
        self.full_shape = full_shape
        self.var_offset = var_offset

    def single_offset(self, shape: list[int]) -> int:
        """Where a part of that shape begins, in the one dimension that is cut."""
        axis = self.single_slice_dim(shape)
        return 0 if axis is None else self.var_offset[axis]

    def single_slice_dim(self, shape: list[int]) -> int | None:
        """The one dimension that is cut; None if none is. Raises: ValueError if there are several."""
        cut = [axis for axis, (part, whole) in enumerate(zip(shape, self.full_shape)) if part != whole]
        if len(cut) > 1:
            raise ValueError(f"Cannot use single_slice_dim() with shape {shape} and full_shape {self.full_shape}")
        return cut[0] if cut else None


class PartitionedVariable:
    """The parts of one variable; where a tensor is wanted, they are put together.

    Iterating gives the parts. `get_variable` makes it, when it has a partitioner.

    Args:
      name: the name of the whole.
      shape, dtype: the whole's.
      variable_list: the parts, in order.
      partitions: per dimension, in how many parts it is cut; more than one in one dimension only.
    """

    def __init__(self, name: str, shape: Any, dtype: Any, variable_list: Any, partitions: Any) -> None:
        self._name = name
        self._shape = as_shape(shape)
        self._dtype = dtypes.as_dtype(dtype)
        self._variable_list = list(variable_list)
        self._partitions = list(partitions)
        self._as_tensor: Tensor | None = None

    def __iter__(self) -> Iterator[Any]:
        return iter(self._variable_list)

    def __len__(self) -> int:
        axes = self._partition_axes()
        if len(axes) > 1:
            raise ValueError(f"Cannot get a length for {len(axes)} > 1 partition axes")
        return len(self._variable_list)

    def _partition_axes(self) -> list[int]:
        cut = [axis for axis, count in enumerate(self._partitions) if count > 1]
        return cut or [0]

    def _get_variable_list(self) -> list[Any]:
        return self._variable_list

    def _get_partitions(self) -> list[int]:
        return self._partitions

    @property
    def name(self) -> str:
        """The name of the whole, without a number of an output."""
        return self._name

    @property
    def dtype(self) -> dtypes.DType:
        """The type."""
        return self._dtype

    @property
    def shape(self) -> TensorShape:
        """The shape of the whole."""
        return self._shape

    def get_shape(self) -> TensorShape:
        """The same as `shape`."""
        return self._shape

    def as_tensor(self) -> Tensor:
        """A tensor of the whole."""
        from ..arrays.stacking import concat

        with name_scope(self._name + "/ConcatPartitions/"):
            (axis,) = self._partition_axes()
            whole = concat([part.value() for part in self._variable_list], axis)
        with name_scope(None):
            result: Tensor = identity(whole, name=self._name)
        return result

    def _dense_tensor(self, dtype: Any = None, name: str | None = None, as_ref: bool = False) -> Any:
        if dtype is not None and not dtypes.as_dtype(dtype).is_compatible_with(self._dtype):
            raise ValueError(
                f"Incompatible type conversion requested to type '{dtypes.as_dtype(dtype).name}' for variable of type "
                f"'{self._dtype.name}'"
            )
        if as_ref:
            raise NotImplementedError("PartitionedVariable doesn't support being used as a reference.")
        return self.as_tensor()

    def _apply(self, change: Callable[[Any, Any], Any], value: Any) -> list[Any]:
        """Change each part by its part of a value."""
        from ..arrays.splitting import split

        (axis,) = self._partition_axes()
        sizes = [int(part.shape[axis].value) for part in self._variable_list]
        pieces = split(value, sizes, axis)
        return [change(part, piece) for part, piece in zip(self._variable_list, pieces)]

    def assign(self, value: Any, use_locking: bool = False, name: str | None = None, read_value: bool = True) -> Any:
        """Give all parts their parts of a new value; returns a list of what `Variable.assign` does."""
        return self._apply(lambda part, piece: part.assign(piece, use_locking, name, read_value), value)

    def assign_add(
        self, value: Any, use_locking: bool = False, name: str | None = None, read_value: bool = True
    ) -> Any:
        """Add to all parts; as `assign`."""
        return self._apply(lambda part, piece: part.assign_add(piece, use_locking, name, read_value), value)

    def assign_sub(
        self, value: Any, use_locking: bool = False, name: str | None = None, read_value: bool = True
    ) -> Any:
        """Subtract from all parts; as `assign`."""
        return self._apply(lambda part, piece: part.assign_sub(piece, use_locking, name, read_value), value)


register_tensor_conversion_function(PartitionedVariable, _from_graph_element)

Partitioner = Callable[..., list[int]]


def fixed_size_partitioner(num_shards: int, axis: int = 0) -> Partitioner:
    """Return a partitioner that cuts one dimension in `num_shards` parts, or in as many as it is long.

    >>> fixed_size_partitioner(3, axis=1)(shape=tf.TensorShape([16, 8]), dtype=tf.float32)
    [1, 3]
    """

    def partitioner(shape: Any, **_: Any) -> list[int]:
        counts = [1] * len(shape)
        counts[axis] = min(num_shards, int(shape.dims[axis].value))
        return counts

    return partitioner


def variable_axis_size_partitioner(
    max_shard_bytes: int, axis: int = 0, bytes_per_string_element: int = 16, max_shards: int | None = None
) -> Partitioner:
    """Return a partitioner that cuts one dimension so that no part is larger than `max_shard_bytes`.

    Args:
      max_shard_bytes: bytes.
      axis: the dimension.
      bytes_per_string_element: how large a string is taken to be.
      max_shards: how many parts there are at the most.
    Raises: ValueError for sizes below 1.
    """
    if max_shard_bytes < 1 or bytes_per_string_element < 1:
        raise ValueError(f"Both max_shard_bytes and bytes_per_string_element must be positive: {max_shard_bytes}")
    if max_shards and max_shards < 1:
        raise ValueError("max_shards must be positive.")

    def partitioner(shape: Any, dtype: Any) -> list[int]:
        extents = _known(shape)
        counts = [1] * len(extents)
        element = bytes_per_string_element if dtype.base_dtype == dtypes.string else dtype.base_dtype.size
        slice_bytes = element * math.prod(extents) // extents[axis] if extents[axis] else element
        slices = max(1, max_shard_bytes // slice_bytes)
        shards = math.ceil(1.0 * extents[axis] / slices)
        counts[axis] = min(shards, max_shards) if max_shards else shards
        return counts

    return partitioner


def min_max_variable_partitioner(
    max_partitions: int = 1, axis: int = 0, min_slice_size: int = 256 << 10, bytes_per_string_element: int = 16
) -> Partitioner:
    """Return a partitioner that cuts one dimension in up to `max_partitions` parts of `min_slice_size` bytes or more.

    Raises: ValueError for sizes below 1.
    """
    if max_partitions < 1 or min_slice_size < 1 or bytes_per_string_element < 1:
        raise ValueError("max_partitions, min_slice_size and bytes_per_string_element must be positive.")

    def partitioner(shape: Any, dtype: Any) -> list[int]:
        extents = _known(shape)
        counts = [1] * len(extents)
        element = bytes_per_string_element if dtype.base_dtype == dtypes.string else dtype.base_dtype.size
        pieces = math.ceil(math.prod(extents) * element / min_slice_size)
        counts[axis] = max(1, min(max_partitions, extents[axis], pieces))
        return counts

    return partitioner


def _known(shape: Any) -> list[int]:
    if not isinstance(shape, TensorShape):
        raise ValueError(f"shape is not a TensorShape: {shape}")
    if not shape.is_fully_defined():
        raise ValueError(f"shape is not fully defined: {shape}")
    return [int(extent or 0) for extent in shape.as_list()]
