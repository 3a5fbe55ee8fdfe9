"""Tables that change while a session runs; a Saver saves them."""

from __future__ import annotations

from functools import cached_property
from typing import Any

from ...building.build import build, build_operation
from ...building.convert import convert_to_tensor
from ...building.default_graph import get_default_graph
from ...families.tables import table_ops as types
from ...graph.graph_keys import GraphKeys
from ...graph.node import Tensor
from ...types import dtypes
from ...types.tensor_shape import as_extents
from ..checkpoint.saveables import SaveableObject, SaveSpec
from .interface import Table, dense_keys, own_name


class TableSaveable(SaveableObject):
    """A table, saved as its keys and its values."""

    def __init__(self, table: MutableTable, name: str) -> None:
        keys, values = table.export()
        super().__init__(table, [SaveSpec(keys, "", f"{name}-keys"), SaveSpec(values, "", f"{name}-values")], name)

    def restore(self, restored_tensors: list[Any], restored_shapes: list[Any] | None) -> Any:
        """Take over keys and values, in the place of those that are there."""
        handle = self.op.resource_handle
        graph = get_default_graph()
        with graph.colocate_with(handle.op):
            return build_operation(
                types.LOOKUP_TABLE_IMPORT, handle, *restored_tensors,
                name=f"{self.name}_table_restore/LookupTableImportV2",
            )  # fmt: skip


class MutableTable(Table):
    """What tables that change have in common."""

    def _keep(self, checkpoint: bool) -> None:
        """Be saved by a Saver that is given nothing else to save."""
        if checkpoint:
            get_default_graph().add_to_collection(GraphKeys.SAVEABLE_OBJECTS, self.saveable)

    @cached_property
    def saveable(self) -> TableSaveable:
        """What a Saver saves of the table that is given it."""
        return TableSaveable(self, self.name)

    def insert(self, keys: Any, values: Any, name: str | None = None) -> Any:
        """Return the operation that takes over values, in the place of what is there for these keys.

        Args:
          keys: a tensor of keys.
          values: a value for each.
          name: a name for the scope of the operation.
        Raises: ValueError for other types; InvalidArgumentError when run for shapes that do not fit.
        """
        keys, values = (convert_to_tensor(item, dtype) for item, dtype in zip((keys, values), self._types()))
        with self._scope(name, "lookup_table_insert", keys, values):
            return build_operation(types.LOOKUP_TABLE_INSERT, self._handle, keys, values)

    def remove(self, keys: Any, name: str | None = None) -> Any:
        """Return the operation that forgets keys; those that are not there are no matter.

        Raises: TypeError for keys of another type.
        """
        wanted = dense_keys(keys, self._key_dtype)
        with self._scope(name, "lookup_table_remove", wanted, self._default_value):
            return build_operation(types.LOOKUP_TABLE_REMOVE, self._handle, wanted)

    def lookup(self, keys: Any, name: str | None = None) -> Tensor:
        """Return the values of keys, the default value for those that are not there."""
        wanted = convert_to_tensor(keys, self._key_dtype)
        with self._scope(name, "lookup_table_find", wanted, self._default_value):
            return self._find(wanted)

    def export(self, name: str | None = None) -> Any:
        """Return all keys and all values, a pair of tensors."""
        return self._export(name, "lookup_table_export_values")

    def _types(self) -> tuple[Any, Any]:
        return self._key_dtype, self._value_dtype


class MutableHashTable(MutableTable):
    """A table that changes while a session runs.

    Args:
      key_dtype, value_dtype: types of keys and values.
      default_value: the value of keys that are not there; of its shape, scalar or vector, are all values.
      name: a name for its operation, by which it is saved.
      checkpoint: whether a Saver saves it that is given nothing else to save.

    >>> table = tf.contrib.lookup.MutableHashTable(tf.string, tf.int64, default_value=0)
    >>> with tf.Session() as sess:
    ...     sess.run(table.insert(["a", "b"], [1, 2]))
    ...     sess.run(table.remove(tf.constant(["b"])))
    ...     sess.run(table.lookup(["a", "b"])).tolist()
    [1, 0]
    """

    def __init__(
        self, key_dtype: Any, value_dtype: Any, default_value: Any, name: str = "MutableHashTable",
        checkpoint: bool = True,
    ) -> None:  # fmt: skip
        default = convert_to_tensor(default_value, dtypes.as_dtype(value_dtype))
        attrs = {"key_dtype": dtypes.as_dtype(key_dtype), "value_dtype": dtypes.as_dtype(value_dtype)}
        if default.shape.ndims == 0:
            handle = build(types.MUTABLE_HASH_TABLE, name=name, **_unshared(), **attrs)
        else:
            handle = build(
                types.MUTABLE_HASH_TABLE_OF_TENSORS, name=name, value_shape=as_extents(default.shape), **_unshared(),
                **attrs,
            )  # fmt: skip
        super().__init__(key_dtype, value_dtype, handle, default)
        self._keep(checkpoint)


class MutableDenseHashTable(MutableTable):
    """A table of buckets that changes while a session runs; keys may be vectors.

    Args:
      key_dtype, value_dtype: types of keys and values.
      default_value: the value of keys that are not there; of its shape, scalar or vector, are all values.
      empty_key, deleted_key: two different keys that are never used, scalars or vectors.
      initial_num_buckets: a power of two; default: 131072.
      name: a name for its operation, by which it is saved.
      checkpoint: whether a Saver saves it that is given nothing else to save.

    `export` gives the buckets: the empty key where one is free.
    """

    def __init__(
        self, key_dtype: Any, value_dtype: Any, default_value: Any, empty_key: Any, deleted_key: Any,
        initial_num_buckets: int | None = None, name: str = "MutableDenseHashTable", checkpoint: bool = True,
    ) -> None:  # fmt: skip
        keys = dtypes.as_dtype(key_dtype)
        default = convert_to_tensor(default_value, dtypes.as_dtype(value_dtype), name="default_value")
        empty = convert_to_tensor(empty_key, keys, name="empty_key")
        deleted = convert_to_tensor(deleted_key, keys, name="deleted_key")
        buckets = {} if initial_num_buckets is None else {"initial_num_buckets": initial_num_buckets}
        handle = build(
            types.MUTABLE_DENSE_HASH_TABLE, empty, deleted, value_dtype=default.dtype.base_dtype,
            value_shape=as_extents(default.shape), name=name, **_unshared(), **buckets,
        )  # fmt: skip
        super().__init__(key_dtype, value_dtype, handle, default)
        self._keep(checkpoint)

    def insert_or_assign(self, keys: Any, values: Any, name: str | None = None) -> Any:
        """The same as `insert`."""
        return self.insert(keys, values, name)

    def erase(self, keys: Any, name: str | None = None) -> Any:
        """The same as `remove`."""
        return self.remove(keys, name)


def _unshared() -> dict[str, Any]:
    return own_name(None)
