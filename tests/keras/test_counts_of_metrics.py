"""Precision, recall and counts at thresholds, of the largest predictions, of a class: TensorFlow 1.15's values."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import sessile as tf

TRUE = np.array([[0, 1, 1, 0], [1, 0, 0, 1]], np.float32)
SAID = np.array([[0.1, 0.9, 0.4, 0.6], [0.3, 0.2, 0.8, 0.7]], np.float32)
WEIGHTS = [[1.0, 2.0, 1.0, 2.0], [0.0, 1.0, 1.0, 1.0]]


def value_of(metric: Any, weights: Any = None) -> Any:
    """The value after the batch was taken twice."""
    update, result = metric.update_state(TRUE, SAID, sample_weight=weights), metric.result()
    with tf.Session() as sess:
        sess.run([variable.initializer for variable in metric.variables])
        sess.run(update)
        sess.run(update)
        return sess.run(result).tolist()


@pytest.mark.parametrize(
    ("name", "arguments", "weights", "expected"),
    [
        ("Precision", {}, None, 0.5),
        ("Precision", {"thresholds": [0.3, 0.6]}, None, [0.6, 2 / 3]),
        ("Precision", {"thresholds": [0.3, 0.6]}, WEIGHTS, [4 / 7, 0.75]),
        ("Recall", {"thresholds": [0.3, 0.6]}, WEIGHTS, [1.0, 0.75]),
        ("Recall", {"thresholds": 0.3}, None, 0.75),
        ("Precision", {"top_k": 2, "class_id": 2}, None, 0.0),
        ("Recall", {"class_id": 1}, None, 1.0),
        ("TruePositives", {"thresholds": [0.3, 0.6]}, None, [6.0, 4.0]),
        ("FalsePositives", {}, [1.0, 2.0], 6.0),
        ("TrueNegatives", {"thresholds": [0.3, 0.6]}, WEIGHTS, [4.0, 8.0]),
    ],
)
def test_values(name: str, arguments: dict[str, Any], weights: Any, expected: Any) -> None:
    np.testing.assert_allclose(value_of(getattr(tf.keras.metrics, name)(**arguments), weights), expected, rtol=1e-6)


def test_only_the_largest_count() -> None:
    """Two of each row, whatever their size, unless there are thresholds too."""
    assert value_of(tf.keras.metrics.Precision(None, 2)) == 0.5
    assert value_of(tf.keras.metrics.Precision(top_k=1, thresholds=0.8)) == 1.0


def test_variables_configuration_and_order_of_arguments() -> None:
    metric = tf.keras.metrics.Recall(None, 2, 1, "found")
    assert [(each.name, each.shape.as_list()) for each in metric.variables] == [
        ("true_positives:0", [1]),
        ("false_negatives:0", [1]),
    ]
    wanted = {"name": "found", "dtype": "float32", "thresholds": None, "top_k": 2, "class_id": 1}
    assert metric.get_config() == wanted


def test_what_is_refused() -> None:
    with pytest.raises(ValueError, match=r"must be in \[0, 1\]. Invalid values: \[1.5\]"):
        tf.keras.metrics.Precision(1.5)
    with pytest.raises(tf.errors.InvalidArgumentError, match="predictions must be <= 1"):
        tf.keras.metrics.Precision().update_state(TRUE, SAID * 3)
