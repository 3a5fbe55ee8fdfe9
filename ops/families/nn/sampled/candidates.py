"""Candidate samplers as functions: `uniform_candidate_sampler` and its kin, `compute_accidental_hits`."""

from __future__ import annotations

from typing import Any

from ....building.named import build_named
from ....definition.opdef import OpDef
from ....graph.node import TensorLike
from . import samplers
from .samplers import seeds


def _drawn(op: OpDef, true_classes: Any, seed: Any, name: str | None, **attrs: Any) -> Any:
    return build_named(op, true_classes, name=name, **attrs, **seeds(seed))


def uniform_candidate_sampler(
    true_classes: TensorLike, num_true: int, num_sampled: int, unique: bool, range_max: int, seed: int | None = None,
    name: str | None = None,
) -> Any:  # fmt: skip
    """Return classes drawn uniformly from `[0, range_max)`.

    Args:
      true_classes: int64 of shape [batch, num_true]: the classes that are right.
      num_true: how many are right per example.
      num_sampled: how many to draw.
      unique: whether they are all different.
      range_max: the number of classes.
      seed: with it, or a graph-level seed, every session draws the same sequence.
      name: a name for the operation.
    Returns: a named tuple: `sampled_candidates`, the drawn classes (int64 [num_sampled]), and how often each true class
      (`true_expected_count`, float32 [batch, num_true]) and each drawn one (`sampled_expected_count`, float32
      [num_sampled]) is to be expected among them.
    Raises: InvalidArgumentError when it runs, if there are not as many different classes.
    """
    return _drawn(
        samplers.UNIFORM, true_classes, seed, name,
        num_true=num_true, num_sampled=num_sampled, unique=unique, range_max=range_max,
    )  # fmt: skip


def log_uniform_candidate_sampler(
    true_classes: TensorLike, num_true: int, num_sampled: int, unique: bool, range_max: int, seed: int | None = None,
    name: str | None = None,
) -> Any:  # fmt: skip
    """Like `uniform_candidate_sampler`, class k with the chance `log((k + 2) / (k + 1)) / log(range_max + 1)`: for
    classes that are sorted by how frequent they are."""
    return _drawn(
        samplers.LOG_UNIFORM, true_classes, seed, name,
        num_true=num_true, num_sampled=num_sampled, unique=unique, range_max=range_max,
    )  # fmt: skip


def learned_unigram_candidate_sampler(
    true_classes: TensorLike, num_true: int, num_sampled: int, unique: bool, range_max: int, seed: int | None = None,
    name: str | None = None,
) -> Any:  # fmt: skip
    """Like `uniform_candidate_sampler`, with the chances that the true classes of earlier steps had."""
    return _drawn(
        samplers.LEARNED_UNIGRAM, true_classes, seed, name,
        num_true=num_true, num_sampled=num_sampled, unique=unique, range_max=range_max,
    )  # fmt: skip


def fixed_unigram_candidate_sampler(
    true_classes: TensorLike, num_true: int, num_sampled: int, unique: bool, range_max: int, vocab_file: str = "",
    distortion: float = 1.0, num_reserved_ids: int = 0, num_shards: int = 1, shard: int = 0, unigrams: Any = (),
    seed: int | None = None, name: str | None = None,
) -> Any:  # fmt: skip
    """Like `uniform_candidate_sampler`, with chances in proportion to given counts.

    Args:
      vocab_file: a file with a class per line, its count behind the last comma; or
      unigrams: the counts.
      distortion: the power that counts are taken to: 1 leaves them, 0 makes all equal.
      num_reserved_ids: classes from 0 on that are never drawn, and not in the counts.
      num_shards, shard: draw only classes of this number modulo `num_shards`.
    """
    return _drawn(
        samplers.FIXED_UNIGRAM, true_classes, seed, name,
        num_true=num_true, num_sampled=num_sampled, unique=unique, range_max=range_max, vocab_file=vocab_file,
        distortion=float(distortion), num_reserved_ids=num_reserved_ids, num_shards=num_shards, shard=shard,
        unigrams=[float(count) for count in unigrams],
    )  # fmt: skip


def all_candidate_sampler(
    true_classes: TensorLike, num_true: int, num_sampled: int, unique: bool, seed: int | None = None,
    name: str | None = None,
) -> Any:  # fmt: skip
    """Like `uniform_candidate_sampler`, but all `num_sampled` classes are taken: to compare with."""
    return _drawn(samplers.ALL, true_classes, seed, name, num_true=num_true, num_sampled=num_sampled, unique=unique)


def compute_accidental_hits(
    true_classes: TensorLike, sampled_candidates: TensorLike, num_true: int, seed: int | None = None,
    name: str | None = None,
) -> Any:  # fmt: skip
    """Return where drawn classes are right ones.

    Args:
      true_classes: int64 of shape [batch, num_true].
      sampled_candidates: the drawn classes.
      num_true: how many are right per example.
      seed: has no effect on the result.
      name: a name for the operation.
    Returns: a named tuple of vectors with an entry per hit: `indices`, the examples, `ids`, the places among the drawn
      ones, and `weights`, the smallest float32 number, to be added to a logit.
    """
    return build_named(
        samplers.COMPUTE_ACCIDENTAL_HITS, true_classes, sampled_candidates, name=name, num_true=num_true, **seeds(seed)
    )
