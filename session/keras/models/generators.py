"""Batches that come one after the other: generators, Sequences, Datasets."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np

from ....ops.base.errors import OutOfRangeError
from ....ops.graph.graph_keys import GraphKeys
from .. import callbacks as callback_module
from ..preprocessing.sequences import Sequence
from ..session_of import get_session
from .progress import Bar
from .steps import is_due, joined, predict_step, tested, totals_of


def is_batches(x: Any) -> bool:
    """Whether something gives batches: a generator, an iterator, a Sequence, a Dataset."""
    return isinstance(x, Sequence) or hasattr(x, "__next__") or _is_dataset(x) or _is_iterator(x)


def _is_dataset(x: Any) -> bool:
    return hasattr(x, "make_initializable_iterator")


def _is_iterator(x: Any) -> bool:
    return hasattr(x, "get_next") and hasattr(x, "initializer")


class Batches:
    """Batches of inputs, targets and weights, over and over.

    Args:
      source: see `is_batches`; steps: how many make an epoch, default: all there are.
      shuffle: whether the batches of a Sequence come in random order.
    Raises: ValueError for a generator without a number of steps.
    """

    def __init__(self, source: Any, steps: int | None, shuffle: bool = False) -> None:
        self._source, self._shuffle = source, shuffle
        self.steps = steps
        self._iterator: Any = None
        self._next: Any = None
        if isinstance(source, Sequence) and steps is None:
            self.steps = len(source)
        elif self.steps is None and hasattr(source, "__next__"):
            raise ValueError("`steps_per_epoch=None` is only valid for a generator based on the `Sequence` class.")

    def epoch(self) -> Iterator[Any]:
        """Yield the batches of an epoch."""
        if isinstance(self._source, Sequence):
            order = np.arange(len(self._source))
            if self._shuffle:
                np.random.shuffle(order)
            for number in order[: self.steps]:
                yield self._source[int(number)]
            self._source.on_epoch_end()
        elif _is_dataset(self._source) or _is_iterator(self._source):
            yield from self._of_dataset()
        else:
            for _ in range(self.steps or 0):
                try:
                    yield next(self._source)
                except StopIteration:
                    return

    def _of_dataset(self) -> Iterator[Any]:
        if self._next is None:
            made = _is_dataset(self._source)
            self._iterator = self._source.make_initializable_iterator() if made else self._source
            self._next = self._iterator.get_next()
            self._begin()
        elif self.steps is None:
            self._begin()
        done = 0
        session = get_session()
        while self.steps is None or done < self.steps:
            try:
                yield session.run(self._next)
            except OutOfRangeError:
                return
            done += 1

    def _begin(self) -> None:
        session = get_session()
        tables = session.graph.get_collection(GraphKeys.TABLE_INITIALIZERS)
        if tables:
            session.run(tables)
        try:
            initializer = self._iterator.initializer
        except ValueError:  # of one shot
            return
        session.run(initializer)


def parts_of(batch: Any) -> tuple[Any, Any, Any]:
    """Inputs, targets and weights of a batch. Raises: ValueError for a batch that is none."""
    if not isinstance(batch, tuple):
        return batch, None, None
    if len(batch) == 1:
        return batch[0], None, None
    if len(batch) == 2:
        return batch[0], batch[1], None
    if len(batch) == 3:
        return batch
    raise ValueError(f"Output of generator should be a tuple `(x, y, sample_weight)` or `(x, y)`. Found: {batch}")


def _length(inputs: list[Any]) -> int:
    return next((len(array) for array in inputs if array is not None), 1)


def fit(
    model: Any, source: Any, steps: int | None, epochs: int, verbose: int, callbacks: Any, validation_data: Any,
    validation_steps: int | None, class_weight: Any, shuffle: Any, initial_epoch: int, validation_freq: Any,
) -> Any:  # fmt: skip
    """Train a model with batches; see `Model.fit`. Returns: the History."""
    batches = Batches(source, steps, bool(shuffle))
    listed: Any = None
    model.stop_training = False
    for epoch in range(initial_epoch, epochs):
        if model.stop_training:
            break
        totals: Any = None
        for number, batch in enumerate(batches.epoch()):
            x, y, sample_weight = parts_of(batch)
            compiled = model._ready(x)
            if listed is None:
                listed = _configured(model, compiled, callbacks, batches, epochs, verbose, validation_data)
            if totals is None:
                totals = totals_of(compiled)
                compiled.reset_metrics()
                listed.on_epoch_begin(epoch)
            inputs, targets, weights = model._standardized(x, y, sample_weight, class_weight)
            logs: dict[str, Any] = {"batch": number, "size": _length(inputs)}
            listed.on_batch_begin(number, logs)
            values = compiled.step("train")([*inputs, *targets, *weights])
            totals.add(values, _length(inputs))
            logs.update(zip(compiled.names, values))
            listed.on_batch_end(number, logs)
            if model.stop_training:
                break
        if totals is None:
            break  # the input has ended
        logs = dict(zip(compiled.names, totals.values()))
        if validation_data is not None and is_due(validation_freq, epoch):
            if is_batches(validation_data):
                found = evaluate(model, validation_data, validation_steps, 0)
                found = found if isinstance(found, list) else [found]
            else:
                more = validation_data[2] if len(validation_data) > 2 else None
                parts = model._standardized(validation_data[0], validation_data[1], more, None)
                found = tested(model, parts[0], parts[1], parts[2], 32)
            logs.update({f"val_{name}": value for name, value in zip(compiled.names, found)})
        listed.on_epoch_end(epoch, logs)
    if listed is not None:
        listed.on_train_end()
    return model.history


def _configured(
    model: Any, compiled: Any, callbacks: Any, batches: Batches, epochs: int, verbose: int, validation: Any
) -> Any:
    names = compiled.names
    listed = callback_module.configured(
        callbacks, model, batch_size=None, epochs=epochs, steps=batches.steps, samples=None, verbose=verbose,
        metrics=[*names, *(f"val_{name}" for name in names)] if validation is not None else list(names),
        validation=validation is not None, by_steps=True,
    )  # fmt: skip
    listed.on_train_begin()
    return listed


def evaluate(model: Any, source: Any, steps: int | None, verbose: int) -> Any:
    """Return the loss, or a list of loss and metrics, of batches."""
    totals: Any = None
    batches = Batches(source, steps)
    bar = Bar(batches.steps, "step", verbose == 1) if verbose else None
    for number, batch in enumerate(batches.epoch()):
        x, y, sample_weight = parts_of(batch)
        compiled = model._ready(x)
        if totals is None:
            compiled.reset_metrics()
            totals = totals_of(compiled)
        inputs, targets, weights = model._standardized(x, y, sample_weight, None)
        totals.add(compiled.step("test")([*inputs, *targets, *weights]), _length(inputs))
        if bar is not None:
            bar.update(number + 1, dict(zip(compiled.names, totals.values())))
    if totals is None:
        raise ValueError("There are no batches to evaluate the model with.")
    found = totals.values()
    if bar is not None:
        bar.finish(dict(zip(compiled.names, found)))
    return found[0] if len(found) == 1 else found


def predict(model: Any, source: Any, steps: int | None, verbose: int) -> Any:
    """Return the outputs for batches."""
    results = []
    batches = Batches(source, steps)
    bar = Bar(batches.steps, "step", verbose == 1) if verbose else None
    for number, batch in enumerate(batches.epoch()):
        x, _, _ = parts_of(batch)
        model._connect(x)
        results.append(predict_step(model)(model.inputs_of(x)))
        if bar is not None:
            bar.update(number + 1)
    if bar is not None:
        bar.finish({})
    return joined(results, model)
