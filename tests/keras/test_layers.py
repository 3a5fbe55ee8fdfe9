"""Layers: recurrent ones with states, masks and dropout, those that merge and resize, constrained ones."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import sessile as tf


def test_an_encoder_gives_its_states_to_a_decoder() -> None:
    """By `return_state` and `initial_state`, in one model that learns."""
    L = tf.keras.layers
    source, target = tf.keras.Input((5, 2)), tf.keras.Input((4, 2))
    _, *states = L.LSTM(3, return_state=True)(source)
    decoded = L.LSTM(3, return_sequences=True)(target, initial_state=states)
    model = tf.keras.Model([source, target], L.Dense(2)(decoded))
    model.compile("adam", "mse")
    data = np.random.RandomState(0).rand(6, 5, 2)
    history = model.fit([data, data[:, :4]], data[:, 1:], epochs=3, verbose=0).history["loss"]
    assert history[-1] < history[0]
    changed = np.abs(model.predict([data, data[:, :4]]) - model.predict([0 * data, data[:, :4]])).max()
    assert changed > 1e-4


@pytest.mark.parametrize("kind", ["SimpleRNN", "LSTM", "GRU"])
def test_loops_and_unrolled_layers_agree(kind: str) -> None:
    """With a mask and backwards."""
    L = tf.keras.layers
    source = tf.keras.Input((5, 2))
    masked = L.Masking()(source)
    first = getattr(L, kind)(3, return_sequences=True, go_backwards=True)
    second = getattr(L, kind)(3, return_sequences=True, go_backwards=True, unroll=True)
    model = tf.keras.Model(source, [first(masked), second(masked)])
    second.set_weights(first.get_weights())
    data = np.random.RandomState(0).rand(2, 5, 2)
    data[0, 3:] = 0
    np.testing.assert_allclose(*model.predict(data), 1e-5, 1e-6)


def test_cells_of_programs_are_looped() -> None:
    """Any layer with a state, alone and stacked."""
    K, L = tf.keras.backend, tf.keras.layers

    class Sum(L.Layer):  # type: ignore[misc]
        state_size = 2
        output_size = 2

        def call(self, inputs: Any, states: Any) -> Any:
            total = states[0] + inputs
            return total, [total]

    source = K.ones((1, 3, 2))
    assert K.eval(L.RNN(Sum())(source)).tolist() == [[3.0, 3.0]]
    stacked = L.RNN([Sum(), Sum()], return_sequences=True)(source)
    assert K.eval(stacked)[0, :, 0].tolist() == [1.0, 3.0, 6.0]


def test_dropout_of_states_is_one_choice_for_a_sequence() -> None:
    """While training; without it nothing is dropped."""
    K, L = tf.keras.backend, tf.keras.layers
    source = K.placeholder(shape=(2, 4, 3))
    output = L.GRU(3, dropout=0.5, recurrent_dropout=0.5)(source)
    run = K.function([source, K.learning_phase()], [output])
    data = np.ones((2, 4, 3))
    np.testing.assert_allclose(run([data, 0])[0], run([data, 0])[0], 1e-5)
    assert np.abs(run([data, 1])[0] - run([data, 0])[0]).max() > 1e-4


def test_constraints_hold_after_each_update() -> None:
    """Of kernels that would be negative, or long."""
    L = tf.keras.layers
    norm = tf.keras.constraints.MaxNorm(0.1)
    dense = L.Dense(3, input_shape=(4,), kernel_constraint=norm, bias_constraint="non_neg")
    model = tf.keras.Sequential([dense])
    model.compile(tf.keras.optimizers.SGD(0.5), "mse")
    model.fit(np.ones((8, 4)), -np.ones((8, 3)), verbose=0)
    kernel, bias = dense.get_weights()
    assert (np.linalg.norm(kernel, axis=0) <= 0.1001).all() and (bias >= 0).all()


def test_merging_and_reshaping() -> None:
    """Sums, products, places."""
    K, L = tf.keras.backend, tf.keras.layers
    a, b = K.constant([[1.0, 2.0]]), K.constant([[3.0, 5.0]])
    layers = (L.Add(), L.Subtract(), L.Multiply(), L.Average(), L.Maximum(), L.Minimum(), L.Concatenate(), L.Dot(1))
    found = [K.eval(layer([a, b])).tolist()[0] for layer in layers]
    assert found == [[4, 7], [-2, -3], [3, 10], [2, 3.5], [3, 5], [1, 2], [1, 2, 3, 5], [13]]
    image = K.constant(np.arange(8.0).reshape(1, 2, 2, 2))
    assert K.int_shape(L.ZeroPadding2D(((1, 0), (2, 1)))(image)) == (1, 3, 5, 2)
    assert K.eval(L.Cropping2D(((1, 0), (0, 1)))(image)).tolist() == [[[[4.0, 5.0]]]]
    assert K.eval(L.UpSampling2D((1, 2))(image))[0, 0, :, 0].tolist() == [0.0, 0.0, 2.0, 2.0]
    assert K.int_shape(L.Reshape((-1, 4))(image)) == (1, 2, 4)
    assert K.int_shape(L.Permute((3, 1, 2))(image)) == (1, 2, 2, 2)
    assert K.eval(L.RepeatVector(2)(a)).tolist() == [[[1.0, 2.0], [1.0, 2.0]]]


def test_trainable_decides_what_is_trained() -> None:
    """Of layers that are frozen nothing changes, their updates neither."""
    L = tf.keras.layers
    frozen = L.Dense(3, input_shape=(4,))
    model = tf.keras.Sequential([frozen, L.BatchNormalization(), L.Dense(1)])
    frozen.trainable = False
    assert len(model.trainable_weights) == 4 and len(model.non_trainable_weights) == 4
    model.compile("sgd", "mse")
    before = frozen.get_weights()
    model.fit(np.ones((4, 4)), np.ones(4), verbose=0)
    np.testing.assert_array_equal(before[0], frozen.get_weights()[0])


def test_labels_of_ctc_are_sparse() -> None:
    """The first of each row; and the loss takes them."""
    K = tf.keras.backend
    sparse = K.ctc_label_dense_to_sparse(K.constant([[1, 2, 0], [3, 0, 0]], "int32"), K.constant([2, 1], "int32"))
    value = K.get_session().run(sparse)
    assert value.indices.tolist() == [[0, 0], [0, 1], [1, 0]] and value.values.tolist() == [1, 2, 3]
    even = K.constant(np.full((2, 4, 5), 0.2))
    lengths = K.constant([[4], [4]], "int32")
    cost = K.eval(K.ctc_batch_cost(K.constant([[1, 2], [3, 0]]), even, lengths, K.constant([[2], [1]], "int32")))
    assert cost.shape == (2, 1) and (cost > 0).all()


def test_stacked_cells_give_the_states_of_the_first_step() -> None:
    layers = tf.keras.layers
    cells = layers.StackedRNNCells([layers.LSTMCell(3), layers.GRUCell(2)])
    for states in (cells.get_initial_state(tf.ones([4, 5, 6])), cells.get_initial_state(None, 4, tf.float32)):
        (memory, carry), state = states
        assert [part.shape.as_list() for part in (memory, carry, state)] == [[4, 3], [4, 3], [4, 2]]
    assert layers.RNN(cells, return_state=True)(tf.ones([4, 5, 6]))[0].shape.as_list() == [4, 2]
