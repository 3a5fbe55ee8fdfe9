"""`tensorflow.contrib.seq2seq.python.ops.beam_search_decoder`: what programs' own searches are made of."""

from __future__ import annotations

from typing import Any

from ...ops.library.contrib.seq2seq.beam_search import length_penalty, masked_probs
from ...ops.library.contrib.seq2seq.beams import Beams
from ...ops.library.contrib.seq2seq.beams import check_rank as _check_ndims
from ...ops.library.contrib.seq2seq.beams import tiled as _tile_batch


def _length_penalty(sequence_lengths: Any, penalty_factor: Any) -> Any:
    """Return what the scores of sequences are divided by."""
    return length_penalty(sequence_lengths, penalty_factor)


def _mask_probs(probs: Any, eos_token: Any, finished: Any) -> Any:
    """Return logarithms of probabilities: a beam that is finished goes on with `eos_token`, and only so."""
    return masked_probs(probs, eos_token, finished)


def _tensor_gather_helper(
    gather_indices: Any, gather_from: Any, batch_size: Any, range_size: Any, gather_shape: list[Any],
    name: str | None = None,
) -> Any:  # fmt: skip
    """Return elements of `[batch, range, ...]` by indices `[batch, width]` into each sequence's own."""
    return Beams(batch_size, 1).gather(gather_indices, gather_from, range_size, gather_shape, name)


def _maybe_tensor_gather_helper(
    gather_indices: Any, gather_from: Any, batch_size: Any, range_size: Any, gather_shape: list[Any]
) -> Any:
    """`_tensor_gather_helper`, of what has as many axes as `gather_shape`; other things as they are."""
    return Beams(batch_size, 1).maybe_gather(gather_indices, gather_from, range_size, gather_shape)


__all__ = [
    "_check_ndims",
    "_length_penalty",
    "_mask_probs",
    "_maybe_tensor_gather_helper",
    "_tensor_gather_helper",
    "_tile_batch",
]
