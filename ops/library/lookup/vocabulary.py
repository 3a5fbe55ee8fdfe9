"""Tables that give every key a number: one of a table, or a bucket's behind them by the key's hash."""

from __future__ import annotations

from collections import namedtuple
from typing import Any

from ...building.basic_ops import no_op
from ...building.constant import constant
from ...building.default_graph import name_scope
from ...families.elementwise.arithmetic import add
from ...families.elementwise.cast import cast
from ...families.elementwise.compare import not_equal
from ...families.indexing.positions import where_v2
from ...families.strings.hash_buckets import string_to_hash_bucket_fast, string_to_hash_bucket_strong
from ...families.strings.numbers import as_string
from ...graph.node import Tensor
from ...types import dtypes
from .interface import LookupInterface, dense_keys, same_places


class HasherSpec(namedtuple("HasherSpec", ["hasher", "key"])):
    """How keys are hashed.

    Args:
      hasher: "fasthash" or "stronghash".
      key: of a strong hash, two numbers.
    """

    __slots__ = ()


FastHashSpec = HasherSpec("fasthash", None)


class StrongHashSpec(HasherSpec):
    """Hashes that nobody can foresee who does not know the key.

    Args:
      key: two whole numbers, not negative.
    Raises: ValueError for another number of them, TypeError if they are no such numbers.
    """

    __slots__ = ()

    def __new__(cls, key: Any) -> StrongHashSpec:
        if len(key) != 2:
            raise ValueError(f"key must have size 2, got {len(key)}.")
        if not all(isinstance(item, int) and item >= 0 for item in key):
            raise TypeError(f"Invalid key {key}. Must be unsigned integer values.")
        return super().__new__(cls, "stronghash", key)


class _Vocabulary(LookupInterface):
    """A table and buckets behind it."""

    def __init__(self, key_dtype: Any, table: Any, buckets: int, hasher_spec: Any, name: str) -> None:
        super().__init__(key_dtype, dtypes.int64)
        self._table = table
        self._buckets = buckets
        self._hasher_spec = hasher_spec
        self._name = name
        self._none = no_op() if table is None else None

    @property
    def name(self) -> str:
        """The name of the table."""
        return self._name

    @property
    def initializer(self) -> Any:
        """The operation that fills the table."""
        return self._none if self._table is None else self._table.initializer

    @property
    def resource_handle(self) -> Any:
        """The tensor that stands for the table. Raises: ValueError if there are buckets alone."""
        if self._table is None:
            raise ValueError("No resource handle when there is no table.")
        return self._table.resource_handle

    def size(self, name: str | None = None) -> Tensor:
        """Return how many numbers there are: those of the table and those of the buckets, an int64 scalar."""
        with name_scope(name, f"{self.name}_Size"):
            inner = self._table.size() if self._table is not None else constant(0, dtypes.int64)
            result: Tensor = inner + self._buckets
            return result

    def lookup(self, keys: Any, name: str | None = None) -> Any:
        """Return the numbers of keys, int64.

        Args:
          keys: a tensor, or a SparseTensor, whose result is one too.
          name: a name for the scope of the operations.
        Raises: TypeError for keys of another type; FailedPreconditionError when run before the table is initialized.
        """
        wanted = dense_keys(keys, self._key_dtype)
        if self._table is not None and self._table.key_dtype.base_dtype == dtypes.int64:
            wanted = cast(wanted, dtypes.int64)
        if not self._buckets:
            return same_places(keys, self._table.lookup(wanted))
        with name_scope(name, f"{self.name}_Lookup"):
            texts = wanted if self._key_dtype is dtypes.string else as_string(wanted)
            numbers = self._hashed(texts)
            if self._table is not None:
                found = self._table.lookup(wanted)
                behind = add(numbers, self._table.size())
                numbers = where_v2(not_equal(found, self._table.default_value), found, behind)
        return same_places(keys, numbers)

    def _hashed(self, texts: Any) -> Tensor:
        spec = self._hasher_spec
        if spec.hasher == "fasthash":
            return string_to_hash_bucket_fast(texts, self._buckets, name="hash_bucket")
        if spec.hasher == "stronghash":
            return string_to_hash_bucket_strong(texts, self._buckets, spec.key, name="hash_bucket")
        raise ValueError(f"Unknown hasher {spec.hasher}")


class IdTableWithHashBuckets(_Vocabulary):
    """A table of numbers, with a number of `num_oov_buckets` more for each key that it has not.

    Args:
      table: from keys to int64; None: buckets alone.
      num_oov_buckets: how many buckets there are; 0: keys that are not there have the table's default value.
      hasher_spec: how keys are hashed: `FastHashSpec` or a `StrongHashSpec`.
      name: a name; default: that of the table.
      key_dtype: the type of the keys: string, or an integer; default: the table's.
    Raises: ValueError if there are neither a table nor buckets; TypeError for other types.

    >>> words = tf.lookup.KeyValueTensorInitializer(["a", "b"], tf.constant([0, 1], tf.int64))
    >>> table = IdTableWithHashBuckets(tf.lookup.StaticHashTable(words, -1), num_oov_buckets=2)
    >>> with tf.Session() as sess:
    ...     sess.run(table.initializer)
    ...     sess.run(table.lookup(tf.constant(["b", "x", "y"]))).tolist()
    [1, 3, 2]
    """

    def __init__(
        self, table: Any, num_oov_buckets: int, hasher_spec: Any = FastHashSpec, name: str | None = None,
        key_dtype: Any = None,
    ) -> None:  # fmt: skip
        super().__init__(*_checked(table, num_oov_buckets, hasher_spec, name, key_dtype, "table"))

    @property
    def init(self) -> Any:
        """The operation that fills the table."""
        return self.initializer


class StaticVocabularyTable(_Vocabulary):
    """A table of numbers that is filled once, with a number of `num_oov_buckets` more for each key that it has not.

    Args:
      initializer: from keys to int64; None: buckets alone.
      num_oov_buckets: how many buckets there are, at least 1.
      lookup_key_dtype: the type of the keys: string, or an integer; default: the initializer's.
      name: a name for the table's operation.
    Raises: ValueError without buckets; TypeError for other types.
    """

    def __init__(
        self, initializer: Any, num_oov_buckets: int, lookup_key_dtype: Any = None, name: str | None = None
    ) -> None:
        from .static import StaticHashTable

        if num_oov_buckets <= 0:
            raise ValueError("oov_buckets must be > 0.")
        if initializer is not None:
            _check_types(initializer, lookup_key_dtype)
            table = StaticHashTable(initializer, default_value=-1, name=name)
        else:
            table = None
        super().__init__(*_checked(table, num_oov_buckets, FastHashSpec, name, lookup_key_dtype, "initializer"))


def _checked(table: Any, buckets: int, hasher_spec: Any, name: str | None, key_dtype: Any, what: str) -> Any:
    """What a `_Vocabulary` is made of."""
    buckets = int(buckets) if buckets else 0
    if table is None and buckets <= 0:
        raise ValueError(f"oov_buckets must be > 0 if no {what} is supplied.")
    if not isinstance(hasher_spec, HasherSpec):
        raise TypeError(f"hasher_spec must be of type HasherSpec, got {hasher_spec}")
    if table is not None:
        _check_types(table, key_dtype)
    wanted = dtypes.as_dtype(key_dtype) if key_dtype is not None else table.key_dtype if table else dtypes.string
    if not (wanted is dtypes.string or wanted.is_integer):
        raise TypeError(f"Invalid key_dtype, expected one of integers or string, received: {wanted!r}.")
    own = name.rpartition("/")[2] if name else table.name if table is not None else "hash_bucket"
    return wanted, table, buckets, hasher_spec, own


def _check_types(table: Any, key_dtype: Any) -> None:
    wanted = table.key_dtype if key_dtype is None else dtypes.as_dtype(key_dtype)
    if not (wanted.is_integer or wanted is dtypes.string):
        raise TypeError(f"Invalid key_dtype, expected integer or string, got {wanted!r}.")
    if table.key_dtype.is_integer != wanted.is_integer:
        kind = "integer" if wanted.is_integer else "non-integer"
        raise TypeError(f"Invalid key dtype, expected {kind} but got {table.key_dtype!r}.")
    if table.value_dtype.base_dtype != dtypes.int64:
        raise TypeError(f"Invalid value dtype, expected {dtypes.int64!r} but got {table.value_dtype!r}.")
