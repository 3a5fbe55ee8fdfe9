"""What a Supervisor writes beside checkpoints, and the lines that training loops log; recorded from TensorFlow 1.15."""

from __future__ import annotations

import logging
import socket
import subprocess
import sys
import threading
import time
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import sessile as tf


@pytest.fixture
def lines(caplog: pytest.LogCaptureFixture) -> Any:
    """A function that returns the lines logged so far, from INFO on."""
    caplog.set_level(logging.INFO, logger="sessile")
    return lambda: [record.getMessage() for record in caplog.records if record.name == "sessile"]


def train(folder: Path, waits_for: int, **options: Any) -> list[Any]:
    """Take steps under a Supervisor until its threads have written so many events; returns all events."""
    count = 0
    with tf.Graph().as_default():
        step = tf.train.get_or_create_global_step()
        tf.summary.scalar("a", 1.0)
        supervisor = tf.train.Supervisor(logdir=str(folder), **options)
        writer: Any = supervisor.summary_writer

        def counted(write: Any) -> Any:
            def call(*args: Any) -> None:
                nonlocal count
                write(*args)
                count += 1

            return call

        if writer is not None:
            writer.add_summary, writer.add_session_log = counted(writer.add_summary), counted(writer.add_session_log)
        end = time.monotonic() + 20
        with supervisor.managed_session() as session:
            while count < waits_for and time.monotonic() < end:
                session.run(step)
    return [event for path in folder.glob("events*") for event in tf.train.summary_iterator(str(path))]


def test_a_supervisor_writes_its_graph_and_notes_start_and_stop(tmp_path: Path) -> None:
    events = train(tmp_path, 2, save_summaries_secs=0)
    assert (tmp_path / "graph.pbtxt").exists()
    states = [event.session_log.status for event in events if event.WhichOneof("what") == "session_log"]
    assert states[0] == tf.SessionLog.START
    assert states[-1] == tf.SessionLog.STOP
    assert states[1:-1] == [tf.SessionLog.CHECKPOINT]


def test_a_supervisor_counts_steps(tmp_path: Path) -> None:
    events = train(tmp_path, 4)
    tags = [value.tag for event in events for value in event.summary.value]
    assert sorted(set(tags)) == ["a", "global_step/sec"]


def test_without_a_writer_or_a_step_nothing_is_counted(tmp_path: Path) -> None:
    assert train(tmp_path / "a", 0, summary_writer=None) == []
    events = train(tmp_path / "b", 1, global_step=None, save_model_secs=0)
    kinds = [event.WhichOneof("what") for event in events]
    assert kinds == ["file_version", "graph_def", "meta_graph_def", "summary", "session_log"]


def test_lines_of_a_supervisor(tmp_path: Path, lines: Any) -> None:
    train(tmp_path, 2, save_summaries_secs=0)
    assert sorted(lines()) == sorted(
        [
            "Running local_init_op.", "Done running local_init_op.", "Starting standard services.",
            f"Saving checkpoint to path {tmp_path}/model.ckpt", "Starting queue runners.",
        ]
    )  # fmt: skip


def test_lines_of_a_monitored_session(tmp_path: Path, lines: Any) -> None:
    with tf.Graph().as_default():
        step = tf.train.get_or_create_global_step()
        add = step.assign_add(1)
        hooks = [tf.train.StopAtStepHook(5)]
        with tf.train.MonitoredTrainingSession(
            checkpoint_dir=str(tmp_path), hooks=hooks, save_checkpoint_steps=2, log_step_count_steps=2
        ) as session:
            while not session.should_stop():
                session.run(add)
    path = f"{tmp_path}/model.ckpt"
    assert [line for line in lines() if "global_step/sec" not in line] == [
        "Create CheckpointSaverHook.", "Graph was finalized.", "Running local_init_op.", "Done running local_init_op.",
        *(f"Saving checkpoints for {count} into {path}." for count in (0, 2, 4, 5)),
    ]  # fmt: skip


def test_lines_of_an_estimator_tell_losses_as_numpy_writes_them(tmp_path: Path, lines: Any) -> None:
    """`str(np.float32(0.1))`, not the number as a float64."""

    def model(features: Any, labels: Any, mode: str) -> Any:
        loss = tf.reduce_sum(tf.get_variable("w", initializer=tf.constant(0.1)) * features)
        train_op = tf.train.GradientDescentOptimizer(0.0).minimize(loss, tf.train.get_global_step())
        return tf.estimator.EstimatorSpec(mode, loss=loss, train_op=train_op)

    estimator = tf.estimator.Estimator(model, str(tmp_path))
    estimator.train(lambda: _ones(3))
    estimator.evaluate(lambda: _ones(1))
    found = lines()
    assert "loss = 0.1, step = 1" in found
    assert "Loss for final step: 0.1." in found
    assert "Saving dict for global step 3: global_step = 3, loss = 0.1" in found
    assert found[0].startswith("Using config: {'_model_dir': ")


def _ones(count: int) -> Any:
    """A Dataset of as many pairs."""
    return tf.data.Dataset.from_tensors((np.float32([1.0]), np.float32([1.0]))).repeat(count)


def test_predictions_from_an_iterator_end(tmp_path: Path, lines: Any) -> None:
    """Only input that is no iterator's and no queue's is warned of."""

    def model(features: Any, labels: Any, mode: str) -> Any:
        tf.get_variable("w", [])
        loss = tf.constant(0.0)
        train_op = tf.train.get_global_step().assign_add(1)
        return tf.estimator.EstimatorSpec(mode, loss=loss, train_op=train_op, predictions={"x": features})

    def of_iterator() -> Any:
        return tf.data.Dataset.from_tensors(np.float32([1.0, 2.0])).make_one_shot_iterator().get_next()

    estimator = tf.estimator.Estimator(model, str(tmp_path))
    estimator.train(of_iterator, steps=1)
    assert len(list(estimator.predict(of_iterator))) == 2
    assert not [line for line in lines() if "predict yields forever" in line]
    next(estimator.predict(lambda: tf.constant([1.0])))
    assert [line for line in lines() if "predict yields forever" in line]


def test_lines_of_saving_and_freezing(tmp_path: Path, lines: Any) -> None:
    folder = str(tmp_path / "model")
    with tf.Graph().as_default(), tf.Session() as session:
        x = tf.placeholder(tf.float32, [None, 2])
        y = tf.layers.dense(x, 2)
        session.run(tf.global_variables_initializer())
        tf.saved_model.simple_save(session, folder, {"x": x}, {"y": y})
        tf.graph_util.convert_variables_to_constants(session, session.graph_def, [y.op.name])
    with tf.Graph().as_default(), tf.Session() as session:
        tf.saved_model.loader.load(session, ["serve"], folder)
    assert lines() == [
        "Assets added to graph.", "No assets to write.", f"SavedModel written to: {folder}/saved_model.pb",
        "Froze 2 variables.", "Converted 2 variables to const ops.",
        f"Restoring parameters from {folder}/variables/variables",
    ]  # fmt: skip


PROGRAM = """
import logging, sys
import tensorflow as tf
def main(_):
    tf.logging.info("in main")
    with tf.Session() as session:
        v = tf.get_variable("v", [1])
        session.run(v.initializer)
        saver = tf.train.Saver()
        saver.restore(session, saver.save(session, "model"))
    logging.getLogger("tensorflow").setLevel(logging.ERROR)
    tf.logging.warn("hidden")
    assert tf.get_logger() is logging.getLogger("tensorflow")
tf.logging.info("before")
tf.app.run()
"""


def test_app_run_shows_progress_by_the_logger_tensorflow(tmp_path: Path) -> None:
    """As TensorFlow 1.15: INFO within `main`; Python's logger "tensorflow" has a say."""
    script = tmp_path / "program.py"
    script.write_text(PROGRAM)
    done = subprocess.run(
        [sys.executable, "-m", "sessile", str(script)], capture_output=True, text=True, check=True, cwd=tmp_path
    )
    assert done.stderr == "INFO:tensorflow:in main\nINFO:tensorflow:Restoring parameters from model\n"


def test_a_verbosity_set_by_the_program_stays_in_app_run(tmp_path: Path) -> None:
    script = "import sessile as tf; tf.logging.set_verbosity('WARN'); tf.app.run(lambda argv: tf.logging.info('no'))"
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert done.stderr == ""


def test_typing_shows_progress() -> None:
    """Where somebody types, lines from INFO on go to the standard output, as in TensorFlow."""
    script = "import sessile as tf; tf.logging.info('typed')"
    done = subprocess.run([sys.executable, "-i", "-c", script], capture_output=True, text=True, input="")
    assert done.stdout == "INFO:sessile:typed\n"


def test_a_parameter_server_that_is_not_there_yet_is_told_of(lines: Any) -> None:
    """A worker waited without a word, for ever where the servers are processes and there is no Ray."""
    with socket.socket() as one, socket.socket() as other:
        one.bind(("localhost", 0))
        other.bind(("localhost", 0))
        late, early = (f"localhost:{bound.getsockname()[1]}" for bound in (one, other))
    spec = {"ps": [late], "worker": [early]}
    with tf.Graph().as_default():
        server = tf.train.Server(spec, job_name="worker", task_index=0)
        with tf.device(tf.train.replica_device_setter(1, worker_device="/job:worker/task:0")):
            add = tf.train.get_or_create_global_step().assign_add(1)
        made: list[Any] = []
        timer = threading.Timer(0.2, lambda: made.append(tf.train.Server(spec, job_name="ps", task_index=0)))
        timer.start()
        with tf.train.MonitoredTrainingSession(server.target) as session:
            assert session.run(add) == 1
    warnings = [line for line in lines() if "while a session was being created" in line]
    assert warnings and "reached through Ray, with RAY_ADDRESS set" in warnings[0]
