"""`train_and_evaluate`: training with evaluations between, and exports after them."""

from __future__ import annotations

import os
from typing import Any

from ...ops.base.messages.logger import logger
from ..training.hooks import CheckpointSaverListener, SecondOrStepTimer
from .specs import EvalSpec, TrainSpec


def train_and_evaluate(estimator: Any, train_spec: TrainSpec, eval_spec: EvalSpec) -> tuple[Any, list[Any]]:
    """Train an estimator; evaluate it, and export it, after checkpoints and at the end.

    Args:
      estimator: an Estimator.
      train_spec: a TrainSpec.
      eval_spec: an EvalSpec; evaluations are `throttle_secs` seconds apart at the least.
    Returns: the last evaluation's metrics, and what the exporters gave; both None in a worker.
    Raises: TypeError for other arguments; NotImplementedError in a process that TF_CONFIG makes no chief.
    """
    from .estimator import Estimator

    for name, value, kind in (
        ("estimator", estimator, Estimator),
        ("train_spec", train_spec, TrainSpec),
        ("eval_spec", eval_spec, EvalSpec),
    ):
        if not isinstance(value, kind):
            raise TypeError(f"`{name}` must have type `tf.estimator.{kind.__name__}`, given {type(value)}")
    config = estimator.config
    if config.cluster_spec.as_dict() and not config.is_chief:
        raise NotImplementedError(
            f"TF_CONFIG makes this process a {config.task_type}: training runs in one process, that of the chief."
        )
    evaluator = _Evaluator(estimator, eval_spec, train_spec.max_steps)
    listener = _EvaluationListener(evaluator, eval_spec.throttle_secs)
    logger().info("Not using Distribute Coordinator.")
    logger().info("Running training and evaluation locally (non-distributed).")
    logger().info(
        "Start train and evaluate loop. The evaluate will happen after every checkpoint. Checkpoint frequency is "
        "determined based on RunConfig arguments: save_checkpoints_steps %s or save_checkpoints_secs %s.",
        config.save_checkpoints_steps, config.save_checkpoints_secs,
    )  # fmt: skip
    estimator.train(
        input_fn=train_spec.input_fn,
        max_steps=train_spec.max_steps,
        hooks=list(train_spec.hooks),
        saving_listeners=[*train_spec.saving_listeners, listener],
    )
    return evaluator.metrics, evaluator.exports


class _Evaluator:
    """Evaluates the newest checkpoint, and exports it."""

    def __init__(self, estimator: Any, spec: EvalSpec, max_steps: int | None) -> None:
        self._estimator, self._spec, self._max_steps = estimator, spec, max_steps
        self.metrics: Any = None
        self.exports: list[Any] = []

    def run(self, is_last: bool) -> None:
        """Evaluate and export."""
        spec, estimator = self._spec, self._estimator
        checkpoint = estimator.latest_checkpoint()
        if not checkpoint:
            logger().warning("Estimator is not trained yet. Will start an evaluation when a checkpoint is ready.")
            return
        self.metrics = estimator.evaluate(
            input_fn=spec.input_fn, steps=spec.steps, hooks=list(spec.hooks), checkpoint_path=checkpoint,
            name=spec.name,
        )  # fmt: skip
        is_last = is_last or (self._max_steps is not None and self.metrics["global_step"] >= self._max_steps)
        self.exports = [
            exporter.export(
                estimator=estimator,
                export_path=os.path.join(estimator.model_dir, "export", exporter.name),
                checkpoint_path=checkpoint,
                eval_result=self.metrics,
                is_the_final_export=is_last,
            )
            for exporter in spec.exporters
        ]


class _EvaluationListener(CheckpointSaverListener):
    """Evaluates when a checkpoint was saved, unless it has been done just before."""

    def __init__(self, evaluator: _Evaluator, seconds: float) -> None:
        self._evaluator, self._seconds = evaluator, seconds
        self._is_first = True

    def begin(self) -> None:
        """Begin to measure the time."""
        self._timer = SecondOrStepTimer(every_secs=self._seconds)
        self._is_first = True

    def after_save(self, session: Any, global_step_value: int) -> None:
        """Evaluate, but for the checkpoint that is saved first."""
        if self._is_first:
            self._is_first = False
            self._timer.update_last_triggered_step(global_step_value)
            return
        if self._timer.should_trigger_for_step(global_step_value):
            self._evaluator.run(is_last=False)
            self._timer.update_last_triggered_step(global_step_value)
        else:
            logger().info("Skip the current checkpoint eval due to throttle secs (%s secs).", self._seconds)

    def end(self, session: Any, global_step_value: int) -> None:
        """Evaluate what is saved last."""
        if self._timer.last_triggered_step() != global_step_value or self._evaluator.metrics is None:
            self._evaluator.run(is_last=True)
            self._timer.update_last_triggered_step(global_step_value)
