"""What hooks refuse, and when a profile is written: as TensorFlow 1.15.5."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

import sessile as tf


def test_hooks_take_one_of_two_arguments() -> None:
    with pytest.raises(ValueError, match="Only one of num_steps or last_step"):
        tf.train.StopAtStepHook(num_steps=3, last_step=3)
    with pytest.raises(ValueError, match="One of num_steps or last_step must"):
        tf.train.StopAtStepHook()
    with pytest.raises(ValueError, match="exactly one of every_n_steps and every_n_secs"):
        tf.train.StepCounterHook(every_n_secs=2)


def test_profiles_are_written_every_so_many_steps(tmp_path: Path) -> None:
    add = tf.assign_add(tf.train.get_or_create_global_step(), 1)
    hook = tf.train.ProfilerHook(save_steps=2, output_dir=str(tmp_path))
    with tf.train.SingularMonitoredSession(hooks=[hook]) as sess:
        for _ in range(5):
            sess.run(add)
    tf.summary.FileWriterCache.clear()
    assert sorted(path.name for path in tmp_path.glob("*.json")) == ["timeline-2.json", "timeline-4.json"]
    (events,) = tmp_path.glob("events*")
    tags = [event.tagged_run_metadata.tag for event in tf.train.summary_iterator(str(events))]
    assert [tag for tag in tags if tag] == ["step_2", "step_4"]


def test_a_step_function_has_a_step_context() -> None:
    value = tf.constant(3.0)

    class Steps:
        """Has one as a method."""

        def run(self, step_context: Any) -> Any:
            """The value, without hooks."""
            return step_context.session.run(value)

    with tf.train.MonitoredSession() as sess:
        assert sess.run_step_fn(Steps().run) == 3.0
        with pytest.raises(ValueError, match="`step_fn` may either have one `step_context` argument"):
            sess.run_step_fn(lambda context: None)


def test_monitored_sessions_refuse_steps_and_seconds_together(tmp_path: Path) -> None:
    tf.train.get_or_create_global_step()
    with pytest.raises(ValueError):
        tf.train.MonitoredTrainingSession(checkpoint_dir=str(tmp_path), save_checkpoint_steps=2, save_checkpoint_secs=3)
    with pytest.raises(ValueError):
        tf.train.MonitoredTrainingSession(checkpoint_dir=str(tmp_path), save_summaries_steps=2, save_summaries_secs=3)
