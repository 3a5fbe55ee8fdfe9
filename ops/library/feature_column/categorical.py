"""Columns of categories: numbers, hashed values, words of a vocabulary; with weights."""

from __future__ import annotations

from typing import Any, NamedTuple

from ...base.errors import NotFoundError
from ...building.basic_ops import identity
from ...building.convert import convert_to_tensor
from ...building.default_graph import control_dependencies
from ...families.arrays.filling import fill
from ...families.arrays.shape_ops import shape as shape_of
from ...families.debugging.assertions import assert_greater_equal, assert_less
from ...families.elementwise.cast import cast
from ...families.elementwise.compare import greater_equal, less, logical_or
from ...families.indexing.positions import where
from ...families.io.parsing import VarLenFeature
from ...families.sparse.sparse_tensor import SparseTensor, is_sparse
from ...families.strings.hash_buckets import string_to_hash_bucket_fast
from ...families.strings.numbers import as_string
from ...types import dtypes
from .base import CategoricalColumn, Features, IdWeightPair, checked_key, to_sparse


class _Hashed(NamedTuple):
    key: str
    hash_bucket_size: int
    dtype: Any


class _Keyed(CategoricalColumn):
    """A categorical column of one feature."""

    __slots__ = ()
    key: str

    @property
    def name(self) -> str:
        """The feature's name."""
        return self.key

    def _input(self, features: Features, dtype: Any) -> SparseTensor:
        """The feature as a sparse tensor. Raises: ValueError if its type is of another kind."""
        sparse = to_sparse(features.get(self.key))
        if (dtype is dtypes.string) != (sparse.dtype.base_dtype is dtypes.string):
            raise ValueError(
                f"Column dtype and SparseTensors dtype must be compatible. key: {self.key}, column dtype: {dtype}, "
                f"tensor dtype: {sparse.dtype}"
            )
        if dtype is not dtypes.string and not sparse.dtype.is_integer:
            raise ValueError(f"SparseTensor dtype must be string or integer. key: {self.key}, dtype: {sparse.dtype}")
        return sparse


class _Vocabulary(_Keyed):
    """A categorical column whose values are looked up among words or integers."""

    __slots__ = ()
    dtype: Any

    @property
    def parse_example_spec(self) -> dict[str, Any]:
        """A feature of any length."""
        return {self.key: VarLenFeature(self.dtype)}

    def _words(self, features: Features) -> tuple[SparseTensor, Any]:
        """The feature with the values and the type that a table looks up: strings, or int64."""
        sparse = self._input(features, self.dtype)
        if self.dtype is dtypes.string or sparse.dtype.base_dtype is dtypes.int64:
            return sparse, sparse.dtype.base_dtype
        values = cast(sparse.values, dtypes.int64)
        return SparseTensor(sparse.indices, values, sparse.dense_shape), dtypes.int64


class HashedCategoricalColumn(_Hashed, _Keyed):
    """See `categorical_column_with_hash_bucket`."""

    __slots__ = ()

    @property
    def parse_example_spec(self) -> dict[str, Any]:
        """A feature of any length."""
        return {self.key: VarLenFeature(self.dtype)}

    def transform_feature(self, features: Features) -> SparseTensor:
        """Hashes of the values, of numbers those of their decimal form."""
        sparse = self._input(features, self.dtype)
        values = sparse.values if self.dtype is dtypes.string else as_string(sparse.values)
        ids = string_to_hash_bucket_fast(values, self.hash_bucket_size, name="lookup")
        return SparseTensor(sparse.indices, ids, sparse.dense_shape)

    @property
    def num_buckets(self) -> int:
        """The buckets given."""
        return self.hash_bucket_size


def categorical_column_with_hash_bucket(
    key: str, hash_bucket_size: int, dtype: Any = dtypes.string
) -> HashedCategoricalColumn:
    """Return a column of values that are hashed into buckets.

    Args:
      key: the feature's name.
      hash_bucket_size: how many buckets there are.
      dtype: of the feature: strings or integers; empty strings and -1 are none.
    Raises: ValueError for what cannot be.
    """
    if hash_bucket_size is None:
        raise ValueError(f"hash_bucket_size must be set. key: {key}")
    if hash_bucket_size < 1:
        raise ValueError(f"hash_bucket_size must be at least 1. hash_bucket_size: {hash_bucket_size}, key: {key}")
    return HashedCategoricalColumn(checked_key(key), hash_bucket_size, _text_or_integer(dtype, key))


def _text_or_integer(dtype: Any, key: str) -> Any:
    kind = dtypes.as_dtype(dtype)
    if kind is not dtypes.string and not kind.is_integer:
        raise ValueError(f"dtype must be string or integer. dtype: {dtype}. column_name: {key}")
    return kind


class _Identity(NamedTuple):
    key: str
    number_buckets: int
    default_value: int | None


class IdentityCategoricalColumn(_Identity, _Keyed):
    """See `categorical_column_with_identity`."""

    __slots__ = ()

    @property
    def parse_example_spec(self) -> dict[str, Any]:
        """A feature of any length."""
        return {self.key: VarLenFeature(dtypes.int64)}

    def transform_feature(self, features: Features) -> SparseTensor:
        """The numbers; those out of range are an error of the step, or the default."""
        sparse = to_sparse(features.get(self.key))
        if not sparse.dtype.is_integer:
            raise ValueError(f"Invalid input, not integer. key: {self.key} dtype: {sparse.dtype}")
        values = sparse.values
        if values.dtype.base_dtype is not dtypes.int64:
            values = cast(values, dtypes.int64, name="values")
        count = cast(convert_to_tensor(self.number_buckets, name="num_buckets/x"), dtypes.int64, name="num_buckets")
        zero = cast(convert_to_tensor(0, name="zero/x"), dtypes.int64, name="zero")
        if self.default_value is None:
            checks = (
                assert_less(values, count, data=(values, count), name="assert_less_than_num_buckets"),
                assert_greater_equal(values, zero, data=(values,), name="assert_greater_or_equal_0"),
            )
            with control_dependencies(checks):
                values = identity(values)
        else:
            outside = logical_or(less(values, zero), greater_equal(values, count), name="out_of_range")
            default = fill(shape_of(values), cast(convert_to_tensor(self.default_value), dtypes.int64))
            values = where(outside, default, values)
        return SparseTensor(sparse.indices, values, sparse.dense_shape)

    @property
    def num_buckets(self) -> int:
        """The categories given."""
        return self.number_buckets


def categorical_column_with_identity(
    key: str, num_buckets: int, default_value: int | None = None
) -> IdentityCategoricalColumn:
    """Return a column of integers that are categories as they are.

    Args:
      key: the feature's name.
      num_buckets: how many categories there are: the integers are below it.
      default_value: what stands for others; default: they are an error when a step runs.
    Raises: ValueError for what cannot be.
    """
    if num_buckets < 1:
        raise ValueError(f"num_buckets {num_buckets} < 1, column_name {key}")
    if default_value is not None and not 0 <= default_value < num_buckets:
        raise ValueError(f"default_value {default_value} not in range [0, {num_buckets}), column_name {key}")
    return IdentityCategoricalColumn(checked_key(key), num_buckets, default_value)


class _Words(NamedTuple):
    key: str
    vocabulary_list: tuple[Any, ...]
    dtype: Any
    default_value: int
    num_oov_buckets: int


class VocabularyListCategoricalColumn(_Words, _Vocabulary):
    """See `categorical_column_with_vocabulary_list`."""

    __slots__ = ()

    def transform_feature(self, features: Features) -> SparseTensor:
        """The places of the values in the list."""
        from ..lookup.vocabularies import index_table_from_tensor

        sparse, dtype = self._words(features)
        table = index_table_from_tensor(
            list(self.vocabulary_list), self.num_oov_buckets, self.default_value, dtype=dtype, name=f"{self.key}_lookup"
        )
        found: SparseTensor = table.lookup(sparse)
        return found

    @property
    def num_buckets(self) -> int:
        """The words, and buckets for others."""
        return len(self.vocabulary_list) + self.num_oov_buckets


def categorical_column_with_vocabulary_list(
    key: str, vocabulary_list: Any, dtype: Any = None, default_value: int = -1, num_oov_buckets: int = 0
) -> VocabularyListCategoricalColumn:
    """Return a column of values that are in a list: the categories.

    Args:
      key: the feature's name.
      vocabulary_list: strings or integers, each once.
      dtype: of the feature; default: that of the list.
      default_value: what stands for others; -1: they are left out.
      num_oov_buckets: into how many buckets others are hashed instead.
    Raises: ValueError for what cannot be.
    """
    if vocabulary_list is None or len(vocabulary_list) < 1:
        raise ValueError(f"vocabulary_list {vocabulary_list} must be non-empty, column_name: {key}")
    words = tuple(vocabulary_list)
    repeated = sorted({word for word in words if words.count(word) > 1})
    if repeated:
        raise ValueError(f"Duplicate keys {set(repeated)} in vocabulary_list {words}, column_name: {key}")
    if num_oov_buckets < 0:
        raise ValueError(f"Invalid num_oov_buckets {num_oov_buckets}, column_name: {key}")
    if num_oov_buckets and default_value != -1:
        raise ValueError(
            f"Can't specify both num_oov_buckets ({num_oov_buckets}) and default_value ({default_value}) of {key}."
        )
    own = dtypes.string if isinstance(words[0], (str, bytes)) else dtypes.int64
    kind = _text_or_integer(own if dtype is None else dtype, key)
    if (kind is dtypes.string) != (own is dtypes.string):
        raise ValueError(f"dtype {kind.name} and vocabulary dtype {own.name} do not match, column_name: {key}")
    return VocabularyListCategoricalColumn(checked_key(key), words, kind, default_value, num_oov_buckets)


class _File(NamedTuple):
    key: str
    vocabulary_file: str
    vocabulary_size: int
    num_oov_buckets: int
    dtype: Any
    default_value: int


class VocabularyFileCategoricalColumn(_File, _Vocabulary):
    """See `categorical_column_with_vocabulary_file`."""

    __slots__ = ()

    def transform_feature(self, features: Features) -> SparseTensor:
        """The lines of the values in the file."""
        from ..lookup.vocabularies import index_table_from_file

        sparse, dtype = self._words(features)
        table = index_table_from_file(
            vocabulary_file=self.vocabulary_file,
            num_oov_buckets=self.num_oov_buckets,
            vocab_size=self.vocabulary_size,
            default_value=self.default_value,
            key_dtype=dtype,
            name=f"{self.key}_lookup",
        )
        found: SparseTensor = table.lookup(sparse)
        return found

    @property
    def num_buckets(self) -> int:
        """The lines, and buckets for others."""
        return self.vocabulary_size + self.num_oov_buckets


def categorical_column_with_vocabulary_file(
    key: str, vocabulary_file: str, vocabulary_size: int | None = None, num_oov_buckets: int = 0,
    default_value: int | None = None, dtype: Any = dtypes.string,
) -> VocabularyFileCategoricalColumn:  # fmt: skip
    """Return a column of values that are lines of a file: the categories.

    Args:
      key: the feature's name.
      vocabulary_file: the path.
      vocabulary_size: how many lines count; default: all.
      num_oov_buckets, default_value, dtype: as for `categorical_column_with_vocabulary_list`.
    Raises: ValueError for what cannot be.
    """
    if not vocabulary_file:
        raise ValueError(f"Missing vocabulary_file in {key}.")
    if vocabulary_size is None:
        try:
            with open(vocabulary_file, "rb") as file:
                vocabulary_size = sum(1 for _ in file)
        except FileNotFoundError:
            raise NotFoundError(None, None, f"vocabulary_file {vocabulary_file} of {key} does not exist.") from None
    if vocabulary_size < 1:
        raise ValueError(f"Invalid vocabulary_size in {key}.")
    if num_oov_buckets:
        if default_value is not None:
            raise ValueError(f"Can't specify both num_oov_buckets and default_value in {key}.")
        if num_oov_buckets < 0:
            raise ValueError(f"Invalid num_oov_buckets {num_oov_buckets} in {key}.")
    return VocabularyFileCategoricalColumn(
        checked_key(key), vocabulary_file, vocabulary_size, num_oov_buckets, _text_or_integer(dtype, key),
        -1 if default_value is None else default_value,
    )  # fmt: skip


class _Weighted(NamedTuple):
    categorical_column: CategoricalColumn
    weight_feature_key: str
    dtype: Any


class WeightedCategoricalColumn(_Weighted, CategoricalColumn):
    """See `weighted_categorical_column`."""

    __slots__ = ()

    @property
    def name(self) -> str:
        """The name."""
        return f"{self.categorical_column.name}_weighted_by_{self.weight_feature_key}"

    @property
    def parse_example_spec(self) -> dict[str, Any]:
        """Both features. Raises: ValueError if the weights have the categories' name."""
        spec = self.categorical_column._parse_example_spec
        if self.weight_feature_key in spec:
            raise ValueError(f"Parse config {spec[self.weight_feature_key]} already exists for {self.name}.")
        return {**spec, self.weight_feature_key: VarLenFeature(self.dtype)}

    @property
    def num_buckets(self) -> int:
        """Those of the categories."""
        return self.categorical_column._num_buckets

    def transform_feature(self, features: Features) -> Any:
        """Categories and weights."""
        weights = features.get(self.weight_feature_key)
        if weights is None:
            raise ValueError(f"Missing weights {self.weight_feature_key}.")
        if not is_sparse(weights):
            weights = to_sparse(weights, ignore_value=0.0)
        if self.dtype != weights.dtype.base_dtype:
            raise ValueError(f"Bad dtype, expected {self.dtype}, but got {weights.dtype}.")
        values = cast(weights.values, dtypes.float32)
        return features.get(self.categorical_column), SparseTensor(weights.indices, values, weights.dense_shape)

    def get_sparse_tensors(self, features: Features) -> IdWeightPair:
        """Categories and weights."""
        return IdWeightPair(*features.get(self))


def weighted_categorical_column(
    categorical_column: Any, weight_feature_key: str, dtype: Any = dtypes.float32
) -> WeightedCategoricalColumn:
    """Return a column whose categories have weights, which are another feature of the same shape.

    Args:
      categorical_column: the categories.
      weight_feature_key: the name of the other feature.
      dtype: its type.
    Raises: ValueError for a type that is none of numbers.
    """
    kind = dtypes.as_dtype(dtype)
    if not (kind.is_integer or kind.is_floating):
        raise ValueError(f"dtype {dtype} is not convertible to float.")
    return WeightedCategoricalColumn(categorical_column, weight_feature_key, kind)
