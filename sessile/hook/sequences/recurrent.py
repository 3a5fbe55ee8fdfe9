"""`tensorflow.python.ops.rnn`, and `decoder` and `helper` of `contrib.seq2seq`: what is behind the public functions."""

from __future__ import annotations

from typing import Any

from ...ops.library.contrib.seq2seq.helpers import array_over_time as _unstack_ta
from ...ops.library.recurrent.cell import joined_shape as _concat
from ...ops.library.recurrent.cell import packed_like, sizes_of
from ...ops.library.recurrent.cell import zero_states as _zero_state_tensors
from ...ops.library.recurrent.static import reversed_sequence as _reverse_seq
from ...ops.library.recurrent.stepping import best_effort_input_batch_size as _best_effort_input_batch_size
from ...ops.library.recurrent.stepping import rnn_step, type_of_state
from ...ops.library.recurrent.stepping import transpose_batch_time as _transpose_batch_time


def _infer_state_dtype(explicit_dtype: Any, state: Any) -> Any:
    """The type given, or that of the state. Raises: ValueError if the state has several, or is empty."""
    return type_of_state(explicit_dtype, state)


def _rnn_step(
    time: Any, sequence_length: Any, min_sequence_length: Any, max_sequence_length: Any, zero_output: Any, state: Any,
    call_cell: Any, state_size: Any, skip_conditionals: bool = False,
) -> tuple[Any, Any]:  # fmt: skip
    """One moment: sequences that have ended keep their state and give zeros. `state_size` tells nothing more."""
    del state_size
    shortest, longest = min_sequence_length, max_sequence_length
    return rnn_step(time, sequence_length, shortest, longest, zero_output, state, call_cell, skip_conditionals)


def _create_zero_outputs(size: Any, dtype: Any, batch_size: Any) -> Any:
    """Zeros of sizes and types, in the structure of the sizes."""
    from ...ops.base import nest

    kinds = nest.flatten(dtype)
    return packed_like(
        size, [_zero_state_tensors(one, batch_size, kind) for one, kind in zip(sizes_of(size), kinds, strict=True)]
    )


__all__ = [
    "_best_effort_input_batch_size",
    "_concat",
    "_create_zero_outputs",
    "_infer_state_dtype",
    "_reverse_seq",
    "_rnn_step",
    "_transpose_batch_time",
    "_unstack_ta",
    "_zero_state_tensors",
]
