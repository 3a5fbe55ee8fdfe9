"""`contrib.rnn.transpose_batch_time` and `best_effort_input_batch_size`."""

import numpy as np

import sessile as tf


def test_batch_and_time_are_exchanged():
    x = tf.placeholder(tf.float32, [2, None, 4])
    result = tf.contrib.rnn.transpose_batch_time(x)
    assert result.shape.as_list() == [None, 2, 4]
    value = np.arange(24.0, dtype=np.float32).reshape(2, 3, 4)
    assert np.array_equal(tf.Session().run(result, {x: value}), value.swapaxes(0, 1))


def test_vectors_stay():
    x = tf.placeholder(tf.float32, [None])
    assert tf.contrib.rnn.transpose_batch_time(x) is x


def test_the_size_of_the_batch():
    unknown, known = tf.placeholder(tf.float32, [None, None]), tf.placeholder(tf.float32, [None, 3])
    assert tf.contrib.rnn.best_effort_input_batch_size([unknown, known]) == 3
    size = tf.contrib.rnn.best_effort_input_batch_size([unknown])
    assert tf.Session().run(size, {unknown: np.zeros([2, 5])}) == 5
