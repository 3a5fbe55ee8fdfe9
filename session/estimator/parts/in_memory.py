"""Evaluation of a model while it is trained, without a checkpoint: variables go from one session to the other."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from ....ops.base.messages.logger import logger
from ....ops.building.basic_ops import placeholder
from ....ops.building.default_graph import get_default_graph
from ....ops.families.state.global_step import get_global_step
from ....ops.families.state.variable_lists import global_variables
from ....ops.library.training.mode_keys import ModeKeys
from ...training.hook import SessionRunHook
from ...training.hooks import SecondOrStepTimer
from ...training.monitored_session import Scaffold
from .. import loops


class InMemoryEvaluatorHook(SessionRunHook):
    """Evaluates an estimator's model at the begin, every so many steps of its training, and at the end.

    The variables of the model for evaluation have the values of those of the same names that are trained; others are
    initialized. For a training in one process.

    Args:
      estimator: whose model is evaluated; the hook is for its `train`.
      input_fn: as for `Estimator.evaluate`.
      steps: how many batches an evaluation has; default: until the input ends.
      hooks: SessionRunHooks of the evaluations.
      name: a name for the folder of summaries, where several sets of data are evaluated.
      every_n_iter: after how many steps of the training.
    Raises: ValueError for numbers that are not greater than zero, and for an estimator of several processes.
    """

    def __init__(
        self, estimator: Any, input_fn: Callable[..., Any], steps: int | None = None,
        hooks: Sequence[SessionRunHook] | None = None, name: str | None = None, every_n_iter: int = 100,
    ) -> None:  # fmt: skip
        if every_n_iter is None or every_n_iter <= 0:
            raise ValueError(f"invalid every_n_iter={every_n_iter}.")
        if steps is not None and steps <= 0:
            raise ValueError(f"Must specify steps > 0, given: {steps}")
        if estimator.config.num_ps_replicas > 0 or estimator.config.num_worker_replicas > 1:
            raise ValueError("InMemoryEvaluatorHook supports only single machine (aka Local) setting.")
        self._estimator = estimator
        self._input_fn = input_fn
        self._steps = steps
        self._name = name
        self._given = list(hooks or [])
        self._timer = SecondOrStepTimer(every_steps=every_n_iter)

    def begin(self) -> None:
        """Build the model for evaluation in a graph of its own."""
        self._step = get_global_step()
        if self._step is None:
            raise RuntimeError("Global step should be created to use InMemoryEvaluatorHook.")
        self._trained = {variable.op.name: variable for variable in global_variables()}
        estimator = self._estimator
        with estimator._graph() as graph:
            self._graph = graph
            step = estimator._create_and_assert_global_step(graph)
            features, labels, more = estimator._input(self._input_fn, ModeKeys.EVAL)
            spec = estimator._call_model_fn(features, labels, ModeKeys.EVAL, estimator.config)
            self._update, self._values, own = loops.evaluation(spec, self._steps, step)
            self._hooks = [*self._given, *own, *more]
            self._setters = {}
            for variable in global_variables():
                name = variable.op.name
                if name in self._trained:
                    value = placeholder(variable.dtype.base_dtype, variable.shape)
                    self._setters[name] = (value, variable.assign(value).op)
            scaffold = Scaffold(init_fn=self._take_over, copy_from_scaffold=spec.scaffold)
            self._spec = spec._replace(scaffold=scaffold)

    def _take_over(self, scaffold: Any, session: Any) -> None:
        feeds = {value: self._current[name] for name, (value, _) in self._setters.items()}
        session.run([setter for _, setter in self._setters.values()], feeds)

    def _evaluate(self, session: Any) -> None:
        step, self._current = session.run((self._step, {name: self._trained[name] for name in self._setters}))
        self._timer.update_last_triggered_step(step)
        with self._graph.as_default():
            get_default_graph()._unsafe_unfinalize()  # the hooks begin anew
            results = loops.evaluate(self._spec, self._update, self._values, self._hooks, None, self._estimator.config)
            loops.write_evaluation(self._estimator.eval_dir(self._name), results, None)

    def after_create_session(self, session: Any, coord: Any) -> None:
        """Evaluate what was initialized or restored; a session that is made anew is not evaluated again."""
        if self._timer.last_triggered_step() is None:
            self._evaluate(session)

    def after_run(self, run_context: Any, run_values: Any) -> None:
        """Evaluate after so many steps."""
        if self._timer.should_trigger_for_step(run_context.session.run(self._step)):
            self._evaluate(run_context.session)

    def end(self, session: Any) -> None:
        """Evaluate what was trained."""
        logger().info("Evaluating the trained model.")
        self._evaluate(session)
