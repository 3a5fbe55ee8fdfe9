"""An Estimator: a model function of digits, trained with evaluations between, exported and served.

The seed decides all: the losses are those of TensorFlow 1.15.
"""

from __future__ import annotations

import shutil
import tempfile

import numpy as np
from digits import digits

import sessile as tf

IMAGES, LABELS = digits(2000, 14, seed=1)
TEST_IMAGES, TEST_LABELS = digits(500, 14, seed=2)


def model_fn(features, labels, mode, params):
    """A convolution, a hidden layer, ten classes."""
    images = tf.reshape(features["image"], [-1, 14, 14, 1])
    hidden = tf.layers.conv2d(images, params["filters"], 5, activation=tf.nn.relu)
    hidden = tf.layers.max_pooling2d(hidden, 2, 2)
    hidden = tf.layers.dense(tf.layers.flatten(hidden), 64, activation=tf.nn.relu)
    logits = tf.layers.dense(hidden, 10)
    predictions = {"digit": tf.argmax(logits, axis=1), "probabilities": tf.nn.softmax(logits)}
    if mode == tf.estimator.ModeKeys.PREDICT:
        return tf.estimator.EstimatorSpec(mode, predictions=predictions)
    loss = tf.losses.sparse_softmax_cross_entropy(labels, logits)
    if mode == tf.estimator.ModeKeys.EVAL:
        metrics = {"accuracy": tf.metrics.accuracy(labels, predictions["digit"])}
        return tf.estimator.EstimatorSpec(mode, loss=loss, eval_metric_ops=metrics)
    step = tf.train.AdamOptimizer(params["rate"]).minimize(loss, tf.train.get_global_step())
    return tf.estimator.EstimatorSpec(mode, loss=loss, train_op=step)


def served(folder):
    """The digits of a SavedModel for the first test images."""
    with tf.Session(graph=tf.Graph()) as session:
        signature = tf.saved_model.loader.load(session, ["serve"], folder).signature_def["serving_default"]
        feed = {signature.inputs["image"].name: TEST_IMAGES[:20]}
        return session.run(signature.outputs["digit"].name, feed)


def main():
    """Train for 150 steps, evaluate after each 50, export at the end."""
    folder = tempfile.mkdtemp()
    config = tf.estimator.RunConfig(tf_random_seed=3, save_checkpoints_steps=50)
    model = tf.estimator.Estimator(model_fn, folder, config, params={"filters": 8, "rate": 0.003})
    inputs = tf.estimator.inputs
    rows = inputs.numpy_input_fn({"image": IMAGES}, LABELS, batch_size=50, num_epochs=None, shuffle=False)
    test = inputs.numpy_input_fn({"image": TEST_IMAGES}, TEST_LABELS, batch_size=250, shuffle=False)
    image = tf.placeholder(tf.float32, [None, 14, 14], name="image")
    receiver = tf.estimator.export.build_raw_serving_input_receiver_fn({"image": image})
    found, exported = tf.estimator.train_and_evaluate(
        model,
        tf.estimator.TrainSpec(rows, max_steps=150),
        tf.estimator.EvalSpec(test, exporters=tf.estimator.FinalExporter("final", receiver), throttle_secs=0),
    )
    print(f"step {found['global_step']}: loss {found['loss']:.3f}, accuracy {found['accuracy']:.3f}")
    rows = [row["digit"] for row in model.predict(test)]
    np.testing.assert_array_equal(served(exported[0].decode()), rows[:20])
    assert found["accuracy"] > 0.95
    shutil.rmtree(folder)


if __name__ == "__main__":
    main()
