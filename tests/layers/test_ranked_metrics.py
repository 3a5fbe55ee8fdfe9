"""Recall and precision of the best k: sparse labels, repeated ones, labels that are no class, as in TensorFlow."""

import numpy as np
import pytest

import sessile as tf

SCORES = [[0.1, 0.2, 0.3, 0.4]]  # the best two are 3 and 2

# Labels -> recall, average precision of dense labels, and of sparse ones: TensorFlow 1.15.5's values.
RECORDED = {
    (12, 2): (0.5, 0.5, 0.25),
    (2, 2): (1.0, 0.25, 0.5),
    (0, -1): (0.0, 0.0, 0.0),
    (-1, 3): (0.5, 1.0, 0.5),
    (2, -1, 12): (1 / 3, 0.5, 0.25),
    (3, 3, 2): (1.0, 1.0, 1.0),
    (0, 0, 3): (0.5, 0.5, 0.5),
    (0, 0, 12, 12): (0.0, 0.0, 0.0),
}


def sparse(rows):
    places = [(i, j) for i, row in enumerate(rows) for j in range(len(row))]
    values = [value for row in rows for value in row]
    shape = [len(rows), max(map(len, rows))]
    return tf.SparseTensorValue(np.array(places, np.int64), np.array(values, np.int64), np.array(shape, np.int64))


def value(metric):
    with tf.Session() as session:
        session.run(tf.local_variables_initializer())
        updated = session.run(metric[1])
        assert session.run(metric[0]) == updated
        return updated


@pytest.mark.parametrize("labels", RECORDED)
@pytest.mark.parametrize("form", ["dense", "value", "sparse"])
def test_values(labels, form):
    recall, of_dense, of_sparse = RECORDED[labels]
    given = np.array([labels], np.int64) if form == "dense" else sparse([labels])
    given = tf.SparseTensor.from_value(given) if form == "sparse" else given
    assert value(tf.metrics.recall_at_k(given, tf.constant(SCORES), 2)) == pytest.approx(recall)
    average = tf.metrics.average_precision_at_k(given, tf.constant(SCORES), 2)
    assert value(average) == pytest.approx(of_dense if form == "dense" else of_sparse)


def test_rows_of_several_lengths():
    labels, scores = sparse([[3], [2, 0], [1, 2, 3]]), tf.constant(SCORES * 3)
    assert value(tf.metrics.average_precision_at_k(labels, scores, 2)) == pytest.approx(0.75)
    assert value(tf.metrics.average_precision_at_k(labels, scores, 2, weights=[1.0, 0.0, 2.0])) == pytest.approx(1.0)
    assert value(tf.metrics.recall_at_k(labels, scores, 2)) == pytest.approx(4 / 6)
    assert value(tf.metrics.recall_at_k(labels, scores, 2, weights=[1.0, 0.0, 2.0])) == pytest.approx(5 / 7)
    assert value(tf.metrics.precision_at_k(labels, scores, 2, class_id=3)) == pytest.approx(2 / 3)


def test_a_class_that_is_given_twice_counts_once():
    labels, given = np.array([[3, 2]], np.int64), tf.constant([[3, 3, 0]], tf.int64)
    assert value(tf.metrics.recall_at_top_k(labels, given, 3)) == 0.5
    assert value(tf.metrics.precision_at_top_k(labels, given, 3)) == 0.5
