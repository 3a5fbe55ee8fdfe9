"""The loops of an estimator: training, evaluation and prediction, each in a monitored session with its hooks."""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np

from ...ops.base.errors import OutOfRangeError
from ...ops.base.messages.logger import logger
from ...ops.building.basic_ops import group
from ...ops.building.default_graph import add_to_collection, get_default_graph
from ...ops.encoding.tensor_proto import make_tensor_proto
from ...ops.families.debugging.summaries import scalar
from ...ops.families.random.initializers import Zeros
from ...ops.families.state.assignments import assign_add
from ...ops.families.state.variable_scope import get_variable, variable_scope
from ...ops.graph.graph_keys import GraphKeys
from ...ops.library.checkpoint.saver import Saver
from ...ops.library.metrics.means import mean
from ...ops.library.summaries.file_writer import FileWriterCache
from ...ops.types import dtypes
from ..training.hook import SessionRunArgs, SessionRunHook
from ..training.hooks import CheckpointSaverHook, FinalOpsHook, LoggingTensorHook, NanTensorHook
from ..training.monitored_session import ChiefSessionCreator, MonitoredSession, MonitoredTrainingSession


def train(spec: Any, hooks: list[Any], listeners: list[Any], model_dir: str, config: Any, global_step: Any) -> Any:
    """Train until a hook says that it is over, or the input ends.

    Args:
      spec: the EstimatorSpec; hooks: SessionRunHooks; listeners: CheckpointSaverListeners.
      model_dir, config: the estimator's; global_step: the counter of steps.
    Returns: the last loss, or None if there was no step.
    """
    graph = get_default_graph()
    if not any(tensor.op.name == "loss" for tensor in graph.get_collection(GraphKeys.SUMMARIES)):
        scalar("loss", spec.loss)
    add_to_collection(GraphKeys.LOSSES, spec.loss)
    worker_hooks = [*hooks, NanTensorHook(spec.loss)]
    if config.log_step_count_steps is not None:
        logged = {"loss": spec.loss, "step": global_step}
        worker_hooks.append(LoggingTensorHook(logged, every_n_iter=config.log_step_count_steps))
    worker_hooks += spec.training_hooks
    _add_saver(spec.scaffold, config)
    with MonitoredTrainingSession(
        master=config.master,
        is_chief=config.is_chief,
        checkpoint_dir=model_dir,
        scaffold=spec.scaffold,
        hooks=worker_hooks,
        chief_only_hooks=[*spec.training_chief_hooks, *_saving_hooks(spec, worker_hooks, listeners, model_dir, config)],
        save_checkpoint_secs=0,
        save_summaries_steps=config.save_summary_steps,
        config=config.session_config,
        log_step_count_steps=config.log_step_count_steps,
    ) as session:
        loss = None
        while not session.should_stop():
            _, loss = session.run([spec.train_op, spec.loss])
    if loss is None:
        logger().warning("Training with estimator made no steps. Perhaps input is empty or misspecified.")
    return loss


def _add_saver(scaffold: Any, config: Any) -> None:
    if scaffold.saver or get_default_graph().get_collection(GraphKeys.SAVERS):
        return
    saver = Saver(
        sharded=True,
        max_to_keep=config.keep_checkpoint_max,
        keep_checkpoint_every_n_hours=config.keep_checkpoint_every_n_hours,
        defer_build=True,
        save_relative_paths=True,
    )
    add_to_collection(GraphKeys.SAVERS, saver)


def _saving_hooks(spec: Any, hooks: list[Any], listeners: list[Any], model_dir: str, config: Any) -> list[Any]:
    """A hook that saves, unless there is one; listeners are given to the one there is."""
    present = [hook for hook in [*hooks, *spec.training_chief_hooks] if isinstance(hook, CheckpointSaverHook)]
    if present or not (config.save_checkpoints_secs or config.save_checkpoints_steps):
        if listeners and not present:
            raise ValueError(
                "There should be a CheckpointSaverHook to use saving_listeners. Please set one of the "
                "RunConfig.save_checkpoints_steps or RunConfig.save_checkpoints_secs."
            )
        if listeners:
            present[0]._listeners.extend(listeners)
        return []
    return [
        CheckpointSaverHook(
            model_dir, config.save_checkpoints_secs, config.save_checkpoints_steps, scaffold=spec.scaffold,
            listeners=listeners,
        )
    ]  # fmt: skip


def read_global_step(step: Any) -> Any:
    """A tensor of the global step as it is before a step's update."""
    with get_default_graph().name_scope(None), get_default_graph().name_scope(step.op.name + "/"):
        return step.initialized_value() + 0


class _StopAfterEvaluations(SessionRunHook):
    """Counts the batches of an evaluation, and stops after so many."""

    def __init__(self, steps: int | None, counter: Any) -> None:
        self._steps, self._counter = steps, counter
        self._every = 1 if steps is None or steps < 10 else max(1, steps // 10)

    def before_run(self, run_context: Any) -> SessionRunArgs:
        """Ask for the number of this batch."""
        return SessionRunArgs(self._counter)

    def after_run(self, run_context: Any, run_values: Any) -> None:
        """Stop after the last one."""
        done = run_values.results
        if self._steps is not None:
            if done % self._every == 0 or done == self._steps:
                logger().info("Evaluation [%d/%d]", done, self._steps)
            if done >= self._steps:
                run_context.request_stop()


def evaluation(spec: Any, steps: int | None, global_step: Any) -> tuple[Any, dict[str, Any], list[Any]]:
    """Build what an evaluation runs. Returns: its operation, the values of the metrics, hooks.

    Raises: ValueError if the model function has a metric of a name that is taken.
    """
    metrics = dict(spec.eval_metric_ops)
    for taken in ("loss", GraphKeys.GLOBAL_STEP):
        if taken in metrics:
            raise ValueError(f'Metric with name "{taken}" is not allowed, because Estimator already defines one.')
    metrics["loss"] = mean(spec.loss)
    values = {key: value for key, (value, _) in metrics.items()}
    values[GraphKeys.GLOBAL_STEP] = global_step
    with variable_scope("", reuse=False):
        counter = get_variable(
            "eval_step", [], dtypes.int64, Zeros(), trainable=False,
            collections=[GraphKeys.LOCAL_VARIABLES, GraphKeys.EVAL_STEP],
        )  # fmt: skip
    update = group(*(update for _, update in (metrics[key] for key in sorted(metrics))))
    return update, values, [_StopAfterEvaluations(steps, assign_add(counter, 1, use_locking=True))]


def evaluate(
    spec: Any, update: Any, values: dict[str, Any], hooks: list[Any], checkpoint_path: str | None, config: Any
) -> dict[str, Any]:
    """Run an evaluation that `evaluation` built. Returns: the values of the metrics by name."""
    final = FinalOpsHook(values)
    creator = ChiefSessionCreator(
        scaffold=spec.scaffold,
        checkpoint_filename_with_path=checkpoint_path,
        master=config.evaluation_master,
        config=config.session_config,
    )
    logger().info("Starting evaluation at %s", time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime()))
    with MonitoredSession(creator, [*hooks, *spec.evaluation_hooks, final]) as session:
        while not session.should_stop():
            session.run(update)
    logger().info("Finished evaluation at %s", time.strftime("%Y-%m-%d-%H:%M:%S", time.gmtime()))
    found = final.final_ops_values
    return {**{key: found[key] for key in sorted(values) if key != GraphKeys.GLOBAL_STEP}, **found}


def predict(
    spec: Any, predictions: Any, hooks: list[Any], checkpoint_path: str | None, config: Any, single: bool
) -> Iterator[Any]:
    """Yield predictions, an example or a batch at a time, until the input ends.

    The default graph is the model's while a step runs, and the caller's between.
    """
    graph = get_default_graph()
    creator = ChiefSessionCreator(
        scaffold=spec.scaffold,
        checkpoint_filename_with_path=checkpoint_path,
        master=config.master,
        config=config.session_config,
    )
    session = MonitoredSession(creator, [*hooks, *spec.prediction_hooks])
    return _predicted(graph, session, predictions, single)


def _predicted(graph: Any, session: Any, predictions: Any, single: bool) -> Iterator[Any]:
    failed: Any = RuntimeError
    try:
        while not session.should_stop():
            try:
                with graph.as_default():
                    values = session.run(predictions)
            except (OutOfRangeError, StopIteration):
                break
            if not single:
                yield values
            elif isinstance(values, Mapping):
                for row in range(_length(values)):
                    yield {key: value[row] for key, value in values.items()}
            else:
                yield from values
        failed = None
    finally:
        with graph.as_default():
            session._close_internal(failed)


def _length(values: Mapping[str, Any]) -> int:
    """The extent that all have first. Raises: ValueError if they differ."""
    length = None
    for key, value in values.items():
        if np.ndim(value) == 0:
            raise ValueError(f"predictions must be of a batch of examples, but {key} has no dimension")
        if length is not None and len(value) != length:
            raise ValueError(
                f"Batch length of predictions should be same. {key} has different batch length than others."
            )
        length = len(value)
    return length or 0


def write_evaluation(folder: str, results: Mapping[str, Any], checkpoint_path: str | None) -> None:
    """Write metrics as summaries into an event file of a folder."""
    from ...ops import proto

    step = int(results[GraphKeys.GLOBAL_STEP])
    words = ", ".join(f"{key} = {value!s}" for key, value in sorted(results.items()))
    logger().info("Saving dict for global step %d: %s", step, words)
    summary = proto.Summary()
    for key, value in results.items():
        if key == GraphKeys.GLOBAL_STEP:
            continue
        if isinstance(value, (float, np.floating, int, np.integer)):
            summary.value.add(tag=key, simple_value=float(value))
        elif isinstance(value, bytes):
            _add_image_summaries(summary, key, value)
    writer = FileWriterCache.get(folder)
    writer.add_summary(summary, step)
    if checkpoint_path:
        logger().info("Saving 'checkpoint_path' summary for global step %d: %s", step, checkpoint_path)
        tensor = make_tensor_proto(checkpoint_path, dtypes.string)
        writer.add_summary(proto.Summary(value=[proto.Summary.Value(tag="checkpoint_path", tensor=tensor)]), step)
    writer.flush()


def _add_image_summaries(summary: Any, key: str, value: bytes) -> None:
    """What a metric gives as a serialized Summary, such as an image, under the name of the metric."""
    from ...ops import proto

    found = proto.Summary.FromString(value)
    for number, item in enumerate(found.value):
        item.tag = f"{key}/{number}"
        summary.value.add().CopyFrom(item)
