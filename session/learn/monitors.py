"""`tf.contrib.learn.monitors`: what looks at training from step to step, as programs of 2016 write it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from ...ops.base.messages.logger import logger
from ...ops.families.state.global_step import get_global_step
from ...ops.library.checkpoint.management import latest_checkpoint
from ..training.hook import SessionRunArgs, SessionRunHook


class BaseMonitor:
    """Looks at training; a subclass overrides what it needs.

    `step_begin` returns the tensors (or their names) that it wants, `step_end` gets their values by name and returns
    whether training is to stop.
    """

    def __init__(self) -> None:
        self._estimator: Any = None

    def set_estimator(self, estimator: Any) -> None:
        """Take the estimator that is trained."""
        self._estimator = estimator

    def begin(self, max_steps: int | None = None) -> None:
        """Training begins."""

    def end(self, session: Any = None) -> None:
        """Training has ended."""

    def step_begin(self, step: int) -> list[Any]:
        """A step begins; return what is to be computed beside it."""
        return []

    def step_end(self, step: int, output: dict[str, Any]) -> bool:
        """A step has ended; return whether to stop."""
        return False

    def post_step(self, step: int, session: Any) -> None:
        """A step has ended, and its session is given."""


class EveryN(BaseMonitor):
    """Looks at every so many steps, and the first and last: a subclass has `every_n_step_begin` and its like.

    Args:
      every_n_steps: how many steps apart.
      first_n_steps: how many of the first are looked at, each.
    """

    def __init__(self, every_n_steps: int = 100, first_n_steps: int = 1) -> None:
        super().__init__()
        self._every, self._first = every_n_steps, first_n_steps
        self._begun: int | None = None
        self._last = 0
        self._active = False

    def step_begin(self, step: int) -> list[Any]:
        """Return what `every_n_step_begin` wants, in a step that is looked at."""
        if self._begun is None:
            self._begun = step
        self._active = step - self._begun < self._first or step >= self._last + self._every
        return self.every_n_step_begin(step) if self._active else []

    def step_end(self, step: int, output: dict[str, Any]) -> bool:
        """Return what `every_n_step_end` does, in a step that is looked at."""
        if not self._active:
            return False
        self._last = step
        return bool(self.every_n_step_end(step, output))

    def every_n_step_begin(self, step: int) -> list[Any]:
        """Return what is to be computed."""
        return []

    def every_n_step_end(self, step: int, outputs: dict[str, Any]) -> bool:
        """Return whether to stop."""
        return False


class PrintTensor(EveryN):
    """Logs values of tensors.

    Args:
      tensor_names: their names, or from tags to names.
      every_n, first_n: as of `EveryN`.
    """

    def __init__(self, tensor_names: Any, every_n: int = 100, first_n: int = 1) -> None:
        super().__init__(every_n, first_n)
        named = tensor_names if isinstance(tensor_names, dict) else {name: name for name in tensor_names}
        self._tags = {str(name): tag for tag, name in named.items()}

    def every_n_step_begin(self, step: int) -> list[Any]:
        """The tensors' names."""
        return list(self._tags)

    def every_n_step_end(self, step: int, outputs: dict[str, Any]) -> bool:
        """Log them."""
        values = ", ".join(f"{tag} = {outputs[name]}" for name, tag in self._tags.items())
        logger().info("Step %d: %s", step, values)
        return False


class StopAtStep(BaseMonitor):
    """Stops after so many steps, or at one. Args: num_steps, or last_step. Raises: ValueError for both or none."""

    def __init__(self, num_steps: int | None = None, last_step: int | None = None) -> None:
        super().__init__()
        if (num_steps is None) == (last_step is None):
            raise ValueError("Exactly one of num_steps and last_step must be specified.")
        self._count, self._last = num_steps, last_step

    def step_begin(self, step: int) -> list[Any]:
        """Find the last step."""
        if self._last is None and self._count is not None:
            self._last = step + self._count - 1
        return []

    def step_end(self, step: int, output: dict[str, Any]) -> bool:
        """Whether the last step is reached."""
        return self._last is not None and step >= self._last


class ValidationMonitor(EveryN):
    """Evaluates every new checkpoint, and stops when a metric gets no better.

    Args:
      x, y, input_fn, batch_size, eval_steps, metrics, hooks, name: of `Estimator.evaluate`.
      every_n_steps: how many steps apart; without a new checkpoint (`RunConfig(save_checkpoints_steps=...)`) nothing
        is evaluated.
      early_stopping_rounds: after how many steps without a better metric it stops; None for never.
      early_stopping_metric: the metric. early_stopping_metric_minimize: whether less is better.
      check_interval_secs: accepted.
    Raises: ValueError for neither x nor input_fn.
    """

    def __init__(
        self, x: Any = None, y: Any = None, input_fn: Callable[[], Any] | None = None, batch_size: int | None = None,
        eval_steps: int | None = None, every_n_steps: int = 100, metrics: Any = None, hooks: Any = None,
        early_stopping_rounds: int | None = None, early_stopping_metric: str = "loss",
        early_stopping_metric_minimize: bool = True, name: str | None = None, check_interval_secs: float | None = 5,
    ) -> None:  # fmt: skip
        super().__init__(every_n_steps, first_n_steps=-1)
        if x is None and input_fn is None:
            raise ValueError("Either x or input_fn should be provided.")
        self._given: dict[str, Any] = {
            "x": x, "y": y, "input_fn": input_fn, "batch_size": batch_size, "steps": eval_steps, "metrics": metrics,
            "hooks": hooks, "name": name,
        }  # fmt: skip
        self._rounds, self._metric = early_stopping_rounds, early_stopping_metric
        self._sign = 1 if early_stopping_metric_minimize else -1
        self._path: str | None = None
        self.early_stopped = False
        self.best_step: int | None = None
        self.best_value: Any = None
        self.best_metrics: Any = None

    def every_n_step_end(self, step: int, outputs: dict[str, Any]) -> bool:
        """Evaluate, and tell whether to stop."""
        path = latest_checkpoint(self._estimator.model_dir)
        if path is None or path == self._path:
            return False
        self._path = path
        found = self._estimator.evaluate(**self._given)
        logger().info("Validation (step %d): %s", step, ", ".join(f"{key} = {found[key]!s}" for key in sorted(found)))
        if self._rounds is None:
            return False
        if self._metric not in found:
            raise ValueError(f"Metric {self._metric} missing from outputs {sorted(found)}.")
        value = found[self._metric]
        if self.best_value is None or self._sign * value < self._sign * self.best_value:
            self.best_value, self.best_metrics, self.best_step = value, found, step
        elif self.best_step is not None and step - self.best_step >= self._rounds:
            logger().info("Stopping. Best step: %d with %s = %s.", self.best_step, self._metric, self.best_value)
            self.early_stopped = True
            return True
        return False


class RunHookAdapterForMonitors(SessionRunHook):
    """Monitors as a hook.

    Args:
      monitors: `BaseMonitor`s.
    """

    def __init__(self, monitors: Any) -> None:
        self._monitors = list(monitors)
        self._step: Any = None
        self._last = 0

    def begin(self) -> None:
        """Training begins."""
        self._step = get_global_step()
        for monitor in self._monitors:
            monitor.begin(max_steps=None)

    def after_create_session(self, session: Any, coord: Any) -> None:
        """Find the step training begins at."""
        self._last = int(np.asarray(session.run(self._step)))

    def before_run(self, run_context: Any) -> SessionRunArgs:
        """Ask each monitor what it wants."""
        graph = run_context.session.graph
        asked = (each for monitor in self._monitors for each in monitor.step_begin(self._last + 1))
        wanted = {str(getattr(each, "name", each)) for each in asked}
        return SessionRunArgs({"step": self._step, "wanted": {name: graph.as_graph_element(name) for name in wanted}})

    def after_run(self, run_context: Any, run_values: Any) -> None:
        """Give each monitor its values, and stop where one wants to."""
        self._last += 1
        stops = [monitor.step_end(self._last, run_values.results["wanted"]) for monitor in self._monitors]
        if any(stops):
            run_context.request_stop()
        for monitor in self._monitors:
            monitor.post_step(self._last, run_context.session)

    def end(self, session: Any) -> None:
        """Training has ended."""
        self._last = 0
        for monitor in self._monitors:
            monitor.end(session=session)


def replace_monitors_with_hooks(monitors_or_hooks: Any, estimator: Any) -> list[SessionRunHook]:
    """Return hooks: those given, and one of all monitors among them.

    Args:
      monitors_or_hooks: a list of both. estimator: what is trained.
    Raises: TypeError for something else.
    """
    given = list(monitors_or_hooks or ())
    for each in given:
        if not isinstance(each, (SessionRunHook, BaseMonitor)):
            raise TypeError(f"monitors are SessionRunHooks (tf.train.*Hook) or monitors, not {type(each).__name__}.")
    monitors = [each for each in given if isinstance(each, BaseMonitor)]
    for monitor in monitors:
        monitor.set_estimator(estimator)
    hooks = [each for each in given if isinstance(each, SessionRunHook)]
    return [*hooks, RunHookAdapterForMonitors(monitors)] if monitors else hooks
