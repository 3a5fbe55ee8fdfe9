"""`contrib.tpu`'s estimators where they are Estimators: programs with `use_tpu=False` train on the CPU."""

from __future__ import annotations

import copy
from collections.abc import Callable
from typing import Any, NamedTuple

from ...ops.base.messages.logger import logger
from ...ops.families.state.global_step import create_global_step
from ...ops.families.state.variable_scope import get_variable_scope, variable_scope
from ...ops.library.training.mode_keys import ModeKeys
from ...ops.library.training.optimizer import Optimizer
from . import run_config
from .arguments import arguments_of
from .estimator import Estimator
from .specs import EstimatorSpec


class InputPipelineConfig:
    """How input functions are called for TPUs; on the CPU they are called once."""

    PER_SHARD_V1 = 1
    PER_HOST_V1 = 2
    PER_HOST_V2 = 3
    BROADCAST = 4
    SLICED = 5


class TPUConfig(NamedTuple):
    """How TPUs are used; on the CPU nothing of it is."""

    iterations_per_loop: int = 2
    num_shards: int | None = None
    num_cores_per_replica: int | None = None
    per_host_input_for_training: Any = True
    tpu_job_name: str | None = None
    initial_infeed_sleep_secs: Any = None
    input_partition_dims: Any = None
    eval_training_input_configuration: Any = InputPipelineConfig.PER_HOST_V1
    experimental_host_call_every_n_steps: int = 1


class RunConfig(run_config.RunConfig):
    """A RunConfig with a TPUConfig.

    Args:
      tpu_config: a TPUConfig. evaluation_master, master, cluster: of TPUs; accepted without them.
      kwargs: see `RunConfig`.
    """

    def __init__(
        self, tpu_config: Any = None, evaluation_master: Any = None, master: Any = None, cluster: Any = None,
        **kwargs: Any,
    ) -> None:  # fmt: skip
        super().__init__(**kwargs)
        self.tpu_config = tpu_config or TPUConfig()
        self.cluster = cluster


class _Fields(NamedTuple):
    mode: str
    predictions: Any = None
    loss: Any = None
    train_op: Any = None
    eval_metrics: Any = None
    export_outputs: Any = None
    scaffold_fn: Any = None
    host_call: Any = None
    training_hooks: Any = None
    evaluation_hooks: Any = None
    prediction_hooks: Any = None


class TPUEstimatorSpec(_Fields):
    """What a model function returns: like an EstimatorSpec.

    Args:
      eval_metrics: a pair of a function and its arguments, tensors in a list or dictionary: it returns the metrics.
      scaffold_fn: a function that returns a Scaffold. host_call: like `eval_metrics`, run while training.
      The others are those of `EstimatorSpec`.
    """

    __slots__ = ()

    def as_estimator_spec(self) -> EstimatorSpec:
        """Return the EstimatorSpec that says the same."""
        metrics = _called(self.eval_metrics) if self.eval_metrics is not None else None
        if self.host_call is not None and self.mode == ModeKeys.TRAIN:
            _called(self.host_call)
        return EstimatorSpec(
            self.mode, predictions=self.predictions, loss=self.loss, train_op=self.train_op, eval_metric_ops=metrics,
            export_outputs=self.export_outputs, scaffold=self.scaffold_fn() if self.scaffold_fn else None,
            training_hooks=self.training_hooks, evaluation_hooks=self.evaluation_hooks,
            prediction_hooks=self.prediction_hooks,
        )  # fmt: skip


def _called(pair: tuple[Callable[..., Any], Any]) -> Any:
    function, tensors = pair
    return function(**tensors) if isinstance(tensors, dict) else function(*tensors)


class TPUEstimator(Estimator):
    """An Estimator whose functions get `params["batch_size"]`.

    Args:
      model_fn: may return a TPUEstimatorSpec. use_tpu: has to be False.
      train_batch_size, eval_batch_size, predict_batch_size: the sizes.
      batch_axis, eval_on_tpu, export_to_tpu, export_to_cpu, ...: accepted.
      The others are those of `Estimator`.
    Raises: NotImplementedError with `use_tpu`, ValueError if `params` has a `batch_size` of its own.
    """

    def __init__(
        self, model_fn: Any = None, model_dir: Any = None, config: Any = None, params: Any = None, use_tpu: bool = True,
        train_batch_size: int | None = None, eval_batch_size: int | None = None, predict_batch_size: int | None = None,
        batch_axis: Any = None, eval_on_tpu: bool = True, export_to_tpu: bool = True, export_to_cpu: bool = True,
        warm_start_from: Any = None, **kwargs: Any,
    ) -> None:  # fmt: skip
        if use_tpu:
            raise NotImplementedError("There are no TPUs here: use_tpu=False trains on the CPU.")
        if params is not None and "batch_size" in params:
            raise ValueError("batch_size are reserved keys by TPUEstimator. params has them.")
        self._sizes = {
            ModeKeys.TRAIN: train_batch_size, ModeKeys.EVAL: eval_batch_size, ModeKeys.PREDICT: predict_batch_size,
        }  # fmt: skip
        self._of_user = model_fn
        names = arguments_of(model_fn)

        def as_estimator(features: Any, labels: Any, mode: str, params: Any, config: Any) -> EstimatorSpec:
            logger().info("Running %s on CPU", mode)
            given = {"labels": labels, "mode": mode, "params": self._with_size(params, mode), "config": config}
            spec = model_fn(features=features, **{name: value for name, value in given.items() if name in names})
            return spec.as_estimator_spec() if isinstance(spec, TPUEstimatorSpec) else spec

        super().__init__(as_estimator, model_dir, config, {} if params is None else params, warm_start_from)
        logger().info("_TPUContext: eval_on_tpu %s", eval_on_tpu)
        if eval_on_tpu:
            logger().warning("eval_on_tpu ignored because use_tpu is False.")

    def _create_and_assert_global_step(self, graph: Any) -> Any:
        """Return the graph's new global step, here a resource variable. Raises: ValueError if it has one."""
        with graph.as_default(), variable_scope(get_variable_scope(), use_resource=True):
            return create_global_step(graph)

    def _with_size(self, params: Any, mode: str) -> Any:
        size = self._sizes.get(mode)
        found = copy.copy(params)
        if size is not None:
            if hasattr(found, "add_hparam"):
                found.add_hparam("batch_size", size)
            else:
                found["batch_size"] = size
        return found

    def _call_input(self, input_fn: Any, mode: str) -> Any:
        from .arguments import call_input_fn

        return call_input_fn(input_fn, mode, self._with_size(self.params, mode), self.config)


class CrossShardOptimizer(Optimizer):
    """An optimizer as it is: there is one shard.

    Args:
      opt: the optimizer. reduction, name, group_assignment: accepted.
    """

    def __init__(
        self, opt: Any, reduction: Any = None, name: str = "CrossShardOptimizer", group_assignment: Any = None
    ) -> None:
        super().__init__(False, name)
        self._opt = opt

    def compute_gradients(self, *args: Any, **kwargs: Any) -> Any:
        """See `Optimizer.compute_gradients`."""
        return self._opt.compute_gradients(*args, **kwargs)

    def apply_gradients(self, grads_and_vars: Any, global_step: Any = None, name: str | None = None) -> Any:
        """See `Optimizer.apply_gradients`."""
        return self._opt.apply_gradients(grads_and_vars, global_step, name)

    def get_slot(self, var: Any, name: str) -> Any:
        """The variable kept beside another one."""
        return self._opt.get_slot(var, name)

    def get_slot_names(self) -> Any:
        """The names of the variables kept."""
        return self._opt.get_slot_names()

    def variables(self) -> Any:
        """The variables of the optimizer."""
        return self._opt.variables()
