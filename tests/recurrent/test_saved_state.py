"""`static_state_saving_rnn`; the values are TensorFlow 1.15.5's."""

from typing import Any

import numpy as np
import pytest

import sessile as tf


class Saver:
    """Keeps states in variables."""

    def __init__(self, *names: str) -> None:
        zeros = tf.zeros_initializer()
        self.kept = {name: tf.get_variable(f"s_{name}", [2, 2], None, zeros, trainable=False) for name in names}

    def state(self, name: str) -> Any:
        return self.kept[name].read_value()

    def save_state(self, name: str, value: Any) -> Any:
        return self.kept[name].assign(value).op


def run(cell: Any, names: Any, saver: Saver, **options: Any) -> Any:
    tf.get_variable_scope().set_initializer(tf.constant_initializer(0.1))
    inputs = [tf.constant(np.random.RandomState(i).randn(2, 3).astype("f")) for i in range(3)]
    outputs, state = tf.nn.static_state_saving_rnn(cell, inputs, saver, names, **options)
    assert [output.name for output in outputs][-1] == "Identity:0"
    with tf.Session() as session:
        session.run(tf.global_variables_initializer())
        return [session.run([outputs, state]) for _ in range(2)], session.run(list(saver.kept.values()))


def test_the_state_goes_on_in_the_next_step() -> None:
    (first, second), kept = run(tf.nn.rnn_cell.GRUCell(2), "h", Saver("h"))
    np.testing.assert_allclose(np.ravel(first[0])[:4:2], [0.06444962, 0.06428291], rtol=1e-5)
    np.testing.assert_allclose(np.ravel(second[0])[:4:2], [0.03494561, 0.02183581], rtol=1e-5)
    np.testing.assert_allclose(second[1][:, 0], [-0.05342638, -0.0760608], rtol=1e-5)
    np.testing.assert_array_equal(kept[0], second[1])


def test_states_of_several_parts_and_lengths() -> None:
    cells = tf.nn.rnn_cell
    (_, second), kept = run(cells.BasicLSTMCell(2), ("c", "h"), Saver("c", "h"), sequence_length=[3, 3])
    np.testing.assert_allclose(second[1].c[:, 0], [0.01208784, -0.04767045], rtol=1e-5)
    np.testing.assert_array_equal(kept, second[1])
    tf.reset_default_graph()
    (_, second), _ = run(cells.GRUCell(2), "h", Saver("h"), sequence_length=[1, 3], scope="sc")
    np.testing.assert_allclose(second[1][:, 0], [0.11666834, -0.0760608], rtol=1e-5)
    assert not np.asarray(second[0])[1:, 0].any()
    tf.reset_default_graph()
    stacked = cells.MultiRNNCell([cells.GRUCell(2), cells.BasicLSTMCell(2)])
    (_, second), _ = run(stacked, ("a", ("b", "c")), Saver("a", "b", "c"))
    np.testing.assert_allclose(second[1][0][:, 0], [-0.05342638, -0.0760608], rtol=1e-5)


def test_names_that_are_not_like_the_state() -> None:
    with pytest.raises(ValueError, match="same type"):
        run(tf.nn.rnn_cell.BasicLSTMCell(2), "c", Saver("c"))
    tf.reset_default_graph()
    with pytest.raises(ValueError, match="3 vs. 2"):
        run(tf.nn.rnn_cell.BasicLSTMCell(2), ("c", "h", "d"), Saver("c", "h", "d"))
