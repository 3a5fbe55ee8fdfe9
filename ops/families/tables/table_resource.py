"""Tables as resources: from keys to values, in the session's containers.

All kinds keep a Python dictionary, whose keys are Python values: a scalar as it is, a vector as a tuple. Values that
are scalars are Python values too; others are rows, arrays of the shape that the values of this table have. So looking
up a batch is one `map` over the keys; many integers are looked up by an index (`integer_index.py`), which is made when
it is needed and dropped when the table changes.

For example a table of strings to int64: `find([b"a", b"?"], -1)` is `map(entries.get, [b"a", b"?"], repeat(-1))`.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator
from itertools import repeat
from typing import Any, Final

import numpy as np

from ...base.errors import AbortedError, FailedPreconditionError, InvalidArgumentError, UnimplementedError
from ...types import dtypes
from ...types.array_values import as_bytes
from ...types.dtypes import DType
from .integer_index import IntegerIndex

Array = np.ndarray[Any, Any]
_MANY: Final = 64  # integers from which on an index is quicker
_PER_KEY: Final = 8  # an index of so many times as many keys pays, once it is made
KEYS = (dtypes.int32, dtypes.int64, dtypes.string)


class Table:
    """From keys to values. All methods may be called from any thread.

    Args:
      name: for messages.
      key_dtype, value_dtype: types of keys and values.
      value_shape: the shape of one value.
      key_shape: the shape of one key, scalar or vector.
    Raises: InvalidArgumentError for keys of a type that no table has.
    """

    def __init__(
        self, name: str, key_dtype: DType, value_dtype: DType, value_shape: tuple[int, ...] = (),
        key_shape: tuple[int, ...] = (),
    ) -> None:  # fmt: skip
        if key_dtype not in KEYS:
            raise InvalidArgumentError(
                None, None, f"Keys of a table are int32, int64 or string, not {key_dtype.name} ('{name}')."
            )
        if len(value_shape) > 1:
            raise InvalidArgumentError(None, None, f"Default value must be a vector, got shape {_text(value_shape)}")
        self.name = name
        self.key_dtype, self.value_dtype = key_dtype, value_dtype
        self.key_shape, self.value_shape = tuple(key_shape), tuple(value_shape)
        self._lock = threading.RLock()
        self._entries: dict[Any, Any] = {}
        self._index: IntegerIndex | None = None

    def clear(self) -> None:
        """Be as new."""
        with self._lock:
            self._entries, self._index = {}, None

    def size(self) -> int:
        """How many keys there are."""
        return len(self._entries)

    def find(self, keys: Array, default: Array) -> Array:
        """The values of keys; `default` for those that are not there."""
        self._check_default(default)
        extents = keys.shape[: keys.ndim - len(self.key_shape)]
        if keys.size >= _MANY and self.key_dtype is not dtypes.string and not (self.key_shape or self.value_shape):
            index = self._index_for(keys.size)
            if index is not None:
                return index.find(keys, default.item())
        wanted = self._keys(keys)
        with self._lock:
            if self.value_shape:
                rows = list(map(self._entries.get, wanted, repeat(default)))
                found: Array = np.array(rows, self.value_dtype.np_dtype).reshape((*extents, *self.value_shape))
                return found
            values = map(self._entries.get, wanted, repeat(default.item()))
            single: Array = _array(values, len(wanted), self.value_dtype).reshape(extents)
            return single

    def _index_for(self, wanted: int) -> IntegerIndex | None:
        """The index, made if that pays for so many keys; None if it does not."""
        with self._lock:
            count = len(self._entries)
            if self._index is None and count and wanted * _PER_KEY >= count:
                keys = np.fromiter(self._entries, self.key_dtype.np_dtype, count)
                self._index = IntegerIndex(keys, self._values(list(self._entries.values())))
            return self._index

    def insert(self, keys: Array, values: Array) -> None:
        """Take over values, in the place of what is there for these keys."""
        self._check_values(keys, values)
        with self._lock:
            self._index = None
            self._entries.update(self._pairs(keys, values))

    def remove(self, keys: Array) -> None:
        """Forget keys; those that are not there are no matter."""
        wanted = self._keys(keys)
        with self._lock:
            self._index = None
            for key in wanted:
                self._entries.pop(key, None)

    def import_all(self, keys: Array, values: Array) -> None:
        """Hold these keys and values, and nothing else."""
        self._check_values(keys, values)
        with self._lock:
            self._entries, self._index = dict(self._pairs(keys, values)), None

    def export(self) -> tuple[Array, Array]:
        """All keys and values."""
        with self._lock:
            entries = dict(self._entries)
        keys = _array(iter(entries), len(entries), self.key_dtype)
        return keys, self._values(list(entries.values()))

    # Keys and values as Python has them.

    def _keys(self, keys: Array) -> list[Any]:
        items: list[Any] = keys.reshape(-1).tolist()
        return items

    def _pairs(self, keys: Array, values: Array) -> Iterator[tuple[Any, Any]]:
        wanted = self._keys(keys)
        if self.value_shape:
            return zip(wanted, np.array(values).reshape(len(wanted), *self.value_shape))
        return zip(wanted, values.reshape(-1).tolist())

    def _values(self, values: list[Any]) -> Array:
        if self.value_shape:
            return np.array(values, self.value_dtype.np_dtype).reshape(len(values), *self.value_shape)
        return _array(iter(values), len(values), self.value_dtype)

    # Checks.

    def check_types(self, *types: DType) -> None:
        """Raises: InvalidArgumentError if an operation has not the types of this table, those of keys first."""
        have, own = [item.base_dtype for item in types], [self.key_dtype, self.value_dtype][: len(types)]
        if have != own:
            raise InvalidArgumentError(
                None, None,
                f"Signature mismatch, have: resource, {_arrow(have)} expected: resource, {_arrow(own)}",
            )  # fmt: skip

    def _check_default(self, default: Array) -> None:
        if default.shape != self.value_shape:
            raise InvalidArgumentError(
                None, None,
                f"Expected shape {_text(self.value_shape)} for default value, got {_text(default.shape)}",
            )  # fmt: skip

    def _check_values(self, keys: Array, values: Array) -> None:
        extents = (*keys.shape[: keys.ndim - len(self.key_shape)], *self.value_shape)
        if values.shape != extents:
            raise InvalidArgumentError(
                None, None, f"Expected shape {_text(extents)} for value, got {_text(values.shape)}"
            )


class FixedTable(Table):
    """A table that is filled once, by its initializer."""

    def __init__(self, name: str, key_dtype: DType, value_dtype: DType) -> None:
        super().__init__(name, key_dtype, value_dtype)
        self._is_ready = False

    def clear(self) -> None:
        """Be as new."""
        with self._lock:
            super().clear()
            self._is_ready = False

    def find(self, keys: Array, default: Array) -> Array:
        """See `Table`. Raises: FailedPreconditionError before it is initialized."""
        if not self._is_ready:
            raise FailedPreconditionError(None, None, "Table not initialized.")
        return super().find(keys, default)

    def export(self) -> tuple[Array, Array]:
        """See `Table`. Raises: AbortedError before it is initialized."""
        if not self._is_ready:
            raise AbortedError(None, None, "HashTable is not initialized.")
        return super().export()

    def insert(self, keys: Array, values: Array) -> None:
        """Raises: UnimplementedError."""
        raise UnimplementedError(None, None, "Insert not supported by InitializableLookupTable implementations")

    def remove(self, keys: Array) -> None:
        """Raises: UnimplementedError."""
        raise UnimplementedError(None, None, "Remove not supported by InitializableLookupTable implementations")

    def import_all(self, keys: Array, values: Array) -> None:
        """Initialize it: see `initialize`."""
        self._check_values(keys, values)
        if not keys.size:
            raise InvalidArgumentError(None, None, "keys and values cannot be empty tensors.")
        self.initialize(self._pairs(keys, values))

    def initialize(self, pairs: Iterator[tuple[Any, Any]]) -> None:
        """Fill it; it stays as it is if it is filled already, also by another of this name.

        Raises: FailedPreconditionError if a key comes with two values, or it was filled with more or fewer keys.
        """
        entries: dict[Any, Any] = {}
        for key, value in pairs:
            if entries.setdefault(key, value) != value:
                raise FailedPreconditionError(
                    None, None,
                    f"HashTable has different value for same key. Key {_shown(key)} has {_shown(entries[key])} and "
                    f"trying to add value {_shown(value)}",
                )  # fmt: skip
        with self._lock:
            if not self._is_ready:
                self._entries, self._index, self._is_ready = entries, None, True
            elif len(entries) != len(self._entries):
                raise FailedPreconditionError(None, None, "Table was already initialized with different data.")


def _array(items: Iterator[Any], count: int, dtype: DType) -> Array:
    """Python values as a vector."""
    if dtype is dtypes.string:
        found = np.empty(count, object)
        found[:] = list(items)
        return found
    return np.fromiter(items, dtype.np_dtype, count)


def _text(shape: tuple[int, ...]) -> str:
    return f"[{','.join(map(str, shape))}]"


def _arrow(types: list[DType]) -> str:
    return "->".join(item.name for item in types)


def _shown(value: Any) -> str:
    return as_bytes(value).decode(errors="replace") if isinstance(value, (bytes, str)) else str(value)
