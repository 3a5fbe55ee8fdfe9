"""`contrib.nn`: cross entropies with their old order of arguments, losses of drawn classes, activations."""

from __future__ import annotations

import math
from typing import Any

from ...building.convert import convert_to_tensor
from ...building.default_graph import name_scope
from ...families.arrays.reshaping import expand_dims
from ...families.arrays.shape_ops import shape as shape_of
from ...families.elementwise.rounding import floor
from ...families.indexing.gathering import gather
from ...families.linalg.products import matmul
from ...families.nn.activations import softplus
from ...families.nn.cross_entropy import (
    sigmoid_cross_entropy_with_logits,
    softmax_cross_entropy_with_logits,
    sparse_softmax_cross_entropy_with_logits,
)
from ...families.nn.embedding import embedding_lookup
from ...families.nn.sampled.losses import sampled_softmax_loss
from ...families.random.sampling import random_uniform
from ...graph.node import Tensor

_ALPHA = -1.7580993408473766  # of `selu`: what an activation is where it is far below zero


def alpha_dropout(
    x: Any, keep_prob: float, noise_shape: Any = None, seed: int | None = None, name: str | None = None
) -> Tensor:
    """Return the tensor with a random share of elements as `selu` has them far below zero; its moments are kept.

    Args:
      x: floats. keep_prob: the share that is kept. noise_shape: of the choice, by default that of `x`.
      seed, name: usual.
    Raises: ValueError for a share that is not in (0, 1].
    Source: Klambauer et al. (2017).
    """
    with name_scope(name, "alpha_dropout", [x]):
        tensor: Tensor = convert_to_tensor(x, name="x")
        if not 0 < keep_prob <= 1:
            raise ValueError(f"keep_prob must be a scalar tensor or a float in the range (0, 1], got {keep_prob:g}")
        if keep_prob == 1:
            return tensor
        extents = shape_of(tensor) if noise_shape is None else noise_shape
        kept = floor(keep_prob + random_uniform(extents, seed=seed, dtype=tensor.dtype))
        mixed = tensor * kept + _ALPHA * (1 - kept)
        scale = 1.0 / math.sqrt(keep_prob + _ALPHA**2 * keep_prob * (1.0 - keep_prob))
        found: Tensor = scale * mixed + -scale * _ALPHA * (1 - keep_prob)
        found.set_shape(tensor.shape)
        return found


def scaled_softplus(x: Any, alpha: Any, clip: Any = None, name: str | None = None) -> Tensor:
    """Return `alpha * softplus(x / alpha)`, which nears the rectifier as `alpha` nears 0; at most `clip`."""
    with name_scope(name, "scaled_softplus", [x, alpha]):
        x = convert_to_tensor(x, name="x")
        alpha = convert_to_tensor(alpha, dtype=x.dtype, name="alpha")
        found: Tensor = alpha * softplus(x / alpha)
        if clip is None:
            return found
        from ...families.elementwise.rounding import minimum

        return minimum(found, convert_to_tensor(clip, dtype=x.dtype, name="clip"))


def deprecated_flipped_softmax_cross_entropy_with_logits(
    logits: Any, labels: Any, dim: int = -1, name: str | None = None
) -> Tensor:
    """Return `tf.nn.softmax_cross_entropy_with_logits`, whose arguments came in this order once."""
    return softmax_cross_entropy_with_logits(labels=labels, logits=logits, dim=dim, name=name)


def deprecated_flipped_sparse_softmax_cross_entropy_with_logits(
    logits: Any, labels: Any, name: str | None = None
) -> Tensor:
    """Return `tf.nn.sparse_softmax_cross_entropy_with_logits`, whose arguments came in this order once."""
    return sparse_softmax_cross_entropy_with_logits(labels=labels, logits=logits, name=name)


def deprecated_flipped_sigmoid_cross_entropy_with_logits(logits: Any, targets: Any, name: str | None = None) -> Tensor:
    """Return `tf.nn.sigmoid_cross_entropy_with_logits`, whose arguments came in this order once."""
    return sigmoid_cross_entropy_with_logits(labels=targets, logits=logits, name=name)


def nth_element(input: Any, n: Any, reverse: bool = False, name: str | None = None) -> Tensor:
    """Return the `n`th smallest element of each row, counted from 0; the largest if `reverse`."""
    from ...families.reductions.sorting import top_k

    with name_scope(name, "nth_element", [input]):
        x = convert_to_tensor(input)
        count = convert_to_tensor(n)
        best: Tensor = top_k(x if reverse else -x, count + 1)[0][..., -1]
        return best if reverse else -best


def sampled_sparse_softmax_loss(
    weights: Any, biases: Any, labels: Any, inputs: Any, num_sampled: int, num_classes: int, sampled_values: Any = None,
    remove_accidental_hits: bool = True, partition_strategy: str = "mod", name: str = "sampled_sparse_softmax_loss",
) -> Tensor:  # fmt: skip
    """Return the softmax cross entropy over the true class of each example and drawn ones.

    Args:
      labels: numbers of classes, a column. The others: see `tf.nn.sampled_softmax_loss`.
    """
    column = convert_to_tensor(labels)
    column = expand_dims(column, -1) if column.shape.ndims == 1 else column
    return sampled_softmax_loss(
        weights, biases, column, inputs, num_sampled, num_classes, 1, sampled_values, remove_accidental_hits,
        partition_strategy, name,
    )  # fmt: skip


def rank_sampled_softmax_loss(
    weights: Any, biases: Any, labels: Any, inputs: Any, num_sampled: int, num_resampled: int, num_classes: int,
    num_true: int, sampled_values: Any, resampling_temperature: Any, remove_accidental_hits: bool,
    partition_strategy: str, name: str | None = None,
) -> Tensor:  # fmt: skip
    """Return `tf.nn.sampled_softmax_loss` over those drawn classes that come nearest to what is true.

    Args:
      num_resampled: how many of the `num_sampled` drawn classes are taken: those with the largest sums, over the
        batch, of
        softmaxed logits. resampling_temperature: what the logits are divided by. The others: see the other loss.
    Raises: ValueError if more are to be taken than are drawn.
    """
    if num_resampled > num_sampled:
        raise ValueError(f"num_resampled={num_resampled} must be at most num_sampled={num_sampled}.")
    from ...families.nn.sampled.candidates import log_uniform_candidate_sampler
    from ...families.reductions.reductions import reduce_logsumexp
    from ...families.reductions.sorting import top_k

    parts = list(weights) if isinstance(weights, (list, tuple)) else [weights]
    with name_scope(name, "rank_sampled_softmax_loss", [*parts, biases, labels, inputs]):
        if sampled_values is None:
            sampled_values = log_uniform_candidate_sampler(
                true_classes=convert_to_tensor(labels), num_true=num_true, num_sampled=num_sampled, unique=True,
                range_max=num_classes,
            )  # fmt: skip
        drawn, true_count, drawn_count = sampled_values
        table = parts if len(parts) > 1 else parts[0]
        rows = embedding_lookup(table, drawn, partition_strategy=partition_strategy)
        offsets = embedding_lookup(biases, drawn, partition_strategy=partition_strategy)
        logits = matmul(convert_to_tensor(inputs), rows, transpose_b=True) + offsets
        scores = reduce_logsumexp(logits / resampling_temperature, axis=0)
        _, chosen = top_k(scores, num_resampled)
        values = gather(drawn, chosen), true_count, gather(drawn_count, chosen)
        return sampled_softmax_loss(
            weights, biases, labels, inputs, num_resampled, num_classes, num_true, values, remove_accidental_hits,
            partition_strategy,
        )  # fmt: skip
