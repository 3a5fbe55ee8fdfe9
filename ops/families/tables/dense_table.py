"""`DenseTable`: a table of buckets, whose keys may be vectors.

What is kept is a dictionary, as in other tables. Buckets are what is exported and saved, so that TensorFlow reads it:
the power of two that TensorFlow would have grown to, a free one holding the empty key and zeros. Its growth: when
entries and those that come would fill more than `max_load_factor` of the buckets, their number doubles until they do
not.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from ...base.errors import InvalidArgumentError
from ...types.dtypes import DType
from .table_resource import Array, Table, _array, _text


class DenseTable(Table):
    """From keys to values, by buckets.

    Args:
      name, key_dtype, value_dtype, value_shape: see `Table`.
      empty_key, deleted_key: two keys that no entry has, scalars or vectors.
      buckets: how many there are at first, a power of two.
      load: how full they may be.
    Raises: InvalidArgumentError if the two keys are equal or of different shapes, or `buckets` is no power of two.
    """

    def __init__(
        self, name: str, key_dtype: DType, value_dtype: DType, value_shape: tuple[int, ...], empty_key: Array,
        deleted_key: Array, buckets: int, load: float,
    ) -> None:  # fmt: skip
        super().__init__(name, key_dtype, value_dtype, value_shape, empty_key.shape)
        if empty_key.ndim > 1:
            raise InvalidArgumentError(
                None, None, f"Empty key must be a scalar or a vector, got shape {_text(empty_key.shape)}"
            )
        if empty_key.shape != deleted_key.shape:
            raise InvalidArgumentError(
                None, None,
                f"Expected deleted_key to have shape {_text(empty_key.shape)}, got {_text(deleted_key.shape)}",
            )  # fmt: skip
        if buckets < 4 or buckets & (buckets - 1):
            raise InvalidArgumentError(
                None, None, f"Number of buckets must be at least 4 and a power of 2, got: {buckets}"
            )
        self._empty, self._deleted = (self._keys(key)[0] for key in (empty_key, deleted_key))
        if self._empty == self._deleted:
            raise InvalidArgumentError(None, None, "Empty and deleted keys cannot be equal")
        self._least = self._buckets = buckets
        self._load = load

    def clear(self) -> None:
        """Be as new."""
        with self._lock:
            super().clear()
            self._buckets = self._least

    def find(self, keys: Array, default: Array) -> Array:
        """See `Table`. Raises: InvalidArgumentError for the empty key and the deleted key."""
        self._check_keys(keys)
        return super().find(keys, default)

    def insert(self, keys: Array, values: Array) -> None:
        """See `Table`. Raises: InvalidArgumentError for the empty key and the deleted key."""
        self._check_keys(keys)
        with self._lock:
            self._check_values(keys, values)
            self._grow(len(self._keys(keys)))
            super().insert(keys, values)

    def remove(self, keys: Array) -> None:
        """See `Table`. Raises: InvalidArgumentError for the empty key and the deleted key."""
        self._check_keys(keys)
        super().remove(keys)

    def import_all(self, keys: Array, values: Array) -> None:
        """Hold what was exported: buckets, of which those of the empty and the deleted key are free."""
        width = int(np.prod(self.key_shape))
        wanted = np.array(keys).reshape((-1, *self.key_shape))
        if keys.size != len(wanted) * width or len(values) != len(wanted):
            raise InvalidArgumentError(
                None, None, f"Keys of shape {_text(keys.shape)} and values of shape {_text(values.shape)} are no table."
            )
        with self._lock:
            pairs = self._pairs(wanted, np.array(values).reshape((len(wanted), *self.value_shape)))
            self._entries = {key: value for key, value in pairs if key not in (self._empty, self._deleted)}
            self._buckets = max(len(wanted), 4)
            self._grow(0)

    def export(self) -> tuple[Array, Array]:
        """All buckets: keys of shape `[buckets, size of a key]`, and values, at least of two axes."""
        with self._lock:
            places: list[Any] = [None] * self._buckets
            for key, value in self._entries.items():
                places[_free(places, hash(key))] = key, value
        keys = [self._empty if item is None else item[0] for item in places]
        width = int(np.prod(self.value_shape))
        values = np.zeros((len(places), width), self.value_dtype.np_dtype)
        for place, item in enumerate(places):
            if item is not None:
                values[place] = item[1]
        return self._key_array(keys), values

    # Keys.

    def _keys(self, keys: Array) -> list[Any]:
        if not self.key_shape:
            return super()._keys(keys)
        return [tuple(row) for row in keys.reshape((-1, *self.key_shape)).tolist()]

    def _key_array(self, keys: list[Any]) -> Array:
        if not self.key_shape:
            return _array(iter(keys), len(keys), self.key_dtype).reshape(-1, 1)
        return np.array(keys, self.key_dtype.np_dtype).reshape(len(keys), *self.key_shape)

    def _check_keys(self, keys: Array) -> None:
        if self.key_shape and keys.shape[-1:] != self.key_shape:
            raise InvalidArgumentError(
                None, None,
                f"Input key shape {_text(keys.shape)} must end with the table's key shape {_text(self.key_shape)}",
            )  # fmt: skip
        found = self._keys(keys)
        for special, word in ((self._empty, "empty_key"), (self._deleted, "deleted_key")):
            if special in found:
                raise InvalidArgumentError(None, None, f"Using the {word} as a table key is not allowed")

    def _grow(self, coming: int) -> None:
        while len(self._entries) + coming > self._buckets * self._load:
            self._buckets *= 2


def _free(places: list[Any], start: int) -> int:
    """The place of a key: the first free one, further and further from where it belongs."""
    last = len(places) - 1
    place, step = start & last, 0
    while places[place] is not None:
        step += 1
        place = (place + step) & last
    return place
