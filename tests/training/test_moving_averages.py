"""`moving_averages.assign_moving_average`, as libraries call it."""

from __future__ import annotations

import numpy as np
from sessile.ops.library.training.moving_averages import assign_moving_average

import sessile as tf


def test_second_average_of_a_variable_has_variables_of_its_own() -> None:
    """A batch normalization of Keras 2.2 that is called twice; names recorded from TensorFlow 1.15.5."""
    with tf.Graph().as_default(), tf.Session() as session:
        average = tf.Variable([0.0, 0.0], name="v")
        moves = [assign_moving_average(average, [3.0, 4.0], 0.9) for _ in range(2)]
        with tf.variable_scope("", reuse=True):
            assign_moving_average(average, [3.0, 4.0], 0.9)
        names = [variable.name for variable in tf.global_variables()]
        assert names == ["v:0", "v/biased:0", "v/local_step:0", "v/biased_1:0", "v/local_step_1:0"]
        session.run(tf.global_variables_initializer())
        for move in moves:
            np.testing.assert_allclose(session.run(move), [3.0, 4.0], rtol=1e-6)
