"""Feature columns under the names `contrib.layers` had for them; they are those of `tf.feature_column`."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from ....types import dtypes
from ...feature_column.categorical import (
    categorical_column_with_hash_bucket,
    categorical_column_with_identity,
    categorical_column_with_vocabulary_file,
    categorical_column_with_vocabulary_list,
    weighted_categorical_column,
)
from ...feature_column.dense import embedding_column as embedding_of
from ...feature_column.dense import indicator_column
from ...feature_column.numeric import bucketized_column, numeric_column


def real_valued_column(
    column_name: str, dimension: int = 1, default_value: Any = None, dtype: Any = dtypes.float32,
    normalizer: Callable[[Any], Any] | None = None,
) -> Any:  # fmt: skip
    """Return a column of numbers.

    Args:
      column_name: the feature; "" where features are one tensor.
      dimension: how many numbers an example has.
      default_value, dtype, normalizer: as of `tf.feature_column.numeric_column`.
    """
    return numeric_column(column_name, (dimension,), default_value, dtype, normalizer)


def sparse_column_with_hash_bucket(
    column_name: str, hash_bucket_size: int, combiner: str = "sum", dtype: Any = dtypes.string, hash_keys: Any = None
) -> Any:
    """Return a column of words, by their hash. Raises: NotImplementedError for `hash_keys`."""
    if hash_keys is not None:
        raise NotImplementedError("sparse_column_with_hash_bucket(hash_keys=...) is not built.")
    return categorical_column_with_hash_bucket(column_name, hash_bucket_size, dtype)


def sparse_column_with_keys(
    column_name: str, keys: Any, default_value: int = -1, combiner: str = "sum", dtype: Any = dtypes.string
) -> Any:
    """Return a column of words, by their place among `keys`."""
    return categorical_column_with_vocabulary_list(column_name, list(keys), dtype, default_value)


def sparse_column_with_integerized_feature(
    column_name: str, bucket_size: int, combiner: str = "sum", dtype: Any = dtypes.int64
) -> Any:
    """Return a column of numbers below `bucket_size` that stand for things."""
    return categorical_column_with_identity(column_name, bucket_size)


def sparse_column_with_vocabulary_file(
    column_name: str, vocabulary_file: str, num_oov_buckets: int = 0, vocab_size: int | None = None,
    default_value: int = -1, combiner: str = "sum", dtype: Any = dtypes.string,
) -> Any:  # fmt: skip
    """Return a column of words, by their line in a file."""
    return categorical_column_with_vocabulary_file(
        column_name, vocabulary_file, vocab_size, num_oov_buckets, None if num_oov_buckets else default_value, dtype
    )


def weighted_sparse_column(sparse_id_column: Any, weight_column_name: str, dtype: Any = dtypes.float32) -> Any:
    """Return a column of words, each with a weight of another feature."""
    return weighted_categorical_column(sparse_id_column, weight_column_name, dtype)


def one_hot_column(sparse_id_column: Any) -> Any:
    """Return a dense column of a sparse one: 1 (or a count) at what an example has."""
    return indicator_column(sparse_id_column)


def embedding_column(
    sparse_id_column: Any, dimension: int, combiner: str = "mean", initializer: Any = None,
    ckpt_to_load_from: str | None = None, tensor_name_in_ckpt: str | None = None, max_norm: Any = None,
    trainable: bool = True,
) -> Any:  # fmt: skip
    """Return a dense column of a sparse one: vectors that are learned. Arguments as of `tf.feature_column`."""
    return embedding_of(
        sparse_id_column, dimension, combiner, initializer, ckpt_to_load_from, tensor_name_in_ckpt, max_norm, trainable
    )


__all__ = ["bucketized_column"]
