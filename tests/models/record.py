"""Record what TensorFlow freezes and optimizes. Run with an interpreter that has TensorFlow 1.15:

    python tests/models/record.py              # writes `fixtures`
    python tests/models/record.py check FOLDER # reads what `test_freezing.py` wrote, and prints what it computes

`fixtures/NAME`: a graph that is not frozen, its checkpoint, a saved model, the frozen graph, the optimized one, and
feeds with the values of the outputs.
"""

from __future__ import annotations

import importlib
import json
import os
import shutil
import sys
from typing import Any

import numpy as np

FIXTURES = os.path.join(os.path.dirname(os.path.abspath(__file__)), "fixtures")


def convolutions(tf: Any) -> dict[str, Any]:
    """Convolutions with every form of normalisation, variables by reference."""
    x = tf.placeholder(tf.float32, [None, 6, 6, 2], name="x")
    near_one = tf.random_uniform_initializer(0.5, 1.5, seed=5)
    options = dict.fromkeys(("gamma_initializer", "beta_initializer", "moving_mean_initializer"), near_one)
    y = tf.layers.conv2d(x, 3, 3, name="first", use_bias=False, kernel_initializer=near_one)
    y = tf.nn.relu(tf.layers.batch_normalization(y, name="norm", moving_variance_initializer=near_one, **options))
    y = tf.layers.conv2d(y, 2, 2, name="second", kernel_initializer=near_one, bias_initializer=near_one)
    y = tf.layers.batch_normalization(y, name="norm2", moving_variance_initializer=near_one, **options)
    depthwise = tf.get_variable("depthwise", [1, 1, 2, 2], initializer=near_one)
    y = tf.nn.depthwise_conv2d(tf.nn.relu6(y), depthwise, [1, 1, 1, 1], "SAME")
    y = tf.layers.batch_normalization(y, name="norm3", moving_variance_initializer=near_one, **options)
    return {"x": x, "y": tf.reduce_mean(y, [1, 2], name="y")}


def resources(tf: Any) -> dict[str, Any]:
    """Resource variables: read, gathered from, read in a branch and in a loop."""
    x = tf.placeholder(tf.int32, [None], name="x")
    options = {"use_resource": True, "initializer": tf.random_uniform_initializer(-1.0, 1.0, seed=7)}
    table = tf.get_variable("table", [10, 4], **options)
    weights = tf.get_variable("weights", [4, 4], **options)
    y = tf.matmul(tf.nn.embedding_lookup(table, x), weights)
    y = tf.cond(tf.reduce_sum(x) > 3, lambda: y + weights[0], lambda: y - weights[1])
    _, y = tf.while_loop(lambda i, y: i < 3, lambda i, y: (i + 1, tf.tanh(tf.matmul(y, weights))), [0, y])
    return {"x": x, "y": tf.identity(y, name="y")}


PROGRAMS = {"convolutions": convolutions, "resources": resources}


def feed_of(name: str) -> Any:
    """What is fed to a program."""
    if name == "resources":
        return np.array([1, 7, 3], np.int32)
    return np.random.RandomState(3).uniform(-1.0, 1.0, [2, 6, 6, 2]).astype(np.float32)


def write(tf: Any, name: str, folder: str) -> None:
    """Write everything of a program."""
    freezing = importlib.import_module("tensorflow.python.tools.freeze_graph")
    optimizing = importlib.import_module("tensorflow.python.tools.optimize_for_inference_lib")
    with tf.Graph().as_default() as graph, tf.Session() as session:
        tf.set_random_seed(1)
        ends = PROGRAMS[name](tf)
        session.run(tf.global_variables_initializer())
        value = session.run(ends["y"], {ends["x"]: feed_of(name)})
        tf.train.Saver().save(session, os.path.join(folder, "model"))
        os.remove(os.path.join(folder, "checkpoint"))
        tf.train.write_graph(graph, folder, "graph.pbtxt")
        tf.saved_model.simple_save(session, os.path.join(folder, "saved"), {"in": ends["x"]}, {"out": ends["y"]})
    tf.reset_default_graph()
    meta = name == "resources"  # from a graph alone, 1.15 cannot restore these
    frozen = freezing.freeze_graph(
        None if meta else os.path.join(folder, "graph.pbtxt"),
        "",
        meta,
        os.path.join(folder, "model"),
        "y",
        "save/restore_all",
        "save/Const:0",
        os.path.join(folder, "frozen.pb"),
        True,
        "",
        input_meta_graph=os.path.join(folder, "model.meta") if meta else None,
    )
    optimized = optimizing.optimize_for_inference(frozen, ["x"], ["y"], ends["x"].dtype.as_datatype_enum)
    tf.train.write_graph(optimized, folder, "optimized.pb", as_text=False)
    with open(os.path.join(folder, "value.json"), "w") as file:
        json.dump(np.asarray(value).tolist(), file)


def check(tf: Any, folder: str) -> dict[str, Any]:
    """What the graphs and saved models `NAME.KIND.pb` and `NAME.saved` of a folder compute in TensorFlow."""
    found = {}
    for path in sorted(os.listdir(folder)):
        name = path.split(".")[0]
        with tf.Graph().as_default(), tf.Session() as session:
            if path.endswith(".pb"):
                graph_def = tf.GraphDef()
                with open(os.path.join(folder, path), "rb") as file:
                    graph_def.ParseFromString(file.read())
                tf.import_graph_def(graph_def, name="")
            else:
                tf.saved_model.loader.load(session, ["serve"], os.path.join(folder, path))
            found[path] = session.run("y:0", {"x:0": feed_of(name)}).tolist()
    return found


if __name__ == "__main__":
    os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"
    tensorflow = importlib.import_module("tensorflow")
    if sys.argv[1:2] == ["check"]:
        print(json.dumps(check(tensorflow, sys.argv[2])))
    else:
        for program in PROGRAMS:
            place = os.path.join(FIXTURES, program)
            shutil.rmtree(place, ignore_errors=True)
            os.makedirs(place)
            write(tensorflow, program, place)
