"""What `compile` builds: targets, metrics, the loss; and the steps that run them in a session."""

from __future__ import annotations

import weakref
from collections.abc import Mapping
from typing import Any

import numpy as np

from ....ops.types import dtypes
from .. import state
from ..functions import losses as loss_functions
from ..functions import metric_names
from ..functions import metrics as metric_functions
from ..operations import cast, convert_to_tensor, group, name_scope, placeholder
from ..session_of import get_session
from . import weights as of_weights
from .files import checkpoints


class Compiled:
    """The training of a model.

    Args:
      model: the model, whose inputs and outputs are there.
      optimizer: an optimizer; loss, metrics, loss_weights, weighted_metrics: as given to `compile`.
      target_tensors: tensors to take instead of placeholders for the targets.
      sample_weight_mode: whether weights are of steps, "temporal", or of examples.
    """

    def __init__(
        self, model: Any, optimizer: Any, loss: Any, metrics: Any, loss_weights: Any, weighted_metrics: Any,
        target_tensors: Any = None, sample_weight_mode: Any = None,
    ) -> None:  # fmt: skip
        self.model, self.optimizer = model, optimizer
        names = model.output_names
        self._losses = [_loss_of(item) for item in _per_output(loss, names, "loss")]
        self._loss_weights = [1.0 if w is None else w for w in _per_output(loss_weights, names, "loss_weights")]
        self._steps: weakref.WeakKeyDictionary[Any, dict[str, Any]] = weakref.WeakKeyDictionary()
        self.has_weights = False
        self._weights: dict[int, Any] = {}  # by the number of the output
        self._modes = of_weights.modes(sample_weight_mode, names)
        self._weighted: list[tuple[int, int]] = []  # places among the metrics, and outputs, of those with weights
        with model.outputs[0].graph.as_default():
            self.targets = self._make_targets(target_tensors)
            self.metrics: list[Any] = []
            self.metric_names: list[str] = []
            self.metric_results: list[Any] = []
            with name_scope("metrics"):
                self._add_metrics(_metrics_per_output(metrics, names), False)
                self._add_metrics(_metrics_per_output(weighted_metrics, names), True)
                for metric in model.metrics_of_layers():
                    self.metrics.append(metric)
                    self.metric_names.append(metric.name)
                    self.metric_results.append(metric.result() if metric.current is None else metric.current)
            self._build_loss()

    # Targets.

    def _make_targets(self, given: Any) -> list[Any]:
        names = self.model.output_names
        tensors = _per_output(given, names, "target_tensors") if given is not None else [None] * len(names)
        found: list[Any] = []
        for name, output, loss, tensor in zip(names, self.model.outputs, self._losses, tensors):
            if loss is None:
                found.append(None)
            elif tensor is not None:
                found.append(convert_to_tensor(tensor))
            else:
                shape = self.target_shape(output, loss)
                made = placeholder(dtypes.as_dtype(output.dtype.base_dtype), shape, name=f"{name}_target")
                found.append(made)
        self.fed_targets = [tensor for tensor, outside in zip(found, tensors) if tensor is not None and outside is None]
        fed = [any(tensor is fed for fed in self.fed_targets) for tensor in found]
        self.fed_names = [name for name, is_fed in zip(names, fed) if is_fed]
        self.fed_modes = [mode for mode, is_fed in zip(self._modes, fed) if is_fed]
        return found

    def target_shape(self, output: Any, loss: Any) -> list[Any] | None:
        """The shape of the targets of an output: its own, with another last extent for numbers of classes."""
        rank = output.shape.ndims
        if rank is None:
            return None
        if _is_sparse(loss) or not _is_ours(loss):
            return [None] * rank
        return [None, *output.shape.as_list()[1:]]

    def fed_shapes(self) -> list[Any]:
        """What targets are checked against."""
        shapes: list[Any] = []
        for target, output, loss in zip(self.targets, self.model.outputs, self._losses):
            if target is None or not any(target is fed for fed in self.fed_targets):
                continue
            if not _is_ours(loss):
                shapes.append(None)
            elif _is_sparse(loss):
                shapes.append([None, *output.shape.as_list()[1:-1], 1])
            else:
                shapes.append([None, *output.shape.as_list()[1:]])
        return shapes

    # Metrics.

    def _add_metrics(self, per_output: list[list[Any]], are_weighted: bool) -> None:
        several = len(self.model.outputs) > 1
        taken = self._loss_names()
        for number, wanted in enumerate(per_output):
            if self.targets[number] is None:
                continue
            for name, metric in self._named(wanted, number, "weighted_" if are_weighted else "").items():
                if several:
                    name = f"{self.model.output_names[number]}_{name}"
                base, copies = name, 1
                while name in taken or name in self.metric_names:
                    name, copies = f"{base}_{copies}", copies + 1
                if are_weighted:
                    self._weighted.append((len(self.metrics), number))
                self.metrics.append(metric)
                self.metric_names.append(name)
                self.metric_results.append(self._result(metric, name, number, None))

    def _named(self, wanted: list[Any], number: int, prefix: str) -> dict[str, Any]:
        """The metrics of an output by their names, of two with one name the last."""
        found = {}
        for item in wanted:
            with name_scope(None):
                metric, name = self._metric(item, number)
            found[prefix + name] = metric
        return found

    def _result(self, metric: Any, name: str, number: int, weight: Any) -> Any:
        """The value of a metric with a batch: what the output's mask leaves out does not count."""
        output = self.model.outputs[number]
        mask = getattr(output, "_keras_mask", None)
        with name_scope(name):
            if mask is not None:
                kept = cast(mask, output.dtype)
                weight = kept if weight is None else _masked(kept, weight)
            more = {} if weight is None else {"sample_weight": weight}
            return metric(self.targets[number], output, **more)

    def _metric(self, item: Any, number: int) -> tuple[Any, str]:
        """A metric and its name; `accuracy` is chosen by the output's shape and the loss."""
        output, loss = self.model.outputs[number], self._losses[number]
        if isinstance(item, metric_functions.Metric):
            return item, item.name
        if isinstance(item, str) and item in ("accuracy", "acc", "crossentropy", "ce"):
            kind = "accuracy" if item in ("accuracy", "acc") else "crossentropy"
            name = "acc" if kind == "accuracy" else "crossentropy"
            return metric_functions.MeanMetricWrapper(_by_shape(kind, output, loss), name=name), name
        found = metric_names.get(item)
        if isinstance(found, type):
            found = found()
        if isinstance(found, metric_functions.Metric):
            return found, found.name
        name = found.__name__
        return metric_functions.MeanMetricWrapper(found, name=name), name

    def reset_metrics(self) -> None:
        """Begin the metrics anew."""
        from ..session_of import batch_set_value

        pairs = [(v, np.zeros(v.shape.as_list())) for metric in self.metrics for v in metric.variables]
        batch_set_value(pairs)

    # The loss.

    def _build_loss(self) -> None:
        model = self.model
        self.output_losses: list[Any] = []
        total: Any = None
        with name_scope("loss"):
            for number, (name, target, output, loss, factor) in enumerate(
                zip(model.output_names, self.targets, model.outputs, self._losses, self._loss_weights)
            ):
                if loss is None:
                    continue
                weight = self._weights.get(number)
                with name_scope(f"{name}_loss"):
                    mask = getattr(output, "_keras_mask", None)
                    if mask is not None:
                        kept = cast(mask, output.dtype)
                        weight = kept if weight is None else _masked(kept, weight)
                    losses = loss.call(target, output)
                    how = "sum_over_batch_size" if loss.reduction == "auto" else loss.reduction
                    value = loss_functions.reduced(losses, weight, how)
                self.output_losses.append(value)
                scaled = factor * value
                total = scaled if total is None else total + scaled
            more = model.losses
            for item in more:
                total = item if total is None else total + item
        if total is None:
            raise ValueError("The model cannot be compiled because it has no loss to optimize.")
        self.total_loss = total

    def use_weights(self) -> None:
        """Have the loss take weights of examples, which are fed from now on."""
        if self.has_weights:
            return
        self.has_weights = True
        self._steps.clear()
        dtype = dtypes.as_dtype(state.floatx())
        with self.model.outputs[0].graph.as_default():
            made = {
                number: placeholder(
                    dtype, [None, None] if mode == of_weights.TEMPORAL else [None], name=f"{name}_sample_weights"
                )
                for number, (name, mode) in enumerate(zip(self.model.output_names, self._modes))
                if name in self.fed_names
            }
            self._weights = made
            with name_scope("metrics"):
                for place, number in self._weighted:
                    metric, name = self.metrics[place], self.metric_names[place]
                    self.metric_results[place] = self._result(metric, name, number, made.get(number))
            self._build_loss()

    @property
    def weights(self) -> list[Any]:
        """The placeholders of weights, once there are any."""
        return list(self._weights.values())

    @property
    def names(self) -> list[str]:
        """The names of what a step gives: the loss, those of outputs if there are several, the metrics."""
        return [*self._loss_names(), *self.metric_names]

    def _loss_names(self) -> list[str]:
        outputs = [f"{name}_loss" for name, loss in zip(self.model.output_names, self._losses) if loss is not None]
        return ["loss", *(outputs if len(outputs) > 1 else [])]

    # Steps.

    def step(self, kind: str) -> Any:
        """A function of inputs, targets and weights that runs a step.

        Args:
          kind: `train`, `test` or `predict`.
        Returns: a function that returns a list of numbers, or of arrays for `predict`.
        """
        session = get_session()
        steps = self._steps.setdefault(session, {})
        if kind not in steps:
            with self.model.outputs[0].graph.as_default():
                fetches, updates = self._parts(kind)
                session = get_session()  # which initializes what an optimizer has made
                checkpoints.go_on(self.model)
            feeds = list(self.model.fed_inputs)
            if kind != "predict":
                feeds += [*self.fed_targets, *self.weights]
            steps[kind] = Step(session, fetches, updates, feeds, kind == "train")
        return steps[kind]

    def _parts(self, kind: str) -> tuple[list[Any], list[Any]]:
        model = self.model
        if kind == "predict":
            return list(model.outputs), model.state_updates
        losses = self.output_losses if len(self.output_losses) > 1 else []
        fetches = [self.total_loss, *losses, *self.metric_results]
        if kind == "test":
            return fetches, model.state_updates
        params = model.trainable_weights
        if not params:
            return fetches, model.updates
        with name_scope("training"):
            updates = list(self.optimizer.get_updates(self.total_loss, params))
        return fetches, [*updates, *model.updates]


class Step:
    """A prepared step of a session."""

    def __init__(self, session: Any, fetches: list[Any], updates: list[Any], feeds: list[Any], trains: bool) -> None:
        graph = session.graph
        self._count = len(fetches)
        with graph.as_default():
            phase = state.symbolic_learning_phase()
            done = [group(*updates)] if updates else []
        self._phase = [] if phase is None else [np.bool_(trains)]
        self._kinds = [feed.dtype.as_numpy_dtype for feed in feeds]
        self._call = session.make_callable([*fetches, *done], feed_list=[*feeds, *([] if phase is None else [phase])])

    def __call__(self, arrays: list[Any]) -> list[Any]:
        values = [
            array if not isinstance(array, np.ndarray) else np.asarray(array, kind)
            for array, kind in zip(arrays, self._kinds)
        ]
        found: list[Any] = self._call(*values, *self._phase)[: self._count]
        return found


def _masked(mask: Any, weight: Any) -> Any:
    from ..operations import expand_dims

    return mask * (expand_dims(weight, -1) if weight.shape.ndims < mask.shape.ndims else weight)


def _loss_of(item: Any) -> Any:
    if item is None:
        return None
    found = loss_functions.get(item)
    if isinstance(found, type):
        found = found()
    if isinstance(found, loss_functions.Loss):
        return found
    return loss_functions.LossFunctionWrapper(found, name=getattr(found, "__name__", None))


def _function_of(loss: Any) -> Any:
    return getattr(loss, "fn", None)


def _is_sparse(loss: Any) -> bool:
    return _function_of(loss) is loss_functions.sparse_categorical_crossentropy


def _is_ours(loss: Any) -> bool:
    """Whether a loss compares targets and outputs of one shape, as those of Keras do."""
    return getattr(_function_of(loss), "__module__", None) == loss_functions.__name__


def _by_shape(kind: str, output: Any, loss: Any) -> Any:
    """The accuracy, or the cross entropy, that fits an output and its loss."""
    function = _function_of(loss)
    if output.shape.ndims and output.shape.as_list()[-1] == 1 or function is loss_functions.binary_crossentropy:
        return metric_functions.binary_accuracy if kind == "accuracy" else loss_functions.binary_crossentropy
    if function is loss_functions.sparse_categorical_crossentropy:
        if kind == "accuracy":
            return metric_functions.sparse_categorical_accuracy
        return loss_functions.sparse_categorical_crossentropy
    return metric_functions.categorical_accuracy if kind == "accuracy" else loss_functions.categorical_crossentropy


def _per_output(given: Any, names: list[str], what: str) -> list[Any]:
    """One item for each output. Raises: ValueError for other numbers or names."""
    if isinstance(given, Mapping):
        unknown = sorted(set(given) - set(names))
        if unknown:
            raise ValueError(f"Unknown entry in {what} dictionary: {unknown[0]}. Only expected following keys: {names}")
        return [given.get(name) for name in names]
    if isinstance(given, (list, tuple)):
        if len(given) != len(names):
            raise ValueError(
                f"When passing a list as {what}, it should have one entry per model output. The model has {len(names)} "
                f"outputs, but you passed {what}={given}"
            )
        return list(given)
    if given is None:
        return [None] * len(names)
    return [given] * len(names) if what == "loss" else [given, *[None] * (len(names) - 1)]


def _metrics_per_output(given: Any, names: list[str]) -> list[list[Any]]:
    if not given:
        return [[] for _ in names]
    if isinstance(given, Mapping):
        unknown = sorted(set(given) - set(names))
        if unknown:
            raise ValueError(
                f"Unknown entry in metrics dictionary: {unknown[0]}. Only expected following keys: {names}"
            )
        return [_listed(given.get(name)) for name in names]
    if any(isinstance(item, (list, tuple)) for item in given) and len(names) > 1:
        return [_listed(item) for item in given]
    wanted = [part for item in given for part in _listed(item)]
    if len(names) == 1:
        return [wanted]
    return [list(wanted) for _ in names]


def _listed(item: Any) -> list[Any]:
    if item is None:
        return []
    return list(item) if isinstance(item, (list, tuple)) else [item]
