"""Callbacks: what is told of the course of training, and may change or end it."""

from __future__ import annotations

import csv
import os
from collections.abc import Callable
from typing import Any

import numpy as np

from ...ops.base.messages.logger import logger
from .models.progress import Bar


class Callback:
    """The base: a subclass overrides what it wants to be told of. It has `model` and `params`."""

    def __init__(self) -> None:
        self.validation_data = None
        self.model: Any = None
        self.params: dict[str, Any] = {}

    def set_params(self, params: dict[str, Any]) -> None:
        """Take what training is done with."""
        self.params = params

    def set_model(self, model: Any) -> None:
        """Take the model."""
        self.model = model

    def on_batch_begin(self, batch: int, logs: Any = None) -> None:
        """A batch begins."""

    def on_batch_end(self, batch: int, logs: Any = None) -> None:
        """A batch is over; `logs` has its loss and the metrics."""

    def on_epoch_begin(self, epoch: int, logs: Any = None) -> None:
        """An epoch begins."""

    def on_epoch_end(self, epoch: int, logs: Any = None) -> None:
        """An epoch is over; `logs` has loss and metrics, those of the validation with `val_`."""

    def on_train_begin(self, logs: Any = None) -> None:
        """Training begins."""

    def on_train_end(self, logs: Any = None) -> None:
        """Training is over."""

    def on_train_batch_begin(self, batch: int, logs: Any = None) -> None:
        """A batch of training begins."""
        self.on_batch_begin(batch, logs)

    def on_train_batch_end(self, batch: int, logs: Any = None) -> None:
        """A batch of training is over."""
        self.on_batch_end(batch, logs)

    def on_test_begin(self, logs: Any = None) -> None:
        """An evaluation begins."""

    def on_test_end(self, logs: Any = None) -> None:
        """An evaluation is over."""

    def on_predict_begin(self, logs: Any = None) -> None:
        """A prediction begins."""

    def on_predict_end(self, logs: Any = None) -> None:
        """A prediction is over."""


class CallbackList:
    """Callbacks that are told together.

    Args:
      callbacks: the callbacks.
    """

    def __init__(self, callbacks: Any = None) -> None:
        self.callbacks = list(callbacks or [])

    def append(self, callback: Any) -> None:
        """Add one."""
        self.callbacks.append(callback)

    def set_params(self, params: dict[str, Any]) -> None:
        """Tell what training is done with."""
        for callback in self.callbacks:
            callback.set_params(params)

    def set_model(self, model: Any) -> None:
        """Tell the model."""
        for callback in self.callbacks:
            callback.set_model(model)

    def on_epoch_begin(self, epoch: int, logs: Any = None) -> None:
        """An epoch begins."""
        for callback in self.callbacks:
            callback.on_epoch_begin(epoch, logs or {})

    def on_epoch_end(self, epoch: int, logs: Any = None) -> None:
        """An epoch is over."""
        for callback in self.callbacks:
            callback.on_epoch_end(epoch, {} if logs is None else logs)

    def on_batch_begin(self, batch: int, logs: Any = None) -> None:
        """A batch begins."""
        for callback in self.callbacks:
            callback.on_train_batch_begin(batch, {} if logs is None else logs)

    def on_batch_end(self, batch: int, logs: Any = None) -> None:
        """A batch is over."""
        for callback in self.callbacks:
            callback.on_train_batch_end(batch, {} if logs is None else logs)

    def on_train_begin(self, logs: Any = None) -> None:
        """Training begins."""
        for callback in self.callbacks:
            callback.on_train_begin(logs or {})

    def on_train_end(self, logs: Any = None) -> None:
        """Training is over."""
        for callback in self.callbacks:
            callback.on_train_end(logs or {})


def configured(
    callbacks: Any, model: Any, *, batch_size: Any, epochs: int, steps: Any, samples: Any, verbose: int,
    metrics: list[str], validation: bool, by_steps: bool,
) -> CallbackList:  # fmt: skip
    """Return the callbacks of a training: those given, a History and a bar."""
    model.history = History()
    given = list(callbacks.callbacks if isinstance(callbacks, CallbackList) else callbacks or [])
    bar = [ProgbarLogger("steps" if by_steps else "samples")] if verbose else []
    listed = CallbackList([*given, model.history, *bar])
    listed.set_model(model)
    listed.set_params({
        "batch_size": batch_size, "epochs": epochs, "steps": steps, "samples": samples, "verbose": verbose,
        "do_validation": validation, "metrics": metrics,
    })  # fmt: skip
    return listed


class History(Callback):
    """Keeps what each epoch gave: `epoch`, and `history` by name."""

    def __init__(self) -> None:
        super().__init__()
        self.epoch: list[int] = []
        self.history: dict[str, list[Any]] = {}

    def on_train_begin(self, logs: Any = None) -> None:
        """Begin with nothing."""
        self.epoch = []

    def on_epoch_end(self, epoch: int, logs: Any = None) -> None:
        """Keep the values."""
        self.epoch.append(epoch)
        for name, value in (logs or {}).items():
            self.history.setdefault(name, []).append(value)


class BaseLogger(Callback):
    """Accepted; losses are means over examples anyway."""

    def __init__(self, stateful_metrics: Any = None) -> None:
        super().__init__()
        self.stateful_metrics = set(stateful_metrics or [])


class TerminateOnNaN(Callback):
    """Ends training when the loss is no number."""

    def on_batch_end(self, batch: int, logs: Any = None) -> None:
        """Look at the loss."""
        loss = (logs or {}).get("loss")
        if loss is not None and not np.isfinite(loss):
            print(f"Batch {batch}: Invalid loss, terminating training")
            self.model.stop_training = True


class ProgbarLogger(Callback):
    """Prints how far training is.

    Args:
      count_mode: `samples` or `steps`.
    """

    def __init__(self, count_mode: str = "samples", stateful_metrics: Any = None) -> None:
        super().__init__()
        if count_mode not in ("samples", "steps"):
            raise ValueError(f"Unknown `count_mode`: {count_mode}")
        self._by_steps = count_mode == "steps"
        self._bar: Any = None

    def on_epoch_begin(self, epoch: int, logs: Any = None) -> None:
        """Begin a line."""
        if self.params["epochs"] > 1:
            print(f"Epoch {epoch + 1}/{self.params['epochs']}")
        target = self.params["steps"] if self._by_steps else self.params["samples"]
        self._bar = Bar(target, "step" if self._by_steps else "sample", self.params["verbose"] == 1)
        self._seen = 0

    def on_batch_end(self, batch: int, logs: Any = None) -> None:
        """Go on with the line."""
        self._seen += 1 if self._by_steps else (logs or {}).get("size", 0)
        self._bar.update(self._seen, {k: v for k, v in (logs or {}).items() if k in self.params["metrics"]})

    def on_epoch_end(self, epoch: int, logs: Any = None) -> None:
        """End the line."""
        self._bar.finish({name: logs[name] for name in self.params["metrics"] if name in (logs or {})})


class LambdaCallback(Callback):
    """Functions as a callback.

    Args:
      on_epoch_begin, on_epoch_end, on_batch_begin, on_batch_end: functions of a number and logs.
      on_train_begin, on_train_end: functions of logs.
    """

    def __init__(
        self, on_epoch_begin: Any = None, on_epoch_end: Any = None, on_batch_begin: Any = None,
        on_batch_end: Any = None, on_train_begin: Any = None, on_train_end: Any = None, **kwargs: Any,
    ) -> None:  # fmt: skip
        super().__init__()
        given: dict[str, Callable[..., Any] | None] = {
            "on_epoch_begin": on_epoch_begin, "on_epoch_end": on_epoch_end, "on_batch_begin": on_batch_begin,
            "on_batch_end": on_batch_end, "on_train_begin": on_train_begin, "on_train_end": on_train_end, **kwargs,
        }  # fmt: skip
        for name, function in given.items():
            if function is not None:
                setattr(self, name, function)


class _Monitor(Callback):
    """The base of what watches a value.

    Args:
      monitor: its name in the logs; mode: `min`, `max`, or `auto`: by the name; min_delta: what counts as better.
    """

    def __init__(self, monitor: str, mode: str, min_delta: float) -> None:
        super().__init__()
        self.monitor = monitor
        if mode not in ("auto", "min", "max"):
            logger().warning("%s mode %s is unknown, fallback to auto mode.", type(self).__name__, mode)
            mode = "auto"
        largest = mode == "max" or (mode == "auto" and ("acc" in monitor or monitor.startswith("fmeasure")))
        self._sign = 1 if largest else -1
        self.min_delta = abs(min_delta)
        self.best: Any = -np.inf if largest else np.inf

    def _is_better(self, value: Any) -> bool:
        return bool(self._sign * (value - self.best) > self.min_delta)

    def _value(self, logs: Any, what: str) -> Any:
        value = (logs or {}).get(self.monitor)
        if value is None:
            logger().warning(
                "%s conditioned on metric `%s` which is not available. Available metrics are: %s", what, self.monitor,
                ",".join(logs or {}),
            )  # fmt: skip
        return value


class EarlyStopping(_Monitor):
    """Ends training when a value has not become better for a while.

    Args:
      monitor, min_delta, mode: the value, what counts as better, and which way.
      patience: after how many epochs. verbose: whether to tell. baseline: what it has to be better than.
      restore_best_weights: whether the variables get their values of the best epoch back.
    """

    def __init__(
        self, monitor: str = "val_loss", min_delta: float = 0, patience: int = 0, verbose: int = 0, mode: str = "auto",
        baseline: float | None = None, restore_best_weights: bool = False,
    ) -> None:  # fmt: skip
        super().__init__(monitor, mode, min_delta)
        self.patience, self.verbose, self.baseline = patience, verbose, baseline
        self.restore_best_weights = restore_best_weights
        self.stopped_epoch = 0
        self._worst = self.best

    def on_train_begin(self, logs: Any = None) -> None:
        """Begin with no best value."""
        self.wait, self.stopped_epoch, self.best_weights = 0, 0, None
        self.best = self.baseline if self.baseline is not None else self._worst

    def on_epoch_end(self, epoch: int, logs: Any = None) -> None:
        """Look at the value."""
        value = self._value(logs, "Early stopping")
        if value is None:
            return
        if self._is_better(value):
            self.best, self.wait = value, 0
            if self.restore_best_weights:
                self.best_weights = self.model.get_weights()
            return
        self.wait += 1
        if self.wait >= self.patience:
            self.stopped_epoch = epoch
            self.model.stop_training = True
            if self.restore_best_weights and self.best_weights is not None:
                if self.verbose > 0:
                    print("Restoring model weights from the end of the best epoch.")
                self.model.set_weights(self.best_weights)

    def on_train_end(self, logs: Any = None) -> None:
        """Tell that it was ended."""
        if self.stopped_epoch > 0 and self.verbose > 0:
            print(f"Epoch {self.stopped_epoch + 1:05d}: early stopping")


class ModelCheckpoint(_Monitor):
    """Saves the model after epochs.

    Args:
      filepath: the path, with places such as `{epoch:02d}` and `{val_loss:.2f}`.
      monitor, mode: the value that tells which is the best; save_best_only: whether others are not saved.
      verbose: whether to tell. save_weights_only: whether only the variables are saved.
      save_freq: `epoch`, or after how many examples; period: after how many epochs.
    """

    def __init__(
        self, filepath: str, monitor: str = "val_loss", verbose: int = 0, save_best_only: bool = False,
        save_weights_only: bool = False, mode: str = "auto", save_freq: Any = "epoch", **kwargs: Any,
    ) -> None:  # fmt: skip
        super().__init__(monitor, mode, 0)
        self.filepath = os.fspath(filepath)
        self.verbose, self.save_best_only, self.save_weights_only = verbose, save_best_only, save_weights_only
        self.save_freq, self.period = save_freq, kwargs.pop("period", 1)
        kwargs.pop("load_weights_on_restart", None)
        if kwargs:
            raise TypeError(f"ModelCheckpoint got unexpected arguments: {sorted(kwargs)}")
        if save_freq != "epoch" and not isinstance(save_freq, int):
            raise ValueError(f"Unrecognized save_freq: {save_freq}")
        self._since, self._examples, self._epoch = 0, 0, 0

    def on_epoch_begin(self, epoch: int, logs: Any = None) -> None:
        """Keep the number."""
        self._epoch = epoch

    def on_batch_end(self, batch: int, logs: Any = None) -> None:
        """Save after so many examples."""
        if isinstance(self.save_freq, int):
            self._examples += (logs or {}).get("size", 1)
            if self._examples >= self.save_freq:
                self._save(self._epoch, logs)
                self._examples = 0

    def on_epoch_end(self, epoch: int, logs: Any = None) -> None:
        """Save after so many epochs."""
        self._since += 1
        if self.save_freq == "epoch" and self._since >= self.period:
            self._since = 0
            self._save(epoch, logs)

    def _save(self, epoch: int, logs: Any) -> None:
        path = self.filepath.format(epoch=epoch + 1, **(logs or {}))
        if self.save_best_only:
            value = self._value(logs, "Can save best model only with a metric:")
            if value is None:
                return
            if not self._is_better(value):
                if self.verbose > 0:
                    print(f"\nEpoch {epoch + 1:05d}: {self.monitor} did not improve from {self.best:0.5f}")
                return
            if self.verbose > 0:
                print(
                    f"\nEpoch {epoch + 1:05d}: {self.monitor} improved from {self.best:0.5f} to {value:0.5f}, saving "
                    f"model to {path}"
                )
            self.best = value
        elif self.verbose > 0:
            print(f"\nEpoch {epoch + 1:05d}: saving model to {path}")
        if self.save_weights_only:
            self.model.save_weights(path, overwrite=True)
        else:
            self.model.save(path, overwrite=True)


class LearningRateScheduler(Callback):
    """Sets the learning rate before each epoch.

    Args:
      schedule: a function of the epoch's number, and of the rate if it takes two arguments. verbose: whether to tell.
    """

    def __init__(self, schedule: Any, verbose: int = 0) -> None:
        super().__init__()
        self.schedule, self.verbose = schedule, verbose

    def on_epoch_begin(self, epoch: int, logs: Any = None) -> None:
        """Set the rate."""
        from .session_of import get_value, set_value

        if not hasattr(self.model.optimizer, "lr"):
            raise ValueError('Optimizer must have a "lr" attribute.')
        rate = float(get_value(self.model.optimizer.lr))
        try:
            new = self.schedule(epoch, rate)
        except TypeError:
            new = self.schedule(epoch)
        if not isinstance(new, (float, np.float32, np.float64)):
            raise ValueError('The output of the "schedule" function should be float.')
        set_value(self.model.optimizer.lr, new)
        if self.verbose > 0:
            print(f"\nEpoch {epoch + 1:05d}: LearningRateScheduler reducing learning rate to {new}.")

    def on_epoch_end(self, epoch: int, logs: Any = None) -> None:
        """Put the rate into the logs."""
        from .session_of import get_value

        if logs is not None:
            logs["lr"] = get_value(self.model.optimizer.lr)


class ReduceLROnPlateau(_Monitor):
    """Makes the learning rate smaller when a value has not become better for a while.

    Args:
      monitor, mode, min_delta: the value, which way it is better, and what counts.
      factor: of the rate. patience: after how many epochs. verbose: whether to tell.
      cooldown: how many epochs to wait after that. min_lr: the least rate.
    """

    def __init__(
        self, monitor: str = "val_loss", factor: float = 0.1, patience: int = 10, verbose: int = 0, mode: str = "auto",
        min_delta: float = 1e-4, cooldown: int = 0, min_lr: float = 0, **kwargs: Any,
    ) -> None:  # fmt: skip
        super().__init__(monitor, mode, kwargs.pop("epsilon", min_delta))
        if factor >= 1.0:
            raise ValueError("ReduceLROnPlateau does not support a factor >= 1.0.")
        self.factor, self.patience, self.verbose = factor, patience, verbose
        self.cooldown, self.min_lr = cooldown, min_lr
        self._worst = self.best

    def on_train_begin(self, logs: Any = None) -> None:
        """Begin with no best value."""
        self.best, self.wait, self.cooldown_counter = self._worst, 0, 0

    def on_epoch_end(self, epoch: int, logs: Any = None) -> None:
        """Look at the value."""
        from .session_of import get_value, set_value

        rate = float(get_value(self.model.optimizer.lr))
        if logs is not None:
            logs["lr"] = np.float32(rate)
        value = self._value(logs, "Reduce LR on plateau")
        if value is None:
            return
        if self.cooldown_counter > 0:
            self.cooldown_counter -= 1
            self.wait = 0
        if self._is_better(value):
            self.best, self.wait = value, 0
        elif self.cooldown_counter <= 0:
            self.wait += 1
            if self.wait >= self.patience and rate > self.min_lr:
                new = max(rate * self.factor, self.min_lr)
                set_value(self.model.optimizer.lr, new)
                if self.verbose > 0:
                    print(f"\nEpoch {epoch + 1:05d}: ReduceLROnPlateau reducing learning rate to {new}.")
                self.cooldown_counter, self.wait = self.cooldown, 0


class CSVLogger(Callback):
    """Writes a row for each epoch into a file of values.

    Args:
      filename: the path; separator: between values; append: whether what is there is kept.
    """

    def __init__(self, filename: Any, separator: str = ",", append: bool = False) -> None:
        super().__init__()
        self.filename, self.separator, self.append = os.fspath(filename), separator, append

    def on_train_begin(self, logs: Any = None) -> None:
        """Open the file."""
        self._has_header = self.append and os.path.exists(self.filename) and os.path.getsize(self.filename) > 0
        self._file = open(self.filename, "a" if self.append else "w", newline="", encoding="utf-8")  # noqa: SIM115
        self._writer: Any = None

    def on_epoch_end(self, epoch: int, logs: Any = None) -> None:
        """Write a row."""
        logs = logs or {}
        if self._writer is None:
            self._names = sorted(logs)
            self._writer = csv.DictWriter(
                self._file, ["epoch", *self._names], delimiter=self.separator, lineterminator="\n"
            )
            if not self._has_header:
                self._writer.writeheader()
        self._writer.writerow({"epoch": epoch, **{name: logs.get(name, "NA") for name in self._names}})
        self._file.flush()

    def on_train_end(self, logs: Any = None) -> None:
        """Close the file."""
        self._file.close()


class TensorBoard(Callback):
    """Writes the graph, losses and metrics, and histograms of variables into event files.

    Args:
      log_dir: the folder. histogram_freq: after how many epochs histograms are written; 0: never.
      write_graph: whether the graph is written. update_freq: `epoch`, `batch`, or after how many examples.
      batch_size, write_grads, write_images, embeddings_freq, profile_batch, ...: accepted; they change nothing.
    """

    def __init__(
        self, log_dir: Any = "./logs", histogram_freq: int = 0, batch_size: int = 32, write_graph: bool = True,
        write_grads: bool = False, write_images: bool = False, embeddings_freq: int = 0,
        embeddings_layer_names: Any = None, embeddings_metadata: Any = None, embeddings_data: Any = None,
        update_freq: Any = "epoch", profile_batch: int = 2, **kwargs: Any,
    ) -> None:  # fmt: skip
        super().__init__()
        self.log_dir = os.fspath(log_dir)
        self.histogram_freq, self.write_graph = histogram_freq, write_graph
        self.update_freq = 1 if update_freq == "batch" else update_freq
        self._seen = self._since = 0

    def set_model(self, model: Any) -> None:
        """Open the event file."""
        from ...ops.library.summaries.file_writer import FileWriter
        from .session_of import get_session

        super().set_model(model)
        self.writer = FileWriter(self.log_dir, get_session().graph if self.write_graph else None)

    def on_batch_end(self, batch: int, logs: Any = None) -> None:
        """Write losses and metrics after so many examples."""
        size = (logs or {}).get("size", 1)
        self._seen += size
        self._since += size
        if self.update_freq != "epoch" and self._since >= self.update_freq:
            values = {f"batch_{k}": v for k, v in (logs or {}).items() if k not in ("batch", "size")}
            self._write(values, self._seen)
            self._since = 0

    def on_epoch_end(self, epoch: int, logs: Any = None) -> None:
        """Write losses and metrics, and histograms."""
        self._write({f"epoch_{name}": value for name, value in (logs or {}).items()}, epoch)
        if self.histogram_freq and epoch % self.histogram_freq == 0:
            self._write_histograms(epoch)

    def _write(self, values: dict[str, Any], step: int) -> None:
        from ...ops import proto

        summary = proto.Summary(
            value=[proto.Summary.Value(tag=name, simple_value=float(value)) for name, value in values.items()]
        )
        self.writer.add_summary(summary, step)
        self.writer.flush()

    def _write_histograms(self, epoch: int) -> None:
        from ...ops.families.debugging.summaries import histogram
        from .session_of import get_session

        session = get_session()
        if not hasattr(self, "_histograms"):
            with session.graph.as_default():
                self._histograms = [
                    histogram(variable.op.name, variable) for layer in self.model.layers for variable in layer.weights
                ]
        for found in session.run(self._histograms):
            self.writer.add_summary(found, epoch)

    def on_train_end(self, logs: Any = None) -> None:
        """Close the event file."""
        self.writer.close()


class RemoteMonitor(Callback):
    """Not built: it would send values over the network. Raises: NotImplementedError."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        raise NotImplementedError("RemoteMonitor is not built: use CSVLogger or TensorBoard.")
