"""The hooks of TensorFlow: stopping, logging, counting, saving, summaries, NaN."""

from __future__ import annotations

import os
import time
from typing import Any

import numpy as np

from ...ops.base.messages.logger import logger
from ...ops.building.default_graph import get_default_graph
from ...ops.families.state.global_step import get_global_step
from ...ops.graph.graph_keys import GraphKeys
from .hook import SessionRunArgs, SessionRunHook


class SecondOrStepTimer:
    """Says when enough steps or seconds have passed.

    Raises: ValueError if both or none are given.
    """

    def __init__(self, every_secs: float | None = None, every_steps: int | None = None) -> None:
        if every_secs is None and every_steps is None:
            raise ValueError("Either every_secs or every_steps should be provided.")
        if every_secs is not None and every_steps is not None:
            raise ValueError("Can not provide both every_secs and every_steps.")
        self._every_secs, self._every_steps = every_secs, every_steps
        self.reset()

    def reset(self) -> None:
        """Begin anew."""
        self._last_step: int | None = None
        self._last_time: float | None = None

    def should_trigger_for_step(self, step: int) -> bool:
        """Whether it is time at this step."""
        if self._last_step is None:
            return True
        if self._last_step == step:
            return False
        if self._every_secs is not None:
            return time.time() >= (self._last_time or 0) + self._every_secs
        return step >= self._last_step + (self._every_steps or 0)

    def update_last_triggered_step(self, step: int) -> tuple[float | None, int | None]:
        """Note that it was time; returns the seconds and steps since the last time, or None twice."""
        now = time.time()
        if self._last_time is None or self._last_step is None:
            passed: tuple[float | None, int | None] = (None, None)
        else:
            passed = (now - self._last_time, step - self._last_step)
        self._last_time, self._last_step = now, step
        return passed

    def last_triggered_step(self) -> int | None:
        """The last step at which it was time."""
        return self._last_step


def _step_tensor(what: str) -> Any:
    tensor = get_global_step()
    if tensor is None:
        raise RuntimeError(f"Global step should be created to use {what}: see tf.train.get_or_create_global_step().")
    return tensor


class StopAtStepHook(SessionRunHook):
    """Stops after a number of steps, or at a step. Raises: ValueError unless one of them is given."""

    def __init__(self, num_steps: int | None = None, last_step: int | None = None) -> None:
        if num_steps is None and last_step is None:
            raise ValueError("One of num_steps or last_step must be specified.")
        if num_steps is not None and last_step is not None:
            raise ValueError("Only one of num_steps or last_step can be specified.")
        self._num_steps, self._last_step = num_steps, last_step

    def begin(self) -> None:
        """Find the global step."""
        self._global_step = _step_tensor("StopAtStepHook")

    def after_create_session(self, session: Any, coord: Any) -> None:
        """Count from where training stands."""
        if self._last_step is None:
            self._last_step = session.run(self._global_step) + self._num_steps

    def before_run(self, run_context: Any) -> SessionRunArgs:
        """Ask for the global step."""
        return SessionRunArgs(self._global_step)

    def after_run(self, run_context: Any, run_values: Any) -> None:
        """Stop if it is time."""
        is_near = run_values.results + 1 >= self._last_step
        if is_near and run_context.session.run(self._global_step) >= self._last_step:
            run_context.request_stop()


class LoggingTensorHook(SessionRunHook):
    """Logs tensors every so many steps or seconds, or at the end.

    Args:
      tensors: names or tensors, in a dictionary by tag or a list.
      every_n_iter, every_n_secs: how often; `at_end`: at the end too, or only.
      formatter: from the dictionary of values to a text.
    """

    def __init__(
        self, tensors: Any, every_n_iter: int | None = None, every_n_secs: float | None = None, at_end: bool = False,
        formatter: Any = None,
    ) -> None:  # fmt: skip
        only_at_end = at_end and every_n_iter is None and every_n_secs is None
        if not only_at_end and (every_n_iter is None) == (every_n_secs is None):
            raise ValueError("either at_end and/or exactly one of every_n_iter and every_n_secs must be provided.")
        if every_n_iter is not None and every_n_iter <= 0:
            raise ValueError(f"invalid every_n_iter={every_n_iter}.")
        if not isinstance(tensors, dict):
            tensors = {getattr(item, "name", item): item for item in tensors}
        self._tensors, self._formatter, self._at_end = tensors, formatter, at_end
        self._timer = None if only_at_end else SecondOrStepTimer(every_n_secs, every_n_iter)

    def begin(self) -> None:
        """Find the tensors."""
        graph = get_default_graph()
        self._current = {tag: graph.as_graph_element(_full_name(item)) for tag, item in self._tensors.items()}
        self._iterations = 0
        if self._timer is not None:
            self._timer.reset()

    def before_run(self, run_context: Any) -> SessionRunArgs | None:
        """Ask for them if it is time."""
        self._should_trigger = self._timer is not None and self._timer.should_trigger_for_step(self._iterations)
        return SessionRunArgs(self._current) if self._should_trigger else None

    def after_run(self, run_context: Any, run_values: Any) -> None:
        """Log them."""
        if self._should_trigger:
            self._log(run_values.results)
        self._iterations += 1

    def end(self, session: Any) -> None:
        """Log them at the end."""
        if self._at_end:
            self._log(session.run(self._current))

    def _log(self, values: dict[str, Any]) -> None:
        seconds = None if self._timer is None else self._timer.update_last_triggered_step(self._iterations)[0]
        with np.printoptions(suppress=True):
            text = (
                self._formatter(values) if self._formatter else ", ".join(f"{t} = {values[t]!s}" for t in self._tensors)
            )
        logger().info("%s%s", text, "" if seconds is None else f" ({seconds:.3f} sec)")


def _full_name(item: Any) -> Any:
    return item if not isinstance(item, str) or ":" in item else f"{item}:0"


class StepCounterHook(SessionRunHook):
    """Writes the steps per second as a summary."""

    def __init__(
        self, every_n_steps: int | None = 100, every_n_secs: float | None = None, output_dir: str | None = None,
        summary_writer: Any = None,
    ) -> None:  # fmt: skip
        if (every_n_steps is None) == (every_n_secs is None):
            raise ValueError("exactly one of every_n_steps and every_n_secs should be provided.")
        self._timer = SecondOrStepTimer(every_n_secs, every_n_steps)
        self._summary_writer, self._output_dir = summary_writer, output_dir

    def begin(self) -> None:
        """Find the global step and the writer."""
        self._global_step = _step_tensor("StepCounterHook")
        self._summary_writer = self._summary_writer or _writer(self._output_dir)

    def before_run(self, run_context: Any) -> SessionRunArgs:
        """Ask for the global step."""
        return SessionRunArgs(self._global_step)

    def after_run(self, run_context: Any, run_values: Any) -> None:
        """Write it if it is time."""
        if self._timer.should_trigger_for_step(int(run_values.results) + 1):
            step = int(run_context.session.run(self._global_step))
            if not self._timer.should_trigger_for_step(step):
                return
            seconds, steps = self._timer.update_last_triggered_step(step)
            if seconds and steps is not None:
                rate = steps / seconds
                logger().info("global_step/sec: %g", rate)
                if self._summary_writer is not None:
                    from ...ops import proto

                    tag = f"{self._global_step.op.name}/sec"
                    self._summary_writer.add_summary(
                        proto.Summary(value=[proto.Summary.Value(tag=tag, simple_value=rate)]), step
                    )


def _writer(output_dir: str | None) -> Any:
    from ...ops.library.summaries.file_writer import FileWriterCache

    return FileWriterCache.get(output_dir) if output_dir else None


def _session_log(status: str, path: str = "") -> Any:
    """The message that tells of a start or a checkpoint."""
    from ...ops import proto

    return proto.SessionLog(status=proto.SessionLog.SessionStatus.Value(status), checkpoint_path=path)


def _meta_graph(graph: Any, saver_def: Any) -> Any:
    """The graph as a MetaGraphDef message."""
    from ...ops.library.graphdef.meta_graph import export_meta_graph

    return export_meta_graph(graph_def=graph.as_graph_def(add_shapes=True), saver_def=saver_def)


class NanLossDuringTrainingError(RuntimeError):
    """The loss is no number any more."""

    def __str__(self) -> str:
        return "NaN loss during training."


class NanTensorHook(SessionRunHook):
    """Stops, or fails, when a loss is NaN."""

    def __init__(self, loss_tensor: Any, fail_on_nan_loss: bool = True) -> None:
        self._loss, self._fails = loss_tensor, fail_on_nan_loss

    def before_run(self, run_context: Any) -> SessionRunArgs:
        """Ask for the loss."""
        return SessionRunArgs(self._loss)

    def after_run(self, run_context: Any, run_values: Any) -> None:
        """Look at it. Raises: NanLossDuringTrainingError."""
        if np.isnan(run_values.results):
            logger().error("Model diverged with loss = NaN.")
            if self._fails:
                raise NanLossDuringTrainingError
            run_context.request_stop()


class FinalOpsHook(SessionRunHook):
    """Runs something at the end; its value is `final_ops_values`."""

    def __init__(self, final_ops: Any, final_ops_feed_dict: Any = None) -> None:
        self._final_ops, self._feed_dict = final_ops, final_ops_feed_dict
        self._values: Any = None

    @property
    def final_ops_values(self) -> Any:
        """What was run at the end gave."""
        return self._values

    def end(self, session: Any) -> None:
        """Run it."""
        if self._final_ops is not None:
            self._values = session.run(self._final_ops, feed_dict=self._feed_dict)


class FeedFnHook(SessionRunHook):
    """Feeds what a function gives at each step."""

    def __init__(self, feed_fn: Any) -> None:
        self.feed_fn = feed_fn

    def before_run(self, run_context: Any) -> SessionRunArgs:
        """Ask for the feeds."""
        return SessionRunArgs(fetches=None, feed_dict=self.feed_fn())


class GlobalStepWaiterHook(SessionRunHook):
    """Waits before the first step until the global step has come to a number."""

    def __init__(self, wait_until_step: int) -> None:
        self._wait_until_step = wait_until_step
        self._is_done = False

    def begin(self) -> None:
        """Find the global step."""
        self._global_step = _step_tensor("GlobalStepWaiterHook")

    def before_run(self, run_context: Any) -> None:
        """Wait."""
        while not self._is_done and self._wait_until_step > 0:
            self._is_done = run_context.session.run(self._global_step) >= self._wait_until_step
            if not self._is_done:
                time.sleep(0.5)


class CheckpointSaverListener:
    """A base for what is called around each checkpoint."""

    def begin(self) -> None:
        """Called once."""

    def before_save(self, session: Any, global_step_value: int) -> None:
        """Called before a checkpoint is written."""

    def after_save(self, session: Any, global_step_value: int) -> Any:
        """Called after it was written; True stops training."""

    def end(self, session: Any, global_step_value: int) -> None:
        """Called at the end."""


class CheckpointSaverHook(SessionRunHook):
    """Writes checkpoints every so many steps or seconds, at the beginning and at the end.

    Args:
      checkpoint_dir: the folder.
      save_secs, save_steps: how often.
      saver, scaffold: what saves; default: the Saver in the collection `SAVERS`.
      checkpoint_basename: of the files.
      listeners: CheckpointSaverListeners.
    """

    def __init__(
        self, checkpoint_dir: str, save_secs: float | None = None, save_steps: int | None = None, saver: Any = None,
        checkpoint_basename: str = "model.ckpt", scaffold: Any = None, listeners: Any = None,
    ) -> None:  # fmt: skip
        logger().info("Create CheckpointSaverHook.")
        if saver is not None and scaffold is not None:
            raise ValueError("You cannot provide both saver and scaffold.")
        self._saver, self._scaffold, self._dir = saver, scaffold, checkpoint_dir
        self._path = os.path.join(checkpoint_dir, checkpoint_basename)
        self._timer = SecondOrStepTimer(save_secs, save_steps)
        self._listeners = listeners or []

    def begin(self) -> None:
        """Find the global step."""
        self._global_step = _step_tensor("CheckpointSaverHook")
        self._summary_writer = _writer(self._dir)
        for listener in self._listeners:
            listener.begin()

    def after_create_session(self, session: Any, coord: Any) -> None:
        """Write the graph and the first checkpoint."""
        from ...ops.library.graphdef.graph_io import write_graph

        graph = get_default_graph()
        write_graph(graph, self._dir, "graph.pbtxt")
        self._summary_writer.add_graph(graph)
        self._summary_writer.add_meta_graph(_meta_graph(graph, self._get_saver().saver_def))
        step = int(session.run(self._global_step))
        self._save(session, step)
        self._timer.update_last_triggered_step(step)

    def before_run(self, run_context: Any) -> SessionRunArgs:
        """Ask for the global step."""
        return SessionRunArgs(self._global_step)

    def after_run(self, run_context: Any, run_values: Any) -> None:
        """Write a checkpoint if it is time."""
        if self._timer.should_trigger_for_step(int(run_values.results) + 1):
            step = int(run_context.session.run(self._global_step))
            if self._timer.should_trigger_for_step(step):
                self._timer.update_last_triggered_step(step)
                if self._save(run_context.session, step):
                    run_context.request_stop()

    def end(self, session: Any) -> None:
        """Write the last checkpoint."""
        step = int(session.run(self._global_step))
        if step != self._timer.last_triggered_step():
            self._save(session, step)
        for listener in self._listeners:
            listener.end(session, step)

    def _save(self, session: Any, step: int) -> bool:
        logger().info("Saving checkpoints for %d into %s.", step, self._path)
        for listener in self._listeners:
            listener.before_save(session, step)
        self._get_saver().save(session, self._path, global_step=step)
        self._summary_writer.add_session_log(_session_log("CHECKPOINT", self._path), step)
        stops = [listener.after_save(session, step) for listener in self._listeners]
        return any(stops)

    def _get_saver(self) -> Any:
        if self._saver is not None:
            return self._saver
        if self._scaffold is not None and self._scaffold.saver is not None:
            return self._scaffold.saver
        savers = get_default_graph().get_collection(GraphKeys.SAVERS)
        if len(savers) != 1:
            raise RuntimeError(f"There are {len(savers)} items in collection SAVERS: give a saver or a scaffold.")
        return savers[0]


class SummarySaverHook(SessionRunHook):
    """Writes summaries every so many steps or seconds.

    Args:
      save_steps, save_secs: how often.
      output_dir, summary_writer: where to.
      scaffold, summary_op: what gives the summaries.
    """

    def __init__(
        self, save_steps: int | None = None, save_secs: float | None = None, output_dir: str | None = None,
        summary_writer: Any = None, scaffold: Any = None, summary_op: Any = None,
    ) -> None:  # fmt: skip
        if (scaffold is None) == (summary_op is None):
            raise ValueError("Exactly one of scaffold or summary_op must be provided.")
        self._summary_op, self._scaffold = summary_op, scaffold
        self._summary_writer, self._output_dir = summary_writer, output_dir
        self._timer = SecondOrStepTimer(save_secs, save_steps)

    def begin(self) -> None:
        """Find the global step and the writer."""
        self._next_step: int | None = None
        self._summary_writer = self._summary_writer or _writer(self._output_dir)
        self._global_step = _step_tensor("SummarySaverHook")

    def before_run(self, run_context: Any) -> SessionRunArgs:
        """Ask for the summaries if it is time."""
        wanted = {"global_step": self._global_step}
        self._request = self._next_step is None or self._timer.should_trigger_for_step(self._next_step)
        if self._request and self._summaries() is not None:
            wanted["summary"] = self._summaries()
        return SessionRunArgs(wanted)

    def after_run(self, run_context: Any, run_values: Any) -> None:
        """Write them."""
        step = int(run_values.results["global_step"]) + 1
        if self._request:
            step = int(run_context.session.run(self._global_step))  # the step may have been counted before it was read
        if self._summary_writer is not None and self._request:
            if self._next_step is None:
                self._summary_writer.add_session_log(_session_log("START"), step)
            self._timer.update_last_triggered_step(step)
            found = run_values.results.get("summary", ())
            for summary in found if isinstance(found, (list, tuple)) else [found]:
                self._summary_writer.add_summary(summary, step)
        self._next_step = step + 1

    def end(self, session: Any) -> None:
        """Have all be on disk."""
        if self._summary_writer is not None:
            self._summary_writer.flush()

    def _summaries(self) -> Any:
        return self._summary_op if self._summary_op is not None else self._scaffold.summary_op


class ProfilerHook(SessionRunHook):
    """Writes a timeline every so many steps or seconds, which chrome://tracing shows."""

    def __init__(
        self, save_steps: int | None = None, save_secs: float | None = None, output_dir: str = "",
        show_dataflow: bool = True, show_memory: bool = False,
    ) -> None:  # fmt: skip
        self._file = os.path.join(output_dir, "timeline-{}.json")
        self._output_dir = output_dir
        self._show = show_dataflow, show_memory
        self._timer = SecondOrStepTimer(save_secs, save_steps)

    def begin(self) -> None:
        """Find the global step."""
        self._next_step: int | None = None
        self._global_step = _step_tensor("ProfilerHook")
        self._summary_writer = _writer(self._output_dir)

    def before_run(self, run_context: Any) -> SessionRunArgs:
        """Have the step traced if it is time."""
        from ...ops import proto

        self._request = self._next_step is not None and self._timer.should_trigger_for_step(self._next_step)
        options = proto.RunOptions(trace_level=proto.RunOptions.FULL_TRACE) if self._request else None
        return SessionRunArgs({"global_step": self._global_step}, options=options)

    def after_run(self, run_context: Any, run_values: Any) -> None:
        """Write the timeline."""
        before = int(run_values.results["global_step"])
        step = before + 1
        if self._next_step is None:
            self._timer.update_last_triggered_step(before)
        if self._request:
            from ..tracing.timeline import Timeline

            step = int(run_context.session.run(self._global_step))
            self._timer.update_last_triggered_step(step)
            os.makedirs(os.path.dirname(self._file) or ".", exist_ok=True)
            trace = Timeline(run_values.run_metadata.step_stats).generate_chrome_trace_format(*self._show)
            with open(self._file.format(step), "w", encoding="utf-8") as file:
                file.write(trace)
            if self._summary_writer is not None:
                self._summary_writer.add_run_metadata(run_values.run_metadata, f"step_{step}")
        self._next_step = step + 1
