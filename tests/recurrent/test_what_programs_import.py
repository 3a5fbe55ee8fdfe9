"""What programs import of TensorFlow's modules of recurrent networks; the values are those of TensorFlow 1.15.5."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest

import sessile as tf

X = np.arange(12.0, dtype=np.float32).reshape(2, 3, 2)
SCORE = np.array([[1.0, 2.0, 3.0], [4.0, 5.0, 6.0]], np.float32)
MASK = np.array([[True, False, True], [True, True, True]])


@pytest.fixture(autouse=True)
def hooked() -> Iterator[None]:
    """The hook for one test."""
    kept = {name: module for name, module in sys.modules.items() if name.split(".")[0].startswith("tensorflow")}
    for name in kept:
        del sys.modules[name]
    tf.install()
    yield
    tf.uninstall()
    sys.modules.update(kept)


def _run(value: Any) -> Any:
    with tf.Session() as session:
        session.run(tf.global_variables_initializer())
        return session.run(value)


def test_batch_and_time() -> None:
    """Texar exchanges batch and time so, of `rnn` and of `decoder`."""
    from tensorflow.contrib.seq2seq.python.ops import decoder, helper
    from tensorflow.python.ops import rnn

    for module in (rnn, decoder, helper):
        np.testing.assert_array_equal(_run(module._transpose_batch_time(tf.constant(X))), X.transpose(1, 0, 2))
    assert rnn._best_effort_input_batch_size([tf.constant(X)]) == 3
    assert rnn._infer_state_dtype(None, (tf.constant(X), tf.constant(X))) == tf.float32
    rows = [tf.constant(X[:, i]) for i in range(3)]
    turned = np.stack(_run(rnn._reverse_seq(rows, [1, 3])), 1)
    np.testing.assert_array_equal(turned, np.stack([X[0], X[1, ::-1]]))
    np.testing.assert_array_equal(_run(helper._unstack_ta(tf.constant(X)).read(1)), X[1])
    zeros = decoder._create_zero_outputs((2, 3), (tf.float32, tf.int32), 2)
    assert [(z.dtype, z.shape.as_list()) for z in zeros] == [(tf.float32, [2, 2]), (tf.int32, [2, 3])]


def test_one_moment() -> None:
    from tensorflow.python.ops import rnn

    state = tf.constant([[1.0], [2.0]])
    output, following = rnn._rnn_step(
        1, tf.constant([1, 2]), 1, 2, tf.zeros([2, 1]), state, lambda: (state * 10.0, state + 1.0), 1,
        skip_conditionals=True,
    )  # fmt: skip
    assert [found.tolist() for found in _run([output, following])] == [[[0.0], [20.0]], [[1.0], [3.0]]]


def test_scores_and_masks() -> None:
    from tensorflow.contrib.seq2seq.python.ops import attention_wrapper as module

    query, v = tf.constant([[1.0, 2.0], [3.0, -1.0]]), tf.constant([0.5, 2.0])
    found = _run(
        module._bahdanau_score(query, tf.constant(X), attention_v=v, attention_g=tf.constant(2.0), attention_b=v)
    )
    np.testing.assert_allclose(found, [[2.3792, 2.4245, 2.4253], [2.4254, 2.4254, 2.4254]], atol=1e-4)
    found = _run(module._luong_score(query=query, keys=tf.constant(X), scale=2.0))
    assert found.tolist() == [[4.0, 16.0, 28.0], [22.0, 30.0, 38.0]]
    masked = module._maybe_mask_score(SCORE, memory_mask=MASK, score_mask_value=-9.0)
    assert _run(masked).tolist() == [[1.0, -9.0, 3.0], [4.0, 5.0, 6.0]]
    masked = module._maybe_mask_score(SCORE, memory_sequence_length=[1, 3], score_mask_value=-9.0)
    assert _run(masked).tolist() == [[1.0, -9.0, -9.0], [4.0, 5.0, 6.0]]
    np.testing.assert_array_equal(_run(module._prepare_memory(X, memory_mask=MASK)), X * MASK[..., None])
    for function in (module._prepare_memory, module._maybe_mask_score):
        with pytest.raises(ValueError, match="can't be provided at same time"):
            function(X[..., 0], [1, 2], MASK)
    chosen = module._monotonic_probability_fn(tf.constant(SCORE), tf.nn.softmax(SCORE), 0.0, "parallel")
    np.testing.assert_allclose(_run(chosen), [[0.0658, 0.2369, 0.6642], [0.0884, 0.2447, 0.6652]], atol=1e-4)


def test_a_mechanism_of_a_program() -> None:
    """Tacotron's attention is made so: a base of TensorFlow's, scores with what was looked at added."""
    from tensorflow.contrib.seq2seq.python.ops import attention_wrapper as module

    class Mechanism(module._BaseAttentionMechanism):  # type: ignore[misc, name-defined]
        def __init__(self, units: int, memory: Any, lengths: Any) -> None:
            layers = [
                tf.layers.Dense(units, use_bias=False, dtype=tf.float32, kernel_initializer=tf.ones_initializer())
                for _ in range(2)
            ]
            super().__init__(
                query_layer=layers[0], memory_layer=layers[1], memory=memory, memory_sequence_length=lengths,
                probability_fn=lambda score, _: tf.nn.softmax(score), name="Mechanism",
            )  # fmt: skip

        def __call__(self, query: Any, state: Any) -> Any:
            score = module._bahdanau_score(self.query_layer(query), self.keys, tf.constant([1.0, 2.0]))
            alignments = self._probability_fn(score, state)
            return alignments, alignments + state

    mechanism = Mechanism(2, tf.constant(X), [2, 3])
    query = tf.constant([[1.0, 2.0], [3.0, -1.0]])
    context, alignments, _ = module._compute_attention(mechanism, query, tf.ones([2, 3]), None)
    found = _run([context, alignments])
    np.testing.assert_allclose(found[0], [[1.001, 2.001], [8.0, 9.0]], atol=1e-4)
    np.testing.assert_allclose(found[1][0], [0.4995, 0.5005, 0.0], atol=1e-4)
    cell = tf.nn.rnn_cell.GRUCell(4)
    assert tf.contrib.seq2seq.AttentionWrapper(cell, [mechanism, mechanism])._item_or_tuple([1, 2]) == (1, 2)
    wrapper = tf.contrib.seq2seq.AttentionWrapper(cell, mechanism)
    assert wrapper._item_or_tuple([1]) == 1
    assert [op.type for op in wrapper._batch_size_checks(2, "as many")] == ["NoOp"]


def test_beams() -> None:
    from tensorflow.contrib.seq2seq.python.ops import beam_search_decoder as module

    penalty = module._length_penalty(sequence_lengths=tf.constant([1, 5]), penalty_factor=0.5)
    np.testing.assert_allclose(_run(penalty), [1.0, 1.291], atol=1e-4)
    np.testing.assert_array_equal(_run(module._tile_batch(tf.constant(X), 2)), X.repeat(2, 0))
    kept = module._mask_probs(tf.math.log_softmax(tf.ones([1, 2, 3])), 1, tf.constant([[True, False]]))
    np.testing.assert_allclose(
        _run(kept)[0], [[np.finfo(np.float32).min, 0, np.finfo(np.float32).min], [-1.0986] * 3], 1e-4
    )
    indices = tf.constant([[1, 0], [0, 0]])
    gathered = module._tensor_gather_helper(
        gather_indices=indices, gather_from=tf.constant([[1.0, 2.0], [3.0, 4.0]]), batch_size=2, range_size=2,
        gather_shape=[-1],
    )  # fmt: skip
    assert _run(gathered).tolist() == [[2.0, 1.0], [3.0, 3.0]]
    assert _run(module._maybe_tensor_gather_helper(indices, tf.constant(3.0), 2, 2, [4, -1])) == 3.0


def test_what_decoders_with_beams_are_made_of() -> None:
    cell = tf.nn.rnn_cell.GRUCell(4)
    decoder = tf.contrib.seq2seq.BeamSearchDecoder(cell, tf.ones([7, 4]), [1, 1], 2, tf.ones([6, 4]), 3)
    apart = decoder._split_batch_beams(tf.constant(X.reshape(6, 2)), tf.TensorShape([2]))
    np.testing.assert_array_equal(_run(apart), X)
    np.testing.assert_array_equal(_run(decoder._merge_batch_beams(tf.constant(X), 2)), X.reshape(6, 2))
    scalar = tf.constant(3.0)
    assert decoder._maybe_split_batch_beams(scalar, tf.TensorShape([])) is scalar
    assert decoder._maybe_merge_batch_beams(scalar, tf.TensorShape([])) is scalar
    assert decoder._maybe_sort_array_beams(scalar, None, None) is scalar
    assert decoder._rnn_output_size() == 4
    dense = tf.layers.Dense(5)
    projected = tf.contrib.seq2seq.BeamSearchDecoder(cell, tf.ones([7, 4]), [1, 1], 2, tf.ones([6, 4]), 3, dense)
    assert projected._rnn_output_size() == tf.TensorShape([5])
