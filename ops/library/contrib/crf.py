"""Conditional random fields along a line: `contrib.crf`.

A sequence of tags has the score of its tags, `inputs[t, tag]`, and of its steps, `transitions[tag, next tag]`. Sums and
maxima over all sequences of tags go along the time in one loop: `alphas[tag]` is the sum (or maximum) over all that end
in `tag`. Sequences that are shorter than the longest keep their alphas when they are over.
Source: Collins, "Log-linear models, MEMMs, and CRFs"; TensorFlow 1.15, `tf.contrib.crf`, for what callers see.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from ...building.convert import convert_to_tensor
from ...building.default_graph import leave_out
from ...families.arrays.filling import zeros
from ...families.arrays.reshaping import expand_dims, squeeze
from ...families.arrays.shape_ops import shape
from ...families.arrays.stacking import stack
from ...families.arrays.transposing import transpose
from ...families.control_flow.tensor_array import TensorArray
from ...families.control_flow.while_loop import while_loop
from ...families.elementwise.cast import cast
from ...families.elementwise.rounding import maximum
from ...families.indexing.batch_gathering import gather_nd
from ...families.indexing.masking import sequence_mask
from ...families.indexing.positions import one_hot, where
from ...families.reductions.argmax import argmax
from ...families.reductions.reductions import reduce_logsumexp, reduce_max, reduce_sum
from ...families.state.variable_scope import get_variable
from ...types import dtypes


def crf_unary_score(tag_indices: Any, sequence_lengths: Any, inputs: Any) -> Any:
    """Return the sums of the scores of tags.

    Args:
      tag_indices: int32 [batch, time].
      sequence_lengths: int [batch].
      inputs: scores of all tags, float32 [batch, time, tags].
    Returns: float32 [batch].
    """
    inputs = convert_to_tensor(inputs)
    chosen = reduce_sum(inputs * one_hot(tag_indices, shape(inputs)[2], dtype=inputs.dtype), 2)
    return reduce_sum(chosen * _mask(sequence_lengths, tag_indices, inputs.dtype), 1)


def crf_binary_score(tag_indices: Any, sequence_lengths: Any, transition_params: Any) -> Any:
    """Return the sums of the scores of steps from tag to tag.

    Args:
      tag_indices: int32 [batch, time].
      sequence_lengths: int [batch].
      transition_params: float32 [tags, tags].
    Returns: float32 [batch].
    """
    tags, transitions = convert_to_tensor(tag_indices), convert_to_tensor(transition_params)
    scores = gather_nd(transitions, stack([tags[:, :-1], tags[:, 1:]], axis=-1))
    mask = _mask(sequence_lengths, tags, transitions.dtype)
    return reduce_sum(scores * mask[:, 1:], 1)


def _mask(sequence_lengths: Any, tags: Any, dtype: Any) -> Any:
    return sequence_mask(sequence_lengths, shape(tags)[1], dtype=dtype)


def crf_sequence_score(inputs: Any, tag_indices: Any, sequence_lengths: Any, transition_params: Any) -> Any:
    """Return the scores of sequences of tags, not normalized: of their tags and of their steps. 0 for empty ones.

    Args:
      inputs: scores of all tags, float32 [batch, time, tags].
      tag_indices: int32 [batch, time].
      sequence_lengths: int [batch].
      transition_params: float32 [tags, tags].
    Returns: float32 [batch].
    """
    unary = crf_unary_score(tag_indices, sequence_lengths, inputs)
    return unary + crf_binary_score(tag_indices, sequence_lengths, transition_params)


def crf_multitag_sequence_score(inputs: Any, tag_bitmap: Any, sequence_lengths: Any, transition_params: Any) -> Any:
    """Return the logarithm of the sum over all sequences whose tags are allowed.

    Args:
      inputs: float32 [batch, time, tags].
      tag_bitmap: bool [batch, time, tags], the tags that are allowed at each place.
      sequence_lengths: int [batch].
      transition_params: float32 [tags, tags].
    Returns: float32 [batch].
    """
    inputs, allowed = convert_to_tensor(inputs), convert_to_tensor(tag_bitmap)
    never = zeros(shape(inputs), inputs.dtype) - np.inf
    return crf_log_norm(where(allowed, inputs, never), sequence_lengths, transition_params)


def crf_log_norm(inputs: Any, sequence_lengths: Any, transition_params: Any) -> Any:
    """Return the logarithms of the sums over all sequences of tags; 0 for empty sequences.

    Args:
      inputs: float32 [batch, time, tags].
      sequence_lengths: int [batch].
      transition_params: float32 [tags, tags].
    Returns: float32 [batch].
    """
    inputs, lengths = convert_to_tensor(inputs), convert_to_tensor(sequence_lengths)
    steps = convert_to_tensor(transition_params)[None]

    def following(alphas: Any, scores: Any) -> Any:
        return scores + reduce_logsumexp(expand_dims(alphas, 2) + steps, [1])

    last, _ = _forward(inputs, lengths, following)
    norms = reduce_logsumexp(last, [1])
    return where(lengths <= 0, zeros(shape(norms), norms.dtype), norms)


def _forward(inputs: Any, lengths: Any, following: Any, with_backpointers: Any = None) -> tuple[Any, Any]:
    """Go along the time; returns the last alphas, and what `with_backpointers` gives per step, time first."""
    times = shape(inputs)[1]
    by_time = transpose(inputs, [1, 0, 2])
    scores = TensorArray(inputs.dtype, times).unstack(by_time)
    chosen = TensorArray(dtypes.int32, times, element_shape=inputs.shape[::2]) if with_backpointers else None

    def body(time: Any, alphas: Any, *pointers: Any) -> Any:
        new = following(alphas, scores.read(time))
        is_over = time >= cast(lengths, dtypes.int32)
        kept = where(is_over, alphas, new)
        kept.set_shape(alphas.shape)
        written = [pointer.write(time, with_backpointers(alphas)) for pointer in pointers]
        return (time + 1, kept, *written)

    pointers = [] if chosen is None else [chosen]
    start = convert_to_tensor(1), inputs[:, 0, :]
    result = while_loop(lambda time, *unused: time < times, body, (*start, *pointers))
    return result[1], result[2] if pointers else None


def crf_log_likelihood(
    inputs: Any, tag_indices: Any, sequence_lengths: Any, transition_params: Any = None
) -> tuple[Any, Any]:
    """Return the log-likelihoods of sequences of tags.

    Args:
      inputs: scores of tags, float32 [batch, time, tags]; the number of tags is known.
      tag_indices: int32 [batch, time].
      sequence_lengths: int [batch].
      transition_params: float32 [tags, tags]. Default: a variable "transitions" is made.
    Returns: the logarithms, float32 [batch], and the transitions.
    """
    inputs = convert_to_tensor(inputs)
    count = inputs.shape[2].value
    if transition_params is None:
        transition_params = get_variable("transitions", [count, count])
    score = crf_sequence_score(inputs, tag_indices, sequence_lengths, transition_params)
    return score - crf_log_norm(inputs, sequence_lengths, transition_params), transition_params


def crf_decode(potentials: Any, transition_params: Any, sequence_length: Any) -> tuple[Any, Any]:
    """Return the sequences of tags with the highest scores.

    Args:
      potentials: scores of tags, float32 [batch, time, tags].
      transition_params: float32 [tags, tags].
      sequence_length: int [batch].
    Returns: the tags, int32 [batch, time], 0 behind the end of a sequence; the scores, float32 [batch].
    """
    inputs, steps = convert_to_tensor(potentials), convert_to_tensor(transition_params)[None]
    given = convert_to_tensor(sequence_length)
    lengths = maximum(cast(given, dtypes.int32), 1)  # an empty one is as one of length 1
    # There it is a cell in two loops, which know the time or not; without loops where it is 1.
    times, casts = inputs.shape[1].value, int(given.dtype != dtypes.int32)
    leave_out(-140 - casts if times == 1 else (162 if times is None else 120) + casts)

    def following(alphas: Any, scores: Any) -> Any:
        return scores + reduce_max(expand_dims(alphas, 2) + steps, [1])

    def pointers_of(alphas: Any) -> Any:
        return argmax(expand_dims(alphas, 2) + steps, 1, output_type=dtypes.int32)

    last, pointers = _forward(inputs, lengths, following, pointers_of)
    best = reduce_max(last, [1])
    end = argmax(last, 1, output_type=dtypes.int32)
    tags = _followed(pointers, end, lengths, shape(inputs)[1])
    tags.set_shape(inputs.shape[:2])
    return tags, best


def _followed(pointers: Any, end: Any, lengths: Any, times: Any) -> Any:
    """Go back from the last tags along the pointers; what is behind an end is 0."""
    found = TensorArray(dtypes.int32, times, element_shape=end.shape)
    found = found.write(times - 1, where(lengths >= times, end, zeros(shape(end), dtypes.int32)))

    def body(time: Any, tag: Any, found: Any) -> Any:
        choices = pointers.read(time)  # of the tags at `time`, the best before
        before = squeeze(
            reduce_sum(choices * one_hot(tag, shape(choices)[1], dtype=dtypes.int32), 1, keepdims=True), [1]
        )
        tag = where(time < lengths, before, tag)  # a shorter sequence ends in `tag` at its own end
        tag.set_shape(end.shape)
        shown = where(time - 1 < lengths, tag, zeros(shape(tag), dtypes.int32))
        return time - 1, tag, found.write(time - 1, shown)

    found = while_loop(lambda time, *unused: time > 0, body, (times - 1, end, found))[2]
    return transpose(found.stack(), [1, 0])


def viterbi_decode(score: Any, transition_params: Any) -> tuple[list[int], Any]:
    """Return the best sequence of tags of one sequence, of arrays: computed at once, in NumPy.

    Args:
      score: float [time, tags].
      transition_params: float [tags, tags].
    Returns: the tags, and their score.
    """
    best = np.zeros_like(score)
    pointers = np.zeros_like(score, dtype=np.int32)
    best[0] = score[0]
    for time in range(1, score.shape[0]):
        paths = np.expand_dims(best[time - 1], 1) + transition_params
        best[time] = score[time] + np.max(paths, 0)
        pointers[time] = np.argmax(paths, 0)
    tags = [int(np.argmax(best[-1]))]
    for choices in reversed(pointers[1:]):
        tags.append(int(choices[tags[-1]]))
    return tags[::-1], np.max(best[-1])
