"""Metrics over thresholds refuse predictions outside [0, 1], as TensorFlow 1.15 does: at once, or when they run."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import sessile as tf

METRICS: dict[str, Callable[[Any, Any], tuple[Any, Any]]] = {
    "auc": lambda labels, given: tf.metrics.auc(labels, given),
    "precision": lambda labels, given: tf.metrics.precision_at_thresholds(labels, given, [0.5]),
    "recall": lambda labels, given: tf.metrics.recall_at_thresholds(labels, given, [0.5]),
    "sensitivity": lambda labels, given: tf.metrics.sensitivity_at_specificity(labels, given, 0.5),
    "specificity": lambda labels, given: tf.metrics.specificity_at_sensitivity(labels, given, 0.5),
    "counts": lambda labels, given: tf.metrics.true_positives_at_thresholds(labels, given, [0.5]),
}


@pytest.mark.parametrize("outside", [1.5, -0.1, float("nan")])
@pytest.mark.parametrize("name", METRICS)
def test_predictions_outside_of_shares_are_refused(name: str, outside: float) -> None:
    """What is known is refused while building, what is fed when it runs."""
    with tf.Graph().as_default(), tf.Session() as session:
        with pytest.raises(tf.errors.InvalidArgumentError, match=r"predictions must be in \[0, 1\]"):
            METRICS[name](tf.constant([1, 0]), tf.constant([outside, 0.0]))
        given = tf.placeholder(tf.float32, [2])
        _, update = METRICS[name](tf.constant([1, 0]), given)
        session.run(tf.local_variables_initializer())
        with pytest.raises(tf.errors.InvalidArgumentError, match=r"predictions must be in \[0, 1\]"):
            session.run(update, {given: [outside, 0.0]})
        assert np.all(np.isfinite(session.run(update, {given: [1.0, 0.0]})))
