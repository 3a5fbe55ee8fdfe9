"""Encoders and decoders without attention, and training in buckets of lengths.

`feed_previous`: a decoder's input is then what it gave at the moment before, not the list's; a bool, or a boolean
tensor, which makes both and chooses.
"""

from __future__ import annotations

import copy
from typing import Any

from ....base import nest
from ....building.basic_ops import stop_gradient
from ....building.convert import convert_to_tensor
from ....building.default_graph import name_scope
from ....families.control_flow.cond import cond
from ....families.nn.bias import xw_plus_b
from ....families.nn.embedding import embedding_lookup
from ....families.reductions.argmax import argmax
from ....families.state.variable_scope import get_variable, get_variable_scope, variable_scope
from ....types import dtypes
from ...recurrent.static import static_rnn
from ..sequences import rnn_decoder, sequence_loss_by_example, sequence_loss_of_lists
from .wrappers import EmbeddingWrapper, OutputProjectionWrapper


def basic_rnn_seq2seq(
    encoder_inputs: Any, decoder_inputs: Any, cell: Any, dtype: Any = dtypes.float32, scope: Any = None
) -> tuple[Any, Any]:
    """Encode a list of inputs, and decode another one from the state at its end; returns outputs and state.

    Args:
      encoder_inputs, decoder_inputs: lists with `[batch, size]` for each time.
      cell: an RNNCell; the encoder has a copy of it.
      dtype: the type of the first state.
      scope: the variable scope; default: "basic_rnn_seq2seq".
    """
    with variable_scope(scope or "basic_rnn_seq2seq"):
        _, state = static_rnn(copy.deepcopy(cell), encoder_inputs, dtype=dtype)
        return rnn_decoder(decoder_inputs, state, cell)


def tied_rnn_seq2seq(
    encoder_inputs: Any,
    decoder_inputs: Any,
    cell: Any,
    loop_function: Any = None,
    dtype: Any = dtypes.float32,
    scope: Any = None,
) -> tuple[Any, Any]:
    """`basic_rnn_seq2seq`, with the same variables in encoder and decoder; `loop_function` is that of `rnn_decoder`."""
    with variable_scope("combined_tied_rnn_seq2seq"):
        scope = scope or "tied_rnn_seq2seq"
        _, state = static_rnn(cell, encoder_inputs, dtype=dtype, scope=scope)
        get_variable_scope().reuse_variables()
        return rnn_decoder(decoder_inputs, state, cell, loop_function=loop_function, scope=scope)


def previous_embedded(embedding: Any, output_projection: Any = None, update_embedding: bool = True) -> Any:
    """A loop function: the embedding of the most likely id of an output."""

    def loop_function(before: Any, _: Any) -> Any:
        if output_projection is not None:
            before = xw_plus_b(before, output_projection[0], output_projection[1])
        found = embedding_lookup(embedding, argmax(before, 1))
        return found if update_embedding else stop_gradient(found)

    return loop_function


def checked_projection(output_projection: Any, size: Any, num_symbols: int, dtype: Any) -> None:
    """Raises: ValueError if weights and biases have not these sizes."""
    if output_projection is None:
        return
    if size is not None:
        weights = convert_to_tensor(output_projection[0], dtype=dtype)
        weights.shape.assert_is_compatible_with([size, num_symbols])
    biases = convert_to_tensor(output_projection[1], dtype=dtype)
    biases.shape.assert_is_compatible_with([num_symbols])


def embedding_rnn_decoder(
    decoder_inputs: Any,
    initial_state: Any,
    cell: Any,
    num_symbols: int,
    embedding_size: int,
    output_projection: Any = None,
    feed_previous: bool = False,
    update_embedding_for_previous: bool = True,
    scope: Any = None,
) -> tuple[Any, Any]:
    """Decode ids; returns outputs and state.

    Args:
      decoder_inputs: a list with int32 `[batch]` for each time.
      initial_state: the state to begin with.
      cell: an RNNCell.
      num_symbols: how many ids there are.
      embedding_size: how long an embedding is.
      output_projection: weights and biases that make scores of outputs, for what is fed back.
      feed_previous: whether inputs behind the first are the most likely ids of the moment before.
      update_embedding_for_previous: whether gradients reach the embeddings of these.
      scope: the variable scope; default: "embedding_rnn_decoder".
    """
    with variable_scope(scope or "embedding_rnn_decoder") as opened:
        checked_projection(output_projection, None, num_symbols, opened.dtype)
        embedding = get_variable("embedding", [num_symbols, embedding_size])
        loop = previous_embedded(embedding, output_projection, update_embedding_for_previous) if feed_previous else None
        inputs = (embedding_lookup(embedding, ids) for ids in decoder_inputs)
        return rnn_decoder(inputs, initial_state, cell, loop_function=loop)


def either_way(feed_previous: Any, decode: Any, structure: Any) -> tuple[Any, Any]:
    """What a decoder gives: outputs and state.

    Args:
      feed_previous: a bool, or a boolean tensor.
      decode: a function of a bool that gives outputs and state.
      structure: of the state.
    """
    if isinstance(feed_previous, bool):
        return decode(feed_previous)  # type: ignore[no-any-return]
    lengths: list[int] = []

    def flat(fed: bool) -> list[Any]:
        with variable_scope(get_variable_scope(), reuse=True if fed is False else None):
            outputs, state = decode(fed)
            lengths.append(len(outputs))
            return [*outputs, *nest.flatten(state)]

    found = cond(feed_previous, lambda: flat(True), lambda: flat(False))
    count = lengths[0]
    states = found[count:]
    packed = nest.pack_sequence_as(structure, states) if nest.is_nested(structure) else states[0]
    return found[:count], packed


def embedding_rnn_seq2seq(
    encoder_inputs: Any,
    decoder_inputs: Any,
    cell: Any,
    num_encoder_symbols: int,
    num_decoder_symbols: int,
    embedding_size: int,
    output_projection: Any = None,
    feed_previous: Any = False,
    dtype: Any = None,
    scope: Any = None,
) -> tuple[Any, Any]:
    """Encode ids, and decode others from the state at their end; returns outputs and state.

    Args:
      encoder_inputs, decoder_inputs: lists with int32 `[batch]` for each time.
      cell: an RNNCell; the encoder has a copy of it.
      num_encoder_symbols, num_decoder_symbols: how many ids there are.
      embedding_size, output_projection: as of `embedding_rnn_decoder`; without a projection outputs are scores of ids.
      feed_previous: a bool, or a boolean tensor.
      dtype: the type of the first state.
      scope: the variable scope; default: "embedding_rnn_seq2seq".
    """
    with variable_scope(scope or "embedding_rnn_seq2seq") as opened:
        if dtype is not None:
            opened.set_dtype(dtype)
        else:
            dtype = opened.dtype
        encoder = EmbeddingWrapper(
            copy.deepcopy(cell), embedding_classes=num_encoder_symbols, embedding_size=embedding_size
        )
        _, state = static_rnn(encoder, encoder_inputs, dtype=dtype)
        if output_projection is None:
            cell = OutputProjectionWrapper(cell, num_decoder_symbols)

        def decode(fed: bool) -> tuple[Any, Any]:
            return embedding_rnn_decoder(
                decoder_inputs, state, cell, num_decoder_symbols, embedding_size,
                output_projection=output_projection, feed_previous=fed,
            )  # fmt: skip

        return either_way(feed_previous, decode, state)


def embedding_tied_rnn_seq2seq(
    encoder_inputs: Any,
    decoder_inputs: Any,
    cell: Any,
    num_symbols: int,
    embedding_size: int,
    num_decoder_symbols: int | None = None,
    output_projection: Any = None,
    feed_previous: Any = False,
    dtype: Any = None,
    scope: Any = None,
) -> tuple[Any, Any]:
    """`embedding_rnn_seq2seq` with the same ids, embeddings and cell in encoder and decoder.

    Args:
      num_symbols: how many ids there are.
      num_decoder_symbols: how many of them outputs are scores of; default: all.
    """
    with variable_scope(scope or "embedding_tied_rnn_seq2seq", dtype=dtype) as opened:
        dtype = opened.dtype
        checked_projection(output_projection, None, num_symbols, dtype)
        embedding = get_variable("embedding", [num_symbols, embedding_size], dtype=dtype)
        encoded = [embedding_lookup(embedding, ids) for ids in encoder_inputs]
        decoded = [embedding_lookup(embedding, ids) for ids in decoder_inputs]
        symbols = num_symbols if num_decoder_symbols is None else num_decoder_symbols
        if output_projection is None:
            cell = OutputProjectionWrapper(cell, symbols)

        def decode(fed: bool) -> tuple[Any, Any]:
            loop = previous_embedded(embedding, output_projection, True) if fed else None
            return tied_rnn_seq2seq(encoded, decoded, cell, loop_function=loop, dtype=dtype)

        return either_way(feed_previous, decode, cell.state_size)


def one2many_rnn_seq2seq(
    encoder_inputs: Any,
    decoder_inputs_dict: Any,
    enc_cell: Any,
    dec_cells_dict: Any,
    num_encoder_symbols: int,
    num_decoder_symbols_dict: Any,
    embedding_size: int,
    feed_previous: Any = False,
    dtype: Any = None,
    scope: Any = None,
) -> tuple[dict[Any, Any], dict[Any, Any]]:
    """Encode ids, and decode them by several decoders; returns dicts of outputs and of states.

    Args:
      encoder_inputs: a list with int32 `[batch]` for each time.
      decoder_inputs_dict: per name of a decoder, such a list.
      enc_cell: the encoder's RNNCell.
      dec_cells_dict: per name, an RNNCell.
      num_encoder_symbols: how many ids there are.
      num_decoder_symbols_dict: the same per name.
      embedding_size, feed_previous, dtype, scope: as of `embedding_rnn_seq2seq`.
    """
    outputs, states = {}, {}
    with variable_scope(scope or "one2many_rnn_seq2seq", dtype=dtype) as opened:
        dtype = opened.dtype
        encoder = EmbeddingWrapper(enc_cell, embedding_classes=num_encoder_symbols, embedding_size=embedding_size)
        _, state = static_rnn(encoder, encoder_inputs, dtype=dtype)
        for name, inputs in decoder_inputs_dict.items():
            symbols = num_decoder_symbols_dict[name]
            with variable_scope(f"one2many_decoder_{name}", dtype=dtype):
                cell = OutputProjectionWrapper(dec_cells_dict[name], symbols)

                def decode(fed: bool, inputs: Any = inputs, cell: Any = cell, symbols: int = symbols) -> Any:
                    return embedding_rnn_decoder(inputs, state, cell, symbols, embedding_size, feed_previous=fed)

                outputs[name], states[name] = either_way(feed_previous, decode, state)
    return outputs, states


def model_with_buckets(
    encoder_inputs: Any,
    decoder_inputs: Any,
    targets: Any,
    weights: Any,
    buckets: Any,
    seq2seq: Any,
    softmax_loss_function: Any = None,
    per_example_loss: bool = False,
    name: str | None = None,
) -> tuple[list[Any], list[Any]]:
    """Make a model for each of several pairs of lengths; returns outputs and losses per bucket.

    Args:
      encoder_inputs, decoder_inputs, targets, weights: lists of tensors for each time, as long as the longest bucket.
      buckets: pairs of lengths, the shortest first.
      seq2seq: a function of encoder and decoder inputs that gives outputs and states.
      softmax_loss_function: as of `sequence_loss_by_example`.
      per_example_loss: whether a loss is given for each sequence.
      name: of the scope.
    Raises: ValueError if a list is shorter than the longest bucket.
    """
    longest_in, longest_out = buckets[-1]
    for what, items, least in (
        ("encoder_inputs", encoder_inputs, longest_in), ("targets", targets, longest_out),
        ("weights", weights, longest_out),
    ):  # fmt: skip
        if len(items) < least:
            raise ValueError(f"Length of {what} ({len(items)}) must be at least that of last bucket ({least}).")
    losses, outputs = [], []
    with name_scope(name, "model_with_buckets", [*encoder_inputs, *decoder_inputs, *targets, *weights]):
        for number, (length_in, length_out) in enumerate(buckets):
            with variable_scope(get_variable_scope(), reuse=True if number else None):
                made, _ = seq2seq(encoder_inputs[:length_in], decoder_inputs[:length_out])
                outputs.append(made)
                loss = sequence_loss_by_example if per_example_loss else sequence_loss_of_lists
                losses.append(
                    loss(
                        made,
                        targets[:length_out],
                        weights[:length_out],
                        softmax_loss_function=softmax_loss_function,
                    )
                )
    return outputs, losses
