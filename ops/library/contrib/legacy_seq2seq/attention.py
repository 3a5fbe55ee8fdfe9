"""Decoders that look at the outputs of an encoder (Vinyals et al. 2015)."""

from __future__ import annotations

import copy
from typing import Any

from ....base import nest
from ....families.arrays.filling import zeros
from ....families.arrays.reshaping import reshape
from ....families.arrays.shape_ops import shape as shape_op
from ....families.arrays.stacking import concat, stack
from ....families.elementwise.cast import cast
from ....families.elementwise.trigonometry import tanh
from ....families.nn.convolution.convolution import conv2d
from ....families.nn.embedding import embedding_lookup
from ....families.nn.softmax import softmax
from ....families.reductions.reductions import reduce_sum
from ....families.state.variable_scope import get_variable, get_variable_scope, variable_scope
from ....types import dtypes
from ...recurrent.static import static_rnn
from .plain import checked_projection, either_way, previous_embedded
from .wrappers import EmbeddingWrapper, Linear, OutputProjectionWrapper


class _Heads:
    """Several looks at the states of an encoder."""

    def __init__(self, attention_states: Any, num_heads: int, size: int, dtype: Any) -> None:
        length = attention_states.shape[1].value
        self._length = shape_op(attention_states)[1] if length is None else length
        self.depth = attention_states.shape[2].value
        self._size, self._count, self._dtype = size, num_heads, dtype
        self._hidden = reshape(attention_states, [-1, self._length, 1, self.depth])
        self._features, self._v = [], []
        for head in range(num_heads):
            weights = get_variable(f"AttnW_{head}", [1, 1, self.depth, size], dtype=dtype)
            self._features.append(conv2d(self._hidden, weights, [1, 1, 1, 1], "SAME"))
            self._v.append(get_variable(f"AttnV_{head}", [size], dtype=dtype))

    def zeros(self, batch_size: Any) -> list[Any]:
        """What each head sees before the first look."""
        extents = stack([batch_size, self.depth])
        seen = [zeros(extents, dtype=self._dtype) for _ in range(self._count)]
        for item in seen:
            item.set_shape([None, self.depth])
        return seen

    def __call__(self, query: Any) -> list[Any]:
        """What each head sees, `[batch, depth]`."""
        if nest.is_nested(query):
            listed = nest.flatten(query)
            for item in listed:
                if item.shape.ndims:
                    assert item.shape.ndims == 2
            query = concat(listed, 1)
        seen = []
        for head in range(self._count):
            with variable_scope(f"Attention_{head}"):
                y = Linear(query, self._size, True)(query)
                y = cast(reshape(y, [-1, 1, 1, self._size]), self._dtype)
                score = reduce_sum(self._v[head] * tanh(self._features[head] + y), [2, 3])
                weights = softmax(cast(score, dtypes.float32))
                weights = cast(weights, self._dtype)
                summed = reduce_sum(reshape(weights, [-1, self._length, 1, 1]) * self._hidden, [1, 2])
                seen.append(reshape(summed, [-1, self.depth]))
        return seen


def attention_decoder(
    decoder_inputs: Any,
    initial_state: Any,
    attention_states: Any,
    cell: Any,
    output_size: int | None = None,
    num_heads: int = 1,
    loop_function: Any = None,
    dtype: Any = None,
    scope: Any = None,
    initial_state_attention: bool = False,
) -> tuple[list[Any], Any]:
    """Run a cell along a list of inputs, looking at the states of an encoder; returns outputs and state.

    Args:
      decoder_inputs: a list with `[batch, size]` for each time.
      initial_state: the state to begin with.
      attention_states: `[batch, length, depth]`.
      cell: an RNNCell.
      output_size: how many columns outputs have; default: those of the cell.
      num_heads: how many looks there are.
      loop_function: as of `rnn_decoder`.
      dtype: the type; default: that of the scope.
      scope: the variable scope; default: "attention_decoder".
      initial_state_attention: whether the first moment looks by the first state, otherwise it sees zeros.
    Raises: ValueError if there are no inputs, no heads, or extents are not known.
    """
    if not decoder_inputs:
        raise ValueError("Must provide at least 1 input to attention decoder.")
    if num_heads < 1:
        raise ValueError("With less than 1 heads, use a non-attention decoder.")
    if attention_states.shape[2].value is None:
        raise ValueError(f"Shape[2] of attention_states must be known: {attention_states.shape}")
    output_size = cell.output_size if output_size is None else output_size
    with variable_scope(scope or "attention_decoder", dtype=dtype) as opened:
        dtype = opened.dtype
        batch_size = shape_op(decoder_inputs[0])[0]
        heads = _Heads(attention_states, num_heads, attention_states.shape[2].value, dtype)
        unseen = heads.zeros(batch_size)  # made in any case: seeds depend on how many operations there are
        seen = heads(initial_state) if initial_state_attention else unseen
        state, outputs, before = initial_state, [], None
        for time, given in enumerate(decoder_inputs):
            if time:
                opened.reuse_variables()
            if loop_function is not None and before is not None:
                with variable_scope("loop_function", reuse=True):
                    given = loop_function(before, time)
            size = given.shape.with_rank(2)[1].value
            if size is None:
                raise ValueError(f"Could not infer input size from input: {given.name}")
            inputs = [cast(item, dtype) for item in [given, *seen]]
            cell_output, state = cell(Linear(inputs, size, True)(inputs), state)
            with variable_scope(get_variable_scope(), reuse=True if not time and initial_state_attention else None):
                seen = heads(state)
            with variable_scope("AttnOutputProjection"):
                inputs = [cast(cell_output, dtype), *seen]
                output = Linear(inputs, output_size, True)(inputs)
            before = output if loop_function is not None else None
            outputs.append(output)
    return outputs, state


def embedding_attention_decoder(
    decoder_inputs: Any,
    initial_state: Any,
    attention_states: Any,
    cell: Any,
    num_symbols: int,
    embedding_size: int,
    num_heads: int = 1,
    output_size: int | None = None,
    output_projection: Any = None,
    feed_previous: bool = False,
    update_embedding_for_previous: bool = True,
    dtype: Any = None,
    scope: Any = None,
    initial_state_attention: bool = False,
) -> tuple[list[Any], Any]:
    """`attention_decoder` of ids; other arguments are those of `embedding_rnn_decoder`."""
    output_size = cell.output_size if output_size is None else output_size
    with variable_scope(scope or "embedding_attention_decoder", dtype=dtype) as opened:
        checked_projection(output_projection, None, num_symbols, opened.dtype)
        embedding = get_variable("embedding", [num_symbols, embedding_size])
        loop = previous_embedded(embedding, output_projection, update_embedding_for_previous) if feed_previous else None
        embedded = [embedding_lookup(embedding, ids) for ids in decoder_inputs]
        return attention_decoder(
            embedded,
            initial_state,
            attention_states,
            cell,
            output_size=output_size,
            num_heads=num_heads,
            loop_function=loop,
            initial_state_attention=initial_state_attention,
        )


def embedding_attention_seq2seq(
    encoder_inputs: Any,
    decoder_inputs: Any,
    cell: Any,
    num_encoder_symbols: int,
    num_decoder_symbols: int,
    embedding_size: int,
    num_heads: int = 1,
    output_projection: Any = None,
    feed_previous: Any = False,
    dtype: Any = None,
    scope: Any = None,
    initial_state_attention: bool = False,
) -> tuple[Any, Any]:
    """`embedding_rnn_seq2seq` whose decoder looks at the outputs of the encoder; `num_heads` times at each moment."""
    with variable_scope(scope or "embedding_attention_seq2seq", dtype=dtype) as opened:
        dtype = opened.dtype
        encoder = EmbeddingWrapper(
            copy.deepcopy(cell), embedding_classes=num_encoder_symbols, embedding_size=embedding_size
        )
        encoded, state = static_rnn(encoder, encoder_inputs, dtype=dtype)
        attention_states = concat([reshape(item, [-1, 1, cell.output_size]) for item in encoded], 1)
        output_size = None
        if output_projection is None:
            cell = OutputProjectionWrapper(cell, num_decoder_symbols)
            output_size = num_decoder_symbols

        def decode(fed: bool) -> tuple[Any, Any]:
            return embedding_attention_decoder(
                decoder_inputs, state, attention_states, cell, num_decoder_symbols, embedding_size,
                num_heads=num_heads, output_size=output_size, output_projection=output_projection, feed_previous=fed,
                initial_state_attention=initial_state_attention,
            )  # fmt: skip

        return either_way(feed_previous, decode, state)
