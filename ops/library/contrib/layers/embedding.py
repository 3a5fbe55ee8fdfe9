"""Rows of a table by number, of sequences of numbers."""

from __future__ import annotations

from typing import Any

from ....building.convert import convert_to_tensor
from ....building.default_graph import name_scope
from ....families.arrays.reshaping import reshape
from ....families.arrays.shape_ops import shape
from ....families.arrays.stacking import concat
from ....families.indexing.gathering import gather
from ....families.indexing.positions import unique
from ....families.nn.embedding import embedding_lookup
from ....families.nn.sampled.sparse_embedding import safe_embedding_lookup_sparse as nn_safe_lookup
from ....families.reductions.reductions import reduce_mean
from ....families.sparse.sparse_tensor import is_sparse
from ....families.state.variable_scope import get_variable, variable_scope
from ..framework.arg_scope import add_arg_scope
from ..framework.variables import model_variable
from .values import dense_to_sparse


def embed_sequence(
    ids: Any,
    vocab_size: int | None = None,
    embed_dim: int | None = None,
    unique: bool = False,
    initializer: Any = None,
    regularizer: Any = None,
    trainable: bool = True,
    scope: Any = None,
    reuse: Any = None,
) -> Any:
    """Return the rows of a variable `embeddings` at some numbers.

    Args:
      ids: int32 or int64 `[batch, length]`.
      vocab_size, embed_dim: the shape of the variable.
      unique: whether each row is looked up once.
      initializer, regularizer, trainable: of the variable.
      scope: the name of the layer.
      reuse: whether the variable is there already.
    Returns: `[batch, length, embed_dim]`.
    Raises: ValueError if a part of the shape is missing and the variable is not reused.
    """
    if not (reuse or (vocab_size and embed_dim)):
        raise ValueError(
            f"Must specify vocab size and embedding dimension when not reusing. Got vocab_size={vocab_size} "
            f"and embed_dim={embed_dim}"
        )
    with variable_scope(scope, "EmbedSequence", [ids], reuse=reuse):
        extents = [vocab_size, embed_dim]
        if reuse and (vocab_size is None or embed_dim is None):
            table = get_variable("embeddings")
        else:
            table = model_variable(
                "embeddings", shape=extents, initializer=initializer, regularizer=regularizer, trainable=trainable
            )
        return embedding_lookup_unique(table, ids) if unique else embedding_lookup(table, ids)


def embedding_lookup_unique(params: Any, ids: Any, partition_strategy: str = "mod", name: str | None = None) -> Any:
    """Return the same as `embedding_lookup`; each row is looked up once."""
    with name_scope(name, "EmbeddingLookupUnique", [params, ids]):
        ids = convert_to_tensor(ids)
        flat, places = unique(reshape(ids, [-1]))
        rows = gather(embedding_lookup(params, flat, partition_strategy), places)
        result = reshape(rows, concat([shape(ids), shape(rows)[1:]], axis=0))
        result.set_shape(ids.shape.concatenate(rows.shape[1:]))
        return result


def safe_embedding_lookup_sparse(
    embedding_weights: Any,
    sparse_ids: Any,
    sparse_weights: Any = None,
    combiner: str | None = None,
    default_id: int | None = None,
    name: str | None = None,
    partition_strategy: str = "div",
    max_norm: Any = None,
) -> Any:
    """Return the same as `tf.nn.safe_embedding_lookup_sparse`; no combiner is "mean"."""
    return nn_safe_lookup(
        embedding_weights,
        sparse_ids,
        sparse_weights,
        combiner or "mean",
        default_id,
        name,
        partition_strategy,
        max_norm,
    )


@add_arg_scope
def bow_encoder(
    ids: Any,
    vocab_size: int,
    embed_dim: int,
    sparse_lookup: bool = True,
    initializer: Any = None,
    regularizer: Any = None,
    trainable: bool = True,
    scope: Any = None,
    reuse: Any = None,
) -> Any:
    """Return for each bag of numbers the mean of their rows of a variable `embeddings`, `[batch, embed_dim]`.

    Args:
      ids: `[batch, length]` of integers, dense or sparse; -1 in dense ones stands for none.
      vocab_size, embed_dim: the shape of the variable.
      sparse_lookup: whether the numbers are looked up as a SparseTensor; else all of them count, and are dense.
      initializer, regularizer, trainable: of the variable. scope: the name of the layer.
      reuse: whether the variable is there already.
    Raises: TypeError for sparse numbers without `sparse_lookup`.
    """
    with variable_scope(scope, "bow_encoder", [ids], reuse=reuse):
        table = model_variable(
            "embeddings",
            shape=[vocab_size, embed_dim],
            initializer=initializer,
            regularizer=regularizer,
            trainable=trainable,
        )
        if not sparse_lookup:
            if is_sparse(ids):
                raise TypeError("ids are expected to be dense Tensor, got: SparseTensor")
            return reduce_mean(embedding_lookup(table, ids), axis=1)
        if not is_sparse(ids):
            ids = dense_to_sparse(ids, -1, scope="DenseToSparseTensor")
        return safe_embedding_lookup_sparse(table, ids)
