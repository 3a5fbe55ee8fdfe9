"""`Experiment` and `learn_runner`: an estimator with its inputs, and how it is run."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from .estimator import Estimator

_SCHEDULES = ("evaluate", "train", "train_and_evaluate", "test")


class Experiment:
    """An estimator with what it is trained and evaluated on.

    Args:
      estimator: a `tf.contrib.learn.Estimator` or a `tf.estimator.Estimator`.
      train_input_fn, eval_input_fn: input functions.
      eval_metrics: metrics, by name, of the first kind of estimators.
      train_steps: up to which step it is trained; None: until the input ends.
      eval_steps: on how many batches it is evaluated; None: until the input ends.
      train_monitors, eval_hooks: SessionRunHooks.
      saving_listeners: of checkpoints, of the second kind of estimators.
      train_steps_per_iteration: after how many steps `train_and_evaluate` evaluates; default: at the end.
      export_strategies and others that clusters need: not built: None.
    Raises: NotImplementedError for an export strategy.
    """

    def __init__(
        self, estimator: Any, train_input_fn: Callable[[], Any], eval_input_fn: Callable[[], Any],
        eval_metrics: Any = None, train_steps: int | None = None, eval_steps: int | None = 100,
        train_monitors: Any = None, eval_hooks: Any = None, local_eval_frequency: int | None = None,
        eval_delay_secs: float = 120, continuous_eval_throttle_secs: float = 60, min_eval_frequency: int | None = None,
        delay_workers_by_global_step: bool = False, export_strategies: Any = None,
        train_steps_per_iteration: int | None = None, checkpoint_and_export: bool = False, saving_listeners: Any = None,
        check_interval_secs: float = 5,
    ) -> None:  # fmt: skip
        if export_strategies:
            raise NotImplementedError("Experiment(export_strategies=...) is not built: call export_savedmodel.")
        self.estimator, self._inputs, self._metrics = estimator, (train_input_fn, eval_input_fn), eval_metrics
        self._train_steps, self._eval_steps = train_steps, eval_steps
        self._monitors, self._hooks, self._listeners = list(train_monitors or []), eval_hooks, saving_listeners
        self._iteration = train_steps_per_iteration

    @property
    def train_steps(self) -> int | None:
        """Up to which step it is trained."""
        return self._train_steps

    @property
    def eval_steps(self) -> int | None:
        """On how many batches it is evaluated."""
        return self._eval_steps

    def extend_train_hooks(self, additional_hooks: Any) -> None:
        """Add hooks of the training."""
        self._monitors.extend(additional_hooks)

    def train(self, delay_secs: float | None = None) -> Any:
        """Train up to `train_steps`. Returns: the estimator."""
        return self._train(self._train_steps)

    def _train(self, max_steps: int | None) -> Any:
        if isinstance(self.estimator, Estimator):
            return self.estimator.fit(input_fn=self._inputs[0], max_steps=max_steps, monitors=self._monitors)
        return self.estimator.train(
            self._inputs[0], max_steps=max_steps, hooks=self._monitors, saving_listeners=self._listeners
        )

    def evaluate(self, delay_secs: float | None = None, name: str | None = None) -> dict[str, Any]:
        """Evaluate the newest checkpoint. Returns: the metrics by name."""
        return self._evaluate(self._eval_steps, name)

    def _evaluate(self, steps: int | None, name: str | None) -> dict[str, Any]:
        options: dict[str, Any] = {"input_fn": self._inputs[1], "steps": steps, "name": name, "hooks": self._hooks}
        if isinstance(self.estimator, Estimator):
            options["metrics"] = self._metrics
        found: dict[str, Any] = self.estimator.evaluate(**options)
        return found

    def train_and_evaluate(self) -> tuple[dict[str, Any], list[Any]]:
        """Train, and evaluate at the end, or after each iteration.

        Returns: the last metrics by name, and an empty list: nothing is exported.
        """
        if not self._iteration or not self._train_steps:
            self._train(self._train_steps)
            return self._evaluate(self._eval_steps, "one_pass"), []
        found: dict[str, Any] = {}
        for step in [*range(self._iteration, self._train_steps, self._iteration), self._train_steps]:
            self._train(step)
            found = self._evaluate(self._eval_steps, "one_pass")
        return found, []

    def test(self) -> tuple[dict[str, Any], list[Any]]:
        """Train and evaluate for one step, to see that it works."""
        self._train(1)
        return self._evaluate(1, "one_pass"), []


def run(
    experiment_fn: Callable[..., Experiment], output_dir: str | None = None, schedule: str | None = None,
    run_config: Any = None, hparams: Any = None,
) -> Any:  # fmt: skip
    """Make an experiment, and run it.

    Args:
      experiment_fn: of the folder; or, if there is a configuration, of that and the hyperparameters.
      output_dir: the folder.
      schedule: the method of the experiment; default: `train_and_evaluate`.
      run_config: a configuration, whose `model_dir` is the folder.
      hparams: hyperparameters.
    Returns: what the method gives.
    Raises: ValueError without a folder or for an unknown method, TypeError if the function makes no experiment.
    """
    if output_dir is not None and run_config is not None:
        raise ValueError("Cannot provide both `output_dir` and `run_config`")
    if not output_dir and not run_config:
        raise ValueError("Must set value for `output_dir` or `run_config`")
    if run_config is not None and not run_config.model_dir:
        raise ValueError("Must specify a model directory `model_dir` in `run_config`.")
    made = experiment_fn(output_dir) if run_config is None else experiment_fn(run_config, hparams)
    if not isinstance(made, Experiment):
        raise TypeError(f"Experiment builder did not return an Experiment instance, got {type(made)} instead.")
    chosen = schedule or "train_and_evaluate"
    if chosen not in _SCHEDULES:
        raise ValueError(f"Schedule references non-existent task {chosen}: there are {', '.join(_SCHEDULES)}.")
    return getattr(made, chosen)()
