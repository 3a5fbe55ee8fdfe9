"""What all tables in a graph have: types, a name, a size, a lookup of dense and of sparse keys."""

from __future__ import annotations

from typing import Any

from ...building.build import build
from ...building.convert import convert_to_tensor
from ...building.default_graph import get_default_graph, name_scope
from ...families.sparse.sparse_tensor import SparseTensor
from ...families.tables import table_ops as types
from ...graph.node import Tensor
from ...types import dtypes
from ...types.dtypes import DType


class LookupInterface:
    """A table in a graph. Subclasses have `name`, `size` and `lookup`.

    Args:
      key_dtype, value_dtype: types of keys and values.
    """

    def __init__(self, key_dtype: Any, value_dtype: Any) -> None:
        self._key_dtype = dtypes.as_dtype(key_dtype)
        self._value_dtype = dtypes.as_dtype(value_dtype)

    @property
    def key_dtype(self) -> DType:
        """The type of the keys."""
        return self._key_dtype

    @property
    def value_dtype(self) -> DType:
        """The type of the values."""
        return self._value_dtype

    @property
    def name(self) -> str:
        """The name of the table."""
        raise NotImplementedError

    def size(self, name: str | None = None) -> Tensor:
        """Return how many entries there are, an int64 scalar."""
        raise NotImplementedError

    def lookup(self, keys: Any, name: str | None = None) -> Any:
        """Return the values of keys."""
        raise NotImplementedError


class Table(LookupInterface):
    """A table that one operation owns.

    Args:
      key_dtype, value_dtype: types of keys and values.
      handle: the tensor that stands for it.
      default_value: the value of keys that are not there.
    """

    def __init__(self, key_dtype: Any, value_dtype: Any, handle: Tensor, default_value: Tensor) -> None:
        super().__init__(key_dtype, value_dtype)
        self._handle = handle
        self._default_value = default_value
        self._name = handle.op.name.rpartition("/")[2]

    @property
    def resource_handle(self) -> Tensor:
        """The tensor that stands for the table."""
        return self._handle

    @property
    def name(self) -> str:
        """The name of the table's operation."""
        return self._name

    def _scope(self, name: str | None, default: str, *values: Any) -> Any:
        return name_scope(name, f"{self.name}_{default}", [self._handle, *values])

    def size(self, name: str | None = None) -> Tensor:
        """Return how many entries there are, an int64 scalar."""
        with self._scope(name, "Size"):
            result: Tensor = build(types.LOOKUP_TABLE_SIZE, self._handle)
            return result

    def _export(self, name: str | None, default: str) -> Any:
        with self._scope(name, default):
            return tuple(build(
                types.LOOKUP_TABLE_EXPORT, self._handle, Tkeys=self._key_dtype, Tvalues=self._value_dtype,
            ))  # fmt: skip

    def _find(self, keys: Any) -> Tensor:
        result: Tensor = build(types.LOOKUP_TABLE_FIND, self._handle, keys, self._default_value)
        return result


def own_name(shared_name: str | None) -> dict[str, Any]:
    """Attributes of an operation that owns a table: the container of the graph, and a name to share it by."""
    return {
        "container": get_default_graph()._container.encode(),
        "shared_name": (shared_name or "").encode(),
        "use_node_name_sharing": shared_name is None,
    }


def same_places(keys: Any, values: Tensor) -> Any:
    """Values at the places where a sparse tensor has its keys; as they are for dense keys."""
    if isinstance(keys, SparseTensor):
        return SparseTensor(keys.indices, values, keys.dense_shape)
    return values


def dense_keys(keys: Any, wanted: DType) -> Tensor:
    """Keys as a tensor: the values of a sparse one. Raises: TypeError if they are of another type."""
    tensor = keys.values if isinstance(keys, SparseTensor) else keys
    if not isinstance(tensor, Tensor):
        tensor = convert_to_tensor(tensor, None if hasattr(tensor, "dtype") else wanted, name="keys")
    if tensor.dtype.base_dtype != wanted:
        raise TypeError(f"Signature mismatch. Keys must be dtype {wanted!r}, got {tensor.dtype!r}.")
    return tensor
