"""`Estimator`: trains, evaluates, predicts and exports what a model function builds, from and to checkpoints.

Each call builds a graph of its own: the input function's tensors, then the model function's, for one of the three
modes. Between the calls the model is in the checkpoints of `model_dir`, nowhere else.
"""

from __future__ import annotations

import copy
import os
import tempfile
from collections.abc import Callable, Iterator
from typing import Any

from ...ops.base import nest
from ...ops.base.messages.logger import logger
from ...ops.building.default_graph import set_random_seed
from ...ops.families.state.global_step import create_global_step
from ...ops.graph.graph import Graph
from ...ops.graph.graph_keys import GraphKeys
from ...ops.graph.node import Tensor
from ...ops.library.checkpoint.management import latest_checkpoint
from ...ops.library.checkpoint.reader import load_checkpoint, load_variable
from ...ops.library.distribute.strategies import replica_of
from ...ops.library.training.mode_keys import ModeKeys
from ..training.hooks import StopAtStepHook
from . import arguments, exporting, loops
from .run_config import RunConfig
from .specs import EstimatorSpec
from .warm_start import WarmStartSettings, warm_start


class Estimator:
    """A model and its checkpoints.

    Args:
      model_fn: `(features, labels, mode, params, config) -> EstimatorSpec`; it may take fewer of these.
      model_dir: the folder of checkpoints and summaries; default: that of `config`, or a new temporary one.
      config: a RunConfig.
      params: what the model function gets as `params`; a copy is kept.
      warm_start_from: a checkpoint, a SavedModel's folder or WarmStartSettings: values to begin training with.
    Raises: ValueError for a model function that takes no features, and the like.
    Source: TensorFlow 1.15's documentation.
    """

    _tells_of_no_end = True  # whether `predict` warns of an input that does not end

    def __init__(
        self, model_fn: Callable[..., Any], model_dir: Any = None, config: Any = None, params: Any = None,
        warm_start_from: Any = None,
    ) -> None:  # fmt: skip
        if model_fn is None:
            raise ValueError("model_fn must be provided to Estimator.")
        self._assert_members_are_not_overridden(self)
        self._config = _config_with_folder(config, model_dir)
        self._model_dir: str = self._config.model_dir
        self._params = copy.deepcopy({} if params is None else params)
        arguments.check_model_fn(model_fn, params)
        self._model_fn = model_fn
        self._warm_start = None if warm_start_from is None else _warm_start_settings(warm_start_from)
        logger().info("Using config: %s", self._config._described())

    @staticmethod  # and of TensorFlow's name: libraries put `staticmethod(lambda _: None)` in its place
    def _assert_members_are_not_overridden(estimator: Any) -> None:
        """Raises: ValueError if a subclass overrides what estimators do."""
        mine = {name for name in Estimator.__dict__ if not name.startswith("_")}
        for base in type(estimator).__mro__:
            if base is Estimator:
                return
            overridden = sorted(mine & set(base.__dict__))
            if overridden and not base.__dict__.get("_overrides_estimator"):
                raise ValueError(
                    "Subclasses of Estimator cannot override members of Estimator. "
                    f"{type(estimator).__name__} does override {overridden}"
                )

    def _create_and_assert_global_step(self, graph: Any) -> Any:  # TensorFlow's name: subclasses call and override it
        """Return the graph's new global step. Raises: ValueError if it has one."""
        return create_global_step(graph)

    # What it is.

    @property
    def model_dir(self) -> str:
        """The folder of checkpoints and summaries."""
        return self._model_dir

    @property
    def config(self) -> RunConfig:
        """A copy of the configuration."""
        return copy.deepcopy(self._config)

    @property
    def params(self) -> Any:
        """A copy of the parameters."""
        return copy.deepcopy(self._params)

    @property
    def model_fn(self) -> Callable[..., Any]:
        """The model function, as a function of features, labels, mode and config."""

        def public_model_fn(features: Any, labels: Any, mode: str, config: Any) -> EstimatorSpec:
            return self._call_model_fn(features, labels, mode, config)

        return public_model_fn

    def latest_checkpoint(self) -> str | None:
        """The path of the newest checkpoint, or None."""
        return latest_checkpoint(self._model_dir)

    def get_variable_names(self) -> list[str]:
        """The names of the variables in the newest checkpoint. Raises: ValueError if there is none."""
        self._require_checkpoint()
        return sorted(load_checkpoint(self._model_dir).get_variable_to_shape_map())

    def get_variable_value(self, name: str) -> Any:
        """The value of a variable in the newest checkpoint. Raises: ValueError if there is none."""
        self._require_checkpoint()
        return load_variable(self._model_dir, name)

    def get_variable_values(self, names: Any = None) -> dict[str, Any]:
        """The values of several variables, of all by default, by name. Raises: ValueError without a checkpoint."""
        return {name: self.get_variable_value(name) for name in (self.get_variable_names() if names is None else names)}

    def _require_checkpoint(self) -> None:
        if not latest_checkpoint(self._model_dir):
            raise ValueError(f"Could not find trained model in model_dir: {self._model_dir}.")

    def eval_dir(self, name: str | None = None) -> str:
        """The folder of the summaries of evaluations."""
        return os.path.join(self._model_dir, "eval" if not name else f"eval_{name}")

    # What it does.

    def train(
        self, input_fn: Callable[..., Any], hooks: Any = None, steps: int | None = None, max_steps: int | None = None,
        saving_listeners: Any = None,
    ) -> Estimator:  # fmt: skip
        """Train the model, from the newest checkpoint if there is one.

        Args:
          input_fn: returns features and labels, or a Dataset of them; it may take `params`, `mode` and `config`.
          hooks: SessionRunHooks.
          steps: how many steps; default: until the input ends.
          max_steps: the global step to stop at, not with `steps`: a second call does nothing.
          saving_listeners: CheckpointSaverListeners.
        Returns: itself.
        Raises: ValueError for numbers that cannot be.
        """
        if steps is not None and max_steps is not None:
            raise ValueError("Can not provide both steps and max_steps.")
        for name, number in (("steps", steps), ("max_steps", max_steps)):
            if number is not None and number <= 0:
                raise ValueError(f"Must specify {name} > 0, given: {number}")
        if max_steps is not None and self._saved_step() >= max_steps:
            logger().info("Skipping training since max_steps has already saved.")
            return self
        all_hooks = list(hooks or [])
        if steps is not None or max_steps is not None:
            all_hooks.append(StopAtStepHook(steps, max_steps))
        with self._graph(training=True) as graph:
            step = self._create_and_assert_global_step(graph)
            loops.read_global_step(step)
            with replica_of(self._config.train_distribute):
                features, labels, more = self._input(input_fn, ModeKeys.TRAIN)
                spec = self._call_model_fn(features, labels, ModeKeys.TRAIN, self.config)
            if self._warm_start is not None and not latest_checkpoint(self._model_dir):
                warm_start(*self._warm_start)
            listeners = list(saving_listeners or [])
            loss = loops.train(spec, [*all_hooks, *more], listeners, self._model_dir, self._config, step)
        logger().info("Loss for final step: %s.", loss)
        return self

    def evaluate(
        self, input_fn: Callable[..., Any], steps: int | None = None, hooks: Any = None,
        checkpoint_path: str | None = None, name: str | None = None,
    ) -> dict[str, Any]:  # fmt: skip
        """Evaluate the model of a checkpoint, the newest by default, or one that is initialized if there is none.

        Args:
          input_fn: as for `train`.
          steps: how many batches; default: until the input ends.
          hooks: SessionRunHooks.
          checkpoint_path: the checkpoint.
          name: a name for the folder of summaries, where several sets of data are evaluated.
        Returns: the metrics, `loss` and `global_step` by name.
        Raises: ValueError for numbers that cannot be.
        """
        if steps is not None and steps <= 0:
            raise ValueError(f"Must specify steps > 0, given: {steps}")
        checkpoint_path = self._checkpoint(checkpoint_path, "evaluate")
        with self._graph() as graph:
            step = self._create_and_assert_global_step(graph)
            with replica_of(self._config.eval_distribute):
                features, labels, more = self._input(input_fn, ModeKeys.EVAL)
                spec = self._call_model_fn(features, labels, ModeKeys.EVAL, self.config)
            update, values, own = loops.evaluation(spec, steps, step)
            all_hooks = [*(hooks or []), *own, *more]
            results = loops.evaluate(spec, update, values, all_hooks, checkpoint_path, self._config)
            loops.write_evaluation(self.eval_dir(name), results, checkpoint_path)
        return results

    def predict(
        self, input_fn: Callable[..., Any], predict_keys: Any = None, hooks: Any = None,
        checkpoint_path: str | None = None, yield_single_examples: bool = True,
    ) -> Iterator[Any]:  # fmt: skip
        """Yield predictions of the model of a checkpoint, the newest by default.

        Args:
          input_fn: as for `train`; labels are left out. It is to end.
          predict_keys: the names of the predictions to compute; default: all.
          hooks: SessionRunHooks.
          checkpoint_path: the checkpoint.
          yield_single_examples: whether to yield examples rather than batches.
        Raises: ValueError if the predictions asked for are not there, or have different first extents.
        """
        checkpoint_path = self._checkpoint(checkpoint_path, "predict")
        with self._graph() as graph:
            self._create_and_assert_global_step(graph)
            result = self._call_input(input_fn, ModeKeys.PREDICT)
            features, more = arguments.features_alone(result)
            if self._tells_of_no_end and not more and not _ends(features, graph):
                logger().warning(
                    "Input graph does not use tf.data.Dataset or contain a QueueRunner. That means predict yields "
                    "forever. This is probably a mistake."
                )
            spec = self._call_model_fn(features, None, ModeKeys.PREDICT, self.config)
            predictions = arguments.selected(spec.predictions, predict_keys)
            all_hooks = [*(hooks or []), *more]
            rows = loops.predict(spec, predictions, all_hooks, checkpoint_path, self._config, yield_single_examples)
        yield from rows

    def export_saved_model(
        self, export_dir_base: Any, serving_input_receiver_fn: Callable[[], Any], assets_extra: Any = None,
        as_text: bool = False, checkpoint_path: str | None = None, experimental_mode: str = ModeKeys.PREDICT,
    ) -> bytes:  # fmt: skip
        """Write the model of a checkpoint as a SavedModel into a new folder, named by the time.

        Args:
          export_dir_base: the folder for the new folder.
          serving_input_receiver_fn: returns a ServingInputReceiver.
          assets_extra: from paths within `assets.extra` to files to copy there.
          as_text: whether the graph is written as text.
          checkpoint_path: the checkpoint; default: the newest.
          experimental_mode: the mode the model function is called with.
        Returns: the path of the folder, as bytes.
        Raises: ValueError if there is no checkpoint, or nothing to export.
        """
        if serving_input_receiver_fn is None:
            raise ValueError("An input_receiver_fn must be defined.")
        found = checkpoint_path or latest_checkpoint(self._model_dir)
        if not found:
            raise ValueError(f"Couldn't find trained model at {self._model_dir}.")
        with self._graph() as graph:
            self._create_and_assert_global_step(graph)
            receiver = serving_input_receiver_fn()
            labels = getattr(receiver, "labels", None)
            spec = self._call_model_fn(receiver.features, labels, experimental_mode, self.config)
            return exporting.export(
                spec, receiver, experimental_mode, os.fsdecode(export_dir_base), found, assets_extra, as_text,
                self._config,
            )  # fmt: skip

    def export_savedmodel(
        self, export_dir_base: Any, serving_input_receiver_fn: Callable[[], Any], assets_extra: Any = None,
        as_text: bool = False, checkpoint_path: str | None = None, strip_default_attrs: bool = False,
    ) -> bytes:  # fmt: skip
        """The older name of `export_saved_model`; `strip_default_attrs` is accepted."""
        return self.export_saved_model(
            export_dir_base, serving_input_receiver_fn, assets_extra, as_text, checkpoint_path
        )

    # Parts of these.

    def _graph(self, training: bool = False) -> Any:
        """A context with a new graph, whose seed is the configuration's."""
        graph = Graph()
        seed = self._config.tf_random_seed
        with graph.as_default():
            set_random_seed(seed)
        if training and self._config.device_fn is not None:
            return _with_device(graph, self._config.device_fn)
        return graph.as_default()

    def _input(self, input_fn: Callable[..., Any], mode: str) -> tuple[Any, Any, list[Any]]:
        return arguments.parse_input_fn_result(self._call_input(input_fn, mode))

    def _call_input(self, input_fn: Callable[..., Any], mode: str) -> Any:
        return arguments.call_input_fn(input_fn, mode, self.params, self.config)

    def _call_model_fn(self, features: Any, labels: Any, mode: str, config: Any) -> EstimatorSpec:
        logger().info("Calling model_fn.")
        spec = arguments.call_model_fn(self._model_fn, features, labels, mode, self.params, config)
        logger().info("Done calling model_fn.")
        return spec

    def _checkpoint(self, path: str | None, what: str) -> str | None:
        found = path or latest_checkpoint(self._model_dir)
        if not found:
            logger().info(
                "Could not find trained model in model_dir: %s, running initialization to %s.", self._model_dir, what
            )
        return found

    def _saved_step(self) -> int:
        path = latest_checkpoint(self._model_dir)
        if not path:
            return 0
        reader = load_checkpoint(path)
        return int(reader.get_tensor(GraphKeys.GLOBAL_STEP)) if reader.has_tensor(GraphKeys.GLOBAL_STEP) else 0


def _with_device(graph: Any, device_fn: Any) -> Any:
    from contextlib import ExitStack

    stack = ExitStack()
    stack.enter_context(graph.as_default())
    stack.enter_context(graph.device(device_fn))

    class _Entered:
        def __enter__(self) -> Any:
            return graph

        def __exit__(self, *exception: Any) -> Any:
            return stack.__exit__(*exception)

    return _Entered()


def _config_with_folder(config: Any, model_dir: Any) -> RunConfig:
    """The configuration with the model's folder; a new folder if none is given."""
    if config is None:
        config = RunConfig()
    elif isinstance(config, dict):
        config = RunConfig(**config)
    if not isinstance(config, RunConfig):
        raise ValueError(f"config must be an instance of `RunConfig`, but provided {config}.")
    folder = None if model_dir is None else os.fspath(model_dir)
    if folder == "":
        raise ValueError("model_dir should be non-empty")
    if folder is not None and config.model_dir not in (None, folder):
        raise ValueError(
            "`model_dir` are set both in constructor and `RunConfig`, but with different values. In constructor: "
            f"'{folder}', in `RunConfig`: '{config.model_dir}' "
        )
    folder = folder or config.model_dir
    if folder is None:
        folder = tempfile.mkdtemp()
        logger().warning("Using temporary folder as model directory: %s", folder)
    return config if config.model_dir == folder else config.replace(model_dir=folder)


def _warm_start_settings(given: Any) -> WarmStartSettings:
    if isinstance(given, WarmStartSettings):
        return given
    if isinstance(given, (str, bytes, os.PathLike)):
        return WarmStartSettings(ckpt_to_initialize_from=os.fsdecode(given))
    raise ValueError(f"warm_start_from must be a string or a WarmStartSettings, instead got {type(given).__name__}")


def _ends(features: Any, graph: Graph) -> bool:
    """Whether features come of a Dataset's iterator, or the graph has queues: such input may end."""
    types = {tensor.op.type for tensor in nest.flatten(features) if isinstance(tensor, Tensor)}
    return "IteratorGetNext" in types or bool(graph.get_collection(GraphKeys.QUEUE_RUNNERS))
