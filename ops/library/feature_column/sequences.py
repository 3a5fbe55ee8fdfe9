"""Columns of sequences: an example has any number of steps, each with categories or numbers.

`contrib.feature_column.sequence_input_layer` and Keras's `SequenceFeatures` make of them what recurrent networks take:
a tensor (batch, steps, width), and how many steps each example has.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any, NamedTuple

from ...building.basic_ops import identity
from ...building.default_graph import control_dependencies, name_scope
from ...families.arrays.reshaping import reshape
from ...families.arrays.shape_ops import shape as shape_of
from ...families.arrays.stacking import concat
from ...families.debugging.assertions import assert_equal
from ...families.elementwise.cast import cast
from ...families.io.parsing import VarLenFeature
from ...families.reductions.reductions import reduce_prod
from ...families.sparse.sparse_tensor import SparseTensor
from ...families.sparse.structure import sparse_reshape
from ...families.sparse.to_dense import sparse_tensor_to_dense
from ...families.state.variable_scope import variable_scope
from ...graph.node import Tensor
from ...types import dtypes
from ...types.tensor_shape import TensorShape
from .base import (
    CategoricalColumn,
    DenseColumn,
    Features,
    IdWeightPair,
    checked_key,
    is_sequence,
    sequence_length_from_sparse_tensor,
    to_sparse,
)
from .categorical import (
    categorical_column_with_hash_bucket,
    categorical_column_with_identity,
    categorical_column_with_vocabulary_file,
    categorical_column_with_vocabulary_list,
)
from .models import collections_of, sorted_columns


class _Sequence(NamedTuple):
    categorical_column: CategoricalColumn


class SequenceCategoricalColumn(_Sequence, CategoricalColumn):
    """Categories of the steps of sequences; see `sequence_categorical_column_with_identity` and its like."""

    __slots__ = ()
    is_sequence = True

    @property
    def name(self) -> str:
        """The feature's name."""
        return self.categorical_column.name

    @property
    def parse_example_spec(self) -> dict[str, Any]:
        """A feature of any length."""
        return self.categorical_column._parse_example_spec

    @property
    def num_buckets(self) -> int:
        """How many categories there are."""
        return self.categorical_column._num_buckets

    def transform_feature(self, features: Features) -> Any:
        """The numbers of the categories."""
        return self.categorical_column._transform_feature(features)

    def get_sparse_tensors(self, features: Features) -> IdWeightPair:
        """The numbers of the categories (batch, steps, categories of a step), and weights."""
        pair = self.categorical_column._get_sparse_tensors(features)
        weights = pair.weight_tensor
        return IdWeightPair(_of_steps(pair.id_tensor), None if weights is None else _of_steps(weights))


def _of_steps(sparse: SparseTensor) -> SparseTensor:
    """A sparse tensor of two or more dimensions as one of three."""
    extents = shape_of(sparse, out_type=dtypes.int64)
    return sparse_reshape(sparse, [extents[0], extents[1], reduce_prod(extents[2:])])


def sequence_categorical_column_with_identity(
    key: str, num_buckets: int, default_value: int | None = None
) -> SequenceCategoricalColumn:
    """Return a column of sequences of integers that are categories as they are.

    Args: those of `categorical_column_with_identity`; the feature is sparse: (batch, steps).
    Raises: ValueError for what cannot be.
    """
    return SequenceCategoricalColumn(categorical_column_with_identity(key, num_buckets, default_value))


def sequence_categorical_column_with_hash_bucket(
    key: str, hash_bucket_size: int, dtype: Any = dtypes.string
) -> SequenceCategoricalColumn:
    """Return a column of sequences of values that are hashed into buckets.

    Args: those of `categorical_column_with_hash_bucket`.
    Raises: ValueError for what cannot be.
    """
    return SequenceCategoricalColumn(categorical_column_with_hash_bucket(key, hash_bucket_size, dtype))


def sequence_categorical_column_with_vocabulary_file(
    key: str, vocabulary_file: Any, vocabulary_size: int | None = None, num_oov_buckets: int = 0,
    default_value: int | None = None, dtype: Any = dtypes.string,
) -> SequenceCategoricalColumn:  # fmt: skip
    """Return a column of sequences of words that a file lists.

    Args: those of `categorical_column_with_vocabulary_file`.
    Raises: ValueError for what cannot be.
    """
    column = categorical_column_with_vocabulary_file(
        key, vocabulary_file, vocabulary_size, num_oov_buckets, default_value, dtype
    )
    return SequenceCategoricalColumn(column)


def sequence_categorical_column_with_vocabulary_list(
    key: str, vocabulary_list: Any, dtype: Any = None, default_value: int = -1, num_oov_buckets: int = 0
) -> SequenceCategoricalColumn:
    """Return a column of sequences of words, or integers, of a list.

    Args: those of `categorical_column_with_vocabulary_list`.
    Raises: ValueError for what cannot be.
    """
    column = categorical_column_with_vocabulary_list(key, vocabulary_list, dtype, default_value, num_oov_buckets)
    return SequenceCategoricalColumn(column)


class _Numbers(NamedTuple):
    key: str
    shape: tuple[int, ...]
    default_value: float
    dtype: Any
    normalizer_fn: Any


class SequenceNumericColumn(_Numbers, DenseColumn):
    """See `sequence_numeric_column`."""

    __slots__ = ()
    is_sequence = True

    @property
    def name(self) -> str:
        """The feature's name."""
        return self.key

    @property
    def parse_example_spec(self) -> dict[str, Any]:
        """A feature of any length."""
        return {self.key: VarLenFeature(self.dtype)}

    @property
    def variable_shape(self) -> TensorShape:
        """The shape of one step."""
        return TensorShape(self.shape)

    def transform_feature(self, features: Features) -> Any:
        """The feature as a sparse tensor, normalized."""
        sparse = to_sparse(features.get(self.key), self.default_value)
        return sparse if self.normalizer_fn is None else self.normalizer_fn(sparse)

    def get_sequence_dense_tensor(
        self, features: Features, trainable: bool, collections: list[str]
    ) -> tuple[Tensor, Tensor]:
        """The numbers (batch, steps, *shape) as floats, and how many steps each example has."""
        sparse = features.get(self)
        dense = sparse_tensor_to_dense(sparse, default_value=self.default_value)
        shape = concat([shape_of(dense)[:1], [-1], list(self.shape)], 0)
        numbers = cast(reshape(dense, shape), dtypes.float32)
        each = math.prod(self.shape) if sparse.get_shape().ndims == 2 else 1
        return numbers, sequence_length_from_sparse_tensor(sparse, each)


def sequence_numeric_column(
    key: str, shape: Any = (1,), default_value: float = 0.0, dtype: Any = dtypes.float32, normalizer_fn: Any = None
) -> SequenceNumericColumn:
    """Return a column of sequences of numbers.

    Args:
      key: the feature's name; the feature is sparse: (batch, numbers of all steps).
      shape: of the numbers of one step.
      default_value: what is put where an example has no more.
      dtype: of the feature: floats or integers.
      normalizer_fn: a function of the sparse tensor, such as `lambda x: x / 10.0`.
    Raises: ValueError, TypeError for what cannot be.

    >>> noise = tf.feature_column.sequence_numeric_column("noise")
    >>> layer = tf.keras.experimental.SequenceFeatures([noise])
    >>> values, lengths = layer({"noise": tf.SparseTensor([[0, 0], [0, 1], [1, 0]], [3.0, 4.0, 5.0], [2, 2])})
    >>> with tf.Session() as sess:
    ...     print(sess.run(values).tolist(), sess.run(lengths).tolist())
    [[[3.0], [4.0]], [[5.0], [0.0]]] [2, 1]
    """
    extents = tuple(shape) if isinstance(shape, (tuple, list)) else (shape,)
    for extent in extents:
        if not isinstance(extent, int):
            raise TypeError(f"shape dimensions must be integer. shape: {extents}, key: {key}")
        if extent < 1:
            raise ValueError(f"shape dimensions must be greater than 0. shape: {extents}, key: {key}")
    kind = dtypes.as_dtype(dtype)
    if not (kind.is_integer or kind.is_floating):
        raise ValueError(f"dtype must be convertible to float. dtype: {dtype}, key: {key}")
    if normalizer_fn is not None and not callable(normalizer_fn):
        raise TypeError(f"normalizer_fn must be a callable. Given: {normalizer_fn}")
    return SequenceNumericColumn(checked_key(key), extents, default_value, kind, normalizer_fn)


def sequence_tensors(
    column: Any, features: Features, trainable: bool, collections: list[str], user: str
) -> tuple[Tensor, Tensor]:
    """A dense column's tensor (batch, steps, width), and how many steps each example has.

    Args:
      column: the column.
      features, trainable, collections: as of `DenseColumn.get_dense_tensor`.
      user: who asks, for messages.
    Raises: ValueError for a column that is none of sequences.
    """
    if isinstance(column, SequenceNumericColumn):
        numbers, lengths = column.get_sequence_dense_tensor(features, trainable, collections)
    elif not hasattr(column, "get_sequence_dense_tensor"):
        raise ValueError(
            f"All feature_columns of {user} must be dense columns of sequences. You can wrap a "
            f"sequence_categorical_column with an embedding_column or indicator_column. Given: {column}"
        )
    elif not is_sequence(column):
        raise ValueError(
            f"{column.name}: categorical_column must be of type SequenceCategoricalColumn to use {user}. Use one of "
            f"sequence_categorical_column_with_*. Given: {column.categorical_column}"
        )
    else:
        numbers, lengths = column.get_sequence_dense_tensor(features, trainable, collections)
    extents = shape_of(numbers)
    width = column._variable_shape.num_elements()
    return reshape(numbers, [extents[0], extents[1], width]), lengths


def lengths_of_all(lengths: list[Tensor]) -> Tensor:
    """The lengths that all columns give; a step in which they differ fails."""
    first = lengths[0]
    others = lengths[1:]
    if not others:
        return first
    with name_scope("assert_all_equal"), control_dependencies([assert_equal(first, other) for other in others]):
        checked: Tensor = identity(first)
        return checked


def sequence_input_layer(
    features: Mapping[str, Any], feature_columns: Any, weight_collections: Any = None, trainable: bool = True
) -> tuple[Tensor, Tensor]:
    """Return what columns of sequences give for a batch, side by side in the order of their names.

    Args:
      features: from names to sparse tensors.
      feature_columns: columns of numbers, or embeddings and indicators of categories, all of sequences.
      weight_collections: where variables are added, besides the usual.
      trainable: whether they are trainable.
    Returns: a tensor (batch, steps, width), and how many steps each example has, int64.
    Raises: ValueError for other columns.
    """
    columns = sorted_columns(feature_columns)
    collections = collections_of(weight_collections)
    source, outputs, lengths = Features(features), [], []
    with variable_scope(None, default_name="sequence_input_layer", values=list(features.values())):
        for column in columns:
            with variable_scope(None, default_name=column._var_scope_name):
                numbers, length = sequence_tensors(column, source, trainable, collections, "sequence_input_layer")
                outputs.append(numbers)
                lengths.append(length)
        together = lengths_of_all(lengths)
        result: Tensor = concat(outputs, -1)
        return result, together
