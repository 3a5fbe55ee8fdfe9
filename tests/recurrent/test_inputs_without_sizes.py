"""`static_rnn` over inputs that are classes: a cell looks them up, and only the step knows how many there are."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import sessile as tf


def classes(name: str, count: int) -> list[Any]:
    """A list of moments whose batch is not known while building."""
    return [tf.placeholder(tf.int32, [None], name=f"{name}{k}") for k in range(count)]


@pytest.mark.parametrize("layers", [1, 2])
@pytest.mark.parametrize("cell", ["GRUCell", "BasicLSTMCell"])
@pytest.mark.parametrize("name", ["embedding_attention_seq2seq", "embedding_rnn_seq2seq"])
def test_translators_take_batches_of_any_size(name: str, cell: str, layers: int) -> None:
    """The old tutorial of translation: placeholders `[None]`; the encoder wraps its cell in a lookup."""
    rnn = tf.contrib.rnn
    with tf.Graph().as_default(), tf.Session() as session:
        made: Any = rnn.MultiRNNCell([getattr(rnn, cell)(8) for _ in range(layers)])
        words, targets = classes("encoder", 3), classes("decoder", 4)
        outputs, _ = getattr(tf.contrib.legacy_seq2seq, name)(words, targets, made, 10, 11, 5)
        assert [output.shape.as_list() for output in outputs] == [[None, 11]] * 4
        session.run(tf.global_variables_initializer())
        for batch in (2, 5):
            feeds = {given: np.full(batch, 3, np.int32) for given in words + targets}
            assert session.run(outputs[-1], feeds).shape == (batch, 11)


def test_a_known_batch_is_taken_from_the_shape() -> None:
    with tf.Graph().as_default():
        cell = tf.contrib.rnn.EmbeddingWrapper(tf.contrib.rnn.GRUCell(4), 7, 3)
        outputs, state = tf.nn.static_rnn(cell, [tf.placeholder(tf.int32, [6])], dtype=tf.float32)
        assert outputs[0].shape.as_list() == state.shape.as_list() == [6, 4]
