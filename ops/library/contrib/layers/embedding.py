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
from ....families.state.variable_scope import get_variable, variable_scope
from ..framework.variables import model_variable


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
