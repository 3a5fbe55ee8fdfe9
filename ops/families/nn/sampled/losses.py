"""Losses that compare the true classes with drawn ones only: `nce_loss`, `sampled_softmax_loss`."""

from __future__ import annotations

from typing import Any

from ....building.build import build
from ....building.convert import convert_to_tensor
from ....building.default_graph import name_scope
from ....definition.registry import lookup
from ....graph.node import Tensor, TensorLike
from ....types import dtypes
from ...arrays.filling import ones
from ...arrays.reshaping import expand_dims, reshape
from ...arrays.shape_ops import shape
from ...arrays.stacking import concat, stack
from ...elementwise.cast import cast
from ...elementwise.like import ones_like, zeros_like
from ...linalg.products import matmul
from ..cross_entropy import sigmoid_cross_entropy_with_logits, softmax_cross_entropy_with_logits_v2
from ..embedding import embedding_lookup
from .candidates import compute_accidental_hits, log_uniform_candidate_sampler


def _row_sums(x: Tensor) -> Tensor:
    """The sum of each row, as a product with ones."""
    total: Tensor = reshape(matmul(x, ones(stack([shape(x)[1], 1]), x.dtype)), [-1])
    return total


def _sampled_logits(
    weights: Any, biases: Any, labels: Any, inputs: Any, num_sampled: int, num_classes: int, num_true: int,
    sampled_values: Any, subtract_log_q: bool, remove_accidental_hits: bool, strategy: str, name: str, seed: Any,
) -> tuple[Tensor, Tensor]:  # fmt: skip
    """Logits of the true and of drawn classes, [batch, num_true + num_sampled], and their labels."""
    parts = list(weights) if isinstance(weights, (list, tuple)) else [weights]
    with name_scope(name, name, [*parts, biases, inputs, labels]):
        classes = convert_to_tensor(labels)
        classes = classes if classes.dtype.base_dtype is dtypes.int64 else cast(classes, dtypes.int64)
        flat = reshape(classes, [-1])
        if sampled_values is None:
            sampled_values = log_uniform_candidate_sampler(
                classes, num_true=num_true, num_sampled=num_sampled, unique=True, range_max=num_classes, seed=seed
            )
        stop = lookup("StopGradient")
        drawn, true_count, drawn_count = (build(stop, value) for value in sampled_values)
        drawn = cast(drawn, dtypes.int64)
        both = concat([flat, drawn], 0)
        rows = embedding_lookup(parts if len(parts) > 1 else parts[0], both, partition_strategy=strategy)
        x = convert_to_tensor(inputs)

        def offsets() -> Tensor:
            return embedding_lookup(biases, both, partition_strategy=strategy)

        true_logits, drawn_logits = _logits(x, rows, offsets, flat, num_true)
        if remove_accidental_hits:
            drawn_logits = _without_hits(drawn_logits, classes, drawn, num_true, num_sampled)
        if subtract_log_q:
            true_logits = true_logits - build(lookup("Log"), true_count)
            drawn_logits = drawn_logits - build(lookup("Log"), drawn_count)
        logits = concat([true_logits, drawn_logits], 1)
        targets = concat([ones_like(true_logits) / num_true, zeros_like(drawn_logits)], 1)
        return logits, targets


def _logits(x: Tensor, rows: Tensor, find_offsets: Any, flat: Tensor, num_true: int) -> tuple[Tensor, Tensor]:
    """The logits of the true classes, whose rows come first, and of the drawn ones."""
    cut = lookup("Slice")
    true_rows = build(cut, rows, [0, 0], stack([shape(flat)[0], -1]))
    drawn_rows = build(cut, rows, stack([shape(flat)[0], 0]), [-1, -1])
    drawn_logits = matmul(x, drawn_rows, transpose_b=True)
    offsets = find_offsets()
    true_offsets = build(cut, offsets, [0], shape(flat))
    drawn_offsets = build(cut, offsets, shape(flat), [-1])
    width = shape(true_rows)[1:2]
    grouped = concat([[-1, num_true], width], 0)
    products = build(lookup("Mul"), expand_dims(x, 1), reshape(true_rows, grouped))
    true_logits = reshape(_row_sums(reshape(products, concat([[-1], width], 0))), [-1, num_true])
    return true_logits + reshape(true_offsets, [-1, num_true]), drawn_logits + drawn_offsets


def _without_hits(logits: Tensor, classes: Tensor, drawn: Tensor, num_true: int, num_sampled: int) -> Tensor:
    """Drawn classes that are true ones, with a logit that counts for nothing."""
    rows, places, smallest = compute_accidental_hits(classes, drawn, num_true=num_true)
    rows = reshape(rows, [-1, 1])
    columns = reshape(cast(places, dtypes.int32), [-1, 1])
    indices = concat([rows, columns], 1, name="sparse_indices")
    extents = concat([shape(classes)[:1], expand_dims(num_sampled, 0)], 0)
    amounts = smallest if logits.dtype.base_dtype is dtypes.float32 else cast(smallest, logits.dtype)
    spread = build(lookup("SparseToDense"), indices, extents, amounts, 0.0, validate_indices=False)
    result: Tensor = logits + spread
    return result


def nce_loss(
    weights: Any, biases: TensorLike, labels: TensorLike, inputs: TensorLike, num_sampled: int, num_classes: int,
    num_true: int = 1, sampled_values: Any = None, remove_accidental_hits: bool = False,
    partition_strategy: str = "mod", name: str = "nce_loss",
) -> Tensor:  # fmt: skip
    """Return the loss of noise-contrastive estimation: the true classes told from drawn ones.

    Args:
      weights: [classes, dim], or a list of its parts.
      biases: [classes].
      labels: int64 of shape [batch, num_true]: the true classes.
      inputs: [batch, dim].
      num_sampled: how many classes to draw for the batch.
      num_classes: how many classes there are.
      num_true: how many are true per example.
      sampled_values: what a candidate sampler gives; default the log-uniform one, classes sorted by frequency.
      remove_accidental_hits: whether drawn classes that are true ones do not count.
      partition_strategy: how the parts of `weights` divide the classes, as of `embedding_lookup`.
      name: a name for the operations.
    Returns: a loss per example, [batch].
    """
    logits, targets = _sampled_logits(
        weights, biases, labels, inputs, num_sampled, num_classes, num_true, sampled_values, True,
        remove_accidental_hits, partition_strategy, name, None,
    )  # fmt: skip
    losses = sigmoid_cross_entropy_with_logits(labels=targets, logits=logits, name="sampled_losses")
    return _row_sums(losses)


def sampled_softmax_loss(
    weights: Any, biases: TensorLike, labels: TensorLike, inputs: TensorLike, num_sampled: int, num_classes: int,
    num_true: int = 1, sampled_values: Any = None, remove_accidental_hits: bool = True,
    partition_strategy: str = "mod", name: str = "sampled_softmax_loss", seed: int | None = None,
) -> Tensor:  # fmt: skip
    """Return the softmax cross entropy over the true and the drawn classes only. Arguments as of `nce_loss`.

    Args:
      seed: the seed of the sampler.
    """
    logits, targets = _sampled_logits(
        weights, biases, labels, inputs, num_sampled, num_classes, num_true, sampled_values, True,
        remove_accidental_hits, partition_strategy, name, seed,
    )  # fmt: skip
    fixed = build(lookup("StopGradient"), targets, name="labels_stop_gradient")
    return softmax_cross_entropy_with_logits_v2(labels=fixed, logits=logits)
