"""Estimators with more: metrics, features beside predictions, clipped gradients; and what records are read by."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from typing import Any

from ....ops.families.linalg.clip_norms import clip_by_global_norm
from ....ops.families.sparse.sparse_tensor import SparseTensor
from ....ops.families.sparse.to_dense import sparse_tensor_to_dense
from ....ops.library.feature_column.models import make_parse_example_spec
from ....ops.library.training.mode_keys import ModeKeys
from ....ops.library.training.optimizer import Optimizer
from ....ops.types import dtypes
from ..estimator import Estimator
from ..outputs import PredictOutput


def _model_of(estimator: Estimator) -> Callable[..., Any]:
    """The model function of an estimator, with all arguments."""

    def model_fn(features: Any, labels: Any, mode: str, config: Any) -> Any:
        takes = inspect.signature(estimator._model_fn).parameters
        given = {"labels": labels, "mode": mode, "config": config, "params": estimator.params}
        return estimator._model_fn(features, **{name: value for name, value in given.items() if name in takes})

    return model_fn


def _changed(estimator: Estimator, model_fn: Callable[..., Any]) -> Estimator:
    return Estimator(model_fn, model_dir=estimator.model_dir, config=estimator.config)


def add_metrics(estimator: Any, metric_fn: Callable[..., Any]) -> Any:
    """Return an estimator that reports further metrics.

    Args:
      estimator: the estimator.
      metric_fn: a function of any of `features`, `labels`, `predictions` and `config`, by these
        names, that returns a dictionary of metrics.
    Raises: ValueError for a function of other arguments.
    Source: tf.estimator of TensorFlow 1.15.
    """
    takes = set(inspect.signature(metric_fn).parameters)
    if not takes <= {"features", "labels", "predictions", "config"}:
        raise ValueError(f"metric_fn ({metric_fn}) has unknown arguments: {sorted(takes)}")
    model_of = _model_of(estimator)

    def model_fn(features: Any, labels: Any, mode: str, config: Any) -> Any:
        spec = model_of(features, labels, mode, config)
        if mode != ModeKeys.EVAL:
            return spec
        given = {"features": features, "labels": labels, "predictions": spec.predictions, "config": config}
        more = metric_fn(**{name: given[name] for name in takes}) or {}
        return spec._replace(eval_metric_ops={**(spec.eval_metric_ops or {}), **more})

    return _changed(estimator, model_fn)


def forward_features(estimator: Any, keys: Any = None, sparse_default_values: Any = None) -> Any:
    """Return an estimator whose predictions have features beside them.

    Args:
      keys: which features; by default all.
      sparse_default_values: by feature, what dense copies of sparse ones have where
        there is nothing.
    Raises: ValueError for features that are not there, or predictions of the same names.
    """
    names = [keys] if isinstance(keys, str) else keys
    model_of = _model_of(estimator)

    def model_fn(features: Any, labels: Any, mode: str, config: Any) -> Any:
        spec = model_of(features, labels, mode, config)
        if mode != ModeKeys.PREDICT:
            return spec
        predictions = dict(spec.predictions)
        for name in names if names is not None else list(features):
            if name not in features:
                raise ValueError(f"features has no key {name!r}; it has {sorted(features)}.")
            if name in predictions:
                raise ValueError(f"The predictions have a key {name!r} already.")
            value = features[name]
            if isinstance(value, SparseTensor):
                value = sparse_tensor_to_dense(value, default_value=(sparse_default_values or {}).get(name))
            predictions[name] = value
        outputs = {
            key: PredictOutput(predictions) if isinstance(output, PredictOutput) else output
            for key, output in (spec.export_outputs or {}).items()
        }
        return spec._replace(predictions=predictions, export_outputs=outputs)

    return _changed(estimator, model_fn)


class _Clipping(Optimizer):
    """An optimizer whose gradients have a norm of at most a number, all together."""

    def __init__(self, optimizer: Any, clip_norm: float) -> None:
        super().__init__(False, "ClipByNorm" + optimizer.get_name())
        self._optimizer, self._clip_norm = optimizer, clip_norm

    def compute_gradients(self, *args: Any, **kwargs: Any) -> Any:
        """Return the gradients of the other optimizer."""
        return self._optimizer.compute_gradients(*args, **kwargs)

    def apply_gradients(self, grads_and_vars: Any, global_step: Any = None, name: str | None = None) -> Any:
        """Clip gradients and apply them."""
        gradients, variables = zip(*grads_and_vars)
        clipped, _ = clip_by_global_norm(list(gradients), self._clip_norm)
        return self._optimizer.apply_gradients(list(zip(clipped, variables)), global_step=global_step, name=name)

    def get_slot(self, *args: Any, **kwargs: Any) -> Any:
        """See the other optimizer."""
        return self._optimizer.get_slot(*args, **kwargs)

    def get_slot_names(self, *args: Any, **kwargs: Any) -> Any:
        """See the other optimizer."""
        return self._optimizer.get_slot_names(*args, **kwargs)


def clip_gradients_by_norm(optimizer: Any, clip_norm: float) -> Any:
    """Return an optimizer whose gradients together have a norm of at most `clip_norm`."""
    return _Clipping(optimizer, clip_norm)


def _labelled_spec(
    columns: Any, key: str, default: Any, dtype: Any, shape: tuple[int, ...], weight_column: Any
) -> dict[str, Any]:
    from ....ops.families.io.parsing import FixedLenFeature

    spec = make_parse_example_spec(columns)
    if key in spec:
        raise ValueError(f"label should not be used as feature. label_key: {key}, features: {list(spec)}")
    spec[key] = FixedLenFeature(shape, dtype, default)
    if weight_column is None:
        return spec
    if isinstance(weight_column, str):
        from ....ops.library.feature_column.numeric import numeric_column

        weight_column = numeric_column(weight_column)
    if weight_column.key in spec:
        raise ValueError(f"Weight and feature can not have the same key: {weight_column.key}")
    return {**spec, **weight_column._parse_example_spec}


def classifier_parse_example_spec(
    feature_columns: Any, label_key: str, label_dtype: Any = dtypes.int64, label_default: Any = None,
    weight_column: Any = None,
) -> dict[str, Any]:  # fmt: skip
    """Return what `parse_example` reads for a classifier.

    Args:
      feature_columns: the columns. label_key, label_dtype, label_default: of labels. weight_column: of weights.
    Raises: ValueError if label or weight is a feature too.
    """
    return _labelled_spec(feature_columns, label_key, label_default, label_dtype, (1,), weight_column)


def regressor_parse_example_spec(
    feature_columns: Any, label_key: str, label_dtype: Any = dtypes.float32, label_default: Any = None,
    label_dimension: int = 1, weight_column: Any = None,
) -> dict[str, Any]:  # fmt: skip
    """Return what `parse_example` reads for a regressor. Args, Raises: see `classifier_parse_example_spec`."""
    if label_dtype not in (dtypes.float32, dtypes.float64):
        raise ValueError(f"label_dtype should be float. Instead got {label_dtype}.")
    return _labelled_spec(feature_columns, label_key, label_default, label_dtype, (label_dimension,), weight_column)
