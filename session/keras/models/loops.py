"""The loops over batches of arrays: training, evaluation, prediction."""

from __future__ import annotations

from typing import Any

import numpy as np

from .. import callbacks as callback_module
from . import data as of_data
from . import generators
from .progress import Bar
from .steps import Totals, is_due, joined, predict_step, tested, totals_of


def fit(
    model: Any, inputs: list[Any], targets: list[Any], weights: list[Any], batch_size: int, epochs: int, verbose: int,
    callbacks: Any, validation: Any, shuffle: Any, initial_epoch: int, steps: int | None, validation_steps: int | None,
    validation_freq: Any,
) -> Any:  # fmt: skip
    """Train a model; see `Model.fit`. Returns: the History."""
    compiled = model._compile_now()
    arrays = [*inputs, *targets, *weights]
    size = next((len(array) for array in arrays if array is not None), None)
    if size is None and steps is None:
        raise ValueError("When the model's inputs are not fed, specify `steps_per_epoch`.")
    spans = (
        of_data.batches(size, batch_size) if size is not None and steps is None else [(0, batch_size)] * (steps or 0)
    )
    count = size if steps is None else None
    names = compiled.names
    has_validation = validation is not None
    listed = callback_module.configured(
        callbacks, model, batch_size=batch_size, epochs=epochs, steps=steps, samples=size, verbose=verbose,
        metrics=[*names, *(f"val_{name}" for name in names)] if has_validation else list(names),
        validation=has_validation, by_steps=steps is not None,
    )  # fmt: skip
    if verbose and count is not None:
        held = (
            len(next(a for a in validation[0] if a is not None)) if has_validation and _is_arrays(validation) else None
        )
        print(f"Train on {count} samples" + (f", validate on {held} samples" if held else ""))
    model.stop_training = False
    listed.on_train_begin()
    for epoch in range(initial_epoch, epochs):
        if model.stop_training:
            break
        compiled.reset_metrics()
        listed.on_epoch_begin(epoch)
        order = _order(size, shuffle, batch_size) if size is not None and steps is None else None
        totals = _epoch(model, compiled, arrays, spans, order, listed)
        logs = dict(zip(names, totals.values()))
        if has_validation and is_due(validation_freq, epoch):
            found = _validate(model, validation, batch_size, validation_steps)
            logs.update({f"val_{name}": value for name, value in zip(names, found)})
        listed.on_epoch_end(epoch, logs)
    listed.on_train_end()
    return model.history


def _is_arrays(validation: Any) -> bool:
    return isinstance(validation, tuple) and len(validation) == 3


def _order(size: int, how: Any, batch_size: int) -> Any:
    """The numbers of examples, in an order by NumPy's random numbers."""
    order = np.arange(size)
    if how == "batch":
        whole = len(order) // batch_size
        blocks = order[: whole * batch_size].reshape(whole, batch_size)
        np.random.shuffle(blocks)
    elif how:
        np.random.shuffle(order)
    return order


def _epoch(model: Any, compiled: Any, arrays: list[Any], spans: Any, order: Any, listed: Any) -> Totals:
    step, totals, names = compiled.step("train"), totals_of(compiled), compiled.names
    for number, (start, stop) in enumerate(spans):
        logs: dict[str, Any] = {"batch": number, "size": stop - start}
        listed.on_batch_begin(number, logs)
        batch = of_data.rows(arrays, order[start:stop]) if order is not None else arrays
        values = step(batch)
        totals.add(values, stop - start)
        logs.update(zip(names, values))
        listed.on_batch_end(number, logs)
        if model.stop_training:
            break
    return totals


def _validate(model: Any, validation: Any, batch_size: int, steps: int | None) -> list[Any]:
    if _is_arrays(validation):
        size = next(len(array) for part in validation for array in part if array is not None)
        order = _order(size, True, batch_size)  # as in TensorFlow: a draw that moves the random numbers on
        inputs, targets, weights = (of_data.rows(part, order) for part in validation)
        return tested(model, inputs, targets, weights, batch_size)
    found = generators.evaluate(model, validation, steps, 0)
    return found if isinstance(found, list) else [found]


def evaluate(
    model: Any, inputs: list[Any], targets: list[Any], weights: list[Any], batch_size: int, verbose: int,
    steps: int | None,
) -> Any:  # fmt: skip
    """Evaluate a model; see `Model.evaluate`."""
    size = next((len(array) for array in [*inputs, *targets] if array is not None), None)
    bar = Bar(size, "sample", verbose == 1) if verbose and size else None
    found = tested(model, inputs, targets, weights, batch_size, bar, steps)
    if bar is not None:
        bar.finish(dict(zip(model.metrics_names, found)))
    return found[0] if len(found) == 1 else found


def predict(model: Any, inputs: list[Any], batch_size: int, verbose: int, steps: int | None) -> Any:
    """Return the outputs for examples; see `Model.predict`."""
    step = predict_step(model)
    size = next((len(array) for array in inputs if array is not None), None)
    spans = (
        of_data.batches(size, batch_size) if size is not None and steps is None else [(0, batch_size)] * (steps or 1)
    )
    bar = Bar(size, "sample", verbose == 1) if verbose and size else None
    results: list[list[Any]] = []
    for start, stop in spans:
        results.append(step(of_data.rows(inputs, slice(start, stop))))
        if bar is not None:
            bar.update(stop)
    if bar is not None:
        bar.finish({})
    return joined(results, model)
