"""Heads and models for any head answer as TensorFlow 1.15 did; what they refuse."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import sessile as tf
from tests.estimator.parts import cases
from tests.keras.test_recorded import assert_same

RECORDED = json.loads((Path(__file__).parent / "recorded.json").read_text())
heads = tf.contrib.estimator


@pytest.mark.parametrize("name", list(cases.CASES))
def test_answers_are_those_of_tensorflow(name: str) -> None:
    """Each case."""
    assert_same(cases.CASES[name](tf), RECORDED[name], name)


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: heads.binary_classification_head(thresholds=[1.5]), "thresholds must be in"),
        (lambda: heads.multi_class_head(2), "n_classes must be > 2"),
        (lambda: heads.multi_label_head(3, label_vocabulary=["a"]), "Length of label_vocabulary"),
        (lambda: heads.regression_head(loss_reduction="none"), "Invalid loss_reduction: none"),
        (lambda: heads.multi_head([heads.regression_head()]), "must have name"),
        (lambda: heads.multi_head([heads.regression_head(name="a")], [1.0, 2.0]), "same size"),
        (lambda: heads.multi_head([]), "Must specify heads"),
    ],
)
def test_heads_refuse_other_settings(make: Any, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        make()


def test_a_head_makes_the_specification_of_a_models_own_function() -> None:
    head = tf.estimator.MultiLabelHead(3, label_vocabulary=["a", "b", "c"])
    with tf.Graph().as_default(), tf.Session() as session:
        logits = tf.get_variable("w", [2, 3], initializer=tf.zeros_initializer())
        labels = tf.SparseTensor([[0, 0], [1, 0], [1, 1]], ["b", "a", "c"], [2, 2])
        mode = tf.estimator.ModeKeys.TRAIN
        tf.train.create_global_step()
        optimizer = tf.train.GradientDescentOptimizer(1.0)
        spec = head.create_estimator_spec({}, mode, logits, labels, optimizer)
        session.run([tf.global_variables_initializer(), tf.tables_initializer()])
        assert session.run(spec.loss) == pytest.approx(np.log(2), rel=1e-5)
        session.run(spec.train_op)
        assert session.run(tf.train.get_global_step()) == 1
        np.testing.assert_array_equal(session.run(logits) > 0, [[False, True, False], [True, False, True]])
        with pytest.raises(ValueError, match="cannot both be None"):
            head.create_estimator_spec({}, mode, logits, labels)


def test_optimizers_of_keras_train_with_a_head() -> None:
    head = tf.estimator.RegressionHead()
    with tf.Graph().as_default(), tf.Session() as session:
        weight = tf.Variable([[0.0]], use_resource=True)
        step = tf.train.create_global_step()
        optimizer = tf.keras.optimizers.SGD(0.5)
        spec = head.create_estimator_spec({}, "train", weight * 1.0, tf.constant([[3.0]]), optimizer, [weight])
        session.run(tf.global_variables_initializer())
        session.run(spec.train_op)
        assert session.run([weight, step]) == [[[3.0]], 1]


def test_records_of_labels_are_read() -> None:
    columns = [tf.feature_column.numeric_column("x")]
    spec = tf.estimator.classifier_parse_example_spec(columns, "y", weight_column="w")
    assert spec["y"] == tf.FixedLenFeature((1,), tf.int64, None)
    assert set(spec) == {"x", "y", "w"}
    spec = tf.estimator.regressor_parse_example_spec(columns, "y", label_dimension=2, label_default=[0.0, 1.0])
    assert spec["y"] == tf.FixedLenFeature((2,), tf.float32, [0.0, 1.0])
    with pytest.raises(ValueError, match="should not be used as feature"):
        tf.estimator.classifier_parse_example_spec(columns, "x")
    with pytest.raises(ValueError, match="should be float"):
        tf.estimator.regressor_parse_example_spec(columns, "y", tf.int64)


def test_metrics_may_not_ask_for_anything_else() -> None:
    estimator = tf.estimator.BaselineRegressor()
    with pytest.raises(ValueError, match="unknown arguments"):
        tf.estimator.add_metrics(estimator, lambda colour: {})


def test_more_classes_cannot_be_taken_than_are_drawn() -> None:
    with pytest.raises(ValueError, match="num_resampled=5 must be at most num_sampled=4"):
        tf.contrib.nn.rank_sampled_softmax_loss(
            tf.zeros([9, 3]), tf.zeros([9]), [[1]], tf.zeros([1, 3]), 4, 5, 9, 1, None, 1.0, True, "mod"
        )


@pytest.mark.parametrize("share", [0.0, 1.5])
def test_a_share_that_is_none_is_refused(share: float) -> None:
    with pytest.raises(ValueError, match="keep_prob must be"):
        tf.contrib.nn.alpha_dropout([1.0], share)
