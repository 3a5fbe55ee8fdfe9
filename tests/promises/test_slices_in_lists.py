"""Gradients of a few rows stay such where lists of gradients are taken; the numbers are those of TensorFlow 1.15."""

from __future__ import annotations

from typing import Any

import numpy as np

import sessile as tf


def looked_up() -> Any:
    """The gradient of a table of which row 1 is used twice and row 2 once, 3 for each element."""
    table = tf.get_variable("table", [5, 2], initializer=tf.ones_initializer())
    (gradient,) = tf.gradients(tf.reduce_sum(tf.nn.embedding_lookup(table, [1, 2, 1]) * 3), [table])
    return gradient


def test_clipping_by_the_global_norm_keeps_rows() -> None:
    (clipped, dense, nothing), norm = tf.clip_by_global_norm([looked_up(), tf.zeros([2]), None], 1.0)
    assert isinstance(clipped, tf.IndexedSlices)
    assert clipped.values.op.name == "clip_by_global_norm/clip_by_global_norm/_0"
    assert isinstance(dense, tf.Tensor) and nothing is None
    with tf.Session() as sess:
        sess.run(tf.global_variables_initializer())
        rows, length = sess.run([clipped, norm])
    # Row 1 is named twice, and its two parts count one by one: sqrt(6 * 9), not sqrt(2 * 36 + 2 * 9).
    np.testing.assert_allclose(length, 7.3484693, rtol=1e-6)
    np.testing.assert_allclose(rows.values, np.full((3, 2), 0.4082483), rtol=1e-6)
    assert rows.indices.tolist() == [1, 2, 1] and rows.dense_shape.tolist() == [5, 2]


def test_the_global_norm_of_rows_without_a_shape() -> None:
    slices = tf.IndexedSlices(tf.ones([1, 2]), [0])
    with tf.Session() as sess:
        np.testing.assert_allclose(sess.run(tf.global_norm([slices, None])), np.sqrt(2), rtol=1e-6)


def test_a_step_with_clipped_rows_changes_those_rows_only() -> None:
    gradient = looked_up()
    (clipped,), _ = tf.clip_by_global_norm([gradient], 1.0)
    (table,) = tf.trainable_variables()
    step = tf.train.GradientDescentOptimizer(1.0).apply_gradients([(clipped, table)])
    with tf.Session() as sess:
        sess.run(tf.global_variables_initializer())
        sess.run(step)
        values = sess.run(table)
    np.testing.assert_allclose(values[:, 0], [1, 1 - 0.8164966, 1 - 0.4082483, 1, 1], rtol=1e-6)
    assert not [op.type for op in tf.get_default_graph().get_operations() if op.type == "UnsortedSegmentSum"]


def test_cases_of_a_dict_are_asked_in_the_order_of_their_names() -> None:
    first, second = tf.constant(True, name="b"), tf.constant(True, name="a")
    chosen = tf.case({first: lambda: 1, second: lambda: 2}, default=lambda: 3)
    with tf.Session() as sess:
        assert sess.run(chosen) == 2
