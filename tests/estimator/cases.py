"""Estimators, written against TensorFlow 1's names: recorded with TensorFlow 1.15, replayed here."""

from __future__ import annotations

import os
import shutil
import tempfile
from typing import Any

import numpy as np

X = np.random.RandomState(0).rand(60, 4).astype("float32")
Y = (X.sum(1) > 2).astype("int32")
WORDS = np.array(["a", "b", "c"], object)[np.random.RandomState(1).randint(0, 3, 60)]


def model_fn(tf: Any) -> Any:
    """A network of two layers."""

    def model(features: Any, labels: Any, mode: str, params: Any) -> Any:
        hidden = tf.layers.dense(features["x"], 8, activation=tf.nn.relu)
        logits = tf.layers.dense(hidden, 2)
        predictions = {"classes": tf.argmax(logits, 1), "probabilities": tf.nn.softmax(logits)}
        if mode == tf.estimator.ModeKeys.PREDICT:
            return tf.estimator.EstimatorSpec(mode, predictions=predictions)
        loss = tf.losses.sparse_softmax_cross_entropy(labels, logits)
        if mode == tf.estimator.ModeKeys.TRAIN:
            optimizer = tf.train.AdamOptimizer(params["rate"])
            step = optimizer.minimize(loss, global_step=tf.train.get_global_step())
            return tf.estimator.EstimatorSpec(mode, loss=loss, train_op=step)
        metrics = {"accuracy": tf.metrics.accuracy(labels, predictions["classes"])}
        return tf.estimator.EstimatorSpec(mode, loss=loss, eval_metric_ops=metrics)

    return model


def inputs(tf: Any, y: Any = Y, epochs: int | None = None) -> Any:
    """The rows, without end or a number of times."""
    features = {"x": X, "words": WORDS}
    return tf.estimator.inputs.numpy_input_fn(features, y, batch_size=20, num_epochs=epochs, shuffle=False)


def _numbers(found: Any) -> Any:
    return {key: float(value) for key, value in sorted(found.items())}


def own_model(tf: Any) -> Any:
    """Training, evaluation, prediction, export and what is in files."""
    folder = tempfile.mkdtemp()
    losses: list[float] = []

    class Hook(tf.train.SessionRunHook):  # type: ignore[name-defined, misc]
        def before_run(self, context: Any) -> Any:
            return tf.train.SessionRunArgs(tf.get_collection("losses")[0])

        def after_run(self, context: Any, values: Any) -> None:
            losses.append(float(values.results))

    config = tf.estimator.RunConfig(tf_random_seed=7, save_checkpoints_steps=5)
    estimator = tf.estimator.Estimator(model_fn(tf), folder, config, params={"rate": 0.05})
    estimator.train(inputs(tf), steps=12, hooks=[Hook()])
    answer: dict[str, Any] = {"losses": losses, "variables": estimator.get_variable_names()}
    answer["bias"] = estimator.get_variable_value("dense/bias").tolist()
    answer["evaluated"] = _numbers(estimator.evaluate(inputs(tf, epochs=1)))
    rows = list(estimator.predict(inputs(tf, epochs=1)))
    answer["rows"], answer["probabilities"] = len(rows), rows[0]["probabilities"].tolist()
    estimator.train(inputs(tf), max_steps=14)
    answer["latest"] = os.path.basename(estimator.latest_checkpoint())
    with tf.Graph().as_default():
        source = tf.placeholder(tf.float32, [None, 4], name="x")
    receiver = tf.estimator.export.build_raw_serving_input_receiver_fn({"x": source})
    export = estimator.export_savedmodel(os.path.join(folder, "export"), receiver).decode()
    with tf.Session(graph=tf.Graph()) as session:
        signature = tf.saved_model.loader.load(session, ["serve"], export).signature_def["serving_default"]
        outputs = signature.outputs["probabilities"].name
        answer["served"] = session.run(outputs, {signature.inputs["x"].name: X[:1]}).tolist()
    answer["events"] = _events(tf, folder)
    shutil.rmtree(folder)
    return answer


def _events(tf: Any, folder: str) -> Any:
    """What the event files of training tell, in order."""
    found = []
    for name in sorted(os.listdir(folder)):
        if "tfevents" in name:
            for event in tf.train.summary_iterator(os.path.join(folder, name)):
                tags = [value.tag for value in event.summary.value]
                found.append([int(event.step), event.WhichOneof("what"), *tags])
    return found


def _canned(name: str, y: Any, *arguments: Any, **options: Any) -> Any:
    def run(tf: Any) -> Any:
        columns = [
            tf.feature_column.numeric_column("x", [4]),
            tf.feature_column.categorical_column_with_vocabulary_list("words", ["a", "b", "c"]),
        ]
        config = tf.estimator.RunConfig(tf_random_seed=7)
        estimator = getattr(tf.estimator, name)(columns, *arguments, config=config, **options)
        estimator.train(inputs(tf, y), steps=20)
        row = next(iter(estimator.predict(inputs(tf, y, 1))))
        answer = {
            "evaluated": _numbers(estimator.evaluate(inputs(tf, y, 1))), "keys": sorted(row),
            "weights": estimator.get_variable_value("linear/linear_model/words/weights").tolist(),
        }  # fmt: skip
        shutil.rmtree(estimator.model_dir)
        return answer

    return run


CASES: dict[str, Any] = {
    "own model": own_model,
    "LinearClassifier": _canned("LinearClassifier", Y),
    "LinearClassifier of three": _canned("LinearClassifier", X.sum(1).astype("int32") % 3, n_classes=3),
    "LinearRegressor": _canned("LinearRegressor", X.sum(1)),
}
