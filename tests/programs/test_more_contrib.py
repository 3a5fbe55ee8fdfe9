"""Cells, losses, metrics, optimizers, distributions of contrib give what TensorFlow 1.15 gave."""

from __future__ import annotations

import json
from typing import Any

import numpy as np
import pytest

import sessile as tf
from tests.programs.more_contrib_cases import RECORDED, cases, outcome

WANTED = json.loads(RECORDED.read_text(encoding="utf-8"))


@pytest.mark.parametrize("name", cases(tf))
def test_contrib_gives_what_tensorflow_gave(name: str) -> None:
    """Values and names of variables."""
    ours, wanted = outcome(tf, name), WANTED[name]
    assert ours["variables"] == wanted["variables"]
    for left, right in zip(ours["values"], wanted["values"], strict=True):
        np.testing.assert_allclose(left, right, rtol=1e-4, atol=2e-5)


def test_every_case_was_recorded() -> None:
    assert sorted(WANTED) == sorted(cases(tf))


def test_streaming_metrics_take_the_predictions_first() -> None:
    metrics: Any = tf.contrib.metrics
    said, right = tf.constant([1, 1, 0, 0]), tf.constant([1, 0, 0, 0])
    values, updates = metrics.aggregate_metric_map(
        {"precision": metrics.streaming_precision(said, right), "recall": metrics.streaming_recall(said, right)}
    )
    with tf.Session() as sess:
        sess.run(tf.local_variables_initializer())
        sess.run(list(updates.values()))
        assert sess.run(values) == {"precision": 0.5, "recall": 1.0}


def test_slim_trains_and_evaluates(tmp_path: Any) -> None:
    """`slim.learning.train` returns the last loss and leaves a checkpoint, which `evaluate_once` reads."""
    slim: Any = tf.contrib.slim
    x = np.linspace(-1, 1, 20, dtype=np.float32)[:, None]

    def network() -> Any:
        return slim.fully_connected(tf.constant(x), 1, activation_fn=None, scope="out")

    with tf.Graph().as_default():
        loss = tf.losses.mean_squared_error(2 * x, network())
        train_op = slim.learning.create_train_op(loss, tf.train.GradientDescentOptimizer(0.5), summarize_gradients=True)
        last = slim.learning.train(train_op, str(tmp_path), number_of_steps=40, log_every_n_steps=0)
    assert last < 1e-3
    with tf.Graph().as_default():
        value, update = tf.contrib.metrics.streaming_mean_squared_error(network(), tf.constant(2 * x))
        tf.summary.scalar("error", value)
        path = tf.train.latest_checkpoint(str(tmp_path))
        assert path.endswith("model.ckpt-40")
        found = slim.evaluation.evaluate_once(
            "", path, str(tmp_path / "eval"), num_evals=2, eval_op=update, final_op=value
        )
    np.testing.assert_allclose(found, last, atol=1e-3)
    assert list((tmp_path / "eval").glob("events.out.tfevents.*"))


def test_a_saved_model_is_a_function(tmp_path: Any) -> None:
    """`contrib.predictor.from_saved_model`."""
    x = tf.placeholder(tf.float32, [None], name="x")
    with tf.Session() as sess:
        tf.saved_model.simple_save(sess, str(tmp_path / "model"), {"x": x}, {"y": x * 2.0})
    predict: Any = tf.contrib.predictor.from_saved_model(str(tmp_path / "model"))  # type: ignore[attr-defined, unused-ignore]
    assert predict({"x": [1.0, 2.0]})["y"].tolist() == [2.0, 4.0]
    with pytest.raises(ValueError, match="unexpected keys in input_dict: .'z'."):
        predict({"z": 1.0})
    with pytest.raises(ValueError, match="Available signatures are .'serving_default'."):
        tf.contrib.predictor.from_saved_model(str(tmp_path / "model"), signature_def_key="other")  # type: ignore[attr-defined, unused-ignore]


def test_a_program_freezes_its_graph(tmp_path: Any) -> None:
    """`tensorflow.python.tools.freeze_graph` and `inspect_checkpoint`."""
    from sessile.hook.tools import inspect_checkpoint
    from sessile.models import freezing as freeze_graph

    output = tf.identity(tf.Variable([1.0, 2.0], name="w") * 3.0, name="out")
    with tf.Session() as sess:
        sess.run(tf.global_variables_initializer())
        path = tf.train.Saver().save(sess, str(tmp_path / "model"))
        tf.train.write_graph(sess.graph_def, str(tmp_path), "graph.pbtxt")
    frozen = freeze_graph.freeze_graph(
        str(tmp_path / "graph.pbtxt"), "", False, path, "out", "save/restore_all", "save/Const:0",
        str(tmp_path / "frozen.pb"), True, "",
    )  # fmt: skip
    assert {node.op for node in frozen.node} == {"Const", "Identity", "Mul"} and output.name == "out:0"
    assert (tmp_path / "frozen.pb").read_bytes() == frozen.SerializeToString(deterministic=True)
    with pytest.raises(ValueError, match="name of a node"):
        freeze_graph.freeze_graph(str(tmp_path / "graph.pbtxt"), "", False, path, "", "", "", "", True, "")
    inspect_checkpoint.print_tensors_in_checkpoint_file(path, "", all_tensors=True)


def test_with_shape_checks_now_or_in_the_step() -> None:
    """Recorded from TensorFlow 1.15.5."""
    framework = tf.contrib.framework
    x, open_x = tf.placeholder(tf.float32, [5, 4], name="x"), tf.placeholder(tf.float32, name="open")
    assert framework.with_shape([5, 4], x) is x
    assert framework.with_same_shape(tf.zeros([5, 4]), open_x).shape.as_list() == [5, 4]
    with pytest.raises(ValueError, match=r"Invalid shape for tensor x:0, expected \[5 3\], got \(5, 4\)"):
        framework.with_shape([5, 3], x)
    other = tf.placeholder(tf.float32, name="other")
    checked = framework.with_same_shape(other, open_x)
    assert checked.op.name == "open/Identity_1"
    with tf.Session() as session:
        assert session.run(checked, {open_x: [1.0, 2.0], other: [3.0, 4.0]}).tolist() == [1.0, 2.0]
        with pytest.raises(tf.errors.InvalidArgumentError, match=r"Wrong shape for open:0 \[expected\] \[actual\]"):
            session.run(checked, {open_x: [[1.0]], other: [3.0]})


def test_gradients_of_functions_and_what_eager_execution_records() -> None:
    """`tf.contrib.eager` on graphs, as in a TensorFlow 1.15 that has not enabled eager execution."""
    eager = tf.contrib.eager
    with tf.Session() as session:
        value, gradients = eager.value_and_gradients_function(lambda x, y: x * x * y)(3.0, 2.0)
        assert session.run([value, *gradients]) == [18.0, 12.0, 9.0]
        assert session.run(eager.gradients_function(lambda x, y: x * x * y, params=["y"])(3.0, 2.0)) == [9.0]
        assert session.run(eager.gradients_function(lambda x: x * x)(3.0, dy=10.0)) == [60.0]
    with pytest.raises(ValueError, match="none of the function's"):
        eager.gradients_function(lambda x: x, params=["z"])
    with pytest.raises(NotImplementedError, match="implicit_value_and_gradients.*compute_gradients"):
        eager.implicit_value_and_gradients(lambda x: x)(1.0)
