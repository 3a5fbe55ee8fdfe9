"""Record a checkpoint of objects of TensorFlow. Run with an interpreter that has TensorFlow 1.15:

    python tests/checkpoint/record_objects.py

Writes `objects/fixture-1`: variables, an Adam optimizer with its slots, layers, a Keras model, lists and dictionaries.
"""

from __future__ import annotations

import importlib
import os
import shutil
from typing import Any

OBJECTS = os.path.join(os.path.dirname(os.path.abspath(__file__)), "objects")


def make_objects(tf: Any) -> tuple[Any, list[Any]]:
    """Return a Checkpoint, and the variables in it."""
    v = tf.get_variable("v", [2], initializer=tf.ones_initializer())
    w = tf.Variable(3.0, name="w")
    optimizer = tf.train.AdamOptimizer(0.1)
    optimizer.minimize(tf.reduce_sum(v * v) * w)
    dense = tf.layers.Dense(2, name="d")
    dense(tf.ones([1, 2]))
    layers = tf.keras.layers
    model = tf.keras.Sequential([layers.Dense(2, input_shape=(3,)), layers.ReLU(), layers.Dense(1)])
    module = tf.Module()
    module.a, module.bs = tf.Variable([1.0, 2.0], name="ma"), [tf.Variable(4.0, name="b0"), tf.Variable(5.0, name="b1")]
    checkpoint = tf.train.Checkpoint(v=v, w=w, opt=optimizer, dense=dense, model=model, m=module)
    checkpoint.l = [v, tf.Variable(1.0, name="inlist")]
    checkpoint.d = {"a": w, "b": tf.Variable(2.0, name="indict")}
    slots = [optimizer.get_slot(v, "m"), optimizer.get_slot(w, "v")]
    own = [v, w, *slots, dense.kernel, dense.bias, *model.weights, module.a, *module.bs]
    return checkpoint, [*own, checkpoint.l[1], checkpoint.d["b"]]


def main() -> None:
    """Write the fixture: each variable is filled with its number and a half."""
    tf = importlib.import_module("tensorflow")
    shutil.rmtree(OBJECTS, ignore_errors=True)
    os.makedirs(OBJECTS)
    checkpoint, variables = make_objects(tf)
    with tf.Session() as session:
        session.run(tf.global_variables_initializer())
        for number, variable in enumerate(variables):
            value = tf.fill(variable.shape, number + 0.5)
            session.run(variable.assign(value))
        checkpoint.save(os.path.join(OBJECTS, "fixture"), session=session)


if __name__ == "__main__":
    main()
