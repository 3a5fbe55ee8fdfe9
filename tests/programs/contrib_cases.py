"""Layers of contrib on fixed inputs, with fixed variables: what TensorFlow 1.15 gave is in `contrib_cases.json`.

python -m tests.programs.contrib_cases      # records; in an environment that has TensorFlow 1.15
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np

RECORDED = Path(__file__).parent / "contrib_cases.json"
X2 = (np.arange(12) % 5 / 5.0).reshape(3, 4).astype(np.float32)
X3 = (np.arange(20) % 11 / 11.0).reshape(2, 5, 2).astype(np.float32)
X4 = (np.arange(64) % 11 / 11.0).reshape(2, 4, 4, 2).astype(np.float32)


def cases(tf: Any) -> dict[str, tuple[Any, Any]]:
    """By name an input, and a function of its placeholder."""
    layers = tf.contrib.layers

    def numbers(x: Any) -> Any:
        return tf.cast(x * 5, tf.int32)

    return {
        "fully_connected": (X2, lambda x: layers.fully_connected(x, 3)),
        "linear": (X2, lambda x: layers.linear(x, 3)),
        "of three dimensions": (
            X3, lambda x: layers.fully_connected(x, 3, activation_fn=tf.nn.tanh, biases_initializer=None),
        ),
        "regularized": (X2, lambda x: layers.fully_connected(x, 3, weights_regularizer=layers.l2_regularizer(0.1))),
        "conv2d": (X4, lambda x: layers.conv2d(x, 3, [3, 3], stride=2)),
        "conv2d rate": (X4, lambda x: layers.conv2d(x, 3, 3, rate=2, normalizer_fn=layers.batch_norm)),
        "conv1d": (X3, lambda x: layers.conv1d(x, 3, 3)),
        "conv2d_transpose": (X4, lambda x: layers.conv2d_transpose(x, 3, [3, 3], stride=2)),
        "separable_conv2d": (X4, lambda x: layers.separable_conv2d(x, 3, [3, 3], 2)),
        "max_pool2d": (X4, lambda x: layers.max_pool2d(x, 2)),
        "avg_pool2d": (X4, lambda x: layers.avg_pool2d(x, [2, 2], stride=1, padding="SAME")),
        "batch_norm": (X4, lambda x: layers.batch_norm(x, scale=True)),
        "batch_norm of a matrix": (X2, lambda x: layers.batch_norm(x, scale=True, decay=0.9)),
        "batch_norm of three dimensions": (X3, lambda x: layers.batch_norm(x, center=False)),
        "batch_norm by averages": (X4, lambda x: layers.batch_norm(x, is_training=False)),
        "batch_norm in place": (X2, lambda x: layers.batch_norm(x, updates_collections=None)),
        "layer_norm": (X3, lambda x: layers.layer_norm(x)),
        "layer_norm of rows": (X3, lambda x: layers.layer_norm(x, begin_norm_axis=-1)),
        "instance_norm": (X4, lambda x: layers.instance_norm(x)),
        "flatten": (X4, lambda x: layers.flatten(x)),
        "one_hot_encoding": (X2, lambda x: layers.one_hot_encoding(numbers(x), 6, on_value=2.0)),
        "bias_add": (X2, lambda x: layers.bias_add(x, activation_fn=tf.nn.relu)),
        "softmax": (X3, lambda x: layers.softmax(x)),
        "unit_norm": (X3, lambda x: layers.unit_norm(x, 1)),
        "maxout": (X2, lambda x: layers.maxout(x, 2)),
        "stack": (X2, lambda x: layers.stack(x, layers.fully_connected, [3, 2], scope="s")),
        "repeat": (X4, lambda x: layers.repeat(x, 2, layers.conv2d, 3, [3, 3], scope="r")),
        "embed_sequence": (X2, lambda x: layers.embed_sequence(numbers(x), 6, 3)),
        "embed_sequence once": (X2, lambda x: layers.embed_sequence(numbers(x), 6, 3, unique=True)),
        "l1_l2_regularizer": (X2, lambda x: layers.l1_l2_regularizer(0.5, 0.25)(x)),
        "dropout by rest": (X2, lambda x: layers.dropout(x, is_training=False)),
    }  # fmt: skip


def filling(variable: Any) -> Any:
    """The values of a variable in all cases."""
    extents = variable.shape.as_list()
    start = 0.2 if "variance" in variable.name else -0.3
    return (np.arange(int(np.prod(extents))) % 7 / 7.0 + start).reshape(extents).astype(np.float32)


def outcome(tf: Any, name: str) -> dict[str, Any]:
    """What a case gives: the value, the variables and collections, the moving averages after a step."""
    given, build = cases(tf)[name]
    with tf.Graph().as_default(), tf.Session() as sess:
        x = tf.placeholder(tf.float32, given.shape)
        y = build(x)
        variables = tf.global_variables()
        for variable in variables:
            sess.run(tf.assign(variable, filling(variable)))
        value, _ = sess.run([y, tf.get_collection(tf.GraphKeys.UPDATE_OPS)], {x: given})
        moved = [sess.run(variable) for variable in variables if "moving" in variable.name]
        keys = ("model_variables", "trainable_variables", "regularization_losses")
        return {
            "value": rounded(value),
            "moved": [rounded(each) for each in moved],
            "variables": [variable.name for variable in variables],
            "collections": {key: [each.name for each in tf.get_collection(key)] for key in keys},
        }


def rounded(value: Any) -> Any:
    """A value as lists."""
    return np.asarray(value).astype(float).round(6).tolist()


if __name__ == "__main__":
    import tensorflow

    names = sorted(cases(tensorflow))
    rows = [f"{json.dumps(name)}: {json.dumps(outcome(tensorflow, name))}" for name in names]
    RECORDED.write_text("{\n" + ",\n".join(rows) + "\n}\n")
