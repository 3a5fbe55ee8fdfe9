"""What loops over arrays and loops over batches have in common."""

from __future__ import annotations

import weakref
from typing import Any

import numpy as np

from ..session_of import get_session
from . import data as of_data
from .compiled import Step


class Totals:
    """The loss as a mean over examples, those of outputs as means over batches, and metrics as they are after the last.

    Args:
      count: how many of the first values are losses.
    """

    def __init__(self, losses: int) -> None:
        self._losses, self._sums, self._examples = losses, [0.0] * losses, 0
        self._last: list[Any] = []
        self._batches = 0

    def add(self, values: list[Any], examples: int) -> None:
        """Take the values of a batch in."""
        self._examples += examples
        self._batches += 1
        for number in range(self._losses):
            self._sums[number] += float(values[number]) * (1 if number else examples)
        self._last = values[self._losses :]

    def values(self) -> list[Any]:
        """The values so far."""
        counts = [self._examples, *[self._batches] * (self._losses - 1)]
        return [total / max(count, 1) for total, count in zip(self._sums, counts)] + list(self._last)


def totals_of(compiled: Any) -> Totals:
    """Totals of nothing yet for a model's losses and metrics."""
    return Totals(len(compiled.names) - len(compiled.metric_names))


def is_due(frequency: Any, epoch: int) -> bool:
    """Whether a model is validated after an epoch. Raises: ValueError for a frequency that is none."""
    if isinstance(frequency, int):
        if frequency < 1:
            raise ValueError("`validation_freq` cannot be less than 1.")
        return (epoch + 1) % frequency == 0
    return epoch + 1 in frequency


def tested(
    model: Any, inputs: list[Any], targets: list[Any], weights: list[Any], batch_size: int, bar: Any = None,
    steps: int | None = None,
) -> list[Any]:  # fmt: skip
    """The loss and the metrics of examples."""
    compiled = model._compile_now()
    if compiled.has_weights and not weights:
        weights = [np.ones(len(target)) for target in targets]
    compiled.reset_metrics()
    arrays = [*inputs, *targets, *weights]
    step, totals = compiled.step("test"), totals_of(compiled)
    size = next((len(array) for array in arrays if array is not None), None)
    spans = (
        of_data.batches(size, batch_size) if size is not None and steps is None else [(0, batch_size)] * (steps or 1)
    )
    for start, stop in spans:
        totals.add(step(of_data.rows(arrays, slice(start, stop))), stop - start)
        if bar is not None:
            bar.update(stop)
    return totals.values()


def predict_step(model: Any) -> Any:
    """A function of inputs to outputs, kept for the session."""
    session = get_session()
    kept = model._predicting
    if kept is None or kept[0]() is not session:
        step = Step(session, list(model.outputs), model.state_updates, list(model.fed_inputs), False)
        kept = weakref.ref(session), step
        object.__setattr__(model, "_predicting", kept)
    return kept[1]


def joined(results: list[list[Any]], model: Any) -> Any:
    """The outputs of batches as one array for each output."""
    if not results:
        empty = [np.zeros([0, *(n or 0 for n in tensor.shape.as_list()[1:])]) for tensor in model.outputs]
        return empty[0] if len(empty) == 1 else empty
    found = [np.concatenate([np.atleast_1d(part) for part in parts]) for parts in zip(*results)]
    return found[0] if len(found) == 1 else found
