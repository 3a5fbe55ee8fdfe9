"""The modes that programs pass to their model functions."""

from __future__ import annotations

import pytest

import sessile as tf


def test_modes_are_tensorflows_strings() -> None:
    keys = tf.estimator.ModeKeys
    assert (keys.TRAIN, keys.EVAL, keys.PREDICT) == ("train", "eval", "infer")
    old = tf.contrib.learn.ModeKeys
    assert (old.TRAIN, old.EVAL, old.INFER) == ("train", "eval", "infer")


def test_boosted_trees_say_that_they_are_not_built() -> None:
    with pytest.raises(AttributeError, match="estimators, Keras and feature columns"):
        tf.estimator.BoostedTreesClassifier  # noqa: B018
