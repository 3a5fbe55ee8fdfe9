"""`tf.contrib.learn.Estimator`: a model function with `fit`, `evaluate` and `predict`, of arrays or input functions."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any

import numpy as np

from ...ops.base import nest
from ...ops.building.default_graph import get_collection
from ...ops.families.data.api import Dataset
from ...ops.graph.graph_keys import GraphKeys
from ...ops.library.checkpoint.management import latest_checkpoint
from ..estimator.arguments import arguments_of
from ..estimator.estimator import Estimator as Core
from ..estimator.specs import EstimatorSpec
from .config import RunConfig
from .monitors import replace_monitors_with_hooks
from .specs import ModelFnOps, NotFittedError, metric_ops


class Estimator:
    """A model, which it trains, evaluates and asks, of checkpoints in a folder.

    Args:
      model_fn: of `features`, `labels` and those of `mode`, `params`, `config`, `model_dir` that it names; it returns
        `ModelFnOps`, or predictions, loss and training operation.
      model_dir: the folder; default: the configuration's, otherwise a new one.
      config: a `RunConfig`.
      params: for the model function.
      feature_engineering_fn: makes other features and labels of them first.
    Raises: ValueError for a model function without features or labels.
    Source: TensorFlow 1.15; the work is that of `tf.estimator.Estimator`.
    """

    def __init__(
        self, model_fn: Callable[..., Any], model_dir: str | None = None, config: Any = None, params: Any = None,
        feature_engineering_fn: Callable[..., Any] | None = None,
    ) -> None:  # fmt: skip
        names = arguments_of(model_fn)
        if len(names) < 2:
            raise ValueError(f"model_fn ({model_fn}) has to take features and labels, not {names}.")
        if params is not None and "params" not in names:
            raise ValueError(
                f"Estimator's model_fn ({model_fn}) has less than 4 arguments, but not None params are passed."
            )
        self._model_fn, self._names, self._params = model_fn, names, params
        self._engineering = feature_engineering_fn
        self._metrics: Any = None
        self._core = Core(self._call, model_dir=model_dir, config=config or RunConfig())
        self._core._tells_of_no_end = False  # here such an input is one batch

    def _call(self, features: Any, labels: Any, mode: str, config: Any) -> EstimatorSpec:
        if self._engineering is not None:
            features, labels = self._engineering(features, labels)
        given = {"mode": mode, "params": self._params, "config": config, "model_dir": self.model_dir}
        kwargs = {name: value for name, value in given.items() if name in self._names[2:]}
        made = self._model_fn(features, labels, **kwargs)
        if not isinstance(made, ModelFnOps):
            if not isinstance(made, (list, tuple)) or len(made) != 3:
                raise ValueError(f"Unrecognized value returned by model_fn, please return ModelFnOps: {made!r}")
            made = ModelFnOps(mode, *made)
        metrics = made.eval_metric_ops
        if mode == "eval" and self._metrics:
            metrics = {**(metrics or {}), **metric_ops(self._metrics, features, labels, made.predictions)}
        return EstimatorSpec(
            mode,
            predictions=made.predictions,
            loss=made.loss if mode != "infer" else None,
            train_op=made.train_op if mode == "train" else None,
            eval_metric_ops=metrics if mode == "eval" else None,
            training_chief_hooks=made.training_chief_hooks,
            training_hooks=made.training_hooks,
            scaffold=made.scaffold,
        )

    @property
    def model_dir(self) -> str:
        """The folder of checkpoints and summaries."""
        return self._core.model_dir

    @property
    def config(self) -> Any:
        """A copy of the configuration."""
        return self._core.config

    @property
    def params(self) -> Any:
        """The model function's parameters."""
        return self._params

    @property
    def model_fn(self) -> Callable[..., Any]:
        """The model function."""
        return self._model_fn

    def fit(
        self, x: Any = None, y: Any = None, input_fn: Callable[[], Any] | None = None, steps: int | None = None,
        batch_size: int | None = None, monitors: Any = None, max_steps: int | None = None,
    ) -> Any:  # fmt: skip
        """Train the model, on from the newest checkpoint.

        Args:
          x, y: arrays of features and labels, of which batches are drawn again and again; or
          input_fn: returns features and labels, or a Dataset.
          steps: how many steps more; max_steps: up to which; None twice: until the input ends.
          batch_size: of arrays; default: all rows.
          monitors: monitors (`tf.contrib.learn.monitors`) and SessionRunHooks.
        Returns: the estimator.
        Raises: ValueError for arrays besides an input function, both kinds of steps, or neither input.
        """
        if steps is not None and max_steps is not None:
            raise ValueError("Can not provide both steps and max_steps.")
        source = _source(x, y, input_fn, batch_size, is_training=True)
        self._core.train(source, hooks=replace_monitors_with_hooks(monitors, self), steps=steps, max_steps=max_steps)
        return self

    def partial_fit(
        self, x: Any = None, y: Any = None, input_fn: Callable[[], Any] | None = None, steps: int | None = 1,
        batch_size: int | None = None, monitors: Any = None,
    ) -> Any:  # fmt: skip
        """Train on from where the last training ended, by default one step; see `fit`."""
        return self.fit(x, y, input_fn, steps, batch_size, monitors)

    def evaluate(
        self, x: Any = None, y: Any = None, input_fn: Callable[[], Any] | None = None, feed_fn: Any = None,
        batch_size: int | None = None, steps: int | None = None, metrics: Any = None, name: str | None = None,
        checkpoint_path: str | None = None, hooks: Any = None, log_progress: bool = True,
    ) -> dict[str, Any]:  # fmt: skip
        """Evaluate the newest checkpoint, or one that is given.

        Args:
          x, y, input_fn, batch_size: as for `fit`; arrays are gone through once.
          steps: how many batches; default: until the input ends.
          metrics: by name `MetricSpec`s, or functions of predictions and labels.
          name, checkpoint_path, hooks: as of `tf.estimator.Estimator.evaluate`.
          feed_fn: not built; log_progress: kept.
        Returns: the metrics, `loss` and `global_step` by name.
        Raises: NotFittedError without a checkpoint, NotImplementedError for a `feed_fn`.
        """
        if feed_fn is not None:
            raise NotImplementedError("evaluate(feed_fn=...) is not built: give an input function.")
        self._check_fitted(checkpoint_path)
        self._metrics = metrics
        try:
            source = _source(x, y, input_fn, batch_size, is_training=False)
            return self._core.evaluate(source, steps, hooks, checkpoint_path, name)
        finally:
            self._metrics = None

    def predict(
        self, x: Any = None, input_fn: Callable[[], Any] | None = None, batch_size: int | None = None,
        outputs: Any = None, as_iterable: bool = True, iterate_batches: bool = False,
    ) -> Any:  # fmt: skip
        """Return predictions of the newest checkpoint.

        Args:
          x, input_fn, batch_size: as for `fit`; arrays are gone through once.
          outputs: the names of predictions; default: all.
          as_iterable: whether they are an iterator, otherwise arrays of all.
          iterate_batches: whether the iterator gives batches in place of rows.
        Raises: NotFittedError without a checkpoint.
        """
        self._check_fitted(None)
        source = _source(x, None, input_fn, batch_size, is_training=False)
        batches = self._batches(source, outputs)
        if not as_iterable:
            return _joined(batches)
        return batches if iterate_batches else (row for batch in batches for row in _rows(batch))

    def _batches(self, source: Callable[[], Any], outputs: Any) -> Iterator[Any]:
        """Predictions batch by batch; an input that is neither a Dataset nor filled by threads is one batch."""
        ends = []

        def noting() -> Any:
            found = source()
            ends.append(isinstance(found, Dataset) or bool(get_collection(GraphKeys.QUEUE_RUNNERS)))
            return found

        for batch in self._core.predict(noting, outputs, yield_single_examples=False):
            yield batch
            if not ends[0]:
                return

    def export_savedmodel(
        self, export_dir_base: Any, serving_input_fn: Callable[[], Any], default_output_alternative_key: Any = None,
        assets_extra: Any = None, as_text: bool = False, checkpoint_path: str | None = None, **options: Any,
    ) -> bytes:  # fmt: skip
        """Write the model as a SavedModel; `serving_input_fn` returns a `tf.estimator.export.ServingInputReceiver`."""
        return self._core.export_saved_model(export_dir_base, serving_input_fn, assets_extra, as_text, checkpoint_path)

    def get_variable_names(self) -> list[str]:
        """Return the names of the newest checkpoint's variables."""
        return self._core.get_variable_names()

    def get_variable_value(self, name: str) -> Any:
        """Return a variable's value of the newest checkpoint."""
        return self._core.get_variable_value(name)

    def _check_fitted(self, checkpoint_path: str | None) -> None:
        if not (checkpoint_path or latest_checkpoint(self.model_dir)):
            raise NotFittedError(f"Couldn't find trained model at {self.model_dir}.")


def _source(x: Any, y: Any, input_fn: Any, batch_size: int | None, is_training: bool) -> Callable[[], Any]:
    """An input function, or one that gives batches of arrays. Raises: ValueError for both or none."""
    if input_fn is not None:
        if x is not None or y is not None or batch_size is not None:
            raise ValueError("Cannot provide both input_fn and x, y or batch_size.")
        found: Callable[[], Any] = input_fn
        return found
    if x is None:
        raise ValueError("Either x or input_fn must be provided.")
    rows = x if y is None else (x, _flat_labels(y))
    rows = nest.map_structure(_plain, rows)
    count = len(nest.flatten(rows)[0])

    def batches() -> Any:
        dataset = Dataset.from_tensor_slices(rows)
        if is_training:
            dataset = dataset.shuffle(count).repeat()
        return dataset.batch(batch_size or count)

    return batches


def _plain(values: Any) -> Any:
    """An array without 64-bit floats, as TensorFlow's feeders give."""
    found = np.asarray(values)
    return found.astype(np.float32) if found.dtype == np.float64 else found


def _flat_labels(y: Any) -> Any:
    """Labels of one column are a vector, as TensorFlow's feeders give them."""
    return nest.map_structure(
        lambda part: part[:, 0] if part.ndim == 2 and part.shape[1] == 1 else part, nest.map_structure(np.asarray, y)
    )


def _rows(batch: Any) -> Iterator[Any]:
    if not isinstance(batch, Mapping):
        yield from batch
        return
    for number in range(len(next(iter(batch.values())))):
        yield {name: values[number] for name, values in batch.items()}


def _joined(batches: Iterator[Any]) -> Any:
    found = list(batches)
    if found and isinstance(found[0], Mapping):
        return {name: np.concatenate([batch[name] for batch in found]) for name in found[0]}
    return np.concatenate(found)


class SKCompat:
    """An estimator with the methods of scikit-learn.

    Args:
      estimator: a `tf.contrib.learn.Estimator`.
    """

    def __init__(self, estimator: Estimator) -> None:
        self._estimator = estimator

    def fit(
        self, x: Any, y: Any, batch_size: int = 128, steps: int | None = None, max_steps: int | None = None,
        monitors: Any = None,
    ) -> SKCompat:  # fmt: skip
        """Train on arrays; see `Estimator.fit`."""
        self._estimator.fit(x, y, None, steps, batch_size, monitors, max_steps)
        return self

    def score(
        self, x: Any, y: Any, batch_size: int = 128, steps: int | None = None, metrics: Any = None,
        name: str | None = None,
    ) -> dict[str, Any]:  # fmt: skip
        """Evaluate on arrays; see `Estimator.evaluate`."""
        return self._estimator.evaluate(x, y, batch_size=batch_size, steps=steps, metrics=metrics, name=name)

    def predict(self, x: Any, batch_size: int = 128, outputs: Any = None) -> Any:
        """Return the predictions of arrays, as arrays."""
        return self._estimator.predict(x, batch_size=batch_size, outputs=outputs, as_iterable=False)
