"""Evaluation while a model is trained: the steps, values and calls of TensorFlow 1.15.5."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

import sessile as tf

Hook = tf.estimator.experimental.InMemoryEvaluatorHook


def model(features: Any, labels: Any, mode: str) -> Any:
    weight = tf.get_variable("w", [], initializer=tf.zeros_initializer())
    loss = tf.reduce_mean((features * weight - labels) ** 2)
    if mode == "train":
        tf.get_variable("only_trained", [], initializer=tf.ones_initializer())
        step = tf.train.get_or_create_global_step()
        train = tf.train.GradientDescentOptimizer(0.1).minimize(loss, step)
        return tf.estimator.EstimatorSpec(mode, loss=loss, train_op=train)
    tf.get_variable("only_evaluated", [], initializer=tf.ones_initializer())
    return tf.estimator.EstimatorSpec(mode, loss=loss, eval_metric_ops={"w": tf.metrics.mean(weight)})


def data(count: int | None = None) -> Any:
    return tf.data.Dataset.from_tensors((tf.constant([1.0]), tf.constant([2.0]))).repeat(count)


class Counting(tf.train.SessionRunHook):  # type: ignore[misc]
    begun = ended = 0

    def begin(self) -> None:
        assert not tf.get_default_graph().finalized
        self.begun += 1

    def end(self, session: Any) -> None:
        self.ended += 1


def evaluations(folder: Path) -> list[tuple[int, dict[str, float]]]:
    return [
        (event.step, {value.tag: round(value.simple_value, 5) for value in event.summary.value})
        for path in sorted(folder.iterdir()) for event in tf.train.summary_iterator(str(path)) if event.summary.value
    ]  # fmt: skip


def test_evaluations_come_before_between_and_behind(tmp_path: Path) -> None:
    estimator = tf.estimator.Estimator(model, str(tmp_path))
    counting, built = Counting(), []

    def inputs() -> Any:
        built.append(1)
        return data(2)

    estimator.train(data, [Hook(estimator, inputs, hooks=[counting], name="a", every_n_iter=3)], steps=7)
    assert evaluations(tmp_path / "eval_a") == [
        (0, {"loss": 4.0, "w": 0.0}), (3, {"loss": 1.04858, "w": 0.976}), (6, {"loss": 0.27488, "w": 1.47571}),
        (7, {"loss": 0.17592, "w": 1.58057}),
    ]  # fmt: skip
    assert (len(built), counting.begun, counting.ended) == (1, 4, 4)
    estimator.train(data, [Hook(estimator, inputs, name="b", every_n_iter=2)], steps=4)
    assert [step for step, _ in evaluations(tmp_path / "eval_b")] == [7, 9, 11, 11]


@pytest.mark.parametrize("wrong", [{"every_n_iter": 0}, {"every_n_iter": None}, {"steps": 0}, {"steps": -1}])
def test_numbers_that_cannot_be(wrong: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match="every_n_iter|steps > 0"):
        Hook(tf.estimator.Estimator(model), data, **wrong)
