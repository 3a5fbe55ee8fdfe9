"""Hooks that end training early: when a function says so, or when an evaluated metric stops getting better."""

from __future__ import annotations

import operator
import os
from collections.abc import Callable
from typing import Any

from ...ops.base.messages.logger import logger
from ...ops.building.default_graph import get_default_graph
from ...ops.families.random.initializers import Zeros
from ...ops.families.state.global_step import get_global_step
from ...ops.families.state.scope_settings import AUTO_REUSE
from ...ops.families.state.variable_scope import get_variable, variable_scope
from ...ops.formats.file_system import glob
from ...ops.graph.graph_keys import GraphKeys
from ...ops.library.summaries.file_writer import summary_iterator
from ...ops.types import dtypes
from ..training.hook import SessionRunArgs, SessionRunHook
from ..training.hooks import SecondOrStepTimer, StopAtStepHook


def make_early_stopping_hook(
    estimator: Any, should_stop_fn: Callable[[], bool], run_every_secs: float | None = 60,
    run_every_steps: int | None = None,
) -> SessionRunHook:  # fmt: skip
    """Return a hook that ends training when a function returns True.

    Args:
      estimator: the Estimator that is trained.
      should_stop_fn: takes nothing.
      run_every_secs, run_every_steps: how often it is called; one of them, the other None.
    Raises: TypeError for another estimator; ValueError unless one of the two is given.

    The variable `signal_early_stopping/STOP` is True when it has said so; a worker that is no chief stops by it.
    """
    from .estimator import Estimator

    if not isinstance(estimator, Estimator):
        raise TypeError(f"`estimator` must have type `tf.estimator.Estimator`. Got: {type(estimator)}")
    if run_every_secs is not None and run_every_steps is not None:
        raise ValueError("Only one of `run_every_secs` and `run_every_steps` must be set.")
    if not estimator.config.is_chief:
        return _StopWithTheChiefHook()
    return _StopOnPredicateHook(should_stop_fn, run_every_secs, run_every_steps)


def stop_if_higher_hook(
    estimator: Any, metric_name: str, threshold: float, eval_dir: str | None = None, min_steps: int = 0,
    run_every_secs: float | None = 60, run_every_steps: int | None = None,
) -> SessionRunHook:  # fmt: skip
    """Return a hook that ends training when an evaluation found a metric above a threshold.

    Args:
      estimator: the Estimator that is trained.
      metric_name: of the metric, as `evaluate` names it.
      threshold: the value.
      eval_dir: where evaluations are written; default: the estimator's `eval_dir()`.
      min_steps: evaluations of earlier steps do not count.
      run_every_secs, run_every_steps: how often evaluations are looked at; one of them, the other None.
    Raises: as `make_early_stopping_hook`.
    """
    return _threshold_hook(
        estimator, metric_name, threshold, operator.gt, eval_dir, min_steps, run_every_secs, run_every_steps
    )  # fmt: skip


def stop_if_lower_hook(
    estimator: Any, metric_name: str, threshold: float, eval_dir: str | None = None, min_steps: int = 0,
    run_every_secs: float | None = 60, run_every_steps: int | None = None,
) -> SessionRunHook:  # fmt: skip
    """Return a hook that ends training when an evaluation found a metric below a threshold.

    See `stop_if_higher_hook`.
    """
    return _threshold_hook(
        estimator, metric_name, threshold, operator.lt, eval_dir, min_steps, run_every_secs, run_every_steps
    )  # fmt: skip


def stop_if_no_decrease_hook(
    estimator: Any, metric_name: str, max_steps_without_decrease: int, eval_dir: str | None = None, min_steps: int = 0,
    run_every_secs: float | None = 60, run_every_steps: int | None = None,
) -> SessionRunHook:  # fmt: skip
    """Return a hook that ends training when a metric has not fallen for a number of steps.

    See `stop_if_higher_hook`.
    """
    return _patience_hook(
        estimator, metric_name, max_steps_without_decrease, operator.lt, eval_dir, min_steps, run_every_secs,
        run_every_steps,
    )  # fmt: skip


def stop_if_no_increase_hook(
    estimator: Any, metric_name: str, max_steps_without_increase: int, eval_dir: str | None = None, min_steps: int = 0,
    run_every_secs: float | None = 60, run_every_steps: int | None = None,
) -> SessionRunHook:  # fmt: skip
    """Return a hook that ends training when a metric has not risen for a number of steps; see `stop_if_higher_hook`."""
    return _patience_hook(
        estimator, metric_name, max_steps_without_increase, operator.gt, eval_dir, min_steps, run_every_secs,
        run_every_steps,
    )  # fmt: skip


def make_stop_at_checkpoint_step_hook(
    estimator: Any, last_step: int, wait_after_file_check_secs: float = 30
) -> SessionRunHook:
    """Return a hook that ends training at a step.

    Args:
      estimator: the Estimator that is trained.
      last_step: the step.
      wait_after_file_check_secs: for workers that are no chief; training runs in the chief's process here.
    """
    return StopAtStepHook(last_step=last_step)


def read_eval_metrics(eval_dir: str) -> dict[int, dict[str, float]]:
    """Return what evaluations have written into a folder: per step, from the first, the metrics by name."""
    found: dict[int, dict[str, float]] = {}
    for path in sorted(glob(os.path.join(eval_dir, "*.tfevents.*"))) if os.path.isdir(eval_dir) else ():
        for event in summary_iterator(path):
            values = {value.tag: value.simple_value for value in event.summary.value if value.HasField("simple_value")}
            if values:
                found.setdefault(event.step, {}).update(values)
    return dict(sorted(found.items()))


def _threshold_hook(
    estimator: Any, name: str, threshold: float, crosses: Callable[[float, float], bool], eval_dir: str | None,
    min_steps: int, run_every_secs: float | None, run_every_steps: int | None,
) -> SessionRunHook:  # fmt: skip
    def should_stop() -> bool:
        for step, value in _values(estimator, name, eval_dir, min_steps):
            if crosses(value, threshold):
                logger().info(
                    "At step %d, metric '%s' has value %s, beyond the threshold %s.", step, name, value, threshold
                )
                return True
        return False

    return make_early_stopping_hook(estimator, should_stop, run_every_secs, run_every_steps)


def _patience_hook(
    estimator: Any, name: str, patience: int, is_better: Callable[[float, float], bool], eval_dir: str | None,
    min_steps: int, run_every_secs: float | None, run_every_steps: int | None,
) -> SessionRunHook:  # fmt: skip
    def should_stop() -> bool:
        best: tuple[int, float] | None = None
        for step, value in _values(estimator, name, eval_dir, min_steps):
            if best is None or is_better(value, best[1]):
                best = step, value
            if step - best[0] >= patience:
                logger().info("Metric '%s' was best at step %d, %d steps ago.", name, best[0], step - best[0])
                return True
        return False

    return make_early_stopping_hook(estimator, should_stop, run_every_secs, run_every_steps)


def _values(estimator: Any, name: str, eval_dir: str | None, min_steps: int) -> list[tuple[int, float]]:
    """The values of a metric, by step. Raises: KeyError if evaluations do not have it."""
    metrics = read_eval_metrics(estimator.eval_dir() if eval_dir is None else eval_dir)
    return [(step, values[name]) for step, values in metrics.items() if step >= min_steps]


def _stop_variable() -> Any:
    with variable_scope("signal_early_stopping", values=[], reuse=AUTO_REUSE):
        return get_variable(
            "STOP", [], dtypes.bool_, Zeros(), trainable=False, collections=[GraphKeys.GLOBAL_VARIABLES]
        )  # fmt: skip


class _StopOnPredicateHook(SessionRunHook):
    """Asks a function every so often; what it says is kept in a variable."""

    def __init__(self, should_stop: Callable[[], bool], every_secs: float | None, every_steps: int | None) -> None:
        self._should_stop = should_stop
        self._timer = SecondOrStepTimer(every_secs=every_secs, every_steps=every_steps)

    def begin(self) -> None:
        """Make the variable."""
        self._global_step = get_global_step()
        self._stop = _stop_variable().assign(True)

    def before_run(self, run_context: Any) -> SessionRunArgs:
        """Ask for the global step."""
        return SessionRunArgs(self._global_step)

    def after_run(self, run_context: Any, run_values: Any) -> None:
        """Stop if the function says so."""
        step = run_values.results
        if not self._timer.should_trigger_for_step(step):
            return
        self._timer.update_last_triggered_step(step)
        if self._should_stop():
            logger().info("Requesting early stopping at global step %d", step)
            run_context.session.run(self._stop)
            run_context.request_stop()


class _StopWithTheChiefHook(SessionRunHook):
    """Looks at the variable of the chief's hook."""

    def begin(self) -> None:
        """Find the variable."""
        with get_default_graph().as_default():
            self._stop = _stop_variable()

    def before_run(self, run_context: Any) -> SessionRunArgs:
        """Ask for it."""
        return SessionRunArgs(self._stop)

    def after_run(self, run_context: Any, run_values: Any) -> None:
        """Stop if the chief has."""
        if run_values.results:
            run_context.request_stop()
