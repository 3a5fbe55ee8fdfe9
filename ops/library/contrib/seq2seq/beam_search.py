"""`BeamSearchDecoder`: the best few continuations are followed at once.

At each moment every beam is continued by every id; of all these the best `beam_width` are kept, each with the beam it
came from. The paths are put together at the end, from the last moment to the first (`gather_tree`).
"""

from __future__ import annotations

from collections import namedtuple
from typing import Any

import numpy as np

from ....base import nest
from ....base.nest_shallow import flatten_up_to
from ....building.convert import convert_to_tensor
from ....building.default_graph import name_scope
from ....building.static_value import get_static_value
from ....families.arrays.filling import fill, zeros
from ....families.arrays.rearranging import tile
from ....families.arrays.reshaping import expand_dims, reshape
from ....families.arrays.shape_ops import shape as shape_op
from ....families.arrays.shape_ops import size as size_op
from ....families.arrays.stacking import concat
from ....families.control_flow.cond import cond
from ....families.elementwise.cast import cast
from ....families.elementwise.compare import equal, logical_not, logical_or
from ....families.elementwise.division import div, mod
from ....families.elementwise.exponential import log
from ....families.elementwise.like import ones_like
from ....families.elementwise.rounding import minimum
from ....families.indexing.gather_tree import gather_tree
from ....families.indexing.positions import one_hot, where
from ....families.nn.embedding import embedding_lookup
from ....families.nn.softmax import log_softmax
from ....families.reductions.reductions import reduce_all, reduce_max, reduce_sum
from ....families.reductions.sorting import top_k
from ....types import dtypes
from ....types.tensor_shape import TensorShape
from ...recurrent.stepping import assert_like_rnncell
from .beams import Beams
from .decoder import Decoder
from .memory import extent_of
from .wrapper import AttentionWrapperState


class BeamSearchDecoderState(
    namedtuple(
        "BeamSearchDecoderState", ("cell_state", "log_probs", "finished", "lengths", "accumulated_attention_probs")
    )
):
    """The state of a search; all is `[batch, width, ...]`.

    Attributes:
      cell_state: that of the cell.
      log_probs: the logarithm of each beam's probability.
      finished: whether it has ended.
      lengths: how long it is, int64.
      accumulated_attention_probs: how much it has looked at each place of the memory, or an empty tuple.
    """

    __slots__ = ()


class BeamSearchDecoderOutput(namedtuple("BeamSearchDecoderOutput", ("scores", "predicted_ids", "parent_ids"))):
    """What a moment of a search gives, `[batch, width]` each: scores, ids, and which beams they continue."""

    __slots__ = ()


class FinalBeamSearchDecoderOutput(
    namedtuple("FinalBeamSearchDecoderOutput", ("predicted_ids", "beam_search_decoder_output"))
):
    """What a search gives: the ids along each path, the best first, and the outputs of all moments."""

    __slots__ = ()


class BeamSearchDecoder(Decoder):
    """A decoder that searches with beams.

    Args:
      cell: an RNNCell.
      embedding: a matrix of embeddings, or a function of ids.
      start_tokens: the first ids, int32 `[batch]`.
      end_token: the id that ends a sequence, an int32 scalar.
      initial_state: what the cell begins with, `[batch * beam_width, ...]`; see `tile_batch`.
      beam_width: how many beams are followed.
      output_layer: a layer applied to the cell's outputs, or None.
      length_penalty_weight: how much long sequences are favoured; 0: not.
      coverage_penalty_weight: how much it counts that the whole memory was looked at; 0: nothing.
      reorder_tensor_arrays: whether TensorArrays in the state are put in the order of the paths at the end.
    Raises: TypeError, ValueError for arguments of another kind or rank.
    """

    def __init__(
        self,
        cell: Any,
        embedding: Any,
        start_tokens: Any,
        end_token: Any,
        initial_state: Any,
        beam_width: int,
        output_layer: Any = None,
        length_penalty_weight: Any = 0.0,
        coverage_penalty_weight: Any = 0.0,
        reorder_tensor_arrays: bool = True,
    ) -> None:
        assert_like_rnncell("cell", cell)
        if output_layer is not None and not hasattr(output_layer, "compute_output_shape"):
            raise TypeError(f"output_layer must be a Layer, received: {type(output_layer)}")
        self._cell, self._output_layer = cell, output_layer
        self._reorder_tensor_arrays = reorder_tensor_arrays
        self._embedding_fn = embedding if callable(embedding) else lambda ids: embedding_lookup(embedding, ids)
        self._start_tokens = convert_to_tensor(start_tokens, dtype=dtypes.int32, name="start_tokens")
        if self._start_tokens.shape.ndims != 1:
            raise ValueError("start_tokens must be a vector")
        self._end_token = convert_to_tensor(end_token, dtype=dtypes.int32, name="end_token")
        if self._end_token.shape.ndims != 0:
            raise ValueError("end_token must be a scalar")
        self._batch_size = size_op(start_tokens)
        self._beam_width = beam_width
        self._length_penalty_weight, self._coverage_penalty_weight = length_penalty_weight, coverage_penalty_weight
        self._beams = Beams(self._batch_size, beam_width)
        self._initial_cell_state = map_sizes(self._beams.maybe_split, initial_state, cell.state_size)
        self._start_tokens = tile(expand_dims(self._start_tokens, 1), [1, beam_width])
        self._start_inputs = self._embedding_fn(self._start_tokens)
        self._finished = one_hot(
            zeros([self._batch_size], dtype=dtypes.int32),
            depth=beam_width,
            on_value=False,
            off_value=True,
            dtype=dtypes.bool_,
        )

    @property
    def batch_size(self) -> Any:
        """The number of sequences."""
        return self._batch_size

    @property
    def tracks_own_finished(self) -> bool:
        """True: a beam that was finished may be replaced by one that is not."""
        return True

    @property
    def output_size(self) -> BeamSearchDecoderOutput:
        """The sizes of a `BeamSearchDecoderOutput`."""
        width = TensorShape([self._beam_width])
        return BeamSearchDecoderOutput(scores=width, predicted_ids=width, parent_ids=width)

    @property
    def output_dtype(self) -> BeamSearchDecoderOutput:
        """The types of a `BeamSearchDecoderOutput`: scores have that of the state."""
        dtype = nest.flatten(self._initial_cell_state)[0].dtype
        return BeamSearchDecoderOutput(scores=dtype, predicted_ids=dtypes.int32, parent_ids=dtypes.int32)

    # What programs' own decoders take of this one, by TensorFlow's names.

    def _rnn_output_size(self) -> Any:
        size = self._cell.output_size
        if self._output_layer is None:
            return size
        # the layer is asked with a batch, of which the size does not matter
        shapes = nest.map_structure(lambda extent: TensorShape([None]).concatenate(extent), size)
        found = self._output_layer.compute_output_shape(shapes)
        return nest.map_structure(lambda shape: shape[1:], found)

    def _split_batch_beams(self, t: Any, s: Any = None) -> Any:
        return self._beams.split(t, TensorShape([]) if s is None else s)

    def _merge_batch_beams(self, t: Any, s: Any = None) -> Any:
        return self._beams.merge(t, TensorShape([]) if s is None else s)

    def _maybe_split_batch_beams(self, t: Any, s: Any) -> Any:
        return self._beams.maybe_split(t, s)

    def _maybe_merge_batch_beams(self, t: Any, s: Any) -> Any:
        return self._beams.maybe_merge(t, s)

    def _maybe_sort_array_beams(self, t: Any, parent_ids: Any, sequence_length: Any) -> Any:
        return self._beams.sort_array(t, parent_ids, sequence_length)

    def initialize(self, name: str | None = None) -> Any:
        """Return what is finished, the inputs and the state at the first time."""
        dtype = nest.flatten(self._initial_cell_state)[0].dtype
        log_probs = one_hot(
            zeros([self._batch_size], dtype=dtypes.int32),
            depth=self._beam_width,
            on_value=convert_to_tensor(0.0, dtype=dtype),
            off_value=convert_to_tensor(-np.inf, dtype=dtype),
            dtype=dtype,
        )
        looked = attention_probs(self._initial_cell_state, self._coverage_penalty_weight)
        state = BeamSearchDecoderState(
            cell_state=self._initial_cell_state,
            log_probs=log_probs,
            finished=self._finished,
            lengths=zeros([self._batch_size, self._beam_width], dtype=dtypes.int64),
            accumulated_attention_probs=() if looked is None else looked,
        )
        return self._finished, self._start_inputs, state

    def finalize(self, outputs: Any, final_state: Any, sequence_lengths: Any) -> Any:
        """Return the paths, and the state with its TensorArrays in their order."""
        longest = cast(reduce_max(final_state.lengths, axis=1), dtypes.int32)
        predicted = gather_tree(
            outputs.predicted_ids, outputs.parent_ids, max_sequence_lengths=longest, end_token=self._end_token
        )
        if self._reorder_tensor_arrays:
            ordered = nest.map_structure(
                lambda t: self._beams.sort_array(t, outputs.parent_ids, final_state.lengths), final_state.cell_state
            )
            final_state = final_state._replace(cell_state=ordered)
        return FinalBeamSearchDecoderOutput(beam_search_decoder_output=outputs, predicted_ids=predicted), final_state

    def step(self, time: Any, inputs: Any, state: Any, name: str | None = None) -> Any:
        """Return outputs, state, next inputs and what is finished after one time."""
        beams, sizes = self._beams, self._cell.state_size
        with name_scope(name, "BeamSearchDecoderStep", [time, *nest.flatten(inputs), *nest.flatten(state)]):
            inputs = nest.map_structure(lambda item: beams.merge(item, item.shape[2:]), inputs)
            cell_state = map_sizes(beams.maybe_merge, state.cell_state, sizes)
            outputs, next_state = self._cell(inputs, cell_state)
            outputs = nest.map_structure(lambda item: beams.split(item, item.shape[1:]), outputs)
            next_state = map_sizes(beams.maybe_split, next_state, sizes)
            if self._output_layer is not None:
                outputs = self._output_layer(outputs)
            output, state = self._search(outputs, next_state, state)
            ids = output.predicted_ids
            following = cond(reduce_all(state.finished), lambda: self._start_inputs, lambda: self._embedding_fn(ids))
        return output, state, following, state.finished

    def _search(self, logits: Any, next_cell_state: Any, state: Any) -> Any:
        """One moment: the best continuations of all beams."""
        beams, width, finished = self._beams, self._beam_width, state.finished
        ongoing = logical_not(finished)
        steps = masked_probs(log_softmax(logits), self._end_token, finished)
        total = expand_dims(state.log_probs, 2) + steps
        classes = extent_of(logits, -1)
        longer = one_hot(
            indices=fill([beams.batch_size, width], self._end_token),
            depth=classes,
            on_value=cast(0, dtypes.int64, name="ToInt64"),
            off_value=cast(1, dtypes.int64, name="ToInt64"),
            dtype=dtypes.int64,
        )
        longer *= expand_dims(cast(ongoing, dtypes.int64), 2)
        lengths = longer + expand_dims(state.lengths, 2)
        looked, accumulated = attention_probs(next_cell_state, self._coverage_penalty_weight), None
        if looked is not None:
            looked *= expand_dims(cast(ongoing, dtypes.float32), 2)
            accumulated = state.accumulated_attention_probs + looked
        scores = self._scores(total, lengths, finished, accumulated)
        flat = reshape(scores, [beams.batch_size, -1])
        best, indices = top_k(flat, k=convert_to_tensor(width, dtype=dtypes.int32, name="beam_width"))
        best.set_shape([beams.known_batch, width])
        indices.set_shape([beams.known_batch, width])
        log_probs = beams.gather(indices, total, classes * width, [-1], name="next_beam_probs")
        ids = cast(mod(indices, classes, name="next_beam_word_ids"), dtypes.int32)
        parents = cast(indices / classes, dtypes.int32, name="next_beam_parent_ids")
        finished = beams.gather(parents, finished, width, [-1])
        now_finished = logical_or(finished, equal(ids, self._end_token), name="next_beam_finished")
        length = beams.gather(parents, state.lengths, width, [-1]) + cast(logical_not(finished), dtypes.int64)

        def rows() -> list[Any]:
            return [beams.batch_size * width, -1]

        looked_at: Any = ()
        if accumulated is not None:
            looked_at = beams.gather(parents, accumulated, width, rows(), name="next_accumulated_attention_probs")
        cell_state = nest.map_structure(lambda t: beams.maybe_gather(parents, t, width, rows()), next_cell_state)
        following = BeamSearchDecoderState(cell_state, log_probs, now_finished, length, looked_at)
        return BeamSearchDecoderOutput(scores=best, predicted_ids=ids, parent_ids=parents), following

    def _scores(self, log_probs: Any, lengths: Any, finished: Any, accumulated: Any) -> Any:
        """Logarithms of probabilities, with length and coverage taken into account."""
        penalty = cast(length_penalty(lengths, self._length_penalty_weight), log_probs.dtype)
        scores = log_probs / penalty
        weight = convert_to_tensor(self._coverage_penalty_weight, name="coverage_penalty_weight")
        if weight.shape.ndims != 0:
            raise ValueError(f"coverage_penalty_weight should be a scalar, but saw shape: {weight.shape}")
        if accumulated is None:
            return scores
        looked = where(equal(accumulated, 0.0), ones_like(accumulated), accumulated)  # 0: behind the memory's end
        covered = reduce_sum(log(minimum(looked, 1.0)), 2)
        covered *= cast(finished, covered.dtype)
        return scores + expand_dims(covered * weight, 2)


def map_sizes(function: Any, structure: Any, sizes: Any) -> Any:
    """A function of each value of a structure and its size; a TensorArray is one value."""
    flat = nest.flatten(structure)
    flat_sizes = flatten_up_to(structure, sizes)
    return nest.pack_sequence_as(structure, [function(value, size) for value, size in zip(flat, flat_sizes)])


def length_penalty(sequence_lengths: Any, penalty_factor: Any) -> Any:
    """Return what scores of sequences are divided by (Wu et al. 2016): `((5 + length) / 6) ** factor`, 1 for 0.

    Raises: ValueError if the factor is no scalar.
    """
    factor = convert_to_tensor(penalty_factor, name="penalty_factor")
    if factor.shape.ndims != 0:
        raise ValueError("penalty_factor should be a scalar, but saw shape: " + str(factor.shape))
    known = get_static_value(factor)
    if known is not None and known == 0:
        return 1.0
    return div((5.0 + cast(sequence_lengths, dtypes.float32)) ** factor, (5.0 + 1.0) ** factor)


def masked_probs(probs: Any, end_token: Any, finished: Any) -> Any:
    """Return logarithms of probabilities: a beam that is finished goes on with `end_token`, and only so."""
    classes = shape_op(probs)[2]
    row = one_hot(
        end_token,
        classes,
        dtype=probs.dtype,
        on_value=convert_to_tensor(0.0, dtype=probs.dtype),
        off_value=probs.dtype.min,
    )
    rows = tile(reshape(row, [1, 1, -1]), concat([shape_op(finished), [1]], 0))
    return where(tile(expand_dims(finished, 2), [1, 1, classes]), rows, probs)


def attention_probs(cell_state: Any, coverage_penalty_weight: Any) -> Any:
    """Return the alignments of all wrappers in a state side by side; None if they are not needed."""
    if coverage_penalty_weight == 0.0:
        return None
    if isinstance(cell_state, AttentionWrapperState):
        return _alignments(cell_state)
    found = [
        _alignments(item)
        for item in (cell_state if isinstance(cell_state, tuple) else ())
        if isinstance(item, AttentionWrapperState)
    ]
    if not found:
        raise ValueError("coverage_penalty_weight must be 0.0 when no cell is instance of AttentionWrapper.")
    return found[0] if len(found) == 1 else concat(found, 2)


def _alignments(state: AttentionWrapperState) -> Any:
    """The alignments of a wrapper's mechanisms side by side."""
    if isinstance(state.alignments, tuple):
        return concat(state.alignments, 2)
    return state.alignments
