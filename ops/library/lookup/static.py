"""Tables that are filled once: `StaticHashTable`, and `HashTable` of contrib."""

from __future__ import annotations

import uuid
from typing import Any

from ...building.build import build
from ...building.convert import convert_to_tensor
from ...families.tables import table_ops as types
from ...graph.node import Tensor
from .initializers import TableInitializerBase
from .interface import Table, dense_keys, own_name, same_places


class InitializableLookupTableBase(Table):
    """A table that an initializer fills. Subclasses make its operation, in `create`.

    Args:
      default_value: the value of keys that are not there, a scalar.
      initializer: fills it.
      name: a name for its operation.
    """

    def __init__(self, default_value: Any, initializer: TableInitializerBase, name: str | None = None) -> None:
        self._initializer = initializer
        default = convert_to_tensor(default_value, initializer.value_dtype)
        default.shape.merge_with([])
        handle = self._create(initializer, name)
        super().__init__(initializer.key_dtype, initializer.value_dtype, handle, default)
        self._init_op = initializer.initialize(self)

    def _create(self, initializer: TableInitializerBase, name: str | None) -> Tensor:
        raise NotImplementedError

    @property
    def default_value(self) -> Tensor:
        """The value of keys that are not there."""
        return self._default_value

    @property
    def initializer(self) -> Any:
        """The operation that fills the table; `tables_initializer` runs it too."""
        return self._init_op

    def lookup(self, keys: Any, name: str | None = None) -> Any:
        """Return the values of keys, the default value for those that are not there.

        Args:
          keys: a tensor, or a SparseTensor, whose result is one too.
          name: a name for the operation.
        Raises: TypeError for keys of another type; FailedPreconditionError when run before the table is initialized.
        """
        wanted = dense_keys(keys, self._key_dtype)
        with self._scope(name, "Lookup", wanted, self._default_value):
            values = self._find(wanted)
        values.set_shape(wanted.shape)
        return same_places(keys, values)

    def export(self, name: str | None = None) -> Any:
        """Return all keys and all values, a pair of vectors."""
        return self._export(name, "Export")


class StaticHashTable(InitializableLookupTableBase):
    """A table from keys to values that is filled once.

    Args:
      initializer: fills it: a `KeyValueTensorInitializer` or `TextFileInitializer`.
      default_value: the value of keys that are not there, a scalar.
      name: a name for its operation.

    >>> pairs = tf.lookup.KeyValueTensorInitializer(["one", "two"], [1, 2])
    >>> table = tf.lookup.StaticHashTable(pairs, default_value=-1)
    >>> with tf.Session() as sess:
    ...     sess.run(tf.tables_initializer())
    ...     sess.run(table.lookup(tf.constant(["two", "three"]))).tolist()
    [2, -1]
    """

    def __init__(self, initializer: TableInitializerBase, default_value: Any, name: str | None = None) -> None:
        self._wanted_name: str | None = None
        super().__init__(default_value, initializer, name)

    def _create(self, initializer: TableInitializerBase, name: str | None) -> Tensor:
        shared = self._wanted_name or initializer._shared_name or f"hash_table_{uuid.uuid4()}"
        handle: Tensor = build(
            types.HASH_TABLE, key_dtype=initializer.key_dtype, value_dtype=initializer.value_dtype,
            name=name or "hash_table", **own_name(shared),
        )  # fmt: skip
        return handle


class HashTable(StaticHashTable):
    """`StaticHashTable` as contrib has it.

    Args:
      initializer, default_value, name: see there.
      shared_name: the name by which tables of several graphs and sessions are one; default: that of the initializer.
    """

    def __init__(
        self, initializer: TableInitializerBase, default_value: Any, shared_name: str | None = None,
        name: str | None = None,
    ) -> None:  # fmt: skip
        self._wanted_name = shared_name
        InitializableLookupTableBase.__init__(self, default_value, initializer, name)

    @property
    def init(self) -> Any:
        """The operation that fills the table."""
        return self.initializer
