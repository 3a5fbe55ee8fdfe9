"""Heads, models for any head and `contrib.nn`: recorded with TensorFlow 1.15, replayed here."""

from __future__ import annotations

import tempfile
from typing import Any

import numpy as np

X = np.random.RandomState(0).rand(40, 4).astype("float32")
CLASSES = (X.sum(1) * 2).astype("int64") % 3
TWO = (X.sum(1) > 2).astype("int64")
LABELS = (X[:, :3] > 0.5).astype("int64")
WEIGHTS = np.arange(1, 41).astype("float32")
COUNTS = np.floor(X[:, :1] * 6).astype("float32")


def _inputs(tf: Any, y: Any, epochs: Any = None) -> Any:
    features = {"x": X, "weights": WEIGHTS}
    return tf.estimator.inputs.numpy_input_fn(features, y, batch_size=20, num_epochs=epochs, shuffle=False)


def _numbers(found: Any) -> Any:
    return {str(key): float(value) for key, value in found.items()}


def _told(value: Any) -> Any:
    value = np.asarray(value)
    if value.dtype.kind in "OS":
        return [str(item) for item in value.ravel().tolist()]
    return np.round(value.astype(float), 5).ravel().tolist()


def _config(tf: Any) -> Any:
    return tf.estimator.RunConfig(tf_random_seed=3)


def _used(make: Any, labels: Any, steps: int = 8) -> Any:
    """A case: an estimator that is trained, evaluated and asked."""

    def run(tf: Any) -> Any:
        columns = [tf.feature_column.numeric_column("x", shape=(4,))]
        estimator = make(tf, columns, {"model_dir": tempfile.mkdtemp(), "config": _config(tf)})
        estimator.train(_inputs(tf, labels), steps=steps)
        first = next(iter(estimator.predict(_inputs(tf, None, 1))))
        return {
            "metrics": _numbers(estimator.evaluate(_inputs(tf, labels, 1))),
            "first": {str(key): _told(value) for key, value in first.items()},
            "variables": sorted(estimator.get_variable_names()),
        }  # fmt: skip

    return run


def _linear(head: Any, labels: Any) -> Any:
    """A linear model with a head: it begins at zeros."""
    return _used(
        lambda tf, columns, more: tf.estimator.LinearEstimator(
            head(tf), columns, optimizer=tf.train.GradientDescentOptimizer(0.1), **more
        ),
        labels,
    )


def _several(tf: Any) -> Any:
    heads = tf.contrib.estimator
    return heads.multi_head(
        [heads.multi_class_head(3, name="kind"), heads.regression_head(name="count", label_dimension=1)], [1.0, 0.5]
    )


def _function(make: Any) -> Any:
    def run(tf: Any) -> Any:
        with tf.Graph().as_default(), tf.Session() as session:
            return _told(session.run(make(tf)))

    return run


def _drawn(tf: Any) -> Any:
    return tf.constant([1, 4, 7, 2], tf.int64), tf.constant([[0.3], [0.2]]), tf.constant([0.5, 0.2, 0.1, 0.4])


TABLE = np.random.RandomState(2).rand(9, 3).astype("float32")


def _rank(tf: Any) -> Any:
    return tf.contrib.nn.rank_sampled_softmax_loss(
        tf.constant(TABLE), tf.constant(TABLE[:, 0]), tf.constant([[3], [5]], tf.int64), tf.constant(X[:2, :3]), 4, 2,
        9, 1, _drawn(tf), 0.7, True, "mod",
    )  # fmt: skip


CASES: dict = {
    "binary": _linear(
        lambda tf: tf.contrib.estimator.binary_classification_head(thresholds=[0.3, 0.7], weight_column="weights"), TWO
    ),
    "classes": _linear(lambda tf: tf.contrib.estimator.multi_class_head(3, name="kind"), CLASSES),
    "labels": _linear(
        lambda tf: tf.contrib.estimator.multi_label_head(
            3, thresholds=[0.4], classes_for_class_based_metrics=[0, 2], loss_reduction=tf.losses.Reduction.SUM
        ),
        LABELS,
    ),
    "values": _linear(lambda tf: tf.contrib.estimator.regression_head(label_dimension=2), X[:, :2] * 3),
    "another loss": _linear(
        lambda tf: tf.contrib.estimator.regression_head(loss_fn=lambda labels, logits: tf.abs(labels - logits)), COUNTS
    ),
    "counts": _linear(lambda tf: tf.contrib.estimator.poisson_regression_head(), COUNTS),
    "shares": _linear(lambda tf: tf.contrib.estimator.logistic_regression_head(), X[:, :1]),
    "several": _linear(_several, {"kind": CLASSES, "count": COUNTS}),
    "more metrics": _used(
        lambda tf, columns, more: tf.estimator.add_metrics(
            tf.estimator.LinearRegressor(columns, optimizer=tf.train.GradientDescentOptimizer(0.01), **more),
            lambda labels, predictions: {"mae": tf.metrics.mean_absolute_error(labels, predictions["predictions"])},
        ),
        COUNTS,
    ),
    "features beside": _used(
        lambda tf, columns, more: tf.contrib.estimator.forward_features(
            tf.estimator.LinearRegressor(columns, optimizer=tf.train.GradientDescentOptimizer(0.01), **more), "weights"
        ),
        COUNTS,
    ),
    "clipped": _used(
        lambda tf, columns, more: tf.estimator.LinearRegressor(
            columns,
            optimizer=tf.contrib.estimator.clip_gradients_by_norm(tf.train.GradientDescentOptimizer(0.1), 0.5),
            **more,
        ),
        COUNTS,
    ),
    "baseline of classes": _used(
        lambda tf, columns, more: tf.estimator.BaselineClassifier(n_classes=3, **more), CLASSES
    ),
    "baseline of values": _used(lambda tf, columns, more: tf.estimator.BaselineRegressor(**more), COUNTS),
    "scaled_softplus": _function(lambda tf: tf.contrib.nn.scaled_softplus(tf.constant(X[:3] * 4 - 2), 0.7, 1.5)),
    "nth_element": _function(lambda tf: tf.contrib.nn.nth_element(tf.constant(X[:5]), 1)),
    "nth_element from the end": _function(lambda tf: tf.contrib.nn.nth_element(tf.constant(X[:5]), 1, reverse=True)),
    "alpha_dropout": _function(lambda tf: tf.contrib.nn.alpha_dropout(tf.constant(X), 0.6, seed=5)),
    "flipped softmax": _function(
        lambda tf: tf.contrib.nn.deprecated_flipped_softmax_cross_entropy_with_logits(
            tf.constant(X), tf.constant(X / X.sum(1, keepdims=True))
        )
    ),
    "flipped sigmoid": _function(
        lambda tf: tf.contrib.nn.deprecated_flipped_sigmoid_cross_entropy_with_logits(tf.constant(X), tf.constant(X))
    ),
    "sampled sparse softmax": _function(
        lambda tf: tf.contrib.nn.sampled_sparse_softmax_loss(
            tf.constant(TABLE), tf.constant(TABLE[:, 0]), tf.constant([[3], [5]], tf.int64), tf.constant(X[:2, :3]),
            4, 9, _drawn(tf),
        )
    ),
    "rank sampled softmax": _function(_rank),
}  # fmt: skip
