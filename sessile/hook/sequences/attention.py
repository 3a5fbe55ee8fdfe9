"""`tensorflow.contrib.seq2seq.python.ops.attention_wrapper`: what programs' own mechanisms of attention are made of."""

from __future__ import annotations

from typing import Any

from ...ops.library.contrib.seq2seq import attention, monotonic, wrapper
from ...ops.library.contrib.seq2seq import memory as _memory
from ...ops.library.contrib.seq2seq.attention import BaseAttentionMechanism as _BaseAttentionMechanism
from ...ops.library.contrib.seq2seq.monotonic import (
    BaseMonotonicAttentionMechanism as _BaseMonotonicAttentionMechanism,
)


def _luong_score(query: Any, keys: Any, scale: Any) -> Any:
    """Return the products of queries and keys, `[batch, length]`, times `scale` unless it is None."""
    return attention.luong_score(query, keys, scale)


def _bahdanau_score(
    processed_query: Any, keys: Any, attention_v: Any, attention_g: Any = None, attention_b: Any = None
) -> Any:
    """Return weighted sums of the tanh of queries and keys, `[batch, length]`."""
    return attention.bahdanau_score(processed_query, keys, attention_v, attention_g, attention_b)


def _prepare_memory(
    memory: Any, memory_sequence_length: Any = None, memory_mask: Any = None, check_inner_dims_defined: bool = True
) -> Any:
    """Return the memory, zero behind the end of each sequence or where a mask `[batch, length]` is false.

    Raises: ValueError if both lengths and a mask are given.
    """
    return _memory.prepare_memory(memory, memory_sequence_length, check_inner_dims_defined, memory_mask)


def _maybe_mask_score(
    score: Any, memory_sequence_length: Any = None, memory_mask: Any = None, score_mask_value: Any = None
) -> Any:
    """Return the scores, with a value for those behind the end of each sequence, or where a mask is false.

    Raises: ValueError if both lengths and a mask are given.
    """
    return _memory.mask_score(score, memory_sequence_length, score_mask_value, memory_mask)


def _compute_attention(
    attention_mechanism: Any, cell_output: Any, attention_state: Any, attention_layer: Any
) -> tuple[Any, Any, Any]:
    """Return the attention, the alignments and the next state of a mechanism."""
    found: tuple[Any, Any, Any] = wrapper.compute_attention(
        attention_mechanism, cell_output, attention_state, attention_layer
    )
    return found


def _monotonic_probability_fn(
    score: Any, previous_alignments: Any, sigmoid_noise: float, mode: str, seed: Any = None
) -> Any:
    """Return scores as probabilities of each place."""
    return monotonic.probabilities(score, previous_alignments, sigmoid_noise, mode, seed)


__all__ = [
    "_BaseAttentionMechanism",
    "_BaseMonotonicAttentionMechanism",
    "_bahdanau_score",
    "_compute_attention",
    "_luong_score",
    "_maybe_mask_score",
    "_monotonic_probability_fn",
    "_prepare_memory",
]
