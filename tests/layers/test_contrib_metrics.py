"""`contrib.metrics` that `tf.metrics` has not; values after each batch as TensorFlow 1.15 gave them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import sessile as tf

NAN = float("nan")
m = tf.contrib.metrics
PAIRS = [([1.0, 2.0, 4.0, 3.0], [2.0, 2.5, 3.0, 1.0]), ([5.0, 0.0, 1.0, 1.0], [1.0, 4.0, 2.0, 2.0]), ([2.0], [3.0])]
WEIGHTED = [(a, b, [1.0, 2.0, 0.5, 0.0][: len(a)]) for a, b in PAIRS]
CLASSES = [([0, 1, 2, 1], [0, 1, 1, 1]), ([0, 0, 2, 1], [0, 0, 2, 2])]
SCORES = [([0.1, 0.8, 0.6, 0.3], [False, True, False, True]), ([0.9, 0.2, 0.4, 0.7], [True, False, True, True])]
SAID = [(np.array(scores) > 0.5, right) for scores, right in SCORES]
BEST = [(np.array([[1, 2], [2, 1]]), np.array([[1], [0]])), (np.array([[0, 2]]), np.array([[2]]))]
ROWS = [(np.array([[0.1, 0.5, 0.4], [0.2, 0.3, 0.5]]), np.array([1, 0])), (np.array([[0.1, 0.5, 0.4]]), np.array([2]))]

CASES: dict[str, tuple[Callable[..., Any], Any, list[Any]]] = {
    "count": (m.count, [([1.0, 2.0],), ([3.0],)], [0, 2, 3]),
    "weighted count": (m.count, [([1.0, 2.0], [0.5, 1.0]), ([3.0], [2.0])], [0, 1.5, 3.5]),
    "covariance": (m.streaming_covariance, PAIRS, [NAN, 0.25, -0.8839286, -0.7847222]),
    "weighted covariance": (m.streaming_covariance, WEIGHTED, [NAN, 0.4, -1.5059525, -1.2812501]),
    "correlation": (m.streaming_pearson_correlation, PAIRS, [NAN, 0.22677869, -0.51300848, -0.4997066]),
    "weighted correlation": (m.streaming_pearson_correlation, WEIGHTED, [NAN, 0.96609175, -0.7545183, -0.7423758]),
    "correlation of one": (m.streaming_pearson_correlation, [([2.0], [3.0])] * 2, [NAN, NAN, NAN]),
    "no weight": (
        m.streaming_covariance, [([1.0, 2.0], [2.0, 5.0], [w, w]) for w in (0.5, 0.0, 0.25)], [NAN, NAN, NAN, 2.25],
    ),
    "kappa": (lambda a, b: m.cohen_kappa(a, b, 3), CLASSES, [0, 5 / 9, 13 / 21]),
    "weighted kappa": (
        lambda a, b, w: m.cohen_kappa(a, b, 3, w), [(a, b, [1.0, 0.5, 2.0, 1.0]) for a, b in CLASSES], [0, 5 / 14, 0.5],
    ),
    "false positives": (m.streaming_false_positive_rate, SAID, [0, 0.5, 1 / 3]),
    "false negatives": (m.streaming_false_negative_rate, SAID, [0, 0.5, 0.4]),
    "false positives at": (
        lambda a, b: m.streaming_false_positive_rate_at_thresholds(a, b, [0.3, 0.5]), SCORES,
        [[0, 0], [0.5, 0.5], [1 / 3, 1 / 3]],
    ),
    "false negatives at": (
        lambda a, b: m.streaming_false_negative_rate_at_thresholds(a, b, [0.3, 0.5]), SCORES,
        [[0, 0], [0.5, 0.5], [0.2, 0.4]],
    ),
    "count of misses at": (
        lambda a, b: m.streaming_false_negatives_at_thresholds(a, b, [0.3, 0.5]), SCORES, [[0, 0], [1, 1], [1, 2]],
    ),
    "recall at k": (lambda a, b: m.streaming_recall_at_k(a, b, 2), ROWS, [0, 0.5, 2 / 3]),
    "precision of the best": (m.streaming_sparse_precision_at_top_k, BEST, [NAN, 0.25, 1 / 3]),
    "precision of a class": (
        lambda a, b: m.streaming_sparse_precision_at_top_k(a, b, class_id=2), BEST, [NAN, 0, 1 / 3],
    ),
    "recall of the best": (lambda a, b: m.sparse_recall_at_top_k(b, a), BEST, [NAN, 0.5, 2 / 3]),
    "average precision": (m.streaming_sparse_average_precision_at_top_k, BEST, [0, 0.5, 0.5]),
}  # fmt: skip


def placeholder_for(value: Any) -> Any:
    array = np.asarray(value)
    return tf.placeholder(tf.float32 if array.dtype == np.float64 else array.dtype, [None, *array.shape[1:]])


@pytest.mark.parametrize("name", CASES)
def test_values_after_each_batch(name: str) -> None:
    make, batches, expected = CASES[name]
    inputs = [placeholder_for(value) for value in batches[0]]
    value, update = make(*inputs)
    with tf.Session() as sess:
        sess.run(tf.local_variables_initializer())
        found = [sess.run(value)]
        for batch in batches:
            updated = sess.run(update, dict(zip(inputs, batch)))
            found.append(sess.run(value))
            np.testing.assert_allclose(updated, found[-1], rtol=1e-6)
    np.testing.assert_allclose(found, expected, rtol=2e-6, atol=1e-7)


def test_names_are_those_of_tensorflow() -> None:
    best, labels = tf.constant([[1, 2]], tf.int64), tf.constant([[1]], tf.int64)
    assert tf.metrics.precision_at_top_k(labels, best)[0].name == "precision_at_k:0"
    assert tf.metrics.recall_at_top_k(labels, best, class_id=1)[0].name == "recall_at_k_class1:0"
    assert m.streaming_pearson_correlation([1.0], [2.0])[0].name == "pearson_r/pearson_r:0"
    assert [v.op.name for v in tf.local_variables()][-3:] == [
        f"pearson_r/variance_labels/{part}" for part in ("mean_prediction", "mean_label", "comoment")
    ]


def test_fewer_than_two_classes_have_no_kappa() -> None:
    with pytest.raises(ValueError, match="`num_classes` must be >= 2"):
        m.cohen_kappa([1], [1], 1)


def test_sets_are_here_too() -> None:
    assert m.set_union is tf.sets.union


def test_float_weights_of_integers_whose_shape_is_not_known() -> None:
    """Segmentation weights its pixels so: `mean_iou` was a TypeError of int64 and float32."""
    labels, predictions = (tf.placeholder(tf.int64, [None]) for _ in range(2))
    weights = tf.placeholder(tf.float32, [None])
    value, update = tf.metrics.mean_iou(labels, predictions, 2, weights)
    with tf.Session() as sess:
        sess.run(tf.local_variables_initializer())
        sess.run(update, {labels: [0, 1, 1], predictions: [0, 0, 1], weights: [1.0, 0.0, 2.0]})
        assert sess.run(value) == 1.0
