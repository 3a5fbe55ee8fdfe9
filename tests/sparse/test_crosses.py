"""Crosses of sparse columns."""

from __future__ import annotations

import numpy as np
from sessile.ops.families.strings.crossing import sparse_cross

import sessile as tf


def test_a_shape_that_promises_a_trillion_examples_costs_nothing() -> None:
    """Time and memory go by the values that are there."""
    places = tf.placeholder(tf.int64, [None, 2])
    columns = [tf.SparseTensor(places, [b"a", b"b"], [10**12, 3]), tf.SparseTensor([[7, 0]], [b"x"], [10**12, 1])]
    with tf.Session() as session:
        found = session.run(sparse_cross(columns), {places: [[7, 0], [10**11, 2]]})
    assert found.indices.tolist() == [[7, 0]]
    assert found.values.tolist() == [b"a_X_x"]
    assert found.dense_shape.tolist() == [10**12, 1]
    assert found.indices.dtype == np.int64
