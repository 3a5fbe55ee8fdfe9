"""Monitored sessions, hooks, scaffolds, session managers and supervisors, as TensorFlow 1.15.5 behaves."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from sessile.ops.families.state import variable_lists as resources

import sessile as tf


def model() -> tuple[Any, Any, Any]:
    """A global step, a loss, and what trains."""
    step = tf.train.get_or_create_global_step()
    w = tf.get_variable("w", [], initializer=tf.zeros_initializer())
    loss = tf.square(w - 3.0)
    tf.summary.scalar("loss", loss)
    return step, w, tf.train.GradientDescentOptimizer(0.1).minimize(loss, global_step=step)


class Noting(tf.train.SessionRunHook):  # type: ignore[misc]
    """Notes what it is told."""

    def __init__(self) -> None:
        self.log: list[Any] = []

    def begin(self) -> None:
        self.log.append("begin")

    def after_create_session(self, session: Any, coord: Any) -> None:
        self.log.append("create")

    def before_run(self, run_context: Any) -> Any:
        self.log.append("before")
        return tf.train.SessionRunArgs(tf.train.get_global_step())

    def after_run(self, run_context: Any, run_values: Any) -> None:
        self.log.append(int(run_values.results))

    def end(self, session: Any) -> None:
        self.log.append("end")


def test_training_goes_on_from_its_checkpoint(tmp_path: Path) -> None:
    folder = str(tmp_path)
    for last, expected in ((3, ["before", 1, "before", 2, "before", 3]), (5, ["before", 4, "before", 5])):
        with tf.Graph().as_default():
            _, _, train = model()
            hook = Noting()
            hooks = [tf.train.StopAtStepHook(last_step=last), hook]
            with tf.train.MonitoredTrainingSession(
                checkpoint_dir=folder, hooks=hooks, save_checkpoint_steps=2, save_summaries_steps=1
            ) as sess:
                while not sess.should_stop():
                    sess.run(train)
        assert hook.log == ["begin", "create", *expected, "end"]
    names = {name for name in os.listdir(folder) if name.endswith(".index")}
    assert names == {f"model.ckpt-{step}.index" for step in (0, 2, 3, 5)}
    assert any(name.startswith("events.out") for name in os.listdir(folder))
    with tf.Graph().as_default():
        step, w, _ = model()
        sess = tf.train.SingularMonitoredSession(checkpoint_dir=folder)
        np.testing.assert_allclose(sess.run([step, w]), [5, 2.01696], rtol=1e-6)
        sess.close()
        with pytest.raises(RuntimeError):
            sess.run(step)


def test_the_end_of_input_ends_training() -> None:
    number = tf.train.range_input_producer(3, num_epochs=1, shuffle=False).dequeue()
    found = []
    with tf.train.MonitoredSession() as sess:
        while not sess.should_stop():
            found.append(int(sess.run(number)))
    assert found == [0, 1, 2]


def test_errors_come_through_and_hooks_are_not_ended() -> None:
    hook = Noting()
    model()
    fails = tf.Assert(False, ["no"])
    with pytest.raises(tf.errors.InvalidArgumentError), tf.train.MonitoredSession(hooks=[hook]) as sess:
        sess.run(fails)
    assert "end" not in hook.log


def test_a_lost_server_is_recovered_from() -> None:
    _, w, _ = model()
    made = []

    class Creator(tf.train.ChiefSessionCreator):  # type: ignore[misc]
        def create_session(self) -> Any:
            made.append(1)
            return super().create_session()

    calls = []

    class Failing(tf.train.SessionRunHook):  # type: ignore[misc]
        def before_run(self, run_context: Any) -> None:
            calls.append(1)
            if len(calls) == 2:
                raise tf.errors.AbortedError(None, None, "preempted")

    with tf.train.MonitoredSession(Creator(), hooks=[Failing()]) as sess:
        assert [sess.run(w) for _ in range(2)] == [0.0, 0.0]
    assert len(made) == 2


def test_nan_stops_or_fails() -> None:
    model()
    loss = tf.constant(float("nan"))
    failing = tf.train.MonitoredSession(hooks=[tf.train.NanTensorHook(loss)])
    with pytest.raises(tf.train.NanLossDuringTrainingError, match="NaN loss"), failing as sess:
        sess.run(loss)
    with tf.train.MonitoredSession(hooks=[tf.train.NanTensorHook(loss, fail_on_nan_loss=False)]) as sess:
        sess.run(loss)
        assert sess.should_stop()


def test_fetches_feeds_and_final_operations() -> None:
    x = tf.placeholder(tf.float32, [])
    y = x * 2
    last = tf.train.FinalOpsHook(tf.constant(7))
    with tf.train.MonitoredSession(hooks=[tf.train.FeedFnHook(lambda: {x: 2.0}), last]) as sess:
        assert sess.run({"y": y}) == {"y": 4.0}
        assert sess.run_step_fn(lambda step_context: step_context.run_with_hooks(x)) == 2.0
        with pytest.raises(RuntimeError, match="fed by a SessionRunHook and user"):
            sess.run(x, {x: 1.0})
    assert last.final_ops_values == 7


def test_logging(caplog: Any) -> None:
    import logging

    step, _, train = model()
    with caplog.at_level(logging.INFO, "sessile"):
        hooks = [tf.train.LoggingTensorHook({"step": step}, every_n_iter=2)]
        with tf.train.MonitoredSession(hooks=hooks) as sess:
            for _ in range(3):
                sess.run(train)
    logged = [record.getMessage() for record in caplog.records if record.getMessage().startswith("step = ")]
    assert len(logged) == 2


def test_a_model_that_is_not_ready_is_refused() -> None:
    tf.get_variable("w", [])
    manager = tf.train.SessionManager(ready_op=tf.report_uninitialized_variables())
    with pytest.raises(RuntimeError, match="Variables not initialized: w"):
        manager.prepare_session("", init_op=tf.no_op())
    with pytest.raises(RuntimeError, match="no init_op"):
        manager.prepare_session("")


def test_a_supervisor_saves_and_restores(tmp_path: Path) -> None:
    for expected in (3, 6):
        with tf.Graph().as_default():
            step, _, train = model()
            supervisor = tf.train.Supervisor(logdir=str(tmp_path), save_model_secs=0, save_summaries_secs=0)
            with supervisor.managed_session() as sess:
                for _ in range(3):
                    sess.run(train)
                assert sess.run(step) == expected
                supervisor.saver.save(sess, supervisor.save_path, global_step=supervisor.global_step)


def test_a_supervised_loop_reports_what_failed(tmp_path: Path) -> None:
    model()
    supervisor = tf.train.Supervisor(logdir=str(tmp_path), save_model_secs=0, save_summaries_secs=0)
    with pytest.raises(KeyError), supervisor.managed_session():
        raise KeyError("broken")


def test_a_supervisor_tells_its_settings_and_answers_to_old_names(tmp_path: Path) -> None:
    step, _, train = model()
    supervisor = tf.train.Supervisor(logdir=str(tmp_path), save_model_secs=0, init_feed_dict={})
    assert (supervisor.save_model_secs, supervisor.save_summaries_secs) == (0, 120)
    assert (supervisor.init_feed_dict, supervisor.ready_for_local_init_op) == ({}, None)
    with supervisor.managed_session(start_standard_services=False) as sess:
        assert not supervisor.ShouldStop()
        sess.run(train)
        supervisor.RequestStop()
        assert supervisor.should_stop()
        assert sess.run(step) == 1


def test_hooks_that_save_come_before_those_of_the_program(tmp_path: Path) -> None:
    """So these see what was saved, and what an evaluation behind it has found; the chief's own ones come first."""
    seen: list[str] = []

    class Noting(tf.train.SessionRunHook):  # type: ignore[misc, name-defined]
        def __init__(self, name: str) -> None:
            self._name = name

        def after_run(self, run_context: Any, run_values: Any) -> None:
            seen.append(f"{self._name} {len(list(tmp_path.glob('model.ckpt-*.index')))}")

    step = tf.assign_add(tf.train.get_or_create_global_step(), 1)
    with tf.train.MonitoredTrainingSession(
        checkpoint_dir=str(tmp_path), save_checkpoint_steps=1, hooks=[Noting("own")], chief_only_hooks=[Noting("chief")]
    ) as sess:
        sess.run(step)
    assert seen == ["chief 1", "own 2"]


def test_registered_resources_are_made_and_waited_for() -> None:
    """What programs with operations of their own do; the answers are those of TensorFlow 1.15.5."""
    shared, local = (tf.Variable(value, collections=[]) for value in (1.0, 2.0))
    for variable, is_shared in ((shared, True), (local, False)):
        made = tf.is_variable_initialized(variable)
        resources.register_resource(variable.op.outputs[0], variable.initializer, made, is_shared)
    missing = resources.report_uninitialized_resources()
    values = [shared.read_value(), local.read_value()]
    with tf.Session() as sess:
        assert sess.run(missing).tolist() == [b"Variable:0", b"Variable_1:0"]
        sess.run(resources.initialize_resources(resources.shared_resources()))
        assert sess.run(missing).tolist() == [b"Variable_1:0"]
    with tf.train.MonitoredSession() as sess:
        assert sess.run(values) == [1.0, 2.0]
