"""What model functions return, and what `train_and_evaluate` takes."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

from ...ops.building.convert import convert_to_tensor
from ...ops.building.default_graph import get_default_graph
from ...ops.families.arrays.reshaping import reshape
from ...ops.graph.node import Tensor
from ...ops.graph.operation import Operation
from ...ops.library.training.mode_keys import ModeKeys
from ..training.hook import SessionRunHook
from ..training.monitored_session import Scaffold
from .exporters import Exporter
from .outputs import ExportOutput, PredictOutput, with_default_signature


class _Fields(NamedTuple):
    mode: str
    predictions: Any
    loss: Any
    train_op: Any
    eval_metric_ops: dict[str, Any]
    export_outputs: Any
    training_chief_hooks: tuple[Any, ...]
    training_hooks: tuple[Any, ...]
    scaffold: Any
    evaluation_hooks: tuple[Any, ...]
    prediction_hooks: tuple[Any, ...]


class EstimatorSpec(_Fields):
    """What a model function returns.

    Args:
      mode: a ModeKeys.
      predictions: a tensor, or a dictionary of tensors.
      loss: a scalar tensor; needed to train and to evaluate.
      train_op: an operation; needed to train.
      eval_metric_ops: from names to pairs of a value tensor and an update operation, or Metrics of keras.
      export_outputs: from names of signatures to ExportOutputs.
      training_chief_hooks, training_hooks, evaluation_hooks, prediction_hooks: SessionRunHooks.
      scaffold: a Scaffold.
    Raises: ValueError for what is missing, TypeError for what is of a wrong type.
    """

    __slots__ = ()

    def __new__(
        cls, mode: str, predictions: Any = None, loss: Any = None, train_op: Any = None, eval_metric_ops: Any = None,
        export_outputs: Any = None, training_chief_hooks: Any = None, training_hooks: Any = None, scaffold: Any = None,
        evaluation_hooks: Any = None, prediction_hooks: Any = None,
    ) -> EstimatorSpec:  # fmt: skip
        train_op = _checked_train_op(train_op, mode)
        loss = _checked_loss(loss, mode)
        predictions = _checked_predictions(predictions, mode)
        export_outputs = _checked_outputs(export_outputs, predictions, mode)
        metrics = _checked_metrics(eval_metric_ops)
        hooks = [
            _checked_hooks(found)
            for found in (training_chief_hooks, training_hooks, evaluation_hooks, prediction_hooks)
        ]
        scaffold = scaffold or Scaffold()
        if not isinstance(scaffold, Scaffold):
            raise TypeError(f"scaffold must be tf.train.Scaffold. Given: {scaffold}")
        return super().__new__(
            cls, mode, predictions, loss, train_op, metrics, export_outputs, hooks[0], hooks[1], scaffold, hooks[2],
            hooks[3],
        )  # fmt: skip

    def _replace(self, **kwargs: Any) -> EstimatorSpec:
        """Return a copy with other values; the mode stays."""
        if "mode" in kwargs and kwargs["mode"] != self.mode:
            raise ValueError("mode of EstimatorSpec cannot be changed.")
        return EstimatorSpec(**{**self._asdict(), **kwargs})


def _checked_train_op(train_op: Any, mode: str) -> Any:
    if train_op is None:
        if mode == ModeKeys.TRAIN:
            raise ValueError("Missing train_op.")
        return None
    if not isinstance(train_op, Operation) and not _is_tensor(train_op):
        raise TypeError(f"train_op must be Operation or Tensor, given: {train_op}")
    return _in_graph(train_op, "train_op")


def _checked_loss(loss: Any, mode: str) -> Any:
    if loss is None:
        if mode in (ModeKeys.TRAIN, ModeKeys.EVAL):
            raise ValueError("Missing loss.")
        return None
    loss = _in_graph(loss, "loss")
    if not isinstance(loss, Tensor):
        loss = convert_to_tensor(loss)
    extents = loss._extents
    if extents is not None and extents not in ((), (1,), [], [1]):
        raise ValueError(f"Loss must be scalar, given: {loss}")
    return loss if extents in ((), []) else reshape(loss, [])


def _checked_predictions(predictions: Any, mode: str) -> Any:
    if predictions is None:
        if mode == ModeKeys.PREDICT:
            raise ValueError("Missing predictions.")
        return {}
    if isinstance(predictions, Mapping):
        return {key: _tensor(value, f"predictions[{key}]") for key, value in predictions.items()}
    return _tensor(predictions, "predictions")


def _checked_outputs(outputs: Any, predictions: Any, mode: str) -> Any:
    if outputs is None:
        outputs = {"serving_default": PredictOutput(predictions)} if mode == ModeKeys.PREDICT else {}
    if not isinstance(outputs, Mapping):
        raise TypeError(f"export_outputs must be dict, given: {outputs}")
    for value in outputs.values():
        if not isinstance(value, ExportOutput):
            raise TypeError(f"Values in export_outputs must be ExportOutput objects. Given: {outputs}")
    return with_default_signature(dict(outputs)) if mode == ModeKeys.PREDICT else dict(outputs)


def _checked_metrics(metrics: Any) -> dict[str, Any]:
    if metrics is None:
        return {}
    if not isinstance(metrics, Mapping):
        raise TypeError(f"eval_metric_ops must be a dict, given: {metrics}")
    found = {}
    for key, value in metrics.items():
        if hasattr(value, "result") and hasattr(value, "update_state"):  # a Metric of keras
            if not value.updates:
                raise ValueError(f'Please call update_state(...) on the "{value.name}" metric')
            value = (value.result(), value.updates[-1])
        if not isinstance(value, tuple) or len(value) != 2:
            raise TypeError(
                f"Values of eval_metric_ops must be (metric_value, update_op) tuples, given: {value} for key: {key}"
            )
        for item in value:
            _in_graph(item, f"eval_metric_ops[{key}]")
        found[key] = value
    return found


def _checked_hooks(hooks: Any) -> tuple[Any, ...]:
    found: tuple[Any, ...] = tuple(hooks or ())
    for hook in found:
        if not isinstance(hook, SessionRunHook):
            raise TypeError(f"All hooks must be SessionRunHook instances, given: {hook}")
    return found


def _is_tensor(item: Any) -> bool:
    return isinstance(item, Tensor) or hasattr(item, "_as_graph_element") or hasattr(item, "dense_shape")


def _tensor(item: Any, what: str) -> Any:
    if not _is_tensor(item):
        raise TypeError(f"{what} must be Tensor, given: {item}")
    return _in_graph(item, what)


def _in_graph(item: Any, what: str) -> Any:
    """Raises: ValueError for what belongs to another graph."""
    if getattr(item, "graph", None) not in (None, get_default_graph()):
        raise ValueError(
            f"{what} must be from the default graph. Possible causes of this error include: variables or tensors were "
            f"created outside of the model function: {item}"
        )
    return item


class _TrainFields(NamedTuple):
    input_fn: Any
    max_steps: int | None
    hooks: tuple[Any, ...]
    saving_listeners: tuple[Any, ...]


class TrainSpec(_TrainFields):
    """What `train_and_evaluate` trains with.

    Args:
      input_fn: see `Estimator.train`.
      max_steps: the step at which training ends; None: when the input does.
      hooks, saving_listeners: see `Estimator.train`.
    Raises: ValueError for a number of steps that is none, TypeError for hooks that are none.
    """

    __slots__ = ()

    def __new__(
        cls, input_fn: Any, max_steps: int | None = None, hooks: Any = None, saving_listeners: Any = None
    ) -> TrainSpec:
        _check_function(input_fn)
        if max_steps is not None and max_steps <= 0:
            raise ValueError(f"Must specify max_steps > 0, given: {max_steps}")
        return super().__new__(cls, input_fn, max_steps, _checked_hooks(hooks), tuple(saving_listeners or ()))


class _EvalFields(NamedTuple):
    input_fn: Any
    steps: int | None
    name: str | None
    hooks: tuple[Any, ...]
    exporters: tuple[Any, ...]
    start_delay_secs: float
    throttle_secs: float


class EvalSpec(_EvalFields):
    """What `train_and_evaluate` evaluates with.

    Args:
      input_fn, steps, name, hooks: see `Estimator.evaluate`; 100 steps by default.
      exporters: one or several Exporters, which export the model after an evaluation.
      start_delay_secs: accepted; how long a separate evaluator waits at first.
      throttle_secs: how many seconds are between evaluations at the least.
    Raises: ValueError for numbers that cannot be, TypeError for hooks and exporters that are none.
    """

    __slots__ = ()

    def __new__(
        cls, input_fn: Any, steps: int | None = 100, name: str | None = None, hooks: Any = None, exporters: Any = None,
        start_delay_secs: float = 120, throttle_secs: float = 600,
    ) -> EvalSpec:  # fmt: skip
        _check_function(input_fn)
        if steps is not None and steps <= 0:
            raise ValueError(f"Must specify steps > 0, given: {steps}")
        if name is not None and not isinstance(name, str):
            raise TypeError(f"`name` must be string, given: {name}")
        if start_delay_secs < 0:
            raise ValueError(f"Must specify start_delay_secs >= 0, given: {start_delay_secs}")
        if throttle_secs < 0:
            raise ValueError(f"Must specify throttle_secs >= 0, given: {throttle_secs}")
        return super().__new__(
            cls, input_fn, steps, name, _checked_hooks(hooks), _checked_exporters(exporters), start_delay_secs,
            throttle_secs,
        )  # fmt: skip


def _check_function(input_fn: Any) -> None:
    if not callable(input_fn):
        raise TypeError(f"`input_fn` must be callable, given: {input_fn}")


def _checked_exporters(exporters: Any) -> tuple[Any, ...]:
    found = () if exporters is None else tuple(exporters) if isinstance(exporters, (list, tuple)) else (exporters,)
    names = set()
    for exporter in found:
        if not isinstance(exporter, Exporter):
            raise TypeError(f"`exporters` must be a list of tf.estimator.Exporter, given: {exporter}")
        if not exporter.name:
            raise ValueError(f"An Exporter cannot have a name that is `None` or empty. Given: {exporter}")
        if exporter.name in names:
            raise ValueError(f"`exporters` must have unique names. Such a name cannot be used twice: {exporter.name}")
        names.add(exporter.name)
    return found
