"""Evaluation of a checkpoint: once, or of each new one; hooks that end it and write its summaries.

Parameters: as of `contrib.training` and `slim.evaluation` of TensorFlow 1.15.
"""

from __future__ import annotations

import itertools
import time
from typing import Any, Final

from ...ops.base.messages.logger import logger
from ...ops.building.default_graph import get_default_graph
from ...ops.families.debugging.summaries import merge_all
from ...ops.families.random.initializers import Zeros
from ...ops.families.state.assignments import assign_add
from ...ops.families.state.global_step import get_global_step
from ...ops.families.state.variable_scope import get_variable
from ...ops.graph.graph_keys import GraphKeys
from ...ops.library.checkpoint.management import checkpoints_iterator
from ...ops.library.checkpoint.saver import Saver
from ...ops.library.summaries.file_writer import FileWriterCache
from ...ops.types import dtypes
from .hook import SessionRunArgs, SessionRunHook
from .hooks import FinalOpsHook
from .monitored_session import ChiefSessionCreator, MonitoredSession, Scaffold

_DEFAULT: Final = 0
_TIME: Final = "%Y-%m-%d-%H:%M:%S"


def get_or_create_eval_step() -> Any:
    """Return the variable that counts a graph's evaluations, made if it is not there."""
    found = get_default_graph().get_collection(GraphKeys.EVAL_STEP)
    if found:
        return found[0]
    return get_variable(
        "eval_step", shape=[], dtype=dtypes.int64, initializer=Zeros(), trainable=False,
        collections=[GraphKeys.LOCAL_VARIABLES, GraphKeys.EVAL_STEP],
    )  # fmt: skip


class StopAfterNEvalsHook(SessionRunHook):
    """Ends a session after so many runs.

    Args:
      num_evals: how many; None: it does not end.
      log_progress: whether each is logged.
    """

    def __init__(self, num_evals: int | None, log_progress: bool = True) -> None:
        self._num_evals, self._log_progress = num_evals, log_progress
        self._evals_completed: Any = None

    def _set_evals_completed_tensor(self, updated_eval_step: Any) -> None:
        self._evals_completed = updated_eval_step

    def before_run(self, run_context: Any) -> Any:
        """Ask for the count."""
        return SessionRunArgs({"evals_completed": self._evals_completed})

    def after_run(self, run_context: Any, run_values: Any) -> None:
        """End the session if it was the last."""
        count = run_values.results["evals_completed"]
        if self._log_progress:
            whole = "" if self._num_evals is None else f"/{self._num_evals}"
            logger().info("Evaluation [%d%s]", count, whole)
        if self._num_evals is not None and count >= self._num_evals:
            run_context.request_stop()


class SummaryAtEndHook(SessionRunHook):
    """Writes a summary when a session ends.

    Args:
      log_dir: the folder; or summary_writer: a `FileWriter`.
      summary_op: the summary; default: all that are collected.
      feed_dict: what it is fed.
    Raises: ValueError if neither or both of the first are given.
    """

    def __init__(
        self, log_dir: str | None = None, summary_writer: Any = None, summary_op: Any = None, feed_dict: Any = None
    ) -> None:
        if (log_dir is None) == (summary_writer is None):
            raise ValueError("exactly one of log_dir and summary_writer has to be given")
        self._summary_op, self._feed_dict = summary_op, feed_dict
        self._log_dir, self._writer = log_dir, summary_writer

    def begin(self) -> None:
        """Find the summary and the writer."""
        self._summary_op = merge_all() if self._summary_op is None else self._summary_op
        self._global_step = get_global_step()
        if self._writer is None:
            self._writer = FileWriterCache.get(self._log_dir)

    def end(self, session: Any) -> None:
        """Write it."""
        if self._summary_op is not None:
            step = None if self._global_step is None else session.run(self._global_step)
            self._writer.add_summary(session.run(self._summary_op, self._feed_dict), step)
        self._writer.flush()


def _counted(eval_ops: Any, hooks: list[Any]) -> Any:
    """The operations of an evaluation with the count's; hooks that count are told of it."""
    count = assign_add(get_or_create_eval_step(), 1, use_locking=True)
    for hook in hooks:
        if hasattr(hook, "_set_evals_completed_tensor"):
            hook._set_evals_completed_tensor(count)
    if eval_ops is None:
        return [count]
    if isinstance(eval_ops, dict):
        return {**eval_ops, "update_eval_step": count}
    return [*eval_ops, count] if isinstance(eval_ops, (list, tuple)) else [eval_ops, count]


def evaluate_once(
    checkpoint_path: str, master: str = "", scaffold: Any = None, eval_ops: Any = None, feed_dict: Any = None,
    final_ops: Any = None, final_ops_feed_dict: Any = None, hooks: Any = None, config: Any = None,
) -> Any:  # fmt: skip
    """Evaluate a checkpoint.

    Args:
      checkpoint_path: its prefix.
      master: the target. scaffold: a Scaffold. config: a ConfigProto.
      eval_ops, feed_dict: what is run until a hook stops it, and what it is fed; None: nothing is.
      final_ops, final_ops_feed_dict: what is run at the end.
      hooks: such as `StopAfterNEvalsHook`.
    Returns: the values of `final_ops`.
    """
    listed = list(hooks or [])
    step = _counted(eval_ops, listed)
    final = FinalOpsHook(final_ops, final_ops_feed_dict)
    creator = ChiefSessionCreator(
        scaffold=scaffold, checkpoint_filename_with_path=checkpoint_path, master=master, config=config
    )
    logger().info("Starting evaluation at %s", time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime()))
    with MonitoredSession(session_creator=creator, hooks=[*listed, final]) as session:
        if eval_ops is not None:
            while not session.should_stop():
                session.run(step, feed_dict)
    logger().info("Finished evaluation at %s", time.strftime(_TIME, time.gmtime()))
    return final.final_ops_values


def evaluate_repeatedly(
    checkpoint_dir: str, master: str = "", scaffold: Any = None, eval_ops: Any = None, feed_dict: Any = None,
    final_ops: Any = None, final_ops_feed_dict: Any = None, eval_interval_secs: float = 60, hooks: Any = None,
    config: Any = None, max_number_of_evaluations: int | None = None, timeout: float | None = None,
    timeout_fn: Any = None,
) -> Any:  # fmt: skip
    """Evaluate each new checkpoint of a folder.

    Args:
      checkpoint_dir: the folder.
      eval_interval_secs: the least time between two evaluations.
      max_number_of_evaluations: None for as many as come.
      timeout: how long a new checkpoint is waited for; None for ever. timeout_fn: says then whether to end.
      Others: see `evaluate_once`.
    Returns: the last values of `final_ops`.
    """
    listed = list(hooks or [])
    step = _counted(eval_ops, listed)
    final = FinalOpsHook(final_ops, final_ops_feed_dict)
    paths = checkpoints_iterator(checkpoint_dir, eval_interval_secs, timeout, timeout_fn)
    for path in itertools.islice(paths, max_number_of_evaluations):
        creator = ChiefSessionCreator(
            scaffold=scaffold, checkpoint_filename_with_path=path, master=master, config=config
        )
        with MonitoredSession(session_creator=creator, hooks=[*listed, final]) as session:
            logger().info("Starting evaluation at %s", time.strftime(_TIME, time.gmtime()))
            if eval_ops is not None:
                while not session.should_stop():
                    session.run(step, feed_dict)
        logger().info("Finished evaluation at %s", time.strftime(_TIME, time.gmtime()))
    return final.final_ops_values


def wait_for_new_checkpoint(
    checkpoint_dir: str, last_checkpoint: str | None = None, seconds_to_sleep: float = 1, timeout: float | None = None
) -> str | None:
    """Return the newest checkpoint of a folder when it is another one than the last; None after `timeout` seconds."""
    from ...ops.library.checkpoint.management import latest_checkpoint

    logger().info("Waiting for new checkpoint at %s", checkpoint_dir)
    ends = None if timeout is None else time.time() + timeout
    while True:
        path: str | None = latest_checkpoint(checkpoint_dir)
        if path is not None and path != last_checkpoint:
            logger().info("Found new checkpoint at %s", path)
            return path
        if ends is not None and time.time() + seconds_to_sleep > ends:
            return None
        time.sleep(seconds_to_sleep)


def _slim_parts(
    logdir: str, num_evals: int, initial_op: Any, initial_op_feed_dict: Any, summary_op: Any,
    summary_op_feed_dict: Any, variables_to_restore: Any, hooks: Any,
) -> dict[str, Any]:  # fmt: skip
    """Scaffold and hooks of slim's evaluations."""
    if isinstance(summary_op, int):
        summary_op = merge_all()
    listed: list[Any] = [StopAfterNEvalsHook(num_evals)]
    if summary_op is not None:
        listed.append(SummaryAtEndHook(log_dir=logdir, summary_op=summary_op, feed_dict=summary_op_feed_dict))
    saver = None if variables_to_restore is None else Saver(variables_to_restore)
    scaffold = Scaffold(init_op=initial_op, init_feed_dict=initial_op_feed_dict, saver=saver)
    return {"scaffold": scaffold, "hooks": listed + list(hooks or [])}


def slim_evaluate_once(
    master: str, checkpoint_path: str, logdir: str, num_evals: int = 1, initial_op: Any = None,
    initial_op_feed_dict: Any = None, eval_op: Any = None, eval_op_feed_dict: Any = None, final_op: Any = None,
    final_op_feed_dict: Any = None, summary_op: Any = _DEFAULT, summary_op_feed_dict: Any = None,
    variables_to_restore: Any = None, session_config: Any = None, hooks: Any = None,
) -> Any:  # fmt: skip
    """Evaluate a checkpoint: `eval_op` so many times, `final_op` at the end, whose value is returned.

    Args:
      master, checkpoint_path, session_config: see `evaluate_once`.
      logdir: of the summaries. summary_op, summary_op_feed_dict: default: all that are collected; None for none.
      initial_op, initial_op_feed_dict: run at the beginning.
      variables_to_restore: default: all.
      hooks: further ones.
    """
    parts = _slim_parts(
        logdir, num_evals, initial_op, initial_op_feed_dict, summary_op, summary_op_feed_dict, variables_to_restore,
        hooks,
    )  # fmt: skip
    return evaluate_once(
        checkpoint_path, master, eval_ops=eval_op, feed_dict=eval_op_feed_dict, final_ops=final_op,
        final_ops_feed_dict=final_op_feed_dict, config=session_config, **parts,
    )  # fmt: skip


def evaluation_loop(
    master: str, checkpoint_dir: str, logdir: str, num_evals: int = 1, initial_op: Any = None,
    initial_op_feed_dict: Any = None, init_fn: Any = None, eval_op: Any = None, eval_op_feed_dict: Any = None,
    final_op: Any = None, final_op_feed_dict: Any = None, summary_op: Any = _DEFAULT, summary_op_feed_dict: Any = None,
    variables_to_restore: Any = None, eval_interval_secs: float = 60, max_number_of_evaluations: int | None = None,
    session_config: Any = None, timeout: float | None = None, timeout_fn: Any = None, hooks: Any = None,
) -> Any:  # fmt: skip
    """Evaluate each new checkpoint of a folder; see `slim_evaluate_once` and `evaluate_repeatedly`."""
    parts = _slim_parts(
        logdir, num_evals, initial_op, initial_op_feed_dict, summary_op, summary_op_feed_dict, variables_to_restore,
        hooks,
    )  # fmt: skip
    return evaluate_repeatedly(
        checkpoint_dir, master, eval_ops=eval_op, feed_dict=eval_op_feed_dict, final_ops=final_op,
        final_ops_feed_dict=final_op_feed_dict, eval_interval_secs=eval_interval_secs, config=session_config,
        max_number_of_evaluations=max_number_of_evaluations, timeout=timeout, timeout_fn=timeout_fn, **parts,
    )  # fmt: skip


def train(
    train_op: Any, logdir: str | None, master: str = "", is_chief: bool = True, scaffold: Any = None,
    hooks: Any = None, chief_only_hooks: Any = None, save_checkpoint_secs: float | None = 600,
    save_summaries_steps: int | None = 100, config: Any = None, max_wait_secs: float = 7200,
    run_metadata: Any = None,
) -> Any:  # fmt: skip
    """`contrib.training.train`: run a training operation in a monitored session until a hook ends it.

    Args: see `MonitoredTrainingSession`.
    Returns: the last value of `train_op`; None if there was none.
    Raises: ValueError if nothing would be done at steps, or be written nowhere.
    """
    from .monitored_session import MonitoredTrainingSession

    if logdir is None and is_chief and save_summaries_steps:
        raise ValueError("logdir cannot be None when save_summaries_steps is not None")
    if logdir is None and is_chief and save_checkpoint_secs:
        raise ValueError("logdir cannot be None when save_checkpoint_secs is not None")
    loss = None
    with MonitoredTrainingSession(
        master=master, is_chief=is_chief, checkpoint_dir=logdir, scaffold=scaffold, hooks=hooks,
        chief_only_hooks=chief_only_hooks, save_checkpoint_secs=save_checkpoint_secs,
        save_summaries_steps=save_summaries_steps, config=config, max_wait_secs=max_wait_secs,
    ) as session:  # fmt: skip
        while not session.should_stop():
            loss = session.run(train_op, run_metadata=run_metadata)
    return loss
