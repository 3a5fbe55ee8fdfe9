"""`slim.learning.train`: training with a supervisor, and the step that it takes again and again."""

from __future__ import annotations

import os
import time
from typing import Any, Final

from ...ops import proto
from ...ops.base.messages.logger import logger
from ...ops.building.default_graph import get_default_graph
from ...ops.families.debugging.summaries import merge_all
from ...ops.families.elementwise.compare import equal, greater_equal
from ...ops.families.elementwise.division import mod
from ...ops.families.state.global_step import get_or_create_global_step
from ..tracing.timeline import Timeline
from .supervisor import Supervisor

_DEFAULT: Final = 0


def train_step(sess: Any, train_op: Any, global_step: Any, train_step_kwargs: dict[str, Any]) -> tuple[Any, Any]:
    """Take a step.

    Args:
      sess: the session.
      train_op: what returns the loss when it is run.
      global_step: the variable that counts steps.
      train_step_kwargs: by name: `should_stop`, `should_log`, `should_trace`, tensors; `logdir` of traces,
        `summary_writer` that notes them.
    Returns: the loss, and whether to stop.
    Raises: ValueError if steps are to be traced and there is no `logdir`.
    """
    started = time.time()
    traced: dict[str, Any] = {}
    if "should_trace" in train_step_kwargs:
        if "logdir" not in train_step_kwargs:
            raise ValueError("logdir must be present in train_step_kwargs when should_trace is present")
        if sess.run(train_step_kwargs["should_trace"]):
            options = proto.RunOptions(trace_level=proto.RunOptions.FULL_TRACE)
            traced = {"options": options, "run_metadata": proto.RunMetadata()}
    loss, step = sess.run([train_op, global_step], **traced)
    if traced:
        _write_trace(train_step_kwargs, traced["run_metadata"], step)
    if "should_log" in train_step_kwargs and sess.run(train_step_kwargs["should_log"]):
        seconds = time.time() - started
        logger().info("global step %d: loss = %.4f (%.3f sec/step)", step, loss, seconds)
    stops = sess.run(train_step_kwargs["should_stop"]) if "should_stop" in train_step_kwargs else False
    return loss, stops


def _write_trace(given: dict[str, Any], metadata: Any, step: Any) -> None:
    path = os.path.join(given["logdir"], f"tf_trace-{step}.json")
    with open(path, "w", encoding="utf-8") as file:
        file.write(Timeline(metadata.step_stats).generate_chrome_trace_format())
    if given.get("summary_writer") is not None:
        given["summary_writer"].add_run_metadata(metadata, f"run_metadata-{step}")


def train(
    train_op: Any, logdir: str | None, train_step_fn: Any = train_step, train_step_kwargs: Any = _DEFAULT,
    log_every_n_steps: int = 1, graph: Any = None, master: str = "", is_chief: bool = True, global_step: Any = None,
    number_of_steps: int | None = None, init_op: Any = _DEFAULT, init_feed_dict: Any = None,
    local_init_op: Any = _DEFAULT, init_fn: Any = None, ready_op: Any = _DEFAULT, summary_op: Any = _DEFAULT,
    save_summaries_secs: float = 600, summary_writer: Any = _DEFAULT, startup_delay_steps: int = 0,
    saver: Any = None, save_interval_secs: float = 600, sync_optimizer: Any = None, session_config: Any = None,
    session_wrapper: Any = None, trace_every_n_steps: int | None = None, ignore_live_threads: bool = False,
) -> Any:  # fmt: skip
    """Train until the number of steps is reached or the input ends; save at the end.

    Args:
      train_op: what returns the loss when it is run, such as `create_train_op` gives.
      logdir: of checkpoints and summaries; None for neither.
      train_step_fn, train_step_kwargs: a step, and what it is given; see `train_step`.
      log_every_n_steps, trace_every_n_steps: how often steps are logged and traced; 0 and None for never.
      graph: default: the default graph.
      global_step: default: the graph's.
      number_of_steps: the step to stop at; None for none.
      save_summaries_secs, save_interval_secs: how often summaries and checkpoints are written.
      session_wrapper: a function of the session that returns what is used in its place.
      master, is_chief, init_op, init_feed_dict, local_init_op, init_fn, ready_op, summary_op, summary_writer, saver:
        see `Supervisor`.
      session_config: a ConfigProto.
      startup_delay_steps, sync_optimizer: of several tasks, which are not built: they are refused.
      ignore_live_threads: whether threads that do not end at the end are passed over.
    Returns: the loss of the last step; None if none was taken.
    Raises: ValueError for arguments that do not fit.
    """
    if train_op is None:
        raise ValueError("train_op cannot be None.")
    if logdir is None and not (summary_op is None or isinstance(summary_op, int)):
        raise ValueError("Cannot provide summary_op because logdir=None")
    if logdir is None and trace_every_n_steps is not None:
        raise ValueError("Cannot provide trace_every_n_steps because logdir=None")
    if sync_optimizer is not None:
        raise NotImplementedError("slim.learning.train(sync_optimizer=...) is not built: use the optimizer's hook")
    graph = graph or get_default_graph()
    with graph.as_default():
        step = get_or_create_global_step() if global_step is None else global_step
        if isinstance(train_step_kwargs, dict):
            given = train_step_kwargs
        else:
            given = _kwargs(step, number_of_steps, log_every_n_steps, trace_every_n_steps, logdir)
        summary = merge_all() if isinstance(summary_op, int) else summary_op
    supervisor = Supervisor(
        graph=graph, is_chief=is_chief, logdir=logdir, init_op=init_op, init_feed_dict=init_feed_dict,
        local_init_op=local_init_op, ready_op=ready_op, summary_op=summary if logdir else None,
        summary_writer=summary_writer if logdir else None, global_step=step, saver=_DEFAULT if saver is None else saver,
        save_summaries_secs=save_summaries_secs, save_model_secs=save_interval_secs, init_fn=init_fn,
    )  # fmt: skip
    if logdir is not None and supervisor.summary_writer is not None:
        given.setdefault("summary_writer", supervisor.summary_writer)
    return _loop(supervisor, train_op, step, train_step_fn, given, master, session_config, session_wrapper, logdir)


def _kwargs(step: Any, number: int | None, log_every: int, trace_every: int | None, logdir: Any) -> dict[str, Any]:
    """What a step is asked for: tensors of whether to stop, to log and to trace."""
    given: dict[str, Any] = {}
    if number:
        given["should_stop"] = greater_equal(step, number)
    if log_every > 0:
        given["should_log"] = equal(mod(step, log_every), 0)
    if trace_every is not None:
        given.update(should_trace=equal(mod(step, trace_every), 0), logdir=logdir)
    return given


def _loop(
    supervisor: Any, train_op: Any, step: Any, take: Any, given: dict[str, Any], master: str, config: Any, wrapper: Any,
    logdir: Any,
) -> Any:  # fmt: skip
    """Take steps until one says so, or the supervisor stops; save then."""
    loss = None
    with supervisor.managed_session(master, start_standard_services=False, config=config) as sess:
        if wrapper is not None:
            sess = wrapper(sess)
        logger().info("Starting Session.")
        if logdir:
            supervisor.start_standard_services(sess)
        logger().info("Starting Queues.")
        supervisor.start_queue_runners(sess)
        while not supervisor.should_stop():
            loss, stops = take(sess, train_op, step, given)
            if stops:
                logger().info("Stopping Training.")
                supervisor.request_stop()
                break
        if logdir and supervisor.saver is not None:
            logger().info("Finished training! Saving model to disk.")
            supervisor.saver.save(sess, supervisor.save_path, global_step=supervisor.global_step)
    return loss
