"""`model_to_estimator`: a compiled model of Keras as an Estimator."""

from __future__ import annotations

import os
import re
from typing import Any

from ...ops.building.default_graph import add_to_collection
from ...ops.families.state.global_step import get_or_create_global_step
from ...ops.graph.graph_keys import GraphKeys
from ...ops.library.checkpoint.management import latest_checkpoint
from ...ops.library.checkpoint.saver import Saver
from ...ops.library.training.mode_keys import ModeKeys
from ..keras import state
from ..keras.models.files import saving
from .estimator import Estimator
from .specs import EstimatorSpec
from .warm_start import WarmStartSettings


def model_to_estimator(
    keras_model: Any = None, keras_model_path: Any = None, custom_objects: Any = None, model_dir: Any = None,
    config: Any = None, checkpoint_format: Any = None,
) -> Estimator:  # fmt: skip
    """Return an Estimator of a compiled model; it begins with the model's values.

    Args:
      keras_model: the model; keras_model_path: or the HDF5 file of one.
      custom_objects: classes and functions by name. model_dir, config: see `Estimator`. checkpoint_format: accepted.
    Raises: ValueError without a model, or if it is not compiled.
    """
    if (keras_model is None) == (keras_model_path is None):
        raise ValueError(
            "Either `keras_model` or `keras_model_path` needs to be provided, and not both: they are "
            f"{keras_model} and {keras_model_path}."
        )
    model = keras_model if keras_model is not None else saving.load_model(keras_model_path, custom_objects)
    if model._arguments is None:
        raise ValueError(
            "The given keras model has not been compiled yet. Please compile the model with `model.compile()`."
        )
    description = saving.configuration(model)
    optimizer = model.optimizer
    arguments = dict(model._arguments)
    values = model.get_weights() if model.outputs else None

    def model_fn(features: Any, labels: Any, mode: str) -> EstimatorSpec:
        state.set_learning_phase(1 if mode == ModeKeys.TRAIN else 0)
        return _specification(description, optimizer, arguments, custom_objects, features, labels, mode)

    estimator = _KerasEstimator(model_fn, model_dir, config)
    if values is not None and latest_checkpoint(estimator.model_dir) is None:
        estimator.begin_with(*_save_first(description, custom_objects, values, estimator.model_dir))
    return estimator


class _KerasEstimator(Estimator):
    """An Estimator that begins with the values of a model, in a checkpoint of their own."""

    _overrides_estimator = True
    _first: str | None = None

    def begin_with(self, path: str, names: list[str]) -> None:
        """Take the checkpoint where there is no other, for the variables of these names."""
        self._first = path
        self._warm_start = WarmStartSettings(path, [f"{re.escape(name)}$" for name in names])

    def _checkpoint(self, path: str | None, what: str) -> str | None:
        found = path or latest_checkpoint(self._model_dir) or self._first
        return found if found else super()._checkpoint(path, what)


def _specification(
    description: Any, optimizer: Any, arguments: dict[str, Any], custom_objects: Any, features: Any, labels: Any,
    mode: str,
) -> EstimatorSpec:  # fmt: skip
    model = saving.model_from_config(description, custom_objects)
    if isinstance(features, dict):
        found = [features[name] for name in model.input_names]
    else:
        found = list(features) if isinstance(features, (list, tuple)) else [features]
    outputs = model(found[0] if len(found) == 1 else found)
    listed = list(outputs) if isinstance(outputs, (list, tuple)) else [outputs]
    predictions = dict(zip(model.output_names, listed))
    if mode == ModeKeys.PREDICT:
        return EstimatorSpec(mode, predictions=predictions)
    names = list(model.output_names)
    object.__setattr__(model, "inputs", found)
    object.__setattr__(model, "outputs", listed)
    object.__setattr__(model, "output_names", names)
    own = type(optimizer).from_config(optimizer.get_config()) if hasattr(optimizer, "_hyper") else optimizer
    given = labels if isinstance(labels, (dict, list, tuple)) else [labels]
    model.compile(own, **{**arguments, "target_tensors": given})
    compiled = model._compile_now()
    for metric in compiled.metrics:
        for variable in metric.variables:
            add_to_collection(GraphKeys.LOCAL_VARIABLES, variable)
    metrics = {
        name: (metric.result(), metric.updates[-1]) for name, metric in zip(compiled.metric_names, compiled.metrics)
    }
    train_op = None
    if mode == ModeKeys.TRAIN:
        from ...ops.building.basic_ops import group

        _, updates = compiled._parts("train")
        step = get_or_create_global_step()
        train_op = group(*updates, step.assign_add(1))
    return EstimatorSpec(
        mode, predictions=predictions, loss=compiled.total_loss, train_op=train_op, eval_metric_ops=metrics
    )


def _save_first(description: Any, custom_objects: Any, values: list[Any], folder: str) -> tuple[str, list[str]]:
    """Write a checkpoint of the model's values and the step 0. Returns: its path, and the names of the variables."""
    from ...ops.graph.graph import Graph
    from ..session import Session

    with Graph().as_default() as graph, Session(graph=graph) as session:
        model = saving.model_from_config(description, custom_objects)
        step = get_or_create_global_step()
        session.run(step.initializer)
        model.set_weights(values)
        path = os.path.join(folder, "keras", "keras_model.ckpt")
        Saver([*model.weights, step]).save(session, path)
        return path, [variable.op.name for variable in model.weights]
