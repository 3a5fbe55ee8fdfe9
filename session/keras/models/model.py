"""`Model`: a network that is compiled, trained, evaluated and used."""

from __future__ import annotations

from typing import Any

import numpy as np

from ....ops.base import nest
from .. import optimizers, state
from ..layers.inputs import Input, InputLayer
from . import data as of_data
from . import generators, loops, summary
from . import steps as steps_module
from . import weights as of_weights
from .compiled import Compiled
from .files import checkpoints, saving
from .network import Network


class Model(Network):
    """A network with training.

    Args:
      inputs, outputs, name: see `Network`.

    >>> model = tf.keras.Sequential([tf.keras.layers.Dense(1, input_shape=(2,), kernel_initializer="ones")])
    >>> model.predict([[1.0, 2.0]]).tolist()
    [[3.0]]
    """

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        self._compiled: Compiled | None = None
        self._arguments: dict[str, Any] | None = None
        self._predicting: Any = None
        self.stop_training = False
        self.history: Any = None
        super().__init__(*args, **kwargs)

    def __setattr__(self, name: str, value: Any) -> None:
        if "_sublayers" not in self.__dict__ or name in ("_compiled", "_arguments", "history", "optimizer"):
            object.__setattr__(self, name, value)
        else:
            super().__setattr__(name, value)

    # Compiling.

    def compile(
        self, optimizer: Any = "rmsprop", loss: Any = None, metrics: Any = None, loss_weights: Any = None,
        sample_weight_mode: Any = None, weighted_metrics: Any = None, target_tensors: Any = None, **kwargs: Any,
    ) -> None:  # fmt: skip
        """Say how the model is trained.

        Args:
          optimizer: an optimizer of Keras or of `tf.train`, or a name.
          loss: a function, a Loss or a name; one for each output as a list or dictionary.
          metrics: names, functions, Metrics; a dictionary for each output.
          loss_weights: factors of the losses of outputs.
          sample_weight_mode: "temporal" if weights are of steps, [examples, steps]; for each output as a list or
            dictionary.
          weighted_metrics: metrics that count examples by their weights.
          target_tensors: tensors to take instead of placeholders.
        """
        self.optimizer = optimizers.get(optimizer)
        self.loss = loss
        self._arguments = {
            "loss": loss, "metrics": metrics, "loss_weights": loss_weights, "weighted_metrics": weighted_metrics,
            "target_tensors": target_tensors, "sample_weight_mode": sample_weight_mode,
        }  # fmt: skip
        self._compiled = None
        if self.outputs:
            self._compile_now()

    def _compile_now(self) -> Compiled:
        if self._arguments is None:
            raise RuntimeError(
                "You must compile your model before training/testing. Use `model.compile(optimizer, loss)`."
            )
        if self._compiled is None:
            self._compiled = Compiled(self, self.optimizer, **self._arguments)
        return self._compiled

    def _ready(self, x: Any) -> Compiled:
        """What training needs, made for the shape of the first inputs if need be."""
        self._connect(x)
        return self._compile_now()

    def _connect(self, x: Any) -> None:
        """Call a model that has no inputs yet with placeholders like the data."""
        if self.outputs:
            return
        first = x() if callable(x) else x
        arrays = nest.flatten(nest.map_structure(_array, first))
        made = [Input(batch_shape=(None, *array.shape[1:]), dtype=_kind(array)) for array in arrays]
        inputs = nest.pack_sequence_as(first, made) if isinstance(first, (list, tuple, dict)) else made[0]
        self._set_inputs(inputs)

    def _set_inputs(self, inputs: Any) -> None:
        outputs = self(inputs)
        self.inputs, self.outputs = nest.flatten(inputs), nest.flatten(outputs)
        checkpoints.go_on(self)
        self.input_names = [f"input_{number + 1}" for number in range(len(self.inputs))]
        self.output_names = [f"output_{number + 1}" for number in range(len(self.outputs))]

    def metrics_of_layers(self) -> list[Any]:
        """The metrics that layers, and the model itself, have added."""
        return super().metrics

    @property
    def metrics(self) -> list[Any]:
        """The metrics of training."""
        return list(self._compiled.metrics) if self._compiled is not None else super().metrics

    @property
    def metrics_names(self) -> list[str]:
        """The names of what `evaluate` returns."""
        return self._compile_now().names if self.outputs else ["loss"]

    @property
    def total_loss(self) -> Any:
        """The tensor that is made smaller."""
        return self._compile_now().total_loss

    @property
    def targets(self) -> list[Any]:
        """The placeholders of the targets."""
        return self._compile_now().targets

    @property
    def sample_weights(self) -> list[Any]:
        """The placeholders of weights."""
        return self._compile_now().weights

    @property
    def fed_inputs(self) -> list[Any]:
        """The inputs that are fed: all that are placeholders of Keras."""
        return [tensor for tensor in self.inputs if _is_fed(tensor)]

    @property
    def fed_input_names(self) -> list[str]:
        """Their names."""
        return [name for name, tensor in zip(self.input_names, self.inputs) if _is_fed(tensor)]

    # Data.

    def inputs_of(self, x: Any) -> list[Any]:
        """Arrays for the inputs. Raises: ValueError for other numbers or shapes."""
        shapes = [tensor.shape.as_list() if tensor.shape.ndims is not None else None for tensor in self.fed_inputs]
        names = self.fed_input_names
        if isinstance(x, dict) and not all(name in x for name in names) and len(x) == len(names):
            x = list(x.values())
        return of_data.as_arrays(x, names, shapes, "input")

    def _standardized(self, x: Any, y: Any, sample_weight: Any, class_weight: Any) -> tuple[list[Any], ...]:
        compiled = self._compile_now()
        inputs = self.inputs_of(x)
        if y is None and compiled.fed_targets:
            raise ValueError(f"Error when checking model target: no targets for {compiled.fed_names}.")
        targets = of_data.as_arrays(y, compiled.fed_names, compiled.fed_shapes(), "target")
        weights: list[Any] = []
        if sample_weight is not None or class_weight is not None or compiled.has_weights or any(compiled.fed_modes):
            compiled.use_weights()
            given = of_weights.per_output(sample_weight, compiled.fed_names, self.output_names)
            for name, target, mode, weight in zip(compiled.fed_names, targets, compiled.fed_modes, given):
                of = class_weight
                if isinstance(class_weight, dict) and name in class_weight:
                    of = class_weight[name]
                weights.append(of_weights.standardized(weight, target, mode, of))
        of_data.check_lengths(inputs, targets, weights)
        return inputs, targets, weights

    # Training and use.

    def fit(
        self, x: Any = None, y: Any = None, batch_size: int | None = None, epochs: int = 1, verbose: int = 1,
        callbacks: Any = None, validation_split: float = 0.0, validation_data: Any = None, shuffle: Any = True,
        class_weight: Any = None, sample_weight: Any = None, initial_epoch: int = 0,
        steps_per_epoch: int | None = None, validation_steps: int | None = None, validation_freq: Any = 1,
        max_queue_size: int = 10, workers: int = 1, use_multiprocessing: bool = False, **kwargs: Any,
    ) -> Any:  # fmt: skip
        """Train the model.

        Args:
          x, y: inputs and targets: arrays, lists or dictionaries of them; or a Dataset, a generator or a Sequence of
            batches as `x`.
          batch_size: default: 32. epochs: how often all examples are taken; initial_epoch: the number to begin with.
          verbose: 0: nothing is printed; 1: a bar; 2: a line for each epoch.
          callbacks: Callbacks. validation_split: the share of the last examples that is kept for validation;
            validation_data: inputs and targets (and weights) for it instead.
          shuffle: whether examples come in random order, by NumPy's random numbers.
          class_weight: weights by class; sample_weight: of the examples.
          steps_per_epoch, validation_steps: how many batches of a Dataset or generator.
          validation_freq: after how many epochs the model is validated, or after which.
          max_queue_size, workers, use_multiprocessing: accepted.
        Returns: a History, whose `history` has the losses and metrics.
        """
        epochs = kwargs.pop("nb_epoch", epochs)
        if generators.is_batches(x):
            return generators.fit(
                self, x, steps_per_epoch, epochs, verbose, callbacks, validation_data, validation_steps, class_weight,
                shuffle, initial_epoch, validation_freq,
            )  # fmt: skip
        self._ready(x)
        inputs, targets, weights = self._standardized(x, y, sample_weight, class_weight)
        validation = None
        if validation_data is not None:
            validation = validation_data
            if not generators.is_batches(validation_data):
                more = validation_data[2] if len(validation_data) > 2 else None
                validation = self._standardized(validation_data[0], validation_data[1], more, None)
        elif validation_split and validation_split > 0.0:
            inputs, val_inputs = of_data.split(inputs, validation_split)
            targets, val_targets = of_data.split(targets, validation_split)
            val_weights: list[Any] = []
            if weights:
                weights, val_weights = of_data.split(weights, validation_split)
            validation = (val_inputs, val_targets, val_weights)
        return loops.fit(
            self, inputs, targets, weights, batch_size or 32, epochs, verbose, callbacks, validation, shuffle,
            initial_epoch, steps_per_epoch, validation_steps, validation_freq,
        )  # fmt: skip

    def evaluate(
        self, x: Any = None, y: Any = None, batch_size: int | None = None, verbose: int = 1, sample_weight: Any = None,
        steps: int | None = None, callbacks: Any = None, **kwargs: Any,
    ) -> Any:  # fmt: skip
        """Return the loss, or a list of loss and metrics, of examples. Arguments as for `fit`."""
        if generators.is_batches(x):
            return generators.evaluate(self, x, steps, verbose)
        self._ready(x)
        inputs, targets, weights = self._standardized(x, y, sample_weight, None)
        return loops.evaluate(self, inputs, targets, weights, batch_size or 32, verbose, steps)

    def predict(
        self, x: Any, batch_size: int | None = None, verbose: int = 0, steps: int | None = None, callbacks: Any = None,
        **kwargs: Any,
    ) -> Any:  # fmt: skip
        """Return the outputs for inputs: an array, or a list of one for each output."""
        if generators.is_batches(x):
            return generators.predict(self, x, steps, verbose)
        self._connect(x)
        return loops.predict(self, self.inputs_of(x), batch_size or 32, verbose, steps)

    def train_on_batch(
        self, x: Any, y: Any = None, sample_weight: Any = None, class_weight: Any = None, reset_metrics: bool = True
    ) -> Any:
        """Run one step of training. Returns: the loss, or a list of loss and metrics."""
        compiled = self._ready(x)
        inputs, targets, weights = self._standardized(x, y, sample_weight, class_weight)
        found = compiled.step("train")([*inputs, *targets, *weights])
        if reset_metrics:
            compiled.reset_metrics()
        return found[0] if len(found) == 1 else found

    def test_on_batch(self, x: Any, y: Any = None, sample_weight: Any = None, reset_metrics: bool = True) -> Any:
        """Return the loss, or a list of loss and metrics, of one batch."""
        compiled = self._ready(x)
        inputs, targets, weights = self._standardized(x, y, sample_weight, None)
        found = compiled.step("test")([*inputs, *targets, *weights])
        if reset_metrics:
            compiled.reset_metrics()
        return found[0] if len(found) == 1 else found

    def predict_on_batch(self, x: Any) -> Any:
        """Return the outputs for one batch."""
        self._connect(x)
        found = steps_module.predict_step(self)(self.inputs_of(x))
        return found[0] if len(found) == 1 else found

    def fit_generator(
        self, generator: Any, steps_per_epoch: int | None = None, epochs: int = 1, verbose: int = 1,
        callbacks: Any = None, validation_data: Any = None, validation_steps: int | None = None,
        validation_freq: Any = 1, class_weight: Any = None, max_queue_size: int = 10, workers: int = 1,
        use_multiprocessing: bool = False, shuffle: bool = True, initial_epoch: int = 0,
    ) -> Any:  # fmt: skip
        """Train the model with the batches of a generator or a Sequence. Arguments as for `fit`."""
        return generators.fit(
            self, generator, steps_per_epoch, epochs, verbose, callbacks, validation_data, validation_steps,
            class_weight, shuffle, initial_epoch, validation_freq,
        )  # fmt: skip

    def evaluate_generator(
        self, generator: Any, steps: int | None = None, callbacks: Any = None, max_queue_size: int = 10,
        workers: int = 1, use_multiprocessing: bool = False, verbose: int = 0,
    ) -> Any:  # fmt: skip
        """Return the loss, or a list of loss and metrics, of the batches of a generator or a Sequence."""
        return generators.evaluate(self, generator, steps, verbose)

    def predict_generator(
        self, generator: Any, steps: int | None = None, callbacks: Any = None, max_queue_size: int = 10,
        workers: int = 1, use_multiprocessing: bool = False, verbose: int = 0,
    ) -> Any:  # fmt: skip
        """Return the outputs for the batches of a generator or a Sequence."""
        return generators.predict(self, generator, steps, verbose)

    def reset_metrics(self) -> None:
        """Begin the metrics anew."""
        self._compile_now().reset_metrics()

    # Looking and saving.

    def summary(self, line_length: int | None = None, positions: Any = None, print_fn: Any = None) -> None:
        """Print a table of the layers."""
        summary.print_summary(self, line_length, positions, print_fn)

    def to_json(self, **kwargs: Any) -> str:
        """Return the configuration as JSON, for `model_from_json`."""
        return saving.to_json(self, **kwargs)

    def to_yaml(self, **kwargs: Any) -> str:
        """Return the configuration as YAML, for `model_from_yaml`. Raises: ImportError without PyYAML."""
        return saving.to_yaml(self, **kwargs)

    def save_weights(self, filepath: Any, overwrite: bool = True, save_format: str | None = None) -> None:
        """Write the variables' values to a checkpoint, or an HDF5 file for a path that ends in `.h5` or `.keras`."""
        saving.save_weights(self, filepath, overwrite, save_format)

    def load_weights(self, filepath: Any, by_name: bool = False) -> Any:
        """Read what `save_weights` wrote. Raises: ValueError if layers differ."""
        return saving.load_weights(self, filepath, by_name)

    def save(
        self, filepath: Any, overwrite: bool = True, include_optimizer: bool = True, save_format: str | None = None,
        **kwargs: Any,
    ) -> None:  # fmt: skip
        """Write the model, its variables and its optimizer to an HDF5 file, for `load_model`."""
        saving.save_model(self, filepath, overwrite, include_optimizer, save_format)


def _is_fed(tensor: Any) -> bool:
    history = getattr(tensor, "_keras_history", None)
    return history is None or not isinstance(history.layer, InputLayer) or history.layer.is_placeholder


def _array(value: Any) -> Any:
    array = np.asarray(value)
    return array[:, None] if array.ndim == 1 else array


def _kind(array: Any) -> Any:
    return state.floatx() if array.dtype.kind == "f" else array.dtype.name
