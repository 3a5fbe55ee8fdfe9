"""Cells that are one operation give what cells of many do, and their gradients agree with central differences."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import sessile as tf

_RANDOM = np.random.RandomState(0)
_X = _RANDOM.uniform(-0.5, 0.5, (4, 3, 2)).astype(np.float32)
_SHAPES = ((3, 4), (3, 4), (6, 16), (4,), (4,), (4,), (16,))
_STATE = [_RANDOM.uniform(-0.5, 0.5, shape).astype(np.float32) for shape in _SHAPES]
_NAMES = ("cs_prev", "h_prev", "w", "wci", "wcf", "wco", "b")


def _loss(outputs: Any) -> Any:
    """Some sum of what is differentiated: the memories and the outputs."""
    return tf.reduce_sum(outputs[1] * tf.cos(outputs[1])) + tf.reduce_sum(tf.sin(outputs[6]) * outputs[6])


def _agrees(make: Any, values: list[Any]) -> None:
    with tf.Graph().as_default(), tf.Session() as session:
        inputs = [tf.placeholder(tf.float32, value.shape) for value in values]
        loss = make(inputs)
        gradients = tf.gradients(loss, inputs)
        for at, gradient in enumerate(gradients):
            direction = _RANDOM.uniform(-1, 1, values[at].shape).astype(np.float32)
            feeds = dict(zip(inputs, values))
            if gradient is None:
                ends = [session.run(loss, {**feeds, inputs[at]: values[at] + s * direction}) for s in (1, -1)]
                assert ends[0] == ends[1]
                continue
            found = np.sum(session.run(gradient, feeds).astype(np.float64) * direction)
            step = np.float32(1e-2)
            ends = [session.run(loss, {**feeds, inputs[at]: values[at] + s * step * direction}) for s in (1, -1)]
            wanted = (float(ends[0]) - float(ends[1])) / 2e-2
            assert abs(found - wanted) < 2e-3 * max(1.0, abs(wanted)), f"input {at}: {found}, not {wanted}"


@pytest.mark.parametrize("peephole", [True, False])
@pytest.mark.parametrize("kind", ["LSTMBlockCell", "BlockLSTM", "BlockLSTMV2"])
def test_gradients_of_lstms_agree_with_central_differences(kind: str, peephole: bool) -> None:
    """By inputs, state, kernel, bias and peepholes; of a sequence cut short too."""

    def make(inputs: list[Any]) -> Any:
        more = {} if kind == "LSTMBlockCell" else {"seq_len_max": np.array(3)}
        given = dict(zip(_NAMES, inputs[1:]))
        return _loss(getattr(tf.raw_ops, kind)(x=inputs[0], use_peephole=peephole, cell_clip=5.0, **given, **more))

    _agrees(make, [_X[0] if kind == "LSTMBlockCell" else _X, *_STATE])


def test_gradients_of_a_gru_agree_with_central_differences() -> None:
    """By inputs, state, kernels and biases."""
    shapes = ((3, 2), (3, 4), (6, 8), (6, 4), (8,), (4,))
    values = [_RANDOM.uniform(-0.5, 0.5, shape).astype(np.float32) for shape in shapes]

    def make(inputs: list[Any]) -> Any:
        given = dict(zip(("x", "h_prev", "w_ru", "w_c", "b_ru", "b_c"), inputs))
        return tf.reduce_sum(tf.sin(tf.raw_ops.GRUBlockCell(**given)[3]))

    _agrees(make, values)


def test_one_operation_does_what_the_cell_does() -> None:
    """`contrib.rnn.LSTMBlockCell`, whose parts are operations of their own."""
    with tf.Graph().as_default(), tf.Session() as session:
        cell = tf.contrib.rnn.LSTMBlockCell(4, forget_bias=0.7, cell_clip=0.3, use_peephole=True)
        state = tf.nn.rnn_cell.LSTMStateTuple(*_STATE[:2])
        output, (memory, _) = cell(tf.constant(_X[0]), state)
        values = dict(zip(_NAMES, _STATE))
        for variable, name in ((cell._kernel, "w"), (cell._bias, "b")):
            session.run(tf.assign(variable, values[name]))
        for gate in "ifo":
            session.run(tf.assign(getattr(cell, f"_w_{gate}"), values[f"wc{gate}"]))
        one = tf.raw_ops.LSTMBlockCell(x=_X[0], **values, forget_bias=0.7, cell_clip=0.3, use_peephole=True)
        for mine, other in zip(session.run([one[6], one[1]]), session.run([output, memory])):
            np.testing.assert_allclose(mine, other, atol=1e-6)


def test_steps_behind_the_last_are_zeros() -> None:
    """And a length beyond the tensor's is refused."""
    with tf.Graph().as_default(), tf.Session() as session:
        given = dict(zip(_NAMES, _STATE))
        outputs = tf.raw_ops.BlockLSTM(seq_len_max=np.array(2), x=_X, **given)
        assert outputs[6].shape == [4, 3, 4]
        found = session.run(outputs[6])
        assert np.all(found[:2] != 0)
        assert not found[2:].any()
        with pytest.raises(tf.errors.InvalidArgumentError, match="seq_len_max"):
            session.run(tf.raw_ops.BlockLSTM(seq_len_max=np.array(9), x=_X, **given))
