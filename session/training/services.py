"""What a `Supervisor` does besides training, in threads: summaries, the rate of steps, checkpoints."""

from __future__ import annotations

import time
from typing import Any

from ...ops.base.messages.logger import logger
from ...ops.library.input.coordinator import LooperThread
from .hooks import _session_log


def start_services(supervisor: Any, session: Any) -> list[LooperThread]:
    """Start the threads that write summaries, steps per second and checkpoints; note the start in the events.

    Args:
      supervisor: a Supervisor with a folder; session: its session.
    Returns: the threads, which stop with the supervisor's coordinator.
    """
    writer, step = supervisor.summary_writer, supervisor.global_step
    threads: list[LooperThread] = []
    if writer is not None and step is not None:
        writer.add_session_log(_session_log("START"), int(session.run(step)))
    if writer is not None and supervisor.save_summaries_secs:
        seconds = supervisor.save_summaries_secs
        if supervisor.summary_op is not None:
            threads.append(LooperThread.loop(supervisor.coord, seconds, _write_summaries, (supervisor, session)))
        if step is not None:
            threads.append(StepCounter(supervisor, session))
            threads[-1].start()
    if supervisor.saver is not None and supervisor.save_model_secs:
        seconds = supervisor.save_model_secs
        threads.append(LooperThread.loop(supervisor.coord, seconds, _save, (supervisor, session)))
    return threads


def _write_summaries(supervisor: Any, session: Any) -> None:
    """Write the supervisor's summaries once."""
    step = None if supervisor.global_step is None else int(session.run(supervisor.global_step))
    supervisor.summary_computed(session, session.run(supervisor.summary_op), step)
    logger().info("Recording summary at step %s.", step)


def _save(supervisor: Any, session: Any) -> None:
    """Write a checkpoint, and note it in the events."""
    logger().info("Saving checkpoint to path %s", supervisor.save_path)
    supervisor.saver.save(session, supervisor.save_path, global_step=supervisor.global_step)
    if supervisor.summary_writer is not None and supervisor.global_step is not None:
        step = int(session.run(supervisor.global_step))
        supervisor.summary_writer.add_session_log(_session_log("CHECKPOINT", supervisor.save_path), step)


class StepCounter(LooperThread):
    """Writes how many steps there were a second as the summary `global_step/sec`.

    Args:
      supervisor: a Supervisor with a writer and a global step; session: its session.
    """

    def __init__(self, supervisor: Any, session: Any) -> None:
        super().__init__(supervisor.coord, supervisor.save_summaries_secs)
        self._supervisor, self._session = supervisor, session

    def _count(self) -> int:
        return int(self._session.run(self._supervisor.global_step))

    def start_loop(self) -> None:
        """Remember where it began."""
        self._time, self._step = time.monotonic(), self._count()

    def run_loop(self) -> None:
        """Write the rate since the last time."""
        from ...ops import proto

        now, step = time.monotonic(), self._count()
        rate = (step - self._step) / (now - self._time) if now > self._time else float("inf")
        self._time, self._step = now, step
        tag = f"{self._supervisor.global_step.op.name}/sec"
        value = proto.Summary.Value(tag=tag, simple_value=rate)
        self._supervisor.summary_writer.add_summary(proto.Summary(value=[value]), step)
        logger().info("%s: %g", tag, rate)
