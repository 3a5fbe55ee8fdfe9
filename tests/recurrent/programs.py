"""Recurrent networks, written against TensorFlow 1's interface: built and run here and there."""

from __future__ import annotations

from typing import Any

LENGTHS = [1, 2, 2, 0]
INPUTS = [[[0.1 * (i + 2 * j - k) for k in range(3)] for j in range(2)] for i in range(4)]


def _with_gradients(tf: Any, x: Any, outputs: list[Any]) -> Any:
    loss = tf.add_n([tf.reduce_sum(tf.square(output)) for output in outputs])
    return [(x, [INPUTS])], [*outputs, *tf.gradients(loss, [*tf.trainable_variables(), x])]


def _states(state: Any) -> list[Any]:
    return [item for part in state for item in _states(part)] if isinstance(state, (tuple, list)) else [state]


def _dynamic(tf: Any, cell: Any) -> Any:
    x = tf.placeholder(tf.float32, [4, 2, 3], name="x")
    output, state = tf.nn.dynamic_rnn(cell, x, dtype=tf.float32, sequence_length=LENGTHS)
    return _with_gradients(tf, x, [output, *_states(state)])


def basic(tf: Any) -> Any:
    return _dynamic(tf, tf.nn.rnn_cell.BasicRNNCell(5))


def gru(tf: Any) -> Any:
    return _dynamic(tf, tf.nn.rnn_cell.GRUCell(5))


def basic_lstm(tf: Any) -> Any:
    return _dynamic(tf, tf.nn.rnn_cell.BasicLSTMCell(5, state_is_tuple=False))


def lstm(tf: Any) -> Any:
    return _dynamic(tf, tf.nn.rnn_cell.LSTMCell(5, use_peepholes=True, num_proj=4, cell_clip=1.0, proj_clip=0.5))


def multi(tf: Any) -> Any:
    cells = tf.nn.rnn_cell
    return _dynamic(tf, cells.MultiRNNCell([cells.GRUCell(3), cells.ResidualWrapper(cells.BasicLSTMCell(3))]))


def static(tf: Any) -> Any:
    x = tf.placeholder(tf.float32, [4, 2, 3], name="x")
    cell = tf.nn.rnn_cell.BasicLSTMCell(5)
    outputs, state = tf.nn.static_rnn(cell, tf.unstack(x, axis=1), dtype=tf.float32, sequence_length=LENGTHS)
    return _with_gradients(tf, x, [*outputs, *_states(state)])


def bidirectional(tf: Any) -> Any:
    x = tf.placeholder(tf.float32, [4, 2, 3], name="x")
    cells = tf.nn.rnn_cell
    outputs, states = tf.nn.bidirectional_dynamic_rnn(
        cells.GRUCell(4), cells.GRUCell(4), x, dtype=tf.float32, sequence_length=LENGTHS
    )
    both, _, _ = tf.nn.static_bidirectional_rnn(
        cells.BasicRNNCell(2), cells.BasicRNNCell(2), tf.unstack(x, axis=1), dtype=tf.float32, scope="static"
    )
    return _with_gradients(tf, x, [*outputs, *_states(states), *both])


def raw(tf: Any) -> Any:
    x = tf.placeholder(tf.float32, [4, 2, 3], name="x")
    cell = tf.nn.rnn_cell.GRUCell(3)

    def loop_fn(time: Any, output: Any, state: Any, loop_state: Any) -> Any:
        following = cell.zero_state(4, tf.float32) if output is None else state
        finished = time >= tf.constant(LENGTHS)
        given = tf.cond(
            tf.reduce_all(finished),
            lambda: tf.zeros([4, 3]),
            lambda: x[:, 0] * tf.cast(time, tf.float32) + 1.0,
        )
        return finished, given, following, output, None

    emitted, state, _ = tf.nn.raw_rnn(cell, loop_fn)
    return _with_gradients(tf, x, [emitted.stack(), state])


PROGRAMS = {f.__name__: f for f in (basic, gru, basic_lstm, lstm, multi, static, bidirectional, raw)}
