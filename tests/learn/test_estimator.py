"""`tf.contrib.learn`: an estimator of arrays and input functions gives what TensorFlow 1.15.5 gave."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

import sessile as tf

learn = tf.contrib.learn
X = np.arange(8, dtype=np.float32).reshape(8, 1) / 8
Y = (3 * X + 1)[:, 0]


def model_fn(features: Any, labels: Any, mode: str, params: Any) -> Any:
    predicted = tf.layers.dense(features, 1, kernel_initializer=tf.constant_initializer(0.5), name="d")[:, 0]
    loss = None if labels is None else tf.losses.mean_squared_error(labels, predicted)
    train = None
    if mode == learn.ModeKeys.TRAIN:
        step = tf.contrib.framework.get_global_step()
        train = tf.contrib.layers.optimize_loss(loss, step, params["rate"], "SGD")
    return learn.ModelFnOps(mode=mode, predictions={"p": predicted}, loss=loss, train_op=train)


def input_fn() -> Any:
    return tf.constant(X), tf.constant(Y)


def made(folder: Any) -> Any:
    config = learn.RunConfig(save_checkpoints_secs=600, tf_random_seed=1)
    return learn.Estimator(model_fn=model_fn, params={"rate": 0.1}, model_dir=str(folder), config=config)


def test_arrays_then_input_functions_then_an_experiment(tmp_path: Path) -> None:
    estimator = made(tmp_path)
    with pytest.raises(learn.NotFittedError, match="Couldn't find trained model"):
        estimator.evaluate(x=X, y=Y)
    with pytest.raises(AttributeError):  # as scikit-learn's has it
        estimator.predict(x=X)
    assert estimator.fit(x=X, y=Y[:, None], steps=20, batch_size=8) is estimator
    assert estimator.evaluate(x=X, y=Y, steps=1, batch_size=8) == pytest.approx({"loss": 0.13297352, "global_step": 20})
    spec = learn.MetricSpec(metric_fn=tf.contrib.metrics.streaming_mean_squared_error, prediction_key="p")
    found = estimator.evaluate(x=X, y=Y, metrics={"mse": spec, ("again", "p"): spec.metric_fn})
    assert found == pytest.approx({"loss": 0.13297352, "mse": 0.13297352, "again": 0.13297352, "global_step": 20})
    assert [row["p"] for row in estimator.predict(x=X[:2])] == pytest.approx([1.5866879, 1.8031452])
    assert estimator.predict(x=X[:2], as_iterable=False)["p"].shape == (2,)
    assert [batch["p"].shape for batch in estimator.predict(x=X, batch_size=3, iterate_batches=True)] == [
        (3,), (3,), (2,),
    ]  # fmt: skip
    assert "d/kernel" in estimator.get_variable_names()
    estimator.fit(input_fn=input_fn, max_steps=30)
    assert estimator.evaluate(input_fn=input_fn, steps=1) == pytest.approx({"loss": 0.10103835, "global_step": 30})
    experiment = learn.Experiment(estimator, input_fn, input_fn, train_steps=40, eval_steps=1)
    assert experiment.train_and_evaluate() == (pytest.approx({"loss": 0.07681592, "global_step": 40}), [])
    compatible = learn.SKCompat(estimator).fit(X, Y, steps=2)
    assert compatible.predict(X[:2])["p"] == pytest.approx([1.4392567, 1.6972903])
    assert compatible.score(X, Y, steps=1) == pytest.approx({"loss": 0.07271843, "global_step": 42})


def test_a_model_function_that_returns_three_things(tmp_path: Path) -> None:
    def three(features: Any, labels: Any, mode: str) -> Any:
        predicted = tf.layers.dense(features, 1, kernel_initializer=tf.constant_initializer(0.5))[:, 0]
        loss = tf.losses.mean_squared_error(labels, predicted)
        train = tf.train.GradientDescentOptimizer(0.1).minimize(loss, tf.train.get_global_step())
        return predicted, loss, train

    estimator = learn.Estimator(three, model_dir=str(tmp_path))
    estimator.partial_fit(X, Y).partial_fit(input_fn=input_fn, steps=4)
    assert estimator.evaluate(input_fn=input_fn, steps=1) == pytest.approx({"loss": 0.49626407, "global_step": 5})


def test_learn_runner(tmp_path: Path) -> None:
    def experiment_fn(run_config: Any, hparams: Any) -> Any:
        estimator = learn.Estimator(model_fn, params={"rate": hparams.rate}, config=run_config)
        return learn.Experiment(estimator, input_fn, input_fn, train_steps=hparams.steps, eval_steps=1)

    config = learn.RunConfig(model_dir=str(tmp_path))
    hparams = tf.contrib.training.HParams(rate=0.1, steps=20)
    found, exported = learn.learn_runner.run(experiment_fn, run_config=config, hparams=hparams)
    assert found == pytest.approx({"loss": 0.13297352, "global_step": 20}) and exported == []
    assert learn.learn_runner.run(experiment_fn, run_config=config, schedule="evaluate", hparams=hparams) == found
    with pytest.raises(ValueError, match="output_dir` or `run_config"):
        learn.learn_runner.run(experiment_fn)
    with pytest.raises(ValueError, match="non-existent task"):
        learn.learn_runner.run(experiment_fn, run_config=config, schedule="serve", hparams=hparams)


def test_configurations() -> None:
    config = learn.RunConfig()
    assert (config.save_checkpoints_secs, config.save_checkpoints_steps, config.environment) == (600, None, "local")
    assert learn.RunConfig(save_checkpoints_steps=5).save_checkpoints_secs is None
    assert learn.RunConfig(num_cores=3).tf_config.inter_op_parallelism_threads == 3


def test_wrong_arguments(tmp_path: Path) -> None:
    estimator = made(tmp_path)
    with pytest.raises(ValueError, match="both steps and max_steps"):
        estimator.fit(X, Y, steps=1, max_steps=1)
    with pytest.raises(ValueError, match="both input_fn and x"):
        estimator.fit(X, Y, input_fn=input_fn, steps=1)
    with pytest.raises(ValueError, match="Either x or input_fn"):
        estimator.fit(steps=1)
    with pytest.raises(TypeError, match="SessionRunHooks"):
        estimator.fit(X, Y, steps=1, monitors=[object()])
    with pytest.raises(ValueError, match="not None params are passed"):
        learn.Estimator(lambda features, labels: None, params={"a": 1})
    with pytest.raises(ValueError, match="several predictions"):
        learn.MetricSpec(tf.metrics.accuracy).create_metric_ops(None, X, {"a": X, "b": X})
