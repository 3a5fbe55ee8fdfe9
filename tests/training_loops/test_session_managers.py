"""`SessionManager` and `Supervisor`: what is not ready is told, collections are used again; as TensorFlow 1.15 does."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

import sessile as tf


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    monkeypatch.chdir(tmp_path)
    tf.reset_default_graph()
    yield tmp_path


def model() -> tuple[Any, Any]:
    step = tf.train.get_or_create_global_step()
    return step, tf.get_variable("v", [], initializer=tf.zeros_initializer())


def test_what_is_not_ready_is_told() -> None:
    step, weight = model()
    missing = tf.report_uninitialized_variables()
    manager = tf.train.SessionManager(ready_op=missing)
    told = (
        "Init operations did not make model ready.  Init op: v/Assign, init fn: None, local_init_op: None, error: "
        "Variables not initialized: global_step"
    )
    with pytest.raises(RuntimeError, match=told.replace(".", r"\.")):
        manager.prepare_session("", init_op=weight.initializer)
    local = tf.no_op("local")
    manager = tf.train.SessionManager(local, ready_op=missing, ready_for_local_init_op=missing)
    with pytest.raises(RuntimeError, match=r"ready for local_init\.  Init op: \[global_step/Assign\], init fn: None"):
        manager.prepare_session("", init_op=[step.initializer])
    with pytest.raises(ValueError, match="you must also pass a local_init_op"):
        tf.train.SessionManager(ready_for_local_init_op=missing)


def test_numbers_are_ready() -> None:
    manager = tf.train.SessionManager(ready_op=tf.constant([1]))
    assert manager.prepare_session("", init_op=tf.no_op()).run(tf.constant(2)) == 2


def test_a_part_of_a_checkpoint_is_not_ready(folder: Path) -> None:
    """Recovered as far as it goes, without an error."""
    _, weight = model()
    saver = tf.train.Saver([weight])
    with tf.Session() as session:
        session.run(weight.assign(3.0))
        saver.save(session, str(folder / "model"))
    manager = tf.train.SessionManager(ready_op=tf.report_uninitialized_variables())
    session, is_ready = manager.recover_session("", saver=saver, checkpoint_dir=str(folder))
    assert not is_ready and session.run(weight) == 3
    manager = tf.train.SessionManager(tf.no_op(), ready_for_local_init_op=tf.report_uninitialized_variables())
    assert not manager.recover_session("", saver=saver, checkpoint_dir=str(folder))[1]


def test_waiting_ends_with_an_error() -> None:
    model()
    manager = tf.train.SessionManager(ready_op=tf.report_uninitialized_variables(), recovery_wait_secs=0.05)
    with pytest.raises(tf.errors.DeadlineExceededError, match="Session was not ready after waiting 0 secs"):
        manager.wait_for_session("", max_wait_secs=0.1)


def test_supervisors_share_a_graph(folder: Path) -> None:
    """The second one finds all in collections: the graph is read-only by then."""
    step, weight = model()
    tf.summary.scalar("s", weight)
    first = tf.train.Supervisor(logdir=str(folder), save_model_secs=0, save_summaries_secs=0)
    for key in ("READY_OP", "INIT_OP", "LOCAL_INIT_OP", "SUMMARY_OP", "SAVERS", "GLOBAL_STEP"):
        assert len(tf.get_collection(getattr(tf.GraphKeys, key))) == 1, key
    second = tf.train.Supervisor(logdir=None)
    for name in ("ready_op", "init_op", "local_init_op", "summary_op", "saver", "global_step"):
        assert getattr(second, name) is getattr(first, name)
    assert first.init_op.name == "init" and second.global_step is step
    calls: list[Any] = []

    def train(session: Any, a: int, b: int) -> None:
        calls.append((a, b, session.run(step)))
        raise tf.errors.OutOfRangeError(None, None, "end")

    tf.train.basic_train_loop(second, train, args=(1,), kwargs={"b": 2})
    assert calls == [(1, 2, 0)]


def test_a_graph_without_variables_has_no_saver() -> None:
    supervisor = tf.train.Supervisor(logdir=None)
    assert supervisor.saver is None and supervisor.global_step is None and supervisor.summary_op is None
    with supervisor.managed_session() as session:
        assert session is not None


def test_replicas_need_devices() -> None:
    model()
    with pytest.raises(ValueError, match="When using replicas, all Variables must have their device set"):
        tf.train.Supervisor(is_chief=False, logdir=None)


def test_hooks_are_told_the_arguments_without_options() -> None:
    """The options are asked for by the hooks themselves."""
    step, _ = model()
    seen: list[Any] = []

    class Hook(tf.train.SessionRunHook):
        def before_run(self, run_context: Any) -> None:
            seen.append(run_context.original_args)

    with tf.train.MonitoredSession(hooks=[Hook()]) as session:
        session.run(step, options=tf.RunOptions(timeout_in_ms=50_000))
    assert seen == [tf.train.SessionRunArgs(step, None, None)]
