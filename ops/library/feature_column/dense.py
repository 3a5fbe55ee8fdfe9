"""Dense columns of categories: indicators, and embeddings."""

from __future__ import annotations

import math
from typing import Any, NamedTuple

from ...building.default_graph import get_default_graph
from ...families.indexing.positions import one_hot
from ...families.nn.sampled.sparse_embedding import safe_embedding_lookup_sparse
from ...families.random.initializers import TruncatedNormal
from ...families.reductions.reductions import reduce_sum
from ...families.sparse.composed import sparse_merge
from ...families.sparse.to_dense import sparse_tensor_to_dense
from ...families.state.variable_scope import get_variable
from ...graph.node import Tensor
from ...types import dtypes
from ...types.tensor_shape import TensorShape
from .base import (
    CategoricalColumn,
    DenseColumn,
    Features,
    IdWeightPair,
    is_sequence,
    sequence_length_from_sparse_tensor,
)


def _refuse_sequences(column: Any) -> None:
    """Raises: ValueError for a column of sequences where one example is one row."""
    if is_sequence(column):
        raise ValueError(
            f"{column.name}: categorical_column must not be of type SequenceCategoricalColumn. Use a "
            "categorical_column_with_* that is not of sequences, or make the input with SequenceFeatures or "
            f"sequence_input_layer. Given: {column.categorical_column}"
        )


class _Indicator(NamedTuple):
    categorical_column: CategoricalColumn


class IndicatorColumn(_Indicator, DenseColumn):
    """See `indicator_column`."""

    __slots__ = ()

    @property
    def name(self) -> str:
        """The name."""
        return f"{self.categorical_column.name}_indicator"

    @property
    def parse_example_spec(self) -> dict[str, Any]:
        """That of the categories."""
        return self.categorical_column._parse_example_spec

    @property
    def variable_shape(self) -> TensorShape:
        """A number for each category."""
        return TensorShape([1, self.categorical_column._num_buckets])

    def transform_feature(self, features: Features) -> Tensor:
        """How often each category is there, or the sum of its weights."""
        ids, weights = self.categorical_column._get_sparse_tensors(features)
        if weights is not None:
            merged = sparse_merge(ids, weights, int(self.variable_shape[-1]))
            return sparse_tensor_to_dense(merged)
        dense = sparse_tensor_to_dense(ids, default_value=-1)
        hot = one_hot(dense, depth=int(self.variable_shape[-1]), on_value=1.0, off_value=0.0)
        result: Tensor = reduce_sum(hot, axis=[-2])
        return result

    def get_dense_tensor(self, features: Features, trainable: bool, collections: list[str]) -> Tensor:
        """The same."""
        _refuse_sequences(self)
        tensor: Tensor = features.get(self)
        return tensor

    def get_sequence_dense_tensor(
        self, features: Features, trainable: bool, collections: list[str]
    ) -> tuple[Tensor, Tensor]:
        """The same for each step of sequences, and how many steps each example has."""
        ids = self.categorical_column._get_sparse_tensors(features).id_tensor
        return features.get(self), sequence_length_from_sparse_tensor(ids)


def indicator_column(categorical_column: Any) -> IndicatorColumn:
    """Return a dense column that tells how often each category of `categorical_column` is there.

    >>> kind = tf.feature_column.categorical_column_with_identity("kind", 3)
    >>> hot = tf.feature_column.indicator_column(kind)
    >>> with tf.Session() as sess:
    ...     sess.run(tf.feature_column.input_layer({"kind": [[2], [0]]}, hot)).tolist()
    [[0.0, 0.0, 1.0], [1.0, 0.0, 0.0]]
    """
    return IndicatorColumn(categorical_column)


class _EmbeddedColumn(DenseColumn):
    """What both kinds of embeddings have in common."""

    __slots__ = ()
    categorical_column: CategoricalColumn

    def _embedded(self, features: Features, trainable: bool, collections: list[str]) -> Tensor:
        raise NotImplementedError

    def get_dense_tensor(self, features: Features, trainable: bool, collections: list[str]) -> Tensor:
        """The embeddings of an example's categories, combined."""
        _refuse_sequences(self)
        return self._embedded(features, trainable, collections)

    def get_sequence_dense_tensor(
        self, features: Features, trainable: bool, collections: list[str]
    ) -> tuple[Tensor, Tensor]:
        """The same for each step of sequences, and how many steps each example has."""
        embedded = self._embedded(features, trainable, collections)
        return embedded, sequence_length_from_sparse_tensor(features.get(self).id_tensor)


class _Embedding(NamedTuple):
    categorical_column: CategoricalColumn
    dimension: int
    combiner: str
    initializer: Any
    ckpt_to_load_from: Any
    tensor_name_in_ckpt: Any
    max_norm: Any
    trainable: bool


class EmbeddingColumn(_Embedding, _EmbeddedColumn):
    """See `embedding_column`."""

    __slots__ = ()

    @property
    def name(self) -> str:
        """The name."""
        return f"{self.categorical_column.name}_embedding"

    @property
    def parse_example_spec(self) -> dict[str, Any]:
        """That of the categories."""
        return self.categorical_column._parse_example_spec

    @property
    def variable_shape(self) -> TensorShape:
        """The embedding's length."""
        return TensorShape([self.dimension])

    def transform_feature(self, features: Features) -> IdWeightPair:
        """Categories and weights."""
        return self.categorical_column._get_sparse_tensors(features)

    def _embedded(self, features: Features, trainable: bool, collections: list[str]) -> Tensor:
        """The embeddings of an example's categories, combined."""
        pair: IdWeightPair = features.get(self)
        weights = get_variable(
            "embedding_weights",
            shape=(self.categorical_column._num_buckets, self.dimension),
            dtype=dtypes.float32,
            initializer=self.initializer,
            trainable=self.trainable and trainable,
            collections=collections,
        )
        return _looked_up(self, pair, weights)


def _looked_up(column: Any, pair: IdWeightPair, weights: Any) -> Tensor:
    if column.ckpt_to_load_from is not None:
        from ..checkpoint.initialization import init_from_checkpoint

        init_from_checkpoint(column.ckpt_to_load_from, {column.tensor_name_in_ckpt: weights})
    return safe_embedding_lookup_sparse(
        weights, pair.id_tensor, pair.weight_tensor, combiner=column.combiner, name=f"{column.name}_weights",
        max_norm=column.max_norm,
    )  # fmt: skip


def embedding_column(
    categorical_column: Any, dimension: int, combiner: str = "mean", initializer: Any = None,
    ckpt_to_load_from: Any = None, tensor_name_in_ckpt: str | None = None, max_norm: float | None = None,
    trainable: bool = True,
) -> EmbeddingColumn:  # fmt: skip
    """Return a dense column of embeddings: rows of a table, one for each category.

    Args:
      categorical_column: the categories.
      dimension: the length of a row.
      combiner: how several rows are joined: `mean`, `sqrtn` or `sum`.
      initializer: of the table; default: truncated normal values of deviation `1 / sqrt(dimension)`.
      ckpt_to_load_from, tensor_name_in_ckpt: a checkpoint to begin with, and the name of the table in it.
      max_norm: if given, longer rows are scaled to this Euclidean length.
      trainable: whether training changes the table.
    Raises: ValueError for what cannot be.
    """
    _check(dimension, initializer, ckpt_to_load_from, tensor_name_in_ckpt)
    initializer = initializer or TruncatedNormal(mean=0.0, stddev=1 / math.sqrt(dimension))
    return EmbeddingColumn(
        categorical_column, dimension, combiner, initializer, ckpt_to_load_from, tensor_name_in_ckpt, max_norm,
        trainable,
    )  # fmt: skip


def _check(dimension: Any, initializer: Any, checkpoint: Any, tensor_name: Any) -> None:
    if dimension is None or dimension < 1:
        raise ValueError(f"Invalid dimension {dimension}.")
    if (checkpoint is None) != (tensor_name is None):
        raise ValueError("Must specify both `ckpt_to_load_from` and `tensor_name_in_ckpt` or none of them.")
    if initializer is not None and not callable(initializer):
        raise ValueError("initializer must be callable if specified.")


class _Shared(NamedTuple):
    categorical_column: CategoricalColumn
    dimension: int
    combiner: str
    initializer: Any
    shared_embedding_collection_name: str
    ckpt_to_load_from: Any
    tensor_name_in_ckpt: Any
    max_norm: Any
    trainable: bool


class SharedEmbeddingColumn(_Shared, _EmbeddedColumn):
    """See `shared_embedding_columns`."""

    __slots__ = ()

    @property
    def name(self) -> str:
        """The name."""
        return f"{self.categorical_column.name}_shared_embedding"

    @property
    def _var_scope_name(self) -> str:
        """The scope that the columns share."""
        return self.shared_embedding_collection_name

    @property
    def parse_example_spec(self) -> dict[str, Any]:
        """That of the categories."""
        return self.categorical_column._parse_example_spec

    @property
    def variable_shape(self) -> TensorShape:
        """The embedding's length."""
        return TensorShape([self.dimension])

    def transform_feature(self, features: Features) -> IdWeightPair:
        """Categories and weights."""
        return self.categorical_column._get_sparse_tensors(features)

    def _embedded(self, features: Features, trainable: bool, collections: list[str]) -> Tensor:
        """The embeddings, from the table that the first of the columns makes."""
        pair: IdWeightPair = features.get(self)
        shape = (self.categorical_column._num_buckets, self.dimension)
        known = get_default_graph().get_collection_ref(self.shared_embedding_collection_name)
        if len(known) > 1:
            raise ValueError(f"Collection {self.shared_embedding_collection_name} can only contain one variable.")
        if not known:
            known.append(
                get_variable(
                    "embedding_weights",
                    shape=shape,
                    dtype=dtypes.float32,
                    initializer=self.initializer,
                    trainable=self.trainable and trainable,
                    collections=collections,
                )
            )
        elif known[0].shape.as_list() != list(shape):
            raise ValueError(
                f"Shared embedding collection {self.shared_embedding_collection_name} contains variable "
                f"{known[0].name} of unexpected shape {known[0].shape}. Expected shape is {shape}."
            )
        return _looked_up(self, pair, known[0])


def shared_embedding_columns(
    categorical_columns: Any, dimension: int, combiner: str = "mean", initializer: Any = None,
    shared_embedding_collection_name: str | None = None, ckpt_to_load_from: Any = None,
    tensor_name_in_ckpt: str | None = None, max_norm: float | None = None, trainable: bool = True,
) -> list[SharedEmbeddingColumn]:  # fmt: skip
    """Return dense columns of embeddings that share a table.

    Args:
      categorical_columns: with the same number of categories.
      shared_embedding_collection_name: a name for the table; default: one of the columns' names.
      The others are those of `embedding_column`.
    Raises: ValueError for what cannot be.
    """
    _check(dimension, initializer, ckpt_to_load_from, tensor_name_in_ckpt)
    initializer = initializer or TruncatedNormal(mean=0.0, stddev=1 / math.sqrt(dimension))
    ordered = sorted(categorical_columns, key=lambda column: str(column.name))
    counts = {column._num_buckets for column in ordered}
    if len(counts) > 1:
        raise ValueError(
            "To use shared_embedding_column, all categorical_columns must have the same number of buckets. Given: "
            f"{ {column.name: column._num_buckets for column in ordered} }"
        )
    shared = shared_embedding_collection_name or "_".join(column.name for column in ordered) + "_shared_embedding"
    return [
        SharedEmbeddingColumn(
            column, dimension, combiner, initializer, shared, ckpt_to_load_from, tensor_name_in_ckpt, max_norm,
            trainable,
        )
        for column in categorical_columns
    ]  # fmt: skip
